import { expect, test } from "vitest";
import { assemble, jsonLines } from "@granule/kit";
import { type GuestProgram, machine, scripted } from "@granule/machine";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, mib, va } from "@granule/units";
import { C } from "@granule/xen-abi";
import { ConsolesPort, DomainsPort, hypervisor, SchedulerPort } from "./index.ts";

const RAM = 0x40000000;
const hypercall = function* (g: Parameters<GuestProgram>[0], nr: number, ...x: number[]) {
  x.forEach((value, i) => g.regs.setBigUint64(8 * i, BigInt(value), true));
  g.regs.setBigUint64(8 * 16, BigInt(nr), true);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  return Number(g.regs.getBigInt64(0, true));
};

test.each([GRANULE_4K, GRANULE_16K, GRANULE_64K])("a raw guest at G = $name calls through the real entry", (granule) => {
  const seen: number[] = [];
  const program: GuestProgram = function* (g) {
    seen.push(yield* hypercall(g, C.NR.xen_version, C.XENVER_version, 0));
    g.write(va(RAM + 100), new TextEncoder().encode("hello\n"));
    seen.push(yield* hypercall(g, C.NR.console_io, C.CONSOLEIO_write, 6, RAM + 100));
    seen.push(yield* hypercall(g, C.NR.xen_version, C.XENVER_extraversion, RAM + 0xff8));
    // past the end of RAM: the argument cannot be written
    seen.push(yield* hypercall(g, C.NR.xen_version, C.XENVER_extraversion, RAM + mib(4) - 8));
    seen.push(yield* hypercall(g, C.NR.query_v2, 0, RAM + 0x1000));
    seen.push(g.load53(va(RAM + 0x1000 + 8)) % (granule.size * 2));
    seen.push(yield* hypercall(g, C.NR.query_v2, 0, RAM + 0x1004));
    seen.push(yield* hypercall(g, 63, 0));
  };
  const lines: string[] = [];
  const m = assemble([machine({ ram: mib(16), tables: mib(8) }), hypervisor()], { trace: jsonLines((l) => lines.push(l)) });
  const domain = m.get(DomainsPort).create({ name: "raw", granule, ram: mib(4), vcpus: [scripted(program)] });
  expect(domain.ok && domain.value.domid).toBe(1);
  expect(m.get(SchedulerPort).run()).toBe("idle");
  expect(domain.ok && domain.value.state).toBe("shutdown");
  expect(seen).toEqual([0x40011, 0, 0, -14, 0, granule.size, -14, -38]);
  expect(m.get(ConsolesPort).lines()).toEqual([{ domid: 1, text: "hello" }]);
  expect(lines.filter((l) => l.includes('"hvc"')).length).toBe(7);
});

test("a domain that is created after others have run gets its turns", () => {
  const m = assemble([machine({ ram: mib(16), tables: mib(8) }), hypervisor()]);
  const domains = m.get(DomainsPort);
  const ran: string[] = [];
  for (const name of ["first", "second"]) {
    // oxlint-disable-next-line require-yield -- it only has to run
    const made = domains.create({ name, granule: GRANULE_4K, ram: mib(2), vcpus: [scripted(function* () {
      ran.push(name);
    })] });
    expect(made.ok).toBe(true);
    m.get(SchedulerPort).run();
  }
  expect(ran).toEqual(["first", "second"]);
  expect(domains.list().map((d) => d.name)).toEqual(["first", "second"]);
});
