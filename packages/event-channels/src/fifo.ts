/**
 * The FIFO ABI: an array of 32-bit event words, and for each vcpu a control block with 16 queues. A queue is a list
 * through the LINK fields; the guest takes from the head, the hypervisor adds at a tail that it keeps to itself.
 * Sources: xen/include/public/event_channel.h, "FIFO ABI"; "FIFO-based Event Channel ABI" (D. Vrabel), "Event word"
 * and "Control block"; the treatment of words that a guest has spoilt as observed on Xen 4.17.
 */
import type { Domain, VcpuInfos } from "@granule/hypervisor/contract";
import type { MachineMemory } from "@granule/machine";
import { add, type Bytes, type Pa, XEN_PAGE } from "@granule/units";
import { C, EvtchnFifoControlBlock } from "@granule/xen-abi";
import type { Delivery } from "./delivery.ts";
import type { Channel } from "./ports.ts";

const { LINK_BITS, MAX_QUEUES } = C.EVTCHN_FIFO;
const PENDING = 2 ** C.EVTCHN_FIFO.PENDING;
const MASKED = 2 ** C.EVTCHN_FIFO.MASKED;
const LINKED = 2 ** C.EVTCHN_FIFO.LINKED;
const BUSY = 2 ** C.EVTCHN_FIFO.BUSY;
const LINK_MASK = 2 ** LINK_BITS - 1;
const WORD: Bytes = 4;
const READY: Bytes = EvtchnFifoControlBlock.fields.ready.offset;
const HEADS: Bytes = EvtchnFifoControlBlock.fields.head.offset;

/** Ports that LINK can name. */
export const FIFO_PORTS = 2 ** LINK_BITS;
/** Event words in the unit by which the array grows. */
export const WORDS_PER_FRAME = XEN_PAGE.size / WORD;
/** Frames of 4096 bytes that the array may have: 128. */
export const ARRAY_FRAMES = FIFO_PORTS / WORDS_PER_FRAME;

export interface Fifo extends Delivery {
  /** Control block of each vcpu; undefined: none yet, and events for it are dropped. */
  readonly blocks: (Pa | undefined)[];
  /** Frames of the array. */
  readonly frames: Pa[];
  /** Last port linked into each queue (vcpu * MAX_QUEUES + priority); 0: none. */
  readonly tails: Int32Array;
}

export function createFifo(memory: MachineMemory, infos: VcpuInfos, domain: Domain): Fifo {
  const blocks: (Pa | undefined)[] = domain.vcpus.map(() => undefined);
  const frames: Pa[] = [];
  const tails = new Int32Array(domain.vcpus.length * MAX_QUEUES);
  const wordAt = (port: number): Pa | undefined => {
    const frame = frames[Math.floor(port / WORDS_PER_FRAME)];
    return frame === undefined ? undefined : add(frame, (port % WORDS_PER_FRAME) * WORD);
  };
  const has = (c: Channel, bit: number): boolean | undefined => {
    const at = wordAt(c.port);
    return at === undefined ? undefined : (memory.load32(at) & bit) !== 0;
  };

  /** Hangs `port` behind the queue's tail; false when the guest has taken the tail already: the queue is empty. */
  const linkBehind = (tail: number, port: number): boolean => {
    // a tail that is the port itself looks linked only because the caller has just set the bit
    const at = tail === 0 || tail === port ? undefined : wordAt(tail);
    if (at === undefined) return false;
    const word = memory.load32(at);
    if ((word & LINKED) === 0) return false;
    memory.store32(at, ((word & ~(BUSY | LINK_MASK)) | port) >>> 0);
    return true;
  };
  /** Adds the port, whose word is LINKED by now, to the queue of its vcpu and priority. */
  const enqueue = (c: Channel, block: Pa): void => {
    const queue = c.vcpu * MAX_QUEUES + c.priority;
    // the queue it was in before must not hang others behind a port that has left it
    if (c.lastQueue !== queue && tails[c.lastQueue] === c.port) tails[c.lastQueue] = 0;
    c.lastQueue = queue;
    const linked = linkBehind(tails[queue] ?? 0, c.port);
    tails[queue] = c.port;
    if (linked) return;
    memory.store32(add(block, HEADS + c.priority * WORD), c.port);
    const ready = memory.load32(add(block, READY));
    const bit = 2 ** c.priority;
    if ((ready & bit) !== 0) return;
    memory.store32(add(block, READY), (ready | bit) >>> 0);
    const vcpu = domain.vcpus[c.vcpu];
    if (vcpu !== undefined) infos.raise(vcpu);
  };
  const raise = (c: Channel): void => {
    const at = wordAt(c.port);
    if (at === undefined) {
      c.owed = true;
      return;
    }
    const block = blocks[c.vcpu];
    if (block === undefined) return;
    const word = memory.load32(at);
    const links = (word & (MASKED | LINKED)) === 0;
    memory.store32(at, (word | PENDING | (links ? LINKED : 0)) >>> 0);
    if (links) enqueue(c, block);
  };
  return {
    portLimit: FIFO_PORTS,
    blocks,
    frames,
    tails,
    raise,
    clear(c) {
      const at = wordAt(c.port);
      // LINKED stays: the guest finds the port in its queue, not pending, and drops it
      if (at !== undefined) memory.store32(at, (memory.load32(at) & ~PENDING) >>> 0);
    },
    unmask(c) {
      const at = wordAt(c.port);
      if (at === undefined) return;
      const word = memory.load32(at);
      memory.store32(at, (word & ~MASKED) >>> 0);
      if ((word & PENDING) !== 0) raise(c);
    },
    isPending: (c) => has(c, PENDING) ?? false,
    isMasked: (c) => has(c, MASKED) ?? true,
    isBusy: (c) => has(c, LINKED) ?? false,
  };
}
