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
export {
  MASK_XENSTORE_IDX, sockmsgName, XENSTORE_ABS_PATH_MAX, XENSTORE_CONNECTED, XENSTORE_ERROR_COMM, XENSTORE_ERROR_NONE, XENSTORE_ERROR_PROTO,
  XENSTORE_ERROR_RINGIDX, XENSTORE_PAYLOAD_MAX, XENSTORE_RECONNECT, XENSTORE_REL_PATH_MAX, XENSTORE_RING_SIZE,
  XENSTORE_SERVER_FEATURE_DOMID_ANY, XENSTORE_SERVER_FEATURE_ERROR, XENSTORE_SERVER_FEATURE_RECONNECTION,
  XENSTORE_SERVER_FEATURE_WATCHDEPTH, XenstoreDomainInterface, XS_WATCH_TYPE, XSD_ERRORS, XSD_SOCKMSG_TYPE, XsdSockmsg,
} from "./xsWire.ts";
export type { XsdError, XsdSockmsgName } from "./xsWire.ts";
