// TABLE: A64 loads and stores of SIMD and FP registers
/**
 * Source: Arm ARM DDI 0487, C4.1 "Loads and Stores" with V = 1, as Armv8.0 allocates it. Products of what is moved by how the
 * address is formed, as those of general registers.
 */
import type { Addressing, RowSpec, StructureTransfer, VectorTransfer } from "./row.ts";
import type { Rows } from "./simdInteger.ts";

const REGISTERS = [
  { name: "B", size: "00", opc: "0", bytes: 1 }, { name: "H", size: "01", opc: "0", bytes: 2 }, { name: "S", size: "10", opc: "0", bytes: 4 },
  { name: "D", size: "11", opc: "0", bytes: 8 }, { name: "Q", size: "00", opc: "1", bytes: 16 },
] as const;
const KINDS = [{ kind: "store", bit: 0 }, { kind: "load", bit: 1 }] as const;
const MODES: readonly { name: string; class: string; rest: string; addressing: Addressing; infix?: "u" }[] = [
  { name: "ldst_unscaled", class: "111 1 00", rest: "0 imm9:9 00 Rn:5 Rt:5", addressing: "signedOffset", infix: "u" },
  { name: "ldst_immpost", class: "111 1 00", rest: "0 imm9:9 01 Rn:5 Rt:5", addressing: "postIndex" },
  { name: "ldst_immpre", class: "111 1 00", rest: "0 imm9:9 11 Rn:5 Rt:5", addressing: "preIndex" },
  { name: "ldst_regoff", class: "111 1 00", rest: "1 Rm:5 option:3 S:1 10 Rn:5 Rt:5", addressing: "registerOffset" },
  { name: "ldst_pos", class: "111 1 01", rest: "imm12:12 Rn:5 Rt:5", addressing: "unsignedOffset" },
];
const single = (): Rows =>
  MODES.flatMap((mode) =>
    REGISTERS.flatMap((register) =>
      KINDS.map(({ kind, bit }): [string, RowSpec] => {
        const prefix = kind === "load" ? "ld" : "st";
        return [
          `${prefix.toUpperCase()}${mode.infix === undefined ? "" : "U"}R_${register.name}_${mode.name}`,
          {
            mnemonic: `${prefix}${mode.infix ?? ""}r`, bits: `${register.size} ${mode.class} ${register.opc}${bit} ${mode.rest}`,
            vector: { kind, bytes: register.bytes, pair: false } satisfies VectorTransfer, addressing: mode.addressing,
            // option<1> is 1: UXTW, LSL, SXTW, SXTX
            ...(mode.addressing === "registerOffset" && { unallocated: [{ option: [0, 1] }, { option: [4, 5] }] as const }),
          },
        ];
      }),
    ),
  );

const PAIRS = [{ name: "S", opc: "00", bytes: 4 }, { name: "D", opc: "01", bytes: 8 }, { name: "Q", opc: "10", bytes: 16 }] as const;
const PAIR_MODES: readonly { name: string; bits: string; addressing: Addressing; infix: "" | "n" }[] = [
  { name: "ldstnapair_offs", bits: "000", addressing: "signedOffset", infix: "n" },
  { name: "ldstpair_post", bits: "001", addressing: "postIndex", infix: "" },
  { name: "ldstpair_off", bits: "010", addressing: "signedOffset", infix: "" },
  { name: "ldstpair_pre", bits: "011", addressing: "preIndex", infix: "" },
];
const pairs = (): Rows =>
  PAIR_MODES.flatMap((mode) =>
    PAIRS.flatMap(({ name, opc, bytes }) =>
      KINDS.map(({ kind, bit }): [string, RowSpec] => {
        const mnemonic = `${kind === "load" ? "ld" : "st"}${mode.infix}p`;
        return [
          `${mnemonic.toUpperCase()}_${name}_${mode.name}`,
          {
            mnemonic, bits: `${opc} 101 1 ${mode.bits} ${bit} imm7:7 Rt2:5 Rn:5 Rt:5`, vector: { kind, bytes, pair: true }, addressing: mode.addressing,
            ...(kind === "load" && { unpredictable: [["Rt", "Rt2"]] as const }),
          },
        ];
      }),
    ),
  );
const literals = (): Rows =>
  PAIRS.map(({ name, opc, bytes }): [string, RowSpec] => [
    `LDR_${name}_loadlit`, { mnemonic: "ldr", bits: `${opc} 011 1 00 imm19:19 Rt:5`, vector: { kind: "load", bytes, pair: false }, addressing: "literal" },
  ]);

const MULTIPLE = [
  { elements: 4, registers: 4, opcode: "0000" }, { elements: 1, registers: 4, opcode: "0010" }, { elements: 3, registers: 3, opcode: "0100" },
  { elements: 1, registers: 3, opcode: "0110" }, { elements: 1, registers: 1, opcode: "0111" }, { elements: 2, registers: 2, opcode: "1000" },
  { elements: 1, registers: 2, opcode: "1010" },
] as const;
/** opcode<2:1>, and the low bits of `size` that tell element sizes apart; S and the rest of `size` are the lane. */
const LANES = [
  { name: "B", opcode: "00", rest: "S:1 size:2", scale: 0 }, { name: "H", opcode: "01", rest: "S:1 size:2", scale: 1 },
  { name: "S", opcode: "10", rest: "S:1 00", scale: 2 }, { name: "D", opcode: "10", rest: "0 01", scale: 3 },
] as const;
const COUNTS = [1, 2, 3, 4] as const;

/** No offset, and after the access by Rm or, for 31, by the bytes moved. */
const STRUCTURE_MODES = [{ suffix: "", post: 0, Rm: "00000", addressing: "base" }, { suffix: "p", post: 1, Rm: "Rm:5", addressing: "postIndex" }] as const;
function structures(): Rows {
  const rows: Rows = [];
  for (const { kind, bit } of KINDS)
    for (const { suffix, post, Rm, addressing } of STRUCTURE_MODES) {
      const mnemonic = (elements: number): string => `${kind === "load" ? "ld" : "st"}${elements}`;
      const add = (name: string, bits: string, structure: Omit<StructureTransfer, "kind">, rest: Partial<RowSpec> = {}): void =>
        void rows.push([name, { mnemonic: mnemonic(structure.elements), bits, structure: { kind, ...structure }, addressing, ...rest }]);
      for (const { elements, registers, opcode } of MULTIPLE)
        add(`${mnemonic(elements).toUpperCase()}_asisdlse${suffix}_R${registers}`, `0 Q:1 001100 ${post} ${bit} 0 ${Rm} ${opcode} size:2 Rn:5 Rt:5`,
          { form: "multiple", registers, elements, scale: 0 }, elements > 1 ? { unallocated: [{ size: 3, Q: 0 }] } : {});
      for (const elements of COUNTS) {
        // R and opcode<0>: the number of registers less 1, low bit first
        const [R, high] = [(elements - 1) & 1, (elements - 1) >> 1];
        for (const lane of LANES)
          add(`${mnemonic(elements).toUpperCase()}_asisdlso${suffix}_${lane.name}${elements}`, `0 Q:1 001101 ${post} ${bit} ${R} ${Rm} ${lane.opcode}${high} ${lane.rest} Rn:5 Rt:5`,
            { form: "single", registers: elements, elements, scale: lane.scale }, lane.scale === 1 ? { unallocated: [{ size: 1 }, { size: 3 }] } : {});
        if (kind === "load")
          add(`LD${elements}R_asisdlso${suffix}_R${elements}`, `0 Q:1 001101 ${post} ${bit} ${R} ${Rm} 11${high} 0 size:2 Rn:5 Rt:5`,
            { form: "replicate", registers: elements, elements, scale: 0 }, { mnemonic: `ld${elements}r` });
      }
    }
  return rows;
}

export const SIMD_LOADS_STORES: Readonly<Record<string, RowSpec>> = /* @__PURE__ */ Object.freeze(
  Object.fromEntries([...literals(), ...single(), ...pairs(), ...structures()]),
);
