import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configSchema } from "@granule/granule";
import { expect, test } from "vitest";
import { type Captured, granule, inFolder } from "../captured.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** Two small domains; parts can be replaced. */
const pair = (change: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    seed: 1,
    domains: { front: { s1: "64k", g: "4k", memory: "4M" }, back: { s1: "4k", g: "4k", memory: "4M" } },
    block: [{ front: "front", back: "back", disk: { size: "128K" }, move: "128K", request: "64K" }],
    ...change,
  });
const run = (config: string, ...flags: readonly string[]): Promise<Captured> => inFolder({ "c.json": config }, (cwd) => granule(["run", "c.json", ...flags], { cwd }));

test("the published schema is what the code says: granule run --schema > docs/spec/config.schema.json", async () => {
  const { code, stdout } = await granule(["run", "--schema"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(configSchema())));
  expect(readFileSync(join(ROOT, "docs/spec/config.schema.json"), "utf8")).toBe(stdout);
});

test("a run says who had which sizes and that the bytes are as written; --json says the same", async () => {
  const text = await run(pair());
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toMatch(/S1 64K G 4K +S1 4K G 4K +v2 +negotiated +64 KiB +mapped +mapped/);
  expect(text.stdout).toMatch(/block 0: sha256 [0-9a-f]{64} as written/);
  const json = await run(pair(), "--json");
  const report = JSON.parse(json.stdout);
  expect(report.devices).toMatchObject([{ unit: 65536, ring: "mapped", data: "mapped", bytesMoved: 2 * 128 * 1024, intact: true }]);
  expect(text.stdout).toContain(report.devices[0].sha256.readBack);
});

test("the same configuration and seed give the same trace, byte for byte; another seed another", async () => {
  await inFolder({ "c.json": pair() }, async (cwd) => {
    const trace = async (name: string, ...flags: readonly string[]): Promise<string> => {
      expect((await granule(["run", "c.json", "--trace", name, ...flags], { cwd })).code).toBe(0);
      return readFileSync(join(cwd, name), "utf8");
    };
    const first = await trace("a.jsonl");
    expect(await trace("b.jsonl")).toBe(first);
    expect(first.split("\n").length).toBeGreaterThan(100);
    for (const line of first.trimEnd().split("\n").slice(0, 100)) expect(typeof JSON.parse(line)).toBe("object");
  });
  const hash = async (...flags: readonly string[]): Promise<string> => JSON.parse((await run(pair(), "--json", ...flags)).stdout).devices[0].sha256.payload;
  expect(await hash("--seed", "1")).toBe(await hash());
  expect(await hash("--seed", "2")).not.toBe(await hash());
});

test("a disk that is a file holds what was written", async () => {
  const config = pair({ block: [{ front: "front", back: "back", disk: { file: "disk.img" }, move: "64K" }] });
  await inFolder({ "c.json": config, "disk.img": new Uint8Array(65536) }, async (cwd) => {
    const { code, stdout } = await granule(["run", join(cwd, "c.json"), "--json"]); // the image is relative to the configuration
    expect(code).toBe(0);
    const { createHash } = await import("node:crypto");
    const onDisk = createHash("sha256").update(readFileSync(join(cwd, "disk.img"))).digest("hex");
    expect(JSON.parse(stdout).devices[0].sha256.readBack).toBe(onDisk);
  });
});

test("the examples run", { timeout: 30_000 }, async () => {
  for (const example of ["pair.json", "pair.config.ts"]) {
    const { code, stdout, stderr } = await granule(["run", `examples/${example}`, "--json"], { cwd: ROOT });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).devices.every((d: { intact: boolean }) => d.intact)).toBe(true);
  }
});

const onDisk = (disk: unknown): string => pair({ block: [{ front: "front", back: "back", disk, move: "64K" }] });
test.each([
  ["no configuration at all", [], undefined, 2, "GRAN0036", "granule run examples/pair.json"],
  ["a file that is not there", ["absent.json"], undefined, 4, "GRAN0030", "absent.json"],
  ["not JSON", ["c.json"], "{ front: }", 4, "GRAN0030", "c.json"],
  ["not an object", ["c.json"], "7", 2, "GRAN0031", "configuration: "],
  ["an unknown key", ["c.json"], pair({ domians: {} }), 2, "GRAN0031", "domians"],
  ["an unknown key further down", ["c.json"], pair({ domains: { front: { s1: "4k", granule: "4k" } } }), 2, "GRAN0031", "domains.front: "],
  ["no granule", ["c.json"], pair({ domains: { front: { s1: "8k" } } }), 2, "GRAN0031", "domains.front.s1: "],
  ["a granule that the CPU lacks at stage 1", ["c.json"], pair({ cpu: "cortex-a57", domains: { front: { s1: "16k" } }, block: [] }), 2, "GRAN0032", "domains.front.s1: "],
  ["a granule that the CPU lacks at stage 2", ["c.json"], pair({ cpu: "no-16k-stage2", domains: { front: { s1: "4k", g: "16k" } }, block: [] }), 2, "GRAN0032", "domains.front.g: "],
  ["a CPU that nobody makes", ["c.json"], pair({ cpu: "z80" }), 2, "GRAN0021", "Models: "],
  ["memory that is no multiple of 64 KiB", ["c.json"], pair({ domains: { front: { s1: "4k", memory: "100K" } }, block: [] }), 2, "GRAN0033", "domains.front.memory: "],
  ["a domain that is not there", ["c.json"], pair({ block: [{ front: "front", back: "bakc" }] }), 2, "GRAN0033", "block.0.back: no domain \"bakc\""],
  ["a domain in two places", ["c.json"], pair({ block: [{ front: "front", back: "front" }] }), 2, "GRAN0033", "block.0.back: "],
  ["more than the disk holds", ["c.json"], pair({ block: [{ front: "front", back: "back", disk: { size: "4K" }, move: "64K" }] }), 2, "GRAN0033", "block.0.move: 65536 bytes do not fit a disk of 4096 bytes"],
  ["an image that is not there", ["c.json"], onDisk({ file: "absent.img" }), 4, "GRAN0040", "absent.img"],
  ["a truncated image", ["c.json"], onDisk({ file: "short.img" }), 4, "GRAN0041", "truncate --size=1024"],
  ["an image too small for the payload", ["c.json"], onDisk({ file: "small.img" }), 2, "GRAN0033", "do not fit a disk of 512 bytes"],
  ["a trace that cannot be written", ["c.json", "--trace", "absent/a.jsonl"], pair(), 4, "GRAN0030", "trace file"],
] as const)("%s is refused", async (_, argv, config, exit, gran, part) => {
  const files = { ...(config === undefined ? {} : { "c.json": config }), "short.img": new Uint8Array(1000), "small.img": new Uint8Array(512) };
  const { code, stdout, stderr } = await inFolder(files, (cwd) => granule(["run", ...argv], { cwd }));
  expect(stderr).toContain(`error[${gran}]: `);
  expect(stderr).toContain(part);
  expect(stderr).toContain(`More: granule explain ${gran}`);
  expect(stderr).not.toContain("    at "); // no stack
  expect(stdout).toBe("");
  expect(code).toBe(exit);
});

test("GRANULE_VERBOSE=1 adds the stack", async () => {
  const { stderr } = await granule(["run", "absent.json"], { env: { GRANULE_VERBOSE: "1" } });
  expect(stderr).toMatch(/\n {4}at /);
});
