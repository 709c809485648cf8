// Writes what a run counted to .cache/test.json of each package, for the summary of `npm test`, and which
// files are not done to .cache/running, for the case that one never ends.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestModule, Vitest } from "vitest/node";

/** Counts of one package; a file that did not load counts as one failure. Time is in milliseconds. */
export interface PackageResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
}

const SCRATCH = ".cache";

function count(modules: readonly TestModule[], errors: number): PackageResult {
  let [passed, failed, skipped, ms] = [0, errors, 0, 0];
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed += 1;
      else if (state === "failed") failed += 1;
      else skipped += 1;
    }
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    const { collectDuration, duration, setupDuration } = module.diagnostic();
    ms += collectDuration + duration + setupDuration;
  }
  return { passed, failed, skipped, ms: Math.round(ms) };
}

export default class ResultReporter implements Reporter {
  #vitest: Vitest | undefined;
  /** Files that are not done, by id. */
  readonly #running = new Map<string, TestModule>();

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestModuleQueued(module: TestModule): void {
    this.#running.set(module.id, module);
    this.#writeRunning(module);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module.id);
    this.#writeRunning(module);
  }

  #writeRunning({ project }: TestModule): void {
    const names = [...this.#running.values()].filter((module) => module.project === project).map((module) => module.relativeModuleId);
    const folder = join(project.config.root, SCRATCH);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "running"), names.join(", "));
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const [first] = this.#vitest?.projects ?? [];
    for (const project of this.#vitest?.projects ?? []) {
      const own = modules.filter((module) => module.project.name === project.name);
      const folder = join(project.config.root, SCRATCH);
      mkdirSync(folder, { recursive: true });
      const result = count(own, project === first ? errors.length : 0);
      writeFileSync(join(folder, "test.json"), `${JSON.stringify(result)}\n`);
    }
  }
}
