// `npm run consumer [-- EXAMPLE...]`: uses the packages as a stranger would. Packs them all, installs
// the tarballs with npm in an empty folder outside the workspace, checks types strictly, imports
// everything on the system's Node and on Node 24, bundles each package for a browser and runs the
// bundle in Chromium; holds the packed implementations to the packed conformance suites. Then the same
// for every folder of examples/ whose package.json says
// "granule-consumer": true:
//   - its @granule/* dependencies come from the tarballs, the others from the registry;
//   - `tsc --strict --noEmit` (with its own tsconfig.json, when it has one);
//   - its "build" script, if any, then its "start" script, on both Nodes;
//   - the file that "granule-browser" names, bundled and imported in Chromium.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { build } from "esbuild";
import { MISSING, chromiumPath, runInChromium } from "./browser.mjs";
import { close, counts, root, run, step } from "./steps.mjs";

const only = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "granule-consumer-"));
const outside = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.includes("node_modules"));
const systemNode = process.env.GRANULE_SYSTEM_NODE ?? process.execPath;
const nodes = [...new Set([systemNode, process.execPath])];
const bin = join(root, "node_modules", ".bin");
const STRICT = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
const NODENEXT = ["--target", "es2023", "--module", "nodenext", "--types", ""];

/** Every package's name, tarball, importable subpaths, and the peers that its conformance suite needs. */
const packages = new Map();
function findPackages() {
  for (const parent of ["packages", "apps"]) {
    for (const folder of readdirSync(join(root, parent))) {
      const at = join(root, parent, folder);
      if (!existsSync(join(at, "package.json"))) continue;
      const manifest = JSON.parse(readFileSync(join(at, "package.json"), "utf8"));
      if (manifest.private === true) continue;
      const tarball = readdirSync(join(at, ".cache")).find((file) => file.endsWith(".tgz"));
      if (!tarball) throw new Error(`${manifest.name} was not packed`);
      const subpaths = Object.keys(manifest.publishConfig.exports ?? {}).filter((subpath) => subpath !== "./package.json");
      const imports = subpaths.map((subpath) => manifest.name + subpath.slice(1));
      packages.set(manifest.name, { tarball: `file:${join(at, ".cache", tarball)}`, imports, peers: Object.keys(manifest.peerDependencies ?? {}) });
    }
  }
}

async function must(command, args, options) {
  const { status, output } = await run(command, args, options);
  if (status !== 0) throw Object.assign(new Error(), { stack: output || `${basename(command)} ended with ${status}` });
  return output;
}

/** The environment of a stranger: nothing of the workspace's, but the wanted Node first. */
const strangersEnv = (node) => ({ PATH: [dirname(node), ...outside, bin].join(delimiter), NODE_PATH: "" });

async function install(folder, manifest) {
  const every = Object.fromEntries([...packages].map(([name, { tarball }]) => [name, tarball]));
  const rest = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([name]) => !packages.has(name));
  const full = { ...manifest, private: true, dependencies: { ...every, ...Object.fromEntries(rest) }, devDependencies: {}, overrides: every };
  writeFileSync(join(folder, "package.json"), JSON.stringify(full, null, 2));
  await must("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder, env: strangersEnv(systemNode) });
}

const bundle = async (folder, entry) => {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    ...entry,
    bundle: true, write: false, format: "esm", platform: "browser", target: "es2023", minify: true, logLevel: "silent",
  });
  return outputFiles[0].text;
};
const nodeName = (node) => run(node, ["--version"]).then(({ output }) => `node ${output.trim().slice(1).split(".")[0]}`);

/** A step in Chromium, which may be missing on a developer's machine but not where it is required. */
async function browserStep(name, work) {
  if (chromiumPath()) return step(name, work);
  if ((process.env.GRANULE_REQUIRE ?? "").includes("chromium")) return step(name, async () => ({ failure: MISSING }));
  counts.skipped += 1;
  console.log(`skip   ${name}  ${MISSING}`);
}

async function everyPackage() {
  const folder = join(scratch, "all");
  mkdirSync(folder);
  const ok = await step("install", async () => {
    await install(folder, { name: "consumer", type: "module" });
    return { note: `${packages.size} tarballs, with npm` };
  });
  if (!ok) return false;
  const entries = [...packages.values()].flatMap((entry) => entry.imports);
  // A suite for a test runner cannot be imported outside of one: see `conformance`.
  const imports = [...packages.values()].flatMap((entry) => entry.imports.filter((name) => entry.peers.length === 0 || !name.endsWith("/conformance")));
  const lines = (names) => names.map((name, index) => `import * as m${index} from ${JSON.stringify(name)};`).join("\n");
  const table = (names) => `{ ${names.map((name, index) => `${JSON.stringify(name)}: Object.keys(m${index}).length`).join(", ")} }`;
  writeFileSync(join(folder, "all.ts"), `${lines(entries)}\nexport const all: Record<string, number> = ${table(entries)};\n`);
  writeFileSync(join(folder, "all.mjs"), `${lines(imports)}\nconsole.log(JSON.stringify(${table(imports)}));\n`);
  await step("types", async () => {
    // Declarations are checked too: no --skipLibCheck.
    await must(join(bin, "tsc"), [...STRICT, ...NODENEXT, "--lib", "es2023,dom", "all.ts"], { cwd: folder });
    return { note: `${entries.length} entries, strict, declarations included` };
  });
  let exported = {};
  for (const node of nodes) {
    await step(await nodeName(node), async () => {
      exported = JSON.parse(await must(node, ["all.mjs"], { cwd: folder, env: strangersEnv(node) }));
      const empty = Object.keys(exported).filter((name) => packages.has(name) && exported[name] === 0);
      return empty.length > 0 ? { failure: `exports nothing: ${empty.join(", ")}` } : { note: `${imports.length} entries imported` };
    });
  }
  const modules = new Map();
  await step("bundle", async () => {
    const failures = [];
    for (const name of imports.filter((entry) => !entry.endsWith("/node"))) {
      // No Node module can be in it: esbuild refuses them for a browser.
      const contents = `export * from ${JSON.stringify(name)};`;
      try {
        modules.set(name, await bundle(folder, { stdin: { contents, resolveDir: folder } }));
      } catch (error) {
        failures.push(`${name}: ${error.message}`);
      }
    }
    const sizes = [...modules].filter(([name]) => packages.has(name)).map(([name, text]) => `${name.slice(9)} ${(text.length / 1024).toFixed(1)}`);
    return failures.length > 0 ? { failure: failures.join("\n") } : { note: `KiB minified: ${sizes.join(", ")}` };
  });
  await browserStep("chromium", async () => {
    const failures = [];
    for (const [name, { errors, names }] of await runInChromium(modules)) {
      if (errors.length > 0) failures.push(`${name}: ${errors.join("\n")}`);
      else if (names.length !== exported[name]) failures.push(`${name}: ${names.length} exports, ${exported[name]} in Node`);
    }
    return failures.length > 0 ? { failure: failures.join("\n") } : { note: `${modules.size} bundles imported` };
  });
  return true;
}

/** The suites as somebody runs them who has an implementation of their own: from a vitest file, with their own vitest. */
const SUITES = `
import { test } from "vitest";
import { grantTable } from "@granule/grant-table";
import { describeGrantTable } from "@granule/grant-table/conformance";
import { walk } from "@granule/mmu";
import { describeWalker } from "@granule/mmu/conformance";
import { createStore } from "@granule/xenstore";
import { describeStore } from "@granule/xenstore/conformance";

describeStore({ name: "packed store", create: createStore });
describeWalker({ name: "packed walker", walk }, test, 0.05);
describeGrantTable({ name: "packed grant table", create: grantTable });
`;

/** The versions of the test tools that the workspace itself uses. */
const testTools = () => {
  const catalog = /^catalog:\n((?: {2}.*\n)+)/m.exec(readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"))?.[1] ?? "";
  return Object.fromEntries([...catalog.matchAll(/^ {2}(\S+): (\S+)$/gm)].map(([, name, version]) => [name, version]));
};

async function conformance() {
  const folder = join(scratch, "conformance");
  mkdirSync(folder);
  writeFileSync(join(folder, "suites.test.js"), SUITES);
  await step("conformance", async () => {
    await install(folder, { name: "conformance", type: "module", devDependencies: testTools() });
    const output = await must("npx", ["vitest", "run", "--reporter=dot", "--testTimeout=60000"], { cwd: folder, env: strangersEnv(process.execPath) });
    return { note: /Tests\s+(.*)/.exec(output)?.[1] };
  });
}

async function example(name) {
  const folder = join(scratch, name);
  const skipped = new Set(["node_modules", "dist", ".cache"]);
  cpSync(join(root, "examples", name), folder, { recursive: true, filter: (source) => !skipped.has(basename(source)) });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!(await step(`${name}: install`, () => install(folder, manifest)))) return;
  await step(`${name}: types`, async () => {
    const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".ts") && !file.includes("node_modules"));
    const project = existsSync(join(folder, "tsconfig.json")) ? ["-p", "."] : [...NODENEXT, "--allowImportingTsExtensions", "--lib", "es2023,dom", ...files];
    await must(join(bin, "tsc"), [...STRICT, ...project], { cwd: folder });
  });
  for (const node of manifest.scripts?.start ? nodes : []) {
    await step(`${name}: ${await nodeName(node)}`, async () => {
      const env = strangersEnv(node);
      if (manifest.scripts.build) await must("npm", ["run", "-s", "build"], { cwd: folder, env });
      const output = await must("npm", ["run", "-s", "start"], { cwd: folder, env });
      return { note: output.trim().split("\n").at(-1) };
    });
  }
  const entry = manifest["granule-browser"];
  if (!entry) return;
  await browserStep(`${name}: chromium`, async () => {
    const text = await bundle(folder, { entryPoints: [entry] });
    const { errors, printed } = (await runInChromium(new Map([[name, text]]))).get(name);
    return errors.length > 0 ? { failure: [...printed, ...errors].join("\n") } : { note: printed.at(-1)?.split("\n").at(-1) ?? "imported" };
  });
}

const examples = existsSync(join(root, "examples"))
  ? readdirSync(join(root, "examples")).filter((name) => {
      const file = join(root, "examples", name, "package.json");
      return existsSync(file) && JSON.parse(readFileSync(file, "utf8"))["granule-consumer"] === true;
    })
  : [];
try {
  const packed = await step("pack", async () => {
    const { status, output } = await run("turbo", ["run", "pack:check", "--output-logs=errors-only"]);
    if (status !== 0) return { failure: output };
    findPackages();
  });
  if (packed && (only.length > 0 || (await everyPackage()))) {
    if (only.length === 0) await conformance();
    for (const name of examples) if (only.length === 0 || only.includes(name)) await example(name);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
close();
