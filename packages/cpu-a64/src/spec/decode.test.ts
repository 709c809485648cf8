import { describe, expect, it } from "vitest";
import { A64_ROWS, createDecoder, encode } from "./decode.ts";
import { compileRow, encodeRow, isUnallocated } from "./row.ts";

/**
 * What Linux 6.1 and 6.12 kernels at 4K, 16K and 64K, busybox on static glibc, Debian's user land and kvm-unit-tests executed on
 * QEMU's cortex-a35: found by tracing their boots. B.cond once.
 */
const EXECUTED = `add adds adr adrp and ands asrv b b.cond bfm bic bics bl blr br cbnz cbz ccmn ccmp clz crc32x csel csinc csinv csneg dmb dsb
eor eret extr hint hvc isb ldar ldarb ldaxr ldp ldpsw ldr ldrb ldrh ldrsb ldrsh ldrsw ldtr ldtrb ldtrh ldur ldurb ldurh ldxp ldxr ldxrb lslv
lsrv madd movk movn movz mrs msr msub orn orr prfm rbit ret rev rev16 sbc sbfm sdiv smaddl smulh stlr stlrb stlxp stlxr stnp stp str strb strh
sttr sttrb sttrh stur sturb sturh stxp stxr stxrb sub subs svc sys tbnz tbz ubfm udiv umaddl umulh ldxrh stxrh adc crc32cb crc32ch crc32cw
crc32cx ldursw stlrh
F:addp F:and F:bic F:bit F:cmeq F:cmhs F:dup F:ext F:fabs F:fadd F:fcmp F:fdiv F:fmov F:fmul F:ld1 F:ldp F:ldr F:ldur F:movi F:mvni F:orr
F:scvtf F:shrn F:stp F:str F:stur F:sub F:umaxp F:uminp F:umov`.split(/\s+/);

const all = createDecoder(new Set(["crc32", "lse"]));
const crc32 = createDecoder(new Set(["crc32"]));
const plain = createDecoder(new Set());

describe("the rows", () => {
  it("never match one word twice", () => {
    const overlaps = A64_ROWS.flatMap((a, i) =>
      A64_ROWS.slice(i + 1).filter((b) => (((a.value ^ b.value) & a.mask & b.mask) >>> 0) === 0).map((b) => `${a.name} and ${b.name}`),
    );
    expect(overlaps).toEqual([]);
  });
  it("have names of their own", () => {
    expect(new Set(A64_ROWS.map((row) => row.name)).size).toBe(A64_ROWS.length);
  });
  it("cover every mnemonic that guests were seen to execute", () => {
    const known = new Set(A64_ROWS.map((row) => row.mnemonic));
    const simd = new Set(A64_ROWS.filter((row) => row.simd !== undefined || row.vector !== undefined || row.structure !== undefined).map((row) => row.mnemonic));
    // MOVI, MVNI, BIC and ORR (immediate) are one row.
    const aliases: Readonly<Record<string, string>> = { mvni: "movi" };
    expect(EXECUTED.filter((name) => (name.startsWith("F:") ? !simd.has(aliases[name.slice(2)] ?? name.slice(2)) : !known.has(name)))).toEqual([]);
  });
  it("account for each bit of a word exactly once", () => {
    for (const row of A64_ROWS) {
      const covered = row.fields.map(({ lsb, width }) => ((2 ** width - 1) * 2 ** lsb));
      const sum = covered.reduce((total, bits) => total + bits, 0);
      expect(covered.reduce((or, bits) => (or | bits) >>> 0, 0), row.name).toBe(sum);
      expect((row.mask & sum) >>> 0, row.name).toBe(0);
    }
  });
  it("constrain fields that they have", () => {
    for (const row of A64_ROWS)
      for (const constraint of row.unallocated ?? [])
        for (const name of Object.keys(constraint)) if (name !== "sf") expect(row.fields.map((f) => f.name), row.name).toContain(name);
  });
});

describe("decode", () => {
  it("inverts encode, for every row and for fields of all ones and all zeros", () => {
    for (const row of A64_ROWS)
      for (const ones of [false, true]) {
        const operands = Object.fromEntries(row.fields.map(({ name, width }) => [name, ones ? 2 ** width - 1 : 0]));
        const word = encodeRow(row, operands);
        const got = all(word);
        if (got === undefined) expect(row.unallocated, row.name).toBeDefined();
        else {
          expect(got.row.name).toBe(row.name);
          expect(got.fields).toMatchObject(operands);
          expect(isUnallocated(row, got.fields)).toBe(false);
        }
      }
  });
  // Words as GNU as 2.40 assembles them.
  it.each([
    ["add x1, x2, #0xabc, lsl #12", 0x916af041, "ADD_addsub_imm", { sf: 1, sh: 1, imm12: 0xabc, Rn: 2, Rd: 1 }],
    ["and w3, w4, #0xff00ff00", 0x12089c83, "AND_log_imm", { sf: 0, N: 0, immr: 8, imms: 39, Rn: 4, Rd: 3 }],
    ["ldp x29, x30, [sp], #16", 0xa8c17bfd, "LDP_64_ldstpair_post", { imm7: 2, Rt2: 30, Rn: 31, Rt: 29 }],
    ["stxr w0, x1, [x2]", 0xc8007c41, "STXR_64_ldstexcl", { Rs: 0, Rn: 2, Rt: 1 }],
    ["ldrsw x1, [x2, w3, sxtw #2]", 0xb8a3d841, "LDRSW_64_ldst_regoff", { Rm: 3, option: 6, S: 1, Rn: 2, Rt: 1 }],
    ["tbnz x7, #40, .+8", 0xb7400047, "TBNZ_only_testbranch", { b5: 1, b40: 8, imm14: 2, Rt: 7 }],
    ["mrs x0, tpidr_el1", 0xd538d080, "MRS_RS_systemmove", { o0: 1, op1: 0, CRn: 13, CRm: 0, op2: 4 }],
    ["msr daifset, #2", 0xd50342df, "MSR_SI_pstate", { op1: 3, CRm: 2, op2: 6 }],
    ["casp x0, x1, x2, x3, [x4]", 0x48207c82, "CASP_64_comswappr", { Rs: 0, Rn: 4, Rt: 1 }],
    ["fadd d0, d1, d2", 0x1e622820, "FADD_floatdp2", { ftype: 1, Rm: 2, Rn: 1, Rd: 0 }],
    ["shrn v1.8b, v2.8h, #4", 0x0f0c8441, "SHRN_asimdshf_R_B", { Q: 0, immb: 4, Rn: 2, Rd: 1 }],
    ["ldp q0, q1, [x2], #32", 0xacc10440, "LDP_Q_ldstpair_post", { imm7: 2, Rt2: 1, Rn: 2, Rt: 0 }],
    ["aese v0.16b, v1.16b (cryptography, not modelled)", 0x4e284820, undefined, {}],
    ["udf #0", 0, undefined, {}],
  ] as const)("%s", (_, word, name, fields) => {
    const got = all(word);
    expect(got?.row.name).toBe(name);
    if (got !== undefined) {
      expect(got.fields).toMatchObject(fields);
      expect(encode(got.row.name, Object.fromEntries(got.row.fields.map((f) => [f.name, got.fields[f.name]])))).toBe(word);
    }
  });
  it("leaves out the instructions of an absent feature", () => {
    const word = encode("CRC32X_dp_2src", { Rm: 1, Rn: 2, Rd: 3 });
    expect(all(word)?.row.mnemonic).toBe("crc32x");
    expect(plain(word)).toBeUndefined();
    const swap = encode("SWPAL_64_memop", { Rs: 1, Rn: 2, Rt: 3 });
    expect(all(swap)?.row.mnemonic).toBe("swpal");
    expect(crc32(swap)).toBeUndefined();
  });
});

describe("compileRow", () => {
  it.each(["0101", "sf:1 nosuch:3 0000000000000000000000000000", "0120 sf:1"])("refuses %s", (bits) => {
    expect(() => compileRow("x", { mnemonic: "x", bits })).toThrow(/x: |bits/);
  });
});
