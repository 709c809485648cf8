import { describe, expect, it } from "vitest";
import { hostileRun } from "./hostile.ts";

/** More by command: `npm run hostile:a64 -- --instructions 100000000`. */
const INSTRUCTIONS = 500_000;

describe("hostile code", () => {
  const kinds = new Set<string>();
  it.each(["1", "2", "3", "4"])("changes nothing but itself, seed %s", (seed) => {
    const { retired, exits, asked, violation } = hostileRun(seed, INSTRUCTIONS);
    expect(violation).toBeUndefined();
    expect(retired).toBeGreaterThanOrEqual(INSTRUCTIONS);
    expect(asked).toBeGreaterThan(50);
    for (const kind of Object.keys(exits)) kinds.add(kind);
  });
  it("leaves run in every way", () => {
    expect([...kinds].sort()).toEqual(["budget", "hvc", "smc", "wait"]);
  });
});
