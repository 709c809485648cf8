/**
 * One thread, deterministic: vcpus take turns in the order of domids; a turn ends when the vcpu waits, yields or has
 * used its instructions. Time is the sum of retired instructions, one nanosecond each; when everyone waits, it jumps
 * to the first time-out.
 */
import type { Clock, Emit, Trace } from "@granule/kit";
import type { Exit } from "@granule/machine";
import { C } from "@granule/xen-abi";
import { POLL_PENDING, VCPU_SWITCH, type Scheduler, type Vcpu } from "./contract.ts";
import type { OwnedDomains, OwnedVcpu } from "./domains.ts";
import type { Entry } from "./entry.ts";

/** Turns that {@link Scheduler.park} gives before it says that someone never parks. */
const PARK_SLICES = 10_000;
/** Instructions of a turn. */
const SLICE = 20_000;

export function createScheduler(domains: OwnedDomains, entry: Entry, clock: Clock, emit: Emit, trace: Trace): Scheduler {
  const own = (v: Vcpu): OwnedVcpu => domains.vcpuOf({ domid: v.domain.domid, vcpu: v.index });
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

  /** Handles an exit; true when the vcpu's turn goes on. */
  const handle = (v: OwnedVcpu, exit: Exit): boolean => {
    switch (exit.kind) {
      case "hvc": {
        const undefinedWhy = entry.dispatch(v, exit.imm);
        if (undefinedWhy !== undefined) crash(v, "undefined-instruction", undefinedWhy);
        return v.state === "runnable" && v.continuation === undefined && !v.yielded;
      }
      case "wait":
        if (!pending(v)) {
          block(v, exit.until);
          if (trace.on) trace.emit("wait", { domid: v.domain.domid, vcpu: v.index });
        }
        return false;
      case "budget":
        return false;
      case "end":
        v.state = "offline";
        if (v.domain.vcpus.every((other) => other.state === "offline")) domains.shutdown(v.domain, C.SHUTDOWN.poweroff);
        return false;
      case "crash":
        crash(v, exit.rule, exit.why);
        return false;
      case "abort":
        crash(v, "unhandled-abort", `no device at ipa ${String(exit.abort.ipa)}`);
        return false;
      case "sysreg":
        crash(v, "sysreg", `access with ISS 0x${exit.iss.toString(16)} is not handled`);
        return false;
    }
  };

  const turn = (v: OwnedVcpu): void => {
    const { engine, regs } = v;
    const began = regs.retired;
    let counted = began;
    v.yielded = false;
    emit.event(VCPU_SWITCH, { vcpu: v, running: true });
    engine.irq(pending(v));
    if (v.continuation !== undefined) entry.dispatch(v, C.XEN_HYPERCALL_TAG);
    let goesOn = v.continuation === undefined && v.state === "runnable";
    while (goesOn && v.state === "runnable" && regs.retired - began < SLICE) {
      const exit = engine.run(SLICE - (regs.retired - began));
      clock.advance(regs.retired - counted);
      counted = regs.retired;
      goesOn = handle(v, exit);
      if (goesOn) engine.irq(pending(v));
    }
    emit.event(VCPU_SWITCH, { vcpu: v, running: false });
  };

  /** Wakes those whose event or time has come; the earliest time-out of those who wait on. */
  const wakeDue = (): number => {
    let earliest = Infinity;
    for (const d of domains.list())
      for (const v of d.vcpus) {
        if (v.state !== "blocked") continue;
        if (isDue(v)) v.state = "runnable";
        else earliest = Math.min(earliest, v.wakeAt);
      }
    return earliest;
  };

  return {
    run({ slices = Infinity, until } = {}) {
      for (let used = 0; used < slices; ) {
        const earliest = wakeDue();
        let ran = false;
        for (const d of domains.list())
          for (const v of d.vcpus) {
            if (v.state !== "runnable" || d.state !== "running") continue;
            if (until?.() === true) return "until";
            ran = true;
            turn(v);
            if (++used >= slices) return until?.() === true ? "until" : "slices";
          }
        if (ran) continue;
        if (until?.() === true) return "until";
        if (earliest === Infinity) return "idle";
        clock.advance(earliest - clock.now());
      }
      return "slices";
    },
    wake(vcpu) {
      const v = own(vcpu);
      if (v.state === "blocked") v.state = "runnable";
    },
    block: (vcpu, until) => block(own(vcpu), until),
    poll: (vcpu, ports, until) => block(own(vcpu), until, ports),
    park(slices = PARK_SLICES) {
      for (let used = 0; used < slices; ) {
        wakeDue();
        const all = domains.list().flatMap((d) => d.vcpus.filter((v) => v.state !== "offline"));
        const running = all.filter((v) => v.continuation !== undefined || !v.engine.save().ok);
        if (running.length === 0) return true;
        let ran = false;
        for (const v of running) {
          if (v.state !== "runnable") continue;
          ran = true;
          used++;
          turn(v);
        }
        if (!ran) return false;
      }
      return false;
    },
    yield: (vcpu) => void (own(vcpu).yielded = true),
  };
}
