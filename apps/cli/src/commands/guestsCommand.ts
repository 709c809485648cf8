/** `granule guests`: real kernels to run, and where they are. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder, listGuests } from "../guests/cache.ts";
import { EXIT } from "../output.ts";
import { guestsBuildCommand } from "./guestsBuild.ts";
import { guestsFetchCommand } from "./guestsFetch.ts";
import { CACHE_FLAG, printGuests } from "./guestsOutput.ts";

interface Flags {
  readonly cache?: string;
  readonly json: boolean;
}

const guestsListCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "List the guests in the cache: name, page size, version, SHA-256, path",
    fullDescription: [
      "Of guests with the same name the newest comes first; that is the one a name stands for.",
      "",
      "Examples:",
      "  granule guests list",
      "  granule guests list --json",
    ].join("\n"),
  },
  parameters: { flags: { cache: CACHE_FLAG, json: { kind: "boolean", brief: "One JSON document", default: false } } },
  func(flags) {
    return guarded(this, () => {
      const cache = cacheFolder(this.env, this.cwd, flags.cache);
      printGuests(this.output, cache, listGuests(cache), flags.json);
      return EXIT.ok;
    });
  },
});

export const guestsCommand = buildRouteMap({
  routes: { build: guestsBuildCommand, fetch: guestsFetchCommand, list: guestsListCommand },
  docs: {
    brief: "Make, fetch and list real kernels for arm64 at 4K, 16K and 64K pages",
    fullDescription: [
      "Real kernels for arm64, from Debian's packages, kept in ~/.cache/granule/guests/HASH/ (--cache DIR, GRANULE_CACHE and",
      "XDG_CACHE_HOME move it). Names: 4k, 16k, 64k, initramfs and disk are built, debian-4k and debian-16k are fetched.",
      "",
      "Examples:",
      "  granule guests build 4k",
      "  granule guests fetch 16k",
      "  granule guests list",
    ].join("\n"),
  },
});
