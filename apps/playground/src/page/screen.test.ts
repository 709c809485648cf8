import fc from "fast-check";
import { expect, it } from "vitest";
import { createScreen } from "./screen.ts";

/** All that was written, in one go or in pieces. */
function shown(...pieces: readonly string[]): string {
  const screen = createScreen();
  let finished = "";
  let current = "";
  for (const piece of pieces) {
    const written = screen.write(piece);
    finished += written.finished;
    current = written.current;
  }
  return finished + current;
}

it.each([
  ["lines end as on a terminal", "one\r\ntwo", "one\ntwo"],
  ["a carriage return overwrites", " 10%\r100%", "100%"],
  ["an echoed backspace takes a character away", "lss\b \b", "ls "],
  ["busybox erases to the end", "ab\b\u001b[J\u001b[Kc", "ac"],
  ["colours are left out", "\u001b[1;32mok\u001b[0m \u001b(B.", "ok B."],
  ["a question for the cursor's place shows nothing", "# \u001b[6n", "# "],
  ["a title is left out, however it ends", "\u001b]0;title\u0007a\u001b]2;t\u001b\\b", "ab"],
  ["tabs go to multiples of eight", "a\tb\r\n\tc", "a       b\n        c"],
  ["other control characters show nothing", "\u0000a\u0007\u0001b", "ab"],
])("%s", (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

const terminalText = fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r", "\b", "\t", "\u001b", "[", "]", "K", "m", "1", ";", "\u0007", "\\"), maxLength: 60 });
it("pieces show what the whole shows, wherever it is cut", () => {
  fc.assert(fc.property(fc.array(terminalText, { maxLength: 6 }), (pieces) => {
    expect(shown(...pieces)).toBe(shown(pieces.join("")));
  }));
});

it("a guest that never ends its line does not fill the memory", () => {
  const screen = createScreen();
  for (let n = 0; n < 100; n++) screen.write("x\t".repeat(1000));
  expect(screen.write("").current.length).toBe(4000);
});
