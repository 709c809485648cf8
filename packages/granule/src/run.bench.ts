/** PV block between two domains, start to end: boot, connect, write, flush, read back, disconnect. */
import type { Bench } from "@granule/bench";
import { parseConfig } from "./config.ts";
import { runConfig } from "./run.ts";

const pair = (name: string, g: "4k" | "64k", abi: 1 | 2, unit: "baseline" | "negotiated"): Bench => {
  const config = parseConfig({
    domains: { front: { s1: "64k", g, abi }, back: { s1: "64k", g, abi } }, block: [{ front: "front", back: "back", unit, disk: { size: "8M" }, move: "8M" }],
  });
  return {
    name, unit: "byte",
    run: (ms, timed) => timed(ms, () => runConfig(config).devices.reduce((sum, d) => sum + d.bytesMoved, 0)),
  };
};

export const benches: readonly Bench[] = [
  pair("PV block, U = 4 KiB, mapped, ABI v1", "4k", 1, "baseline"),
  pair("PV block, U = 4 KiB, mapped, ABI v2", "4k", 2, "baseline"),
  pair("PV block, U = 4 KiB, copied, G = 64K, ABI v2", "64k", 2, "baseline"),
  pair("PV block, U = 64 KiB, mapped, ABI v2", "4k", 2, "negotiated"),
];
