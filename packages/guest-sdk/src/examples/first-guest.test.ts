import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const text = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("the README shows this file as its reader would write it, and it is short", () => {
  const code = text("./first-guest.ts").replace("../index.ts", "@granule/guest-sdk");
  expect(text("../../README.md")).toContain(code);
  expect(code.split("\n").length).toBeLessThan(60);
});
