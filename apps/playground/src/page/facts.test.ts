import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readKernel } from "../kernelFile.ts";
import { initrdFacts, kernelFacts } from "./facts.ts";
import { size, speed } from "./numbers.ts";

/** An arm64 Image with pages of 64 KiB. */
function image64k(): Uint8Array {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 3 * 1024 * 1024, true);
  view.setUint32(24, 0b0110, true);
  view.setUint32(56, 0x644d5241, true);
  return bytes;
}

it("says a kernel's page size, packed or not", async () => {
  const read = await readKernel(gzipSync(image64k()));
  expect(read.ok && kernelFacts(read.value)).toEqual({ pages: "64 KiB pages", rest: "arm64 Image in gzip, 3 MiB in memory", doubt: undefined });
});

it("takes what has no header for a flat binary, with a doubt; torn and foreign files for nothing", async () => {
  const flat = await readKernel(Uint8Array.of(1, 2, 3, 4));
  expect(flat.ok && kernelFacts(flat.value)).toMatchObject({ pages: undefined, rest: expect.stringContaining("flat binary"), doubt: expect.stringContaining("4 bytes") });
  const torn = await readKernel(gzipSync(image64k()).subarray(0, 20));
  expect(torn).toMatchObject({ ok: false, code: "torn-gzip" });
  const x86 = new Uint8Array(64);
  x86.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  x86[18] = 62;
  expect(await readKernel(x86)).toMatchObject({ ok: false, code: "wrong-machine" });
  expect(await readKernel(new Uint8Array())).toMatchObject({ ok: false, code: "too-short" });
});

it("tells archives from mistakes", () => {
  expect(initrdFacts(new TextEncoder().encode("070701000"))).toBe("9 bytes, cpio");
  expect(initrdFacts(gzipSync("x"))).toMatch(/ bytes, gzip$/);
  expect(initrdFacts(Uint8Array.of(0x89, 0x50))).toContain("neither cpio nor gzip");
});

it("shows sizes and speeds", () => {
  expect([size(0), size(1023), size(1536), size(7 * 1024 ** 2), size(1024 ** 3)]).toEqual(["0 bytes", "1,023 bytes", "1.5 KiB", "7 MiB", "1 GiB"]);
  expect(speed(undefined, { instructions: 5e6, busy: 100 })).toBe(50);
  expect(speed({ instructions: 5e6, busy: 100 }, { instructions: 6e6, busy: 110 })).toBe(100);
  // it waited: no time to measure in
  expect(speed({ instructions: 5e6, busy: 100 }, { instructions: 5e6 + 10, busy: 101 })).toBeUndefined();
});
