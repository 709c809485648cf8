/** The bare programs: how they are assembled, and what runs them. Needs aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu). */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const PROGRAMS = ["hello", "exceptions", "timer", "granules"] as const;
type Program = (typeof PROGRAMS)[number];
/** The CPU that the recorded outputs are of: the plainest with all three granules. */
const CPU = "cortex-a35";

export const fileOf = (program: Program, extension: "S" | "bin" | "txt"): string => fileURLToPath(new URL(`${program}.${extension}`, import.meta.url));

/** Assembles a program: a flat binary with the header of an arm64 Image. */
export function assemble(program: Program): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "bare-"));
  const [object, elf, flat] = [join(folder, "o"), join(folder, "elf"), join(folder, "bin")];
  try {
    execFileSync("aarch64-linux-gnu-gcc", ["-c", "-o", object, fileOf(program, "S")]);
    execFileSync("aarch64-linux-gnu-ld", ["--build-id=none", "-T", fileURLToPath(new URL("link.ld", import.meta.url)), "-o", elf, object]);
    execFileSync("aarch64-linux-gnu-objcopy", ["-O", "binary", elf, flat]);
    return readFileSync(flat);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a program prints on QEMU's virt machine, until it powers off. */
export const runOnQemu = (file: string): string =>
  execFileSync("qemu-system-aarch64", ["-nodefaults", "-M", "virt,gic-version=2", "-accel", "tcg", "-cpu", CPU, "-m", "64", "-display", "none", "-serial", "stdio", "-kernel", file], { encoding: "utf8", timeout: 30_000 });
