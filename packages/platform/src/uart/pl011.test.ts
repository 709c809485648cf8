import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPl011 } from "./pl011.ts";

const DR = 0;
const [FR, LCR_H, CR, IFLS, IMSC, RIS, MIS, ICR] = [0x18, 0x2c, 0x30, 0x34, 0x38, 0x3c, 0x40, 0x44] as const;
const [RX, TX, RT] = [0x10, 0x20, 0x40] as const;

describe("PL011", () => {
  it("what arrives is read in order and nothing is lost; flags and interrupts follow the FIFO", () => {
    const op = fc.oneof(
      fc.record({ op: fc.constant("push" as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
      fc.record({ op: fc.constant("read" as const) }),
      fc.record({ op: fc.constant("fifo" as const), on: fc.boolean() }),
      fc.record({ op: fc.constant("level" as const), level: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ op: fc.constant("mask" as const), bits: fc.constantFrom(0, RX, RT, RX | RT, TX, 0x7ff) }),
      fc.record({ op: fc.constant("clear" as const), bits: fc.constantFrom(RX, RT, TX, 0x7ff) }),
      fc.record({ op: fc.constant("send" as const), byte: fc.integer({ min: 0, max: 255 }) }),
      fc.record({ op: fc.constant("save" as const) }),
    );
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (ops) => {
        const sent: number[] = [];
        const expectedSent: number[] = [];
        let line = false;
        const options = { output: (byte: number) => void sent.push(byte), onIrq: (level: boolean) => (expect(level).toBe(!line), (line = level)) };
        let uart = createPl011(options);
        const queue: number[] = [];
        let [fifo, level, mask, raised] = [false, 2, 0, 0];
        const threshold = (): number => (fifo ? ([4, 8, 16, 24, 28][level] ?? 16) : 1);
        for (const o of ops) {
          if (o.op === "push") {
            queue.push(...o.bytes);
            uart.push(o.bytes);
            if (queue.length > 0) raised |= RT;
            if (queue.length >= threshold()) raised |= RX;
          } else if (o.op === "read") {
            const was = queue.length;
            expect(uart.read(0, DR, 4)).toBe(queue.shift() ?? 0);
            if (was > 0 && queue.length < threshold()) raised &= ~RX;
            if (queue.length === 0) raised &= ~RT;
            if (was === 0) raised = uart.read(0, RIS, 4);
          } else if (o.op === "fifo") {
            fifo = o.on;
            uart.write(0, LCR_H, 4, o.on ? 0x70 : 0x60);
          } else if (o.op === "level") {
            level = o.level;
            uart.write(0, IFLS, 4, (o.level << 3) | 2);
          } else if (o.op === "mask") {
            mask = o.bits;
            uart.write(0, IMSC, 4, o.bits);
          } else if (o.op === "clear") {
            raised &= ~o.bits;
            uart.write(0, ICR, 4, o.bits);
          } else if (o.op === "send") {
            expectedSent.push(o.byte);
            raised |= TX;
            uart.write(0, DR, o.byte % 2 === 0 ? 1 : 4, o.byte);
          } else {
            const saved = JSON.stringify(uart.save());
            line = false;
            uart = createPl011(options);
            uart.load(JSON.parse(saved));
            expect(JSON.stringify(uart.save())).toBe(saved);
          }
          expect(sent).toEqual(expectedSent);
          expect(uart.read(0, FR, 4)).toBe(0x80 | (queue.length === 0 ? 0x10 : 0) | (queue.length >= (fifo ? 32 : 1) ? 0x40 : 0));
          expect([uart.read(0, RIS, 4), uart.read(0, MIS, 4)]).toEqual([raised, raised & mask]);
          expect([uart.irq(), line]).toEqual([(raised & mask) !== 0, (raised & mask) !== 0]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("says what it is, holds line settings, and loops back no more than its FIFO", () => {
    const sent: number[] = [];
    const uart = createPl011({ output: (byte) => void sent.push(byte) });
    expect([0xfe0, 0xfe4, 0xfe8, 0xfec, 0xff0, 0xff4, 0xff8, 0xffc].map((at) => uart.read(0, at, 4))).toEqual([0x11, 0x10, 0x34, 0, 0x0d, 0xf0, 0x05, 0xb1]);
    for (const [at, mask] of [[0x24, 0xffff], [0x28, 0x3f], [0x2c, 0xff], [0x34, 0x3f], [0x48, 7]] as const) {
      uart.write(0, at, 4, 0xffffffff);
      expect(uart.read(0, at, 4)).toBe(mask);
    }
    uart.write(0, CR, 4, 0x381);
    for (let i = 0; i < 1000; i++) uart.write(0, DR, 1, i % 251);
    let read = 0;
    while ((uart.read(0, FR, 4) & 0x10) === 0) expect(uart.read(0, DR, 4)).toBe(read++);
    expect([read, sent]).toEqual([32, []]);
    uart.write(0, CR, 4, 0x300);
    uart.write(0, DR, 1, 65);
    expect(sent).toEqual([]);
  });

  it("the SBSA subset has neither line settings nor a control register", () => {
    const ignored: number[] = [];
    const sent: number[] = [];
    const uart = createPl011({ sbsa: true, output: (byte) => void sent.push(byte), ignored: (_device, _vcpu, offset) => void ignored.push(offset) });
    for (const at of [0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x48]) {
      uart.write(0, at, 4, 0);
      expect(uart.read(0, at, 4)).toBe(0);
    }
    expect(ignored).toEqual([0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x48].flatMap((at) => [at, at]));
    uart.write(0, DR, 4, 0x141);
    uart.push(new Uint8Array(31));
    expect([sent, uart.read(0, FR, 4)]).toEqual([[0x41], 0x80]);
  });

  it("any access at all: a number of its width, never an exception", () => {
    const uart = createPl011({ output: () => undefined });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xfff }), fc.constantFrom(1, 2, 4, 8), fc.integer({ min: 0, max: 0xffffffff }), (at, bytes, value) => {
        uart.write(0, at, bytes, value % 2 ** (8 * bytes));
        const read = uart.read(0, at, bytes);
        expect(Number.isInteger(read) && read >= 0 && read < 2 ** (8 * bytes)).toBe(true);
      }),
    );
  });
});
