// TABLE: what the comparison leaves out
/**
 * The closed list of fields that are not compared, each with its reason, and the deliberate differences, each with its place in
 * docs/spec/decisions.md. A field is a NAME=VALUE of an answer, or a row of a dump, whose name is "d" and its offset.
 */
export type MaskName = "machine-addresses" | "times" | "version-strings" | "unscrubbed" | "pre-empted-registers";

/** A rule: fields whose script, operation and name match. */
export interface Mask<N extends string> {
  readonly name: N;
  readonly script: RegExp;
  readonly text: RegExp;
  readonly field: RegExp;
}
const mask = <const N extends string>(name: N, script: RegExp, text: RegExp, field: RegExp = /./): Mask<N> => ({ name, script, text, field });

export const REASONS: Readonly<Record<MaskName, string>> = {
  "machine-addresses": "where the host has memory",
  times: "how long things took",
  "version-strings": "who built the hypervisor, and when",
  unscrubbed: "what was in memory before",
  "pre-empted-registers": "how far a call had come when it was interrupted",
};

export const MASKS: readonly Mask<MaskName>[] = [
  mask("pre-empted-registers", /./, /^hc (console_io|multicall) /, /^x[12]$/),
  mask("version-strings", /^version$/, /^dump BUF 192$/),
];

export type DifferenceName = "none";
export const DIFFERENCES: readonly Mask<DifferenceName>[] = [];
