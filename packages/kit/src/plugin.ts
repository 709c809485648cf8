/**
 * Ports, plugins and their assembly. A plugin is a value that says what it provides and requires; a missing port, a
 * second provider of a port and a second owner of a selector key are errors before anything runs: the first at
 * compile time, all at assembly.
 */
import { GranuleError } from "@granule/units";
import { createHooks, type Emit, type On } from "./hooks.ts";
import { createClock, createRandom, type Clock } from "./determinism.ts";
import { createTrace, type Trace, type TraceSink } from "./trace.ts";

declare const VALUE: unique symbol;

/** A typed slot that one plugin provides and others use. `key` is unique in a machine. */
export interface Port<K extends string, V> {
  readonly key: K;
  readonly [VALUE]?: (v: V) => V;
}
/** Declares a port: `const P2mPort = port<P2m>()("p2m")`. */
export const port = <V>() => <const K extends string>(key: K): Port<K, V> => ({ key });

/** A port of anything: the value type of a port is invariant, so `Port<string, unknown>` is not it. */
interface AnyPort {
  readonly key: string;
  readonly [VALUE]?: (v: never) => unknown;
}
export type Ports = Readonly<Record<string, AnyPort>>;
export type Use<P extends Ports> = { readonly [N in keyof P]: P[N] extends { readonly [VALUE]?: (v: never) => infer V } ? V : never };
/** Distributes over a union of port lists: the keys of all of them, not only those of names that they share. */
type Keys<P> = P extends Ports ? P[keyof P]["key"] : never;

/** What can be saved: no bigint, no undefined; large bytes as base64 text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [k: string]: Json };

/** A running plugin. */
export interface Instance<P extends Ports> {
  readonly ports: Use<P>;
  /** State as JSON of the plugin's `version`. Called at a checkpoint only. */
  save(): Json;
  load(state: Json): void;
  dispose?(): void;
}

/** What a plugin gets when the machine starts. */
export interface Setup<R extends Ports> {
  readonly use: Use<R>;
  readonly on: On;
  /** Runs hooks that this plugin owns. */
  readonly emit: Emit;
  readonly trace: Trace;
  readonly clock: Clock;
  /** Seeded by the machine's seed and the plugin's name: in [0, 1). */
  readonly random: () => number;
}

export interface Plugin<N extends string, P extends Ports, R extends Ports> {
  readonly name: N;
  /** Version of `save()`'s JSON. */
  readonly version: number;
  readonly provides: P;
  readonly requires: R;
  readonly conflictsWith: readonly string[];
  /** A method, so that a plugin of any ports is an {@link AnyPlugin}; assembly gives each the ports that it requires. */
  start(s: Setup<R>): Instance<P>;
}
export type AnyPlugin = Plugin<string, Ports, Ports>;

interface Definition<N extends string, P extends Ports, R extends Ports, C, I = unknown> {
  readonly name: N;
  readonly version: number;
  readonly provides: P;
  readonly requires: R;
  /** Names of plugins that cannot stand beside this one. */
  readonly conflictsWith?: readonly string[];
  /** Parses what the user gave; throws {@link GranuleError} naming the key. Absent: the plugin takes no configuration. */
  readonly config?: (raw: I) => C;
  setup(s: Setup<R> & { readonly config: C }): Instance<P>;
}

/** What a plugin's function takes: the parser's own input type when it states one, else any part of what it parses to. */
type ConfigInput<C, I> = unknown extends I ? Partial<C> : Exclude<I, undefined>;

const noConfig = (raw: unknown): undefined => {
  if (raw !== undefined) throw new GranuleError("GRAN0011", "this plugin takes no configuration");
  return undefined;
};

/**
 * Defines a plugin: a function from its (optional) configuration to the plugin value.
 *
 * @example
 * export const hello = definePlugin({ name: "hello", version: 1, provides: {}, requires: { domains: DomainsPort },
 *   setup: ({ on, use }) => ({ ports: {}, save: () => null, load() {} }) });
 */
export function definePlugin<const N extends string, P extends Ports, R extends Ports, C, I>(
  d: Definition<N, P, R, C, I> & { readonly config: (raw: I) => C },
): (config?: ConfigInput<C, I>) => Plugin<N, P, R>;
export function definePlugin<const N extends string, P extends Ports, R extends Ports>(d: Omit<Definition<N, P, R, undefined>, "config">): () => Plugin<N, P, R>;
export function definePlugin(d: Definition<string, Ports, Ports, unknown>): (config?: unknown) => AnyPlugin {
  return (raw) => {
    const config = (d.config ?? noConfig)(raw);
    return {
      name: d.name, version: d.version, provides: d.provides, requires: d.requires, conflictsWith: d.conflictsWith ?? [],
      start: (s: Setup<Ports>) => d.setup({ ...s, config }),
    };
  };
}

/** Keys that some plugin requires and none provides; `never` when the list is complete. */
export type Missing<L extends readonly AnyPlugin[]> = Exclude<Keys<L[number]["requires"]>, Keys<L[number]["provides"]>>;

export interface AssembleOptions {
  /** Any string or number; the same seed gives the same run. */
  readonly seed?: string | number;
  readonly trace?: TraceSink;
}

/** Assembled plugins. */
export interface Machine {
  get<V>(p: Port<string, V>): V;
  readonly plugins: readonly string[];
  /** Nanoseconds of the machine's clock. */
  now(): number;
  /** Every plugin's state, by name; only between runs. */
  save(): Json;
  load(state: Json): void;
  dispose(): void;
}

/** Plugins in an order in which each comes after what it requires. */
function order(plugins: readonly AnyPlugin[]): readonly AnyPlugin[] {
  const provider = new Map<string, AnyPlugin>();
  const names = new Set<string>();
  for (const p of plugins) {
    if (names.has(p.name)) throw new GranuleError("GRAN0014", `plugin "${p.name}" is in the list twice`, "Remove one, or use replacePlugin().");
    names.add(p.name);
    for (const { key } of portsOf(p.provides)) {
      const other = provider.get(key);
      if (other) throw new GranuleError("GRAN0015", `port "${key}" is provided by "${other.name}" and by "${p.name}"`, "Replace the first plugin with replacePlugin().");
      provider.set(key, p);
    }
  }
  const done: AnyPlugin[] = [];
  const state = new Map<AnyPlugin, "open" | "done">();
  const visit = (p: AnyPlugin, path: readonly string[]): void => {
    if (state.get(p) === "done") return;
    if (state.get(p) === "open") throw new GranuleError("GRAN0013", `plugins require each other: ${[...path, p.name].join(" -> ")}`);
    state.set(p, "open");
    for (const { key } of portsOf(p.requires)) {
      const q = provider.get(key);
      if (!q) throw new GranuleError("GRAN0012", `plugin "${p.name}" requires port "${key}"; no plugin provides it`, `Add a plugin that provides "${key}".`);
      if (q !== p) visit(q, [...path, p.name]);
    }
    state.set(p, "done");
    done.push(p);
  };
  for (const p of plugins) visit(p, []);
  for (const p of plugins)
    for (const c of p.conflictsWith) if (names.has(c)) throw new GranuleError("GRAN0016", `plugins "${p.name}" and "${c}" conflict`, "Keep one of them.");
  return done;
}

const portsOf = (ports: Ports): readonly AnyPort[] => Object.values(ports);
/** The value was stored under this very port by its provider, whose type was checked there. */
const isHeldBy = <V>(_p: Port<string, V>, _v: unknown): _v is V => true;

/**
 * Starts plugins in the order of their ports.
 * @throws GranuleError GRAN0012..GRAN0017 naming plugin and port or key.
 */
export function assemble<const L extends readonly AnyPlugin[]>(
  plugins: [Missing<L>] extends [never] ? L : { readonly "GRAN0012 no plugin provides": Missing<L> },
  options?: AssembleOptions,
): Machine;
export function assemble(plugins: readonly AnyPlugin[], options: AssembleOptions = {}): Machine {
  const sorted = order(plugins);
  const values = new Map<string, unknown>();
  const clock = createClock();
  const trace = createTrace(clock, options.trace);
  const hooks = createHooks(sorted.map((p) => p.name));
  const running = new Map<string, { plugin: AnyPlugin; instance: Instance<Ports> }>();
  for (const p of sorted) {
    const use = Object.fromEntries(Object.entries(p.requires).map(([name, q]) => [name, values.get(q.key)]));
    const instance = p.start({ use, on: hooks.on(p.name), emit: hooks.emit, trace, clock, random: createRandom(`${options.seed ?? 0}/${p.name}`) });
    for (const [name, q] of Object.entries(p.provides)) values.set(q.key, instance.ports[name]);
    running.set(p.name, { plugin: p, instance });
  }
  hooks.seal();
  return {
    get(p) {
      const v = values.get(p.key);
      if (v === undefined || !isHeldBy(p, v)) throw new GranuleError("GRAN0012", `no plugin provides port "${p.key}"`);
      return v;
    },
    plugins: sorted.map((p) => p.name),
    now: () => clock.now(),
    save: () => ({
      clock: clock.now(),
      plugins: Object.fromEntries([...running].map(([name, { plugin, instance }]) => [name, { version: plugin.version, state: instance.save() }])),
    }),
    load(state) {
      const { time, plugins: saved } = parseSaved(state);
      for (const [name, { plugin, instance }] of running) {
        const s = saved[name];
        if (!s) throw new GranuleError("GRAN0018", `the snapshot has no state of plugin "${name}"`);
        if (s.version !== plugin.version) throw new GranuleError("GRAN0019", `the snapshot has version ${s.version} of plugin "${name}", this one is ${plugin.version}`);
        instance.load(s.state);
      }
      clock.set(time);
    },
    dispose() {
      for (const { instance } of [...running.values()].reverse()) instance.dispose?.();
    },
  };
}

const isObject = (v: Json | undefined): v is { readonly [k: string]: Json } => typeof v === "object" && v !== null && !Array.isArray(v);

function parseSaved(state: Json): { time: number; plugins: Record<string, { version: number; state: Json }> } {
  if (!isObject(state) || typeof state["clock"] !== "number" || !isObject(state["plugins"])) throw new GranuleError("GRAN0018", "not a snapshot: keys clock and plugins are missing");
  const plugins: Record<string, { version: number; state: Json }> = {};
  for (const [name, s] of Object.entries(state["plugins"])) {
    if (!isObject(s) || typeof s["version"] !== "number" || s["state"] === undefined) throw new GranuleError("GRAN0018", `the snapshot's state of "${name}" is torn`);
    plugins[name] = { version: s["version"], state: s["state"] };
  }
  return { time: state["clock"], plugins };
}

/** The list with the plugin that provides the same port (or has the same name) replaced; appended when there is none. */
export function replacePlugin(list: readonly AnyPlugin[], plugin: AnyPlugin): readonly AnyPlugin[] {
  const keys = new Set(portsOf(plugin.provides).map((p) => p.key));
  const isOld = (p: AnyPlugin): boolean => p.name === plugin.name || portsOf(p.provides).some((q) => keys.has(q.key));
  const at = list.findIndex(isOld);
  if (at < 0) return [...list, plugin];
  return [...list.slice(0, at), plugin, ...list.slice(at + 1).filter((p) => !isOld(p))];
}

/** For lists whose completeness is known at run time only (configuration files): the same checks, all at assembly. */
export const assembleList = (plugins: readonly AnyPlugin[], options: AssembleOptions = {}): Machine => {
  const untyped: (plugins: readonly AnyPlugin[], options: AssembleOptions) => Machine = assemble;
  return untyped(plugins, options);
};
