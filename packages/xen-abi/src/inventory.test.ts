import { expect, test } from "vitest";
import type { Hypercall } from "./descriptor.ts";
import { INVENTORY } from "./inventory.ts";
import { INVENTORY_LINKS } from "./inventoryLinks.ts";
import { V1 } from "./v1/all.ts";
import { V2 } from "./v2/all.ts";

const count = <K extends string>(keys: readonly K[]): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const k of keys) out[k] = (out[k] ?? 0) + 1;
  return out;
};

test("ids are unique and numbered without gaps in their section's letter", () => {
  const ids = INVENTORY.map((r) => r.id);
  expect(new Set(ids).size).toBe(ids.length);
  const next = new Map<string, number>();
  for (const id of ids) {
    const letter = id.slice(0, 1);
    const n = (next.get(letter) ?? 0) + 1;
    next.set(letter, n);
    expect(id).toBe(`${letter}${String(n).padStart(2, "0")}`);
  }
});
test("172 places: 125 on Arm, of which 19 need the hypervisor's granule and 33 an agreement of two domains", () => {
  const arm = INVENTORY.filter((r) => r.reach !== "X");
  expect([INVENTORY.length, arm.length]).toEqual([172, 125]);
  expect(count(arm.map((r) => r.class))).toEqual({ SHR: 33, LAY: 21, P2M: 19, RET: 17, CNT: 15, ACC: 10, OK: 10 });
  expect(count(INVENTORY.map((r) => r.reach))).toEqual({ G: 46, D: 48, T: 31, X: 47 });
});
test("every row says what is there and its form in bytes", () => {
  for (const r of INVENTORY) {
    expect(r.field.length, r.id).toBeGreaterThan(2);
    expect(r.today.length, r.id).toBeGreaterThan(1);
    expect(r.bytes, r.id).not.toBe("");
    expect(`${r.today} ${r.bytes}`, r.id).not.toMatch(/see |section/);
  }
});
test("every link is of a row that exists, and of a field of a descriptor", () => {
  const ids = new Set(INVENTORY.map((r) => r.id));
  const fields = (calls: Readonly<Record<string, Hypercall>>): Set<string> => new Set(Object.entries(calls).flatMap(([call, d]) => Object.keys(d.fields).map((f) => `${call}.${f}`)));
  const [one, two] = [fields(V1), fields(V2)];
  for (const [id, l] of Object.entries(INVENTORY_LINKS)) {
    expect(ids.has(id), id).toBe(true);
    for (const f of l.v1) expect(one.has(f), `${id} ${f}`).toBe(true);
    for (const f of l.v2) expect(two.has(f), `${id} ${f}`).toBe(true);
  }
});
test("every field of v1 that counts frames or changes stage 2 has a row", () => {
  const linked = new Set<string>(INVENTORY.flatMap((r) => r.v1));
  const missing: string[] = [];
  for (const [call, d] of Object.entries<Hypercall>(V1))
    for (const [name, f] of Object.entries(d.fields)) if ((/frame|page/.test(f.unit) || f.class === "p2m") && !linked.has(`${call}.${name}`)) missing.push(`${call}.${name}`);
  expect(missing).toEqual([]);
});
test("a row that any guest on Arm can meet, of a call that v2 has, says what v2 has instead", () => {
  const open = INVENTORY.filter((r) => r.reach === "G" && r.v1.length > 0 && r.v2.length === 0).map((r) => r.id);
  expect(open).toEqual([]);
});
