/** The guest toolkit against the real hypervisor, at every S1 and G in both ABIs. */
import { expect, test } from "vitest";
import { balloon } from "@granule/balloon";
import { eventChannels } from "@granule/event-channels";
import { grantTable } from "@granule/grant-table";
import { boot, type BootInfo, type Kernel, type KernelConfig } from "@granule/guest-sdk";
import { type Domain, DomainsPort, type GuestLayout, hypervisor, SchedulerPort } from "@granule/hypervisor";
import { assemble } from "@granule/kit";
import { type Guest, type GuestProgram, machine, scripted, type Trap } from "@granule/machine";
import { type AnyGranule, GRANULES, kib, mib, type Range, range, vaFromIpa } from "@granule/units";
import { C, V1 } from "@granule/xen-abi";
import { vcpuInfo } from "@granule/vcpu-info";


const infoOf = (layout: GuestLayout): BootInfo => ({ ...layout, vcpus: 1, args: {} });
type Main = (k: Kernel, g: Guest) => Trap<void>;
interface GuestSpec extends Omit<KernelConfig, "info"> {
  readonly stage2: AnyGranule;
  readonly main: Main;
}

/** Runs guests (domids from 1) until nobody can go on; answers their domains. A crash fails the test with its reason. */
function play(specs: readonly GuestSpec[], ram = mib(8)): readonly Domain[] {
  const m = assemble([machine({ ram: mib(64), tables: mib(16) }), hypervisor(), vcpuInfo(), eventChannels(), grantTable(), balloon()]);
  const domains = specs.map((spec, i) => {
    const built: { layout?: GuestLayout } = {};
    const program: GuestProgram = function* (g) {
      if (built.layout === undefined) throw new Error("not built");
      const { stage2: _stage2, main, ...config } = spec;
      yield* main(yield* boot(g, { ...config, info: infoOf(built.layout) }), g);
    };
    const made = m.get(DomainsPort).create({ name: `guest${i + 1}`, granule: spec.stage2, ram, maximum: ram, vcpus: [scripted(program)] });
    if (!made.ok) throw new Error(made.why);
    built.layout = made.value.layout;
    return made.value;
  });
  expect(m.get(SchedulerPort).run({ slices: 20_000 })).toBe("idle");
  expect(domains.map((d) => `${d.state} ${d.reason}`)).toEqual(domains.map(() => `shutdown ${C.SHUTDOWN.poweroff}`));
  return domains;
}

const cells = GRANULES.flatMap((s1) => GRANULES.flatMap((stage2) => ([1, 2] as const).map((abi) => ({ s1, stage2, abi, name: `S1 ${s1.name}, G ${stage2.name}, v${abi}` }))));
const pairs = GRANULES.flatMap((front) => GRANULES.flatMap((back) => ([1, 2] as const).flatMap((f) => ([1, 2] as const).map((b) => ({ front, back, f, b, name: `G ${front.name} v${f} -> G ${back.name} v${b}` })))));

test.each(cells)("boots and tells its G: $name", ({ s1, stage2, abi }) => {
  let seen: AnyGranule | undefined;
  play([{ granule: s1, stage2, abi, *main(k) {
    seen = k.stage2;
    yield* k.log("up");
    const bad = yield* k.call(V1.current_reservation, { domid: C.DOMID_SELF });
    expect(bad).toEqual({ ok: true, value: { ret: mib(8) / 4096 } });
  } }]);
  expect(seen).toBe(abi === 2 ? stage2 : undefined);
});

test.each(pairs)("grants, maps or copies, and signals: $name", ({ front, back, f, b }) => {
  const box: { ref?: number; port?: number; shown?: Range<"ipa">; mapped?: string } = {};
  const text = new TextEncoder().encode("written by the front end");
  play([
    { granule: front, stage2: front, abi: f, *main(k, g) {
      const page = k.pages.alloc(kib(64), kib(64));
      g.write(vaFromIpa(page.start), text);
      // what both ends can name: a frame when one of them is v1, else 64 KiB
      const shown = f === 2 && b === 2 ? page : range(page.start, 4096);
      const ref = yield* k.grants.grant(2, shown);
      const port = yield* k.events.allocUnbound(2);
      if (!ref.ok || !port.ok) throw new Error("setup");
      let rung = false;
      k.events.on(port.value, () => void (rung = true));
      Object.assign(box, { ref: ref.value, port: port.value, shown });
      yield* k.events.waitFor(() => rung);
      const reply = new Uint8Array(5);
      g.read(vaFromIpa(page.start), reply);
      expect(new TextDecoder().decode(reply)).toBe("READ!");
      expect(k.grants.end(ref.value)).toBe(true);
    } },
    { granule: back, stage2: back, abi: b, *main(k, g) {
      while (box.port === undefined) yield* g.pause();
      const { ref = 0, port = 0, shown } = box;
      if (shown === undefined) throw new Error("setup");
      const local = yield* k.events.bindInterdomain(1, port);
      if (!local.ok) throw new Error(local.why);
      const [mapping] = yield* k.mapper.map([{ domid: 1, ref, size: shown.size }]);
      const own = k.pages.alloc(4096);
      const seen = new Uint8Array(text.length);
      if (mapping?.ok === true) {
        box.mapped = "mapped";
        g.read(mapping.value.va, seen);
        g.write(mapping.value.va, new TextEncoder().encode("READ!"));
        expect(k.mapper.bytesMapped).toBe(shown.size);
        expect(yield* k.mapper.unmap([mapping.value])).toEqual([{ ok: true, value: undefined }]);
      } else {
        box.mapped = mapping?.code ?? "none";
        const [read] = yield* k.mapper.copy([{ source: { domid: 1, ref, offset: 0 }, dest: { ipa: own.start }, length: text.length }]);
        expect(read).toEqual({ ok: true, value: undefined });
        g.read(vaFromIpa(own.start), seen);
        g.write(vaFromIpa(own.start), new TextEncoder().encode("READ!"));
        const [written] = yield* k.mapper.copy([{ source: { ipa: own.start }, dest: { domid: 1, ref, offset: 0 }, length: 5 }]);
        expect(written).toEqual({ ok: true, value: undefined });
      }
      expect(seen).toEqual(text);
      expect((yield* k.events.send(local.value)).ok).toBe(true);
    } },
  ]);
  const can = (f === 2 && b === 2) || back.size === 4096;
  expect(box.mapped).toBe(can ? "mapped" : "GNTST_bad_granule");
});

test.each(cells)("balloons at its own page size: $name", ({ s1, stage2, abi }) => {
  const reports: unknown[] = [];
  const [domain] = play([{ granule: s1, stage2, abi, *main(k) {
    const out = yield* k.balloon.inflate(mib(1));
    reports.push([out.moved, out.changed]);
    const current = yield* k.call(V1.current_reservation, { domid: C.DOMID_SELF });
    if (current.ok) reports.push(current.value.ret * 4096);
    const back = yield* k.balloon.deflate(mib(1));
    reports.push(back.changed);
  } }]);
  const refused = abi === 1 && s1.size < stage2.size;
  expect(reports).toEqual(refused ? [[0, 0], mib(8), 0] : [[mib(1), mib(1)], mib(7), mib(1)]);
  expect(domain?.currentBytes).toBe(mib(8));
});

test.each(["2-level", "fifo"] as const)("a thousand events arrive, in both ABIs: %s", (events) => {
  for (const abi of [1, 2] as const) {
    let got = 0;
    const box: { port?: number } = {};
    play([
      { granule: GRANULES[0]!, stage2: GRANULES[2]!, abi, events, *main(k) {
        const port = yield* k.events.allocUnbound(2);
        if (!port.ok) throw new Error(port.why);
        box.port = port.value;
        k.events.on(port.value, function* (p) {
          got++;
          yield* k.events.send(p);
        });
        yield* k.events.waitFor(() => got === 1000);
      } },
      { granule: GRANULES[2]!, stage2: GRANULES[1]!, abi, events, *main(k, g) {
        while (box.port === undefined) yield* g.pause();
        const port = yield* k.events.bindInterdomain(1, box.port);
        if (!port.ok) throw new Error(port.why);
        k.events.consume(port.value);
        for (let i = 0; i < 1000; i++) {
          yield* k.events.send(port.value);
          yield* k.events.waitFor(() => k.events.consume(port.value));
        }
      } },
    ]);
    expect(got).toBe(1000);
  }
});
