/**
 * A guest that is driven from outside, one hypercall at a time: registers and memory are set by the driver, the call
 * goes through the real entry with stage 1 off. For table tests, fuzzers and ledgers; no kernel is needed.
 */
import { type EngineFactory, type Guest, scripted, type Trap } from "@granule/machine";
import { type Bytes, type Ipa, kib, ModelBug, toNumber, vaFromIpa } from "@granule/units";
import { C, compile, type Compiled, type Hypercall } from "@granule/xen-abi";
import type { Domain, Scheduler } from "./contract.ts";

export interface DriverAnswer {
  /** x0 as signed number. */
  readonly x0: number;
  /** Answer fields of the descriptor, from registers and the structure. */
  readonly out: Readonly<Record<string, number | bigint>>;
}
/** Arguments by field name; addresses as numbers or opaque addresses, extents as ranges. */
export type DriverArgs = Readonly<Record<string, unknown>>;

export interface Driver {
  /** The engine to give to the domain. */
  readonly engine: EngineFactory;
  /** Binds the driver to the built domain; argument structures go to its first 64 KiB of RAM. */
  attach(domain: Domain, scheduler: Scheduler): void;
  /** One call; a structure is written at `at` (default: start of RAM). */
  call(d: Hypercall, args?: DriverArgs, at?: Ipa): DriverAnswer;
  /** A list call; answers x0, x1 and each element's fields. */
  list(d: Hypercall, elements: readonly DriverArgs[], at?: Ipa): { readonly x0: number; readonly x1: number; readonly out: readonly DriverAnswer["out"][] };
  /** x16 and x0..x4 as given; answers x0. */
  raw(nr: bigint, x: readonly bigint[], imm?: number): number;
  /** Runs guest code (loads, stores, traps) in the domain. */
  run<V>(body: (g: Guest) => Trap<V>): V;
  peek(at: Ipa, size: Bytes): Uint8Array;
  poke(at: Ipa, bytes: Uint8Array): void;
}

/** Where arrays that a call points at may go: after the structures. */
export const DRIVER_LIST_OFFSET: Bytes = /* @__PURE__ */ kib(32);

/** Turns of one body. */
const MOST_SLICES = 100_000;
/** Turns of others that a blocked domain waits for. */
const PATIENCE = 64;

/** One driver drives vcpu 0 of one domain. @throws ModelBug when the domain does not answer: it crashed, or is blocked. */
export function createDriver(): Driver {
  const work: { body: ((g: Guest) => Trap<unknown>) | undefined; result: { readonly value: unknown } | undefined } = { body: undefined, result: undefined };
  let target: { readonly domain: Domain; readonly scheduler: Scheduler } | undefined;
  const finished = (): { readonly value: unknown } | undefined => work.result;
  const compiled = new Map<Hypercall, Compiled>();
  const codec = (d: Hypercall): Compiled => {
    let c = compiled.get(d);
    if (c === undefined) compiled.set(d, (c = compile(d)));
    return c;
  };
  const bound = () => {
    if (target === undefined) throw new ModelBug("the driver is attached to no domain");
    return target;
  };
  const isResult = <V>(_body: (g: Guest) => Trap<V>, _v: unknown): _v is V => true;
  const run = <V>(body: (g: Guest) => Trap<V>): V => {
    const { domain, scheduler } = bound();
    work.body = body;
    work.result = undefined;
    const [vcpu] = domain.vcpus;
    if (vcpu !== undefined) scheduler.wake(vcpu);
    let waits = 0;
    /** Ended, or blocked in the middle of the body: then others get some turns to wake it, but need not be at rest themselves. */
    const isStuck = (): boolean => domain.state !== "running" || vcpu?.state === "hung" || (vcpu?.state === "blocked" && work.body === undefined && ++waits > PATIENCE);
    scheduler.run({ until: () => work.result !== undefined || isStuck(), slices: MOST_SLICES });
    const done = finished();
    if (done === undefined) throw new ModelBug(`domain ${domain.domid} did not answer: ${domain.state} ${domain.reason}`);
    if (!isResult(body, done.value)) throw new ModelBug("unreachable");
    return done.value;
  };
  const at0 = (): Ipa => bound().domain.layout.ram.start;
  const trap = function* (g: Guest, nr: bigint, imm: number): Trap<number> {
    g.regs.setBigUint64(8 * 16, nr, true);
    yield* g.hvc(imm);
    return Number(g.regs.getBigInt64(0, true));
  };
  const begin = (g: Guest, d: Hypercall): void => {
    for (let x = 0; x < 5; x++) g.regs.setBigUint64(8 * x, 0n, true);
    if (d.op !== null) g.regs.setBigUint64(0, BigInt(d.op), true);
  };
  const encode = (d: Hypercall, args: DriverArgs, g: Guest, buffer: DataView): void => {
    const r = codec(d).encode(args, g.regs, buffer);
    if (!r.ok) throw new ModelBug(r.why);
  };
  return {
    engine: scripted(function* (g) {
      for (;;) {
        const { body } = work;
        if (body === undefined) {
          yield* g.wait();
          continue;
        }
        work.body = undefined;
        work.result = { value: yield* body(g) };
      }
    }),
    attach: (domain, scheduler) => void (target = { domain, scheduler }),
    run,
    call: (d, args = {}, at = at0()) =>
      run(function* (g) {
        const buffer = new DataView(new ArrayBuffer(d.buffer?.size ?? 0));
        begin(g, d);
        encode(d, args, g, buffer);
        // memory_op keeps the extent to start at above the operation
        if (args["start"] !== undefined) g.regs.setBigUint64(0, (g.regs.getBigUint64(0, true) << BigInt(C.MEMOP_EXTENT_SHIFT)) | BigInt(d.op ?? 0), true);
        if (d.buffer !== undefined) {
          g.write(vaFromIpa(at), new Uint8Array(buffer.buffer));
          g.regs.setBigUint64(8 * d.buffer.x, BigInt(toNumber(at)), true);
        }
        const x0 = yield* trap(g, BigInt(d.nr), C.XEN_HYPERCALL_TAG);
        if (d.buffer !== undefined) g.read(vaFromIpa(at), new Uint8Array(buffer.buffer));
        return { x0, out: codec(d).results(g.regs, buffer) };
      }),
    list: (d, elements, at = at0()) =>
      run(function* (g) {
        if (d.buffer?.list === undefined) throw new ModelBug(`${d.name} takes no list`);
        const { size, x, list } = d.buffer;
        const bytes = new Uint8Array(size * elements.length);
        begin(g, d);
        elements.forEach((e, i) => encode(d, e, g, new DataView(bytes.buffer, i * size, size)));
        g.write(vaFromIpa(at), bytes);
        g.regs.setBigUint64(8 * x, BigInt(toNumber(at)), true);
        g.regs.setBigUint64(8 * list.count, BigInt(elements.length), true);
        const x0 = yield* trap(g, BigInt(d.nr), C.XEN_HYPERCALL_TAG);
        const x1 = Number(g.regs.getBigUint64(8, true));
        g.read(vaFromIpa(at), bytes);
        return { x0, x1, out: elements.map((_, i) => codec(d).results(g.regs, new DataView(bytes.buffer, i * size, size))) };
      }),
    raw: (nr, x, imm = C.XEN_HYPERCALL_TAG) =>
      run(function* (g) {
        x.forEach((value, i) => g.regs.setBigUint64(8 * i, BigInt.asUintN(64, value), true));
        return yield* trap(g, nr, imm);
      }),
    peek: (at, size) =>
      // oxlint-disable-next-line require-yield -- loads do not trap
      run(function* (g) {
        const bytes = new Uint8Array(size);
        g.read(vaFromIpa(at), bytes);
        return bytes;
      }),
    poke: (at, bytes) =>
      // oxlint-disable-next-line require-yield -- stores do not trap
      run(function* (g) {
        g.write(vaFromIpa(at), bytes);
      }),
  };
}
