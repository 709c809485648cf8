# acquire_resource and foreign frames, by the control domain.
%include lib.inc
%xen dom0_mem=64M
@A
sleep 100
w64 0x41300000 0x7777
sleep 500
@0
const BUF 0x45000000
const BUF2 0x45010000
macro foreign dom gfn at
  fill BUF 64 0
  w16 BUF SELF
  w16 BUF+2 4
  w16 BUF+4 1
  w16 BUF+6 dom
  w64 BUF+8 BUF2+256
  w64 BUF+16 BUF2+320
  w64 BUF+24 BUF2+384
  w64 BUF2+256 gfn
  w64 BUF2+320 at
  hc memory_op 23 BUF
  r32 BUF2+384
endm
macro acq op dom type id nr pad frame list
  fill BUF 48 0
  w16 BUF dom
  w16 BUF+2 type
  w32 BUF+4 id
  w32 BUF+8 nr
  w32 BUF+12 pad
  w64 BUF+16 frame
  w64 BUF+24 list
  hc memory_op op BUF
  dump BUF 16
endm
w64 BUF2 0x48010
w64 BUF2+8 0x48011
w64 BUF2+16 0x48012
gnt_query 1
acq 28 1 1 0 1 0 64 UNMAPPED
acq 28 1 1 0 1 0 63 UNMAPPED
gnt_query 1
acq 28 1 3 0 1 0 0 BUF2
acq 28 1 3 0 5 0 0 0
acq 28 1 3 1 0 0 0 0
acq 28 1 3 0 1 0 0 UNMAPPED
acq 28 1 3 0 1 0 0xffffffff BUF2
acq 0x5c 1 1 0 0 0 0 0
acq 0x5c 1 1 0 3 0 0 BUF2
rmpm SELF 0x48010
rmpm SELF 0x48011
rmpm SELF 0x48012
acq 0x9c 1 1 0 2 0 0 BUF2
acq 0xdc 1 1 0 2 0 0 BUF2
acq 0x5c 1 1 0 1 0 0 BUF2
rmpm SELF 0x48010
rmpm SELF 0x48011
acq 28 1 1 0 33 0 0 0x47fffff0
acq 28 1 1 0 3 0 0 0x47fffff0
note second gfn unmapped list
w64 0x47fffff0 0x48020
w64 0x47fffff8 0x48021
acq 28 1 1 0 3 0 0 0x47fffff0
r64 0x48020000
note same place twice, object over ram, over grant
acq 28 1 1 0 1 0 0 BUF2
acq 28 1 1 0 1 0 0 BUF2
w16 BUF SELF
hc memory_op 3 BUF
note gfn limits
w64 BUF2 0xfffffff
acq 28 1 1 0 1 0 0 BUF2
w64 BUF2 0x10000000
acq 28 1 1 0 1 0 0 BUF2
w64 BUF2 0xfffffffff
acq 28 1 1 0 1 0 0 BUF2
w64 BUF2 0x1000000000
acq 28 1 1 0 1 0 0 BUF2
w64 BUF2 0xffffffff
acq 28 1 1 0 1 0 0 BUF2
w64 BUF2 0x100000000
acq 28 1 1 0 1 0 0 BUF2
resv1 1 SELF 0 0 0x48012
resv1 1 SELF 0 0 0x48010
acq 28 1 1 0 1 0 5 BUF2
hc memory_op 0x4f BUF
hc memory_op 0x57 BUF
hc memory_op 0x47 BUF
fill BUF 64 0
w16 BUF 1
w16 BUF+2 1
hc memory_op 28 BUF
rmpm SELF 0x48010
rmpm SELF 0x48020
rmpm SELF 0x48030
w64 BUF2 0x48010
acq 28 1 1 0 1 0 0 BUF2
w64 0x48010ff0 0xaaaa
acq 28 1 1 0 1 0 63 BUF2
r64 0x48010ff0
w64 BUF2 0x48020
acq 28 1 1 0 1 0 0 BUF2
r64 0x48020ff0
w64 0x48020ff0 0xbbbb
r64 0x48010ff0
w64 BUF2 0x48030
acq 28 1 1 0 1 0 63 BUF2
r64 0x48030ff0
w64 0x48030ff0 0xcccc
r64 0x48020ff0
r64 0x48010ff0
rmpm SELF 0x48030
acq 28 1 1 0 1 0 63 BUF2
r64 0x48030ff0
acq 28 1 1 0 1 0 5 BUF2
r64 0x48030ff0
note foreign
foreign 1 0x41300 0x48040
r64 0x48040000
foreign 1 0x41301 0x48040
r64 0x48040000
resv1 1 SELF 0 0 0x48040
r64 0x48040000
resv1 1 SELF 0 0 0x48020
resv1 6 SELF 0 0 0x48020
w16 BUF SELF
hc memory_op 3 BUF
foreign 1 0x41300 0x48041
rmpm SELF 0x48041
foreign 1 0x41300 0x48041
acq 28 1 1 0 1 0 0 BUF2
w64 BUF2 0x48041
acq 28 1 1 0 1 0 0 BUF2
r64 0x48041000
foreign 1 0x41300 0x48030
r64 0x48030000
note batch start
foreign 1 0x41300 0x48050
hc memory_op 0x57 BUF
hc memory_op 0x97 BUF
w16 BUF 9
hc memory_op 0x97 BUF
hc memory_op 0x57 BUF
w16 BUF SELF
w16 BUF+2 5
hc memory_op 0x97 BUF
hc memory_op 0x57 BUF
sleep 1000
