/** Hostile domains: nothing breaks in 25,000 steps, all operations and all declared errors are seen, and a defect would be found and shrunk. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramesPort } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import { GRANULES } from "@granule/units";
import { runEpisode } from "./episode.ts";
import { FLAVOURS } from "./flavours.ts";
import { NEVER_SUCCEED } from "./recipesRare.ts";
import { fuzz, replay } from "./run.ts";
import { shrinkList, shrinkSlowly } from "./shrink.ts";

/** Operations that never succeed on Arm, by their tables. */
const NEVER: readonly string[] = ["v1.grant_transfer", "v1.event_bind_pirq", "v1.event_reset_cont", ...NEVER_SUCCEED];
const LEAST = 50;
/** The first episode of rings. */
const RINGS = 24;

describe("hostile domains with different granules beside a neighbour that behaves", () => {
  const report = fuzz({ seed: "granule", steps: 32_000 });
  it("break nothing in 25,000 steps", () => {
    expect(report.finding === undefined ? "" : `${report.finding.property}: ${report.finding.why}\nepisode ${report.finding.episode} steps ${report.finding.steps.join(",")}\n${report.finding.trace.join("\n")}`).toBe("");
    expect(report.steps).toBe(32_000);
    expect(report.walks).toBeGreaterThan(300);
    expect(report.compared).toBeGreaterThan(500);
  });
  it(`succeed at every operation ${LEAST} times`, () => {
    expect(Object.entries(report.coverage.succeeded).filter(([key, n]) => n < LEAST && !NEVER.includes(key))).toEqual([]);
    expect(NEVER.map((key) => report.coverage.succeeded[key])).toEqual(NEVER.map(() => 0));
  });
  it("are answered every declared error", () => {
    expect(report.coverage.rows.filter((r) => r.times === 0)).toEqual([]);
    expect(report.coverage.rows.length).toBeGreaterThan(350);
  });
});

it("any episode of any seed at one granule", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 8 }), fc.constantFrom(...FLAVOURS.keys(), RINGS), fc.constantFrom(...GRANULES), fc.uniqueArray(fc.nat(400), { minLength: 40, maxLength: 120 }), (seed, episode, g, steps) => {
      const { broken } = runEpisode({ seed, episode, granule: g.name, steps: steps.toSorted((a, b) => a - b) });
      expect(broken).toBeUndefined();
    }),
    { numRuns: 12 },
  );
});

it("the same steps do the same, and in words", () => {
  const steps = Array.from({ length: 60 }, (_, i) => i);
  const once = replay("again", 1, steps, undefined);
  expect(once.trace).toHaveLength(60);
  expect(replay("again", 1, steps, undefined)).toEqual(once);
  expect(replay("other", 1, steps, undefined).trace).not.toEqual(once.trace);
});

describe("a machine with a defect", () => {
  /** What holds a frame is forgotten: the first defect that grants can have. */
  const forgets = (machine: Machine): void => void Object.assign(machine.get(FramesPort), { hold: () => undefined, release: () => undefined });
  it("is found out, and few steps are enough to show it", () => {
    const { finding, steps } = fuzz({ seed: "defect", steps: 4000, alter: forgets });
    expect(steps).toBeLessThan(2000);
    expect(["conservation", "busy", "aliasing", "exception"]).toContain(finding?.property);
    expect(finding?.steps.length).toBeLessThanOrEqual(6);
    expect(finding?.trace).toHaveLength(finding?.steps.length ?? 0);
    // each of them is needed, and without the defect they do no harm
    const { seed = "", episode = 0, steps: shortest = [] } = finding ?? {};
    for (const left of shortest) expect(replay(seed, episode, shortest.filter((s) => s !== left), undefined, forgets).finding?.property).not.toBe(finding?.property);
    expect(replay(seed, episode, shortest, undefined).finding).toBeUndefined();
  });
});

describe("a snapshot that forgets", () => {
  /** Nothing of this table of the frames is saved. */
  const forgetting = (table: string) => (machine: Machine): void => {
    const save = machine.save.bind(machine);
    Object.assign(machine, {
      save: () => JSON.parse(JSON.stringify(save(), (key, value: unknown) => (key === table && Array.isArray(value) ? [] : value))),
    });
  };
  const steps = Array.from({ length: 400 }, (_, i) => i);
  it.each([["refs", 1], ["pins", 7], ["givenUp", 1]] as const)("%s is found out", (table, episode) => {
    const run = { seed: "torn", episode, granule: undefined, steps };
    expect(runEpisode({ ...run, alter: forgetting(table) }).broken?.property).toMatch(/^(snapshot|conservation|exception)$/);
    expect(runEpisode(run).broken).toBeUndefined();
  });
});

it("a list shrinks to what is needed, also where it takes a while to know", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 80 }), fc.array(fc.nat(79), { minLength: 1, maxLength: 5 }), async (list, picks) => {
      const needed = new Set(picks.map((i) => list[i % list.length]));
      const fails = (part: readonly number[]): boolean => [...needed].every((n) => n !== undefined && part.includes(n));
      expect(shrinkList(list, fails)).toEqual(list.filter((n) => needed.has(n)));
      expect(await shrinkSlowly(list, (part) => Promise.resolve(fails(part)))).toEqual(shrinkList(list, fails));
    }),
  );
});
