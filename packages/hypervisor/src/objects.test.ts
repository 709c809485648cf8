import { beforeEach, describe, expect, test } from "vitest";
import { assemble, definePlugin } from "@granule/kit";
import { machine, MachinePort } from "@granule/machine";
import { add, type AnyGranule, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, type Ipa, kib, mib, ok, toNumber } from "@granule/units";
import { C, PLACE_OBJECT, V1, V2 } from "@granule/xen-abi";
import { createDriver, DOMAIN_CREATE, DomainsPort, FramesPort, type HvObject, hypervisor, ObjectsPort, P2M, PLACE_V2, PLACEMENT, SchedulerPort } from "./index.ts";

const TABLE_FRAMES = 64;
/** Registers a one-frame and a 64-frame object, as vcpu-info and grant-table do. */
const objects = definePlugin({
  name: "objects-under-test", version: 1, provides: {}, requires: { objects: ObjectsPort },
  setup({ use, on }) {
    on.setup(DOMAIN_CREATE, (d) => {
      const a = use.objects.create(d, "info", 4096, 4096);
      const b = use.objects.create(d, "table", 4096, TABLE_FRAMES * 4096);
      return a.ok && b.ok ? ok(() => undefined) : { ok: false, code: "ENOMEM", why: "objects" };
    });
    const named = (name: string) => (d: Parameters<typeof use.objects.find>[0]): HvObject => {
      const o = use.objects.find(d, name);
      if (o === undefined) throw new Error(name);
      return o;
    };
    for (const [space, name] of [[C.XENMAPSPACE_shared_info, "info"], [C.XENMAPSPACE_grant_table, "table"]] as const)
      on.select(PLACEMENT, space, (_c, d, index, gpfn) => use.objects.placeFrame(d, named(name)(d), index, gpfn));
    on.select(PLACE_V2, PLACE_OBJECT.shared_info, named("info"));
    on.select(PLACE_V2, PLACE_OBJECT.grant_table_v1, named("table"));
    return { ports: {}, save: () => null, load: () => undefined };
  },
});

function rig(granule: AnyGranule) {
  const m = assemble([machine({ ram: mib(16), tables: mib(8) }), hypervisor(), objects()]);
  const driver = createDriver();
  const made = m.get(DomainsPort).create({ name: "d", granule, ram: mib(2), vcpus: [driver.engine] });
  if (!made.ok) throw new Error(made.why);
  driver.attach(made.value, m.get(SchedulerPort));
  const domain = made.value;
  const gfn = (a: Ipa): number => toNumber(a) / 4096;
  return {
    m, driver, domain, frames: m.get(FramesPort), gfn,
    object: (name: string): HvObject => {
      const o = m.get(ObjectsPort).find(domain, name);
      if (o === undefined) throw new Error(name);
      return o;
    },
    add: (space: number, idx: number, gpfn: number) => driver.call(V1.add_to_physmap, { domid: C.DOMID_SELF, space, idx, gpfn }).x0,
    remove: (gpfn: number) => driver.call(V1.remove_from_physmap, { domid: C.DOMID_SELF, gpfn }).x0,
  };
}
const INFO = C.XENMAPSPACE_shared_info;
const TABLE = C.XENMAPSPACE_grant_table;
const EINVAL = -22;
const EBUSY = -16;

describe("v1 placement at G = 4K, as real Xen", () => {
  let r: ReturnType<typeof rig>;
  beforeEach(() => {
    r = rig(GRANULE_4K);
  });
  test("an object is at one frame at a time; removing it frees it for another", () => {
    const at = r.gfn(r.domain.layout.objects.start);
    expect([r.add(INFO, 0, at), r.add(INFO, 0, at), r.add(INFO, 0, at + 1), r.remove(at), r.add(INFO, 0, at + 1), r.remove(at)]).toEqual([0, EBUSY, EBUSY, 0, 0, -2]);
  });
  test("index and space are checked", () => {
    const at = r.gfn(r.domain.layout.objects.start);
    expect([r.add(INFO, 1, at), r.add(TABLE, 63, at), r.add(TABLE, 64, at), r.add(TABLE, 0x80000000, at), r.add(2, 0, at), r.add(C.XENMAPSPACE_dev_mmio, 0, at)]).toEqual([EINVAL, 0, EINVAL, EINVAL, -38, -13]);
    expect(r.add(INFO, 0, 2 ** 28)).toBe(EINVAL);
    expect(r.add(INFO, 0, 2 ** 52)).toBe(EINVAL);
  });
  test("over RAM the frame is replaced and the reservation stays", () => {
    const at = add(r.domain.layout.ram.start, mib(1));
    const before = r.domain.currentBytes;
    expect(r.add(INFO, 0, r.gfn(at))).toBe(0);
    expect(r.domain.p2m.lookup(at)?.type).toBe(P2M.object);
    expect(r.domain.currentBytes).toBe(before);
    expect(r.object("info").gfnOf(0)).toBe(r.gfn(at));
  });
  test("a guest sees what the hypervisor writes, and the other way round", () => {
    const at = r.domain.layout.objects.start;
    r.add(INFO, 0, r.gfn(at));
    const { memory } = r.m.get(MachinePort);
    r.driver.poke(add(at, 8), new Uint8Array([1, 2, 3]));
    expect([...memory.bytes(r.object("info").at(8), 3)]).toEqual([1, 2, 3]);
    memory.bytes(r.object("info").at(8), 3).fill(9);
    expect([...r.driver.peek(add(at, 8), 3)]).toEqual([9, 9, 9]);
  });
});

describe.each([GRANULE_16K, GRANULE_64K])("v1 placement at G = $name", (granule) => {
  const ratio = granule.size / 4096;
  let r: ReturnType<typeof rig>;
  beforeEach(() => {
    r = rig(granule);
  });
  test("into a hole the whole granule is placed when index and frame agree; repeats answer 0", () => {
    const at = r.gfn(r.domain.layout.grantTable.start);
    expect(r.add(TABLE, 0, at)).toBe(0);
    expect(r.domain.p2m.lookup(r.domain.layout.grantTable.start)?.size).toBeGreaterThanOrEqual(granule.size);
    for (let i = 0; i < ratio; i++) expect(r.add(TABLE, i, at + i)).toBe(0);
    expect(r.object("table").gfnOf(ratio - 1)).toBe(at + ratio - 1);
    expect(r.add(TABLE, ratio, at + ratio)).toBe(0);
  });
  test("index and frame that disagree modulo G/4K are refused, and nothing is placed", () => {
    const at = r.gfn(r.domain.layout.grantTable.start);
    expect([r.add(TABLE, 0, at + 1), r.add(TABLE, 1, at), r.add(INFO, 0, at + 2)]).toEqual([EINVAL, EINVAL, EINVAL]);
    expect(r.domain.p2m.isEmpty(r.domain.layout.grantTable)).toBe(true);
  });
  test("the same part at a second hole is busy", () => {
    const at = r.gfn(r.domain.layout.grantTable.start);
    expect(r.add(TABLE, 0, at)).toBe(0);
    expect(r.add(TABLE, 1, at + ratio + 1)).toBe(EBUSY);
  });
  test("in own RAM the frame is adopted: contents move there, neighbours and stage 2 stay", () => {
    const granuleStart = add(r.domain.layout.ram.start, mib(1));
    const at = add(granuleStart, 4096);
    r.driver.poke(granuleStart, new Uint8Array(granule.size).fill(7));
    const before = r.domain.p2m.lookup(at)?.pa;
    expect(r.add(INFO, 0, r.gfn(at))).toBe(0);
    expect(r.domain.p2m.lookup(at)).toMatchObject({ pa: before, type: P2M.ram });
    expect(r.object("info").at(0)).toBe(before);
    expect([...new Set(r.driver.peek(at, 4096))]).toEqual([0]);
    expect([...new Set(r.driver.peek(granuleStart, 4096))]).toEqual([7]);
    if (before !== undefined) expect(r.frames.isPinned(before, 4096)).toBe(true);
    expect(r.add(INFO, 0, r.gfn(at))).toBe(EBUSY);
  });
  test("zero padding: beyond the object the granule holds nothing", () => {
    const at = r.domain.layout.objects.start;
    expect(r.add(INFO, 0, r.gfn(at))).toBe(0);
    expect([...new Set(r.driver.peek(at, granule.size))]).toEqual([0]);
  });
  test("one frame cannot be removed", () => {
    const at = r.gfn(r.domain.layout.objects.start);
    r.add(INFO, 0, at);
    expect(r.remove(at)).toBe(EINVAL);
    expect(r.remove(at + 16 * ratio)).toBe(-2);
  });
});

describe.each(GRANULES)("v2 placement at G = $name", (granule) => {
  test("places on an empty range only, and removing restores it", () => {
    const r = rig(granule);
    const at = r.domain.layout.objects.start;
    const place = (object: number, offset: number, address: Ipa, size: number) => r.driver.call(V2.place, { object, offset, address, size }).x0;
    expect(place(PLACE_OBJECT.shared_info, 0, at, kib(64))).toBe(0);
    expect(place(PLACE_OBJECT.grant_table_v1, 0, at, kib(64))).toBe(-17);
    expect(place(PLACE_OBJECT.shared_info, 0, add(at, kib(64)), kib(64))).toBe(EBUSY);
    expect(place(PLACE_OBJECT.shared_info, kib(64), add(at, kib(64)), kib(64))).toBe(-2);
    expect(place(PLACE_OBJECT.grant_table_v1, 0, add(at, kib(64)), kib(256))).toBe(0);
    expect(place(9, 0, add(at, mib(1)), kib(64))).toBe(-2);
    expect(r.driver.call(V2.remove, { address: at, size: kib(320) }).x0).toBe(0);
    expect(r.domain.p2m.isEmpty(r.domain.layout.objects)).toBe(true);
    expect(r.driver.call(V2.remove, { address: at, size: kib(64) }).x0).toBe(-2);
    expect(r.driver.call(V2.remove, { address: r.domain.layout.ram.start, size: kib(64) }).x0).toBe(-2);
  });
  test("what is not a multiple of G is refused before anything happens", () => {
    const r = rig(granule);
    const at = r.domain.layout.objects.start;
    const x0 = r.driver.call(V2.place, { object: 0, offset: 0, address: add(at, 4096), size: kib(64) }).x0;
    expect(x0).toBe(granule.size === 4096 ? 0 : -18);
  });
});

test.each(GRANULES)("a destroyed domain leaves nothing behind, G = $name", (granule) => {
  const r = rig(granule);
  const { domain } = r;
  r.add(INFO, 0, r.gfn(add(domain.layout.ram.start, kib(68))));
  r.driver.call(V2.place, { object: PLACE_OBJECT.grant_table_v1, offset: 0, address: domain.layout.grantTable.start, size: kib(128) });
  r.m.get(DomainsPort).destroy(domain);
  expect(r.frames.totals()).toEqual({ owned: 0, referenced: 0, objects: 0, free: mib(16) });
});
