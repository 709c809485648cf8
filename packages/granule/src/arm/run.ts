/**
 * A machine with one guest that executes A64 code, from its start to its end: what `granule boot` and `granule machine virt`
 * drive, and anybody else who wants to run a kernel.
 */
import { DomainsPort, type Domain, SchedulerPort } from "@granule/hypervisor";
import { type Machine, teeSink, type TraceSink } from "@granule/kit";
import type { EngineFactory, MachineParts } from "@granule/machine";
import type { KernelImage } from "@granule/platform";
import { type AnyGranule, type Bytes, mib } from "@granule/units";
import { C } from "@granule/xen-abi";
import { type EngineName, ENGINES } from "./engines.ts";

/** What a guest is started with. */
export interface KernelSetting {
  readonly kernel: KernelImage;
  /** The initramfs, as the kernel shall see it. */
  readonly initrd?: Uint8Array;
  readonly cmdline?: string;
  /** RAM in bytes; a multiple of 64 KiB. */
  readonly memory: Bytes;
  /** 1 to 8; default 1. */
  readonly vcpus?: number;
  /** Name of a CPU model; default "cortex-a35". */
  readonly cpu?: string;
  /** G: default the CPU's smallest. */
  readonly stage2?: AnyGranule;
  /** What drives the vcpus: an engine of this project, or one of your own. Default "fast". */
  readonly engine?: EngineName | ((parts: MachineParts) => EngineFactory);
  /** What the guest writes to its consoles, in order, in pieces as they come. */
  readonly output: (text: string) => void;
  readonly trace?: TraceSink;
  readonly seed?: string | number;
}
export const DEFAULT_KERNEL_CPU = "cortex-a35";
/** Stage 2 tables, registers of vcpus, and what an engine keeps of code that it has decoded. */
export const KERNEL_TABLES: Bytes = /* @__PURE__ */ mib(64);

/** The factory that a setting asks for. */
export function engineFor({ engine = "fast" }: KernelSetting, parts: MachineParts): EngineFactory {
  return typeof engine === "string" ? ENGINES[engine](parts) : engine(parts);
}

/** How a guest is. "waiting": nothing happens before the time that was given as horizon. "stuck": nothing ever happens unless somebody types. */
export type RunState = "running" | "waiting" | "stuck" | "ended";
/** Why it ended. */
export type EndReason = "poweroff" | "reboot" | "suspend" | "crash";

export interface RunStatistics {
  readonly instructions: number;
  /** Of the machine's clock, in ns; more than instructions when the guest waited. */
  readonly time: number;
  /** Calls by name, most first. */
  readonly hypercalls: readonly (readonly [name: string, count: number])[];
  readonly firmwareCalls: number;
}

export interface KernelRun {
  readonly machine: Machine;
  readonly domain: Domain;
  /** Runs some scheduler turns. `horizon`: time, in ns of the machine's clock, beyond which it does not jump when all wait. */
  step(options?: { readonly slices?: number; readonly horizon?: number }): RunState;
  /** Types text on the guest's console. */
  type(text: string): void;
  /** Undefined while it runs. `why` says more about a crash. */
  end(): { readonly reason: EndReason; readonly why: string } | undefined;
  statistics(): RunStatistics;
}

/** Scheduler turns of a step. */
const SLICES = 500;

const REASONS: Readonly<Record<string, EndReason>> = {
  [C.SHUTDOWN.poweroff]: "poweroff", [C.SHUTDOWN.reboot]: "reboot", [C.SHUTDOWN.suspend]: "suspend",
};

/** Counts hypercalls by domain and name, as the trace tells of them. */
export interface CallCounter {
  readonly sink: TraceSink;
  of(domain: Domain): ReadonlyMap<string, number>;
}
export function countCalls(further: TraceSink | undefined): CallCounter {
  const byDomain = new Map<unknown, Map<string, number>>();
  const count: TraceSink = ({ kind, domid, name }) => {
    if (kind !== "hvc") return;
    const calls = byDomain.get(domid) ?? new Map<string, number>();
    byDomain.set(domid, calls.set(String(name), (calls.get(String(name)) ?? 0) + 1));
  };
  return { sink: further === undefined ? count : teeSink(count, further), of: ({ domid }) => byDomain.get(domid) ?? new Map<string, number>() };
}

/** The run of a domain that has been built. `onType`: where typed text goes but to the UART. */
export function kernelRun(machine: Machine, domain: Domain, counter: CallCounter, type: (text: string) => void): KernelRun {
  const scheduler = machine.get(SchedulerPort);
  const domains = machine.get(DomainsPort);
  return {
    machine, domain, type,
    step({ slices = SLICES, horizon } = {}) {
      const ended = scheduler.run({ slices, until: () => domain.state !== "running", ...(horizon === undefined ? {} : { horizon }) });
      if (domains.get(domain.domid)?.state !== "running") return "ended";
      return ended === "idle" ? "stuck" : ended === "horizon" ? "waiting" : "running";
    },
    end() {
      if (domain.state === "running") return undefined;
      if (domain.state === "crashed") return { reason: "crash", why: domain.reason };
      return { reason: REASONS[domain.reason] ?? "crash", why: `shutdown with reason ${domain.reason}` };
    },
    statistics: () => ({
      instructions: domain.vcpus.reduce((sum, { regs }) => sum + regs.retired, 0), time: machine.now(),
      hypercalls: [...counter.of(domain)].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)), firmwareCalls: domain.counters.get("smccc"),
    }),
  };
}
