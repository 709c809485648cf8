/** The inventory as Markdown, with links into the tables of both ABIs. */
import { INVENTORY, type InventoryRow } from "../inventory.ts";
import { table } from "./wording.ts";

const INTRO = `# Inventory: every place with a page in it

Every place in Xen's public interfaces that has a frame number, an order, a page-sized structure or an implied 4096.
The last two columns are this project's: the fields of ABI v1 that the row is about, and those of ABI v2 that stand for them.

- Reach: G any guest kernel on Arm; D a pair of PV drivers, a back-end or device-model domain; T toolstack or hardware
  domain; X x86 or PV only.
- Class: P2M changes stage 2; ACC bytes are only read or written; SHR a unit that two domains share; CNT a count or size
  in frames; RET a frame number handed back; LAY a layout or limit derived from 4096; OK in bytes already.
- In bytes: ADDR(a) a 64-bit byte address aligned to a; RANGE an ADDR and BYTES, multiples of G; EXTENT an ADDR whose low
  bits are log2 of the size; U the unit that a pair agreed on.`;

const link = (abi: 1 | 2) => (field: string): string => `[${field}](abi-v${abi}.md#${field.slice(0, field.indexOf("."))})`;
const cells = (r: InventoryRow): readonly string[] => [r.id, r.field, r.reach, r.class, r.today, r.bytes, r.v1.map(link(1)).join(", "), r.v2.map(link(2)).join(", ")];

export function inventoryMarkdown(): string {
  const parts = [INTRO];
  for (const name of new Set(INVENTORY.map((r) => r.section)))
    parts.push(`## ${name}`, table(["id", "field", "reach", "class", "today", "in bytes", "v1", "v2"], INVENTORY.filter((r) => r.section === name).map(cells)));
  return `${parts.join("\n\n")}\n`;
}
