/** The tables of what guests do together: block devices, ballooning and the CPUs, each entry from a run of a cell of the matrix. */
import { CPU_MODELS } from "@granule/arm";
import { type AnyGranule, type Bytes, GRANULES, KIB, kib, ModelBug } from "@granule/units";
import { DEFAULT_CPU } from "../matrix/cells.ts";
import type { Cell, CellResult, Step } from "../matrix/contract.ts";
import { runCell } from "../matrix/runCell.ts";
import type { SupportTable } from "./contract.ts";

const SEED = "support";
const SIZE: Bytes = /* @__PURE__ */ kib(128);
const MOVE: readonly Step[] = [{ do: "write", at: 0, size: SIZE, memory: 0 }, { do: "flush" }, { do: "read", at: 0, size: SIZE, memory: 0 }];
const BASE: Cell = { s1Front: "4k", s1Back: "4k", gFront: "4k", gBack: "4k", abiFront: 2, abiBack: 2, mode: "negotiated" };

/** Runs a cell. @throws ModelBug when something does not hold in it: then there is nothing to say about it. */
function seen(cell: Cell, steps: readonly Step[]): CellResult {
  const r = runCell(cell, { seed: SEED, steps });
  if (!r.passed) throw new ModelBug(`${r.id}: ${r.checks.filter((c) => !c.ok).map((c) => `${c.name}: ${c.why}`).join("; ")}`);
  return r;
}

const MODES: readonly (readonly [string, Partial<Cell>])[] = [
  ["v1 and v1", { abiFront: 1, abiBack: 1, mode: "baseline" }],
  ["v2 and v2, baseline", { mode: "baseline" }],
  ["v2 and v2, negotiated", {}],
];
const blockTable = (): SupportTable => ({
  title: "PV block device",
  about: `Two guests at S1 = ${BASE.s1Front}; ${SIZE / KIB} KiB are written, flushed and read back over a real store and real grants. "mapped": the back end maps ring and data; "copied": the hypervisor copies both. U is the unit of sharing.`,
  what: "ABI of front and back; G of the front end",
  columns: GRANULES.map((g) => `back end at G = ${g.name}`),
  rows: MODES.flatMap(([what, more]) =>
    GRANULES.map((front) => ({
      what: `${what}; ${front.name}`,
      statuses: GRANULES.map((back) => {
        const r = seen({ ...BASE, ...more, gFront: front.name, gBack: back.name }, MOVE);
        return `Supported, ${r.outcome}, U = ${r.unit / KIB} KiB`;
      }),
    })),
  ),
});

const balloonTable = (): SupportTable => ({
  title: "Ballooning",
  about: "A guest gives memory back in pieces of its own S1 and takes it again. \"accumulates\": the pieces of a granule are collected and freed with the last one.",
  what: "ABI and S1",
  columns: GRANULES.map((g) => `G = ${g.name}`),
  rows: ([1, 2] as const).flatMap((abi) =>
    GRANULES.map((s1) => ({
      what: `v${abi}, S1 = ${s1.name}`,
      statuses: GRANULES.map((g) => {
        const { expected } = seen({ ...BASE, abiFront: abi, abiBack: abi, s1Front: s1.name, s1Back: s1.name, gFront: g.name, gBack: g.name }, [{ do: "balloon" }]);
        return expected.balloonFront === "refused" ? "Refused, nothing is freed" : `Supported, ${expected.balloonFront}`;
      }),
    })),
  ),
});

/** What each CPU model lets start: a kernel at S1 (with any G it has), a domain at G (with any S1 it has). */
const cpuTable = (): SupportTable => ({
  title: "CPU models",
  about: "A pair of guests connects a block device on each model. A granule that the model lacks is refused before anything runs.",
  what: "model",
  columns: [...GRANULES.map((g) => `S1 = ${g.name}`), ...GRANULES.map((g) => `G = ${g.name}`)],
  rows: CPU_MODELS.map((cpu) => {
    const start = (s1: AnyGranule | undefined, g: AnyGranule | undefined): string => {
      if (s1 === undefined || g === undefined) throw new ModelBug(`${cpu.name} has no granule at a stage`);
      const which = cpu.name === DEFAULT_CPU ? {} : { cpu: cpu.name };
      return seen({ ...BASE, s1Front: s1.name, s1Back: s1.name, gFront: g.name, gBack: g.name, ...which }, []).outcome === "refused" ? "Refused" : "Supported";
    };
    return { what: cpu.name, statuses: [...GRANULES.map((s1) => start(s1, cpu.stage2[0])), ...GRANULES.map((g) => start(cpu.stage1[0], g))] };
  }),
});

export const pairTables = (): readonly SupportTable[] => [blockTable(), balloonTable(), cpuTable()];
