/** grant_table_op, and what is seen through mapped grants. Numbers and layouts: xen/include/public/grant_table.h. */
import { HOLES, type Mapping, mayBeReadOnly, pagesOf, place, RAM, REGISTERS, windowOf, type Belief } from "./belief.ts";
import { anyDomain, anyReference, anyWindow, bytesOf, frameOf, hex, usually } from "./choose.ts";
import type { Move, Turn } from "./contract.ts";

const PERMIT = 1;
const READ_ONLY_ENTRY = 5;
const MAP = { host: 2, hostReadOnly: 6 } as const;
const SIZE = { map: 32, unmap: 24, copy: 40 } as const;
const OFFSETS = [0, 1, 8, 16, 2048, 4088, 4090, 4095, 4096, 4097, 65535] as const; // MAGIC: around XEN_PAGE
const LENGTHS = [0, 1, 6, 7, 8, 16, 64, 2048, 4095, 4096, 4097] as const; // MAGIC: as above

/** A register for a handle that is given back at once. */
const SCRATCH = 28;

/** Unmaps what a register has the handle of. */
const release = (at: string, register: number): readonly string[] => [`w64 BUF ${at}`, "w64 BUF+8 0", `w32 BUF+16 $${register}`, "w16 BUF+20 0x5555", "hc grant_table_op 1 BUF 1", "r16 BUF+20"];

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
    const gfn = t.dice.chance(0.15) ? anyWindow(t) : frameOf(t, "ram", "ram", "ram", "shared-info", "grant-frame", "hole");
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
/** A register whose handle is not in use, and the grant that goes there. */
function newMapping(t: Turn): { readonly mapping: Mapping; readonly ref: number } | undefined {
  const free = REGISTERS.filter((r) => !t.me.mappings.has(r));
  if (free.length === 0) return undefined;
  const register = t.dice.pick(free);
  const [granter, ref] = someGrant(t);
  const mapping: Mapping = { register, gfn: windowOf(register), granter, isReadOnly: mayBeReadOnly(register) && t.dice.chance(0.6) };
  t.me.mappings.set(register, mapping);
  return { mapping, ref };
}
const map: Move = {
  weight: 9,
  make(t) {
    const made = newMapping(t);
    if (made === undefined) return undefined;
    const { mapping: { register, gfn, granter, isReadOnly }, ref } = made;
    const flags = usually(t, [isReadOnly ? MAP.hostReadOnly : MAP.host], [0, 1, 3, 0x0e, 0x16, 0x26, 0x10006, 0x8000], 0.93);
    return [`map_grant ${bytesOf(gfn)}${t.dice.chance(0.1) ? "+8" : ""} ${hex(flags)} ${hex(ref)} ${granter}`, `r32 BUF+20 ${register}`, `r64 ${bytesOf(gfn)}`];
  },
};
/** Over RAM, over other things, or nowhere; it is unmapped at once, so that nothing is reached that nobody counts. */
const mapOver: Move = {
  weight: 2,
  make(t) {
    const [granter, ref] = someGrant(t);
    const gfn = usually(t, [...RAM, ...HOLES], [0, 0x22000, 0xfffffffff], 0.9);
    place(t.me, gfn, "hole");
    return [`map_grant ${bytesOf(gfn)} ${hex(MAP.host)} ${hex(ref)} ${granter}`, `r32 BUF+20 ${SCRATCH}`, `r64 ${bytesOf(gfn)}`, ...release(`${bytesOf(gfn)}`, SCRATCH), `r64 ${bytesOf(gfn)}`];
  },
};
const unmap: Move = {
  weight: 8,
  make(t) {
    if (t.me.mappings.size === 0) return undefined;
    const { register, gfn } = t.dice.pick([...t.me.mappings.values()]);
    // where something else is for certain: the mapping stays
    if (t.dice.chance(0.1)) return [...release(`${t.dice.pick(["BUF2", "0xfffffffffffff000", "0"])}`, register), `r64 ${bytesOf(gfn)}`];
    t.me.mappings.delete(register);
    return [...release(`${bytesOf(gfn)}${t.dice.chance(0.1) ? "+16" : ""}`, register), `r64 ${bytesOf(gfn)}`, ...looksAt(t)];
  },
};
const badHandle: Move = { weight: 1, make: (t) => [`gnt_unmap ${t.dice.pick(["BUF2", "0"])} 0 ${hex(t.dice.pick([0, 1, 2, 50, 255, 256, 2 ** 18, 2 ** 32 - 1]))}`] };
/** Through a mapping, or to an own page that may be shared. */
const write: Move = {
  weight: 6,
  make(t) {
    const pages = [...pagesOf(t.me, "ram"), ...[...t.me.mappings.values()].filter((m) => !m.isReadOnly).map((m) => m.gfn)];
    if (pages.length === 0) return undefined;
    const where = `${bytesOf(t.dice.pick(pages))}+${8 * t.dice.below(8)}`;
    return [`w64 ${where} ${hex(t.dice.u32())}`, `r64 ${where}`];
  },
};
const read: Move = { weight: 5, make: (t) => [`r64 ${bytesOf(t.dice.chance(0.5) ? anyWindow(t) : frameOf(t, "ram", "hole"))}+${8 * t.dice.below(8)}`] };

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
  return { u: hex(t.dice.chance(0.2) ? anyWindow(t) : frameOf(t, "ram", "ram", "ram", "hole")), dom: t.dice.chance(0.9) ? "SELF" : anyDomain(t), isReference: false };
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
    const made = Array.from({ length: 2 + t.dice.below(3) }, () => newMapping(t)).filter((m) => m !== undefined);
    if (made.length === 0) return undefined;
    const at = (i: number): string => `BUF2+${i * SIZE.map}`;
    return [
      ...made.flatMap(({ mapping, ref }, i) => [
        `fill ${at(i)} ${SIZE.map} 0xaa`, `w64 ${at(i)} ${bytesOf(mapping.gfn)}`, `w32 ${at(i)}+8 ${mapping.isReadOnly ? MAP.hostReadOnly : MAP.host}`, `w32 ${at(i)}+12 ${hex(ref)}`, `w16 ${at(i)}+16 ${mapping.granter}`,
      ]),
      `hc grant_table_op 0 BUF2 ${made.length}`, ...made.flatMap(({ mapping }, i) => [`r16 ${at(i)}+18`, `r32 ${at(i)}+20 ${mapping.register}`]),
    ];
  },
};
const unmaps: Move = {
  weight: 2,
  make(t) {
    const gone = [...t.me.mappings.values()].slice(0, 2 + t.dice.below(4));
    if (gone.length === 0) return undefined;
    for (const { register } of gone) t.me.mappings.delete(register);
    const at = (i: number): string => `BUF2+${i * SIZE.unmap}`;
    return [
      ...gone.flatMap(({ gfn, register }, i) => [`w64 ${at(i)} ${bytesOf(gfn)}`, `w64 ${at(i)}+8 0`, `w32 ${at(i)}+16 $${register}`, `w16 ${at(i)}+20 0x5555`]),
      `hc grant_table_op 1 BUF2 ${gone.length}`, ...gone.map((_, i) => `r16 ${at(i)}+20`),
    ];
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

export const GRANT_MOVES: readonly Move[] = [entry, revoke, map, mapOver, unmap, badHandle, write, read, copy, copies, maps, unmaps, query, version, setup, swap, others];
