/**
 * Records what a compiler makes of Xen's public headers, for packages/xen-abi/src/layouts/layouts.test.ts to compare the tables with. A
 * program that prints every expression of claims.ts, and the alignment of every structure, is compiled for arm64 against Debian's
 * libxen-dev, which is fetched into the cache, and run. Needs aarch64-linux-gnu-gcc with its C library (Debian: gcc-aarch64-linux-gnu,
 * libc6-dev-arm64-cross) and qemu-aarch64 (qemu-user). Run: `npm run record:layouts`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openApt, unpack } from "../../apps/cli/src/guests/apt.ts";
import { cacheFolder } from "../../apps/cli/src/guests/cache.ts";
import { claims, layouts } from "../../packages/xen-abi/src/layouts/claims.ts";
import { HEADERS } from "../../packages/xen-abi/src/layouts/spelling.ts";

const SUITE = "bookworm";
const PACKAGE = "libxen-dev";
const GCC = "aarch64-linux-gnu-gcc";
const FILE = fileURLToPath(new URL("../../packages/xen-abi/vectors/layouts.json", import.meta.url));

const alignments = layouts().map(({ type }) => `_Alignof(${type})`);
const expressions = [...new Set([...claims().map(({ c }) => c), ...alignments])];
const program = [
  "#include <stddef.h>", "#include <stdint.h>", "#include <stdio.h>", "#include <string.h>",
  // structures of control interfaces too
  "#define __XEN_TOOLS__ 1",
  ...HEADERS.map((header) => `#include <xen/${header}>`),
  "int main(void) {",
  ...expressions.map((c) => `  printf("%s\\t%lld\\n", ${JSON.stringify(c)}, (long long)(${c}));`),
  "}", "",
].join("\n");

const folder = mkdtempSync(join(tmpdir(), "layouts-"));
try {
  const cache = cacheFolder(process.env, process.cwd());
  mkdirSync(cache, { recursive: true });
  const log = join(folder, "log");
  const apt = await openApt(cache, SUITE, log, (line) => process.stderr.write(`${line}\n`));
  const version = await apt.candidate(PACKAGE);
  await unpack(await apt.download(PACKAGE, folder), folder, log);
  const source = join(folder, "layouts.c");
  const binary = join(folder, "layouts");
  writeFileSync(source, program);
  execFileSync(GCC, ["-static", "-Wall", "-Werror", `-I${join(folder, "usr/include")}`, "-o", binary, source], { stdio: "inherit" });
  const lines = execFileSync("qemu-aarch64", [binary], { encoding: "utf8" }).trim().split("\n");
  const values = Object.fromEntries(lines.map((line) => line.split("\t")).map(([c = "", value]) => [c, Number(value)]));
  const compiler = execFileSync(GCC, ["--version"], { encoding: "utf8" }).split("\n")[0];
  writeFileSync(FILE, `${JSON.stringify({ source: `${PACKAGE} ${version} (arm64)`, compiler, values }, undefined, 1)}\n`);
  process.stdout.write(`${lines.length} expressions of ${PACKAGE} ${version}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
