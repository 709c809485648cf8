/**
 * Runs a configuration: builds its domains on one machine, connects every block device, writes a payload through the
 * front end, flushes, reads it back, disconnects, and reports what it took. Deterministic for a configuration and seed.
 */
import type { Kernel } from "@granule/guest-sdk";
import { ConsolesPort, type Domain } from "@granule/hypervisor";
import { assembleList, type AnyPlugin, type Machine, type TraceSink } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { type BlockBackend, type BlockCounters, type BlockDisk, createCounters, type Disk, memoryDisk } from "@granule/pv-block";
import { type Bytes, GranuleError, mib, range, roundUp, vaFromIpa } from "@granule/units";
import { type BlockPair, blockPair, drive } from "./blockPair.ts";
import { firstDifference, seededBytes } from "./bytes.ts";
import type { BlockSetting, Config, DomainSetting } from "./config.ts";
import { preset } from "./preset.ts";
import { createToolstack, type KernelProgram, XVDA } from "./toolstack.ts";

export interface EndReport {
  readonly name: string;
  /** Bytes. */
  readonly s1: Bytes;
  readonly g: Bytes;
  readonly abi: 1 | 2;
  /** While data moved. */
  readonly hypercalls: number;
  readonly counters: BlockCounters;
}
/** What one device did. */
export interface BlockReport {
  readonly front: EndReport;
  readonly back: EndReport;
  readonly wanted: "baseline" | "negotiated";
  /** U in bytes. */
  readonly unit: Bytes;
  readonly ring: "mapped" | "copied";
  readonly data: "mapped" | "copied";
  /** Written plus read. */
  readonly bytesMoved: Bytes;
  readonly payload: Uint8Array;
  readonly readBack: Uint8Array;
  /** The payload came back, and the disk holds it. */
  readonly intact: boolean;
}
export interface RunReport {
  readonly devices: readonly BlockReport[];
  readonly consoles: readonly { readonly domid: number; readonly text: string }[];
  /** Nanoseconds of the machine's clock: one for each instruction charged. */
  readonly time: number;
}
export interface RunOptions {
  /** The disk of device `i`; absent: a disk in memory of the configured size. */
  readonly disk?: (setting: BlockSetting, index: number) => Disk;
  /** What is written; absent: bytes from the seed. */
  readonly payload?: (setting: BlockSetting, index: number) => Uint8Array;
  readonly trace?: TraceSink;
  /** Bytes moved so far of all that will be. */
  readonly onProgress?: (done: Bytes, total: Bytes) => void;
  /** Changes the list of plugins before it is assembled. */
  readonly plugins?: (list: readonly AnyPlugin[]) => readonly AnyPlugin[];
}

const SECTOR = 512;
/** Machine memory beyond the domains' RAM: objects, the store's domain. */
const MACHINE_SLACK: Bytes = mib(32);
const TABLES: Bytes = mib(16);
/** Grants that a back end with persistent grants keeps. */
const PERSISTENT = 352;

/** The machine of a configuration, without domains. */
export function machineFor(config: Config, options: Pick<RunOptions, "plugins" | "trace"> = {}): Machine {
  const ram = roundUp(config.domains.reduce((sum, d) => sum + d.memory, MACHINE_SLACK), mib(1));
  const list = preset({ cpu: config.cpu, ram, tables: TABLES, xsm: config.xsm });
  return assembleList(options.plugins?.(list) ?? list, { seed: config.seed, ...(options.trace === undefined ? {} : { trace: options.trace }) });
}

/** One device while it runs. */
class Transfer {
  readonly setting: BlockSetting;
  readonly payload: Uint8Array;
  readonly readBack: Uint8Array;
  readonly disk: Disk;
  readonly pair: BlockPair;
  front: Domain | undefined;
  back: Domain | undefined;
  connected: BlockBackend["connection"];
  counters: BlockCounters = createCounters();
  moved: Bytes = 0;
  readonly hypercalls = { front: 0, back: 0 };

  constructor(setting: BlockSetting, payload: Uint8Array, disk: Disk, frontDomid: number) {
    this.setting = setting;
    this.payload = payload;
    this.readBack = new Uint8Array(payload.length);
    this.disk = disk;
    this.pair = blockPair({
      frontDomid, frontend: { persistent: setting.persistent },
      backend: { disk, ...(setting.unit === "baseline" ? { unitMax: 0 } : {}), persistent: setting.persistent ? PERSISTENT : 0 },
      work: (k, connect) => this.#work(k, connect),
    });
  }
  #count(): { readonly front: number; readonly back: number } {
    return { front: this.front?.counters.get("hypercall") ?? 0, back: this.back?.counters.get("hypercall") ?? 0 };
  }
  *#work(k: Kernel, connect: () => Trap<BlockDisk>): Trap<void> {
    const disk = yield* connect();
    this.connected = this.pair.backend.connection;
    const before = this.#count();
    yield* this.#move(k, disk);
    const after = this.#count();
    this.hypercalls.front = after.front - before.front;
    this.hypercalls.back = after.back - before.back;
    this.counters = { ...disk.counters };
    yield* disk.close();
  }
  *#move(k: Kernel, disk: BlockDisk): Trap<void> {
    const { request } = this.setting;
    const buffer = k.pages.alloc(request);
    const at = vaFromIpa(buffer.start);
    for (const operation of ["write", "read"] as const) {
      for (let done = 0; done < this.payload.length; done += request) {
        const size = Math.min(request, this.payload.length - done);
        const part = range(buffer.start, size);
        if (operation === "write") k.g.write(at, this.payload.subarray(done, done + size));
        else k.g.fill(at, size, 0);
        const r = operation === "write" ? yield* disk.write(done / SECTOR, part) : yield* disk.read(done / SECTOR, part);
        if (!r.ok) throw new Error(`${operation} at byte ${done}: ${r.why}`);
        if (operation === "read") k.g.read(at, this.readBack.subarray(done, done + size));
        this.moved += size;
      }
      const flushed = operation === "write" ? yield* disk.flush() : undefined;
      if (flushed?.ok === false) throw new Error(`flush: ${flushed.why}`);
    }
  }
  report(): BlockReport {
    const { setting, connected } = this;
    if (connected === undefined) throw new GranuleError("GRAN0035", `${setting.front.name} never connected to ${setting.back.name}`);
    const onDisk = new Uint8Array(this.payload.length);
    const readable = this.disk.read(0, onDisk);
    const end = (d: DomainSetting, hypercalls: number, counters: BlockCounters): EndReport => ({ name: d.name, s1: d.s1.size, g: d.g.size, abi: d.abi, hypercalls, counters });
    return {
      front: end(setting.front, this.hypercalls.front, this.counters), back: end(setting.back, this.hypercalls.back, { ...this.pair.backend.counters }), wanted: setting.unit,
      unit: connected.unit, ring: connected.ringMode, data: connected.dataMode, bytesMoved: this.moved, payload: this.payload, readBack: this.readBack,
      intact: readable && firstDifference(this.payload, this.readBack) < 0 && firstDifference(this.payload, onDisk) < 0,
    };
  }
}

/** Runs it. @throws GranuleError GRAN0034 when a domain cannot be built, GRAN0035 when one dies or all wait for ever. */
export function runConfig(config: Config, options: RunOptions = {}): RunReport {
  const machine = machineFor(config, options);
  const toolstack = createToolstack(machine, config.store);
  const domains = new Map<string, Domain>();
  const transfers = config.block.map((setting, i) => {
    const payload = options.payload?.(setting, i) ?? seededBytes(`${config.seed}/payload/${i}`, setting.move);
    const disk = options.disk?.(setting, i) ?? memoryDisk(new Uint8Array("size" in setting.disk ? setting.disk.size : setting.move));
    if (payload.length > disk.size) throw new GranuleError("GRAN0033", `block.${i}.move: ${payload.length} bytes do not fit a disk of ${disk.size} bytes`);
    // domids count from 1 in the order of the configuration
    return new Transfer(setting, payload, disk, config.domains.indexOf(setting.front) + 1);
  });
  for (const d of config.domains) {
    const transfer = transfers.find((t) => t.setting.front === d || t.setting.back === d);
    const idle: KernelProgram = (k) => k.log("no device: nothing to do");
    const main = transfer === undefined ? idle : transfer.setting.front === d ? transfer.pair.frontProgram : transfer.pair.backProgram;
    const domain = toolstack.createGuest({ name: d.name, s1: d.s1, g: d.g, abi: d.abi, ram: d.memory, ...(d.fragment === undefined ? {} : { fragment: d.fragment }) }, main);
    domains.set(d.name, domain);
  }
  for (const t of transfers) {
    t.front = domains.get(t.setting.front.name);
    t.back = domains.get(t.setting.back.name);
    if (t.front !== undefined && t.back !== undefined) toolstack.attachBlock({ front: t.front, back: t.back, device: XVDA });
  }
  const total = transfers.reduce((sum, t) => sum + 2 * t.payload.length, 0);
  const onSlice = (): void => options.onProgress?.(transfers.reduce((sum, t) => sum + t.moved, 0), total);
  drive(machine, toolstack, transfers.map((t) => ({ name: t.setting.front.name, pair: t.pair })), [...domains.values()], { onSlice });
  const devices = transfers.map((t) => t.report());
  const report: RunReport = { devices, consoles: [...machine.get(ConsolesPort).lines()], time: machine.now() };
  machine.dispose();
  return report;
}
