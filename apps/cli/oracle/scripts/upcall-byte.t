%include lib.inc
# evtchn_upcall_pending with other bits set: bit 0 alone counts
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
a2p SELF 0 0 0 0x41200
ec_ipi 0
ec_send 1
dump 0x41200000 16
w8 0x41200000 0xa0
w64 0x41200030 0
ec_send 1
dump 0x41200000 16
w8 0x41200000 0x01
w64 0x41200030 0
w64 0x41200008 0
ec_send 1
dump 0x41200000 16
