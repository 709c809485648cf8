// TABLE: A64 loads and stores of general registers
/**
 * Source: Arm ARM DDI 0487, C4.1 "Loads and Stores", as Armv8.0 allocates them. Most classes are a product: what is moved
 * (`size`, `opc`) by how the address is formed, and they are written so. SIMD and FP registers (V = 1) are not here.
 */
import type { Addressing, RowSpec, Transfer } from "./row.ts";

type Unpredictable = NonNullable<RowSpec["unpredictable"]>;
interface Access {
  /** Name of the row before its class. */
  readonly name: string;
  readonly mnemonic: string;
  readonly size: string;
  readonly opc: string;
  readonly transfer: Transfer;
}
const moves = (kind: Transfer["kind"], bytes: Transfer["bytes"], width: Transfer["width"] = 32, signed = false): Transfer =>
  Object.freeze({ kind, bytes, signed, width, pair: false });

const PREFETCH: Access = { name: "PRFM", mnemonic: "prfm", size: "11", opc: "10", transfer: moves("prefetch", 8, 64) };
const ACCESSES: readonly Access[] = [
  { name: "STRB_32", mnemonic: "strb", size: "00", opc: "00", transfer: moves("store", 1) },
  { name: "LDRB_32", mnemonic: "ldrb", size: "00", opc: "01", transfer: moves("load", 1) },
  { name: "LDRSB_64", mnemonic: "ldrsb", size: "00", opc: "10", transfer: moves("load", 1, 64, true) },
  { name: "LDRSB_32", mnemonic: "ldrsb", size: "00", opc: "11", transfer: moves("load", 1, 32, true) },
  { name: "STRH_32", mnemonic: "strh", size: "01", opc: "00", transfer: moves("store", 2) },
  { name: "LDRH_32", mnemonic: "ldrh", size: "01", opc: "01", transfer: moves("load", 2) },
  { name: "LDRSH_64", mnemonic: "ldrsh", size: "01", opc: "10", transfer: moves("load", 2, 64, true) },
  { name: "LDRSH_32", mnemonic: "ldrsh", size: "01", opc: "11", transfer: moves("load", 2, 32, true) },
  { name: "STR_32", mnemonic: "str", size: "10", opc: "00", transfer: moves("store", 4) },
  { name: "LDR_32", mnemonic: "ldr", size: "10", opc: "01", transfer: moves("load", 4) },
  { name: "LDRSW_64", mnemonic: "ldrsw", size: "10", opc: "10", transfer: moves("load", 4, 64, true) },
  { name: "STR_64", mnemonic: "str", size: "11", opc: "00", transfer: moves("store", 8, 64) },
  { name: "LDR_64", mnemonic: "ldr", size: "11", opc: "01", transfer: moves("load", 8, 64) },
];

interface Mode {
  /** The encoding class, which ends the row's name. */
  readonly name: string;
  /** Between `size` and `opc`, and after `opc`. */
  readonly middle: string;
  readonly rest: string;
  readonly addressing: Addressing;
  /** "ur" and "tr" mnemonics: ldur, ldtr. */
  readonly infix?: "u" | "t";
  readonly prefetch?: boolean;
  readonly unallocated?: NonNullable<RowSpec["unallocated"]>;
  readonly unpredictable?: Unpredictable;
}
const WRITEBACK: Unpredictable = [["Rn", "Rt"]];
const MODES: readonly Mode[] = [
  { name: "ldst_unscaled", middle: "111 0 00", rest: "0 imm9:9 00 Rn:5 Rt:5", addressing: "signedOffset", infix: "u", prefetch: true },
  { name: "ldst_immpost", middle: "111 0 00", rest: "0 imm9:9 01 Rn:5 Rt:5", addressing: "postIndex", unpredictable: WRITEBACK },
  { name: "ldst_unpriv", middle: "111 0 00", rest: "0 imm9:9 10 Rn:5 Rt:5", addressing: "signedOffset", infix: "t" },
  { name: "ldst_immpre", middle: "111 0 00", rest: "0 imm9:9 11 Rn:5 Rt:5", addressing: "preIndex", unpredictable: WRITEBACK },
  {
    name: "ldst_regoff", middle: "111 0 00", rest: "1 Rm:5 option:3 S:1 10 Rn:5 Rt:5", addressing: "registerOffset", prefetch: true,
    // option<1> is 1: UXTW, LSL, SXTW, SXTX
    unallocated: [{ option: [0, 1] }, { option: [4, 5] }],
  },
  { name: "ldst_pos", middle: "111 0 01", rest: "imm12:12 Rn:5 Rt:5", addressing: "unsignedOffset", prefetch: true },
];

/** LDR -> LDUR, STRB -> STTRB, PRFM -> PRFUM. */
const named = (mnemonic: string, infix: string): string => mnemonic.replace(/^(ld|st|prf)/, `$1${infix}`);

const single = (): [string, RowSpec][] =>
  MODES.flatMap((mode) =>
    [...ACCESSES, ...(mode.prefetch === true ? [PREFETCH] : [])].map((access): [string, RowSpec] => [
      `${access.name}_${mode.name}`,
      {
        mnemonic: named(access.mnemonic, mode.infix ?? ""),
        bits: `${access.size} ${mode.middle} ${access.opc} ${mode.rest}`,
        transfer: access.transfer,
        addressing: mode.addressing,
        ...(mode.infix === "t" && { unprivileged: true }),
        ...(mode.unallocated && { unallocated: mode.unallocated }),
        ...(mode.unpredictable && { unpredictable: mode.unpredictable }),
      },
    ]),
  );

const PAIRS: readonly Omit<Access, "size">[] = [
  { name: "STP_32", mnemonic: "stp", opc: "00", transfer: moves("store", 4) },
  { name: "LDP_32", mnemonic: "ldp", opc: "00", transfer: moves("load", 4) },
  { name: "LDPSW_64", mnemonic: "ldpsw", opc: "01", transfer: moves("load", 4, 64, true) },
  { name: "STP_64", mnemonic: "stp", opc: "10", transfer: moves("store", 8, 64) },
  { name: "LDP_64", mnemonic: "ldp", opc: "10", transfer: moves("load", 8, 64) },
];
const PAIR_MODES: readonly { name: string; bits: string; addressing: Addressing; infix?: "n" }[] = [
  { name: "ldstnapair_offs", bits: "000", addressing: "signedOffset", infix: "n" },
  { name: "ldstpair_post", bits: "001", addressing: "postIndex" },
  { name: "ldstpair_off", bits: "010", addressing: "signedOffset" },
  { name: "ldstpair_pre", bits: "011", addressing: "preIndex" },
];
const WRITEBACK_PAIR: Unpredictable = [["Rn", "Rt"], ["Rn", "Rt2"]];
const SAME_TARGET: Unpredictable = [["Rt", "Rt2"]];

const pairs = (): [string, RowSpec][] =>
  PAIR_MODES.flatMap((mode) =>
    // LDNPSW does not exist.
    PAIRS.filter((pair) => mode.infix === undefined || !pair.transfer.signed).map((pair): [string, RowSpec] => {
      const load = pair.transfer.kind === "load";
      const unpredictable = [...(load ? SAME_TARGET : []), ...(mode.addressing === "signedOffset" ? [] : WRITEBACK_PAIR)];
      return [
        `${mode.infix === undefined ? pair.name : pair.name.replace("P_", "NP_")}_${mode.name}`,
        {
          mnemonic: mode.infix === undefined ? pair.mnemonic : pair.mnemonic.replace("p", "np"),
          bits: `${pair.opc} 101 0 ${mode.bits} ${load ? 1 : 0} imm7:7 Rt2:5 Rn:5 Rt:5`,
          transfer: { ...pair.transfer, pair: true },
          addressing: mode.addressing,
          ...(unpredictable.length > 0 && { unpredictable }),
        },
      ];
    }),
  );

const SIZES = [
  { bits: "00", suffix: "b", bytes: 1, width: 32 },
  { bits: "01", suffix: "h", bytes: 2, width: 32 },
  { bits: "10", suffix: "", bytes: 4, width: 32 },
  { bits: "11", suffix: "", bytes: 8, width: 64 },
] as const;
const UNUSED = "(1)(1)(1)(1)(1)";
/** o2 is "0" for exclusive and "1" for merely ordered accesses; o0 is acquire or release. */
const SYNCHRONISED: readonly { name: string; load: boolean; pair: boolean; exclusive: boolean; ordered: boolean }[] = [
  { name: "stxr", load: false, pair: false, exclusive: true, ordered: false },
  { name: "stlxr", load: false, pair: false, exclusive: true, ordered: true },
  { name: "stxp", load: false, pair: true, exclusive: true, ordered: false },
  { name: "stlxp", load: false, pair: true, exclusive: true, ordered: true },
  { name: "ldxr", load: true, pair: false, exclusive: true, ordered: false },
  { name: "ldaxr", load: true, pair: false, exclusive: true, ordered: true },
  { name: "ldxp", load: true, pair: true, exclusive: true, ordered: false },
  { name: "ldaxp", load: true, pair: true, exclusive: true, ordered: true },
  { name: "stlr", load: false, pair: false, exclusive: false, ordered: true },
  { name: "ldar", load: true, pair: false, exclusive: false, ordered: true },
];
const STATUS: Unpredictable = [["Rs", "Rt"], ["Rn", "Rs"]];

const exclusives = (): [string, RowSpec][] =>
  SYNCHRONISED.flatMap((row) =>
    SIZES.filter((size) => !row.pair || size.suffix === "").map((size): [string, RowSpec] => {
      const mnemonic = `${row.name}${size.suffix}`;
      const status = row.exclusive && !row.load;
      const unpredictable = [...(status ? STATUS : []), ...(status && row.pair ? ([["Rs", "Rt2"]] as const) : []), ...(row.load && row.pair ? SAME_TARGET : [])];
      const bit = (on: boolean): string => (on ? "1" : "0");
      return [
        `${mnemonic.toUpperCase()}_${size.width}_ldstexcl`,
        {
          mnemonic,
          bits: `${size.bits} 001000 ${bit(!row.exclusive)} ${bit(row.load)} ${bit(row.pair)} ${status ? "Rs:5" : UNUSED} ${bit(row.ordered)} ${row.pair ? "Rt2:5" : UNUSED} Rn:5 Rt:5`,
          transfer: { kind: row.load ? "load" : "store", bytes: size.bytes, width: size.width, signed: false, pair: row.pair },
          addressing: "base",
          exclusive: row.exclusive,
          ordered: row.ordered,
          ...(unpredictable.length > 0 && { unpredictable }),
        },
      ];
    }),
  );

const LITERALS = {
  LDR_32_loadlit: { mnemonic: "ldr", bits: "00 011 0 00 imm19:19 Rt:5", transfer: moves("load", 4), addressing: "literal" },
  LDR_64_loadlit: { mnemonic: "ldr", bits: "01 011 0 00 imm19:19 Rt:5", transfer: moves("load", 8, 64), addressing: "literal" },
  LDRSW_64_loadlit: { mnemonic: "ldrsw", bits: "10 011 0 00 imm19:19 Rt:5", transfer: moves("load", 4, 64, true), addressing: "literal" },
  PRFM_P_loadlit: { mnemonic: "prfm", bits: "11 011 0 00 imm19:19 Rt:5", transfer: moves("prefetch", 8, 64), addressing: "literal" },
} as const satisfies Readonly<Record<string, RowSpec>>;

export const LOADS_STORES: Readonly<Record<string, RowSpec>> = /* @__PURE__ */ Object.freeze(
  Object.fromEntries([...Object.entries<RowSpec>(LITERALS), ...single(), ...pairs(), ...exclusives()]),
);
