import * as C from "./constants.ts";

export { C };
export { codeNumber, ERRNO, EXPLAIN, GNTST } from "./errors.ts";
export type { Code, Errno, Gntst, RuleFailure } from "./errors.ts";
export { derived, field, handled, hypercall, one, zero } from "./descriptor.ts";
export type {
  Abi, Align, Answer, AnyCode, Buffer, Dir, ErrorRow, Field, FieldClass, GuestArray, GuestBytes, HandlerCode, HandlerFailure, Hypercall, In, Kind, Out, Place, Rule,
} from "./descriptor.ts";
export { compile, x0Of } from "./compile.ts";
export type { Compiled, RegsView } from "./compile.ts";
export type { CheckEnv } from "./rules.ts";
export { EvtchnFifoControlBlock, GrantEntryV1, GrantEntryV2, SharedInfo, VcpuInfo, VcpuRunstateInfo, XenDomctl, XenDomctlGetdomaininfo, XenPlatformOp, XenSysctl, XenSysctlPhysinfo } from "./structs.ts";
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
export { XENCONS_IN_SIZE, XENCONS_OUT_SIZE, XenconsInterface } from "./consoleRing.ts";
export { ringSlots, SharedRing } from "./ring.ts";
export {
  BLKIF_DISCARD_SECURE, BLKIF_INDIRECT_PAGE, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_DISCARD,
  BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_INDIRECT, BLKIF_OP_READ, BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER, BLKIF_RING_ENTRY, BLKIF_RSP_EOPNOTSUPP,
  BLKIF_RSP_ERROR, BLKIF_RSP_OKAY, BLKIF_SECTOR_SIZE, BlkifRequest, BlkifRequestDiscard, BlkifRequestIndirect, BlkifRequestSegment, BlkifResponse,
  SEGS_PER_INDIRECT_FRAME, VDISK_CDROM, VDISK_READONLY, VDISK_REMOVABLE,
} from "./blkif.ts";
export { INVENTORY } from "./inventory.ts";
export type { InventoryClass, InventoryRow, Reach, V1Field, V2Field } from "./inventory.ts";
export { SPEC_FILES } from "./generate/files.ts";
