/**
 * Floating-point numbers as exact values, and the way back: one rounding.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": FPUnpack(), FPRound(), FPProcessNaN(), FPProcessNaNs(), FPDefaultNaN(),
 * FPRoundingMode(), VFPExpandImm(). FPCR's trap enables are RAZ: exceptions only set FPSR.
 */
import { ones } from "./bits.ts";
import { type Core, readSystem } from "./core.ts";

export interface Format {
  readonly bits: number;
  readonly exponent: number;
  readonly fraction: number;
}
export const FORMATS = {
  half: { bits: 16, exponent: 5, fraction: 10 },
  single: { bits: 32, exponent: 8, fraction: 23 },
  double: { bits: 64, exponent: 11, fraction: 52 },
} as const satisfies Readonly<Record<string, Format>>;

/** FPSR's cumulative exception bits. */
export const FLAG = { invalidOperation: 1n << 0n, divideByZero: 1n << 1n, overflow: 1n << 2n, underflow: 1n << 3n, inexact: 1n << 4n, inputDenormal: 1n << 7n } as const;

/** "nearest" is to even; "away" is to nearest with ties away; "odd" is von Neumann's, of FCVTXN. */
export type Rounding = "nearest" | "plus" | "minus" | "zero" | "away" | "odd";
const ROUNDINGS: readonly Rounding[] = ["nearest", "plus", "minus", "zero"];

/** What FPCR says, and where exceptions go. */
export interface FloatControl {
  readonly rounding: Rounding;
  readonly flushToZero: boolean;
  readonly defaultNan: boolean;
  readonly alternativeHalf: boolean;
  raise(flag: bigint): void;
}
export function floatControl(core: Core): FloatControl {
  const fpcr = Number(readSystem(core, "FPCR"));
  return {
    rounding: ROUNDINGS[(fpcr >> 22) & 3] ?? "nearest",
    flushToZero: ((fpcr >> 24) & 1) === 1,
    defaultNan: ((fpcr >> 25) & 1) === 1,
    alternativeHalf: ((fpcr >> 26) & 1) === 1,
    raise: (flag) => void core.state.system.set("FPSR", readSystem(core, "FPSR") | flag),
  };
}

/** A finite value is mantissa * 2^exponent; zero has mantissa 0. */
export interface Unpacked {
  readonly kind: "finite" | "infinity" | "quiet" | "signalling";
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}
export const isZero = (x: Unpacked): boolean => x.kind === "finite" && x.mantissa === 0n;
export const isNan = (x: Unpacked): boolean => x.kind === "quiet" || x.kind === "signalling";
export const isInfinity = (x: Unpacked): boolean => x.kind === "infinity";

const bias = (format: Format): number => 2 ** (format.exponent - 1) - 1;
const signBit = (format: Format): bigint => 1n << BigInt(format.bits - 1);
const signed = (format: Format, negative: boolean, magnitude: bigint): bigint => (negative ? signBit(format) | magnitude : magnitude);
/** The exponent field all ones. */
const specialExponent = (format: Format): bigint => ones(format.exponent) << BigInt(format.fraction);

export const zero = (format: Format, negative: boolean): bigint => signed(format, negative, 0n);
export const infinity = (format: Format, negative: boolean): bigint => signed(format, negative, specialExponent(format));
export const maxNormal = (format: Format, negative: boolean): bigint => signed(format, negative, specialExponent(format) - 1n);
export const defaultNan = (format: Format): bigint => specialExponent(format) | (1n << BigInt(format.fraction - 1));
export const negate = (format: Format, x: bigint): bigint => x ^ signBit(format);
export const absolute = (format: Format, x: bigint): bigint => x & (signBit(format) - 1n);

/** A denormal operand is a zero when FPCR.FZ says so, but not in half precision. */
export function unpack(control: FloatControl, format: Format, x: bigint): Unpacked {
  const negative = (x & signBit(format)) !== 0n;
  const fraction = BigInt.asUintN(format.fraction, x);
  const biased = Number(BigInt.asUintN(format.exponent, x >> BigInt(format.fraction)));
  const alternative = format.bits === 16 && control.alternativeHalf;
  if (biased === 2 ** format.exponent - 1 && !alternative) {
    const quiet = fraction >> BigInt(format.fraction - 1) === 1n;
    return { kind: fraction === 0n ? "infinity" : quiet ? "quiet" : "signalling", negative, mantissa: fraction, exponent: 0 };
  }
  const exponent = Math.max(biased, 1) - bias(format) - format.fraction;
  if (biased === 0 && fraction !== 0n && control.flushToZero && format.bits !== 16) {
    control.raise(FLAG.inputDenormal);
    return { kind: "finite", negative, mantissa: 0n, exponent };
  }
  return { kind: "finite", negative, mantissa: biased === 0 ? fraction : fraction | (1n << BigInt(format.fraction)), exponent };
}

/** Whether rounding goes up in magnitude: `rest` of `unit` is what is cut off. */
function roundsUp(rounding: Rounding, negative: boolean, kept: bigint, rest: bigint, unit: bigint): boolean {
  switch (rounding) {
    case "nearest":
      return rest * 2n > unit || (rest * 2n === unit && (kept & 1n) === 1n);
    case "away":
      return rest * 2n >= unit;
    case "plus":
      return rest !== 0n && !negative;
    case "minus":
      return rest !== 0n && negative;
    default:
      return false;
  }
}
/** To an integer: mantissa * 2^exponent, in magnitude. */
export function roundToInteger(rounding: Rounding, negative: boolean, mantissa: bigint, exponent: number): { readonly magnitude: bigint; readonly exact: boolean } {
  if (exponent >= 0) return { magnitude: mantissa << BigInt(exponent), exact: true };
  const unit = 1n << BigInt(-exponent);
  const kept = mantissa >> BigInt(-exponent);
  const rest = mantissa & (unit - 1n);
  return { magnitude: kept + (roundsUp(rounding, negative, kept, rest, unit) ? 1n : 0n), exact: rest === 0n };
}

/** FPRound() of mantissa * 2^exponent, which is not zero. A quotient or root has its remainder as a lowest bit of 1. */
export function round(control: FloatControl, format: Format, negative: boolean, mantissa: bigint, exponent: number, rounding = control.rounding): bigint {
  const smallest = 1 - bias(format);
  const magnitude = exponent + mantissa.toString(2).length - 1;
  if (control.flushToZero && format.bits !== 16 && magnitude < smallest) {
    control.raise(FLAG.underflow);
    return zero(format, negative);
  }
  const lowest = Math.max(magnitude, smallest) - format.fraction;
  const { magnitude: rounded, exact } = roundToInteger(rounding, negative, mantissa, exponent - lowest);
  // Tininess is detected before rounding.
  if (magnitude < smallest && !exact) control.raise(FLAG.underflow);
  const integer = rounding === "odd" && !exact ? rounded | 1n : rounded;
  // A carry out of the fraction goes to the exponent, which is what it should do.
  const biased = BigInt(Math.max(magnitude, smallest) - smallest);
  const result = (biased << BigInt(format.fraction)) + integer;
  if (format.bits === 16 && control.alternativeHalf) {
    if (result >= signBit(format)) {
      control.raise(FLAG.invalidOperation);
      return signed(format, negative, ones(15));
    }
  } else if (result >= specialExponent(format)) {
    control.raise(FLAG.overflow | FLAG.inexact);
    const toInfinity = rounding === "nearest" || rounding === "away" || rounding === (negative ? "minus" : "plus");
    return toInfinity ? infinity(format, negative) : maxNormal(format, negative);
  }
  if (!exact) control.raise(FLAG.inexact);
  return signed(format, negative, result);
}

/** The NaN that an operation with this NaN operand gives. */
export function processNan(control: FloatControl, format: Format, x: bigint, unpacked: Unpacked): bigint {
  if (unpacked.kind === "signalling") control.raise(FLAG.invalidOperation);
  return control.defaultNan ? defaultNan(format) : x | (1n << BigInt(format.fraction - 1));
}
/** The first signalling NaN, else the first quiet one; undefined when no operand is a NaN. */
export function processNans(control: FloatControl, format: Format, operands: readonly (readonly [bits: bigint, unpacked: Unpacked])[]): bigint | undefined {
  const found = operands.find(([, u]) => u.kind === "signalling") ?? operands.find(([, u]) => u.kind === "quiet");
  return found && processNan(control, format, ...found);
}
/** An operation that has no answer. */
export function invalid(control: FloatControl, format: Format): bigint {
  control.raise(FLAG.invalidOperation);
  return defaultNan(format);
}

/** VFPExpandImm(): a b cdefgh as sign, exponent and fraction. */
export function expandImmediate(name: "single" | "double", imm8: number): bigint {
  const format = FORMATS[name];
  const b = BigInt((imm8 >> 6) & 1);
  const exponent = ((b ^ 1n) << BigInt(format.exponent - 1)) | (b === 1n ? ones(format.exponent - 3) << 2n : 0n) | BigInt((imm8 >> 4) & 3);
  const magnitude = (exponent << BigInt(format.fraction)) | (BigInt(imm8 & 15) << BigInt(format.fraction - 4));
  return signed(format, (imm8 & 128) !== 0, magnitude);
}
