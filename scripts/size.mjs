// What the packages that are installed alone cost a web page: each import of tools/size-limits.json is
// bundled, minified and compressed, and must stay below its limit. `--print` shows all of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./steps.mjs";

const limits = JSON.parse(readFileSync(join(root, "tools/size-limits.json"), "utf8"));
for (const [name, imports] of Object.entries(limits)) {
  for (const [what, limit] of Object.entries(imports)) {
    const contents = `export ${what} from "@granule/${name}";`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: join(root, "examples") },
      bundle: true, write: false, minify: true, format: "esm", platform: "browser", target: "es2023", conditions: ["@granule/source"], logLevel: "silent",
    });
    const size = gzipSync(outputFiles[0].contents, { level: 9 }).length / 1024;
    const text = `${name} ${what}: ${size.toFixed(2)} KiB gzipped, limit ${limit}`;
    if (process.argv.includes("--print")) console.log(text);
    else if (size > limit) console.error(text);
    if (size > limit) process.exitCode = 1;
  }
}
if (process.exitCode === 1) console.error("Larger on purpose? Raise the limit in tools/size-limits.json, in the same commit.");
