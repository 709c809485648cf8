/** Every recorded script, without QEMU; and the command. */
import { compareAnswers, formatRecording, MASKS, parseRecording, REASONS, runScript, type Comparison, unusedDifferences } from "@granule/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { oracleScripts } from "./assets.ts";
import { oracleAnswers, oracleFiles, oracleScript } from "./commands/oracleScripts.ts";
import { runCli } from "./cli.ts";

const results: Comparison[] = [];
const sum = (list: readonly (number | undefined)[]): number => list.reduce<number>((a, b) => a + (b ?? 0), 0);

describe("what Xen 4.17 answered", () => {
  test.each(oracleScripts())("%s", { timeout: 120_000 }, async (name) => {
    const script = oracleScript(name);
    const c = compareAnswers(script, oracleAnswers(name), await runScript(script, oracleFiles()));
    results.push(c);
    expect(c.differences).toEqual([]);
    expect(c.lines).toBeGreaterThan(0);
  });
  afterAll(() => {
    const masked = sum(results.flatMap((r) => Object.values(r.masked)));
    const fields = sum(results.map((r) => r.fields));
    if (results.length !== oracleScripts().length) return;
    expect(unusedDifferences(results)).toEqual([]);
    // MAGIC: a comparison that leaves out much says little
    expect(masked / fields).toBeLessThan(0.03);
  });
});

test("a recording is written as it is read", () => {
  for (const name of oracleScripts()) {
    const recording = oracleAnswers(name);
    expect(parseRecording(name, formatRecording({ script: name, subject: "Xen", ...recording }))).toEqual({ ...recording, script: name, subject: expect.any(String) });
  }
});

test("an answer that is changed is a difference, which is named with the line that repeats it", async () => {
  const script = oracleScript("silo");
  const recorded = oracleAnswers("silo");
  const [tag = "", operations = {}] = Object.entries(recorded.domains)[0] ?? [];
  const [id = "", lines = []] = Object.entries(operations)[0] ?? [];
  const changed = { ...recorded, domains: { ...recorded.domains, [tag]: { ...operations, [id]: lines.map((l) => l.replace("r=0", "r=1")) } } };
  const c = compareAnswers(script, changed, await runScript(script, oracleFiles()));
  expect(c.differences).toHaveLength(1);
  expect(c.differences[0]).toMatchObject({ script: "silo", tag, id: Number(id), expected: "r=1", got: "r=0" });
});

test("every mask has a reason, and every deliberate difference a row in decisions.md", async () => {
  const { DIFFERENCES } = await import("@granule/testkit");
  const decisions = readFileSync(new URL("../../../docs/spec/decisions.md", import.meta.url), "utf8");
  for (const { name } of MASKS) expect(REASONS[name]).not.toBe("");
  for (const { name } of DIFFERENCES) expect(decisions).toContain(`| ${name} |`);
});

const cli = async (...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  let [out, err] = ["", ""];
  const code = await runCli(argv, { stdout: { write: (s: string | Uint8Array) => ((out += String(s)), true) }, stderr: { write: (s: string | Uint8Array) => ((err += String(s)), true) }, env: { NO_COLOR: "1" }, cwd: () => process.cwd() });
  return { code, out, err };
};
test("granule oracle compare prints what was compared; an unknown script is refused", async () => {
  const { code, out } = await cli("oracle", "compare", "hello");
  expect([code, out]).toEqual([0, expect.stringContaining("9 of 9 lines are equal; 10 fields compared, 0 masked (0.0%)")]);
  const unknown = await cli("oracle", "compare", "nothing");
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("GRAN0113")]);
});
