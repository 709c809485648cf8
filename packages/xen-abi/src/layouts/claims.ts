/**
 * What the tables of ABI v1 say of Xen's public headers, as C expressions with the numbers that they must have: sizes of structures,
 * offsets and sizes of members, constants. Every structure, descriptor and number of the tables is here unless {@link OWN} has it, so
 * none that is added can be left unchecked: `vectors/layouts.json` has what a compiler made of the expressions.
 */
import * as blkif from "../blkif.ts";
import * as constants from "../constants.ts";
import * as consoleRing from "../consoleRing.ts";
import type { Hypercall } from "../descriptor.ts";
import * as errors from "../errors.ts";
import * as ring from "../ring.ts";
import * as structs from "../structs.ts";
import { V1 } from "../v1/all.ts";
import { sizeOf, slotsOf } from "../wire.ts";
import * as xsWire from "../xsWire.ts";
import { EXPRESSIONS, MASKS, MEMBERS, OWN, PREFIXES, SIZES, TYPES } from "./spelling.ts";

export interface Claim {
  /** A constant expression in C. */
  readonly c: string;
  readonly value: number;
}
/** A structure of the tables. */
interface Layout {
  /** As C spells it. */
  readonly type: string;
  readonly size: number;
  /** Bytes. */
  readonly members: readonly { readonly name: string; readonly offset: number; readonly size: number }[];
}

const MODULES: readonly object[] = [blkif, constants, consoleRing, errors, ring, structs, xsWire];
/** Exports of the tables by name. */
const exported = (): readonly (readonly [name: string, value: unknown])[] => MODULES.flatMap((module) => Object.entries(module)).filter(([name]) => !(name in OWN));

interface StructLike {
  readonly name: string;
  readonly size: number;
  readonly fields: Readonly<Record<string, { readonly name: string; readonly offset: number; readonly size: number }>>;
}
const isStruct = (x: unknown): x is StructLike => typeof x === "object" && x !== null && "fields" in x && "size" in x && "read" in x;
const isNumbers = (x: unknown): x is Readonly<Record<string, number>> => typeof x === "object" && x !== null && !Array.isArray(x) && Object.values(x).every((v) => typeof v === "number");

const STRUCT = "struct ";
const typeOf = (name: string): string => TYPES[name] ?? `${STRUCT}${name}`;
const descriptors: readonly (readonly [string, Hypercall])[] = Object.entries(V1);

/** The argument structure of a call. @throws RangeError when neither its source nor {@link TYPES} names one. */
function argumentOf(key: string, d: Hypercall, size: number): Layout {
  const name = key in TYPES ? key : /struct (\w+)/.exec(d.source)?.[1];
  if (name === undefined) throw new RangeError(`${d.name}: the source "${d.source}" names no structure`);
  const members = slotsOf(d).filter((s) => !s.inRegs).map((s) => ({ name: s.name, offset: s.at, size: sizeOf(s.field) }));
  return { type: typeOf(name), size, members };
}
/** Structures of memory and arguments of calls. A type may come more than once. */
export const layouts = (): readonly Layout[] => [
  ...exported().flatMap(([, value]) => (isStruct(value) ? [{ type: typeOf(value.name), size: value.size, members: Object.values(value.fields) }] : [])),
  ...descriptors.flatMap(([key, d]) => (d.buffer === undefined || key in OWN ? [] : [argumentOf(key, d, d.buffer.size)])),
];

function layoutClaims({ type, size, members }: Layout): readonly Claim[] {
  const whole: Claim = { c: SIZES[type] ?? `sizeof(${type})`, value: size };
  // a number of its own has no members
  if (!type.startsWith(STRUCT)) return [whole];
  return [
    whole,
    ...members.flatMap(({ name, offset, size: bytes }) => {
      if (`${type.slice(STRUCT.length)}.${name}` in OWN) return [];
      const spelled = MEMBERS[type]?.[name] ?? name;
      const [member, into] = typeof spelled === "string" ? [spelled, 0] : spelled;
      return [{ c: `offsetof(${type}, ${member})`, value: offset - into }, { c: `sizeof(((${type} *)0)->${member})`, value: bytes + into }];
    }),
  ];
}
function recordClaims(name: string, numbers: Readonly<Record<string, number>>): readonly Claim[] {
  const prefix = PREFIXES[name];
  if (prefix === undefined) throw new RangeError(`${name}: what C puts before its names is not known`);
  const isMask = (member: string): boolean => MASKS[name]?.includes(member) === false;
  return Object.entries(numbers).flatMap(([member, value]) => (`${name}.${member}` in OWN ? [] : [{ c: `${prefix}${member}`, value: isMask(member) ? 2 ** value : value }]));
}
/** Operations of calls by the names of the headers. */
const operationClaims = (): readonly Claim[] => descriptors.flatMap(([, d]) => (d.op === null || d.name in OWN ? [] : [{ c: d.name, value: d.op }]));

/** All of it, without repetitions. */
export function claims(): readonly Claim[] {
  const numbers = exported().flatMap(([name, value]) => {
    if (typeof value === "number") return [{ c: EXPRESSIONS[name] ?? name, value }];
    return isStruct(value) || !isNumbers(value) ? [] : recordClaims(name, value);
  });
  const all = [...layouts().flatMap(layoutClaims), ...numbers, ...operationClaims()];
  return [...new Map(all.map((claim) => [`${claim.c} ${claim.value}`, claim])).values()];
}
function membersOf(name: string, value: unknown): readonly string[] {
  if (isStruct(value)) return Object.keys(value.fields).map((member) => `${value.name}.${member}`);
  return isNumbers(value) ? Object.keys(value).map((member) => `${name}.${member}`) : [];
}
/** Names that {@link OWN} may have: exports, members of records, calls. */
export const ownable = (): ReadonlySet<string> =>
  new Set([
    ...MODULES.flatMap((module) => Object.entries(module).flatMap(([name, value]) => [name, ...membersOf(name, value)])),
    ...descriptors.flatMap(([key, d]) => [key, d.name]),
  ]);
