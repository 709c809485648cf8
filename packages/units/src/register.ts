/** Between 64-bit register values (`bigint`) and the numbers that addresses are. Each conversion has one name. */
import { fail, ok, type Result } from "./result.ts";
import { ADDRESS_LIMIT, type Ipa, type Pa, type Va } from "./space.ts";

const MASK64 = (1n << 64n) - 1n;

/** A register as an IPA below `limit` bytes (default 2^52). */
export function ipaFromX(x: bigint, limit = ADDRESS_LIMIT): Result<Ipa, "EINVAL"> {
  if (x < 0n || x >= BigInt(limit)) return fail("EINVAL", `address 0x${x.toString(16)} is not below the IPA limit 0x${limit.toString(16)}`);
  // BRAND: checked below the limit.
  return ok(Number(x) as unknown as Ipa);
}
/** A register as a machine address below 2^52. */
export function paFromX(x: bigint): Result<Pa, "EINVAL"> {
  if (x < 0n || x >= BigInt(ADDRESS_LIMIT)) return fail("EINVAL", `address 0x${x.toString(16)} is not below 2^52`);
  // BRAND: checked below 2^52.
  return ok(Number(x) as unknown as Pa);
}
/**
 * A register as a VA. With `tbi` (top byte ignored, TCR_EL1.TBIn) bits 63:56 are replaced by bit 55.
 * Fails when bits 63:52 are not all the same: no translation regime without LVA translates such an address.
 */
export function vaFromX(x: bigint, tbi = false): Result<Va, "non-canonical"> {
  const v = BigInt.asIntN(tbi ? 56 : 64, x);
  if (v >= BigInt(ADDRESS_LIMIT) || v < -BigInt(ADDRESS_LIMIT))
    return fail("non-canonical", `va 0x${(x & MASK64).toString(16)}: bits 63:52 are not all the same`);
  // BRAND: checked against the signed 53-bit range.
  return ok(Number(v) as unknown as Va);
}
/** Bits 63:52 as a signed number; the limits of {@link ADDRESS_LIMIT} in the upper word. */
const UPPER_LIMIT = 0x100000;
/** {@link vaFromX} of a register given as two 32-bit words, without bigint; undefined where that fails. */
export function vaFromWords(hi: number, lo: number, tbi = false): Va | undefined {
  const upper = tbi ? (hi << 8) >> 8 : hi | 0;
  if (upper >= UPPER_LIMIT || upper < -UPPER_LIMIT) return undefined;
  // BRAND: checked against the signed 53-bit range.
  return (upper * 2 ** 32 + (lo >>> 0)) as unknown as Va;
}
/** {@link ipaFromX} of a register given as two 32-bit words, without bigint; undefined at or above 2^52. */
export function ipaFromWords(hi: number, lo: number): Ipa | undefined {
  // BRAND: checked below 2^52.
  return hi >>> 0 < UPPER_LIMIT ? (((hi >>> 0) * 2 ** 32 + (lo >>> 0)) as unknown as Ipa) : undefined;
}
/** The register value of an address: sign-extended for a VA of the upper half. */
// BRAND: a number at run time.
export const xFromAddress = (a: Va | Ipa | Pa): bigint => BigInt.asUintN(64, BigInt(a as unknown as number));

/** `0x` and lower-case hex of an address or number; a VA of the upper half prints its 64-bit form. */
export function hex(a: Va | Ipa | Pa | number | bigint): string {
  // BRAND: a number or bigint at run time.
  const v = a as unknown as number | bigint;
  return `0x${(v < 0 ? BigInt.asUintN(64, BigInt(v)) : v).toString(16)}`;
}
/** Bytes for a human: "64 KiB", "4 MiB", "100 B". */
export function formatBytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let i = 0;
  let v = n;
  while (i < units.length - 1 && v >= 1024 && Number.isInteger(v / 1024)) {
    v /= 1024;
    i++;
  }
  return `${v} ${units[i]}`;
}
