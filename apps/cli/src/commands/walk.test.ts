import { CPU_MODELS } from "@granule/arm";
import { expect, test } from "vitest";
import { granule } from "../captured.ts";

const GRANULES = ["4k", "16k", "64k", "off"];
const CASES = GRANULES.flatMap((s1) => GRANULES.map((s2) => [s1, s2] as const));

test.each(CASES)("--s1 %s --s2 %s translates RAM, and --json says the same", async (s1, s2) => {
  const argv = ["walk", "--s1", s1, "--s2", s2, "--va", "0x40012345"];
  const text = await granule(argv);
  expect(text.code).toBe(0);
  const json = await granule([...argv, "--json"]);
  const report = JSON.parse(json.stdout);
  expect(report).toMatchObject({ ok: true, fault: "", va: "0x40012345" });
  // with stage 1 flat and stage 2 linear, the low 28 bits survive every combination
  expect(Number(report.pa) % 0x1000_0000).toBe(0x12345);
  expect(text.stdout).toContain(report.summary);
  expect(report.reads).toBe(report.steps.filter((s: { descriptor: string | null }) => s.descriptor !== null).length);
  expect(report.reads === 0).toBe(s1 === "off" && s2 === "off");
});

test("pages only: a nested walk at 4K reads 4 + 4 x 3 + 3 descriptors", async () => {
  const { stdout } = await granule(["walk", "--s1", "4k", "--s2", "4k", "--va", "0x40012345", "--pages", "--json"]);
  // 40-bit IPA: 4K stage 2 starts at level 1, so each of the four stage 1 tables costs three reads, and so does the output
  expect(JSON.parse(stdout).reads).toBe(4 + 4 * 3 + 3);
});

test("a hole at stage 2 is a result that names the fault, not a failure", async () => {
  const { code, stdout } = await granule(["walk", "--s1", "off", "--s2", "64k", "--va", "0x60000000"]);
  expect(code).toBe(0);
  expect(stdout).toContain("translation fault at stage 2");
  expect(stdout).toContain("for ipa 0x60000000");
});

test("EL0 may read but EL1 may not execute what EL0 may write", async () => {
  const el1 = JSON.parse((await granule(["walk", "--va", "0x40000000", "--access", "execute", "--json"])).stdout);
  expect(el1).toMatchObject({ ok: false, fault: expect.stringContaining("permission fault at stage 1") });
  const el0 = JSON.parse((await granule(["walk", "--va", "0x40000000", "--access", "execute", "--el0", "--json"])).stdout);
  expect(el0.ok).toBe(true);
});

test.each([
  [["--va", "zz"], "GRAN0052", "Write it as 0x40012345."],
  [["--va", "0x1ffffffffffffffff"], "GRAN0052", "more than 64 bits"],
  [["--va", "0x8000000000000000"], "GRAN0052", "Bits 63:52"],
  [["--va", "0", "--s1", "8k"], "GRAN0050", "Use 4k, 16k, 64k or off."],
  [["--va", "0", "--cpu", "z80"], "GRAN0021", "Models: "],
])("%j is refused with 2 and a hint", async (argv, gran, part) => {
  const { code, stdout, stderr } = await granule(["walk", ...argv]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(`error[${gran}]`);
  expect(stderr).toContain(part);
  expect(stderr).toContain(`More: granule explain ${gran}`);
});

test("a granule that a CPU lacks is refused, naming the models that have it", async () => {
  const refused = await Promise.all(
    CPU_MODELS.flatMap((cpu) => ["4k", "16k", "64k"].filter((g) => !cpu.stage2.some((have) => have.name.toLowerCase() === g)).map((g) => granule(["walk", "--cpu", cpu.name, "--s1", "off", "--s2", g, "--va", "0x40000000"]))),
  );
  expect(refused.length).toBeGreaterThan(0);
  for (const { code, stderr } of refused) {
    expect(code).toBe(2);
    expect(stderr).toMatch(/error\[GRAN0051\]: --s2: CPU [\w-]+ has no (4|16|64)k granule there\n {2}Models that have it: .*all-granules/);
  }
});
