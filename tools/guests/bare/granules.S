// Stage 1 at each granule that the CPU has: an identity map of 2 GiB with blocks, and at 2 GiB a page that can be written, one
// that can only be read, and one that is not there. Source: Arm ARM DDI 0487, "VMSAv8-64 translation table format descriptors",
// "TCR_EL1, Translation Control Register (EL1)", "ID_AA64MMFR0_EL1, AArch64 Memory Model Feature Register 0".
#include "bare.inc"

.set TABLES, 0x100000         // above base: start level, level 2, level 3, two pages, 64 KiB each
.set STEP, 0x10000
.set TEST_VA, 0x80000000
.set RAM, 0x40000000
.set DESCRIPTOR_BLOCK, 0x401  // AF, MAIR attribute 0
.set DESCRIPTOR_TABLE, 3
.set PAGE_READ_WRITE, 0x703   // AF, inner shareable
.set PAGE_READ_ONLY, 0x783    // and AP[2]
.set NORMAL, 0x304            // inner shareable, MAIR attribute 1
.set MAIR, 0xff00             // 0: Device-nGnRnE, 1: Normal, write-back
.set TCR_COMMON, 0x80803500   // TTBR0: write-back, inner shareable; TTBR1: TG1 valid, EPD1
.set SCTLR_MMU_OFF, 0x30d00800
.set SCTLR_MMU_ON, 0x30d01805 // M, C, I
.set SPSR_EL1H_MASKED, 0x3c5

// x10: log2 of the granule, x11: log2 of a block at the start level, x12: T0SZ, x13: TG0, x14: 1 when there is a table between
// the start level and level 3.
.macro GRANULE name, field, absent, shift, block, t0sz, tg0, between
  PRINT "\name: "
  mrs x0, ID_AA64MMFR0_EL1
  ubfx x0, x0, #\field, #4
  cmp x0, #\absent
  b.eq 1f
  mov x10, #\shift
  mov x11, #\block
  mov x12, #\t0sz
  mov x13, #\tg0
  mov x14, #\between
  bl try
  b 2f
1:
  PRINT "not there\n"
2:
.endm

  IMAGE 0x200000
start:
  adr x0, vectors
  msr VBAR_EL1, x0
  GRANULE "4K ", 28, 15, 12, 30, 25, 0, 1
  GRANULE "16K", 20, 0, 14, 25, 28, 2, 0
  GRANULE "64K", 24, 15, 16, 29, 22, 1, 0
  POWER_OFF

try:
  mov x9, x30
  adr x15, base
  add x15, x15, #TABLES       // start level
  add x16, x15, #STEP         // level 2, at 4K
  add x17, x16, #STEP         // level 3
  add x18, x17, #STEP         // the page that can be written
  add x19, x18, #STEP         // the page that can only be read
  mov x0, x15
1:
  stp xzr, xzr, [x0], #16
  cmp x0, x18
  b.lo 1b

  // the identity map: what is below RAM is Device memory
  mov x0, xzr
  mov x4, #1
  lsl x4, x4, x11
  ldr x5, =TEST_VA
  ldr x8, =RAM
2:
  mov x1, #DESCRIPTOR_BLOCK
  cmp x0, x8
  b.lo 3f
  mov x2, #NORMAL
  orr x1, x1, x2
3:
  orr x1, x1, x0
  lsr x3, x0, x11
  str x1, [x15, x3, lsl #3]
  add x0, x0, x4
  cmp x0, x5
  b.lo 2b

  // the pages: the same attribute as the blocks of RAM
  lsr x3, x5, x11
  add x3, x15, x3, lsl #3
  cbz x14, 4f
  orr x1, x16, #DESCRIPTOR_TABLE
  str x1, [x3]
  mov x3, x16
4:
  orr x1, x17, #DESCRIPTOR_TABLE
  str x1, [x3]
  mov x1, #(PAGE_READ_WRITE | 4)
  orr x1, x1, x18
  str x1, [x17]
  mov x1, #(PAGE_READ_ONLY | 4)
  orr x1, x1, x19
  str x1, [x17, #8]
  dsb sy

  ldr x0, =MAIR
  msr MAIR_EL1, x0
  ldr x0, =TCR_COMMON
  orr x0, x0, x12
  orr x0, x0, x13, lsl #14
  mrs x1, ID_AA64MMFR0_EL1
  and x1, x1, #7
  bfi x0, x1, #32, #3         // IPS as wide as PARange
  msr TCR_EL1, x0
  msr TTBR0_EL1, x15
  tlbi vmalle1
  dsb sy
  isb
  ldr x0, =SCTLR_MMU_ON
  msr SCTLR_EL1, x0
  isb

  // what is written through the page is there at its other address
  ldr x1, =0x123456789abcdef0
  str x1, [x5, #8]
  dsb sy
  ldr x2, [x18, #8]
  cmp x1, x2
  b.ne 5f
  PRINT "written"
  b 6f
5:
  PRINT "LOST"
6:
  adr x22, 7f
  mov x4, #1
  lsl x4, x4, x10
  add x6, x5, x4
  str x1, [x6]                // the page that can only be read
7:
  adr x22, 8f
  add x6, x6, x4
  ldr x1, [x6, #16]           // the page that is not there
8:
  ldr x0, =SCTLR_MMU_OFF
  msr SCTLR_EL1, x0
  isb
  tlbi vmalle1
  dsb sy
  PRINT "\n"
  ret x9

report:
  PRINT ", ESR_EL1 "
  mrs x0, ESR_EL1
  HEX x0, 8
  PRINT " FAR_EL1 "
  mrs x0, FAR_EL1
  HEX x0, 8
  msr ELR_EL1, x22
  eret

FUNCTIONS

  .balign 0x800
vectors:
  .skip 0x200
  b report
