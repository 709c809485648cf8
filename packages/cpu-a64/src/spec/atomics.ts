// TABLE: A64 atomic memory operations
/**
 * FEAT_LSE: compare and swap, swap, and loads that operate on what they load. Source: Arm ARM DDI 0487, C4.1 "Loads and
 * Stores": "Compare and swap", "Compare and swap pair", "Atomic memory operations". A product: operation by size by order.
 */
import type { AtomicOperation, RowSpec } from "./row.ts";

const SIZES = [
  { bits: "00", suffix: "b", bytes: 1, width: 32 },
  { bits: "01", suffix: "h", bytes: 2, width: 32 },
  { bits: "10", suffix: "", bytes: 4, width: 32 },
  { bits: "11", suffix: "", bytes: 8, width: 64 },
] as const;
/** Acquire and release: an order that one PE cannot see. */
const ORDERS = [
  { suffix: "", acquire: 0, release: 0 },
  { suffix: "a", acquire: 1, release: 0 },
  { suffix: "l", acquire: 0, release: 1 },
  { suffix: "al", acquire: 1, release: 1 },
] as const;

/** o3 and opc of "Atomic memory operations". */
const MEMORY_OPERATIONS: readonly (readonly [name: string, operation: AtomicOperation, bits: string])[] = [
  ["ldadd", "add", "0 000"], ["ldclr", "clear", "0 001"], ["ldeor", "exclusiveOr", "0 010"], ["ldset", "set", "0 011"],
  ["ldsmax", "signedMaximum", "0 100"], ["ldsmin", "signedMinimum", "0 101"], ["ldumax", "unsignedMaximum", "0 110"], ["ldumin", "unsignedMinimum", "0 111"],
  ["swp", "swap", "1 000"],
];

const row = (mnemonic: string, width: 32 | 64, encodingClass: string, bits: string, operation: AtomicOperation, bytes: 1 | 2 | 4 | 8, pair = false): [string, RowSpec] => [
  `${mnemonic.toUpperCase()}_${width}_${encodingClass}`,
  { mnemonic, bits, feature: "lse", addressing: "base", atomic: { operation, bytes, pair } },
];

const rows = (): [string, RowSpec][] =>
  ORDERS.flatMap(({ suffix: order, acquire, release }) => [
    ...SIZES.flatMap((size) => [
      row(`cas${order}${size.suffix}`, size.width, "comswap", `${size.bits} 001000 1 ${acquire} 1 Rs:5 ${release} 11111 Rn:5 Rt:5`, "compareAndSwap", size.bytes),
      ...MEMORY_OPERATIONS.map(([name, operation, bits]) =>
        row(`${name}${order}${size.suffix}`, size.width, "memop", `${size.bits} 111 0 00 ${acquire} ${release} 1 Rs:5 ${bits} 00 Rn:5 Rt:5`, operation, size.bytes),
      ),
    ]),
    // Rs and Rt are even. Their low bit is fixed, so those fields are half the number of the first register.
    ...([{ bits: "0", bytes: 4, width: 32 }, { bits: "1", bytes: 8, width: 64 }] as const).map((size) =>
      row(`casp${order}`, size.width, "comswappr", `0 ${size.bits} 001000 0 ${acquire} 1 Rs:4 0 ${release} 11111 Rn:5 Rt:4 0`, "compareAndSwap", size.bytes, true),
    ),
  ]);

export const ATOMICS: Readonly<Record<string, RowSpec>> = /* @__PURE__ */ Object.freeze(Object.fromEntries(rows()));
