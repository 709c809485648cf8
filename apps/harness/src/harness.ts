/** One run of the harness: a file in, cases out. */
import { alterationOf, type Case, casesOf } from "@granule/testkit";
import { runCells, runPairs, sampleCells } from "./matrix.ts";
import { load } from "./subject.ts";

export interface HarnessOptions {
  readonly file: string;
  /** Cells of the 648; 0: no matrix. */
  readonly cells: number;
  readonly seed: string;
  readonly onCell?: () => void;
}

/** @throws GranuleError when the file cannot be used. */
export async function runHarness({ file, cells, seed, onCell }: HarnessOptions): Promise<readonly Case[]> {
  const options = { seed, with: file, ...(onCell === undefined ? {} : { onCell }) };
  const loaded = await load(file);
  if (loaded.kind === "config") return runPairs(loaded.config, { ...options, with: "" });
  const { subject, url } = loaded;
  const hasSuite = subject.grantTable !== undefined || subject.store !== undefined || subject.walk !== undefined;
  // a test runner is loaded only for those who need it
  const conformance = hasSuite ? await (await import("./conformance.ts")).runSuites(url) : [];
  return [...conformance, ...casesOf(runCells(sampleCells(cells), alterationOf(subject), options))];
}
