/** Numbers as the page shows them. */
import { GIB, KIB, MIB } from "@granule/units";
import type { Statistics } from "../protocol.ts";

export const count = (n: number): string => n.toLocaleString("en");

/** Bytes with at most one decimal. */
export function size(bytes: number): string {
  const [unit, name] = bytes >= GIB ? [GIB, "GiB"] : bytes >= MIB ? [MIB, "MiB"] : bytes >= KIB ? [KIB, "KiB"] : [1, "bytes"];
  return `${(bytes / unit).toLocaleString("en", { maximumFractionDigits: 1 })} ${name}`;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** Less is too short to measure a speed in, in milliseconds. */
const SHORTEST = 5;
/** Million instructions a second of the time in which the engine ran, between two statistics; undefined: too short. */
export function speed(from: Pick<Statistics, "instructions" | "busy"> | undefined, to: Pick<Statistics, "instructions" | "busy">): number | undefined {
  const busy = to.busy - (from?.busy ?? 0);
  return busy < SHORTEST ? undefined : (to.instructions - (from?.instructions ?? 0)) / busy / 1000;
}
