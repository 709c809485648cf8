/**
 * One thread, deterministic: vcpus take turns in the order of domids; a turn ends when the vcpu waits, yields or has
 * used its instructions. Time is the sum of retired instructions, one nanosecond each; when everyone waits, it jumps
 * to the first time-out.
 */
import { type Clock, type Emit, type Json, jsonList, jsonNumber, type Trace } from "@granule/kit";
import { EXECUTE, type Exit, type HeldExit, WRITE } from "@granule/machine";
import { hex, isSame } from "@granule/units";
import { C } from "@granule/xen-abi";
import { P2M, POLL_PENDING, type Scheduler, UNDEFINED, type Vcpu, VCPU_SWITCH } from "./contract.ts";
import { countTime } from "./host.ts";
import type { OwnedDomains, OwnedVcpu } from "./domains.ts";
import type { Entry } from "./entry.ts";
import type { Watchdogs } from "./watchdogs.ts";

/** Turns that {@link Scheduler.park} gives before it says that someone never parks. */
const PARK_SLICES = 10_000;
/** Instructions of a turn. */
const SLICE = 20_000;
/** Bytes of an A64 instruction. */
const INSTRUCTION = 4n;

export interface OwnedScheduler extends Scheduler {
  save(): Json;
  load(state: Json): void;
}

export function createScheduler(domains: OwnedDomains, entry: Entry, clock: Clock, emit: Emit, trace: Trace, watchdogs: Watchdogs): OwnedScheduler {
  const own = (v: Vcpu): OwnedVcpu => domains.vcpuOf({ domid: v.domain.domid, vcpu: v.index });
  const deadline = (v: OwnedVcpu): number => v.deadlineSource?.() ?? Infinity;
  const pending = (v: OwnedVcpu): boolean => v.irqSource?.() ?? false;
  const isDue = (v: OwnedVcpu): boolean =>
    v.wakeAt <= clock.now() || pending(v) || v.polled.some((port) => emit.handled(POLL_PENDING, { domain: v.domain, port }) !== false);
  const block = (v: OwnedVcpu, until: number, polled: readonly number[] = []): void => {
    v.state = "blocked";
    v.wakeAt = until;
    v.polled = polled;
  };
  const crash = (v: OwnedVcpu, rule: string, why: string): void => {
    if (trace.on) trace.emit("crash", { domid: v.domain.domid, vcpu: v.index, rule, why });
    domains.crash(v.domain, rule, why);
  };

  /**
   * The vcpu is held before an access: it tries once more, for the trap has cleared its exclusive monitor, and is taken off when it comes
   * no further. Answers whether its turn goes on.
   */
  const hold = (v: OwnedVcpu, { refused: { va, ipa, access }, interruptible }: HeldExit): boolean => {
    const pc = v.regs.get("PC");
    const { retired } = v.regs;
    const was = v.hang;
    const isSameAccess = was !== undefined && was.pc === pc && isSame(was.va, va);
    const type = v.domain.p2m.lookup(ipa)?.type ?? P2M.ram;
    const isAgain = isSameAccess && retired - was.retired <= 1;
    v.hang = { pc, va, ipa, access: access === WRITE ? "write" : access === EXECUTE ? "execute" : "read", type, interruptible, retired, isTold: isSameAccess && was.isTold };
    if (!isAgain) return true;
    v.state = "hung";
    v.wakeAt = deadline(v);
    v.polled = [];
    if (trace.on && !v.hang.isTold) trace.emit("hang", { domid: v.domain.domid, vcpu: v.index, pc: hex(pc), va: hex(va), ipa: hex(ipa), access: v.hang.access });
    v.hang.isTold = true;
    return false;
  };
  /** The instruction at `at` is UNDEFINED: an exception where the guest takes such, else its end. */
  const refuse = (v: OwnedVcpu, at: bigint, why: string): void => {
    if (emit.handled(UNDEFINED, { vcpu: v, at, why }) === undefined) crash(v, "undefined-instruction", why);
    else if (trace.on) trace.emit("undefined", { domid: v.domain.domid, vcpu: v.index, why });
  };
  const isStillOn = (v: OwnedVcpu): boolean => v.state === "runnable" && v.continuation === undefined && !v.yielded;

  /** Handles an exit; true when the vcpu's turn goes on. `atDeadline`: it had fewer instructions than a turn, and used them up. */
  const handle = (v: OwnedVcpu, exit: Exit, atDeadline: boolean): boolean => {
    switch (exit.kind) {
      case "hvc": {
        const undefinedWhy = entry.dispatch(v, exit.imm);
        if (undefinedWhy !== undefined) refuse(v, v.regs.get("PC") - INSTRUCTION, undefinedWhy);
        return isStillOn(v);
      }
      case "smc": {
        const at = v.regs.get("PC");
        if (exit.imm !== 0) refuse(v, at, `smc #0x${exit.imm.toString(16)} is undefined; firmware is smc #0`);
        else {
          // it trapped before it was executed
          v.regs.set("PC", at + INSTRUCTION);
          entry.firmware(v, "smc");
        }
        return isStillOn(v);
      }
      case "wait":
        if (!pending(v)) {
          block(v, Math.min(exit.until, deadline(v)));
          if (trace.on) trace.emit("wait", { domid: v.domain.domid, vcpu: v.index });
        }
        return false;
      case "budget":
        return atDeadline;
      case "end":
        v.state = "offline";
        if (v.domain.vcpus.every((other) => other.state === "offline")) domains.shutdown(v.domain, C.SHUTDOWN.poweroff);
        return false;
      case "crash":
        crash(v, exit.rule, exit.why);
        return false;
      case "held":
        return hold(v, exit);
      case "sysreg":
        crash(v, "sysreg", `access with ISS 0x${exit.iss.toString(16)} is not handled`);
        return false;
    }
  };

  const turn = (v: OwnedVcpu): void => {
    const { engine, regs } = v;
    const began = regs.retired;
    v.yielded = false;
    emit.event(VCPU_SWITCH, { vcpu: v, running: true });
    engine.irq(pending(v));
    if (v.continuation !== undefined) entry.dispatch(v, C.XEN_HYPERCALL_TAG);
    let goesOn = v.continuation === undefined && v.state === "runnable";
    while (goesOn && v.state === "runnable" && regs.retired - began < SLICE) {
      const left = SLICE - (regs.retired - began);
      // what is due was seen by `pending`; a deadline of now would make no progress
      const budget = Math.max(1, Math.min(left, Math.ceil(deadline(v) - clock.now())));
      const end = regs.retired + budget;
      const exit = engine.run(budget);
      countTime(v, clock);
      goesOn = handle(v, exit, budget < left && regs.retired >= end);
      if (goesOn) engine.irq(pending(v));
    }
    emit.event(VCPU_SWITCH, { vcpu: v, running: false });
  };

  /** Wakes those whose event or time has come, and ends whose watchdog has; the earliest time-out of those who wait on. */
  const wakeDue = (): number => {
    watchdogs.expire();
    let earliest = watchdogs.next();
    for (const d of domains.list())
      for (const v of d.vcpus) {
        if (v.state !== "blocked" && !(v.state === "hung" && v.hang?.interruptible === true)) continue;
        if (isDue(v)) v.state = "runnable";
        else earliest = Math.min(earliest, v.wakeAt);
      }
    return earliest;
  };

  /** Who ran last: the next turn is the one's after it, so that a run in slices is the run in one piece. */
  let last = { domid: -1, vcpu: -1 };
  const isAfterLast = (v: OwnedVcpu): boolean => v.domain.domid > last.domid || (v.domain.domid === last.domid && v.index > last.vcpu);
  /** The next vcpu that can run and that `wanted` holds for, in the order of domids. */
  const next = (wanted: (v: OwnedVcpu) => boolean = () => true): OwnedVcpu | undefined => {
    let first: OwnedVcpu | undefined;
    for (const d of domains.list()) {
      if (d.state !== "running") continue;
      for (const v of d.vcpus) {
        if (v.state !== "runnable" || !wanted(v)) continue;
        if (isAfterLast(v)) return v;
        first ??= v;
      }
    }
    return first;
  };
  const take = (v: OwnedVcpu): void => {
    last = { domid: v.domain.domid, vcpu: v.index };
    turn(v);
  };
  const isParked = (v: OwnedVcpu): boolean => v.state === "offline" || (v.continuation === undefined && v.engine.save().ok);

  return {
    run({ slices = Infinity, until, horizon = Infinity } = {}) {
      for (let used = 0; used < slices; ) {
        const earliest = wakeDue();
        if (until?.() === true) return "until";
        const v = next();
        if (v !== undefined) {
          take(v);
          used++;
        } else if (earliest === Infinity) return "idle";
        else if (earliest > horizon) {
          clock.advance(Math.max(0, horizon - clock.now()));
          return "horizon";
        } else clock.advance(earliest - clock.now());
      }
      return until?.() === true ? "until" : "slices";
    },
    wake(vcpu) {
      const v = own(vcpu);
      if (v.state === "blocked") v.state = "runnable";
    },
    block: (vcpu, until) => block(own(vcpu), until),
    poll: (vcpu, ports, until) => block(own(vcpu), until, ports),
    park(slices = PARK_SLICES) {
      for (let used = 0; used < slices; ) {
        const earliest = wakeDue();
        if (domains.list().every((d) => d.vcpus.every(isParked))) return true;
        const v = next((w) => !isParked(w));
        if (v !== undefined) {
          take(v);
          used++;
        } else if (earliest === Infinity) return false;
        else clock.advance(earliest - clock.now());
      }
      return false;
    },
    save: () => [last.domid, last.vcpu],
    load(state) {
      const [domid, vcpu] = jsonList(state, "the scheduler").map((n) => jsonNumber(n, "the scheduler"));
      last = { domid: domid ?? -1, vcpu: vcpu ?? -1 };
    },
    start(vcpu) {
      const v = own(vcpu);
      if (v.state === "offline" && v.domain.state === "running") v.state = "runnable";
    },
    stop(vcpu) {
      own(vcpu).state = "offline";
    },
    yield: (vcpu) => void (own(vcpu).yielded = true),
  };
}
