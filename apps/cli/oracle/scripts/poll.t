%include lib.inc
# SCHEDOP_poll of ports that are pending, free, or do not exist
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
macro poll1 p q
w32 BUF2 p
w32 BUF2+4 q
w64 BUF BUF2
w32 BUF+8 2
w64 BUF+16 1
hc sched_op 3 BUF
endm
poll1 1 2
poll1 63 64
poll1 64 1
ec_ipi 0
ec_ipi 0
ec_send 1
poll1 2 1
poll1 1 2
poll1 1 64
poll1 1 4096
poll1 2 4096
poll1 0 1
poll1 0 3
ec_close 1
poll1 1 2
poll1 1 1
