/**
 * The three kinds of wrong. A guest asked for something impossible: {@link Result}. A guest broke the rules
 * fatally: {@link DomainCrash}. The model is wrong: {@link ModelBug}. Bad input of a user: {@link GranuleError}.
 */

/** A value, or the name of the error and a sentence that says rule, field, value and unit. */
export type Result<V, E extends string> =
  | { readonly ok: true; readonly value: V }
  | { readonly ok: false; readonly code: E; readonly why: string };

/** A failed result. */
export interface Failure<E extends string> {
  readonly ok: false;
  readonly code: E;
  readonly why: string;
}

export const ok = <V>(value: V): { readonly ok: true; readonly value: V } => ({ ok: true, value });
export const fail = <E extends string>(code: E, why: string): Failure<E> => ({ ok: false, code, why });
/** Success without a value; one shared object. */
export const DONE: { readonly ok: true; readonly value: undefined } = { ok: true, value: undefined };

/** The model contradicts itself: never a guest's fault. */
export class ModelBug extends Error {
  override readonly name = "ModelBug";
}

/** The domain broke a rule that has no error code; it ends, nobody else does. Caught by the vcpu loop. */
export class DomainCrash extends Error {
  override readonly name = "DomainCrash";
  readonly rule: string;
  constructor(rule: string, why: string) {
    super(`${rule}: ${why}`);
    this.rule = rule;
  }
}

/** A user's mistake (configuration, plugin list, file). `code` is stable and never reused: `granule explain CODE`. */
export class GranuleError extends Error {
  override readonly name = "GranuleError";
  readonly code: `GRAN${number}`;
  /** What to do next, one sentence; may be empty. */
  readonly hint: string;
  constructor(code: `GRAN${number}`, message: string, hint = "") {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
