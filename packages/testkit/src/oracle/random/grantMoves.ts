/** grant_table_op, and what is seen through mapped grants. Numbers and layouts: xen/include/public/grant_table.h. */
import { HOLES, pagesOf, place, RAM, READ_ONLY, type Belief } from "./belief.ts";
import { anyDomain, anyReference, bytesOf, frameOf, hex, usually } from "./choose.ts";
import type { Move, Turn } from "./contract.ts";

const PERMIT = 1;
const READ_ONLY_ENTRY = 5;
const MAP = { host: 2, hostReadOnly: 6 } as const;
const SIZE = { map: 32, unmap: 24, copy: 40 } as const;
const OFFSETS = [0, 1, 8, 16, 2048, 4088, 4090, 4095, 4096, 4097, 65535] as const; // MAGIC: around XEN_PAGE
const LENGTHS = [0, 1, 6, 7, 8, 16, 64, 2048, 4095, 4096, 4097] as const; // MAGIC: as above

const tableAt = (b: Belief): string | undefined => (b.table === undefined ? undefined : bytesOf(b.table));
/** Grants that others, or itself, gave to this domain. */
const granted = (t: Turn): readonly (readonly [number, number])[] =>
  t.all.flatMap((b) => [...b.entries].flatMap(([ref, e]) => (e.domid === t.me.domid ? [[b.domid, ref] as const] : [])));
const someGrant = (t: Turn): readonly [number, number] => {
  const [domid, ref] = usually(t, granted(t), [[t.dice.pick([1, 2, 3, 0, 9]), 8]], 0.85);
  return [domid, t.dice.chance(0.9) ? ref : anyReference(t, domid)];
};
/** Flags and frame of an entry that is in use: Xen writes the reading and writing bits. */
const looksAt = (t: Turn): readonly string[] => {
  const table = tableAt(t.me);
  return table === undefined || t.me.entries.size === 0 || t.dice.chance(0.5) ? [] : [`r16 ${table}+${8 * t.dice.pick([...t.me.entries.keys()])}`];
};

const entry: Move = {
  weight: 8,
  make(t) {
    const table = tableAt(t.me);
    if (table === undefined) return undefined;
    const ref = 8 + t.dice.below(12);
    const flags = usually(t, [PERMIT, PERMIT, PERMIT, READ_ONLY_ENTRY], [0, 2, 3, 9, 0x11, 0xffff], 0.9);
    const domid = usually(t, t.all.map((b) => b.domid), [0, 9, 0x7ff0], 0.9);
    const gfn = frameOf(t, "ram", "ram", "ram", "mapped", "shared-info", "grant-frame", "hole");
    t.me.entries.set(ref, { flags, domid, gfn });
    return [`gnt_entry ${table} ${ref} ${hex(flags)} ${hex(domid)} ${hex(Math.min(gfn, 2 ** 32 - 1))}`];
  },
};
const revoke: Move = {
  weight: 2,
  make(t) {
    const table = tableAt(t.me);
    if (table === undefined || t.me.entries.size === 0) return undefined;
    const ref = t.dice.pick([...t.me.entries.keys()]);
    t.me.entries.delete(ref);
    return [`r16 ${table}+${8 * ref}`, `w16 ${table}+${8 * ref} 0`];
  },
};
const map: Move = {
  weight: 9,
  make(t) {
    const [domid, ref] = someGrant(t);
    const isReadOnly = t.dice.chance(0.3);
    const gfn = isReadOnly ? t.dice.pick(READ_ONLY) : usually(t, pagesOf(t.me, "hole"), [...RAM, ...HOLES], 0.85);
    const flags = isReadOnly ? MAP.hostReadOnly : usually(t, [MAP.host], [0, 1, 3, 0x0a, 0x12, 0x22, 0x10002, 0x8000], 0.9);
    const handle = t.me.freeHandles.shift();
    if (handle !== undefined) t.me.mappings.push({ handle, gfn });
    place(t.me, gfn, "mapped");
    return [`map_grant ${bytesOf(gfn)}${t.dice.chance(0.1) ? "+8" : ""} ${hex(flags)} ${hex(ref)} ${domid}`, `r64 ${bytesOf(gfn)}`];
  },
};
const unmap: Move = {
  weight: 6,
  make(t) {
    const mapping = t.me.mappings.length > 0 && t.dice.chance(0.85) ? t.dice.pick(t.me.mappings) : { handle: 1 + t.dice.below(70), gfn: frameOf(t, "mapped", "hole", "ram") };
    const at = t.me.mappings.indexOf(mapping);
    if (at >= 0) {
      t.me.mappings.splice(at, 1);
      t.me.freeHandles.push(mapping.handle);
    }
    const gfn = t.dice.chance(0.93) ? mapping.gfn : frameOf(t, "mapped", "ram");
    place(t.me, gfn, "hole");
    return [`gnt_unmap ${bytesOf(gfn)} ${t.dice.chance(0.9) ? "0" : "0x1234000"} ${mapping.handle}`, `r64 ${bytesOf(gfn)}`, ...looksAt(t)];
  },
};
/** Through a mapping, or to an own page that may be shared. */
const write: Move = {
  weight: 6,
  make(t) {
    const pages = pagesOf(t.me, "ram", "mapped");
    if (pages.length === 0) return undefined;
    const where = `${bytesOf(t.dice.pick(pages))}+${8 * t.dice.below(8)}`;
    return [`w64 ${where} ${hex(t.dice.u32())}`, `r64 ${where}`];
  },
};
const read: Move = { weight: 5, make: (t) => [`r64 ${bytesOf(t.dice.chance(0.3) ? t.dice.pick(READ_ONLY) : frameOf(t, "ram", "mapped", "hole"))}+${8 * t.dice.below(8)}`] };

interface End {
  readonly u: string;
  readonly dom: string;
  readonly isReference: boolean;
}
const end = (t: Turn): End => {
  if (t.dice.chance(0.4)) {
    const [domid, ref] = someGrant(t);
    return { u: hex(ref), dom: String(domid), isReference: true };
  }
  return { u: hex(frameOf(t, "ram", "ram", "ram", "mapped", "hole")), dom: t.dice.chance(0.9) ? "SELF" : anyDomain(t), isReference: false };
};
interface Copy {
  readonly arguments: readonly string[];
  readonly to: End;
}
const someCopy = (t: Turn): Copy => {
  const [from, to] = [end(t), end(t)];
  const isLong = t.dice.chance(0.2);
  const offset = (): number => (isLong ? t.dice.pick(OFFSETS) : 8 * t.dice.below(64));
  const flags = t.dice.chance(0.95) ? (from.isReference ? 1 : 0) + (to.isReference ? 2 : 0) : t.dice.below(16);
  return { to, arguments: [from.u, from.dom, String(offset()), to.u, to.dom, String(offset()), String(isLong ? t.dice.pick(LENGTHS) : t.dice.pick([1, 8, 16, 64])), String(flags)] };
};
const copy: Move = {
  weight: 9,
  make(t) {
    const c = someCopy(t);
    return [`gnt_copy ${c.arguments.join(" ")}`, ...(c.to.isReference ? looksAt(t) : [`r64 ${hex(BigInt(c.to.u) * 4096n)}+${8 * t.dice.below(4)}`])]; // MAGIC: XEN_PAGE
  },
};
/** Several copies by one call; the statuses of all of them are shown. */
const copies: Move = {
  weight: 3,
  make(t) {
    const count = 2 + t.dice.below(4);
    const lines = Array.from({ length: count }, (_, i) => {
      const [su, sdom, soff, du, ddom, doff, len, flags] = someCopy(t).arguments;
      const at = `BUF2+${i * SIZE.copy}`;
      return [`fill ${at} ${SIZE.copy} 0`, `w64 ${at} ${su}`, `w16 ${at}+8 ${sdom}`, `w16 ${at}+10 ${soff}`, `w64 ${at}+16 ${du}`, `w16 ${at}+24 ${ddom}`, `w16 ${at}+26 ${doff}`, `w16 ${at}+32 ${len}`, `w16 ${at}+34 ${flags}`, `w16 ${at}+36 0x5555`];
    });
    return [...lines.flat(), `hc grant_table_op 5 BUF2 ${t.dice.chance(0.95) ? count : 0}`, ...lines.map((_, i) => `r16 BUF2+${i * SIZE.copy + 36}`)];
  },
};
const maps: Move = {
  weight: 2,
  make(t) {
    const count = 2 + t.dice.below(3);
    const lines = Array.from({ length: count }, (_, i) => {
      const [domid, ref] = someGrant(t);
      const gfn = usually(t, pagesOf(t.me, "hole"), HOLES, 0.9);
      const handle = t.me.freeHandles.shift();
      if (handle !== undefined) t.me.mappings.push({ handle, gfn });
      place(t.me, gfn, "mapped");
      const at = `BUF2+${i * SIZE.map}`;
      return [`fill ${at} ${SIZE.map} 0xaa`, `w64 ${at} ${bytesOf(gfn)}`, `w32 ${at}+8 ${MAP.host}`, `w32 ${at}+12 ${hex(ref)}`, `w16 ${at}+16 ${domid}`];
    });
    return [...lines.flat(), `hc grant_table_op 0 BUF2 ${count}`, ...lines.flatMap((_, i) => [`r16 BUF2+${i * SIZE.map + 18}`, `r32 BUF2+${i * SIZE.map + 20}`])];
  },
};
const unmaps: Move = {
  weight: 1,
  make(t) {
    const gone = t.me.mappings.splice(0, 2);
    if (gone.length === 0) return undefined;
    t.me.freeHandles.push(...gone.map((m) => m.handle));
    for (const m of gone) place(t.me, m.gfn, "hole");
    const lines = gone.map((m, i) => {
      const at = `BUF2+${i * SIZE.unmap}`;
      return [`w64 ${at} ${bytesOf(m.gfn)}`, `w64 ${at}+8 0`, `w32 ${at}+16 ${m.handle}`, `w16 ${at}+20 0x5555`];
    });
    return [...lines.flat(), `hc grant_table_op 1 BUF2 ${gone.length}`, ...gone.map((_, i) => `r16 BUF2+${i * SIZE.unmap + 20}`)];
  },
};
const query: Move = { weight: 2, make: (t) => [`gnt_query ${anyDomain(t)}`] };
const version: Move = { weight: 1, make: (t) => (t.dice.chance(0.7) ? [`gnt_version ${anyDomain(t)}`] : [`gnt_setversion ${t.dice.below(4)}`]) };
const setup: Move = {
  weight: 1,
  // the list says where the host has the frames
  make: (t) => [`gnt_setup ${anyDomain(t)} ${t.dice.pick([0, 1, 2, 3, 64, 65, 100])} ${t.dice.chance(0.9) ? "BUF2" : "UNMAPPED"}`],
};
const swap: Move = {
  weight: 1,
  make(t) {
    const [a, b] = [anyReference(t, t.me.domid), anyReference(t, t.me.domid)];
    const [first, second] = [t.me.entries.get(a), t.me.entries.get(b)];
    if (first !== undefined && second !== undefined) t.me.entries.set(a, second).set(b, first);
    return [`w32 BUF ${hex(a)}`, `w32 BUF+4 ${hex(b)}`, "w16 BUF+8 0x5555", "hc grant_table_op 11 BUF 1", "r16 BUF+8", ...looksAt(t)];
  },
};
const others: Move = {
  weight: 1,
  make: (t) => [`fill BUF 64 ${t.dice.pick(["0", "0xff"])}`, `hc grant_table_op ${t.dice.pick([3, 4, 7, 9, 13, 14, 255])} ${t.dice.pick(["BUF", "UNMAPPED"])} ${t.dice.pick([0, 1, 1, 2])}`],
};

export const GRANT_MOVES: readonly Move[] = [entry, revoke, map, unmap, write, read, copy, copies, maps, unmaps, query, version, setup, swap, others];
