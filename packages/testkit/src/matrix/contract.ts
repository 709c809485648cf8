/**
 * The matrix: every mix of page sizes and ABIs of two domains that share a block device, what the rules say must
 * happen in each, and what did. Sizes are bytes. Source: docs/spec, "Outcomes of the matrix".
 */
import type { AnyPlugin, TraceSink } from "@granule/kit";
import type { BlockFrontendOptions, Disk } from "@granule/pv-block";
import type { Bytes, GranuleName } from "@granule/units";

/** One mix. The first seven are the 648 cells' axes; what is absent of the others is their default. */
export interface Cell {
  /** S1 of the front end's kernel. */
  readonly s1Front: GranuleName;
  readonly s1Back: GranuleName;
  /** G of the front end's domain. */
  readonly gFront: GranuleName;
  readonly gBack: GranuleName;
  readonly abiFront: 1 | 2;
  readonly abiBack: 1 | 2;
  /** "baseline": the back end says nothing of units. "negotiated": both ends agree on U where both have ABI v2. */
  readonly mode: "baseline" | "negotiated";
  /** The front end's RAM comes in machine-discontiguous pieces of its G. */
  readonly fragmented?: true;
  /** The front end takes this unit, whatever the back end prefers. */
  readonly forceUnit?: Bytes;
  /** G of the xenstore domain; default 4k. */
  readonly storeG?: GranuleName;
  /** Name of a CPU model; default "all-granules". */
  readonly cpu?: string;
}

/** What ballooning does at one end. */
export type BalloonRule = "whole granules" | "accumulates" | "refused";

/** What the rules say of a cell. */
export interface Expectation {
  /** "refused": the CPU lacks a granule, and nothing starts. Otherwise how data moves. */
  readonly outcome: "mapped" | "copied" | "refused";
  readonly ring: "mapped" | "copied" | undefined;
  readonly data: "mapped" | "copied" | undefined;
  /** U; 0: refused. */
  readonly unit: Bytes;
  readonly balloonFront: BalloonRule;
  readonly balloonBack: BalloonRule;
}

/**
 * One step of a cell's script, once the device is connected.
 * "write" and "read": `size` bytes at byte `at` of the disk, from or to byte `memory` of a 64 KiB-aligned buffer.
 * "balloon": both ends give RAM away and take it back. "reconnect": disconnect, check that nothing is shared, connect.
 */
export type Step =
  | { readonly do: "write" | "read"; readonly at: Bytes; readonly size: Bytes; readonly memory: Bytes }
  | { readonly do: "flush" }
  | { readonly do: "balloon" }
  | { readonly do: "reconnect" };

/** What a front end is started with: all but its directory. */
export type FrontendOptions = Omit<BlockFrontendOptions, "path">;

/** What somebody else's part, or a deliberate fault, changes in a run. */
export interface Alteration {
  /** Changes the list of plugins before it is assembled. */
  readonly plugins?: (list: readonly AnyPlugin[]) => readonly AnyPlugin[];
  /** Stands between the back end and the disk. */
  readonly disk?: (disk: Disk) => Disk;
  /** Changes what the front end is started with. */
  readonly frontend?: (options: FrontendOptions) => FrontendOptions;
}

export interface RunCellOptions extends Alteration {
  readonly seed: string | number;
  /** Absent: the whole script of this cell. */
  readonly steps?: readonly Step[];
  readonly trace?: TraceSink;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What is wrong, with values and units; empty when nothing is. */
  readonly why: string;
}

export interface CellResult {
  readonly id: string;
  readonly cell: Cell;
  readonly seed: string | number;
  /** "failed": the cell did not get to its end; {@link checks} say why. Otherwise what was seen. */
  readonly outcome: "mapped" | "copied" | "refused" | "failed";
  /** Undefined: never connected. */
  readonly ring: "mapped" | "copied" | undefined;
  readonly data: "mapped" | "copied" | undefined;
  /** U; 0: never connected. */
  readonly unit: Bytes;
  /** Written plus read. */
  readonly bytesMoved: Bytes;
  /** Bytes granted for data beyond those that were asked to move: what a unit above the piece costs. */
  readonly exposed: Bytes;
  /** Of both ends together, whole run. */
  readonly hypercalls: number;
  readonly checks: readonly Check[];
  readonly expected: Expectation;
  /** Every check is ok and the outcome is the expected one. */
  readonly passed: boolean;
  /** Nanoseconds of the machine's clock: the same for a cell and a seed, on any host. */
  readonly time: number;
}

/** The type of `runCell`: never throws; an exception is a failed check. */
export type RunCell = (cell: Cell, options: RunCellOptions) => CellResult;
