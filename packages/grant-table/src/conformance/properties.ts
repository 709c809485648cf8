/** Random sequences of grant, map, unmap, copy, end of access and release between three domains, against the naive model. */
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { FramesPort } from "@granule/hypervisor";
import { type AnyGranule, GRANULES } from "@granule/units";
import { Game } from "./game.ts";
import { step } from "./steps.ts";
import type { CreateGrants } from "./testbed.ts";

/** Declares the properties. */
export function describeProperties(create: CreateGrants): void {
  const granule = fc.constantFrom<AnyGranule>(...GRANULES);
  describe("random sequences agree with the naive model: reach, references, entry words and bytes", () => {
    test.each(GRANULES.map((g) => ({ g, name: g.name })))("one domain at least has G = $name", ({ g }) => {
      fc.assert(
        fc.property(fc.tuple(granule, granule), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), fc.array(step, { minLength: 10, maxLength: 60 }), (others, fragmented, steps) => {
          const game = new Game(create, [g, ...others], fragmented);
          for (const s of steps) {
            game.play(s);
            game.check(false);
          }
          game.check(true);
          game.checkBytes();
          game.unmapAll();
          game.check(true);
          expect(game.bed.machine.get(FramesPort).totals().referenced).toBe(0);
        }),
        { numRuns: 5 },
      );
    });
  });
}
