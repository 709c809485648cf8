/** ABI v2 as a Rust module: numbers, structures with asserted offsets, EXTENT and error numbers. */
import { EXTENT_MAX_LOG2, EXTENT_MIN_LOG2 } from "@granule/units";
import { layoutOf } from "@granule/codec";
import * as C from "../constants.ts";
import { ERRNO, GNTST } from "../errors.ts";
import { GrantEntryV2 } from "../structs.ts";
import { COPY } from "../v2/grants.ts";
import { PARAM, PLACE_OBJECT } from "../v2/memory.ts";
import { V2 } from "../v2/all.ts";
import { type FieldRow, fieldRows, groupName, groups } from "./wording.ts";

const rustType = (r: FieldRow): string => `${r.field.kind === "i16" || r.field.kind === "i32" ? "i" : "u"}${8 * r.size}`;
/** Rust's keywords among our field names. */
const KEYWORDS: ReadonlySet<string> = new Set(["ref", "type", "move"]);
const identifier = (name: string): string => (KEYWORDS.has(name) ? `r#${name}` : name);
const camel = (name: string): string => name.split("_").map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join("");
const constant = (name: string, type: string, value: number | string): string => `pub const ${name.toUpperCase()}: ${type} = ${value};`;
const module_ = (name: string, doc: string, type: string, values: Readonly<Record<string, number>>): readonly string[] => [
  `/// ${doc}`, `pub mod ${name} {`, ...Object.entries(values).map(([k, v]) => `    ${constant(k, type, v)}`), "}", "",
];

function struct(name: string, size: number, doc: string, rows: readonly { readonly name: string; readonly type: string; readonly at: number; readonly doc: string }[]): readonly string[] {
  return [
    `/// ${doc}`, "#[repr(C)]", "#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]", `pub struct ${name} {`,
    ...rows.flatMap((r) => [`    /// ${r.doc}`, `    pub ${identifier(r.name)}: ${r.type},`]),
    "}",
    `const _: () = assert!(size_of::<${name}>() == ${size});`,
    ...rows.map((r) => `const _: () = assert!(offset_of!(${name}, ${identifier(r.name)}) == ${r.at});`), "",
  ];
}

/** The module; no_std, Rust 1.77 or later (offset_of). */
export function rustModule(): string {
  const out = [
    "//! ABI v2 of granule. Generated from the descriptors of @granule/xen-abi; the words are in abi-v2.md.",
    "// SPDX-License-Identifier: MIT", "use core::mem::{offset_of, size_of};", "",
    "/// Immediate of hvc; x16 number, x0 operation, x1 IPA of the buffer, x2 elements of a list.", constant("HVC_TAG", "u16", `0x${C.XEN_HYPERCALL_TAG.toString(16)}`),
    constant("DOMID_SELF", "u16", `0x${C.DOMID_SELF.toString(16)}`), "/// A grant reference of the v2 table has this bit.", constant("GRANT_REF", "u32", `0x${C.GRANT_REF_V2.toString(16)}`), "",
    "/// The EXTENT of `1 << log2` bytes at `address`; `None` when it cannot be one.",
    "pub const fn extent(address: u64, log2: u32) -> Option<u64> {",
    `    if log2 < ${EXTENT_MIN_LOG2} || log2 > ${EXTENT_MAX_LOG2} || address & ((1 << log2) - 1) != 0 {`,
    "        return None;", "    }", "    Some(address | log2 as u64)", "}", "",
    ...module_("errno", "x0 is 0 or the negative number.", "i64", ERRNO),
    ...module_("gntst", "Status of a grant operation; a negative errno is possible too.", "i32", Object.fromEntries(Object.entries(GNTST).map(([k, v]) => [k.replace("GNTST_", ""), v]))),
    ...module_("place_object", "Objects of `place`.", "u32", PLACE_OBJECT),
    ...module_("param", "Indices of `get_param` and `set_param`.", "u32", PARAM),
    ...module_("copy_flags", "Flags of `GrantCopy`.", "u32", COPY),
    ...struct("GrantEntry", GrantEntryV2.size, "An entry of the v2 grant table: word 0 (flags, domid) is written last, with release semantics.",
      layoutOf(GrantEntryV2).map((r) => ({ name: r.field === "(padding)" ? "reserved" : r.field, type: `u${8 * r.size}`, at: r.offset, doc: r.field === "(padding)" ? "Must be 0." : `${r.field}.` }))),
  ];
  for (const { nr, calls } of groups(V2)) {
    out.push(constant(`NR_${groupName(nr)}`, "u64", nr));
    for (const { key, d } of calls) {
      out.push(`/// ${d.doc}`, constant(`OP_${key}`, "u64", d.op ?? 0));
      if (d.buffer?.list !== undefined) out.push(constant(`LIMIT_${key}`, "u64", d.buffer.list.limit));
      if (d.buffer !== undefined)
        out.push("", ...struct(camel(key), d.buffer.size, `${d.buffer.list === undefined ? "The structure" : "An element"} of \`${key}\`.`,
          fieldRows(d).filter((r) => !r.inRegs).map((r) => ({ name: r.name, type: rustType(r), at: r.at, doc: r.field.kind === "zero" ? "Must be 0." : `${r.field.dir}: ${r.field.unit}` }))));
      else out.push("");
    }
  }
  return `${out.join("\n").trimEnd()}\n`;
}
