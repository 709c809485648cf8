// Packs the package of the current folder as it would be published, and checks the tarball:
// publint (files and fields) and are-the-types-wrong (what a TypeScript user resolves).
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const folder = process.cwd();
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const scratch = join(folder, ".cache");
mkdirSync(scratch, { recursive: true });
for (const file of readdirSync(scratch)) if (file.endsWith(".tgz")) rmSync(join(scratch, file));

// Under `pnpm run` this is the pnpm that the workspace pins.
execFileSync("pnpm", ["pack", "--pack-destination", scratch], { stdio: ["ignore", "ignore", "inherit"] });
const tarball = readFileSync(join(scratch, readdirSync(scratch).find((file) => file.endsWith(".tgz"))));

const problems = [];
const { messages, pkg } = await publint({
  level: "warning",
  pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
});
problems.push(...messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`));

// The packages are ESM only: what CommonJS and the oldest resolution see does not count.
const IGNORED = new Set(["node10", "node16-cjs"]);
if (Object.keys(manifest.exports).some((subpath) => subpath !== "./package.json")) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  for (const problem of analysis.problems ?? []) {
    if (IGNORED.has(problem.resolutionKind)) continue;
    problems.push(`types: ${problem.kind} ${problem.entrypoint ?? problem.fileName ?? ""} (${problem.resolutionKind ?? "any"})`);
  }
}
for (const problem of problems) console.error(`${manifest.name}: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
