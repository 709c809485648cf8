/**
 * Records what QEMU's GICv2 answers to a guest's accesses, for packages/platform/src/gic/recording.test.ts to replay. Needs
 * qemu-system-aarch64; nothing runs in it, its qtest protocol makes the accesses. Run: `npm run record:gic`.
 *
 * One CPU (qtest has no other), five bits of priority. Where QEMU 7.2 departs from the architecture, the accesses keep away from it: it
 * latches a high level-sensitive line when it is enabled (so enables stay as they are while a line is high), compares GICC_PMR in
 * GICC_HPPIR (not read), knows no smallest binary point (never below it), compares a priority where it should compare a group priority (one
 * grouping a sequence), answers 1022 below the running priority (AckCtl is set), and keeps active priorities by group (never read).
 */
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SEQUENCES = 70;
const STEPS = 60;
const GICD = 0x8000000;
const GICC = 0x8010000;
/** QOM path of the interrupt controller of `virt` with one CPU; its input 256 + n is INTID n of CPU 0, others are SPIs. */
const GIC = "/machine/unattached/device[1]";
const INPUTS = 256;
/** Interrupts that take part. */
const INTIDS = [3, 9, 16, 27, 31, 32, 33, 70, 287] as const;

interface Qemu {
  /** Sends a qtest command; the value that it answers, or 0. */
  ask(command: string): Promise<number>;
  end(): void;
}
function start(): Qemu {
  const qemu = spawn("qemu-system-aarch64", [
    "-M", "virt,gic-version=2", "-cpu", "cortex-a15", "-global", "arm_gic.num-priority-bits=5", "-accel", "tcg", "-S", "-display", "none", "-serial", "none",
    "-monitor", "none", "-net", "none", "-qtest", "stdio", "-qtest-log", "/dev/null",
  ], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: qemu.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command) {
      qemu.stdin.write(`${command}\n`);
      const { value } = await answers.next();
      const parts = /^OK(?: 0x([0-9a-f]+))?$/.exec(String(value));
      if (parts === null) throw new Error(`${command}: ${value}`);
      return parts[1] === undefined ? 0 : Number.parseInt(parts[1], 16);
    },
    end: () => void qemu.kill(),
  };
}

/** mulberry32: the same sequence for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** One sequence: lines "l INTID LEVEL", "d OFFSET BYTES VALUE", "c OFFSET VALUE" (writes), "D OFFSET BYTES ANSWER", "C OFFSET ANSWER" (reads), in hex. */
async function sequence(seed: number, ask: Qemu["ask"]): Promise<string> {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const out: string[] = [];
  const line = async (intid: number, level: number): Promise<void> => {
    await ask(`set_irq_in ${GIC} unnamed-gpio-in ${intid < 32 ? INPUTS + intid : intid - 32} ${level}`);
    out.push(`l ${intid.toString(16)} ${level}`);
  };
  const letter = (bytes: number): string => (bytes === 1 ? "b" : "l");
  const writeD = async (offset: number, bytes: number, value: number): Promise<void> => {
    await ask(`write${letter(bytes)} ${GICD + offset} ${value}`);
    out.push(`d ${offset.toString(16)} ${bytes} ${value.toString(16)}`);
  };
  const readD = async (offset: number, bytes: number): Promise<void> => void out.push(`D ${offset.toString(16)} ${bytes} ${(await ask(`read${letter(bytes)} ${GICD + offset}`)).toString(16)}`);
  const writeC = async (offset: number, value: number): Promise<void> => {
    await ask(`writel ${GICC + offset} ${value}`);
    out.push(`c ${offset.toString(16)} ${value.toString(16)}`);
  };
  const readC = async (offset: number): Promise<number> => {
    const answer = await ask(`readl ${GICC + offset}`);
    out.push(`C ${offset.toString(16)} ${answer.toString(16)}`);
    return answer;
  };

  const bit = (intid: number): number => 2 ** (intid % 32);
  const word = (intid: number): number => 4 * (intid >> 5);
  const point = 2 + random(4);
  const control = 7 + pick([0, 0x10, 0x200, 0x210]);
  const split = (control & 0x200) !== 0;
  await writeD(0, 4, 3);
  await writeC(0, control);
  await writeC(4, pick([0xff, 0xf0, 0xa0, 0x48]));
  await writeC(8, point);
  await writeC(0x1c, point + 1);
  const high = new Set<number>();
  for (const intid of INTIDS) {
    if (random(3) === 0) await writeD(0x80 + word(intid), 4, bit(intid));
    await writeD(0x400 + intid, 1, 8 * random(32));
    if (random(5) !== 0) await writeD(0x100 + word(intid), 4, bit(intid));
  }
  for (const offset of [0xc04, 0xc08, 0xc10]) await writeD(offset, 4, pick([0, 0xaaaaaaaa, 0x88888888, 0x22222222]));
  /** Acknowledged and not ended; ended and not deactivated. */
  const running: number[] = [];
  const dropped: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const intid = pick(INTIDS);
    switch (random(12)) {
      case 0:
      case 1:
      case 2:
        if (intid < 16) await writeD(0xf00, 4, pick([0x2000000, 0x10000]) + intid);
        else {
          const level = high.has(intid) ? 0 : 1;
          if (level === 1) high.add(intid);
          else high.delete(intid);
          await line(intid, level);
        }
        break;
      case 3:
      case 4:
      case 5: {
        const answer = await readC(0x0c);
        if (answer % 1024 < 1020) running.push(answer);
        break;
      }
      case 6:
      case 7: {
        const last = running.pop();
        if (last === undefined) break;
        await writeC(0x10, last);
        if (split) dropped.push(last);
        break;
      }
      case 8:
        if (dropped.length > 0) await writeC(0x1000, dropped.splice(random(dropped.length), 1)[0]!);
        else await readC(0x14);
        break;
      case 9:
        await writeD(pick([0x200, 0x280, 0x200, 0x280]) + word(intid), 4, bit(intid));
        break;
      case 10:
        if (high.size === 0) await writeD(pick([0x100, 0x180]) + word(intid), 4, bit(intid));
        else await writeD(0x180 + word(intid), 4, bit(intid));
        break;
      default:
        await readD(pick([0x80, 0x100, 0x200, 0x280, 0x300, 0x380]) + word(intid), 4);
        await readD(0x400 + intid, 1);
        await readC(0x14);
    }
    await readD(0x200 + word(intid), 4);
    await readD(0x300 + word(intid), 4);
  }
  return out.join("\n");
}

const sequences: string[] = [];
for (let seed = 1; seed <= SEQUENCES; seed++) {
  const qemu = start();
  try {
    sequences.push(await sequence(seed, qemu.ask));
  } finally {
    qemu.end();
  }
}
const recording = { source: execFileSync("qemu-system-aarch64", ["--version"], { encoding: "utf8" }).split("\n")[0], spis: INPUTS, sequences };
writeFileSync(fileURLToPath(new URL("../../packages/platform/vectors/gic-qemu.json", import.meta.url)), `${JSON.stringify(recording, undefined, 1)}\n`);
