/** event_channel_op, and what it does to the words of shared_info. Numbers and layouts: xen/include/public/event_channel.h, xen.h. */
import { nextPort, VCPUS, type Belief, type BelievedPort } from "./belief.ts";
import { anyDomain, anyPort, anyVcpu, bytesOf, domainName, frameOf, hex, usually } from "./choose.ts";
import type { Move, Turn } from "./contract.ts";

/** Offsets in shared_info. */
const PENDING = 0x30;
const MASK = 0x230;
const VIRQS = 24;

const at = (b: Belief, offset: number): string | undefined => (b.sharedInfo === undefined ? undefined : `${bytesOf(b.sharedInfo)}+${hex(offset)}`);
const take = (b: Belief, kind: BelievedPort["kind"], domid: number, port = 0): number => {
  const own = nextPort(b);
  b.ports.set(own, { kind, domid, port });
  return own;
};
/** Ports that others offer to this domain. */
const offers = (t: Turn): readonly (readonly [number, number])[] =>
  t.all.flatMap((b) => [...b.ports].flatMap(([port, p]) => (p.kind === "unbound" && p.domid === t.me.domid ? [[b.domid, port] as const] : [])));
/** The words that events change. */
const look = (t: Turn): readonly string[] => {
  const [pending, mask] = [at(t.me, PENDING), at(t.me, MASK)];
  return pending === undefined || mask === undefined ? [] : [`r64 ${pending}`, ...(t.dice.chance(0.2) ? [`dump ${bytesOf(t.me.sharedInfo ?? 0)} 16`, `r64 ${mask}`] : [])];
};

const allocate: Move = {
  weight: 5,
  make(t) {
    const remote = usually(t, t.all.map((b) => b.domid), [0, 9, 0x7ff1], 0.85);
    const owner = usually(t, ["SELF"], [anyDomain(t)], 0.9);
    if (t.all.some((b) => b.domid === remote)) take(t.me, "unbound", remote);
    return [`ec_alloc ${owner} ${domainName(t, remote)}`];
  },
};
const bind: Move = {
  weight: 6,
  make(t) {
    if (offers(t).length === 0 && t.dice.chance(0.7)) {
      const offered = take(t.me, "unbound", t.me.domid);
      take(t.me, "interdomain", t.me.domid, offered);
      return ["ec_alloc SELF SELF", `ec_bind SELF ${offered}`, ...look(t)];
    }
    const [domid, port] = usually(t, offers(t), [[t.dice.pick([0, 1, 2, 3, 9]), anyPort(t)]], 0.85);
    const peer = t.all.find((b) => b.domid === domid);
    if (peer?.ports.get(port)?.kind === "unbound") {
      const own = take(t.me, "interdomain", domid, port);
      peer.ports.set(port, { kind: "interdomain", domid: t.me.domid, port: own });
    }
    return [`ec_bind ${domainName(t, domid)} ${hex(port)}`, ...look(t)];
  },
};
const ipi: Move = {
  weight: 2,
  make(t) {
    const vcpu = anyVcpu(t);
    if (vcpu < VCPUS) take(t.me, "ipi", t.me.domid);
    return [`ec_ipi ${hex(vcpu)}`];
  },
};
const virq: Move = {
  weight: 2,
  make(t) {
    const [number, vcpu] = [t.dice.below(VIRQS + 2), anyVcpu(t)];
    if (number < VIRQS && vcpu < VCPUS) take(t.me, "virq", t.me.domid);
    return [`ec_virq ${number} ${hex(vcpu)}`];
  },
};
const close: Move = {
  weight: 4,
  make(t) {
    const port = anyPort(t);
    const peer = t.me.ports.get(port);
    t.me.ports.delete(port);
    if (peer?.kind === "interdomain") t.all.find((b) => b.domid === peer.domid)?.ports.set(peer.port, { kind: "unbound", domid: t.me.domid, port: 0 });
    return [`ec_close ${hex(port)}`, ...look(t)];
  },
};
const send: Move = { weight: 8, make: (t) => [`ec_send ${hex(anyPort(t))}`, ...look(t)] };
const status: Move = { weight: 6, make: (t) => [`ec_status ${usually(t, ["SELF"], [anyDomain(t)], 0.9)} ${hex(anyPort(t))}`] };
const unmask: Move = { weight: 4, make: (t) => [`ec_unmask ${hex(anyPort(t))}`, ...look(t)] };
const bindVcpu: Move = { weight: 3, make: (t) => [`ec_bindvcpu ${hex(anyPort(t))} ${hex(anyVcpu(t))}`] };
const words: Move = {
  weight: 4,
  make(t) {
    const where = at(t.me, t.dice.pick([PENDING, MASK, MASK]));
    if (where === undefined) return undefined;
    // bits of the first ports, as a guest sets and clears them
    return [`w64 ${where} ${hex(t.dice.pick([0, 0, 2, 6, t.dice.below(2 ** 16)]))}`, ...(t.dice.chance(0.5) ? [`w8 ${bytesOf(t.me.sharedInfo ?? 0)} 0`, `w64 ${bytesOf(t.me.sharedInfo ?? 0)}+8 0`] : []), `ec_send ${hex(anyPort(t))}`, ...look(t)]; // MAGIC: bits, not bytes
  },
};
const reset: Move = {
  weight: 0.3,
  make(t) {
    const who = usually(t, ["SELF"], [anyDomain(t)], 0.7);
    if (who === "SELF" || who === String(t.me.domid)) {
      t.me.ports.clear();
      t.me.hasFifo = false;
    }
    return [`w16 BUF ${who}`, "hc event_channel_op 10 BUF", ...look(t)];
  },
};
/** init_control. */
const fifo: Move = {
  weight: 0.6,
  make(t) {
    const gfn = frameOf(t, "ram");
    const [offset, vcpu] = [usually(t, [0, 64, 128], [4, 4032, 4088, 4096], 0.85), usually(t, [0, 1], [2, 5], 0.9)]; // MAGIC: beyond a frame
    t.me.hasFifo = true;
    return [`fill BUF 32 0`, `w64 BUF ${hex(gfn)}`, `w32 BUF+8 ${offset}`, `w32 BUF+12 ${vcpu}`, "hc event_channel_op 11 BUF", "dump BUF+16 8"];
  },
};
/** expand_array, and an event into it. */
const expand: Move = {
  weight: 2,
  make(t) {
    if (!t.me.hasFifo && t.dice.chance(0.9)) return undefined;
    const gfn = frameOf(t, "ram");
    return [`w64 BUF ${hex(gfn)}`, "hc event_channel_op 12 BUF", `ec_send ${hex(anyPort(t))}`];
  },
};
const priority: Move = { weight: 1, make: (t) => [`w32 BUF ${hex(anyPort(t))}`, `w32 BUF+4 ${t.dice.below(18)}`, "hc event_channel_op 13 BUF"] };
const badPointer: Move = { weight: 1, make: (t) => [`hc event_channel_op ${t.dice.below(16)} ${t.dice.pick(["UNMAPPED", "0", "0x22000000"])}`] };

export const EVENT_MOVES: readonly Move[] = [allocate, bind, ipi, virq, close, send, status, unmask, bindVcpu, words, reset, fifo, expand, priority, badPointer];
