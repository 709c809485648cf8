/** Registered areas as JSON. Pins are part of the frames' own state: they are not taken again. */
import type { Domain } from "@granule/hypervisor/contract";
import { type Json, jsonList, jsonNumber, jsonObject, jsonString } from "@granule/kit";
import type { MachineMemory } from "@granule/machine";
import { ModelBug } from "@granule/units";
import type { DomainAreas, RunstateArea, VcpuAreas } from "./areas.ts";
import { isRunstate } from "./runstate.ts";

const WHAT = "vcpu-info";

export const saveAreas = (memory: MachineMemory, all: Iterable<DomainAreas>): Json =>
  [...all].map((d) => ({
    domid: d.domain.domid,
    vcpus: d.vcpus.map((v) => ({
      info: v.info === undefined ? null : memory.offset(v.info),
      runstate: v.runstate === undefined ? null : v.runstate.kind === "va" ? { va: v.runstate.at.toString() } : { pa: memory.offset(v.runstate.at) },
      account: { state: v.account.state, entry: v.account.entry, times: [...v.account.times] },
    })),
  }));

function runstateOf(memory: MachineMemory, saved: Json | undefined): RunstateArea | undefined {
  if (saved === null || saved === undefined) return undefined;
  const s = jsonObject(saved, WHAT);
  return s["va"] === undefined ? { kind: "pa", at: memory.at(jsonNumber(s["pa"], WHAT)) } : { kind: "va", at: BigInt(jsonString(s["va"], WHAT)) };
}
function loadVcpu(memory: MachineMemory, v: VcpuAreas, saved: Json | undefined): void {
  const s = jsonObject(saved, WHAT);
  v.info = s["info"] === null ? undefined : memory.at(jsonNumber(s["info"], WHAT));
  v.runstate = runstateOf(memory, s["runstate"]);
  const account = jsonObject(s["account"], WHAT);
  const state = jsonNumber(account["state"], WHAT);
  const [running, runnable, blocked, offline] = jsonList(account["times"], WHAT).map((n) => jsonNumber(n, WHAT));
  if (!isRunstate(state) || running === undefined || runnable === undefined || blocked === undefined || offline === undefined) throw new ModelBug(`${WHAT}: torn account`);
  v.account = { state, entry: jsonNumber(account["entry"], WHAT), times: [running, runnable, blocked, offline] };
}

/** Restores what {@link saveAreas} saved; `fresh` makes the areas of a domain that the machine has. */
export function loadAreas(memory: MachineMemory, state: Json, domainOf: (domid: number) => Domain | undefined, fresh: (d: Domain) => DomainAreas): readonly DomainAreas[] {
  return jsonList(state, WHAT).map((entry) => {
    const s = jsonObject(entry, WHAT);
    const domain = domainOf(jsonNumber(s["domid"], WHAT));
    if (domain === undefined) throw new ModelBug(`${WHAT}: the snapshot has a domain that this machine has not`);
    const areas = fresh(domain);
    jsonList(s["vcpus"], WHAT).forEach((saved, i) => {
      const v = areas.vcpus[i];
      if (v === undefined) throw new ModelBug(`${WHAT}: the snapshot has more vcpus than domain ${domain.domid}`);
      loadVcpu(memory, v, saved);
    });
    return areas;
  });
}
