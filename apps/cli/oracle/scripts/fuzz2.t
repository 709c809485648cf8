%include lib.inc
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
w16 0x41ff0000 SELF
gnt_copy 512 1 4096 0 0 0 0 3
rmpm 0 68719476735
ec_status SELF 1023
gnt_copy 266753 SELF 4090 68719476735 SELF 4088 6 2
gnt_setup 3 0 BUF2
setparam 2 8 434
rmpm 1 139264
ec_bindvcpu 2 0
getparam SELF 38
gnt_unmap 939524096 0 1
rmpm 2 17592186044416
ec_bind 0 64
ec_send 5
ec_bindvcpu 1024 1
ec_bind SELF 3
ec_send 3
ec_unmask 7
rmpm 1 229379
ec_close 2
ec_alloc SELF 2
hc memory_op 4 0x41ff0000
gnt_map 1092677632 2 511 3
ec_status 1 7
gnt_copy 139264 2 16 68719476735 32753 4095 6 3
gnt_copy 266765 SELF 8 512 3 4090 8 0
ec_send 63
ec_alloc 0 2
ec_unmask 6
gnt_query 32753
ec_bind 0 5
ec_close 7
a2p SELF 0 0 0 278533
rmpm SELF 12289
gnt_version 1
ec_virq 22 2
gnt_unmap 1092665344 0 0
ec_status 2 3
ec_status 9 1023
gnt_version 32753
gnt_unmap 939528192 0 0
setparam SELF 31 345
hc memory_op 4 0x41ff0000
gnt_copy 100000 3 4090 278535 32753 1 4097 2
gnt_setup SELF 2 BUF2
gnt_query 9
a2p 9 0 4 63 12289
gnt_copy 11 1 4088 139264 SELF 0 16 2
ec_unmask 1023
ec_virq 0 0
gnt_version 0
regvcpu 2 12289 0 0
setparam 0 28 640
regvcpu 2 139264 0 0
gnt_version 1
ec_ipi 2
ec_close 63
ec_status 32753 3
setparam 0 34 57
hc memory_op 14 0x41ff0000
gnt_unmap 939524096 0 0
setparam SELF 23 612
hc memory_op 3 0x41ff0000
ec_send 3
resv1 6 32753 10 0 266761
gnt_map 281474976706560 1 10 1
hc memory_op 3 0x41ff0000
ec_alloc 32753 32753
gnt_map 50335744 2 11 0
a2p 32753 0 0 64 12289
ec_status 2 1023
ec_ipi 2
ec_send 6
resv1 0 9 10 0 266755
a2p 3 0 5 63 278533
gnt_query 2
rmpm SELF 139264
rmpm SELF 68719476735
gnt_version SELF
gnt_unmap 72057594037927940 0 1
resv1 1 32753 2 0 278532
gnt_copy 10 2 1 266761 SELF 4096 4097 2
gnt_query 0
regvcpu 1 12289 0 0
gnt_map 939528192 3 11 9
gnt_unmap 72057594037927940 0 2
ec_close 6
gnt_map 1140912128 3 10 2
ec_ipi 0
ec_close 5
gnt_unmap 72057594037927940 0 3
gnt_map 1140912128 18 512 2
getparam 0 26
hc memory_op 14 0x41ff0000
ec_bind 2 3
setparam 2 36 355
ec_alloc 9 SELF
regvcpu 0 139264 4056 0
gnt_setup 1 0 BUF2
ec_unmask 4
ec_virq 2 0
a2p 32753 0 5 0 266760
regvcpu 1 17592186044416 4048 0
a2p 1 0 2 2 17592186044416
ec_close 7
gnt_map 939536384 2 511 32753
ec_bind 1 6
gnt_version 32753
gnt_setup 9 2 BUF2
ec_bind 1 4
a2p 32753 0 5 1 139264
gnt_copy 11 32753 0 11 3 4097 4096 0
ec_unmask 64
gnt_copy 0 0 4096 511 2 16 16 1
gnt_version 1
ec_ipi 2
gnt_setup SELF 1 BUF2
gnt_query 0
gnt_copy 8 3 4097 9 SELF 16 4096 3
setparam 2 0 848
gnt_copy 68719476735 9 8 511 SELF 0 4096 0
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@B
w16 0x41ff0000 SELF
getparam 2 25
ec_unmask 6
ec_virq 7 1
gnt_setup 9 0 BUF2
getparam SELF 11
setparam SELF 3 180
ec_alloc 1 0
rmpm SELF 266760
gnt_unmap 1092657152 0 1
ec_send 6
ec_bind 1 1024
ec_bind SELF 7
setparam 3 31 835
a2p 9 0 1 1 139264
ec_bindvcpu 63 0
gnt_unmap 1092620288 0 1
ec_status SELF 64
ec_bind SELF 1
gnt_unmap 939524096 0 0
gnt_version 2
resv1 6 9 0 0 278539
gnt_setup SELF 2 BUF2
ec_bind 0 2
resv1 1 9 9 0 12289
rmpm SELF 12289
ec_send 1
gnt_map 281474976706560 2 0 SELF
ec_unmask 4
rmpm 3 278539
ec_ipi 1
gnt_version 32753
gnt_unmap 570425344 0 0
getparam 2 3
a2p SELF 0 1 63 17592186044416
resv1 1 0 10 0 17592186044416
hc memory_op 3 0x41ff0000
gnt_query 9
ec_ipi 0
ec_close 2
ec_ipi 0
gnt_copy 12289 2 0 10 SELF 16 4096 0
resv1 6 32753 2 0 17592186044416
ec_alloc 2 9
ec_virq 18 1
gnt_unmap 72057594037927940 0 2
gnt_version 1
ec_ipi 2
ec_bindvcpu 1024 0
regvcpu 0 68719476735 4056 0
gnt_copy 229378 SELF 4095 266752 SELF 4090 0 0
gnt_setup 9 0 BUF2
ec_unmask 1
ec_bind 2 63
hc memory_op 3 0x41ff0000
ec_alloc SELF 1
gnt_version 2
gnt_map 939524096 6 9 3
gnt_setup 1 0 BUF2
gnt_query 0
ec_send 64
ec_close 1023
ec_unmask 0
gnt_map 570425344 1 0 0
ec_bind 0 0
regvcpu 0 278539 4056 0
setparam 0 0 539
gnt_copy 1023 9 4090 12289 2 4096 6 1
ec_status 3 64
ec_close 5
regvcpu 2 12289 4056 0
gnt_copy 1 32753 1 12289 SELF 0 16 3
gnt_version 0
gnt_map 939524096 1 9 3
setparam 9 7 680
resv1 0 1 0 0 278530
ec_send 64
ec_close 1
setparam SELF 1 958
gnt_query 3
rmpm 2 278537
hc memory_op 3 0x41ff0000
a2p 9 0 0 1 266764
ec_send 2
ec_unmask 1024
gnt_copy 139264 32753 0 1 SELF 0 8 2
getparam SELF 3
ec_close 2
hc memory_op 14 0x41ff0000
ec_close 7
hc memory_op 4 0x41ff0000
ec_bind 9 1024
hc memory_op 14 0x41ff0000
rmpm SELF 12289
ec_bind 9 1023
gnt_unmap 1092624384 0 3
setparam 3 5 993
ec_ipi 0
gnt_setup SELF 65 BUF2
ec_close 0
ec_alloc SELF 32753
gnt_setup 1 2 BUF2
gnt_copy 12289 2 16 512 2 16 4096 2
getparam SELF 17
gnt_query 1
a2p 32753 0 4 64 278532
ec_status SELF 5
gnt_unmap 281474976706560 0 3
gnt_copy 1 SELF 0 68719476735 3 4095 6 1
gnt_setup 2 2 BUF2
ec_status 32753 2
ec_ipi 1
ec_ipi 1
ec_bindvcpu 3 2
ec_bind 2 7
ec_ipi 0
gnt_version 3
a2p 0 0 1 1 278537
resv1 6 32753 9 0 12289
ec_virq 1 1
ec_virq 1 2
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@C
w16 0x41ff0000 SELF
ec_bindvcpu 63 1
gnt_query SELF
ec_unmask 5
gnt_query SELF
gnt_unmap 50335744 0 3
ec_ipi 1
rmpm 32753 266752
a2p 1 0 4 63 229376
gnt_query 32753
gnt_map 72057594037927940 0 512 SELF
getparam 2 39
ec_alloc 1 SELF
gnt_copy 9 1 4096 12289 2 4088 1 1
setparam 3 0 511
ec_close 1
ec_close 7
ec_bindvcpu 63 0
rmpm 1 229376
gnt_version 9
ec_alloc SELF 2
hc memory_op 4 0x41ff0000
gnt_version 1
setparam 32753 32 942
getparam SELF 25
gnt_map 281474976706560 0 1 2
rmpm SELF 266757
gnt_version 1
gnt_query 0
gnt_copy 68719476735 32753 16 1 1 0 7 2
a2p 1 0 0 0 266755
regvcpu 1 68719476735 0 0
gnt_version 9
ec_bind SELF 64
rmpm 3 229378
ec_alloc 2 3
ec_ipi 2
ec_virq 4 1
getparam 32753 21
gnt_version 9
gnt_setup 3 2 BUF2
ec_alloc 32753 2
ec_status SELF 7
a2p SELF 0 1 1 229379
gnt_query 9
a2p SELF 0 0 1 229377
ec_bind 0 1023
ec_alloc SELF 1
ec_bindvcpu 1023 2
resv1 1 3 9 0 12289
regvcpu 0 229376 0 0
ec_send 1024
gnt_copy 1023 32753 4097 9 9 4097 0 3
ec_virq 11 2
a2p SELF 0 4 0 68719476735
rmpm 3 278529
getparam 32753 37
ec_send 1
ec_virq 4 1
ec_ipi 1
gnt_map 1092648960 2 10 32753
rmpm 2 139264
hc memory_op 14 0x41ff0000
gnt_setup SELF 64 BUF2
ec_alloc 3 2
gnt_query 0
ec_send 64
ec_bind 32753 1023
ec_status SELF 2
gnt_unmap 939536384 0 2
gnt_map 1092677632 18 511 1
ec_ipi 1
ec_unmask 64
rmpm 3 229378
a2p 32753 0 2 2 68719476735
ec_unmask 64
gnt_version 32753
gnt_unmap 1140875264 0 2
ec_bindvcpu 2 1
a2p 0 0 4 1 229378
ec_send 2
hc memory_op 14 0x41ff0000
regvcpu 0 68719476735 4048 0
a2p SELF 0 1 0 266757
gnt_setup SELF 64 BUF2
gnt_map 281474976706560 2 10 SELF
gnt_setup 32753 2 BUF2
ec_close 0
rmpm 9 139264
rmpm SELF 68719476735
ec_bind 3 2
ec_alloc 9 32753
ec_virq 20 2
ec_bindvcpu 6 2
gnt_map 281474976706560 1 0 2
getparam 1 6
rmpm SELF 229378
ec_bindvcpu 1024 0
setparam 2 33 910
resv1 6 1 0 0 278533
ec_virq 25 1
ec_alloc 32753 1
ec_virq 17 2
gnt_query SELF
ec_close 2
hc memory_op 14 0x41ff0000
ec_bindvcpu 7 0
gnt_map 50335744 3 8 32753
regvcpu 1 68719476735 8 0
hc memory_op 4 0x41ff0000
ec_bind SELF 6
gnt_version SELF
ec_unmask 5
gnt_query SELF
getparam 0 28
ec_ipi 0
gnt_setup SELF 1 BUF2
ec_status SELF 5
gnt_map 570425344 2 1023 0
a2p 0 0 1 2 139264
hc memory_op 4 0x41ff0000
