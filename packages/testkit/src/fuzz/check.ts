/** What must hold after every step, and what is walked now and then: tables as they are in machine memory against the ledger. */
import type { P2m } from "@granule/hypervisor";
import { type Bytes, hex, toNumber, XEN_PAGE } from "@granule/units";
import { SharedInfo, V1, V2, VcpuInfo } from "@granule/xen-abi";
import { Violation } from "./contract.ts";
import type { CellKind } from "./ledger.ts";
import { eachLeaf, type Stage2View } from "./stage2Walk.ts";
import { type Actor, portsOf, type World } from "./world.ts";

const FRAME: Bytes = XEN_PAGE.size;
const WORD: Bytes = 4;
const WORD_BITS = 32;
/** Of a polynomial hash. */
const HASH = 31;
/** What the neighbour's memory is full of. */
const PATTERN = 0x5ec2e7ec;
/** What a walk must find for each kind: read, write, execute. */
const PERMISSIONS: Readonly<Record<CellKind, string>> = { ram: "rwx", grantRw: "rw-", grantRo: "r--", foreign: "rwx", strayRw: "rw-", strayRo: "r--", object: "rw-" };

const isRooted = (p: P2m): p is P2m & { readonly registers: Stage2View } =>
  "registers" in p && typeof p.registers === "object" && p.registers !== null && "vtcr" in p.registers && "vttbr" in p.registers;

/** The neighbour's memory, but for where its calls go. */
function secretOf(w: World): Int32Array {
  const { memory, ram: all } = portsOf(w).parts;
  const { domain } = w.neighbour;
  const { ram } = domain.layout;
  const secret = memory.bytes(domain.p2m.lookup(ram.start)?.pa ?? all.start, ram.size).subarray(domain.granule.size);
  return new Int32Array(secret.buffer, secret.byteOffset, secret.length / WORD);
}
/** Fills the neighbour's memory with the pattern, and gives it a port. */
function preparePing(w: World): number {
  secretOf(w).fill(PATTERN);
  return Number(w.neighbour.driver.call(V2.event_bind_ipi, { vcpu: 0 }).out["port"]);
}

export interface Checks {
  /** After every step. */
  step(): void;
  /** Walks stage 2 of every domain; answers the leaves seen. */
  walk(): number;
  /** The neighbour's ping: it sends itself an event and finds it. */
  ping(): void;
  /** The port of the ping. */
  readonly port: number;
  /** Everything that a domain can observe of itself, as text. */
  digest(actor: Actor): string;
}

/** `port`: of the neighbour's ping, when it is all set up already. */
export function createChecks(w: World, port = preparePing(w)): Checks {
  const { parts, frames, events, grants, objects, domains, infos } = portsOf(w);
  const { memory } = parts;
  const base = toNumber(memory.base);
  const ramStart = toNumber(parts.ram.start);
  const { neighbour, ledger } = w;

  const words = secretOf(w);
  const firstChange = (): number => {
    for (let i = 0; i < words.length; i++) if (words[i] !== PATTERN) return i * WORD;
    return -1;
  };
  /** The neighbour's kernel takes its event: clears the port's bit, then the upcall. */
  const takeEvent = (): void => {
    const at = infos.sharedInfo(neighbour.domain, SharedInfo.fields.evtchn_pending.offset + WORD * Math.floor(port / WORD_BITS));
    memory.store32(at, memory.load32(at) & ~(1 << port % WORD_BITS));
    const [vcpu] = neighbour.domain.vcpus;
    const info = vcpu === undefined ? undefined : infos.vcpuInfo(vcpu);
    if (info !== undefined) memory.u8[memory.offset(info) + VcpuInfo.fields.evtchn_upcall_pending.offset] = 0;
  };

  const step = (): void => {
    const totals = frames.totals();
    const sum = totals.owned + totals.referenced + totals.free + totals.objects;
    if (sum !== parts.ram.size) throw new Violation("conservation", `owned ${totals.owned} + given up ${totals.referenced} + objects ${totals.objects} + free ${totals.free} is ${sum}, not ${parts.ram.size}`);
    if (totals.owned !== ledger.ownedBytes()) throw new Violation("conservation", `${totals.owned} bytes are owned, the ledger says ${ledger.ownedBytes()}`);
    if (totals.referenced !== ledger.referencedBytes()) throw new Violation("conservation", `${totals.referenced} bytes are given up and still referenced, the ledger says ${ledger.referencedBytes()}`);
    const at = firstChange();
    if (at >= 0) throw new Violation("neighbour-memory", `byte ${hex(at)} of the neighbour's own memory changed`);
    if (neighbour.domain.state !== "running") throw new Violation("neighbour", `the neighbour is ${neighbour.domain.state}: ${neighbour.domain.reason}`);
    const { x0 } = neighbour.driver.call(V1.xenver_version);
    if (x0 <= 0) throw new Violation("neighbour", `the neighbour's hypercall answers ${x0}`);
  };
  const walkOne = (actor: Actor): number => {
    const { p2m, domid } = actor.domain;
    if (!isRooted(p2m)) throw new Violation("walk", `domain ${domid} has no stage 2 registers`);
    let covered = 0;
    const leaves = eachLeaf(memory, p2m.registers, base, (leaf) => {
      if (leaf.pa < ramStart || leaf.pa + leaf.size > ramStart + parts.ram.size) throw new Violation("over-exposure", `domain ${domid} reaches ${hex(leaf.pa)}, which is no guest RAM`);
      const permissions = `${leaf.read ? "r" : "-"}${leaf.write ? "w" : "-"}${leaf.execute ? "x" : "-"}`;
      for (let at = 0; at < leaf.size; at += FRAME) {
        const cell = actor.life.space.get((leaf.ipa + at) / FRAME);
        if (cell === undefined) throw new Violation("over-exposure", `domain ${domid} reaches ${hex(leaf.ipa + at)}, where it should have nothing`);
        if (permissions !== PERMISSIONS[cell.kind]) throw new Violation("permissions", `domain ${domid} has ${permissions} at ${hex(leaf.ipa + at)}, which is ${cell.kind}`);
        ledger.see(cell.token, leaf.pa + at);
        covered++;
      }
    });
    if (covered !== actor.life.space.size) throw new Violation("unmapped", `domain ${domid} reaches ${covered} frames of ${FRAME} bytes, the ledger says ${actor.life.space.size}`);
    return leaves;
  };
  const channels = (): void => {
    for (const d of domains.list())
      for (const p of events.list(d)) {
        if (p.state !== "interdomain") continue;
        const peer = domains.get(p.remoteDomid ?? -1);
        const back = peer === undefined ? undefined : events.list(peer).find((q) => q.port === p.remotePort);
        if (back?.state !== "interdomain" || back.remoteDomid !== d.domid || back.remotePort !== p.port) throw new Violation("channels", `port ${p.port} of domain ${d.domid} is bound to a port that is not bound to it`);
      }
  };
  return {
    step, port,
    walk() {
      let leaves = 0;
      for (const actor of w.actors.values()) {
        leaves += walkOne(actor);
        const charged = ledger.chargedBytes(actor.life);
        if (actor.domain.currentBytes !== charged) throw new Violation("conservation", `domain ${actor.domain.domid} is told ${actor.domain.currentBytes} bytes, the ledger says ${charged}`);
      }
      channels();
      return leaves;
    },
    ping() {
      const sent = neighbour.driver.call(V2.event_send, { port });
      if (sent.x0 !== 0 || events.isPending(neighbour.domain, port) !== true) throw new Violation("neighbour", `the neighbour's event answers ${sent.x0} and is not pending`);
      takeEvent();
    },
    digest(actor) {
      const { domain } = actor;
      const { p2m } = domain;
      let leaves = 0;
      if (isRooted(p2m))
        eachLeaf(memory, p2m.registers, base, (leaf) => {
          for (const part of [leaf.ipa / FRAME, leaf.pa / FRAME, leaf.size / FRAME, leaf.write ? 1 : 0]) leaves = (Math.imul(leaves, HASH) + part) | 0;
        });
      // run states and the like that the domain has registered in a frame that backs an object change at every turn
      const isBusy = [...actor.life.pinned].some(([what, tokens]) => what.startsWith("adopted") && tokens.some((t) => t.pins > 1));
      const tables = ["shared_info", "grant_table_v1", "grant_table_v2"].map((name) => {
        const o = objects.find(domain, name);
        if (o === undefined || actor.life.isWrittenByVa || isBusy) return o?.size ?? "";
        let hash = o.size;
        for (let at = 0; at < o.size; at += FRAME) {
          const page = memory.bytes(o.at(at), FRAME);
          const view = new Int32Array(page.buffer, page.byteOffset, FRAME / 4);
          for (const word of view) hash = (Math.imul(hash, HASH) + word) | 0;
        }
        return hash;
      });
      const { hypercall: _issued, ...counters } = domain.counters.all();
      return JSON.stringify({
        leaves, tables, counters, ports: events.list(domain), fifo: events.isFifo(domain), mapped: grants.mappings(domain).map((m) => m.handle), active: grants.active(domain).map((g) => [g.ref, g.readers, g.writers]),
        bytes: domain.currentBytes, tableBytes: p2m.tableBytes(), params: [...domain.params].map(([k, v]) => [k, String(v)]), totals: frames.totals(),
      });
    },
  };
}
