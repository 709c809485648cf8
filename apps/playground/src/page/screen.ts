/**
 * A console's text as lines: carriage return, backspace, tab and "erase to the end" do what they do on a terminal; sequences that
 * set colours or move the cursor are left out. Source: ECMA-48, "Control sequences" and "Control strings".
 */

/** What came of a piece of text. */
interface Written {
  /** Lines that are finished, each with its newline. */
  readonly finished: string;
  /** The line that the cursor is in. */
  readonly current: string;
}
export interface Screen {
  write(text: string): Written;
}

const ESCAPE = "\u001b";
const BELL = "\u0007";
const TAB = 8;
/** Columns that a line keeps. */
const WIDEST = 4000;
/** Where the reader is: in text, after ESC, in a control sequence (ESC [), or in a control string (ESC ], P, X, ^ or _). */
type Place = "text" | "escape" | "sequence" | "string";
const STRINGS = "]PX^_";
/** Finals of sequences that erase from the cursor on: EL and ED. */
const ERASES = "KJ";

const afterEscape = (char: string): Place => (char === "[" ? "sequence" : STRINGS.includes(char) ? "string" : "text");

export function createScreen(): Screen {
  let line: string[] = [];
  let column = 0;
  let place: Place = "text";
  let parameters = "";
  let finished = "";

  const put = (char: string): void => {
    if (column < WIDEST) line[column++] = char;
  };
  const text = (char: string): void => {
    if (char === ESCAPE) place = "escape";
    else if (char === "\n") {
      finished += `${line.join("")}\n`;
      line = [];
      column = 0;
    } else if (char === "\r") column = 0;
    else if (char === "\b") column = Math.max(0, column - 1);
    else if (char === "\t") {
      const stop = Math.min(WIDEST, (Math.floor(column / TAB) + 1) * TAB);
      for (; column < stop; column++) line[column] ??= " ";
    } else if (char >= " ") put(char);
  };
  const sequence = (char: string): void => {
    if (char < "@" || char > "~") {
      parameters += char;
      return;
    }
    if (ERASES.includes(char) && (parameters === "" || parameters === "0")) line.length = Math.min(line.length, column);
    place = "text";
  };
  const step = (char: string): void => {
    switch (place) {
      case "text":
        return text(char);
      case "escape":
        parameters = "";
        place = afterEscape(char);
        return;
      case "sequence":
        // a newline in a sequence ends what was none
        if (char === "\n") place = "text";
        return place === "text" ? text(char) : sequence(char);
      case "string":
        if (char === BELL || char === "\n") place = "text";
        else if (char === ESCAPE) place = "escape";
    }
  };
  return {
    write(written) {
      finished = "";
      for (const char of written) step(char);
      return { finished, current: line.join("") };
    },
  };
}
