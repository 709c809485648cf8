/** RAM in and out of a domain's P2M, all or nothing. Ranges are multiples of G; nothing is rounded. */
import type { Emit } from "@granule/kit";
import { type Domain, type Frames, P2M, RAM_REMOVED } from "@granule/hypervisor";
import { add, BACKING_UNIT, type Bytes, distance, DONE, fail, hex, type Ipa, ipa, ModelBug, offsetIn, type Pa, range, type Range, type Result, XEN_PAGE } from "@granule/units";
import { POPULATED, RELEASED } from "./contract.ts";

export interface Ram {
  /** ENOENT: not all RAM of the domain. EBUSY: some of it is granted or pinned. */
  check(domain: Domain, r: Range<"ipa">): Result<undefined, "ENOENT" | "EBUSY">;
  /** Unmaps RAM that was checked, and gives it up. */
  take(domain: Domain, r: Range<"ipa">): Result<undefined, "ENOMEM">;
  /** v1: gives one frame of RAM up, which is still reached where it has its address. */
  giveUpFrame(domain: Domain, at: Pa): void;
  /** Maps fresh RAM. With `split`, at an empty range: in the largest pieces that can be had. Else as one machine run, in place of what was there. */
  fill(domain: Domain, r: Range<"ipa">, split: boolean): Result<undefined, "ENOMEM">;
}

interface Piece {
  readonly at: Ipa;
  readonly pa: Pa;
  readonly size: Bytes;
}

export function createRam(frames: Frames, emit: Emit): Ram {
  /** A run that is the address modulo 64 KiB, so that larger granules can map it too; else any that G allows. */
  const allocate = (domain: Domain, at: Ipa, size: Bytes): Pa | undefined =>
    frames.allocate(domain, size, BACKING_UNIT, offsetIn(at, BACKING_UNIT)) ?? frames.allocate(domain, size, domain.granule.size);

  const allocateAll = (domain: Domain, r: Range<"ipa">, split: boolean): readonly Piece[] | undefined => {
    const pieces: Piece[] = [];
    // once a size cannot be had it is not tried again, so that a fragmented machine costs one failed search a size
    let size = r.size;
    for (let done = 0; done < r.size; ) {
      const at = add(r.start, done);
      const pa = allocate(domain, at, size);
      if (pa !== undefined) {
        pieces.push({ at, pa, size });
        done += size;
      } else if (split && size > domain.granule.size) size /= 2;
      else {
        for (const p of pieces) frames.disown(domain, p.pa, p.size);
        return undefined;
      }
    }
    return pieces;
  };
  const noRam = (domain: Domain, size: Bytes) =>
    fail("ENOMEM", `${hex(size)} bytes: domain ${domain.domid} has ${hex(domain.currentBytes)} of at most ${hex(domain.maximumBytes)} bytes, or the machine has too little`);

  return {
    check(domain, r) {
      let covered = 0;
      for (const run of domain.p2m.runs(r)) if (run.type === P2M.ram) covered += run.size;
      if (covered !== r.size) return fail("ENOENT", `not-owned: only ${hex(covered)} of ${hex(r.size)} bytes at ${hex(r.start)} are RAM of domain ${domain.domid}`);
      for (const run of domain.p2m.runs(r))
        if (frames.isHeld(run.pa, run.size) || frames.isPinned(run.pa, run.size))
          return fail("EBUSY", `busy: some of the ${hex(run.size)} bytes at ${hex(run.ipa)} are ${frames.isHeld(run.pa, run.size) ? "granted and mapped" : "registered with the hypervisor"}`);
      return DONE;
    },
    take(domain, r) {
      const runs = [...domain.p2m.runs(r)];
      const unmapped = domain.p2m.unmap(r);
      if (!unmapped.ok) return fail("ENOMEM", `p2m-memory: ${unmapped.why}`);
      for (const run of runs) frames.disown(domain, run.pa, run.size);
      domain.counters.add(RELEASED, r.size);
      emit.event(RAM_REMOVED, { domain, range: r });
      return DONE;
    },
    giveUpFrame(domain, at) {
      const { p2m } = domain;
      for (const run of p2m.runs(range(ipa(0), p2m.ipaLimit))) {
        const offset = distance(at, run.pa);
        if (run.type !== P2M.ram || offset < 0 || offset >= run.size) continue;
        const mapped = p2m.map(range(add(run.ipa, offset), XEN_PAGE.size), at, P2M.stray, run.writable);
        // a block may have to be split, and there are no tables left: then the domain keeps it
        if (!mapped.ok) return;
        frames.keep(at, XEN_PAGE.size);
        break;
      }
      frames.disown(domain, at, XEN_PAGE.size);
    },
    fill(domain, r, split) {
      if (domain.currentBytes + r.size > domain.maximumBytes) return noRam(domain, r.size);
      const pieces = allocateAll(domain, r, split);
      if (pieces === undefined) return noRam(domain, r.size);
      const before = [...domain.p2m.runs(r)];
      for (const [i, p] of pieces.entries()) {
        const mapped = domain.p2m.map(range(p.at, p.size), p.pa, P2M.ram, true);
        if (mapped.ok) continue;
        // a map that fails changes nothing; several pieces are mapped at an empty range only, so what was done goes at once
        if (i > 0 && !domain.p2m.unmap(range(r.start, distance(p.at, r.start))).ok) throw new ModelBug("populate cannot be undone");
        for (const q of pieces) frames.disown(domain, q.pa, q.size);
        return fail("ENOMEM", `p2m-memory: ${mapped.why}`);
      }
      // v1 may map over what was there: a foreign frame is referenced no longer, RAM stays the domain's without an address
      for (const run of before) frames.leafGone(run, run.size);
      if (before.some((run) => run.type === P2M.ram)) emit.event(RAM_REMOVED, { domain, range: r });
      domain.counters.add(POPULATED, r.size);
      return DONE;
    },
  };
}
