%include lib.inc
# the FIFO ABI: control blocks of some vcpus, spoilt words, priorities, reset
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@A
note control block of vcpu 1 only
fill 0x41200000 0x20000 0
ec_ipi 0
ec_ipi 1
ec_ipi 0
w64 BUF 0x41210
w32 BUF+8 0
w32 BUF+12 1
hc event_channel_op 11 BUF
w64 BUF 0x41211
hc event_channel_op 12 BUF
ec_send 1
dump 0x41211000 32
ec_send 2
ec_send 1
dump 0x41211000 32
dump 0x41210000 80
ec_unmask 1
dump 0x41211000 32
w64 BUF 0x41212
w32 BUF+8 0
w32 BUF+12 0
hc event_channel_op 11 BUF
ec_send 1
ec_send 3
dump 0x41211000 32
dump 0x41212000 80
ec_close 1
ec_close 3
dump 0x41211000 32
ec_ipi 0
ec_ipi 0
ec_send 1
ec_send 4
ec_send 5
dump 0x41211000 32
dump 0x41212000 80
note masked, then unmasked; priority changed while linked
w32 0x41211000+16 0x40000000
ec_send 4
dump 0x41211000 32
ec_unmask 4
dump 0x41211000 32
w32 BUF 4
w32 BUF+4 2
hc event_channel_op 13 BUF
w32 0x41211000+16 0
ec_send 4
dump 0x41211000 32
dump 0x41212000 80
ec_bindvcpu 4 1
ec_alloc SELF SELF
ec_bind SELF 6
ec_bindvcpu 6 1
ec_send 7
ec_send 7
dump 0x41211000 32
dump 0x41212000 80
dump 0x41210000 80
ec_bindvcpu 6 0
w32 0x41211000+24 0
ec_send 7
dump 0x41211000 32
dump 0x41212000 80
dump 0x41210000 80
ec_status SELF 6
@B
note words spoilt
fill 0x41200000 0x20000 0x1c
ec_ipi 0
ec_ipi 0
ec_ipi 0
ec_ipi 0
w64 BUF 0x41210
w32 BUF+8 64
w32 BUF+12 0
hc event_channel_op 11 BUF
dump 0x41210040 80
w64 BUF 0x41211
hc event_channel_op 12 BUF
ec_send 1
ec_send 2
dump 0x41211000 32
dump 0x41210040 80
w32 0x41211000+4 0
ec_send 3
ec_send 1
dump 0x41211000 32
dump 0x41210040 80
w32 BUF 4
w32 BUF+4 0
hc event_channel_op 13 BUF
ec_send 4
dump 0x41211000 32
dump 0x41210040 80
w16 BUF SELF
hc event_channel_op 10 BUF
dump 0x41211000 32
ec_ipi 0
ec_ipi 0
ec_send 1
w64 BUF 0x41213
w32 BUF+8 0
w32 BUF+12 0
hc event_channel_op 11 BUF
w64 BUF 0x41214
hc event_channel_op 12 BUF
dump 0x41214000 32
dump 0x41213000 80
ec_ipi 0
ec_send 1
ec_send 2
dump 0x41214000 32
dump 0x41213000 80
w64 BUF 0x41215
w32 BUF+12 1
hc event_channel_op 11 BUF
ec_bindvcpu 1 1
ec_status SELF 1
@C
note two-level pending when the array comes; spoilt control block
fill 0x41200000 0x20000 0xff
a2p SELF 0 0 0 0x41202
ec_ipi 0
ec_ipi 1
ec_ipi 0
ec_send 1
ec_send 2
ec_close 3
w64 BUF 0x41210
w32 BUF+8 0
w32 BUF+12 0
hc event_channel_op 11 BUF
dump 0x41210000 80
fill 0x41211000 4096 0
w64 BUF 0x41211
hc event_channel_op 12 BUF
dump 0x41211000 32
dump 0x41210000 80
w64 BUF 0x41212
w32 BUF+12 1
hc event_channel_op 11 BUF
ec_send 2
ec_send 1
dump 0x41211000 32
dump 0x41210000 80
dump 0x41212000 80
w32 0x41210000 0
w32 0x41211000+4 0
ec_send 1
dump 0x41211000 32
dump 0x41210000 80
dump 0x41202000 64
