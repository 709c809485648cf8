/** The page: form, console and statistics around the session in the worker. */
import type { FromWorker } from "../protocol.ts";
import { consoleView } from "./consoleView.ts";
import { element } from "./elements.ts";
import { machineForm } from "./machineForm.ts";
import { startSession, type Session } from "./session.ts";
import { statisticsView } from "./statisticsView.ts";

/** For the state's colour. */
type State = "idle" | "busy" | "waiting" | "done" | "failed";
const ACTIVITIES = { running: "Running", waiting: "Waiting", stuck: "Waiting for a key" } as const;
const ENDS = { poweroff: "Powered off", reboot: "Rebooted", suspend: "Suspended", crash: "Crashed" } as const;

const form = element("form", HTMLFormElement);
const boot = element("boot", HTMLButtonElement);
const stop = element("stop", HTMLButtonElement);
const stateView = element("state", HTMLElement);
const machine = machineForm(form);
const statistics = statisticsView();
const view = consoleView((text) => session?.type(text));
let session: Session | undefined;

function setState(state: State, text: string): void {
  if (stateView.textContent !== text) stateView.textContent = text;
  stateView.dataset["state"] = state;
}

function end(state: State, text: string): void {
  session?.stop();
  session = undefined;
  boot.textContent = "Boot";
  stop.disabled = true;
  view.enable(false);
  statistics.finish();
  setState(state, text);
}

function onMessage(message: FromWorker): void {
  switch (message.kind) {
    case "started":
      view.enable(true);
      view.focus();
      setState("busy", "Running");
      return;
    case "output":
      view.write(message.text);
      return;
    case "statistics":
      statistics.show(message.statistics);
      setState(message.statistics.activity === "running" ? "busy" : "waiting", ACTIVITIES[message.statistics.activity]);
      return;
    case "ended":
      if (message.reason === "crash") machine.show([{ message: `The guest crashed: ${message.why}` }]);
      end(message.reason === "crash" ? "failed" : "done", ENDS[message.reason]);
      return;
    case "failed":
      machine.show([message.problem]);
      end("failed", "Failed");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const read = machine.read();
  if ("problems" in read) {
    machine.show(read.problems);
    element("problems", HTMLElement).focus();
    return;
  }
  machine.show([]);
  session?.stop();
  view.clear();
  statistics.clear();
  boot.textContent = "Boot again";
  stop.disabled = false;
  setState("busy", "Starting");
  session = startSession(read.setting, onMessage);
});
stop.addEventListener("click", () => end("idle", "Stopped"));
// a file that misses its field is not what the tab goes to
for (const type of ["dragover", "drop"]) document.addEventListener(type, (event) => event.preventDefault());
