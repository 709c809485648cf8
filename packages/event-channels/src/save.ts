/** Events of all domains as JSON. Pending bits, event words and pins are in machine memory and frames: not here. */
import type { Domain } from "@granule/hypervisor/contract";
import { type Json, jsonList, jsonNumber, jsonObject, jsonString } from "@granule/kit";
import type { MachineMemory } from "@granule/machine";
import { ModelBug } from "@granule/units";
import type { PortState } from "./contract.ts";
import { createFifo, type Fifo } from "./fifo.ts";
import type { Channel } from "./ports.ts";
import type { DomainEvents } from "./state.ts";

const WHAT = "event-channels";
const NONE = -1;
const STATES: Readonly<Record<PortState, PortState>> = { closed: "closed", unbound: "unbound", interdomain: "interdomain", virq: "virq", ipi: "ipi" };
const stateOf = (name: string): PortState => {
  const state = Object.values(STATES).find((s) => s === name);
  if (state === undefined) throw new ModelBug(`${WHAT}: no state "${name}"`);
  return state;
};

const saveChannel = (c: Channel): Json => [c.port, c.state, c.vcpu, c.remoteDomid, c.remotePort, c.virq, c.owed, c.priority, c.lastQueue];
/** A closed port still has a queue that it is linked in, and may be owed an event. */
const isWorthSaving = (c: Channel): boolean => c.state !== "closed" || c.owed || c.lastQueue !== 0;
const saveFifo = (memory: MachineMemory, f: Fifo): Json => ({
  blocks: f.blocks.map((at) => (at === undefined ? NONE : memory.offset(at))), frames: f.frames.map((at) => memory.offset(at)), tails: [...f.tails],
});

export const saveEvents = (memory: MachineMemory, all: Iterable<DomainEvents>): Json =>
  [...all].map((e) => ({
    domid: e.domain.domid, exist: e.ports.all().length, channels: e.ports.all().filter(isWorthSaving).map(saveChannel), virqs: [...e.virqs],
    fifo: e.fifo === undefined ? null : saveFifo(memory, e.fifo),
  }));

const numbers = (v: Json | undefined): readonly number[] => jsonList(v, WHAT).map((n) => jsonNumber(n, WHAT));

function loadChannel(e: DomainEvents, saved: Json): void {
  const [port, state, vcpu, remoteDomid, remotePort, virq, owed, priority, lastQueue] = jsonList(saved, WHAT);
  const c = e.ports.find(jsonNumber(port, WHAT));
  if (c === undefined) throw new ModelBug(`${WHAT}: torn port`);
  c.state = stateOf(jsonString(state, WHAT));
  c.vcpu = jsonNumber(vcpu, WHAT);
  c.remoteDomid = jsonNumber(remoteDomid, WHAT);
  c.remotePort = jsonNumber(remotePort, WHAT);
  c.virq = jsonNumber(virq, WHAT);
  c.owed = owed === true;
  c.priority = jsonNumber(priority, WHAT);
  c.lastQueue = jsonNumber(lastQueue, WHAT);
}

/** Restores what {@link saveEvents} saved; `fresh` makes the events of a domain that the machine has. */
export function loadEvents(
  state: Json, domainOf: (domid: number) => Domain | undefined, fresh: (d: Domain) => DomainEvents, memory: MachineMemory, newFifo: (d: Domain) => ReturnType<typeof createFifo>,
): readonly DomainEvents[] {
  return jsonList(state, WHAT).map((entry) => {
    const s = jsonObject(entry, WHAT);
    const domain = domainOf(jsonNumber(s["domid"], WHAT));
    if (domain === undefined) throw new ModelBug(`${WHAT}: the snapshot has a domain that this machine has not`);
    const e = fresh(domain);
    e.ports.grow(jsonNumber(s["exist"], WHAT));
    for (const c of jsonList(s["channels"], WHAT)) loadChannel(e, c);
    e.virqs.set(numbers(s["virqs"]));
    if (s["fifo"] !== null) {
      const saved = jsonObject(s["fifo"], WHAT);
      const fifo = newFifo(domain);
      numbers(saved["blocks"]).forEach((at, i) => (fifo.blocks[i] = at === NONE ? undefined : memory.at(at)));
      for (const at of numbers(saved["frames"])) fifo.frames.push(memory.at(at));
      fifo.tails.set(numbers(saved["tails"]));
      e.fifo = fifo;
    }
    return e;
  });
}
