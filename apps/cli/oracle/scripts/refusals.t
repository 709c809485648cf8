# Calls that Xen knows and that come to nothing for a guest: what they look at first.
%include lib.inc
%dom A cpus = <2>; memory = <0 0x10000>; vpl011; xen,enhanced = "no-xenstore";
@A
macro ctl cmd ver dom
  fill BUF 160 0
  w32 BUF cmd
  w32 BUF+4 ver
  w16 BUF+8 dom
  hc domctl BUF
endm
macro sctl cmd ver
  fill BUF 160 0
  w32 BUF cmd
  w32 BUF+4 ver
  hc sysctl BUF
endm
macro pctl cmd ver
  fill BUF 160 0
  w32 BUF cmd
  w32 BUF+4 ver
  hc platform_op BUF
endm
macro acqs dom type id nr pad frame list
  w16 BUF dom
  w16 BUF+2 type
  w32 BUF+4 id
  w32 BUF+8 nr
  w32 BUF+12 pad
  w64 BUF+16 frame
  w64 BUF+24 list
  hc memory_op 28 BUF
endm
ctl 5 0x15 1
ctl 5 0x15 2
ctl 5 0x15 9
ctl 5 0x15 SELF
ctl 5 0x15 0x7ff1
ctl 5 0x15 0x7fff
ctl 5 0x15 0xffff
ctl 0 0x15 1
ctl 0 0x15 SELF
ctl 0 0x15 9
ctl 999 0x15 1
ctl 999 0x15 SELF
ctl 999 0x15 9
ctl 1 0x15 1
ctl 1 0x15 9
ctl 1 0x15 SELF
ctl 38 0x15 9
ctl 39 0x15 9
ctl 40 0x15 9
ctl 68 0x15 9
ctl 45 0x15 9
ctl 45 0x15 SELF
ctl 45 0x15 0x7ff4
ctl 2 0x15 1
ctl 3 0x15 1
ctl 51 0x15 1
ctl 52 0x15 1
ctl 1000 0x15 1
ctl 5 0x14 9
hc domctl 0x43ffff80
hc domctl 0x43ffff70
hc domctl 0
sctl 0 0x15
sctl 3 0x15
sctl 999 0x15
sctl 3 0x14
sctl 21 0x15
hc sysctl 0x43ffff78
hc sysctl 0x43ffff80
hc sysctl 0
pctl 0 0x03000001
pctl 17 0x03000001
pctl 999 0x03000001
pctl 0 0x03000000
hc platform_op 0x43ffff78
hc platform_op 0x43ffff80
hc platform_op 0x43ffff70
hc platform_op 0x43ffff00
acqs 1 1 0 0 1 0 0
acqs 1 1 0 0 0 0 0
acqs SELF 1 0 0 0 0 0
acqs SELF 1 0 0 1 0 0
acqs 2 1 0 0 1 0 0
acqs 2 1 0 0 0 0 0
acqs 2 9 0 0 0 0 0
acqs 0x7ff1 1 0 0 0 0 0
acqs 9 1 0 0 0 0 0
hc memory_op 28 0x43ffffe0
hc memory_op 28 0x43ffffe8
hc hypfs_op 0 0
hc hypfs_op 9 0
hc vm_assist 0xffffffff00000000 5
hc vm_assist 0 0x100000005
hc vm_assist 3 5
hc vm_assist 0xffffffff 5
note memory ops
hc memory_op 11 BUF
hc memory_op 11 0x43ffffc0
hc memory_op 11 0x43ffffa0
hc memory_op 11 0x43ffff90
hc memory_op 18 UNMAPPED
hc memory_op 19 UNMAPPED
hc memory_op 24 UNMAPPED
hc memory_op 24 0x43ffffe0
hc memory_op 24 0x43ffffe8
hc memory_op 26 UNMAPPED
hc memory_op 27 UNMAPPED
hc memory_op 26 BUF
w16 BUF 1
hc memory_op 26 BUF
hc memory_op 27 BUF
hc memory_op 0x52 BUF
hc memory_op 0x98 BUF
hc memory_op 0x5a BUF
hc memory_op 0x4b BUF
hc memory_op 0x5b BUF
hc memory_op 0x42 BUF
hc memory_op 0x43 BUF
hc memory_op 0x44 BUF
hc memory_op 0x4e BUF
hc xen_version 10 0
hc xen_version 10 UNMAPPED
hc sched_op 5 0
hc sched_op 7 UNMAPPED
hc sched_op 7 0x43fffffc
hc sched_op 7 BUF
hc hvm_op 24 UNMAPPED
hc hvm_op 24 0
hc hvm_op 23 0
hc hvm_op 25 0
hc hvm_op 0x100000018 0
macro vn dom pad v cpus ranges pad2
  fill BUF 48 0
  w16 BUF dom
  w16 BUF+2 pad
  w32 BUF+4 v
  w32 BUF+8 cpus
  w32 BUF+12 ranges
  hc memory_op 26 BUF
  dump BUF 48
endm
vn 1 0 0 0 0 0
vn SELF 0 0 0 0 0
vn SELF 1 0 0 0 0
vn SELF 0 1 2 1 0
vn 9 0 0 0 0 0
vn 9 1 0 0 0 0
vn 2 0 0 0 0 0
vn 0x7ff1 0 0 0 0 0
hc memory_op 26 0x43ffffd8
hc memory_op 26 0x43ffffd0
hc memory_op 26 0x43ffffe0
fill BUF 64 0
hc memory_op 0x5a BUF
macro rdm flags nr list sbdf
  fill BUF 48 0
  w32 BUF flags
  w32 BUF+4 nr
  w64 BUF+8 list
  w32 BUF+16 sbdf
  hc memory_op 27 BUF
  dump BUF 32
endm
rdm 0 0 0 0
rdm 1 0 0 0
rdm 2 0 0 0
rdm 0 5 0 0
rdm 1 5 0 0x100
rdm 0 5 UNMAPPED 0
hc memory_op 27 0x43ffffe8
hc memory_op 27 0x43fffff0
hc memory_op 27 0x43ffffe0
fill BUF 64 0
hc memory_op 0x5b BUF
note exchange
fill BUF 128 0
hc memory_op 11 BUF
hc memory_op 11 0x43ffffb8
hc memory_op 11 0x43ffffb0
hc memory_op 11 0x43ffffc0
hc memory_op 0x4b BUF
w64 BUF 0
w64 BUF+8 1
w16 BUF+24 SELF
w64 BUF+32 BUF2
w64 BUF+40 1
w16 BUF+56 SELF
hc memory_op 11 BUF
dump BUF 80
w16 BUF+24 9
hc memory_op 11 BUF
w16 BUF+24 1
w16 BUF+56 9
hc memory_op 11 BUF
w64 BUF+64 1
hc memory_op 11 BUF
w64 BUF+64 2
hc memory_op 11 BUF
note claim
fill BUF 64 0
hc memory_op 24 BUF
w16 BUF+24 SELF
hc memory_op 24 BUF
w64 BUF+8 5
hc memory_op 24 BUF
w16 BUF+24 9
hc memory_op 24 BUF
w64 BUF UNMAPPED
hc memory_op 24 BUF
w64 BUF 0
w32 BUF+16 1
hc memory_op 24 BUF
w32 BUF+16 0
w32 BUF+20 1
hc memory_op 24 BUF
w32 BUF+20 0
w16 BUF+24 SELF
hc memory_op 24 BUF
w16 BUF+24 1
hc memory_op 24 BUF
w16 BUF+24 2
hc memory_op 24 BUF
hc memory_op 0x58 BUF
hc memory_op 0x52 BUF
hc memory_op 0x53 BUF
note others
hc memory_op 20 0
hc memory_op 21 0
hc memory_op 22 0
hc memory_op 25 0
hc memory_op 29 0
hc memory_op 12 UNMAPPED
hc memory_op 10 UNMAPPED
hc memory_op 9 UNMAPPED
hc memory_op 16 UNMAPPED
hc memory_op 0x4c BUF
hc memory_op 0x4a BUF
hc memory_op 0x49 BUF
hc memory_op 0x49 UNMAPPED
hc memory_op 0x5d BUF
hc memory_op 0x7f BUF
hc hvm_op 24 1
hc hvm_op 0x18 0x100000000
hc hvm_op 0x100000001 BUF
hc hvm_op 0x100000000 BUF
hc hvm_op 0xffffffff00000001 BUF
hc sched_op 0x100000000 0
hc event_channel_op 0x100000006 BUF
hc console_io 0x100000001 0 BUF
hc grant_table_op 0x100000006 BUF 1
hc xen_version 0x100000000 0
hc vcpu_op 0x100000005 0 BUF
hc vcpu_op 0 0 BUF
hc vcpu_op 0 5 BUF
hc vcpu_op 0 0x100000000 BUF
hc vcpu_op 5 0x100000000 BUF
hc vcpu_op 3 0 0
hc vcpu_op 3 1 0
hc vcpu_op 1 1 0
hc vcpu_op 2 1 0
hc vcpu_op 4 0 0
hc vcpu_op 6 0 0
hc vcpu_op 7 0 0
hc vcpu_op 8 0 0
hc vcpu_op 9 0 0
hc vcpu_op 11 0 0
hc vcpu_op 12 0 0
hc vcpu_op 13 0 0
hc vcpu_op 14 0 0
hc grant_table_op 0x1006 BUF 1
hc grant_table_op 6 BUF 0x80000001
hc grant_table_op 3 BUF 1
hc grant_table_op 3 BUF 0
hc grant_table_op 13 BUF 1
hc grant_table_op 0xfff BUF 1
hc vm_assist 0 5
hc vm_assist 1 5
hc vm_assist 0 4
hc vm_assist 0 0x500000005
hc vm_assist 0 64
macro ex dom1 n1 o1 dom2 n2 o2 nr
  fill BUF 80 0
  w64 BUF BUF2
  w64 BUF+8 n1
  w32 BUF+16 o1
  w16 BUF+24 dom1
  w64 BUF+32 BUF2+64
  w64 BUF+40 n2
  w32 BUF+48 o2
  w16 BUF+56 dom2
  w64 BUF+64 nr
  hc memory_op 11 BUF
  r64 BUF+64
  r64 BUF2+64
endm
w64 BUF2 0x41300
w64 BUF2+8 0x41301
w64 BUF2+64 0x41300
w64 BUF2+72 0x41301
w64 0x41300000 0x1234
ex SELF 1 0 SELF 1 0 0
r64 0x41300000
ex SELF 2 0 SELF 1 1 0
ex SELF 0 0 SELF 0 0 0
ex SELF 0 0 SELF 1 0 0
ex SELF 1 0 SELF 1 0 1
ex SELF 1 0 SELF 1 0 2
ex 1 1 0 SELF 1 0 0
ex 1 1 0 1 1 0 0
ex 1 0 0 1 0 0 0
ex 9 0 0 9 0 0 0
ex 9 1 0 9 1 0 0
ex 2 1 0 2 1 0 0
ex 2 0 0 2 0 0 0
w16 BUF SELF
hc memory_op 3 BUF
@B
sleep 200
