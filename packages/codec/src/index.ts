export { formatLayout, getU53, layoutOf, setU53, struct } from "./struct.ts";
export type { FieldCodec, LayoutRow, ScalarType, Spec, Specs, Struct, ValueOf, ValuesOf } from "./struct.ts";
export { reg } from "./bits.ts";
export type { BitField, BitSpecs, BitValues, Register } from "./bits.ts";
export { fromBase64, toBase64 } from "./base64.ts";
