/** The plugin: tables of both ABIs, their hypercalls, their placement, and the port. */
import {
  DOMAIN_CREATE, DOMAIN_DYING, DOMAIN_GONE, DOMAIN_RESET, DomainsPort, FramesPort, ObjectsPort, PLACE_V2, PLACEMENT, RESET_BUSY, RESOURCE,
} from "@granule/hypervisor/contract";
import { definePlugin } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { BACKING_UNIT, fail, GranuleError, mib, XEN_PAGE } from "@granule/units";
import { C, PLACE_OBJECT, V1, V2 } from "@granule/xen-abi";
import { GrantPort, type GrantTableConfig } from "./contract.ts";
import { createCopyV1 } from "./copyV1.ts";
import { createCopyV2 } from "./copyV2.ts";
import { HANDLE_CHUNK } from "./handles.ts";
import { createLedger } from "./ledger.ts";
import { onCreate, onDying, onReset, whyBusy } from "./lifecycle.ts";
import { createMapV1, createUnmapV1 } from "./mapV1.ts";
import { createMapV2, createUnmapV2 } from "./mapV2.ts";
import { createPins } from "./pins.ts";
import { createCacheFlush, createGetStatusFrames, createSwapGrantRef, createUnmapAndReplace, other, transfer } from "./rareV1.ts";
import { loadGrants, saveGrants } from "./save.ts";
import { type Core, stateOf } from "./shared.ts";
import { createGetVersion, createQuerySize, createQueryTable, createSetupTable, setVersion } from "./tables.ts";

/** XENMAPSPACE_grant_table: this bit of the index asks for status frames, which version 1 has not. */
const STATUS_FRAMES = 2 ** 31;
const DEFAULTS: GrantTableConfig = { maxFrames: 64, v2Limit: mib(1), handles: 1024 * HANDLE_CHUNK };

const isPartial = (raw: unknown): raw is Partial<GrantTableConfig> => typeof raw === "object" && raw !== null;

function parse(raw: unknown): GrantTableConfig {
  if (raw !== undefined && !isPartial(raw)) throw new GranuleError("GRAN0011", "grant-table: the configuration is not an object");
  const config = { ...DEFAULTS, ...raw };
  const check = (key: keyof GrantTableConfig, unit: number, least: number): void => {
    if (!Number.isSafeInteger(config[key]) || config[key] < least || config[key] % unit !== 0) throw new GranuleError("GRAN0011", `grant-table.${key}: ${config[key]} is not a multiple of ${unit}, at least ${least}`);
  };
  check("maxFrames", 1, 1);
  check("v2Limit", BACKING_UNIT, 0);
  check("handles", HANDLE_CHUNK, HANDLE_CHUNK);
  return config;
}

/** Provides {@link GrantPort}. */
export const grantTable = definePlugin({
  name: "grant-table",
  version: 1,
  provides: { grants: GrantPort },
  requires: { machine: MachinePort, domains: DomainsPort, frames: FramesPort, objects: ObjectsPort },
  config: parse,
  setup({ use, on, emit, config }) {
    const { memory } = use.machine;
    const { frames, domains, objects } = use;
    const core: Core = { memory, frames, domains, objects, emit, config, pins: createPins(memory, frames), states: new Map() };

    on.hypercall(V1.grant_map_grant_ref, createMapV1(core));
    on.hypercall(V1.grant_unmap_grant_ref, createUnmapV1(core));
    on.hypercall(V1.grant_setup_table, createSetupTable(core));
    on.hypercall(V1.grant_query_size, createQuerySize(core));
    on.hypercall(V1.grant_copy, createCopyV1(core));
    on.hypercall(V1.grant_set_version, setVersion);
    on.hypercall(V1.grant_get_version, createGetVersion(core));
    on.hypercall(V1.grant_get_status_frames, createGetStatusFrames(core));
    on.hypercall(V1.grant_swap_grant_ref, createSwapGrantRef(core));
    on.hypercall(V1.grant_unmap_and_replace, createUnmapAndReplace(core));
    on.hypercall(V1.grant_transfer, transfer);
    on.hypercall(V1.grant_other, other);
    on.hypercall(V1.grant_cache_flush, createCacheFlush(core));
    on.hypercall(V2.grant_map, createMapV2(core));
    on.hypercall(V2.grant_unmap, createUnmapV2(core));
    on.hypercall(V2.grant_copy, createCopyV2(core));
    on.hypercall(V2.grant_query_table, createQueryTable(core));

    on.select(PLACEMENT, C.XENMAPSPACE_grant_table, (_caller, domain, idx, gpfn) => {
      const index = idx % 2 ** 32;
      if (index >= STATUS_FRAMES) return fail("EINVAL", `index ${index}: version 1 has no status frames`);
      const { object } = stateOf(core, domain).v1;
      const offset = index * XEN_PAGE.size;
      if (offset < object.size && core.frames.isObject(object.at(offset)) && !core.frames.mayReference(domain, object.at(offset))) return fail("EBUSY", `frame ${index} was given up by decrease_reservation`);
      return objects.placeFrame(domain, object, index, gpfn);
    });
    on.select(RESOURCE, C.XENMEM_resource.grant_table, (domain, id) => (id === C.XENMEM_resource_grant_table_id_shared ? core.states.get(domain.domid)?.v1.object : undefined));
    on.select(PLACE_V2, PLACE_OBJECT.grant_table_v1, (domain) => core.states.get(domain.domid)?.v1.object);
    on.select(PLACE_V2, PLACE_OBJECT.grant_table_v2, (domain) => core.states.get(domain.domid)?.v2?.object);

    on.setup(DOMAIN_CREATE, (domain) => onCreate(core, domain));
    on.event(DOMAIN_DYING, (domain) => onDying(core, domain));
    on.event(DOMAIN_GONE, (domain) => void core.states.delete(domain.domid));
    on.handled(RESET_BUSY, (domain) => whyBusy(core, domain));
    on.event(DOMAIN_RESET, (domain) => onReset(core, domain));

    return { ports: { grants: createLedger(core) }, save: () => saveGrants(core), load: (state) => loadGrants(core, state) };
  },
});
