/**
 * What grant copies of both ABIs share. A side is a reference or memory of the caller; both are resolved to machine
 * runs before the first byte moves, so a failed element has changed nothing.
 */
import type { Domain } from "@granule/hypervisor/contract";
import type { Bytes } from "@granule/units";
import { C } from "@granule/xen-abi";
import { type Claim, createClaim } from "./pins.ts";
import { createRuns, moveRuns, ownRuns, type Runs, sliceRuns } from "./runs.ts";
import { type Core, COUNTER, granterState, mayTalk } from "./shared.ts";
import type { GrantState } from "./state.ts";

/** One side of one element. Reused: copies are the hot path. */
export interface Side {
  /** Whose memory it is. */
  domain: Domain | undefined;
  readonly claim: Claim;
  readonly runs: Runs;
}
export const createSide = (): Side => ({ domain: undefined, claim: createClaim(), runs: createRuns() });

/** The bytes `[offset, offset + length)` of a claimed entry as runs: latched ones when it is mapped too. */
export function resolveClaim(core: Core, s: Side, offset: Bytes, length: Bytes): boolean {
  const { claim } = s;
  if (claim.use !== undefined) {
    sliceRuns(claim.use.runs, offset, length, s.runs);
    return true;
  }
  const { table } = claim;
  return table !== undefined && ownRuns(table.domain, core.frames, claim.start + offset, length, table.version === 1, s.runs);
}

/** The domain that a side names; SELF is the caller. */
export function sideState(core: Core, me: GrantState, domid: number): GrantState | undefined {
  return domid === C.DOMID_SELF ? me : granterState(core, domid);
}

/** All pairs of the three must be allowed to talk, so that nobody is a messenger for others. */
export const maySpeak = (core: Core, me: GrantState, from: GrantState, to: GrantState): boolean =>
  mayTalk(core, me.domain, from.domain) && mayTalk(core, me.domain, to.domain) && mayTalk(core, from.domain, to.domain);

export function letGo(core: Core, source: Side, dest: Side): void {
  core.pins.unclaim(source.claim);
  core.pins.unclaim(dest.claim);
}

/** Moves the bytes, counts them, and lets go of both entries. */
export function finish(core: Core, me: GrantState, source: Side, dest: Side, length: Bytes): void {
  if (length > 0) moveRuns(core.memory, dest.runs, source.runs, source.domain === dest.domain);
  letGo(core, source, dest);
  me.domain.counters.add(COUNTER.copy, 1);
  me.domain.counters.add(COUNTER.copyBytes, length);
}
