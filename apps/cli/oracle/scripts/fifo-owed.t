%include lib.inc
# events that were raised before the array had a word for them
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
fill 0x41200000 0x20000 0x11
a2p SELF 0 0 0x0 0x4120c
w64 0x4120c000+0x30 0x6
fill BUF 32 0
w64 BUF 0x41201
hc event_channel_op 11 BUF
w64 BUF 0x41202
hc event_channel_op 12 BUF
dump 0x41202000 16
w16 BUF 1
hc event_channel_op 10 BUF
dump 0x41202000 16
r64 0x4120c030
ec_alloc SELF SELF
ec_close 0x1
r64 0x4120c030
fill BUF 32 0
w64 BUF 0x41203
hc event_channel_op 11 BUF
w64 BUF 0x41204
hc event_channel_op 12 BUF
dump 0x41204000 16
dump 0x41203000 64
