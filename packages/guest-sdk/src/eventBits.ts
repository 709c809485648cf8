/** Port state in memory shared with the hypervisor, behind one interface for the two event ABIs; and the 2-level one. */
import type { Guest, Trap } from "@granule/machine";
import { add, type Va } from "@granule/units";
import { SharedInfo, VcpuInfo } from "@granule/xen-abi";

/** The words that say which ports are pending or masked. */
export interface EventBits {
  isPending(port: number): boolean;
  /** Was it pending? It is not any more. */
  consume(port: number): boolean;
  mask(port: number): void;
  unmask(port: number): void;
  /** Appends every pending port that is not masked to `ports`; the pending bits stay. Call it after the upcall was cleared. */
  scan(ports: number[]): void;
  /** Makes room for a port's state; false when the kernel cannot. Undefined: there is room for every port. */
  readonly reserve: ((port: number) => Trap<boolean>) | undefined;
}

/** 64 words of 64 bits; as little-endian 32-bit words, port p is bit p mod 32 of word p / 32. */
const SELECTORS = 64;
const WORD_BITS = 32;

/**
 * The 2-level ABI. Source: xen/include/public/event_channel.h, "EVTCHN 2-level ABI"; xen.h, struct vcpu_info
 * (evtchn_pending_sel: a bit for each 64-bit word that has something).
 */
export function twoLevelBits(g: Guest, sharedInfo: Va, vcpuInfo: Va): EventBits {
  const pendingBase = add(sharedInfo, SharedInfo.fields.evtchn_pending.offset);
  const maskBase = add(sharedInfo, SharedInfo.fields.evtchn_mask.offset);
  const selector = add(vcpuInfo, VcpuInfo.fields.evtchn_pending_sel.offset);
  const word = (base: Va, port: number): Va => add(base, 4 * Math.floor(port / WORD_BITS));
  const bit = (port: number): number => 1 << (port % WORD_BITS);
  const scanWord = (index: number, ports: number[]): void => {
    let bits = g.load32(add(pendingBase, 4 * index)) & ~g.load32(add(maskBase, 4 * index));
    while (bits !== 0) {
      const low = 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      ports.push(index * WORD_BITS + low);
    }
  };
  return {
    isPending: (port) => (g.load32(word(pendingBase, port)) & bit(port)) !== 0,
    consume: (port) => (g.fetchAnd32(word(pendingBase, port), ~bit(port)) & bit(port)) !== 0,
    mask: (port) => void g.fetchOr32(word(maskBase, port), bit(port)),
    unmask: (port) => void g.fetchAnd32(word(maskBase, port), ~bit(port)),
    scan(ports) {
      for (let half = 0; half < SELECTORS / WORD_BITS; half++) {
        let selected = g.fetchAnd32(add(selector, 4 * half), 0);
        while (selected !== 0) {
          const low = 31 - Math.clz32(selected & -selected);
          selected &= selected - 1;
          const first = 2 * (half * WORD_BITS + low);
          scanWord(first, ports);
          scanWord(first + 1, ports);
        }
      }
    },
    reserve: undefined,
  };
}
