import { MESSAGES } from "@granule/granule";
import { ERRNO, GNTST } from "@granule/xen-abi";
import { expect, test } from "vitest";
import { granule } from "../captured.ts";
import { explain } from "./explain.ts";

test("every errno, grant status and GRAN code has an explanation", () => {
  for (const code of [...Object.keys(ERRNO), ...Object.keys(GNTST), ...Object.keys(MESSAGES)]) {
    const e = explain(code);
    expect(e.code).toBe(code);
    expect(e.meaning, code).toMatch(/^\S.*\.$/);
  }
});

test("one code, however it is written", async () => {
  const wanted = explain("GNTST_bad_granule");
  expect(wanted.number).toBe(-14);
  expect(explain("bad_granule")).toEqual(wanted);
  expect(explain(" BAD_GRANULE ")).toEqual(wanted);
  expect(explain("-18")).toEqual(explain("exdev"));
  expect(explain("0x12")).toEqual(explain("18"));
  expect((await granule(["explain", "--", "-18"])).stdout).toBe((await granule(["explain", "EXDEV"])).stdout);
});

test("a number that two families share names both", () => {
  expect(explain("14").meaning).toContain("GNTST_bad_granule");
});

test("--json is the same, as one document", async () => {
  const { code, stdout } = await granule(["explain", "EXDEV", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(explain("EXDEV"))));
});

test.each(["nope", "", "GRAN9999", "123456", "1e3", "__proto__", "constructor"])("%j is no code", async (text) => {
  const { code, stdout, stderr } = await granule(["explain", text]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^error\[GRAN0054\]: ".*" is no code that granule knows\n {2}Give an errno/);
  expect(stderr).toContain("More: granule explain GRAN0054");
});
