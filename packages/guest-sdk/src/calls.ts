/**
 * Hypercalls as a guest makes them: arguments encoded from the descriptor into registers and the kernel's own buffer,
 * `hvc #0xea1`, answers decoded. Source: xen/include/public/arch-arm.h, "Hypercall calling convention".
 * A buffer is named by its VA in ABI v1 and by its IPA in v2; stage 1 is flat, so both are the same number.
 */
import { setU53 } from "@granule/codec";
import type { Guest, Trap } from "@granule/machine";
import { type Bytes, fail, type Failure, type Range, type Result, toNumber, vaFromIpa } from "@granule/units";
import { C, type Code, compile, type Compiled, EXPLAIN, type Hypercall } from "@granule/xen-abi";
import type { CallArgs, CallCode, CallResult, Calls, StatusList, StopList, StopResult } from "./callTypes.ts";
import { answerCodes } from "./codes.ts";

/** Byte offset of register x_n in the register view. */
const x = (n: number): number => 8 * n;
const NR_X = 16;

type Answer<D extends Hypercall> = Result<CallResult<D>, CallCode<D>>;
type Numbers = Readonly<Record<string, number | bigint>>;
const isResult = <D extends Hypercall>(_d: D, _values: Numbers): _values is Numbers & CallResult<D> => true;

/** A descriptor made ready for one kernel. */
interface Prepared<D extends Hypercall> {
  readonly d: D;
  readonly compiled: Compiled<D>;
  readonly size: Bytes;
  /** Byte offsets of the registers that carry fields: a null pointer must be a zero there. */
  readonly registers: readonly number[];
  /** x0 also carries a field (v1 memory_op: the extent to start at, above the operation). */
  readonly fieldInX0: boolean;
  /** False when there is nothing to encode: no call of that kind touches a buffer either. */
  readonly hasArguments: boolean;
  /** True when there is more to answer than success. */
  readonly hasResults: boolean;
  result(view: DataView): CallResult<D>;
  /** The answer that is no more than success. */
  readonly success: Answer<D>;
  failure(number: number, where: "x0" | "status"): Failure<CallCode<D>>;
  /** Signed status of an element; 0 when it has none. */
  status(view: DataView): number;
}

/** `buffer`: RAM for argument structures, 8-aligned; a list call takes as many elements at once as fit. */
export function createCalls(g: Guest, buffer: Range<"ipa">): Calls {
  const { regs } = g;
  const bufferVa = vaFromIpa(buffer.start);
  const staging = new Uint8Array(buffer.size);
  const stagingView = new DataView(staging.buffer);
  const prepared = new Map<Hypercall, unknown>();

  const prepare = <const D extends Hypercall>(d: D): Prepared<D> => {
    const compiled = compile(d);
    const codes = answerCodes(d);
    const members = new Set<Code>([...codes.x0.values(), ...codes.status.values()]);
    const isDeclared = (code: Code | undefined): code is CallCode<D> => code !== undefined && members.has(code);
    const fields = Object.entries(d.fields);
    const answers = fields.filter(([, f]) => (f.dir === "out" || f.dir === "inout") && f.kind !== "array" && f.kind !== "bytes");
    const registers = fields.flatMap(([, f]) => ("x" in f.place ? [x(f.place.x)] : []));
    const status = fields.find(([, f]) => f.dir === "status")?.[1];
    const statusAt = status !== undefined && "at" in status.place ? status.place.at : -1;
    const wide = status?.kind === "i32";
    const result = (view: DataView): CallResult<D> => {
      const values = compiled.results(regs, view);
      if (!isResult(d, values)) throw new Error(`${d.name}: no results`);
      return values;
    };
    const none: Numbers = Object.freeze({});
    if (!isResult(d, none)) throw new Error(`${d.name}: no results`);
    return {
      d, compiled, size: d.buffer?.size ?? 0, registers, fieldInX0: d.op !== null && registers.includes(0) && fields.some(([, f]) => "x" in f.place && f.place.x === 0 && f.dir !== "out"),
      hasArguments: d.buffer !== undefined || fields.some(([, f]) => f.dir !== "out" || f.kind === "bytes" || f.kind === "array"),
      hasResults: answers.length > 0, result, success: { ok: true, value: none },
      status: (view) => (statusAt < 0 ? 0 : wide ? view.getInt32(statusAt, true) : view.getInt16(statusAt, true)),
      failure(number, where) {
        const code = codes[where].get(number);
        if (!isDeclared(code)) throw new Error(`${d.name} answered ${number} in ${where}, which its descriptor does not declare`);
        return fail(code, `${d.name}: ${EXPLAIN[code]}`);
      },
    };
  };
  const isPrepared = <D extends Hypercall>(_d: D, p: unknown): p is Prepared<D> => p !== undefined;
  const ready = <const D extends Hypercall>(d: D): Prepared<D> => {
    const old = prepared.get(d);
    if (isPrepared(d, old)) return old;
    const p = prepare(d);
    prepared.set(d, p);
    return p;
  };

  const encode = <D extends Hypercall>(p: Prepared<D>, args: CallArgs<D>, view: DataView): void => {
    for (const at of p.registers) setU53(regs, at, 0);
    const r = p.compiled.encode(args, regs, view);
    if (!r.ok) throw new Error(`${p.d.name}: ${r.why}`);
  };
  /** Number and operation; after `encode`, because a field may share x0 with the operation. */
  const select = <D extends Hypercall>(p: Prepared<D>): void => {
    const { nr, op, buffer: argument } = p.d;
    setU53(regs, x(NR_X), nr);
    if (op !== null) setU53(regs, x(0), p.fieldInX0 ? regs.getUint32(x(0), true) * 2 ** C.MEMOP_EXTENT_SHIFT + op : op);
    if (argument !== undefined) setU53(regs, x(argument.x), toNumber(buffer.start));
  };
  /** -errno of x0, or 0. */
  const errorInX0 = (): number => (regs.getInt32(x(0) + 4, true) < 0 ? regs.getInt32(x(0), true) : 0);

  const caller = <const D extends Hypercall>(d: D): ((args: CallArgs<D>) => Trap<Answer<D>>) => {
    const p = ready(d);
    const element = staging.subarray(0, p.size);
    const view = new DataView(staging.buffer, 0, p.size);
    const { hasStatus, writesBuffer } = p.compiled;
    const count = d.buffer?.list?.count;
    return function* (args) {
      if (p.hasArguments) {
        element.fill(0);
        encode(p, args, view);
      }
      select(p);
      if (count !== undefined) setU53(regs, x(count), 1);
      if (p.size > 0) g.write(bufferVa, element);
      yield* g.hvc(C.XEN_HYPERCALL_TAG);
      const error = errorInX0();
      if (error !== 0) return p.failure(error, "x0");
      if (writesBuffer) g.read(bufferVa, element);
      const status = hasStatus ? p.status(view) : 0;
      if (status !== 0) return p.failure(status, "status");
      return p.hasResults ? { ok: true, value: p.result(view) } : p.success;
    };
  };
  const callers = new Map<Hypercall, unknown>();
  const isCaller = <D extends Hypercall>(_d: D, f: unknown): f is (args: CallArgs<D>) => Trap<Answer<D>> => f !== undefined;
  const cachedCaller = <const D extends Hypercall>(d: D): ((args: CallArgs<D>) => Trap<Answer<D>>) => {
    const old = callers.get(d);
    if (isCaller(d, old)) return old;
    const f = caller(d);
    callers.set(d, f);
    return f;
  };

  /** Views of the elements of a list in the staging buffer, made once for each size. */
  const viewsBySize = new Map<Bytes, DataView[]>();
  const viewsOf = (size: Bytes, n: number): readonly DataView[] => {
    const views = viewsBySize.get(size) ?? [];
    viewsBySize.set(size, views);
    while (views.length < n) views.push(new DataView(stagingView.buffer, views.length * size, size));
    return views;
  };
  /** One hypercall with elements `first`.. of a list; answers how many went along. Errors are in x0, elements in `staging`. */
  function* callList<D extends Hypercall>(p: Prepared<D>, elements: readonly CallArgs<D>[], first: number): Trap<number> {
    const list = p.d.buffer?.list;
    if (list === undefined) throw new Error(`${p.d.name} takes no list`);
    const n = Math.min(elements.length - first, list.limit, Math.floor(buffer.size / p.size));
    const bytes = staging.subarray(0, n * p.size).fill(0);
    const views = viewsOf(p.size, n);
    for (let i = 0; i < n; i++) {
      const args = elements[first + i];
      const view = views[i];
      if (args !== undefined && view !== undefined) encode(p, args, view);
    }
    select(p);
    setU53(regs, x(list.count), n);
    g.write(bufferVa, bytes);
    yield* g.hvc(C.XEN_HYPERCALL_TAG);
    if (p.compiled.writesBuffer) g.read(bufferVa, bytes);
    return n;
  }
  function* callEach<const D extends StatusList>(d: D, elements: readonly CallArgs<D>[]): Trap<readonly Answer<D>[]> {
    const p = ready(d);
    const out: Answer<D>[] = [];
    while (out.length < elements.length) {
      const n = yield* callList(p, elements, out.length);
      const error = errorInX0();
      const views = viewsOf(p.size, n);
      for (const view of views.slice(0, n)) {
        const status = error === 0 ? p.status(view) : 0;
        if (error !== 0) out.push(p.failure(error, "x0"));
        else if (status !== 0) out.push(p.failure(status, "status"));
        else out.push(p.hasResults ? { ok: true, value: p.result(view) } : p.success);
      }
    }
    return out;
  }
  function* callUntilFailure<const D extends StopList>(d: D, elements: readonly CallArgs<D>[]): Trap<StopResult<D>> {
    const p = ready(d);
    const answers: CallResult<D>[] = [];
    let done = 0;
    while (done < elements.length) {
      const n = yield* callList(p, elements, done);
      const error = errorInX0();
      if (error === 0) {
        done += n;
        answers.push(p.result(stagingView));
        continue;
      }
      // x1 is the number of elements done; where nobody answers the call it is still the buffer's address
      const partial = regs.getUint32(x(1), true);
      if (partial < n) {
        done += partial;
        answers.push(p.result(stagingView));
      }
      return { done, failure: p.failure(error, "x0"), answers };
    }
    return { done, failure: undefined, answers };
  }
  return { caller: cachedCaller, call: (d, args) => cachedCaller(d)(args), callEach, callUntilFailure };
}
