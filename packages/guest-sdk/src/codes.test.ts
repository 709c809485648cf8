import { expect, test } from "vitest";
import { codeNumber, ERRNO, type Hypercall, V1, V2 } from "@granule/xen-abi";
import { answerCodes } from "./codes.ts";

const all: readonly Hypercall[] = [...Object.values(V1), ...Object.values(V2)];

test.each(all.map((d) => [`v${d.abi} ${d.name}`, d] as const))("%s: a number has one name in each place", (_name, d) => {
  const { x0, status } = answerCodes(d);
  const hasStatus = Object.values(d.fields).some((f) => f.dir === "status");
  for (const { code, rule } of d.errors) {
    const ofTheCall = ["buffer", "list-limit", "count-one"].includes(rule);
    const table = hasStatus && !ofTheCall ? status : x0;
    expect(table.get(codeNumber(code))).toBe(code);
  }
  expect(x0.get(-ERRNO.ENOSYS)).toBe("ENOSYS");
});

test("-14 is a fault in x0 and a granule in a status", () => {
  const map = answerCodes(V2.grant_map);
  expect([map.x0.get(-14), map.status.get(-14)]).toEqual(["EFAULT", "GNTST_bad_granule"]);
  expect(answerCodes(V2.grant_copy).status.get(-14)).toBe("EFAULT");
});
