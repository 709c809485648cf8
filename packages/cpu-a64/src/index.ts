export { A64_ROWS, createDecoder, encode, type Decoder, type Instruction, type OperationName } from "./spec/decode.ts";
export { type Addressing, type AtomicAccess, type AtomicOperation, type Constraint, encodeRow, type Feature, type FieldName, type Fields, isUnpredictable, type Row, type RowSpec, type SimdClass, type SimdOperation, type StructureTransfer, type Transfer, type VectorTransfer } from "./spec/row.ts";
export {
  type El0Control, SYSTEM_OPERATIONS, SYSTEM_REGISTERS, systemKey, type SystemOperation, type SystemRegister, systemRegister,
} from "./spec/systemRegisters.ts";
export type { AccessRights, CpuOptions, CpuState, MemoryFault, Outcome, ReferenceCpu, ReferenceMemory, SystemEncoding, SystemPort } from "./reference/contract.ts";
export { createCpuState, createReferenceCpu } from "./reference/cpu.ts";
export { referenceEngine, type ReferenceEngineOptions } from "./reference/engine.ts";
export { fastEngine, type FastEngineOptions } from "./engine/engine.ts";
export { createProgram, type Program } from "./spec/program.ts";
