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

/** Where scripts have registered run states; the first word, the state itself, is compared. */
const RUN_STATES = /^dump 0x41(201000|302000|302ff8|303000|400100|420100|42fff0) (48|16)$/;

export const MASKS: readonly Mask<MaskName>[] = [
  mask("machine-addresses", /./, /^gnt_map .* :: r64 BUF\+24$/, /^v$/),
  mask("machine-addresses", /^memory$/, /^hc memory_op 2 /, /^r$/),
  mask("times", /^(vcpu|memory2)$/, RUN_STATES, /^d/),
  mask("times", /^misc$/, /^sysrd 1[23]$/, /^v$/),
  // seconds since 1970, of the host's clock
  mask("times", /^misc$/, /^dump 0x41200430 32$/, /^d0$/),
  mask("times", /./, /^until /, /^tries$/),
  mask("times", /^perf$/, /^perf /, /^ticks$/),
  mask("version-strings", /^version$/, /^dump BUF 192$/),
  mask("pre-empted-registers", /./, /^hc (console_io|multicall) /, /^x[12]$/),
  mask("unscrubbed", /^psci$/, /^dump \$1 1400$/, /^d5[3-7]0$/),
];

export type DifferenceName = "none";
export const DIFFERENCES: readonly Mask<DifferenceName>[] = [];
