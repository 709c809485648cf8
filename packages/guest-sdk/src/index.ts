export { boot } from "./boot.ts";
export { connectXenbus } from "./xenbus.ts";
export { readState, switchState, waitForPeerState, XenbusState } from "./xenbusState.ts";
export type { XenbusStateValue } from "./xenbusState.ts";
export { countPieces, forEachPiece } from "./pieces.ts";
export type { PieceVisitor } from "./pieces.ts";
export { findRing } from "./rings.ts";
export type { Ring, RingName } from "./rings.ts";
export type {
  Balloon, BalloonReport, BootInfo, CallArgs, CallCode, CallResult, Calls, CopyCode, CopyRequest, CopySide, EventCode, Events, GrantCounters, Grants, Kernel,
  KernelConfig, MapCode, Mapper, Mapping, MapRequest, Pages, StatusList, StopList, StopResult, UnmapCode, Watch, Xenbus,
} from "./contract.ts";
