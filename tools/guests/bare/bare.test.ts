/** The binaries are what their sources assemble to, byte for byte, and print on QEMU what was recorded. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasProgram, runs } from "../../../apps/cli/src/required.ts";
import { assemble, fileOf, PROGRAMS, runOnQemu } from "./programs.ts";

const QEMU_TIMEOUT = 60_000;

describe.each(PROGRAMS)("%s", (program) => {
  it.runIf(runs("guests", hasProgram("aarch64-linux-gnu-gcc")))("is what its source assembles to: npm run record:bare", () => {
    expect(Buffer.from(assemble(program)).toString("hex")).toBe(readFileSync(fileOf(program, "bin")).toString("hex"));
  });
  it.runIf(runs("qemu", hasProgram("qemu-system-aarch64")))("prints on QEMU what was recorded", { timeout: QEMU_TIMEOUT }, () => {
    expect(runOnQemu(fileOf(program, "bin"))).toBe(readFileSync(fileOf(program, "txt"), "utf8"));
  });
});
