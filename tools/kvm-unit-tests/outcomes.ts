/**
 * What kvm-unit-tests print, and how two machines compare. Source: its lib/report.c (one line a result) and lib/arm/io.c (the
 * status at the end).
 */

export const STATUSES = ["PASS", "FAIL", "XFAIL", "XPASS", "KFAIL", "SKIP"] as const;
type Status = (typeof STATUSES)[number];

export interface Outcome {
  /** Status of each result, by name; a name that comes again has "#2" and so on behind it. */
  readonly results: ReadonlyMap<string, Status>;
  /** Whether it came to its end. */
  readonly ended: boolean;
}

const RESULT = new RegExp(`^(${STATUSES.join("|")}): (.*)$`);

export function parseOutcome(text: string): Outcome {
  const results = new Map<string, Status>();
  const times = new Map<string, number>();
  for (const line of text.split(/\r?\n/)) {
    const [, word, name] = RESULT.exec(line) ?? [];
    const status = STATUSES.find((each) => each === word);
    if (status === undefined || name === undefined) continue;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    results.set(time === 1 ? name : `${name} #${time}`, status);
  }
  return { results, ended: /^EXIT: STATUS=\d+\r?$/m.test(text) };
}

export interface Difference {
  readonly name: string;
  readonly expected: Status | "absent";
  readonly found: Status | "absent";
  /** Whether it counts: what passes where the other fails does not. */
  readonly counts: boolean;
}

const isGood = (status: Status | "absent"): boolean => status === "PASS" || status === "XFAIL";

/** Results of `found` that are not those of `expected`, in the order of appearance. */
export function compare(expected: Outcome, found: Outcome): readonly Difference[] {
  const names = new Set([...expected.results.keys(), ...found.results.keys()]);
  if (expected.ended !== found.ended) names.add("(the end)");
  const of = (outcome: Outcome, name: string): Status | "absent" => (name === "(the end)" ? (outcome.ended ? "PASS" : "absent") : (outcome.results.get(name) ?? "absent"));
  return [...names].flatMap((name) => {
    const [e, f] = [of(expected, name), of(found, name)];
    return e === f ? [] : [{ name, expected: e, found: f, counts: !isGood(f) || e === "absent" }];
  });
}
