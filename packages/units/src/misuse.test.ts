/** The misuses that the types exist for: each line below must not compile. The check is the compiler's; the test is that the file is in the program. */
import { expect, test } from "vitest";
import { add, alignDown, type Bytes, contains, distance, type Frame, type Ipa, ipa, isAligned, isBelow, isSame, type Pa, pa, type Range, range, toNumber, va, type XenGfn } from "./index.ts";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, xenGfn } from "./index.ts";

const takesIpa = (a: Ipa): number => toNumber(a);
const takesXenGfn = (f: XenGfn): number => toNumber(f);
const takes64k = (f: Frame<"ipa", 65536>): number => toNumber(f);
const takesRange = (r: Range<"ipa">): number => r.size;
const i: Ipa = ipa(0x4000);
const p: Pa = pa(0x8000);

test("misuses are compile errors", () => {
  // @ts-expect-error an IPA is not ordered against a PA
  const compared = i < p;
  // @ts-expect-error an address plus a frame
  const sum = i + GRANULE_4K.frameOf(i);
  // @ts-expect-error an address plus bytes goes through add()
  const plain = i + 4096;
  // @ts-expect-error shifts: the frame of an address is frameOf()
  const shifted = i >>> 12;
  // @ts-expect-error masks
  const masked = i & 0xfff;
  // @ts-expect-error a PA is no IPA
  takesIpa(p);
  // @ts-expect-error a VA is no IPA
  takesIpa(va(0));
  // @ts-expect-error a number is no IPA
  takesIpa(0x4000);
  // @ts-expect-error a 64K frame is not ABI v1's frame
  takesXenGfn(GRANULE_64K.frameOf(i));
  // @ts-expect-error a 16K frame is not a 64K frame
  takes64k(GRANULE_16K.frameOf(i));
  // @ts-expect-error a machine frame is not a guest frame
  takesXenGfn(GRANULE_4K.frameOf(p));
  // @ts-expect-error an address is no frame
  takesXenGfn(i);
  // @ts-expect-error a 4K frame has no address in 64K
  GRANULE_64K.addressOf(xenGfn(1));
  // @ts-expect-error a machine range is no guest range
  takesRange(range(p, 1));
  // @ts-expect-error the difference of addresses of two spaces
  distance(i, p);
  // @ts-expect-error nor their order
  isBelow(p, i);
  // @ts-expect-error nor their being the same
  isSame(i, va(0));
  // @ts-expect-error a machine address in a guest range
  contains(range(i, 1), p);
  // @ts-expect-error a frame count is not a number of bytes
  const bytes: Bytes = GRANULE_4K.frameOf(i);
  // @ts-expect-error frames are not aligned: addresses are
  isAligned(xenGfn(1), 4096);

  expect([compared, shifted, masked, bytes]).toHaveLength(4);
  expect([sum, plain]).toEqual([0x4004, 0x5000]);
});
test("what is right compiles, at no cost at run time", () => {
  expect(takesIpa(add(alignDown(i, 0x4000), 4))).toBe(0x4004);
  expect(takesXenGfn(GRANULE_4K.frameOf(i))).toBe(4);
  expect(typeof i).toBe("number");
});
