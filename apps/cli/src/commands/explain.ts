/** `granule explain CODE`: what an error means: errno and GNTST_* of both ABIs, GRAN codes of the tools. */
import { type Code, ERRNO, EXPLAIN, GNTST, V1, V2, codeNumber, type Hypercall } from "@granule/xen-abi";
import { MESSAGES } from "@granule/granule";
import { GranuleError } from "@granule/units";

export interface Explanation {
  readonly code: string;
  readonly number: number | undefined;
  readonly meaning: string;
  /** Calls that may answer it, with the rule that was broken. */
  readonly where: readonly { readonly call: string; readonly rule: string; readonly when: string }[];
}

const isCode = (name: string): name is Code => Object.hasOwn(EXPLAIN, name);
const OKAY: Explanation = { code: "GNTST_okay", number: 0, meaning: "No error: the operation was done.", where: [] };
const CODES: readonly string[] = [...Object.keys(ERRNO), ...Object.keys(GNTST)];

/** Accepts EXDEV, exdev, -18, 18, GNTST_bad_granule, bad_granule, GRAN0012. @throws GranuleError for what is no code. */
export function explain(text: string): Explanation {
  const wanted = text.trim();
  const gran = Object.entries(MESSAGES).find(([code]) => code.toLowerCase() === wanted.toLowerCase());
  if (gran !== undefined) return { code: gran[0], number: undefined, meaning: gran[1], where: [] };
  const byName = CODES.find((c) => c.toLowerCase() === wanted.toLowerCase() || c.toLowerCase() === `gntst_${wanted.toLowerCase()}`);
  const numeric = /^-?(0x[0-9a-f]+|\d+)$/i.test(wanted) ? Number(wanted) : undefined;
  if (byName === OKAY.code || numeric === 0) return OKAY;
  const matches = byName !== undefined ? [byName] : numeric === undefined ? [] : CODES.filter((c) => isCode(c) && Math.abs(codeNumber(c)) === Math.abs(numeric));
  const [first, ...others] = matches.filter(isCode);
  if (first === undefined) throw new GranuleError("GRAN0054", `"${text}" is no code that granule knows`, "Give an errno (EXDEV, -18), a grant status (GNTST_bad_granule, -14) or a GRAN code.");
  const also = others.length === 0 ? "" : ` The same number is ${others.join(", ")} in a grant's status.`;
  return { code: first, number: codeNumber(first), meaning: `${EXPLAIN[first]}${also}`, where: wherever(first) };
}

function wherever(code: Code): Explanation["where"] {
  const calls: readonly Hypercall[] = [...Object.values(V1), ...Object.values(V2)];
  return calls.flatMap((h) => h.errors.filter((e) => e.code === code).map((e) => ({ call: `v${h.abi} ${h.name}`, rule: e.rule, when: e.when })));
}
