/** The engine's wasm module: what it exports and imports, and where its part of a vcpu's registers has what. */
import { fromBase64 } from "@granule/codec";
import { ModelBug } from "@granule/units";
import { ENGINE_WASM } from "./generated.ts";

/** Functions of assembly/index.ts. Addresses are offsets in memory; 64-bit values are passed in halves or through memory. */
export interface EngineExports {
  createMachine(baseHi: number, baseLo: number, size: number, pool: number, pages: number): void;
  poolBytes(memorySize: number, pages: number): number;
  tlbBytes(): number;
  /** Answers the vcpu's record, 0 when there are too many. */
  addVcpu(regs: number, tables: number, vmid: number): number;
  registersChanged(regs: number): void;
  dropAllCode(): void;
  flushVcpu(regs: number): void;
  /** Answers an EXIT_* of assembly/state.ts. */
  run(regs: number, budget: number): number;
  walk(regs: number, vaHi: number, vaLo: number, access: number, el0: number, out: number): number;
  /** AT S1E1R and kin: into PAR_EL1. */
  addressTranslate(regs: number, vaHi: number, vaLo: number, write: number, el0: number): void;
}
/** Offsets from a vcpu's registers. */
export interface EngineOffsets {
  readonly irq: number;
  readonly stop: number;
  readonly features: number;
  readonly injectIss: number;
  readonly granules: number;
  readonly paBits: number;
  readonly time: number;
  readonly ioVa: number;
  readonly ioValue: number;
  readonly imm: number;
  /** From the start of its record. */
  readonly stale: number;
  readonly left: number;
  readonly options: number;
  readonly stage2: number;
  readonly monitor: number;
}
/** What the module asks for: see assembly/host.ts. */
export interface EngineImports {
  access(ipaLo: number, ipaHi: number, bytes: number, write: number, executed: number): number;
  holds(ipaLo: number, ipaHi: number, access: number): number;
  system(key: number, write: number, el: number, executed: number): number;
  unallocated(word: number, pcLo: number, pcHi: number): void;
}

let compiled: WebAssembly.Module | undefined;

type Call = (...args: readonly number[]) => number;
/** The module's functions take and answer numbers; those without an answer are not asked for one. */
const isCall = (x: unknown): x is Call => typeof x === "function";
/** The function itself: a call by way of another costs more than a short run. @throws ModelBug when the module is not the one that this was written for. */
function callOf(exports: WebAssembly.Exports, name: string): Call {
  const found: unknown = exports[name];
  if (!isCall(found)) throw new ModelBug(`the engine exports no ${name}`);
  return found;
}

/** An instance over a machine's memory. */
export function instantiateEngine(memory: WebAssembly.Memory, host: EngineImports): { readonly engine: EngineExports; readonly offsets: EngineOffsets } {
  compiled ??= new WebAssembly.Module(Uint8Array.from(fromBase64(ENGINE_WASM)));
  const imports: Record<string, WebAssembly.ModuleImports> = { env: { memory } };
  Reflect.set(imports, "host", host);
  const { exports } = new WebAssembly.Instance(compiled, imports);
  const call = (name: string): Call => callOf(exports, name);
  const offset = (name: string): number => call(`offset${name}`)();
  return {
    engine: {
      createMachine: call("createMachine"), poolBytes: call("poolBytes"), tlbBytes: call("tlbBytes"), addVcpu: call("addVcpu"),
      registersChanged: call("registersChanged"), dropAllCode: call("dropAllCode"), flushVcpu: call("flushVcpu"),
      run: call("run"), walk: call("walk"), addressTranslate: call("addressTranslate"),
    },
    offsets: {
      irq: offset("Irq"), stop: offset("Stop"), features: offset("Features"), injectIss: offset("InjectIss"), granules: offset("Granules"), paBits: offset("PaBits"),
      time: offset("Time"), ioVa: offset("IoVa"), ioValue: offset("IoValue"), imm: offset("Imm"), stale: offset("Stale"), left: offset("Left"), options: offset("Options"),
      stage2: offset("Stage2"), monitor: offset("Monitor"),
    },
  };
}
