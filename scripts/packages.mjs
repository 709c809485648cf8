// Every package has the same manifest shape; a private one, which nobody installs, shares its tests' command only. Checks it;
// with --fix, writes it.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const OPTIONAL = ["contract", "conformance"];

function expected(manifest, folder, name) {
  const library = !manifest.bin;
  const want = structuredClone(manifest);
  Object.assign(want, { license: "MIT", type: "module", engines: { node: ">=20.19" } });
  if (manifest.private === true) {
    want.scripts = { ...want.scripts, test: `node ../../scripts/vitest.mjs ${name}` };
    return want;
  }
  want.scripts = {
    ...want.scripts,
    build: `tsup --config ../../tsup.config.ts${library ? " && tsc -p tsconfig.build.json" : ""}`,
    "pack:check": "node ../../scripts/pack.mjs",
    test: `node ../../scripts/vitest.mjs ${name}`,
    ...(library ? { api: "node ../../scripts/api.mjs" } : {}),
  };
  if (!library) return want;
  want.sideEffects = false;
  want.files = ["dist", "src", "!src/**/*.test.ts", "!src/**/*.bench.ts"];
  const names = new Set(Object.keys(manifest.exports ?? {}).filter((key) => key !== "." && key !== "./package.json").map((key) => key.slice(2)));
  for (const entry of OPTIONAL) if (existsSync(join(folder, "src", `${entry}.ts`))) names.add(entry);
  const entries = ["index", ...[...names].filter((entry) => existsSync(join(folder, "src", `${entry}.ts`))).sort()];
  const built = (entry) => ({ types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` });
  const table = (value) =>
    Object.fromEntries([
      ...entries.map((entry) => [entry === "index" ? "." : `./${entry}`, value(entry)]),
      ["./package.json", "./package.json"],
    ]);
  want.exports = table((entry) => ({ "@granule/source": `./src/${entry}.ts`, ...built(entry) }));
  want.publishConfig = { access: "public", exports: table(built) };
  return want;
}

const wrong = [];
for (const parent of ["packages", "apps"]) {
  for (const name of readdirSync(join(root, parent))) {
    const file = join(root, parent, name, "package.json");
    if (!existsSync(file)) continue;
    const text = readFileSync(file, "utf8");
    const want = `${JSON.stringify(expected(JSON.parse(text), dirname(file), name), null, 2)}\n`;
    if (want === text) continue;
    wrong.push(`${parent}/${name}/package.json`);
    if (process.argv.includes("--fix")) writeFileSync(file, want);
  }
}
if (process.argv.includes("--fix")) for (const file of wrong) console.log(`wrote ${file}`);
else if (wrong.length > 0) {
  console.error(`${wrong.join("\n")}\nnot in the common shape (exports, scripts, files): run \`npm run packages:fix\``);
  process.exitCode = 1;
}
