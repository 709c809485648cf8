/**
 * Stage 2 tables and the registers that point at them.
 * Source: Arm ARM DDI 0487, "VTCR_EL2", "VTTBR_EL2"; D8.2 "Translation process", "Concatenated translation tables".
 */
import { addressSizeEncoding, type Geometry, stage2Geometry, VTCR_EL2, VTTBR_EL2 } from "@granule/arm";
import { type AnyGranule, fail, ok, type Pa, type Result, toNumber } from "@granule/units";
import type { Stage2Attributes, TableOwner, TableTree } from "./contract.ts";
import { type AdoptedTables, createTree, type TreeOptions } from "./tree.ts";
import { STAGE2_ATTRIBUTES } from "./words.ts";

export interface Stage2Config extends TableOwner<"pa">, TreeOptions {
  readonly granule: AnyGranule;
  /** Size of the IPA space in bits. */
  readonly ipaBits: number;
  /** PA size of the CPU in bits: limits IPA size, start level and outputs. */
  readonly paBits: number;
  /** Tables of a restored snapshot; absent: a new, empty tree. */
  readonly adopted?: AdoptedTables<"pa">;
}
export type Stage2Tree = TableTree<"ipa", "pa", Stage2Attributes>;

/**
 * An empty stage 2. EINVAL: no such input size on this CPU. ENOMEM: no initial table.
 *
 * @example
 * const p2m = createStage2({ memory, granule: GRANULE_16K, ipaBits: 40, paBits: 40, allocTable, freeTable, flush });
 */
export function createStage2(config: Stage2Config): Result<Stage2Tree, "EINVAL" | "ENOMEM"> {
  const geometry = stage2Geometry(config.granule, config.ipaBits, config.paBits);
  if (!geometry.ok) return geometry;
  return createTree<"ipa", "pa", Stage2Attributes>(config, {
    geometry: geometry.value, origin: 0, outputBits: config.paBits, codec: STAGE2_ATTRIBUTES,
    blocks: config.blocks ?? true, contiguous: config.contiguous ?? true,
  }, config.adopted);
}

/** Write-back, inner shareable table walks: IRGN0, ORGN0 1, SH0 3. */
const WALK_ATTRIBUTES = { IRGN0: 1, ORGN0: 1, SH0: 3 } as const;

/** VTCR_EL2 for a geometry on a CPU with `paBits`. @throws RangeError when the architecture has no such PA size. */
export function vtcrOf(geometry: Geometry, paBits: number): bigint {
  const ps = addressSizeEncoding(paBits);
  if (ps === undefined) throw new RangeError(`no VTCR_EL2.PS for ${paBits} PA bits`);
  return VTCR_EL2.encode({ ...WALK_ATTRIBUTES, T0SZ: 64 - geometry.inputBits, SL0: geometry.sl0, TG0: geometry.levels.tg0, PS: ps, RES1: 1 });
}

/** VTTBR_EL2 for an initial table and a VMID (8 bits). */
export const vttbrOf = (root: Pa, vmid: number): bigint => VTTBR_EL2.encode({ BADDR: toNumber(root) / 2, VMID: vmid });

/** VTCR_EL2 and VTTBR_EL2 for a stage 2 of `granule`. EINVAL: no such input size on this CPU, or VMID above 8 bits. */
export function stage2Registers(granule: AnyGranule, ipaBits: number, paBits: number, root: Pa, vmid: number): Result<{ readonly vtcr: bigint; readonly vttbr: bigint }, "EINVAL"> {
  const geometry = stage2Geometry(granule, ipaBits, paBits);
  if (!geometry.ok) return geometry;
  if (!Number.isInteger(vmid) || vmid < 0 || vmid > 255) return fail("EINVAL", `VMID ${vmid} does not fit 8 bits`);
  return ok({ vtcr: vtcrOf(geometry.value, paBits), vttbr: vttbrOf(root, vmid) });
}
