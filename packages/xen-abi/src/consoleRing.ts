/**
 * The PV console's shared ring, as data: two byte streams with free-running indices modulo 2^32.
 * Source: xen/include/public/io/console.h, struct xencons_interface. `in` goes to the guest, `out` comes from it.
 */
import { struct } from "@granule/codec";

/** Bytes of the stream to the guest, and of the one from it; powers of two. */
export const XENCONS_IN_SIZE = 1024;
export const XENCONS_OUT_SIZE = 2048;

export const XenconsInterface = /* @__PURE__ */ struct("xencons_interface", 3088, {
  in: [0, "bytes", XENCONS_IN_SIZE],
  out: [1024, "bytes", XENCONS_OUT_SIZE],
  in_cons: [3072, "u32"],
  in_prod: [3076, "u32"],
  out_cons: [3080, "u32"],
  out_prod: [3084, "u32"],
});
