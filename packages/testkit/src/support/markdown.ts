/** SUPPORT.md as text, in the manner of Xen's file of that name: a status for every feature, here one a granule. */
import { callTables } from "./calls.ts";
import type { SupportTable } from "./contract.ts";
import { pairTables } from "./pairs.ts";
import { translationTables } from "./translation.ts";

const HEAD = `# Support status

Written by \`npm run gen:support\`: each status below is what a probe found when it ran the feature, and \`npm test\`
fails when a probe finds another. Nothing is here that no probe backs.

G is the stage 2 granule of a domain, S1 the granule of a kernel's own tables, U the unit that two ends share.

| Status | meaning |
| --- | --- |
| Supported | it works, for 4096 bytes where it takes memory |
| Supported, multiples of G (else CODE) | it works for whole granules; less is refused with this code and changes nothing |
| Refused (CODE) | it is known, and answers with this documented code; "0 done" is the answer of a call that counts |
| Not there | no such hypercall: -ENOSYS |

A status says how a feature behaves in this model. None is security supported: the model is no boundary for its host.
`;

/** The worst of a column, as one line in the grammar of Xen's SUPPORT.md. */
function columnStatus(statuses: readonly string[]): string {
  const works = statuses.filter((s) => s.startsWith("Supported"));
  if (works.length === 0) return statuses.every((s) => s === "Not there") ? "Not there" : "Refused";
  return works.length === statuses.length && works.every((s) => !s.includes("(else ")) ? "Supported" : `Supported, with exceptions (${works.length} of ${statuses.length})`;
}

function section({ title, about, what, columns, rows }: SupportTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `## ${title}`, "", about, "",
    ...columns.map((column, i) => `    Status, ${column}: ${columnStatus(rows.map((r) => r.statuses[i] ?? ""))}`), "",
    line([what, ...columns]), line(["---", ...columns.map(() => "---")]), ...rows.map((r) => line([r.what, ...r.statuses])), "",
  ].join("\n");
}

/** Every table, translation first. Runs every probe: some seconds. */
export const supportTables = (): readonly SupportTable[] => [...translationTables(), ...callTables(), ...pairTables()];
export const supportMarkdown = (tables: readonly SupportTable[]): string => [HEAD, ...tables.map(section)].join("\n");
