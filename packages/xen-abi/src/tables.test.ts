import { expect, expectTypeOf, test } from "vitest";
import { compile } from "./compile.ts";
import * as C from "./constants.ts";
import { codeNumber, ERRNO, EXPLAIN, GNTST } from "./errors.ts";
import type { GuestArray, Hypercall, In, Out } from "./descriptor.ts";
import { V1 } from "./v1/all.ts";
import { V2 } from "./v2/all.ts";
import { isAccessor, sizeOf, slotsOf } from "./wire.ts";

const v1: readonly (readonly [string, Hypercall])[] = Object.entries(V1);
const v2: readonly (readonly [string, Hypercall])[] = Object.entries(V2);
const all = [...v1.map(([k, d]) => [`v1 ${k}`, d] as const), ...v2.map(([k, d]) => [`v2 ${k}`, d] as const)];

/** Which fields cover each byte of the structure. */
function coverage(d: Hypercall): string[][] {
  const bytes: string[][] = Array.from({ length: d.buffer?.size ?? 0 }, () => []);
  for (const s of slotsOf(d)) if (!s.inRegs) for (let i = s.at; i < s.at + sizeOf(s.field); i++) (bytes[i] ??= []).push(s.name);
  return bytes;
}

test.each(all)("%s: fields lie in the structure, aligned, and none overlaps another", (_name, d) => {
  const bytes = coverage(d);
  expect(bytes).toHaveLength(d.buffer?.size ?? 0);
  expect(bytes.filter((names) => names.length > 1)).toEqual([]);
  for (const s of slotsOf(d)) if (!s.inRegs) expect(s.at % sizeOf(s.field), s.name).toBe(0);
  compile(d);
});
test.each(v2)("v2 %s: no byte of the structure is padding", (_name, d) => {
  const holes = coverage(d).flatMap((names, at) => (names.length === 0 ? [at] : []));
  expect(holes).toEqual([]);
  expect((d.buffer?.size ?? 0) % 8).toBe(0);
});
test.each(v2)("v2 %s: lengths and counts have at least 32 bits, frames and orders do not occur", (_name, d) => {
  for (const s of slotsOf(d)) {
    expect(s.field.unit, s.name).not.toMatch(/frame|order|page/i);
    if (/byte|entries|ports?$/.test(s.field.unit) && s.field.kind !== "zero") expect(sizeOf(s.field), s.name).toBeGreaterThanOrEqual(4);
  }
});
test.each(v1)("v1 %s: registers and structures hold no zero fields: reserved bits are ignored", (_name, d) => {
  expect(slotsOf(d).filter((s) => s.field.kind === "zero")).toEqual([]);
});

/** The documented order of ABI v2 (docs/spec/decisions.md, "The order of errors"). */
const ORDER = ["list-limit", "buffer", "domain", "permission", "reserved", "vcpu", "alignment", "range", "granule"];
test.each(v2)("v2 %s: derived errors come first and in the documented order", (_name, d) => {
  const rules = d.errors.filter((e) => e.by === "derived").map((e) => e.rule);
  expect(rules).toEqual([...rules].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)));
  expect(rules.every((r) => ORDER.includes(r))).toBe(true);
  expect(d.errors.slice(0, rules.length).every((e) => e.by === "derived")).toBe(true);
});
test.each(v2)("v2 %s: every field is checked by the rules that its kind asks for", (_name, d) => {
  const rules = new Set(d.errors.filter((e) => e.by === "derived").map((e) => e.rule));
  const need = new Set<string>();
  for (const { field } of slotsOf(d)) {
    if (field.dir === "out" || field.dir === "status") continue;
    if (field.kind === "zero") need.add("reserved");
    if (field.kind === "domid") need.add("domain").add("permission");
    if (field.kind === "vcpu") need.add("vcpu");
    if (field.kind === "ipa" || field.kind === "extent") need.add("alignment").add("range");
    if (field.kind === "extent" || (field.kind === "ipa" && field.class === "p2m")) need.add("reserved");
    if (field.class === "p2m") need.add("granule");
  }
  if (d.buffer !== undefined) need.add("buffer");
  if (d.buffer?.list !== undefined) need.add("list-limit");
  expect([...rules].sort()).toEqual([...need].sort());
});
test("in v2 what only is read or written is never checked against G", () => {
  for (const [name, d] of v2)
    if (slotsOf(d).every((s) => s.field.class !== "p2m")) expect(d.errors.map((e) => e.rule), name).not.toContain("granule");
});
test("in v2 one rule has one code everywhere, but for lists of grants, whose codes are GNTST_*", () => {
  const codes = new Map<string, Set<string>>();
  for (const [, d] of v2) for (const e of d.errors) if (e.by === "derived" && !e.code.startsWith("GNTST")) codes.set(e.rule, (codes.get(e.rule) ?? new Set()).add(e.code));
  expect(Object.fromEntries([...codes].map(([rule, set]) => [rule, [...set].join()]))).toEqual({
    "list-limit": "E2BIG", buffer: "EFAULT", domain: "ESRCH", permission: "EPERM", reserved: "EINVAL", vcpu: "ENOENT", alignment: "EDOM", range: "ERANGE", granule: "EXDEV",
  });
});

test("keys (abi, number, operation) are unique, and v2's numbers start at 64", () => {
  const keys = all.map(([, d]) => `${d.abi}/${d.nr}/${d.op}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(v1.every(([, d]) => d.abi === 1 && d.nr < 64)).toBe(true);
  expect(v2.every(([, d]) => d.abi === 2 && d.nr >= 64 && d.nr < C.NR_FIRST_FREE)).toBe(true);
});
test("handler rules of one call have one name each", () => {
  for (const [name, d] of all) {
    const rules = d.errors.map((e) => e.rule);
    expect(new Set(rules).size, name).toBe(rules.length);
  }
});

test("every code has a number of its own and an explanation", () => {
  const numbers = [...Object.values(ERRNO).map((n) => -n), ...Object.values(GNTST)];
  expect(new Set(Object.values(ERRNO)).size).toBe(Object.keys(ERRNO).length);
  expect(new Set(Object.values(GNTST)).size).toBe(Object.keys(GNTST).length);
  expect(numbers.every((n) => n <= 0)).toBe(true);
  for (const [, d] of all) for (const e of d.errors) expect(EXPLAIN[e.code]).toMatch(/\.$/);
  expect(codeNumber("EXDEV")).toBe(-18);
  expect(codeNumber("GNTST_bad_granule")).toBe(-14);
});

test("handlers get every accessor, answer every plain field, and never the dispatcher's status", () => {
  expectTypeOf<Out<typeof V1.event_status>>().toEqualTypeOf<{ readonly status: number; readonly vcpu: number; readonly u: number; readonly u_port: number }>();
  expectTypeOf<In<typeof V1.grant_setup_table>["frame_list"]>().toEqualTypeOf<GuestArray>();
  expectTypeOf<Out<typeof V1.grant_setup_table>>().toEqualTypeOf<{}>();
  expectTypeOf<keyof Out<typeof V1.populate_physmap>>().toEqualTypeOf<"ret">();
  expectTypeOf<keyof Out<typeof V2.grant_map>>().toEqualTypeOf<"handle" | "granted">();
  expect(slotsOf(V1.grant_setup_table).filter(isAccessor).map((s) => s.name)).toEqual(["frame_list"]);
});
