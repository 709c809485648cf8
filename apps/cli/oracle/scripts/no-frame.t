%include lib.inc
# gfn ~0
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
macro batch space idx gpfn
fill BUF 64 0
fill BUF2 256 0xaa
w16 BUF SELF
w16 BUF+2 space
w16 BUF+4 1
w64 BUF+8 BUF2
w64 BUF+16 BUF2+64
w64 BUF+24 BUF2+128
w64 BUF2 idx
w64 BUF2+64 gpfn
hc memory_op 23 BUF
dump BUF2+128 8
endm
batch 2 0 0xffffffffffffffff
batch 0 0 0xffffffffffffffff
batch 0 1 0xffffffffffffffff
batch 1 5 0xffffffffffffffff
gnt_query SELF
a2p SELF 0 0 0 0x41200
batch 0 0 0xffffffffffffffff
a2p SELF 0 3 0 0xffffffffffffffff
a2p SELF 1 3 0 0xffffffffffffffff
