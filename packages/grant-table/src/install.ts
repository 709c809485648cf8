/** Putting a grant's machine runs into the mapper's stage 2, and taking out exactly what is still there of them. */
import { type Domain, P2M } from "@granule/hypervisor/contract";
import { type Ipa, ipa, ModelBug, pa, range, type Range, toNumber } from "@granule/units";
import type { Mapping } from "./state.ts";
import type { Runs } from "./runs.ts";

const isGrant = (type: number): boolean => type === P2M.grantRw || type === P2M.grantRo;

/** Maps all runs from `address` on, never executable. False: the P2M refused; then nothing of it is mapped. */
export function install(domain: Domain, runs: Runs, address: number, writable: boolean): boolean {
  const type = writable ? P2M.grantRw : P2M.grantRo;
  for (let i = 0; i < runs.count; i++) {
    const offset = runs.offset[i] ?? 0;
    const r = domain.p2m.map(range(ipa(address + offset), runs.size[i] ?? 0), pa(runs.at[i] ?? 0), type, writable);
    if (r.ok) continue;
    if (offset > 0) unmapAll(domain, range(ipa(address), offset));
    return false;
  }
  return true;
}

function unmapAll(domain: Domain, r: Range<"ipa">): void {
  const done = domain.p2m.unmap(r);
  // what was mapped whole is unmapped whole: no table has to be split for it
  if (!done.ok) throw new ModelBug(`unmapping a grant: ${done.why}`);
}

/** Parts of a mapping that stage 2 still has: v1 lets a domain map and populate over its own mappings. */
export function whatIsLeft(domain: Domain, m: Mapping): readonly Range<"ipa">[] {
  const left: { start: Ipa; size: number }[] = [];
  const { runs } = m.use;
  for (let i = 0; i < runs.count; i++) {
    const start = m.address + (runs.offset[i] ?? 0);
    const at = runs.at[i] ?? 0;
    for (const r of domain.p2m.runs(range(ipa(start), runs.size[i] ?? 0))) {
      if (!isGrant(r.type) || toNumber(r.pa) !== at + (toNumber(r.ipa) - start)) continue;
      const last = left.at(-1);
      if (last !== undefined && toNumber(last.start) + last.size === toNumber(r.ipa)) last.size += r.size;
      else left.push({ start: r.ipa, size: r.size });
    }
  }
  return left;
}

/** Unmaps a mapping where it was made, but for what lies over it now. */
export function remove(domain: Domain, m: Mapping): void {
  for (const r of whatIsLeft(domain, m)) unmapAll(domain, r);
}
