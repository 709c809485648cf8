import { expect, test } from "vitest";
import { granule } from "../captured.ts";

test("the main job: eight runs, one hash, and what a larger unit saves", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await granule(["start"], { tty: true, env: { NO_COLOR: "1" } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/ {2}8 +S1 4K G 64K +S1 64K G 64K +v2 +negotiated +64 KiB +mapped +mapped/);
  expect(stdout).toMatch(/[0-9a-f]{64} {2}the same in all 8 runs/);
  expect(stdout).toContain("takes 16 and 11 times fewer grant, map and copy elements, with nothing exposed");
  expect(stdout).not.toContain("\u001b");
  // progress is drawn on the terminal and taken away again
  expect(stderr).toContain("run 8 of 8");
  expect(stderr.endsWith("\r\u001b[2K")).toBe(true);
});

test("--json --seed: the same numbers, other bytes", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await granule(["start", "--json", "--seed", "7"]);
  expect(code).toBe(0);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout);
  expect(report.intact).toBe(true);
  expect(report.runs).toHaveLength(8);
  const [first] = report.runs;
  for (const r of report.runs) expect(r.sha256).toEqual({ payload: first.sha256.payload, readBack: first.sha256.payload, file: first.sha256.payload });
});
