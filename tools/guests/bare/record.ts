/** Assembles the bare programs and records what QEMU prints for them. `npm run record:bare` */
import { writeFileSync } from "node:fs";
import { assemble, fileOf, PROGRAMS, runOnQemu } from "./programs.ts";

for (const program of PROGRAMS) {
  writeFileSync(fileOf(program, "bin"), assemble(program));
  writeFileSync(fileOf(program, "txt"), runOnQemu(fileOf(program, "bin")));
  process.stdout.write(`${program}: ${fileOf(program, "bin")}\n`);
}
