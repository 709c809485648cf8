/** Guest memory as hypercalls see it: v1 by guest VA through both stages, v2 by IPA in the caller's own RAM. */
import { READ, type MachineMemory, WRITE } from "@granule/machine";
import type { Trace } from "@granule/kit";
import { add, type Bytes, DONE, fail, hex, type Ipa, offsetIn, type Pa, pa, type Range, type Result, toNumber, type Va, XEN_PAGE } from "@granule/units";
import { type Domain, type GuestMemory, P2M, type Vcpu } from "./contract.ts";

/** Copies go in pieces of the smallest granule: a piece lies in one translation. */
const UNIT: Bytes = XEN_PAGE.size;
/** Bytes up to which a loop beats a typed array's own copy. */
const SMALL: Bytes = 64;

/** Finds what the vcpu's own translation has refused: a machine address as a number, or -1. */
export type SecondTry = (vcpu: Vcpu, at: Va, write: boolean) => number;

/** `mayBuffer`: whether a hypercall's argument may lie in the machine frame; undefined: in any that the guest reaches. */
export function createGuestMemory(memory: MachineMemory, trace: Trace, mayBuffer?: (domain: Domain, at: Pa) => boolean, secondTry: SecondTry = () => -1): GuestMemory {
  const base = toNumber(memory.base);
  const { u8 } = memory;
  /** Small copies go byte by byte: a view of the memory would cost more than they do. */
  const move = (o: number, buffer: Uint8Array, done: number, n: number, write: boolean): void => {
    if (n > SMALL) {
      if (write) u8.set(buffer.subarray(done, done + n), o);
      else buffer.set(u8.subarray(o, o + n), done);
    } else if (write) for (let i = 0; i < n; i++) u8[o + i] = buffer[done + i] ?? 0;
    else for (let i = 0; i < n; i++) buffer[done + i] = u8[o + i] ?? 0;
  };
  const byVa = (vcpu: Vcpu, start: Va, buffer: Uint8Array, write: boolean): Result<undefined, "EFAULT"> => {
    for (let done = 0; done < buffer.length; ) {
      const at = add(start, done);
      const n = Math.min(buffer.length - done, UNIT - offsetIn(at, UNIT));
      let found = vcpu.translator.translate(at, write ? WRITE : READ, false);
      if (found < 0) found = secondTry(vcpu, at, write);
      if (found < 0) {
        const { stage } = vcpu.translator.abort;
        if (trace.on) trace.emit("walk", { domid: vcpu.domain.domid, va: hex(at), write, fault: `stage ${stage}` });
        return fail("EFAULT", `va ${hex(at)} is not ${write ? "writable" : "readable"}: stage ${stage} fault`);
      }
      if (mayBuffer !== undefined && !mayBuffer(vcpu.domain, pa(found))) return fail("EFAULT", `va ${hex(at)} is a frame that domain ${vcpu.domain.domid} may not reference`);
      if (trace.on) trace.emit("walk", { domid: vcpu.domain.domid, va: hex(at), write, pa: hex(found), bytes: n });
      move(found - base, buffer, done, n, write);
      done += n;
    }
    return DONE;
  };
  const byIpa = (domain: Domain, start: Ipa, buffer: Uint8Array, write: boolean): Result<undefined, "EFAULT"> => {
    for (let done = 0; done < buffer.length; ) {
      const at = add(start, done);
      const entry = domain.p2m.lookup(at);
      if (entry === undefined || entry.type !== P2M.ram || (write && !entry.writable)) return fail("EFAULT", `ipa ${hex(at)} is not RAM of domain ${domain.domid} that it may ${write ? "write" : "read"}`);
      const n = Math.min(buffer.length - done, entry.size);
      if (trace.on) trace.emit("walk", { domid: domain.domid, ipa: hex(at), write, pa: hex(entry.pa), bytes: n });
      move(memory.offset(entry.pa), buffer, done, n, write);
      done += n;
    }
    return DONE;
  };
  return {
    readVa: (vcpu, at, into) => byVa(vcpu, at, into, false),
    writeVa: (vcpu, at, from) => byVa(vcpu, at, from, true),
    readIpa: (domain, at, into) => byIpa(domain, at, into, false),
    writeIpa: (domain, at, from) => byIpa(domain, at, from, true),
    ramRuns(domain, r) {
      const out: Range<"pa">[] = [];
      let next = toNumber(r.start);
      for (const run of domain.p2m.runs(r)) {
        if (run.type !== P2M.ram || toNumber(run.ipa) !== next) return undefined;
        out.push({ start: run.pa, size: run.size });
        next += run.size;
      }
      return next === toNumber(r.start) + r.size ? out : undefined;
    },
  };
}
