/** A cell's script as text, so that one line repeats a shrunk failure: "write:512+4096@1024,flush,balloon,reconnect". */
import { GranuleError } from "@granule/units";
import type { Step } from "./contract.ts";

/** Steps as text: a transfer is "write:DISK+SIZE@MEMORY", in bytes. */
export const formatSteps = (steps: readonly Step[]): string =>
  steps.map((s) => ("at" in s ? `${s.do}:${s.at}+${s.size}@${s.memory}` : s.do)).join(",");

function parseStep(text: string): Step | undefined {
  if (text === "flush" || text === "balloon" || text === "reconnect") return { do: text };
  const [, operation, at, size, memory] = /^(write|read):(\d{1,9})\+(\d{1,9})@(\d{1,9})$/.exec(text) ?? [];
  return operation === undefined ? undefined : { do: operation === "write" ? "write" : "read", at: Number(at), size: Number(size), memory: Number(memory) };
}

/** The reverse. @throws GranuleError GRAN0061 naming what is no step. */
export function parseSteps(text: string): readonly Step[] {
  return text.split(",").filter((part) => part !== "").map((part) => {
    const step = parseStep(part.trim());
    if (step === undefined) throw new GranuleError("GRAN0061", `steps: "${part}" is no step`, "A step is flush, balloon, reconnect, or write:DISK+SIZE@MEMORY or read:DISK+SIZE@MEMORY in bytes.");
    return step;
  });
}
