/** A machine in a worker of its own. */
import type { BootSetting, FromWorker, ToWorker } from "../protocol.ts";

export interface Session {
  /** To the guest's console. */
  type(text: string): void;
  /** Ends the worker, whatever it does. */
  stop(): void;
}

/** Boots. `on` is told everything until the end; after `stop` nothing. */
export function startSession(setting: BootSetting, on: (message: FromWorker) => void): Session {
  const worker = new Worker(new URL("../worker/worker.ts", import.meta.url), { type: "module", name: "granule" });
  const send = (message: ToWorker): void => worker.postMessage(message);
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => on(data));
  worker.addEventListener("error", ({ message }) => on({ kind: "failed", problem: { message: message === "" ? "The machine's worker could not be loaded." : message } }));
  send({ kind: "boot", setting });
  return {
    type: (text) => send({ kind: "type", text }),
    stop: () => worker.terminate(),
  };
}
