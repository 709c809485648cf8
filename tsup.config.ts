import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig } from "tsup";

// One configuration for every package: each public entry of src becomes a file of dist.
// Declarations come from tsc (tsconfig.build.json).
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const outputs: string[] = [
  ...Object.values<{ default?: string }>(manifest.exports).map((entry) => entry.default ?? ""),
  ...Object.values<string>(manifest.bin ?? {}),
].filter((file) => file.endsWith(".js"));

export default defineConfig({
  entry: outputs.map((file) => `src/${basename(file, ".js")}.ts`),
  format: "esm",
  target: "es2023",
  platform: manifest.bin ? "node" : "neutral",
  external: [/^node:/, /^@granule\//],
  // Nothing of another package is copied into a bundle, declared or not.
  skipNodeModulesBundle: true,
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  silent: true,
});
