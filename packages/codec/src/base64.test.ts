import { expect, test } from "vitest";
import fc from "fast-check";
import { fromBase64, toBase64 } from "./base64.ts";

test("agrees with the platform's base64 both ways", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect([...fromBase64(toBase64(bytes))]).toEqual([...bytes]);
    }),
  );
});
test("refuses what is no base64", () => {
  expect(() => fromBase64("abc")).toThrow("multiple of 4");
  expect(() => fromBase64("ab!=")).toThrow("character 2");
});
