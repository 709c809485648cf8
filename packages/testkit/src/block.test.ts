/** The block device between real domains: what ring and data do at each mix of granules and ABIs, and that no byte is lost or shown. */
import { describe, expect, it } from "vitest";
import type { Kernel, Xenbus } from "@granule/guest-sdk";
import { createRandom } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { type BlockDisk, blockFrontend, type BlockFrontendOptions, type Disk, memoryDisk, volatileDisk } from "@granule/pv-block";
import { add, type AnyGranule, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, kib, type Range, range, vaFromIpa } from "@granule/units";
import { type BlockWorld, createBlockWorld, type End, FRONT_PATH } from "./blockWorld.ts";

const DISK = 1 << 20;
const BY = { "4k": GRANULE_4K, "16k": GRANULE_16K, "64k": GRANULE_64K } as const;
const end = (s1: AnyGranule, g: AnyGranule, abi: 1 | 2): End => ({ s1, g, abi });
const nameOf = ({ s1, g, abi }: End): string => `${s1.name}/${g.name} v${abi}`;
const DONE = { ok: true, value: undefined };

function* connect(k: Kernel, xenbus: Xenbus, options: Partial<BlockFrontendOptions> = {}): Trap<BlockDisk> {
  const disk = yield* blockFrontend(k, xenbus, { path: FRONT_PATH, ...options });
  if (!disk.ok) throw new Error(disk.why);
  return disk.value;
}
const pattern = (size: number, salt: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 31 + salt * 7 + (i >> 9)) & 255);
const bytesAt = (k: Kernel, r: Range<"ipa">): Uint8Array => {
  const into = new Uint8Array(r.size);
  k.g.read(vaFromIpa(r.start), into);
  return into;
};
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Writes and reads whole pages, an unaligned tail, and a buffer that is not even aligned to a sector. */
function* exercise(k: Kernel, disk: BlockDisk, stored: Uint8Array): Trap<void> {
  const buffer = k.pages.alloc(kib(192));
  for (const [sector, part] of [[0, buffer], [400, range(add(buffer.start, 512), 20480)], [500, range(add(buffer.start, 100), 1024)]] as const) {
    const out = pattern(part.size, sector);
    k.g.write(vaFromIpa(part.start), out);
    expect(yield* disk.write(sector, part)).toEqual(DONE);
    expect(isSame(stored.subarray(sector * 512, sector * 512 + part.size), out)).toBe(true);
    k.g.fill(vaFromIpa(part.start), part.size, 0);
    expect(yield* disk.read(sector, part)).toEqual(DONE);
    expect(isSame(bytesAt(k, part), out)).toBe(true);
  }
  expect(yield* disk.flush()).toEqual(DONE);
}

describe("outcomes of the matrix", () => {
  // docs/spec, outcomes of the matrix. Every S1 and G of the back end, both modes; ABI pairs and the front end's granules go round.
  const cells: { front: End; back: End; negotiated: boolean }[] = [];
  const pairs = [[1, 1], [1, 2], [2, 1], [2, 2]] as const;
  for (const [i, s1] of GRANULES.entries()) for (const [j, g] of GRANULES.entries()) {
    cells.push({ front: end(GRANULES[j]!, GRANULES[i]!, 2), back: end(s1, g, 2), negotiated: true });
    const [fa, ba] = pairs[(i + 2 * j) % 4]!;
    cells.push({ front: end(GRANULES[(i + j) % 3]!, GRANULES[(i + 2 * j + 1) % 3]!, fa), back: end(s1, g, ba), negotiated: fa === 1 || ba === 1 });
  }
  it.each(cells.map((c) => ({ ...c, name: `front ${nameOf(c.front)}, back ${nameOf(c.back)}, ${c.negotiated ? "negotiated" : "baseline"}` })))("$name", ({ front, back, negotiated }) => {
    const stored = new Uint8Array(DISK);
    const world = createBlockWorld({ front, back, device: { disk: memoryDisk(stored), ...(negotiated ? {} : { unitMax: 0 }) } });
    const isShared = negotiated && front.abi === 2 && back.abi === 2;
    const unit = isShared ? Math.max(front.s1.size, back.s1.size, back.g.size) : 4096;
    const mode = unit >= back.g.size ? "mapped" : "copied";
    world.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus);
      yield* exercise(k, disk, stored);
      expect(world.backend.connection).toEqual({ unit, ringSize: unit, ringMode: mode, dataMode: mode });
      const { counters } = world.backend;
      expect([counters.mapElements > 0, counters.unmapElements, counters.bytesRequested]).toEqual([mode === "mapped", counters.mapElements, disk.counters.bytesRequested]);
      yield* disk.close();
      expect(k.grants.counters).toMatchObject({ entries: 0, bytes: 0 });
    });
  });
});

describe("when the rule is not followed", () => {
  it.each([["4k", "64k", "copied"], ["16k", "64k", "copied"], ["64k", "64k", "mapped"], ["16k", "16k", "mapped"], ["64k", "4k", "mapped"]] as const)(
    "a front end that insists on %s with a back end of G %s: %s at that unit", (force, g, mode) => {
      const stored = new Uint8Array(DISK);
      const world = createBlockWorld({ front: end(GRANULE_4K, GRANULE_16K, 2), back: end(GRANULE_4K, BY[g], 2), device: { disk: memoryDisk(stored) } });
      world.run(function* (k, xenbus) {
        const disk = yield* connect(k, xenbus, { forceUnit: BY[force].size });
        yield* exercise(k, disk, stored);
        expect(world.backend.connection).toMatchObject({ unit: BY[force].size, ringMode: mode, dataMode: mode });
        yield* disk.close();
      });
    },
  );
  it.each([["4k", "64k", "copied"], ["16k", "64k", "copied"], ["16k", "16k", "mapped"], ["64k", "16k", "mapped"], ["4k", "4k", "mapped"]] as const)(
    "a front end whose memory is in pieces of its G, %s, and a back end of G %s: %s at U", (gFront, gBack, mode) => {
      const stored = new Uint8Array(DISK);
      const world = createBlockWorld({ front: end(GRANULE_4K, BY[gFront], 2), back: end(GRANULE_4K, BY[gBack], 2), fragment: BY[gFront].size, device: { disk: memoryDisk(stored) } });
      world.run(function* (k, xenbus) {
        const disk = yield* connect(k, xenbus);
        yield* exercise(k, disk, stored);
        expect(world.backend.connection).toMatchObject({ unit: BY[gBack].size, dataMode: mode, ringMode: mode });
        yield* disk.close();
      });
    },
  );
  it("units above the largest granule need no other format: 128 KiB, 256 sectors in one segment", () => {
    const stored = new Uint8Array(DISK);
    const world = createBlockWorld({ front: end(GRANULE_4K, GRANULE_4K, 2), back: end(GRANULE_4K, GRANULE_64K, 2), device: { disk: memoryDisk(stored), unitMax: kib(128) } });
    world.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus, { forceUnit: kib(128), ringSize: kib(4) });
      yield* exercise(k, disk, stored);
      expect(world.backend.connection).toEqual({ unit: kib(128), ringSize: kib(4), ringMode: "copied", dataMode: "mapped" });
      yield* disk.close();
    });
  });
});

describe("what the peer sees", () => {
  const SECRET = 0xa5;
  it.each([["4k", 4096], ["64k", 4096], ["4k", 65536], ["64k", 65536], ["16k", 16384]] as const)("S1 %s, unit %s: nothing but the buffer and extents without anything else", (s1, unit) => {
    const world = createBlockWorld({ front: end(BY[s1], GRANULE_4K, 2), back: end(GRANULE_4K, GRANULE_4K, 2), device: { disk: memoryDisk(new Uint8Array(DISK)) } });
    world.run(function* (k, xenbus) {
      let granted = 0;
      const spied: Kernel = { ...k, grants: { ...k.grants, grant: (domid, r, o) => {
        expect(bytesAt(k, r).includes(SECRET)).toBe(false);
        granted += r.size;
        return k.grants.grant(domid, r, o);
      } } };
      // all memory that is not in use holds a secret, and so do the neighbours of the buffer
      const everything: Range<"ipa">[] = [];
      for (let r = k.pages.tryAlloc(kib(512)); r !== undefined; r = k.pages.tryAlloc(kib(512))) everything.push(r);
      for (const r of everything) k.g.fill(vaFromIpa(r.start), r.size, SECRET);
      for (const r of everything) k.pages.free(r);
      const disk = yield* connect(spied, xenbus, { forceUnit: unit });
      const page = k.pages.alloc(kib(192));
      k.g.fill(vaFromIpa(page.start), page.size, SECRET);
      granted = 0;
      for (const [offset, size] of [[0, 512], [512, 4096], [4096, 4096], [1000, 70_656], [65536, 65536], [3584, 131_072]] as const) {
        const part = range(add(page.start, offset), size);
        for (const operation of ["write", "read"] as const) {
          k.g.fill(vaFromIpa(part.start), part.size, 1);
          expect(yield* disk[operation](0, part)).toEqual(DONE);
        }
        k.g.fill(vaFromIpa(part.start), part.size, SECRET);
      }
      const { bytesExposed, bytesRequested, indirectBytes } = { ...disk.counters, indirectBytes: granted - disk.counters.bytesExposed };
      // data units, and 4096 bytes for each indirect request
      expect(bytesExposed % unit).toBe(0);
      expect(bytesExposed).toBeGreaterThan(bytesRequested);
      expect(indirectBytes % 4096).toBe(0);
      yield* disk.close();
    });
  });
});

describe("the front end's own rules", () => {
  const world = (device: Partial<Parameters<typeof createBlockWorld>[0]["device"]> = {}): { world: BlockWorld; stored: Uint8Array } => {
    const stored = new Uint8Array(DISK);
    return { stored, world: createBlockWorld({ front: end(GRANULE_16K, GRANULE_4K, 2), back: end(GRANULE_4K, GRANULE_16K, 2), device: { disk: memoryDisk(stored), ...device } }) };
  };
  it("refuses what the disk has not, and a read-only disk's writes", () => {
    world({ isReadOnly: true }).world.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus);
      const page = k.pages.alloc(4096);
      expect([disk.sectors, disk.isReadOnly]).toEqual([2048, true]);
      for (const [sector, size, code] of [[2048, 512, "EINVAL"], [2041, 4096, "EINVAL"], [-1, 512, "EINVAL"], [0.5, 512, "EINVAL"], [0, 100, "EINVAL"], [0, 0, "EINVAL"]] as const)
        expect(yield* disk.read(sector, range(page.start, size))).toMatchObject({ ok: false, code });
      expect(yield* disk.write(0, range(page.start, 512))).toMatchObject({ ok: false, code: "EROFS" });
      expect(yield* disk.read(2040, range(page.start, 4096))).toEqual(DONE);
      yield* disk.close();
    });
  });
  it("discards", () => {
    const { world: w, stored } = world();
    stored.fill(0xee);
    w.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus);
      expect(yield* disk.discard(2, 3)).toEqual(DONE);
      expect(yield* disk.discard(2047, 2)).toMatchObject({ ok: false, code: "EINVAL" });
      yield* disk.close();
    });
    expect([stored.indexOf(0), stored.lastIndexOf(0)]).toEqual([1024, 2559]);
  });
  it("an I/O error fails its request and not the device", () => {
    const good = memoryDisk(new Uint8Array(DISK));
    const disk: Disk = { ...good, read: (offset, into) => offset !== 8192 && good.read(offset, into) };
    world({ disk }).world.run(function* (k, xenbus) {
      const front = yield* connect(k, xenbus);
      const page = k.pages.alloc(16384);
      expect(yield* front.read(16, page)).toMatchObject({ ok: false, code: "EIO", why: expect.stringMatching(/operation 0 at sector 16: .* -1/) });
      expect(yield* front.read(64, page)).toEqual(DONE);
      yield* front.close();
    });
  });
  it("keeps several transfers in flight and answers each", () => {
    const { world: w, stored } = world();
    w.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus);
      const pages = Array.from({ length: 24 }, (_, i) => {
        const r = k.pages.alloc(16384);
        k.g.fill(vaFromIpa(r.start), r.size, i + 1);
        return r;
      });
      const tickets = [];
      for (const [i, r] of pages.entries()) {
        const t = yield* disk.submit("write", i * 32, r);
        if (!t.ok) throw new Error(t.why);
        tickets.push(t.value);
      }
      expect(tickets.filter((t) => t.left > 0).length).toBeGreaterThan(1);
      for (const t of tickets.toReversed()) expect(yield* disk.wait(t)).toEqual(DONE);
      yield* disk.close();
    });
    for (let i = 0; i < 24; i++) expect([stored[i * 16384], stored[i * 16384 + 16383]]).toEqual([i + 1, i + 1]);
  });
  it("more segments than a request has go out as indirect requests, in fewer of them", () => {
    for (const maxSegments of [11, 64]) {
      const stored = new Uint8Array(DISK);
      const w = createBlockWorld({ front: end(GRANULE_4K, GRANULE_4K, 1), back: end(GRANULE_4K, GRANULE_4K, 1), device: { disk: memoryDisk(stored) } });
      w.run(function* (k, xenbus) {
        const disk = yield* connect(k, xenbus, { maxSegments });
        const r = k.pages.alloc(kib(512));
        k.g.write(vaFromIpa(r.start), pattern(r.size, 3));
        expect(yield* disk.write(5, r)).toEqual(DONE);
        expect([disk.counters.requests, w.backend.counters.requests, w.backend.counters.segments]).toEqual([Math.ceil(128 / maxSegments), Math.ceil(128 / maxSegments), 128]);
        yield* disk.close();
      });
      expect(isSame(stored.subarray(2560, 2560 + kib(512)), pattern(kib(512), 3))).toBe(true);
    }
  });
  it("persistent grants are mapped once, and let go of at the end", () => {
    const { world: w, stored } = world({ persistent: 8 });
    w.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus, { persistent: true });
      for (let i = 0; i < 3; i++) yield* exercise(k, disk, stored);
      expect(disk.counters.segments).toBeGreaterThan(40);
      // 12 units of 16 KiB are in use at once; 8 stay mapped, the rest are mapped and unmapped each time
      expect([disk.counters.grantEntries, w.backend.counters.mapElements - w.backend.counters.unmapElements]).toEqual([12, 8]);
      yield* disk.close();
      expect([k.grants.counters.entries, w.backend.counters.mapElements - w.backend.counters.unmapElements]).toEqual([0, 0]);
    });
  });
  it.each([[1, 1], [1, 2], [2, 1]] as const)("persistent grants need no larger unit: front end v%s, back end v%s", (fa, ba) => {
    const stored = new Uint8Array(DISK);
    const w = createBlockWorld({ front: end(GRANULE_64K, GRANULE_16K, fa), back: end(GRANULE_16K, GRANULE_4K, ba), device: { disk: memoryDisk(stored), persistent: 352, unitMax: 0 } });
    w.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus, { persistent: true });
      for (let i = 0; i < 2; i++) yield* exercise(k, disk, stored);
      expect([w.backend.counters.mapElements, w.backend.counters.unmapElements, w.backend.connection?.dataMode]).toEqual([disk.counters.grantEntries, 0, "mapped"]);
      expect(disk.counters.segments).toBeGreaterThan(3 * disk.counters.grantEntries);
      yield* disk.close();
      expect(w.backend.counters.unmapElements).toBe(disk.counters.grantEntries);
    });
  });
  it("a kernel of ABI v1 is not bound by keys that a kernel of v2 before it left", () => {
    const stored = new Uint8Array(DISK);
    const w = createBlockWorld({ front: end(GRANULE_64K, GRANULE_64K, 1), back: end(GRANULE_4K, GRANULE_64K, 2), device: { disk: memoryDisk(stored) } });
    for (const [key, value] of [["unit", "65536"], ["ring-size", "65536"]] as const) w.toolstack.write(`/local/domain/${w.front.domid}/${FRONT_PATH}/${key}`, value);
    w.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus);
      yield* exercise(k, disk, stored);
      expect(w.backend.connection).toEqual({ unit: 4096, ringSize: 4096, ringMode: "copied", dataMode: "copied" });
      yield* disk.close();
    });
  });
  it("a kernel that starts on a device that is still connected takes it over", () => {
    const { world: w, stored } = world();
    w.run(function* (k, xenbus) {
      const lost = yield* connect(k, xenbus, { forceUnit: 65536 });
      expect(lost.unit).toBe(65536);
      // nobody closed it: the driver starts anew, as after a crash of the kernel before
      const disk = yield* connect(k, xenbus);
      yield* exercise(k, disk, stored);
      expect(w.backend.connection?.unit).toBe(16384);
      yield* disk.close();
    });
  });
  it("connects again and again, with another unit each time", () => {
    const { world: w, stored } = world();
    w.run(function* (k, xenbus) {
      for (const unit of [4096, 16384, 65536, 4096]) {
        const disk = yield* connect(k, xenbus, { forceUnit: unit });
        yield* exercise(k, disk, stored);
        expect(w.backend.connection?.unit).toBe(unit);
        const free = k.pages.bytesFree;
        yield* disk.close();
        expect(w.backend.connection).toBeUndefined();
        expect(k.pages.bytesFree).toBeGreaterThan(free);
      }
    });
  });
});

describe("durability", () => {
  it.each([["4k", 0], ["64k", 0], ["64k", 65536]] as const)("G back %s, unit-max %s: what a flush has answered survives any power cut", (g, unitMax) => {
    const random = createRandom(`power/${g}/${unitMax}`);
    const pick = (n: number): number => Math.floor(random() * n);
    const SECTORS = 64;
    const cut = volatileDisk(memoryDisk(new Uint8Array(SECTORS * 512)), random);
    const world = createBlockWorld({ front: end(GRANULE_4K, GRANULE_4K, 2), back: end(GRANULE_4K, BY[g], 2), device: { disk: cut, unitMax } });
    /** What each sector may hold after a cut: the value of the last flush, then what was written since. */
    const allowed = Array.from({ length: SECTORS }, () => [0]);
    let cuts = 0;
    world.run(function* (k, xenbus) {
      const disk = yield* connect(k, xenbus);
      const buffer = k.pages.alloc(SECTORS * 512);
      const part = (at: number, n: number): Range<"ipa"> => range(add(buffer.start, at * 512), n * 512);
      function* check(): Trap<void> {
        expect(yield* disk.read(0, buffer)).toEqual(DONE);
        const bytes = bytesAt(k, buffer);
        for (let s = 0; s < SECTORS; s++) {
          const value = bytes[s * 512] ?? -1;
          expect(bytes.subarray(s * 512, s * 512 + 512).every((b) => b === value)).toBe(true);
          expect(allowed[s]).toContain(value);
          allowed[s] = [value];
        }
      }
      for (let i = 0; i < 150; i++) {
        const at = pick(SECTORS - 8);
        const n = 1 + pick(8);
        const value = 1 + pick(255);
        switch (pick(5)) {
          case 0:
            expect(yield* disk.flush()).toEqual(DONE);
            // nothing may be left that a cut could take
            expect(cut.pending).toBe(0);
            for (const versions of allowed) versions.splice(0, versions.length - 1);
            break;
          case 1: {
            // the power goes while a write is on its way: the disk has some of it or nothing yet
            k.g.fill(vaFromIpa(part(at, n).start), n * 512, value);
            for (let s = at; s < at + n; s++) allowed[s]?.push(value);
            const ticket = yield* disk.submit("write", at, part(at, n));
            if (!ticket.ok) throw new Error(ticket.why);
            if (pick(2) === 0) yield* k.g.pause();
            cut.powerCut();
            cuts++;
            expect(yield* disk.wait(ticket.value)).toEqual(DONE);
            cut.powerCut();
            yield* check();
            break;
          }
          default:
            k.g.fill(vaFromIpa(part(at, n).start), n * 512, value);
            for (let s = at; s < at + n; s++) allowed[s]?.push(value);
            expect(yield* disk.write(at, part(at, n))).toEqual(DONE);
        }
      }
      yield* disk.close();
    });
    expect(cuts).toBeGreaterThan(10);
  });
});
