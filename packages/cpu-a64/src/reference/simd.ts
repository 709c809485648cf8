/** Which code executes a SIMD or FP row: by encoding class, and after the check that CPACR_EL1 allows it. */
import type { Row, SimdClass } from "../spec/row.ts";
import type { Execute } from "./core.ts";
import { checkSimdEnabled } from "./simdCore.ts";
import {
  acrossFloat, elementFloat, floatCompare, floatConditionalCompare, floatFixed, floatImmediate, floatInteger, floatOne, floatSelect, floatThree, floatTwo, pairwiseFloat, shiftFloat,
  threeSameFloat, twoMiscFloat,
} from "./simdFloat.ts";
import { across, element, logical, pairwise, shift, threeDifferent, threeSame, twoMisc } from "./simdInteger.ts";
import { transferStructures, transferVector } from "./simdLoadsStores.ts";
import { copy, extract, immediate, permute, table } from "./simdMove.ts";

const CLASSES: Readonly<Record<SimdClass, Execute>> = {
  threeSame, threeSameFloat, logical, threeDifferent, twoMisc, twoMiscFloat, across, acrossFloat, copy, permute, extract, table, immediate, shift, shiftFloat, element,
  elementFloat, pairwise, pairwiseFloat, floatOne, floatTwo, floatThree, floatCompare, floatConditionalCompare, floatSelect, floatImmediate, floatInteger, floatFixed,
};
const enabled = (execute: Execute): Execute => (core, f, row) => {
  checkSimdEnabled(core);
  execute(core, f, row);
};

/** The code of a SIMD or FP row; undefined for an integer row. */
export function simdExecutor(row: Row): Execute | undefined {
  if (row.vector !== undefined) return enabled(transferVector);
  if (row.structure !== undefined) return enabled(transferStructures);
  return row.simd && enabled(CLASSES[row.simd.class]);
}
