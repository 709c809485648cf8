/**
 * The hostile-guest fuzzer: what a step is, what may be wrong, and what a run reports. A step is made from (seed,
 * episode, number of the step) alone, so that a list of numbers repeats it; what it does depends on the state it finds.
 */
import type { DriverArgs } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import type { GranuleName } from "@granule/units";
import type { Hypercall } from "@granule/xen-abi";

/** A machine of its own and its kind of scarcity: what makes errors possible that the ordinary machine has not. */
export type FlavourName = "plain" | "silo" | "handles" | "ports" | "tables" | "fragmented" | "memory" | "rings";

export interface FuzzSettings {
  readonly seed: string;
  readonly steps: number;
  /** G of every hostile domain; default: mixed. */
  readonly granule?: GranuleName;
  /** Steps of an episode; default {@link EPISODE_STEPS}. */
  readonly episodeSteps?: number;
  /** Spoils each machine before its first step: how the fuzzer itself is tested. */
  readonly alter?: (machine: Machine) => void;
  /** Called now and then with the steps done so far. */
  readonly onProgress?: (done: number) => void;
}
/** Steps after which a fresh machine takes over: it bounds what has to be repeated. */
export const EPISODE_STEPS = 400;

/** Memory that a call points at beside its structure. */
export interface PlanArray {
  /** IPA in bytes. */
  readonly at: number;
  readonly element: 4 | 8;
  readonly values: readonly (number | bigint)[];
}
/** One hypercall as it will be issued. */
export interface Plan {
  /** "v1.grant_copy": ABI and key. */
  readonly key: string;
  readonly descriptor: Hypercall;
  /** One for a call without a list. */
  readonly elements: readonly DriverArgs[];
  readonly arrays?: readonly PlanArray[];
  /** Address of the structure, when it is not the scratch area. */
  readonly bufferAt?: bigint;
  /** Length of the list as the register says it, when that is not the truth. */
  readonly count?: bigint;
  /** Asked by an entry of a multicall (v1). */
  readonly inMulticall?: boolean;
  /** The row of the descriptor that the plan is made to break. */
  readonly aim?: string;
}
export interface PlanAnswer {
  /** Signed. */
  readonly x0: number;
  readonly x1: number;
  /** Fields of each element; empty when the structure cannot be read any more. */
  readonly out: readonly Readonly<Record<string, number | bigint>>[];
  /** Arrays as they are after the call. */
  readonly arrays: readonly (readonly number[])[];
}

/** What broke, where, and how to see it again. */
export interface Finding {
  /** Stable name of the property. */
  readonly property: string;
  readonly why: string;
  readonly seed: string;
  readonly episode: number;
  readonly flavour: FlavourName;
  /** Numbers of the steps that are enough to show it, ascending. */
  readonly steps: readonly number[];
  /** The same in words, one a step. */
  readonly trace: readonly string[];
}

export interface RowCount {
  /** "v2.grant_map GNTST_bad_page page". */
  readonly row: string;
  readonly times: number;
}
export interface Coverage {
  /** Successes of each operation by key. */
  readonly succeeded: Readonly<Record<string, number>>;
  /** Times that each declared error was answered. Rows of one operation that share a code are told apart by what the step was made to break. */
  readonly rows: readonly RowCount[];
}
export interface FuzzReport {
  readonly seed: string;
  readonly steps: number;
  readonly episodes: number;
  /** Hypercalls issued by hostile domains. */
  readonly calls: number;
  /** Full walks of all stage 2 tables, and leaves seen in them. */
  readonly walks: number;
  readonly leaves: number;
  /** Refused calls after which the caller's whole observable state was compared with what it was. */
  readonly compared: number;
  readonly coverage: Coverage;
  readonly finding: Finding | undefined;
}

/** A property does not hold. Thrown by checks, caught by the run. */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly property: string;
  constructor(property: string, why: string) {
    super(why);
    this.property = property;
  }
}
