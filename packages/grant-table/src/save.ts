/** Grants as JSON. Machine addresses are kept as offsets in memory, so that a snapshot does not depend on its base. */
import { type Json, jsonList, jsonNumber, jsonObject } from "@granule/kit";
import { ModelBug, pa, toNumber } from "@granule/units";
import { GRANT_TABLE_V1, GRANT_TABLE_V2 } from "./contract.ts";
import { createState } from "./lifecycle.ts";
import { append, createRuns, type Runs } from "./runs.ts";
import type { Core } from "./shared.ts";
import type { InUse } from "./state.ts";

/** Entries in use are shared by mappings, so they are listed once; mappings name them by position. */
export function saveGrants(core: Core): Json {
  const uses: InUse[] = [];
  const numberOf = (use: InUse): number => {
    const known = uses.indexOf(use);
    return known >= 0 ? known : uses.push(use) - 1;
  };
  const domains = [...core.states].map(([domid, s]) => ({
    domid, handles: s.handles.saveList(), mappings: [...s.handles.entries()].map(([handle, m]) => ({ handle, use: numberOf(m.use), address: m.address, writable: m.writable ? 1 : 0 })),
  }));
  const runs = (r: Runs): Json => r.at.slice(0, r.count).map((at, i) => [core.memory.offset(pa(at)), r.size[i] ?? 0]);
  return {
    domains,
    uses: uses.map((u) => ({ lives: u.table === undefined ? 0 : 1, granter: u.granter, version: u.version, index: u.index, mapper: u.mapper, readers: u.readers, writers: u.writers, start: u.start, size: u.size, object: u.isObject ? 1 : 0, runs: runs(u.runs) })),
  };
}

/** The core has restored domains and objects before. @throws GranuleError GRAN0018 when the state is torn. */
export function loadGrants(core: Core, saved: Json): void {
  const { domains, objects, memory, states } = core;
  const root = jsonObject(saved, "grants");
  const list = jsonList(root["domains"], "grants of domains").map((d) => jsonObject(d, "grants of a domain"));
  states.clear();
  for (const d of list) {
    const domid = jsonNumber(d["domid"], "a domid");
    const domain = domains.get(domid);
    const v1 = domain && objects.find(domain, GRANT_TABLE_V1);
    if (domain === undefined || v1 === undefined) throw new ModelBug(`grants of domain ${domid}, which the core has not restored`);
    states.set(domid, createState(core, domain, v1, objects.find(domain, GRANT_TABLE_V2)));
  }
  const uses = jsonList(root["uses"], "grants in use").map((u): InUse => {
    const o = jsonObject(u, "a grant in use");
    const number = (key: string): number => jsonNumber(o[key], `a grant's ${key}`);
    const runs = createRuns();
    for (const pair of jsonList(o["runs"], "runs")) {
      const [at, size] = jsonList(pair, "a run");
      append(runs, toNumber(memory.at(jsonNumber(at, "a run's start"))), jsonNumber(size, "a run's size"));
    }
    const version = number("version") === 2 ? 2 : 1;
    const granter = number("granter");
    const state = number("lives") === 1 ? states.get(granter) : undefined;
    const use: InUse = {
      table: version === 2 ? state?.v2 : state?.v1, granter, version, index: number("index"), mapper: number("mapper"), readers: number("readers"), writers: number("writers"),
      start: number("start"), size: number("size"), runs, isObject: number("object") === 1,
    };
    use.table?.inUse.set(use.index, use);
    return use;
  });
  for (const d of list) {
    const state = states.get(jsonNumber(d["domid"], "a domid"));
    state?.handles.loadList(d["handles"]);
    for (const m of jsonList(d["mappings"], "mappings")) {
      const o = jsonObject(m, "a mapping");
      const use = uses[jsonNumber(o["use"], "a mapping's grant")];
      if (use === undefined) throw new ModelBug("a mapping of a grant that is not in the snapshot");
      state?.handles.set(jsonNumber(o["handle"], "a handle"), { use, address: jsonNumber(o["address"], "an address"), writable: o["writable"] === 1 });
    }
  }
}
