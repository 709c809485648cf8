%include lib.inc
# frames of the grant table that somebody references while they are given up
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
macro map1 addr flags ref dom
fill BUF 32 0xaa
w64 BUF addr
w32 BUF+8 flags
w32 BUF+12 ref
w16 BUF+16 dom
hc grant_table_op 0 BUF 1
r16 BUF+18
r32 BUF+20
endm
a2p SELF 0 1 0 0x38000
a2p SELF 0 1 1 0x38001
a2p SELF 0 1 2 0x38002
a2p SELF 0 1 3 0x38003
gnt_entry 0x38000000 8 1 1 0x38001
gnt_entry 0x38000000 9 1 1 0x38002
gnt_entry 0x38000000 10 1 1 0x38003
map1 0x46000000 2 8 1
map1 0x46001000 2 9 1
note decreased while mapped by a grant
resv1 1 SELF 0 0 0x38001
a2p SELF 0 1 1 0x38004
a2p SELF 0 1 1 0x38004
rmpm SELF 0x38004
a2p SELF 0 1 1 0x38005
note alias decreased
resv1 1 SELF 0 0 0x46001
a2p SELF 0 1 2 0x38006
rmpm SELF 0x38002
a2p SELF 0 1 2 0x38006
gnt_unmap 0x46001000 0 1
a2p SELF 0 1 2 0x38007
note mapped over by a grant, which goes
a2p SELF 0 1 4 0x38010
map1 0x38010000 2 10 1
a2p SELF 0 1 4 0x38011
gnt_unmap 0x38010000 0 2
a2p SELF 0 1 4 0x38012
note itself mapped over itself
map1 0x38003000 2 10 1
a2p SELF 0 1 3 0x38013
gnt_unmap 0x38003000 0 3
a2p SELF 0 1 3 0x38014
rmpm SELF 0x38014
map1 0x46005000 2 10 1
a2p SELF 0 1 5 0x38015
gnt_entry 0x38000000 11 1 1 0x38015
map1 0x46006000 2 11 1
map1 0x46007000 2 11 1
r32 BUF+20
rmpm SELF 0x38015
a2p SELF 0 1 5 0x38016
rmpm SELF 0x46006
a2p SELF 0 1 5 0x38017
rmpm SELF 0x38016
rmpm SELF 0x46007
a2p SELF 0 1 5 0x38018
gnt_unmap 0x46006000 0 4
gnt_unmap 0x46006000 0 5
gnt_unmap 0x46006000 0 6
a2p SELF 0 1 5 0x38018
