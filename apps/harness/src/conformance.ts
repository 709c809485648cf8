/** Runs the conformance suites over a subject, in a vitest of its own, and answers its results as cases. */
import { fileURLToPath } from "node:url";
import type { Case } from "@granule/testkit";
import { startVitest } from "vitest/node";

const SUITES = new URL("../suites/", import.meta.url);
/** Packages are their sources where this file is one. */
const CONDITIONS = import.meta.url.endsWith(".ts") ? { conditions: ["@granule/source"] } : {};

/** `url`: the module under test. Writes nothing. */
export async function runSuites(url: string): Promise<readonly Case[]> {
  const before = process.env["GRANULE_SUBJECT"];
  process.env["GRANULE_SUBJECT"] = url;
  const vitest = await startVitest(
    "test", [],
    { config: false, root: fileURLToPath(SUITES), include: ["*.test.mjs"], exclude: [], watch: false, reporters: [{}], passWithNoTests: true, testTimeout: 120_000 },
    { resolve: CONDITIONS, ssr: { resolve: CONDITIONS } },
  );
  try {
    const cases: Case[] = [];
    for (const module of vitest.state.getTestModules()) {
      for (const error of module.errors()) cases.push({ ...EMPTY, name: "the module under test", status: "error", why: [error.message] });
      for (const test of module.children.allTests()) {
        const [suite = "conformance", ...names] = test.fullName.split(" > ");
        const { state, errors } = test.result();
        const status = state === "passed" || state === "skipped" ? state : "failed";
        cases.push({ ...EMPTY, suite, name: names.join(" > "), status, why: (errors ?? []).map((e) => (e.cause === undefined ? e.message : `${e.message}: ${e.cause.message}`)) });
      }
    }
    return cases;
  } finally {
    await vitest.close();
    if (before === undefined) delete process.env["GRANULE_SUBJECT"];
    else process.env["GRANULE_SUBJECT"] = before;
  }
}
const EMPTY = { suite: "conformance", why: [], facts: {}, time: 0, repeat: "" } as const;
