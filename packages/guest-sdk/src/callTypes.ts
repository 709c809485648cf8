/** Types of a hypercall as a guest makes it, computed from its descriptor. */
import type { Trap } from "@granule/machine";
import type { Failure, Ipa, Result, Va } from "@granule/units";
import type { AnyCode, Dir, Field, GuestArray, GuestBytes, Hypercall } from "@granule/xen-abi";

type ValueOf<F> = F extends Field<infer V, Dir> ? V : never;
type DirOf<F> = F extends Field<unknown, infer W> ? W : never;
type IsPointer<F> = [ValueOf<F>] extends [never] ? false : ValueOf<F> extends GuestArray | GuestBytes ? true : false;
type IsArgument<F> = IsPointer<F> extends true ? true : DirOf<F> extends "in" | "inout" ? true : false;
type IsResult<F> = IsPointer<F> extends true ? false : DirOf<F> extends "out" | "inout" ? true : false;

/** Arguments by field name. Arrays and bytes are given by their address: a Va in ABI v1, an Ipa in v2; null is 0. */
export type CallArgs<D extends Hypercall> = {
  readonly [N in keyof D["fields"] as IsArgument<D["fields"][N]> extends true ? N : never]:
    IsPointer<D["fields"][N]> extends true ? (D["abi"] extends 1 ? Va : Ipa) | null : ValueOf<D["fields"][N]>;
};
/** Answered fields by name; an element's status is the Result itself. */
export type CallResult<D extends Hypercall> = {
  readonly [N in keyof D["fields"] as IsResult<D["fields"][N]> extends true ? N : never]: ValueOf<D["fields"][N]>;
};
/** Declared codes; ENOSYS: nobody answers the call here. */
export type CallCode<D extends Hypercall> = AnyCode<D> | "ENOSYS";

/** A list call whose elements have a status each. */
export type StatusList = Hypercall & { readonly buffer: { readonly list: { readonly onError: "status" } } };
/** A list call that stops at the first failure. */
export type StopList = Hypercall & { readonly buffer: { readonly list: { readonly onError: "stop" } } };
export interface StopResult<D extends Hypercall> {
  /** Elements done. */
  readonly done: number;
  /** Of element `done`; undefined when all are done. */
  readonly failure: Failure<CallCode<D>> | undefined;
  /** Answers in registers, one for each hypercall made. */
  readonly answers: readonly CallResult<D>[];
}

/** Hypercalls by descriptor. @throws Error for arguments that cannot be encoded, or an answer that the descriptor does not declare. */
export interface Calls {
  call<const D extends Hypercall>(d: D, args: CallArgs<D>): Trap<Result<CallResult<D>, CallCode<D>>>;
  /** `call` bound to one descriptor: for hot paths. */
  caller<const D extends Hypercall>(d: D): (args: CallArgs<D>) => Trap<Result<CallResult<D>, CallCode<D>>>;
  /** A list call, in as many hypercalls as its limit and the buffer demand; one result an element, in order. */
  callEach<const D extends StatusList>(d: D, elements: readonly CallArgs<D>[]): Trap<readonly Result<CallResult<D>, CallCode<D>>[]>;
  /** The same for lists that stop at the first failure. */
  callUntilFailure<const D extends StopList>(d: D, elements: readonly CallArgs<D>[]): Trap<StopResult<D>>;
}
