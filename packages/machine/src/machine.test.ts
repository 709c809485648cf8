import { expect, test } from "vitest";
import { assemble } from "@granule/kit";
import { add, distance, endOf, kib, mib, range } from "@granule/units";
import { MachinePort } from "./contract.ts";
import { machine } from "./machine.ts";

test("tables and guest RAM are two regions that share no byte and make up memory", () => {
  const { memory, ram, tables } = assemble([machine({ ram: mib(2), tables: mib(1) })]).get(MachinePort);
  expect(tables.start).toBe(memory.base);
  expect(endOf(range(tables.start, tables.size))).toBe(ram.start);
  expect(distance(endOf(range(ram.start, ram.size)), memory.base)).toBe(memory.size);
  expect([tables.size, ram.size]).toEqual([mib(1), mib(2)]);
});
test("memory and allocations survive save and load, byte for byte", () => {
  const a = assemble([machine({ ram: mib(1), tables: kib(64) })]);
  const x = a.get(MachinePort);
  const at = x.ram.alloc(kib(8));
  if (at === undefined) throw new Error("no memory");
  for (const [i, v] of [0, 1, 4095, 8191].entries()) x.memory.fill(add(at, v), 1, i + 1);
  const saved = JSON.parse(JSON.stringify(a.save()));
  const b = assemble([machine({ ram: mib(1), tables: kib(64) })]);
  b.get(MachinePort).memory.u8.fill(7);
  b.load(saved);
  expect(b.get(MachinePort).memory.u8).toEqual(x.memory.u8);
  expect(b.get(MachinePort).ram.freeBytes()).toBe(x.ram.freeBytes());
  expect(b.get(MachinePort).ram.isFree(at)).toBe(false);
});
test("what cannot be built is refused by name", () => {
  expect(() => assemble([machine({ cpu: "moon" })])).toThrow('machine.cpu: no model "moon"');
  for (const ram of [0, -mib(1), 1000, 0.5]) expect(() => assemble([machine({ ram })])).toThrow(`machine.ram: ${ram} bytes is not a positive multiple of 65536`);
  expect(() => assemble([machine({ tables: 4096 })])).toThrow("machine.tables: 4096 bytes");
  // @ts-expect-error a number is no configuration
  expect(() => machine(3)).toThrow("the configuration is not an object");
});
test("the default machine has every granule", () => {
  expect(assemble([machine({ ram: mib(1), tables: mib(1) })]).get(MachinePort).cpu.stage2.map((g) => g.name)).toEqual(["4k", "16k", "64k"]);
});
