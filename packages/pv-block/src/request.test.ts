import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_ERROR, BLKIF_RSP_OKAY } from "@granule/xen-abi";
import { checkSegments, createRequest, readIndirectPage, readRequest, type RequestLimits, writeResponse } from "./request.ts";

const LIMITS: RequestLimits = { sectors: 1000, isReadOnly: false, handle: 51712, unit: 4096, maxIndirect: 600, canDiscard: true, canBarrier: true };

interface Seg {
  gref: number;
  first: number;
  last: number;
}
/** A request by byte offsets alone, as io/blkif.h lays it out on arm64. */
function direct(op: number, sector: bigint, segs: readonly Seg[], over: { handle?: number; id?: bigint; count?: number } = {}): DataView {
  const v = new DataView(new ArrayBuffer(112));
  v.setUint8(0, op);
  v.setUint8(1, over.count ?? segs.length);
  v.setUint16(2, over.handle ?? 51712, true);
  v.setBigUint64(8, over.id ?? 7n, true);
  v.setBigUint64(16, sector, true);
  segs.slice(0, 11).forEach((s, i) => {
    v.setUint32(24 + 8 * i, s.gref, true);
    v.setUint8(28 + 8 * i, s.first);
    v.setUint8(29 + 8 * i, s.last);
  });
  return v;
}
function indirect(op: number, sector: bigint, count: number, refs: readonly number[]): DataView {
  const v = new DataView(new ArrayBuffer(112));
  v.setUint8(0, 6);
  v.setUint8(1, op);
  v.setUint16(2, count, true);
  v.setBigUint64(16, sector, true);
  v.setUint16(24, 51712, true);
  refs.forEach((r, i) => v.setUint32(28 + 4 * i, r, true));
  return v;
}
const decode = (view: DataView, limits: Partial<RequestLimits> = {}) => {
  const r = createRequest(LIMITS.maxIndirect);
  readRequest(r, view, 0, { ...LIMITS, ...limits });
  return r;
};
const one = [{ gref: 9, first: 0, last: 7 }];

describe("what is refused", () => {
  it.each([
    ["read of everything a unit has", direct(0, 0n, one), {}, BLKIF_RSP_OKAY, /^$/],
    ["write to the last sectors", direct(1, 992n, one), {}, BLKIF_RSP_OKAY, /^$/],
    ["write past the end", direct(1, 993n, one), {}, BLKIF_RSP_ERROR, /sectors 993\+8: the disk has 1000/],
    ["sector that wraps 64 bits", direct(0, 2n ** 64n - 8n, one), {}, BLKIF_RSP_ERROR, /the disk has 1000/],
    ["segment backwards", direct(0, 0n, [{ gref: 1, first: 5, last: 4 }]), {}, BLKIF_RSP_ERROR, /first_sect 5 is above last_sect 4/],
    ["segment past 4096", direct(0, 0n, [{ gref: 1, first: 0, last: 8 }]), {}, BLKIF_RSP_ERROR, /last_sect 8 leaves the unit of 4096 bytes, 8 sectors/],
    ["the same in a unit of 16 KiB", direct(0, 0n, [{ gref: 1, first: 0, last: 31 }]), { unit: 16384 }, BLKIF_RSP_OKAY, /^$/],
    ["a whole unit of 128 KiB", direct(0, 0n, [{ gref: 1, first: 0, last: 255 }]), { unit: 131072 }, BLKIF_RSP_OKAY, /^$/],
    ["12 segments", direct(0, 0n, one, { count: 12 }), {}, BLKIF_RSP_ERROR, /nr_segments 12: at most 11/],
    ["no segment", direct(0, 0n, []), {}, BLKIF_RSP_ERROR, /nr_segments 0/],
    ["write to a read-only disk", direct(1, 0n, one), { isReadOnly: true }, BLKIF_RSP_ERROR, /read-only/],
    ["read of a read-only disk", direct(0, 0n, one), { isReadOnly: true }, BLKIF_RSP_OKAY, /^$/],
    ["another device", direct(0, 0n, one, { handle: 1 }), {}, BLKIF_RSP_ERROR, /handle 1: this device is 51712/],
    ["flush", direct(3, 0n, [], { handle: 0 }), {}, BLKIF_RSP_OKAY, /^$/],
    ["flush with data", direct(3, 0n, one), {}, BLKIF_RSP_ERROR, /a flush has none/],
    ["barrier without data", direct(2, 0n, []), {}, BLKIF_RSP_OKAY, /^$/],
    ["barrier where there is none", direct(2, 0n, []), { canBarrier: false }, BLKIF_RSP_EOPNOTSUPP, /operation 2/],
    ["packet operation", direct(4, 0n, one), {}, BLKIF_RSP_EOPNOTSUPP, /operation 4 is unknown/],
    ["operation 255", direct(255, 0n, one), {}, BLKIF_RSP_EOPNOTSUPP, /operation 255 is unknown/],
    ["indirect of indirect", indirect(6, 0n, 12, [1]), {}, BLKIF_RSP_ERROR, /indirect_op 6/],
    ["indirect without segments", indirect(0, 0n, 0, [1]), {}, BLKIF_RSP_ERROR, /nr_segments 0: must be in \[1, 600\]/],
    ["indirect with too many", indirect(0, 0n, 601, [1, 2]), {}, BLKIF_RSP_ERROR, /nr_segments 601/],
    ["indirect where there is none", indirect(0, 0n, 12, [1]), { maxIndirect: 0 }, BLKIF_RSP_EOPNOTSUPP, /operation 6/],
  ] as const)("%s", (_name, view, limits, status, why) => {
    const r = decode(view, limits);
    expect([r.status, r.why]).toEqual([status, expect.stringMatching(why)]);
  });
  it.each([[0n, 1000n, BLKIF_RSP_OKAY], [1n, 1000n, BLKIF_RSP_ERROR], [0n, 2n ** 63n, BLKIF_RSP_ERROR], [2n ** 63n, 1n, BLKIF_RSP_ERROR]] as const)(
    "discard of %i+%i", (sector, count, status) => {
      const v = direct(5, sector, []);
      v.setBigUint64(24, count, true);
      expect(decode(v).status).toBe(status);
      expect(decode(v, { canDiscard: false }).status).toBe(BLKIF_RSP_EOPNOTSUPP);
      expect(decode(v, { isReadOnly: true }).status).toBe(BLKIF_RSP_ERROR);
    },
  );
});

it("an indirect request takes 512 segments a page, whatever the unit is", () => {
  const r = decode(indirect(1, 3n, 520, [70, 71]), { sectors: 10_000 });
  expect([r.status, r.indirectPages, r.indirectRefs[0], r.indirectRefs[1], r.action, r.operation]).toEqual([BLKIF_RSP_OKAY, 2, 70, 71, 1, 6]);
  const page = new DataView(new ArrayBuffer(4096));
  for (let i = 0; i < 512; i++) {
    page.setUint32(8 * i, i, true);
    page.setUint8(8 * i + 5, 1);
  }
  readIndirectPage(r, page, 0);
  expect(r.count).toBe(512);
  readIndirectPage(r, page, 0);
  checkSegments(r, { ...LIMITS, sectors: 10_000 });
  expect([r.count, r.sectors, r.refs[511], r.refs[512], r.refs[519], r.status]).toEqual([520, 1040, 511, 0, 7, BLKIF_RSP_OKAY]);
  checkSegments(r, { ...LIMITS, sectors: 1042 });
  expect(r.why).toBe("sectors 3+1040: the disk has 1042");
});

it("the response echoes identifier and operation of any request, of an indirect one that of its data", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(255), (id, op) => {
    const out = new DataView(new ArrayBuffer(16));
    writeResponse(out, decode(direct(op, 0n, one, { id })), BLKIF_RSP_ERROR);
    // the byte at indirect_op is nr_segments of a direct request: 1
    expect([out.getBigUint64(0, true), out.getUint8(8), out.getInt16(10, true)]).toEqual([id, op === 6 ? 1 : op, -1]);
  }));
  const out = new DataView(new ArrayBuffer(16));
  for (const op of [0, 1]) {
    writeResponse(out, decode(indirect(op, 0n, 12, [1])), BLKIF_RSP_OKAY);
    expect(out.getUint8(8)).toBe(op);
  }
});

it("whatever the bytes are: no exception, and what is accepted lies in the disk and in its units", () => {
  const bytes = fc.uint8Array({ minLength: 112, maxLength: 112 });
  const page = new DataView(new ArrayBuffer(4096));
  const limits = fc.record({
    sectors: fc.integer({ min: 1, max: 100_000 }), isReadOnly: fc.boolean(), handle: fc.nat(3), unit: fc.constantFrom(4096, 16384, 65536, 131072),
    maxIndirect: fc.constantFrom(0, 11, 256, 4096), canDiscard: fc.boolean(), canBarrier: fc.boolean(),
  });
  fc.assert(fc.property(bytes, fc.nat(8), fc.nat(14), fc.nat(3), limits, (raw, op, segments, handle, l) => {
    for (let i = 0; i < 4096; i += 8) page.setUint32(i + 4, (raw[i % 112]! << 8) | (raw[(i + 1) % 112]! >> 2), true);
    // mostly plausible headers, so that the deeper checks are reached
    raw[0] = op;
    raw[1] = op === 6 ? raw[1]! % 4 : segments;
    if (op !== 6) raw.set([handle, 0], 2);
    raw.fill(0, 20, 24);
    if (op === 6) raw.set([handle, 0], 24);
    const r = createRequest(l.maxIndirect);
    readRequest(r, new DataView(raw.buffer), 0, l);
    if (r.status === BLKIF_RSP_OKAY && r.indirectPages > 0) {
      for (let i = 0; i < r.indirectPages; i++) readIndirectPage(r, page, 0);
      expect(r.count).toBe(r.announced);
      checkSegments(r, l);
    }
    expect(r.why === "").toBe(r.status === BLKIF_RSP_OKAY);
    if (r.status !== BLKIF_RSP_OKAY || r.action === 3) return;
    expect(r.sector + r.sectors <= l.sectors || r.sectors === 0).toBe(true);
    let sum = 0;
    for (let i = 0; i < r.count; i++) {
      expect(r.first[i]! <= r.last[i]! && (r.last[i]! + 1) * 512 <= l.unit).toBe(true);
      sum += r.last[i]! - r.first[i]! + 1;
    }
    if (r.action !== 5) expect(sum).toBe(r.sectors);
    if (l.isReadOnly) expect(r.action).toBe(0);
  }), { numRuns: 2000 });
});
