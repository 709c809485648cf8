/**
 * A descriptor compiled into steps: what to check before the buffer is read, how to decode one element, what to check
 * after, how to write the answer back; and the same the other way round for a guest. Pure: state in, values out.
 */
import { decodeExtent, DONE, encodeExtent, fail, ipa, ModelBug, type Result } from "@granule/units";
import { DOMID_SELF } from "./constants.ts";
import type { Hypercall, In, Out } from "./descriptor.ts";
import { type Code, codeNumber, type RuleFailure } from "./errors.ts";
import { type Check, type CheckEnv, checkOf, COUNT, extentProblem, isRange, type Values } from "./rules.ts";
import { fits, isAccessor, sizeOf, type Slot, slotsOf } from "./wire.ts";

/** x0..x30 as little-endian u64: x_n at byte 8 n. */
export type RegsView = DataView;
interface Step {
  readonly code: Code;
  readonly rule: string;
  readonly check: Check;
}

export interface Compiled<D extends Hypercall = Hypercall> {
  readonly descriptor: D;
  /** Rules that come before the buffer is read; registers only. Clears the sums that a list answers in registers. */
  before(regs: RegsView, env: CheckEnv): RuleFailure | undefined;
  /** Decodes registers and one element (a copy in `buffer`), then checks the remaining derived rules in order. */
  decode(regs: RegsView, buffer: DataView, env: CheckEnv): { readonly ok: true; readonly value: In<D> } | RuleFailure;
  /** Writes out fields (and the status, when the structure has one) into registers and the element. */
  answer(out: Out<D> | Partial<Out<D>> | undefined, status: number, regs: RegsView, buffer: DataView): void;
  /** True when failures go into a status field and x0 is 0. */
  readonly hasStatus: boolean;
  /** True when the element must be copied back to the guest. */
  readonly writesBuffer: boolean;
  /** Guest side: writes arguments into registers and one zeroed element. Arrays and bytes are given as addresses. EINVAL: a value that its field cannot hold. */
  encode(args: Readonly<Record<string, unknown>>, regs: RegsView, buffer: DataView): Result<undefined, "EINVAL">;
  /** Guest side: out fields, the status included, as numbers and bigints. */
  results(regs: RegsView, buffer: DataView): Readonly<Record<string, number | bigint>>;
}

/** Puts one decoded value under its name; ipa, size and offset stay raw until the checks are through. */
type Load = (values: Values, regs: DataView, element: DataView, env: CheckEnv) => void;
function loadOf(s: Slot, abi: 1 | 2): Load {
  const { name, at, read } = s;
  switch (s.field.kind) {
    case "extent":
      return (values, regs, element, env) => {
        const view = s.inRegs ? regs : element;
        const r = decodeExtent(view.getUint32(at + 4, true), view.getUint32(at, true), env.ipaLimit);
        values[name] = r.ok ? r.value : extentProblem(r.code, r.why);
      };
    case "array": {
      const size = s.field.element ?? 8;
      return (values, regs, element, env) => void (values[name] = env.array(BigInt(read(regs, element)), size));
    }
    case "bytes": return (values, regs, element, env) => void (values[name] = env.bytes(BigInt(read(regs, element))));
    case "u53": return (values, regs, element) => void (values[name] = Number(read(regs, element)));
    case "domid":
      if (abi === 1) break;
      return (values, regs, element, env) => {
        const v = read(regs, element);
        values[name] = v === DOMID_SELF ? env.self : v;
      };
    default:
  }
  return (values, regs, element) => void (values[name] = read(regs, element));
}

const isIn = <D extends Hypercall>(_d: D, _values: Values): _values is Values & In<D> => true;
const isValue = (v: unknown): v is number | bigint => typeof v === "number" || typeof v === "bigint";
const EMPTY = /* @__PURE__ */ new DataView(new ArrayBuffer(0));

/** Rows of derived errors as steps before and after the buffer is read. */
function stepsOf(d: Hypercall, slots: readonly Slot[]): { readonly before: readonly Step[]; readonly after: readonly Step[] } {
  const rows = d.errors.filter((e) => e.by === "derived");
  const at = rows.findIndex((e) => e.rule === "buffer");
  if ((d.buffer !== undefined) !== at >= 0) throw new ModelBug(`${d.name}: a buffer and the rule "buffer" go together`);
  const regSlots = slots.filter((s) => s.inRegs);
  const step = (list: readonly Slot[]) => (e: (typeof rows)[number]): Step => ({ code: e.code, rule: e.rule, check: checkOf(e.rule, list, d) });
  return { before: (at < 0 ? rows : rows.slice(0, at)).map(step(regSlots)), after: at < 0 ? [] : rows.slice(at + 1).map(step(slots)) };
}

function run(steps: readonly Step[], values: Values, env: CheckEnv): RuleFailure | undefined {
  for (const s of steps) {
    const why = s.check(values, env);
    if (why !== undefined) return { ...fail(s.code, `${s.rule}: ${why}`), rule: s.rule };
  }
  return undefined;
}

/** Compiles a descriptor. @throws ModelBug when the table contradicts itself: a rule that cannot be derived, a field outside the structure. */
export function compile<const D extends Hypercall>(d: D): Compiled<D> {
  const slots = slotsOf(d);
  for (const s of slots)
    if (!s.inRegs && (d.buffer === undefined || s.at + sizeOf(s.field) > d.buffer.size)) throw new ModelBug(`${d.name}.${s.name}: outside the structure`);
  const steps = stepsOf(d, slots);
  const inSlots = slots.filter((s) => isAccessor(s) || (s.field.dir !== "out" && s.field.dir !== "status"));
  const regInSlots = inSlots.filter((s) => s.inRegs && !isAccessor(s));
  const loads = inSlots.map((s) => loadOf(s, d.abi));
  // a copy of it has every name already: stores into it are several times faster than into {}
  const shape: Values = Object.fromEntries(inSlots.map((s) => [s.name, undefined]));
  const regLoads = regInSlots.map((s) => loadOf(s, d.abi));
  const addressSlots = inSlots.filter((s) => s.field.kind === "ipa");
  const sizeSlots = inSlots.filter((s) => s.field.kind === "size" || s.field.kind === "offset");
  const outSlots = slots.filter((s) => (s.field.dir === "out" || s.field.dir === "inout") && !isAccessor(s));
  const statusSlot = slots.find((s) => s.field.dir === "status");
  const list = d.buffer?.list;
  if (addressSlots.length > 0 && !d.errors.some((e) => e.rule === "range")) throw new ModelBug(`${d.name}: an address without the rule "range"`);
  const sums = list === undefined ? [] : outSlots.filter((s) => s.inRegs);
  return {
    descriptor: d,
    hasStatus: statusSlot !== undefined,
    writesBuffer: statusSlot !== undefined || outSlots.some((s) => !s.inRegs),
    before(regs, env) {
      for (const s of sums) s.write(regs, EMPTY, 0);
      if (steps.before.length === 0) return undefined;
      const values: Values = {};
      for (const load of regLoads) load(values, regs, EMPTY, env);
      if (list !== undefined) values[COUNT] = d.abi === 1 ? regs.getUint32(8 * list.count, true) : regs.getBigUint64(8 * list.count, true);
      return run(steps.before, values, env);
    },
    decode(regs, buffer, env) {
      const values: Values = { ...shape };
      for (const load of loads) load(values, regs, buffer, env);
      const failure = run(steps.after, values, env);
      if (failure !== undefined) return failure;
      for (const s of addressSlots) values[s.name] = ipa(Number(values[s.name]));
      for (const s of sizeSlots) values[s.name] = Number(values[s.name]);
      if (!isIn(d, values)) throw new ModelBug(`${d.name}: not decoded`);
      return { ok: true, value: values };
    },
    answer(out, status, regs, buffer) {
      if (statusSlot !== undefined) statusSlot.write(regs, buffer, status);
      if (out === undefined) return;
      const given: Readonly<Record<string, unknown>> = out;
      for (const s of outSlots) {
        const v = given[s.name];
        if (isValue(v)) s.write(regs, buffer, s.inRegs && list !== undefined ? Number(s.read(regs, buffer)) + Number(v) : v);
      }
    },
    encode(args, regs, buffer) {
      for (const s of inSlots) {
        let v = s.field.kind === "one" ? 1 : args[s.name];
        if (v === undefined) continue;
        if (s.field.kind === "extent" && isRange(v)) {
          const word = encodeExtent(v);
          if (!word.ok) return word;
          v = word.value;
        }
        if (!isValue(v)) return fail("EINVAL", `${d.name}.${s.name}: no value for a field of kind ${s.field.kind}`);
        if (!fits(s, v)) return fail("EINVAL", `${d.name}.${s.name}: ${v} does not fit ${8 * sizeOf(s.field)} bits`);
        s.write(regs, buffer, v);
      }
      return DONE;
    },
    results(regs, buffer) {
      const out: Record<string, number | bigint> = {};
      for (const s of outSlots) out[s.name] = s.field.kind === "u53" ? Number(s.read(regs, buffer)) : s.read(regs, buffer);
      if (statusSlot !== undefined) out[statusSlot.name] = statusSlot.read(regs, buffer);
      return out;
    },
  };
}

/** x0 of an answer: `ret` when the call has it, 0 on success, else the negative number of the code. */
export const x0Of = (failure: { readonly code: Code } | undefined): number => (failure === undefined ? 0 : codeNumber(failure.code));
