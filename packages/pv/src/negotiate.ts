/**
 * The unit of sharing, U: how large a piece of memory one grant of a PV device covers. Bytes; a power of two, a
 * multiple of A = 4096. Absent means 4096, which is what every device of ABI v1 has.
 *
 * Keys: `unit-max` and `unit-preferred` of the back end, `unit` of the front end, `ring-size` of the front end. A
 * larger unit needs ABI v2 on both ends, since a v1 reference names one 4096-byte frame.
 * Source: docs/spec, "PV protocols".
 */
import { BACKING_UNIT, type Bytes, fail, isPowerOfTwo, ok, type Result, XEN_PAGE } from "@granule/units";

/** Names of the keys, as both ends write them. */
export const UNIT_KEYS = /* @__PURE__ */ Object.freeze({ max: "unit-max", preferred: "unit-preferred", unit: "unit", ringSize: "ring-size" });

/** What every end can do: the unit of ABI v1. */
export const BASE_UNIT: Bytes = XEN_PAGE.size;
/** Largest unit that this back end offers. */
export const UNIT_MAX: Bytes = BACKING_UNIT;

/** What a back end offers, in bytes. */
export interface UnitOffer {
  readonly max: Bytes;
  readonly preferred: Bytes;
}

/** A size in bytes as a key carries it: decimal digits, a power of two, a multiple of 4096. `key` names it in the message. */
export function parseSize(key: string, text: string): Result<Bytes, "EINVAL"> {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!isPowerOfTwo(value) || value % BASE_UNIT !== 0)
    return fail("EINVAL", `${key} "${text}": must be a power of two and a multiple of ${BASE_UNIT}, in bytes`);
  return ok(value);
}

/**
 * What a back end offers: at least its own stage 2 granule, so that it can map, and its stage 1 granule, so that it
 * need not split. Undefined: say nothing, because there is no ABI v2 here.
 */
export function offerOf(end: { readonly abi: 1 | 2; readonly s1: Bytes; readonly g: Bytes }, max: Bytes = UNIT_MAX): UnitOffer | undefined {
  return end.abi === 1 ? undefined : { max, preferred: Math.min(max, Math.max(end.g, end.s1)) };
}

/** Values that the front end found; undefined: the key is absent. */
export interface OfferText {
  readonly max: string | undefined;
  readonly preferred: string | undefined;
}

/**
 * The front end's choice, U = min(unit-max, max(S1 of the front, unit-preferred)). `force`: use this one instead,
 * whatever is preferred. EINVAL: the back end offers what is not allowed.
 */
export function chooseUnit(end: { readonly abi: 1 | 2; readonly s1: Bytes }, offer: OfferText, force?: Bytes): Result<Bytes, "EINVAL"> {
  if (end.abi === 1 || offer.max === undefined) return ok(BASE_UNIT);
  const max = parseSize(UNIT_KEYS.max, offer.max);
  if (!max.ok) return max;
  const preferred = offer.preferred === undefined ? ok(BASE_UNIT) : parseSize(UNIT_KEYS.preferred, offer.preferred);
  if (!preferred.ok) return preferred;
  return ok(Math.min(max.value, force ?? Math.max(end.s1, preferred.value)));
}

/** The back end's check of what the front end chose. EINVAL: refused; the device goes to Closing with this sentence. */
export function acceptUnit(offer: UnitOffer | undefined, unit: string | undefined): Result<Bytes, "EINVAL"> {
  if (unit === undefined) return ok(BASE_UNIT);
  const chosen = parseSize(UNIT_KEYS.unit, unit);
  if (!chosen.ok) return chosen;
  const max = offer?.max ?? BASE_UNIT;
  if (chosen.value > max) return fail("EINVAL", `${UNIT_KEYS.unit} "${unit}": larger than ${offer === undefined ? "what an end without ABI v2 shares" : UNIT_KEYS.max}, ${max} bytes`);
  return chosen;
}

/** The back end's check of the ring's size in bytes; absent: 4096. `max`: bytes that it is ready to keep a copy of. */
export function acceptRingSize(text: string | undefined, max: Bytes = BACKING_UNIT): Result<Bytes, "EINVAL"> {
  if (text === undefined) return ok(BASE_UNIT);
  const size = parseSize(UNIT_KEYS.ringSize, text);
  if (size.ok && size.value > max) return fail("EINVAL", `${UNIT_KEYS.ringSize} "${text}": larger than ${max} bytes`);
  return size;
}
