/** Short sequences for instructions that need something prepared: an address, a target, an open monitor. */
import { extend, signedField } from "../reference/bits.ts";
import { A64_ROWS } from "../spec/decode.ts";
import type { Fields, Row, Transfer } from "../spec/row.ts";
import { DATA_BASE, DATA_SIZE, type Emitter, HALF_WORD, LITERALS, randomFields, wordOf } from "./emitter.ts";

/** What an access moves, of whichever registers. */
type Moved = Pick<Transfer, "pair"> & { readonly bytes: number };
interface Snippets {
  literal(): void;
  memory(): void;
  /** A load or store of this row, whose base register is set to an address of data. */
  access(row: Row, moved: Moved): void;
  /** Sets X[n] or, for 31, SP. */
  setRegister(n: number, value: number): void;
  dataAddress(align: number): number;
  exclusive(): void;
  branch(): void;
  system(): void;
}

const isOrdered = (row: Row): boolean => row.exclusive === true || row.ordered === true;
const MEMORY_ROWS = A64_ROWS.filter((row) => row.transfer !== undefined && row.addressing !== "literal" && row.exclusive !== true);
const EXCLUSIVE_LOADS = A64_ROWS.filter((row) => row.exclusive === true && row.transfer?.kind === "load");
const EXCLUSIVE_STORES = A64_ROWS.filter((row) => row.exclusive === true && row.transfer?.kind === "store");
/** Keeps accesses away from the ends of the data. */
const MARGIN = 64;

const span = ({ bytes, pair }: Moved): number => (pair ? bytes * 2 : bytes);

/** @param data emits one data-processing instruction */
export function snippetsOf(emitter: Emitter, data: () => void): Snippets {
  const { choice, emit } = emitter;

  /** Sets X[n] or, for 31, SP. Values below 2^32, with `tag` in bits 63:56. */
  const setRegister = (n: number, value: number, tag = 0): void => {
    const scratch = n === 31 ? choice.below(31) : n;
    emit("MOVZ_movewide", { sf: 1, hw: 0, imm16: value % HALF_WORD, Rd: scratch });
    emit("MOVK_movewide", { sf: 1, hw: 1, imm16: Math.floor(value / HALF_WORD), Rd: scratch });
    if (tag !== 0) emit("MOVK_movewide", { sf: 1, hw: 3, imm16: tag * 256, Rd: scratch });
    if (n === 31) emit("ADD_addsub_imm", { sf: 1, Rn: scratch, Rd: 31 });
  };
  const dataAddress = (align: number): number => {
    const at = DATA_BASE + MARGIN + choice.below(DATA_SIZE - MARGIN * 2);
    return at - (at % align);
  };
  /** An address for an access: aligned where it must be, else mostly. */
  const target = (row: Row, transfer: Moved): number => dataAddress(isOrdered(row) || !choice.oneIn(3) ? span(transfer) : 1);

  /** An index register that differs from the base, with a small value after extension, and garbage above for 32-bit ones. */
  const setIndex = (f: Fields, transfer: Moved): number => {
    if (f.Rm === 31) return 0;
    const index = choice.between(-1000, 1000);
    const word = BigInt.asUintN(64, BigInt(index));
    const narrow = (f.option & 1) === 0;
    for (const hw of [0, 1, 2, 3]) {
      const part = narrow && hw >= 2 ? choice.below(HALF_WORD) : Number((word >> BigInt(hw * 16)) & 0xffffn); // MAGIC: half-words
      emit(hw === 0 ? "MOVZ_movewide" : "MOVK_movewide", { sf: 1, hw, imm16: part, Rd: f.Rm });
    }
    return Number(BigInt.asIntN(64, extend(word, 64, f.option, f.S === 1 ? Math.log2(transfer.bytes) : 0)));
  };
  const offsetOf = (row: Row, f: Fields, transfer: Moved): number => {
    switch (row.addressing) {
      case "unsignedOffset":
        return f.imm12 * transfer.bytes;
      case "signedOffset":
      case "preIndex":
        return transfer.pair ? signedField(f.imm7, 7) * transfer.bytes : signedField(f.imm9, 9);
      case "registerOffset":
        return setIndex(f, transfer);
      default:
        return 0;
    }
  };

  const access = (row: Row, transfer: Moved): void => {
    let fields = randomFields(choice, row);
    // UXTW of a negative index leaves memory: an offset of 2^32.
    if (row.addressing === "registerOffset") fields = { ...fields, option: choice.pick([3, 6, 7]), Rm: fields.Rm === fields.Rn ? 31 : fields.Rm };
    // SP is set through another register, which must not be the index.
    if (row.addressing === "registerOffset" && fields.Rn === 31) fields = { ...fields, Rn: (fields.Rm + 1) % 31 };
    const at = target(row, transfer);
    const offset = offsetOf(row, fields, transfer);
    // SP stays aligned where it is a base.
    const base = at - offset - (fields.Rn === 31 ? (at - offset) % 16 : 0);
    setRegister(fields.Rn, base, choice.oneIn(4) ? choice.below(256) : 0);
    emitter.word(wordOf(row, fields));
  };

  const memory = (): void => {
    const row = choice.pick(MEMORY_ROWS);
    if (row.transfer !== undefined) access(row, row.transfer);
  };

  const exclusive = (): void => {
    const row = choice.pick(EXCLUSIVE_LOADS);
    const { transfer } = row;
    if (transfer === undefined) return;
    const base = choice.below(31);
    const other = (): number => (base + 1 + choice.below(30)) % 31;
    setRegister(base, dataAddress(span(transfer)));
    const [Rt, Rt2, Rs] = [other(), other(), other()];
    emitter.word(wordOf(row, { ...randomFields(choice, row), Rn: base, Rt, Rt2: Rt2 === Rt ? 31 : Rt2 }));
    const interlude = choice.below(8);
    if (interlude === 0) emit("CLREX_barriers", { CRm: choice.below(16) });
    else if (interlude === 1) setRegister(base, dataAddress(span(transfer)));
    else if (interlude < 4) emit("ADD_addsub_imm", { sf: 1, imm12: choice.below(1000), Rn: other(), Rd: other() });
    const store = choice.pick(EXCLUSIVE_STORES.filter((r) => r.transfer?.bytes === transfer.bytes && r.transfer.pair === transfer.pair));
    const [data1, data2] = [other(), other()];
    emitter.word(wordOf(store, { ...randomFields(choice, store), Rn: base, Rs, Rt: data1 === Rs ? 31 : data1, Rt2: data2 === Rs ? 31 : data2 }));
  };

  const branch = (): void => {
    const distance = choice.between(1, 6);
    const cond = choice.below(16);
    const Rt = choice.below(32);
    // What is jumped over has no preparation that somebody relies on.
    const over = (): void => {
      for (let n = 1; n < distance; n += 1) data();
    };
    const steps = [
      () => emit("B_only_branch_imm", { imm26: distance }),
      () => emit("BL_only_branch_imm", { imm26: distance }),
      () => emit("B_only_condbranch", { imm19: distance, cond }),
      () => emit("B_only_condbranch", { imm19: distance, cond }),
      () => emit(choice.pick(["CBZ_compbranch", "CBNZ_compbranch"]), { sf: choice.below(2), imm19: distance, Rt }),
      () => emit(choice.pick(["TBZ_only_testbranch", "TBNZ_only_testbranch"]), { b5: choice.below(2), b40: choice.below(32), imm14: distance, Rt }),
      () => {
        const n = choice.below(31);
        const imm = (distance + 1) * 4;
        emit("ADR_only_pcreladdr", { immlo: imm % 4, immhi: Math.floor(imm / 4), Rd: n });
        emit(choice.pick(["BR_64_branch_reg", "BLR_64_branch_reg", "RET_64R_branch_reg"]), { Rn: n });
      },
      // over, back and on
      () => {
        emit("B_only_branch_imm", { imm26: 3 });
        data();
        emit("B_only_branch_imm", { imm26: 2 });
        const back = choice.below(3);
        if (back === 0) emit("B_only_branch_imm", { imm26: 2 ** 26 - 2 });
        else if (back === 1) emit("BL_only_branch_imm", { imm26: 2 ** 26 - 2 });
        else emit("B_only_condbranch", { imm19: 2 ** 19 - 2, cond });
      },
      () => emit(choice.pick(["ADR_only_pcreladdr", "ADRP_only_pcreladdr"]), { immlo: choice.below(4), immhi: choice.below(2 ** 19), Rd: Rt }),
    ];
    choice.pick(steps)();
    over();
  };

  const literal = (): void => {
    const row = choice.pick(["LDR_64_loadlit", "LDR_64_loadlit", "LDR_32_loadlit", "LDRSW_64_loadlit", "PRFM_P_loadlit"]);
    const index = choice.below(LITERALS * 2);
    emit(row, { imm19: 2 ** 19 - LITERALS * 2 - emitter.at + index, Rt: choice.below(32) });
  };

  const system = (): void => {
    const Rt = choice.below(32);
    const user = { o0: 1, op1: 3 } as const;
    const NZCV = { ...user, CRn: 4, CRm: 2, op2: 0 };
    const TPIDR_EL0 = { ...user, CRn: 13, CRm: 0, op2: 2 };
    const steps = [
      () => emit("MRS_RS_systemmove", { ...choice.pick([NZCV, TPIDR_EL0, { ...user, CRn: 0, CRm: 0, op2: 1 }, { ...user, CRn: 0, CRm: 0, op2: 7 }]), Rt }),
      () => emit("MSR_SR_systemmove", { ...choice.pick([NZCV, TPIDR_EL0]), Rt }),
      () => emit(choice.pick(["DSB_barriers", "DMB_barriers", "ISB_barriers", "CLREX_barriers"]), { CRm: choice.below(16) }),
      // NOP, YIELD, and numbers that Armv8.0 does not know
      () => emit("HINT_hints", choice.pick([{ op2: 0 }, { op2: 1 }, { CRm: choice.between(1, 15), op2: choice.below(8) }])),
      () => {
        // DC ZVA, DC CVAC, DC CVAU, DC CIVAC, IC IVAU
        const n = choice.below(31);
        setRegister(n, dataAddress(1));
        emit("SYS_CR_systeminstrs", { op1: 3, CRn: 7, ...choice.pick([{ CRm: 4, op2: 1 }, { CRm: 4, op2: 1 }, { CRm: 10, op2: 1 }, { CRm: 11, op2: 1 }, { CRm: 14, op2: 1 }, { CRm: 5, op2: 1 }]), Rt: n });
      },
      // An SVC that no kernel has; BRK, HVC and SMC, which EL0 cannot complete.
      () => {
        emit("MOVZ_movewide", { sf: 1, imm16: 0xfff0, Rd: 8 });
        emit("SVC_ex_exception", { imm16: choice.below(HALF_WORD) });
      },
      () => emit(choice.pick(["BRK_ex_exception", "HVC_ex_exception", "SMC_ex_exception"]), { imm16: choice.below(HALF_WORD) }),
      () => emit("ERET_64E_branch_reg", {}),
      () => emit("MSR_SI_pstate", { op1: 0, CRm: choice.below(16), op2: 5 }),
    ];
    choice.pick(steps)();
  };
  return { literal, memory, access, setRegister, dataAddress, exclusive, branch, system };
}
