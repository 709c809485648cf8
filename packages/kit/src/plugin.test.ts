import { expect, test } from "vitest";
import { GranuleError } from "@granule/units";
import { eventHook } from "./hooks.ts";
import { type AnyPlugin, assemble, assembleList, definePlugin, type Json, port, replacePlugin } from "./plugin.ts";

interface Counter {
  count: number;
}
const APort = port<Counter>()("a");
const BPort = port<string>()("b");
const CPort = port<Counter>()("c");

const a = definePlugin({
  name: "a", version: 1, provides: { a: APort }, requires: {},
  setup: ({ random }) => {
    const state = { count: Math.floor(random() * 1e9) };
    return { ports: { a: state }, save: (): Json => state.count, load: (s) => void (state.count = Number(s)) };
  },
});
const b = definePlugin({
  name: "b", version: 2, provides: { b: BPort }, requires: { counter: APort },
  config: (raw): { readonly text: string } => {
    const text = typeof raw === "object" && raw !== null && "text" in raw ? raw.text : "b";
    if (typeof text !== "string") throw new GranuleError("GRAN0011", "b.text is no string");
    return { text };
  },
  setup: ({ use, config }) => ({ ports: { b: `${config.text}${typeof use.counter.count}` }, save: () => null, load: () => undefined }),
});
const needsC = definePlugin({ name: "needs-c", version: 1, provides: {}, requires: { c: CPort }, setup: () => ({ ports: {}, save: () => null, load: () => undefined }) });

const codeOf = (f: () => unknown): string => {
  try {
    f();
  } catch (e) {
    return e instanceof GranuleError ? `${e.code} ${e.message}` : String(e);
  }
  return "nothing thrown";
};

test("plugins start after what they require, whatever their order in the list", () => {
  expect(assemble([b({ text: "x" }), a()]).plugins).toEqual(["a", "b"]);
  expect(assemble([b({ text: "x" }), a()]).get(BPort)).toBe("xnumber");
});
test("a missing port is a compile error, and GRAN0012 at run time", () => {
  // @ts-expect-error no plugin provides "a"
  expect(codeOf(() => assemble([b()]))).toBe('GRAN0012 plugin "b" requires port "a"; no plugin provides it');
  // @ts-expect-error one of two plugins with different requirements lacks its port
  expect(codeOf(() => assemble([a(), b(), needsC()]))).toBe('GRAN0012 plugin "needs-c" requires port "c"; no plugin provides it');
  expect(codeOf(() => assembleList([a(), needsC()]))).toContain("GRAN0012");
  expect(codeOf(() => assemble([a()]).get(BPort))).toBe('GRAN0012 no plugin provides port "b"');
});
test("wrong configurations and ports are compile errors", () => {
  // @ts-expect-error the text is a string
  expect(codeOf(() => b({ text: 1 }))).toBe("GRAN0011 b.text is no string");
  // @ts-expect-error this plugin takes no configuration
  expect(codeOf(() => a({ size: 1 }))).toBe("GRAN0011 this plugin takes no configuration");
  definePlugin({
    // @ts-expect-error the port is a string
    name: "wrong", version: 1, provides: { b: BPort }, requires: {}, setup: () => ({ ports: { b: 1 }, save: () => null, load: () => undefined }),
  });
});
test("duplicates, two providers, conflicts and cycles are named", () => {
  expect(codeOf(() => assemble([a(), a()]))).toBe('GRAN0014 plugin "a" is in the list twice');
  const other = definePlugin({ name: "other", version: 1, provides: { mine: APort }, requires: {}, setup: () => ({ ports: { mine: { count: 0 } }, save: () => null, load: () => undefined }) });
  expect(codeOf(() => assemble([a(), other()]))).toBe('GRAN0015 port "a" is provided by "a" and by "other"');
  const shy = definePlugin({ name: "shy", version: 1, provides: {}, requires: {}, conflictsWith: ["a"], setup: () => ({ ports: {}, save: () => null, load: () => undefined }) });
  expect(codeOf(() => assemble([a(), shy()]))).toBe('GRAN0016 plugins "shy" and "a" conflict');
  const x = definePlugin({ name: "x", version: 1, provides: { c: CPort }, requires: { a: APort }, setup: () => ({ ports: { c: { count: 0 } }, save: () => null, load: () => undefined }) });
  const y = definePlugin({ name: "y", version: 1, provides: { a: APort }, requires: { c: CPort }, setup: () => ({ ports: { a: { count: 0 } }, save: () => null, load: () => undefined }) });
  expect(codeOf(() => assemble([x(), y()]))).toBe("GRAN0013 plugins require each other: x -> y -> x");
});
test("the same seed gives the same run, another one another; a plugin's stream is its own", () => {
  const first = (seed: string | number, list: readonly AnyPlugin[] = [a()]): number => assembleList(list, { seed }).get(APort).count;
  expect(first(1)).toBe(first(1));
  expect(first(1)).toBe(first("1"));
  expect(first(1)).not.toBe(first(2));
  expect(first(1, [a(), b()])).toBe(first(1));
});
test("state is saved and restored by plugin and version", () => {
  const m = assemble([a(), b()], { seed: 1 });
  m.get(APort).count = 7;
  const saved = m.save();
  expect(JSON.parse(JSON.stringify(saved))).toEqual({ clock: 0, plugins: { a: { version: 1, state: 7 }, b: { version: 2, state: null } } });
  const n = assemble([a(), b()], { seed: 2 });
  n.load(JSON.parse(JSON.stringify(saved)));
  expect(n.get(APort).count).toBe(7);
  const old = { clock: 0, plugins: { a: { version: 1, state: 7 }, b: { version: 1, state: null } } };
  expect(codeOf(() => n.load(old))).toBe('GRAN0019 the snapshot has version 1 of plugin "b", this one is 2');
  expect(codeOf(() => n.load({ clock: 0, plugins: { a: { version: 1, state: 7 } } }))).toBe('GRAN0018 the snapshot has no state of plugin "b"');
  for (const torn of [null, 1, [], {}, { clock: 0, plugins: 1 }, { clock: 0, plugins: { a: 1, b: 2 } }]) expect(codeOf(() => n.load(torn))).toContain("GRAN0018");
});
test("plugins are disposed of in reverse", () => {
  const order: string[] = [];
  const make = (name: string) => definePlugin({ name, version: 1, provides: {}, requires: {}, setup: () => ({ ports: {}, save: () => null, load: () => undefined, dispose: () => void order.push(name) }) });
  assemble([make("one")(), make("two")()]).dispose();
  expect(order).toEqual(["two", "one"]);
});
test("events run in plugin order, not in that of the list", () => {
  const H = eventHook<number>("test");
  const ran: string[] = [];
  const listener = (name: string, requires: { a?: typeof APort }) =>
    definePlugin({ name, version: 1, provides: {}, requires: requires.a === undefined ? {} : { a: requires.a }, setup: ({ on }) => {
      on.event(H, (n) => void ran.push(`${name}${n}`));
      return { ports: {}, save: () => null, load: () => undefined };
    } });
  const source = definePlugin({ name: "source", version: 1, provides: { a: APort }, requires: {}, setup: ({ emit }) => ({
    ports: { a: { get count() { emit.event(H, 1); return 0; } } }, save: () => null, load: () => undefined,
  }) });
  const m = assembleList([listener("late", { a: APort })(), source(), listener("plain", {})()]);
  expect(m.plugins).toEqual(["source", "late", "plain"]);
  expect(m.get(APort).count).toBe(0);
  expect(ran).toEqual(["late1", "plain1"]);
});
test("replacing a plugin keeps its place and takes every provider of its ports", () => {
  const other = definePlugin({ name: "other", version: 1, provides: { mine: APort }, requires: {}, setup: () => ({ ports: { mine: { count: 5 } }, save: () => null, load: () => undefined }) });
  expect(replacePlugin([a(), b()], other()).map((p) => p.name)).toEqual(["other", "b"]);
  expect(replacePlugin([b()], other()).map((p) => p.name)).toEqual(["b", "other"]);
  expect(assembleList(replacePlugin([a(), b()], other())).get(APort).count).toBe(5);
});
