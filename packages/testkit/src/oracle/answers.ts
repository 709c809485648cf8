/** From what guests print on a console to answers. */
import type { Answers, Ending, Script } from "./contract.ts";

const ANSWER = /~(.)@([0-9a-f]+) (.*)$/;
/** The identifier of what the interpreter says of itself. */
const OWN = 0;

export interface Collector {
  /** A line of the console; true when everyone is done. */
  line(text: string): boolean;
  answers(ending: Ending, why?: string): Answers;
}

/** Collects the answers of a script's domains. */
export function collect(script: Script): Collector {
  const domains: Record<string, Record<string, string[]>> = Object.fromEntries(script.domains.map((d) => [d.tag, {}]));
  const done = new Set<string>();
  return {
    line(text) {
      const [, tag = "", id = "", rest = ""] = ANSWER.exec(text) ?? [];
      const own = domains[tag];
      if (own === undefined) return false;
      if (Number.parseInt(id, 16) === OWN) {
        if (rest.startsWith("DONE")) done.add(tag);
      } else (own[Number.parseInt(id, 16)] ??= []).push(rest.trim());
      return done.size === script.domains.length;
    },
    answers: (ending, why = "") => ({ ending, why, domains }),
  };
}
