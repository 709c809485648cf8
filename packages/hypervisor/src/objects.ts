/**
 * Objects of the hypervisor that a guest places in its IPA space (shared_info, grant tables). Backed in 64 KiB, so
 * that a whole granule of any size can be handed out and holds nothing else. Where an object's frame is mapped is read
 * from the P2M: a frame that was unmapped or mapped over is placed no longer.
 */
import type { MachineMemory } from "@granule/machine";
import { add, BACKING_UNIT, type Bytes, DONE, fail, hex, type Ipa, ipa, isSame, ModelBug, ok, type Pa, range, type Result, roundUp, toNumber, XEN_PAGE } from "@granule/units";
import { type Json, jsonList, jsonObject } from "@granule/kit";
import { type Domain, type Frames, type HvObject, type Objects, P2M } from "./contract.ts";

const FRAME: Bytes = XEN_PAGE.size;

interface Backed extends HvObject {
  readonly domain: Domain;
  /** One for each 64 KiB of the object. */
  readonly extents: Pa[];
  /** Frames of 4096 bytes that the guest's own RAM backs. */
  readonly adopted: Map<number, Pa>;
  /** Where a frame was last placed, as a 4096-byte gfn; valid while the P2M agrees. */
  readonly placed: Map<number, number>;
  /** Frames that count as placed whatever the P2M says. */
  readonly stuck: Set<number>;
  used: Bytes;
}

export interface OwnedObjects extends Objects {
  /** Frees the objects of a domain that is destroyed. */
  drop(domain: Domain): void;
  save(): Json;
  load(state: Json, domain: (domid: number) => Domain): void;
}

export function createObjects(memory: MachineMemory, frames: Frames): OwnedObjects {
  const byDomain = new Map<number, Map<string, Backed>>();
  const ofDomain = (domain: Domain): Map<string, Backed> => {
    const map = byDomain.get(domain.domid) ?? new Map<string, Backed>();
    byDomain.set(domain.domid, map);
    return map;
  };
  const gfnAddress = (gfn: number): Ipa => ipa(gfn * FRAME);
  const at = (o: Backed, offset: Bytes): Pa => {
    const adopted = o.adopted.get(Math.floor(offset / FRAME));
    if (adopted !== undefined) return add(adopted, offset % FRAME);
    const extent = o.extents[Math.floor(offset / BACKING_UNIT)];
    if (offset < 0 || extent === undefined) throw new ModelBug(`object ${o.name}: offset ${offset} of ${o.used} bytes`);
    return add(extent, offset % BACKING_UNIT);
  };
  const grow = (o: Backed, size: Bytes): boolean => {
    if (size > o.limit) return false;
    while (o.extents.length * BACKING_UNIT < size) {
      const extent = frames.allocateObject(o.domain, BACKING_UNIT);
      if (extent === undefined) return false;
      o.extents.push(extent);
    }
    o.used = Math.max(o.used, roundUp(size, FRAME));
    return true;
  };
  /** Takes growth back that was never placed. */
  const shrink = (o: Backed, used: Bytes, extents: number): void => {
    for (const extent of o.extents.splice(extents)) frames.freeObject(extent, BACKING_UNIT);
    o.used = used;
  };
  /** True when the frame of the object is what the P2M has at `gfn`. */
  const isPlacedAt = (o: Backed, index: number, gfn: number): boolean => {
    const entry = o.domain.p2m.lookup(gfnAddress(gfn));
    return entry !== undefined && isSame(entry.pa, at(o, index * FRAME));
  };
  const gfnOf = (o: Backed, index: number): number | undefined => {
    const gfn = o.placed.get(index);
    return gfn !== undefined && (o.stuck.has(index) || isPlacedAt(o, index, gfn)) ? gfn : undefined;
  };
  const wrap = (domain: Domain, name: string, limit: Bytes): Backed => {
    const o: Backed = {
      domain, name, limit, extents: [], adopted: new Map(), placed: new Map(), stuck: new Set(), used: 0,
      get size() {
        return this.used;
      },
      at: (offset) => at(o, offset),
      grow: (size) => grow(o, size),
      gfnOf: (index) => gfnOf(o, index),
    };
    return o;
  };
  const own = (domain: Domain, object: HvObject): Backed => {
    const o = byDomain.get(domain.domid)?.get(object.name);
    if (o === undefined) throw new ModelBug(`object ${object.name} is not one of domain ${domain.domid}`);
    return o;
  };
  /** Maps `size` bytes of the object at an address, extent by extent; undone when tables run out. */
  const mapPart = (o: Backed, offset: Bytes, address: Ipa, size: Bytes): Result<undefined, "ENOMEM"> => {
    for (let done = 0; done < size; ) {
      // extents are not contiguous: a piece ends where its extent does
      const n = Math.min(size - done, BACKING_UNIT - ((offset + done) % BACKING_UNIT));
      const r = o.domain.p2m.map(range(add(address, done), n), at(o, offset + done), P2M.object, true);
      if (!r.ok) {
        if (done > 0) o.domain.p2m.unmap(range(address, done));
        return fail("ENOMEM", `object ${o.name}: ${r.why}`);
      }
      done += n;
    }
    for (let i = 0; i < size / FRAME; i++) o.placed.set(offset / FRAME + i, toNumber(address) / FRAME + i);
    return DONE;
  };
  const isPartPlaced = (o: Backed, first: number, count: number): boolean => {
    for (let i = first; i < first + count; i++) if (o.adopted.has(i) || (i * FRAME < o.extents.length * BACKING_UNIT && gfnOf(o, i) !== undefined)) return true;
    return false;
  };

  /** G = 4K: as real Xen. What was at the frame is replaced. */
  const placeFrame4k = (o: Backed, index: number, gpfn: number): Result<undefined, "ENOMEM"> => {
    const was = o.domain.p2m.lookup(gfnAddress(gpfn));
    const r = mapPart(o, index * FRAME, gfnAddress(gpfn), FRAME);
    if (r.ok && was !== undefined) frames.leafGone(was, FRAME);
    return r;
  };

  /** G > 4K: a whole granule into a hole, or a frame of own RAM adopted as backing. Nothing is rounded. */
  const placeInGranule = (o: Backed, index: number, gpfn: number): Result<undefined, "EINVAL" | "EBUSY" | "ENOMEM"> => {
    const { p2m } = o.domain;
    const ratio = p2m.granule.size / FRAME;
    const sub = gpfn % ratio;
    const granule = range(gfnAddress(gpfn - sub), p2m.granule.size);
    const entry = p2m.lookup(gfnAddress(gpfn));
    if (entry === undefined) {
      if (index % ratio !== sub)
        return fail("EINVAL", `object ${o.name}: frame ${index} at gfn ${hex(gpfn)}: index and gfn must agree modulo ${ratio} (stage 2 granule ${p2m.granule.size} bytes)`);
      if (!p2m.isEmpty(granule)) return fail("EINVAL", `object ${o.name}: the granule at ${hex(granule.start)} is partly used`);
      if (isPartPlaced(o, index - sub, ratio)) return fail("EBUSY", `object ${o.name}: frames ${index - sub}.. are mapped elsewhere`);
      return mapPart(o, (index - sub) * FRAME, granule.start, granule.size);
    }
    if (isPlacedAt(o, index, gpfn)) return o.adopted.has(index) ? fail("EBUSY", `object ${o.name}: frame ${index} is mapped at gfn ${hex(gpfn)}`) : DONE;
    if (entry.type !== P2M.ram || frames.ownerOf(entry.pa) !== o.domain.domid) return fail("EINVAL", `object ${o.name}: gfn ${hex(gpfn)} is neither a hole nor own RAM`);
    if (isPartPlaced(o, index, 1)) return fail("EBUSY", `object ${o.name}: frame ${index} is mapped elsewhere`);
    memory.copy(entry.pa, at(o, index * FRAME), FRAME);
    frames.pin(entry.pa, FRAME);
    o.adopted.set(index, entry.pa);
    o.placed.set(index, gpfn);
    return DONE;
  };

  return {
    create(domain, name, initial, limit) {
      const o = wrap(domain, name, limit);
      ofDomain(domain).set(name, o);
      if (initial > 0 && !grow(o, initial)) {
        for (const e of o.extents) frames.freeObject(e, BACKING_UNIT);
        ofDomain(domain).delete(name);
        return fail("ENOMEM", `object ${name}: no memory for ${initial} bytes`);
      }
      return ok(o);
    },
    placeFrame(domain, object, index, gpfn) {
      const o = own(domain, object);
      if (index < 0 || (index + 1) * FRAME > o.limit) return fail("EINVAL", `object ${o.name}: frame ${index}, the limit is ${o.limit / FRAME} frames of ${FRAME} bytes`);
      const placed = domain.granule.size === FRAME && index * FRAME < o.extents.length * BACKING_UNIT ? gfnOf(o, index) : undefined;
      if (placed !== undefined) return fail("EBUSY", `object ${o.name}: frame ${index} is mapped at gfn ${hex(placed)}`);
      // it grows before anybody looks where the frame goes (observed on Xen 4.17)
      if (!grow(o, (index + 1) * FRAME)) return fail("ENOMEM", `object ${o.name}: no memory to grow`);
      if (!(gpfn * FRAME < domain.p2m.ipaLimit)) return fail("EINVAL", `gfn ${hex(gpfn)} is above the IPA limit ${hex(domain.p2m.ipaLimit)} bytes`);
      return domain.granule.size === FRAME ? placeFrame4k(o, index, gpfn) : placeInGranule(o, index, gpfn);
    },
    place(domain, object, offset, address, size) {
      const o = own(domain, object);
      // an object smaller than 64 KiB is handed out zero-padded, so that any granule can hold it
      const limit = roundUp(o.limit, BACKING_UNIT);
      if (offset + size > limit) return fail("ENOENT", `object ${o.name}: ${hex(offset)}+${hex(size)} bytes leave its limit of ${hex(limit)} bytes`);
      if (!domain.p2m.isEmpty(range(address, size))) return fail("EEXIST", `range ${hex(address)}+${hex(size)} is not empty`);
      if (isPartPlaced(o, Math.floor(offset / FRAME), size / FRAME)) return fail("EBUSY", `object ${o.name}: part of ${hex(offset)}+${hex(size)} is mapped elsewhere`);
      // a refusal leaves the object as large as it was
      const before = { used: o.used, extents: o.extents.length };
      const placed = grow(o, Math.min(offset + size, o.limit)) ? mapPart(o, offset, address, size) : fail("ENOMEM", `object ${o.name}: no memory to grow`);
      if (!placed.ok) shrink(o, before.used, before.extents);
      return placed;
    },
    unplace(domain, object) {
      const o = own(domain, object);
      for (const [index, gfn] of o.placed)
        if (!o.adopted.has(index) && isPlacedAt(o, index, gfn)) domain.p2m.unmap(range(domain.granule.alignDown(gfnAddress(gfn)), domain.granule.size));
      o.placed.clear();
      o.stuck.clear();
      for (const [index, from] of o.adopted) {
        o.adopted.delete(index);
        memory.copy(at(o, index * FRAME), from, FRAME);
        frames.unpin(from, FRAME);
      }
    },
    covered(domain, gfn) {
      for (const o of byDomain.get(domain.domid)?.values() ?? []) for (const [index, at] of o.placed) if (at === gfn && isPlacedAt(o, index, gfn)) o.stuck.add(index);
    },
    find: (domain, name) => byDomain.get(domain.domid)?.get(name),
    drop(domain) {
      for (const o of ofDomain(domain).values()) {
        for (const from of o.adopted.values()) frames.unpin(from, FRAME);
        for (const e of o.extents) frames.freeObject(e, BACKING_UNIT);
      }
      byDomain.delete(domain.domid);
    },
    save: (): Json =>
      [...byDomain].map(([domid, map]) => [
        domid,
        [...map.values()].map((o) => ({
          name: o.name, limit: o.limit, used: o.used, extents: o.extents.map((e) => memory.offset(e)),
          adopted: [...o.adopted].map(([i, p]) => [i, memory.offset(p)]), placed: [...o.placed].map(([i, g]) => [i, g]), stuck: [...o.stuck],
        })),
      ]),
    load(state, domain) {
      byDomain.clear();
      for (const entry of jsonList(state, "objects")) {
        const [domid, objects] = jsonList(entry, "objects");
        const d = domain(Number(domid));
        for (const s of jsonList(objects, "objects")) {
          const v = jsonObject(s, "an object of the hypervisor");
          const o = wrap(d, String(v["name"]), Number(v["limit"]));
          o.used = Number(v["used"]);
          for (const e of jsonList(v["extents"], "extents")) o.extents.push(memory.at(Number(e)));
          for (const p of jsonList(v["adopted"], "adopted")) o.adopted.set(Number(jsonList(p, "adopted")[0]), memory.at(Number(jsonList(p, "adopted")[1])));
          for (const p of jsonList(v["placed"], "placed")) o.placed.set(Number(jsonList(p, "placed")[0]), Number(jsonList(p, "placed")[1]));
          for (const i of jsonList(v["stuck"], "stuck")) o.stuck.add(Number(i));
          ofDomain(d).set(o.name, o);
        }
      }
    },
  };
}
