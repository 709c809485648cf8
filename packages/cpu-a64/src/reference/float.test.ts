import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, type Binary, compareFlags, divide, maximumNumber, multiply, multiplyAdd, reciprocalStep, squareRoot, subtract } from "./floatArithmetic.ts";
import { convert, fromFixed, reciprocalEstimate, toFixed, toIntegral } from "./floatConvert.ts";
import { defaultNan, FLAG, type FloatControl, FORMATS, infinity, type Rounding } from "./floatFormat.ts";

const { half, single, double } = FORMATS;
const view = new DataView(new ArrayBuffer(8));
const bits64 = (x: number): bigint => (view.setFloat64(0, x), view.getBigUint64(0));
const number64 = (x: bigint): number => (view.setBigUint64(0, x), view.getFloat64(0));
const bits32 = (x: number): bigint => (view.setFloat32(0, x), BigInt(view.getUint32(0)));

interface Recorded extends FloatControl {
  flags: bigint;
}
function control(rounding: Rounding = "nearest", rest: Partial<FloatControl> = {}): Recorded {
  return {
    rounding, flushToZero: false, defaultNan: false, alternativeHalf: false, ...rest, flags: 0n,
    raise(flag) {
      this.flags |= flag;
    },
  };
}
/** Doubles of every kind: fast-check's, which likes limits, and bit patterns. */
const anyDouble = fc.oneof(fc.double(), fc.bigInt(0n, 2n ** 64n - 1n).map(number64), fc.integer({ min: -20, max: 20 }).map((n) => n / 4));
const isSame = (got: bigint, want: number): boolean => (Number.isNaN(want) ? Number.isNaN(number64(got)) : got === bits64(want));

describe("to nearest, operations give what JavaScript's do", () => {
  const binary: readonly (readonly [name: string, ours: Binary, theirs: (x: number, y: number) => number])[] = [
    ["add", add, (x, y) => x + y], ["subtract", subtract, (x, y) => x - y], ["multiply", multiply, (x, y) => x * y], ["divide", divide, (x, y) => x / y],
  ];
  it.each(binary)("%s, in double precision", (_, ours, theirs) => {
    fc.assert(fc.property(anyDouble, anyDouble, (x, y) => isSame(ours(control(), double, bits64(x), bits64(y)), theirs(x, y))), { numRuns: 2000 });
  });
  it.each(binary)("%s, in single precision", (_, ours, theirs) => {
    // 53 bits are enough to round a second time to 24
    const theirs32 = (x: number, y: number): number => Math.fround(theirs(x, y));
    fc.assert(
      fc.property(anyDouble.map(Math.fround), anyDouble.map(Math.fround), (x, y) => {
        const want = theirs32(x, y);
        const got = ours(control(), single, bits32(x), bits32(y));
        return Number.isNaN(want) ? (got & 0x7fffffffn) > 0x7f800000n : got === bits32(want);
      }),
      { numRuns: 2000 },
    );
  });
  it("square root, conversion to single precision and from integers", () => {
    fc.assert(fc.property(anyDouble, (x) => isSame(squareRoot(control(), double, bits64(x)), Math.sqrt(x))));
    fc.assert(fc.property(anyDouble.filter((x) => !Number.isNaN(x)), (x) => convert(control(), double, single, bits64(x)) === bits32(x)));
    fc.assert(fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (x) => isSame(fromFixed(control(), double, x, 64, true), Number(x))));
  });
  it("rounding to integers", () => {
    const finite = anyDouble.filter((x) => Number.isFinite(x));
    const integral = (rounding: Rounding) => (x: number) => toIntegral(control(), double, bits64(x), rounding, false);
    fc.assert(fc.property(finite, (x) => isSame(integral("minus")(x), Math.floor(x)) && isSame(integral("plus")(x), Math.ceil(x)) && isSame(integral("zero")(x), Math.trunc(x))));
    fc.assert(fc.property(finite.filter((x) => Math.abs(x) < 2 ** 62), (x) => toFixed(control(), double, bits64(x), 64, true, "zero") === BigInt.asUintN(64, BigInt(Math.trunc(x)))));
  });
});

describe("rounding modes and flags", () => {
  const finite = anyDouble.filter((x) => Number.isFinite(x));
  it.each([["add", add], ["multiply", multiply], ["divide", divide]] as const)("%s: the directed results enclose the nearest, and differ exactly when Inexact is raised", (_, operation) => {
    fc.assert(
      fc.property(finite, finite.filter((y) => y !== 0), (x, y) => {
        const at = (rounding: Rounding): { value: number; flags: bigint } => {
          const c = control(rounding);
          return { value: number64(operation(c, double, bits64(x), bits64(y))), flags: c.flags };
        };
        const [below, nearest, above, zero] = [at("minus"), at("nearest"), at("plus"), at("zero")];
        expect(below.value <= nearest.value && nearest.value <= above.value).toBe(true);
        expect(Math.abs(zero.value)).toBe(Math.min(Math.abs(below.value), Math.abs(above.value)));
        expect(below.value === above.value).toBe((nearest.flags & FLAG.inexact) === 0n);
      }),
    );
  });
  it("a fused product has no error of its own: x * y - round(x * y) is exact", () => {
    const modest = fc.double({ min: 1e-60, max: 1e60, noNaN: true });
    fc.assert(
      fc.property(modest, modest, (x, y) => {
        const product = bits64(-(x * y));
        const c = control();
        const error = number64(multiplyAdd(c, double, product, bits64(x), bits64(y)));
        expect(c.flags).toBe(0n);
        expect(Math.abs(error)).toBeLessThanOrEqual(Math.abs(x * y) * 2 ** -53);
      }),
    );
  });
});

/** Source: Arm ARM DDI 0487, J1, the function of each. */
describe("special values", () => {
  const quiet = 0x7ff8000000000123n;
  const signalling = 0x7ff0000000000123n;
  const smallest = 1n;
  it("a signalling NaN comes before a quiet one and becomes quiet; FPCR.DN gives the default one", () => {
    const c = control();
    expect(add(c, double, quiet, signalling)).toBe(signalling | (1n << 51n));
    expect(c.flags).toBe(FLAG.invalidOperation);
    expect(add(control("nearest", { defaultNan: true }), double, quiet, 0n)).toBe(defaultNan(double));
  });
  it("FPCR.FZ takes denormal operands for zeros, and denormal results without Inexact", () => {
    const c = control("nearest", { flushToZero: true });
    expect(add(c, double, smallest, smallest)).toBe(0n);
    expect(c.flags).toBe(FLAG.inputDenormal);
    const d = control("nearest", { flushToZero: true });
    expect(multiply(d, double, bits64(2 ** -600), bits64(-(2 ** -600)))).toBe(bits64(-0));
    expect(d.flags).toBe(FLAG.underflow);
  });
  it("division by zero, overflow by rounding mode, and Underflow before rounding", () => {
    const c = control();
    expect(divide(c, double, bits64(-1), 0n)).toBe(infinity(double, true));
    expect(c.flags).toBe(FLAG.divideByZero);
    expect(multiply(control("zero"), double, bits64(2 ** 1000), bits64(2 ** 1000))).toBe(bits64(Number.MAX_VALUE));
    const d = control();
    multiply(d, double, bits64(3 * 2 ** -538), bits64(2 ** -537));
    expect(d.flags).toBe(FLAG.underflow | FLAG.inexact);
  });
  it("FMAXNM prefers a number to a quiet NaN; comparisons with NaNs are unordered", () => {
    expect(maximumNumber(control(), double, quiet, bits64(-5))).toBe(bits64(-5));
    const c = control();
    expect([compareFlags(c, double, quiet, 0n, false), c.flags]).toEqual([0b0011, 0n]);
    expect([compareFlags(c, double, quiet, 0n, true), c.flags]).toEqual([0b0011, FLAG.invalidOperation]);
    expect([compareFlags(c, double, 0n, bits64(-0), true), compareFlags(c, double, 0n, 1n, true)]).toEqual([0b0110, 0b1000]);
  });
  it("alternative half precision has numbers where others have infinities", () => {
    const c = control("nearest", { alternativeHalf: true });
    expect(convert(c, half, single, 0x7c00n)).toBe(bits32(65536));
    expect([convert(c, single, half, bits32(Infinity)), c.flags]).toEqual([0x7fffn, FLAG.invalidOperation]);
  });
  it("conversions to integers saturate", () => {
    const c = control();
    expect([toFixed(c, double, bits64(-1), 32, false, "zero"), c.flags]).toEqual([0n, FLAG.invalidOperation]);
    expect(toFixed(control(), double, bits64(1e300), 32, true, "zero")).toBe(0x7fffffffn);
    expect(toFixed(control(), single, bits32(-2.5), 64, true, "away")).toBe(2n ** 64n - 3n);
  });
  it("estimates and steps meet at the reciprocal", () => {
    for (const x of [1.25, 3, 1e10, 7e-5]) {
      let estimate = reciprocalEstimate(control(), double, bits64(x));
      expect(Math.abs(number64(estimate) * x - 1)).toBeLessThan(2 ** -8);
      for (let n = 0; n < 3; n += 1) estimate = multiply(control(), double, estimate, reciprocalStep(control(), double, bits64(x), estimate));
      expect(Math.abs(number64(estimate) * x - 1)).toBeLessThan(2 ** -50);
    }
  });
});
