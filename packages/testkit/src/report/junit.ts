/**
 * JUnit XML. Source: the schema that Jenkins and GitLab read. A `failure` is a case that ended otherwise than it must;
 * an `error` is one that did not get to its end. Times are seconds of the machine's clock.
 */
import type { Case } from "./contract.ts";
import { xml } from "./escape.ts";

const seconds = (nanoseconds: number): string => (nanoseconds / 1e9).toFixed(6);
const count = (cases: readonly Case[], status: Case["status"]): number => cases.filter((c) => c.status === status).length;
const totals = (cases: readonly Case[]): string =>
  `tests="${cases.length}" failures="${count(cases, "failed")}" errors="${count(cases, "error")}" skipped="${count(cases, "skipped")}" time="${seconds(cases.reduce((sum, c) => sum + c.time, 0))}"`;

/** One `testsuite` for each suite, in the order of their first case. */
export function formatJunit(name: string, cases: readonly Case[]): string {
  const suites = new Map<string, Case[]>();
  for (const c of cases) {
    const suite = suites.get(c.suite);
    if (suite === undefined) suites.set(c.suite, [c]);
    else suite.push(c);
  }
  const body = [...suites].flatMap(([suite, own]) => [`  <testsuite name="${xml(suite)}" ${totals(own)}>`, ...own.flatMap(testcase), "  </testsuite>"]);
  return `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="${xml(name)}" ${totals(cases)}>`, ...body, "</testsuites>"].join("\n")}\n`;
}

function testcase(c: Case): readonly string[] {
  const head = `    <testcase classname="${xml(c.suite)}" name="${xml(c.name)}" time="${seconds(c.time)}"`;
  if (c.status === "passed") return [`${head}/>`];
  if (c.status === "skipped") return [`${head}>`, `      <skipped message="${xml(c.why.join("; "))}"/>`, "    </testcase>"];
  const element = c.status === "error" ? "error" : "failure";
  const text = [...c.why, ...Object.entries(c.facts).map(([key, value]) => `${key}: ${value}`), ...(c.repeat === "" ? [] : [`repeat: ${c.repeat}`])];
  return [`${head}>`, `      <${element} type="${c.status}" message="${xml(c.why[0] ?? c.status)}">${text.map(xml).join("\n")}</${element}>`, "    </testcase>"];
}
