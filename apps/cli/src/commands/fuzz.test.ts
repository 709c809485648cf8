/** `granule fuzz` as it is typed: a run, a replay in words, what it refuses, and how it reports a defect. */
import { expect, it } from "vitest";
import type { Finding } from "@granule/testkit";
import { granule } from "../captured.ts";
import { commandOf } from "./fuzzCommand.ts";

it("runs, and the same seed says the same", async () => {
  const once = await granule(["fuzz", "--steps", "120", "--seed", "7", "-g", "64k"]);
  expect(once.code).toBe(0);
  expect(once.stdout).toMatch(/^120 steps in 1 episodes: \d+ hypercalls, \d+ full walks of \d+ leaves/);
  expect((await granule(["fuzz", "--steps", "120", "--seed", "7", "--granule", "64k"])).stdout).toBe(once.stdout);
});
it("writes one JSON document", async () => {
  const { code, stdout } = await granule(["fuzz", "--steps", "40", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ seed: "granule", steps: 40, episodes: 1 });
});
it("says chosen steps in words", async () => {
  const { code, stdout } = await granule(["fuzz", "--seed", "7", "--episode", "2", "--only", "5,1,3"]);
  expect([code, stdout.split("\n").length]).toEqual([0, 5]);
  expect(stdout).toMatch(/^step 1: domain [124] \((hostile|control), G \w+\) .* -> .*\nstep 3: .*\nstep 5: .*\nnothing broke\n$/);
});
it.each([
  [["--steps", "many"], 2, '"many" is not a whole number'],
  [["--granule", "8k"], 2, "error[GRAN0050]"],
  [["--only", "1"], 2, "error[GRAN0080]"],
  [["--episode", "1"], 2, "error[GRAN0080]"],
  [["--only", "1,x", "--episode", "0"], 2, '"x" is not a whole number'],
])("refuses %j", async (args, code, why) => {
  const refused = await granule(["fuzz", ...args]);
  expect([refused.code, refused.stdout]).toEqual([code, ""]);
  expect(refused.stderr).toContain(why);
});
it("names the one command that repeats a finding", () => {
  const finding: Finding = { property: "aliasing", why: "", seed: "7", episode: 28, flavour: "handles", steps: [3, 76], trace: [] };
  expect(commandOf({ ...finding, seed: "a b" }, undefined)).toBe('granule fuzz --seed "a b" --episode 28 --only 3,76');
  expect([commandOf(finding, undefined), commandOf(finding, "4k")]).toEqual(["granule fuzz --seed 7 --episode 28 --only 3,76", "granule fuzz --seed 7 --granule 4k --episode 28 --only 3,76"]);
});
