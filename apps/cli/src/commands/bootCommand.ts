/** `granule boot`: an unmodified arm64 kernel in a domain. */
import { bootKernel } from "@granule/granule";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { KERNEL_FLAGS, type KernelFlags } from "./kernelFlags.ts";
import { runKernel } from "./kernelRun.ts";

export const bootCommand = buildCommand<KernelFlags, [], CliContext>({
  docs: {
    brief: "Boot an unmodified arm64 kernel in a domain, at any mix of its page size and stage 2's",
    fullDescription: [
      "The guest has what Xen gives an arm64 guest: a device tree, GICv2, timers, PSCI, a PV console (hvc0), an SBSA UART (ttyAMA0),",
      "xenstore, grants and event channels. Its console is this terminal: Ctrl-] leaves. A kernel that declares a page size",
      "which the CPU model lacks is refused. Exit code 0 when it powers off or reboots, 6 when it crashes, 5 when it waits for ever.",
      "",
      "Examples:",
      "  granule boot --kernel Image.gz --initrd initramfs.cpio.gz --cmdline console=hvc0",
      "  granule boot --kernel Image-16k --initrd i.cpio --cmdline \"console=hvc0 quiet\" --stage2-granule 64k --vcpus 2",
      "  granule boot --kernel Image --cmdline console=hvc0 --instructions 100000000 --json",
    ].join("\n"),
  },
  parameters: { flags: KERNEL_FLAGS },
  func(flags) {
    return guarded(this, () => runKernel(this, flags, bootKernel));
  },
});
