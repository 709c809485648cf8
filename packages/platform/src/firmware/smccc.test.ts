import { describe, expect, it } from "vitest";
import type { AffinityState, FirmwareHost } from "../contract.ts";
import { createFirmware } from "./smccc.ts";

interface Host extends FirmwareHost {
  readonly states: AffinityState[];
  readonly log: string[];
}
function createHost(states: AffinityState[] = ["on", "off"]): Host {
  const log: string[] = [];
  return {
    states, log,
    vcpuOf: (mpidr) => (mpidr < BigInt(states.length) ? Number(mpidr) : undefined),
    state: (vcpu) => states[vcpu]!,
    cpuOn(vcpu, entry, context) {
      if (entry % 4n !== 0n) return false;
      log.push(`on ${vcpu} ${entry.toString(16)} ${context.toString(16)}`);
      states[vcpu] = "on";
      return true;
    },
    cpuOff: (vcpu) => void log.push(`off ${vcpu}`),
    standby: (vcpu) => void log.push(`standby ${vcpu}`),
    systemOff: (vcpu) => void log.push(`system off ${vcpu}`),
    systemReset: (vcpu) => void log.push(`system reset ${vcpu}`),
  };
}
/** x0..x3 after the call in hex, a negative x0 in decimal. */
function ask(host: FirmwareHost, xen: boolean, ...x: readonly (number | bigint)[]): string {
  const view = new DataView(new ArrayBuffer(31 * 8));
  for (let i = 0; i < 31; i++) view.setBigUint64(8 * i, BigInt(x[i] ?? (i < 4 ? 0 : 0xdead)), true);
  createFirmware(host, { xen }).call(0, view);
  for (let i = 4; i < 31; i++) expect(view.getBigUint64(8 * i, true)).toBe(0xdeadn);
  const x0 = view.getBigInt64(0, true);
  return [x0.toString(x0 < 0n ? 10 : 16), ...[1, 2, 3].map((i) => view.getBigUint64(8 * i, true).toString(16))].join(" ");
}

/** What Xen 4.17.7 answered a guest of two vcpus over HVC #0, in the order it was asked: the call, then x0 x1 x2 x3. */
const XEN_ANSWERS = `
0x84000000 0 0 0 => 10001 0 0 0
0x80000000 0 0 0 => 10001 0 0 0
0x80000001 0x80008000 0 0 => 0 80008000 0 0
0x80000001 0x80000001 0 0 => -1 80000001 0 0
0x8600ff00 0 0 0 => -1 0 0 0
0x8600ff01 0 0 0 => -1 0 0 0
0x8600ff03 0 0 0 => -1 0 0 0
0xc4000004 0 0 0 => 0 0 0 0
0xc4000004 1 0 0 => 1 1 0 0
0x84000006 0 0 0 => 2 0 0 0
0x8400000a 0x84000000 0 0 => 0 84000000 0 0
0x8400000a 0x84000003 0 0 => 0 84000003 0 0
0x8400000a 0xc4000003 0 0 => 0 c4000003 0 0
0x8400000a 0x80000000 0 0 => 0 80000000 0 0
0x12345678 0 0 0 => -1 0 0 0
0x8500ff01 0 0 0 => dc1218a7 694398c6 d179cf9a 67e6de8d
0x8500ff00 0 0 0 => 3 0 0 0
0x8500ff03 0 0 0 => 0 1 0 0
0x8400ff01 0 0 0 => 6f3863f8 bd4c394b 16ce2092 6f9fe541
0x8400ff03 0 0 0 => 0 1 0 0
0xc4000003 5 0x40080000 0 => -2 5 40080000 0
0xc4000003 1 0x40080850 0x77 => 0 1 40080850 77
0xc4000003 1 0x40080850 0x77 => -4 1 40080850 77
0xc4000004 1 0 0 => 0 1 0 0
`.trim().split("\n").map((line) => line.split(" => "));

describe("firmware calls", () => {
  it("answers as Xen answered", () => {
    const host = createHost();
    for (const [call, answer] of XEN_ANSWERS) expect(`${call}: ${ask(host, true, ...call!.split(" ").map(Number))}`).toBe(`${call}: ${answer}`);
  });

  it("the 32-bit convention takes W registers, whatever is above; the 64-bit one X registers", () => {
    const high = 0xabcd_0000_0000n;
    const host = createHost(["on", "off", "off"]);
    expect(ask(host, false, high + 0x84000003n, high + 1n, high + 0x8000n, high + 5n)).toMatch(/^0 /);
    expect(ask(host, false, 0xc4000003n, high + 1n, 0x8000n, 5n)).toMatch(/^-2 /);
    expect(ask(host, false, 0xc4000003n, 2n, high + 0x8000n, high + 5n)).toMatch(/^0 /);
    expect(host.log).toEqual(["on 1 8000 5", "on 2 abcd00008000 abcd00000005"]);
  });

  it("CPU_ON: no such CPU, running, starting, an entry that is no address", () => {
    const host = createHost(["on", "off", "on-pending"]);
    const on = (target: bigint, entry = 0n): string => ask(host, false, 0xc4000003n, target, entry).split(" ")[0]!;
    // Bit 24 (MT) and bit 31 are no affinity fields.
    expect([on(3n), on(0x80000001n), on(0x1000001n), on(0n), on(2n), on(1n, 2n)]).toEqual(["-2", "-2", "-2", "-4", "-5", "-9"]);
    expect(host.log).toEqual([]);
  });

  it("AFFINITY_INFO of each state, of level 0 only", () => {
    const host = createHost(["on", "off", "on-pending"]);
    const info = (target: bigint, level = 0n): string => ask(host, false, 0x84000004n, target, level).split(" ")[0]!;
    expect([info(0n), info(1n), info(2n), info(3n), info(0n, 1n)]).toEqual(["0", "1", "2", "-2", "-2"]);
  });

  it("calls that stop the caller leave its registers alone", () => {
    const host = createHost();
    expect([0x84000002, 0x84000008, 0x84000009].map((id) => ask(host, false, id, 7).split(" ")[0])).toEqual(["84000002", "84000008", "84000009"]);
    expect(ask(host, false, 0xc4000001, 0, 0x8000)).toBe("0 0 8000 0");
    expect(host.log).toEqual(["off 0", "system off 0", "system reset 0", "standby 0"]);
  });

  it("PSCI_FEATURES knows the calls that are answered, and all else is NOT_SUPPORTED", () => {
    const known = [0x80000000, 0x84000000, 0x84000001, 0xc4000001, 0x84000002, 0x84000003, 0xc4000003, 0x84000004, 0xc4000004, 0x84000006, 0x84000008, 0x84000009, 0x8400000a];
    const others = [0x80000001, 0x84000050, 0x8400ff01, 0x8500ff01, 0x8600ff01, 0, 1, 0xffffffff];
    const candidates = [...others, ...[0x80000000, 0x84000000, 0xc4000000, 0xc0000000].flatMap((base) => Array.from({ length: 32 }, (_, n) => base + n))];
    for (const id of candidates) {
      const features = ask(createHost(), false, 0x8400000a, id).split(" ")[0];
      expect([id, features]).toEqual([id, known.includes(id) ? "0" : "-1"]);
      // With x1 = PSCI_VERSION no call that is there answers -1 but SMCCC_ARCH_FEATURES.
      const answer = ask(createHost(), false, id, 0x84000000).split(" ")[0];
      expect([id, answer === "-1"]).toEqual([id, !known.includes(id)]);
    }
  });
});
