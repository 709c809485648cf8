import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createGicV2 } from "./gicV2.ts";

const recording = JSON.parse(readFileSync(new URL("../../vectors/gic-qemu.json", import.meta.url), "utf8")) as { source: string; spis: number; sequences: string[] };

describe(`GICv2 as ${recording.source} answered (tools/gic-recorder)`, () => {
  it(`${recording.sequences.length} sequences of accesses`, () => {
    for (const [n, text] of recording.sequences.entries()) {
      const { distributor, cpuInterface, setLine } = createGicV2({ vcpus: 1, spis: recording.spis });
      for (const [i, line] of text.split("\n").entries()) {
        const [kind, ...rest] = line.split(" ");
        const [a, b, c] = rest.map((word) => Number.parseInt(word, 16));
        const where = `sequence ${n + 1}, step ${i + 1}: ${line}`;
        if (kind === "l") setLine(a!, b === 1);
        else if (kind === "d") distributor.write(0, a!, b!, c!);
        else if (kind === "c") cpuInterface.write(0, a!, 4, b!);
        else if (kind === "D") expect(distributor.read(0, a!, b!), where).toBe(c);
        else expect(cpuInterface.read(0, a!, 4), where).toBe(b);
      }
    }
  });
});
