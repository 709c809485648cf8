/** An episode of hostile rings: random words and indices in the store's ring and a block device's, beside a front end that behaves. */
import { GrantPort } from "@granule/grant-table";
import { DomainsPort, FramesPort, P2M } from "@granule/hypervisor";
import type { Trap } from "@granule/machine";
import { SharedRing, XENSTORE_RECONNECT, XENSTORE_RING_SIZE, XenstoreDomainInterface, XsdSockmsg } from "@granule/xen-abi";
import { type AnyGranule, GRANULES, hex, ipa, range, toNumber } from "@granule/units";
import { Violation } from "./contract.ts";
import { createDice, type Dice } from "./dice.ts";
import { createRingWorld, type Hands, type RingWorld } from "./ringWorld.ts";

/** Steps between two rounds of the neighbour, and the turns that it has for one. */
const ASK_EVERY = 8;
const ASK_SLICES = 20_000;
const { req, req_prod, req_cons, rsp_prod, rsp_cons, connection } = XenstoreDomainInterface.fields;
const SLOT = 112;
const SLOTS = 32;

/** Kinds of step: what breaks a connection for good is rare. */
const KINDS: readonly number[] = [0, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5];
/** A machine lasts this many steps: a broken block ring stays broken. */
const LIFE_STEPS = 40;

/** A block request that is nearly one. */
function request(dice: Dice, h: Hands): Uint8Array {
  const v = new DataView(new ArrayBuffer(SLOT));
  for (let at = 0; at < SLOT; at += 4) v.setUint32(at, dice.u32(), true);
  if (dice.chance(0.9)) v.setUint8(0, dice.below(8));
  if (dice.chance(0.8)) v.setUint8(1, dice.below(13));
  if (dice.chance(0.8)) v.setBigUint64(16, BigInt(dice.below(256)), true);
  for (let s = 0; s < 11; s++) {
    if (dice.chance(0.8)) v.setUint32(24 + 8 * s, h.dataRef, true);
    if (dice.chance(0.8)) v.setUint16(28 + 8 * s, dice.below(8) * 257, true);
  }
  return new Uint8Array(v.buffer);
}
/** A message of the store's protocol that is nearly one. */
function message(dice: Dice): Uint8Array {
  const text = new TextEncoder().encode(dice.pick(["/local\0", "data\0", "data/x\0value", "/\0", "\0", "@releaseDomain\0t\0", "a/b/c/d\0", "data\0n3\0r1\0", "T\0", "F\0", "x".repeat(300)]));
  const head = XsdSockmsg.encode({ type: dice.chance(0.9) ? dice.below(24) : dice.u32(), req_id: dice.u32(), tx_id: dice.below(3), len: dice.chance(0.85) ? text.length : dice.edge(32) });
  return new Uint8Array([...head, ...text]);
}

/** What the hostile domain does in a step, and in words. */
function chooseRing(dice: Dice): { readonly what: string; readonly act: (h: Hands) => Trap<void> } {
  const index = dice.pick([req_prod, req_cons, rsp_prod, rsp_cons].map((f) => f.offset));
  const jump = dice.pick([1, 16, XENSTORE_RING_SIZE, XENSTORE_RING_SIZE + 1, 2 ** 31, dice.u32()]);
  switch (dice.pick(KINDS)) {
    case 0: return { what: `adds ${hex(jump)} to the word at ${index} of the store's ring`, *act(h) {
      h.store.store32(index, (h.store.load32(index) + jump) >>> 0);
      yield* h.k.events.send(h.storePort);
    } };
    case 1: {
      const bytes = message(dice);
      return { what: `sends ${bytes.length} bytes to the store`, *act(h) {
        const prod = h.store.load32(req_prod.offset);
        bytes.forEach((b, i) => h.store.store(req.offset + ((prod + i) % XENSTORE_RING_SIZE), new Uint8Array([b])));
        h.store.store32(req_prod.offset, (prod + bytes.length) >>> 0);
        h.store.store32(rsp_cons.offset, h.store.load32(rsp_prod.offset));
        yield* h.k.events.send(h.storePort);
      } };
    }
    case 2: return { what: "asks the store to reconnect", *act(h) {
      h.store.store32(connection.offset, dice.chance(0.7) ? XENSTORE_RECONNECT : dice.u32());
      yield* h.k.events.send(h.storePort);
    } };
    case 3: {
      const at = 4 * dice.below(XENSTORE_RING_SIZE / 2);
      return { what: `scribbles at ${at} of the store's ring`, *act(h) {
        h.store.store32(at, dice.u32());
        yield* h.k.events.send(h.storePort);
      } };
    }
    case 4: {
      const word = dice.pick([SharedRing.fields.req_prod, SharedRing.fields.req_event, SharedRing.fields.rsp_prod, SharedRing.fields.rsp_event].map((f) => f.offset));
      return { what: `adds ${hex(jump)} to the word at ${word} of the block ring`, *act(h) {
        h.block.store32(word, (h.block.load32(word) + jump) >>> 0);
        yield* h.k.events.send(h.blockPort);
      } };
    }
    default: {
      const count = 1 + dice.below(4);
      return { what: `makes ${count} block requests`, *act(h) {
        const prod = h.block.load32(SharedRing.fields.req_prod.offset);
        for (let i = 0; i < count; i++) h.block.store(SharedRing.size + ((prod + i) % SLOTS) * SLOT, request(dice, h));
        h.block.store32(SharedRing.fields.req_prod.offset, (prod + count) >>> 0);
        if (dice.chance(0.3)) h.block.store(SharedRing.size + (prod % SLOTS) * SLOT, request(dice, h));
        yield* h.k.events.send(h.blockPort);
      } };
    }
  }
}

/** Whatever a domain reaches is its own, an object, or memory that a grant in use gives it. */
function checkReach(w: RingWorld): void {
  const frames = w.machine.get(FramesPort);
  const grants = w.machine.get(GrantPort);
  const domains = w.machine.get(DomainsPort).list();
  for (const d of domains)
    for (const run of d.p2m.runs(range(ipa(0), d.p2m.ipaLimit))) {
      if (run.type === P2M.ram && frames.ownerOf(run.pa) !== d.domid) throw new Violation("over-exposure", `domain ${d.domid} has RAM of others at ${hex(run.ipa)}`);
      if (run.type !== P2M.grantRw && run.type !== P2M.grantRo) continue;
      const end = toNumber(run.pa) + run.size;
      const isGranted = domains.some((granter) => grants.active(granter).some((g) => g.mapper === d.domid && g.machine.some((m) => toNumber(m.start) <= toNumber(run.pa) && toNumber(m.start) + m.size >= end)));
      if (!isGranted) throw new Violation("over-exposure", `domain ${d.domid} reaches ${hex(run.pa)} at ${hex(run.ipa)}, which nobody grants to it`);
    }
}

/** One episode; `each` is told the number of every step and what it does. @throws Violation */
export function runRings(o: { readonly seed: string; readonly episode: number; readonly steps: readonly number[]; readonly granule: AnyGranule | undefined }, each: (step: number, what: string) => void): void {
  const pick = createDice(`${o.seed}/${o.episode}`);
  const granules = { hostile: o.granule ?? pick.pick(GRANULES), back: pick.pick(GRANULES), store: pick.pick(GRANULES) };
  let w: RingWorld | undefined;
  let life = -1;
  for (const step of o.steps) {
    if (w === undefined || Math.floor(step / LIFE_STEPS) !== life) {
      if (w !== undefined) checkReach(w);
      w = createRingWorld(granules);
      life = Math.floor(step / LIFE_STEPS);
    }
    const { what, act } = chooseRing(createDice(`${o.seed}/${o.episode}/${step}`));
    each(step, what);
    w.act(act);
    const { domains } = w;
    if (step % ASK_EVERY === 0 && !w.ask(ASK_SLICES)) throw new Violation("starved", `the neighbour's round did not end in ${ASK_SLICES} turns: ${domains.map((d) => `${d.name} ${d.state} ${d.reason}`).join(", ")}`);
    for (const d of domains) if (d.state !== "running") throw new Violation("ended", `domain ${d.name} is ${d.state}: ${d.reason}`);
  }
  if (w !== undefined) checkReach(w);
}
