import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { blobOf, field, file, parsed, viewOf, withWords } from "../test/blobs.ts";
import { trees } from "../test/random.ts";
import { buildFdt, FDT_LIMITS, FDT_MAX_DEPTH, formatDts, node, parseFdt, walk } from "./index.ts";

const [BEGIN, END_NODE, PROP, NOP, END] = [1, 2, 3, 4, 9];
const repeat = <T>(n: number, items: readonly T[]): T[] => Array.from({ length: n }, () => items).flat();
const virt = file("virt.dtb");
const struct = field(virt, "off_dt_struct");
const strings = field(virt, "off_dt_strings");
const total = virt.length;
const hex = (n: number): string => `0x${n.toString(16)}`;

/** What is wrong, the blob, the code, and what the message must name. */
const MALFORMED: readonly (readonly [string, Uint8Array, string, string])[] = [
  ["nothing", new Uint8Array(0), "truncated", "0 bytes are less than a header of 40 bytes"],
  ["half a header", virt.slice(0, 20), "truncated", "20 bytes"],
  ["another magic", withWords(virt, { magic: 0xedfe0dd0 }), "magic", "magic (offset 0x0) is 0xedfe0dd0"],
  ["a magic and no more", virt.slice(0, 4), "truncated", "4 bytes"],
  ["version 3", withWords(virt, { version: 3 }), "version", "version (offset 0x14) is 0x3"],
  ["for later readers only", withWords(virt, { version: 18, last_comp_version: 18 }), "version", "last_comp_version (offset 0x18) is 0x12"],
  ["fewer bytes than totalsize", virt.slice(0, -1), "truncated", `totalsize (offset 0x4) is ${hex(total)}: only ${total - 1} bytes`],
  ["totalsize beyond the limit", withWords(virt, { totalsize: FDT_LIMITS.bytes + 1 }), "limit", "totalsize (offset 0x4) is 0x200001"],
  ["totalsize of a version 16 header", withWords(virt, { totalsize: 36 }), "layout", "totalsize (offset 0x4) is 0x24"],
  ["structure block misaligned", withWords(virt, { off_dt_struct: struct + 2 }), "layout", `off_dt_struct (offset 0x8) is ${hex(struct + 2)}: not a multiple of 4`],
  ["reservations misaligned", withWords(virt, { off_mem_rsvmap: 44 }), "layout", "off_mem_rsvmap (offset 0x10) is 0x2c: not a multiple of 8"],
  ["structure block outside", withWords(virt, { off_dt_struct: 0x80000000 }), "layout", "off_dt_struct (offset 0x8) is 0x80000000: beyond totalsize"],
  ["structure block ends outside", withWords(virt, { size_dt_struct: 0xfffffffc }), "layout", "size_dt_struct (offset 0x24) is 0xfffffffc"],
  ["strings outside", withWords(virt, { off_dt_strings: total + 1 }), "layout", "off_dt_strings (offset 0xc)"],
  ["strings end outside", withWords(virt, { size_dt_strings: total }), "layout", "size_dt_strings (offset 0x20)"],
  ["strings over the structure", withWords(virt, { off_dt_strings: strings - 4 }), "layout", `the strings block (${hex(strings - 4)} to`],
  ["structure over the header", withWords(virt, { off_dt_struct: 0 }), "layout", "overlaps the header"],
  ["structure over the reservations", withWords(virt, { off_dt_struct: 48, size_dt_struct: 40 }), "layout", "the structure block (0x30 to 0x58) overlaps the memory reservation block (0x28 to 0x58)"],
  ["reservations without end", withWords(virt, { off_mem_rsvmap: (total - 8) & ~7 }), "reservation", "no entry of zeroes"],
  ["a reservation beyond 2^53", withWords(virt, [[40, 0x200000]]), "reservation", "address (offset 0x28) is 0x20000048000000: not below 2^53"],
  ["no root", blobOf([END]), "token", "FDT_END at offset 0x38 outside the root: the root has not ended"],
  ["an empty block", blobOf([]), "token", "ends at 0x38 without FDT_END"],
  ["a token of another kind", blobOf([BEGIN, "", 5]), "token", "token at offset 0x40 in node /: 0x5 is no token"],
  ["no FDT_END", blobOf([BEGIN, "", END_NODE]), "token", "ends at 0x44 without FDT_END"],
  ["an end inside a node", blobOf([BEGIN, "", BEGIN, "n", END]), "token", "FDT_END at offset 0x48 in node /n"],
  ["one end too many", blobOf([BEGIN, "", END_NODE, END_NODE, END]), "token", "FDT_END_NODE at offset 0x44 outside the root: no node is open"],
  ["two roots", blobOf([BEGIN, "", END_NODE, BEGIN, "", END_NODE, END]), "token", "FDT_BEGIN_NODE at offset 0x44 outside the root: a second root"],
  ["something after the end", blobOf([BEGIN, "", END_NODE, END, NOP]), "token", "not the end of the block, which is at 0x4c"],
  ["a property outside", blobOf([PROP, 0, 0]), "token", "a property needs a node"],
  ["a property after a child", blobOf([BEGIN, "", BEGIN, "n", END_NODE, PROP, 0, 0, END_NODE, END]), "token", "FDT_PROP at offset 0x4c in node /: a property after a node's children"],
  ["half a property", blobOf([BEGIN, "", PROP, 0]), "property", "len and nameoff leave the block"],
  ["a value past the end", blobOf([BEGIN, "", PROP, 13, 0, END_NODE, END]), "property", "len (offset 0x44) is 0xd: the value leaves the block, which ends at 0x54"],
  ["a value past everything", blobOf([BEGIN, "", PROP, 0xffffffff, 0, END_NODE, END]), "property", "len (offset 0x44) is 0xffffffff"],
  ["a name past the strings", blobOf([BEGIN, "", PROP, 0, 5, END_NODE, END]), "property", "nameoff (offset 0x48) is 0x5: not in the strings block of 0x5 bytes"],
  ["a property's name without end", blobOf([BEGIN, "", PROP, 0, 2, END_NODE, END], "a\0bb"), "name", "does not end"],
  ["a property's empty name", blobOf([BEGIN, "", PROP, 0, 1, END_NODE, END]), "name", "is empty"],
  ["a property's name with other characters", blobOf([BEGIN, "", PROP, 0, 0, END_NODE, END], "a@b\0"), "name", '"a@b" has other characters'],
  ["a node's name without end", withWords(blobOf([BEGIN, "", BEGIN, "abc"]), [[0x44, 0x61626364]]), "name", "the node's name at 0x44 does not end"],
  ["a node's name that is long", blobOf([BEGIN, "", BEGIN, "n".repeat(256), END_NODE, END_NODE, END]), "name", "within 255 characters"],
  ["a node's empty name", blobOf([BEGIN, "", BEGIN, "", END_NODE, END_NODE, END]), "name", "the node's name at 0x44 is empty"],
  ["a node's name with a slash", blobOf([BEGIN, "", BEGIN, "a/b", END_NODE, END_NODE, END]), "name", '"a/b" has other characters'],
  ["a root with a name", blobOf([BEGIN, "r", END_NODE, END]), "name", "is the root's and not empty"],
  ["two properties of one name", blobOf([BEGIN, "", BEGIN, "n", PROP, 0, 0, PROP, 0, 0, END_NODE, END_NODE, END]), "duplicate", "FDT_BEGIN_NODE at offset 0x40 in node /n: two properties named a"],
  ["two children of one name", blobOf([BEGIN, "", BEGIN, "n", END_NODE, BEGIN, "n", END_NODE, END_NODE, END]), "duplicate", "two children named n"],
  ["nodes too deep", blobOf([BEGIN, "", ...repeat(FDT_MAX_DEPTH, [BEGIN, "n"])]), "limit", "nodes are nested deeper than 64"],
];

describe("a malformed blob is a failure that names what is wrong:", () => {
  test.each(MALFORMED)("%s", (_, blob, code, why) => {
    const tree = parseFdt(blob);
    expect(tree).toEqual({ ok: false, code, why: expect.stringContaining(why) });
  });
  test("more nodes than the limit", () => {
    const blob = blobOf([BEGIN, "", BEGIN, "a", END_NODE, BEGIN, "b", END_NODE, END_NODE, END]);
    expect(parseFdt(blob, { nodes: 3 }).ok).toBe(true);
    expect(parseFdt(blob, { nodes: 2 })).toMatchObject({ ok: false, code: "limit", why: expect.stringContaining("more than 2 nodes") });
  });
  test("more bytes than the limit, whatever follows", () => {
    expect(parseFdt(virt, { bytes: total }).ok).toBe(true);
    expect(parseFdt(virt, { bytes: total - 1 })).toMatchObject({ ok: false, code: "limit" });
    expect(parseFdt(virt, { bytes: 0 })).toMatchObject({ ok: false, code: "limit" });
  });
});

describe("what is allowed", () => {
  test("the deepest nodes, built and read", () => {
    let root = node("n");
    for (let depth = 2; depth <= FDT_MAX_DEPTH; depth++) root = node(depth === FDT_MAX_DEPTH ? "" : "n", [], [root]);
    const tree = parsed(buildFdt({ root }));
    expect(tree.root).toEqual(root);
    expect([...walk(tree.root)]).toHaveLength(FDT_MAX_DEPTH);
  });
  test("NOPs anywhere between tokens", () => {
    const tree = parsed(blobOf([NOP, BEGIN, "", NOP, PROP, 3, 2, 0x01020300, NOP, BEGIN, "n", NOP, END_NODE, NOP, END_NODE, NOP, END]));
    expect(tree.root).toEqual({ name: "", properties: [{ name: "bb", value: Uint8Array.of(1, 2, 3) }], children: [{ name: "n", properties: [], children: [] }] });
  });
  test("bytes before and after, and a buffer that changes later", () => {
    const memory = new Uint8Array(total + 64).fill(0xaa);
    memory.set(virt, 24);
    const tree = parsed(memory.subarray(24));
    memory.fill(0);
    expect(tree).toEqual(parsed(virt));
  });
  test("a later version that a reader of 17 may read", () => expect(parsed(withWords(virt, { version: 18 }))).toEqual(parsed(virt)));
  test("no strings, wherever they would be", () => expect(parsed(withWords(blobOf([BEGIN, "", END_NODE, END], ""), { off_dt_strings: 0 })).root.name).toBe(""));
  test("padding after the end in version 16, which does not state the size", () => {
    expect(parsed(blobOf([BEGIN, "", END_NODE, END, 0, 0], "", 16)).root.children).toEqual([]);
  });
});

describe("properties", () => {
  test("a tree that is built and read is the same tree, and builds the same bytes", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const blob = buildFdt(tree);
        expect(parsed(blob)).toEqual(tree);
        expect(buildFdt(parsed(blob))).toEqual(blob);
      }),
      { numRuns: 100 },
    );
  });
  test("a mutated blob is refused by a code, or read as a tree that can be built, printed and read again", () => {
    const codes = new Set<string>();
    const blobs = fc.oneof(trees.map((tree): Uint8Array => buildFdt(tree)), fc.constantFrom(...["virt.dtb", "forms.dtb", "virt-v16.dtb"].map(file)));
    const at = fc.oneof(fc.nat(40), fc.nat());
    const word = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 9, 0x7fffffff, 0xffffffff), fc.nat(256), fc.nat(0xffffffff));
    const mutation = fc.oneof(fc.record({ at, word }), fc.record({ at, byte: fc.nat(255) }), fc.record({ at, cut: fc.constant(true) }));
    fc.assert(
      fc.property(blobs, fc.array(mutation, { minLength: 1, maxLength: 4 }), (original, mutations) => {
        let blob = original.slice();
        for (const m of mutations) {
          if (blob.length < 8) continue;
          if ("word" in m) viewOf(blob).setUint32((m.at % (blob.length - 4)) & ~3, m.word);
          else if ("byte" in m) blob[m.at % blob.length] = m.byte;
          else blob = blob.slice(0, m.at % blob.length);
        }
        const tree = parseFdt(blob);
        if (!tree.ok) {
          codes.add(tree.code);
          expect(tree.why.length).toBeLessThan(1200);
          return;
        }
        codes.add("ok");
        expect(parsed(buildFdt(tree.value))).toEqual(tree.value);
        expect(formatDts(tree.value)).toContain("/dts-v1/;");
        let kept = 0;
        for (const { node } of walk(tree.value.root)) for (const p of node.properties) kept += p.value.length;
        expect(kept).toBeLessThan(blob.length);
      }),
      { numRuns: 1200, seed: 5 },
    );
    // all but "duplicate", which is rare
    for (const code of ["layout", "limit", "magic", "name", "ok", "property", "reservation", "token", "truncated", "version"]) expect(codes).toContain(code);
  });
});

describe("time is linear in the bytes, also where somebody tries", () => {
  const limits = { bytes: 2 ** 23, nodes: 2 ** 20 };
  test("a wide tree", () => {
    const root = node("", [], Array.from({ length: 30_000 }, (_, n) => node(`n@${n.toString(16)}`)));
    const blob = buildFdt({ root });
    const tree = parseFdt(blob, limits);
    expect(tree.ok && tree.value.root.children.length).toBe(30_000);
    expect(tree.ok && Buffer.compare(buildFdt(tree.value), blob)).toBe(0);
  });
  test("each property's name is the rest of a long name from another place on", () => {
    const names = Array.from({ length: 80 }, (_, i) => `${"a".repeat(251)}${String(i).padStart(4, "0")}\0`);
    const words = names.flatMap((_, i) => Array.from({ length: 250 }, (__, j) => [PROP, 0, i * 256 + j])).flat();
    const tree = parseFdt(blobOf([BEGIN, "", ...words, END_NODE, END], names.join("")), limits);
    expect(tree.ok && new Set(tree.value.root.properties.map((p) => p.name)).size).toBe(20_000);
  });
  test("nodes that never end, and names that never end", () => {
    expect(parseFdt(blobOf([BEGIN, "", ...repeat(30_000, [BEGIN, "n", END_NODE])]), limits)).toMatchObject({ ok: false, code: "token" });
    const endless = blobOf([BEGIN, "", ...repeat(30_000, [NOP]), PROP, 0, 0, END_NODE, END], "a".repeat(1_000_000));
    expect(parseFdt(endless, limits)).toMatchObject({ ok: false, code: "name" });
  });
});
