import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import type { Hypercall } from "../descriptor.ts";
import { V1 } from "../v1/all.ts";
import { V2 } from "../v2/all.ts";
import { EXAMPLE_ENV } from "./examples.ts";
import { SPEC_FILES } from "./files.ts";
import { type Vector, vectorsJson } from "./vectors.ts";

const SPEC = new URL("../../../../docs/spec/", import.meta.url);

// `npx vitest run --project xen-abi -u` writes them anew
test.each(Object.entries(SPEC_FILES))("docs/spec/%s is what the descriptors say", async (name, make) => {
  await expect(make()).toMatchFileSnapshot(new URL(name, SPEC).pathname);
});
test("every call and every field of both ABIs is in its document", () => {
  for (const [file, calls] of [["abi-v1.md", V1], ["abi-v2.md", V2]] as const) {
    const text = SPEC_FILES[file]?.() ?? "";
    for (const [key, d] of Object.entries<Hypercall>(calls)) {
      const at = text.indexOf(`### ${key}\n`);
      expect(at, key).toBeGreaterThan(0);
      const part = text.slice(at, text.indexOf("\n#", at + 4));
      for (const name of Object.keys(d.fields)) expect(part, `${key}.${name}`).toContain(`| \`${name}\` |`);
      for (const e of d.errors) expect(part, `${key} ${e.code}`).toContain(e.when.replaceAll("|", "\\|"));
    }
  }
});

/** Compiles with a tool that the machine may have; undefined: it has not, and nothing was checked. */
function compiles(tool: string, args: readonly string[], files: Readonly<Record<string, string>>): string | undefined {
  // a launcher without its toolchain is there, and is of no use
  if (spawnSync(tool, ["--version"]).status !== 0) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "granule-spec-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const r = spawnSync(tool, args, { cwd: dir, encoding: "utf8" });
    return r.status === 0 ? "" : `${r.stdout}${r.stderr}`;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
test("the C header compiles alone, twice included, without a warning (checked where gcc is)", { timeout: 30_000 }, () => {
  const main = '#include "granule_abi2.h"\n#include "granule_abi2.h"\nint main(void) { return (int)(GRANULE_EXTENT_SIZE(GRANULE_EXTENT(0x10000, 16)) - 0x10000); }\n';
  const said = compiles("gcc", ["-std=c11", "-Wall", "-Wextra", "-Wpadded", "-Werror", "-fsyntax-only", "main.c"], { "granule_abi2.h": SPEC_FILES["granule_abi2.h"]?.() ?? "", "main.c": main });
  expect(said ?? "").toBe("");
});
test("the Rust module compiles without a warning (checked where rustc is)", { timeout: 60_000 }, () => {
  const said = compiles("rustc", ["--edition", "2021", "--crate-type", "lib", "-D", "warnings", "--emit", "metadata", "abi2.rs"], { "abi2.rs": SPEC_FILES["abi2.rs"]?.() ?? "" });
  expect(said ?? "").toBe("");
});

const fromHex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
test("every vector, taken from the file, decodes or is refused as it says", () => {
  const env = {
    ...EXAMPLE_ENV,
    array: () => ({ at: () => ({ ok: true as const, value: 0 }), put: () => ({ ok: true as const, value: undefined }) }),
    bytes: () => ({ isNull: true, read: () => ({ ok: true as const, value: undefined }), write: () => ({ ok: true as const, value: undefined }) }),
  };
  const file: { vectors: readonly Vector[] } = JSON.parse(vectorsJson());
  const byName = new Map<string, Hypercall>(Object.entries(V2));
  const seen = new Set<string>();
  for (const v of file.vectors) {
    const d = byName.get(v.call);
    if (d === undefined) throw new Error(v.call);
    const regs = new DataView(new ArrayBuffer(248));
    for (const [x, value] of Object.entries(v.registers)) regs.setBigUint64(8 * Number(x.slice(1)), BigInt(value), true);
    expect([regs.getBigUint64(128, true), regs.getBigUint64(0, true)]).toEqual([BigInt(d.nr), BigInt(d.op ?? 0)]);
    const c = compile(d);
    const r = c.before(regs, env) ?? c.decode(regs, new DataView(fromHex(v.element).buffer), env);
    if (v.refused === undefined) expect(r, v.call).toMatchObject({ ok: true });
    else expect(r, `${v.call} ${v.refused.rule}`).toMatchObject({ ok: false, code: v.refused.code, rule: v.refused.rule });
    seen.add(`${v.call} ${v.refused?.rule ?? "ok"}`);
    if (v.answer !== undefined) {
      const results = c.results(regs, new DataView(fromHex(v.answer.element).buffer));
      for (const [name, value] of Object.entries(v.answer.fields)) expect(BigInt(results[name] ?? -1), `${v.call}.${name}`).toBe(BigInt(value));
    }
  }
  for (const [key, d] of Object.entries<Hypercall>(V2)) {
    expect(seen).toContain(`${key} ok`);
    for (const e of d.errors) if (e.by === "derived" && e.rule !== "buffer" && e.rule !== "list-limit") expect(seen).toContain(`${key} ${e.rule}`);
  }
});
