/**
 * Scenarios as the bytes that the recorder's program (tools/at-recorder) loads; its comment states the layout. The
 * recording keeps a hash of them, so that a replay against other scenarios is noticed.
 */
import type { AtQuery, Scenario } from "./scenario.ts";

const MAGIC = 0x3154_4152_5452n;

/** The AT instructions in the order of the program's table. */
export const INSTRUCTIONS: readonly string[] = ["S1E1R", "S1E1W", "S1E0R", "S1E0W", "S12E1R", "S12E1W", "S12E0R", "S12E0W"];
/** Index of the AT instruction that asks a query. */
export const instructionOf = (q: AtQuery): number => (q.bothStages ? 4 : 0) + (q.el0 ? 2 : 0) + (q.write ? 1 : 0);

/** The blob of a list of scenarios. */
export function encodeScenarios(scenarios: readonly Scenario[]): Uint8Array {
  const words: bigint[] = [MAGIC, BigInt(scenarios.length)];
  for (const { registers: r, descriptors, queries } of scenarios) {
    words.push((BigInt(queries.length) << 32n) | BigInt(descriptors.size));
    words.push(r.sctlr, r.tcr, r.ttbr0, r.ttbr1, r.mair, r.hcr, r.vtcr, r.vttbr);
    for (const [at, value] of descriptors) words.push(BigInt(at), value);
    for (const q of queries) words.push(q.va, BigInt(instructionOf(q)));
  }
  const bytes = new Uint8Array(words.length * 8);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => view.setBigUint64(i * 8, word, true));
  return bytes;
}
