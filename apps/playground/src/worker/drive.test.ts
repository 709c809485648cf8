/** The worker's part in Node, on a clock that the test has. */
import { createProgram, type Program } from "@granule/cpu-a64";
import { mib } from "@granule/units";
import { expect, it } from "vitest";
import type { BootSetting, FromWorker } from "../protocol.ts";
import { collectOutput, drive } from "./drive.ts";
import { build } from "./setting.ts";

const UART = 0x09000000;
const off = (p: Program): Program => p.move(0, 0x84000008).emit("HVC_ex_exception");
const print = (p: Program, char: string): Program => p.move(9, UART).move(10, char.charCodeAt(0)).emit("STRB_32_ldst_pos", { Rt: 10, Rn: 9 });
/** Prints, waits 2 ms by the virtual timer, which only wakes it, prints, powers off. */
const waits = (): Program => {
  const p = print(createProgram(), "a").move(1, 125_000).msr("CNTV_CVAL_EL0", 1).move(1, 1).msr("CNTV_CTL_EL0", 1);
  return off(print(p.emit("HINT_hints", { op2: 3 }), "b"));
};

interface Ran {
  readonly messages: readonly FromWorker[];
  readonly text: string;
  /** Of the test's clock, in ms. */
  readonly took: number;
}
/** Every turn takes a tenth of a millisecond, every nap what it is said to. `typed` comes at the first nap. */
async function run(program: Uint8Array, changes: Partial<BootSetting> = {}, typed = ""): Promise<Ran> {
  const setting: BootSetting = { machine: "virt", kernel: program, cmdline: "", memory: mib(8), vcpus: 1, cpu: "cortex-a35", skipsIdle: false, ...changes };
  const messages: FromWorker[] = [];
  let clock = 0;
  let text = "";
  let inbox = "";
  const output = collectOutput();
  await drive(await build(setting, output.write), output, {
    send: (message) => {
      messages.push(message);
      if (message.kind === "output") text += message.text;
    },
    now: () => clock,
    turn: async () => void (clock += 0.1),
    nap: async (ms) => {
      clock += ms;
      inbox += typed;
      typed = "";
    },
    takeTyped: () => {
      const taken = inbox;
      inbox = "";
      return taken;
    },
  }, setting.skipsIdle);
  return { messages, text, took: clock };
}

it("tells what is written, the figures and the end, in this order", async () => {
  const { messages, text } = await run(off(print(print(createProgram(), "h"), "i")).bytes());
  expect(text).toBe("hi");
  expect(messages.map(({ kind }) => kind)).toEqual(["output", "statistics", "ended"]);
  // twice an address of two moves, a character and a store; the call's number of two moves, and HVC
  expect(messages[1]).toMatchObject({ statistics: { instructions: 11, firmwareCalls: 1, hypercalls: [] } });
  expect(messages[2]).toMatchObject({ reason: "poweroff" });
});

it("a wait takes its time on the wall, or none", async () => {
  const waited = await run(waits().bytes());
  const skipped = await run(waits().bytes(), { skipsIdle: true });
  expect([waited.text, skipped.text]).toEqual(["ab", "ab"]);
  expect(waited.took).toBeGreaterThanOrEqual(2);
  expect(skipped.took).toBeLessThan(2);
});

it("what is typed while it waits for ever goes on with it", async () => {
  // the UART's interrupt, masked, ends WFI: IMSC.RXIM and RTIM, SPI 1 enabled for vcpu 0, interfaces on
  const gic = (p: Program, at: number, value: number): Program => p.move(12, at).move(13, value).store(13, 12, 0, 4);
  const p = createProgram();
  gic(gic(gic(gic(gic(gic(p, 0x08000000, 1), 0x08000104, 2), 0x08000820, 0x100), 0x08010000, 1), 0x08010004, 0xf0), UART + 0x38, 0x50);
  p.emit("HINT_hints", { op2: 3 }).move(9, UART).load(10, 9, 0, 4).store(10, 9, 0, 4);
  const { text, messages } = await run(off(p).bytes(), {}, "x");
  expect(text).toBe("x");
  expect(messages.some((m) => m.kind === "statistics" && m.statistics.activity === "stuck")).toBe(true);
});

it.each([
  ["a torn kernel", { kernel: Uint8Array.of(0x1f, 0x8b, 8, 0) }, "GRAN0103"],
  ["memory too small", { kernel: new Uint8Array(64), memory: mib(1) }, "GRAN0102"],
  ["a granule that the CPU lacks", { kernel: new Uint8Array(64), cpu: "only-4k", stage2: "64k" }, "GRAN0034"],
] as const)("%s is refused with its code", async (_, changes, code) => {
  await expect(run(new Uint8Array(), changes)).rejects.toMatchObject({ code });
});
