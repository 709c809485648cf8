/**
 * Runs a guest that executes A64 code to its end, with this process's terminal as its console. On a terminal time passes as on
 * the wall while the guest waits; elsewhere it jumps.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { KernelRun } from "@granule/granule";
import type { CliContext } from "../context.ts";

/** Ctrl-]: leaves a guest, as in other consoles. */
const LEAVE = "\u001d";
/** Scheduler turns between two looks at the keyboard: some ten milliseconds of work. */
const SLICES = 50;
/** Milliseconds that a sleep takes at most, when nobody types. */
const NAP = 20;
const NS_PER_MS = 1e6;

/** Why it stopped: the guest ended, waits for ever, had its instructions, was left by Ctrl-], or Ctrl-C was pressed. */
export type Stop = "ended" | "stuck" | "limit" | "left" | "interrupted";

/** What is typed, until `close`. */
interface Keyboard {
  /** Undefined: nothing. */
  take(): string | undefined;
  readonly isOpen: boolean;
  /** Waits for keys, or for so many milliseconds. */
  wait(ms: number): Promise<void>;
  close(): void;
}

function openKeyboard(stdin: CliContext["stdin"]): Keyboard {
  let typed = "";
  let isOpen = stdin !== undefined;
  let wake: (() => void) | undefined;
  const decoder = new TextDecoder();
  const onData = (chunk: Uint8Array): void => {
    typed += decoder.decode(chunk, { stream: true });
    wake?.();
  };
  const onEnd = (): void => {
    isOpen = false;
    wake?.();
  };
  stdin?.setRawMode?.(true);
  stdin?.on("data", onData);
  stdin?.on("end", onEnd);
  return {
    take() {
      if (typed === "") return undefined;
      const text = typed;
      typed = "";
      return text;
    },
    get isOpen() {
      return isOpen;
    },
    async wait(ms) {
      if (typed !== "") return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
      wake = undefined;
    },
    close() {
      stdin?.off("data", onData);
      stdin?.off("end", onEnd);
      stdin?.setRawMode?.(false);
      // or it keeps the process alive
      stdin?.pause();
    },
  };
}

export interface DriveLimits {
  /** Instructions of all vcpus. */
  readonly instructions: number | undefined;
}

/** Runs it. */
export async function driveKernel(context: CliContext, run: KernelRun, { instructions = Infinity }: DriveLimits): Promise<Stop> {
  const { stdin } = context;
  const isLive = stdin?.isTTY === true;
  let isInterrupted = false;
  const undo = context.onInterrupt(() => void (isInterrupted = true));
  const keyboard = openKeyboard(stdin);
  // where machine time and the wall's were, when the guest last did something
  let anchor = { wall: performance.now(), machine: run.machine.now() };
  try {
    for (;;) {
      if (isInterrupted) return "interrupted";
      const text = keyboard.take();
      if (isLive && text?.includes(LEAVE) === true) return "left";
      if (text !== undefined) run.type(text);
      const horizon = anchor.machine + (performance.now() - anchor.wall) * NS_PER_MS;
      const state = run.step({ slices: SLICES, ...(isLive ? { horizon } : {}) });
      if (state === "ended") return "ended";
      if (run.statistics().instructions >= instructions) return "limit";
      if (state === "running") {
        anchor = { wall: performance.now(), machine: run.machine.now() };
        await nextTurn();
      } else if (state === "waiting" || keyboard.isOpen) await keyboard.wait(NAP);
      else return "stuck";
    }
  } finally {
    keyboard.close();
    undo();
  }
}
