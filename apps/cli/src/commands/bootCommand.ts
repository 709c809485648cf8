/** `granule boot`: an unmodified arm64 kernel in a domain. */
import { resolve } from "node:path";
import { bootKernel, type BootRun, type KernelSetting } from "@granule/granule";
import { openFileDisk } from "@granule/granule/node";
import { findGranule } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { KERNEL_FLAGS, type KernelFlags } from "./kernelFlags.ts";
import { type KernelMachine, runKernel } from "./kernelRun.ts";

interface Flags extends KernelFlags {
  readonly disk?: string;
  readonly diskGranule?: "4k" | "16k" | "64k";
}
const text = (value: string): string => value;

/** What the disk's back end did. */
function diskReport({ disk }: BootRun): ReturnType<NonNullable<KernelMachine<BootRun>["report"]>> {
  if (disk === undefined) return { fields: {}, lines: [] };
  const { requests, bytesRequested, mapElements, copyBytes } = disk.counters;
  const how = mapElements > 0 ? "mapped" : "copied";
  const line = `disk: ${requests} requests of ${bytesRequested} bytes, ${requests === 0 ? "never connected" : how}${disk.fault === "" ? "" : `; ${disk.fault}`}`;
  return { fields: { disk: { requests, bytesRequested, mapElements, copyBytes, fault: disk.fault } }, lines: [line] };
}

export const bootCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "Boot an unmodified arm64 kernel in a domain, at any mix of its page size and stage 2's",
    fullDescription: [
      "The guest has what Xen gives an arm64 guest: a device tree, GICv2, timers, PSCI, a PV console (hvc0), an SBSA UART (ttyAMA0),",
      "xenstore, grants, event channels and, with --disk, a PV block device (xvda) that another domain serves. Its console is this",
      "terminal: Ctrl-] leaves. A kernel that declares a page size which the CPU model lacks is refused.",
      "Exit code 0 when it powers off or reboots, 6 when it crashes, 5 when it waits for ever.",
      "",
      "Examples:",
      "  granule boot --kernel 16k --stage2-granule 64k    a guest of the cache: see granule guests",
      "  granule boot --kernel 4k --disk disk.img --disk-granule 16k --vcpus 2",
      "  granule boot --kernel Image.gz --initrd initramfs.cpio.gz --cmdline \"console=hvc0 quiet\"",
      "  granule boot --kernel Image --instructions 100000000 --json",
    ].join("\n"),
  },
  parameters: {
    flags: {
      ...KERNEL_FLAGS,
      disk: { kind: "parsed", parse: text, brief: "A raw image: the guest's xvda", optional: true },
      diskGranule: { kind: "enum", values: ["4k", "16k", "64k"], brief: "G of the domain that serves the disk; default: as the guest's", optional: true },
    },
  },
  func(flags) {
    return guarded(this, async () => {
      const disk = flags.disk === undefined ? undefined : openFileDisk(resolve(this.cwd, flags.disk));
      const diskStage2 = flags.diskGranule === undefined ? undefined : findGranule(flags.diskGranule);
      try {
        return await runKernel(this, flags, {
          cmdline: "console=hvc0",
          build: (setting: KernelSetting) => bootKernel({ ...setting, ...(disk === undefined ? {} : { disk }), ...(diskStage2 === undefined ? {} : { diskStage2 }) }),
          report: diskReport,
        });
      } finally {
        disk?.close();
      }
    });
  },
});
