import { find, parseFdt, read } from "@granule/fdt";
import { GRANULE_64K, type Ipa, ipa, kib, mib, range, toNumber } from "@granule/units";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { XEN_GUEST_MAP } from "../board/maps.ts";
import type { KernelImage } from "../contract.ts";
import { buildElf, buildLinuxImage } from "./build.ts";
import { parseImage } from "./loadImage.ts";
import { placeImage } from "./placeImage.ts";
import { planBoot } from "./planBoot.ts";

function image(bytes: Uint8Array, flatOffset?: number): KernelImage {
  const result = parseImage(bytes, flatOffset === undefined ? {} : { flatOffset });
  if (!result.ok) throw new Error(result.why);
  return result.value;
}
const linux = (size: number, textOffset = 0): KernelImage => image(buildLinuxImage({ imageSize: BigInt(size), textOffset: BigInt(textOffset) }));
const elf = (...at: readonly number[]): KernelImage =>
  image(buildElf({ entry: BigInt(at[0] ?? 0), segments: at.map((paddr) => ({ paddr: BigInt(paddr), bytes: new Uint8Array(32), memsz: 0x1000n })) }));
const START = 0x4000_0000;
const ram = (size: number, start = START) => range(ipa(start), size);

describe("placing", () => {
  it("kernel, device tree and initramfs lie in RAM, each in 64 KiB extents of its own, where the boot protocol wants them", () => {
    fc.assert(
      fc.property(
        fc.record({ start: fc.nat(3000), ram: fc.integer({ min: 1, max: 400 }), size: fc.nat(mib(8)), offset: fc.nat(mib(2) - 1), initrd: fc.nat(mib(8)), dtb: fc.integer({ min: 100, max: mib(2) }) }),
        (c) => {
          const memory = ram(c.ram * kib(64), START + c.start * kib(64));
          const where = placeImage(linux(c.size + 1, 4 * Math.floor(c.offset / 4)), { ram: memory, initrd: c.initrd, dtb: c.dtb });
          const { start } = memory;
          const base = Math.ceil(toNumber(start) / mib(2)) * mib(2) + 4 * Math.floor(c.offset / 4);
          const up = (n: number): number => Math.ceil(n / kib(64)) * kib(64);
          const dtb = up(base + Math.max(c.size + 1, 256));
          const initrd = up(dtb + c.dtb);
          const end = c.initrd === 0 ? dtb + c.dtb : initrd + c.initrd;
          expect(where.ok, where.ok ? "" : where.why).toBe(end <= toNumber(start) + memory.size);
          if (!where.ok) {
            expect(where.code).toBe("larger-than-memory");
            return;
          }
          expect(where.value.entry).toBe(base);
          expect([where.value.dtb.start, where.value.initrd?.start]).toEqual([dtb, c.initrd === 0 ? undefined : initrd]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("names what does not fit, with addresses", () => {
    const why = (result: ReturnType<typeof placeImage>): string => (result.ok ? "taken" : `${result.code}: ${result.why}`);
    expect(why(placeImage(linux(mib(100)), { ram: ram(mib(64)) }))).toBe("larger-than-memory: kernel: 104857600 bytes, there is room for 64 MiB in RAM");
    expect(why(placeImage(linux(mib(60)), { ram: ram(mib(64)), initrd: mib(5) }))).toMatch(/^larger-than-memory: initrd at \[0x43c10000, 0x44110000\) ends above RAM \[0x40000000, 0x44000000\)$/);
    expect(why(placeImage(elf(0x3fff_f000), { ram: ram(mib(64)) }))).toMatch(/^outside-memory: kernel at \[0x3ffff000, 0x40000000\) begins below RAM/);
    expect(why(placeImage(elf(START, START + 0xfff), { ram: ram(mib(64)) }))).toMatch(/^overlap: kernel: segments at \[0x40000000, 0x40001000\) and \[0x40000fff/);
    expect(why(placeImage(elf(START + 2), { ram: ram(mib(64)) }))).toMatch(/^misaligned: entry 0x40000002/);
    expect(why(placeImage(linux(100), { ram: ram(mib(64)), dtb: mib(3) }))).toMatch(/^larger-than-memory: dtb: 3145728 bytes/);
  });

  it("a flat binary goes to its offset; an ELF file where it says", () => {
    const flat = placeImage(image(new Uint8Array(10), kib(512)), { ram: ram(mib(64)) });
    expect(flat.ok && [flat.value.entry, flat.value.dtb.start]).toEqual([START + 0x80000, START + mib(2) + kib(576)]);
    const placed = placeImage(elf(START + mib(8), START), { ram: ram(mib(64)) });
    expect(placed.ok && [placed.value.entry, placed.value.kernel.map((s) => s.at), placed.value.dtb.start]).toEqual([START + mib(8), [START, START + mib(8)], START + mib(8) + kib(64)]);
  });
});

describe("planBoot", () => {
  it("the device tree that it writes says where the initramfs is", () => {
    const initrd = Uint8Array.from({ length: 5000 }, (_, i) => i & 0xff);
    const plan = planBoot(linux(mib(3)), { map: XEN_GUEST_MAP, vcpus: 2, memory: mib(64), cmdline: "quiet", initrd });
    if (!plan.ok) throw new Error(plan.why);
    const piece = (what: string): { readonly at: Ipa; readonly bytes: Uint8Array } => plan.value.pieces.find((p) => p.what === what)!;
    const tree = parseFdt(piece("dtb").bytes);
    const chosen = tree.ok ? find(tree.value, "/chosen") : undefined;
    const at = toNumber(piece("initrd").at);
    expect([read.cells(chosen!, "linux,initrd-start"), read.cells(chosen!, "linux,initrd-end")]).toEqual([{ ok: true, value: [0, at] }, { ok: true, value: [0, at + 5000] }]);
    expect(piece("initrd").bytes).toEqual(initrd);
    expect([plan.value.dtb, plan.value.entry]).toEqual([piece("dtb").at, piece("kernel").at]);
    expect(plan.value.pieces.every((p) => p.what === "kernel" || GRANULE_64K.isAligned(p.at))).toBe(true);
    const large = planBoot(linux(mib(3)), { map: XEN_GUEST_MAP, vcpus: 1, memory: mib(64), cmdline: "x".repeat(70_000) });
    expect(large.ok ? "" : large.why).toMatch(/^dtb: \d+ bytes, 64 KiB are reserved/);
  });
});
