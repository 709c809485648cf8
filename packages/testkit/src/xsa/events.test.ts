/** Advisories about event channels, replayed. What each was about is in one sentence above its test. */
import { expect, it } from "vitest";
import { GRANULE_4K, GRANULES, ipa, kib } from "@granule/units";
import { C, codeNumber, V1, V2 } from "@granule/xen-abi";
import { createBench, type Subject } from "./bench.ts";

const FRAME = kib(4);

const words = (values: readonly number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);
const poll = (s: Subject, ports: readonly number[], timeout = 1n): number => {
  s.poke(ipa(s.ram + kib(32)), words(ports));
  return s.call(V1.sched_poll, { ports: BigInt(s.ram + kib(32)), nr_ports: ports.length, timeout }).x0;
};

// Polling before any port existed dereferenced nothing.
it("XSA-221: polling ports that do not exist is an error, before and after there are any", () => {
  const s = createBench().subject(GRANULE_4K);
  for (const port of [0, 1, 63, 64, 4095, 2 ** 17, 2 ** 31, 2 ** 32 - 1]) expect(poll(s, [port])).toBe(codeNumber("EINVAL"));
  const { out } = s.call(V2.event_bind_ipi, { vcpu: 0 });
  expect([poll(s, [Number(out["port"])]), poll(s, [Number(out["port"]), 4000])]).toEqual([0, codeNumber("EINVAL")]);
  expect(s.call(V1.sched_poll, { ports: BigInt(s.ram), nr_ports: 129, timeout: 1n }).x0).toBe(codeNumber("EINVAL"));
});

// An allocation that failed answered success with an error number as the port.
it("XSA-317: when ports run out every way to get one says so, and leaks none", () => {
  const b = createBench({ events: { maximumPort: 4 } });
  const s = b.subject(GRANULE_4K);
  const offer = b.subject(GRANULE_4K);
  const offered = Number(offer.call(V2.event_alloc_unbound, { remote: s.domid }).out["port"]);
  const ways = [
    [V1.event_alloc_unbound, { dom: C.DOMID_SELF, remote_dom: C.DOMID_SELF }], [V1.event_bind_interdomain, { remote_dom: offer.domid, remote_port: offered }], [V1.event_bind_virq, { virq: 0, vcpu: 0 }],
    [V1.event_bind_ipi, { vcpu: 0 }], [V2.event_alloc_unbound, { remote: s.domid }], [V2.event_bind_interdomain, { remote: offer.domid, remote_port: offered }], [V2.event_bind_virq, { virq: 1, vcpu: 0 }], [V2.event_bind_ipi, { vcpu: 0 }],
  ] as const;
  for (let i = 0; i < 4; i++) expect(s.call(V2.event_bind_ipi, { vcpu: 0 }).x0).toBe(0);
  for (const [d, args] of ways) expect([d.name, s.call(d, args).x0]).toEqual([d.name, codeNumber("ENOSPC")]);
  expect([b.events.list(s.domain).length, b.events.list(offer.domain)[0]?.state]).toEqual([4, "unbound"]);
  s.call(V2.event_close, { port: 2 });
  expect(s.call(V2.event_bind_interdomain, { remote: offer.domid, remote_port: offered })).toMatchObject({ x0: 0, out: { port: 2 } });
});

// A port that was valid in the FIFO ABI became invalid with the return to 2-level, and an event for it crashed the host.
it("XSA-338: a peer's events for ports that a reset has taken away go nowhere", () => {
  const b = createBench({ events: { maximumPort: 6000 } });
  const s = b.subject(GRANULE_4K);
  const peer = b.subject(GRANULE_4K);
  expect(s.call(V1.event_init_control, { control_gfn: s.ram / FRAME + 32, offset: 0, vcpu: 0 }).x0).toBe(0);
  for (let i = 0; i < 6; i++) expect(s.call(V1.event_expand_array, { array_gfn: s.ram / FRAME + 33 + i }).x0).toBe(0);
  let last = 0;
  while (last < 4200) last = Number(s.call(V1.event_alloc_unbound, { dom: C.DOMID_SELF, remote_dom: peer.domid }).out["port"]);
  const { out } = peer.call(V2.event_bind_interdomain, { remote: s.domid, remote_port: last });
  const port = Number(out["port"]);
  expect(peer.call(V1.event_send, { port }).x0).toBe(0);
  expect(s.call(V1.event_reset, { dom: C.DOMID_SELF }).x0).toBe(0);
  expect(peer.call(V1.event_send, { port }).x0).toBe(0);
  expect(b.events.list(peer.domain)).toMatchObject([{ port, state: "unbound" }]);
  expect(s.call(V1.event_unmask, { port: last }).x0).toBeLessThanOrEqual(0);
  expect(poll(s, [last])).toBe(codeNumber("EINVAL"));
  expect(s.call(V2.event_bind_ipi, { vcpu: 0 })).toMatchObject({ x0: 0, out: { port: 1 } });
});

// Resets met other operations on the same ports half done (343, 505), and a reset of many ports was never interrupted (344).
it.each(GRANULES)("XSA-343, XSA-344, XSA-505: a reset of all ports leaves peers unbound, memory unpinned and ports usable (G $name)", (g) => {
  const b = createBench();
  const s = b.subject(g);
  const peer = b.subject(g);
  for (const reset of ["v1", "v2", "v1"]) {
    const ports: number[] = [];
    for (let i = 0; i < 500; i++) {
      const { out } = s.call(V2.event_alloc_unbound, { remote: peer.domid });
      ports.push(Number(peer.call(V2.event_bind_interdomain, { remote: s.domid, remote_port: Number(out["port"]) }).out["port"]));
    }
    expect([s.call(V2.event_init_fifo, { vcpu: 0, control: s.ram + kib(64) }).x0, s.call(V2.event_expand_fifo, { address: s.ram + kib(128), size: kib(64) }).x0]).toEqual([0, 0]);
    peer.call(V2.event_send, { port: ports[250] });
    expect(reset === "v1" ? s.call(V1.event_reset, { dom: C.DOMID_SELF }).x0 : s.call(V2.reset).x0).toBe(0);
    expect([b.events.list(s.domain), b.events.isFifo(s.domain)]).toEqual([[], false]);
    expect(b.events.list(peer.domain).every((p) => p.state === "unbound" && p.remoteDomid === s.domid)).toBe(true);
    for (const port of ports) expect(peer.call(V2.event_close, { port }).x0).toBe(0);
    expect(s.list(V2.accumulate, [{ extent: { start: ipa(s.ram + kib(128)), size: kib(64) } }]).x0).toBe(0);
    expect(s.list(V2.populate, [{ extent: { start: ipa(s.ram + kib(128)), size: kib(64) } }]).x0).toBe(0);
  }
});
