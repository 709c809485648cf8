/**
 * PAR_EL1 from the naive walk, with a second implementation of the combination of memory attributes.
 * Source: Arm ARM DDI 0487, J1.1 "Pseudocode for AArch64 operation": AArch64.EncodePAR(), PARAttrs...(), S2CombineS1MemAttrs()
 * and the functions that it calls; MAIR_EL1 and stage 2 MemAttr[3:0] encodings.
 */
import { XEN_PAGE } from "@granule/units";
import type { NaiveFailure, NaiveOutput, NaiveQuery, NaiveQuirks, NaiveWalker } from "./naive.ts";

interface Cache {
  readonly policy: "NC" | "WT" | "WB";
  readonly transient: boolean;
  readonly hints: bigint;
}
type Memory =
  | { readonly type: "device"; readonly kind: "nGnRnE" | "nGnRE" | "nGRE" | "GRE" }
  | { readonly type: "normal"; readonly outer: Cache; readonly inner: Cache };

const DEVICES = ["nGnRnE", "nGnRE", "nGRE", "GRE"] as const;
const deviceOf = (code: bigint): Memory => ({ type: "device", kind: DEVICES[Number(code)] ?? "nGnRnE" });

function cacheOf(nibble: bigint): Cache {
  if (nibble === 4n) return { policy: "NC", transient: false, hints: 0n };
  const hints = nibble & 3n;
  switch (nibble >> 2n) {
    case 0n: return { policy: "WT", transient: true, hints };
    case 1n: return { policy: "WB", transient: true, hints };
    case 2n: return { policy: "WT", transient: false, hints };
    default: return { policy: "WB", transient: false, hints };
  }
}
const memoryOfMair = (byte: bigint): Memory =>
  byte >> 4n === 0n ? deviceOf((byte >> 2n) & 3n) : { type: "normal", outer: cacheOf(byte >> 4n), inner: cacheOf(byte & 15n) };

const POLICIES = ["NC", "NC", "WT", "WB"] as const;
function memoryOfStage2(memAttr: bigint): Memory {
  if (memAttr >> 2n === 0n) return deviceOf(memAttr & 3n);
  const cache = (code: bigint): Cache => ({ policy: POLICIES[Number(code)] ?? "NC", transient: false, hints: 3n });
  return { type: "normal", outer: cache(memAttr >> 2n), inner: cache(memAttr & 3n) };
}

/** S2CombineS1AttrHints(): the weaker policy, stage 1's hints. */
function combineCache(one: Cache, two: Cache): Cache {
  if (one.policy === "NC" || two.policy === "NC") return { policy: "NC", transient: false, hints: 0n };
  return { ...one, policy: one.policy === "WT" || two.policy === "WT" ? "WT" : "WB" };
}
/** S2CombineS1MemAttrs(). */
function combine(one: Memory, two: Memory, quirks: NaiveQuirks): Memory {
  if (one.type === "normal" && two.type === "normal") return { type: "normal", outer: combineCache(one.outer, two.outer), inner: combineCache(one.inner, two.inner) };
  if (one.type === "device" && two.type === "device") return { type: "device", kind: DEVICES.find((kind) => kind === one.kind || kind === two.kind) ?? "nGnRnE" };
  if (quirks.normalNibbleAsDevice) {
    const nibbles = [encode(one) & 15n, encode(two) & 15n];
    return deviceOf([0n, 1n, 2n].find((code) => nibbles.includes(code << 2n)) ?? 3n);
  }
  return one.type === "device" ? one : two;
}

function encodeCache(c: Cache): bigint {
  if (c.policy === "NC") return 4n;
  const kind = c.policy === "WT" ? (c.transient ? 0n : 2n) : c.transient ? 1n : 3n;
  return (kind << 2n) | c.hints;
}
const encode = (m: Memory): bigint => (m.type === "device" ? BigInt(DEVICES.indexOf(m.kind)) << 2n : (encodeCache(m.outer) << 4n) | encodeCache(m.inner));

const CODES = { addressSize: 0, translation: 4, accessFlag: 8, permission: 12, externalAbortOnWalk: 20 } as const;
const parOfFailure = (f: NaiveFailure): bigint =>
  1n | (BigInt(CODES[f.fault] + f.level) << 1n) | (f.s1ptw ? 1n << 8n : 0n) | (f.stage === 2 ? 1n << 9n : 0n);

function parOfOutput(address: bigint, stage1: NaiveOutput, stage2: NaiveOutput | undefined, quirks: NaiveQuirks): bigint {
  const one = memoryOfMair(stage1.memory);
  const memory = stage2 === undefined ? one : combine(one, memoryOfStage2(stage2.memory), quirks);
  const fields = [stage1.shareability, stage2?.shareability ?? 0n];
  const uncached = memory.type === "device" || (memory.inner.policy === "NC" && memory.outer.policy === "NC");
  const asWritten = quirks.descriptorShareability && stage2 === undefined;
  const written = stage1.level === undefined ? 0n : stage1.shareability;
  const sh = asWritten ? written : uncached || fields.includes(2n) ? 2n : fields.includes(3n) ? 3n : 0n;
  return (encode(memory) << 56n) | (address - (address % BigInt(XEN_PAGE.size))) | (sh << 7n);
}

/** PAR_EL1 after AT S12E.. (both stages) or AT S1E.., without NS and RES1 bits. */
export function naivePar(walker: NaiveWalker, query: NaiveQuery, bothStages: boolean): bigint {
  if (!bothStages) {
    const stage1 = walker.stage1(query);
    return stage1.ok ? parOfOutput(stage1.address, stage1, undefined, walker.quirks) : parOfFailure(stage1);
  }
  const both = walker.translate(query);
  return both.ok ? parOfOutput(both.pa, both.stage1, both.stage2, walker.quirks) : parOfFailure(both);
}
