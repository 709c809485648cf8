import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { granule } from "./captured.ts";

const ESCAPE = "\u001b";

test("no argument, --help and every command's --help explain themselves on stdout", async () => {
  const bare = await granule([]);
  expect(bare).toEqual(await granule(["--help"]));
  expect(bare.code).toBe(0);
  expect(bare.stdout).toContain("Exit codes: 0 ok, 2 wrong arguments or configuration");
  expect(bare.stderr).toBe("");
  const commands = [...(bare.stdout.split("COMMANDS\n")[1] ?? "").matchAll(/^ {2}(\w+)/gm)].map((m) => m[1] ?? "");
  expect(commands).toEqual(["start", "run", "boot", "machine", "dom0less", "oracle", "matrix", "fuzz", "walk", "guests", "explain"]);
  for (const command of commands) {
    const help = await granule([command, "--help"]);
    expect(help.code, command).toBe(0);
    expect(help.stdout, command).toContain(`granule ${command}`);
    expect(help.stdout, command).toContain("Examples:");
  }
});

test("--version is the version of the package", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(await granule(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

test.each([
  [["mattrix"], "did you mean `matrix`"],
  [["walk"], "--va"],
  [["walk", "--va", "0", "--access", "dance"], "dance"],
  [["run", "--bogus"], "--bogus"],
  [["explain"], "code"],
  [["explain", "a", "b"], "Too many arguments"],
])("granule %j is refused with 2, on stderr, naming what is wrong", async (argv, part) => {
  const { code, stdout, stderr } = await granule(argv);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(part);
});

test.each([
  ["a pipe", {}, false, false],
  ["a terminal", {}, true, true],
  ["a terminal with NO_COLOR", { NO_COLOR: "1" }, true, false],
  ["a terminal with an empty NO_COLOR", { NO_COLOR: "" }, true, true],
  ["a dumb terminal", { TERM: "dumb" }, true, false],
  ["a pipe with FORCE_COLOR", { FORCE_COLOR: "1" }, false, true],
  ["a pipe with FORCE_COLOR=0", { FORCE_COLOR: "0" }, false, false],
  ["both NO_COLOR and FORCE_COLOR", { NO_COLOR: "1", FORCE_COLOR: "1" }, false, false],
])("colour on %s", async (_, env, tty, coloured) => {
  const good = await granule(["explain", "EXDEV"], { env, tty });
  expect(good.stdout.includes(ESCAPE)).toBe(coloured);
  const bad = await granule(["explain", "EBOGUS"], { env, tty });
  expect(bad.stderr.includes(ESCAPE)).toBe(coloured);
});
