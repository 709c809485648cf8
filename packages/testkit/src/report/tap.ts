/** TAP version 14. Source: the Test Anything Protocol, version 14, "Test Points", "YAML Diagnostics". */
import type { Case } from "./contract.ts";
import { tapText, yamlText } from "./escape.ts";

/** One test point a case; those that are not passed carry a YAML block. Times are milliseconds of the machine's clock. */
export function formatTap(cases: readonly Case[]): string {
  const lines = ["TAP version 14", `1..${cases.length}${cases.length === 0 ? " # SKIP nothing was chosen" : ""}`];
  for (const [i, c] of cases.entries()) {
    const point = `${i + 1} - ${tapText(c.suite)}: ${tapText(c.name)}`;
    if (c.status === "passed") lines.push(`ok ${point}`);
    else if (c.status === "skipped") lines.push(`ok ${point} # SKIP ${tapText(c.why.join("; "))}`.trimEnd());
    else lines.push(`not ok ${point}`, ...diagnostics(c));
  }
  return `${lines.join("\n")}\n`;
}

function diagnostics(c: Case): readonly string[] {
  const facts = Object.entries(c.facts).map(([key, value]) => `    ${yamlText(key)}: ${typeof value === "number" ? value : yamlText(value)}`);
  return [
    "  ---",
    `  severity: ${c.status === "error" ? "error" : "fail"}`,
    `  message: ${yamlText(c.why[0] ?? c.status)}`,
    ...(c.why.length > 1 ? ["  why:", ...c.why.map((line) => `    - ${yamlText(line)}`)] : []),
    ...(facts.length > 0 ? ["  facts:", ...facts] : []),
    `  duration_ms: ${c.time / 1e6}`,
    ...(c.repeat === "" ? [] : [`  repeat: ${yamlText(c.repeat)}`]),
    "  ...",
  ];
}
