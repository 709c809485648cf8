import { describe, expect, it } from "vitest";
import { compare, parseOutcome, STATUSES } from "./outcomes.ts";

const TIMER = `CNTFRQ_EL0   : 0x0000000003b9aca0
INFO: vtimer: Difference : 550 us
PASS: vtimer: interrupt received\r
SKIP: ptimer: not there
PASS: fpu: save: 0xffffffff
PASS: fpu: save: 0xffffffff
SUMMARY: 4 tests, 1 skipped

EXIT: STATUS=1
`;

describe("what a test printed", () => {
  it("is its results by name; a name that comes again is counted", () => {
    const { results, ended } = parseOutcome(TIMER);
    expect([...results]).toEqual([["vtimer: interrupt received", "PASS"], ["ptimer: not there", "SKIP"], ["fpu: save: 0xffffffff", "PASS"], ["fpu: save: 0xffffffff #2", "PASS"]]);
    expect(ended).toBe(true);
  });
  it("has no end when it hangs", () => {
    expect(parseOutcome(TIMER.slice(0, -20)).ended).toBe(false);
  });
});

describe("two machines", () => {
  it("are the same when their results are", () => {
    expect(compare(parseOutcome(TIMER), parseOutcome(TIMER.replace("550", "1")))).toEqual([]);
  });
  it.each(STATUSES.flatMap((e) => STATUSES.filter((f) => f !== e).map((f) => [e, f] as const)))("differ when one says %s and the other %s", (expected, found) => {
    const difference = compare(parseOutcome(`${expected}: x\n`), parseOutcome(`${found}: x\n`));
    expect(difference).toEqual([{ name: "x", expected, found, counts: found !== "PASS" && found !== "XFAIL" }]);
  });
  it("differ when a result or the end is missing on either side", () => {
    expect(compare(parseOutcome(TIMER), parseOutcome("PASS: vtimer: interrupt received\n")).map((d) => [d.name, d.found, d.counts])).toEqual([
      ["ptimer: not there", "absent", true], ["fpu: save: 0xffffffff", "absent", true], ["fpu: save: 0xffffffff #2", "absent", true], ["(the end)", "absent", true],
    ]);
    expect(compare(parseOutcome("EXIT: STATUS=1\n"), parseOutcome("PASS: new\nEXIT: STATUS=1\n"))).toEqual([{ name: "new", expected: "absent", found: "PASS", counts: true }]);
  });
});
