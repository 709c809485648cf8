/** What `granule boot` and `granule machine virt` take alike, and how it becomes a setting. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { DEFAULT_KERNEL_CPU, type EngineName, type KernelSetting } from "@granule/granule";
import { loadImage } from "@granule/platform";
import { BACKING_UNIT, type Bytes, findGranule, GIB, GranuleError, KIB, MIB } from "@granule/units";
import type { CliContext } from "../context.ts";
import { cacheFolder, findGuest, initramfsOf } from "../guests/cache.ts";

export interface KernelFlags {
  readonly kernel: string;
  readonly initrd?: string;
  readonly memory: Bytes;
  readonly cmdline?: string;
  readonly cpu: string;
  readonly stage2Granule?: "4k" | "16k" | "64k";
  readonly vcpus: number;
  readonly engine: EngineName;
  readonly instructions?: number;
  readonly trace?: string;
  readonly json: boolean;
}

const text = (value: string): string => value;
const UNITS: Readonly<Record<string, number>> = { K: KIB, M: MIB, G: GIB };
/** "256M": bytes, a multiple of 64 KiB. */
function memorySize(value: string): Bytes {
  const match = /^([1-9][0-9]*)([KMG]?)$/.exec(value);
  const bytes = Number(match?.[1]) * (UNITS[match?.[2] ?? ""] ?? 1);
  if (match === null || !Number.isSafeInteger(bytes) || bytes % BACKING_UNIT !== 0) throw new Error(`"${value}" is no size: a number with K, M or G, in all a multiple of 64K`);
  return bytes;
}
const positive = (value: string): number => {
  const n = Number(value);
  if (!Number.isSafeInteger(n) || n < 1) throw new Error(`"${value}" is not a whole number above 0`);
  return n;
};
const vcpuCount = (value: string): number => {
  const n = positive(value);
  if (n > 8) throw new Error(`${n} vcpus: a GICv2 serves 8 at most`);
  return n;
};

export const KERNEL_FLAGS = {
  kernel: { kind: "parsed", parse: text, brief: "arm64 Image, ELF64, either in gzip, or a flat binary; or a guest of the cache: 4k, debian-16k" },
  initrd: { kind: "parsed", parse: text, brief: "initramfs, as the kernel shall see it; a kernel of the cache has its own", optional: true },
  memory: { kind: "parsed", parse: memorySize, brief: "RAM: a number with K, M or G, a multiple of 64K", default: "256M" },
  cmdline: { kind: "parsed", parse: text, brief: "Kernel command line", optional: true },
  cpu: { kind: "parsed", parse: text, brief: "CPU model", default: DEFAULT_KERNEL_CPU },
  stage2Granule: { kind: "enum", values: ["4k", "16k", "64k"], brief: "G, the stage 2 granule; default: the smallest that the CPU has", optional: true },
  vcpus: { kind: "parsed", parse: vcpuCount, brief: "1 to 8; the others than the first start by PSCI", default: "1" },
  engine: { kind: "enum", values: ["fast", "reference"], brief: "reference is slow and plain; both do the same", default: "fast" },
  instructions: { kind: "parsed", parse: positive, brief: "Give up after so many (exit code 5)", optional: true },
  trace: { kind: "parsed", parse: text, brief: "Write every hypercall, firmware call and walk to this file, a JSON object a line", optional: true },
  json: { kind: "boolean", brief: "One JSON document at the end, with the console's text in it", default: false },
} as const;

/** @throws GranuleError GRAN0103 when it cannot be read. */
function read(what: string, name: string, file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (e) {
    throw new GranuleError("GRAN0103", `${what} "${name}": ${e instanceof Error ? e.message : String(e)}`, "Real kernels: granule guests build 4k, or granule guests fetch 16k.");
  }
}

/** What --kernel and --initrd name: files, or guests of the cache. A kernel of the cache has its own initramfs unless another is given. */
function locate({ cwd, env }: CliContext, { kernel, initrd }: KernelFlags): { readonly kernel: string; readonly initrd: string | undefined } {
  const cache = cacheFolder(env, cwd);
  const pathOf = (name: string): string => {
    const file = resolve(cwd, name);
    return existsSync(file) ? file : (findGuest(name, cache)?.path ?? file);
  };
  const path = pathOf(kernel);
  const own = path === resolve(cwd, kernel) ? undefined : findGuest(initramfsOf(kernel), cache)?.path;
  return { kernel: path, initrd: initrd === undefined ? own : pathOf(initrd) };
}

/** The flags as a setting, without its output. @throws GranuleError GRAN0103 for files that are none. */
export async function kernelSetting(context: CliContext, flags: KernelFlags): Promise<Omit<KernelSetting, "output" | "trace">> {
  const files = locate(context, flags);
  const image = await loadImage(read("kernel", flags.kernel, files.kernel), { flatOffset: 0 });
  if (!image.ok) throw new GranuleError("GRAN0103", `kernel "${flags.kernel}": ${image.why}`);
  const stage2 = flags.stage2Granule === undefined ? undefined : findGranule(flags.stage2Granule);
  return {
    kernel: image.value, memory: flags.memory, vcpus: flags.vcpus, cpu: flags.cpu, engine: flags.engine,
    ...(files.initrd === undefined ? {} : { initrd: read("initramfs", flags.initrd ?? initramfsOf(flags.kernel), files.initrd) }),
    ...(flags.cmdline === undefined ? {} : { cmdline: flags.cmdline }),
    ...(stage2 === undefined ? {} : { stage2 }),
  };
}
