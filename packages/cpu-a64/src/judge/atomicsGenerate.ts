/**
 * Random programs of FEAT_LSE: atomic instructions among stores, exclusives and branches. Half of the compare and swaps find what
 * they compare with, because it was loaded just before; a few words of their encoding space ask which are allocated.
 */
import { A64_ROWS } from "../spec/decode.ts";
import type { Row } from "../spec/row.ts";
import { type Emitter, randomFields, wordOf } from "./emitter.ts";
import { type Generated, startProgram } from "./generate.ts";
import { snippetsOf } from "./snippets.ts";

const ATOMIC_ROWS = A64_ROWS.filter((row) => row.atomic !== undefined);
const LOADS: Readonly<Record<number, string>> = { 1: "LDRB_32_ldst_pos", 2: "LDRH_32_ldst_pos", 4: "LDR_32_ldst_pos", 8: "LDR_64_ldst_pos" };
const PAIR_LOADS: Readonly<Record<number, string>> = { 4: "LDP_32_ldstpair_off", 8: "LDP_64_ldstpair_off" };
/** "Atomic memory operations", "Compare and swap", "Compare and swap pair": fixed bits, and those that a word chooses. */
const SPACES = [[0x38200000, 0xc0dff3ff], [0x08a00000, 0xc05fffff], [0x08200000, 0x405fffff]] as const;
/** Rt2 of compare and swap, all ones where it is allocated. */
const RT2 = 0x7c00;
/** LDAPR, in the space of atomic operations, is FEAT_LRCPC: the judge's CPU has it. */
const isLdapr = (word: number): boolean => (word & 0x3ffffc00) >>> 0 === 0x38bfc000;

/** A program of at least `count` instructions. */
export function generateAtomics(seed: string, count: number): Generated {
  const { emitter, program } = startProgram(seed);
  const { choice } = emitter;
  const snippets = snippetsOf(emitter, program.data);
  /** Mostly few places, so that what one instruction stored, another finds. */
  const address = (align: number): number => snippets.dataAddress(choice.oneIn(4) ? align : 2 ** 12) + choice.below(8) * 16; // MAGIC: distance of the places
  const atomic = (): void => {
    const row: Row = choice.pick(ATOMIC_ROWS);
    if (row.atomic === undefined) return;
    const { bytes, pair, operation } = row.atomic;
    const fields = randomFields(choice, row);
    const misaligned = choice.oneIn(8) && fields.Rn !== 31 ? choice.below(16) : 0;
    snippets.setRegister(fields.Rn, address(16) + misaligned);
    const first = pair ? fields.Rs * 2 : fields.Rs;
    const comparand = [first, ...(pair ? [first + 1] : [])];
    if (operation === "compareAndSwap" && choice.oneIn(2) && !comparand.includes(fields.Rn)) {
      if (pair) emitter.emit(PAIR_LOADS[bytes] ?? "", { Rn: fields.Rn, Rt: first, Rt2: first + 1 });
      else emitter.emit(LOADS[bytes] ?? "", { Rn: fields.Rn, Rt: first });
    }
    emitter.word(wordOf(row, fields));
  };
  const anyWord = ({ word }: Emitter): void => {
    const [fixed, chosen] = choice.pick(SPACES);
    const rt2 = fixed === SPACES[0][0] || choice.oneIn(3) ? 0 : RT2;
    const any = ((choice.below(2 ** 32) & chosen) | fixed | rt2) >>> 0;
    if (isLdapr(any)) return;
    snippets.setRegister((any >>> 5) & 31, address(16));
    word(any);
  };
  while (program.words.length < count) {
    const kind = choice.below(100);
    if (kind < 70) atomic();
    else if (kind < 78) program.data();
    else if (kind < 88) snippets.memory();
    else if (kind < 92) snippets.exclusive();
    else if (kind < 95) snippets.branch();
    else anyWord(emitter);
  }
  return program.generated();
}
