import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { formatAnnotations } from "./annotations.ts";
import { casesOf, reasons, repeatCommand, sharing } from "./cases.ts";
import type { Case } from "./contract.ts";
import { oneLine, scriptJson, shellWord, xml, yamlText } from "./escape.ts";
import { cellAt, dying, failing, HOSTILE, reportOf, resultOf } from "./fixture.ts";
import { formatJunit } from "./junit.ts";
import { formatTap } from "./tap.ts";

const CASES: readonly Case[] = [
  { suite: "matrix", name: "good", status: "passed", why: [], facts: {}, time: 2_000_000, repeat: "" },
  { suite: "matrix", name: "bad # one", status: "failed", why: ["payload: differs", "second"], facts: { unit: 4096, how: "mapped" }, time: 1_000_000, repeat: "granule matrix --only x" },
  { suite: "other", name: "dead", status: "error", why: ["crashed"], facts: {}, time: 0, repeat: "" },
  { suite: "other", name: "left out", status: "skipped", why: ["no chromium"], facts: {}, time: 0, repeat: "" },
];
const hostile: readonly Case[] = (["passed", "failed", "error", "skipped"] as const).map((status) => ({ suite: HOSTILE, name: HOSTILE, status, why: [HOSTILE, HOSTILE], facts: { [HOSTILE]: HOSTILE }, time: 1, repeat: HOSTILE }));

test("TAP 14, as text", () => {
  expect(formatTap(CASES)).toBe(`TAP version 14
1..4
ok 1 - matrix: good
not ok 2 - matrix: bad \\# one
  ---
  severity: fail
  message: "payload: differs"
  why:
    - "payload: differs"
    - "second"
  facts:
    "unit": 4096
    "how": "mapped"
  duration_ms: 1
  repeat: "granule matrix --only x"
  ...
not ok 3 - other: dead
  ---
  severity: error
  message: "crashed"
  duration_ms: 0
  ...
ok 4 - other: left out # SKIP no chromium
`);
  expect(formatTap([])).toBe("TAP version 14\n1..0 # SKIP nothing was chosen\n");
});

test("TAP: hostile text adds no test point, no directive and no control character", () => {
  const lines = formatTap(hostile).trimEnd().split("\n");
  expect(lines.filter((l) => /^(not )?ok /.test(l))).toHaveLength(4);
  expect(lines.filter((l) => /^(not )?ok .*(?<!\\)# SKIP/.test(l))).toEqual([lines.at(-1)]);
  expect(lines.filter((l) => l.trim() === "---" || l.trim() === "...")).toHaveLength(4);
  expect(lines.join("\n")).not.toMatch(/[^\P{Cc}\n]|\u2028/u);
});

test("JUnit XML, as text: a failure ended otherwise, an error did not end", () => {
  expect(formatJunit("all", CASES)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="all" tests="4" failures="1" errors="1" skipped="1" time="0.003000">
  <testsuite name="matrix" tests="2" failures="1" errors="0" skipped="0" time="0.003000">
    <testcase classname="matrix" name="good" time="0.002000"/>
    <testcase classname="matrix" name="bad # one" time="0.001000">
      <failure type="failed" message="payload: differs">payload: differs
second
unit: 4096
how: mapped
repeat: granule matrix --only x</failure>
    </testcase>
  </testsuite>
  <testsuite name="other" tests="2" failures="0" errors="1" skipped="1" time="0.000000">
    <testcase classname="other" name="dead" time="0.000000">
      <error type="error" message="crashed">crashed</error>
    </testcase>
    <testcase classname="other" name="left out" time="0.000000">
      <skipped message="no chromium"/>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test("JUnit XML: hostile text stays text", () => {
  const text = formatJunit(HOSTILE, hostile);
  expect(text.match(/<[a-z]+/g)?.sort()).toEqual(["error", "failure", "skipped", "testcase", "testcase", "testcase", "testcase", "testsuite", "testsuites"].map((t) => `<${t}`).sort());
  expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cs}/u);
  // another program's opinion, where there is one
  const python = spawnSync("python3", ["-c", "import sys, xml.dom.minidom as m; d = m.parseString(sys.stdin.buffer.read()); print(len(d.getElementsByTagName('testcase')))"], { input: text, encoding: "utf8" });
  if (python.error === undefined) expect(`${python.stdout}${python.stderr}`).toBe("4\n");
});

test("annotations: what is not passed, ten at most, and hostile text ends no command", () => {
  expect(formatAnnotations(CASES)).toEqual(["::error title=matrix%3A bad # one::payload: differs%0Asecond%0Agranule matrix --only x", "::error title=other%3A dead::crashed"]);
  const many = Array.from({ length: 30 }, () => CASES[1]).filter((c) => c !== undefined);
  expect(formatAnnotations(many)).toHaveLength(10);
  expect(formatAnnotations(many).at(-1)).toContain("21 more cases");
  expect(formatAnnotations(many.slice(0, 10))).toHaveLength(10);
  for (const line of formatAnnotations(hostile)) {
    expect(line).not.toMatch(/[\r\n]/);
    expect(line.slice("::error title=".length).split("::")[0]).not.toMatch(/[:,]/);
  }
});

test("cells as cases: outcome, why, and a command that a shell reads as it was meant", () => {
  const [good, bad, dead] = casesOf(reportOf([resultOf(cellAt(0)), failing(cellAt(1)), dying(cellAt(2))], {}, { with: "my fault's.mjs" }));
  expect(good).toMatchObject({ status: "passed", why: [], facts: { sharing: "mapped at U = 4 KiB" } });
  expect(bad).toMatchObject({ status: "failed", why: ["payload: byte 7 is 0x00, not 0x5a"] });
  expect(dead).toMatchObject({ status: "error", why: ["expected: mapped at U = 4 KiB", "came: never connected", "ran to its end: domain back crashed: data abort"] });
  expect(bad?.repeat).toBe("granule matrix --only s4k-g4k-v1/s4k-g4k-v1/negotiated --seed 1 --with 'my fault'\\''s.mjs'");
  const echoed = spawnSync("sh", ["-c", `printf '%s\\n' ${repeatCommand({ seed: HOSTILE.replace(/\0/g, ""), selection: reportOf([]).selection }, "x").slice("granule ".length)}`], { encoding: "utf8" });
  expect(echoed.stdout.startsWith("matrix\n--only\nx\n--seed\n]]></failure>")).toBe(true);
});

test("how a cell shares, in words", () => {
  const r = resultOf(cellAt(0));
  expect(sharing({ ...r, outcome: "refused", ring: undefined, data: undefined, unit: 0 })).toBe("refused before start");
  expect(sharing({ ...r, ring: "mapped", data: "copied" })).toBe("ring mapped, data copied at U = 4 KiB");
  expect(reasons({ ...r, passed: false, outcome: "copied", data: "copied", ring: "copied" })).toEqual(["expected: mapped at U = 4 KiB", "came: copied at U = 4 KiB"]);
  expect(reasons({ ...r, passed: false, outcome: "failed" })).toEqual(["expected: mapped at U = 4 KiB", "came: mapped at U = 4 KiB, and did not get to its end"]);
});

test("escapes", () => {
  expect(xml(HOSTILE)).not.toMatch(/[<>"'\n]/);
  expect(JSON.parse(yamlText("a\tb\"c"))).toBe("a\tb\"c");
  expect(oneLine("a\u001b[2Jb\nc")).toBe("a\\u{1b}[2Jb c");
  const inScript = scriptJson([HOSTILE, "</script><!--"]);
  expect(inScript).not.toMatch(/[<>\u2028]/);
  expect(JSON.parse(inScript)).toEqual([HOSTILE, "</script><!--"]);
  expect([shellWord("a-b/c"), shellWord(""), shellWord("a b")]).toEqual(["a-b/c", "''", "'a b'"]);
});
