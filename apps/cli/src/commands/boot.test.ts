import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram, type Program } from "@granule/cpu-a64";
import { expect, test } from "vitest";
import { granule, inFolder } from "../captured.ts";

const UART = { virt: 0x09000000, boot: 0x22000000 } as const;
const SYSTEM_OFF = 0x84000008;
type Machine = keyof typeof UART;
const COMMANDS: Readonly<Record<Machine, readonly string[]>> = { virt: ["machine", "virt"], boot: ["boot"] };

const off = (p: Program): Program => p.move(0, SYSTEM_OFF).emit("HVC_ex_exception");
const hello = (machine: Machine): Uint8Array => {
  const p = createProgram().move(9, UART[machine]);
  for (const char of "hello\n") p.move(10, char.charCodeAt(0)).emit("STRB_32_ldst_pos", { Rt: 10, Rn: 9 });
  return off(p).bytes();
};
/** Echoes what is typed, by polling UARTFR.RXFE, up to a full stop. */
const echo = (): Uint8Array => {
  const p = createProgram().move(9, UART.virt).label("poll").load(10, 9, 0x18, 4).to("TBZ_only_testbranch", "got", { b40: 4, Rt: 10 });
  p.to("B_only_branch_imm", "poll").label("got").load(10, 9, 0, 4).store(10, 9, 0, 4).emit("SUBS_addsub_imm", { sf: 0, Rn: 10, Rd: 31, imm12: 46 }).to("B_only_condbranch", "poll", { cond: 1 });
  return off(p).bytes();
};
const forEver = createProgram().label("idle").emit("HINT_hints", { op2: 3 }).to("B_only_branch_imm", "idle").bytes();
const loop = createProgram().label("loop").to("B_only_branch_imm", "loop").bytes();

const run = (machine: Machine, program: Uint8Array, flags: readonly string[] = [], surroundings: Parameters<typeof granule>[1] = {}) =>
  inFolder({ "k.bin": program }, (cwd) => granule([...COMMANDS[machine], "--kernel", "k.bin", "--memory", "8M", ...flags], { ...surroundings, cwd }));

test.each(["virt", "boot"] as const)("%s: a program's text is stdout, what it took is stderr, and both engines take the same", async (machine) => {
  const seen: string[] = [];
  for (const engine of ["fast", "reference"]) {
    const { code, stdout, stderr } = await run(machine, hello(machine), ["--engine", engine]);
    expect([code, stdout]).toEqual([0, "hello\n"]);
    seen.push(/powered off after (\d+) instructions .* of the machine's time/.exec(stderr)?.[1] ?? stderr);
  }
  // move, six times move and store, move, hvc
  expect(seen).toEqual(["17", "17"]);
});

test("--json is one document, and the trace has the calls", async () => {
  await inFolder({ "k.bin": hello("boot") }, async (cwd) => {
    const { code, stdout, stderr } = await granule(["boot", "--kernel", "k.bin", "--memory", "8M", "--stage2-granule", "64k", "--json", "--trace", "t.jsonl"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ end: "poweroff", console: "hello\n", instructions: 17, hypercalls: {}, firmwareCalls: 1 });
    const lines = readFileSync(join(cwd, "t.jsonl"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    expect(lines.filter((r) => r.kind === "smccc")).toEqual([expect.objectContaining({ domid: 1, vcpu: 0, conduit: "hvc", id: SYSTEM_OFF })]);
  });
});

test("what is typed reaches the guest: from a pipe, and from a terminal, which Ctrl-] leaves", async () => {
  expect(await run("virt", echo(), [], { keys: "piped." })).toMatchObject({ code: 0, stdout: "piped." });
  expect(await run("virt", echo(), [], { keys: "typed.", tty: true })).toMatchObject({ code: 0, stdout: "typed.", stderr: expect.stringContaining("Ctrl-] leaves the guest.") });
  expect(await run("virt", forEver, [], { keys: "\u001d", tty: true })).toMatchObject({ code: 0, stderr: expect.stringContaining("the guest was still running") });
});

test.each([
  ["waits for ever", forEver, [], {}, 5, "waits for ever"],
  ["has had its instructions", loop, ["--instructions", "100000"], {}, 5, "given up"],
  ["is interrupted", loop, [], { interruptAfter: 50 }, 130, "interrupted"],
] as const)("a guest that %s", async (_, program, flags, surroundings, code, part) => {
  const got = await run("virt", program, flags, surroundings);
  expect(got.stderr).toContain(part);
  expect([got.code, got.stdout]).toEqual([code, ""]);
});

/** A header of an arm64 Image that declares pages of 16 KiB. Linux, Documentation/arch/arm64/booting.rst. */
function image16k(): Uint8Array {
  const bytes = new Uint8Array(kilobytes(4));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(16, BigInt(bytes.length), true);
  view.setBigUint64(24, 0b1100n, true);
  view.setUint32(56, 0x644d5241, true);
  return bytes;
}
const kilobytes = (n: number): number => n * 1024;

test.each([
  ["a kernel that is not there", ["--kernel", "absent"], 4, "GRAN0103", "absent"],
  ["an empty kernel", ["--kernel", "empty"], 4, "GRAN0103", "0 bytes"],
  ["an initramfs that is not there", ["--kernel", "k.bin", "--initrd", "absent.cpio"], 4, "GRAN0103", "absent.cpio"],
  ["a page size that the CPU lacks", ["--kernel", "Image", "--cpu", "cortex-a57"], 2, "GRAN0101", "models that have it: all-granules, cortex-a35"],
  ["a stage 2 granule that the CPU lacks", ["--kernel", "k.bin", "--cpu", "no-64k-stage2", "--stage2-granule", "64k"], 2, "GRAN0034", "no stage 2 granule of 65536 bytes"],
  ["a CPU that nobody makes", ["--kernel", "k.bin", "--cpu", "z80"], 2, "GRAN0021", "Models: "],
  ["an initramfs larger than memory", ["--kernel", "k.bin", "--initrd", "big.cpio", "--memory", "4M"], 2, "GRAN0102", "initrd"],
] as const)("%s is refused", async (_, flags, exit, gran, part) => {
  const files = { "k.bin": loop, empty: new Uint8Array(), Image: image16k(), "big.cpio": new Uint8Array(kilobytes(5000)) };
  for (const command of Object.values(COMMANDS)) {
    const { code, stdout, stderr } = await inFolder(files, (cwd) => granule([...command, ...flags], { cwd }));
    expect(stderr).toContain(`error[${gran}]: `);
    expect(stderr).toContain(part);
    expect([code, stdout]).toEqual([exit, ""]);
  }
});

test("a disk that is not there is refused", async () => {
  const { code, stderr } = await run("boot", loop, ["--disk", "absent.img"]);
  expect(stderr).toContain("error[GRAN0040]: ");
  expect(code).toBe(4);
});

test.each([["--memory", "100K"], ["--memory", "lots"], ["--vcpus", "9"], ["--vcpus", "0"], ["--stage2-granule", "8k"], ["--engine", "steam"], ["--instructions", "-1"]])("%s %s is refused", async (flag, value) => {
  const { code, stderr } = await granule(["boot", "--kernel", "k", flag, value]);
  expect(code).toBe(2);
  expect(stderr).toContain(value);
});
