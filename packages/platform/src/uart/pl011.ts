/**
 * A PL011 serial port, whole or as the subset of the SBSA Generic UART that Xen's vpl011 emulates.
 * Sources: Arm PrimeCell UART (PL011) Technical Reference Manual DDI 0183G, chapter 3 "Programmers Model"; Arm DEN0029 "Server
 * Base System Architecture", appendix "SBSA Generic UART".
 * Sending takes no time: the transmit FIFO is always empty. What arrives waits in a receive FIFO of 32 characters, and behind it on
 * the line. The port starts enabled, as firmware leaves it: early consoles and small guests write to UARTDR at once.
 */
import { jsonList, jsonNumber, jsonObject } from "@granule/kit";
import type { Uart, UartOptions } from "../contract.ts";
import { loadWords, saveWords } from "../saved.ts";
import { kib } from "@granule/units";

const UARTDR = 0x000;
const UARTRSR = 0x004;
const UARTFR = 0x018;
const UARTILPR = 0x020;
const UARTIBRD = 0x024;
const UARTFBRD = 0x028;
const UARTLCR_H = 0x02c;
const UARTCR = 0x030;
const UARTIFLS = 0x034;
const UARTIMSC = 0x038;
const UARTRIS = 0x03c;
const UARTMIS = 0x040;
const UARTICR = 0x044;
const UARTDMACR = 0x048;
/** UARTPeriphID0..3, UARTPCellID0..3: part 0x011, designer Arm, revision 3. */
const IDENTIFICATION_AT = 0xfe0;
const IDENTIFICATION: readonly number[] = [0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

/** UARTFR. Clear to send and the other modem lines: not asserted. */
const RXFE = 0x10;
const RXFF = 0x40;
const TXFE = 0x80;
/** UARTLCR_H: FIFO enable. */
const FEN = 0x10;
/** UARTCR: UART enable, loopback, transmit and receive enable. */
const UARTEN = 0x001;
const LBE = 0x080;
const TXE = 0x100;
const RXE = 0x200;
/** UARTRIS and its kin: receive, transmit, receive timeout. */
const RXI = 0x10;
const TXI = 0x20;
const RTI = 0x40;
const ALL_INTERRUPTS = 0x7ff;
const FIFO = 32;
/** UARTIFLS RXIFLSEL: 1/8, 1/4, 1/2, 3/4, 7/8 of the FIFO; reserved values as 1/2. */
const RX_LEVELS: readonly number[] = [4, 8, 16, 24, 28];
const RX_LEVEL_HALF = 16;

/** Writable registers and the bits that they hold; a word each in the state. */
const WRITABLE = { ilpr: 0xff, ibrd: 0xffff, fbrd: 0x3f, lcr: 0xff, cr: 0xff87, ifls: 0x3f, imsc: ALL_INTERRUPTS, dmacr: 7 } as const;
type Held = keyof typeof WRITABLE;
const HELD: readonly Held[] = ["ilpr", "ibrd", "fbrd", "lcr", "cr", "ifls", "imsc", "dmacr"];
const HELD_AT: ReadonlyMap<number, Held> = /* @__PURE__ */ new Map([
  [UARTILPR, "ilpr"], [UARTIBRD, "ibrd"], [UARTFBRD, "fbrd"], [UARTLCR_H, "lcr"], [UARTCR, "cr"], [UARTIFLS, "ifls"], [UARTIMSC, "imsc"], [UARTDMACR, "dmacr"],
]);
/** Registers of the SBSA Generic UART, beside UARTDR and UARTFR: no line control, no baud rate, no control. */
const SBSA: ReadonlySet<number> = /* @__PURE__ */ new Set([UARTDR, UARTRSR, UARTFR, UARTIMSC, UARTRIS, UARTMIS, UARTICR]);

/** Which of the two ports it is. */
export interface Pl011Options extends UartOptions {
  /** Only the SBSA Generic UART: always enabled, FIFOs on, as Xen's vpl011. Default false. */
  readonly sbsa?: boolean;
}

/**
 * A serial port, enabled and with nothing received.
 *
 * @example
 * const uart = createPl011({ output: (byte) => bytes.push(byte), onIrq: (level) => gic.setLine(33, level) });
 * uart.push(new TextEncoder().encode("help\n"));
 */
export function createPl011({ output, onIrq, ignored, sbsa = false }: Pl011Options): Uart {
  const name = sbsa ? "SBSA UART" : "PL011";
  const held = new Uint32Array(HELD.length);
  const indexOf = (register: Held): number => HELD.indexOf(register);
  const CR = indexOf("cr");
  const LCR = indexOf("lcr");
  const IFLS = indexOf("ifls");
  const IMSC = indexOf("imsc");
  held[CR] = UARTEN | RXE | TXE;
  held[LCR] = sbsa ? FEN : 0;
  held[IFLS] = 0x12;
  /** [0]: the interrupts that are raised. */
  const raised = new Uint32Array(1);
  /** Bytes of the FIFO, and behind them those that wait on the line. */
  let received: number[] = [];
  let taken = 0;
  let line = false;

  const has = (at: number, bits: number): boolean => ((held[at] ?? 0) & bits) === bits;
  const depth = (): number => (has(LCR, FEN) ? FIFO : 1);
  const waiting = (): number => received.length - taken;
  const trigger = (): number => (has(LCR, FEN) ? (RX_LEVELS[((held[IFLS] ?? 0) >>> 3) & 7] ?? RX_LEVEL_HALF) : 1);
  function raise(bits: number): void {
    raised[0] = (raised[0] ?? 0) | bits;
  }
  function clear(bits: number): void {
    raised[0] = (raised[0] ?? 0) & ~bits;
  }
  function changed(): void {
    const level = ((raised[0] ?? 0) & (held[IMSC] ?? 0)) !== 0;
    if (level === line) return;
    line = level;
    onIrq?.(level);
  }
  /** Characters reached the FIFO: enough of them, or some and silence after them (the timeout takes no time here). */
  function arrived(): void {
    if (waiting() >= trigger()) raise(RXI);
    if (waiting() > 0) raise(RTI);
  }
  function receive(): number {
    if (waiting() === 0) return 0;
    const byte = received[taken++] ?? 0;
    if (taken === received.length) {
      received = [];
      taken = 0;
    }
    if (waiting() < trigger()) clear(RXI);
    if (waiting() === 0) clear(RTI);
    changed();
    return byte;
  }
  function send(byte: number): void {
    if (!has(CR, UARTEN | TXE)) return;
    if (!has(CR, LBE)) output(byte);
    else if (waiting() < depth()) {
      // Overrun loses the byte: a guest does not make this list grow.
      received.push(byte);
      arrived();
    }
    // The FIFO was filled and is empty again at once.
    raise(TXI);
    changed();
  }
  function readRegister(offset: number): number | undefined {
    if (sbsa && offset < IDENTIFICATION_AT && !SBSA.has(offset)) return undefined;
    if (offset >= IDENTIFICATION_AT) return IDENTIFICATION[(offset - IDENTIFICATION_AT) >> 2];
    const register = HELD_AT.get(offset);
    if (register !== undefined) return held[indexOf(register)];
    switch (offset) {
      case UARTDR: return has(CR, UARTEN | RXE) ? receive() : 0;
      case UARTFR: return TXFE | (waiting() === 0 ? RXFE : 0) | (waiting() >= depth() ? RXFF : 0);
      case UARTRIS: return raised[0];
      case UARTMIS: return (raised[0] ?? 0) & (held[IMSC] ?? 0);
      case UARTRSR:
      case UARTICR: return 0;
    }
    return undefined;
  }
  function writeRegister(offset: number, value: number): boolean {
    if (offset >= IDENTIFICATION_AT) return IDENTIFICATION[(offset - IDENTIFICATION_AT) >> 2] !== undefined;
    if (sbsa && !SBSA.has(offset)) return false;
    const register = HELD_AT.get(offset);
    if (register !== undefined) held[indexOf(register)] = value & WRITABLE[register];
    else if (offset === UARTDR) send(value & 0xff);
    else if (offset === UARTICR) clear(value & ALL_INTERRUPTS);
    else return offset === UARTRSR || offset === UARTFR || offset === UARTRIS || offset === UARTMIS;
    changed();
    return true;
  }
  return {
    name,
    size: kib(4),
    read(vcpu, offset, bytes) {
      const value = bytes <= 4 && offset % 4 === 0 ? readRegister(offset) : undefined;
      if (value === undefined) ignored?.(name, vcpu, offset, bytes, undefined);
      return (value ?? 0) % 2 ** (8 * bytes);
    },
    write(vcpu, offset, bytes, value) {
      if (!(bytes <= 4 && offset % 4 === 0 && writeRegister(offset, value))) ignored?.(name, vcpu, offset, bytes, value);
    },
    push(bytes) {
      for (const byte of bytes) received.push(byte);
      arrived();
      changed();
    },
    irq: () => line,
    save: () => ({ held: saveWords(held), raised: saveWords(raised), received: received.slice(taken) }),
    load(saved) {
      const state = jsonObject(saved, name);
      loadWords(held, state, "held");
      loadWords(raised, state, "raised");
      received = jsonList(state["received"], "received").map((byte) => jsonNumber(byte, "received") & 0xff);
      taken = 0;
      changed();
    },
  };
}
