/** The machine as a plugin: memory, its two regions and the CPU model. */
import { fromBase64, toBase64 } from "@granule/codec";
import { type CpuModel, findCpu, CPU_MODELS } from "@granule/arm";
import { definePlugin, type Json } from "@granule/kit";
import { add, BACKING_UNIT, type Bytes, GranuleError, mib, ModelBug } from "@granule/units";
import { MachinePort } from "./contract.ts";
import { createFrameAllocator } from "./frames.ts";
import { createMachineMemory } from "./memory.ts";

export interface MachineConfig {
  /** A model, or the name of one in CPU_MODELS. Default "all-granules". */
  readonly cpu: CpuModel | string;
  /** RAM for guests and objects that guests reach, in bytes; a multiple of 64 KiB. Default 256 MiB. */
  readonly ram: Bytes;
  /** Memory for stage 2 tables and vcpu registers, in bytes; a multiple of 64 KiB. Default 16 MiB. */
  readonly tables: Bytes;
}

function parse(raw: Partial<MachineConfig> | undefined): { readonly cpu: CpuModel; readonly ram: Bytes; readonly tables: Bytes } {
  // configurations come from files too
  const given = raw ?? {};
  if (typeof given !== "object") throw new GranuleError("GRAN0020", "machine: the configuration is not an object");
  const { cpu = "all-granules", ram = mib(256), tables = mib(16) } = given;
  const model = typeof cpu === "string" ? findCpu(cpu) : cpu;
  if (model === undefined) throw new GranuleError("GRAN0021", `machine.cpu: no model "${String(cpu)}"`, `Models: ${CPU_MODELS.map((c) => c.name).join(", ")}.`);
  for (const [key, value] of [["ram", ram], ["tables", tables]] as const)
    if (!Number.isSafeInteger(value) || value <= 0 || value % BACKING_UNIT !== 0) throw new GranuleError("GRAN0022", `machine.${key}: ${value} bytes is not a positive multiple of ${BACKING_UNIT}`);
  return { cpu: model, ram, tables };
}

/** Provides {@link MachinePort}. Guest-reachable RAM lies after the tables: an offset that is too small is caught first. */
export const machine = definePlugin({
  name: "machine",
  version: 1,
  provides: { machine: MachinePort },
  requires: {},
  config: parse,
  setup({ config }) {
    const memory = createMachineMemory(config.tables + config.ram);
    const tables = createFrameAllocator(memory, memory.base, config.tables);
    const ram = createFrameAllocator(memory, add(memory.base, config.tables), config.ram);
    return {
      ports: { machine: { cpu: config.cpu, memory, ram, tables } },
      save: (): Json => ({ ram: ram.save(), tables: tables.save(), bytes: encode(memory.u8) }),
      load(state) {
        if (typeof state !== "object" || state === null || !("bytes" in state) || typeof state.bytes !== "object") throw new ModelBug("machine: torn state");
        const { ram: r, tables: t, bytes } = state;
        if (r === undefined || t === undefined || !Array.isArray(bytes)) throw new ModelBug("machine: torn state");
        ram.load(r);
        tables.load(t);
        decode(bytes, memory.u8);
      },
    };
  },
});

/** Memory as pairs [offset, base64 of a block that is not all zero]. */
function encode(u8: Uint8Array): Json {
  const out: Json[] = [];
  for (let at = 0; at < u8.length; at += BACKING_UNIT) {
    const block = u8.subarray(at, at + BACKING_UNIT);
    if (block.some((b) => b !== 0)) out.push([at, toBase64(block)]);
  }
  return out;
}
function decode(blocks: readonly Json[], u8: Uint8Array): void {
  u8.fill(0);
  for (const b of blocks) {
    if (!Array.isArray(b) || typeof b[0] !== "number" || typeof b[1] !== "string") throw new ModelBug("machine: torn memory block");
    u8.set(fromBase64(b[1]), b[0]);
  }
}
