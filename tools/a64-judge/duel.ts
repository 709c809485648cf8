/**
 * Engine against engine under changing tables, interrupts, devices and snapshots, as often as is asked for.
 * `npm run duel:a64 -- --runs N --seeds S [--first SEED]`: S duels of N runs of 1 to 60 instructions.
 */
import { parseArgs } from "node:util";
import { systemDuel } from "../../packages/cpu-a64/src/judge/systemDuel.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "400" }, seeds: { type: "string", default: "20" }, first: { type: "string", default: "1" } } });
let retired = 0;
let failed = 0;
for (let n = 0; n < Number(values.seeds); n++) {
  const result = systemDuel(`duel-${Number(values.first) + n}`, Number(values.runs));
  retired += result.retired;
  if (result.difference === undefined) continue;
  failed++;
  process.stdout.write(`${result.difference}\n`);
}
process.stdout.write(`${retired} instructions of both engines over ${values.seeds} seeds: ${failed === 0 ? "no difference" : `${failed} seeds differ`}\n`);
process.exitCode = failed === 0 ? 0 : 1;
