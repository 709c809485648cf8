/**
 * The reference interpreter as an engine: slow, plain, and what a faster one is compared with. All state is in the vcpu's
 * registers, so that engines can be exchanged between two runs.
 *
 * What counts: each instruction is one, whether it completes, takes an exception to EL1 or leaves `run`; taking an
 * interrupt is none. While an instruction executes, `regs.retired` has those before it: so the counters read the time
 * at which it began. `run` retires exactly its budget unless it leaves earlier.
 */
import { type CpuModel, EC, ISS_SYS } from "@granule/arm";
import { type AccessKind, type Engine, type EngineFactory, type EngineHost, EXECUTE, type Exit, heldExit, injectAbort, READ, WRITE } from "@granule/machine";
import { type Json, jsonObject } from "@granule/kit";
import { hex, ModelBug, ok, vaFromX } from "@granule/units";
import { createDecoder, type Decoder } from "../spec/decode.ts";
import { featureBits, featuresOf } from "../spec/features.ts";
import { systemKey } from "../spec/systemRegisters.ts";
import type { MemoryFault, Outcome, SystemEncoding, SystemPort } from "./contract.ts";
import { Taken } from "./core.ts";
import { createReferenceCpu } from "./cpu.ts";
import { createVcpuMemory } from "./vcpuMemory.ts";
import { createVcpuState, readIdentification } from "./vcpuState.ts";

export interface ReferenceEngineOptions {
  readonly cpu: CpuModel;
  /** False: unaligned accesses to Device memory do not fault (QEMU 7.2 does so). Default true. */
  readonly deviceAlignment?: boolean;
}

/** Hz of the counters: the clock counts nanoseconds. */
const FREQUENCY = 62_500_000;
const NS_PER_TICK = 1e9 / FREQUENCY;

const KEY = {
  CNTFRQ_EL0: systemKey(3, 3, 14, 0, 0), CNTPCT_EL0: systemKey(3, 3, 14, 0, 1), CNTVCT_EL0: systemKey(3, 3, 14, 0, 2), CNTKCTL_EL1: systemKey(3, 0, 14, 1, 0),
} as const;
/** CNTKCTL_EL1: EL0PCTEN, EL0VCTEN; EVNTEN, EVNTDIR, EVNTI, EL0VTEN, EL0PTEN are kept. */
const EL0PCTEN = 1n;
const EL0VCTEN = 2n;
const CNTKCTL_WRITABLE = 0x3ffn;

const keyOf = (r: SystemEncoding): number => systemKey(r.op0, r.op1, r.CRn, r.CRm, r.op2);

/** The counters, which the PE holds; everything else is the host's. */
function createSystemPort(host: EngineHost, wordOf: () => number, operate: SystemPort["operate"]): SystemPort {
  const { regs } = host;
  const count = (): bigint => BigInt(Math.floor(host.now() / NS_PER_TICK));
  /** @throws Taken when CNTKCTL_EL1 keeps EL0 out. */
  const checkEl0 = (r: SystemEncoding, el: 0 | 1, bits: bigint, isRead: boolean): void => {
    if (el === 1 || (isRead && (regs.get("CNTKCTL_EL1") & bits) !== 0n)) return;
    throw new Taken(EC.SYS64, Number(ISS_SYS.encode({ Direction: isRead ? 1 : 0, CRm: r.CRm, Rt: wordOf() & 31, CRn: r.CRn, Op1: r.op1, Op2: r.op2, Op0: r.op0 })));
  };
  return {
    operate,
    read(r, el) {
      switch (keyOf(r)) {
        case KEY.CNTFRQ_EL0:
          checkEl0(r, el, EL0PCTEN | EL0VCTEN, true);
          return BigInt(FREQUENCY);
        case KEY.CNTPCT_EL0:
          checkEl0(r, el, EL0PCTEN, true);
          return count();
        case KEY.CNTVCT_EL0:
          checkEl0(r, el, EL0VCTEN, true);
          return count();
        case KEY.CNTKCTL_EL1:
          return el === 1 ? regs.get("CNTKCTL_EL1") : undefined;
        default:
          return host.readSystem(keyOf(r), el);
      }
    },
    write(r, value, el) {
      switch (keyOf(r)) {
        case KEY.CNTKCTL_EL1:
          if (el === 1) regs.set("CNTKCTL_EL1", value & CNTKCTL_WRITABLE);
          return el === 1;
        case KEY.CNTFRQ_EL0: // only the highest Exception level writes it
        case KEY.CNTPCT_EL0:
        case KEY.CNTVCT_EL0:
          return false;
        default:
          return host.writeSystem(keyOf(r), value, el);
      }
    },
  };
}

const AT: Readonly<Record<string, { readonly access: typeof READ | typeof WRITE; readonly el0: boolean }>> = {
  "AT S1E1R": { access: READ, el0: false }, "AT S1E1W": { access: WRITE, el0: false }, "AT S1E0R": { access: READ, el0: true }, "AT S1E0W": { access: WRITE, el0: true },
};
/** Cache maintenance that translates; of those by set and way there is nothing to do. */
const BY_ADDRESS = /^(IC IVAU|DC C?I?VA[CU])$/;
/** PSTATE.I within PSTATE.{D,A,I,F}. */
const DAIF_I = 0b0010;
/** ISS.WnR of a Data Abort. */
const WNR = 1 << 6;
const BUDGET: Exit = { kind: "budget" };
const WAIT: Exit = { kind: "wait", until: Infinity };
/** Decoded words kept; then they are forgotten all at once. */
const MOST_WORDS = 65_536; // MAGIC: a count

/** Decodes each word once. */
function remembering(decode: Decoder): Decoder {
  const known = new Map<number, ReturnType<Decoder>>();
  return (word) => {
    let found = known.get(word);
    if (found === undefined) {
      if (known.size >= MOST_WORDS) known.clear();
      known.set(word, (found = decode(word)));
    }
    return found;
  };
}

/** A factory of engines for vcpus of one domain: TLBI of one reaches all of them. */
export function referenceEngine(options: ReferenceEngineOptions): EngineFactory {
  const all: Engine[] = [];
  const decoders = new Map<number, Decoder>();
  const decoderOf = (isar0: bigint): Decoder => {
    const bits = featureBits(Number(BigInt.asUintN(32, isar0)));
    let decoder = decoders.get(bits);
    if (decoder === undefined) decoders.set(bits, (decoder = remembering(createDecoder(featuresOf(bits)))));
    return decoder;
  };
  return (host) => {
    const engine = createReferenceEngine(host, options, decoderOf, () => {
      for (const e of all) e.flush();
    });
    all.push(engine);
    return engine;
  };
}

function createReferenceEngine(host: EngineHost, options: ReferenceEngineOptions, decoderOf: (isar0: bigint) => Decoder, flushAll: () => void): Engine {
  const { regs } = host;
  let irqUp = false;
  let isStopped = false;
  const state = createVcpuState(regs, () => irqUp);
  const memory = createVcpuMemory(host, options.cpu, options.deviceAlignment !== false);
  const identification = readIdentification(regs);
  let decode = decoderOf(0n);
  /** The instruction that is executed. */
  let word = 0;
  let isFetch = false;
  const port = createSystemPort(host, () => word, (name, value, el) => {
    const at = AT[name];
    if (at !== undefined) state.system.set("PAR_EL1", memory.addressTranslate(value, at.access, at));
    else if (name.startsWith("TLBI")) flushAll();
    else if (BY_ADDRESS.test(name)) return memory.maintain(value, name === "DC IVAC" ? WRITE : READ, { el0: el === 0 });
    return undefined;
  });
  const cpu = createReferenceCpu(
    {
      decode: (w) => {
        word = w;
        const instruction = decode(w);
        if (instruction === undefined) host.unallocated?.(state.pc, w >>> 0);
        return instruction;
      },
      memory: {
        fetch(va, rights) {
          isFetch = true;
          const r = memory.fetch(va, rights);
          isFetch = typeof r !== "number";
          return r;
        },
        load: memory.load,
        store: memory.store,
      },
      port, identification,
    },
    state,
  );
  const hvc: { kind: "hvc"; imm: number } = { kind: "hvc", imm: 0 };
  const smc: { kind: "smc"; imm: number } = { kind: "smc", imm: 0 };

  const abortIss = (write: boolean): number => (host.abortStatus === undefined ? 0 : host.abortStatus | (write ? WNR : 0));
  /** The vcpu stays before an access that stage 2 refused, when its host wants so. */
  const holdBefore = ({ va, ipa }: MemoryFault, access: AccessKind): Exit | undefined => {
    const at = vaFromX(va, true);
    if (ipa === undefined || !at.ok) return undefined;
    const refused = { va: at.value, ipa, access };
    if (host.holds?.(refused) !== true) return undefined;
    state.monitor = undefined;
    return heldExit(regs, refused);
  };
  /** What leaves `run`, if the outcome does. */
  const handle = (outcome: Outcome): Exit | undefined => {
    switch (outcome.kind) {
      case "retired":
      case "exception":
        return undefined;
      case "hvc":
        hvc.imm = outcome.imm;
        return hvc;
      case "smc":
        smc.imm = outcome.imm;
        return smc;
      case "wait":
        if (outcome.event) return BUDGET;
        return irqUp ? undefined : WAIT;
      case "abort": {
        const held = outcome.maintenance ? undefined : holdBefore(outcome.fault, isFetch ? EXECUTE : outcome.write ? WRITE : READ);
        if (held !== undefined) return held;
        injectAbort(regs, isFetch ? "instruction" : "data", outcome.fault.va, abortIss(outcome.write));
        return undefined;
      }
    }
  };
  return {
    regs,
    run(budget) {
      // they are memory, and may have been loaded since
      Object.assign(identification, readIdentification(regs));
      decode = decoderOf(identification["ID_AA64ISAR0_EL1"] ?? 0n);
      isStopped = false;
      for (const end = regs.retired + budget; regs.retired < end && !isStopped; ) {
        if (irqUp && (state.daif & DAIF_I) === 0) cpu.interrupt("irq");
        const outcome = cpu.step();
        regs.retired++;
        const exit = handle(outcome);
        if (exit !== undefined) return exit;
      }
      return BUDGET;
    },
    irq: (level) => void (irqUp = level),
    stop: () => void (isStopped = true),
    flush() {
      memory.flush();
      host.translator.invalidate();
    },
    save() {
      const { monitor } = state;
      return ok(monitor === undefined ? {} : { monitor: [hex(monitor.address), hex(monitor.values[0]), hex(monitor.values[1]), monitor.bytes] });
    },
    load(saved: Json) {
      const { monitor } = jsonObject(saved, "an A64 vcpu");
      state.monitor = undefined;
      if (monitor === undefined) return;
      if (!Array.isArray(monitor) || monitor.length !== 4) throw new ModelBug("an A64 vcpu: torn monitor");
      const [address = 0n, low = 0n, high = 0n] = monitor.slice(0, 3).map((word) => BigInt(String(word)));
      state.monitor = { address, values: [low, high], bytes: Number(monitor[3]) };
    },
  };
}
