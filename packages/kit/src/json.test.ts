import { expect, test } from "vitest";
import { jsonList, jsonNumber, jsonObject, jsonString } from "./json.ts";

test("each reader takes its kind and names the part that is not", () => {
  expect([jsonObject({ a: 1 }, "x"), jsonList([1], "x"), jsonNumber(0, "x"), jsonString("", "x")]).toEqual([{ a: 1 }, [1], 0, ""]);
  const wrong = [
    [jsonObject, [null, [], 1, undefined], "object"],
    [jsonList, [null, {}, "x", undefined], "list"],
    [jsonNumber, ["1", null, undefined], "number"],
    [jsonString, [1, null, undefined], "string"],
  ] as const;
  for (const [read, values, kind] of wrong) for (const v of values) expect(() => read(v, "grants.table")).toThrow(`the snapshot is torn: grants.table is no ${kind}`);
});
