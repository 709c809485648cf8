/**
 * Two domains whose programs keep everything in their own memory and in one small state, so that they can be parked and
 * begun again anywhere: one grants a 64 KiB extent and writes to it, the other maps it, adds it up and signals.
 */
import { preset } from "@granule/granule";
import { DomainsPort, FramesPort, layoutFor, SchedulerPort } from "@granule/hypervisor";
import { assemble, type Json, type Machine, type TraceRecord } from "@granule/kit";
import { type Guest, type GuestProgram, scripted, type Trap } from "@granule/machine";
import { add, type AnyGranule, type Bytes, kib, mib, range, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, compile, type Hypercall, PLACE_OBJECT, V2 } from "@granule/xen-abi";

const RAM: Bytes = mib(2);
const LAYOUT = layoutFor(RAM);
const EXTENT: Bytes = kib(64);
/** Where things are in either domain's RAM. */
const ARGS = LAYOUT.ram.start;
const SHARED = add(LAYOUT.ram.start, mib(1));
const BALLOON = range(add(LAYOUT.ram.start, mib(1) + EXTENT), EXTENT);
const RESULT = add(LAYOUT.ram.start, kib(64));
const ROUNDS = 24;
const GRANTER = 1;
const MAPPER = 2;
/** First reference that is not reserved, of the v2 table. */
const REF = 0x80000000 + 8;

/** One hypercall with its structure at ARGS. */
function* call(g: Guest, d: Hypercall, args: Readonly<Record<string, unknown>>, count = 1): Trap<{ readonly x0: number; readonly out: Readonly<Record<string, number | bigint>> }> {
  const c = compile(d);
  const buffer = new DataView(new ArrayBuffer(d.buffer?.size ?? 0));
  for (let x = 0; x < 5; x++) g.regs.setBigUint64(8 * x, 0n, true);
  const encoded = c.encode(args, g.regs, buffer);
  if (!encoded.ok) throw new Error(encoded.why);
  if (d.op !== null) g.regs.setBigUint64(0, BigInt(d.op), true);
  g.write(vaFromIpa(ARGS), new Uint8Array(buffer.buffer));
  if (d.buffer !== undefined) g.regs.setBigUint64(8 * d.buffer.x, BigInt(toNumber(ARGS)), true);
  if (d.buffer?.list !== undefined) g.regs.setBigUint64(8 * d.buffer.list.count, BigInt(count), true);
  g.regs.setBigUint64(8 * 16, BigInt(d.nr), true);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  g.read(vaFromIpa(ARGS), new Uint8Array(buffer.buffer));
  return { x0: Number(g.regs.getBigInt64(0, true)), out: c.results(g.regs, buffer) };
}
const stepOf = (saved: Json | undefined): number => (typeof saved === "number" ? saved : 0);

/** Grants, then writes a round's number over the extent, and now and then gives 64 KiB away and takes them back. */
const granter: GuestProgram = function* (g, saved) {
  for (let step = stepOf(saved); step < ROUNDS; step++) {
    const now = step;
    yield* g.checkpoint(() => now);
    if (step === 0) {
      const table = LAYOUT.grantTable.start;
      yield* call(g, V2.place, { object: PLACE_OBJECT.grant_table_v2, offset: 0, address: table, size: EXTENT });
      const entry = add(table, 16 * (REF - 0x80000000));
      g.store64(vaFromIpa(add(entry, 8)), BigInt(toNumber(SHARED)) | 16n);
      // MAGIC: word 0 of an entry is flags, then domid
      g.store32(vaFromIpa(entry), C.GTF.permit_access | (MAPPER << 16));
    }
    g.fill(vaFromIpa(SHARED), EXTENT, step);
    if (step % 5 === 2) yield* call(g, V2.release, { extent: BALLOON });
    if (step % 5 === 4) yield* call(g, V2.populate, { extent: BALLOON });
  }
};

/** Maps the grant once it is there, then adds up what it sees; unmaps and maps again every few rounds. */
const mapper: GuestProgram = function* (g, saved) {
  const at = LAYOUT.extended.start;
  for (let step = stepOf(saved); step < ROUNDS; step++) {
    const now = step;
    yield* g.checkpoint(() => now);
    const handleAt = vaFromIpa(add(RESULT, 8));
    if (step % 6 === 1) {
      const r = yield* call(g, V2.grant_map, { domid: GRANTER, flags: 0, ref: REF, address: at, size: EXTENT });
      g.store32(handleAt, Number(r.out["status"]) === 0 ? Number(r.out["handle"]) + 1 : 0);
    }
    const handle = g.load32(handleAt);
    if (handle !== 0) g.store32(vaFromIpa(RESULT), (g.load32(vaFromIpa(RESULT)) * 31 + g.load8(vaFromIpa(add(at, XEN_PAGE.size * (step % 16))))) >>> 0);
    if (handle !== 0 && step % 6 === 5) {
      yield* call(g, V2.grant_unmap, { handle: handle - 1 });
      g.store32(handleAt, 0);
    }
    yield* g.wait(g.now() + 1000);
  }
};
const PROGRAMS: Readonly<Record<string, GuestProgram>> = { granter, mapper };

export interface Talk {
  readonly machine: Machine;
  readonly trace: TraceRecord[];
}
/** The pair, built; "empty": only the plugins, to load a snapshot into; "no programs": and nobody to drive vcpus. */
export function createTalk(a: AnyGranule, b: AnyGranule, kind: "built" | "empty" | "no programs" = "built"): Talk {
  const trace: TraceRecord[] = [];
  const machine = assemble([...preset({ ram: mib(6), tables: mib(4) })], { trace: (r) => void trace.push(r) });
  const domains = machine.get(DomainsPort);
  if (kind !== "no programs")
    domains.setEngines((name) => {
      const program = PROGRAMS[name];
      return program === undefined ? undefined : scripted(program);
    });
  if (kind === "built")
    for (const [name, granule] of [["granter", a], ["mapper", b]] as const) {
      const made = domains.create({ name, granule, ram: RAM, vcpus: [scripted(name === "granter" ? granter : mapper)] });
      if (!made.ok) throw new Error(made.why);
    }
  return { machine, trace };
}

/** Runs to the end: states, time, what the mapper computed, who owns what. */
export function finish({ machine }: Talk): Json {
  machine.get(SchedulerPort).run();
  const domains = machine.get(DomainsPort);
  const totals = machine.get(FramesPort).totals();
  return {
    time: machine.now(), totals: { ...totals },
    domains: domains.list().map((d) => ({ name: d.name, state: d.state, reason: d.reason, current: d.currentBytes, counters: { ...d.counters.all() }, tables: d.p2m.tableBytes() })),
  };
}

export const isJson = (v: unknown): v is Json => typeof v === "object" && v !== null;
