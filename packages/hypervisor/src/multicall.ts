/**
 * HYPERVISOR_multicall of v1: a list of calls in one. Sources: xen/include/public/xen.h, struct multicall_entry; observed on Xen 4.17: a
 * multicall in a multicall answers EINVAL, and a fault leaves what was done before it.
 */
import { getU53, setU53 } from "@granule/codec";
import { add, type Bytes } from "@granule/units";
import { codeNumber } from "@granule/xen-abi";
import type { OwnedVcpu } from "./domains.ts";
import type { GuestBuffers } from "./env.ts";

/** op, result, args[6]. */
const ENTRY: Bytes = 64;
const RESULT: Bytes = 8;
const ARGUMENTS = 5;
/** Calls between two chances for others to run. */
const PREEMPT_AFTER = 64;
/** Times that a list within it may be pre-empted: it goes on at once. */
const LIST_TURNS = 16;
const X0 = 0;
const X1 = 8;
const X16 = 8 * 16;

export interface MulticallNeeds {
  readonly buffers: GuestBuffers;
  /** One call by the registers. */
  call(vcpu: OwnedVcpu): number | "preempted";
}

/** Runs a list of calls; the registers are advanced when it is pre-empted. */
export function createMulticall({ buffers, call }: MulticallNeeds): (vcpu: OwnedVcpu) => number | "preempted" {
  const entry = new DataView(new ArrayBuffer(ENTRY));
  const bytes = new Uint8Array(entry.buffer);
  const result = new Uint8Array(entry.buffer, RESULT, 8);
  const saved = new Uint8Array(X16 + 8);
  const copy = (from: DataView, n: number): bigint => from.getBigUint64(8 * n, true);

  const one = (vcpu: OwnedVcpu): number => {
    const { view } = vcpu.regs;
    view.setBigUint64(X16, copy(entry, 0), true);
    for (let n = 0; n < ARGUMENTS; n++) view.setBigUint64(8 * n, copy(entry, 2 + n), true);
    for (let turn = 0; turn < LIST_TURNS; turn++) {
      const answer = call(vcpu);
      if (answer !== "preempted") return answer;
    }
    vcpu.continuation = undefined;
    return codeNumber("E2BIG");
  };
  return (vcpu) => {
    const { view } = vcpu.regs;
    const registers = new Uint8Array(view.buffer, view.byteOffset, saved.length);
    const done = vcpu.continuation?.done ?? 0;
    vcpu.continuation = undefined;
    const at = buffers.pointer(vcpu, 1, view.getUint32(X0 + 4, true), view.getUint32(X0, true));
    const count = view.getUint32(X1, true);
    const turn = Math.min(count, PREEMPT_AFTER);
    for (let i = 0; i < turn; i++) {
      if (at === undefined || !buffers.read(vcpu, 1, add(at, i * ENTRY), bytes).ok) return codeNumber("EFAULT");
      saved.set(registers);
      const answer = one(vcpu);
      registers.set(saved);
      if (answer < 0) entry.setBigInt64(RESULT, BigInt(answer), true);
      else setU53(entry, RESULT, answer);
      if (!buffers.write(vcpu, 1, add(at, i * ENTRY + RESULT), result).ok) return codeNumber("EFAULT");
      // it has shut its domain down, or waits
      if (vcpu.state !== "runnable") return 0;
    }
    if (turn === count) return 0;
    setU53(view, X0, getU53(view, X0) + turn * ENTRY);
    setU53(view, X1, count - turn);
    vcpu.continuation = { done: done + turn };
    return "preempted";
  };
}
