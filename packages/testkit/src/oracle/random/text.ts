/** Steps as a script's text. Domains that share anything run by turns: a word in a page of the first one says whose turn it is. */
import { XEN_PAGE } from "@granule/units";
import { GRANT_AREA, RAM } from "./belief.ts";
import { bytesOf, hex } from "./choose.ts";
import type { RandomStep } from "./contract.ts";

/** The page of turns, in the owner's RAM; where the others map it; references and ports of the owner for it. */
const PAGE = 0x41f00;
const WINDOW = 0x4f000;
const FIRST_REFERENCE = 500;
const PATIENCE_MS = 120_000;
const PROPERTIES = "cpus = <2>; memory = <0 0x10000>; vpl011;";
/** Before anything else: known contents, and the grant table. */
const prepare = (): readonly string[] => {
  const [first = 0] = RAM;
  const [table = 0] = GRANT_AREA;
  return [`fill ${bytesOf(first)} ${hex(RAM.length * XEN_PAGE.size)} 0x11`, `a2p SELF 0 1 0 ${hex(table)}`];
};
/** gnt_map of the collection without the bus address: that is a machine address. */
const MAP_GRANT = ["macro map_grant addr flags ref dom", "fill BUF 32 0xaa", "w64 BUF addr", "w32 BUF+8 flags", "w32 BUF+12 ref", "w16 BUF+16 dom", "hc grant_table_op 0 BUF 1", "r16 BUF+18", "r32 BUF+20", "endm"];
const head = (tags: readonly string[]): readonly string[] => ["%include lib.inc", ...MAP_GRANT, "%xen xsm=dummy", ...tags.map((tag) => `%dom ${tag} ${PROPERTIES}`)];
const join = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** Every domain for itself. */
export const aloneText = (tags: readonly string[], steps: readonly RandomStep[]): string =>
  join([...head(tags), ...tags.flatMap((tag) => [`@${tag}`, ...prepare(), ...steps.filter((s) => s.tag === tag).flatMap((s) => s.lines)])]);

/** The owner shares its page, and says by an event channel that it is there. */
function openGate(index: number, others: number): readonly string[] {
  const [table = 0] = GRANT_AREA;
  const domids = Array.from({ length: others }, (_, i) => i + 2);
  if (index === 0)
    return [`w64 ${bytesOf(PAGE)} 0`, ...domids.map((domid, i) => `gnt_entry ${bytesOf(table)} ${FIRST_REFERENCE + i} 1 ${domid} ${hex(PAGE)}`), ...domids.map((domid) => `ec_alloc SELF ${domid}`)];
  return ["w16 BUF 1", `w32 BUF+4 ${index}`, `until event_channel_op 0 BUF 0 0 0 ${PATIENCE_MS}`, `map_grant ${bytesOf(WINDOW)} 2 ${FIRST_REFERENCE + index - 1} 1`];
}

/** One domain at a time: steps of the same domain that follow each other are one turn. */
export function turnsText(tags: readonly string[], steps: readonly RandomStep[]): string {
  const bodies = new Map<string, string[]>(tags.map((tag) => [tag, []]));
  let turn = 0;
  // everybody is there before the first turn, in the order of the domains
  const all = [...tags.map((tag): RandomStep => ({ tag, lines: [] })), ...steps];
  for (const [i, { tag, lines }] of all.entries()) {
    const body = bodies.get(tag);
    const gate = bytesOf(tag === tags[0] ? PAGE : WINDOW);
    if (i < tags.length || all[i - 1]?.tag !== tag) body?.push(`poll 32 ${gate} 0xffffffff ${turn} ${PATIENCE_MS}`);
    body?.push(...lines);
    if (i < tags.length || all[i + 1]?.tag !== tag) body?.push(`w32 ${gate} ${++turn}`);
  }
  return join([...head(tags), ...tags.flatMap((tag, i) => [`@${tag}`, ...prepare(), ...openGate(i, tags.length - 1), ...(bodies.get(tag) ?? [])])]);
}
