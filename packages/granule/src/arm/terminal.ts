/** What a guest writes to several consoles, as one text. */

type ConsoleName = "hvc" | "uart" | "console_io";
export interface Terminal {
  text(console: ConsoleName, text: string): void;
  /** A byte of UTF-8; characters are kept until all of their bytes are there. */
  byte(console: ConsoleName, byte: number): void;
  /** Which console, of those that can be typed on, wrote last. */
  readonly last: ConsoleName;
}

export function terminal(output: (text: string) => void): Terminal {
  const decoder = new TextDecoder();
  let last: ConsoleName = "hvc";
  const text = (console: ConsoleName, written: string): void => {
    if (console !== "console_io") last = console;
    if (written !== "") output(written);
  };
  return {
    text,
    byte: (console, byte) => text(console, decoder.decode(Uint8Array.of(byte), { stream: true })),
    get last() {
      return last;
    },
  };
}
