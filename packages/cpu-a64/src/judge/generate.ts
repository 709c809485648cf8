/**
 * Random straight-line programs of everything that EL0 may execute. Branches go forward, or once backward, so a program
 * ends; loads and stores find memory, because the registers that address them are set just before. Random words beside
 * these ask which encodings are allocated.
 */
import { A64_ROWS, createDecoder, encode } from "../spec/decode.ts";
import type { Row } from "../spec/row.ts";
import { DATA_BASE, type Emitter, isCryptography, LITERALS, randomFields, wordOf } from "./emitter.ts";
import { type Choice, createChoice } from "./random.ts";
import { simdSnippetsOf } from "./simdSnippets.ts";
import { snippetsOf } from "./snippets.ts";

export interface Generated {
  readonly literals: BigUint64Array;
  /** X0 to X30, SP, NZCV in bits 31:28. */
  readonly registers: BigUint64Array;
  readonly words: Uint32Array;
}

/** Rows of the CPU that these programs are for: it has CRC32 and no later feature. */
const ROWS = A64_ROWS.filter((row) => row.feature === undefined || row.feature === "crc32");
const isInteger = (row: Row): boolean => row.simd === undefined && row.vector === undefined && row.structure === undefined;
/** Data processing of general registers. */
export const DATA_ROWS = ROWS.filter((row) => isInteger(row) && row.transfer === undefined && !/branch|exception|hints|barriers|pstate|system|ret|pcreladdr/.test(row.name));
const ANY = createDecoder(new Set(["crc32"]));

/**
 * A word that is safe to execute: no branch (it would leave the program), no SVC, and none of the system space, whose answers
 * depend on the machine.
 */
function randomWord(choice: Choice): number {
  for (;;) {
    const near = choice.oneIn(2);
    const row = choice.pick(ROWS);
    // Half of them are one flipped bit away from an allocated one.
    const word = (near ? wordOf(row, randomFields(choice, row)) ^ (2 ** choice.below(32)) : choice.below(2 ** 32)) >>> 0;
    const op0 = (word >>> 25) & 0xf;
    if ((op0 & 0b1110) === 0b1010) continue;
    if (isCryptography(word)) continue;
    // An unaligned store exclusive without an open monitor: an Alignment fault (AArch64.ExclusiveMonitorsPass()), but not in QEMU.
    if (ANY(word)?.row.exclusive === true) continue;
    return word;
  }
}

/** A program without an instruction yet; nothing has been chosen. */
interface Emission {
  readonly emitter: Emitter;
  readonly words: readonly number[];
  /** Appends one data-processing instruction. */
  data(): void;
}
export function startEmission(seed: string): Emission {
  const choice = createChoice(seed);
  const words: number[] = [];
  const emitter: Emitter = {
    choice,
    get at() {
      return words.length;
    },
    word: (word) => void words.push(word >>> 0),
    emit: (name, operands) => void words.push(encode(name, operands)),
  };
  const data = (): void => {
    const row = choice.pick(DATA_ROWS);
    emitter.word(wordOf(row, randomFields(choice, row)));
  };
  return { emitter, words, data };
}

/** A program of EL0 that has begun: what it starts with is chosen. */
interface Started {
  readonly emitter: Emitter;
  readonly program: Omit<Emission, "emitter"> & { generated(): Generated };
}
export function startProgram(seed: string): Started {
  const { emitter, words, data } = startEmission(seed);
  const { choice } = emitter;
  const literals = BigUint64Array.from({ length: LITERALS }, () => (choice.oneIn(2) ? choice.value() : choice.float()));
  const registers = BigUint64Array.from({ length: 33 }, (_, n) => (n === 32 ? BigInt(choice.below(16)) << 28n : n === 31 ? BigInt(DATA_BASE) : choice.value()));
  return { emitter, program: { words, data, generated: () => ({ literals, registers, words: Uint32Array.from(words) }) } };
}

/** A program of at least `count` instructions. */
export function generate(seed: string, count: number): Generated {
  const { emitter, program } = startProgram(seed);
  const { choice } = emitter;
  const { data, words } = program;
  const snippets = snippetsOf(emitter, data);
  const simd = simdSnippetsOf(emitter, snippets);
  while (words.length < count) {
    const kind = choice.below(100);
    if (kind < 20) data();
    else if (kind < 26) snippets.literal();
    else if (kind < 36) snippets.memory();
    else if (kind < 39) snippets.exclusive();
    else if (kind < 44) snippets.branch();
    else if (kind < 47) snippets.system();
    else if (kind < 82) simd.data();
    else if (kind < 94) simd.memory();
    else if (kind < 97) simd.control();
    else emitter.word(randomWord(choice));
  }
  return program.generated();
}
