/**
 * Ballooning at one end: give away one page, then the rest of 64 KiB, then take it back; and what each rule says
 * must happen to the domain's RAM. Sizes in bytes.
 */
import type { Kernel } from "@granule/guest-sdk";
import type { Trap } from "@granule/machine";
import { BACKING_UNIT, type Bytes } from "@granule/units";
import type { BalloonRule } from "./contract.ts";

/** After one operation: what changed hands, by how much the domain's RAM is below what it was, and what is out or pending. */
interface Seen {
  readonly moved: Bytes;
  readonly missing: Bytes;
  readonly out: Bytes;
  readonly pending: Bytes;
}

const wanted: Readonly<Record<BalloonRule, (s1: Bytes) => readonly Seen[]>> = {
  "whole granules": (s1) => [
    { moved: s1, missing: s1, out: s1, pending: 0 },
    { moved: BACKING_UNIT - s1, missing: BACKING_UNIT, out: BACKING_UNIT, pending: 0 },
    { moved: BACKING_UNIT, missing: 0, out: 0, pending: 0 },
  ],
  // a piece of a granule stays the domain's until the granule is complete
  accumulates: (s1) => [
    { moved: s1, missing: 0, out: 0, pending: s1 },
    { moved: BACKING_UNIT - s1, missing: BACKING_UNIT, out: BACKING_UNIT, pending: 0 },
    { moved: BACKING_UNIT, missing: 0, out: 0, pending: 0 },
  ],
  refused: () => [0, 1, 2].map(() => ({ moved: 0, missing: 0, out: 0, pending: 0 })),
};

/** `owned`: RAM that the hypervisor says the domain has. Answers what is wrong; undefined: nothing. */
export function* checkBalloon(k: Kernel, owned: () => Bytes, rule: BalloonRule): Trap<string | undefined> {
  const before = owned();
  const s1 = k.granule.size;
  const seen: Seen[] = [];
  for (const operation of ["one page out", "64 KiB out", "back"] as const) {
    const { moved } = operation === "back" ? yield* k.balloon.deflate(BACKING_UNIT) : yield* k.balloon.inflate(operation === "one page out" ? s1 : BACKING_UNIT - s1);
    seen.push({ moved, missing: before - owned(), out: k.balloon.bytesOut, pending: k.balloon.bytesPending });
  }
  const asText = (list: readonly Seen[]): string => list.map((s) => `moved ${s.moved} missing ${s.missing} out ${s.out} pending ${s.pending}`).join("; ");
  const must = asText(wanted[rule](s1));
  return asText(seen) === must ? undefined : `bytes after one page out, 64 KiB out, and back: ${asText(seen)}; the rule "${rule}" says ${must}`;
}
