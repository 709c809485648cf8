%include lib.inc
# own frames that a grant maps a second time
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
fill 0x41200000 0x20000 0x11
a2p SELF 0 1 0 0x38000
gnt_entry 0x38000000 8 1 1 0x41202
gnt_entry 0x38000000 9 5 1 0x41203
gnt_map 0x46000000 2 8 1
gnt_map 0x46001000 6 9 1
note vcpu_info on RO own grant mapping, rw own
regvcpu 0 0x46001 0 0
regvcpu 1 0x46000 0 0
note decrease of the alias
w16 BUF SELF
hc memory_op 3 BUF
resv1 1 SELF 0 0 0x46001
hc memory_op 3 0x41ff0000
w16 BUF SELF
hc memory_op 3 BUF
r64 0x41203000
gnt_unmap 0x46001000 0 1
w16 BUF SELF
hc memory_op 3 BUF
r64 0x41203000
gnt_entry 0x38000000 10 1 1 0x41203
gnt_map 0x46002000 2 10 1
rmpm SELF 0x41203
resv1 1 SELF 0 0 0x41203
note shared_info: decreased then placed again: what can be done with it
a2p SELF 0 0 0 0x38010
resv1 1 SELF 0 0 0x38010
a2p SELF 0 0 0 0x38011
r64 0x38011030
w64 0x38011c00 0x1234
hc xen_version 1 0x38011c00
r64 0x38011c00
gnt_entry 0x38000000 11 1 1 0x38011
gnt_map 0x46003000 2 11 1
resv1 1 SELF 0 0 0x38011
r64 0x38011030
gnt_copy 0x38011 SELF 0 0x41210 SELF 0 8 0
gnt_copy 0x41210 SELF 0 0x38011 SELF 0xc00 8 0
resv1 6 SELF 0 0 0x38011
fill 0x38011000 8 0x44
a2p SELF 0 0 0 0x38012
note grant frame 0 decreased; still works as grant table?
resv1 1 SELF 0 0 0x38000
gnt_map 0x46004000 2 8 1
gnt_query SELF
