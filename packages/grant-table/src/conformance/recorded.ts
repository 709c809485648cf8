/** Plays the recordings of real Xen against the plugin, call by call, through real hypercalls. */
import { GuestAbort } from "@granule/machine";
import { add, BACKING_UNIT, GRANULE_4K, ipa, mib, pa, range, type Result, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, GrantEntryV1, V1 } from "@granule/xen-abi";
import { FramesPort, P2M } from "@granule/hypervisor";
import { expect, test } from "vitest";
import { entryWord } from "../words.ts";
import { type Recording, RECORDINGS } from "./recordings.ts";
import { type Actor, type Args, at, type CreateGrants, createTestbed, statusName, type Testbed } from "./testbed.ts";

/** Names that the recordings use for numbers. */
const NAMES: ReadonlyMap<string, number> = new Map([["SELF", C.DOMID_SELF], ["BUF", 0x41000000], ["BUF2", 0x41010000], ["UNMAPPED", 0x10000000]]);
const RAM = mib(64);

const number = (word: string | undefined): number => NAMES.get(word ?? "") ?? Number(word);
/** The same for what may have 64 bits. */
const wide = (word: string | undefined): bigint => BigInt(NAMES.get(word ?? "") ?? word ?? "");
const short = (status: number): string => statusName(status).replace("GNTST_", "");
const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

/** What a line of a recording does; answers what the line says after `=>`. */
type Command = (a: Actor, args: readonly string[], bed: Testbed) => string;

const grantCall = (d: Parameters<Actor["call"]>[0], args: (w: readonly string[]) => Args, more: (out: Readonly<Record<string, number | bigint>>) => string = () => ""): Command =>
  (a, words) => {
    const r = a.call(d, args(words));
    const out = r.out[0] ?? {};
    const status = Number(out["status"] ?? 0);
    if (r.x0 !== 0) return String(r.x0);
    return status === 0 ? `okay${more(out)}` : short(status);
  };
/** Calls without a status answer x0. */
const plainCall = (d: Parameters<Actor["call"]>[0], args: (w: readonly string[]) => Args): Command => (a, words) => String(a.call(d, args(words)).x0);

/** 4096-byte frames of a 64-bit union: as two halves. */
const halves = (name: string, word: string | undefined): Args => ({ [`${name}_u`]: Number(BigInt.asUintN(32, wide(word))), [`${name}_u_high`]: Number(wide(word) >> 32n) });

const load = (bits: 8 | 16 | 32 | 64): Command => (a, [address]) =>
  a.look((g) => {
    const va = vaFromIpa(at(number(address)));
    try {
      return hexOf(bits === 64 ? g.load64(va) : BigInt(bits === 32 ? g.load32(va) : bits === 16 ? g.load16(va) : g.load8(va)));
    } catch (e) {
      if (e instanceof GuestAbort) return "abort";
      throw e;
    }
  });
const store = (bits: 16 | 32 | 64): Command => (a, [address, value]) =>
  a.look((g) => {
    const va = vaFromIpa(at(number(address)));
    if (bits === 64) g.store64(va, wide(value));
    else if (bits === 32) g.store32(va, number(value));
    else g.store16(va, number(value));
    return "";
  });

/** What the balloon does to one frame: RAM is given up, a mapping is only taken out. */
const decrease: Command = (a, [gfn], bed) => {
  const where = range(ipa(number(gfn) * XEN_PAGE.size), XEN_PAGE.size);
  const entry = a.domain.p2m.lookup(where.start);
  if (entry === undefined) return "0";
  const done: Result<void, string> = a.domain.p2m.unmap(where);
  if (!done.ok) return "0";
  if (entry.type === P2M.ram) bed.machine.get(FramesPort).disown(a.domain, entry.pa, XEN_PAGE.size);
  return "1";
};
const populate: Command = (a, [gfn], bed) => {
  const frame = bed.machine.get(FramesPort).allocate(a.domain, XEN_PAGE.size, BACKING_UNIT, (number(gfn) * XEN_PAGE.size) % BACKING_UNIT);
  if (frame === undefined) return "0";
  return a.domain.p2m.map(range(ipa(number(gfn) * XEN_PAGE.size), XEN_PAGE.size), pa(toNumber(frame)), P2M.ram, true).ok ? "1" : "0";
};

/** grant_table_op with a buffer of its own choice. */
const raw: Command = (a, [op, buffer, count]) =>
  a.act(function* (g) {
    [number(op), number(buffer), number(count)].forEach((x, i) => g.regs.setBigUint64(8 * i, BigInt(x), true));
    g.regs.setBigUint64(8 * 16, BigInt(C.NR.grant_table_op), true);
    yield* g.hvc(C.XEN_HYPERCALL_TAG);
    return String(Number(g.regs.getBigInt64(0, true)));
  });

const COMMANDS: Readonly<Record<string, Command>> = {
  map: grantCall(V1.grant_map_grant_ref, ([host_addr, flags, ref, dom]) => ({ host_addr: wide(host_addr), flags: number(flags), ref: number(ref), dom: number(dom) }), (out) => ` ${String(out["handle"])}`),
  unmap: grantCall(V1.grant_unmap_grant_ref, ([host_addr, handle]) => ({ host_addr: wide(host_addr), handle: number(handle) })),
  copy: grantCall(V1.grant_copy, ([s, source_domid, source_offset, d, dest_domid, dest_offset, len, flags]) => ({
    ...halves("source", s), source_domid: number(source_domid), source_offset: number(source_offset), ...halves("dest", d), dest_domid: number(dest_domid),
    dest_offset: number(dest_offset), len: number(len), flags: number(flags),
  })),
  swap: grantCall(V1.grant_swap_grant_ref, ([ref_a, ref_b]) => ({ ref_a: number(ref_a), ref_b: number(ref_b) })),
  setup: grantCall(V1.grant_setup_table, ([dom, nr_frames, frame_list]) => ({ dom: number(dom), nr_frames: number(nr_frames), frame_list: BigInt(number(frame_list)) })),
  query: (a, [dom]) => {
    const { out } = a.call(V1.grant_query_size, { dom: number(dom) });
    const o = out[0] ?? {};
    return Number(o["status"]) === 0 ? `okay ${String(o["nr_frames"])} ${String(o["max_nr_frames"])}` : String(o["status"]);
  },
  version: plainCall(V1.grant_get_version, ([dom]) => ({ dom: number(dom) })),
  setversion: plainCall(V1.grant_set_version, ([version]) => ({ version: number(version) })),
  place: plainCall(V1.add_to_physmap, ([space, idx, gpfn]) => ({ domid: C.DOMID_SELF, size: 0, space: number(space), idx: number(idx), gpfn: number(gpfn) })),
  remove: plainCall(V1.remove_from_physmap, ([gpfn]) => ({ domid: C.DOMID_SELF, gpfn: number(gpfn) })),
  reservation: (a) => hexOf(BigInt(a.domain.currentBytes / XEN_PAGE.size)),
  decrease, populate,
  hc: raw,
  r8: load(8), r16: load(16), r32: load(32), r64: load(64),
  w16: store(16), w32: store(32), w64: store(64),
  entry: (a, [ref, flags, dom, frame]) =>
    a.look((g) => {
      const where = at(TABLE + number(ref) * GrantEntryV1.size);
      g.store32(vaFromIpa(add(where, GrantEntryV1.fields.frame.offset)), number(frame));
      g.store32(vaFromIpa(where), entryWord(number(flags), number(dom)));
      return "";
    }),
};
/** Where the recordings place frame 0 of the grant table. */
const TABLE = 0x38000000;

/** Plays one recording; answers a line for each answer that differs. */
function play(create: CreateGrants, r: Recording): readonly string[] {
  const bed = createTestbed(create, { xsm: r.xsm, ram: mib(160), grants: { v2Limit: 0 } });
  const actors: Readonly<Record<string, Actor>> = Object.fromEntries([...new Set(r.lines.match(/^[AB](?= )/gm))].sort().map((name) => [name, bed.actor(GRANULE_4K, { ram: RAM })]));
  const differences: string[] = [];
  let note = "";
  for (const line of r.lines.trim().split("\n")) {
    if (line.startsWith("#")) {
      note = line;
      continue;
    }
    const [call = "", answer = ""] = line.split(" => ");
    const [who = "", verb = "", ...args] = call.split(" ");
    const actor = actors[who];
    const command = COMMANDS[verb];
    if (actor === undefined || command === undefined) throw new Error(`recording "${r.name}": cannot play "${line}"`);
    const got = command(actor, args, bed);
    const expected = answer.split(" ! ")[0] ?? "";
    if (got !== expected) differences.push(`${call} => ${got}, Xen: ${expected}  (${note})`);
  }
  return differences;
}

/** Declares a test for each recording. */
export function describeRecorded(create: CreateGrants): void {
  test.each(RECORDINGS)("v1 answers as Xen 4.17 was recorded: $name", (r) => {
    expect(play(create, r)).toEqual([]);
  });
}
