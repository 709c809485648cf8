/** A matrix that is green says something only if faults make it red: six faults, each on the smallest set of cells that shows where it bites. */
import { describe, expect, it } from "vitest";
import leakNeighbour from "@granule/examples/sabotage/leak-neighbour.ts";
import loseFlush from "@granule/examples/sabotage/lose-flush.ts";
import roundUp from "@granule/examples/sabotage/round-up.ts";
import skipContiguity from "@granule/examples/sabotage/skip-contiguity.ts";
import skipUnmap from "@granule/examples/sabotage/skip-unmap.ts";
import wrongUnit from "@granule/examples/sabotage/wrong-unit.ts";
import { type Alteration, formatSteps, parseCellId, parseSteps, runCell, shrink } from "@granule/testkit";

const MAPPED = "s4k-g4k-v1/s4k-g4k-v1/baseline";
const COPIED = "s4k-g4k-v2/s4k-g64k-v2/baseline";
const LARGE = "s64k-g4k-v2/s4k-g64k-v2/negotiated";
const FRAGMENTED = "s4k-g16k-v2/s4k-g64k-v2/negotiated/fragmented";
/** A short script that shows them all. */
const STEPS = parseSteps("write:512+66048@512,flush,read:0+69632@100");

/** Names of the checks that fail, and the first reason. */
function run(id: string, fault: Alteration): { readonly red: readonly string[]; readonly why: string } {
  const cell = parseCellId(id);
  if (cell === undefined) throw new Error(id);
  const failed = runCell(cell, { ...fault, seed: 1, steps: STEPS }).checks.filter((c) => !c.ok);
  return { red: failed.map((c) => c.name), why: failed[0]?.why ?? "" };
}

describe("without a fault", () => {
  it.each([MAPPED, COPIED, LARGE, FRAGMENTED])("%s is green", (id) => {
    expect(run(id, {})).toEqual({ red: [], why: "" });
  });
});

describe("a fault turns cells red where it bites, by the check that is about it, and leaves the others green", () => {
  it.each([
    ["round-up", roundUp, MAPPED, "reach", /domain 1 \(back\) reaches machine frame 0x\w+ at ipa 0x\w+, which is .* was not granted/],
    ["skip-contiguity", skipContiguity, FRAGMENTED, "reach", /reaches machine frame 0x\w+ at ipa 0x\w+, which is domain 2's and was not granted/],
    ["leak-neighbour", leakNeighbour, MAPPED, "reach", /reaches machine frame 0x\w+ at ipa 0x\w+, which is .* was not granted/],
    ["lose-flush", loseFlush, COPIED, "durable", /after a flush, byte 512 of what survives a power cut is 0, must be \d+/],
    ["skip-unmap", skipUnmap, LARGE, "reach", /domain 1 \(back\) reaches machine frame 0x\w+ at ipa 0x\w+, which is domain 2's and was not granted/],
    ["wrong-unit", wrongUnit, LARGE, "unit", /U in bytes: 16384, must be 65536/],
  ] as const)("%s", (_name, fault, id, check, why) => {
    const seen = run(id, fault);
    expect(seen.red).toContain(check);
    expect(seen.why).toMatch(why);
  });
  it.each([
    ["round-up", roundUp, COPIED], ["skip-contiguity", skipContiguity, LARGE], ["skip-unmap", skipUnmap, COPIED], ["wrong-unit", wrongUnit, MAPPED],
  ] as const)("%s does not bite everywhere", (_name, fault, id) => {
    expect(run(id, fault).red).toEqual([]);
  });
  it("the failure shrinks to one sector and one line", { timeout: 60_000 }, () => {
    const cell = parseCellId(COPIED);
    if (cell === undefined) throw new Error(COPIED);
    expect(formatSteps(shrink(cell, { ...loseFlush, seed: 1, steps: STEPS }).steps)).toBe("write:0+512@0,flush");
  });
});
