/**
 * Hooks with their kind in the type. `event`: all run, in plugin order. `handled`: the first answer wins. `setup`: all
 * must succeed, else what was done is undone in reverse. `selector`: exactly one owner for each key; a second owner
 * is an error at assembly. Hypercalls are a selector whose key is (abi, number, sub-operation).
 */
import { GranuleError, ModelBug, type Result } from "@granule/units";
import { type Answer, compile, type CheckEnv, type Compiled, type Hypercall, type In, type Code, codeNumber, type RegsView } from "@granule/xen-abi";

declare const ARG: unique symbol;
export interface Hook<K extends "event" | "handled" | "setup", A, R> {
  readonly kind: K;
  readonly id: string;
  readonly [ARG]?: (a: A) => R;
}
export interface Selector<K extends string | number, F> {
  readonly kind: "selector";
  readonly id: string;
  readonly [ARG]?: (k: K, f: F) => F;
}
export const eventHook = <A>(id: string): Hook<"event", A, void> => ({ kind: "event", id });
export const handledHook = <A, R>(id: string): Hook<"handled", A, R> => ({ kind: "handled", id });
export const setupHook = <A>(id: string): Hook<"setup", A, void> => ({ kind: "setup", id });
export const selectorHook = <K extends string | number, F>(id: string): Selector<K, F> => ({ kind: "selector", id });

/** Who calls: the vcpu that trapped. */
export interface Caller {
  readonly domid: number;
  readonly vcpu: number;
}
export type Handler<D extends Hypercall> = (caller: Caller, args: In<D>) => Answer<D>;

/** Registering. */
export interface On {
  event<A>(h: Hook<"event", A, void>, f: (a: A) => void): void;
  handled<A, R>(h: Hook<"handled", A, R>, f: (a: A) => R | undefined): void;
  /** The returned undo runs when a later one fails, in reverse. */
  setup<A>(h: Hook<"setup", A, void>, f: (a: A) => Result<() => void, string>): void;
  select<K extends string | number, F>(h: Selector<K, F>, key: K, f: F): void;
  hypercall<D extends Hypercall>(d: D, f: Handler<D>): void;
}
/** Running. */
export interface Emit {
  event<A>(h: Hook<"event", A, void>, a: A): void;
  handled<A, R>(h: Hook<"handled", A, R>, a: A): R | undefined;
  /** All or nothing; the value undoes everything. */
  setup<A>(h: Hook<"setup", A, void>, a: A): Result<() => void, string>;
  selected<K extends string | number, F>(h: Selector<K, F>, key: K): F | undefined;
  keys<K extends string | number, F>(h: Selector<K, F>): readonly K[];
  hypercall(abi: 1 | 2, nr: number, op: number): BoundHypercall | undefined;
  /** Every registered descriptor, in order of abi, number, sub-operation. */
  hypercalls(): readonly Hypercall[];
  /** True when some plugin has this hypercall number (of either ABI). */
  hasNumber(nr: number): boolean;
}

/** How one call or element ended. */
export interface Outcome {
  /** `out`: the handler wrote fields back all the same. */
  readonly failure?: { readonly code: Code; readonly why: string; readonly out?: object };
  /** Takes the call back when the answer cannot be written to the guest. */
  readonly undo?: () => void;
}
const SUCCESS: Outcome = {};

/** A descriptor with its handler behind one untyped door: registers and one element in, answer out. */
export interface BoundHypercall {
  readonly descriptor: Hypercall;
  readonly owner: string;
  readonly compiled: Pick<Compiled, "before" | "hasStatus" | "writesBuffer">;
  /**
   * Decodes, checks, runs the handler, writes the answer into `regs` and `buffer` (a copy of the element); with a
   * status field a failure is also in the element.
   */
  run(caller: Caller, regs: RegsView, buffer: DataView, env: CheckEnv): Outcome;
}

function bind<D extends Hypercall>(d: D, owner: string, f: Handler<D>): BoundHypercall {
  const compiled = compile(d);
  return {
    descriptor: d,
    owner,
    compiled,
    run(caller, regs, buffer, env) {
      const args = compiled.decode(regs, buffer, env);
      if (!args.ok) {
        compiled.answer(undefined, codeNumber(args.code), regs, buffer);
        return { failure: args };
      }
      const r = f(caller, args.value);
      if (r.ok) {
        compiled.answer(r.value, 0, regs, buffer);
        return r.undo === undefined ? SUCCESS : { undo: r.undo };
      }
      compiled.answer(r.out, codeNumber(r.code), regs, buffer);
      return { failure: r };
    },
  };
}

const keyOf = (abi: 1 | 2, nr: number, op: number | null): number => (nr * 2 + (abi - 1)) * 2 ** 32 + (op ?? 2 ** 32 - 1);

/** The register of one machine's hooks. */
export interface Hooks {
  on(owner: string): On;
  readonly emit: Emit;
  /** After this nothing can be registered. */
  seal(): void;
}

interface Listener {
  readonly owner: string;
  /** Its type is that of the hook that it is stored under. */
  readonly f: unknown;
}
const isListener = <A, R>(_h: Hook<"event" | "handled" | "setup", A, R>, _f: unknown): _f is (a: A) => R => true;
const isUndoable = <A>(_h: Hook<"setup", A, void>, _f: unknown): _f is (a: A) => Result<() => void, string> => true;

export function createHooks(pluginOrder: readonly string[]): Hooks {
  const lists = new Map<string, Listener[]>();
  const selectors = new Map<string, Map<string | number, { owner: string; f: unknown }>>();
  const calls = new Map<number, BoundHypercall>();
  const anyOp = new Map<number, BoundHypercall>();
  const numbers = new Set<number>();
  let sealed = false;
  const rank = new Map(pluginOrder.map((name, i) => [name, i]));
  const add = (id: string, owner: string, f: unknown): void => {
    if (sealed) throw new ModelBug(`hook ${id}: registered after assembly`);
    const list = lists.get(id) ?? [];
    list.push({ owner, f });
    list.sort((a, b) => (rank.get(a.owner) ?? 0) - (rank.get(b.owner) ?? 0));
    lists.set(id, list);
  };
  const isStored = <K extends string | number, F>(_h: Selector<K, F>, _f: unknown): _f is F => true;
  const isKey = <K extends string | number, F>(_h: Selector<K, F>, _k: string | number): _k is K => true;
  const none: readonly Listener[] = [];
  const on = (owner: string): On => ({
    event: (h, f) => add(h.id, owner, f),
    handled: (h, f) => add(h.id, owner, f),
    setup: (h, f) => add(h.id, owner, f),
    select(h, key, f) {
      if (sealed) throw new ModelBug(`hook ${h.id}: registered after assembly`);
      const map = selectors.get(h.id) ?? new Map<string | number, { owner: string; f: unknown }>();
      const other = map.get(key);
      if (other) throw new GranuleError("GRAN0017", `${h.id} ${String(key)} is owned by "${other.owner}" and by "${owner}"`, "Remove one of the two plugins.");
      map.set(key, { owner, f });
      selectors.set(h.id, map);
    },
    hypercall(d, f) {
      if (sealed) throw new ModelBug(`hypercall ${d.name}: registered after assembly`);
      const key = keyOf(d.abi, d.nr, d.op);
      const other = calls.get(key);
      if (other) throw new GranuleError("GRAN0017", `hypercall ${d.nr} operation ${d.op ?? "(none)"} of ABI v${d.abi} is owned by "${other.owner}" and by "${owner}"`, "Remove one of the two plugins.");
      const bound = bind(d, owner, f);
      calls.set(key, bound);
      if (d.op === null) anyOp.set(d.nr, bound);
      numbers.add(d.nr);
    },
  });
  const emit: Emit = {
    event(h, a) {
      for (const { f } of lists.get(h.id) ?? none) if (isListener(h, f)) f(a);
    },
    handled(h, a) {
      for (const { f } of lists.get(h.id) ?? none) {
        const r = isListener(h, f) ? f(a) : undefined;
        if (r !== undefined) return r;
      }
      return undefined;
    },
    setup(h, a) {
      const undo: (() => void)[] = [];
      const back = (): void => {
        while (undo.length > 0) undo.pop()?.();
      };
      for (const { f } of lists.get(h.id) ?? none) {
        if (!isUndoable(h, f)) continue;
        const r = f(a);
        if (!r.ok) {
          back();
          return r;
        }
        undo.push(r.value);
      }
      return { ok: true, value: back };
    },
    selected(h, key) {
      const f = selectors.get(h.id)?.get(key)?.f;
      return isStored(h, f) ? f : undefined;
    },
    keys: (h) => [...(selectors.get(h.id)?.keys() ?? [])].filter((k) => isKey(h, k)),
    hypercall: (abi, nr, op) => calls.get(keyOf(abi, nr, op)) ?? anyOp.get(nr),
    hypercalls: () => [...calls].sort(([a], [b]) => a - b).map(([, b]) => b.descriptor),
    hasNumber: (nr) => numbers.has(nr),
  };
  return { on, emit, seal: () => void (sealed = true) };
}
