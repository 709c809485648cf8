/** memory_op: frames come, go and change their place. Numbers and layouts: xen/include/public/memory.h. */
import { BIG, giveUp, HOLES, pagesOf, place, populate, RAM } from "./belief.ts";
import { anyDomain, anyWindow, bytesOf, frameOf, hex, usually } from "./choose.ts";
import type { Move, Turn } from "./contract.ts";

const SELF_QUERIES = [3, 4, 14] as const;
const DECREASE = 1;
const POPULATE = 6;
/** A byte that tells pages apart. */
const filled = (t: Turn, gfn: number, pages = 1): string => `fill ${bytesOf(gfn)} ${hex(pages * 4096)} ${hex(1 + t.dice.below(255))}`; // MAGIC: XEN_PAGE

/**
 * Where another domain's grant is mapped. Never one of its own: Xen 4.17 frees the frame, which is still mapped where it was RAM, and what
 * is seen there afterwards depends on who gets it next.
 */
const foreignWindow = (t: Turn): number => {
  const windows = [...t.me.mappings.values()].filter((m) => m.granter !== t.me.domid).map((m) => m.gfn);
  return windows.length > 0 ? t.dice.pick(windows) : t.dice.pick(HOLES);
};

const query: Move = {
  weight: 5,
  make: (t) => [`w16 BUF ${anyDomain(t)}`, `hc memory_op ${t.dice.pick(SELF_QUERIES)} BUF`],
};
const sharedInfo: Move = {
  weight: 2,
  make(t) {
    const [index, gfn] = [usually(t, [0], [1, 2 ** 32], 0.9), frameOf(t, "ram", "hole")];
    if (t.me.sharedInfo === undefined && index === 0 && t.me.pages.has(gfn)) {
      place(t.me, gfn, "shared-info");
      t.me.sharedInfo = gfn;
    }
    return [`a2p ${usually(t, ["SELF"], [anyDomain(t)], 0.9)} 0 0 ${hex(index)} ${hex(gfn)}`];
  },
};
const grantFrame: Move = {
  weight: 3,
  make(t) {
    const index = usually(t, [0, 0, 0, 1, 2], [3, 63, 64, 0x80000000, 0x80000001], 0.85);
    const gfn = frameOf(t, "hole", "hole", "ram");
    const moved = index === 0 && t.me.table !== undefined && t.dice.chance(0.7) ? [`rmpm SELF ${hex(t.me.table)}`] : [];
    if (t.me.table !== undefined && moved.length > 0) place(t.me, t.me.table, "hole");
    if (t.me.pages.has(gfn)) {
      const isNew = index === 0 && t.me.table === undefined;
      place(t.me, gfn, "grant-frame");
      if (isNew) t.me.table = gfn;
    }
    return [...moved, `a2p ${usually(t, ["SELF"], [anyDomain(t)], 0.9)} 0 1 ${hex(index)} ${hex(gfn)}`];
  },
};
const otherSpaces: Move = {
  weight: 1,
  make: (t) => [`a2p ${anyDomain(t)} ${t.dice.below(3)} ${t.dice.pick([2, 3, 4, 5, 6, 7, 65535])} ${hex(t.dice.pick([0, frameOf(t, "ram")]))} ${hex(frameOf(t, "hole", "ram"))}`],
};
const remove: Move = {
  weight: 3,
  make(t) {
    const gfn = t.dice.chance(0.1) ? anyWindow(t) : frameOf(t, "ram", "shared-info", "grant-frame", "hole");
    place(t.me, gfn, "hole");
    return [`rmpm ${usually(t, ["SELF"], [anyDomain(t)], 0.9)} ${hex(gfn)}`];
  },
};
const decrease: Move = {
  weight: 5,
  make(t) {
    const gfn = t.dice.chance(0.1) ? foreignWindow(t) : frameOf(t, "ram", "ram", "ram", "shared-info", "grant-frame");
    giveUp(t.me, gfn);
    return [`resv1 ${DECREASE} SELF 0 0 ${hex(gfn)}`];
  },
};
const grow: Move = {
  weight: 6,
  make(t) {
    const order = usually(t, [0, 0, 0, 1, 2], [9, 10, 18, 63, 2 ** 32 - 1], 0.95);
    const gfn = order < 3 ? usually(t, pagesOf(t.me, "hole"), [...RAM, ...HOLES], 0.9) : BIG;
    const pages = 2 ** order;
    const lines = [`resv1 ${POPULATE} ${usually(t, ["SELF"], [anyDomain(t)], 0.95)} ${order} ${usually(t, [0], [1, 0x40000, 2 ** 32 - 1], 0.9)} ${hex(gfn)}`];
    if (order >= 3) return lines;
    populate(t.me, gfn, pages);
    // Xen gives memory as it is: nobody reads it before
    return [...lines, filled(t, gfn, pages)];
  },
};
/** Several extents, among them some that fail. */
const list: Move = {
  weight: 3,
  make(t) {
    const count = 1 + t.dice.below(5);
    const command = t.dice.pick([DECREASE, POPULATE]);
    const gfns = Array.from({ length: count }, () => (command === DECREASE ? frameOf(t, "ram") : usually(t, pagesOf(t.me, "hole"), RAM, 0.9)));
    for (const gfn of gfns)
      if (command === DECREASE) giveUp(t.me, gfn);
      else populate(t.me, gfn, 1);
    const start = t.dice.chance(0.1) ? 64 * t.dice.below(count + 2) : 0;
    return [
      ...gfns.map((gfn, i) => `w64 BUF2+${8 * i} ${hex(gfn)}`), `resvn ${command + start} SELF 0 0 ${count}`,
      ...(command === POPULATE ? gfns.map((gfn) => filled(t, gfn)) : []),
      `w16 BUF SELF`, `hc memory_op 3 BUF`,
    ];
  },
};
const bigBlock: Move = {
  weight: 1,
  make: (t) => [`resv1 ${t.dice.pick([DECREASE, DECREASE, POPULATE])} SELF ${t.dice.pick([0, 4, 8, 9])} 0 ${hex(BIG + t.dice.pick([0, 0, 1, 16, 512]))}`, "w16 BUF SELF", "hc memory_op 3 BUF"],
};
/** add_to_physmap_batch. */
const batch: Move = {
  weight: 2,
  make(t) {
    const count = t.dice.below(4);
    const space = t.dice.pick([0, 1, 1, 1, 2, 4, 5, 6]);
    const places = Array.from({ length: count }, () => frameOf(t, "hole", "ram"));
    // what is placed where depends on which of them fail
    for (const gfn of places) place(t.me, gfn, "unknown");
    return [
      "fill BUF 64 0", "fill BUF2 256 0xaa", `w16 BUF ${usually(t, ["SELF"], [anyDomain(t)], 0.85)}`, `w16 BUF+2 ${space}`, `w16 BUF+4 ${count}`, `w16 BUF+6 ${t.dice.pick(["0", "0", anyDomain(t)])}`,
      "w64 BUF+8 BUF2", "w64 BUF+16 BUF2+64", "w64 BUF+24 BUF2+128",
      ...places.flatMap((gfn, i) => [`w64 BUF2+${8 * i} ${hex(t.dice.pick([0, 1, 2, 3, 64, frameOf(t, "ram")]))}`, `w64 BUF2+${64 + 8 * i} ${hex(gfn)}`]),
      "hc memory_op 23 BUF", "dump BUF2+128 16",
    ];
  },
};
/** Every other number, with an argument of zeros or of ones. 2 tells the host's memory; 11 reads the lists that it is given. */
const others: Move = {
  weight: 2,
  make: (t) => [`fill BUF 64 ${t.dice.pick(["0", "0xff"])}`, `w16 BUF ${anyDomain(t)}`, `hc memory_op ${t.dice.pick([5, 8, 9, 10, 12, 13, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26, 27, 29, 30, 63])} ${t.dice.pick(["BUF", "UNMAPPED"])}`],
};

export const MEMORY_MOVES: readonly Move[] = [query, sharedInfo, grantFrame, otherSpaces, remove, decrease, grow, list, bigBlock, batch, others];
