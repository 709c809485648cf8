// TABLE: error numbers of the public ABI.
/** Error numbers. Sources: xen/include/public/errno.h, xen/include/public/grant_table.h (GNTST_*). */
import type { Failure } from "@granule/units";

/** Negated in x0. Only numbers that an operation of this project can answer. */
export const ERRNO = /* @__PURE__ */ Object.freeze({
  EPERM: 1, ENOENT: 2, ESRCH: 3, EIO: 5, ENXIO: 6, E2BIG: 7, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EFAULT: 14, EBUSY: 16,
  EEXIST: 17, EXDEV: 18, ENODEV: 19, EISDIR: 21, EINVAL: 22, ENOSPC: 28, EROFS: 30, EDOM: 33, ERANGE: 34, ENOSYS: 38, ENOTEMPTY: 39, EILSEQ: 84, EMSGSIZE: 90,
  EOPNOTSUPP: 95, ETIMEDOUT: 110,
});
export type Errno = keyof typeof ERRNO;

/** Status of one grant operation, in its structure. -14 is this project's: a grant that the mapper's granule cannot express. */
export const GNTST = /* @__PURE__ */ Object.freeze({
  GNTST_okay: 0, GNTST_general_error: -1, GNTST_bad_domain: -2, GNTST_bad_gntref: -3, GNTST_bad_handle: -4,
  GNTST_bad_virt_addr: -5, GNTST_bad_dev_addr: -6, GNTST_no_device_space: -7, GNTST_permission_denied: -8,
  GNTST_bad_page: -9, GNTST_bad_copy_arg: -10, GNTST_address_too_big: -11, GNTST_eagain: -12, GNTST_no_space: -13,
  GNTST_bad_granule: -14,
});
export type Gntst = keyof typeof GNTST;

/** Any code that a hypercall's descriptor may declare. */
export type Code = Errno | Exclude<Gntst, "GNTST_okay">;

/** What a person reads about a code: one sentence, the same for `granule explain` and the documentation. */
export const EXPLAIN: Readonly<Record<Code, string>> = /* @__PURE__ */ Object.freeze({
  EPERM: "The caller may not do this to that domain.",
  ENOENT: "Nothing is there: no such vcpu, or the address holds no frame.",
  ESRCH: "No such domain.",
  EIO: "The device or store failed.",
  ENXIO: "The address or offset lies outside what the object allows.",
  E2BIG: "The list is longer than the limit that the query reports.",
  EAGAIN: "Try again: the state changed under the call.",
  ENOMEM: "Out of memory: the domain's, the machine's, or the domain's allowance for page tables.",
  EACCES: "Access denied: wrong interface version, or a space that this caller may not use.",
  EFAULT: "A buffer is not mapped, not writable, or (ABI v2) not in the caller's own RAM.",
  EBUSY: "In use: mapped, pinned, granted, registered, or already placed.",
  EEXIST: "Exists already: bound, or overlapping something that is there.",
  EXDEV: "ABI v2: address or size is not a multiple of the domain's stage 2 granule. Retry with whole granules.",
  ENODEV: "No such device.",
  EISDIR: "The object is of another kind.",
  EINVAL: "An argument is not allowed. In ABI v2: reserved bits are set.",
  ENOSPC: "No free port, handle or slot.",
  EROFS: "Read-only.",
  EDOM: "ABI v2: not aligned as the field demands (4096 bytes, or the object's natural alignment).",
  ERANGE: "ABI v2: the range wraps or ends above the domain's IPA limit.",
  ENOSYS: "No such hypercall or operation here.",
  ENOTEMPTY: "Something is left inside.",
  EILSEQ: "The list ends before the element that the call should go on with.",
  EMSGSIZE: "ABI v2: the size is not that of the object; the answer says it.",
  EOPNOTSUPP: "Known, and not supported.",
  ETIMEDOUT: "The time ran out.",
  GNTST_general_error: "Grant: not granted to the caller, or more access asked than granted.",
  GNTST_bad_domain: "Grant: no such domain, or a domain that this operation does not take.",
  GNTST_bad_gntref: "Grant: the reference is past the table, or of the wrong table.",
  GNTST_bad_handle: "Grant: no such mapping handle.",
  GNTST_bad_virt_addr: "Grant: the host address or frame list is wrong.",
  GNTST_bad_dev_addr: "Grant: the device address is wrong.",
  GNTST_no_device_space: "Grant: out of handles or of space in the table.",
  GNTST_permission_denied: "Grant: the policy or the caller's rights forbid it.",
  GNTST_bad_page: "Grant: the granted address is not RAM of the granter.",
  GNTST_bad_copy_arg: "Grant copy: offset and length leave the grant or the frame.",
  GNTST_address_too_big: "Grant: the frame cannot be expressed.",
  GNTST_eagain: "Grant: try again.",
  GNTST_no_space: "Grant: no space in the page tables.",
  GNTST_bad_granule:
    "Grant: the mapper's stage 2 granule is larger than the grant, or a granule's worth of it is not one aligned machine run of one owner. Copy instead, or agree on a larger unit.",
});

const isErrno = (code: Code): code is Errno => code in ERRNO;

/** The signed number that goes into x0 or a status field. */
export const codeNumber = (code: Code): number => (isErrno(code) ? -ERRNO[code] : GNTST[code]);

/** A failure with the documented rule that was broken. */
export interface RuleFailure<C extends Code = Code> extends Failure<C> {
  readonly rule: string;
}
