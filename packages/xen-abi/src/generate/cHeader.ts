/** ABI v2 as a C header: numbers, structures with asserted offsets, EXTENT and error numbers. */
import { EXTENT_MAX_LOG2, EXTENT_MIN_LOG2 } from "@granule/units";
import { layoutOf } from "@granule/codec";
import * as C from "../constants.ts";
import { ERRNO, GNTST } from "../errors.ts";
import { GrantEntryV2 } from "../structs.ts";
import { COPY } from "../v2/grants.ts";
import { PARAM, PLACE_OBJECT } from "../v2/memory.ts";
import { V2 } from "../v2/all.ts";
import { type FieldRow, fieldRows, groupName, groups } from "./wording.ts";

const signed = (kind: string): boolean => kind === "i16" || kind === "i32";
const cType = (r: FieldRow): string => `${signed(r.field.kind) ? "int" : "uint"}${8 * r.size}_t`;
const define = (name: string, value: number | string): string => `#define GRANULE_${name} ${value}`;
const constants = (prefix: string, values: Readonly<Record<string, number>>): readonly string[] => Object.entries(values).map(([name, v]) => define(`${prefix}_${name}`, v < 0 ? `(${v})` : v));
const hex = (n: number): string => `0x${n.toString(16)}u`;

/** Codes that some call of v2 can answer, as positive numbers. */
const errnos = (): Readonly<Record<string, number>> => {
  const used = new Set(Object.values(V2).flatMap((d) => d.errors.map((e) => e.code)));
  return Object.fromEntries(Object.entries({ ...ERRNO, ENOSYS: ERRNO.ENOSYS }).filter(([name]) => name === "ENOSYS" || [...used].some((code) => code === name)));
};

function structLines(name: string, size: number, rows: readonly { readonly name: string; readonly type: string; readonly at: number; readonly comment: string }[]): readonly string[] {
  return [
    `struct granule_${name} {`,
    ...rows.map((r) => `    ${r.type} ${r.name}; /* ${r.comment} */`),
    "};",
    `_Static_assert(sizeof(struct granule_${name}) == ${size}, "granule_${name}");`,
    ...rows.map((r) => `_Static_assert(offsetof(struct granule_${name}, ${r.name}) == ${r.at}, "granule_${name}.${r.name}");`),
  ];
}

/** The header; compiles as C11 without anything but stddef.h and stdint.h. */
export function cHeader(): string {
  const out = [
    "/* ABI v2 of granule. Generated from the descriptors of @granule/xen-abi; the words are in abi-v2.md. */",
    "/* SPDX-License-Identifier: MIT */",
    "#ifndef GRANULE_ABI2_H", "#define GRANULE_ABI2_H", "", "#include <stddef.h>", "#include <stdint.h>", "",
    "/* hvc immediate; x16 number, x0 operation, x1 IPA of the buffer, x2 elements of a list. */",
    define("HVC_TAG", hex(C.XEN_HYPERCALL_TAG)), define("DOMID_SELF", hex(C.DOMID_SELF)), define("XENFEAT_BIT", C.XENFEAT.abi_v2), "",
    "/* EXTENT: address | log2 of the size; the address is a multiple of the size. */",
    define("EXTENT_MIN_LOG2", EXTENT_MIN_LOG2), define("EXTENT_MAX_LOG2", EXTENT_MAX_LOG2),
    "#define GRANULE_EXTENT(address, log2) ((uint64_t)(address) | (uint64_t)(log2))",
    "#define GRANULE_EXTENT_ADDRESS(extent) ((uint64_t)(extent) & ~(uint64_t)0xfff)",
    "#define GRANULE_EXTENT_SIZE(extent) ((uint64_t)1 << ((extent) & 0x3f))", "",
    "/* Errors: x0 is 0 or the negative number. */", ...constants("ERR", errnos()), "",
    "/* Status of a grant operation; -errno is possible too. */", ...constants("GNTST", Object.fromEntries(Object.entries(GNTST).map(([k, v]) => [k.replace("GNTST_", ""), v]))), "",
    "/* Objects of place. */", ...constants("PLACE", PLACE_OBJECT), "",
    "/* Indices of get_param and set_param. */", ...constants("PARAM", PARAM), "",
    "/* Flags of grant_copy. */", ...constants("COPY", COPY), "",
    "/* A grant reference of the v2 table has this bit. */", define("GRANT_REF", hex(C.GRANT_REF_V2)), "",
    "/* An entry of the v2 grant table: word 0 (flags, domid) is written last, with release semantics. */",
    ...structLines("grant_entry", GrantEntryV2.size, layoutOf(GrantEntryV2).map((r) => ({
      name: r.field === "(padding)" ? "reserved" : r.field, type: `uint${8 * r.size}_t`, at: r.offset, comment: r.field === "extent" ? "EXTENT" : r.field === "(padding)" ? "must be 0" : r.field === "flags" ? "GTF_*" : "who may use it",
    }))),
  ];
  for (const { nr, calls } of groups(V2)) {
    out.push("", `/* ---- ${groupName(nr)} ---- */`, define(`NR_${groupName(nr)}`, nr));
    for (const { key, d } of calls) {
      out.push("", `/* ${d.doc} */`, define(`OP_${key}`, d.op ?? 0));
      const rows = fieldRows(d);
      for (const r of rows.filter((x) => x.inRegs)) out.push(`/* ${r.place}: ${r.name}, ${r.field.dir}, ${r.field.unit} */`);
      if (d.buffer?.list !== undefined) out.push(define(`LIMIT_${key}`, d.buffer.list.limit));
      if (d.buffer !== undefined)
        out.push(...structLines(key, d.buffer.size, rows.filter((x) => !x.inRegs).map((r) => ({ name: r.name, type: cType(r), at: r.at, comment: r.field.kind === "zero" ? "must be 0" : `${r.field.dir}: ${r.field.unit}` }))));
    }
  }
  out.push("", "#endif");
  return `${out.join("\n")}\n`;
}
