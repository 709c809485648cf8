/** The machine's figures, while it runs and after. */
import type { Statistics } from "../protocol.ts";
import { element, first, make } from "./elements.ts";
import { count, seconds, speed } from "./numbers.ts";

const NS_PER_MS = 1e6;

export interface StatisticsView {
  show(statistics: Statistics): void;
  /** Shows the speed of the whole run in the place of the last moment's. */
  finish(): void;
  clear(): void;
}

export function statisticsView(): StatisticsView {
  const cell = (id: string): HTMLElement => element(id, HTMLElement);
  const cells = {
    instructions: cell("instructions"), speed: cell("speed"), time: cell("machine-time"), wall: cell("wall-time"),
    firmware: cell("firmware-calls"),
  };
  const table = element("hypercalls", HTMLTableElement);
  const body = first("tbody", HTMLTableSectionElement, table);
  const caption = first("caption", HTMLTableCaptionElement, table);
  let last: Statistics | undefined;
  const showSpeed = (value: number | undefined): void => {
    if (value !== undefined) cells.speed.textContent = value.toFixed(1);
  };
  const row = ([name, n]: readonly [string, number]): HTMLTableRowElement => {
    const made = document.createElement("tr");
    const heading = make("th", name === "?" ? "unknown" : name);
    heading.scope = "row";
    made.append(heading, make("td", count(n)));
    return made;
  };
  return {
    show(statistics) {
      const { instructions, time, wall, hypercalls, firmwareCalls } = statistics;
      cells.instructions.textContent = count(instructions);
      cells.time.textContent = seconds(time / NS_PER_MS);
      cells.wall.textContent = seconds(wall);
      cells.firmware.textContent = count(firmwareCalls);
      showSpeed(speed(last, statistics));
      const calls = hypercalls.reduce((sum, [, n]) => sum + n, 0);
      caption.textContent = `${count(calls)} ${calls === 1 ? "hypercall" : "hypercalls"}`;
      table.hidden = calls === 0;
      body.replaceChildren(...hypercalls.map(row));
      last = statistics;
    },
    finish() {
      if (last !== undefined) showSpeed(speed(undefined, last));
    },
    clear() {
      last = undefined;
      for (const each of Object.values(cells)) each.textContent = "–";
      table.hidden = true;
    },
  };
}
