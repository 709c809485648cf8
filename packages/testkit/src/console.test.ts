/** The PV console between real domains: guests of every granule and a service domain that maps their rings. */
import { expect, it } from "vitest";
import { EventPort } from "@granule/event-channels";
import { createToolstack, preset } from "@granule/granule";
import { GrantPort } from "@granule/grant-table";
import type { Kernel } from "@granule/guest-sdk";
import { type Domain, SchedulerPort } from "@granule/hypervisor";
import { assembleList } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { consoleHub, openConsole, serve, wordsAt } from "@granule/pv";
import { add, BACKING_UNIT, endOf, GRANULE_16K, GRANULE_4K, GRANULE_64K, ipa, mib, range, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, XenconsInterface } from "@granule/xen-abi";

const BY = { "4k": GRANULE_4K, "16k": GRANULE_16K, "64k": GRANULE_64K } as const;
type Name = keyof typeof BY;

/** A console domain and guests; `text` collects what each guest wrote. */
function world(hubEnd: { g: Name; abi: 1 | 2 }, guests: readonly { g: Name; abi: 1 | 2; main: (k: Kernel) => Trap<void> }[]) {
  const machine = assembleList(preset({ ram: mib(64) }));
  const toolstack = createToolstack(machine, { s1: GRANULE_4K, g: GRANULE_4K });
  const text = new Map<number, string>();
  const hub = consoleHub((domid, more) => void text.set(domid, (text.get(domid) ?? "") + more));
  const create = (name: string, g: Name, abi: 1 | 2, main: (k: Kernel) => Trap<void>): Domain => toolstack.createGuest({ name, s1: BY[g], g: BY[g], abi, ram: mib(4) }, main);
  const hubDomain = create("consoles", hubEnd.g, hubEnd.abi, (k) => serve(k, [hub.service(k)]));
  const domains = guests.map(({ g, abi, main }, i) => {
    const d = create(`guest${i}`, g, abi, main);
    // the toolstack's console entry names its own service domain; here it is ours
    const at = ipa(Number(d.params.get(C.HVM_PARAM_CONSOLE_PFN)) * XEN_PAGE.size);
    const entry = { flags: C.GTF.permit_access, domid: hubDomain.domid };
    const grants = machine.get(GrantPort);
    expect(grants.seed(d, "v1", C.GNTTAB_RESERVED_CONSOLE, { ...entry, frame: toNumber(XEN_PAGE.frameOf(at)) }).ok).toBe(true);
    expect(grants.seed(d, "v2", C.GNTTAB_RESERVED_CONSOLE, { ...entry, extent: range(at, BACKING_UNIT) }).ok).toBe(true);
    const port = machine.get(EventPort).allocUnbound(d, hubDomain.domid);
    if (!port.ok) throw new Error(port.why);
    d.params.set(C.HVM_PARAM_CONSOLE_EVTCHN, BigInt(port.value));
    hub.attach(d.domid, port.value);
    return d;
  });
  return {
    hub, text, domains,
    wake: () => hubDomain.vcpus.forEach((v) => machine.get(SchedulerPort).wake(v)),
    run(until: () => boolean) {
      const ended = machine.get(SchedulerPort).run({ slices: 40_000, until });
      for (const d of [hubDomain, ...domains]) expect([d.name, d.state === "crashed" ? d.reason : ""]).toEqual([d.name, ""]);
      expect(ended).toBe("until");
    },
  };
}

it.each([["4k", 1], ["4k", 2], ["16k", 2], ["64k", 2]] as const)("a console domain of G %s, ABI v%s: more text than a ring holds, and answers to what is typed", (g, abi) => {
  const long = "0123456789abcdef äöü€ ".repeat(400);
  const main = function* (k: Kernel): Trap<void> {
    const con = yield* openConsole(k);
    if (!con.ok) throw new Error(con.why);
    expect(yield* con.value.write(long)).toBe(true);
    for (let line = ""; ; ) {
      const more = yield* con.value.read();
      line += more ?? "broken";
      if (line.endsWith("\n")) {
        yield* con.value.write(`you said ${line}`);
        line = "";
      } else if (more === "") yield* k.events.waitFor(() => false, k.g.now() + 10_000);
    }
  };
  const w = world({ g, abi }, (["4k", "16k", "64k"] as const).flatMap((name) => [{ g: name, abi: 1, main }, { g: name, abi: 2, main }] as const));
  w.run(() => w.domains.every((d) => w.text.get(d.domid)?.length === long.length));
  for (const d of w.domains) {
    expect(w.text.get(d.domid)).toBe(long);
    w.hub.type(d.domid, `hello ${d.domid} ${"€".repeat(500)}\n`);
  }
  w.wake();
  w.run(() => w.domains.every((d) => w.text.get(d.domid)?.endsWith("\n")));
  for (const d of w.domains) expect(w.text.get(d.domid)?.slice(long.length)).toBe(`you said hello ${d.domid} ${"€".repeat(500)}\n`);
});

it("a guest whose indices contradict each other is let go of, with the reason; the others are served", () => {
  const w = world({ g: "64k", abi: 2 }, [
    { g: "4k", abi: 2, main: function* (k) {
      const con = yield* openConsole(k);
      if (!con.ok) throw new Error(con.why);
      yield* con.value.write("before");
      wordsAt(k.g, vaFromIpa(add(endOf(k.info.ram), -2 * BACKING_UNIT))).store32(XenconsInterface.fields.out_prod.offset, 0x7fffffff);
      expect(yield* con.value.write("after")).toBe(false);
      yield* k.events.waitFor(() => false);
    } },
    { g: "4k", abi: 2, main: function* (k) {
      const con = yield* openConsole(k);
      if (!con.ok) throw new Error(con.why);
      for (let i = 0; i < 50; i++) {
        yield* con.value.write(`${i} `);
        yield* k.g.pause();
      }
      yield* k.events.waitFor(() => false);
    } },
  ]);
  const [bad, good] = w.domains.map((d) => d.domid) as [number, number];
  w.run(() => w.text.get(good)?.endsWith("49 ") === true && w.hub.faultOf(bad) !== undefined);
  expect([w.hub.faultOf(bad), w.hub.faultOf(good)]).toEqual(["ring indices contradict each other: more bytes than the ring has", undefined]);
});
