export * as C from "./constants.ts";
export { codeNumber, ERRNO, EXPLAIN, GNTST } from "./errors.ts";
export type { Code, Errno, Gntst, RuleFailure } from "./errors.ts";
export { derived, field, handled, hypercall, one, zero } from "./descriptor.ts";
export type {
  Abi, Align, Answer, AnyCode, Buffer, Dir, ErrorRow, Field, FieldClass, GuestArray, GuestBytes, HandlerCode, HandlerFailure, Hypercall, In, Kind, Out, Place, Rule,
} from "./descriptor.ts";
export { compile, x0Of } from "./compile.ts";
export type { CheckEnv, Compiled, RegsView } from "./compile.ts";
export { EvtchnFifoControlBlock, GrantEntryV1, GrantEntryV2, SharedInfo, VcpuInfo, VcpuRunstateInfo } from "./structs.ts";
export { V1 } from "./v1/all.ts";
export { COPY } from "./v2/grants.ts";
export { LIST_LIMIT, PARAM, PLACE_OBJECT } from "./v2/memory.ts";
export { V2 } from "./v2/all.ts";
