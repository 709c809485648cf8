/**
 * From numbers that a hypercall answered to the names that its descriptor declares. x0 holds an errno; a `status` field
 * holds a GNTST_* or, in ABI v2, an errno of a rule about the element. The two overlap (-14 is EFAULT and
 * GNTST_bad_granule), so each place has its own table.
 */
import { type Code, codeNumber, ERRNO, type Hypercall } from "@granule/xen-abi";

/** Rules about the whole call: their codes never stand in an element's status. */
const OF_THE_CALL: readonly string[] = ["buffer", "list-limit", "count-one"];

/** Codes by the negative number that stands for them. */
export interface AnswerCodes {
  /** In x0. */
  readonly x0: ReadonlyMap<number, Code>;
  /** In field `status`. */
  readonly status: ReadonlyMap<number, Code>;
}

export function answerCodes(d: Hypercall): AnswerCodes {
  const x0 = new Map<number, Code>([[codeNumber("ENOSYS"), "ENOSYS"]]);
  const status = new Map<number, Code>();
  for (const { code, rule } of d.errors) {
    if (code in ERRNO) x0.set(codeNumber(code), code);
    if (!OF_THE_CALL.includes(rule)) status.set(codeNumber(code), code);
  }
  return { x0, status };
}
