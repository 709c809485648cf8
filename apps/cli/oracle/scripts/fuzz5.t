%include lib.inc
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
w16 0x41ff0000 SELF
resv1 1 SELF 0 0 139264
setparam 2 36 655
ec_bindvcpu 1 2
getparam SELF 7
gnt_unmap 281474976706560 0 1
gnt_unmap 570425344 0 1
ec_bindvcpu 6 1
ec_status SELF 5
ec_ipi 2
regvcpu 0 12289 4056 0
a2p 3 0 1 63 12289
ec_close 64
ec_virq 0 2
gnt_map 50335744 18 10 SELF
gnt_version 32753
ec_status SELF 63
resv1 6 1 9 0 68719476735
rmpm 9 229378
gnt_map 281474976706560 2 11 3
a2p 3 0 5 64 278542
hc memory_op 3 0x41ff0000
gnt_copy 229379 SELF 1 17592186044416 32753 16 8 2
gnt_map 72057594037927940 2 9 SELF
gnt_query 9
ec_ipi 2
gnt_setup 0 0 BUF2
gnt_query 1
setparam SELF 5 330
ec_ipi 2
gnt_query SELF
a2p 2 0 0 63 17592186044416
gnt_copy 17592186044416 1 0 512 9 4090 1 2
hc memory_op 14 0x41ff0000
getparam 32753 30
ec_ipi 1
gnt_copy 17592186044416 0 16 1023 32753 8 8 2
gnt_copy 278531 2 16 10 0 4096 4097 1
ec_status 3 0
setparam SELF 2 207
setparam 3 1 891
ec_alloc 2 2
setparam 2 35 671
gnt_setup 3 2 BUF2
ec_ipi 0
gnt_version SELF
ec_virq 22 1
hc memory_op 4 0x41ff0000
ec_ipi 0
getparam SELF 1
gnt_unmap 1092669440 0 1
ec_status 9 1024
ec_send 1024
ec_send 64
ec_unmask 1024
getparam 9 29
gnt_setup 32753 64 BUF2
gnt_map 939536384 18 1023 1
gnt_setup SELF 0 BUF2
rmpm 0 266766
gnt_unmap 939532288 0 3
ec_status 32753 1023
rmpm 1 68719476735
a2p 3 0 4 0 12289
ec_ipi 1
gnt_copy 512 SELF 8 229377 32753 16 0 0
rmpm 2 139264
getparam 9 8
ec_close 3
gnt_version 9
ec_bind 3 1024
gnt_version SELF
gnt_unmap 1092632576 0 1
gnt_map 939536384 2 100000 SELF
hc memory_op 14 0x41ff0000
ec_send 5
gnt_setup 2 2 BUF2
gnt_unmap 281474976706560 0 1
setparam 2 11 318
hc memory_op 3 0x41ff0000
ec_bindvcpu 5 0
rmpm 32753 278542
ec_alloc SELF 2
getparam SELF 16
ec_virq 5 1
ec_bind 9 1023
resv1 1 SELF 2 0 229378
ec_virq 13 2
a2p 3 0 1 2 278531
ec_unmask 63
gnt_query 9
ec_bind 0 1023
gnt_version 3
a2p 2 0 2 0 17592186044416
regvcpu 1 229376 4056 0
gnt_unmap 939524096 0 2
rmpm 9 278540
ec_unmask 63
ec_bind 1 5
rmpm SELF 229378
ec_close 5
gnt_unmap 939536384 0 0
gnt_unmap 939528192 0 0
rmpm SELF 68719476735
hc memory_op 4 0x41ff0000
hc memory_op 3 0x41ff0000
ec_status 32753 1
getparam 3 12
a2p 9 0 1 0 68719476735
ec_bind 1 1024
ec_send 3
resv1 0 0 1 0 229376
ec_bind SELF 5
ec_alloc 1 SELF
gnt_setup 9 2 BUF2
gnt_map 72057594037927940 0 8 9
ec_bind 32753 2
a2p 9 0 1 2 278528
ec_close 63
ec_ipi 0
ec_send 1024
hc memory_op 3 0x41ff0000
gnt_version SELF
gnt_version 3
ec_ipi 1
regvcpu 1 68719476735 4 0
a2p 0 0 0 63 266767
resv1 0 SELF 0 0 229378
gnt_copy 10 9 0 10 SELF 4088 16 1
a2p SELF 0 1 2 266755
gnt_copy 0 3 8 12289 SELF 4097 7 0
ec_close 7
gnt_setup 2 1 BUF2
rmpm 32753 12289
gnt_version 9
a2p SELF 0 0 0 12289
ec_unmask 6
resv1 6 1 0 0 229376
gnt_setup 9 0 BUF2
ec_close 64
ec_alloc 1 9
resv1 6 0 9 0 229379
gnt_setup 32753 64 BUF2
ec_status SELF 64
ec_unmask 1
getparam SELF 38
ec_bind 2 63
ec_send 1
ec_send 6
ec_alloc 2 1
ec_send 2
gnt_query 32753
gnt_version SELF
ec_alloc SELF 3
hc memory_op 14 0x41ff0000
ec_bindvcpu 7 2
ec_alloc 9 32753
gnt_version 2
ec_alloc 3 SELF
rmpm SELF 278530
ec_close 6
resv1 1 SELF 9 0 278540
gnt_query 2
ec_send 1023
ec_unmask 4
ec_send 63
ec_send 4
gnt_version 9
regvcpu 2 17592186044416 4056 0
hc memory_op 14 0x41ff0000
ec_alloc 2 2
gnt_query 2
ec_alloc SELF SELF
ec_unmask 6
resv1 6 32753 10 0 278536
ec_bind 2 1
gnt_unmap 281474976706560 0 1
resv1 6 9 1 0 139264
gnt_setup 32753 2 BUF2
gnt_version SELF
gnt_copy 9 1 4096 17592186044416 9 1 7 2
gnt_query SELF
gnt_map 1140871168 2 8 1
setparam 3 2 666
a2p 9 0 0 0 139264
getparam SELF 11
gnt_map 50335744 3 0 SELF
ec_bindvcpu 7 2
ec_bind 1 4
rmpm 2 17592186044416
regvcpu 2 68719476735 4048 0
gnt_map 1092620288 18 511 SELF
gnt_version 1
gnt_map 1140912128 1 100000 0
ec_close 2
gnt_unmap 281474976706560 0 1
hc memory_op 14 0x41ff0000
ec_alloc 0 2
ec_ipi 1
ec_send 6
gnt_unmap 1092644864 0 0
gnt_query 9
gnt_copy 139264 3 4090 278530 2 16 16 2
setparam SELF 17 750
ec_send 1023
ec_bind 9 6
ec_unmask 6
ec_bind 9 5
gnt_setup SELF 64 BUF2
ec_bind SELF 7
ec_ipi 1
resv1 6 2 0 0 266767
ec_alloc 2 SELF
ec_bind 3 2
a2p 0 0 1 63 278537
setparam SELF 10 728
ec_close 4
ec_bindvcpu 7 1
ec_alloc 9 9
ec_alloc 9 2
gnt_map 570425344 1 11 1
rmpm 3 229377
gnt_setup SELF 1 BUF2
gnt_copy 10 32753 4097 0 SELF 1 4096 1
ec_virq 7 2
gnt_query 3
resv1 6 32753 0 0 12289
ec_bind 32753 2
ec_ipi 0
ec_bind 3 2
gnt_version 1
ec_unmask 64
ec_ipi 2
gnt_map 72057594037927940 18 1 SELF
ec_bind 0 1023
getparam 32753 16
gnt_unmap 570425344 0 3
ec_ipi 1
ec_bind SELF 5
hc memory_op 3 0x41ff0000
ec_close 5
gnt_version 32753
a2p SELF 0 1 2 278529
ec_status 32753 1023
ec_status 2 7
gnt_setup 0 64 BUF2
gnt_query 9
setparam 2 14 884
ec_bindvcpu 1024 1
ec_bind 2 64
gnt_setup SELF 0 BUF2
regvcpu 2 266765 0 0
ec_virq 22 1
setparam SELF 37 624
ec_close 2
gnt_copy 511 32753 4097 139264 SELF 4088 8 2
ec_ipi 2
a2p SELF 0 1 0 68719476735
ec_virq 0 1
ec_bind SELF 5
ec_bindvcpu 1024 0
resv1 6 1 0 0 229377
ec_unmask 6
ec_bindvcpu 4 2
regvcpu 2 139264 4048 0
regvcpu 0 278535 4 0
setparam SELF 33 290
setparam SELF 36 429
ec_status SELF 64
gnt_query 2
a2p 3 0 0 0 12289
ec_alloc 3 SELF
gnt_query 1
ec_virq 21 1
ec_send 64
ec_ipi 2
gnt_copy 9 2 4090 512 SELF 4095 6 2
gnt_map 72057594037927940 3 0 32753
ec_send 3
getparam 2 6
getparam 1 6
regvcpu 2 17592186044416 4 0
gnt_version 3
setparam 0 0 72
gnt_version SELF
ec_status 1 2
ec_bind SELF 5
setparam 1 3 122
ec_ipi 2
ec_unmask 4
ec_close 1024
resv1 6 SELF 2 0 17592186044416
ec_bind 0 6
setparam 2 3 970
ec_bindvcpu 1024 2
gnt_copy 9 SELF 4095 0 SELF 4095 7 0
ec_status SELF 6
gnt_version 32753
regvcpu 2 278542 4056 0
gnt_unmap 50335744 0 3
regvcpu 2 17592186044416 4048 0
gnt_version SELF
ec_close 4
ec_virq 7 0
gnt_copy 1023 0 0 139264 SELF 4090 1 1
ec_ipi 1
gnt_unmap 570425344 0 2
ec_unmask 6
ec_virq 6 1
ec_alloc 32753 SELF
regvcpu 1 278537 4056 0
gnt_setup 2 65 BUF2
ec_ipi 0
gnt_setup 32753 0 BUF2
gnt_map 72057594037927940 18 0 SELF
ec_virq 13 0
getparam 32753 17
gnt_unmap 1140883456 0 2
gnt_unmap 72057594037927940 0 0
gnt_copy 1 3 16 139264 32753 4088 8 0
gnt_setup 0 2 BUF2
ec_status 2 3
ec_alloc 1 0
setparam 3 39 884
gnt_version 0
getparam SELF 13
gnt_copy 68719476735 2 0 0 0 4096 4096 1
ec_send 1023
gnt_map 281474976706560 2 11 9
ec_close 3
ec_status 9 4
ec_bindvcpu 1023 2
gnt_unmap 50335744 0 3
gnt_copy 139264 2 4097 17592186044416 0 4095 1 3
gnt_version 3
ec_close 0
gnt_map 72057594037927940 2 100000 9
a2p SELF 0 0 1 17592186044416
a2p SELF 0 4 0 278538
ec_virq 18 2
setparam SELF 13 570
ec_bind SELF 1024
ec_unmask 1023
gnt_map 570425344 1 0 SELF
a2p SELF 0 5 0 229378
gnt_version 2
ec_send 2
gnt_setup SELF 1 BUF2
ec_ipi 2
gnt_setup SELF 64 BUF2
ec_send 63
ec_bind 1 6
ec_virq 21 1
ec_ipi 2
setparam SELF 8 289
ec_send 3
gnt_setup 0 64 BUF2
gnt_unmap 50335744 0 3
a2p 1 0 1 64 139264
getparam SELF 35
ec_virq 12 0
ec_ipi 0
ec_close 64
a2p 32753 0 0 63 17592186044416
gnt_unmap 939528192 0 1
gnt_query 1
ec_status 1 5
ec_status 1 1023
ec_send 1024
rmpm 9 68719476735
gnt_copy 139264 SELF 4095 68719476735 SELF 4095 8 2
resv1 1 3 9 0 12289
ec_bind 9 2
ec_send 1024
ec_unmask 1
ec_bindvcpu 4 1
rmpm 2 278539
gnt_query 0
rmpm SELF 266759
ec_virq 20 1
gnt_copy 100000 1 4088 512 SELF 4090 4096 2
resv1 0 3 10 0 68719476735
hc memory_op 4 0x41ff0000
ec_bindvcpu 1024 1
ec_send 63
ec_bindvcpu 0 2
regvcpu 0 12289 8 0
ec_bind 3 64
gnt_map 72057594037927940 1 1023 9
ec_bindvcpu 7 1
ec_status 2 1
gnt_query 1
ec_unmask 63
hc memory_op 4 0x41ff0000
regvcpu 2 229377 4048 0
getparam 3 26
ec_bindvcpu 3 0
gnt_setup 1 2 BUF2
hc memory_op 4 0x41ff0000
gnt_unmap 939528192 0 1
gnt_setup 1 65 BUF2
gnt_map 72057594037927940 3 1 3
gnt_setup 0 64 BUF2
ec_alloc 32753 SELF
gnt_version 2
ec_alloc 3 32753
gnt_map 72057594037927940 0 8 3
hc memory_op 4 0x41ff0000
ec_ipi 1
getparam 9 24
regvcpu 0 68719476735 0 0
gnt_version SELF
ec_send 4
ec_ipi 1
gnt_unmap 570425344 0 2
regvcpu 1 278540 4048 0
gnt_version SELF
gnt_copy 68719476735 9 4096 278538 0 0 7 2
gnt_unmap 1092624384 0 0
regvcpu 0 278531 4056 0
rmpm 9 68719476735
rmpm SELF 266755
ec_close 5
a2p 32753 0 5 64 68719476735
a2p SELF 0 0 2 12289
ec_status SELF 4
regvcpu 1 229378 8 0
a2p 0 0 1 64 68719476735
rmpm 2 278533
getparam SELF 37
ec_close 3
hc memory_op 4 0x41ff0000
gnt_unmap 939524096 0 1
a2p SELF 0 0 0 229376
gnt_setup 32753 65 BUF2
ec_send 7
ec_close 7
gnt_query 9
ec_close 0
ec_ipi 0
hc memory_op 3 0x41ff0000
ec_status SELF 0
resv1 6 0 0 0 68719476735
gnt_unmap 1092632576 0 3
ec_close 3
rmpm SELF 139264
gnt_copy 11 9 1 511 SELF 8 1 0
setparam 9 8 900
ec_bindvcpu 1024 0
ec_bind SELF 4
ec_ipi 1
ec_ipi 0
hc memory_op 14 0x41ff0000
a2p 9 0 1 64 17592186044416
gnt_unmap 281474976706560 0 1
getparam SELF 6
ec_unmask 4
ec_bindvcpu 3 0
ec_bind 32753 0
ec_bind SELF 0
getparam 9 28
a2p 32753 0 1 64 278539
gnt_setup SELF 1 BUF2
setparam SELF 26 79
hc memory_op 14 0x41ff0000
gnt_unmap 281474976706560 0 0
rmpm 9 229376
a2p 9 0 0 0 278532
a2p 2 0 4 1 278541
setparam 3 18 719
gnt_query 32753
ec_alloc 9 SELF
gnt_query SELF
ec_send 7
regvcpu 2 229377 4048 0
ec_unmask 63
ec_close 4
ec_send 1023
resv1 1 1 10 0 12289
regvcpu 0 278538 4 0
ec_virq 15 2
hc memory_op 3 0x41ff0000
hc memory_op 4 0x41ff0000
gnt_unmap 1140879360 0 1
resv1 1 SELF 10 0 139264
ec_unmask 3
ec_bind 9 1024
gnt_query 1
ec_unmask 2
gnt_query 32753
getparam 32753 30
rmpm 2 139264
getparam 9 12
ec_close 7
getparam 2 24
hc memory_op 4 0x41ff0000
hc memory_op 3 0x41ff0000
gnt_version 9
ec_ipi 2
ec_unmask 3
gnt_copy 17592186044416 3 1 266757 0 4088 8 1
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@B
w16 0x41ff0000 SELF
ec_unmask 1023
gnt_query 0
ec_virq 11 0
gnt_map 939528192 1 512 SELF
a2p 9 0 1 2 229378
ec_status 0 1024
ec_ipi 2
gnt_setup 2 65 BUF2
gnt_map 1140891648 3 511 3
rmpm 2 278542
ec_virq 19 2
gnt_query SELF
ec_close 1024
ec_send 1023
gnt_copy 10 SELF 4090 229378 2 4088 16 3
getparam 0 39
ec_bindvcpu 1 2
ec_status 32753 4
ec_bindvcpu 1024 1
setparam 9 10 892
rmpm 9 17592186044416
resv1 6 0 10 0 229377
gnt_setup 3 0 BUF2
ec_bindvcpu 1024 1
gnt_map 939536384 2 1023 1
setparam 2 8 709
ec_ipi 1
gnt_setup 3 65 BUF2
ec_bind 2 5
ec_bindvcpu 6 0
ec_ipi 0
gnt_setup 32753 64 BUF2
gnt_unmap 1092657152 0 0
ec_unmask 2
ec_bindvcpu 4 0
gnt_unmap 570425344 0 2
resv1 0 32753 2 0 17592186044416
gnt_unmap 1140891648 0 0
ec_bind 0 63
gnt_query SELF
ec_unmask 2
gnt_setup SELF 65 BUF2
gnt_setup 32753 2 BUF2
resv1 6 SELF 10 0 12289
gnt_version 1
ec_alloc 0 1
resv1 6 2 0 0 266760
ec_unmask 1023
ec_unmask 1024
gnt_query 32753
gnt_version 1
a2p 32753 0 1 0 12289
gnt_unmap 72057594037927940 0 1
ec_ipi 0
getparam 2 34
gnt_unmap 281474976706560 0 1
ec_bind SELF 1023
gnt_copy 139264 32753 4096 11 0 4090 4097 0
resv1 0 SELF 2 0 139264
ec_status 1 1024
resv1 6 1 10 0 266760
gnt_map 1140895744 0 9 2
rmpm SELF 266752
resv1 1 SELF 2 0 12289
a2p SELF 0 1 0 266766
hc memory_op 14 0x41ff0000
gnt_copy 1023 9 0 12289 SELF 4095 4097 0
ec_send 3
ec_close 1023
ec_bindvcpu 1024 0
gnt_version SELF
getparam 3 21
resv1 1 2 0 0 139264
a2p 0 0 4 0 12289
ec_bind 9 2
getparam 0 31
gnt_query 0
gnt_map 939536384 0 10 3
gnt_setup 1 0 BUF2
ec_alloc 3 3
gnt_query SELF
ec_bindvcpu 63 1
gnt_query SELF
hc memory_op 14 0x41ff0000
gnt_map 1092644864 1 0 9
gnt_setup 0 1 BUF2
ec_unmask 4
resv1 6 SELF 1 0 17592186044416
ec_ipi 0
ec_bind 2 7
gnt_query 2
ec_alloc 3 3
a2p SELF 0 1 0 139264
gnt_copy 17592186044416 1 1 511 2 4097 0 0
gnt_unmap 1140871168 0 0
ec_alloc SELF 0
resv1 6 SELF 0 0 278532
gnt_map 281474976706560 3 11 3
regvcpu 1 12289 8 0
gnt_setup 9 65 BUF2
ec_bind 3 64
gnt_version SELF
gnt_copy 8 SELF 0 1 0 4096 8 1
gnt_map 72057594037927940 6 9 SELF
gnt_unmap 570425344 0 2
a2p SELF 0 5 0 266752
resv1 1 32753 1 0 17592186044416
ec_bindvcpu 7 1
ec_virq 6 1
gnt_unmap 72057594037927940 0 3
gnt_version 2
ec_bindvcpu 0 0
a2p 9 0 1 0 229376
gnt_map 50335744 6 8 32753
ec_alloc 0 0
ec_virq 2 2
ec_bind 1 63
ec_status 0 0
regvcpu 1 229377 4 0
getparam SELF 1
gnt_query 3
getparam 2 31
ec_ipi 1
ec_status 1 63
gnt_map 72057594037927940 2 9 1
a2p 3 0 5 0 139264
ec_ipi 0
ec_status 0 7
gnt_query 1
ec_ipi 1
ec_unmask 5
ec_bindvcpu 1023 0
regvcpu 0 17592186044416 0 0
gnt_version 1
ec_alloc SELF SELF
ec_ipi 1
ec_close 6
hc memory_op 4 0x41ff0000
setparam SELF 24 662
setparam SELF 3 980
getparam 3 19
setparam 0 38 678
rmpm 32753 266767
ec_alloc SELF 0
gnt_copy 1 SELF 1 17592186044416 SELF 4090 0 1
setparam 3 16 129
a2p 3 0 1 0 278541
ec_close 6
ec_status 3 0
ec_bindvcpu 4 2
ec_unmask 7
a2p 1 0 5 63 278543
ec_send 64
a2p SELF 0 2 1 229378
ec_ipi 0
hc memory_op 3 0x41ff0000
resv1 1 3 0 0 266762
resv1 6 SELF 0 0 68719476735
gnt_version SELF
ec_bindvcpu 7 0
ec_send 1024
setparam 3 6 466
getparam 32753 38
rmpm 3 266754
ec_status SELF 1023
ec_unmask 1
gnt_setup 3 64 BUF2
hc memory_op 14 0x41ff0000
gnt_query 32753
rmpm 1 17592186044416
ec_bindvcpu 4 1
ec_status 9 1
gnt_setup 0 0 BUF2
gnt_unmap 1140850688 0 3
gnt_copy 266755 0 4096 1 32753 4090 7 1
ec_bindvcpu 1 0
ec_virq 1 2
ec_bindvcpu 1023 1
ec_unmask 1023
getparam SELF 23
ec_status 32753 1
ec_bindvcpu 6 0
gnt_version SELF
setparam SELF 26 29
ec_ipi 1
ec_alloc 3 9
resv1 1 3 9 0 12289
setparam SELF 8 228
getparam 1 39
ec_bindvcpu 4 0
gnt_copy 266753 32753 8 512 0 4095 4096 3
ec_unmask 1024
gnt_unmap 1140908032 0 3
gnt_query 32753
ec_bindvcpu 5 1
gnt_query SELF
ec_status 9 6
ec_close 1023
ec_ipi 0
ec_virq 15 0
gnt_version 32753
ec_send 1024
gnt_unmap 72057594037927940 0 3
resv1 6 32753 0 0 266758
rmpm 1 229378
regvcpu 0 68719476735 0 0
hc memory_op 14 0x41ff0000
ec_bind SELF 2
getparam 1 29
gnt_map 281474976706560 6 8 2
hc memory_op 3 0x41ff0000
ec_ipi 2
gnt_setup 0 64 BUF2
ec_unmask 64
ec_ipi 1
ec_virq 14 1
getparam 1 11
gnt_setup SELF 65 BUF2
ec_virq 9 0
gnt_copy 1023 SELF 4096 229377 32753 4097 8 2
ec_ipi 2
hc memory_op 14 0x41ff0000
ec_alloc 0 3
regvcpu 1 12289 0 0
ec_virq 0 2
getparam 9 33
ec_close 4
setparam 32753 20 793
ec_bind 9 63
ec_send 1024
ec_bindvcpu 63 0
gnt_map 570425344 0 512 9
ec_bindvcpu 7 2
gnt_query 3
ec_ipi 2
regvcpu 2 266766 4048 0
resv1 6 32753 0 0 278541
gnt_map 570425344 3 9 3
ec_bind 9 5
a2p 2 0 0 2 17592186044416
ec_virq 0 2
hc memory_op 3 0x41ff0000
gnt_query 3
ec_send 6
ec_ipi 1
ec_ipi 0
rmpm SELF 68719476735
gnt_version 9
gnt_version SELF
ec_virq 14 1
ec_close 5
ec_status 32753 2
ec_send 3
ec_bindvcpu 6 1
hc memory_op 4 0x41ff0000
gnt_unmap 1092653056 0 1
gnt_query 3
regvcpu 2 68719476735 0 0
gnt_unmap 281474976706560 0 1
gnt_copy 229379 9 16 278530 3 0 1 3
ec_bind SELF 64
gnt_version 9
regvcpu 1 139264 4 0
ec_close 1
regvcpu 2 139264 4056 0
rmpm 1 278535
gnt_map 281474976706560 3 10 32753
ec_virq 6 0
gnt_query 9
ec_bind SELF 4
ec_alloc 32753 32753
setparam 9 20 659
hc memory_op 4 0x41ff0000
ec_bind 9 0
setparam SELF 5 277
regvcpu 0 139264 4048 0
ec_status SELF 1
ec_close 6
gnt_version SELF
setparam 0 32 367
ec_virq 1 0
a2p SELF 0 4 0 68719476735
gnt_version SELF
rmpm 1 17592186044416
ec_unmask 3
ec_unmask 1024
gnt_setup SELF 0 BUF2
ec_close 1
resv1 0 32753 0 0 266759
ec_send 5
a2p SELF 0 1 2 229378
ec_bindvcpu 4 0
ec_bind 2 64
ec_send 63
setparam 2 15 633
setparam 32753 17 138
gnt_version 9
ec_virq 5 0
gnt_unmap 50335744 0 3
gnt_version 3
gnt_copy 278528 SELF 4096 100000 1 4096 1 1
ec_bind 3 1
gnt_map 50335744 6 10 9
ec_virq 20 1
gnt_setup 1 1 BUF2
ec_close 7
ec_alloc 3 SELF
getparam SELF 20
ec_send 6
ec_bind SELF 1
ec_status 3 1023
ec_close 5
ec_close 6
gnt_unmap 939536384 0 0
ec_close 63
ec_close 1
setparam 0 3 9
ec_virq 16 2
resv1 0 9 10 0 12289
rmpm 2 68719476735
gnt_query 9
ec_ipi 1
ec_bind 9 1
gnt_copy 100000 0 4095 10 3 4088 8 3
gnt_setup 3 2 BUF2
ec_unmask 6
ec_virq 9 1
gnt_copy 0 9 4097 10 2 4095 4096 3
resv1 1 SELF 0 0 68719476735
gnt_version 32753
ec_virq 19 2
ec_bindvcpu 0 1
ec_status 0 4
ec_status SELF 6
ec_status 32753 7
ec_bind 9 3
ec_virq 8 0
gnt_copy 9 3 1 11 SELF 4097 4096 2
ec_status SELF 0
hc memory_op 14 0x41ff0000
regvcpu 1 17592186044416 4048 0
setparam SELF 11 440
setparam 0 12 120
gnt_map 1092673536 3 11 9
gnt_version 9
gnt_map 72057594037927940 18 10 32753
ec_send 64
regvcpu 1 17592186044416 4 0
ec_bindvcpu 3 2
ec_bindvcpu 1023 0
ec_unmask 2
ec_bind 9 5
ec_send 1023
a2p 32753 0 5 63 139264
gnt_setup SELF 2 BUF2
ec_bind 32753 0
ec_alloc 32753 SELF
ec_bindvcpu 2 1
ec_unmask 4
rmpm 1 68719476735
gnt_unmap 1140887552 0 0
gnt_version 1
ec_alloc 0 SELF
ec_status 9 0
rmpm 9 68719476735
regvcpu 2 68719476735 0 0
getparam SELF 2
ec_close 63
ec_status 1 63
rmpm 9 266763
ec_close 1024
rmpm 3 229379
ec_close 3
rmpm SELF 278532
gnt_unmap 1092657152 0 2
regvcpu 2 266767 0 0
a2p 3 0 2 63 68719476735
gnt_setup 0 1 BUF2
ec_ipi 0
ec_ipi 1
gnt_copy 229378 2 1 139264 SELF 0 6 2
gnt_query SELF
gnt_map 1140862976 2 10 32753
ec_bindvcpu 4 1
ec_status 3 7
gnt_unmap 1140858880 0 3
ec_close 63
gnt_version 32753
ec_alloc SELF SELF
ec_virq 15 0
ec_status 3 7
gnt_copy 229379 2 16 511 32753 4088 1 1
ec_bind 0 63
ec_unmask 63
gnt_query 0
rmpm SELF 266760
setparam 0 27 384
gnt_query 0
ec_bind SELF 6
hc memory_op 3 0x41ff0000
gnt_setup SELF 2 BUF2
gnt_unmap 570425344 0 3
resv1 6 9 0 0 139264
ec_close 63
gnt_setup SELF 1 BUF2
ec_unmask 1
a2p 9 0 1 63 278540
ec_status SELF 0
getparam SELF 28
ec_ipi 0
ec_virq 15 2
setparam SELF 23 555
resv1 6 3 0 0 139264
gnt_setup SELF 65 BUF2
ec_status SELF 1023
ec_bindvcpu 1 2
gnt_unmap 1092632576 0 3
gnt_setup 1 65 BUF2
ec_ipi 1
setparam SELF 31 953
ec_virq 23 1
getparam 0 34
ec_unmask 1
getparam 32753 18
gnt_version 2
resv1 6 SELF 10 0 17592186044416
hc memory_op 14 0x41ff0000
ec_close 5
ec_alloc SELF 9
ec_status 2 6
ec_virq 20 1
ec_unmask 7
ec_ipi 0
setparam 9 18 191
ec_unmask 3
ec_close 3
gnt_version 3
ec_send 1
resv1 0 0 10 0 12289
ec_bindvcpu 7 2
regvcpu 2 229379 4 0
regvcpu 2 229378 4056 0
ec_send 5
gnt_query SELF
resv1 6 SELF 0 0 139264
gnt_query 3
ec_close 4
setparam SELF 24 293
ec_bind 1 63
ec_ipi 2
gnt_setup 0 65 BUF2
ec_send 63
setparam 32753 33 261
ec_virq 21 0
setparam 3 2 156
gnt_map 281474976706560 18 0 32753
ec_virq 15 2
ec_virq 6 0
ec_bindvcpu 3 1
gnt_query SELF
ec_close 7
ec_status 1 6
ec_close 4
resv1 6 SELF 1 0 266752
ec_unmask 2
ec_alloc 2 SELF
ec_virq 20 2
ec_unmask 3
setparam 32753 26 245
ec_unmask 3
gnt_map 72057594037927940 3 0 0
gnt_copy 278529 3 4095 512 0 1 4097 2
hc memory_op 3 0x41ff0000
gnt_query 3
ec_alloc SELF 2
hc memory_op 4 0x41ff0000
gnt_map 281474976706560 18 0 0
gnt_query SELF
ec_alloc 32753 SELF
gnt_unmap 72057594037927940 0 1
hc memory_op 3 0x41ff0000
hc memory_op 14 0x41ff0000
gnt_copy 17592186044416 1 4095 278531 SELF 0 16 0
gnt_query SELF
gnt_unmap 72057594037927940 0 3
gnt_map 281474976706560 0 8 SELF
ec_status 2 0
ec_unmask 7
hc memory_op 3 0x41ff0000
ec_bindvcpu 5 1
gnt_unmap 1140899840 0 0
gnt_setup 3 64 BUF2
getparam 3 0
gnt_unmap 72057594037927940 0 2
resv1 6 3 9 0 278533
ec_close 4
a2p SELF 0 1 0 278536
ec_bindvcpu 64 2
gnt_version SELF
ec_unmask 6
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@C
w16 0x41ff0000 SELF
gnt_map 1140887552 18 512 2
setparam 2 7 798
getparam 0 21
ec_alloc 9 1
ec_alloc 1 SELF
a2p 1 0 0 64 278543
ec_ipi 0
ec_close 0
hc memory_op 3 0x41ff0000
ec_unmask 1023
resv1 1 0 2 0 266767
setparam 9 35 116
ec_unmask 6
ec_unmask 63
regvcpu 1 229378 4056 0
ec_bindvcpu 1023 0
ec_bindvcpu 0 2
resv1 6 SELF 0 0 139264
ec_bindvcpu 64 2
gnt_map 72057594037927940 2 10 9
ec_status 9 6
gnt_map 570425344 0 100000 1
ec_ipi 2
setparam 3 16 800
gnt_query SELF
rmpm 9 68719476735
ec_close 6
ec_unmask 6
ec_virq 14 1
ec_send 5
gnt_map 939528192 3 0 9
ec_close 5
ec_send 2
ec_close 1024
resv1 0 SELF 9 0 68719476735
ec_close 2
hc memory_op 14 0x41ff0000
ec_close 5
ec_virq 9 2
rmpm SELF 68719476735
ec_status SELF 4
ec_virq 23 0
ec_send 1024
ec_bind SELF 64
ec_send 2
rmpm 0 68719476735
ec_virq 20 0
rmpm 0 12289
ec_status 2 63
ec_unmask 5
gnt_setup SELF 2 BUF2
ec_alloc 2 SELF
ec_status 3 2
rmpm 9 266752
resv1 1 SELF 0 0 266764
resv1 0 0 9 0 266765
gnt_setup 0 0 BUF2
ec_close 6
ec_ipi 1
gnt_unmap 1140871168 0 1
gnt_copy 11 1 16 0 2 4095 4096 2
gnt_setup 2 1 BUF2
ec_bind 1 1023
ec_alloc SELF SELF
rmpm SELF 278530
gnt_query SELF
ec_send 3
gnt_map 50335744 2 512 9
hc memory_op 4 0x41ff0000
regvcpu 1 12289 8 0
hc memory_op 4 0x41ff0000
regvcpu 2 139264 0 0
ec_bind 9 1024
gnt_version 9
gnt_unmap 570425344 0 2
gnt_query SELF
gnt_setup 2 64 BUF2
gnt_setup SELF 0 BUF2
gnt_version SELF
gnt_map 939532288 0 100000 32753
hc memory_op 4 0x41ff0000
gnt_map 570425344 2 0 3
getparam SELF 27
gnt_copy 12289 SELF 0 100000 SELF 1 4097 0
ec_bind SELF 64
ec_virq 5 2
ec_bind SELF 6
rmpm SELF 229376
ec_unmask 3
ec_unmask 5
gnt_map 1092657152 1 1023 3
gnt_query 3
ec_ipi 0
ec_send 7
ec_status SELF 7
gnt_map 939524096 0 1 3
ec_bind SELF 0
gnt_map 1092644864 18 100000 0
regvcpu 1 12289 4048 0
setparam 0 13 423
ec_bindvcpu 1023 0
hc memory_op 14 0x41ff0000
ec_alloc SELF SELF
gnt_query 3
regvcpu 1 139264 0 0
ec_send 63
ec_status 9 2
gnt_version 1
ec_close 2
rmpm 9 68719476735
a2p SELF 0 4 64 68719476735
resv1 1 SELF 10 0 68719476735
gnt_unmap 72057594037927940 0 2
getparam SELF 17
gnt_copy 229376 32753 4088 278533 0 8 16 2
gnt_copy 278532 32753 16 278538 SELF 4095 6 0
ec_bind 9 5
ec_close 2
ec_send 0
ec_unmask 1023
ec_virq 16 0
gnt_unmap 281474976706560 0 1
gnt_map 1092653056 1 512 1
ec_send 7
ec_bind SELF 3
hc memory_op 4 0x41ff0000
ec_virq 0 1
ec_close 1024
ec_close 1023
regvcpu 1 278542 4 0
gnt_query 32753
ec_bind 9 2
ec_alloc SELF 9
gnt_setup 32753 2 BUF2
ec_virq 11 1
gnt_version 1
getparam SELF 16
regvcpu 2 68719476735 4056 0
ec_bindvcpu 4 0
gnt_version SELF
setparam SELF 30 208
ec_alloc 2 3
ec_send 1024
hc memory_op 4 0x41ff0000
ec_close 4
gnt_version 2
gnt_version 32753
ec_send 3
gnt_unmap 281474976706560 0 2
ec_virq 6 2
setparam SELF 9 866
gnt_copy 266766 1 4097 1 1 4095 4096 2
getparam SELF 2
rmpm 1 278541
regvcpu 0 266767 4048 0
hc memory_op 4 0x41ff0000
ec_status SELF 1024
ec_alloc 0 0
a2p SELF 0 5 63 68719476735
gnt_copy 11 SELF 4090 12289 0 4090 8 2
resv1 1 2 0 0 278530
ec_close 6
gnt_setup 0 65 BUF2
setparam SELF 34 703
a2p 9 0 2 1 266754
ec_ipi 0
resv1 1 2 10 0 12289
gnt_map 1140891648 3 0 9
gnt_setup SELF 0 BUF2
gnt_version SELF
regvcpu 1 12289 4056 0
regvcpu 0 12289 4048 0
ec_unmask 64
ec_alloc 9 3
getparam 32753 35
ec_virq 17 1
regvcpu 1 229377 0 0
ec_unmask 5
gnt_map 1140883456 2 0 SELF
ec_close 3
setparam 2 25 377
gnt_unmap 72057594037927940 0 3
ec_virq 17 2
ec_alloc 3 32753
gnt_copy 229379 SELF 4088 266763 SELF 4097 4096 0
ec_bind 32753 3
gnt_query 0
ec_alloc 3 2
gnt_setup 9 65 BUF2
gnt_unmap 1092644864 0 3
gnt_unmap 50335744 0 0
ec_send 63
gnt_query 0
ec_send 4
gnt_unmap 1140887552 0 3
getparam SELF 22
ec_virq 25 0
regvcpu 1 68719476735 0 0
gnt_setup 32753 1 BUF2
gnt_query SELF
getparam SELF 38
ec_ipi 2
regvcpu 0 266758 4048 0
gnt_copy 1023 SELF 16 1023 32753 1 7 0
ec_send 7
gnt_version 32753
ec_close 1023
gnt_copy 0 9 4090 266765 0 0 4096 0
ec_close 1023
getparam 3 16
gnt_copy 12289 2 1 11 2 4096 8 2
ec_status 3 2
gnt_map 72057594037927940 0 512 32753
ec_virq 4 1
gnt_unmap 1140908032 0 2
ec_alloc 3 SELF
setparam 9 39 573
gnt_version 1
ec_unmask 63
ec_status 3 3
gnt_query 1
ec_bindvcpu 1023 0
ec_alloc SELF 32753
ec_ipi 2
gnt_setup 9 2 BUF2
regvcpu 0 68719476735 4 0
ec_virq 20 1
ec_bind 1 4
a2p 3 0 5 2 266753
gnt_query SELF
ec_send 63
ec_send 1024
gnt_copy 10 3 4097 68719476735 0 1 16 2
setparam SELF 22 679
ec_send 3
ec_bind 3 2
ec_bindvcpu 1023 0
ec_alloc SELF SELF
gnt_map 50335744 2 11 32753
ec_send 1
gnt_map 570425344 1 100000 2
ec_alloc SELF SELF
setparam 1 1 224
ec_alloc 1 0
rmpm 3 17592186044416
regvcpu 2 229376 4 0
gnt_map 72057594037927940 0 512 2
ec_status 2 1
gnt_map 570425344 2 100000 1
ec_send 7
ec_virq 18 1
getparam 0 14
gnt_copy 0 3 4096 10 SELF 1 4096 0
rmpm SELF 266763
ec_ipi 1
ec_send 0
ec_status SELF 1
ec_status 0 7
hc memory_op 4 0x41ff0000
gnt_setup 9 64 BUF2
ec_bindvcpu 63 1
ec_bind 1 7
gnt_query 3
a2p SELF 0 4 0 17592186044416
ec_bind 9 1023
gnt_query 32753
ec_status 2 6
a2p 3 0 5 1 229376
gnt_map 1092620288 2 100000 9
gnt_map 72057594037927940 3 0 32753
hc memory_op 4 0x41ff0000
ec_bindvcpu 6 2
setparam 2 25 779
gnt_version SELF
ec_bind 0 7
resv1 6 32753 0 0 139264
ec_send 1024
ec_bind 3 1024
hc memory_op 3 0x41ff0000
gnt_copy 10 SELF 4088 17592186044416 3 8 6 0
gnt_query 32753
hc memory_op 4 0x41ff0000
ec_bind 1 7
getparam 1 25
gnt_unmap 72057594037927940 0 1
hc memory_op 14 0x41ff0000
gnt_copy 17592186044416 2 16 100000 3 4096 0 1
gnt_copy 1023 SELF 8 68719476735 0 4096 0 3
resv1 1 SELF 10 0 229376
regvcpu 2 266760 4 0
gnt_map 72057594037927940 0 0 SELF
gnt_copy 9 0 4097 229376 SELF 8 1 1
ec_send 0
getparam 32753 15
ec_bindvcpu 1 0
ec_virq 15 0
a2p 2 0 1 64 17592186044416
ec_send 4
gnt_version 3
hc memory_op 14 0x41ff0000
ec_ipi 2
gnt_version 32753
gnt_map 1140854784 2 1023 SELF
rmpm 2 278543
ec_send 1
ec_ipi 2
ec_bind SELF 5
regvcpu 1 17592186044416 4 0
gnt_map 939536384 1 512 SELF
hc memory_op 14 0x41ff0000
getparam SELF 2
ec_ipi 2
gnt_map 570425344 2 511 1
setparam 32753 10 290
ec_bindvcpu 63 1
rmpm 0 139264
resv1 0 3 0 0 68719476735
ec_bindvcpu 63 1
gnt_copy 1023 SELF 4095 8 2 4088 4096 2
ec_virq 8 0
setparam 9 18 556
hc memory_op 4 0x41ff0000
ec_ipi 0
gnt_query 1
ec_alloc SELF 2
ec_status 3 7
rmpm 3 68719476735
ec_bind 3 1024
ec_unmask 1
regvcpu 0 12289 0 0
ec_bind 0 1024
ec_send 63
gnt_query SELF
ec_bind SELF 1024
gnt_query 9
hc memory_op 3 0x41ff0000
regvcpu 1 12289 0 0
hc memory_op 14 0x41ff0000
ec_close 4
gnt_map 939524096 3 512 SELF
hc memory_op 3 0x41ff0000
a2p 3 0 1 64 68719476735
gnt_copy 512 3 4088 266759 2 1 0 0
ec_bind 3 63
rmpm SELF 278543
setparam 32753 23 247
ec_send 6
rmpm 9 266766
ec_alloc 32753 3
ec_close 4
ec_alloc 3 SELF
setparam SELF 15 362
rmpm 2 17592186044416
gnt_version 0
ec_close 1
regvcpu 0 17592186044416 4 0
ec_status 32753 63
gnt_version SELF
gnt_copy 139264 32753 4097 229378 32753 0 6 0
ec_close 64
regvcpu 1 17592186044416 4 0
rmpm 1 229378
a2p SELF 0 0 2 17592186044416
ec_bindvcpu 0 2
ec_close 0
gnt_unmap 72057594037927940 0 1
ec_ipi 0
ec_send 2
ec_bindvcpu 1024 1
setparam SELF 17 40
ec_close 63
a2p SELF 0 2 0 266757
gnt_unmap 570425344 0 0
ec_close 1
setparam 2 9 622
ec_bind 3 1024
getparam SELF 31
ec_ipi 1
resv1 6 SELF 2 0 278530
setparam SELF 11 419
ec_close 4
gnt_unmap 939524096 0 2
gnt_unmap 1092677632 0 0
regvcpu 2 139264 4056 0
ec_virq 23 1
gnt_copy 10 32753 8 512 0 4095 7 3
hc memory_op 14 0x41ff0000
ec_status 3 4
gnt_copy 278531 3 4097 100000 1 16 16 0
gnt_setup 0 65 BUF2
hc memory_op 4 0x41ff0000
ec_alloc SELF 3
gnt_query SELF
ec_bind 1 1024
ec_virq 18 1
regvcpu 2 17592186044416 4056 0
gnt_map 1092620288 2 9 9
ec_bind SELF 2
gnt_version 1
gnt_copy 11 1 1 266765 32753 4097 4097 3
a2p 9 0 1 0 278533
gnt_query SELF
resv1 6 2 2 0 139264
regvcpu 0 12289 4 0
gnt_version 0
getparam 1 7
ec_ipi 0
regvcpu 0 68719476735 4056 0
hc memory_op 4 0x41ff0000
ec_bindvcpu 1024 0
gnt_copy 266767 2 1 17592186044416 0 1 0 3
ec_alloc 3 32753
ec_virq 16 0
ec_bindvcpu 3 1
ec_ipi 1
gnt_setup 9 65 BUF2
gnt_setup SELF 2 BUF2
ec_status SELF 63
ec_alloc 1 SELF
ec_bind 1 4
ec_close 64
ec_unmask 5
ec_virq 15 1
ec_bindvcpu 6 0
gnt_version SELF
a2p SELF 0 0 0 68719476735
ec_send 2
setparam 9 3 944
ec_alloc 9 3
gnt_setup 9 64 BUF2
gnt_query SELF
gnt_setup SELF 65 BUF2
ec_status 2 6
ec_ipi 2
getparam 2 17
getparam 2 23
gnt_map 570425344 0 10 SELF
ec_ipi 0
hc memory_op 3 0x41ff0000
gnt_setup 2 65 BUF2
gnt_version 32753
ec_close 7
gnt_setup SELF 2 BUF2
gnt_version 1
ec_send 5
gnt_version SELF
ec_status SELF 2
ec_bindvcpu 64 0
gnt_map 1092661248 0 8 3
gnt_query SELF
hc memory_op 14 0x41ff0000
gnt_map 281474976706560 2 511 2
ec_send 1023
gnt_version 9
a2p 2 0 1 0 229379
ec_send 6
ec_virq 24 2
rmpm 32753 12289
hc memory_op 3 0x41ff0000
gnt_map 939524096 2 1 SELF
a2p 32753 0 5 2 12289
ec_bind SELF 3
ec_virq 10 2
getparam SELF 18
gnt_map 72057594037927940 1 100000 0
ec_bindvcpu 1 0
a2p SELF 0 5 0 229379
gnt_unmap 281474976706560 0 1
gnt_version 3
ec_alloc 9 3
hc memory_op 14 0x41ff0000
ec_alloc 32753 SELF
gnt_query SELF
gnt_setup 32753 1 BUF2
getparam 32753 29
ec_close 1024
ec_unmask 7
hc memory_op 3 0x41ff0000
gnt_query SELF
hc memory_op 3 0x41ff0000
getparam 2 6
resv1 0 SELF 10 0 229378
a2p 3 0 0 1 68719476735
ec_send 1023
ec_bindvcpu 2 0
ec_unmask 1023
ec_bind 9 1
ec_alloc 3 1
gnt_unmap 50335744 0 3
a2p SELF 0 2 64 12289
resv1 0 SELF 10 0 17592186044416
hc memory_op 3 0x41ff0000
ec_send 5
gnt_version SELF
regvcpu 1 68719476735 8 0
gnt_query 32753
ec_alloc 2 3
ec_bindvcpu 2 1
gnt_setup SELF 64 BUF2
ec_status 3 4
%dom D cpus = <2>; memory = <0 0x10000>; vpl011;
@D
w16 0x41ff0000 SELF
gnt_version SELF
ec_unmask 64
gnt_setup 9 0 BUF2
ec_status 32753 7
setparam SELF 16 543
regvcpu 2 139264 4056 0
gnt_unmap 281474976706560 0 1
getparam 1 1
getparam 32753 4
ec_close 7
gnt_query 0
gnt_query SELF
gnt_copy 11 SELF 16 229376 2 4088 4097 3
ec_bind 0 4
regvcpu 0 229379 4056 0
a2p SELF 0 2 2 68719476735
ec_unmask 7
ec_status 1 2
regvcpu 0 278539 8 0
setparam 3 1 835
ec_bind 9 2
ec_bindvcpu 1 1
gnt_copy 12289 SELF 4090 9 2 4088 6 0
ec_status 9 63
gnt_unmap 1092669440 0 3
hc memory_op 14 0x41ff0000
gnt_query SELF
gnt_copy 12289 3 4095 139264 SELF 16 8 3
gnt_copy 139264 9 4088 68719476735 SELF 4097 6 1
a2p SELF 0 1 0 229377
getparam SELF 29
ec_status 3 3
gnt_version 9
gnt_copy 266764 2 0 12289 32753 16 16 0
gnt_query 9
ec_ipi 2
ec_alloc SELF 3
gnt_unmap 1092620288 0 1
regvcpu 2 278541 4056 0
ec_status SELF 7
regvcpu 1 139264 0 0
gnt_setup 1 64 BUF2
gnt_version 9
regvcpu 1 229377 8 0
ec_bind 9 5
gnt_unmap 50335744 0 0
ec_ipi 1
gnt_unmap 1092640768 0 3
ec_bindvcpu 64 0
ec_ipi 0
ec_ipi 1
ec_close 1
rmpm SELF 17592186044416
ec_bindvcpu 1023 1
regvcpu 2 68719476735 4056 0
hc memory_op 14 0x41ff0000
ec_status SELF 1024
ec_ipi 0
ec_virq 0 0
ec_unmask 7
gnt_unmap 281474976706560 0 0
gnt_copy 139264 2 4097 512 SELF 8 16 1
gnt_setup SELF 64 BUF2
a2p 2 0 1 0 229379
gnt_version 32753
gnt_setup 1 0 BUF2
getparam 9 16
rmpm 32753 12289
hc memory_op 3 0x41ff0000
ec_bindvcpu 7 2
ec_ipi 2
ec_close 1
ec_send 4
ec_send 0
a2p 0 0 2 2 278529
ec_send 5
hc memory_op 14 0x41ff0000
hc memory_op 14 0x41ff0000
ec_virq 8 1
gnt_setup 9 2 BUF2
gnt_map 72057594037927940 0 1 SELF
gnt_map 281474976706560 0 9 2
resv1 1 32753 1 0 266760
ec_unmask 4
gnt_unmap 570425344 0 1
setparam SELF 32 527
getparam 3 20
gnt_copy 0 1 4090 68719476735 SELF 4097 4096 3
ec_virq 18 2
ec_alloc SELF SELF
ec_virq 6 0
resv1 6 SELF 10 0 17592186044416
gnt_unmap 939528192 0 3
ec_ipi 1
gnt_version 32753
gnt_query SELF
gnt_copy 9 0 4088 12289 3 4095 8 0
gnt_unmap 281474976706560 0 1
ec_ipi 1
getparam SELF 26
regvcpu 1 68719476735 4048 0
gnt_unmap 50335744 0 2
hc memory_op 3 0x41ff0000
getparam SELF 4
ec_status 9 1024
gnt_setup SELF 2 BUF2
resv1 0 3 0 0 229377
ec_bindvcpu 1 1
ec_status SELF 1024
ec_unmask 2
resv1 0 3 1 0 139264
hc memory_op 14 0x41ff0000
ec_ipi 1
hc memory_op 4 0x41ff0000
rmpm SELF 229379
ec_bind SELF 0
setparam 32753 31 502
ec_send 3
setparam 32753 36 821
hc memory_op 14 0x41ff0000
ec_alloc 2 SELF
ec_close 4
gnt_copy 511 SELF 0 11 1 4097 8 1
a2p 2 0 0 0 12289
gnt_map 50335744 2 512 SELF
ec_close 2
ec_ipi 2
gnt_query SELF
setparam SELF 0 357
ec_bind 3 1
gnt_version 0
ec_ipi 0
setparam SELF 12 630
setparam SELF 12 808
ec_bindvcpu 5 2
ec_alloc SELF 9
resv1 6 32753 9 0 68719476735
gnt_version 9
ec_bind 3 1024
resv1 6 2 9 0 12289
rmpm SELF 17592186044416
ec_bindvcpu 6 0
ec_alloc 2 SELF
resv1 6 SELF 10 0 139264
ec_virq 20 1
ec_alloc 9 1
regvcpu 1 278542 4 0
ec_bind SELF 0
gnt_unmap 72057594037927940 0 0
hc memory_op 4 0x41ff0000
gnt_map 1140875264 2 1023 32753
regvcpu 2 17592186044416 4048 0
ec_bindvcpu 7 0
ec_virq 4 2
ec_send 2
setparam 9 34 230
resv1 6 32753 0 0 278541
getparam SELF 21
resv1 0 SELF 0 0 12289
ec_close 7
getparam SELF 26
getparam SELF 7
ec_virq 3 1
regvcpu 0 229378 8 0
ec_close 64
ec_unmask 64
a2p 1 0 1 64 139264
gnt_copy 229377 2 4096 8 3 4090 8 1
ec_status SELF 1024
ec_close 3
resv1 6 1 0 0 68719476735
gnt_query SELF
regvcpu 1 17592186044416 4056 0
getparam 9 4
a2p 3 0 1 0 68719476735
ec_unmask 2
ec_send 7
gnt_map 570425344 0 512 9
resv1 0 SELF 0 0 278538
ec_close 7
gnt_setup 3 64 BUF2
regvcpu 1 229379 4048 0
hc memory_op 14 0x41ff0000
ec_send 2
resv1 0 2 0 0 17592186044416
ec_unmask 1
ec_unmask 5
gnt_copy 139264 2 8 8 SELF 4095 4097 0
gnt_query SELF
hc memory_op 14 0x41ff0000
gnt_setup 9 0 BUF2
gnt_setup SELF 0 BUF2
ec_alloc 0 0
gnt_unmap 1092669440 0 3
hc memory_op 3 0x41ff0000
resv1 1 SELF 0 0 12289
gnt_version 32753
gnt_version SELF
ec_bind 0 64
hc memory_op 14 0x41ff0000
gnt_setup 1 0 BUF2
ec_send 4
gnt_version 3
ec_ipi 2
ec_ipi 1
ec_send 3
regvcpu 1 17592186044416 4048 0
rmpm 3 68719476735
gnt_copy 1 32753 1 1 9 4090 0 2
gnt_setup 32753 65 BUF2
a2p SELF 0 1 1 17592186044416
ec_unmask 1024
getparam 32753 6
gnt_query 1
gnt_unmap 281474976706560 0 1
ec_ipi 2
resv1 1 SELF 0 0 68719476735
ec_bindvcpu 4 1
ec_ipi 1
ec_status 9 4
ec_virq 13 1
gnt_copy 229376 9 4096 266755 9 8 6 2
ec_alloc 3 32753
ec_ipi 2
resv1 6 3 2 0 17592186044416
ec_bind SELF 1023
ec_send 6
setparam SELF 24 443
gnt_query SELF
gnt_setup 3 0 BUF2
hc memory_op 3 0x41ff0000
getparam 32753 36
gnt_version SELF
resv1 1 32753 1 0 68719476735
regvcpu 1 68719476735 4056 0
ec_bindvcpu 1023 0
regvcpu 2 139264 4048 0
gnt_map 939532288 6 100000 SELF
ec_unmask 1023
regvcpu 1 68719476735 4048 0
gnt_query SELF
rmpm 9 266767
ec_virq 0 2
a2p 0 0 0 2 17592186044416
ec_virq 2 1
ec_ipi 0
gnt_version 1
gnt_version 32753
a2p 9 0 4 1 139264
ec_unmask 1023
regvcpu 2 229379 8 0
gnt_setup SELF 1 BUF2
ec_alloc 3 2
ec_virq 21 1
ec_send 3
resv1 1 1 1 0 229379
ec_bindvcpu 5 0
regvcpu 1 266766 4048 0
ec_bind 32753 2
gnt_setup 2 64 BUF2
gnt_copy 17592186044416 SELF 8 229379 32753 4088 16 2
regvcpu 2 12289 4056 0
gnt_copy 9 0 1 511 SELF 4096 4096 2
gnt_query 0
ec_alloc 0 32753
gnt_query 1
setparam 2 38 993
ec_send 5
gnt_version 32753
getparam SELF 10
ec_close 1
resv1 0 1 9 0 278529
getparam 32753 25
ec_virq 10 1
getparam SELF 10
ec_send 5
ec_ipi 1
ec_send 1023
ec_bindvcpu 6 2
ec_close 6
regvcpu 1 229376 8 0
setparam 1 2 933
ec_bindvcpu 64 0
resv1 1 32753 10 0 229376
ec_status SELF 6
ec_unmask 0
rmpm SELF 266763
a2p 9 0 4 2 12289
ec_status SELF 7
gnt_setup 1 1 BUF2
gnt_version 2
rmpm 32753 12289
ec_alloc 3 SELF
a2p SELF 0 0 64 229378
ec_bindvcpu 7 2
gnt_version 32753
ec_ipi 2
ec_unmask 0
ec_ipi 1
ec_bind SELF 6
ec_bind 3 1
setparam 2 20 795
ec_bindvcpu 64 2
gnt_setup 2 1 BUF2
ec_status 3 0
ec_unmask 3
ec_status 9 5
regvcpu 1 68719476735 8 0
ec_unmask 64
ec_alloc 0 SELF
ec_bindvcpu 1024 2
gnt_copy 100000 9 4090 1 SELF 1 4097 3
ec_bind 9 4
getparam 3 24
gnt_copy 1023 0 4096 9 32753 4097 4096 3
gnt_map 1092624384 1 0 SELF
a2p 0 0 0 0 139264
getparam 32753 7
ec_bind 32753 64
gnt_query 3
gnt_copy 17592186044416 9 4088 68719476735 3 4090 6 2
resv1 1 2 0 0 68719476735
a2p 3 0 2 0 139264
ec_close 1
gnt_unmap 72057594037927940 0 3
resv1 6 9 0 0 68719476735
getparam 3 17
resv1 0 SELF 0 0 266758
ec_send 3
gnt_unmap 72057594037927940 0 2
regvcpu 1 229378 4048 0
gnt_map 1140895744 0 10 SELF
hc memory_op 14 0x41ff0000
ec_alloc 0 SELF
setparam SELF 20 752
gnt_version 3
ec_bind 0 64
gnt_version 9
rmpm SELF 139264
rmpm SELF 17592186044416
ec_virq 13 2
regvcpu 1 68719476735 8 0
ec_virq 8 2
ec_unmask 2
gnt_query 3
ec_unmask 6
gnt_copy 17592186044416 SELF 4097 511 9 4090 1 1
gnt_query SELF
gnt_query 32753
ec_unmask 7
gnt_version SELF
rmpm SELF 278528
gnt_query 3
ec_status 2 1023
ec_bindvcpu 7 2
ec_ipi 2
getparam 9 21
gnt_copy 1023 SELF 16 100000 SELF 8 16 0
ec_bind 9 1024
ec_bind 9 64
getparam 32753 3
ec_unmask 7
setparam 9 1 892
gnt_setup SELF 65 BUF2
ec_alloc 2 2
gnt_version SELF
resv1 6 0 10 0 229378
setparam SELF 20 535
ec_bind SELF 5
hc memory_op 14 0x41ff0000
setparam 3 36 960
ec_status 32753 0
ec_bindvcpu 63 2
ec_unmask 63
ec_bindvcpu 3 2
ec_close 1023
regvcpu 2 229376 0 0
hc memory_op 14 0x41ff0000
getparam 2 3
gnt_copy 12289 SELF 8 11 SELF 4090 16 2
ec_unmask 1023
gnt_copy 139264 32753 4090 139264 SELF 0 4096 0
gnt_setup SELF 65 BUF2
gnt_map 1140912128 6 100000 9
gnt_unmap 570425344 0 2
ec_alloc SELF 32753
ec_unmask 1024
rmpm SELF 139264
ec_send 1
hc memory_op 4 0x41ff0000
ec_alloc SELF SELF
ec_bind SELF 0
ec_bind SELF 1
resv1 1 9 2 0 12289
ec_alloc 9 9
ec_unmask 1024
getparam SELF 5
gnt_query SELF
gnt_query 0
ec_send 63
getparam 2 25
setparam 9 14 505
ec_bindvcpu 6 2
ec_ipi 1
hc memory_op 14 0x41ff0000
rmpm SELF 68719476735
ec_status 2 1023
ec_close 63
rmpm SELF 229378
ec_ipi 0
getparam 2 32
ec_bind SELF 1
gnt_map 1092669440 2 9 SELF
ec_status SELF 7
ec_bind 1 63
resv1 6 SELF 1 0 17592186044416
gnt_setup 0 2 BUF2
ec_send 1
ec_alloc 0 1
ec_bindvcpu 2 0
ec_unmask 2
ec_bindvcpu 7 1
gnt_setup 32753 65 BUF2
ec_unmask 2
ec_virq 16 1
rmpm SELF 68719476735
gnt_query 0
ec_bindvcpu 2 1
gnt_version 2
a2p 0 0 0 63 12289
ec_virq 2 0
gnt_copy 511 0 4097 512 SELF 4090 0 0
regvcpu 1 12289 4056 0
gnt_map 1092661248 1 8 1
rmpm 2 266764
ec_close 4
ec_close 2
hc memory_op 3 0x41ff0000
ec_close 1024
gnt_unmap 570425344 0 1
regvcpu 2 68719476735 4048 0
ec_alloc 0 2
hc memory_op 14 0x41ff0000
ec_status 1 64
gnt_unmap 1092677632 0 2
rmpm 2 278530
gnt_query SELF
ec_alloc SELF SELF
ec_send 4
ec_status SELF 0
gnt_version 3
ec_virq 18 2
gnt_map 281474976706560 2 1023 32753
ec_send 1
ec_bind 1 1024
gnt_map 939528192 0 8 1
ec_status 32753 2
gnt_copy 511 3 4095 8 0 8 16 3
ec_alloc 3 32753
ec_status 3 64
hc memory_op 14 0x41ff0000
resv1 1 1 0 0 229378
getparam SELF 5
gnt_version 3
ec_virq 13 0
regvcpu 0 229377 4048 0
ec_alloc 9 32753
ec_bindvcpu 3 1
regvcpu 1 139264 4056 0
ec_alloc 1 1
ec_bindvcpu 64 1
hc memory_op 4 0x41ff0000
ec_unmask 5
ec_unmask 5
ec_send 1023
ec_bindvcpu 5 1
regvcpu 0 68719476735 4 0
ec_close 0
ec_bind SELF 6
gnt_version 32753
getparam SELF 3
resv1 1 0 0 0 68719476735
setparam 2 13 945
resv1 1 2 2 0 17592186044416
setparam 0 2 778
resv1 0 SELF 0 0 278529
ec_unmask 3
setparam 0 8 245
gnt_map 1140891648 1 100000 SELF
ec_bindvcpu 5 1
ec_ipi 2
ec_bind SELF 6
ec_close 64
rmpm 0 12289
ec_virq 8 2
resv1 0 0 0 0 12289
ec_bindvcpu 0 2
a2p 0 0 1 2 68719476735
ec_send 7
a2p 3 0 2 1 68719476735
