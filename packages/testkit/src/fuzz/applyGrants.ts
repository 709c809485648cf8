/**
 * The ledger and grants: what a map or a copy that succeeded must have been allowed by the bytes of the granter's entry,
 * and what it made reachable. Sources: xen/include/public/grant_table.h; abi-v2, Grants.
 */
import { type Bytes, decodeExtent, hex, toNumber, XEN_PAGE } from "@granule/units";
import { C, COPY, GrantEntryV1, GrantEntryV2 } from "@granule/xen-abi";
import { type Applied, type Apply, mayReference, numberOf, TABLE_V1, TABLE_V2, wrong } from "./apply.ts";
import type { Life, Token, Use } from "./ledger.ts";
import { lifeOf } from "./scene.ts";
import { portsOf, type World } from "./world.ts";

const FRAME: Bytes = XEN_PAGE.size;
const { GTF, GRANT_REF_V2 } = C;

const pageOf = (address: number): number => Math.floor(address / FRAME);

interface Entry {
  readonly flags: number;
  readonly domid: number;
  readonly start: number;
  readonly size: Bytes;
}
/** The entry of a reference as its bytes stand in the granter's table; undefined: past the table, or no extent. */
function entryOf(w: World, granter: Life, ref: number): Entry | undefined {
  const { objects, parts } = portsOf(w);
  const domain = w.get(granter.domid)?.domain;
  const isV2 = ref >= GRANT_REF_V2;
  const object = domain === undefined ? undefined : objects.find(domain, isV2 ? TABLE_V2 : TABLE_V1);
  const layout = isV2 ? GrantEntryV2 : GrantEntryV1;
  const offset = (isV2 ? ref - GRANT_REF_V2 : ref) * layout.size;
  if (object === undefined || offset + layout.size > object.size) return undefined;
  const { view } = parts.memory;
  const at = parts.memory.offset(object.at(offset));
  const flags = GrantEntryV1.fields.flags.get(view, at);
  const domid = GrantEntryV1.fields.domid.get(view, at);
  if (!isV2) return { flags, domid, start: GrantEntryV1.fields.frame.get(view, at) * FRAME, size: FRAME };
  const low = at + GrantEntryV2.fields.extent.offset;
  const r = decodeExtent(view.getUint32(low + 4, true), view.getUint32(low, true), domain?.p2m.ipaLimit ?? 0);
  return r.ok ? { flags, domid, start: toNumber(r.value.start), size: r.value.size } : undefined;
}

/** What a frame of the granter's space lets it grant: its own memory, and in v1 the hypervisor's objects that it placed. */
function grantable(a: Applied, granter: Life, frame: number, objectsToo: boolean): Token {
  const cell = granter.space.get(frame);
  const isOwn = cell !== undefined && (objectsToo ? mayReference(granter, cell) : cell.token.life === granter && !cell.token.isGivenUp && cell.token.object === undefined);
  if (cell === undefined || !isOwn) throw wrong(a, "grant-source", `reached ${hex(frame * FRAME)} of domain ${granter.domid}, which is ${cell?.kind ?? "a hole"} there and not its own`);
  return cell.token;
}

/** The use of a reference that the caller may have: the one that is under way, or a new one by the entry's bytes. */
function allowed(a: Applied, granter: Life, ref: number, writes: boolean, part?: { readonly offset: Bytes; readonly length: Bytes }): Use {
  const mapper = a.actor.life;
  const under = granter.uses.get(ref);
  if (under !== undefined) {
    if (under.mapper !== mapper) throw wrong(a, "grantee", `reference ${hex(ref)} of domain ${granter.domid} is in use by domain ${under.mapper.domid}`);
    return under;
  }
  const entry = entryOf(a.world, granter, ref);
  if (entry === undefined || (entry.flags & GTF.type_mask) !== GTF.permit_access || entry.domid !== mapper.domid)
    throw wrong(a, "grantee", `reference ${hex(ref)} of domain ${granter.domid} is not granted to it`);
  if (writes && (entry.flags & GTF.readonly) !== 0) throw wrong(a, "read-only", `reference ${hex(ref)} of domain ${granter.domid} is read-only`);
  // a copy needs only the bytes that it moves
  const { offset, length } = part ?? { offset: 0, length: entry.size };
  const first = pageOf(offset);
  const tokens = Array.from({ length: length === 0 ? 0 : pageOf(offset + length - 1) - first + 1 }, (_, i) => grantable(a, granter, entry.start / FRAME + first + i, ref < GRANT_REF_V2));
  return { granter, ref, mapper, tokens, mappings: 0, writers: 0 };
}
function granterOf(a: Applied, domid: number): Life {
  const life = lifeOf(a.world, a.actor, domid);
  if (life === undefined) throw wrong(a, "domain", `used a grant of domain ${domid}, which is not there`);
  return life;
}
function addMapping(a: Applied, granter: Life, ref: number, handle: number, address: number, writable: boolean, devBusAddr: number): Use {
  const use = allowed(a, granter, ref, writable);
  const { ledger } = a.world;
  const { life } = a.actor;
  if (use.mappings === 0) ledger.addUse(use);
  use.tokens.forEach((token, i) => ledger.set(life, address / FRAME + i, { kind: writable ? "grantRw" : "grantRo", token }));
  ledger.addMapping(life, handle, { use, frame: address / FRAME, writable, devBusAddr });
  return use;
}

/** Elements whose status is okay, with their answers. */
function each(a: Applied, f: (args: Readonly<Record<string, unknown>>, out: Readonly<Record<string, number | bigint>>) => void): void {
  if (a.answer.x0 !== 0) return;
  a.plan.elements.forEach((args, i) => {
    const out = a.answer.out[i];
    if (out !== undefined && numberOf(out, "status") === 0) f(args, out);
  });
}
/** v1: whatever maps the frame at host_addr goes; the handle's own mapping stays if it is elsewhere. host_addr 0 does nothing. */
const unmapV1: Apply = (a) =>
  each(a, (args) => {
    const host = numberOf(args, "host_addr");
    const { life } = a.actor;
    const m = life.mappings.get(numberOf(args, "handle"));
    if (m === undefined) throw wrong(a, "handles", `unmapped handle ${numberOf(args, "handle")}, which it has not`);
    if (host === 0) return;
    const there = life.space.get(pageOf(host));
    if (there !== undefined) {
      if (there.token !== m.use.tokens[0]) throw wrong(a, "unmap", `unmapped ${hex(host)}, where other memory is`);
      a.world.ledger.clear(life, pageOf(host));
    }
    a.world.ledger.abandon(life, numberOf(args, "handle"));
    a.world.ledger.dropMapping(life, numberOf(args, "handle"));
  });
/** Reads of a copy need an entry that allows them, writes one that is not read-only. */
function checkSide(a: Applied, domid: number, ref: number, writes: boolean, offset: Bytes, length: Bytes): void {
  const granter = granterOf(a, domid);
  const use = allowed(a, granter, ref, writes, { offset, length });
  const entry = entryOf(a.world, granter, ref);
  // an entry in use is not read again, but for its read-only bit when the first writer comes
  if (writes && use.mappings > 0 && use.writers === 0 && entry !== undefined && (entry.flags & GTF.readonly) !== 0) throw wrong(a, "read-only", `wrote to reference ${hex(ref)} of domain ${domid}`);
}

export const APPLY_GRANTS: Readonly<Record<string, Apply>> = {
  "v1.grant_map_grant_ref": (a) =>
    each(a, (args, out) => {
      if (a.actor.life.granule !== FRAME) throw wrong(a, "over-exposure", `mapped ${FRAME} bytes with a granule of ${a.actor.life.granule} bytes`);
      const writable = (numberOf(args, "flags") & C.GNTMAP.readonly) === 0;
      const use = addMapping(a, granterOf(a, numberOf(args, "dom")), numberOf(args, "ref"), numberOf(out, "handle"), pageOf(numberOf(args, "host_addr")) * FRAME, writable, numberOf(out, "dev_bus_addr"));
      const [token] = use.tokens;
      if (token !== undefined) a.world.ledger.see(token, numberOf(out, "dev_bus_addr"));
    }),
  "v1.grant_unmap_grant_ref": unmapV1,
  "v1.grant_unmap_and_replace": unmapV1,
  "v1.grant_copy": (a) =>
    each(a, (args) => {
      const flags = numberOf(args, "flags");
      if ((flags & C.GNTCOPY.source_gref) !== 0) checkSide(a, numberOf(args, "source_domid"), numberOf(args, "source_u"), false, 0, FRAME);
      if ((flags & C.GNTCOPY.dest_gref) !== 0) checkSide(a, numberOf(args, "dest_domid"), numberOf(args, "dest_u"), true, 0, FRAME);
    }),
  "v2.grant_map": (a) =>
    each(a, (args, out) => {
      const size = numberOf(args, "size");
      for (let i = 0; i < size / FRAME; i++)
        if (a.actor.life.space.has(numberOf(args, "address") / FRAME + i)) throw wrong(a, "occupied", `mapped at ${hex(numberOf(args, "address") + i * FRAME)}, where something is`);
      const writable = (numberOf(args, "flags") & GTF.readonly) === 0;
      const use = addMapping(a, granterOf(a, numberOf(args, "domid")), numberOf(args, "ref"), numberOf(out, "handle"), numberOf(args, "address"), writable, 0);
      if (use.tokens.length * FRAME !== size || numberOf(out, "granted") !== size) throw wrong(a, "over-exposure", `asked for ${size} bytes of a grant of ${use.tokens.length * FRAME}, answered ${numberOf(out, "granted")}`);
    }),
  "v2.grant_unmap": (a) => each(a, (args) => a.world.ledger.dropMapping(a.actor.life, numberOf(args, "handle"))),
  "v2.grant_copy": (a) =>
    each(a, (args) => {
      const flags = numberOf(args, "flags");
      if ((flags & COPY.source_ref) !== 0) checkSide(a, numberOf(args, "source_domid"), numberOf(args, "source_ref"), false, numberOf(args, "source"), numberOf(args, "length"));
      if ((flags & COPY.dest_ref) !== 0) checkSide(a, numberOf(args, "dest_domid"), numberOf(args, "dest_ref"), true, numberOf(args, "dest"), numberOf(args, "length"));
    }),
};
