/** `granule guests fetch`: Debian's own kernels for arm64, as packages. */
import { join } from "node:path";
import { GranuleError } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { fetchKernel } from "../guests/debianKernel.ts";
import { DEBIAN_KERNELS } from "../guests/recipes.ts";
import { requireTools } from "../guests/tools.ts";
import { inWorkshop, type Made } from "../guests/workshop.ts";
import { EXIT } from "../output.ts";
import { CACHE_FLAG, printMade, unlessInterrupted } from "./guestsOutput.ts";

interface Flags {
  readonly cache?: string;
  readonly install: boolean;
  readonly json: boolean;
}

function chosen(sizes: readonly string[]): typeof DEBIAN_KERNELS {
  const unknown = sizes.find((size) => !DEBIAN_KERNELS.some((kernel) => kernel.granule === size.toLowerCase()));
  if (unknown !== undefined) throw new GranuleError("GRAN0092", `Debian has no kernel with ${unknown} pages`, `It has ${DEBIAN_KERNELS.map((k) => k.granule).join(" and ")}; for the others: granule guests build.`);
  return DEBIAN_KERNELS.filter((kernel) => sizes.length === 0 || sizes.some((size) => size.toLowerCase() === kernel.granule));
}

export const guestsFetchCommand = buildCommand<Flags, string[], CliContext>({
  docs: {
    brief: "Fetch Debian's own kernels with 4K (bookworm) and 16K pages (trixie)",
    fullDescription: [
      "Downloads packages for arm64 with apt, in a root of its own in the cache, from the archives that this machine's apt is set up",
      "with; nothing is installed. Each kernel comes with an initramfs that has its modules for disk and network.",
      "",
      "Examples:",
      "  granule guests fetch",
      "  granule guests fetch 16k --json",
    ].join("\n"),
  },
  parameters: {
    flags: {
      cache: CACHE_FLAG,
      install: { kind: "boolean", brief: "Install what is missing; needs root", default: false },
      json: { kind: "boolean", brief: "One JSON document", default: false },
    },
    positional: { kind: "array", parameter: { brief: "Page sizes; both otherwise", parse: (value: string): string => value, placeholder: "4k|16k" } },
  },
  func(flags, ...sizes) {
    return guarded(this, () => unlessInterrupted(this.output, async () => {
      const { output } = this;
      const recipes = chosen(sizes);
      const cache = cacheFolder(this.env, this.cwd, flags.cache);
      const note = (line: string): void => output.note(line);
      await requireTools(["fetch", "initramfs"], { env: this.env, install: flags.install, log: join(cache, "logs", "install.log"), note });
      const made = await inWorkshop(cache, { jobs: 1, keep: false, step: note, progress: (text) => output.progress(text), onInterrupt: this.onInterrupt }, async (shop) => {
        const done: Made[] = [];
        for (const recipe of recipes) done.push(...(await fetchKernel(shop, recipe)));
        return done;
      });
      printMade(output, cache, made, flags.json);
      return EXIT.ok;
    }));
  },
});
