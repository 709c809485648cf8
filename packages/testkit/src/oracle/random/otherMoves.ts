/** vcpu_op, hvm_op, sched_op, xen_version, multicall, and calls that nobody answers; buffers at virtual addresses of stage 1. */
import { HOLES, mayBeReadOnly, RAM, REGISTERS, RUN_STATES, windowOf } from "./belief.ts";
import { anyDomain, anyPointer, anyPort, anyVcpu, bytesOf, frameOf, hex, usually } from "./choose.ts";
import type { Move, Turn } from "./contract.ts";

const vcpuInfo: Move = {
  weight: 2,
  make(t) {
    const [vcpu, gfn] = [anyVcpu(t), frameOf(t, "ram")];
    const offset = usually(t, [0, 8, 64, 256, 4048], [1, 4, 4049, 4056, 4096, 2 ** 31], 0.85); // MAGIC: beyond a frame
    return [`regvcpu ${hex(vcpu)} ${hex(gfn)} ${hex(offset)} ${t.dice.chance(0.9) ? 0 : 1}`];
  },
};
/** Only the state itself is read: the rest are times. */
const runState: Move = {
  weight: 2,
  make(t) {
    const at = `${bytesOf(RUN_STATES)}+${hex(t.dice.pick([0, 64, 128, 1, 4090]))}`;
    return t.dice.chance(0.8) ? [`runstate ${hex(anyVcpu(t))} ${at}`] : [`runstate ${hex(anyVcpu(t))} UNMAPPED`];
  },
};
const vcpuOther: Move = { weight: 1, make: (t) => ["fill BUF 64 0", `hc vcpu_op ${t.dice.pick([0, 1, 2, 3, 6, 7, 8, 9, 11, 12, 13, 14, 99])} ${hex(anyVcpu(t))} ${t.dice.pick(["BUF", "UNMAPPED"])}`] };
const parameter: Move = {
  weight: 4,
  make(t) {
    const [who, index] = [usually(t, ["SELF"], [anyDomain(t)], 0.8), t.dice.below(42)];
    return [t.dice.chance(0.6) ? `getparam ${who} ${index}` : `setparam ${who} ${index} ${hex(t.dice.below(1000))}`];
  },
};
const hvmOther: Move = { weight: 0.7, make: (t) => ["fill BUF 64 0", `hc hvm_op ${t.dice.pick([2, 3, 4, 5, 6, 9, 15, 20, 23, 24, 25, 26, 99])} ${t.dice.pick(["BUF", "UNMAPPED"])}`] };
/** A poll whose time is over already: it answers at once. */
const poll: Move = {
  weight: 2,
  make(t) {
    const count = usually(t, [1, 2, 3], [0, 128, 129, 2 ** 32 - 1], 0.9);
    const ports = Array.from({ length: Math.min(count, 3) }, () => anyPort(t));
    return [...ports.map((p, i) => `w32 BUF2+${4 * i} ${hex(p)}`), "w64 BUF BUF2", `w32 BUF+8 ${hex(count)}`, "w64 BUF+16 1", "hc sched_op 3 BUF"];
  },
};
const schedule: Move = {
  weight: 1,
  make: (t) => (t.dice.chance(0.6) ? ["hc sched_op 0"] : ["fill BUF 32 0", `w16 BUF ${anyDomain(t)}`, `hc sched_op ${t.dice.pick([4, 5, 7, 8, 99])} ${t.dice.pick(["BUF", "UNMAPPED"])}`]),
};
const version: Move = {
  weight: 2,
  make: (t) => (t.dice.chance(0.5) ? [`hc xen_version ${t.dice.pick([0, 5, 7, 10, 11, 99])} ${t.dice.pick(["0", "BUF"])}`, "r64 BUF"] : [`w32 BUF ${t.dice.below(4)}`, "hc xen_version 6 BUF", "r32 BUF+4"]),
};
/** Entries of 64 bytes: number, result, six arguments. */
const multicall: Move = {
  weight: 2,
  make(t) {
    const count = 1 + t.dice.below(5);
    const calls = Array.from({ length: count }, () => t.dice.pick([
      ["xen_version", "0", "0"], ["xen_version", "7", "0"], ["memory_op", "3", "BUF"], ["event_channel_op", "4", "BUF+64"], ["event_channel_op", "5", "BUF+128"],
      ["sched_op", "8", "0"], ["vcpu_op", "3", "1"], ["multicall", "BUF2", "1"], ["63", "0", "0"], ["memory_op", "3", "UNMAPPED"],
    ]));
    return [
      "w16 BUF SELF", `w32 BUF+64 ${hex(anyPort(t))}`, "fill BUF+128 24 0", "w16 BUF+128 SELF", `w32 BUF+132 ${hex(anyPort(t))}`,
      ...calls.flatMap(([nr, a0, a1], i) => [`w64 BUF2+${64 * i} ${nr}`, `w64 BUF2+${64 * i + 8} 0xaaaaaaaa`, `w64 BUF2+${64 * i + 16} ${a0}`, `w64 BUF2+${64 * i + 24} ${a1}`]),
      `hc multicall BUF2 ${count}`, ...calls.map((_, i) => `r64 BUF2+${64 * i + 8}`),
    ];
  },
};
/** Hypercalls with arguments anywhere. Those that stop the domain, print, or change time are not among them. */
const raw: Move = {
  weight: 3,
  make(t) {
    const [nr, commands] = t.dice.pick([
      ["event_channel_op", [0, 1, 4, 5, 6, 7, 8, 9, 11, 12, 13]], ["memory_op", [3, 4, 14, 15]], ["hvm_op", [0, 1]], ["xen_version", [6, 7]], ["vcpu_op", [3, 10]],
      ["grant_table_op", [6, 8, 10]], ["physdev_op", [0, 12]], ["set_timer_op", [0]], ["xsm_op", [0]], ["argo_op", [1]], ["dm_op", [0]], ["63", [0]], ["0x1000000ff", [0]],
    ] as const);
    return ["fill BUF+0xfe0 32 0", `hc ${nr} ${t.dice.pick(commands)} ${anyPointer(t)} ${t.dice.below(3)} 0 0`];
  },
};
/** Immediates of HVC other than Xen's, and what PSCI and SMCCC tell. */
const firmware: Move = {
  weight: 1,
  make: (t) => [t.dice.pick(["psci 0x84000000 0 0 0", "psci 0xc4000004 1 0 0", "psci 0x8400000a 0xc4000003 0 0", "psci 0x80000000 0 0 0", "psci 0x80000001 0x80008000 0 0", "psci 0x8600ff03 0 0 0", "psci 0x12345678 0 0 0", "hvc 17 0 0 0 0 0 1", "hvc 17 0 0 0 0 0 2"])],
};

/** Where the guest maps pages at virtual addresses of its choice. */
const WINDOW = 0x60000000;
/** Low bits of a descriptor: read and write, read only, access flag clear, and both for EL0 too. */
const LOW_BITS = ["0x703", "0x703", "0x703", "0x783", "0x303", "0x743", "0x7c3", "0"] as const;
/** A page of this granule that is of the playground, by physical address: no device's, where misaligned accesses are the machine's own matter. */
const physical = (t: Turn, granule: 4 | 64): string => {
  const gfn = granule === 4 && t.dice.chance(0.15) ? windowOf(t.dice.pick(REGISTERS.filter((r) => !mayBeReadOnly(r)))) : t.dice.pick([...RAM, ...RAM, ...HOLES]);
  return bytesOf(granule === 64 ? gfn - (gfn % 16) : gfn);
};
const stage1: Move = {
  weight: 0.8,
  make(t) {
    t.me.stage1 = t.dice.pick([0, 4, 64]);
    const granule = t.me.stage1;
    return [`mmu ${granule}`, ...(granule === 0 ? [] : [0, 1, 2, 3].map((i) => `pte ${i} ${physical(t, granule)} ${t.dice.pick(LOW_BITS)}`))];
  },
};
/** A buffer that may cross from one page of the window into the next one. */
const virtual: Move = {
  weight: 4,
  make(t) {
    const granule = t.me.stage1;
    if (granule === 0) return undefined;
    const at = hex(WINDOW + granule * 1024 * t.dice.below(5) + t.dice.pick([0, 0, 8, 1024, granule * 1024 - 2, granule * 1024 - 8]));
    const call = t.dice.pick([`hc memory_op 3 ${at}`, `hc xen_version 1 ${at}`, `hc event_channel_op 5 ${at}`, `hc hvm_op 1 ${at}`, `hc grant_table_op 10 ${at} 1`, `hc xen_version 6 ${at}`]);
    // DOMID_SELF and zeros: what most of these calls take
    if (t.dice.chance(0.5)) return [`w64 ${at} SELF`, call, `r64 ${at}`];
    return t.dice.chance(0.3) ? [`pte ${t.dice.below(4)} ${physical(t, granule)} ${t.dice.pick(LOW_BITS)}`, call] : [call, `r64 ${at}`];
  },
};

export const OTHER_MOVES: readonly Move[] = [vcpuInfo, runState, vcpuOther, parameter, hvmOther, poll, schedule, version, multicall, raw, firmware, stage1, virtual];
