/**
 * Port state of the FIFO event ABI: a word for each port, linked into queues by the hypervisor.
 * Source: xen/include/public/event_channel.h, "EVTCHN_FIFO ABI"; the design document "Event Channel FIFO ABI".
 * Words come in arrays of 4096 bytes in ABI v1; v2 takes any multiple of that. Both get one page of S1 at a time.
 */
import type { Guest, Trap } from "@granule/machine";
import { add, type Range, toNumber, type Va, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, EvtchnFifoControlBlock, V1, V2 } from "@granule/xen-abi";
import type { Calls, Pages } from "./contract.ts";
import { forEachPiece } from "./pieces.ts";
import type { EventBits } from "./eventBits.ts";

const PENDING = 2 ** C.EVTCHN_FIFO.PENDING;
const MASKED = 2 ** C.EVTCHN_FIFO.MASKED;
const LINKED = 2 ** C.EVTCHN_FIFO.LINKED;
const LINK_MASK = 2 ** C.EVTCHN_FIFO.LINK_BITS - 1;
const WORD_SIZE = 4;
const QUEUES = C.EVTCHN_FIFO.MAX_QUEUES;

/** Switches vcpu 0 to FIFO. @throws Error when the hypervisor refuses. */
export function* fifoBits(g: Guest, calls: Calls, pages: Pages, abi: 1 | 2): Trap<EventBits> {
  const control = pages.alloc(EvtchnFifoControlBlock.size);
  const at = vaFromIpa(control.start);
  const ready = add(at, EvtchnFifoControlBlock.fields.ready.offset);
  const headOf = (queue: number): Va => add(at, EvtchnFifoControlBlock.fields.head.offset + WORD_SIZE * queue);
  const r = abi === 1
    ? yield* calls.call(V1.event_init_control, { control_gfn: toNumber(XEN_PAGE.frameOf(control.start)), offset: 0, vcpu: 0 })
    : yield* calls.call(V2.event_init_fifo, { vcpu: 0, control: control.start });
  if (!r.ok) throw new Error(`FIFO events: ${r.why}`);

  /** Pages of event words, each for `perPage` ports. */
  const arrays: Va[] = [];
  const perPage = pages.unit / WORD_SIZE;
  const heads = new Uint32Array(QUEUES);
  /** Queues that are known to have something. */
  let queues = 0;

  const hasWord = (port: number): boolean => port < arrays.length * perPage;
  const wordOf = (port: number): Va => {
    const array = arrays[Math.floor(port / perPage)];
    if (array === undefined) throw new Error(`event port ${port} has no word: its queue is corrupt`);
    return add(array, WORD_SIZE * (port % perPage));
  };
  function* expand(array: Range<"ipa">): Trap<boolean> {
    if (abi === 2) return (yield* calls.call(V2.event_expand_fifo, { address: array.start, size: array.size })).ok;
    const gfns: number[] = [];
    forEachPiece(array, XEN_PAGE.size, (ipa) => gfns.push(toNumber(XEN_PAGE.frameOf(ipa))));
    for (const array_gfn of gfns) if (!(yield* calls.call(V1.event_expand_array, { array_gfn })).ok) return false;
    return true;
  }
  /** Unlinks a word; answers the port that follows it. */
  const unlink = (word: Va): number => {
    for (;;) {
      const old = g.load32(word);
      const next = old & ~(LINKED | LINK_MASK);
      if (g.compareAndSwap32(word, old, next >>> 0) === old) return old & LINK_MASK;
    }
  };
  const test = (port: number, bits: number): boolean => hasWord(port) && (g.load32(wordOf(port)) & bits) !== 0;
  return {
    isPending: (port) => test(port, PENDING),
    consume: (port) => hasWord(port) && (g.fetchAnd32(wordOf(port), ~PENDING) & PENDING) !== 0,
    mask: (port) => void g.fetchOr32(wordOf(port), MASKED),
    unmask: (port) => void g.fetchAnd32(wordOf(port), ~MASKED),
    scan(ports) {
      // priority 0 is served first; a queue that is emptied is looked at again only after its ready bit was set anew
      queues |= g.fetchAnd32(ready, 0);
      for (let queue = 0; queue < QUEUES; queue++) {
        // a queue holds a port once, so that it cannot be longer than there are words
        for (let left = arrays.length * perPage; (queues & (1 << queue)) !== 0 && left > 0; left--) {
          let port = heads[queue] ?? 0;
          if (port === 0) port = g.load32(headOf(queue));
          const word = port === 0 ? undefined : wordOf(port);
          const next = word === undefined ? 0 : unlink(word);
          heads[queue] = next;
          if (next === 0) queues &= ~(1 << queue);
          if (word !== undefined && (g.load32(word) & (PENDING | MASKED)) >>> 0 === PENDING) ports.push(port);
        }
      }
    },
    *reserve(port) {
      while (!hasWord(port)) {
        const array = pages.tryAlloc(pages.unit);
        if (array === undefined || !(yield* expand(array))) return false;
        arrays.push(vaFromIpa(array.start));
      }
      return true;
    },
  };
}
