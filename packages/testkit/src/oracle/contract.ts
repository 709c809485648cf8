/**
 * Scripts of hypercalls that real Xen has answered, and their answers: an interpreter in a bare-metal guest executes records of 64 bytes
 * that it is given as its ramdisk, and prints a line for each that has an answer.
 */

/** An operand: a number, or the guest's register with something added. */
export interface Operand {
  readonly register: boolean;
  readonly value: bigint;
}
/** One record. */
export interface Operation {
  /** Counts from 1 within its domain: what a printed answer refers to. */
  readonly id: number;
  readonly code: number;
  readonly operands: readonly Operand[];
  /** The line of the script, after its macro's name where a macro made it. */
  readonly text: string;
  readonly answers: boolean;
}
/** What one domain does. */
export interface DomainScript {
  /** One letter; "0" is dom0. */
  readonly tag: string;
  readonly operations: readonly Operation[];
  /** Properties of its node, as devicetree source. */
  readonly properties: string;
  /** Children of its node, as devicetree source. */
  readonly children: string;
}
export interface Script {
  readonly name: string;
  /** More of Xen's command line. */
  readonly xenArgs: string;
  /** The guests print on their UART. */
  readonly usesUart: boolean;
  /** In the order in which they appear, which is that of domids. */
  readonly domains: readonly DomainScript[];
}

/** How a run ended: everyone said DONE; the hypervisor refused to start; the time was over. */
export type Ending = "done" | "refused" | "hangs";
/** Answers to a script, by domain and operation. */
export interface Answers {
  readonly ending: Ending;
  /** What the hypervisor said when it refused. */
  readonly why: string;
  readonly domains: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Of granule: vcpus that hung at the end, and at what. */
  readonly hangs?: readonly string[];
}
/** A file of answers. */
export interface Recording extends Answers {
  readonly script: string;
  /** Who answered. */
  readonly subject: string;
}
