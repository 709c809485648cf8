import { existsSync } from "node:fs";
import { defineConfig } from "tsup";

// One configuration for every package: each public entry of src becomes a file of dist.
// Declarations come from tsc (tsconfig.build.json).
const names = ["index", "contract", "conformance", "node", "main"];

export default defineConfig({
  entry: names.map((name) => `src/${name}.ts`).filter((file) => existsSync(file)),
  format: "esm",
  target: "es2023",
  platform: "neutral",
  external: [/^node:/, /^@granule\//],
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  silent: true,
});
