import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { granule, inFolder, program } from "../captured.ts";

/** Nine cells with every G of the back end and a negotiated unit. */
const NINE = "s1Front==16k && s1Back==64k && abiFront==2 && abiBack==2 && mode==negotiated";
const ONE = "s4k-g4k-v2/s4k-g64k-v2/negotiated";
/** Byte 7 of every long write is lost, where the front end's or the back end's unit lets writes be long. */
const FAULT = "export default { disk: (disk) => ({ ...disk, write(at, from) { if (from.length > 4096) from[7] ^= 255; return disk.write(at, from); } }) };";
/** Nothing connects: found at once, and nothing to shrink. */
const DEAD = "export default { frontend() { throw new Error('no front end'); } };";
const LIMIT = { timeout: 60_000 };

test("shards merge to what one run writes, real worker threads write the same, and the table says it", LIMIT, async () => {
  await inFolder({}, async (cwd) => {
    const threads = await program(["matrix", "--only", NINE, "--json", "--workers", "3"], cwd);
    expect(threads).toMatchObject({ code: 0, stderr: expect.stringMatching(/^[\d.]+ s on 3 workers\n$/) });
    for (const shard of [1, 2]) {
      const { code, stdout, stderr } = await granule(["matrix", "--only", NINE, "--json", "--shard", `${shard}/2`], { cwd });
      expect(code).toBe(0);
      expect(stderr).toMatch(/ s on one thread\n$/);
      writeFileSync(join(cwd, `${shard}.json`), stdout);
    }
    expect(await granule(["matrix", "merge", "2.json", "1.json", "--json"], { cwd })).toEqual({ code: 0, stdout: threads.stdout, stderr: "" });
    const gap = await granule(["matrix", "merge", "2.json"], { cwd });
    expect(gap).toMatchObject({ code: 2, stdout: "" });
    expect(gap.stderr).toContain("error[GRAN0073]: 1 of 2 shards are missing, first 1/2");
    expect((await granule(["matrix", "merge", "1.json", "2.json"], { cwd })).stdout).toBe(`cells                  count  mapped  copied  refused  failed  U of those that passed
negotiated, v2 and v2      9       9       0        0       0  64 KiB 9

9 cells: 9 mapped, 0 copied, 0 refused, 0 failed (seed 1).
`);
  });
});

test("a fault is found, shrunk, and its line repeats it", LIMIT, async () => {
  await inFolder({ "fault.mjs": FAULT }, async (cwd) => {
    const flags = ["--with", "fault.mjs", "--html", "m.html", "--junit", "m.xml"];
    const { code, stdout, stderr } = await granule(["matrix", "--only", ONE, ...flags], { cwd, env: { GITHUB_ACTIONS: "true" } });
    expect(code).toBe(5);
    expect(stdout).toMatch(new RegExp(`^FAILED ${ONE}$`, "m"));
    expect(stderr).toMatch(/^::error title=matrix%3A s4k-g4k-v2\/s4k-g64k-v2\/negotiated::/m);
    const again = /again: granule (matrix .*)/.exec(stdout)?.[1]?.split(" ") ?? [];
    expect(again).toContain("--steps");
    const second = await granule(again, { cwd });
    expect(second.code).toBe(5);
    expect(second.stdout).toContain(`again: granule ${again.join(" ")}`);
    expect(readFileSync(join(cwd, "m.xml"), "utf8")).toMatch(/<testsuites name="granule matrix" tests="1" failures="1" errors="0"/);
    expect(readFileSync(join(cwd, "m.html"), "utf8")).toContain('"trace":["{');
    // without the fault the same steps pass
    expect((await granule(again.filter((w) => w !== "--with" && w !== "fault.mjs"), { cwd })).code).toBe(0);
  });
});

test("--fail-fast reports up to the first failing cell, whatever the number of workers", LIMIT, async () => {
  await inFolder({ "dead.mjs": DEAD }, async (cwd) => {
    const argv = ["matrix", "--only", NINE, "--with", "dead.mjs", "--fail-fast", "--json"];
    const one = await granule(argv, { cwd });
    expect(one.code).toBe(5);
    expect(JSON.parse(one.stdout)).toMatchObject({ cells: [{ outcome: "failed" }], failures: [{ steps: "none" }] });
    const three = await program([...argv, "--workers", "3"], cwd);
    expect(three).toMatchObject({ code: 5, stdout: one.stdout });
  });
});

test("--tap, and --trace of one cell, which repeats byte for byte", LIMIT, async () => {
  await inFolder({}, async (cwd) => {
    const tap = await granule(["matrix", "--only", ONE, "--tap", "--trace", "a.jsonl"], { cwd });
    expect(tap).toMatchObject({ code: 0, stdout: `TAP version 14\n1..1\nok 1 - matrix: ${ONE}\n` });
    const text = await granule(["matrix", "--only", ONE, "--trace", "b.jsonl"], { cwd });
    expect(text.stdout).toContain("ok durable");
    const trace = readFileSync(join(cwd, "a.jsonl"), "utf8");
    expect(readFileSync(join(cwd, "b.jsonl"), "utf8")).toBe(trace);
    expect(trace.split("\n").length).toBeGreaterThan(500);
  });
});

test("a cell of the further axes is known by its name; a CPU that lacks a granule refuses", LIMIT, async () => {
  const { code, stdout } = await granule(["matrix", "--only", "s4k-g4k-v2/s4k-g4k-v2/negotiated/cpu-only-64k"]);
  expect(code).toBe(0);
  expect(stdout).toContain("CPUs that lack granules");
  expect(stdout).toContain("1 cell: 0 mapped, 0 copied, 1 refused, 0 failed (seed 1).");
});

test("Ctrl-C: what is done is printed, and the code is 130", LIMIT, async () => {
  const { code, stdout } = await granule(["matrix", "--summary"], { interruptAfter: 1500 });
  expect(code).toBe(130);
  expect(stdout).toMatch(/cells?: .*\(seed 1\)\. \d+ of 648 were not run\.\n$/);
});

test.each([
  [["--json", "--tap"], 2, "GRAN0071", "--json and --tap"],
  [["--shard", "3/2"], 2, "GRAN0071", "Write 1/4 for the first of four."],
  [["--shard", "0/2"], 2, "GRAN0071", "is no shard"],
  [["mrege", "a.json"], 2, "GRAN0071", '"mrege"'],
  [["merge"], 2, "GRAN0073", "nothing to merge"],
  [["merge", "absent.json"], 4, "GRAN0077", "absent.json"],
  [["merge", "bad.json"], 2, "GRAN0072", "bad.json: format is not"],
  [["--only", "forceUnit==64k"], 2, "GRAN0074", "need --further"],
  [["--only", "abiBack==2 && abiBack==1"], 2, "GRAN0074", "no cell matches"],
  [["--with", "absent.mjs"], 4, "GRAN0075", "absent.mjs"],
  [["--with", "broken.mjs"], 4, "GRAN0075", "broken.mjs"],
  [["--with", "other.mjs"], 2, "GRAN0076", "plugins, disk, frontend"],
  [["--steps", "flush"], 2, "GRAN0071", "648 cells are chosen"],
  [["--only", ONE, "--steps", "dance"], 2, "GRAN0061", '"dance"'],
  [["--only", ONE, "--steps", "none", "--html", "absent/m.html"], 4, "GRAN0077", "absent/m.html"],
])("%j is refused with %i", LIMIT, async (flags, exit, gran, part) => {
  const files = { "bad.json": '{"format":"x","version":1,"seed":"1","selection":{},"cells":[],"failures":[]}', "broken.mjs": "export default {", "other.mjs": "export default { dsik: () => 1 };" };
  const { code, stdout, stderr } = await inFolder(files, (cwd) => granule(["matrix", ...flags], { cwd }));
  expect(stderr).toContain(`error[${gran}]`);
  expect(stderr).toContain(part);
  expect(stdout).toBe("");
  expect(code).toBe(exit);
});

test.each(["0", "1.5", "many", "65", "-1"])("--workers %s is refused", async (value) => {
  expect((await granule(["matrix", `--workers=${value}`])).code).toBe(2);
});
