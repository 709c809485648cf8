/** The rules that follow from a descriptor's fields, each as a check of decoded values. Which rules run, and in which order, the descriptor says. */
import { type Bytes, type ExtentFault, isAligned, ModelBug, type Range, toNumber, XEN_PAGE } from "@granule/units";
import type { Dir, Field, GuestArray, GuestBytes, Hypercall, Kind, Rule } from "./descriptor.ts";
import type { Slot } from "./wire.ts";

/** What derived checks need to know of the caller; all of it belongs to the caller's domain. */
export interface CheckEnv {
  readonly self: number;
  readonly vcpus: number;
  /** G in bytes. */
  readonly granule: Bytes;
  /** First byte above the IPA space. */
  readonly ipaLimit: Bytes;
  /** May the caller name this domain in this call? */
  domain(domid: number, call: Hypercall): "ok" | "unknown" | "denied";
  /** Accessors over guest memory: guest VA in v1, IPA of own RAM in v2. `address` is the u64 that the guest gave. */
  array(address: bigint, element: 4 | 8): GuestArray;
  bytes(address: bigint): GuestBytes;
}

export type Values = Record<string, unknown>;
/** Why the rule is broken; undefined when it is kept. */
export type Check = (values: Values, env: CheckEnv) => string | undefined;

/** A word that is no extent, kept among the values until its rule's turn. */
export interface ExtentProblem {
  readonly rule: Rule;
  readonly why: string;
}
const FAULT_RULE: Readonly<Record<ExtentFault, Rule>> = { reserved: "reserved", "below-A": "alignment", alignment: "alignment", range: "range" };
export const extentProblem = (fault: ExtentFault, why: string): ExtentProblem => ({ rule: FAULT_RULE[fault], why });
const isProblem = (v: unknown): v is ExtentProblem => typeof v === "object" && v !== null && "rule" in v;

export const isRange = (v: unknown): v is Range<"ipa"> => typeof v === "object" && v !== null && "start" in v && "size" in v;

/** Where the length of a list is among the values. */
export const COUNT = "#count";

const numeric = (v: unknown): number => (typeof v === "number" || typeof v === "bigint" ? Number(v) : Number.NaN);
const hexOf = (v: unknown): string => (typeof v === "number" || typeof v === "bigint" ? `0x${v.toString(16)}` : String(v));
const multipleOf = (v: unknown, unit: Bytes): boolean => (typeof v === "bigint" ? v % BigInt(unit) === 0n : isAligned(numeric(v), unit));
const unitOf = (f: Field<unknown, Dir>, env: CheckEnv): Bytes => (f.align === "A" ? XEN_PAGE.size : f.align === "G" ? env.granule : f.align);

type FieldCheck = (s: Slot, v: unknown, env: CheckEnv, values: Values) => string | undefined;

const countOne: FieldCheck = (_s, v) => (v === 1 ? undefined : `is ${String(v)} entries, must be 1`);
const vcpu: FieldCheck = (_s, v, env) => (numeric(v) < env.vcpus ? undefined : `is ${String(v)}: the domain has ${env.vcpus} vcpus`);
const reserved: FieldCheck = (s, v, env) => {
  const { kind } = s.field;
  if (kind === "zero") return numeric(v) === 0 ? undefined : `is ${hexOf(v)}, must be 0`;
  const unit = unitOf(s.field, env);
  return kind === "extent" || multipleOf(v, unit) ? undefined : `is ${hexOf(v)}: the bits below its unit of ${unit} bytes must be 0`;
};
const alignment: FieldCheck = (s, v, env) => {
  const unit = unitOf(s.field, env);
  if (s.field.kind === "size" && v === 0) return `is 0 bytes, must be a positive multiple of ${unit} bytes`;
  return isRange(v) || multipleOf(v, unit) ? undefined : `is ${hexOf(v)}, not a multiple of ${unit} bytes`;
};
const range: FieldCheck = (s, v, env, values) => {
  if (isRange(v)) return undefined;
  const { extentOf } = s.field;
  const size = typeof extentOf === "string" ? values[extentOf] : (extentOf ?? 1);
  return numeric(v) + numeric(size) <= env.ipaLimit ? undefined : `is ${hexOf(v)} for ${hexOf(size)} bytes, which ends above the IPA limit of ${hexOf(env.ipaLimit)}`;
};
const granule: FieldCheck = (_s, v, env) => {
  if (!isRange(v)) return multipleOf(v, env.granule) ? undefined : `is ${hexOf(v)}, not a multiple of the domain's stage 2 granule of ${env.granule} bytes`;
  // an extent is aligned to its size, so that a size that is a multiple is enough
  return v.size % env.granule === 0 ? undefined : `is ${hexOf(toNumber(v.start))} for ${hexOf(v.size)} bytes, not a multiple of the domain's stage 2 granule of ${env.granule} bytes`;
};

/** The check of one rule over the fields that it applies to, in the order of the table. @throws ModelBug when there is no such rule, or nothing that it could check. */
export function checkOf(rule: string, slots: readonly Slot[], d: Hypercall): Check {
  const over = (applies: (f: Field<unknown, Dir>) => boolean, check: FieldCheck): Check => {
    const list = slots.filter((s) => s.field.dir !== "out" && applies(s.field));
    if (list.length === 0) throw new ModelBug(`${d.name}: rule "${rule}" has no field to check`);
    return (values, env) => {
      for (const s of list) {
        const v = values[s.name];
        const why = isProblem(v) ? (v.rule === rule ? v.why : undefined) : check(s, v, env, values);
        if (why !== undefined) return `${d.name}.${s.name} ${why}`;
      }
      return undefined;
    };
  };
  const kinds = (...list: readonly Kind[]) => (f: Field<unknown, Dir>): boolean => list.includes(f.kind);
  const named = (answer: "unknown" | "denied", why: (v: unknown, env: CheckEnv) => string): FieldCheck =>
    (_s, v, env) => (env.domain(numeric(v), d) === answer ? why(v, env) : undefined);
  switch (rule) {
    case "count-one": return over(kinds("one"), countOne);
    case "vcpu": return over(kinds("vcpu"), vcpu);
    case "domain": return over(kinds("domid"), named("unknown", (v) => `is ${String(v)}: no such domain`));
    case "permission": return over(kinds("domid"), named("denied", (v, env) => `is ${String(v)}: the policy denies it to domain ${env.self}`));
    case "reserved": return over((f) => f.kind === "zero" || f.kind === "extent" || (f.kind === "ipa" && f.class === "p2m"), reserved);
    case "alignment": return over(kinds("extent", "ipa", "size", "offset"), alignment);
    case "range": return over(kinds("extent", "ipa"), range);
    case "granule": return over((f) => f.class === "p2m" && kinds("extent", "ipa", "size", "offset")(f), granule);
    case "list-limit": {
      const list = d.buffer?.list;
      if (list === undefined) throw new ModelBug(`${d.name}: rule list-limit without a list`);
      return (values) => (numeric(values[COUNT]) <= list.limit ? undefined : `${d.name}.x${list.count} is ${String(values[COUNT])} entries, the limit is ${list.limit}`);
    }
    default: throw new ModelBug(`${d.name}: rule "${rule}" is not one that can be derived`);
  }
}
