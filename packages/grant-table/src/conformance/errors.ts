// TABLE: a case for each error that a handler may answer.
/**
 * Every row of every grant descriptor that a handler answers, produced once, through a real hypercall. A row without a
 * case and a case without a row are failures. An error leaves everything but handle numbers as it was.
 */
import { describe, expect, test } from "vitest";
import { add, BACKING_UNIT, kib, toNumber, XEN_PAGE } from "@granule/units";
import { C, codeNumber, COPY, GrantEntryV2, type Hypercall, V1, V2 } from "@granule/xen-abi";
import { HANDLE_CHUNK } from "../handles.ts";
import type { Actor, Args, CreateGrants, TestbedOptions } from "./testbed.ts";
import { BEYOND, createWorld, frameOf, granted, hole, type World } from "./world.ts";

interface Case {
  readonly options?: TestbedOptions;
  /** Prepares and answers who calls with what. */
  readonly call: (w: World) => { readonly who: Actor; readonly args: Args };
}
const SILO: TestbedOptions = { xsm: "silo" };
const FEW: TestbedOptions = { grants: { handles: HANDLE_CHUNK } };
const NOBODY = 77;
const HOST = C.GNTMAP.host_map;
const { GTF } = C;
const CALL1 = Object.entries(V1).flatMap(([name, d]): Hypercall[] => (name.startsWith("grant_") ? [d] : []));
const CALL2 = Object.entries(V2).flatMap(([name, d]): Hypercall[] => (name.startsWith("grant_") ? [d] : []));

/** Arguments of calls that would do, to be spoilt. */
const map1 = (w: World, over: Args = {}): Args => ({ host_addr: hole(w.small.domain), flags: HOST, ref: 8, dom: w.granter.domid, ...over });
const map2 = (w: World, over: Args = {}): Args => ({ domid: w.granter.domid, flags: 0, ref: w.grant2(8, w.small), address: hole(w.small.domain), size: BACKING_UNIT, ...over });
const copy1 = (w: World, over: Args = {}): Args => ({
  source_u: 8, source_u_high: 0, source_domid: w.granter.domid, source_offset: 0, dest_u: frameOf(w.small.domain.layout.ram.start), dest_u_high: 0, dest_domid: C.DOMID_SELF, dest_offset: 0,
  len: 8, flags: C.GNTCOPY.source_gref, ...over,
});
const copy2 = (w: World, over: Args = {}): Args => ({
  flags: COPY.source_ref, length: 8, source_domid: w.granter.domid, source_ref: w.grant2(8, w.small), source: 0, dest_domid: 0, dest_ref: 0, dest: toNumber(w.small.domain.layout.ram.start), ...over,
});
const small = (f: (w: World) => Args, options?: TestbedOptions): Case => ({ call: (w) => ({ who: w.small, args: f(w) }), ...(options === undefined ? {} : { options }) });
const granting = (f: (w: World) => Args): Case =>
  small((w) => {
    w.grant1(8, w.small);
    return f(w);
  });
/** Takes all handles but the last, through two entries: one alone cannot have that many pins. */
function exhaust(w: World): void {
  w.grant1(8, w.small);
  w.grant1(9, w.small);
  for (let i = 0; i < HANDLE_CHUNK - 1; i++) w.small.call(V1.grant_map_grant_ref, map1(w, { ref: 8 + (i % 2), host_addr: add(hole(w.small.domain), BACKING_UNIT + i * XEN_PAGE.size) }));
}

const CASES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  GNTTABOP_map_grant_ref: {
    "no-map-flag": small((w) => map1(w, { flags: C.GNTMAP.readonly })),
    "map-flags": small((w) => map1(w, { flags: C.GNTMAP.device_map })),
    domain: small((w) => map1(w, { dom: C.DOMID_SELF })),
    permission: small((w) => map1(w), SILO),
    "grant-granule": {
      call: (w) => {
        w.grant1(8, w.large);
        return { who: w.large, args: map1(w) };
      },
    },
    handles: small((w) => {
      exhaust(w);
      return map1(w);
    }, FEW),
    reference: small((w) => {
      w.grant2(8, w.small);
      return map1(w, { ref: C.GRANT_REF_V2 + 8 });
    }),
    entry: granting((w) => {
      w.grant1(8, w.small, { flags: GTF.permit_access | GTF.readonly });
      return map1(w);
    }),
    page: small((w) => {
      w.grant1(8, w.small, { frame: frameOf(hole(w.granter.domain)) });
      return map1(w);
    }),
    "host-address": granting((w) => map1(w, { host_addr: BEYOND })),
  },
  GNTTABOP_unmap_grant_ref: {
    handle: small(() => ({ host_addr: 0, handle: 3 })),
    "host-address": granting((w) => {
      const { out } = w.small.call(V1.grant_map_grant_ref, map1(w));
      return { host_addr: w.small.domain.layout.ram.start, handle: out[0]?.["handle"] };
    }),
  },
  GNTTABOP_setup_table: {
    domain: small(() => ({ dom: NOBODY, nr_frames: 1, frame_list: 0n })),
    permission: small((w) => ({ dom: w.granter.domid, nr_frames: 1, frame_list: 0n })),
    frames: small(() => ({ dom: C.DOMID_SELF, nr_frames: 65, frame_list: 0n })),
    list: small((w) => ({ dom: C.DOMID_SELF, nr_frames: 1, frame_list: BigInt(toNumber(hole(w.small.domain))) })),
  },
  GNTTABOP_query_size: { domain: small(() => ({ dom: NOBODY })), permission: small((w) => ({ dom: w.granter.domid })) },
  GNTTABOP_copy: {
    domain: small((w) => copy1(w, { source_domid: NOBODY })),
    permission: small((w) => copy1(w, { flags: 0 })),
    reference: small((w) => copy1(w, { source_u: 600 })),
    entry: small((w) => copy1(w)),
    page: granting((w) => copy1(w, { dest_u_high: 1 })),
    bounds: granting((w) => copy1(w, { dest_offset: 4089 })),
  },
  GNTTABOP_set_version: { version: small(() => ({ version: 3 })), "version-2": small(() => ({ version: 2 })) },
  GNTTABOP_get_version: { domain: small(() => ({ dom: NOBODY })), permission: small((w) => ({ dom: w.granter.domid })) },
  GNTTABOP_get_status_frames: {
    domain: small(() => ({ dom: NOBODY, nr_frames: 0, frame_list: 0n })),
    permission: small((w) => ({ dom: w.granter.domid, nr_frames: 0, frame_list: 0n })),
    frames: small(() => ({ dom: C.DOMID_SELF, nr_frames: 1, frame_list: 0n })),
  },
  GNTTABOP_swap_grant_ref: {
    reference: small(() => ({ ref_a: 1, ref_b: 512 })),
    "in-use": {
      call: (w) => {
        w.grant1(8, w.small);
        w.small.call(V1.grant_map_grant_ref, map1(w));
        return { who: w.granter, args: { ref_a: 3, ref_b: 8 } };
      },
    },
  },
  GNTTABOP_unmap_and_replace: {
    handle: small(() => ({ host_addr: 0, new_addr: 0, handle: 3 })),
    "new-address": granting((w) => {
      const { out } = w.small.call(V1.grant_map_grant_ref, map1(w));
      return { host_addr: hole(w.small.domain), new_addr: w.small.domain.layout.ram.start, handle: out[0]?.["handle"] };
    }),
  },
  GNTTABOP_transfer: { arm: small(() => ({})) },
  GNTTABOP_cache_flush: {
    arguments: small(() => ({ dev_bus_addr: 0, offset: 0, length: 64, op: C.GNTTAB_CACHE.CLEAN })),
    permission: granting((w) => {
      const { out } = w.small.call(V1.grant_map_grant_ref, map1(w));
      return { dev_bus_addr: Number(out[0]?.["dev_bus_addr"]) + XEN_PAGE.size, offset: 0, length: 64, op: C.GNTTAB_CACHE.CLEAN };
    }),
  },
  map: {
    flags: small((w) => map2(w, { flags: 1 })),
    reference: small((w) => map2(w, { ref: C.GRANT_REF_V2 + BACKING_UNIT / GrantEntryV2.size })),
    entry: small((w) => map2(w, { ref: w.grant2(9, w.large) })),
    page: small((w) => map2(w, { ref: w.grant2(9, w.small, { at: hole(w.granter.domain) }) })),
    size: small((w) => map2(w, { size: kib(32) })),
    "grant-granule": { call: (w) => ({ who: w.large, args: map2(w, { domid: w.fragmented.domid, ref: w.grant2(9, w.large, { by: w.fragmented }) }) }) },
    occupied: small((w) => map2(w, { address: add(w.small.domain.layout.ram.start, w.small.domain.layout.ram.size - BACKING_UNIT) })),
    handles: small((w) => {
      exhaust(w);
      return map2(w);
    }, FEW),
    "p2m-memory": {
      call: (w) => {
        // as much as its RAM needs, and nothing left
        const least = w.bed.actor(w.small.domain.granule).domain.p2m.tableBytes();
        const tight = w.bed.actor(w.small.domain.granule, { tableLimit: least });
        return { who: tight, args: map2(w, { ref: w.grant2(9, tight) }) };
      },
    },
  },
  grant_table_op: {
    count: small(() => ({ operation: 99, count: 2 ** 31 })),
    operation: small(() => ({ operation: 2 ** 12, count: 1 })), // MAGIC: the first that is no operation's number
    unknown: small(() => ({ operation: 99, count: 1 })),
  },
  unmap: { handle: small(() => ({ handle: 0 })) },
  copy: {
    flags: small((w) => copy2(w, { flags: 4 })),
    domain: small((w) => copy2(w, { source_domid: NOBODY })),
    permission: small((w) => copy2(w), SILO),
    reference: small((w) => copy2(w, { source_ref: 600 })),
    entry: small((w) => copy2(w, { flags: COPY.dest_ref, source: toNumber(w.small.domain.layout.ram.start), dest_domid: w.granter.domid, dest_ref: w.grant2(9, w.small, { flags: GTF.permit_access | GTF.readonly }), dest: 0 })),
    bounds: small((w) => copy2(w, { source: BACKING_UNIT - 7 })),
    page: small((w) => copy2(w, { source_ref: w.grant2(9, w.small, { at: hole(w.granter.domain) }) })),
    "own-range": small((w) => copy2(w, { dest: toNumber(granted(w.small.domain)) + w.small.domain.layout.ram.size })),
  },
};

/** Declares a test for each row that a handler answers. */
export function describeErrors(create: CreateGrants): void {
  const rows = [...CALL1, ...CALL2].flatMap((d) => d.errors.filter((e) => e.by === "handler").map((e) => ({ d, e, name: d.name, rule: e.rule, code: e.code })));
  describe("every error that a handler declares is answered", () => {
    test.each(rows)("$name $rule: $code", ({ d, e }) => {
      const c = CASES[d.name]?.[e.rule];
      if (c === undefined) throw new Error(`${d.name}: no case for rule "${e.rule}"`);
      const w = createWorld(create, c.options);
      const { who, args } = c.call(w);
      const before = w.state();
      expect(who.status(d, args)).toBe(codeNumber(e.code));
      expect(w.state()).toBe(before);
    });
    test("no case is without a row", () => {
      const declared = new Set(rows.map((r) => `${r.name} ${r.rule}`));
      expect(Object.entries(CASES).flatMap(([name, cases]) => Object.keys(cases).map((rule) => `${name} ${rule}`)).filter((c) => !declared.has(c))).toEqual([]);
    });
  });
}
