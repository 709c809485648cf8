export {
  add, ADDRESS_LIMIT, alignDown, alignUp, compare, distance, ipa, ipaFromPa, ipaFromVa, isAligned, isBelow,
  isPowerOfTwo, isSame, offsetIn, pa, roundUp, toNumber, va, vaFromIpa,
} from "./space.ts";
export type { Address, Bytes, Frame, GranuleCount, GranuleSize, Ipa, Pa, Space, Va, XenGfn, XenPages } from "./space.ts";
export {
  BACKING_UNIT, bytesOfXenPages, findGranule, GIB, gib, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, KIB, kib, MIB,
  mib, XEN_PAGE, xenGfn, xenPages,
} from "./granule.ts";
export type { AnyGranule, Granule, GranuleName } from "./granule.ts";
export { contains, covers, decodeExtent, encodeExtent, endOf, EXTENT_MAX_LOG2, EXTENT_MIN_LOG2, extentsOf, overlaps, pieces, range, rangeIn } from "./range.ts";
export type { ExtentFault, Range } from "./range.ts";
export { formatBytes, hex, ipaFromWords, ipaFromX, paFromX, vaFromWords, vaFromX, xFromAddress } from "./register.ts";
export { DomainCrash, DONE, fail, GranuleError, ModelBug, ok } from "./result.ts";
export type { Failure, Result } from "./result.ts";
