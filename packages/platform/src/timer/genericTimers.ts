/**
 * The generic timers of EL1: virtual (CNTV_*) and physical (CNTP_*) of every vcpu, over one clock in nanoseconds.
 * Source: Arm ARM DDI 0487, D11 "The Generic Timer in AArch64 state", D23.12 "Generic Timer registers".
 * Each timer's due time is kept as a number of nanoseconds, computed when its registers are written: asking for a
 * deadline allocates nothing and touches no bigint.
 */
import { jsonObject } from "@granule/kit";
import type { GenericTimers, GenericTimersOptions } from "../contract.ts";
import { loadWide, loadWords, saveWide, saveWords } from "../saved.ts";
import {
  CNTFRQ_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0, CNTPCT_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0, CNTVCT_EL0,
} from "../system/encoding.ts";

/** PPIs of the timers, as the Base System Architecture (DEN0094) recommends and Xen and QEMU have them. */
export const VIRTUAL_TIMER_INTID = 27;
export const PHYSICAL_TIMER_INTID = 30;
/** 16 ns a tick. */
export const DEFAULT_FREQUENCY = 62_500_000;
const NS_PER_SECOND = 1_000_000_000n;

/** CNTx_CTL_EL0. */
const ENABLE = 1;
const IMASK = 2;
const ISTATUS = 4;
/** CNTKCTL_EL1: what EL0 may reach. */
const EL0PCTEN = 1n;
const EL0VCTEN = 2n;
const EL0VTEN = 0x100n;
const EL0PTEN = 0x200n;

/** Two timers a vcpu: index 2 x vcpu + VIRTUAL or PHYSICAL. */
const VIRTUAL = 0;
const PHYSICAL = 1;
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);

/**
 * Timers after reset: disabled, compare values 0, virtual offset 0.
 *
 * @example
 * const timers = createGenericTimers({ vcpus: 1, now: clock.now, onLine: gic.setLine });
 * timers.write(0, CNTV_CVAL_EL0, timers.virtualCount(0) + 625n, 1); // 10 us from now
 * timers.write(0, CNTV_CTL_EL0, 1n, 1);
 * timers.deadline(0); // when to come back and call timers.update(0), in ns
 */
export function createGenericTimers(options: GenericTimersOptions): GenericTimers {
  const { vcpus, now, onLine, frequency = DEFAULT_FREQUENCY, cntkctl = () => 0n } = options;
  const hz = BigInt(frequency);
  const control = new Uint8Array(2 * vcpus);
  const compare = new BigUint64Array(2 * vcpus);
  const offsets = new BigUint64Array(vcpus);
  /** When the condition of a timer is met, in ns; Infinity: not while time is a number. */
  const due = new Float64Array(2 * vcpus);
  const lines = new Uint8Array(2 * vcpus);
  /** When the virtual counter of a vcpu passes 2^64 because its offset is ahead of the physical one, in ns; else Infinity. */
  const wraps = new Float64Array(vcpus).fill(Infinity);

  const physicalCount = (): bigint => (BigInt(Math.floor(now())) * hz) / NS_PER_SECOND;
  const virtualCount = (vcpu: number): bigint => u64(physicalCount() - (offsets[vcpu] ?? 0n));
  const count = (timer: number): bigint => (timer % 2 === VIRTUAL ? virtualCount(timer >> 1) : physicalCount());

  /** The nanosecond in which the physical counter reaches `ticks`; Infinity when that is no number. */
  function timeOf(ticks: bigint): number {
    const ns = Number((ticks * NS_PER_SECOND + hz - 1n) / hz);
    return Number.isSafeInteger(ns) ? ns : Infinity;
  }
  /** D11.2.4: the condition is met once the count, as an unsigned 64-bit number, has reached the compare value. */
  function schedule(timer: number): void {
    const left = (compare[timer] ?? 0n) - count(timer);
    due[timer] = left <= 0n ? 0 : timeOf(physicalCount() + left);
    if (timer % 2 === PHYSICAL) return;
    const offset = offsets[timer >> 1] ?? 0n;
    wraps[timer >> 1] = offset > physicalCount() ? timeOf(offset) : Infinity;
  }
  function isMet(timer: number): boolean {
    if (timer % 2 === VIRTUAL && (wraps[timer >> 1] ?? Infinity) <= now()) schedule(timer);
    return (due[timer] ?? Infinity) <= now();
  }
  function update(vcpu: number): void {
    for (let timer = 2 * vcpu; timer <= 2 * vcpu + 1; timer++) {
      const level = ((control[timer] ?? 0) & (ENABLE | IMASK)) === ENABLE && isMet(timer) ? 1 : 0;
      if (lines[timer] === level) continue;
      lines[timer] = level;
      onLine(timer % 2 === VIRTUAL ? VIRTUAL_TIMER_INTID : PHYSICAL_TIMER_INTID, level === 1, vcpu);
    }
  }
  function deadline(vcpu: number): number {
    let first = Infinity;
    for (let timer = 2 * vcpu; timer <= 2 * vcpu + 1; timer++) {
      if (((control[timer] ?? 0) & (ENABLE | IMASK)) !== ENABLE) continue;
      if (lines[timer] === 0) first = Math.min(first, due[timer] ?? Infinity);
      else if (timer % 2 === VIRTUAL && compare[timer] !== 0n) first = Math.min(first, wraps[vcpu] ?? Infinity);
    }
    return first;
  }

  const allows = (vcpu: number, el: 0 | 1, bits: bigint): boolean => el === 1 || (cntkctl(vcpu) & bits) !== 0n;
  /** Index of the timer that a register belongs to; undefined: none, or not for this exception level. */
  function timerOf(vcpu: number, key: number, el: 0 | 1): number | undefined {
    if (key >= CNTV_TVAL_EL0 && key <= CNTV_CVAL_EL0) return allows(vcpu, el, EL0VTEN) ? 2 * vcpu + VIRTUAL : undefined;
    if (key >= CNTP_TVAL_EL0 && key <= CNTP_CVAL_EL0) return allows(vcpu, el, EL0PTEN) ? 2 * vcpu + PHYSICAL : undefined;
    return undefined;
  }
  function read(vcpu: number, key: number, el: 0 | 1): bigint | undefined {
    switch (key) {
      case CNTFRQ_EL0: return allows(vcpu, el, EL0PCTEN | EL0VCTEN) ? hz : undefined;
      case CNTPCT_EL0: return allows(vcpu, el, EL0PCTEN) ? physicalCount() : undefined;
      case CNTVCT_EL0: return allows(vcpu, el, EL0VCTEN) ? virtualCount(vcpu) : undefined;
    }
    const timer = timerOf(vcpu, key, el);
    if (timer === undefined) return undefined;
    switch (key) {
      case CNTV_CVAL_EL0:
      case CNTP_CVAL_EL0: return compare[timer];
      case CNTV_TVAL_EL0:
      case CNTP_TVAL_EL0: return BigInt.asUintN(32, (compare[timer] ?? 0n) - count(timer));
    }
    // CNTV_CTL_EL0, CNTP_CTL_EL0. ISTATUS is UNKNOWN while the timer is disabled: 0 here.
    const bits = control[timer] ?? 0;
    return BigInt((bits & ENABLE) !== 0 && isMet(timer) ? bits | ISTATUS : bits);
  }
  function write(vcpu: number, key: number, value: bigint, el: 0 | 1): boolean {
    const timer = timerOf(vcpu, key, el);
    if (timer === undefined) return false;
    switch (key) {
      case CNTV_CVAL_EL0:
      case CNTP_CVAL_EL0:
        compare[timer] = value;
        break;
      case CNTV_TVAL_EL0:
      case CNTP_TVAL_EL0:
        compare[timer] = count(timer) + BigInt.asIntN(32, value);
        break;
      default: // CNTV_CTL_EL0, CNTP_CTL_EL0
        control[timer] = Number(value & 3n);
    }
    schedule(timer);
    update(vcpu);
    return true;
  }

  return {
    frequency, physicalCount, virtualCount, deadline, update, read, write,
    setVirtualOffset(vcpu, ticks) {
      offsets[vcpu] = ticks;
      schedule(2 * vcpu + VIRTUAL);
      update(vcpu);
    },
    save: () => ({ control: saveWords(control), compare: saveWide(compare), offsets: saveWide(offsets), lines: saveWords(lines) }),
    load(saved) {
      const state = jsonObject(saved, "generic timers");
      loadWords(control, state, "control");
      loadWide(compare, state, "compare");
      loadWide(offsets, state, "offsets");
      // The lines as they were: whoever listens restores its own side, and hears only of changes.
      loadWords(lines, state, "lines");
      for (let timer = 0; timer < 2 * vcpus; timer++) schedule(timer);
      for (let vcpu = 0; vcpu < vcpus; vcpu++) update(vcpu);
    },
  };
}
