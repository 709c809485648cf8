// Exceptions of each kind that one instruction can cause, with the MMU off: where they are taken, and what ESR_EL1,
// ELR_EL1 (from the cause) and SPSR_EL1 say. Source: Arm ARM DDI 0487, "ESR_EL1, Exception Syndrome Register (EL1)" and
// "Exception vectors".
#include "bare.inc"

.set SCTLR_RES1, 0x30d00800
.set SPSR_EL1H_MASKED, 0x3c5
.set SPSR_EL0_MASKED, 0x3c0

// Causes an exception: x21 is where it is expected, x22 where to go on after it.
.macro TRY name, instruction:vararg
  PRINT "\name"
  adr x21, 1f
  adr x22, 2f
1:
  \instruction
2:
.endm

// The vector at this offset.
.macro VECTOR offset
  .balign 0x80
  mov x20, #\offset
  b report
.endm

  IMAGE 0x10000
start:
  adr x0, vectors
  msr VBAR_EL1, x0
  ldr x0, =SCTLR_RES1
  msr SCTLR_EL1, x0
  msr CPACR_EL1, xzr
  msr NZCV, xzr
  isb
  TRY "svc ", svc #0x1234
  TRY "brk ", brk #7
  TRY "udf ", udf #0
  TRY "fp  ", fmov d0, xzr
  adr x19, 1f
  add x19, x19, #2
  TRY "pc  ", br x19
1:
  TRY "el0 ", bl enter_el0
  TRY "el0 ", bl enter_el0_privileged
  PRINT "done\n"
  POWER_OFF

enter_el0:
  adr x21, 1f
  mov x1, #SPSR_EL0_MASKED
  b drop
1:
  svc #1

enter_el0_privileged:
  adr x21, 1f
  mov x1, #SPSR_EL0_MASKED
  b drop
1:
  mrs x2, SCTLR_EL1

// To x21 at EL0.
drop:
  msr SPSR_EL1, x1
  msr ELR_EL1, x21
  eret

report:
  PRINT "vector "
  HEX x20, 3
  PRINT " ESR_EL1 "
  mrs x0, ESR_EL1
  HEX x0, 8
  PRINT " ELR_EL1 +"
  mrs x0, ELR_EL1
  sub x0, x0, x21
  HEX x0, 2
  PRINT " SPSR_EL1 "
  mrs x0, SPSR_EL1
  HEX x0, 8
  PRINT "\n"
  ldr x1, =SPSR_EL1H_MASKED
  msr SPSR_EL1, x1
  msr ELR_EL1, x22
  eret

FUNCTIONS

  .balign 0x800
vectors:
  VECTOR 0x000
  VECTOR 0x080
  VECTOR 0x100
  VECTOR 0x180
  VECTOR 0x200
  VECTOR 0x280
  VECTOR 0x300
  VECTOR 0x380
  VECTOR 0x400
  VECTOR 0x480
  VECTOR 0x500
  VECTOR 0x580
  VECTOR 0x600
  VECTOR 0x680
  VECTOR 0x700
  VECTOR 0x780
