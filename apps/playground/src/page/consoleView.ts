/** The guest's console in the page: what it writes, and keys that go to it. */
import { element } from "./elements.ts";
import { textOf } from "./keys.ts";
import { createScreen } from "./screen.ts";

/** Characters of finished lines that are kept, and of a piece of them. */
const KEPT = 1_000_000;
const PIECE = 20_000;
/** How far from its end a view still follows it, in pixels. */
const NEAR = 40;

export interface ConsoleView {
  write(text: string): void;
  clear(): void;
  /** Whether a guest is there to type to. */
  enable(on: boolean): void;
  /** Keys go to the guest, and the console is in sight. */
  focus(): void;
}

export function consoleView(onType: (text: string) => void): ConsoleView {
  const view = element("console", HTMLPreElement);
  const line = element("line", HTMLFormElement);
  const typed = element("typed", HTMLInputElement);
  const send = element("send", HTMLButtonElement);
  const current = document.createTextNode("");
  const cursor = document.createElement("span");
  cursor.className = "cursor";
  let screen = createScreen();
  let kept: Text[] = [];
  let length = 0;
  let isOn = false;

  const append = (text: string): void => {
    const last = kept.at(-1);
    if (last !== undefined && last.length < PIECE) last.appendData(text);
    else {
      const piece = document.createTextNode(text);
      kept.push(piece);
      view.insertBefore(piece, current);
    }
    length += text.length;
    while (length > KEPT && kept.length > 1) {
      const oldest = kept.shift();
      length -= oldest?.length ?? 0;
      oldest?.remove();
    }
  };
  view.addEventListener("keydown", (event) => {
    const isCopy = event.ctrlKey && event.key.toLowerCase() === "c" && getSelection()?.isCollapsed === false;
    const text = isCopy ? undefined : textOf(event);
    if (!isOn || text === undefined) return;
    event.preventDefault();
    onType(text);
  });
  view.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (isOn && text !== "") onType(text.replaceAll(/\r?\n/g, "\r"));
  });
  line.addEventListener("submit", (event) => {
    event.preventDefault();
    onType(`${typed.value}\r`);
    typed.value = "";
  });
  const clear = (): void => {
    screen = createScreen();
    kept = [];
    length = 0;
    current.data = "";
    view.replaceChildren(current, cursor);
  };
  clear();
  return {
    clear,
    focus: () => view.focus(),
    write(text) {
      const follows = view.scrollTop + view.clientHeight >= view.scrollHeight - NEAR;
      const { finished, current: open } = screen.write(text);
      if (finished !== "") append(finished);
      current.data = open;
      if (follows) view.scrollTop = view.scrollHeight;
    },
    enable(on) {
      isOn = on;
      typed.disabled = !on;
      send.disabled = !on;
      view.classList.toggle("live", on);
    },
  };
}
