/** The engines for A64 code, by name. */
import { fastEngine, referenceEngine } from "@granule/cpu-a64";
import type { EngineFactory, MachineParts } from "@granule/machine";

/** "fast": an interpreter in wasm. "reference": slow and plain; both do the same, instruction by instruction. */
export const ENGINES = {
  fast: ({ cpu, memory, tables }) => fastEngine({ cpu, memory, allocate: (size, align) => tables.alloc(size, align) }),
  reference: ({ cpu }) => referenceEngine({ cpu }),
} as const satisfies Readonly<Record<string, (parts: MachineParts) => EngineFactory>>;
export type EngineName = keyof typeof ENGINES;
