import { expect, test } from "vitest";
import fc from "fast-check";
import { toNumber } from "@granule/units";
import { compile, x0Of } from "./compile.ts";
import { DOMID_SELF } from "./constants.ts";
import { derived, type Dir, type Field, field, type GuestArray, type GuestBytes, hypercall, type Hypercall, zero } from "./descriptor.ts";
import type { CheckEnv } from "./rules.ts";
import { V1 } from "./v1/all.ts";
import { V2 } from "./v2/all.ts";
import { isAccessor, sizeOf, type Slot, slotsOf } from "./wire.ts";

const IPA_LIMIT = 2 ** 40;
const G = 65536;
const UNKNOWN = 77;
const DENIED = 78;
/** Which address an accessor was made for. */
const addresses = new WeakMap<object, bigint>();
const arrayAt = (address: bigint): GuestArray => {
  const a: GuestArray = { at: () => ({ ok: true, value: 0 }), put: () => ({ ok: true, value: undefined }) };
  addresses.set(a, address);
  return a;
};
const bytesAt = (address: bigint): GuestBytes => {
  const b: GuestBytes = { isNull: address === 0n, read: () => ({ ok: true, value: undefined }), write: () => ({ ok: true, value: undefined }) };
  addresses.set(b, address);
  return b;
};
const env: CheckEnv = {
  self: 5, vcpus: 4, granule: G, ipaLimit: IPA_LIMIT, array: arrayAt, bytes: bytesAt,
  domain: (domid) => (domid === UNKNOWN ? "unknown" : domid === DENIED ? "denied" : "ok"),
};
const calls: [string, Hypercall][] = [
  ...Object.entries(V1).map(([name, d]): [string, Hypercall] => [`v1 ${name}`, d]),
  ...Object.entries(V2).map(([name, d]): [string, Hypercall] => [`v2 ${name}`, d]),
];
const wire = (d: Hypercall) => ({ regs: new DataView(new ArrayBuffer(248)), buffer: new DataView(new ArrayBuffer(d.buffer?.size ?? 0)) });
const isInput = (s: Slot): boolean => isAccessor(s) || s.field.dir === "in" || s.field.dir === "inout";

/** A value that passes every rule. */
function valid(f: Field<unknown, Dir>): fc.Arbitrary<unknown> {
  const bits = (n: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** n - 1 });
  const granules = fc.integer({ min: 0, max: 2 ** 20 });
  switch (f.kind) {
    case "u8": return bits(8);
    case "u16": return bits(16);
    case "u32": return bits(32);
    case "i16": return fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 });
    case "i32": return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    case "u53": return fc.maxSafeNat();
    case "u64": case "array": case "bytes": return fc.bigInt(0n, 2n ** 64n - 1n);
    case "vcpu": return fc.integer({ min: 0, max: env.vcpus - 1 });
    case "domid": return fc.constantFrom(0, 1, env.self, 9);
    case "ipa": case "offset": return granules.map((n) => n * G);
    case "size": return granules.map((n) => (n + 1) * G);
    case "extent": return fc.tuple(fc.integer({ min: 16, max: 36 }), fc.nat(7)).map(([n, i]) => ({ start: i * 2 ** n, size: 2 ** n }));
    case "one": case "zero": return fc.constant(undefined);
  }
}
const inputs = (d: Hypercall): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(slotsOf(d).filter(isInput).map((s) => [s.name, valid(s.field)])));
const encode = (d: Hypercall, args: Record<string, unknown>) => {
  const w = wire(d);
  const r = compile(d).encode(args, w.regs, w.buffer);
  if (!r.ok) throw new Error(r.why);
  return w;
};

test.each(calls)("%s: what a guest encodes is what the hypervisor decodes", (_name, d) => {
  const compiled = compile(d);
  fc.assert(
    fc.property(inputs(d), (args) => {
      const { regs, buffer } = encode(d, args);
      if (d.buffer?.list !== undefined) regs.setBigUint64(8 * d.buffer.list.count, 1n, true);
      expect(compiled.before(regs, env)).toBeUndefined();
      const r = compiled.decode(regs, buffer, env);
      if (!r.ok) throw new Error(r.why);
      const got = Object.fromEntries(
        Object.entries(r.value).map(([k, v]) => [k, typeof v === "object" && v !== null && addresses.has(v) ? addresses.get(v) : v]),
      );
      for (const [k, v] of Object.entries(args)) expect(got[k], k).toEqual(v);
    }),
    { numRuns: 40 },
  );
});

test.each(calls)("%s: what the hypervisor answers is what the guest reads", (_name, d) => {
  const compiled = compile(d);
  const outs = slotsOf(d).filter((s) => !isAccessor(s) && (s.field.dir === "out" || s.field.dir === "inout"));
  // a list's sums stay exact below 2^53
  const value = (s: Slot): fc.Arbitrary<unknown> => (s.inRegs ? fc.nat() : valid({ ...s.field, kind: s.field.kind === "size" ? "u53" : s.field.kind }));
  fc.assert(
    fc.property(inputs(d), fc.record(Object.fromEntries(outs.map((s) => [s.name, value(s)]))), fc.integer({ min: -100, max: 0 }), (args, out, status) => {
      const { regs, buffer } = encode(d, args);
      compiled.before(regs, env);
      compiled.answer(out, status, regs, buffer);
      const got = compiled.results(regs, buffer);
      expect(got).toEqual({ ...out, ...(compiled.hasStatus ? { status } : {}) });
    }),
    { numRuns: 20 },
  );
});

/** Breaks one rule on the wire; may break later rules of the table with it, never an earlier one. Undefined: cannot be broken. */
type Breaker = (regs: DataView, buffer: DataView) => void;
function breakers(d: Hypercall): ReadonlyMap<string, Breaker> {
  const out = new Map<string, Breaker>();
  const slots = slotsOf(d).filter((s) => s.field.dir !== "out" && s.field.dir !== "status");
  const or = (s: Slot | undefined, at: number, bits: number): Breaker | undefined =>
    s === undefined ? undefined : (regs, buffer) => {
      const view = s.inRegs ? regs : buffer;
      view.setUint8(s.at + at, view.getUint8(s.at + at) | bits);
    };
  const put = (s: Slot | undefined, value: number): Breaker | undefined =>
    s === undefined ? undefined : (regs, buffer) => {
      const view = s.inRegs ? regs : buffer;
      if (sizeOf(s.field) === 2) view.setUint16(s.at, value, true);
      else view.setUint32(s.at, value, true);
    };
  const find = (...kinds: string[]): Slot | undefined => slots.find((s) => kinds.includes(s.field.kind));
  const extent = find("extent");
  const p2m = slots.find((s) => s.field.kind === "ipa" && s.field.class === "p2m");
  const address = find("ipa");
  const zeros = slots.filter((s) => s.field.kind === "zero");
  const put13: Breaker | undefined = extent && ((_regs, buffer) => buffer.setUint8(extent.at, (buffer.getUint8(extent.at) & 0xc0) | 13));
  const set = (rule: string, b: Breaker | undefined): void => void (b && out.set(rule, b));
  set("count-one", put(find("one"), 2));
  set("vcpu", put(find("vcpu"), env.vcpus));
  set("domain", put(find("domid"), UNKNOWN));
  set("permission", put(find("domid"), DENIED));
  set("reserved", zeros.length > 0 ? or(zeros.at(-1), 1, 0x80) : extent !== undefined ? or(extent, 0, 0x40) : or(p2m, 0, 1));
  // extent: bit 12 of the address is below its size; address: below its natural alignment; a p2m address has its size instead
  set("alignment", extent !== undefined ? or(extent, 1, 0x10) : p2m !== undefined ? or(find("size", "offset"), 0, 8) : or(address, 0, 8));
  set("range", or(extent ?? address, 5, 0x80));
  set("granule", extent !== undefined ? put13 : or(p2m, 1, 0x10));
  return out;
}

test.each(calls)("%s: of several broken rules the first in the table answers, with its code and a message", (name, d) => {
  const compiled = compile(d);
  const rows = d.errors.filter((e) => e.by === "derived" && e.rule !== "buffer" && e.rule !== "list-limit");
  const known = breakers(d);
  expect(rows.map((e) => e.rule).filter((r) => !known.has(r)), name).toEqual([]);
  const hasOneDomain = slotsOf(d).filter((s) => s.field.kind === "domid").length === 1;
  fc.assert(
    fc.property(inputs(d), fc.subarray(rows.map((e) => e.rule)), fc.boolean(), (args, picked, tooLong) => {
      // one domid is unknown or denied, never both
      const broken = picked.filter((r) => !(hasOneDomain && r === "permission" && picked.includes("domain")));
      const { regs, buffer } = encode(d, args);
      for (const r of [...broken].reverse()) known.get(r)?.(regs, buffer);
      const list = d.buffer?.list;
      const isTooLong = tooLong && d.abi === 2 && list !== undefined;
      if (list !== undefined) regs.setBigUint64(8 * list.count, BigInt(isTooLong ? list.limit + 1 : 1), true);
      const answer = compiled.before(regs, env) ?? compiled.decode(regs, buffer, env);
      const expected = isTooLong ? d.errors.find((e) => e.rule === "list-limit") : rows.find((e) => broken.includes(e.rule));
      if (expected === undefined) expect(answer).toMatchObject({ ok: true });
      else {
        expect(answer).toMatchObject({ ok: false, code: expected.code, rule: expected.rule });
        if (!answer.ok) expect(answer.why).toMatch(new RegExp(`^${expected.rule}: ${d.name}\\.\\w+ .*\\d`));
      }
    }),
    { numRuns: 60 },
  );
});

const SIZED = hypercall({
  abi: 2, nr: 99, op: 0, name: "sized", source: "test", doc: "", buffer: { x: 1, size: 24 },
  fields: { area: field.ipa("in", { at: 0 }, "bytes", { extentOf: "size", class: "access", align: 64 }), size: field.size("in", { at: 8 }, "bytes", { class: "access", align: 8 }), pad: zero(16, 8) },
  errors: [derived("EFAULT", "buffer", ""), derived("EINVAL", "reserved", ""), derived("EDOM", "alignment", ""), derived("ERANGE", "range", "")],
});
test("the checks of an address agree with BigInt over the whole 64-bit space", () => {
  const compiled = compile(SIZED);
  const u64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 41n), fc.bigInt(0n, 2n ** 34n).map((n) => n * 64n));
  fc.assert(
    fc.property(u64, u64, fc.oneof(fc.constant(0n), u64), (area, size, pad) => {
      const { regs, buffer } = wire(SIZED);
      [area, size, pad].forEach((v, i) => buffer.setBigUint64(8 * i, v, true));
      const expected = pad !== 0n ? "EINVAL" : area % 64n !== 0n || size % 8n !== 0n || size === 0n ? "EDOM" : area + size > BigInt(IPA_LIMIT) ? "ERANGE" : undefined;
      const r = compiled.decode(regs, buffer, env);
      expect(r.ok ? undefined : r.code).toBe(expected);
      if (r.ok) expect([BigInt(toNumber(r.value.area)), BigInt(r.value.size)]).toEqual([area, size]);
    }),
    { numRuns: 500 },
  );
});

test("DOMID_SELF is resolved in v2 and left alone in v1", () => {
  const v2 = encode(V2.event_alloc_unbound, { remote: DOMID_SELF });
  const r2 = compile(V2.event_alloc_unbound).decode(v2.regs, v2.buffer, env);
  expect(r2.ok && r2.value.remote).toBe(env.self);
  const v1 = encode(V1.event_reset, { dom: DOMID_SELF });
  const r1 = compile(V1.event_reset).decode(v1.regs, v1.buffer, env);
  expect(r1.ok && r1.value.dom).toBe(DOMID_SELF);
});
test("registers are truncated to the field's width", () => {
  const c = compile(V1.console_write);
  const { regs, buffer } = wire(V1.console_write);
  regs.setBigUint64(8, 0xdead_beef_0000_0009n, true);
  const r = c.decode(regs, buffer, env);
  expect(r.ok && r.value.count).toBe(9);
});
test("a list's answers in registers are sums that start at 0", () => {
  const c = compile(V2.accumulate);
  const { regs, buffer } = wire(V2.accumulate);
  regs.setBigUint64(24, 0xffff_ffffn, true);
  regs.setBigUint64(16, 2n, true);
  expect(c.before(regs, env)).toBeUndefined();
  c.answer({ freed: 0 }, 0, regs, buffer);
  c.answer({ freed: G }, 0, regs, buffer);
  c.answer({ freed: 2 * G }, 0, regs, buffer);
  expect(c.results(regs, buffer)["freed"]).toBe(3 * G);
});
test("a guest is told at once that a value does not fit its field", () => {
  const c = compile(V1.grant_copy);
  const { regs, buffer } = wire(V1.grant_copy);
  expect(c.encode({ len: 65536 }, regs, buffer)).toMatchObject({ ok: false, code: "EINVAL", why: "GNTTABOP_copy.len: 65536 does not fit 16 bits" });
  expect(compile(V2.release).encode({ extent: 12 as unknown }, regs, buffer).ok).toBe(true);
  expect(compile(V2.release).encode({ extent: "12" }, regs, buffer)).toMatchObject({ ok: false, why: "release.extent: no value for a field of kind extent" });
});
test("a table that contradicts itself does not compile", () => {
  const base: Hypercall = { abi: 2, nr: 99, op: 0, name: "bad", source: "test", doc: "", fields: {}, errors: [] };
  expect(() => compile({ ...base, buffer: { x: 1, size: 8 } })).toThrow("go together");
  expect(() => compile({ ...base, errors: [derived("EFAULT", "buffer", "")] })).toThrow("go together");
  expect(() => compile({ ...base, fields: { a: zero(0, 8) } })).toThrow("outside the structure");
  expect(() => compile({ ...base, errors: [derived("EINVAL", "reserved", "")] })).toThrow('rule "reserved" has no field to check');
  expect(() => compile({ ...base, errors: [{ code: "EINVAL", rule: "moon", by: "derived", when: "" }] })).toThrow('rule "moon"');
  expect(() => compile({ ...base, errors: [derived("E2BIG", "list-limit", "")] })).toThrow("without a list");
  expect(() => compile({ ...base, fields: { a: field.ipa("in", { x: 1 }, "bytes") } })).toThrow('without the rule "range"');
});
test("x0 is 0 or the negative number of the code", () => {
  expect([x0Of(undefined), x0Of({ code: "EXDEV" }), x0Of({ code: "GNTST_eagain" })]).toEqual([0, -18, -12]);
});
