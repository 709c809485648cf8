/**
 * A descriptor compiled into steps: what to check before the buffer is read, how to decode one element, what to check
 * after, how to write the answer back; and the same the other way round for a guest. Pure: state in, values out.
 */
import { getU53, setU53 } from "@granule/codec";
import { decodeExtent, encodeExtent, fail, isAligned, type Bytes, type ExtentFault, type Range, type Result, ipa, ModelBug, XEN_PAGE } from "@granule/units";
import { DOMID_SELF } from "./constants.ts";
import type { Field, GuestArray, GuestBytes, Hypercall, In, Out, Rule } from "./descriptor.ts";
import { type Code, codeNumber, type RuleFailure } from "./errors.ts";

/** What derived checks need to know of the caller; all of it belongs to the caller's domain. */
export interface CheckEnv {
  readonly self: number;
  readonly vcpus: number;
  /** G in bytes. */
  readonly granule: Bytes;
  /** First byte above the IPA space. */
  readonly ipaLimit: Bytes;
  /** May the caller name this domain in this call? */
  domain(domid: number, call: Hypercall): "ok" | "unknown" | "denied";
  /** Accessors over guest memory: guest VA in v1, IPA of own RAM in v2. `address` is the u64 that the guest gave. */
  array(address: bigint, element: 4 | 8): GuestArray;
  bytes(address: bigint): GuestBytes;
}

/** x0..x30 as little-endian u64: x_n at byte 8 n. */
export type RegsView = DataView;
type Values = Record<string, unknown>;
type Check = (values: Values, env: CheckEnv) => string | undefined;
interface Step {
  readonly code: Code;
  readonly rule: string;
  readonly check: Check;
}
interface Slot {
  readonly name: string;
  readonly field: Field<unknown, "in" | "out" | "inout" | "none">;
  readonly inRegs: boolean;
  readonly at: number;
}

export interface Compiled<D extends Hypercall = Hypercall> {
  readonly descriptor: D;
  /** Rules that come before the buffer is read; registers only. */
  before(regs: RegsView, env: CheckEnv): RuleFailure | undefined;
  /** Decodes registers and one element (a copy in `buffer`), then checks the remaining derived rules in order. */
  decode(regs: RegsView, buffer: DataView, env: CheckEnv): { readonly ok: true; readonly value: In<D> } | RuleFailure;
  /** Writes out fields (and `status`, when the structure has one) into registers and the element. */
  answer(out: Partial<Out<D>> | undefined, status: number, regs: RegsView, buffer: DataView): void;
  /** True when failures go into field `status` and x0 is 0. */
  readonly hasStatus: boolean;
  /** True when the element must be copied back to the guest. */
  readonly writesBuffer: boolean;
  /** Guest side: writes arguments into registers and one zeroed element. Arrays and bytes are given as addresses. */
  encode(args: Readonly<Record<string, unknown>>, regs: RegsView, buffer: DataView): Result<undefined, "EINVAL">;
  /** Guest side: out fields, `status` included, as numbers, bigints and bytes. */
  results(regs: RegsView, buffer: DataView): Readonly<Record<string, number | bigint>>;
}

const SIZE: Readonly<Record<string, number>> = { u8: 1, u16: 2, i16: 2, domid: 2, u32: 4, i32: 4, vcpu: 4, one: 4 };
const sizeOf = (f: Slot["field"]): number => (f.kind === "zero" && typeof f.align === "number" ? f.align : (SIZE[f.kind] ?? 8));
const hexOf = (v: number): string => `0x${v.toString(16)}`;

/** The raw value: number, or bigint for u64 and guest addresses (a kernel's VA is in the upper half). Registers are truncated to the field's width, as Xen does. */
function raw(slot: Slot, regs: DataView, buffer: DataView): number | bigint {
  const view = slot.inRegs ? regs : buffer;
  const { kind } = slot.field;
  if (kind === "u64" || kind === "array" || kind === "bytes") return view.getBigUint64(slot.at, true);
  if (kind === "i16") return view.getInt16(slot.at, true);
  if (kind === "i32") return view.getInt32(slot.at, true);
  switch (sizeOf(slot.field)) {
    case 1: return view.getUint8(slot.at);
    case 2: return view.getUint16(slot.at, true);
    case 4: return view.getUint32(slot.at, true);
    default: return getU53(view, slot.at);
  }
}

function store(slot: Slot, regs: DataView, buffer: DataView, value: number | bigint): void {
  const view = slot.inRegs ? regs : buffer;
  if (slot.inRegs || sizeOf(slot.field) === 8) {
    if (typeof value === "bigint") view.setBigUint64(slot.at, BigInt.asUintN(64, value), true);
    else if (value < 0) view.setBigInt64(slot.at, BigInt(value), true);
    else setU53(view, slot.at, value);
    return;
  }
  const v = Number(value);
  if (sizeOf(slot.field) === 4) view.setUint32(slot.at, v, true);
  else if (sizeOf(slot.field) === 2) view.setUint16(slot.at, v, true);
  else view.setUint8(slot.at, v);
}

const isRange = (v: unknown): v is Range<"ipa"> => typeof v === "object" && v !== null && "start" in v && "size" in v;
/** Fault of an extent, kept in the values under this key until its rule's turn. */
const faultKey = (name: string): string => `${name}?`;
const FAULT_RULE: Readonly<Record<ExtentFault, Rule>> = { reserved: "reserved", "below-A": "alignment", alignment: "alignment", range: "range" };
interface ExtentProblem { readonly rule: Rule; readonly why: string }
const isProblem = (v: unknown): v is ExtentProblem => typeof v === "object" && v !== null && "rule" in v;
const asNumber = (v: unknown): number => (typeof v === "number" ? v : Number.NaN);

const alignOf = (f: Slot["field"], env: CheckEnv): number => (f.align === "A" ? XEN_PAGE.size : f.align === "G" ? env.granule : f.align);

/** Checks of one rule over the fields that it applies to. */
function checksOf(rule: string, slots: readonly Slot[], d: Hypercall): Check {
  const of = (...kinds: string[]): readonly Slot[] => slots.filter((s) => kinds.includes(s.field.kind));
  const say = (s: Slot, text: string): string => `${d.name}.${s.name} ${text}`;
  const first = (list: readonly Slot[], check: (s: Slot, v: unknown, values: Values, env: CheckEnv) => string | undefined): Check =>
    (values, env) => {
      for (const s of list) {
        const problem = values[faultKey(s.name)];
        const text = s.field.kind === "extent" && isProblem(problem) ? (problem.rule === rule ? problem.why : undefined) : check(s, values[s.name], values, env);
        if (text !== undefined) return say(s, text);
      }
      return undefined;
    };
  switch (rule) {
    case "count-one":
      return first(of("one"), (_s, v) => (v === 1 ? undefined : `is ${String(v)} entries, must be 1`));
    case "vcpu":
      return first(of("vcpu"), (_s, v, _vs, env) => (asNumber(v) < env.vcpus ? undefined : `${String(v)}: the domain has ${env.vcpus} vcpus`));
    case "domain":
      return first(of("domid"), (_s, v, _vs, env) => (env.domain(asNumber(v), d) === "unknown" ? `${String(v)}: no such domain` : undefined));
    case "permission":
      return first(of("domid"), (_s, v, _vs, env) => (env.domain(asNumber(v), d) === "denied" ? `${String(v)}: the policy denies it to domain ${env.self}` : undefined));
    case "reserved":
      return first(of("zero", "extent", "ipa", "size"), (s, v, _vs, env) => {
        if (s.field.kind === "zero") return v === 0 ? undefined : `is ${hexOf(asNumber(v))}, must be 0`;
        const unit = alignOf(s.field, env);
        return s.field.kind === "ipa" && s.field.class === "p2m" && !isAligned(asNumber(v), unit) ? `${hexOf(asNumber(v))}: bits below ${unit} bytes must be 0` : undefined;
      });
    case "alignment":
      return first(of("extent", "ipa", "size"), (s, v, _vs, env) => {
        const unit = alignOf(s.field, env);
        if (s.field.kind === "size" && asNumber(v) === 0 && s.field.place && "at" in s.field.place && s.name === "size") return "is 0 bytes, must be a positive multiple of the unit";
        return isAligned(asNumber(v), unit) ? undefined : `${hexOf(asNumber(v))} is not a multiple of ${unit} bytes`;
      });
    case "range":
      return first(of("extent", "ipa"), (s, v, values, env) => {
        const size = typeof s.field.extentOf === "string" ? asNumber(values[s.field.extentOf]) : (s.field.extentOf ?? 1);
        return asNumber(v) + size <= env.ipaLimit ? undefined : `${hexOf(asNumber(v))} + ${hexOf(size)} bytes ends above the IPA limit ${hexOf(env.ipaLimit)}`;
      });
    case "granule":
      return first(of("extent", "ipa", "size").filter((s) => s.field.class === "p2m"), (_s, v, _vs, env) => {
        const start = isRange(v) ? v.start : undefined;
        const good = isRange(v) && start !== undefined ? isAligned(start, env.granule) && v.size % env.granule === 0 : isAligned(asNumber(v), env.granule);
        const text = isRange(v) ? `of ${hexOf(v.size)} bytes` : hexOf(asNumber(v));
        return good ? undefined : `${text}: not a multiple of the domain's stage 2 granule of ${env.granule} bytes`;
      });
    case "list-limit": {
      const list = d.buffer?.list;
      if (list === undefined) throw new ModelBug(`${d.name}: rule list-limit without a list`);
      return (values) => (asNumber(values["#count"]) <= list.limit ? undefined : `${d.name}: ${String(values["#count"])} entries, the limit is ${list.limit}`);
    }
    default:
      throw new ModelBug(`${d.name}: rule "${rule}" is not one that can be derived`);
  }
}

/** Fills `values` from raw fields; ipa, size and extent stay numbers until the checks are through. */
function load(slots: readonly Slot[], abi: 1 | 2, regs: DataView, buffer: DataView, env: CheckEnv, values: Values): void {
  for (const s of slots) {
    if (s.field.dir === "out" && s.field.kind !== "array" && s.field.kind !== "bytes") continue;
    const v = raw(s, regs, buffer);
    const { kind } = s.field;
    if (kind === "array") values[s.name] = env.array(BigInt(v), s.field.element ?? 8);
    else if (kind === "bytes") values[s.name] = env.bytes(BigInt(v));
    else if (kind === "domid") values[s.name] = abi === 2 && v === DOMID_SELF ? env.self : v;
    else if (kind === "extent") {
      const view = s.inRegs ? regs : buffer;
      const r = decodeExtent(view.getUint32(s.at + 4, true), view.getUint32(s.at, true), env.ipaLimit);
      if (r.ok) values[s.name] = r.value;
      else values[faultKey(s.name)] = { rule: FAULT_RULE[r.code], why: r.why };
    } else values[s.name] = v;
  }
}

const isIn = <D extends Hypercall>(_d: D, _values: Values): _values is Values & In<D> => true;

/** Compiles a descriptor. @throws ModelBug when the table contradicts itself: a rule that cannot be derived, a field outside the structure. */
export function compile<const D extends Hypercall>(d: D): Compiled<D> {
  const slots: Slot[] = Object.entries(d.fields).map(([name, f]) => ({ name, field: f, inRegs: "x" in f.place, at: "x" in f.place ? 8 * f.place.x : f.place.at }));
  for (const s of slots)
    if (!s.inRegs && (d.buffer === undefined || s.at + sizeOf(s.field) > d.buffer.size)) throw new ModelBug(`${d.name}.${s.name}: outside the structure`);
  const rows = d.errors.filter((e) => e.by === "derived");
  const bufferAt = rows.findIndex((e) => e.rule === "buffer");
  if ((d.buffer !== undefined) !== bufferAt >= 0) throw new ModelBug(`${d.name}: a buffer and the rule "buffer" go together`);
  const step = (list: readonly Slot[]) => (e: (typeof rows)[number]): Step => ({ code: e.code, rule: e.rule, check: checksOf(e.rule, list, d) });
  const regSlots = slots.filter((s) => s.inRegs);
  const beforeSteps = (bufferAt < 0 ? rows : rows.slice(0, bufferAt)).map(step(regSlots));
  const afterSteps = bufferAt < 0 ? [] : rows.slice(bufferAt + 1).map(step(slots));
  const ipaSlots = slots.filter((s) => s.field.kind === "ipa" && s.field.dir !== "out");
  const outSlots = slots.filter((s) => (s.field.dir === "out" || s.field.dir === "inout") && s.field.kind !== "array" && s.field.kind !== "bytes" && s.name !== "status");
  const inSlots = slots.filter((s) => s.field.dir !== "out" || s.field.kind === "array" || s.field.kind === "bytes");
  const statusSlot = slots.find((s) => s.name === "status" && s.field.dir === "out" && (s.field.kind === "i16" || s.field.kind === "i32"));
  const empty = new DataView(new ArrayBuffer(0));
  const run = (steps: readonly Step[], values: Values, env: CheckEnv): RuleFailure | undefined => {
    for (const s of steps) {
      const why = s.check(values, env);
      if (why !== undefined) return { ...fail(s.code, `${s.rule}: ${why}`), rule: s.rule };
    }
    return undefined;
  };
  const countX = d.buffer?.list?.count;
  return {
    descriptor: d,
    hasStatus: statusSlot !== undefined,
    writesBuffer: statusSlot !== undefined || outSlots.some((s) => !s.inRegs),
    before(regs, env) {
      if (beforeSteps.length === 0) return undefined;
      const values: Values = {};
      load(regSlots.filter((s) => s.field.kind !== "array" && s.field.kind !== "bytes"), d.abi, regs, empty, env, values);
      if (countX !== undefined) values["#count"] = d.abi === 1 ? regs.getUint32(8 * countX, true) : getU53(regs, 8 * countX);
      return run(beforeSteps, values, env);
    },
    decode(regs, buffer, env) {
      const values: Values = {};
      load(slots, d.abi, regs, buffer, env, values);
      const failure = run(afterSteps, values, env);
      if (failure !== undefined) return failure;
      for (const s of ipaSlots) values[s.name] = ipa(asNumber(values[s.name]));
      if (!isIn(d, values)) throw new ModelBug(`${d.name}: not decoded`);
      return { ok: true, value: values };
    },
    answer(out, status, regs, buffer) {
      if (statusSlot !== undefined) store(statusSlot, regs, buffer, status);
      if (out === undefined) return;
      const given: Readonly<Record<string, unknown>> = { ...out };
      for (const s of outSlots) {
        const v = given[s.name];
        if (typeof v === "number" || typeof v === "bigint") store(s, regs, buffer, v);
      }
    },
    encode(args, regs, buffer) {
      for (const s of inSlots) {
        const v = args[s.name];
        if (s.field.kind === "one") store(s, regs, buffer, 1);
        else if (s.field.kind === "extent") {
          if (!isRange(v)) return fail("EINVAL", `${d.name}.${s.name}: not a range`);
          const e = encodeExtent(v);
          if (!e.ok) return e;
          store(s, regs, buffer, e.value);
        } else if (typeof v === "number" || typeof v === "bigint") store(s, regs, buffer, v);
      }
      return { ok: true, value: undefined };
    },
    results(regs, buffer) {
      const out: Record<string, number | bigint> = {};
      for (const s of outSlots) out[s.name] = raw(s, regs, buffer);
      if (statusSlot !== undefined) out["status"] = raw(statusSlot, regs, buffer);
      return out;
    },
  };
}

/** x0 of an answer: `ret` when the call has it, 0 on success, else the negative number of the code. */
export const x0Of = (failure: { readonly code: Code } | undefined): number => (failure === undefined ? 0 : codeNumber(failure.code));
