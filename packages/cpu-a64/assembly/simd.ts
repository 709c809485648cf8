/**
 * SIMD and floating point: data processing by encoding class. A micro-op has the row at 2, the word at 4 and, at 8, the code
 * that generated/simd.ts gives the row. PSTATE in memory is complete when they run.
 */
import { Class, classOf, operationOf } from "./generated/simd";
import { floatingPoint } from "./simdFloat";
import { across, element, logical, pairwise, shift, threeDifferent, threeSame, twoMisc } from "./simdInteger";
import { copy, immediate, table } from "./simdMove";
import { extractWhole, permuteWhole } from "./simdWhole";

export { simdMemory } from "./simdMemory";

/** Executes the data processing of a micro-op. Answers 0: the rows leave nothing that is unallocated. */
export function simd(uop: usize): i32 {
  dispatch(uop);
  return 0;
}
/* @inline */ function dispatch(uop: usize): void {
  const word = load<u32>(uop, 4);
  const code = load<u32>(uop, 8);
  switch (classOf(code)) {
    case Class.threeSame: return threeSame(code, word);
    case Class.logical: return logical(code, word);
    case Class.threeDifferent: return threeDifferent(code, word);
    case Class.twoMisc: return twoMisc(code, word);
    case Class.across: return across(code, word);
    case Class.permute: return permuteWhole(operationOf(code), (word >>> 22) & 3, word);
    case Class.shift: return shift(code, word);
    case Class.element: return element(code, word);
    case Class.pairwise: return pairwise(word);
    case Class.extract: return extractWhole((word >>> 11) & 15, word);
    case Class.table: return table(code, word);
    case Class.copy: return copy(code, word);
    case Class.immediate: return immediate(word);
    default: return floatingPoint(code, word);
  }
}
