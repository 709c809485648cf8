import { RuleTester } from "oxlint/plugins-dev";
import { describe, it } from "vitest";
import plugin from "./plugin.ts";

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester({ languageOptions: { sourceType: "module", parserOptions: { lang: "ts" } } });
const { rules } = plugin;
const units = { filename: "/repo/packages/units/src/a.ts", options: [{ allow: ["/packages/units/src/"] }] };
const bad = (code: string, errors = 1) => ({ code, errors });

tester.run("no-magic-page", rules["no-magic-page"], {
  valid: [
    "const gfn = GRANULE_4K.frameOf(addr);",
    "const x = a + 12; const y = 1 << 13; const z = 0xffff; const w = domid & 0xffff;",
    "// MAGIC: event channels, not bytes\nexport const CHANNELS = 4096;",
    "const port = 65536; // MAGIC: one past the last domain id",
    "// MAGIC: SMCCC fields\nconst owner = (id: number) => {\n  const x = id >>> 16;\n  return x;\n};",
    "/**\n * MAGIC: rows of the architecture's table\n */\nexport const ROWS = {\n  a: { size: 4096 },\n  b: { size: 16384 },\n};",
    { code: "export const SIZE = 4096;", ...units },
  ],
  invalid: [
    bad("const a = 4096;"),
    bad("const a = 0x4000n;"),
    bad("const a = addr >>> 12;"),
    bad("let a = 1; a <<= 14;"),
    bad("const a = 64 * 1024;"),
    bad("const a = 2 ** 12;"),
    bad("const a = ipa & 0xfff;"),
    bad("const a = ~0xffff;"),
    bad("const a = start & 0xffff;"),
    bad("// MAGIC:\nconst a = 4096;"),
    bad("// MAGIC: only the next one\nconst b = 4096;\nconst a = 4096;"),
  ],
});

tester.run("no-address-truthiness", rules["no-address-truthiness"], {
  valid: [
    "if (addr === undefined) f();",
    "const a = addr ?? 0;",
    "if (isFrame && hasAddress) f();",
    "const a = ready && frame;",
    "if (startup || restart || padding) f();",
    "if (walk(ipa)) f();",
  ],
  invalid: [
    bad("if (addr) f();"),
    bad("if (!range.start) f();"),
    bad("const a = guestAddress || 1;"),
    bad("const a = gfn ? 1 : 2;"),
    bad("while (ready && entry.machineFrame) f();"),
    bad("if (a?.ipa) f();"),
    bad("f(Boolean(RAM_START));"),
    bad("o.pa ||= 1;"),
  ],
});

tester.run("no-as-outside-units", rules["no-as-outside-units"], {
  valid: [
    "const a = [1] as const;",
    "const a = { b: 1 } satisfies T;",
    { code: "// BRAND: the one place a number becomes an address\nconst a = n as T;", ...units },
    { code: "const a = n as T; // BRAND: checked above", ...units },
    { code: "// BRAND: checked by the caller\nfunction f(n: number) {\n  if (n) return 1;\n  return n as T;\n}", ...units },
  ],
  invalid: [
    bad("const a = n as T;"),
    bad("const a = <T>n;"),
    bad("const a = n as T; // BRAND: not here"),
    bad("const a = n as unknown as T;", 2),
    { code: "const a = n as T;", ...units, errors: [{ message: "A type assertion needs a `// BRAND: reason` comment." }] },
  ],
});

tester.run("no-node-import", rules["no-node-import"], {
  valid: ['import { a } from "@granule/units";', 'import { b } from "./path.ts";'],
  invalid: [
    bad('import { readFileSync } from "node:fs";'),
    bad('import type { Stats } from "fs";'),
    bad('const p = await import("node:path");'),
    bad('export { join } from "node:path";'),
  ],
});

const long = "a();\n".repeat(5);
tester.run("max-lines", rules["max-lines"], {
  valid: [
    { code: long, options: [{ max: 5 }] },
    { code: `// TABLE: the errno numbers\n${long}`, options: [{ max: 5 }] },
  ],
  invalid: [
    { code: `b();\n${long}`, options: [{ max: 5 }], errors: 1 },
    { code: `b(); // TABLE: not a header\n${long}`, options: [{ max: 5 }], errors: 1 },
  ],
});

tester.run("named-exports", rules["named-exports"], {
  valid: ['export { a } from "./a.ts";', "export const b = 1;"],
  invalid: [bad('export * from "./a.ts";'), bad("export default 1;")],
});

tester.run("no-ambient-state", rules["no-ambient-state"], {
  valid: ["const t = clock.now();", "const d = new Date(0);", "const r = Math.max(1, 2);"],
  invalid: [bad("const t = Date.now();"), bad("const r = Math.random();"), bad("console.log(1);"), bad("const d = new Date();")],
});
