/** The world of a hypercall's probe: a guest, a peer that it may talk to and a control domain, all at one G, driven one call at a time. */
import { preset } from "@granule/granule";
import { createDriver, type Domain, type Driver, type DriverAnswer, type DriverArgs, DomainsPort, SchedulerPort } from "@granule/hypervisor";
import { assembleList } from "@granule/kit";
import { add, type AnyGranule, type Bytes, encodeExtent, type Ipa, kib, mib, ModelBug, range, toNumber, XEN_PAGE } from "@granule/units";
import { C, codeNumber, type Hypercall, PLACE_OBJECT, V1, V2 } from "@granule/xen-abi";
import type { Outcome } from "./contract.ts";

/** Which Xen the machine answers as. */
export type Personality = "granule" | "xen-4.17";

/** A domain that a probe drives. */
export interface End {
  readonly domain: Domain;
  readonly driver: Driver;
  /** RAM that probes may give away, place over or share: aligned to 64 KiB. */
  readonly spare: Ipa;
  /** RAM for arrays that a call points at. */
  readonly list: Ipa;
}
export interface ProbeWorld {
  readonly self: End;
  readonly peer: End;
  readonly control: End;
}

const RAM: Bytes = /* @__PURE__ */ mib(1);
/** First reference of either table that is not reserved. */
const FIRST_REF = 8;
/** The same entry in the v2 table. */
const FIRST_REF_V2 = C.GRANT_REF_V2 + FIRST_REF;

export function createProbeWorld(granule: AnyGranule, personality: Personality): ProbeWorld {
  const machine = assembleList(preset({ ram: mib(8), tables: mib(4), personality, xsm: "dummy" }));
  const domains = machine.get(DomainsPort);
  const scheduler = machine.get(SchedulerPort);
  const end = (name: string, privileged: boolean): End => {
    const driver = createDriver();
    const made = domains.create({ name, granule, ram: RAM, maximum: RAM, privileged, vcpus: [driver.engine] });
    if (!made.ok) throw new ModelBug(made.why);
    driver.attach(made.value, scheduler);
    const { start } = made.value.layout.ram;
    return { domain: made.value, driver, spare: add(start, mib(1) / 2), list: add(start, kib(32)) };
  };
  return { self: end("guest", false), peer: end("peer", false), control: end("control", true) };
}

/** 4096-byte frame number of an address. */
export const frameOf = (at: Ipa): number => Math.floor(toNumber(at) / XEN_PAGE.size);

const isStatusCode = (code: string): boolean => code.startsWith("GNTST_");
/**
 * The name of a negative answer of this call, as its descriptor declares it; one that is not declared says so. The two
 * kinds of number overlap: x0 is an errno, a grant's status a GNTST_* where there is one.
 */
export function codeOf(d: Hypercall, answer: number, where: "x0" | "status" = "x0"): string {
  const all = d.errors.filter((e) => codeNumber(e.code) === answer);
  const declared = all.find((e) => isStatusCode(e.code) === (where === "status")) ?? all[0];
  if (declared !== undefined) return declared.code;
  return answer === codeNumber("ENOSYS") ? NOT_THERE : `undeclared ${answer}`;
}
/** No handler owns the call. */
export const NOT_THERE = "not there";

export const outcomeOf = (d: Hypercall, { x0, out }: DriverAnswer): Outcome => {
  if (x0 < 0) return codeOf(d, x0);
  const status = Number(out["status"] ?? 0);
  return "status" in d.fields && d.fields["status"]?.dir === "status" && status !== 0 ? codeOf(d, status, "status") : "done";
};
/** One call, or a list of one element. */
export const answerOf = (end: End, d: Hypercall, args: DriverArgs = {}): DriverAnswer => {
  if (d.buffer?.list === undefined) return end.driver.call(d, args);
  const { x0, out } = end.driver.list(d, [args]);
  return { x0, out: out[0] ?? {} };
};
export const outcome = (end: End, d: Hypercall, args: DriverArgs = {}): Outcome => outcomeOf(d, answerOf(end, d, args));
/** The number that a call answers; what a probe needs on the way must work. @throws ModelBug otherwise. */
export function must(end: End, d: Hypercall, args: DriverArgs = {}): DriverAnswer["out"] {
  const answer = answerOf(end, d, args);
  const o = outcomeOf(d, answer);
  if (o !== "done") throw new ModelBug(`${d.name} in a probe's preparation: ${o}`);
  return answer.out;
}

/** Writes 64-bit words where a call will read a list. */
export function putWords(end: End, words: readonly number[], bytes: 4 | 8 = 8): bigint {
  const view = new DataView(new ArrayBuffer(bytes * words.length));
  words.forEach((word, i) => (bytes === 8 ? view.setBigUint64(8 * i, BigInt(word), true) : view.setUint32(4 * i, word, true)));
  end.driver.poke(end.list, new Uint8Array(view.buffer));
  return BigInt(toNumber(end.list));
}

/** Grants one 4096-byte frame of `from` to `to` in its v1 table. Answers the reference. */
export function grantV1(from: End, to: End, at: Ipa): number {
  const table = from.domain.layout.grantTable.start;
  must(from, V1.add_to_physmap, { domid: C.DOMID_SELF, space: C.XENMAPSPACE_grant_table, idx: 0, gpfn: frameOf(table) });
  const entry = new DataView(new ArrayBuffer(8));
  entry.setUint16(0, C.GTF.permit_access, true);
  entry.setUint16(2, to.domain.domid, true);
  entry.setUint32(4, frameOf(at), true);
  from.driver.poke(add(table, 8 * FIRST_REF), new Uint8Array(entry.buffer));
  return FIRST_REF;
}
/** Grants `size` bytes of `from` to `to` in its v2 table. Answers the reference. */
export function grantV2(from: End, to: End, at: Ipa, size: Bytes): number {
  const table = from.domain.layout.grantTable.start;
  must(from, V2.place, { object: PLACE_OBJECT.grant_table_v2, offset: 0, address: table, size: kib(64) });
  const extent = encodeExtent(range(at, size));
  if (!extent.ok) throw new ModelBug(extent.why);
  const entry = new DataView(new ArrayBuffer(16));
  entry.setUint16(0, C.GTF.permit_access, true);
  entry.setUint16(2, to.domain.domid, true);
  entry.setBigUint64(8, extent.value, true);
  from.driver.poke(add(table, 16 * FIRST_REF), new Uint8Array(entry.buffer));
  return FIRST_REF_V2;
}
