# What an access that stage 2 maps and forbids does to a vcpu: it is executed again for ever.  vcpu 1 executes a few words of code between
# storing 1 and 2 at RESULT; an exception stores 3, ESR_EL1 and FAR_EL1.  x0 is the address of a grant mapping of the domain's own frame
# 0x41302, where 'ret' is; x30 is the instruction after the words.
%include lib.inc
const T 0x38000000
const RESULT 0x41310000
# then map of 0x44001 with flags 2 (read and write) or 6 (read only), and of 0x44000, a second frame before it
macro setup self
  a2p SELF 0 1 0 0x38000
  gnt_entry T 8 1 self 0x41302
  gnt_entry T 9 1 self 0x41303
  w64 0x41302000 0xd65f03c0
endm
macro map addr flags ref dom
  fill BUF 32 0xaa
  w64 BUF addr
  w32 BUF+8 flags
  w32 BUF+12 ref
  w16 BUF+16 dom
  hc grant_table_op 0 BUF 1
  r16 BUF+18
endm
macro execute w1 w2
  w32 0x41300000 0xd2a8262a
  w32 0x41300004 0xd2820000
  w32 0x41300008 0xf2a88000
  w32 0x4130000c 0xd2a82649
  w32 0x41300010 0xd518c009
  w32 0x41300014 0xd2a00609
  w32 0x41300018 0xd5181049
  w32 0x4130001c 0xd5033fdf
  w32 0x41300020 0xd2800021
  w32 0x41300024 0xf9000141
  w32 0x41300028 0x9100015e
  w32 0x4130002c 0xd14043de
  w32 0x41300030 0x9100f3de
  w32 0x41300034 w1
  w32 0x41300038 w2
  w32 0x4130003c 0xd2800041
  w32 0x41300040 0xf9000141
  w32 0x41300044 0xd503207f
  w32 0x41300048 0x17ffffff
  w32 0x41320200 0xd2800061
  w32 0x41320204 0xf9000141
  w32 0x41320208 0xd5385201
  w32 0x4132020c 0xf9000941
  w32 0x41320210 0xd5386001
  w32 0x41320214 0xf9000d41
  w32 0x41320218 0xd503207f
  w32 0x4132021c 0x17ffffff
  psci 0xc4000003 1 0x41300000 0
  sleep 50
  r64 RESULT
  r64 RESULT+16
  r64 RESULT+24
  r64 0x41302000
  dump 0x41303ff0 16
endm
%dom A cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@A
note a store: str x1,[x0]; nop
setup 1
map 0x44001000 6 8 1
map 0x44000000 2 9 1
execute 0xf9000001 0xd503201f
%dom B cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@B
note a pair: stp x1,x1,[x0]; nop
setup 2
map 0x44001000 6 8 2
map 0x44000000 2 9 2
execute 0xa9000401 0xd503201f
%dom C cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@C
note DC ZVA: dc zva,x0; nop
setup 3
map 0x44001000 6 8 3
map 0x44000000 2 9 3
execute 0xd50b7420 0xd503201f
%dom D cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@D
note DC IVAC moves no data: dc civac,x0; nop
setup 4
map 0x44001000 6 8 4
map 0x44000000 2 9 4
execute 0xd50b7e20 0xd503201f
%dom E cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@E
note a store exclusive fails: the trap has cleared the monitor: ldxr x3,[x0]; stxr w4,x1,[x0]
setup 5
map 0x44001000 6 8 5
map 0x44000000 2 9 5
execute 0xc85f7c03 0xc8047c01
%dom F cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@F
note code in a read-only mapping: br x0; nop
setup 6
map 0x44001000 6 8 6
map 0x44000000 2 9 6
execute 0xd61f0000 0xd503201f
%dom G cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@G
note code in a mapping for writing: br x0; nop
setup 7
map 0x44001000 2 8 7
map 0x44000000 2 9 7
execute 0xd61f0000 0xd503201f
%dom H cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@H
note the second of a pair: the first is stored: sub x0,x0,8; stp x1,x1,[x0]
setup 8
map 0x44001000 6 8 8
map 0x44000000 2 9 8
execute 0xd1002000 0xa9000401
%dom I cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@I
note a load: ldr x3,[x0]; str x3,[x10,16]
setup 9
map 0x44001000 6 8 9
map 0x44000000 2 9 9
execute 0xf9400003 0xf9000943
%dom J cpus = <2>; memory = <0 0x8000>; vpl011; xen,enhanced = "no-xenstore";
@J
note AT S1E1W looks at stage 1 alone: at s1e1w,x0; isb
setup 10
map 0x44001000 6 8 10
map 0x44000000 2 9 10
execute 0xd5087820 0xd5033fdf
