/** `granule guests build`: kernels at 4K, 16K and 64K, an initramfs and a disk, from Debian's packages. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { findGranule, GranuleError, type GranuleName } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { makeDisk } from "../guests/disk.ts";
import { makeInitramfs } from "../guests/initramfs.ts";
import { makeKernel } from "../guests/kernel.ts";
import { KERNELS } from "../guests/recipes.ts";
import { requireTools } from "../guests/tools.ts";
import { inWorkshop, type Made } from "../guests/workshop.ts";
import { EXIT } from "../output.ts";
import { CACHE_FLAG, natural, printMade, unlessInterrupted } from "./guestsOutput.ts";

interface Flags {
  readonly jobs: number;
  readonly cache?: string;
  readonly install: boolean;
  readonly keep: boolean;
  readonly json: boolean;
}

const granule = (value: string): GranuleName => {
  const found = findGranule(value);
  if (found === undefined) throw new GranuleError("GRAN0050", `"${value}" is no granule`, "Use 4k, 16k or 64k.");
  return found.name;
};

export const guestsBuildCommand = buildCommand<Flags, string[], CliContext>({
  docs: {
    brief: "Build small Linux kernels with 4K, 16K and 64K pages, an initramfs and a disk",
    fullDescription: [
      "Linux 6.1 from Debian's source package with Xen's front ends built in, and a static busybox as its user space. A kernel takes",
      "about 6 minutes of processor time and 2 GB of room while it is built; what is in the cache already is not built again. All of",
      "it runs as any user; what has to be installed first is named, with the command that installs it.",
      "",
      "Examples:",
      "  granule guests build                        all three kernels",
      "  granule guests build 64k --jobs 4           one, and what goes with every kernel",
      "  granule guests build --install              as root: installs missing Debian packages first",
      "  granule guests build 4k --json | jq -r '.guests[] | select(.name == \"4k\").path'",
    ].join("\n"),
  },
  parameters: {
    flags: {
      jobs: { kind: "parsed", parse: natural, brief: "Compilers at a time; every core otherwise", default: String(availableParallelism()) },
      cache: CACHE_FLAG,
      install: { kind: "boolean", brief: "Install what is missing; needs root", default: false },
      keep: { kind: "boolean", brief: "Leave sources and intermediate files, for a debugger", default: false },
      json: { kind: "boolean", brief: "One JSON document", default: false },
    },
    aliases: { j: "jobs" },
    positional: { kind: "array", parameter: { brief: "Page sizes; all three otherwise", parse: (value: string): string => value, placeholder: "4k|16k|64k" } },
  },
  func(flags, ...sizes) {
    return guarded(this, () => unlessInterrupted(this.output, async () => {
      const { output } = this;
      const wanted = sizes.map(granule);
      const cache = cacheFolder(this.env, this.cwd, flags.cache);
      const note = (line: string): void => output.note(line);
      await requireTools(["kernel", "initramfs", "disk"], { env: this.env, install: flags.install, log: join(cache, "logs", "install.log"), note });
      const made = await inWorkshop(cache, { jobs: flags.jobs, keep: flags.keep, step: note, progress: (text) => output.progress(text), onInterrupt: this.onInterrupt }, async (shop) => {
        const done: Made[] = [await makeInitramfs(shop, "initramfs"), await makeDisk(shop)];
        for (const recipe of KERNELS.filter((each) => wanted.length === 0 || wanted.includes(each.granule))) done.push(await makeKernel(shop, recipe));
        return done;
      });
      printMade(output, cache, made, flags.json);
      return EXIT.ok;
    }));
  },
});
