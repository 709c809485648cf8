/**
 * Small bare-metal programs, written encoding by encoding with labels: for tests and examples of machines.
 * Addresses and offsets in bytes; a program is position independent unless it moves an address into a register.
 */
import { ModelBug } from "@granule/units";
import { encode } from "./decode.ts";
import type { Fields } from "./row.ts";
import { SYSTEM_OPERATIONS, SYSTEM_REGISTERS, systemKey } from "./systemRegisters.ts";

/** Registers that engines hold or ask their host for, beside {@link SYSTEM_REGISTERS}. */
const HOST_REGISTERS: Readonly<Record<string, number>> = {
  CNTFRQ_EL0: systemKey(3, 3, 14, 0, 0), CNTPCT_EL0: systemKey(3, 3, 14, 0, 1), CNTVCT_EL0: systemKey(3, 3, 14, 0, 2), CNTKCTL_EL1: systemKey(3, 0, 14, 1, 0),
  CNTP_TVAL_EL0: systemKey(3, 3, 14, 2, 0), CNTP_CTL_EL0: systemKey(3, 3, 14, 2, 1), CNTP_CVAL_EL0: systemKey(3, 3, 14, 2, 2),
  CNTV_TVAL_EL0: systemKey(3, 3, 14, 3, 0), CNTV_CTL_EL0: systemKey(3, 3, 14, 3, 1), CNTV_CVAL_EL0: systemKey(3, 3, 14, 3, 2),
  OSLAR_EL1: systemKey(2, 0, 1, 0, 4),
};
const HALF_WORD = 16n; // bits of a MOVZ or MOVK immediate
/** Bytes of an instruction. */
const WORD = 4;

export interface Program {
  /** Bytes from the start to here. */
  readonly here: number;
  word(value: number): Program;
  /** One instruction of the table, by the name of its encoding. */
  emit(name: string, operands?: Partial<Fields>): Program;
  label(name: string): Program;
  /** A branch, compare and branch, or ADR to a label. */
  to(name: string, label: string, operands?: Partial<Fields>): Program;
  /** Any value into X[Rd]. */
  move(Rd: number, value: number | bigint): Program;
  mrs(Rt: number, register: string): Program;
  msr(register: string, Rt: number): Program;
  /** TLBI, AT, IC, DC by name. */
  sys(operation: string, Rt?: number): Program;
  /** LDR or STR of X[Rt] (or W[Rt]) at [X[Rn] + offset]. */
  load(Rt: number, Rn: number, offset?: number, bytes?: 4 | 8): Program;
  store(Rt: number, Rn: number, offset?: number, bytes?: 4 | 8): Program;
  /** Zeroes up to a multiple of `bytes`. */
  align(bytes: number): Program;
  /** The bytes, little-endian. @throws ModelBug for a label that is nowhere. */
  bytes(): Uint8Array;
}

/** Which field holds the distance, its width, and the bytes that it counts. */
function distanceField(name: string): { readonly field: "imm26" | "imm19" | "imm14"; readonly width: number } {
  if (name.includes("branch_imm")) return { field: "imm26", width: 26 };
  return name.includes("testbranch") ? { field: "imm14", width: 14 } : { field: "imm19", width: 19 };
}

const keyOfRegister = (name: string): number => {
  const key = SYSTEM_REGISTERS.find((r) => r.name === name)?.key ?? HOST_REGISTERS[name];
  if (key === undefined) throw new ModelBug(`no system register is called ${name}`);
  return key;
};
const operandsOf = (key: number): Partial<Fields> => ({ o0: (key >> 14) & 1, op1: (key >> 11) & 7, CRn: (key >> 7) & 15, CRm: (key >> 3) & 15, op2: key & 7 }); // MAGIC: the encoding's fields

/** An empty program. */
export function createProgram(): Program {
  const words: number[] = [];
  const labels = new Map<string, number>();
  const open: { readonly at: number; readonly name: string; readonly label: string; readonly operands: Partial<Fields> }[] = [];
  const push = (value: number): Program => {
    words.push(value);
    return program;
  };
  const program: Program = {
    get here() {
      return words.length * WORD;
    },
    word: push,
    emit: (name, operands = {}) => push(encode(name, operands)),
    label(name) {
      labels.set(name, words.length);
      return program;
    },
    to(name, label, operands = {}) {
      open.push({ at: words.length, name, label, operands });
      return push(0);
    },
    move(Rd, value) {
      const all = BigInt.asUintN(64, BigInt(value));
      for (let hw = 0; hw < 4; hw++) {
        const imm16 = Number(BigInt.asUintN(Number(HALF_WORD), all >> (HALF_WORD * BigInt(hw))));
        if (hw === 0) program.emit("MOVZ_movewide", { sf: 1, hw, imm16, Rd });
        else if (imm16 !== 0) program.emit("MOVK_movewide", { sf: 1, hw, imm16, Rd });
      }
      return program;
    },
    mrs: (Rt, register) => program.emit("MRS_RS_systemmove", { ...operandsOf(keyOfRegister(register)), Rt }),
    msr: (register, Rt) => program.emit("MSR_SR_systemmove", { ...operandsOf(keyOfRegister(register)), Rt }),
    sys(operation, Rt = 31) {
      const found = [...SYSTEM_OPERATIONS.values()].find((o) => o.name === operation);
      if (found === undefined) throw new ModelBug(`no system instruction is called ${operation}`);
      const { op1 = 0, CRn = 0, CRm = 0, op2 = 0 } = operandsOf(found.key);
      return program.emit("SYS_CR_systeminstrs", { op1, CRn, CRm, op2, Rt });
    },
    load: (Rt, Rn, offset = 0, bytes = 8) => program.emit(bytes === 8 ? "LDR_64_ldst_pos" : "LDR_32_ldst_pos", { Rt, Rn, imm12: offset / bytes }),
    store: (Rt, Rn, offset = 0, bytes = 8) => program.emit(bytes === 8 ? "STR_64_ldst_pos" : "STR_32_ldst_pos", { Rt, Rn, imm12: offset / bytes }),
    align(bytes) {
      while (program.here % bytes !== 0) push(0);
      return program;
    },
    bytes() {
      const view = new DataView(new ArrayBuffer(words.length * WORD));
      words.forEach((value, i) => view.setUint32(i * WORD, value, true));
      for (const { at, name, label, operands } of open) {
        const target = labels.get(label);
        if (target === undefined) throw new ModelBug(`the program has no label "${label}"`);
        const distance = target - at;
        if (name === "ADR_only_pcreladdr") {
          view.setUint32(at * WORD, encode(name, { ...operands, immlo: 0, immhi: distance & (2 ** 19 - 1) }), true);
          continue;
        }
        const { field, width } = distanceField(name);
        view.setUint32(at * WORD, encode(name, { ...operands, [field]: distance & (2 ** width - 1) }), true);
      }
      return new Uint8Array(view.buffer);
    },
  };
  return program;
}
