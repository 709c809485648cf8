/** How far a run is: a live line with the time left on a terminal, else a line every tenth. */
import type { Output } from "../output.ts";

export interface Progress {
  /** One more cell is done. */
  step(passed: boolean): void;
}

const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

/** `now` in milliseconds, from anywhere. */
export function createProgress(total: number, output: Output, now: () => number): Progress {
  const start = now();
  let done = 0, failed = 0, drawnAt = -Infinity;
  return {
    step(passed) {
      done++;
      if (!passed) failed++;
      const elapsed = now() - start;
      const left = Math.ceil((elapsed / done) * (total - done) / 1000);
      const words = `${done} of ${plural(total, "cell")}${failed === 0 ? "" : `, ${failed} failed`}`;
      if (output.isLive) {
        if (now() - drawnAt < 100 && done < total) return;
        drawnAt = now();
        output.progress(`${words}, ${done === total ? "done" : `${plural(left, "second")} left`}`);
      } else if (Math.floor((done * 10) / total) > Math.floor(((done - 1) * 10) / total) && total >= 20) {
        output.note(`${words} after ${(elapsed / 1000).toFixed(1)} s`);
      }
    },
  };
}
