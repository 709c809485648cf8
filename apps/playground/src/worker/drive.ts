/**
 * Runs a machine in turns, so that what is typed is seen between them, and tells about it. Time passes as on the wall while the
 * guest waits, unless it is to be skipped.
 */
import type { KernelRun } from "@granule/granule";
import type { Activity, FromWorker } from "../protocol.ts";

/** Scheduler turns between two looks at the inbox: some ten milliseconds of work. */
const SLICES = 50;
/** Milliseconds that a sleep takes at most, when nobody types. */
const NAP = 20;
/** Milliseconds between two statistics. */
const PERIOD = 200;
const NS_PER_MS = 1e6;

/** What a drive needs of where it runs. */
export interface DriveHost {
  send(message: FromWorker): void;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Lets messages arrive. */
  turn(): Promise<void>;
  /** Waits for a message, or for so many milliseconds. */
  nap(ms: number): Promise<void>;
  /** What was typed since it was asked last. */
  takeTyped(): string;
}

/** Collects what a guest writes between two turns. */
export interface Output {
  readonly write: (text: string) => void;
  flush(host: Pick<DriveHost, "send">): void;
}
export function collectOutput(): Output {
  let waiting = "";
  return {
    write: (text) => void (waiting += text),
    flush(host) {
      if (waiting === "") return;
      host.send({ kind: "output", text: waiting });
      waiting = "";
    },
  };
}

/** Runs it until the guest ends. */
export async function drive(run: KernelRun, output: Output, host: DriveHost, skipsIdle: boolean): Promise<void> {
  const began = host.now();
  let busy = 0;
  let told = -Infinity;
  // where machine time and the wall's were, when the guest last did something
  let anchor = { wall: began, machine: run.machine.now() };
  const tell = (activity: Activity): void => {
    told = host.now();
    host.send({ kind: "statistics", statistics: { activity, wall: told - began, busy, ...run.statistics() } });
  };
  for (;;) {
    const text = host.takeTyped();
    if (text !== "") run.type(text);
    const start = host.now();
    const horizon = anchor.machine + (start - anchor.wall) * NS_PER_MS;
    const state = run.step({ slices: SLICES, ...(skipsIdle ? {} : { horizon }) });
    const now = host.now();
    busy += now - start;
    output.flush(host);
    if (state === "ended") {
      tell("running");
      const end = run.end();
      host.send({ kind: "ended", reason: end?.reason ?? "crash", why: end?.why ?? "its domain is gone" });
      return;
    }
    if (now - told >= PERIOD) tell(state);
    if (state === "running") {
      anchor = { wall: now, machine: run.machine.now() };
      await host.turn();
    } else await host.nap(NAP);
  }
}
