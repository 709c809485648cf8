/** Collects checks by name: one row each, with the first thing that was wrong. */
import type { Check } from "./contract.ts";

export interface Checks {
  /** `why`: what is wrong; undefined: nothing. */
  note(name: string, why: string | undefined): void;
  /** Is everything so far ok? */
  readonly isOk: boolean;
  list(): readonly Check[];
}

export function createChecks(): Checks {
  const first = new Map<string, string>();
  return {
    note(name, why = "") {
      if ((first.get(name) ?? "") === "") first.set(name, why);
    },
    get isOk() {
      return [...first.values()].every((why) => why === "");
    },
    list: () => [...first].map(([name, why]) => ({ name, ok: why === "", why })),
  };
}

/** A sentence when two values differ. */
export const differs = (what: string, seen: string | number | undefined, wanted: string | number | undefined): string | undefined =>
  seen === wanted ? undefined : `${what}: ${seen ?? "none"}, must be ${wanted ?? "none"}`;
