/** The README's first screen is what the main job prints: the payload's hash follows from the seed. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mib } from "@granule/units";
import { seededBytes } from "./bytes.ts";

test("the README shows the hash of the main job's payload", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(createHash("sha256").update(seededBytes("1", mib(1))).digest("hex"));
});
