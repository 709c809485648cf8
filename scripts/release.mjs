// `npm run release:check`: the next release, rehearsed on a copy: `changeset version` gives every package one new version
// and a changelog with its ABI lines, and the tarballs name each other by it. The workspace stays as it is.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { close, part, root, run, step } from "./steps.mjs";

const copy = mkdtempSync(join(tmpdir(), "granule-release-"));
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const must = async (command, args, options) => {
  const { status, output } = await run(command, args, { cwd: copy, ...options });
  if (status !== 0) throw Object.assign(new Error(), { stack: `${command} ${args.join(" ")} ended with ${status}\n${output}` });
  return output;
};
const packages = (at) =>
  ["packages", "apps"].flatMap((parent) =>
    readdirSync(join(at, parent))
      .map((name) => ({ dir: join(at, parent, name), file: join(at, parent, name, "package.json") }))
      .filter(({ file }) => existsSync(file) && read(file).private !== true)
      .map(({ dir, file }) => ({ dir, manifest: read(file) })),
  );
const waiting = () => readdirSync(join(copy, ".changeset")).filter((file) => file.endsWith(".md") && file !== "README.md");
let version;

try {
  await step("copy", async () => {
    const LEFT = new Set([".git", "node_modules", "dist", ".cache", ".turbo"]);
    cpSync(root, copy, { recursive: true, filter: (source) => !LEFT.has(basename(source)) });
    await must("pnpm", ["install", "--offline", "--frozen-lockfile", "--ignore-scripts"]);
    return { note: `${waiting().length} changesets wait` };
  });
  const due = existsSync(join(copy, ".changeset")) && waiting().length > 0;
  if (due) {
    await step("version", async () => {
      const before = new Map(packages(copy).map(({ manifest }) => [manifest.name, manifest.version]));
      await must("changeset", ["version"]);
      const after = packages(copy);
      const versions = new Set(after.map(({ manifest }) => manifest.version));
      [version] = versions;
      if (versions.size !== 1) return { failure: `not one version: ${after.map(({ manifest }) => `${manifest.name} ${manifest.version}`).join(", ")}` };
      const same = after.filter(({ manifest }) => before.get(manifest.name) === version);
      if (same.length > 0 || waiting().length > 0) return { failure: `not moved to ${version}: ${same.map(({ manifest }) => manifest.name).join(", ")}; ${waiting().length} changesets left` };
      const logs = after.filter(({ dir }) => existsSync(join(dir, "CHANGELOG.md"))).map(({ dir }) => readFileSync(join(dir, "CHANGELOG.md"), "utf8"));
      if (!logs.some((log) => /^ *abi: (none|additive|breaking)$/m.test(log))) return { failure: "no changelog says what the release does to the ABI" };
      return { note: `${after.length} packages at ${version}` };
    });
    await step("pack", async () => {
      const out = join(copy, ".packed");
      mkdirSync(out);
      let checked = 0;
      for (const { dir, manifest } of packages(copy)) {
        await must("pnpm", ["pack", "--pack-destination", out], { cwd: dir });
        const tarball = join(out, `${manifest.name.slice(1).replace("/", "-")}-${version}.tgz`);
        const packed = JSON.parse(execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" }));
        const wrong = Object.entries({ ...packed.dependencies, ...packed.peerDependencies }).filter(([name, range]) => name.startsWith("@granule/") && range !== version);
        if (wrong.length > 0) return { failure: `${manifest.name} asks for ${wrong.map((each) => each.join(" ")).join(", ")}` };
        checked += 1;
      }
      return { note: `${checked} tarballs name each other by ${version}` };
    });
  } else part("no changeset waits: nothing to release");
} finally {
  rmSync(copy, { recursive: true, force: true });
}
close();
