/**
 * Accounting of run states: how long a vcpu was running, runnable, blocked and offline. Nanoseconds of the machine's
 * clock. Pure: the caller says when it is.
 */
import { setU53 } from "@granule/codec";
import { VcpuRunstateInfo } from "@granule/xen-abi";
import { RUNSTATE, type Runstate } from "./contract.ts";

/** A vcpu's account. */
export interface Account {
  state: Runstate;
  /** When it entered `state`, in ns. */
  entry: number;
  /** Time spent in each state before `entry`, in ns; the index is the state. */
  readonly times: [number, number, number, number];
}

export const createAccount = (state: Runstate, now: number): Account => ({ state, entry: now, times: [0, 0, 0, 0] });

/** Closes the current state at `now` and enters the next. */
export function enter(a: Account, state: Runstate, now: number): void {
  a.times[a.state] += now - a.entry;
  a.state = state;
  a.entry = now;
}

const { state: STATE, state_entry_time: ENTRY, time_running: TIMES } = VcpuRunstateInfo.fields;

/**
 * Writes the account as a vcpu_runstate_info. `now`: include the time in the current state up to then, as for a vcpu
 * that is not the caller; undefined: as it stood when the state was entered.
 */
export function encodeAccount(a: Account, into: DataView, now: number | undefined): void {
  STATE.set(into, 0, a.state);
  setU53(into, ENTRY.offset, a.entry);
  a.times.forEach((ns, i) => setU53(into, TIMES.offset + i * TIMES.size, now !== undefined && i === a.state ? ns + now - a.entry : ns));
}

export const isRunstate = (n: number): n is Runstate => n === RUNSTATE.running || n === RUNSTATE.runnable || n === RUNSTATE.blocked || n === RUNSTATE.offline;
