import { describe, expect, it } from "vitest";
import { LEAF_STAGE1, LEAF_STAGE2, TABLE_STAGE1 } from "./descriptors.ts";
import { addressSizeBits, addressSizeEncoding, HPFAR_EL2, ID_AA64MMFR0_EL1, TCR_EL1, VTCR_EL2 } from "./registers.ts";

describe("registers", () => {
  it("TCR_EL1 for 48-bit addresses at 4K in both halves, TBI0 set", () => {
    expect(TCR_EL1.decode(0x0000_0032_b550_3510n)).toMatchObject({ T0SZ: 16, T1SZ: 16, TG0: 0, TG1: 2, IPS: 2, SH0: 3, SH1: 3, AS: 1, A1: 1, TBI0: 1 });
  });
  it("VTCR_EL2 of 40 bits at 4K: SL0 1, T0SZ 24", () => {
    expect(VTCR_EL2.encode({ T0SZ: 24, SL0: 1, IRGN0: 1, ORGN0: 1, SH0: 3, TG0: 0, PS: 2, RES1: 1 })).toBe(0x8002_3558n);
  });
  it("HPFAR_EL2 holds IPA bits 47:12 in bits 39:4", () => {
    expect(HPFAR_EL2.encode({ FIPA: 0x4_0000 })).toBe(0x40_0000n);
  });
  it("ID_AA64MMFR0_EL1 of a Cortex-A35: 40 bits, 16K present", () => {
    expect(ID_AA64MMFR0_EL1.decode(0x0010_1122n)).toMatchObject({ PARange: 2, TGran16: 1, TGran4: 0, TGran64: 0, TGran4_2: 0 });
  });
  it("address sizes: encodings come back, larger ones count as 48 bits", () => {
    for (const bits of [32, 36, 40, 42, 44, 48]) expect(addressSizeBits(addressSizeEncoding(bits) ?? -1)).toBe(bits);
    expect([addressSizeEncoding(41), addressSizeBits(6), addressSizeBits(7)]).toEqual([undefined, 48, 48]);
  });
});

describe("descriptors", () => {
  it("PAGE_KERNEL-like and stage 2 page bits", () => {
    expect(LEAF_STAGE1.encode({ TYPE: 3, AttrIndx: 0, AP: 0, SH: 3, AF: 1, nG: 1, PXN: 1, UXN: 1 })).toBe(0x0060_0000_0000_0f03n);
    expect(LEAF_STAGE2.encode({ TYPE: 3, MemAttr: 15, S2AP: 3, SH: 3, AF: 1 })).toBe(0x7ffn);
    expect(TABLE_STAGE1.encode({ TYPE: 3, APTable: 1, XNTable: 1 })).toBe((1n << 61n) | (1n << 60n) | 3n);
  });
});
