/** One domain at some G, and its hypercalls called through descriptor, checks and handler: for this package's tests. */
import { assemble, definePlugin, type Emit, type Json, port } from "@granule/kit";
import { machine, MachinePort, scripted } from "@granule/machine";
import { type Domain, DomainsPort, type Frames, FramesPort, hypervisor, P2M } from "@granule/hypervisor";
import { type AnyGranule, type Bytes, ipa, mib, range, type Range, toNumber, XEN_PAGE } from "@granule/units";
import { C, compile, type Hypercall, type V1 } from "@granule/xen-abi";
import { balloon } from "./balloon.ts";
import { type Balloon, BalloonPort } from "./contract.ts";

export const A: Bytes = XEN_PAGE.size;
/** Where RAM starts, and how much there is. */
export const RAM = 0x40000000;
export const SIZE: Bytes = mib(1);
/** Addresses that tests use: RAM and as much above it. */
export const SPAN: Bytes = 2 * SIZE;

const EmitPort = port<Emit>()("emit");
const probe = definePlugin({ name: "probe", version: 1, provides: { emit: EmitPort }, requires: {}, setup: ({ emit }) => ({ ports: { emit }, save: () => null, load: () => undefined }) });

export interface Fixture {
  readonly d: Domain;
  readonly frames: Frames;
  readonly emit: Emit;
  readonly balloon: Balloon;
  /** The bytes of a range of the domain's RAM. */
  bytes(r: Range<"ipa">): Uint8Array[];
  readonly machine: { save(): Json; load(s: Json): void };
  /** One element through the descriptor, the checks and the handler. */
  call(d: Hypercall, args: Record<string, unknown>): { code: string | undefined; why: string | undefined; out: Readonly<Record<string, number | bigint>> };
  /** v1: a list of frames written to guest RAM at `at`. */
  reservation(d: typeof V1.populate_physmap | typeof V1.decrease_reservation, gfns: readonly number[], order: number, more?: Record<string, unknown>): number;
}

/** v1 arrays live here: the first 64 KiB of RAM, which tests do not give away. */
export const ARRAY = RAM;

export function fixture(granule: AnyGranule, more: { tableLimit?: Bytes; maximum?: Bytes; machineRam?: Bytes; ram?: Bytes } = {}): Fixture {
  const m = assemble([machine({ ram: more.machineRam ?? mib(3), tables: mib(1) }), hypervisor(), balloon(), probe()]);
  const { tableLimit, maximum } = more;
  const made = m.get(DomainsPort).create({
    name: "guest", granule, ram: more.ram ?? SIZE, vcpus: [scripted(function* () {})], ...(tableLimit === undefined ? {} : { tableLimit }), ...(maximum === undefined ? {} : { maximum }),
  });
  if (!made.ok) throw new Error(made.why);
  const d = made.value;
  m.get(DomainsPort).setEngines(() => scripted(function* () {}));
  const emit = m.get(EmitPort);
  const vcpu = d.vcpus[0];
  if (vcpu === undefined) throw new Error("no vcpu");
  const run = (h: Hypercall, args: Record<string, unknown>): ReturnType<Fixture["call"]> => {
    const compiled = compile(h);
    const regs = new DataView(new ArrayBuffer(248));
    const buffer = new DataView(new ArrayBuffer(h.buffer?.size ?? 0));
    const encoded = compiled.encode(args, regs, buffer);
    if (!encoded.ok) throw new Error(encoded.why);
    if (h.buffer?.list !== undefined) regs.setBigUint64(8 * h.buffer.list.count, 1n, true);
    const bound = emit.hypercall(h.abi, h.nr, h.op ?? 0);
    if (bound === undefined) throw new Error(`${h.name} has no owner`);
    const failure = bound.compiled.before(regs, vcpu.env) ?? bound.run({ domid: d.domid, vcpu: 0 }, regs, buffer, vcpu.env).failure;
    return { code: failure?.code, why: failure?.why, out: compiled.results(regs, buffer) };
  };
  return {
    d, emit, frames: m.get(FramesPort), balloon: m.get(BalloonPort), machine: m, call: run,
    bytes: (r) => [...d.p2m.runs(r)].map((run) => m.get(MachinePort).memory.bytes(run.pa, run.size)),
    reservation(h, gfns, order, args = {}) {
      const array = vcpu.env.array(BigInt(ARRAY), 8);
      gfns.forEach((gfn, i) => {
        if (!array.put(i, gfn).ok) throw new Error("the array is not writable");
      });
      return Number(run(h, { extent_start: BigInt(ARRAY), nr_extents: gfns.length, extent_order: order, mem_flags: 0, domid: C.DOMID_SELF, start: 0, ...args }).out["ret"]);
    },
  };
}

/** Pieces of 4096 bytes of RAM that the P2M has in the test's span. */
export function mapped(b: Fixture): Set<number> {
  const out = new Set<number>();
  for (const run of b.d.p2m.runs(range(ipa(RAM), SPAN))) if (run.type === P2M.ram) for (let at = 0; at < run.size; at += A) out.add((toNumber(run.ipa) + at - RAM) / A);
  return out;
}

export const sum = (f: Frames): Bytes => Object.values(f.totals()).reduce((a, b) => a + b, 0);
