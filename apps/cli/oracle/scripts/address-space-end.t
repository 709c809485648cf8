%include lib.inc
# memory around the last frame of 48 bits
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@A
macro left
w16 BUF SELF
hc memory_op 3 BUF
hc memory_op 14 BUF
endm
resv1 1 SELF 6 0 0x41200
left
note order 0 at the last frame
resv1 6 SELF 0 0 0xfffffffff
left
regvcpu 1 0xfffffffff 4048 0
rmpm SELF 0xfffffffff
rmpm SELF 0xfffffffff
left
note order 1 across
resv1 6 SELF 1 0 0xfffffffff
left
rmpm SELF 0xfffffffff
left
resv1 6 SELF 1 0 0xffffffffe
left
rmpm SELF 0xfffffffff
rmpm SELF 0xffffffffe
note order 2 across, then decrease
resv1 6 SELF 2 0 0xfffffffff
left
gnt_copy 0xfffffffff SELF 0 0x41300 SELF 0 8 0
resv1 1 SELF 0 0 0xfffffffff
left
resv1 6 SELF 2 0 0xffffffffd
left
resv1 1 SELF 0 0 0xffffffffd
resv1 1 SELF 0 0 0xffffffffe
resv1 1 SELF 0 0 0xfffffffff
left
resv1 6 SELF 0 0 0x1000000000
left
resv1 1 SELF 0 0 0x1000000000
rmpm SELF 0x1000000000
@B
resv1 1 SELF 6 0 0x41200
note shared info and grants at the last frame
a2p SELF 0 0 0 0xfffffffff
rmpm SELF 0xfffffffff
a2p SELF 0 0 0 0x1000000000
a2p SELF 0 0 0 0x41200
a2p SELF 0 1 0 0xfffffffff
gnt_map 0xfffffffff000 2 8 1
rmpm SELF 0xfffffffff
resv1 6 SELF 0 0 0xfffffffff
resv1 6 SELF 9 0 0xffffffe00
resv1 6 SELF 3 0 0xffffffff8
rmpm SELF 0xffffffff9
rmpm SELF 0xfffffffff
w16 BUF SELF
hc memory_op 14 BUF
@C
resv1 1 SELF 6 0 0x41200
note order 1 over what is there
resv1 6 SELF 0 0 0xfffffffff
resv1 6 SELF 1 0 0xfffffffff
w16 BUF SELF
hc memory_op 3 BUF
rmpm SELF 0xfffffffff
resv1 6 SELF 2 0 0xfffffffff
resv1 6 SELF 0 0 0xfffffffff
rmpm SELF 0xfffffffff
resv1 6 SELF 9 0 0xffffffff8
resv1 6 SELF 0 0 0x44000

hc memory_op 3 BUF
