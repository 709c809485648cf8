/** Small defects that the fuzzer found and that no advisory has a number for, in the calls that showed them. */
import { expect, it } from "vitest";
import { GRANULE_4K, GRANULE_64K, ipa, kib, mib } from "@granule/units";
import { C, codeNumber, PARAM, V1, V2 } from "@granule/xen-abi";
import { createBench } from "../xsa/bench.ts";

const HOLE = 0x10_0000_0000;

it("a place that is refused leaves the object as large as it was", () => {
  const b = createBench({ ram: mib(2) });
  const s = b.subject(GRANULE_64K);
  const before = s.call(V2.query).out["grant_entries"];
  expect(s.call(V2.place, { object: 2, offset: 0, address: HOLE, size: kib(64) }).x0).toBe(0);
  // overlaps what is placed, and would grow it
  expect(s.call(V2.place, { object: 2, offset: 0, address: HOLE + mib(1), size: kib(256) }).x0).toBe(codeNumber("EBUSY"));
  expect(s.call(V2.query).out["grant_entries"]).toBe(before);
  // more than the machine has
  const { objects, free } = b.frames.totals();
  expect(s.call(V2.place, { object: 2, offset: kib(64), address: HOLE + mib(1), size: kib(960) }).x0).toBe(codeNumber("ENOMEM"));
  expect([s.call(V2.query).out["grant_entries"], b.frames.totals().objects, b.frames.totals().free]).toEqual([before, objects, free]);
});

it("a parameter that names no frame of the address space is no extent", () => {
  const b = createBench();
  const s = b.subject(GRANULE_4K);
  const control = b.subject(GRANULE_4K, { privileged: true });
  for (const value of [2n ** 41n, 2n ** 28n, 2n ** 64n - 1n, 3n]) {
    expect(control.call(V1.hvm_set_param, { domid: s.domid, index: C.HVM_PARAM_CONSOLE_PFN, value }).x0).toBe(0);
    expect(s.call(V2.get_param, { index: PARAM.console_extent })).toMatchObject({ x0: 0, out: { value: 0n } });
  }
});

it("a batch answers a foreign domain that is not there, or may not be named, element by element", () => {
  const b = createBench();
  const s = b.subject(GRANULE_4K);
  const other = b.subject(GRANULE_4K);
  const list = s.ram + kib(32);
  for (const [foreign_domid, code] of [[77, "ESRCH"], [other.domid, "EPERM"]] as const) {
    s.poke(ipa(list), new Uint8Array(new BigUint64Array([5n, 6n, BigInt(HOLE / kib(4)), BigInt(HOLE / kib(4) + 1), 0n]).buffer));
    const { x0 } = s.call(V1.add_to_physmap_batch, {
      domid: C.DOMID_SELF, space: C.XENMAPSPACE_gmfn_foreign, size: 2, foreign_domid, idxs: BigInt(list), gpfns: BigInt(list + 16), errs: BigInt(list + 32),
    });
    expect([x0, ...new Int32Array(s.peek(ipa(list + 32), 8).slice().buffer)]).toEqual([0, codeNumber(code), codeNumber(code)]);
  }
});
