import { expect, it } from "vitest";
import { hasProgram, runs } from "./required.ts";

it.each([
  ["qemu", true, undefined, true],
  ["qemu", false, undefined, false],
  ["qemu", false, "", false],
  ["qemu", false, "qemu", true],
  ["qemu", false, "chromium, qemu", true],
  ["guests", false, "chromium,qemu", false],
  ["qemu", true, "chromium", true],
  ["xen", false, "qemu,guests,xen", true],
  ["xen", false, "qemu,guests", false],
] as const)("tests that need %s, there: %s, with GRANULE_REQUIRE=%s: %s", (what, isThere, list, expected) => {
  expect(runs(what, isThere, list === undefined ? {} : { GRANULE_REQUIRE: list })).toBe(expected);
});

it("a program is there when it answers", () => {
  expect([hasProgram(process.execPath), hasProgram("granule-no-such-program")]).toEqual([true, false]);
});
