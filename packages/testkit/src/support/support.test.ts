import { GRANULE_16K, GRANULE_4K } from "@granule/units";
import { V1, V2 } from "@granule/xen-abi";
import { describe, expect, test } from "vitest";
import { statusOf } from "./calls.ts";
import type { Outcome } from "./contract.ts";
import { supportMarkdown, supportTables } from "./markdown.ts";
import { must, outcome } from "./world.ts";

const FILE = new URL("../../../../SUPPORT.md", import.meta.url);

describe("the status of a probe", () => {
  const status = (run: (unit: number) => Outcome): string => statusOf(V2.release, { use: "", run: (_w, unit) => run(unit) }, GRANULE_16K, "granule");
  test("says what the smallest piece and a whole granule did", () => {
    expect(status(() => "done")).toBe("Supported");
    expect(status((unit) => (unit === 4096 ? "EXDEV" : "done"))).toBe("Supported, multiples of G (else EXDEV)");
    expect(status(() => "EBUSY")).toBe("Refused (EBUSY)");
  });
  test("a call that the hypervisor does not know is not there, also where it cannot even be prepared", () => {
    const find = (run: Parameters<typeof statusOf>[1]["run"]): string => statusOf(V2.query, { use: "", run }, GRANULE_4K, "xen-4.17");
    expect(find((w) => outcome(w.self, V2.query))).toBe("Not there");
    expect(find((w) => (must(w.peer, V2.event_alloc_unbound, { remote: w.self.domain.domid }), "done"))).toBe("Not there");
  });
  test("a probe that is wrong is an error, not a status", () => {
    expect(() => statusOf(V1.xenver_version, { use: "", run: (w) => (must(w.self, V1.event_send, { port: 9 }), "done") }, GRANULE_4K, "granule")).toThrow("preparation: EINVAL");
  });
});

// `npm run gen:support` writes it anew
test("SUPPORT.md is what the probes find", { timeout: 120_000 }, async () => {
  const tables = supportTables();
  const codes = tables.flatMap((t) => t.rows.flatMap((r) => r.statuses.map((s) => `${r.what}: ${s}`)));
  expect(codes.filter((c) => c.includes("undeclared"))).toEqual([]);
  await expect(supportMarkdown(tables)).toMatchFileSnapshot(FILE.pathname);
});
