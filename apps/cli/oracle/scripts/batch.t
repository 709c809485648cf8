%include lib.inc
# add_to_physmap_batch: the order of checks
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@A
macro batch dom space size foreign
fill BUF 64 0
w16 BUF dom
w16 BUF+2 space
w16 BUF+4 size
w16 BUF+6 foreign
w64 BUF+8 BUF2
w64 BUF+16 BUF2+64
w64 BUF+24 BUF2+128
hc memory_op 23 BUF
hc memory_op 87 BUF
endm
batch 2 5 0 0
batch 2 5 1 0
batch 9 5 0 0
batch SELF 5 0 0
batch SELF 5 1 0
batch 2 1 0 0
batch 2 4 0 0
batch SELF 4 0 2
batch SELF 4 0 9
batch SELF 9 0 9
batch SELF 9 1 9
