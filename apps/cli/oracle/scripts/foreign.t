%include lib.inc
# frames of another domain, mapped by a grant, as anything else than memory
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@A
fill 0x41200000 0x20000 0x11
a2p SELF 0 1 0 0x38000
gnt_entry 0x38000000 8 1 2 0x41202
gnt_entry 0x38000000 9 1 2 0x41203
gnt_entry 0x38000000 10 1 2 0x41204
w16 0x41202000 SELF
ec_alloc SELF 2
sleep 3000
dump 0x41202000 16
@B
fill 0x41200000 0x20000 0x22
a2p SELF 0 1 0 0x38000
w16 BUF 1
w32 BUF+4 1
until event_channel_op 0 BUF 0 0 0 5000
gnt_map 0x46000000 2 8 1
gnt_map 0x46001000 2 9 1
gnt_map 0x46002000 6 10 1
note buffers in a mapping of another domain
hc memory_op 3 0x46000000
hc xen_version 1 0x46000000
hc memory_op 3 0x46002000
note vcpu_info, fifo
regvcpu 0 0x46000 64 0
w64 BUF 0x46000
w32 BUF+8 0
w32 BUF+12 0
hc event_channel_op 11 BUF
note remove, decrease, populate over, a2p over
rmpm SELF 0x46001
r64 0x46001000
resv1 1 SELF 0 0 0x46001
r64 0x46001000
resv1 1 SELF 0 0 0x41210
resv1 6 SELF 0 0 0x46001
fill 0x46001000 8 0x33
gnt_unmap 0x46001000 0 1
r64 0x46001000
gnt_copy 0x46000 SELF 0 0x41211 SELF 0 8 0
gnt_copy 0x41211 SELF 0 0x46000 SELF 0 8 0
gnt_entry 0x38000000 8 1 1 0x46000
gnt_entry 0x38000000 9 1 2 0x46000
gnt_map 0x46005000 2 9 2
gnt_copy 9 2 0 0x41211 SELF 0 8 1
runstate 0 0x46000100
hc multicall 0x46000000 1
