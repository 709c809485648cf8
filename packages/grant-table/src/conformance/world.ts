/** A small world for single cases: a granter, mappers at both ends of the range of granules, and short ways to grant. */
import { type Domain, type DomainConfig, FramesPort } from "@granule/hypervisor";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, GRANULE_4K, GRANULE_64K, hex, type Ipa, range, toNumber, XEN_PAGE } from "@granule/units";
import { C } from "@granule/xen-abi";
import { GrantPort, type Grants } from "../contract.ts";
import { type Actor, type CreateGrants, createTestbed, type Testbed, type TestbedOptions } from "./testbed.ts";

export interface World {
  readonly bed: Testbed;
  readonly grants: Grants;
  /** G = 4K: grants. */
  readonly granter: Actor;
  /** G = 4K. */
  readonly small: Actor;
  /** G = 64K. */
  readonly large: Actor;
  /** G = 4K, and no two of its frames are neighbours in machine memory: grants too. */
  readonly fragmented: Actor;
  /** Writes a v1 entry of an owner (default: the granter): one frame, to a domain. */
  grant1(index: number, to: Actor, o?: { readonly flags?: number; readonly frame?: number; readonly by?: Actor }): void;
  /** Writes a v2 entry and answers its reference. */
  grant2(index: number, to: Actor, o?: { readonly flags?: number; readonly at?: Ipa; readonly size?: Bytes; readonly by?: Actor }): number;
  /** What an error must leave as it was, as text. */
  state(): string;
}

/** A page of the granter's RAM that tests grant; aligned to 64 KiB in both spaces. */
export const granted = (d: Domain): Ipa => add(d.layout.ram.start, BACKING_UNIT);
export const frameOf = (a: Ipa): number => toNumber(a) / XEN_PAGE.size;
/** An empty place for mappings. */
export const hole = (d: Domain): Ipa => d.layout.extended.start;
/** A place beyond every domain's IPA space that still is a number. */
export const BEYOND = 2 ** 45;

/** The words that are not 0, with their places. */
function wordsOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let out = "";
  for (let i = 0; i < bytes.length; i += 4) {
    const word = view.getUint32(i, true);
    if (word !== 0) out += ` ${i}:${hex(word)}`;
  }
  return out;
}

export function createWorld(create: CreateGrants, options: TestbedOptions = {}): World {
  const bed = createTestbed(create, options);
  /** Made when first asked for. */
  const made = new Map<string, Actor>();
  const actor = (name: string, granule: AnyGranule, more?: Partial<DomainConfig>): Actor => {
    const a = made.get(name) ?? bed.actor(granule, more);
    made.set(name, a);
    return a;
  };
  const grants = bed.machine.get(GrantPort);
  const must = (r: { readonly ok: boolean; readonly why?: string }): void => {
    if (!r.ok) throw new Error(r.why);
  };
  const world: World = {
    bed, grants,
    get granter() {
      return actor("granter", GRANULE_4K);
    },
    get small() {
      return actor("small", GRANULE_4K);
    },
    get large() {
      return actor("large", GRANULE_64K);
    },
    get fragmented() {
      return actor("fragmented", GRANULE_4K, { fragment: XEN_PAGE.size });
    },
    grant1: (index, to, { flags = C.GTF.permit_access, by = world.granter, frame = frameOf(granted(by.domain)) } = {}) =>
      must(grants.seed(by.domain, "v1", index, { flags, domid: to.domid, frame })),
    grant2(index, to, { flags = C.GTF.permit_access, by = world.granter, at = granted(by.domain), size = BACKING_UNIT } = {}) {
      must(grants.seed(by.domain, "v2", index, { flags, domid: to.domid, extent: range(at, size) }));
      return C.GRANT_REF_V2 + index;
    },
    state() {
      const memory = [...made.values()].map(({ domain }) => {
        const runs = [...domain.p2m.runs(range(domain.layout.grantTable.start, toNumber(domain.layout.ram.start) + domain.layout.ram.size))].map((r) => `${hex(r.ipa)}:${hex(r.pa)}:${r.size}:${r.type}${r.writable ? "w" : ""}`);
        const words = (["v1", "v2"] as const).map((t) => {
          const object = grants.tableOf(domain, t);
          return object === undefined ? "" : wordsOf(bed.bytes(object.at(0), XEN_PAGE.size));
        });
        return [runs.join(" "), ...words, grants.active(domain), grants.mappings(domain).map((m) => m.handle), domain.currentBytes];
      });
      return JSON.stringify([memory, bed.machine.get(FramesPort).totals()]);
    },
  };
  return world;
}
