/** For each call of ABI v2 an argument set that every derived rule accepts, and for each rule one that breaks it alone. */
import { BACKING_UNIT, encodeExtent, ipa, KIB, ModelBug, type Range, range } from "@granule/units";
import type { Hypercall } from "../descriptor.ts";
import type { CheckEnv } from "../rules.ts";
import { isAccessor, type Slot, slotsOf } from "../wire.ts";

/** What a tester sets up: domain 1 has one vcpu, G = 64 KiB, a 40-bit IPA space; domain 2 exists, 3 may not be named, 9 does not exist. */
export const EXAMPLE_ENV: Pick<CheckEnv, "self" | "vcpus" | "granule" | "ipaLimit" | "domain"> = {
  self: 1, vcpus: 1, granule: BACKING_UNIT, ipaLimit: 2 ** 40, domain: (domid) => (domid === 9 ? "unknown" : domid === 3 ? "denied" : "ok"),
};
/** Arguments by field; `zero` fields may be given, to break them. 64-bit words as bigint. */
export type Example = Readonly<Record<string, number | bigint>>;

const wordOf = (r: Range<"ipa">): bigint => {
  const w = encodeExtent(r);
  if (!w.ok) throw new ModelBug(w.why);
  return w.value;
};
const AT = 0x50000000;
const given = (s: Slot): boolean => !isAccessor(s) && (s.field.dir === "in" || s.field.dir === "inout");

function value(s: Slot, index: number): number | bigint {
  switch (s.field.kind) {
    case "extent": return wordOf(range(ipa(AT), BACKING_UNIT));
    case "ipa": return AT + BACKING_UNIT * index;
    case "size": return BACKING_UNIT;
    case "offset": case "vcpu": case "zero": return 0;
    case "domid": return 2;
    case "one": return 1;
    case "u64": return BigInt(index + 1);
    default: return index + 1;
  }
}
/** Arguments that pass. */
export const exampleOf = (d: Hypercall): Example => Object.fromEntries(slotsOf(d).filter(given).map((s, i) => [s.name, value(s, i)]));

/** The example with `rule` broken and every rule before it kept; undefined: not by arguments (`buffer`, `list-limit`). */
export function brokenExample(d: Hypercall, rule: string): Example | undefined {
  const slots = slotsOf(d);
  const good = exampleOf(d);
  const find = (...kinds: readonly string[]): string | undefined => slots.find((s) => kinds.includes(s.field.kind))?.name;
  const plus = (name: string | undefined, bits: number): Example | undefined => (name === undefined ? undefined : { ...good, [name]: BigInt(good[name] ?? 0) + BigInt(bits) });
  const extent = find("extent");
  const address = find("ipa");
  const isP2m = slots.some((s) => s.field.kind === "ipa" && s.field.class === "p2m");
  const put = (name: string | undefined, v: number | bigint): Example | undefined => (name === undefined ? undefined : { ...good, [name]: v });
  switch (rule) {
    case "domain": return put(find("domid"), 9);
    case "permission": return put(find("domid"), 3);
    case "vcpu": return put(find("vcpu"), EXAMPLE_ENV.vcpus);
    case "reserved": return put(find("zero"), 1) ?? (extent === undefined ? plus(isP2m ? address : undefined, 1) : plus(extent, 64));
    // bit 15 of the address, below the extent's size; a p2m address keeps its low bits for rule "reserved"
    case "alignment": return extent === undefined ? plus(isP2m ? find("size") : address, 8) : plus(extent, 32 * KIB);
    case "range": return plus(extent ?? address, 2 ** 44);
    case "granule": return extent === undefined ? plus(address, 16 * KIB) : put(extent, wordOf(range(ipa(AT), 16 * KIB)));
    default: return undefined;
  }
}
