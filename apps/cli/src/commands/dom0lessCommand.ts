/** `granule dom0less`: the domains of a host's device tree, as Xen starts them without a toolstack. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Dom0less, dom0less } from "@granule/granule";
import { diagnoseHang, type HangDiagnosis } from "@granule/hypervisor";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../output.ts";
import { loadedFile, readHostFile } from "./dom0lessFiles.ts";

interface Flags {
  readonly dtb: string;
  readonly load?: readonly string[];
  readonly xenArgs?: string;
  readonly json: boolean;
}
const text = (value: string): string => value;

const hangsOf = (d: Dom0less["domains"][number]): readonly HangDiagnosis[] => d.vcpus.map(diagnoseHang).filter((h) => h !== undefined);
/** How a domain ended, in a word. */
const endOf = (d: Dom0less["domains"][number]): string => (d.state === "running" ? (hangsOf(d).length === 0 ? "waits for ever" : "hangs") : d.state === "crashed" ? `crashed: ${d.reason}` : `shut down with reason ${d.reason}`);
const codeOf = (domains: Dom0less["domains"]): ExitCode =>
  domains.some((d) => d.state === "crashed") ? EXIT.crashed : domains.some((d) => d.state === "running") ? EXIT.failed : EXIT.ok;

export const dom0lessCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "Start the domains of a host's device tree, as Xen does without a toolstack",
    fullDescription: [
      "Takes what Xen takes: the host's device tree with xen,domain nodes in /chosen, and files at the addresses that the tree's",
      "multiboot modules name. Answers as Xen 4.17, G = 4K. Lines of console_io are shown after \"(dN) \", the virtual UART's after",
      "\"(XEN) DOMN: \". Exit code 0 when every domain has shut down, 6 when one crashes, 5 when one waits for ever. A vcpu that hangs at an",
      "access that a mapping forbids, silently under real Xen, is named with PC, VA and IPA.",
      "",
      "Examples:",
      "  granule dom0less --dtb host.dtb --load Image@0x60000000 --load initrd@0x61000000",
      "  granule dom0less --dtb host.dtb --load guest.img@0x60000000 --load script.bin@0x61000000 --xen-args xsm=dummy",
    ].join("\n"),
  },
  parameters: {
    flags: {
      dtb: { kind: "parsed", parse: text, brief: "The host's device tree, flattened", placeholder: "FILE" },
      load: { kind: "parsed", parse: text, variadic: true, optional: true, brief: "A file at an address of the host's memory; may be repeated", placeholder: "PATH@ADDRESS" },
      xenArgs: { kind: "parsed", parse: text, optional: true, brief: "More of Xen's command line, after what the tree has", placeholder: "ARGS" },
      json: { kind: "boolean", brief: "One JSON document", default: false },
    },
  },
  func(flags) {
    return guarded(this, async () => {
      const { output, cwd } = this;
      const lines: { readonly domid: number; readonly line: string }[] = [];
      const run = await dom0less({
        dtb: readHostFile(cwd, flags.dtb), files: (flags.load ?? []).map((l) => loadedFile(cwd, l)), ...(flags.xenArgs === undefined ? {} : { xenArgs: flags.xenArgs }),
        output: (line, domid) => {
          if (flags.json) lines.push({ domid, line });
          else output.result(line);
        },
      });
      let isInterrupted = false;
      const undo = this.onInterrupt(() => void (isInterrupted = true));
      try {
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- Ctrl-C sets it
        while (run.step() === "running" && !isInterrupted) await nextTurn();
      } finally {
        undo();
      }
      const domains = run.domains.map((d) => ({ domid: d.domid, name: d.name, end: endOf(d), hypercalls: d.counters.get("hypercall"), hangs: hangsOf(d) }));
      if (flags.json) output.result(JSON.stringify({ domains, machineTime: run.machine.now(), console: lines }, null, 2));
      else
        for (const d of domains) {
          output.note(`d${d.domid} ${d.name}: ${d.end}; ${d.hypercalls} hypercalls`);
          for (const { text, hint } of d.hangs) {
            output.note(`  ${text}`);
            output.note(`  ${hint}`);
          }
        }
      return isInterrupted ? EXIT.interrupted : codeOf(run.domains);
    });
  },
});
