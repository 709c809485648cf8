// Interrupts through a GICv2: a software-generated one, then the virtual timer three times, each waited for with WFI; and
// that a masked timer says so and interrupts nobody. Sources: Arm ARM DDI 0487, "CNTV_CTL_EL0, Counter-timer Virtual Timer
// Control Register"; GICv2 (IHI 0048), "The GIC Distributor register map" and "The CPU interface register map".
#include "bare.inc"

.set GICD, 0x08000000
.set GICD_ISENABLER, 0x100
.set GICD_SGIR, 0xf00
.set GICC, 0x08010000
.set GICC_PMR, 0x004
.set GICC_IAR, 0x00c
.set GICC_EOIR, 0x010
.set SGI, 3
.set TIMER_INTID, 27
.set SGIR_SELF, 2 << 24
.set CTL_ENABLE, 1
.set CTL_IMASK, 2

  IMAGE 0x10000
start:
  adr x0, vectors
  msr VBAR_EL1, x0
  ldr x10, =GICD
  ldr x11, =GICC
  mov w0, #1
  str w0, [x10]               // GICD_CTLR
  str w0, [x11]               // GICC_CTLR
  mov w0, #0xff
  str w0, [x11, #GICC_PMR]
  ldr w0, =(1 << TIMER_INTID | 1 << SGI)
  str w0, [x10, #GICD_ISENABLER]

  PRINT "software "
  ldr w0, =(SGIR_SELF | SGI)
  str w0, [x10, #GICD_SGIR]
  bl wait

  mov x12, #3
again:
  PRINT "timer    "
  mrs x13, CNTFRQ_EL0
  lsr x13, x13, #10           // about a millisecond
  msr CNTV_TVAL_EL0, x13
  mov x0, #CTL_ENABLE
  msr CNTV_CTL_EL0, x0
  bl wait
  subs x12, x12, #1
  b.ne again

  PRINT "masked   CNTV_CTL_EL0 "
  mov x0, #(CTL_ENABLE | CTL_IMASK)
  msr CNTV_CVAL_EL0, xzr
  msr CNTV_CTL_EL0, x0
  isb
  mrs x0, CNTV_CTL_EL0
  HEX x0, 1
  PRINT ", "
  msr DAIFClr, #2
  isb
  msr DAIFSet, #2
  PRINT "no interrupt\n"
  POWER_OFF

// Waits for one interrupt with interrupts masked, then takes it.
wait:
  mov x14, x30
  wfi
  msr DAIFClr, #2
  isb
  msr DAIFSet, #2
  ret x14

interrupt:
  ldr w15, [x11, #GICC_IAR]
  PRINT "INTID "
  HEX x15, 3
  cmp w15, #TIMER_INTID
  b.ne 1f
  mrs x0, CNTV_CVAL_EL0
  isb
  mrs x1, CNTVCT_EL0
  mrs x2, CNTV_CTL_EL0
  msr CNTV_CTL_EL0, xzr
  PRINT " CNTV_CTL_EL0 "
  HEX x2, 1
  cmp x1, x0
  b.lo 2f
1:
  PRINT " in time\n"
  b 3f
2:
  PRINT " early\n"
3:
  str w15, [x11, #GICC_EOIR]
  eret

FUNCTIONS

  .balign 0x800
vectors:
  .skip 0x280
  b interrupt
