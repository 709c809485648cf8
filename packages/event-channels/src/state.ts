/** Events of one domain: its ports, its virtual interrupts, and the ABI by which events reach it now. */
import type { Domain, Frames, VcpuInfos } from "@granule/hypervisor/contract";
import type { MachineMemory } from "@granule/machine";
import { type Pa, XEN_PAGE } from "@granule/units";
import { C } from "@granule/xen-abi";
import type { Delivery } from "./delivery.ts";
import { ARRAY_FRAMES, createFifo, type Fifo, WORDS_PER_FRAME } from "./fifo.ts";
import { createPortTable, type PortTable } from "./ports.ts";
import { createTwoLevel, type TwoLevel } from "./twoLevel.ts";

export interface DomainEvents {
  readonly domain: Domain;
  readonly ports: PortTable;
  /** Port of each virtual interrupt (vcpu * NR_VIRQS + virq); 0: none. */
  readonly virqs: Int32Array;
  readonly twoLevel: TwoLevel;
  fifo: Fifo | undefined;
  /** The one in use. */
  readonly delivery: Delivery;
}

/** Changes of the ABI, and of the memory that it needs. */
export interface EventState {
  create(domain: Domain): DomainEvents;
  /** The first control block switches to FIFO; what is pending in the bitmaps is raised as the array grows. */
  addControlBlock(e: DomainEvents, vcpu: number, at: Pa): void;
  /** Frames that the array may still get. */
  room(e: DomainEvents): number;
  /** One frame of event words, 4096 bytes at a machine address. */
  addFrame(e: DomainEvents, at: Pa): void;
  /** Back to 2-level; the memory of the FIFO ABI is unpinned. */
  leaveFifo(e: DomainEvents): void;
}

export function createEventState(memory: MachineMemory, frames: Frames, infos: VcpuInfos): EventState {
  const pin = (at: Pa): void => frames.pin(XEN_PAGE.alignDown(at), XEN_PAGE.size);
  const unpin = (at: Pa): void => frames.unpin(XEN_PAGE.alignDown(at), XEN_PAGE.size);
  const enterFifo = (e: DomainEvents): Fifo => {
    for (const c of e.ports.all()) {
      // ports 4096 and up have no bit in shared_info; what an earlier array owed is owed still (observed on Xen 4.17)
      c.owed ||= c.port > 0 && c.port < e.twoLevel.portLimit && e.twoLevel.isPending(c);
      c.priority = C.EVTCHN_FIFO.PRIORITY_DEFAULT;
      c.lastQueue = 0;
    }
    return createFifo(memory, infos, e.domain);
  };
  return {
    create(domain) {
      const twoLevel = createTwoLevel(memory, infos, domain);
      return {
        domain, ports: createPortTable(), virqs: new Int32Array(domain.vcpus.length * C.NR_VIRQS), twoLevel, fifo: undefined,
        get delivery() {
          return this.fifo ?? this.twoLevel;
        },
      };
    },
    addControlBlock(e, vcpu, at) {
      e.fifo ??= enterFifo(e);
      pin(at);
      e.fifo.blocks[vcpu] = at;
    },
    room: (e) => ARRAY_FRAMES - (e.fifo?.frames.length ?? 0),
    addFrame(e, at) {
      if (e.fifo === undefined) return;
      const first = e.fifo.frames.length * WORDS_PER_FRAME;
      pin(at);
      e.fifo.frames.push(at);
      // whatever was raised before its port had a word, closed or not, and again after each reset (observed on Xen 4.17)
      for (const c of e.ports.all().slice(first, first + WORDS_PER_FRAME)) if (c.owed) e.delivery.raise(c);
    },
    leaveFifo(e) {
      for (const at of e.fifo?.blocks ?? []) if (at !== undefined) unpin(at);
      for (const at of e.fifo?.frames ?? []) unpin(at);
      e.fifo = undefined;
    },
  };
}
