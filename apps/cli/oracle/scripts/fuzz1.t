%include lib.inc
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
w16 0x41ff0000 SELF
a2p 1 0 4 2 139264
ec_ipi 2
getparam SELF 26
ec_bind 0 6
ec_send 1024
resv1 1 32753 0 0 139264
ec_status 0 63
ec_bindvcpu 0 1
gnt_query 0
ec_ipi 1
ec_close 1024
gnt_setup 2 65 BUF2
rmpm 2 12289
resv1 6 SELF 0 0 12289
gnt_query SELF
gnt_query 3
rmpm SELF 229377
ec_bind SELF 7
resv1 6 32753 9 0 266763
gnt_query SELF
gnt_version 32753
hc memory_op 3 0x41ff0000
regvcpu 0 139264 4048 0
ec_close 1024
gnt_query 2
gnt_setup 3 1 BUF2
hc memory_op 14 0x41ff0000
ec_send 3
gnt_copy 10 SELF 4095 229379 9 4090 7 3
ec_close 64
gnt_query SELF
gnt_map 570425344 1 8 SELF
ec_alloc 2 9
gnt_setup 0 65 BUF2
getparam 3 13
ec_status 1 2
ec_unmask 3
setparam 0 12 757
ec_alloc SELF SELF
ec_bind 0 1024
ec_alloc SELF 32753
ec_alloc SELF 0
a2p 3 0 4 0 266766
getparam 9 30
ec_close 1
ec_send 63
a2p 0 0 0 1 68719476735
getparam 32753 4
ec_bind 2 6
ec_alloc 0 3
a2p 32753 0 0 63 266762
ec_send 63
ec_virq 5 1
ec_ipi 2
resv1 1 0 1 0 68719476735
ec_bind SELF 1024
gnt_setup 9 64 BUF2
getparam 2 3
getparam 0 21
hc memory_op 14 0x41ff0000
regvcpu 1 266756 4 0
regvcpu 1 266762 4048 0
ec_unmask 1024
a2p SELF 0 1 1 68719476735
gnt_query 2
resv1 1 1 9 0 229378
regvcpu 1 229378 4048 0
ec_bindvcpu 1 1
a2p SELF 0 2 1 139264
ec_close 64
a2p 32753 0 0 0 229376
rmpm 2 229377
ec_ipi 2
gnt_copy 11 SELF 16 68719476735 SELF 0 4097 1
gnt_unmap 570425344 0 1
ec_bindvcpu 5 1
ec_virq 3 0
ec_ipi 2
ec_ipi 2
gnt_map 281474976706560 3 9 2
hc memory_op 14 0x41ff0000
ec_alloc SELF SELF
gnt_query 32753
ec_alloc 9 9
setparam SELF 2 217
ec_bind SELF 5
gnt_version 9
ec_bindvcpu 0 0
a2p SELF 0 0 2 278536
ec_unmask 7
gnt_map 281474976706560 0 11 9
getparam SELF 29
ec_bindvcpu 6 1
ec_unmask 1023
gnt_unmap 1140854784 0 3
ec_virq 13 2
ec_close 63
hc memory_op 3 0x41ff0000
ec_bindvcpu 1 0
gnt_copy 68719476735 3 4090 10 0 0 4097 0
gnt_map 1140891648 6 100000 1
ec_bind SELF 0
gnt_copy 8 2 4095 10 SELF 4088 4096 2
resv1 1 2 9 0 139264
gnt_setup 2 65 BUF2
setparam 3 13 188
ec_send 6
ec_virq 14 1
ec_send 1024
ec_send 4
ec_ipi 1
gnt_version SELF
rmpm SELF 229378
hc memory_op 14 0x41ff0000
gnt_map 72057594037927940 6 11 1
ec_send 1
ec_ipi 1
a2p SELF 0 5 0 278534
ec_alloc 1 SELF
gnt_version SELF
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@B
w16 0x41ff0000 SELF
ec_bindvcpu 6 1
a2p 32753 0 0 2 266764
ec_bindvcpu 3 2
gnt_version 3
ec_ipi 0
ec_virq 16 0
ec_bindvcpu 7 2
a2p SELF 0 5 0 17592186044416
gnt_unmap 1092616192 0 1
gnt_unmap 281474976706560 0 1
ec_alloc SELF 2
regvcpu 2 139264 4 0
ec_close 2
a2p SELF 0 0 63 17592186044416
regvcpu 1 229376 8 0
resv1 0 3 9 0 17592186044416
getparam 9 11
gnt_query SELF
rmpm 0 17592186044416
hc memory_op 14 0x41ff0000
setparam 9 34 194
gnt_setup SELF 0 BUF2
rmpm SELF 266753
gnt_copy 139264 SELF 4090 0 9 4096 8 2
gnt_query 32753
gnt_version 1
hc memory_op 14 0x41ff0000
ec_bindvcpu 1 1
gnt_copy 9 1 0 229376 SELF 4097 4097 3
getparam 3 8
getparam 9 25
a2p 1 0 4 0 12289
ec_send 1
regvcpu 1 229378 4056 0
gnt_copy 266753 SELF 4096 17592186044416 SELF 1 4096 3
ec_unmask 6
gnt_unmap 1092657152 0 0
hc memory_op 14 0x41ff0000
getparam 32753 14
gnt_copy 11 1 4096 266762 SELF 1 4096 2
resv1 0 3 9 0 12289
rmpm 1 139264
a2p SELF 0 1 64 17592186044416
ec_bind SELF 63
hc memory_op 3 0x41ff0000
gnt_version 3
ec_close 2
ec_unmask 63
ec_bind 32753 5
ec_alloc 2 9
setparam 1 39 633
ec_virq 25 0
gnt_unmap 570425344 0 2
ec_unmask 2
ec_alloc 0 SELF
ec_bind SELF 64
ec_bindvcpu 63 1
ec_ipi 0
gnt_setup SELF 64 BUF2
ec_virq 9 1
ec_bind SELF 4
hc memory_op 4 0x41ff0000
ec_bindvcpu 1 2
ec_unmask 1024
ec_alloc 32753 0
ec_virq 14 2
gnt_query SELF
rmpm SELF 229377
regvcpu 1 266761 4056 0
gnt_query 32753
ec_send 0
gnt_unmap 1140908032 0 0
gnt_map 1092636672 1 11 0
rmpm 3 68719476735
ec_bindvcpu 63 1
getparam 0 30
ec_bind 9 5
gnt_version 0
ec_unmask 7
ec_alloc 3 9
ec_bind 32753 0
gnt_copy 0 3 16 1023 32753 16 1 3
gnt_version 2
ec_ipi 1
rmpm 2 139264
gnt_query 32753
gnt_unmap 281474976706560 0 1
ec_send 1
setparam 1 25 582
ec_ipi 0
gnt_setup 9 2 BUF2
gnt_unmap 570425344 0 1
ec_send 0
ec_close 6
ec_bindvcpu 1023 0
ec_bindvcpu 63 0
resv1 6 SELF 2 0 266752
ec_bindvcpu 7 0
setparam 1 25 790
gnt_map 281474976706560 0 1023 32753
a2p SELF 0 4 2 266764
gnt_setup SELF 65 BUF2
gnt_query SELF
gnt_unmap 1092648960 0 3
a2p 1 0 4 0 266755
setparam 1 5 924
gnt_unmap 570425344 0 2
a2p 0 0 0 64 68719476735
ec_virq 19 1
ec_send 4
ec_virq 19 1
ec_bind 1 63
ec_virq 14 2
regvcpu 0 139264 0 0
gnt_version 1
ec_send 1023
regvcpu 0 139264 4 0
gnt_query SELF
gnt_unmap 1140891648 0 0
gnt_map 50335744 2 8 9
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@C
w16 0x41ff0000 SELF
ec_unmask 63
ec_bindvcpu 7 2
gnt_map 570425344 18 0 0
ec_alloc 1 SELF
gnt_unmap 281474976706560 0 0
rmpm SELF 278537
getparam 3 15
rmpm SELF 139264
ec_unmask 1024
ec_virq 19 1
a2p 32753 0 1 0 139264
ec_unmask 2
gnt_unmap 570425344 0 0
ec_virq 22 2
ec_status 0 3
gnt_version 2
ec_close 6
gnt_unmap 570425344 0 2
ec_status 32753 4
ec_status SELF 7
getparam 9 35
ec_bindvcpu 64 0
ec_ipi 1
ec_status 3 6
ec_status 1 6
ec_send 2
ec_close 64
gnt_version SELF
gnt_copy 8 9 1 12289 0 4097 7 3
gnt_version SELF
ec_status SELF 7
ec_close 6
gnt_version SELF
gnt_copy 17592186044416 32753 1 12289 SELF 1 4097 3
ec_send 64
gnt_map 72057594037927940 0 11 SELF
gnt_setup SELF 2 BUF2
setparam SELF 32 399
ec_ipi 0
gnt_copy 68719476735 SELF 16 12289 SELF 0 1 3
ec_ipi 1
ec_ipi 2
hc memory_op 14 0x41ff0000
rmpm 9 139264
ec_close 2
ec_ipi 1
regvcpu 2 229378 4 0
gnt_setup SELF 64 BUF2
hc memory_op 14 0x41ff0000
gnt_version SELF
hc memory_op 3 0x41ff0000
ec_bindvcpu 0 2
resv1 6 3 0 0 278537
ec_bind 9 3
ec_bindvcpu 5 2
getparam 3 8
ec_unmask 6
ec_bind 0 5
ec_status 32753 3
setparam 32753 29 277
rmpm SELF 229378
rmpm 9 139264
ec_virq 13 2
gnt_map 1140867072 2 0 SELF
ec_status 9 0
ec_bind 0 2
ec_virq 16 1
ec_alloc 3 2
ec_bind 2 1023
ec_status SELF 7
gnt_copy 511 0 4088 1023 SELF 0 4096 2
ec_close 64
ec_bind 2 2
hc memory_op 14 0x41ff0000
gnt_version SELF
resv1 1 SELF 0 0 17592186044416
ec_bind 0 4
gnt_version SELF
gnt_unmap 1140879360 0 0
resv1 1 9 10 0 229378
ec_alloc 3 3
resv1 6 9 0 0 229379
ec_alloc 9 SELF
ec_virq 17 0
ec_status 2 64
gnt_copy 278538 SELF 4090 512 9 0 0 3
ec_bindvcpu 1 2
ec_send 63
gnt_copy 68719476735 32753 4096 10 2 4096 16 2
ec_status SELF 7
a2p SELF 0 0 63 266759
gnt_version SELF
ec_unmask 1024
gnt_setup SELF 2 BUF2
ec_unmask 1023
a2p 1 0 0 0 12289
regvcpu 0 12289 8 0
regvcpu 2 139264 4048 0
gnt_version 1
resv1 6 9 0 0 278530
ec_bind 3 6
gnt_unmap 1092669440 0 3
gnt_unmap 1140862976 0 3
gnt_version SELF
gnt_unmap 570425344 0 2
ec_unmask 1
ec_virq 15 0
ec_alloc SELF 3
hc memory_op 14 0x41ff0000
gnt_version 3
gnt_setup 1 65 BUF2
gnt_map 939532288 3 8 SELF
ec_bind SELF 2
ec_bindvcpu 5 0
ec_send 64
ec_alloc 32753 0
ec_bind SELF 0
setparam 3 19 997
regvcpu 1 139264 0 0
hc memory_op 14 0x41ff0000
