/** The committed binary is what its sources make, byte for byte. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { hasProgram, runs } from "../../apps/cli/src/required.ts";

it.runIf(runs("guests", hasProgram("aarch64-linux-gnu-gcc") && hasProgram("make")))("workloads.elf is what make builds", () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const scratch = mkdtempSync(join(tmpdir(), "workloads-"));
  try {
    for (const file of ["Makefile", "start.S", "workloads.c", "link.ld"]) execFileSync("cp", [join(folder, file), scratch]);
    execFileSync("make", ["-s"], { cwd: scratch });
    expect(readFileSync(join(scratch, "workloads.elf")).equals(readFileSync(join(folder, "workloads.elf")))).toBe(true);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
