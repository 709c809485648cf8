/**
 * Hypercalls as data: where each argument is, its unit, alignment and class, and the errors in order of checking.
 * Decoding, alignment, reserved bits and the order of derived errors come from here, before a handler runs.
 */
import type { Bytes, Failure, Ipa, Range, Result } from "@granule/units";
import type { Code } from "./errors.ts";

export type Abi = 1 | 2;
/**
 * `none`: checked, but not passed to the handler. `status`: the dispatcher writes it: 0, or the number of the failure
 * (x0 is 0 then).
 */
export type Dir = "in" | "out" | "inout" | "none" | "status";

/**
 * Where a field is: in register x0..x5, or at a byte offset of the argument structure (of one list element). A field
 * that goes in by x0 shares it with the operation (bits above MEMOP_EXTENT_SHIFT): whoever splits the word does so
 * around `decode` and `encode`. Register fields that a list answers are summed over its elements.
 */
export type Place = { readonly x: 0 | 1 | 2 | 3 | 4 | 5 } | { readonly at: number };

/**
 * What the hypervisor does with it. `value`: a number. `access`: bytes that are only read or written.
 * `p2m`: an address or size that changes stage 2, checked against G. `shared`: shared with a peer.
 */
export type FieldClass = "value" | "access" | "p2m" | "shared";

/** Natural alignment in bytes; A = 4096 for ever; G = the domain's stage 2 granule. */
export type Align = 1 | 2 | 4 | 8 | 64 | 128 | "A" | "G";

/**
 * - `u8`..`i32`: numbers. `u53`: u64 as a number, exact below 2^53. `u64`: bigint, opaque.
 * - `one`: a register that must be 1 (rule `count-one`). `vcpu`: index of a vcpu of the caller (rule `vcpu`). `domid`: raw in v1; in v2 checked by `domain` and `permission`,
 *   DOMID_SELF resolved.
 * - `ipa`: byte address. `size`: bytes, more than 0. `offset`: bytes from an object's start. `extent`: EXTENT word.
 *   v2 only; checked by `reserved`, `alignment`, `range`, `granule`.
 * - `zero`: reserved, must be 0 (rule `reserved`).
 * - `array`: v1 handle (guest VA) of an array of u32 or u64, `bytes`: v1 handle of bytes; v2: IPA. Accessed by the handler.
 */
export type Kind = "u8" | "u16" | "u32" | "u53" | "u64" | "i16" | "i32" | "one" | "vcpu" | "domid" | "ipa" | "size" | "offset" | "extent" | "zero" | "array" | "bytes";

declare const VALUE: unique symbol;
export interface Field<V, D extends Dir, K extends Kind = Kind> {
  readonly place: Place;
  readonly kind: K;
  readonly dir: D;
  /** Unit, in words: "bytes", "4096-byte frames", "entries", "port", "flags". */
  readonly unit: string;
  readonly class: FieldClass;
  readonly align: Align;
  /** Elements of an `array`: 4 or 8 bytes (2-byte ones do not occur). */
  readonly element?: 4 | 8;
  /** For `ipa`: bytes of the object at the address, or the name of the field that says so. Used by rule `range`. */
  readonly extentOf?: number | string;
  readonly [VALUE]?: V;
}

/** A guest array that a handler reads or writes element by element; each access can fault. Values: u64 as u53. */
export interface GuestArray {
  at(index: number): Result<number, "EFAULT">;
  put(index: number, value: number): Result<undefined, "EFAULT">;
}
/** Guest bytes that a handler reads or writes; each access can fault, and then the part before the fault was done. */
export interface GuestBytes {
  readonly isNull: boolean;
  read(offset: Bytes, into: Uint8Array): Result<undefined, "EFAULT">;
  write(offset: Bytes, from: Uint8Array): Result<undefined, "EFAULT">;
}

/** `derived`: found by the dispatcher from the descriptor. `handler`: answered by the handler. */
export interface ErrorRow {
  readonly code: Code;
  /** Short stable name of the rule: appears in messages, documentation and the table test. */
  readonly rule: Rule | (string & {});
  readonly by: "derived" | "handler";
  readonly when: string;
}
/** Rules that the dispatcher knows how to derive. */
export type Rule = "count-one" | "vcpu" | "list-limit" | "buffer" | "domain" | "permission" | "reserved" | "alignment" | "range" | "granule";

/**
 * The memory argument. `x`: register with its address (v1: guest VA, v2: IPA in own RAM). `size`: bytes of the structure or of one list
 * element. A list has `count`: the register with its length. `onError` of a list: `status` writes each element's
 * code into field `status` and goes on; `stop` answers -errno at the first failure. In v2 x1 is the number of
 * elements done.
 */
export interface Buffer {
  readonly x: 1 | 2 | 3;
  readonly size: number;
  readonly list?: { readonly count: 1 | 2 | 3; readonly limit: number; readonly onError: "status" | "stop" };
}

export interface Hypercall {
  readonly abi: Abi;
  /** x16. v1: compared as 64 bits. */
  readonly nr: number;
  /** Sub-operation in x0 (v1: truncated to 32 bits; v2: all 64 bits); null: the call has none, or it is about all that have no descriptor. */
  readonly op: number | null;
  /** As the header spells it. */
  readonly name: string;
  /** Header or document, and the structure's name. */
  readonly source: string;
  readonly doc: string;
  readonly buffer?: Buffer;
  /** v1 memory_op: the answer when x0 has bits above the operation, of a call that takes no extent to start at. */
  readonly noStart?: Code;
  /** v1: all 64 bits of x0 name the operation, not the lower 32. */
  readonly wideOp?: true;
  /** v1: x0 when the buffer faults, where that is not -EFAULT (a count of extents done). */
  readonly faultAnswer?: number;
  readonly fields: Readonly<Record<string, Field<unknown, Dir>>>;
  readonly errors: readonly ErrorRow[];
  /** Lists what callers of v1 must know that does not follow from the table. */
  readonly quirks?: readonly string[];
}

type ValueOf<F> = F extends Field<infer V, Dir> ? V : never;
type Args<D extends Hypercall, Which> = { readonly [F in keyof D["fields"] as D["fields"][F] extends Which ? F : never]: ValueOf<D["fields"][F]> };
/** Fields that a handler reads and writes through an accessor, whatever their direction. */
type Accessor = { readonly kind: "array" | "bytes" };
type Plain<W extends Dir> = { readonly kind: Exclude<Kind, "array" | "bytes">; readonly dir: W };
/** What a handler gets: fields that go in, and the accessors of all arrays. */
export type In<D extends Hypercall> = Args<D, Accessor | Plain<"in" | "inout">>;
/** What a handler answers: fields that go out, but for arrays, which it has written. */
export type Out<D extends Hypercall> = Args<D, Plain<"out" | "inout">>;
/** A handler's failure; `out` are fields that are written back all the same. */
export interface HandlerFailure<D extends Hypercall> extends Failure<HandlerCode<D>> {
  readonly out?: Partial<Out<D>>;
}
/** Answer of a handler. */
export type Answer<D extends Hypercall> =
  | {
      readonly ok: true;
      readonly value: Out<D>;
      /** Takes the call back when the answer cannot be written to the guest; absent: it stays done, as most v1 calls do. */
      readonly undo?: () => void;
    }
  | HandlerFailure<D>;
/** Codes that a handler may answer. */
export type HandlerCode<D extends Hypercall> = Extract<D["errors"][number], { readonly by: "handler" }>["code"];
/** Every code that the call may answer. */
export type AnyCode<D extends Hypercall> = D["errors"][number]["code"];

type Options = { readonly align?: Align; readonly class?: FieldClass; readonly extentOf?: number | string };
const make = <V, const K extends Kind>(kind: K, align: Align, cls: FieldClass) =>
  <const D extends Dir>(dir: D, place: Place, unit: string, o: Options = {}): Field<V, D, K> =>
    ({ place, kind, dir, unit, class: o.class ?? cls, align: o.align ?? align, ...(o.extentOf === undefined ? {} : { extentOf: o.extentOf }) });

/** Builders of fields: `field.u32("in", { at: 0 }, "port")`. */
export const field = /* @__PURE__ */ Object.freeze({
  u8: make<number, "u8">("u8", 1, "value"),
  u16: make<number, "u16">("u16", 2, "value"),
  u32: make<number, "u32">("u32", 4, "value"),
  i16: make<number, "i16">("i16", 2, "value"),
  i32: make<number, "i32">("i32", 4, "value"),
  u53: make<number, "u53">("u53", 8, "value"),
  u64: make<bigint, "u64">("u64", 8, "value"),
  vcpu: make<number, "vcpu">("vcpu", 4, "value"),
  domid: make<number, "domid">("domid", 2, "value"),
  ipa: make<Ipa, "ipa">("ipa", "A", "p2m"),
  size: make<Bytes, "size">("size", "A", "p2m"),
  offset: make<Bytes, "offset">("offset", "A", "p2m"),
  extent: make<Range<"ipa">, "extent">("extent", "A", "p2m"),
  bytes: make<GuestBytes, "bytes">("bytes", 1, "access"),
  array: <const D extends Dir>(dir: D, place: Place, unit: string, element: 4 | 8, cls: FieldClass = "access"): Field<GuestArray, D, "array"> =>
    ({ place, kind: "array", dir, unit, class: cls, align: 1, element }),
});
/** A reserved field: `bytes` (2, 4 or 8) at `at`, must be 0. Not passed to the handler. */
export const zero = (at: number, bytes: 2 | 4 | 8): Field<never, "none", "zero"> =>
  ({ place: { at }, kind: "zero", dir: "none", unit: "bytes", class: "value", align: bytes });

/** A count in register `x` that must be 1. Not passed to the handler. */
export const one = (x: 1 | 2 | 3): Field<never, "none", "one"> => ({ place: { x }, kind: "one", dir: "none", unit: "entries", class: "value", align: 4 });

/** Rows of `errors`. */
export const derived = <const C extends Code, const R extends Rule>(code: C, rule: R, when: string) => ({ code, rule, by: "derived", when }) as const;
export const handled = <const C extends Code, const R extends string>(code: C, rule: R, when: string) => ({ code, rule, by: "handler", when }) as const;

/** Checks at the type level that a value is a descriptor, and keeps its exact type. */
export const hypercall = <const D extends Hypercall>(d: D): D => d;
