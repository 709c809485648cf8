/** Random scripts: without Xen, what they are made of; with it, what it answers. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "@granule/kit";
import { formatRecording, type RandomKind, randomScript, runScript, type Script } from "@granule/testkit";
import { describe, expect, test } from "vitest";
import { runCli } from "./cli.ts";
import { fetchedXen } from "./commands/oracleLive.ts";
import { oracleFiles, parseText } from "./commands/oracleScripts.ts";
import { cacheFolder } from "./guests/cache.ts";
import { runs } from "./required.ts";

const KINDS: readonly RandomKind[] = ["alone", "turns"];
const cli = async (cwd: string, ...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  let [out, err] = ["", ""];
  const code = await runCli(argv, { stdout: { write: (s: string | Uint8Array) => ((out += String(s)), true) }, stderr: { write: (s: string | Uint8Array) => ((err += String(s)), true) }, env: { ...process.env, NO_COLOR: "1" }, cwd: () => cwd });
  return { code, out, err };
};

test.each(KINDS)("%s: a seed makes one script, and another seed another", (kind) => {
  const text = (seed: string): string => randomScript(seed, kind, 200).text();
  expect(text("7")).toBe(text("7"));
  expect(text("7")).not.toBe(text("8"));
  expect(randomScript("7", kind, 200).steps).toHaveLength(200);
});

test.each(KINDS)("%s: any part of a script runs to its end, so that a difference can be shrunk", { timeout: 120_000 }, async (kind) => {
  const random = createRandom(`parts/${kind}`);
  for (let seed = 1; seed <= 6; seed++) {
    const whole = randomScript(String(seed), kind, 150);
    const share = random();
    const part = whole.steps.filter(() => random() < share);
    expect((await runScript(parseText("random-part", whole.text(part)), oracleFiles())).ending).toBe("done");
  }
});

/** What must succeed somewhere: a script that is refused everywhere says little. */
const SUCCEEDS: Readonly<Record<string, RegExp>> = {
  "a grant is mapped": /^map_grant .*BUF\+18$/, "a grant is copied": /^gnt_copy .*BUF\+36$/, "grants in a list": /^r16 BUF2\+0\+18$/, "a grant is unmapped": /^r16 BUF\+20$/,
  "an object is placed": /^a2p /, "something is removed": /^rmpm /, "a port": /^ec_alloc [^:]*$/, "a peer": /^ec_bind [^:]*$/, "an event": /^ec_send /, "a control block": /^hc event_channel_op 11 /,
  "an array": /^hc event_channel_op 12 /, "vcpu_info": /^regvcpu /, "a batch": /^hc memory_op 23 /, "a virtual buffer": /^hc (memory_op|xen_version|hvm_op|event_channel_op|grant_table_op) \S+ 0x6/,
};
function succeeded(script: Script, answers: Awaited<ReturnType<typeof runScript>>): readonly string[] {
  const done = script.domains.flatMap(({ tag, operations }) =>
    operations.filter(({ id }) => /^[rv]=0( |$)/.test(answers.domains[tag]?.[id]?.[0] ?? "")).map(({ text }) => text));
  return Object.entries(SUCCEEDS).flatMap(([what, pattern]) => (done.some((text) => pattern.test(text)) ? [what] : []));
}
test.each(KINDS)("%s: what is asked makes sense often enough", { timeout: 120_000 }, async (kind) => {
  const all = new Set<string>();
  for (const seed of ["1", "2", "3"]) {
    const script = parseText("random", randomScript(seed, kind, 1000).text());
    for (const what of succeeded(script, await runScript(script, oracleFiles()))) all.add(what);
  }
  expect([...all].sort()).toEqual(Object.keys(SUCCEEDS).sort());
});

test("granule oracle random --text prints a script, which compare takes with the answers beside it or --live only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "granule-random-"));
  try {
    const { code, out } = await cli(folder, "oracle", "random", "--seed", "3", "--kind", "turns", "--operations", "20", "--text");
    expect([code, out]).toEqual([0, `${randomScript("3", "turns", 20).text().trimEnd()}\n`]);
    writeFileSync(join(folder, "mine.t"), out);
    const alone = await cli(folder, "oracle", "compare", "./mine.t");
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining("granule oracle compare ./mine.t --live")]);
    const script = parseText("mine", out);
    writeFileSync(join(folder, "mine.json"), formatRecording({ script: "mine", subject: "granule", ...(await runScript(script, oracleFiles())) }));
    expect(await cli(folder, "oracle", "compare", "./mine.t")).toMatchObject({ code: 0, out: expect.stringMatching(/([0-9]+) of \1 lines are equal/) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const { isReady } = fetchedXen(cacheFolder(process.env, process.cwd()));
describe.runIf(runs("xen", isReady))("beside real Xen", () => {
  test("granule oracle random", { timeout: 300_000 }, async () => {
    // always the same, so that a red run can be had again; other seeds are for people
    const { code, out, err } = await cli(process.cwd(), "oracle", "random", "--seed", "4000", "--seeds", "3", "--operations", "1000");
    expect(code, `${out}${err}`).toBe(0);
  });
});
