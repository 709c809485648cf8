/** Issues a plan through the domain's real entry: memory and registers are written, the call is trapped, answers are read. */
import { setU53 } from "@granule/codec";
import { GuestAbort, type Guest, type Trap } from "@granule/machine";
import { type Bytes, ipa, kib, ModelBug, type Va, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, compile, type Compiled, type Hypercall } from "@granule/xen-abi";
import { type Plan, type PlanAnswer, Violation } from "./contract.ts";
import type { Actor, World } from "./world.ts";

/** Arrays go behind the structures. */
export const ARRAY_OFFSET: Bytes = /* @__PURE__ */ kib(32);
/** The entry of a call that goes through multicall is the last thing behind the arrays. struct multicall_entry: op, result, args[6]. */
const ENTRY: Bytes = 64;
const ENTRY_OFFSET: Bytes = 2 * ARRAY_OFFSET - ENTRY;
const ENTRY_ARGUMENTS = 5;
/** Structures that do not fit before the arrays are written elsewhere or not at all. */
const MOST_BYTES: Bytes = ARRAY_OFFSET;

const codecs = new Map<Hypercall, Compiled>();
function codecOf(d: Hypercall): Compiled {
  let c = codecs.get(d);
  if (c === undefined) codecs.set(d, (c = compile(d)));
  return c;
}

const vaOf = (at: number): Va => vaFromIpa(ipa(at));

/** Loads of a guest that gave its own memory away end in an abort: then there is nothing to read. */
function tryRead(g: Guest, at: Va, into: Uint8Array): boolean {
  try {
    g.read(at, into);
    return true;
  } catch (e) {
    if (e instanceof GuestAbort) return false;
    throw e;
  }
}
function tryWrite(g: Guest, at: Va, from: Uint8Array): boolean {
  try {
    g.write(at, from);
    return true;
  } catch (e) {
    if (e instanceof GuestAbort) return false;
    throw e;
  }
}

/** The bytes of an array. */
function packed(element: 4 | 8, values: readonly (number | bigint)[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(element * values.length));
  values.forEach((v, i) => {
    if (element === 4) view.setUint32(4 * i, Number(v) >>> 0, true);
    else if (typeof v === "bigint") view.setBigUint64(8 * i, BigInt.asUintN(64, v), true);
    else setU53(view, 8 * i, v);
  });
  return new Uint8Array(view.buffer);
}
function unpacked(element: 4 | 8, bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / element }, (_, i) => (element === 4 ? view.getInt32(4 * i, true) : Number(view.getBigInt64(8 * i, true))));
}

/** The call in the registers, as the only entry of a multicall; its answer comes back in x0. Answers what the list answers. */
function* throughMulticall(g: Guest, actor: Actor, nr: number): Trap<number> {
  const at = actor.scratch + ENTRY_OFFSET;
  const entry = packed(8, [nr, 0, ...Array.from({ length: ENTRY_ARGUMENTS + 1 }, (_, x) => (x < ENTRY_ARGUMENTS ? g.regs.getBigUint64(8 * x, true) : 0n))]);
  g.write(vaOf(at), entry);
  setU53(g.regs, 0, at);
  g.regs.setBigUint64(8, 1n, true);
  g.regs.setBigUint64(8 * 16, BigInt(C.NR.multicall), true);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  const answer = Number(g.regs.getBigInt64(0, true));
  g.read(vaOf(at), entry);
  g.regs.setBigInt64(0, new DataView(entry.buffer).getBigInt64(8, true), true);
  return answer;
}

function* body(g: Guest, actor: Actor, plan: Plan): Trap<PlanAnswer & { readonly listAnswer: number }> {
  const { descriptor: d, elements } = plan;
  const codec = codecOf(d);
  const size = d.buffer?.size ?? 0;
  const bytes = new Uint8Array(Math.min(size * elements.length, MOST_BYTES));
  for (let x = 0; x < 5; x++) g.regs.setBigUint64(8 * x, 0n, true);
  g.regs.setBigUint64(0, BigInt(d.op ?? 0), true);
  elements.forEach((args, i) => {
    const r = codec.encode(args, g.regs, new DataView(bytes.buffer, size * i, size));
    if (!r.ok) throw new ModelBug(`${plan.key}: ${r.why}`);
  });
  const start = elements[0]?.["start"];
  // memory_op keeps the extent to start at above the operation
  if (d.nr === C.NR.memory_op && start !== undefined) g.regs.setBigUint64(0, BigInt.asUintN(64, (g.regs.getBigUint64(0, true) << BigInt(C.MEMOP_EXTENT_SHIFT)) | BigInt(d.op ?? 0)), true);
  for (const a of plan.arrays ?? []) tryWrite(g, vaOf(a.at), packed(a.element, a.values));
  const at = plan.bufferAt ?? BigInt(actor.scratch);
  for (const f of Object.values(d.fields)) if (f.kind === "one" && "x" in f.place && plan.count !== undefined) g.regs.setBigUint64(8 * f.place.x, plan.count, true);
  if (d.buffer !== undefined) {
    if (plan.bufferAt === undefined) tryWrite(g, vaOf(actor.scratch), bytes);
    g.regs.setBigUint64(8 * d.buffer.x, at, true);
    if (d.buffer.list !== undefined) g.regs.setBigUint64(8 * d.buffer.list.count, plan.count ?? BigInt(elements.length), true);
  }
  // where its entry is not plain RAM it cannot be written, or may be gone when the answer comes
  let listAnswer = 0;
  if (plan.inMulticall === true && actor.life.space.get(Math.floor((actor.scratch + ENTRY_OFFSET) / XEN_PAGE.size))?.kind === "ram") listAnswer = yield* throughMulticall(g, actor, d.nr);
  else {
    g.regs.setBigUint64(8 * 16, BigInt(d.nr), true);
    yield* g.hvc(C.XEN_HYPERCALL_TAG);
  }
  const x0 = Number(g.regs.getBigInt64(0, true));
  const x1 = Number(g.regs.getBigUint64(8, true));
  const isReadable = d.buffer === undefined || (plan.bufferAt === undefined && tryRead(g, vaOf(actor.scratch), bytes));
  const arrays = (plan.arrays ?? []).map((a) => {
    const read = new Uint8Array(a.element * a.values.length);
    return tryRead(g, vaOf(a.at), read) ? unpacked(a.element, read) : [];
  });
  return { x0, x1, arrays, listAnswer, out: isReadable ? elements.map((_, i) => codec.results(g.regs, new DataView(bytes.buffer, size * i, size))) : [] };
}

/** Issues the plan; undefined when the domain did not come back: it ended, or it waits for ever (then it is woken). */
export function issue(w: World, actor: Actor, plan: Plan): PlanAnswer | undefined {
  const answer = runIn(w, actor, (g) => body(g, actor, plan));
  if (answer !== undefined && answer.listAnswer !== 0) throw new Violation("multicall", `a list of one ${plan.key} answers ${answer.listAnswer}`);
  return answer;
}

/** Any register contents; answers x0. */
export const issueRaw = (w: World, actor: Actor, nr: bigint, x: readonly bigint[], imm: number): number | undefined =>
  runIn(w, actor, function* (g) {
    x.forEach((value, i) => g.regs.setBigUint64(8 * i, value, true));
    g.regs.setBigUint64(8 * 16, nr, true);
    yield* g.hvc(imm);
    return Number(g.regs.getBigInt64(0, true));
  });

/** Writes guest memory as the guest's own stores do; false: nothing is mapped there, and nothing more was written. */
export const poke = (w: World, actor: Actor, at: number, from: Uint8Array): boolean =>
  // oxlint-disable-next-line require-yield -- stores do not trap
  runIn(w, actor, function* (g) {
    return tryWrite(g, vaOf(at), from);
  }) ?? false;

function runIn<V>(w: World, actor: Actor, f: (g: Guest) => Trap<V>): V | undefined {
  try {
    return actor.driver.run(f);
  } catch (e) {
    // the driver's way to say that there was no answer; everything else is a finding
    if (!(e instanceof ModelBug) || !e.message.startsWith(`domain ${actor.domain.domid} did not answer`)) throw e;
    // the guest's own program is the fuzzer's
    if (actor.domain.reason.startsWith("program")) throw new ModelBug(actor.domain.reason);
    w.settle(actor);
    return undefined;
  }
}

