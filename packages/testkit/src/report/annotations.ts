/** Annotations of GitHub Actions. Source: GitHub documentation, "Workflow commands for GitHub Actions". */
import type { Case } from "./contract.ts";
import { githubProperty, githubText } from "./escape.ts";

/** GitHub shows ten of a kind for each step, and drops the others silently. */
const SHOWN = 10;

/** An `::error` line for each case that is not passed; where there are more than ten, the tenth says how many are left out. */
export function formatAnnotations(cases: readonly Case[]): readonly string[] {
  const bad = cases.filter((c) => c.status === "failed" || c.status === "error");
  const shown = bad.length > SHOWN ? bad.slice(0, SHOWN - 1) : bad;
  const lines = shown.map((c) => command(`${c.suite}: ${c.name}`, [...c.why, ...(c.repeat === "" ? [] : [c.repeat])].join("\n")));
  return bad.length > SHOWN ? [...lines, command("more", `${bad.length - shown.length} more cases are not passed: see the log`)] : lines;
}

const command = (title: string, message: string): string => `::error title=${githubProperty(title)}::${githubText(message)}`;
