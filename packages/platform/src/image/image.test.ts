import { gzipSync } from "node:zlib";
import { CPU_MODELS, findCpu } from "@granule/arm";
import { kib, mib } from "@granule/units";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageCode, KernelImage } from "../contract.ts";
import { buildElf, buildLinuxImage } from "./build.ts";
import { loadImage, parseImage } from "./loadImage.ts";
import { checkPageSize } from "./placeImage.ts";

type Loaded = Awaited<ReturnType<typeof loadImage>>;
function good(result: Loaded): KernelImage {
  if (!result.ok) throw new Error(`${result.code}: ${result.why}`);
  return result.value;
}
/** The code, and a reason that says all that `words` says. */
function refused(result: Loaded, code: ImageCode, ...words: readonly string[]): void {
  if (result.ok) throw new Error("it was taken");
  expect(result.code, result.why).toBe(code);
  for (const word of words) expect(result.why).toContain(word);
}
const text = Uint8Array.from({ length: 300 }, (_, i) => (7 * i) & 0xff);
const elf = buildElf({
  entry: 0xffff_8000_4008_0010n,
  segments: [
    { paddr: 0x4008_0000n, vaddr: 0xffff_8000_4008_0000n, bytes: text, memsz: 0x2000n },
    { type: 4, paddr: 0n, bytes: Uint8Array.of(1, 2, 3) },
    { paddr: 0x4010_0000n, vaddr: 0xffff_8000_4010_0000n, bytes: text.subarray(0, 7), memsz: 7n },
  ],
});

describe("arm64 Image", () => {
  it.each([[0n, undefined], [1n, "4k"], [2n, "16k"], [3n, "64k"]] as const)("flags 2:1 = %i: pages of %s", async (pages, name) => {
    const image = good(await loadImage(buildLinuxImage({ flags: (pages << 1n) | 8n, imageSize: 0x1_0000n, textOffset: 0x8_0000n })));
    expect([image.format, image.granule?.name, image.textOffset, image.segments.map((s) => [s.at, s.size, s.bytes.length])]).toEqual(["Image", name, 0x80000, [[0, 0x10000, 256]]]);
  });
  it("an old header without image_size has the old offset and its own length", async () => {
    const image = good(await loadImage(buildLinuxImage({ imageSize: 0n, textOffset: 5n })));
    expect([image.textOffset, image.segments[0]!.size]).toEqual([0x80000, 256]);
  });
  it("gzip of it is the same, and says so", async () => {
    const bytes = buildLinuxImage({ size: 100_000 });
    expect(good(await loadImage(gzipSync(bytes)))).toEqual({ ...good(await loadImage(bytes)), compressed: true });
  });
  it("names field, value and unit of what is wrong", async () => {
    refused(await loadImage(buildLinuxImage({ flags: 1n })), "big-endian", "flags 0x1", "bit 0");
    refused(await loadImage(buildLinuxImage({ textOffset: 0x20_0000n })), "bad-header", "text_offset 0x200000 bytes", "2 MiB");
    refused(await loadImage(buildLinuxImage({ imageSize: 1n << 60n })), "bad-header", "image_size 0x1000000000000000 bytes");
    refused(await loadImage(buildLinuxImage({ size: 60 })), "too-short", "60 bytes");
    refused(await loadImage(new Uint8Array(10)), "too-short", "10 bytes");
    refused(await loadImage(buildLinuxImage({ magic: 0 })), "wrong-machine", "10 00 00 14", "flatOffset");
    const zboot = new Uint8Array(100);
    zboot.set([0x4d, 0x5a, 0, 0, 0x7a, 0x69, 0x6d, 0x67]);
    refused(await loadImage(zboot), "wrong-machine", "zboot");
    refused(await loadImage(new Uint8Array(500), { limit: 499 }), "too-large", "500 bytes");
  });
});

describe("gzip", () => {
  const packed = gzipSync(buildLinuxImage({ size: 50_000 }));
  it("torn, changed or lengthened anywhere: refused, never an exception", async () => {
    for (const cut of [2, 5, 10, 30, packed.length - 9, packed.length - 1]) refused(await loadImage(packed.subarray(0, cut)), "torn-gzip", `${cut} bytes`);
    for (const at of [2, 12, 40, packed.length - 6, packed.length - 2]) {
      const changed = Uint8Array.from(packed);
      changed[at]! ^= 0x55;
      refused(await loadImage(changed), "torn-gzip");
    }
    refused(await loadImage(Uint8Array.from([...packed, 1, 2, 3])), "torn-gzip");
  });
  it("stops at the limit", async () => {
    const bomb = gzipSync(new Uint8Array(mib(32)));
    expect(bomb.length).toBeLessThan(kib(64));
    refused(await loadImage(bomb, { limit: mib(1) }), "too-large", "1 MiB");
  });
});

describe("ELF64", () => {
  it("loads PT_LOAD segments at physical addresses, and the entry with them", async () => {
    const image = good(await loadImage(gzipSync(elf)));
    expect(image.segments.map((s) => [s.at, s.size, [...s.bytes]])).toEqual([[0x40080000, 0x2000, [...text]], [0x40100000, 7, [...text.subarray(0, 7)]]]);
    expect([image.format, image.entry, image.granule, image.compressed]).toEqual(["elf64", 0x40080010, undefined, true]);
  });
  it("names field, value and unit of what is wrong", async () => {
    const one = { paddr: 0x4000_0000n, bytes: text };
    const build = (fields: Partial<Parameters<typeof buildElf>[0]>): Promise<Loaded> => loadImage(buildElf({ entry: 0x4000_0000n, segments: [one], ...fields }));
    refused(await build({ machine: 62 }), "wrong-machine", "e_machine 62", "183");
    refused(await build({ elfClass: 1 }), "wrong-class", "EI_CLASS 1");
    refused(await build({ data: 2 }), "big-endian", "EI_DATA 2");
    refused(await build({ entry: 0x5000_0000n }), "bad-header", "e_entry 0x50000000");
    refused(await build({ phentsize: 32 }), "bad-header", "e_phentsize 32 bytes");
    refused(await build({ phnum: 60_000 }), "bad-header", "e_phnum 60000");
    refused(await build({ phoff: 1n << 63n }), "too-short", "e_phoff 0x8000000000000000");
    refused(await build({ phnum: 0 }), "bad-segment", "no PT_LOAD");
    refused(await build({ segments: [{ ...one, offset: 100_000n }] }), "bad-segment", "segment 0", "p_offset 0x186a0", "420 bytes");
    refused(await build({ segments: [{ ...one, filesz: (1n << 64n) - 1n }] }), "bad-segment", "p_filesz 0xffffffffffffffff bytes");
    refused(await build({ segments: [{ ...one, memsz: 10n }] }), "bad-segment", "p_memsz 0xa bytes");
    refused(await build({ segments: [{ ...one, paddr: 0xffff_8000_0008_0000n }] }), "bad-segment", "p_paddr 0xffff800000080000");
    refused(await loadImage(elf.subarray(0, 63)), "too-short", "63 bytes");
  });
});

describe("flat binary", () => {
  it("goes where it is told to, with room behind it", async () => {
    const image = good(await loadImage(text, { flatOffset: kib(512), flatSlack: kib(128) }));
    expect([image.format, image.textOffset, image.segments[0]!.size, image.entry]).toEqual(["flat", 0x80000, 300 + kib(128), 0]);
    refused(await loadImage(text), "wrong-machine", "flatOffset");
    refused(await loadImage(text, { flatOffset: -1 }), "bad-header", "-1 bytes");
    refused(await loadImage(new Uint8Array(0), { flatOffset: 0 }), "too-short");
  });
});

describe("any bytes", () => {
  it("are an image or a reason, never an exception, and segments stay within the file", () => {
    const seeds = [elf, buildLinuxImage({ size: 128 })];
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.integer({ min: 0, max: 250 }), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }), fc.nat(500), (seed, changes, length) => {
        const bytes = Uint8Array.from(seed.subarray(0, Math.max(length, 20)));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const result = parseImage(bytes);
        if (!result.ok) expect(result.why.length).toBeGreaterThan(20);
        else
          for (const s of result.value.segments)
            expect(s.size >= s.bytes.length && s.at >= 0 && Number.isSafeInteger(s.at + s.size) && s.bytes.byteOffset + s.bytes.length <= bytes.byteOffset + bytes.length).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("page size", () => {
  it("a kernel is refused by a CPU without its granule, and the message names the models that have it", async () => {
    for (const [pages, name] of [[1n, "4k"], [2n, "16k"], [3n, "64k"]] as const) {
      const image = good(await loadImage(buildLinuxImage({ flags: pages << 1n })));
      for (const cpu of CPU_MODELS) {
        const able = cpu.stage1.some((g) => g.name === name);
        const answer = checkPageSize(image, cpu);
        expect(answer.ok).toBe(able);
        if (answer.ok) continue;
        const named = answer.why.split("models that have it: ")[1]!.split(", ");
        expect(named).toEqual(CPU_MODELS.filter((model) => model.stage1.some((g) => g.name === name)).map((model) => model.name));
        expect(answer.why).toContain(cpu.name);
      }
    }
    expect(checkPageSize(good(parseImage(elf)), findCpu("only-64k")!).ok).toBe(true);
  });
});
