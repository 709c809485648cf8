%include lib.inc
# entries of the grant table that are rewritten while they are in use
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
fill 0x41200000 0x20000 0x11
a2p SELF 0 1 0 0x38000
const T 0x38000000
gnt_entry T 8 5 1 0x41201
gnt_entry T 9 5 1 0x41202
gnt_entry T 10 5 1 0x41203
gnt_entry T 11 1 1 0x41204
gnt_entry T 12 1 1 0x41205
gnt_entry T 13 1 1 0x41206
gnt_entry T 14 5 1 0x41207
gnt_map 0x46001000 6 8 1
gnt_map 0x46002000 6 9 1
gnt_map 0x46003000 6 10 1
gnt_map 0x46004000 6 11 1
gnt_map 0x46005000 6 12 1
gnt_map 0x46006000 2 13 1
gnt_map 0x46007000 6 14 1
note ro entry mapped ro, then same with bits, no readonly: write copy
r16 T+64
w16 T+64 0x9
gnt_copy 0x41210 SELF 0 8 1 0 8 2
r16 T+64
note ro entry mapped ro, flags 1 (reading cleared), same frame: write copy
w16 T+72 1
gnt_copy 0x41210 SELF 0 9 1 0 8 2
r16 T+72
note other frame, reading kept
w16 T+80 9
w32 T+84 0x41212
gnt_copy 0x41210 SELF 0 10 1 0 8 2
r16 T+80
note rw entry mapped ro: write copy; frame rewritten
gnt_copy 0x41210 SELF 0 11 1 0 8 2
r16 T+88
w32 T+92 0x41213
gnt_copy 0x41210 SELF 0 11 1 0 8 2
gnt_copy 11 1 0 0x41210 SELF 0 8 1
r16 T+88
note rw entry mapped ro; flags 0; domid changed
w16 T+96 8
gnt_copy 0x41210 SELF 0 12 1 0 8 2
gnt_copy 12 1 0 0x41210 SELF 0 8 1
w16 T+98 7
gnt_copy 12 1 0 0x41210 SELF 0 8 1
gnt_copy 0x41210 SELF 0 12 1 0 8 2
note rw mapped rw: frame, flags, domid rewritten
w32 T+108 0x41213
w32 T+104 0
gnt_copy 0x41210 SELF 0 13 1 0 8 2
gnt_copy 13 1 0 0x41210 SELF 0 8 1
note map again
w16 T+112 9
gnt_map 0x46008000 2 14 1
w32 T+116 0x41214
gnt_map 0x46009000 2 14 1
