/** A run of the fuzzer: episodes until the steps are used up or something breaks; then the shortest list of steps that shows it. */
import type { GranuleName } from "@granule/units";
import { type Coverage, EPISODE_STEPS, type Finding, type FuzzReport, type FuzzSettings } from "./contract.ts";
import { createTally, type EpisodeOptions, runEpisode, type Tally } from "./episode.ts";
import { flavourOf } from "./flavours.ts";
import { shrinkList } from "./shrink.ts";
import { CALLS } from "./step.ts";

const coverageOf = (t: Tally): Coverage => ({
  succeeded: Object.fromEntries([...CALLS.keys()].map((key) => [key, t.succeeded.get(key) ?? 0])),
  rows: [...CALLS].flatMap(([key, d]) => d.errors.map((e) => `v${d.abi} ${key.slice(3)} ${e.code} ${e.rule}`)).map((row) => ({ row, times: t.rows.get(row) ?? 0 })),
});

/** Runs chosen steps of one episode: what a finding's command does. */
export function replay(
  seed: string, episode: number, steps: readonly number[], granule: GranuleName | undefined, alter?: FuzzSettings["alter"],
): { readonly finding: Finding | undefined; readonly trace: readonly string[] } {
  const { broken, trace } = runEpisode({ seed, episode, steps, granule, withTrace: true, ...(alter === undefined ? {} : { alter }) });
  return { trace, finding: broken === undefined ? undefined : { property: broken.property, why: broken.why, seed, episode, flavour: flavourOf(episode).name, steps, trace } };
}

export function fuzz(settings: FuzzSettings): FuzzReport {
  const { seed, granule } = settings;
  const alter = settings.alter === undefined ? {} : { alter: settings.alter };
  const size = settings.episodeSteps ?? EPISODE_STEPS;
  const tally = createTally();
  let done = 0;
  let episode = 0;
  let finding: Finding | undefined;
  for (; done < settings.steps && finding === undefined; episode++) {
    const count = Math.min(size, settings.steps - done);
    const all: EpisodeOptions = { seed, episode, granule, steps: Array.from({ length: count }, (_, i) => i), tally, ...alter };
    const { broken } = runEpisode(all);
    done += broken === undefined ? count : broken.step + 1;
    settings.onProgress?.(done);
    if (broken === undefined) continue;
    const fails = (steps: readonly number[]): boolean => runEpisode({ seed, episode, granule, steps, ...alter }).broken?.property === broken.property;
    const shortest = shrinkList(all.steps.filter((s) => s <= broken.step), fails);
    finding = replay(seed, episode, shortest, granule, settings.alter).finding;
  }
  return {
    seed, steps: done, episodes: episode, calls: tally.calls, walks: tally.walks, leaves: tally.leaves, compared: tally.compared, coverage: coverageOf(tally), finding,
  };
}
