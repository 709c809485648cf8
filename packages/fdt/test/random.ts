/** Random trees for properties. */
import fc from "fast-check";
import type { FdtNode, FdtProperty, FdtRange, FdtTree } from "../src/index.ts";

const names = (letters: string): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 12 });
// few letters, so that names are the ends of others
const propertyNames = fc.oneof(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 4 }), names("abcxyz019,._+*?#-"));
const baseNames = names("abcxyz019,._+-");
const nodeNames = fc.oneof(baseNames, fc.tuple(baseNames, fc.nat(0xffff)).map(([name, at]) => `${name}@${at.toString(16)}`));
const values = fc.oneof(
  fc.uint8Array({ maxLength: 24 }),
  fc.array(fc.constantFrom(0, 0, 0x41, 0x22, 0x5c, 0x30, 0x0a, 0x7e, 0x7f), { maxLength: 12 }).map((bytes) => Uint8Array.from(bytes)),
);
const properties: fc.Arbitrary<FdtProperty[]> = fc.uniqueArray(fc.record({ name: propertyNames, value: values }), { maxLength: 6, selector: (p) => p.name });

/** Nodes of at most this many levels. */
const nodes = (levels: number): fc.Arbitrary<FdtNode> =>
  fc.record({
    name: nodeNames,
    properties,
    children: levels === 1 ? fc.constant([]) : fc.uniqueArray(nodes(levels - 1), { maxLength: 3, selector: (n) => n.name }),
  });
const reservations: fc.Arbitrary<FdtRange> = fc.record({ address: fc.maxSafeNat(), size: fc.maxSafeNat().map((n) => Math.max(1, n)) });

/** Trees of a few nodes and values of every kind. */
export const trees: fc.Arbitrary<FdtTree> = fc.record({
  root: nodes(4).map((root) => ({ ...root, name: "" })),
  reservations: fc.array(reservations, { maxLength: 3 }),
  boot_cpuid_phys: fc.nat(0xffffffff),
});
