import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { matrixCells } from "@granule/testkit";
import { runHarness } from "./harness.ts";
import { sampleCells } from "./matrix.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "granule-harness-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("a configuration", () => {
  it("runs as it stands, and its pair in both ABIs and modes", { timeout: 60_000 }, async () => {
    const domain = (s1: string, g: string) => ({ s1, g, memory: "4M" });
    const cases = await runHarness({
      seed: "1", cells: 0, file: file("pair.json", JSON.stringify({ domains: { a: domain("4k", "16k"), b: domain("64k", "4k") }, block: [{ front: "b", back: "a", move: "128K", request: "64K" }] })),
    });
    expect(cases.map((c) => [c.suite, c.status])).toEqual([["configuration", "passed"], ...Array.from({ length: 8 }, () => ["matrix", "passed"])]);
    expect(cases.slice(1).every((c) => /^s64k-g4k-v[12]\/s4k-g16k-v[12]\//.test(c.name))).toBe(true);
  });
  it.each([
    ["{", "GRAN0030"], ['{"domains":{"a":{"s1":"8k"}}}', "GRAN0031"], ['{"cpu":"only-4k","domains":{"a":{"s1":"64k"}}}', "GRAN0032"],
  ])("%s: %s", async (text, code) => {
    await expect(runHarness({ file: file("bad.json", text), cells: 0, seed: "1" })).rejects.toMatchObject({ code });
  });
});

describe("a module", () => {
  it("runs the matrix with what it alters; a red cell says why and how to repeat it", { timeout: 30_000 }, async () => {
    const cases = await runHarness({ file: file("fault.mjs", "export default { disk: (d) => ({ ...d, flush: () => true }) };"), cells: 1, seed: "1" });
    expect(cases).toMatchObject([{ suite: "matrix", status: "failed", why: [expect.stringMatching(/^durable: /)], repeat: expect.stringMatching(/^granule matrix --only \S+ --seed 1 --with \S+fault\.mjs$/) }]);
  });
  it.each([["throw new Error('no');", "GRAN0075"], ["export default {};", "GRAN0076"], ["export default { disc: () => 1 };", "GRAN0076"], ["export const disk = 1;", "GRAN0076"]])("%s: %s", async (text, code) => {
    await expect(runHarness({ file: file(`${Math.random()}.mjs`, text), cells: 0, seed: "1" })).rejects.toMatchObject({ code });
  });
  it("a sample of cells visits every value of every axis", () => {
    const sample = sampleCells(54);
    for (const key of ["s1Front", "s1Back", "gFront", "gBack", "abiFront", "abiBack", "mode"] as const)
      expect(new Set(sample.map((c) => c[key]))).toEqual(new Set(matrixCells().map((c) => c[key])));
    expect(new Set(sampleCells(648)).size).toBe(648);
  });
});

describe("the command", () => {
  const run = (...args: string[]): { code: number; stdout: string } => {
    try {
      return { code: 0, stdout: execFileSync(process.execPath, ["--conditions=@granule/source", here("main.ts"), ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }) };
    } catch (e) {
      if (typeof e === "object" && e !== null && "status" in e && "stdout" in e) return { code: Number(e.status), stdout: String(e.stdout) };
      throw e;
    }
  };
  it("runs a part through its suite, in a vitest of its own", { timeout: 120_000 }, () => {
    // a store that forgets that a node was removed
    const text = `
      import { createStore } from ${JSON.stringify(here("../../../packages/xenstore/src/index.ts"))};
      export default { store: (options) => { const store = createStore(options); return { ...store, connect(domid) {
        const r = store.connect(domid);
        if (!r.ok) return r;
        const { handle } = r.value;
        r.value.handle = (m) => handle(m.type === 13 ? { ...m, type: 2 } : m);
        return r;
      } }; } };`;
    const { code, stdout } = run(file("store.mjs", text), "--cells", "0", "--tap");
    expect(code).toBe(5);
    expect(stdout).toMatch(/^TAP version 14\n1\.\.\d+\n/);
    expect(stdout).toMatch(/^ok \d+ - xenstore/m);
    expect(stdout).toMatch(/^not ok \d+ - xenstore.*(remove|rm)/im);
  });
  it("says what is wrong with its file", { timeout: 60_000 }, () => {
    expect([run("--help").code, run("none.json").code]).toEqual([0, 2]);
  });
});
