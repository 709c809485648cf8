/** Blobs of dtc and of QEMU, recorded in `vectors/` (record.sh there makes them anew), and dtc itself where it is installed. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { file, parsed } from "../test/blobs.ts";
import { trees } from "../test/random.ts";
import { buildFdt, find, formatDts, read } from "./index.ts";

const SOURCES = ["virt", "dom0less", "forms"];
const text = (name: string): string => new TextDecoder().decode(file(name));
const hasDtc = spawnSync("dtc", ["--version"]).error === undefined;

/** dtc's output for some input; undefined: it is not installed. */
function dtc(args: readonly string[], input: Uint8Array | string): Uint8Array | undefined {
  if (!hasDtc) return undefined;
  const r = spawnSync("dtc", ["-q", ...args], { input });
  expect(r.stderr.toString()).toBe("");
  return new Uint8Array(r.stdout);
}
/** dtc 1.6 writes the NUL between two strings as \0, where a digit may follow it; later ones as we do. */
const asLists = (dts: string): string => dts.replaceAll(/\\(.)/g, (escape, c) => (c === "0" ? '", "' : escape));

describe.each(SOURCES)("%s", (name) => {
  const blob = file(`${name}.dtb`);
  test("dtc's blob is read, and printed as dtc prints it", () => expect(formatDts(parsed(blob))).toBe(asLists(text(`${name}.txt`))));
  test("is built again byte for byte", () => expect(buildFdt(parsed(blob))).toEqual(blob));
  test("dtc agrees with what is recorded, and compiles our text to the same blob", () => {
    expect(dtc(["-I", "dts", "-O", "dtb", "-b", "0"], text(`${name}.dts`)) ?? blob).toEqual(blob);
    expect(dtc(["-I", "dts", "-O", "dtb", "-b", "0"], formatDts(parsed(blob))) ?? blob).toEqual(blob);
  });
});
test("version 16 is the same tree", () => {
  const blob = file("virt-v16.dtb");
  expect(blob[23]).toBe(16);
  expect(parsed(blob)).toEqual(parsed(file("virt.dtb")));
});
test("QEMU's blob, with blocks elsewhere and names in another order", () => {
  const tree = parsed(file("qemu.dtb"));
  expect(formatDts(tree)).toBe(asLists(text("qemu.txt")));
  expect(parsed(buildFdt(tree))).toEqual(tree);
  const memory = find(tree, "/memory");
  expect(memory && read.reg(memory, 2, 2)).toEqual({ ok: true, value: [{ address: 0x40000000, size: 0x20000000 }] });
});
test("dtc reads what we build of random trees, prints what we print, and compiles it to the same blob", () => {
  // The number of the booting CPU is in no source text.
  for (const tree of fc.sample(trees, { numRuns: 12, seed: 17 })) {
    const plain = { ...tree, boot_cpuid_phys: 0 };
    const blob = buildFdt(plain);
    const dts = dtc(["-I", "dtb", "-O", "dts"], blob);
    if (dts !== undefined) expect(asLists(new TextDecoder().decode(dts))).toBe(formatDts(plain));
    expect(dtc(["-I", "dts", "-O", "dtb", "-b", "0"], formatDts(plain)) ?? blob).toEqual(blob);
  }
});
