/**
 * The 2-level ABI: a pending and a mask bit for each port in shared_info, a selector bit for each 64 ports in the
 * vcpu_info, and evtchn_upcall_pending. Source: xen/include/public/xen.h, "EVENT CHANNELS" and struct shared_info.
 */
import type { Domain, VcpuInfos } from "@granule/hypervisor/contract";
import type { MachineMemory } from "@granule/machine";
import { add, type Bytes } from "@granule/units";
import { SharedInfo, VcpuInfo } from "@granule/xen-abi";
import type { Delivery } from "./delivery.ts";
import type { Channel } from "./ports.ts";

/** Ports behind one selector bit: bits of xen_ulong_t. */
const PORTS_PER_SELECTOR = 64;
const BITS_PER_WORD = 32;
const BYTES_PER_WORD: Bytes = 4;
const { evtchn_pending: PENDING, evtchn_mask: MASK } = SharedInfo.fields;
const SELECTOR: Bytes = VcpuInfo.fields.evtchn_pending_sel.offset;

/** Ports that the bitmaps have: 4096. */
const TWO_LEVEL_PORTS = PENDING.size * 8;

export interface TwoLevel extends Delivery {
  /** Clears both bitmaps. */
  wipe(): void;
}

export function createTwoLevel(memory: MachineMemory, infos: VcpuInfos, domain: Domain): TwoLevel {
  const wordAt = (bitmap: Bytes, port: number) => infos.sharedInfo(domain, bitmap + Math.floor(port / BITS_PER_WORD) * BYTES_PER_WORD);
  const bitOf = (n: number): number => (1 << (n % BITS_PER_WORD)) >>> 0;
  const test = (bitmap: Bytes, port: number): boolean => (memory.load32(wordAt(bitmap, port)) & bitOf(port)) !== 0;
  /** Sets or clears the bit; answers what it was. */
  const change = (bitmap: Bytes, port: number, value: boolean): boolean => {
    const at = wordAt(bitmap, port);
    const old = memory.load32(at);
    memory.store32(at, value ? (old | bitOf(port)) >>> 0 : (old & ~bitOf(port)) >>> 0);
    return (old & bitOf(port)) !== 0;
  };
  /** Selector bit, then the upcall: a selector bit that was set says that the upcall has been raised. */
  const select = (c: Channel): void => {
    const vcpu = domain.vcpus[c.vcpu];
    const info = vcpu === undefined ? undefined : infos.vcpuInfo(vcpu);
    if (vcpu === undefined || info === undefined) return;
    const selector = Math.floor(c.port / PORTS_PER_SELECTOR);
    const at = add(info, SELECTOR + Math.floor(selector / BITS_PER_WORD) * BYTES_PER_WORD);
    const old = memory.load32(at);
    if ((old & bitOf(selector)) !== 0) return;
    memory.store32(at, (old | bitOf(selector)) >>> 0);
    infos.raise(vcpu);
  };
  return {
    portLimit: TWO_LEVEL_PORTS,
    raise(c) {
      if (change(PENDING.offset, c.port, true)) return;
      if (!test(MASK.offset, c.port)) select(c);
    },
    clear: (c) => void change(PENDING.offset, c.port, false),
    unmask(c) {
      if (change(MASK.offset, c.port, false) && test(PENDING.offset, c.port)) select(c);
    },
    isPending: (c) => test(PENDING.offset, c.port),
    isMasked: (c) => test(MASK.offset, c.port),
    isBusy: () => false,
    wipe() {
      memory.fill(infos.sharedInfo(domain, PENDING.offset), PENDING.size, 0);
      memory.fill(infos.sharedInfo(domain, MASK.offset), MASK.size, 0);
    },
  };
}
