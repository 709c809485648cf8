// TABLE: what the comparison leaves out
/**
 * The closed list of fields that are not compared, each with its reason, and the deliberate differences, each with its place in
 * docs/spec/decisions.md. A field is a NAME=VALUE of an answer, or 8 bytes of a dump, whose name is "d" and their offset.
 */
export type MaskName = "machine-addresses" | "times" | "version-strings" | "unscrubbed" | "pre-empted-registers";

/** A rule: fields whose script, operation and name match. */
export interface Mask<N extends string> {
  readonly name: N;
  readonly script: RegExp;
  readonly text: RegExp;
  readonly field: RegExp;
  /** Of the recorded value. */
  readonly value: RegExp;
}
const mask = <const N extends string>(name: N, script: RegExp, text: RegExp, field: RegExp = /./, value: RegExp = /^/): Mask<N> => ({ name, script, text, field, value });

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
  mask("machine-addresses", /./, /^gnt_map .* :: r64 BUF\+24$/, /^v$/, /^b[0-9a-f]{7}$/),
  mask("machine-addresses", /^memory$/, /^hc memory_op 2 /, /^r$/),
  mask("times", /^(vcpu|memory2)$/, RUN_STATES, /^d[^0]/),
  mask("times", /^misc$/, /^sysrd 1[23]$/, /^v$/),
  // seconds since 1970, of the host's clock
  mask("times", /^misc$/, /^dump 0x41200430 32$/, /^d[08]$/),
  mask("times", /./, /^until /, /^tries$/),
  mask("times", /^perf$/, /^perf /, /^ticks$/),
  mask("version-strings", /^version$/, /^dump BUF 192$/, /^d/, /[1-9a-f]/),
  mask("pre-empted-registers", /./, /^hc (console_io|multicall) /, /^x[12]$/),
  // machine addresses are arguments of these, and Xen's host has memory there
  mask("machine-addresses", /^gnttab$/, /^hc grant_table_op 12 BUF 1$/, /^r$/),
  mask("times", /^vcpu$/, /^dump 0x41410000 32$/, /^d/),
  mask("unscrubbed", /^memory2$/, /^r64 0x42f00000$/, /^v$/),
];

export type DifferenceName =
  | "identification" | "ipa-limit" | "watchdog" | "control-interfaces" | "translation-faults" | "read-only-grants" | "areas-on-grants" | "decreased-grant-frames";
/** Each is a row of docs/spec/decisions.md, "Where v1 differs from Xen 4.17". */
export const DIFFERENCES: readonly Mask<DifferenceName>[] = [
  mask("identification", /^misc$/, /^sysrd 15$/),
  // PAR_EL1 of the guest's own AT: bit NS is UNKNOWN in the Non-secure state
  mask("identification", /^at$/, /^sysrd 17$/),
  // frames above the CPU's physical addresses, and what is counted afterwards
  mask("ipa-limit", /^memory$/, /^resv1 6 SELF 0 0 (0xfffffffff|0x10000000)$/),
  mask("ipa-limit", /^memory$/, /^hc memory_op 14 BUF$/),
  mask("ipa-limit", /^memory2$/, /^a2p SELF 0 0 0 (0x100000000|0xfffffffff|0xffffffff)$/),
  mask("ipa-limit", /^memory2$/, /^resv1 6 SELF 0 0 0x100000000$/),
  mask("ipa-limit", /^memory2$/, /^hc memory_op (3|14) BUF$/),
  mask("watchdog", /^version$/, /^hc sched_op 6 /),
  mask("control-interfaces", /^dom0$/, /^(hc (domctl|sysctl|memory_op 28) BUF|dump BUF (128|64)|r32 BUF\+8|r64 0x48010000)$/),
  mask("translation-faults", /^(at|mmu)$/, /^(hc xen_version 1 0x(60060000|40060000000)|dump 0x414[06]0000 8)$/),
  mask("decreased-grant-frames", /^memory$/, /^dump BUF2\+128 12$/),
  mask("read-only-grants", /^ro$/, /^(the run|w32 0x44001000 5|r64 0x44001000)$/),
  mask("areas-on-grants", /^gnt2$/, /^regvcpu 0 0x41210 0 0$/),
];
