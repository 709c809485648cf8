/**
 * The scripted engine: a guest kernel written as a generator, at EL1. A trap is a yield that the run loop sees as an
 * exit, exactly as a real kernel's; loads and stores are synchronous (see guestAccess.ts).
 */
import { fail, ModelBug, ok } from "@granule/units";
import { type Json, jsonObject } from "@granule/kit";
import { type Engine, type EngineFactory, type Exit, type Guest, GuestAbort, type GuestProgram, type ScriptedHost, type Trap } from "./contract.ts";
import { createGuestAccess } from "./guestAccess.ts";

/** Instructions charged for a trap. */
const TRAP_COST = 50;

const BUDGET: Exit = { kind: "budget" };
const END: Exit = { kind: "end" };

/** A factory of engines that run `program`. */
export const scripted = (program: GuestProgram): EngineFactory => (host) => createScriptedEngine(host, program);

/** An engine that runs `program` until it returns (`end`), lets a {@link GuestAbort} or another error escape (`crash`). */
export function createScriptedEngine(host: ScriptedHost, program: GuestProgram): Engine {
  const { regs, translator, now } = host;
  let irqUp = false;
  /** Set while the program is suspended in `checkpoint`. */
  let parked: (() => Json) | undefined;
  let running: Trap<void> | undefined;
  let last: Exit | undefined;
  const hvcExit: { kind: "hvc"; imm: number } = { kind: "hvc", imm: 0 };
  const waitExit: { kind: "wait"; until: number } = { kind: "wait", until: Infinity };

  const guest: Guest = {
    regs: regs.view,
    // it cannot be executed again: whatever the program makes of the abort, this is its end
    ...createGuestAccess(host, (refused) => void (last ??= { kind: "held", refused, interruptible: false })),
    mrs: (name) => regs.get(name),
    msr(name, value) {
      regs.set(name, value);
      translator.invalidate();
    },
    tlbi: () => translator.invalidate(),
    *hvc(imm) {
      regs.retired += TRAP_COST;
      hvcExit.imm = imm;
      yield hvcExit;
    },
    *wait(until = Infinity) {
      regs.retired += TRAP_COST;
      if (irqUp || until <= now()) {
        // WFI completes at once; others still get their turn, so that a polling guest cannot starve them
        yield BUDGET;
        return;
      }
      waitExit.until = until;
      yield waitExit;
    },
    *pause() {
      regs.retired += TRAP_COST;
      yield BUDGET;
    },
    *checkpoint(state) {
      parked = state;
      yield BUDGET;
    },
    now,
  };
  const start = (saved?: Json): Trap<void> => program(guest, saved);
  const stop = (exit: Exit): Exit => {
    last = exit;
    return exit;
  };
  return {
    regs,
    run() {
      if (last !== undefined) return last;
      running ??= start();
      parked = undefined;
      try {
        const step = running.next();
        if (last !== undefined) return last;
        return step.done === true ? stop(END) : step.value;
      } catch (e) {
        if (e instanceof ModelBug) throw e;
        if (last !== undefined) return last;
        if (e instanceof GuestAbort) return stop({ kind: "crash", rule: "unhandled-abort", why: e.message });
        return stop({ kind: "crash", rule: "program", why: e instanceof Error ? e.message : String(e) });
      }
    },
    irq: (level) => void (irqUp = level),
    // a program leaves `run` at its traps alone
    stop: () => undefined,
    flush: () => translator.invalidate(),
    save() {
      if (running === undefined) return ok({ started: false });
      if (parked === undefined) return fail("EBUSY", "the scripted guest is not parked at a checkpoint");
      return ok({ started: true, state: parked() });
    },
    load(state) {
      const s = jsonObject(state, "a scripted guest");
      parked = undefined;
      last = undefined;
      running = s["started"] === true ? start(s["state"] ?? null) : undefined;
      // it was parked where it begins again: it may be saved before it has run
      if (s["started"] === true) parked = () => s["state"] ?? null;
    },
  };
}
