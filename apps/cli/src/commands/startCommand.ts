/** `granule start`: the main job. Two pairs of domains with different page sizes exchange blocks, in both ABIs, over a real file. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, ftruncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConfigInput, parseConfig, runConfig, seededBytes } from "@granule/granule";
import { openFileDisk } from "@granule/granule/node";
import { formatBytes, mib } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { EXIT, formatTable } from "../output.ts";
import { COSTS_HEADER, costsRow, sha256, SIZES_HEADER, sizesRow, summarise, type Summary } from "./report.ts";

interface Flags {
  readonly json: boolean;
  readonly seed: string;
}
type Granule = "4k" | "16k" | "64k";
interface Pair {
  readonly front: { readonly s1: Granule; readonly g: Granule };
  readonly back: { readonly s1: Granule; readonly g: Granule };
}
/** A 64K front end with a 4K back end, and a 4K front end with a 64K back end whose stage 2 is 64K. */
const PAIRS: readonly Pair[] = [
  { front: { s1: "64k", g: "4k" }, back: { s1: "4k", g: "4k" } },
  { front: { s1: "4k", g: "64k" }, back: { s1: "64k", g: "64k" } },
];
/** Bytes written and then read in each run. */
const MOVE = mib(1);
const DISK = mib(4);

const config = (pair: Pair, abi: 1 | 2, unit: "baseline" | "negotiated", seed: string): ConfigInput => ({
  seed, domains: { front: { ...pair.front, abi }, back: { ...pair.back, abi } }, block: [{ front: "front", back: "back", unit, disk: { size: DISK }, move: MOVE }],
});

/** How much less the negotiated unit costs where both ends have ABI v2. */
function conclude(runs: readonly Summary[], intact: boolean): string {
  const cost = (s: Summary): number => s.perMiB.grantEntries + s.perMiB.mapElements + s.perMiB.copyElements;
  const ratios = PAIRS.map((_, i) => {
    const [baseline, negotiated] = ["baseline", "negotiated"].map((wanted) => runs.filter((s) => s.wanted === wanted && s.front.abi === 2)[i]);
    return baseline === undefined || negotiated === undefined ? 1 : cost(baseline) / cost(negotiated);
  });
  const exposed = Math.max(...runs.map((s) => s.perMiB.bytesExposed));
  return intact
    ? `Every mix moves the same bytes: the 4 KiB baseline serves any pair in either ABI, and a unit of 64 KiB, agreed on in ABI v2, takes ${ratios.map((r) => r.toFixed(0)).join(" and ")} times fewer grant, map and copy elements, with ${exposed === 0 ? "nothing" : `${exposed} bytes a MiB`} exposed beyond what was asked.`
    : "Some bytes came back different: this is a defect.";
}

export const startCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "The main job: two pairs of domains with different page sizes exchange blocks in both ABIs",
    fullDescription: [
      "A 64K front end with a 4K back end, and a 4K front end with a 64K back end on a 64K stage 2; each in ABI v1 and v2, with the",
      "4096-byte baseline and a negotiated unit. The disk is a real file: written, flushed, read back and hashed.",
      "",
      "Examples:",
      "  granule start",
      "  granule start --json --seed 7",
    ].join("\n"),
  },
  parameters: {
    flags: {
      json: { kind: "boolean", brief: "One JSON document", default: false },
      seed: { kind: "parsed", parse: (value: string): string => value, brief: "Seed of the payload and of the run", default: "1" },
    },
  },
  func(flags) {
    return guarded(this, () => {
      const { output } = this;
      const folder = mkdtempSync(join(tmpdir(), "granule-"));
      const image = join(folder, "disk.img");
      const payload = seededBytes(flags.seed, MOVE);
      const wantedHash = sha256(payload);
      try {
        const all = PAIRS.flatMap((pair) => ([1, 2] as const).flatMap((abi) => (["baseline", "negotiated"] as const).map((unit) => config(pair, abi, unit, flags.seed))));
        const runs = all.map((input, i) => {
          output.progress(`run ${i + 1} of ${all.length}`);
          const fd = openSync(image, "w");
          ftruncateSync(fd, DISK);
          closeSync(fd);
          const disk = openFileDisk(image);
          const summary = runConfig(parseConfig(input), { disk: () => disk, payload: () => payload }).devices.map(summarise)[0];
          disk.close();
          const file = sha256(readFileSync(image).subarray(0, payload.length));
          return summary === undefined ? undefined : { ...summary, sha256: { ...summary.sha256, file }, intact: summary.intact && file === wantedHash };
        });
        const done = runs.filter((r) => r !== undefined);
        const intact = done.length === all.length && done.every((r) => r.intact);
        const conclusion = conclude(done, intact);
        if (flags.json) output.result(JSON.stringify({ runs: done, intact, conclusion }, null, 2));
        else {
          output.result(output.style("bold", "Who has which page size, and how they share (S1: the guest's own; G: its stage 2; U: the unit of sharing)"));
          for (const line of formatTable([["run", ...SIZES_HEADER], ...done.map((s, i) => [String(i + 1), ...sizesRow(s)])])) output.result(`  ${line}`);
          output.result("");
          output.result(output.style("bold", `What moving 1 MiB took (${formatBytes(MOVE)} written and read back in each run)`));
          const right = [0, ...COSTS_HEADER.map((_, i) => i + 1)];
          for (const line of formatTable([["run", ...COSTS_HEADER], ...done.map((s, i) => [String(i + 1), ...costsRow(s)])], right)) output.result(`  ${line}`);
          output.result("");
          output.result(output.style("bold", "SHA-256 of the payload, of what was read back, and of the file that was the disk"));
          const same = done.every((r) => r.intact);
          if (same) output.result(`  ${wantedHash}  ${output.style("green", `the same in all ${done.length} runs`)}`);
          else for (const [i, r] of done.entries()) output.result(`  run ${i + 1}: ${r.sha256.payload} ${r.sha256.readBack} ${r.sha256.file}`);
          output.result("");
          output.result(conclusion);
        }
        return intact ? EXIT.ok : EXIT.failed;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
});
