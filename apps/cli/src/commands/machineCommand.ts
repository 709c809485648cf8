/** `granule machine virt`: kernels and bare-metal programs without a hypervisor. */
import { virtMachine } from "@granule/granule";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { KERNEL_FLAGS, type KernelFlags } from "./kernelFlags.ts";
import { runKernel } from "./kernelRun.ts";

const virtCommand = buildCommand<KernelFlags, [], CliContext>({
  docs: {
    brief: "A plain machine as QEMU's virt: RAM at 0x40000000, GICv2, one PL011 at 0x09000000",
    fullDescription: [
      "Runs a kernel, an ELF64 or a flat binary, which starts at the first 2 MiB of RAM with the device tree's address in x0. The PL011",
      "is the console, PSCI is by hvc, and an address where nothing is aborts. Stage 2 is only how the model places RAM.",
      "Ctrl-] leaves. Exit code 0 when it powers off or resets, 6 when it crashes, 5 when it waits for ever.",
      "",
      "Examples:",
      "  granule machine virt --kernel hello.elf --memory 16M",
      "  granule machine virt --kernel 16k                 a guest of the cache: see granule guests",
      "  granule machine virt --kernel Image.gz --initrd initramfs.cpio.gz --cmdline \"console=ttyAMA0 quiet\"",
      "  granule machine virt --kernel timer.flat --cmdline \"arguments of the program\" --engine reference",
    ].join("\n"),
  },
  parameters: { flags: KERNEL_FLAGS },
  func(flags) {
    return guarded(this, () => runKernel(this, flags, { cmdline: "console=ttyAMA0", build: virtMachine }));
  },
});

export const machineCommand = buildRouteMap({
  routes: { virt: virtCommand },
  docs: {
    brief: "Run a kernel or a bare-metal program on a machine without a hypervisor",
    fullDescription: ["Machines without a hypervisor for their guest to talk to.", "", "Examples:", "  granule machine virt --kernel hello.elf --memory 16M"].join("\n"),
  },
});
