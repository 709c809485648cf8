/** The worker: one machine, from the first message to its end. */
import { GranuleError } from "@granule/units";
import type { FromWorker, Problem, ToWorker } from "../protocol.ts";
import { collectOutput, drive, type DriveHost } from "./drive.ts";
import { build } from "./setting.ts";

const send = (message: FromWorker): void => self.postMessage(message);
let typed = "";
let wake: (() => void) | undefined;

/** Comes back after the messages that have arrived; sooner than a timer. */
const turns = new MessageChannel();
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    turns.port1.onmessage = () => resolve();
    turns.port2.postMessage(undefined);
  });
const nap = async (ms: number): Promise<void> => {
  let timer = 0;
  await new Promise<void>((resolve) => {
    wake = resolve;
    timer = self.setTimeout(resolve, ms);
  });
  self.clearTimeout(timer);
  wake = undefined;
};
const host: DriveHost = {
  send, turn, nap,
  now: () => performance.now(),
  takeTyped() {
    const text = typed;
    typed = "";
    return text;
  },
};

function problemOf(e: unknown): Problem {
  if (e instanceof GranuleError) return { code: e.code, message: e.message, ...(e.hint === "" ? {} : { hint: e.hint }) };
  return { message: e instanceof Error ? e.message : String(e) };
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "type") {
    typed += data.text;
    wake?.();
    return;
  }
  const { setting } = data;
  const output = collectOutput();
  build(setting, output.write)
    .then((run) => {
      send({ kind: "started" });
      return drive(run, output, host, setting.skipsIdle);
    })
    .catch((e: unknown) => send({ kind: "failed", problem: problemOf(e) }));
});
