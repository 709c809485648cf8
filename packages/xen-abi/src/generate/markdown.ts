/** The tables of an ABI as Markdown: per call its place, fields, ordered errors and quirks. */
import type { Abi, Hypercall } from "../descriptor.ts";
import type { Specs, Struct } from "@granule/codec";
import { layoutOf } from "@granule/codec";
import { V1 } from "../v1/all.ts";
import { V2 } from "../v2/all.ts";
import { GrantEntryV1, GrantEntryV2, SharedInfo, VcpuInfo, VcpuRunstateInfo, EvtchnFifoControlBlock, XenDomctl, XenDomctlGetdomaininfo, XenPlatformOp, XenSysctl, XenSysctlPhysinfo } from "../structs.ts";
import { fieldRows, groupName, groups, numberOf, table } from "./wording.ts";

const INTRO: Readonly<Record<Abi, string>> = {
  1: `# ABI v1: the calls that are modelled

Xen's guest ABI on Arm as this project answers it, call by call. Facts are from Xen's public headers (each call names
its own) and from answers observed on Xen 4.17. Every frame, count and order is in units of 4096 bytes, whatever
anyone's granule is; what a domain with a larger stage 2 granule G answers is in [decisions.md](decisions.md).

- \`hvc #0xea1\`; x16 is the number, x0..x4 the arguments, x0 the answer: 0, a value, or the negative number of an error.
- Buffers are guest-virtual addresses and are copied through the caller's own translation tables.
- A field of class *p2m* changes stage 2, *access* is only read or written, *shared* is agreed with a peer, *value* is a number.`,
  2: `# ABI v2: every call

The normative table of ABI v2. Why it is so is in [decisions.md](decisions.md). The same table gives
[granule_abi2.h](granule_abi2.h), [abi2.rs](abi2.rs) and [vectors.json](vectors.json).

- \`hvc #0xea1\`; x16 is the number, x0 the operation (all 64 bits count), x1 the IPA of the buffer, x2 the number of
  list elements. On return x0 is 0 or the negative number of an error, and of a list x1 is the number of elements done.
- A buffer lies in the caller's own RAM, is aligned to 8 bytes and is read once. Fields are little-endian.
- Errors are checked in the order of the table; the first rule that is broken answers. *derived*: found from the fields
  before anything happens. *handler*: found by the operation. An error changes nothing, but for the progress that a list reports.
- A field of class *p2m* changes stage 2 and must be a multiple of G; *access* is only read or written and needs its
  natural alignment alone; *shared* is agreed with a peer; *value* is a number. A is 4096 bytes, for ever.
- *extent*: address | n, the range of 2^n bytes at a multiple of 2^n, 12 <= n <= 47, bits 6..11 zero. *ipa*: byte
  address. *size*: bytes, more than 0. *zero*: reserved, must be 0.
- A call whose structure has a field of direction *status* puts failures there, and x0 is 0.`,
};

const where = (d: Hypercall): string => {
  const isRest = d.op === null && Object.values<Hypercall>(V1).some((other) => other.abi === d.abi && other.nr === d.nr && other.op !== null);
  const parts = [`Number ${d.nr}${d.op === null ? (isRest ? ", every other operation" : "") : `, operation ${d.op}`}`];
  if (d.noStart !== undefined) parts.push(`${d.noStart} when x0 has bits above the operation`);
  if (d.wideOp === true) parts.push("all 64 bits of x0 name the operation");
  if (d.buffer !== undefined) {
    const { x, size, list } = d.buffer;
    parts.push(list === undefined ? `a structure of ${size} bytes at x${x}` : `a list at x${x}, elements of ${size} bytes, their number in x${list.count}`);
    if (list !== undefined) parts.push(list.onError === "stop" ? "the first failure stops it" : "each element has its own status");
    if (list !== undefined && d.abi === 2) parts.push(`at most ${list.limit} elements`);
  }
  return d.abi === 1 ? `${parts.join("; ")}. Source: ${d.source}.` : `${parts.join("; ")}.`;
};

function callMarkdown(key: string, d: Hypercall): string {
  const fields = fieldRows(d).map(({ name, field, place, size }) => [
    `\`${name}\``, place, String(size), field.kind === "u53" ? "u64" : field.kind, field.unit, field.kind === "array" || field.kind === "bytes" ? "any" : String(field.align), field.class, field.dir,
  ]);
  const errors = d.errors.map((e, i) => [String(i + 1), `${e.code} (${numberOf(e)})`, e.rule, e.by, e.when]);
  return [
    `### ${key}`,
    key === d.name ? d.doc : `\`${d.name}\`. ${d.doc}`,
    where(d),
    fields.length === 0 ? "No fields." : table(["field", "at", "bytes", "kind", "unit", "align", "class", "direction"], fields),
    errors.length === 0 ? "No errors." : table(["order", "code", "rule", "by", "when"], errors),
    ...(d.quirks === undefined ? [] : [d.quirks.map((q) => `- ${q}`).join("\n")]),
  ].join("\n\n");
}

const structMarkdown = (s: Struct<Specs>): string =>
  `### struct ${s.name}\n\n${s.size} bytes.\n\n${table(["field", "at", "bytes", "type"], layoutOf(s).map((r) => [`\`${r.field}\``, String(r.offset), String(r.size), r.type]))}`;
const STRUCTS: Readonly<Record<Abi, readonly Struct<Specs>[]>> = {
  1: [VcpuInfo, SharedInfo, VcpuRunstateInfo, EvtchnFifoControlBlock, GrantEntryV1, XenDomctl, XenDomctlGetdomaininfo, XenSysctl, XenSysctlPhysinfo, XenPlatformOp],
  2: [GrantEntryV2],
};

/** The whole document of one ABI. */
export function abiMarkdown(abi: Abi): string {
  const parts = [INTRO[abi]];
  for (const { nr, calls } of groups(abi === 1 ? V1 : V2)) {
    parts.push(`## Hypercall ${nr}: ${groupName(nr)}`);
    for (const { key, d } of calls) parts.push(callMarkdown(key, d));
  }
  parts.push(abi === 1 ? "## Structures in shared memory and of control interfaces" : "## Structures in shared memory", ...STRUCTS[abi].map(structMarkdown));
  return `${parts.join("\n\n")}\n`;
}
