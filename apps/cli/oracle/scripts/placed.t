%include lib.inc
# objects of the hypervisor that are removed, decreased, or mapped over
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
note decrease
a2p SELF 0 1 0 0x38000
resv1 1 SELF 0 0 0x38000
a2p SELF 0 1 0 0x38001
rmpm SELF 0x38000
a2p SELF 0 1 0 0x38001
a2p SELF 0 1 0 0x38000
a2p SELF 0 1 0 0x38001
note remove
a2p SELF 0 1 1 0x38002
rmpm SELF 0x38002
a2p SELF 0 1 1 0x38003
a2p SELF 0 1 1 0x38003
a2p SELF 0 1 1 0x38002
note another frame placed over
a2p SELF 0 1 2 0x38003
a2p SELF 0 1 1 0x38004
rmpm SELF 0x38003
a2p SELF 0 1 1 0x38004
a2p SELF 0 1 2 0x38005
note populate over a placed frame
a2p SELF 0 1 3 0x38006
resv1 1 SELF 0 0 0x41210
resv1 6 SELF 0 0 0x38006
fill 0x38006000 16 0x77
a2p SELF 0 1 3 0x38007
rmpm SELF 0x38006
a2p SELF 0 1 3 0x38007
note same for shared info
a2p SELF 0 0 0 0x38010
resv1 1 SELF 0 0 0x38010
a2p SELF 0 0 0 0x38011
rmpm SELF 0x38011
a2p SELF 0 0 0 0x38012
a2p SELF 0 1 4 0x38012
a2p SELF 0 0 0 0x38013
rmpm SELF 0x38012
a2p SELF 0 0 0 0x38013
resv1 1 SELF 0 0 0x41211
resv1 6 SELF 0 0 0x38013
a2p SELF 0 0 0 0x38014
rmpm SELF 0x38013
a2p SELF 0 0 0 0x38014
note grant over it
w64 0x41302000 0x5
a2p SELF 0 1 5 0x38020
rmpm SELF 0x38020
a2p SELF 0 1 5 0x38021
r64 0x38021000
a2p SELF 0 0 0 0x38021
a2p SELF 0 1 5 0x38022
