/**
 * Hypercall entry: what happens at `hvc #0xea1`. Finds the descriptor by (abi, number, operation), copies the argument
 * structure in, lets the descriptor decode and check, runs the handler, copies back. Long lists are pre-empted: x1 and
 * x2 are advanced and the call is dispatched again at the vcpu's next turn.
 */
import type { BoundHypercall, Emit, Trace } from "@granule/kit";
import { getU53, setU53 } from "@granule/codec";
import { add, type Bytes, fail, type Result } from "@granule/units";
import { C, type Code, codeNumber, type Hypercall, LIST_LIMIT, V1 } from "@granule/xen-abi";
import { SMCCC } from "./contract.ts";
import type { OwnedVcpu } from "./domains.ts";
import { createMulticall } from "./multicall.ts";
import type { GuestBuffers, GuestPointer } from "./env.ts";

/** Elements of a list between two chances for others to run. */
const PREEMPT_AFTER = 256;
/** Bytes of the largest argument structure or element. */
const MAX_ELEMENT: Bytes = 128;
/** SMCCC's answer for an unknown function. */
const SMCCC_NOT_SUPPORTED = -1;

export interface EntryConfig {
  /** False: numbers from 64 up that are not other people's plugins answer ENOSYS. */
  readonly abi2: boolean;
}

export interface Entry {
  /** Handles an hvc exit, or goes on with a pre-empted call. Answers why the instruction is undefined, if it is. */
  dispatch(vcpu: OwnedVcpu, imm: number): string | undefined;
  /** Handles a firmware call. */
  firmware(vcpu: OwnedVcpu, conduit: "hvc" | "smc"): void;
}

interface ListShape {
  readonly x: number;
  readonly size: Bytes;
  readonly count: number;
}

const multicallDescriptor: Hypercall = V1.multicall;
const isV2Number = (nr: number): boolean => nr >= C.NR.query_v2 && nr < C.NR_FIRST_FREE;

/** Where element `i` of a list is. */
const elementAt = (start: GuestPointer | undefined, i: number, size: Bytes): GuestPointer | undefined => (start === undefined ? undefined : add(start, i * size));

/** A piece of the scratch buffer, for the descriptor and for copies. */
interface Slot {
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

/** What the entry knows of a call beyond its descriptor: computed once. */
interface Shape {
  readonly call: BoundHypercall;
  /** x0 is a value, not just 0. */
  readonly returns: boolean;
}

export function createEntry(emit: Emit, buffers: GuestBuffers, trace: Trace, config: EntryConfig): Entry {
  const lists = new ArrayBuffer(LIST_LIMIT * MAX_ELEMENT);
  const shapes = new Map<BoundHypercall, Shape>();
  const shapeOf = (call: BoundHypercall): Shape => {
    let shape = shapes.get(call);
    if (shape === undefined) {
      shape = { call, returns: Object.values(call.descriptor.fields).some((f) => f.dir === "out" && "x" in f.place && f.place.x === 0) };
      shapes.set(call, shape);
    }
    return shape;
  };
  const slots = new Map<number, Slot[]>();
  /** The `index`th piece of `size` bytes of the scratch buffer; made once. */
  const slot = (size: Bytes, index: number): Slot => {
    let pieces = slots.get(size);
    if (pieces === undefined) slots.set(size, (pieces = []));
    return (pieces[index] ??= { view: new DataView(lists, index * size, size), bytes: new Uint8Array(lists, index * size, size) });
  };
  const setX = (vcpu: OwnedVcpu, n: number, value: number): void => {
    if (value < 0) vcpu.regs.view.setBigInt64(8 * n, BigInt(value), true);
    else setU53(vcpu.regs.view, 8 * n, value);
  };
  const report = (vcpu: OwnedVcpu, name: string, why: string): void => {
    if (trace.on) trace.emit("refused", { domid: vcpu.domain.domid, vcpu: vcpu.index, name, why });
  };
  /** The buffer that register `x` points at; undefined: it can be none (v2: a multiple of 8 bytes). */
  const pointer = (vcpu: OwnedVcpu, abi: 1 | 2, x: number): GuestPointer | undefined => {
    const regs = vcpu.regs.view;
    const lo = regs.getUint32(8 * x, true);
    return abi === 2 && lo % 8 !== 0 ? undefined : buffers.pointer(vcpu, abi, regs.getUint32(8 * x + 4, true), lo);
  };
  const readBuffer = (vcpu: OwnedVcpu, abi: 1 | 2, at: GuestPointer | undefined, into: Uint8Array): Result<undefined, "EFAULT"> =>
    at === undefined ? fail("EFAULT", "the buffer's address is none, or (ABI v2) not a multiple of 8 bytes") : buffers.read(vcpu, abi, at, into);
  const writeBuffer = (vcpu: OwnedVcpu, abi: 1 | 2, at: GuestPointer | undefined, from: Uint8Array): Result<undefined, "EFAULT"> =>
    at === undefined ? fail("EFAULT", "the buffer's address is none") : buffers.write(vcpu, abi, at, from);

  const find = (regs: DataView): BoundHypercall | Code => {
    const nr = regs.getUint32(8 * 16, true);
    if (regs.getUint32(8 * 16 + 4, true) !== 0 || (isV2Number(nr) && !config.abi2)) return "ENOSYS";
    const abi = nr < C.NR.query_v2 ? 1 : 2;
    const word = regs.getUint32(0, true);
    const op = nr === C.NR.memory_op ? word % 2 ** C.MEMOP_EXTENT_SHIFT : word;
    const call = emit.hypercall(abi, nr, op) ?? emit.hypercall(abi === 1 ? 2 : 1, nr, op);
    if (call === undefined) return "ENOSYS";
    const { descriptor } = call;
    if (word !== op && descriptor.noStart !== undefined) return descriptor.noStart;
    // v2 compares all 64 bits of the operation
    return (abi === 2 || descriptor.wideOp === true) && descriptor.op !== null && regs.getUint32(4, true) !== 0 ? "ENOSYS" : call;
  };
  /** x0 as handlers see it: for memory_op the extent to start at, which v1 keeps above the operation. */
  const prepareX0 = (vcpu: OwnedVcpu, call: BoundHypercall): void => {
    if (call.descriptor.nr === C.NR.memory_op) setX(vcpu, 0, Math.floor(getU53(vcpu.regs.view, 0) / 2 ** C.MEMOP_EXTENT_SHIFT));
  };

  /** A call with at most one structure. Answers x0. */
  const single = (vcpu: OwnedVcpu, { call, returns }: Shape): number => {
    const { descriptor, compiled } = call;
    const regs = vcpu.regs.view;
    const faultAnswer = descriptor.faultAnswer ?? codeNumber("EFAULT");
    const { buffer, abi } = descriptor;
    const at = buffer === undefined ? undefined : pointer(vcpu, abi, buffer.x);
    const arg = slot(buffer?.size ?? 0, 0);
    if (buffer !== undefined) {
      const r = readBuffer(vcpu, abi, at, arg.bytes);
      if (!r.ok) {
        report(vcpu, descriptor.name, r.why);
        return faultAnswer;
      }
    }
    prepareX0(vcpu, call);
    const { failure, undo } = call.run({ domid: vcpu.domain.domid, vcpu: vcpu.index }, regs, arg.view, vcpu.env);
    if (failure !== undefined) report(vcpu, descriptor.name, failure.why);
    const writesBack = compiled.writesBuffer && (failure === undefined || compiled.hasStatus || failure.out !== undefined);
    if (writesBack) {
      const r = writeBuffer(vcpu, abi, at, arg.bytes);
      if (!r.ok) {
        undo?.();
        report(vcpu, descriptor.name, r.why);
        return failure !== undefined && !compiled.hasStatus ? codeNumber(failure.code) : faultAnswer;
      }
    }
    if (failure !== undefined && !compiled.hasStatus) return codeNumber(failure.code);
    return returns ? getU53(regs, 0) : 0;
  };

  /** Leaves a list of `count` elements without its first `i` ones in the registers. */
  const advance = (vcpu: OwnedVcpu, shape: ListShape, count: number, i: number): void => {
    const regs = vcpu.regs.view;
    regs.setBigUint64(8 * shape.x, regs.getBigUint64(8 * shape.x, true) + BigInt(i * shape.size), true);
    setX(vcpu, shape.count, count - i);
  };
  /** Registers after `i` elements of this turn, and `before` elements of earlier ones. */
  const leave = (vcpu: OwnedVcpu, abi: 1 | 2, shape: ListShape, count: number, before: number, i: number): void => {
    if (abi === 2) setX(vcpu, 1, before + i);
    else if (before > 0) advance(vcpu, shape, count, i);
  };

  /**
   * A list. v1 copies element by element, and a fault leaves x1 at the element and the remaining count in x2. v2 copies
   * the list before anything happens, and answers the elements done in x1.
   */
  const list = (vcpu: OwnedVcpu, call: BoundHypercall, shape: ListShape): number | "preempted" => {
    const { descriptor, compiled } = call;
    const { abi } = descriptor;
    const { size } = shape;
    const regs = vcpu.regs.view;
    const x0 = getU53(regs, 0);
    const start = pointer(vcpu, abi, shape.x);
    const count = abi === 1 ? regs.getUint32(8 * shape.count, true) : getU53(regs, 8 * shape.count);
    const before = vcpu.continuation?.done ?? 0;
    vcpu.continuation = undefined;
    const turn = Math.min(count, PREEMPT_AFTER);
    const caller = { domid: vcpu.domain.domid, vcpu: vcpu.index };
    if (abi === 2) {
      const r = readBuffer(vcpu, 2, start, new Uint8Array(lists, 0, turn * size));
      if (!r.ok) {
        report(vcpu, descriptor.name, r.why);
        leave(vcpu, abi, shape, count, before, 0);
        return codeNumber("EFAULT");
      }
    }
    for (let i = 0; i < turn; i++) {
      const element = slot(size, abi === 2 ? i : 0);
      const at = elementAt(start, i, size);
      let failed: Code | undefined;
      if (abi === 1 && !readBuffer(vcpu, 1, at, element.bytes).ok) failed = "EFAULT";
      else {
        const { failure, undo } = call.run(caller, regs, element.view, vcpu.env);
        if (failure !== undefined) report(vcpu, descriptor.name, failure.why);
        if (compiled.writesBuffer && !writeBuffer(vcpu, abi, at, element.bytes).ok) {
          undo?.();
          failed = "EFAULT";
        } else if (!compiled.hasStatus) failed = failure?.code;
      }
      if (failed === undefined) continue;
      leave(vcpu, abi, shape, count, before, i);
      return codeNumber(failed);
    }
    if (turn === count) {
      // a list that was never pre-empted leaves v1's registers alone
      leave(vcpu, abi, shape, count, before, turn);
      return 0;
    }
    setX(vcpu, 0, x0);
    advance(vcpu, shape, count, turn);
    vcpu.continuation = { done: before + turn };
    return "preempted";
  };

  const firmware = (vcpu: OwnedVcpu, conduit: "hvc" | "smc"): void => {
    vcpu.domain.counters.add("smccc", 1);
    const id = vcpu.regs.view.getUint32(0, true);
    // scripted guests have no firmware, and the answer says so
    if (emit.handled(SMCCC, { vcpu, conduit }) === undefined) setX(vcpu, 0, SMCCC_NOT_SUPPORTED);
    if (trace.on) trace.emit("smccc", { domid: vcpu.domain.domid, vcpu: vcpu.index, conduit, id, x0: getU53(vcpu.regs.view, 0) });
  };

  /** The call that `find` has found. */
  const perform = (vcpu: OwnedVcpu, call: BoundHypercall | Code): number | "preempted" => {
    if (typeof call === "string") return codeNumber(call);
    const { view } = vcpu.regs;
    const early = vcpu.continuation === undefined ? call.compiled.before(view, vcpu.env) : undefined;
    const { buffer } = call.descriptor;
    if (early !== undefined) {
      report(vcpu, call.descriptor.name, early.why);
      // no element of a v2 list is done
      if (call.descriptor.abi === 2 && buffer?.list !== undefined) setX(vcpu, 1, 0);
      return codeNumber(early.code);
    }
    return buffer?.list === undefined ? single(vcpu, shapeOf(call)) : list(vcpu, call, { x: buffer.x, size: buffer.size, count: buffer.list.count });
  };
  const multicall = createMulticall({ buffers, call: (vcpu) => perform(vcpu, find(vcpu.regs.view)) });

  return {
    firmware,
    dispatch(vcpu, imm) {
      const regs = vcpu.regs.view;
      if (imm !== C.XEN_HYPERCALL_TAG) {
        if (imm !== 0) return `hvc #0x${imm.toString(16)} is undefined; hypercalls are hvc #0x${C.XEN_HYPERCALL_TAG.toString(16)}`;
        firmware(vcpu, "hvc");
        return undefined;
      }
      if (vcpu.continuation === undefined) vcpu.domain.counters.add("hypercall", 1);
      const call = find(regs);
      if (trace.on) {
        const nr = getU53(regs, 8 * 16);
        trace.emit("hvc", { domid: vcpu.domain.domid, vcpu: vcpu.index, nr, op: getU53(regs, 0), name: typeof call === "string" ? "?" : call.descriptor.name, x1: getU53(regs, 8), x2: getU53(regs, 16) });
      }
      const answer = typeof call !== "string" && call.descriptor === multicallDescriptor ? multicall(vcpu) : perform(vcpu, call);
      if (answer === "preempted") return undefined;
      setX(vcpu, 0, answer);
      if (trace.on) trace.emit("hvc-return", { domid: vcpu.domain.domid, vcpu: vcpu.index, x0: answer });
      return undefined;
    },
  };
}
