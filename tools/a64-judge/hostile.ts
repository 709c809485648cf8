/**
 * Hostile code in the fast engine, as much as is asked for.
 * `npm run hostile:a64 -- --instructions N --seed S`: N instructions over machines of ten million each.
 */
import { parseArgs } from "node:util";
import { hostileRun } from "../../packages/cpu-a64/src/judge/hostile.ts";

const { values } = parseArgs({ options: { instructions: { type: "string", default: "10000000" }, seed: { type: "string", default: "1" } } });
const MACHINE = 10_000_000;
const wanted = Number(values.instructions);
let retired = 0;
let asked = 0;
for (let n = 0; retired < wanted; n++) {
  const seed = `${values.seed}-${n}`;
  const result = hostileRun(seed, Math.min(MACHINE, wanted - retired));
  retired += result.retired;
  asked += result.asked;
  if (result.violation === undefined) continue;
  process.stdout.write(`seed ${seed}: ${result.violation}\n`);
  process.exitCode = 1;
}
process.stdout.write(`${retired} instructions, ${asked} accesses that the host answered: ${process.exitCode === 1 ? "something changed that must not" : "nothing changed that must not"}\n`);
