# Types of XENMEM_acquire_resource: one that is known and not there, and others.
%include lib.inc
%xen dom0_mem=64M
@A
sleep 100
@0
const BUF 0x45000000
const BUF2 0x45010000
macro acq type id nr list
  fill BUF 48 0
  w16 BUF 1
  w16 BUF+2 type
  w32 BUF+4 id
  w32 BUF+8 nr
  w64 BUF+24 list
  hc memory_op 28 BUF
  dump BUF 16
endm
acq 0 0 0 0
acq 1 0 0 0
acq 2 0 0 0
acq 3 0 0 0
acq 4 0 0 0
acq 0 0 1 BUF2
acq 2 0 1 BUF2
acq 3 0 1 BUF2
acq 4 0 1 BUF2
sleep 500
