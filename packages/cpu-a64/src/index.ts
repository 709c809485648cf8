export { A64_ROWS, createDecoder, encode, type Decoder, type Instruction, type OperationName } from "./spec/decode.ts";
export { type Addressing, type Constraint, encodeRow, type Feature, type FieldName, type Fields, isUnpredictable, type Row, type Transfer } from "./spec/row.ts";
