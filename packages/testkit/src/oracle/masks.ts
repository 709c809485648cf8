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
  "machine-addresses": "where the host has memory, and how much",
  times: "how long things took",
  "version-strings": "who built the hypervisor, and when",
  unscrubbed: "what was in memory before",
  "pre-empted-registers": "how far a call had come when it was interrupted",
};

/** Where scripts have registered run states; the first word, the state itself, is compared. */
const RUN_STATES = /^dump 0x41(201000|302000|302ff8|303000|400100|420100|42fff0) (48|16)$/;

export const MASKS: readonly Mask<MaskName>[] = [
  // frames of the grant table itself; those of RAM are below, in PARTS
  mask("machine-addresses", /./, /^gnt_map .* :: r64 BUF\+24$/, /^v$/, /^bff[0-9a-f]{5}$/),
  mask("machine-addresses", /^memory$/, /^hc memory_op 2 /, /^r$/),
  mask("times", /^(vcpu|memory2)$/, RUN_STATES, /^d[^0]/, /[1-9a-f]/),
  mask("times", /^misc$/, /^sysrd 1[23]$/, /^v$/),
  // seconds since 1970, of the host's clock
  mask("times", /^misc$/, /^dump 0x41200430 32$/, /^d[08]$/, /[1-9a-f]/),
  mask("times", /./, /^until /, /^tries$/),
  mask("times", /^perf$/, /^perf /, /^ticks$/),
  mask("version-strings", /^version$/, /^dump BUF 192$/, /^d/, /[1-9a-f]/),
  mask("pre-empted-registers", /./, /^hc (console_io|multicall) /, /^x[12]$/),
  // lists of several grants: whether an interrupt comes between two of them depends on what ran before
  mask("pre-empted-registers", /^random-/, /^hc grant_table_op [015] BUF2 [2-9]$/, /^x[12]$/),
  // machine addresses are arguments of these, and Xen's host has memory there
  mask("machine-addresses", /^gnttab$/, /^hc grant_table_op 12 BUF 1$/, /^r$/),
  // getdomaininfo: shared_info_frame, cpu_time; physinfo: total_pages, free_pages
  mask("machine-addresses", /^dom0$/, /^dump BUF 128$/, /^d40$/, /[1-9a-f]/),
  mask("times", /^dom0$/, /^dump BUF 128$/, /^d48$/, /[1-9a-f]/),
  mask("machine-addresses", /^dom0$/, /^dump BUF 64$/, /^d3[08]$/, /[1-9a-f]/),
  // nothing was written there: real Xen does not switch when nobody else can run
  mask("times", /^vcpu$/, /^dump 0x41420100 48$/, /^d/),
  mask("times", /^vcpu$/, /^dump 0x41410000 32$/, /^d/, /[1-9a-f]/),
  mask("unscrubbed", /^memory2$/, /^r64 0x42f00000$/, /^v$/),
];

/** Hexadecimal digits at the end of a machine address of RAM: it is at the domain's own address modulo 16 MiB. */
const PART = 6;
/** Fields of which only a part is compared. */
export const PARTS: readonly (Mask<"machine-addresses"> & { readonly digits: number })[] = [
  { ...mask("machine-addresses", /./, /^gnt_map .* :: r64 BUF\+24$/, /^v$/, /^b[0-9a-f]{7}$/), digits: PART },
];

export type DifferenceName = "identification" | "non-secure-bit";
/** Each is a row of docs/spec/decisions.md, "Where v1 differs from Xen 4.17". */
export const DIFFERENCES: readonly Mask<DifferenceName>[] = [
  mask("identification", /^misc$/, /^sysrd 15$/),
  mask("non-secure-bit", /^at$/, /^sysrd 17$/),
];
