/** Domains as JSON. Memory, stage 2 tables and registers are in machine memory, which is saved by itself: here is the rest. */
import { type Json, jsonList, jsonNumber, jsonObject, jsonString } from "@granule/kit";
import type { MachineMemory } from "@granule/machine";
import { findGranule, GranuleError, ipa, toNumber } from "@granule/units";
import type { DomainSpec, OwnedDomain, OwnedVcpu } from "./domains.ts";
import type { SavedP2m } from "./p2m.ts";

const WHAT = "a domain";
const FOREVER = -1;

function saveVcpu(v: OwnedVcpu): Json {
  const where = `domain "${v.domain.name}" vcpu ${v.index}`;
  if (v.continuation !== undefined) throw new GranuleError("GRAN0037", `${where} is in the middle of a hypercall`, "Run on, and save then.");
  if (v.state === "offline") return { state: v.state, retired: v.regs.retired };
  const engine = v.engine.save();
  if (!engine.ok) throw new GranuleError("GRAN0037", `${where}: ${engine.why}`, "Use Scheduler.park(), or save at a checkpoint.");
  // it meets what it hangs at again
  const state = v.state === "hung" ? "runnable" : v.state;
  return { state, retired: v.regs.retired, wakeAt: v.wakeAt === Infinity ? FOREVER : v.wakeAt, polled: v.polled, engine: engine.value };
}

/** @throws GranuleError GRAN0037 when a vcpu is not at a checkpoint. */
export const saveDomain = (memory: MachineMemory, d: OwnedDomain): Json => ({
  domid: d.domid, name: d.name, granule: d.granule.size, privileged: d.privileged, ram: d.layout.ram.size, ramAt: toNumber(d.layout.ram.start), maximum: d.maximumBytes, vmid: d.vmid, tableLimit: d.p2m.tableLimit,
  regsAt: memory.offset(d.regsAt), p2m: { ...d.p2m.save() }, state: d.state, reason: d.reason, ended: d.ended === undefined ? null : [d.ended.online, d.ended.blocked], counters: d.counters.all(),
  params: [...d.params].map(([index, value]) => [index, value.toString()]), vcpus: d.vcpus.map(saveVcpu),
});

/** What {@link OwnedDomain} is built from again. @throws GranuleError GRAN0018 when the snapshot is torn. */
export function specOf(memory: MachineMemory, state: Json): { readonly spec: DomainSpec; readonly p2m: SavedP2m; readonly vcpus: number } {
  const s = jsonObject(state, WHAT);
  const number = (key: string): number => jsonNumber(s[key], `${WHAT}'s ${key}`);
  const granule = findGranule(number("granule"));
  if (granule === undefined) throw new GranuleError("GRAN0018", `the snapshot is torn: ${number("granule")} bytes is no granule`);
  const p = jsonObject(s["p2m"], `${WHAT}'s p2m`);
  const part = (key: string): number => jsonNumber(p[key], `${WHAT}'s p2m.${key}`);
  return {
    spec: {
      domid: number("domid"), name: jsonString(s["name"], `${WHAT}'s name`), granule, privileged: s["privileged"] === true, ram: number("ram"), ramAt: ipa(number("ramAt")), maximum: number("maximum"),
      vmid: number("vmid"), tableLimit: number("tableLimit"), regsAt: memory.at(number("regsAt")),
    },
    p2m: { root: part("root"), tableBytes: part("tableBytes"), treeBytes: part("treeBytes"), highest: part("highest") },
    vcpus: jsonList(s["vcpus"], `${WHAT}'s vcpus`).length,
  };
}

const STATES = ["running", "shutdown", "crashed", "dying"] as const;
const VCPU_STATES = ["runnable", "blocked", "offline"] as const;

/** Fills a domain that was built from {@link specOf}. */
export function loadDomain(d: OwnedDomain, state: Json): void {
  const s = jsonObject(state, WHAT);
  d.state = STATES.find((x) => x === s["state"]) ?? "crashed";
  d.reason = jsonString(s["reason"], `${WHAT}'s reason`);
  const [online, blocked] = s["ended"] === null ? [] : jsonList(s["ended"], `${WHAT}'s ended`);
  if (online !== undefined && blocked !== undefined) d.ended = { online: jsonNumber(online, "vcpus"), blocked: jsonNumber(blocked, "vcpus") };
  for (const [name, value] of Object.entries(jsonObject(s["counters"], `${WHAT}'s counters`))) d.counters.add(name, jsonNumber(value, name));
  for (const p of jsonList(s["params"], `${WHAT}'s params`)) {
    const [index, value] = jsonList(p, `${WHAT}'s params`);
    d.params.set(jsonNumber(index, "a parameter"), BigInt(jsonString(value, "a parameter")));
  }
  jsonList(s["vcpus"], `${WHAT}'s vcpus`).forEach((saved, i) => {
    const v = d.vcpus[i];
    if (v === undefined) throw new GranuleError("GRAN0018", "the snapshot is torn: a vcpu too many");
    const o = jsonObject(saved, "a vcpu");
    v.regs.retired = jsonNumber(o["retired"], "a vcpu's retired");
    v.counted = v.regs.retired;
    // registers are memory: what was decoded from them before is stale
    v.regs.generation++;
    v.state = VCPU_STATES.find((x) => x === o["state"]) ?? "offline";
    if (v.state === "offline") return;
    const wakeAt = jsonNumber(o["wakeAt"], "a vcpu's wakeAt");
    v.wakeAt = wakeAt === FOREVER ? Infinity : wakeAt;
    v.polled = jsonList(o["polled"], "a vcpu's polled").map((n) => jsonNumber(n, "a port"));
    v.engine.load(o["engine"] ?? null);
  });
}
