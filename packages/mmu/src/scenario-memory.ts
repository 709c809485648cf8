/** The memory of a scenario: descriptors in the window, nothing elsewhere. */
import { DESCRIPTOR_SIZE } from "@granule/arm";
import { type Pa, toNumber } from "@granule/units";
import type { TableMemory } from "./contract.ts";
import { SCENARIO_WINDOW } from "./scenario.ts";

/** The descriptor at a machine address in bytes; undefined where there is no memory. */
export type ReadDescriptor = (at: number) => bigint | undefined;

export const lowWord = (x: bigint): number => Number(BigInt.asUintN(32, x));
export const highWord = (x: bigint): number => Number(BigInt.asUintN(32, x >> 32n));

/** Reads the window, where absent descriptors are 0. */
export const readerOf = (descriptors: ReadonlyMap<number, bigint>): ReadDescriptor => (at) =>
  at >= SCENARIO_WINDOW.start && at < SCENARIO_WINDOW.start + SCENARIO_WINDOW.size ? descriptors.get(at) ?? 0n : undefined;

/** The same as words; stores are ignored, because walks make none. */
export function tableMemoryOf(read: ReadDescriptor): TableMemory {
  return {
    contains: (at: Pa) => read(toNumber(at)) !== undefined,
    load32: (at: Pa) => {
      const byte = toNumber(at);
      const value = read(byte - (byte % DESCRIPTOR_SIZE)) ?? 0n;
      return byte % DESCRIPTOR_SIZE === 0 ? lowWord(value) : highWord(value);
    },
    store32: () => undefined,
  };
}
