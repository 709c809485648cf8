/** The bare programs of `tools/guests/bare` print on granule's virt machine what they print on QEMU's, on both engines. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { granule } from "../captured.ts";

const FOLDER = new URL("../../../../tools/guests/bare/", import.meta.url);
const PROGRAMS = readdirSync(FOLDER).filter((file) => file.endsWith(".bin"));

describe.each(PROGRAMS)("%s", (program) => {
  const file = new URL(program, FOLDER).pathname;
  const recorded = readFileSync(file.replace(/\.bin$/, ".txt"), "utf8");
  it.each(["fast", "reference"])("on the %s engine", async (engine) => {
    const { code, stdout, stderr } = await granule(["machine", "virt", "--kernel", file, "--memory", "16M", "--engine", engine, "--instructions", "10000000"]);
    expect(stdout, stderr).toBe(recorded);
    expect(code).toBe(0);
  });
});

it("there are some", () => {
  expect(PROGRAMS.length).toBeGreaterThan(3);
});
