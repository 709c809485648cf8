/** `granule oracle fetch`: what live comparison needs, ahead of it. */
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { CACHE_FLAG } from "./oracleFlags.ts";
import { EXIT } from "../output.ts";
import { realXen } from "./oracleLive.ts";

export const fetchCommand = buildCommand<{ readonly cache?: string }, [], CliContext>({
  docs: {
    brief: "Fetch Xen's binary, and say where it is",
    fullDescription: "Debian's package of Xen 4.17 for arm64 is unpacked into the cache, unless it is there: `granule oracle compare --live` does the same.\nNeeds qemu-system-aarch64, so that what is missing is known now.\n\nExamples:\n  granule oracle fetch",
  },
  parameters: { flags: { cache: CACHE_FLAG } },
  func(flags) {
    return guarded(this, async () => {
      this.output.result(await realXen(undefined, this.cwd, cacheFolder(this.env, this.cwd, flags.cache), (line) => this.output.note(line)));
      return EXIT.ok;
    });
  },
});
