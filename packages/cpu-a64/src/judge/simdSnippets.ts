/** SIMD and floating point in random programs: operands worth a test, addresses, and rounding modes. */
import { A64_ROWS } from "../spec/decode.ts";
import type { Row } from "../spec/row.ts";
import { type Emitter, HALF_WORD, isCryptography, LITERALS, randomFields, wordOf } from "./emitter.ts";
import type { snippetsOf } from "./snippets.ts";

interface SimdSnippets {
  /** One data-processing instruction, often with fresh operands. */
  data(): void;
  memory(): void;
  /** FPCR and FPSR. */
  control(): void;
}

const SIMD_ROWS = A64_ROWS.filter((row) => row.simd !== undefined);
const MEMORY_ROWS = A64_ROWS.filter((row) => row.structure !== undefined || (row.vector !== undefined && row.addressing !== "literal"));
const LITERAL_ROWS = ["LDR_S_loadlit", "LDR_D_loadlit", "LDR_Q_loadlit", "LDR_Q_loadlit", "LDR_Q_loadlit"] as const;
const FPCR = { o0: 1, op1: 3, CRn: 4, CRm: 4, op2: 0 } as const;
const FPSR = { ...FPCR, op2: 1 } as const;

export function simdSnippetsOf(emitter: Emitter, { access, setRegister, dataAddress }: ReturnType<typeof snippetsOf>): SimdSnippets {
  const { choice, emit } = emitter;
  /** Literals are doublewords before the program. */
  const refresh = (Rt: number): void => {
    const index = choice.below(LITERALS - 1) * 2;
    emit(choice.pick(LITERAL_ROWS), { imm19: 2 ** 19 - LITERALS * 2 - emitter.at + index, Rt });
  };
  const structure = (row: Row): void => {
    const fields = randomFields(choice, row);
    setRegister(fields.Rn, dataAddress(fields.Rn === 31 ? 16 : choice.pick([1, 8, 16])));
    emitter.word(wordOf(row, fields));
  };
  return {
    data() {
      const row = choice.pick(SIMD_ROWS);
      const fields = randomFields(choice, row);
      if (choice.oneIn(2)) refresh(fields.Rn);
      if (choice.oneIn(4)) refresh(fields.Rm);
      if (choice.oneIn(8)) refresh(fields.Rd);
      if (row.name.endsWith("floatdp3") && choice.oneIn(3)) refresh(fields.Ra);
      // Equal operands: comparisons, differences of zero
      const equal = choice.oneIn(12) && row.fields.some(({ name, width }) => name === "Rm" && width === 5);
      const word = wordOf(row, equal ? { ...fields, Rm: fields.Rn } : fields);
      if (!isCryptography(word)) emitter.word(word);
    },
    memory() {
      const row = choice.pick(MEMORY_ROWS);
      if (row.vector === undefined) structure(row);
      else access(row, row.vector);
    },
    control() {
      const n = choice.below(31);
      const kind = choice.below(6);
      if (kind === 0) emit("MRS_RS_systemmove", { ...choice.pick([FPCR, FPSR]), Rt: n });
      else if (kind === 1) {
        // IOC to IXC, IDC; QC
        emit("MOVZ_movewide", { sf: 1, imm16: choice.below(2 ** 8) & 0x9f, Rd: n });
        if (choice.oneIn(2)) emit("MOVK_movewide", { sf: 1, hw: 1, imm16: 0x800, Rd: n });
        emit("MSR_SR_systemmove", { ...FPSR, Rt: n });
      } else {
        const bits = choice.below(4) * 0x40 + [0x100, 0x200, 0x400].filter(() => choice.oneIn(3)).reduce((sum, bit) => sum + bit, 0);
        emit("MOVZ_movewide", { sf: 1, hw: 1, imm16: bits % HALF_WORD, Rd: n });
        emit("MSR_SR_systemmove", { ...FPCR, Rt: n });
      }
    },
  };
}
