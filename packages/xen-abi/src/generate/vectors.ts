/**
 * Conformance vectors of ABI v2 as JSON: for each call its registers and element bytes for given arguments, an answer's
 * bytes, and for each derived rule a call that breaks it with the number that must come back.
 */
import { BACKING_UNIT } from "@granule/units";
import { compile } from "../compile.ts";
import type { Hypercall } from "../descriptor.ts";
import { codeNumber } from "../errors.ts";
import { V2 } from "../v2/all.ts";
import { isAccessor, slotsOf } from "../wire.ts";
import { brokenExample, type Example, EXAMPLE_ENV, exampleOf } from "./examples.ts";

/** Where the tester puts the buffer. */
const BUFFER_AT = 0x48000000;
const hex = (v: number | bigint): string => `0x${v.toString(16)}`;
const bytesHex = (view: DataView): string => Array.from({ length: view.byteLength }, (_, i) => view.getUint8(i).toString(16).padStart(2, "0")).join("");
const readable = (e: Example): Readonly<Record<string, number | string>> => Object.fromEntries(Object.entries(e).map(([k, v]) => [k, typeof v === "bigint" || v > 0xffff ? hex(v) : v]));

/** Registers and element of a call with these arguments, and one element when it is a list. */
function encodeCall(d: Hypercall, args: Example): { readonly regs: DataView; readonly element: DataView } {
  const regs = new DataView(new ArrayBuffer(31 * 8));
  const element = new DataView(new ArrayBuffer(d.buffer?.size ?? 0));
  compile(d).encode(args, regs, element);
  regs.setBigUint64(0, BigInt(d.op ?? 0), true);
  regs.setBigUint64(16 * 8, BigInt(d.nr), true);
  if (d.buffer !== undefined) regs.setBigUint64(8 * d.buffer.x, BigInt(BUFFER_AT), true);
  if (d.buffer?.list !== undefined) regs.setBigUint64(8 * d.buffer.list.count, 1n, true);
  return { regs, element };
}
const registers = (d: Hypercall, regs: DataView): Readonly<Record<string, string>> => {
  const used = [0, 16, ...(d.buffer === undefined ? [] : [d.buffer.x]), ...(d.buffer?.list === undefined ? [] : [d.buffer.list.count])];
  return Object.fromEntries([...new Set(used)].sort((a, b) => a - b).map((n) => [`x${n}`, hex(regs.getBigUint64(8 * n, true))]));
};

export interface Vector {
  readonly call: string;
  readonly args: Readonly<Record<string, number | string>>;
  readonly registers: Readonly<Record<string, string>>;
  /** Bytes of the structure or element, in memory order. */
  readonly element: string;
  /** Rule that is broken, and what comes back: in x0, or in the element's status. */
  readonly refused?: { readonly rule: string; readonly code: string; readonly number: number; readonly in: "x0" | "status" };
  /** An answer with field i (from 1) equal to i, and the element's bytes then. */
  readonly answer?: { readonly fields: Readonly<Record<string, number | string>>; readonly element: string };
}

function answerOf(d: Hypercall, element: DataView): NonNullable<Vector["answer"]> | undefined {
  const outs = slotsOf(d).filter((s) => !isAccessor(s) && !s.inRegs && (s.field.dir === "out" || s.field.dir === "inout"));
  if (outs.length === 0) return undefined;
  const fields: Example = Object.fromEntries(outs.map((s, i) => [s.name, s.field.kind === "u64" ? BigInt(i + 1) : i + 1]));
  const copy = new DataView(element.buffer.slice(0));
  compile(d).answer(fields, 0, new DataView(new ArrayBuffer(31 * 8)), copy);
  return { fields: readable(fields), element: bytesHex(copy) };
}

/** Every vector, in order of number, operation and rule. */
function vectors(): readonly Vector[] {
  const out: Vector[] = [];
  for (const [key, d] of Object.entries<Hypercall>(V2)) {
    const good = encodeCall(d, exampleOf(d));
    const answer = answerOf(d, good.element);
    out.push({ call: key, args: readable(exampleOf(d)), registers: registers(d, good.regs), element: bytesHex(good.element), ...(answer === undefined ? {} : { answer }) });
    for (const e of d.errors) {
      const args = e.by === "derived" ? brokenExample(d, e.rule) : undefined;
      if (args === undefined) continue;
      const bad = encodeCall(d, args);
      out.push({
        call: key, args: readable(args), registers: registers(d, bad.regs), element: bytesHex(bad.element),
        refused: { rule: e.rule, code: e.code, number: codeNumber(e.code), in: compile(d).hasStatus ? "status" : "x0" },
      });
    }
  }
  return out;
}

/** The file. */
export function vectorsJson(): string {
  const setting = {
    caller: EXAMPLE_ENV.self, vcpus: EXAMPLE_ENV.vcpus, granule: BACKING_UNIT, ipa_limit: hex(EXAMPLE_ENV.ipaLimit),
    domains: { 2: "exists", 3: "exists, the policy denies it", 9: "does not exist" },
  };
  return `{\n"abi": 2,\n"setting": ${JSON.stringify(setting)},\n"vectors": [\n${vectors().map((v) => JSON.stringify(v)).join(",\n")}\n]\n}\n`;
}
