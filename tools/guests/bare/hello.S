// The smallest guest: says at which exception level it starts, what its CPU is, and powers off.
#include "bare.inc"
  IMAGE 0x10000
start:
  PRINT "hello from EL"
  mrs x0, CurrentEL
  lsr x0, x0, #2
  HEX x0, 1
  PRINT " of a CPU with MIDR_EL1 "
  mrs x0, MIDR_EL1
  HEX x0, 8
  PRINT "\n"
  POWER_OFF
FUNCTIONS
