/**
 * The fast engine: an interpreter in wasm over the machine's own memory. One instance drives all vcpus of a machine; their
 * state is in their registers, in machine memory, so that engines can be exchanged between two runs. What counts is as
 * reference/engine.ts says.
 */
import type { CpuModel } from "@granule/arm";
import { setU53 } from "@granule/codec";
import { type Json, jsonObject } from "@granule/kit";
import { type AbortInfo, type Engine, type EngineFactory, type EngineHost, EXECUTE, type Exit, heldExit, idRegisterAt, type MachineMemory, READ, type RefusedAccess, VcpuRegsLayout, WRITE } from "@granule/machine";
import { type Bytes, hex, type Ipa, ipa, kib, ModelBug, ok, type Pa, toNumber, va, vaFromX } from "@granule/units";
import { featureBits } from "../spec/features.ts";
import { writeSettings } from "./settings.ts";
import { type EngineExports, type EngineOffsets, instantiateEngine } from "./wasm.ts";

export interface FastEngineOptions {
  readonly cpu: CpuModel;
  readonly memory: MachineMemory;
  /** Memory outside every guest's reach: zeroed, aligned to `align`. */
  readonly allocate: (size: Bytes, align: Bytes) => Pa | undefined;
  /** Most 4096-byte pages of code that are kept decoded, 16 KiB each. Default 2048. */
  readonly codePages?: number;
  /** False: unaligned accesses to Device memory do not fault (QEMU 7.2 does so). Default true. */
  readonly deviceAlignment?: boolean;
}

/** EXIT_* of assembly/state.ts. */
const EXIT = { budget: 0, hvc: 1, smc: 2, wait: 3, yield: 4 } as const;
/** Answers of assembly/host.ts. */
const ACCESS = { retry: 0, inject: 1, done: 2 } as const;
/** ID_AA64ISAR0_EL1. */
const ISAR0 = idRegisterAt({ CRm: 6, op2: 0 });
/** Bytes of the micro-ops of a page of code. */
const MICRO_OP_PAGE: Bytes = kib(16);
const CODE_PAGES = 2048;
/** A run is at most this many instructions long: addresses of micro-ops, which count them, stay far below 2^32. */
const MOST_AT_ONCE = 2 ** 20;
const VMID_SHIFT = 48n;
/** A host that says "retry" this often to one access is wrong. */
const MAX_RETRIES = 4;
const WORD = 2 ** 32;
const ipaOf = (hi: number, lo: number): Ipa => ipa((hi >>> 0) * WORD + (lo >>> 0));

interface Running {
  readonly host: EngineHost;
  /** `regs.retired` when the run began. */
  began: number;
  /** The last access that was to be tried again, and how often in succession. */
  retried: { readonly ipa: AbortInfo["ipa"]; readonly at: number; readonly times: number } | undefined;
  /** The access before which the host holds the vcpu. */
  held: RefusedAccess | undefined;
}

/** A factory of engines for the vcpus of one machine. */
export function fastEngine(options: FastEngineOptions): EngineFactory {
  const { cpu, memory } = options;
  let running: Running | undefined;
  const current = (): Running => {
    if (running === undefined) throw new ModelBug("the engine calls its host outside a run");
    return running;
  };
  const { engine, offsets } = instantiateEngine(memory.wasm, {
    access(ipaLo, ipaHi, bytes, write, executed) {
      const { host, began } = current();
      const { view } = host.regs;
      host.regs.retired = began + executed;
      const isWrite = write !== 0;
      const value = isWrite ? view.getUint32(offsets.ioValue, true) + view.getUint32(offsets.ioValue + 4, true) * WORD : 0;
      const at = vaFromX(view.getBigUint64(offsets.ioVa, true));
      const info: AbortInfo = { esr: 0, va: at.ok ? at.value : va(0), write: isWrite, bytes, stage: 2, ipa: ipaOf(ipaHi, ipaLo) };
      const answer = host.abort(info, value);
      if (answer === "retry") {
        const run = current();
        const at = host.regs.retired;
        const again = run.retried?.ipa === info.ipa && run.retried?.at === at;
        run.retried = { ipa: info.ipa, at, times: again ? (run.retried?.times ?? 0) + 1 : 1 };
        if (run.retried.times > MAX_RETRIES) throw new ModelBug(`the host answers "retry" again and again to an access of ipa ${hex(info.ipa ?? 0)}`);
        return ACCESS.retry;
      }
      if (answer === "inject") return ACCESS.inject;
      if (!isWrite) setU53(view, offsets.ioValue, answer);
      return ACCESS.done;
    },
    holds(ipaLo, ipaHi, access) {
      const run = current();
      const at = vaFromX(run.host.regs.view.getBigUint64(offsets.ioVa, true));
      const refused: RefusedAccess = { va: at.ok ? at.value : va(0), ipa: ipaOf(ipaHi, ipaLo), access: access === WRITE || access === EXECUTE ? access : READ };
      if (run.host.holds?.(refused) !== true) return 0;
      run.held = refused;
      return 1;
    },
    system(key, write, el, executed) {
      const { host, began } = current();
      const { view } = host.regs;
      host.regs.retired = began + executed;
      const level = el === 0 ? 0 : 1;
      if (write !== 0) return host.writeSystem(key, view.getBigUint64(offsets.ioValue, true), level) ? 1 : 0;
      const value = host.readSystem(key, level);
      if (value === undefined) return 0;
      view.setBigUint64(offsets.ioValue, BigInt.asUintN(64, value), true);
      return 1;
    },
    unallocated(word, pcLo, pcHi) {
      current().host.unallocated?.((BigInt(pcHi >>> 0) << 32n) | BigInt(pcLo >>> 0), word >>> 0);
    },
  });
  const reserve = (size: Bytes, align: Bytes, what: string): number => {
    const at = options.allocate(Math.ceil(size / MICRO_OP_PAGE) * MICRO_OP_PAGE, align);
    if (at === undefined) throw new RangeError(`no ${size} bytes of memory for ${what} of the engine: give the machine more for tables`);
    return memory.offset(at);
  };
  const pages = options.codePages ?? CODE_PAGES;
  const base = toNumber(memory.base);
  engine.createMachine(Math.floor(base / WORD), base % WORD, memory.size, reserve(engine.poolBytes(memory.size, pages), MICRO_OP_PAGE, "decoded code"), pages);
  /** Places of TLBs, by place of the registers that they belong to. */
  const tables = new Map<number, number>();
  /** Sets the engine's part of a vcpu's registers, of which nothing is kept: it may come from another host. Answers the record's place. */
  const prepare = (host: EngineHost): number => {
    const { view } = host.regs;
    const regs = view.byteOffset;
    memory.u8.fill(0, regs + VcpuRegsLayout.fields.engine.offset, regs + VcpuRegsLayout.size);
    writeSettings(view, offsets, cpu, host, options.deviceAlignment !== false);
    const place = tables.get(regs) ?? reserve(engine.tlbBytes(), MICRO_OP_PAGE, "translations");
    tables.set(regs, place);
    // memory that was somebody else's may hold other code now
    engine.dropAllCode();
    const record = engine.addVcpu(regs, place, Number((host.stage2.vttbr >> VMID_SHIFT) & 0xffn));
    if (record === 0) throw new RangeError("the engine has no room for another vcpu");
    return record;
  };
  return (host) => createFastEngine({ host, engine, offsets, prepare: () => prepare(host), enter: (r) => void (running = r) });
}

interface Parts {
  readonly host: EngineHost;
  readonly engine: EngineExports;
  readonly offsets: EngineOffsets;
  /** Answers where the vcpu's record is. */
  readonly prepare: () => number;
  readonly enter: (running: Running | undefined) => void;
}

function createFastEngine({ host, engine, offsets, prepare, enter }: Parts): Engine {
  const { memory, regs } = host;
  const { view } = regs;
  let stale = prepare() + offsets.stale;
  /** Level of the interrupt line. */
  let irq = false;
  const at = view.byteOffset;
  const run: Running = { host, began: 0, retried: undefined, held: undefined };
  const hvc: { kind: "hvc"; imm: number } = { kind: "hvc", imm: 0 };
  const smc: { kind: "smc"; imm: number } = { kind: "smc", imm: 0 };
  const wait: Exit = { kind: "wait", until: Infinity };
  const budgetExit: Exit = { kind: "budget" };
  /** Which `regs.generation` the engine has decoded: writes by others count it up. */
  let known = -1;

  const exitOf = (code: number): Exit => {
    switch (code) {
      case EXIT.hvc:
        hvc.imm = view.getUint32(offsets.imm, true);
        return hvc;
      case EXIT.smc:
        smc.imm = view.getUint32(offsets.imm, true);
        return smc;
      case EXIT.wait:
        return wait;
      default:
        return budgetExit;
    }
  };
  return {
    regs,
    run(budget) {
      if (known !== regs.generation) {
        known = regs.generation;
        view.setUint32(offsets.features, featureBits(view.getUint32(ISAR0, true)), true);
        engine.registersChanged(at);
        memory.view.setUint32(stale, 0, true);
      }
      let code: number = EXIT.budget;
      for (let left = budget; left > 0; ) {
        const part = Math.min(left, MOST_AT_ONCE);
        setU53(view, offsets.time, host.now());
        run.began = regs.retired;
        run.held = undefined;
        enter(run);
        code = engine.run(at, part);
        enter(undefined);
        regs.retired = run.began + part - view.getInt32(offsets.left, true);
        left -= part;
        // it left, or the host stopped it
        if (code !== EXIT.budget || view.getUint32(offsets.stop, true) !== 0) break;
      }
      if (memory.view.getUint32(stale, true) !== 0) {
        // what others decoded or cached for this vcpu is old; what the engine has is not
        memory.view.setUint32(stale, 0, true);
        known = ++regs.generation;
        host.translator.invalidate();
      }
      return run.held === undefined ? exitOf(code) : heldExit(regs, run.held);
    },
    irq(level) {
      irq = level;
      view.setUint32(offsets.irq, level ? 1 : 0, true);
    },
    stop: () => view.setUint32(offsets.stop, 1, true),
    flush() {
      engine.flushVcpu(at);
      host.translator.invalidate();
    },
    save() {
      // decoded code is in memory, but nothing that a snapshot needs
      engine.dropAllCode();
      const bytes = view.getUint32(offsets.monitor + 24, true);
      const word = (i: number): string => hex(view.getBigUint64(offsets.monitor + 8 * i, true));
      return ok(bytes === 0 ? {} : { monitor: [word(0), word(1), word(2), bytes] });
    },
    load(saved: Json) {
      // its part of the registers, tables and decoded code are of another time
      stale = prepare() + offsets.stale;
      known = -1;
      view.setUint32(offsets.irq, irq ? 1 : 0, true);
      const { monitor } = jsonObject(saved, "an A64 vcpu");
      if (monitor === undefined) return;
      if (!Array.isArray(monitor) || monitor.length !== 4) throw new ModelBug("an A64 vcpu: torn monitor");
      monitor.slice(0, 3).forEach((word, i) => view.setBigUint64(offsets.monitor + 8 * i, BigInt(String(word)), true));
      view.setUint32(offsets.monitor + 24, Number(monitor[3]), true);
    },
  };
}
