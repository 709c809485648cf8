import { expect, test } from "vitest";
import { GranuleError, ModelBug } from "@granule/units";
import { type CheckEnv, compile, derived, field, handled, hypercall, V1, V2 } from "@granule/xen-abi";
import { createHooks, eventHook, handledHook, type Outcome, selectorHook, setupHook } from "./hooks.ts";

const caller = { domid: 1, vcpu: 0 };
const env: CheckEnv = {
  self: 1, vcpus: 1, granule: 65536, ipaLimit: 2 ** 40, domain: () => "ok",
  array: () => ({ at: () => ({ ok: true, value: 0 }), put: () => ({ ok: true, value: undefined }) }),
  bytes: () => ({ isNull: true, read: () => ({ ok: true, value: undefined }), write: () => ({ ok: true, value: undefined }) }),
};
const regs = (): DataView => new DataView(new ArrayBuffer(248));

test("all listeners of an event run, in plugin order", () => {
  const hooks = createHooks(["first", "second"]);
  const H = eventHook<string>("e");
  const ran: string[] = [];
  hooks.on("second").event(H, (x) => void ran.push(`2${x}`));
  hooks.on("first").event(H, (x) => void ran.push(`1${x}`));
  hooks.on("first").event(H, (x) => void ran.push(`1b${x}`));
  hooks.emit.event(H, "x");
  expect(ran).toEqual(["1x", "1bx", "2x"]);
});
test("the first answer of a handled hook wins, and 0 is an answer", () => {
  const hooks = createHooks(["a", "b", "c"]);
  const H = handledHook<number, number>("h");
  const asked: string[] = [];
  hooks.on("c").handled(H, () => (asked.push("c"), 9));
  hooks.on("b").handled(H, (n) => (asked.push("b"), n === 0 ? 0 : undefined));
  hooks.on("a").handled(H, () => void asked.push("a"));
  expect(hooks.emit.handled(H, 0)).toBe(0);
  expect(hooks.emit.handled(H, 1)).toBe(9);
  expect(asked).toEqual(["a", "b", "a", "b", "c"]);
  expect(hooks.emit.handled(handledHook<number, number>("other"), 0)).toBeUndefined();
});
test("a setup hook that fails undoes what was done, in reverse; its value undoes everything, once", () => {
  const H = setupHook<string>("s");
  const run = (failing: boolean): { log: string[]; result: ReturnType<ReturnType<typeof createHooks>["emit"]["setup"]> } => {
    const hooks = createHooks(["a", "b", "c"]);
    const log: string[] = [];
    for (const name of ["a", "b"]) hooks.on(name).setup(H, (x) => (log.push(`+${name}${x}`), { ok: true, value: () => void log.push(`-${name}`) }));
    hooks.on("c").setup(H, () => (failing ? { ok: false, code: "ENOMEM", why: "no" } : { ok: true, value: () => void log.push("-c") }));
    return { log, result: hooks.emit.setup(H, "1") };
  };
  const bad = run(true);
  expect(bad.result).toMatchObject({ ok: false, code: "ENOMEM" });
  expect(bad.log).toEqual(["+a1", "+b1", "-b", "-a"]);
  const good = run(false);
  if (!good.result.ok) throw new Error("failed");
  good.result.value();
  good.result.value();
  expect(good.log).toEqual(["+a1", "+b1", "-c", "-b", "-a"]);
});
test("a selector key has one owner: a second one is GRAN0017 and names both", () => {
  const hooks = createHooks(["a", "b"]);
  const PLACEMENT = selectorHook<number, (n: number) => number>("XENMAPSPACE");
  hooks.on("a").select(PLACEMENT, 0, (n) => n + 1);
  expect(() => hooks.on("b").select(PLACEMENT, 0, (n) => n)).toThrow(new GranuleError("GRAN0017", 'XENMAPSPACE 0 is owned by "a" and by "b"', "Remove one of the two plugins."));
  hooks.on("b").select(PLACEMENT, 1, (n) => n);
  expect(hooks.emit.selected(PLACEMENT, 0)?.(5)).toBe(6);
  expect(hooks.emit.selected(PLACEMENT, 2)).toBeUndefined();
  expect(hooks.emit.keys(PLACEMENT)).toEqual([0, 1]);
});
test("a hypercall has one owner: a second one is GRAN0017 and names both", () => {
  const hooks = createHooks(["a", "b"]);
  hooks.on("a").hypercall(V1.sched_yield, () => ({ ok: true, value: {} }));
  expect(() => hooks.on("b").hypercall(V1.sched_yield, () => ({ ok: true, value: {} }))).toThrow(
    new GranuleError("GRAN0017", 'hypercall 29 operation 0 of ABI v1 is owned by "a" and by "b"', "Remove one of the two plugins."),
  );
  hooks.on("b").hypercall(V2.reset, () => ({ ok: true, value: {} }));
  expect(hooks.emit.hypercalls().map((d) => d.name)).toEqual(["SCHEDOP_yield", "reset"]);
  expect(hooks.emit.hypercall(1, 29, 0)?.owner).toBe("a");
  expect(hooks.emit.hypercall(2, 29, 0)).toBeUndefined();
  expect([hooks.emit.hasNumber(29), hooks.emit.hasNumber(69), hooks.emit.hasNumber(70)]).toEqual([true, true, false]);
});
test("nothing is registered after assembly", () => {
  const hooks = createHooks(["a"]);
  hooks.seal();
  expect(() => hooks.on("a").event(eventHook<void>("e"), () => undefined)).toThrow(ModelBug);
  expect(() => hooks.on("a").select(selectorHook<number, number>("s"), 0, 1)).toThrow(ModelBug);
  expect(() => hooks.on("a").hypercall(V1.sched_yield, () => ({ ok: true, value: {} }))).toThrow(ModelBug);
});

const PAIR = hypercall({
  abi: 2, nr: 99, op: 0, name: "pair", source: "test", doc: "", buffer: { x: 1, size: 16 },
  fields: { a: field.u32("in", { at: 0 }, "entries"), b: field.u32("in", { at: 4 }, "entries"), sum: field.u53("out", { at: 8 }, "entries") },
  errors: [derived("EFAULT", "buffer", ""), handled("EBUSY", "odd", ""), handled("EAGAIN", "later", "")],
});
const runPair = (b: number, hooks: ReturnType<typeof createHooks>): { outcome: Outcome | undefined; sum: unknown } => {
  const compiled = compile(PAIR);
  const r = regs();
  const buffer = new DataView(new ArrayBuffer(16));
  compiled.encode({ a: 3, b }, r, buffer);
  const outcome = hooks.emit.hypercall(2, 99, 0)?.run(caller, r, buffer, env);
  return { outcome, sum: compiled.results(r, buffer)["sum"] };
};
test("a handler gets decoded arguments, and its answer or failure is written back", () => {
  const hooks = createHooks(["a"]);
  hooks.on("a").hypercall(PAIR, (who, { a, b }) =>
    b % 2 === 1 ? { ok: false, code: "EBUSY", why: `odd: pair.b is ${b} entries`, out: { sum: 99 } } : { ok: true, value: { sum: a + b + who.domid } });
  expect(runPair(4, hooks)).toEqual({ outcome: {}, sum: 8 });
  expect(runPair(5, hooks)).toMatchObject({ outcome: { failure: { code: "EBUSY", why: "odd: pair.b is 5 entries" } }, sum: 99 });
});
test("what a descriptor does not declare is a compile error", () => {
  const on = createHooks(["a"]).on("a");
  // @ts-expect-error EPERM is not declared
  on.hypercall(PAIR, () => ({ ok: false, code: "EPERM", why: "" }));
  const other = createHooks(["a"]).on("a");
  // @ts-expect-error EFAULT is declared, and the dispatcher's: a handler may not answer it
  other.hypercall(PAIR, () => ({ ok: false, code: "EFAULT", why: "" }));
  const third = createHooks(["a"]).on("a");
  // @ts-expect-error an answered field is missing
  third.hypercall(PAIR, () => ({ ok: true, value: {} }));
  const fourth = createHooks(["a"]).on("a");
  // @ts-expect-error there is no argument c
  fourth.hypercall(PAIR, (_c, { c }) => ({ ok: true, value: { sum: c } }));
  expect(PAIR.errors).toHaveLength(3);
});
