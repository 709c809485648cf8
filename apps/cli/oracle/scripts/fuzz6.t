%include lib.inc

%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
w16 0x41ff0000 SELF
ec_virq 22 1
regvcpu 2 12289 4048 0
gnt_query 0
ec_virq 6 1
gnt_unmap 1092669440 0 2
ec_ipi 1
ec_unmask 4
ec_send 64
ec_unmask 0
gnt_query SELF
ec_bindvcpu 1024 1
gnt_query 1
ec_bindvcpu 1024 2
hc memory_op 4 0x41ff0000
ec_status 32753 6
gnt_map 1140862976 0 1023 9
getparam 2 37
gnt_unmap 72057594037927940 0 2
ec_status SELF 3
ec_alloc SELF 0
ec_alloc 9 1
ec_bind SELF 1
resv1 1 2 10 0 266759
ec_virq 14 2
ec_virq 18 0
ec_unmask 4
gnt_version SELF
ec_status 32753 1
ec_ipi 2
resv1 6 9 0 0 266763
setparam 32753 4 325
gnt_version SELF
ec_unmask 1
hc memory_op 14 0x41ff0000
setparam 3 39 545
regvcpu 2 68719476735 8 0
ec_bindvcpu 1023 1
ec_status 1 2
gnt_version 2
ec_unmask 1024
setparam SELF 1 137
ec_send 0
regvcpu 2 17592186044416 4056 0
ec_bindvcpu 7 2
resv1 1 2 9 0 12289
gnt_map 1140875264 6 1 2
regvcpu 2 17592186044416 4 0
gnt_setup 32753 64 BUF2
gnt_copy 266756 0 4088 278531 SELF 8 6 3
gnt_setup 9 64 BUF2
ec_alloc SELF 0
gnt_query 3
gnt_map 1140891648 6 11 2
setparam SELF 22 348
setparam 0 12 649
rmpm 2 278535
ec_close 1023
hc memory_op 14 0x41ff0000
ec_status SELF 64
hc memory_op 14 0x41ff0000
hc memory_op 14 0x41ff0000
resv1 6 32753 9 0 12289
gnt_unmap 72057594037927940 0 0
ec_ipi 0
ec_alloc 1 9
setparam 3 9 490
hc memory_op 3 0x41ff0000
ec_close 1
a2p SELF 0 4 64 278531
resv1 0 32753 0 0 12289
ec_virq 0 1
gnt_setup SELF 64 BUF2
gnt_unmap 1140879360 0 3
ec_unmask 1
resv1 1 SELF 10 0 278543
gnt_map 570425344 18 10 9
gnt_version SELF
rmpm 2 12289
gnt_setup 3 0 BUF2
gnt_setup SELF 64 BUF2
gnt_version 1
ec_unmask 6
resv1 6 32753 1 0 139264
rmpm SELF 12289
setparam SELF 33 483
gnt_unmap 72057594037927940 0 2
rmpm 1 278536
gnt_unmap 281474976706560 0 3
ec_bind 32753 2
resv1 6 1 1 0 17592186044416
ec_ipi 2
gnt_setup 9 65 BUF2
a2p SELF 0 1 0 266762
ec_virq 7 0
ec_status 1 5
ec_bind 2 1
ec_unmask 64
ec_alloc 0 SELF
ec_close 5
ec_bind SELF 1023
ec_unmask 1023
rmpm 2 12289
ec_status SELF 63
ec_bind 9 64
regvcpu 1 17592186044416 4048 0
ec_bindvcpu 1023 0
ec_ipi 1
ec_ipi 1
ec_status SELF 6
hc memory_op 14 0x41ff0000
ec_send 63
ec_close 1023
ec_close 6
ec_alloc 3 1
ec_send 5
ec_bind SELF 4
regvcpu 1 229379 4056 0
gnt_version 32753
gnt_version 2
getparam 9 4
ec_alloc SELF 9
ec_status SELF 64
ec_bind 3 1023
gnt_setup SELF 0 BUF2
gnt_setup 3 1 BUF2
ec_send 1024
gnt_map 1092665344 18 10 1
rmpm 32753 17592186044416
ec_unmask 1
gnt_version 3
ec_bind SELF 4
ec_ipi 2
ec_unmask 64
gnt_unmap 570425344 0 2
ec_virq 1 2
ec_status 0 64
ec_send 64
ec_unmask 6
gnt_version 1
ec_alloc SELF 9
gnt_version 1
resv1 1 SELF 1 0 266764
ec_close 0
ec_send 64
regvcpu 2 12289 0 0
ec_ipi 0
gnt_unmap 72057594037927940 0 2
ec_close 2
ec_status 9 5
gnt_query SELF
ec_ipi 0
gnt_setup 0 64 BUF2
gnt_version 9
ec_bind SELF 3
regvcpu 1 12289 4048 0
hc memory_op 14 0x41ff0000
a2p SELF 0 1 0 266752
a2p 0 0 0 64 12289
gnt_query 9
resv1 1 0 2 0 139264
hc memory_op 3 0x41ff0000
a2p 2 0 1 0 139264
resv1 0 SELF 9 0 17592186044416
resv1 6 0 1 0 266757
getparam SELF 16
rmpm 1 68719476735
regvcpu 1 68719476735 0 0
ec_unmask 4
gnt_version 32753
ec_virq 23 2
gnt_query 3
resv1 1 SELF 0 0 68719476735
ec_bind 1 0
ec_status SELF 5
gnt_copy 512 1 4095 11 32753 4095 6 0
ec_status SELF 1
ec_alloc SELF 32753
ec_status 2 6
hc memory_op 4 0x41ff0000
hc memory_op 14 0x41ff0000
setparam SELF 38 327
ec_send 7
ec_send 1024
regvcpu 0 278542 4 0
gnt_copy 68719476735 3 4095 512 SELF 8 6 2
regvcpu 0 266763 0 0
ec_status 3 63
ec_bind 0 7
gnt_query 1
ec_alloc 32753 0
ec_bindvcpu 5 2
resv1 0 0 9 0 278542
getparam SELF 11
gnt_map 570425344 6 0 SELF
regvcpu 2 229378 4 0
ec_bindvcpu 1023 1
resv1 6 32753 1 0 68719476735
regvcpu 0 139264 4056 0
gnt_setup 32753 1 BUF2
gnt_setup SELF 64 BUF2
ec_close 1023
ec_send 5
gnt_setup 9 65 BUF2
ec_bindvcpu 63 0
ec_status 1 5
gnt_copy 1 32753 0 9 SELF 8 16 0
a2p SELF 0 4 2 278543
ec_virq 17 0
ec_send 7
gnt_setup 1 1 BUF2
hc memory_op 4 0x41ff0000
regvcpu 0 266758 4048 0
gnt_unmap 1092677632 0 1
rmpm 32753 278530
gnt_setup 9 0 BUF2
ec_ipi 2
gnt_unmap 570425344 0 2
regvcpu 0 12289 8 0
getparam 32753 19
rmpm SELF 17592186044416
regvcpu 0 266757 4056 0
gnt_query 0
setparam SELF 26 864
gnt_version SELF
a2p SELF 0 5 2 229379
ec_close 2
gnt_setup 1 64 BUF2
resv1 1 2 9 0 139264
ec_alloc 0 2
gnt_setup SELF 64 BUF2
gnt_setup 2 1 BUF2
ec_close 6
gnt_setup 32753 2 BUF2
ec_unmask 64
a2p SELF 0 1 1 278528
gnt_map 1092624384 1 0 0
hc memory_op 4 0x41ff0000
a2p 32753 0 1 64 229377
ec_send 63
hc memory_op 14 0x41ff0000
ec_virq 5 2
ec_ipi 0
regvcpu 0 278528 0 0
rmpm SELF 229377
ec_send 7
resv1 6 SELF 1 0 266763
ec_bindvcpu 4 1
ec_ipi 2
hc memory_op 14 0x41ff0000
gnt_copy 0 32753 4096 266762 SELF 1 7 0
ec_alloc SELF 3
rmpm 3 17592186044416
setparam SELF 20 822
ec_ipi 2
gnt_version SELF
ec_unmask 6
gnt_copy 68719476735 1 0 139264 1 4096 16 3
gnt_version 32753
ec_alloc SELF 32753
ec_alloc SELF 0
ec_status 0 1023
ec_status 2 1024
gnt_setup 32753 0 BUF2
resv1 1 0 1 0 12289
ec_virq 23 0
a2p 0 0 2 2 68719476735
rmpm 32753 278543
ec_unmask 1023
gnt_copy 17592186044416 0 4090 100000 3 1 4097 1
ec_bind 3 64
gnt_query 32753
ec_virq 11 1
ec_alloc 0 9
hc memory_op 14 0x41ff0000
rmpm 1 139264
ec_send 4
gnt_unmap 939536384 0 1
gnt_query SELF
resv1 1 1 1 0 12289
gnt_copy 68719476735 SELF 4097 8 9 4090 4097 1
a2p 3 0 5 64 12289
ec_send 1024
ec_virq 18 2
ec_close 4
rmpm 1 12289
resv1 0 SELF 10 0 68719476735
gnt_version SELF
gnt_map 281474976706560 18 8 SELF
ec_bindvcpu 63 2
a2p 1 0 5 2 12289
ec_close 7
gnt_map 1140912128 2 9 0
resv1 1 SELF 0 0 17592186044416
regvcpu 2 68719476735 4048 0
gnt_copy 12289 2 16 139264 SELF 4097 4096 3
ec_send 5
ec_close 0
hc memory_op 14 0x41ff0000
resv1 6 SELF 2 0 278533
ec_send 2
getparam 9 25
hc memory_op 4 0x41ff0000
ec_bindvcpu 6 0
ec_send 63
ec_bind 32753 6
ec_status 2 4
regvcpu 1 68719476735 4048 0
gnt_version SELF
setparam SELF 12 58
gnt_unmap 1140887552 0 2
ec_virq 1 1
gnt_query 1
rmpm 0 12289
ec_send 2
gnt_version 0
ec_send 63
ec_alloc 9 32753
ec_close 2
ec_virq 6 1
gnt_map 1140862976 1 9 3
ec_alloc 0 SELF
regvcpu 1 139264 4056 0
hc memory_op 3 0x41ff0000
rmpm 0 68719476735
gnt_setup SELF 64 BUF2
ec_bind 32753 7
a2p 32753 0 1 64 12289
ec_send 5
gnt_map 1140879360 1 0 1
ec_close 0
ec_bindvcpu 7 1
rmpm 3 229377
resv1 6 32753 0 0 266754
gnt_unmap 1140883456 0 2
ec_ipi 0
hc memory_op 14 0x41ff0000
ec_close 1
ec_alloc SELF 32753
ec_status 1 5
a2p SELF 0 1 64 266767
hc memory_op 4 0x41ff0000
gnt_query 0
hc memory_op 3 0x41ff0000
ec_close 0
ec_ipi 0
ec_send 5
gnt_map 1092640768 2 11 2
gnt_unmap 1140858880 0 0
gnt_setup SELF 65 BUF2
gnt_version 9
ec_send 1023
ec_bindvcpu 2 1
gnt_query SELF
hc memory_op 3 0x41ff0000
setparam SELF 16 505
gnt_query 3
ec_virq 24 2
ec_ipi 1
ec_close 2
ec_alloc 2 9
gnt_map 570425344 0 10 SELF
ec_alloc SELF SELF
gnt_copy 10 9 16 278533 SELF 4095 0 2
setparam 9 26 800
ec_virq 18 1
getparam 9 14
gnt_copy 278528 0 4096 1 32753 0 4097 0
ec_unmask 64
a2p 32753 0 1 0 278535
ec_unmask 4
a2p 3 0 1 63 68719476735
gnt_copy 68719476735 2 16 1023 1 4090 8 2
setparam 2 11 501
gnt_map 50335744 18 11 0
ec_unmask 4
a2p 3 0 4 0 266764
setparam 32753 20 521
ec_alloc SELF 0
ec_send 3
gnt_copy 12289 SELF 4088 511 3 4090 4097 1
gnt_version 0
regvcpu 2 139264 4048 0
gnt_copy 278537 2 16 266756 0 0 7 1
gnt_map 50335744 0 9 0
gnt_map 72057594037927940 1 8 3
ec_status 1 3
ec_alloc SELF 9
ec_send 1
ec_bind 3 4
getparam SELF 26
getparam SELF 18
gnt_query 1
gnt_unmap 1140908032 0 0
ec_bind 9 6
gnt_setup SELF 1 BUF2
gnt_setup SELF 64 BUF2
ec_send 1024
regvcpu 1 17592186044416 8 0
ec_ipi 0
ec_bind 0 64
ec_bind 0 4
ec_bindvcpu 4 0
gnt_setup SELF 65 BUF2
ec_unmask 7
ec_status 32753 1023
gnt_version SELF
ec_unmask 1024
a2p 3 0 0 2 139264
gnt_query 2
regvcpu 0 229376 8 0
gnt_map 1140879360 0 0 SELF
ec_bind 3 1
gnt_setup 0 65 BUF2
resv1 1 9 0 0 17592186044416
ec_virq 1 1
setparam SELF 14 749
ec_alloc 3 9
ec_status SELF 0
ec_virq 10 0
rmpm 32753 266765
rmpm SELF 68719476735
hc memory_op 14 0x41ff0000
gnt_map 50335744 3 9 9
getparam 1 9
gnt_copy 17592186044416 SELF 4096 10 9 0 4096 3
gnt_query 32753
gnt_copy 12289 1 4096 278543 SELF 0 4096 1
ec_virq 6 2
resv1 0 SELF 0 0 12289
hc memory_op 4 0x41ff0000
ec_bindvcpu 3 2
hc memory_op 4 0x41ff0000
ec_alloc 9 SELF
ec_bind 32753 6
ec_status 1 64
ec_ipi 2
gnt_map 281474976706560 0 100000 0
ec_close 5
a2p 1 0 1 0 12289
rmpm 9 278533
gnt_copy 17592186044416 3 4097 229377 3 1 4097 0
hc memory_op 4 0x41ff0000
ec_alloc 1 9
rmpm 1 139264
gnt_setup 1 2 BUF2
ec_bindvcpu 3 0
gnt_query 2
gnt_query SELF
ec_bind 3 2
ec_ipi 0
ec_ipi 1
rmpm SELF 266762
ec_close 64
ec_alloc SELF SELF
regvcpu 0 68719476735 0 0
ec_status 9 2
gnt_map 570425344 1 511 2
gnt_version 2
gnt_setup 1 64 BUF2
ec_ipi 0
rmpm 3 266758
getparam 3 11
ec_alloc 9 SELF
getparam 32753 27
ec_status 0 63
ec_close 4
regvcpu 0 139264 4056 0
ec_status 3 2
ec_unmask 1024
ec_alloc 1 2
resv1 1 9 1 0 278538
regvcpu 0 12289 4 0
a2p 32753 0 1 63 12289
ec_send 6
ec_bind SELF 2
regvcpu 1 278543 4056 0
ec_close 6
hc memory_op 3 0x41ff0000
ec_close 1023
regvcpu 0 139264 0 0
gnt_version 9
gnt_setup 32753 65 BUF2
hc memory_op 4 0x41ff0000
a2p 32753 0 0 2 266764
gnt_setup SELF 1 BUF2
gnt_setup 3 0 BUF2
resv1 6 3 0 0 12289
ec_bind 0 1024
rmpm 1 68719476735
ec_status SELF 3
gnt_copy 229377 SELF 8 8 SELF 4090 8 0
ec_virq 13 0
gnt_version 2
ec_unmask 3
gnt_setup SELF 0 BUF2
ec_send 1024
gnt_map 50335744 2 512 32753
gnt_version 32753
ec_bindvcpu 1 2
rmpm 1 278543
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@B
w16 0x41ff0000 SELF
regvcpu 1 139264 0 0
getparam SELF 20
regvcpu 0 139264 8 0
hc memory_op 14 0x41ff0000
ec_virq 24 1
ec_virq 23 2
resv1 6 SELF 1 0 68719476735
ec_status 3 7
ec_ipi 1
a2p SELF 0 1 1 266763
ec_ipi 2
hc memory_op 3 0x41ff0000
ec_unmask 1024
ec_send 4
hc memory_op 4 0x41ff0000
gnt_map 1092661248 0 11 32753
ec_unmask 5
getparam 2 24
gnt_setup 1 64 BUF2
ec_close 64
ec_bindvcpu 2 0
gnt_map 50335744 0 9 9
ec_status 3 7
getparam SELF 5
gnt_copy 12289 0 4088 1023 0 16 16 1
ec_close 64
ec_unmask 1024
getparam SELF 31
gnt_version SELF
a2p 32753 0 0 0 17592186044416
ec_close 5
gnt_query 1
gnt_version 32753
getparam 2 14
ec_bind SELF 4
gnt_query SELF
resv1 1 1 0 0 68719476735
rmpm 3 229379
ec_virq 25 0
ec_ipi 1
ec_unmask 2
ec_close 1
rmpm 0 229376
rmpm 2 12289
ec_bindvcpu 3 2
ec_close 5
setparam 32753 15 872
ec_bindvcpu 63 1
gnt_version 0
ec_ipi 2
getparam 1 27
ec_status 9 2
ec_ipi 1
gnt_version SELF
ec_virq 19 1
gnt_setup SELF 65 BUF2
ec_close 63
gnt_unmap 1092632576 0 1
ec_ipi 0
gnt_unmap 1140887552 0 2
setparam 0 20 880
ec_status SELF 1024
gnt_setup 2 65 BUF2
regvcpu 1 68719476735 8 0
rmpm 9 12289
gnt_copy 278528 3 8 139264 SELF 4090 4096 1
rmpm 1 17592186044416
ec_bind SELF 63
a2p 3 0 1 0 266767
ec_bindvcpu 4 2
gnt_map 50335744 2 100000 SELF
gnt_setup 9 1 BUF2
rmpm 0 139264
regvcpu 0 139264 4 0
gnt_query 3
ec_bindvcpu 63 2
getparam SELF 7
hc memory_op 3 0x41ff0000
ec_send 4
resv1 1 0 0 0 229376
regvcpu 2 229376 0 0
hc memory_op 4 0x41ff0000
resv1 0 SELF 10 0 229379
resv1 6 9 1 0 229379
gnt_query 9
ec_alloc SELF SELF
ec_send 3
getparam 3 36
ec_close 2
ec_status 1 1
ec_status SELF 63
ec_virq 1 0
setparam SELF 17 301
ec_virq 14 1
ec_unmask 63
ec_virq 6 2
ec_unmask 1024
rmpm 3 17592186044416
hc memory_op 14 0x41ff0000
ec_close 0
a2p 9 0 4 2 278533
ec_send 1023
gnt_query 0
resv1 0 1 0 0 278534
resv1 6 1 0 0 278540
setparam 3 16 0
ec_status 2 1
ec_virq 23 0
ec_send 1024
getparam SELF 30
gnt_copy 511 3 8 10 SELF 16 4096 3
gnt_map 939524096 2 8 3
ec_close 0
hc memory_op 3 0x41ff0000
ec_bindvcpu 5 2
gnt_setup 0 1 BUF2
ec_bind SELF 1024
regvcpu 2 278529 4048 0
gnt_copy 17592186044416 2 4095 68719476735 SELF 8 6 0
getparam 1 15
gnt_unmap 281474976706560 0 0
gnt_unmap 570425344 0 2
ec_close 1024
ec_bindvcpu 3 0
ec_virq 4 2
gnt_query 2
gnt_map 281474976706560 2 0 32753
resv1 1 SELF 9 0 278540
ec_virq 11 1
ec_close 2
ec_ipi 0
rmpm 32753 139264
gnt_setup 9 65 BUF2
ec_close 63
ec_unmask 4
ec_ipi 0
ec_virq 9 0
gnt_query 32753
a2p 2 0 4 0 139264
getparam 3 17
ec_ipi 2
ec_ipi 1
regvcpu 2 266766 4 0
regvcpu 0 139264 4056 0
ec_bind SELF 5
setparam SELF 1 871
ec_bind 0 3
ec_unmask 1024
ec_ipi 2
rmpm 3 17592186044416
ec_ipi 0
ec_close 0
setparam SELF 34 848
rmpm 9 266761
ec_bind SELF 1023
ec_close 2
resv1 0 3 1 0 139264
gnt_query 1
rmpm 32753 278541
ec_bindvcpu 1024 0
a2p SELF 0 2 63 278529
gnt_map 72057594037927940 2 11 32753
ec_send 1023
ec_send 0
gnt_unmap 281474976706560 0 0
gnt_setup 0 65 BUF2
resv1 6 32753 0 0 278538
ec_unmask 2
ec_status 9 63
hc memory_op 3 0x41ff0000
a2p SELF 0 0 2 17592186044416
setparam SELF 23 285
ec_send 1024
gnt_copy 17592186044416 3 4095 1 SELF 16 4097 2
a2p 0 0 4 64 12289
getparam 0 9
ec_bindvcpu 1024 0
ec_send 1
ec_ipi 2
gnt_unmap 1092648960 0 2
ec_virq 6 1
ec_close 2
gnt_query 9
setparam 32753 4 945
ec_close 0
ec_alloc SELF 1
ec_virq 1 2
resv1 6 SELF 0 0 229378
ec_virq 1 1
regvcpu 2 17592186044416 8 0
ec_close 0
setparam SELF 3 72
a2p 2 0 0 2 139264
ec_bind 2 63
regvcpu 0 12289 0 0
gnt_setup 32753 2 BUF2
gnt_copy 1 3 1 12289 3 4097 8 3
ec_alloc 32753 SELF
ec_ipi 1
ec_bindvcpu 63 1
gnt_unmap 1140871168 0 3
getparam SELF 5
ec_bindvcpu 63 1
ec_virq 24 2
ec_bindvcpu 7 0
gnt_unmap 50335744 0 3
ec_status 32753 6
ec_unmask 1
gnt_map 281474976706560 0 1 32753
getparam 1 15
getparam SELF 20
gnt_setup 1 0 BUF2
hc memory_op 3 0x41ff0000
gnt_version 32753
gnt_copy 0 9 16 9 SELF 4090 0 0
ec_send 4
gnt_unmap 1140850688 0 0
ec_bind SELF 1
gnt_copy 9 3 4088 17592186044416 0 4096 16 2
ec_status 32753 4
gnt_unmap 939532288 0 1
ec_alloc SELF 32753
rmpm 32753 12289
gnt_query 32753
regvcpu 2 68719476735 4056 0
rmpm 0 139264
getparam SELF 39
a2p 2 0 2 1 278538
setparam 0 17 30
rmpm SELF 68719476735
gnt_unmap 939536384 0 1
ec_send 7
gnt_query SELF
ec_bind 32753 2
ec_bindvcpu 4 2
ec_send 5
ec_alloc 9 SELF
resv1 6 SELF 0 0 229376
ec_send 63
ec_status 32753 3
gnt_version SELF
gnt_map 1092640768 0 100000 SELF
ec_alloc SELF SELF
ec_send 7
ec_bind 2 6
ec_send 7
ec_send 4
gnt_query 1
ec_alloc SELF SELF
setparam SELF 0 294
gnt_map 1092648960 18 9 SELF
gnt_copy 278542 1 8 511 0 4096 6 0
ec_bindvcpu 3 1
ec_send 6
getparam 3 34
ec_send 7
rmpm SELF 229377
ec_virq 9 0
gnt_unmap 1140858880 0 2
ec_status 0 64
gnt_unmap 1092640768 0 0
ec_alloc SELF SELF
ec_bindvcpu 5 1
ec_bindvcpu 3 1
ec_virq 0 2
a2p SELF 0 1 0 266752
gnt_setup 1 1 BUF2
ec_bindvcpu 1 1
a2p SELF 0 4 63 68719476735
resv1 0 SELF 0 0 139264
gnt_version 3
gnt_version 32753
gnt_version 9
getparam SELF 20
ec_send 0
regvcpu 2 68719476735 4056 0
resv1 6 32753 2 0 17592186044416
ec_virq 13 2
ec_close 5
resv1 6 3 0 0 12289
gnt_unmap 281474976706560 0 0
ec_send 4
setparam 3 26 899
gnt_setup 32753 64 BUF2
gnt_query 32753
ec_alloc 1 SELF
ec_close 64
gnt_query SELF
hc memory_op 14 0x41ff0000
gnt_unmap 1140875264 0 2
ec_status 0 1024
setparam SELF 37 552
gnt_map 72057594037927940 1 9 1
gnt_copy 266766 9 4095 17592186044416 SELF 4097 16 3
ec_alloc 2 SELF
hc memory_op 14 0x41ff0000
ec_unmask 0
ec_unmask 6
resv1 1 SELF 0 0 68719476735
ec_bind 3 4
gnt_version 3
gnt_version SELF
gnt_unmap 1140891648 0 1
getparam 9 6
gnt_map 281474976706560 18 11 2
ec_alloc 9 SELF
setparam 32753 8 869
gnt_query SELF
ec_bindvcpu 4 2
ec_virq 23 1
ec_status SELF 63
rmpm SELF 229376
ec_alloc SELF 9
getparam 1 9
gnt_version 1
ec_unmask 1
gnt_query 9
getparam 3 26
ec_send 4
ec_close 6
ec_bindvcpu 2 0
hc memory_op 14 0x41ff0000
ec_unmask 63
ec_unmask 7
hc memory_op 14 0x41ff0000
ec_bindvcpu 1023 1
a2p 32753 0 5 2 229376
ec_send 1023
gnt_setup 1 64 BUF2
gnt_map 570425344 0 511 2
rmpm 3 68719476735
ec_unmask 1023
ec_alloc 3 3
ec_bindvcpu 6 0
gnt_query 9
ec_bind 9 6
ec_bindvcpu 63 2
ec_bind SELF 2
ec_virq 14 2
ec_virq 10 0
ec_virq 0 1
a2p 3 0 0 1 139264
ec_alloc 9 SELF
ec_close 6
ec_bindvcpu 5 1
getparam 1 9
rmpm 3 278538
gnt_copy 10 32753 4095 10 9 4097 7 2
setparam 3 7 283
getparam 32753 28
setparam SELF 4 179
ec_bind SELF 6
setparam 32753 11 976
ec_send 0
ec_send 4
rmpm 1 12289
setparam 3 32 710
ec_virq 9 2
resv1 1 32753 10 0 139264
hc memory_op 4 0x41ff0000
regvcpu 2 139264 4048 0
gnt_unmap 50335744 0 1
ec_unmask 0
gnt_copy 278532 1 1 11 9 4088 7 0
gnt_version SELF
ec_virq 2 1
ec_unmask 7
gnt_setup 32753 64 BUF2
ec_bind 2 2
setparam SELF 27 200
ec_ipi 0
ec_alloc SELF SELF
ec_bindvcpu 5 2
ec_virq 0 2
ec_bind SELF 3
hc memory_op 4 0x41ff0000
ec_bind SELF 1023
ec_virq 12 0
ec_alloc 3 SELF
gnt_query 2
ec_bindvcpu 1023 0
regvcpu 2 139264 0 0
ec_send 64
ec_ipi 0
gnt_map 939528192 3 8 2
ec_alloc SELF 9
ec_bind SELF 1
gnt_setup SELF 2 BUF2
ec_close 63
gnt_setup 9 1 BUF2
ec_status 3 7
gnt_version SELF
ec_bindvcpu 1023 1
setparam 9 14 366
ec_status 32753 64
gnt_query 2
gnt_version SELF
ec_virq 6 2
ec_send 5
rmpm 1 68719476735
ec_status 0 0
gnt_version 1
ec_unmask 1024
resv1 1 3 1 0 278540
regvcpu 2 266763 4056 0
setparam SELF 35 5
gnt_map 1092640768 1 11 9
regvcpu 0 12289 8 0
gnt_setup 1 65 BUF2
a2p 9 0 1 1 278528
ec_bindvcpu 2 1
ec_unmask 64
ec_bind SELF 1024
gnt_query SELF
ec_ipi 1
resv1 6 0 9 0 266756
gnt_copy 511 2 4090 1 SELF 8 4097 0
a2p 9 0 1 64 139264
ec_alloc SELF 9
ec_virq 25 1
gnt_query 1
ec_bind SELF 4
ec_unmask 1024
gnt_query 2
gnt_copy 17592186044416 2 1 139264 32753 4090 4096 1
ec_bindvcpu 5 0
gnt_setup SELF 1 BUF2
ec_unmask 5
ec_alloc 3 1
a2p SELF 0 5 0 139264
gnt_copy 11 SELF 4090 1023 SELF 16 4097 2
ec_ipi 2
gnt_query 32753
rmpm 32753 278534
ec_ipi 2
getparam SELF 13
rmpm SELF 68719476735
ec_unmask 3
gnt_version 9
ec_unmask 6
hc memory_op 14 0x41ff0000
gnt_query 2
ec_alloc 3 0
a2p 1 0 4 0 12289
ec_bind SELF 6
gnt_map 281474976706560 3 8 SELF
getparam 0 25
gnt_version 0
gnt_map 72057594037927940 6 8 3
regvcpu 2 229379 4056 0
a2p SELF 0 0 2 139264
ec_unmask 7
ec_bindvcpu 1 0
ec_bind 2 5
gnt_query 32753
ec_unmask 5
ec_virq 4 1
hc memory_op 4 0x41ff0000
gnt_map 1140862976 3 11 SELF
ec_ipi 2
ec_status 0 7
resv1 0 3 9 0 266756
ec_send 1024
resv1 6 SELF 2 0 266761
gnt_map 570425344 1 511 32753
gnt_copy 1 1 1 68719476735 SELF 4095 6 0
ec_close 7
gnt_map 1092616192 2 0 9
gnt_query 32753
resv1 1 9 0 0 278539
ec_alloc 2 SELF
getparam 0 3
gnt_map 281474976706560 0 512 2
ec_close 0
ec_status SELF 63
getparam 1 25
hc memory_op 3 0x41ff0000
ec_unmask 6
regvcpu 2 278536 4 0
a2p 1 0 4 63 17592186044416
resv1 0 SELF 2 0 12289
gnt_query 0
hc memory_op 3 0x41ff0000
gnt_unmap 281474976706560 0 0
regvcpu 1 68719476735 4048 0
gnt_version 2
ec_close 2
ec_ipi 2
ec_send 64
ec_bindvcpu 2 0
gnt_copy 68719476735 9 1 8 SELF 8 6 2
gnt_copy 8 2 16 229376 0 8 4096 2
gnt_setup 1 65 BUF2
ec_unmask 4
hc memory_op 14 0x41ff0000
gnt_query 9
resv1 1 2 0 0 139264
ec_virq 17 1
gnt_version 32753
regvcpu 0 12289 8 0
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@C
w16 0x41ff0000 SELF
gnt_setup 3 65 BUF2
ec_unmask 5
hc memory_op 3 0x41ff0000
ec_status SELF 1023
ec_unmask 7
ec_virq 1 1
gnt_map 1140887552 0 512 SELF
ec_alloc 3 3
getparam SELF 23
ec_status 32753 1023
ec_close 7
resv1 6 2 2 0 12289
getparam 3 6
ec_status SELF 7
ec_virq 11 1
gnt_unmap 939528192 0 3
ec_status 3 63
a2p 2 0 0 64 139264
gnt_unmap 281474976706560 0 3
ec_send 1023
gnt_query 2
gnt_unmap 50335744 0 0
ec_unmask 5
a2p 0 0 1 63 17592186044416
ec_close 2
a2p 0 0 0 0 278537
regvcpu 2 229378 4056 0
regvcpu 0 266756 8 0
gnt_setup SELF 64 BUF2
ec_unmask 0
gnt_version 1
ec_bindvcpu 63 1
resv1 1 1 10 0 17592186044416
hc memory_op 14 0x41ff0000
gnt_setup 32753 65 BUF2
ec_bind SELF 7
gnt_query SELF
ec_ipi 0
ec_unmask 5
ec_unmask 0
hc memory_op 14 0x41ff0000
a2p 3 0 1 2 139264
ec_virq 25 2
hc memory_op 3 0x41ff0000
a2p SELF 0 0 1 68719476735
gnt_copy 229378 32753 4096 11 32753 8 1 0
setparam SELF 37 38
a2p 3 0 1 1 278538
ec_unmask 5
ec_unmask 2
hc memory_op 3 0x41ff0000
resv1 6 SELF 9 0 266763
ec_bindvcpu 7 1
gnt_map 1092624384 18 1023 32753
ec_bind SELF 2
rmpm 0 139264
gnt_copy 266759 SELF 4096 1023 0 4095 7 2
gnt_map 50335744 6 512 0
gnt_unmap 50335744 0 0
ec_send 64
gnt_version 0
resv1 6 SELF 1 0 68719476735
ec_virq 2 2
resv1 6 2 9 0 229376
hc memory_op 4 0x41ff0000
gnt_unmap 1140850688 0 0
ec_bindvcpu 4 0
rmpm 32753 17592186044416
gnt_version SELF
ec_virq 0 0
gnt_map 570425344 1 1023 SELF
ec_virq 19 1
gnt_version 3
a2p 3 0 1 0 278534
gnt_unmap 1092640768 0 0
ec_ipi 2
hc memory_op 3 0x41ff0000
gnt_version 2
ec_close 7
a2p SELF 0 0 0 12289
ec_close 0
resv1 6 2 0 0 139264
ec_send 1023
ec_virq 25 2
gnt_map 939528192 2 11 SELF
getparam 3 6
gnt_copy 266755 9 4095 1 2 4097 1 2
ec_status 1 1023
ec_unmask 7
getparam 2 32
ec_unmask 64
ec_ipi 2
ec_bindvcpu 6 2
ec_ipi 0
ec_unmask 7
gnt_setup 2 2 BUF2
regvcpu 0 266766 4056 0
gnt_setup 0 64 BUF2
gnt_query 32753
ec_unmask 2
gnt_setup SELF 2 BUF2
gnt_map 281474976706560 2 0 3
ec_unmask 6
gnt_map 1140858880 2 1 SELF
ec_bindvcpu 63 2
rmpm 0 229378
resv1 6 32753 1 0 278536
ec_unmask 1
ec_virq 22 0
ec_bind 3 6
gnt_setup SELF 0 BUF2
ec_send 5
rmpm 2 266761
ec_virq 5 2
gnt_copy 512 9 8 8 3 0 7 2
ec_ipi 1
ec_bind 2 1024
setparam SELF 17 452
hc memory_op 14 0x41ff0000
ec_status 0 5
ec_ipi 1
getparam 1 7
gnt_copy 17592186044416 2 8 266759 0 4090 7 0
setparam SELF 39 354
gnt_version 2
ec_send 1023
ec_bind 9 64
getparam 1 6
gnt_unmap 939524096 0 2
gnt_map 281474976706560 3 1023 SELF
resv1 6 0 10 0 17592186044416
ec_alloc SELF 2
hc memory_op 14 0x41ff0000
ec_unmask 0
resv1 1 9 0 0 229376
ec_send 3
hc memory_op 4 0x41ff0000
rmpm 2 278540
gnt_unmap 281474976706560 0 2
ec_ipi 2
ec_virq 12 2
gnt_copy 10 SELF 8 1 SELF 4096 1 1
ec_virq 12 0
rmpm 3 278536
gnt_copy 266754 SELF 4096 10 SELF 4096 8 1
ec_close 7
resv1 0 SELF 0 0 278530
getparam 9 14
ec_bind 0 64
ec_ipi 2
setparam SELF 12 779
ec_send 2
ec_send 2
ec_ipi 0
gnt_map 939536384 3 10 SELF
ec_send 0
gnt_unmap 570425344 0 2
gnt_query SELF
gnt_setup 1 65 BUF2
a2p SELF 0 1 0 68719476735
a2p 32753 0 4 1 12289
setparam 32753 34 883
gnt_query 3
ec_ipi 2
ec_bind SELF 0
resv1 1 32753 0 0 229377
ec_alloc SELF 0
ec_status SELF 0
ec_send 2
ec_alloc 2 SELF
getparam SELF 33
gnt_setup 3 0 BUF2
gnt_setup 3 0 BUF2
gnt_setup SELF 65 BUF2
gnt_copy 1 3 8 1 SELF 1 4097 3
ec_bind 0 1024
gnt_copy 12289 32753 4088 266753 3 4095 7 0
gnt_version 9
gnt_copy 12289 SELF 4088 512 SELF 4095 4097 0
ec_ipi 2
ec_bind 1 0
ec_close 1
gnt_copy 17592186044416 9 4097 229377 32753 8 16 2
gnt_version 0
ec_unmask 6
ec_status 3 2
gnt_copy 1023 SELF 4090 1 0 16 8 2
ec_close 1023
gnt_copy 512 1 1 11 32753 4095 7 1
ec_bindvcpu 2 2
gnt_copy 17592186044416 0 1 9 SELF 4096 0 2
ec_bindvcpu 1024 2
gnt_query SELF
ec_virq 25 2
gnt_query SELF
gnt_setup SELF 2 BUF2
gnt_version 9
getparam 1 28
resv1 0 9 2 0 278532
ec_send 4
ec_virq 21 2
gnt_setup SELF 0 BUF2
getparam 0 12
regvcpu 2 139264 8 0
gnt_version 1
hc memory_op 14 0x41ff0000
ec_bind 32753 6
ec_unmask 1023
regvcpu 0 266764 4056 0
gnt_unmap 939536384 0 0
gnt_copy 511 SELF 4088 278536 SELF 0 7 2
rmpm 0 12289
gnt_version SELF
ec_alloc SELF SELF
gnt_setup 9 0 BUF2
regvcpu 2 139264 4056 0
gnt_setup 9 2 BUF2
regvcpu 2 266759 4 0
gnt_copy 278540 SELF 16 68719476735 SELF 4095 7 0
gnt_unmap 281474976706560 0 0
resv1 6 32753 2 0 229379
resv1 6 2 2 0 17592186044416
rmpm SELF 229378
ec_send 3
rmpm 32753 139264
ec_bind SELF 7
gnt_unmap 570425344 0 0
ec_bind SELF 4
rmpm 9 266754
rmpm 1 12289
hc memory_op 14 0x41ff0000
gnt_copy 0 SELF 4097 10 9 4088 4096 0
ec_unmask 6
ec_unmask 5
ec_alloc 9 3
ec_close 1024
setparam SELF 27 74
ec_bindvcpu 0 1
hc memory_op 3 0x41ff0000
ec_close 64
ec_send 2
rmpm SELF 17592186044416
ec_send 64
ec_alloc 1 SELF
ec_send 1024
ec_unmask 1023
gnt_version 32753
getparam SELF 12
ec_alloc 3 SELF
a2p 2 0 5 64 229377
resv1 6 2 2 0 68719476735
gnt_setup 32753 2 BUF2
ec_alloc 0 SELF
setparam SELF 38 594
regvcpu 1 266757 4056 0
ec_unmask 5
setparam 1 29 998
rmpm 3 278541
ec_status 32753 63
resv1 6 0 9 0 68719476735
hc memory_op 14 0x41ff0000
ec_ipi 1
a2p 9 0 0 0 68719476735
gnt_map 281474976706560 2 1 SELF
gnt_copy 12289 SELF 0 12289 SELF 8 6 3
ec_status 1 2
gnt_unmap 939528192 0 1
ec_ipi 2
ec_ipi 0
gnt_unmap 281474976706560 0 0
ec_alloc 32753 SELF
gnt_copy 229379 0 8 139264 SELF 4095 1 0
ec_close 6
hc memory_op 14 0x41ff0000
gnt_setup SELF 2 BUF2
ec_status 0 4
ec_virq 21 2
ec_virq 25 1
getparam SELF 6
gnt_setup SELF 1 BUF2
ec_unmask 3
ec_send 64
ec_status SELF 1
setparam SELF 23 876
ec_alloc 3 2
gnt_map 939532288 3 10 SELF
gnt_query SELF
gnt_version 2
ec_close 3
ec_unmask 0
gnt_version 2
regvcpu 2 12289 4 0
rmpm SELF 12289
getparam 2 1
a2p 2 0 1 64 139264
getparam 9 9
ec_virq 18 0
regvcpu 0 68719476735 4048 0
ec_close 63
ec_send 7
a2p 1 0 1 2 229376
getparam SELF 15
ec_bind 0 63
a2p 9 0 4 64 17592186044416
gnt_map 1140875264 2 100000 3
hc memory_op 3 0x41ff0000
a2p SELF 0 1 64 68719476735
hc memory_op 4 0x41ff0000
gnt_copy 1023 3 16 266764 SELF 4090 8 3
gnt_unmap 570425344 0 1
hc memory_op 4 0x41ff0000
gnt_copy 17592186044416 9 4097 9 3 4090 4097 1
ec_ipi 1
gnt_version 1
rmpm 32753 229378
ec_bindvcpu 3 2
a2p 32753 0 1 0 12289
ec_status 9 6
ec_virq 11 0
rmpm SELF 68719476735
ec_bind 0 0
ec_ipi 2
ec_bindvcpu 63 2
regvcpu 0 278540 4056 0
gnt_unmap 50335744 0 0
ec_unmask 2
ec_unmask 3
ec_ipi 2
gnt_setup SELF 1 BUF2
a2p 2 0 0 0 266761
ec_send 4
ec_send 4
hc memory_op 4 0x41ff0000
ec_bindvcpu 63 1
gnt_query 1
ec_status SELF 3
ec_send 7
ec_bindvcpu 64 1
gnt_version 9
getparam SELF 6
ec_status 32753 1024
hc memory_op 4 0x41ff0000
hc memory_op 4 0x41ff0000
ec_bind 0 4
resv1 1 32753 9 0 266765
ec_send 1024
ec_bindvcpu 0 0
getparam 3 7
gnt_version 2
ec_ipi 2
gnt_setup SELF 65 BUF2
ec_bindvcpu 0 1
getparam 3 2
gnt_copy 139264 0 4088 512 SELF 4090 4097 0
getparam 0 12
ec_unmask 64
ec_bindvcpu 1 0
setparam 9 22 335
setparam 2 35 411
hc memory_op 4 0x41ff0000
ec_unmask 64
ec_bindvcpu 0 0
rmpm 32753 12289
ec_unmask 63
gnt_map 939524096 1 0 3
gnt_query 1
ec_status 3 63
gnt_copy 1023 32753 4095 266754 SELF 4088 4096 0
rmpm SELF 17592186044416
ec_virq 23 1
ec_virq 13 1
gnt_setup 9 65 BUF2
hc memory_op 4 0x41ff0000
gnt_version 9
a2p SELF 0 1 64 17592186044416
resv1 0 1 2 0 12289
gnt_copy 8 2 0 100000 3 4097 7 3
ec_bindvcpu 2 1
rmpm 32753 278529
resv1 1 1 0 0 139264
getparam SELF 33
ec_virq 15 2
ec_unmask 1023
gnt_version 9
hc memory_op 3 0x41ff0000
gnt_copy 68719476735 1 16 1023 9 4088 16 0
ec_send 1
ec_virq 21 1
ec_unmask 7
getparam 3 2
ec_alloc 9 1
gnt_map 1140887552 18 8 2
ec_unmask 6
resv1 1 SELF 0 0 17592186044416
setparam SELF 24 618
ec_ipi 0
ec_status 32753 3
gnt_copy 511 3 1 139264 0 1 6 0
ec_unmask 1024
hc memory_op 3 0x41ff0000
ec_alloc SELF 0
ec_status SELF 3
setparam 9 27 189
ec_virq 24 0
ec_send 5
rmpm 32753 266762
ec_alloc 0 1
ec_send 7
gnt_version 1
ec_close 3
ec_status 3 6
a2p SELF 0 0 63 278541
ec_unmask 3
getparam 2 5
ec_bind 3 2
rmpm 2 17592186044416
ec_bind 9 6
ec_alloc 2 0
gnt_version 9
gnt_setup 32753 2 BUF2
gnt_query 0
a2p SELF 0 5 0 17592186044416
gnt_map 72057594037927940 1 100000 3
gnt_copy 11 SELF 0 0 SELF 16 16 2
gnt_version 32753
ec_virq 6 2
gnt_copy 11 3 4095 100000 SELF 4096 1 0
ec_ipi 1
gnt_version 1
hc memory_op 14 0x41ff0000
rmpm 2 266759
hc memory_op 4 0x41ff0000
gnt_setup SELF 1 BUF2
gnt_map 50335744 3 512 SELF
gnt_setup SELF 65 BUF2
regvcpu 1 278536 8 0
ec_virq 5 1
ec_unmask 63
setparam SELF 13 284
ec_unmask 6
gnt_copy 9 2 4095 1 1 4095 8 1
ec_bindvcpu 64 2
regvcpu 1 17592186044416 4048 0
resv1 1 9 2 0 17592186044416
ec_virq 25 2
gnt_query SELF
gnt_version 3
gnt_map 1140871168 2 8 1
setparam SELF 17 857
gnt_version SELF
ec_alloc SELF SELF
gnt_copy 1023 SELF 4090 12289 9 4090 6 2
gnt_copy 12289 2 1 100000 SELF 4096 1 2
gnt_setup 3 1 BUF2
gnt_setup 32753 0 BUF2
ec_alloc 0 1
ec_close 5
hc memory_op 14 0x41ff0000
ec_close 7
gnt_setup 32753 65 BUF2
ec_bind 32753 2
ec_virq 12 1
gnt_unmap 72057594037927940 0 2
rmpm 2 12289
resv1 0 SELF 0 0 139264
a2p 32753 0 5 0 12289
resv1 1 3 9 0 68719476735
ec_virq 20 2
gnt_query SELF
regvcpu 2 17592186044416 8 0
gnt_map 50335744 3 511 SELF
regvcpu 2 17592186044416 4048 0
ec_alloc 32753 0
regvcpu 0 229376 4 0
gnt_map 72057594037927940 6 1023 9
gnt_setup SELF 64 BUF2
ec_send 64
ec_virq 0 1
hc memory_op 4 0x41ff0000
ec_virq 4 1
gnt_copy 9 1 4095 511 SELF 4095 1 0
ec_bindvcpu 5 1
gnt_copy 266759 3 4097 100000 3 4090 4096 0
ec_alloc 2 2
ec_bind 32753 4
gnt_copy 139264 SELF 0 511 SELF 4090 1 3
gnt_setup SELF 0 BUF2
gnt_copy 8 9 0 0 2 4095 8 1
rmpm SELF 278543
regvcpu 0 12289 4056 0
ec_close 6
gnt_query 2
hc memory_op 14 0x41ff0000
ec_ipi 0
gnt_setup SELF 64 BUF2
gnt_copy 100000 SELF 4090 511 1 4095 1 1
gnt_version 3
gnt_query SELF
getparam SELF 3
gnt_map 1092665344 18 9 SELF
%dom D cpus = <2>; memory = <0 0x10000>; vpl011;
@D
w16 0x41ff0000 SELF
ec_ipi 2
a2p 2 0 2 0 139264
ec_virq 24 0
rmpm 0 278543
ec_status SELF 1023
gnt_copy 1 9 4088 139264 SELF 4095 7 0
ec_send 1
ec_status 3 3
gnt_setup 9 65 BUF2
ec_virq 5 2
ec_alloc 1 SELF
gnt_version 0
ec_virq 12 2
ec_unmask 1023
ec_bind SELF 1
a2p 1 0 0 0 139264
rmpm SELF 68719476735
ec_alloc SELF 32753
ec_bindvcpu 6 1
setparam 9 27 262
gnt_copy 10 9 8 12289 SELF 8 7 1
hc memory_op 4 0x41ff0000
gnt_map 72057594037927940 2 11 9
resv1 6 SELF 9 0 68719476735
ec_ipi 0
ec_send 64
ec_bindvcpu 1024 2
ec_ipi 2
gnt_query 0
hc memory_op 3 0x41ff0000
gnt_version SELF
a2p SELF 0 0 0 229378
gnt_map 570425344 0 100000 SELF
gnt_query 1
ec_virq 5 0
gnt_version SELF
gnt_unmap 72057594037927940 0 2
gnt_copy 12289 32753 0 17592186044416 SELF 8 6 1
ec_alloc 2 9
gnt_unmap 72057594037927940 0 2
ec_close 63
setparam 9 38 512
a2p SELF 0 0 0 17592186044416
gnt_copy 12289 2 4090 8 0 4088 8 0
gnt_copy 0 SELF 4095 100000 3 4088 4097 0
resv1 0 9 2 0 266755
ec_virq 2 1
ec_close 4
ec_virq 23 1
ec_status 9 2
ec_unmask 5
resv1 1 9 9 0 12289
ec_ipi 2
hc memory_op 4 0x41ff0000
ec_ipi 0
ec_bindvcpu 1 2
regvcpu 2 12289 8 0
gnt_query 9
gnt_unmap 50335744 0 0
gnt_copy 266753 2 16 17592186044416 SELF 4095 8 1
ec_virq 22 1
rmpm 32753 68719476735
gnt_version 0
setparam 9 12 802
ec_virq 12 2
setparam SELF 31 665
ec_bindvcpu 7 0
gnt_query 0
gnt_copy 10 2 1 229379 0 16 4097 2
gnt_setup 0 1 BUF2
ec_bindvcpu 5 2
ec_status 0 3
gnt_setup SELF 0 BUF2
gnt_query 1
regvcpu 1 278541 8 0
ec_unmask 64
ec_unmask 3
gnt_query 9
ec_bind SELF 5
ec_status SELF 1
gnt_query 9
ec_ipi 0
ec_ipi 2
hc memory_op 3 0x41ff0000
ec_bind SELF 5
gnt_map 1140895744 0 512 3
ec_unmask 63
ec_status 1 64
regvcpu 2 266754 4048 0
resv1 6 32753 2 0 12289
gnt_map 1092620288 2 1023 SELF
ec_virq 18 1
gnt_setup 32753 64 BUF2
gnt_version 3
gnt_map 1140875264 18 0 1
gnt_version 3
gnt_map 1092640768 1 10 SELF
setparam 0 22 847
ec_bind 0 1
resv1 6 9 1 0 229377
ec_alloc SELF 9
ec_status SELF 64
ec_unmask 1
ec_bind 32753 3
a2p 32753 0 5 0 278533
setparam SELF 25 573
hc memory_op 3 0x41ff0000
gnt_map 50335744 18 11 1
resv1 6 2 0 0 12289
rmpm 32753 68719476735
ec_bindvcpu 7 0
setparam 9 18 540
ec_unmask 5
rmpm 2 12289
rmpm 0 278541
regvcpu 1 278531 4056 0
hc memory_op 3 0x41ff0000
ec_send 6
rmpm SELF 278530
ec_alloc 9 0
gnt_setup 0 64 BUF2
ec_virq 2 0
getparam 3 25
ec_virq 25 2
ec_ipi 2
rmpm 9 229376
gnt_copy 139264 32753 8 11 1 4090 16 0
gnt_setup 3 2 BUF2
a2p 0 0 1 2 12289
setparam 3 0 176
ec_virq 17 1
getparam SELF 24
gnt_version 2
ec_close 0
resv1 1 2 10 0 17592186044416
resv1 1 9 0 0 139264
gnt_version 1
regvcpu 2 266764 8 0
gnt_setup 32753 64 BUF2
ec_bind 2 1
setparam 9 16 96
gnt_setup SELF 0 BUF2
gnt_unmap 1140891648 0 0
rmpm 0 278530
gnt_query SELF
ec_close 1
ec_ipi 2
ec_bindvcpu 1024 2
ec_unmask 0
ec_virq 4 0
a2p 9 0 4 2 278531
regvcpu 1 12289 0 0
hc memory_op 3 0x41ff0000
gnt_setup 1 0 BUF2
setparam SELF 28 0
gnt_query SELF
gnt_query 32753
resv1 6 1 0 0 12289
ec_send 4
ec_close 7
regvcpu 2 68719476735 0 0
ec_virq 1 0
ec_unmask 1023
ec_bind 9 1
setparam 9 28 856
ec_close 7
gnt_version 1
ec_virq 9 0
getparam SELF 30
hc memory_op 4 0x41ff0000
gnt_version 9
ec_ipi 2
ec_ipi 0
resv1 0 SELF 0 0 17592186044416
hc memory_op 3 0x41ff0000
resv1 1 32753 0 0 266764
gnt_setup 1 0 BUF2
gnt_version SELF
gnt_version SELF
ec_status 32753 4
ec_send 0
ec_unmask 2
regvcpu 0 266755 0 0
getparam SELF 35
regvcpu 1 278543 0 0
gnt_setup 0 64 BUF2
ec_send 63
gnt_version 0
ec_bindvcpu 63 1
ec_send 4
ec_close 4
gnt_map 939532288 0 0 1
ec_ipi 1
ec_virq 17 0
getparam SELF 3
ec_close 4
hc memory_op 4 0x41ff0000
ec_bindvcpu 7 2
gnt_map 50335744 6 8 2
ec_send 1023
gnt_map 281474976706560 18 11 SELF
gnt_query 0
gnt_unmap 570425344 0 3
ec_send 3
ec_ipi 0
ec_virq 14 1
rmpm 9 278529
ec_virq 21 1
hc memory_op 4 0x41ff0000
ec_bindvcpu 5 0
getparam SELF 13
hc memory_op 4 0x41ff0000
gnt_copy 229377 SELF 1 100000 SELF 8 7 1
ec_bindvcpu 7 0
hc memory_op 4 0x41ff0000
gnt_query 32753
ec_status SELF 7
gnt_version SELF
setparam 0 28 118
gnt_setup 9 2 BUF2
ec_bindvcpu 63 2
ec_virq 0 2
setparam 0 18 374
ec_status 1 63
ec_bindvcpu 1024 1
gnt_query SELF
hc memory_op 4 0x41ff0000
regvcpu 2 278534 8 0
gnt_map 1092653056 2 100000 SELF
ec_bind 0 6
resv1 0 0 10 0 68719476735
getparam 32753 11
ec_status 0 5
ec_status 9 6
hc memory_op 4 0x41ff0000
ec_alloc SELF 0
setparam 0 12 171
setparam 3 0 307
gnt_setup 1 64 BUF2
gnt_setup 0 1 BUF2
gnt_unmap 1092620288 0 3
gnt_setup 2 65 BUF2
regvcpu 1 229378 4056 0
ec_alloc SELF SELF
regvcpu 2 12289 4048 0
a2p 2 0 5 1 12289
getparam 3 26
gnt_map 939524096 6 9 SELF
hc memory_op 4 0x41ff0000
ec_bind 2 4
getparam 9 37
gnt_copy 229378 2 16 0 9 4095 4097 2
setparam 1 28 706
ec_unmask 2
hc memory_op 4 0x41ff0000
resv1 6 1 2 0 278531
setparam 0 14 722
ec_send 3
ec_alloc 32753 2
ec_virq 8 1
ec_alloc 32753 9
gnt_version 1
ec_bindvcpu 2 2
ec_bind 32753 4
getparam 2 22
ec_bindvcpu 1023 2
ec_close 64
a2p 1 0 1 63 68719476735
ec_status 0 4
resv1 1 0 0 0 17592186044416
ec_close 4
ec_ipi 0
setparam 1 38 374
a2p 2 0 1 2 17592186044416
gnt_setup SELF 0 BUF2
ec_unmask 0
ec_close 5
gnt_setup SELF 64 BUF2
ec_send 6
ec_bindvcpu 1024 1
a2p SELF 0 1 0 278542
gnt_copy 12289 3 4096 12289 9 8 1 1
rmpm SELF 229377
ec_send 3
ec_ipi 2
gnt_copy 17592186044416 SELF 0 10 32753 4090 0 3
ec_unmask 4
resv1 6 1 0 0 17592186044416
gnt_version SELF
gnt_version 1
hc memory_op 4 0x41ff0000
a2p SELF 0 0 1 68719476735
ec_unmask 4
hc memory_op 14 0x41ff0000
setparam 32753 6 181
ec_virq 9 2
ec_alloc 1 32753
gnt_map 939524096 3 8 0
ec_bind 0 3
setparam 9 0 243
ec_bindvcpu 3 0
getparam SELF 13
gnt_unmap 1092673536 0 2
ec_status 0 1
resv1 1 SELF 10 0 139264
gnt_unmap 72057594037927940 0 1
ec_virq 3 2
resv1 1 2 2 0 139264
gnt_setup 3 65 BUF2
resv1 1 9 0 0 68719476735
ec_bindvcpu 1 1
gnt_setup 32753 65 BUF2
gnt_copy 11 2 4097 1023 1 8 6 1
gnt_copy 1023 0 4096 139264 3 1 6 3
regvcpu 2 229378 4056 0
getparam 9 21
ec_send 6
ec_unmask 3
ec_alloc SELF 32753
hc memory_op 4 0x41ff0000
ec_bindvcpu 6 1
a2p 2 0 1 64 266760
ec_bind SELF 1023
gnt_version 2
ec_alloc 0 SELF
regvcpu 2 266762 4048 0
gnt_map 72057594037927940 3 8 32753
setparam SELF 37 944
gnt_setup 0 0 BUF2
regvcpu 2 12289 4056 0
gnt_unmap 570425344 0 3
ec_close 64
ec_bind 2 3
getparam 3 33
gnt_unmap 939528192 0 0
ec_bind SELF 4
ec_virq 8 1
setparam 32753 20 424
gnt_query 32753
hc memory_op 4 0x41ff0000
gnt_setup 3 1 BUF2
ec_alloc 0 SELF
regvcpu 2 229376 8 0
setparam 1 14 560
ec_alloc 1 32753
ec_status SELF 6
ec_bindvcpu 6 2
resv1 6 2 9 0 12289
gnt_copy 8 SELF 4095 278535 SELF 8 0 1
ec_ipi 0
setparam 3 39 795
hc memory_op 3 0x41ff0000
rmpm 3 68719476735
setparam 9 12 684
gnt_setup 9 1 BUF2
setparam SELF 31 269
ec_send 64
ec_status SELF 1023
regvcpu 2 139264 4048 0
setparam SELF 27 263
gnt_query SELF
ec_bind 2 1
resv1 0 3 10 0 229378
gnt_setup 0 65 BUF2
ec_virq 21 0
ec_ipi 1
hc memory_op 3 0x41ff0000
gnt_query 9
gnt_map 1140879360 2 9 1
ec_alloc 1 32753
getparam SELF 9
ec_bind 3 2
ec_virq 9 2
regvcpu 0 266758 0 0
ec_bind SELF 2
gnt_query 0
gnt_unmap 50335744 0 3
rmpm SELF 68719476735
gnt_version 9
hc memory_op 4 0x41ff0000
ec_unmask 2
hc memory_op 14 0x41ff0000
regvcpu 1 12289 4 0
setparam SELF 37 394
rmpm SELF 68719476735
ec_bind 1 0
gnt_version SELF
ec_ipi 1
gnt_unmap 939524096 0 1
ec_virq 6 2
a2p 1 0 1 0 12289
regvcpu 0 17592186044416 4048 0
ec_ipi 0
a2p 1 0 0 2 229378
hc memory_op 3 0x41ff0000
gnt_map 281474976706560 6 0 SELF
gnt_version 3
gnt_setup SELF 65 BUF2
ec_close 2
gnt_query 2
gnt_query SELF
ec_send 5
regvcpu 1 266756 4056 0
ec_unmask 3
ec_send 5
gnt_query 0
ec_status 2 6
ec_bindvcpu 5 1
ec_close 2
ec_virq 22 1
ec_ipi 0
setparam 0 27 152
gnt_query SELF
ec_unmask 4
setparam 1 14 89
ec_close 63
ec_bindvcpu 5 1
hc memory_op 14 0x41ff0000
getparam 32753 7
ec_send 1023
gnt_setup SELF 1 BUF2
hc memory_op 3 0x41ff0000
ec_close 1023
ec_ipi 0
ec_close 64
a2p 2 0 0 1 12289
ec_alloc 3 SELF
rmpm 32753 229378
setparam 0 13 694
gnt_copy 0 3 4097 512 SELF 8 4096 3
ec_bind 1 3
ec_unmask 1
ec_send 7
ec_bind 32753 1024
hc memory_op 14 0x41ff0000
gnt_copy 68719476735 32753 4088 511 0 4097 8 2
ec_alloc 0 2
gnt_unmap 570425344 0 2
ec_alloc 1 3
gnt_copy 17592186044416 1 8 511 SELF 4097 1 2
gnt_query 32753
resv1 6 1 10 0 12289
getparam 1 36
a2p 0 0 1 2 12289
gnt_map 1140903936 2 11 3
rmpm SELF 17592186044416
gnt_version SELF
gnt_copy 100000 1 4090 0 0 4096 7 3
gnt_copy 68719476735 SELF 4095 278538 9 4097 4096 3
ec_alloc SELF SELF
ec_alloc SELF 2
ec_status 2 63
ec_unmask 2
gnt_copy 139264 1 0 10 9 0 4096 0
gnt_unmap 50335744 0 3
gnt_version 32753
regvcpu 1 139264 4 0
ec_status 32753 4
ec_send 1023
a2p SELF 0 2 0 12289
setparam 32753 25 939
ec_alloc 1 1
setparam 3 5 626
gnt_copy 512 SELF 0 511 32753 4096 1 1
hc memory_op 3 0x41ff0000
ec_alloc 1 2
resv1 1 0 2 0 17592186044416
resv1 1 9 0 0 278535
ec_bindvcpu 2 2
ec_alloc SELF SELF
gnt_map 281474976706560 18 512 2
ec_bindvcpu 2 2
gnt_setup 0 2 BUF2
gnt_version 9
gnt_map 1092640768 2 512 2
resv1 1 SELF 1 0 139264
gnt_unmap 939528192 0 0
gnt_copy 266753 32753 16 11 1 1 1 2
gnt_unmap 50335744 0 2
getparam SELF 18
ec_ipi 2
regvcpu 0 17592186044416 0 0
gnt_unmap 281474976706560 0 1
gnt_unmap 72057594037927940 0 3
ec_close 63
ec_unmask 2
gnt_setup 3 65 BUF2
ec_unmask 4
gnt_copy 511 32753 4090 139264 SELF 4090 4097 1
ec_unmask 2
gnt_unmap 50335744 0 1
resv1 1 3 0 0 68719476735
ec_ipi 2
rmpm 1 229377
hc memory_op 4 0x41ff0000
ec_send 1024
getparam 9 18
gnt_map 281474976706560 3 100000 9
hc memory_op 14 0x41ff0000
ec_alloc SELF 3
