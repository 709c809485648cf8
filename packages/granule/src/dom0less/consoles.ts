/**
 * What Xen's console shows of its domains: lines of console_io after "(dN) ", lines of the virtual UART after "(XEN) DOMN: ". The control
 * domain's text has nothing before it. A UART's line is at most so long; what is not printable is left out of console_io.
 */

/** GUEST_PL011's buffer. */
const UART_LINE = 128;

/** Collects the bytes of a domain's UART to lines. */
export function uartLines(domid: number, output: (line: string, domid: number) => void): (byte: number) => void {
  let line = "";
  return (byte) => {
    const isEnd = byte === 0x0a; // MAGIC: LF
    if (!isEnd) line += String.fromCharCode(byte);
    if (!isEnd && line.length < UART_LINE) return;
    output(`(XEN) DOM${domid}: ${line}`, domid);
    line = "";
  };
}
/** A line of console_io as it is shown. */
export const shownLine = (domid: number, text: string): string => (domid === 0 ? text : `(d${domid}) ${text}`);
