%include lib.inc
%xen xsm=dummy
%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
w16 0x41ff0000 SELF
rmpm 3 12289
hc memory_op 3 0x41ff0000
resv1 1 3 0 0 266762
rmpm 2 12289
resv1 6 0 9 0 139264
ec_send 0
gnt_version 0
getparam 1 27
ec_close 7
resv1 6 SELF 10 0 68719476735
a2p SELF 0 0 1 229377
ec_status 2 0
rmpm SELF 17592186044416
gnt_version 2
gnt_query 32753
gnt_query 32753
ec_ipi 1
gnt_version SELF
resv1 1 32753 1 0 139264
ec_alloc SELF SELF
ec_send 1
setparam 1 5 554
ec_bindvcpu 1 1
ec_bindvcpu 6 0
gnt_map 939528192 0 1 SELF
ec_close 6
ec_alloc 0 9
gnt_copy 266756 32753 4097 10 32753 1 8 3
ec_send 7
gnt_version 9
a2p SELF 0 1 64 229377
setparam SELF 13 938
hc memory_op 14 0x41ff0000
ec_alloc 32753 0
setparam 0 9 390
ec_close 4
regvcpu 2 17592186044416 4048 0
hc memory_op 4 0x41ff0000
resv1 1 1 2 0 278534
resv1 6 3 2 0 139264
ec_virq 25 1
ec_status 1 3
ec_alloc 9 2
gnt_unmap 1092644864 0 2
hc memory_op 3 0x41ff0000
gnt_setup SELF 1 BUF2
ec_ipi 2
ec_status 1 1023
ec_unmask 64
ec_virq 20 0
ec_send 0
setparam 9 22 343
resv1 1 SELF 9 0 139264
resv1 1 32753 9 0 68719476735
ec_alloc 2 1
ec_send 64
ec_virq 14 1
a2p 1 0 0 64 266753
ec_bindvcpu 7 1
hc memory_op 14 0x41ff0000
a2p SELF 0 5 1 139264
gnt_setup SELF 64 BUF2
getparam SELF 27
ec_send 1023
ec_virq 21 1
ec_alloc SELF 2
gnt_setup 9 64 BUF2
getparam 32753 13
ec_ipi 1
ec_bind 0 6
ec_virq 7 1
gnt_query 1
ec_send 64
ec_bindvcpu 3 2
ec_bind 0 3
ec_unmask 1
ec_unmask 1023
ec_send 64
ec_close 3
ec_virq 11 1
gnt_map 50335744 3 9 3
setparam 32753 19 325
gnt_version 32753
rmpm SELF 278535
ec_bindvcpu 2 2
regvcpu 0 17592186044416 8 0
ec_bindvcpu 0 2
ec_virq 12 0
gnt_map 1140862976 0 8 32753
gnt_unmap 939536384 0 1
ec_send 3
getparam 32753 11
ec_send 2
gnt_query 9
resv1 6 SELF 0 0 17592186044416
setparam 1 32 784
ec_alloc 9 SELF
ec_bindvcpu 1 1
ec_virq 21 1
ec_virq 12 2
ec_virq 18 0
setparam SELF 12 867
ec_close 7
ec_virq 7 0
gnt_version 3
ec_bind SELF 64
setparam 32753 31 909
ec_bindvcpu 63 0
ec_unmask 2
ec_status 0 2
gnt_map 570425344 2 512 9
resv1 1 1 0 0 229377
gnt_setup 3 1 BUF2
rmpm 0 266757
gnt_setup SELF 64 BUF2
ec_bindvcpu 5 0
ec_status SELF 63
ec_bind 1 1024
gnt_copy 0 9 4097 139264 32753 4096 8 1
gnt_map 939528192 18 10 2
rmpm 0 229377
ec_bindvcpu 5 0
gnt_copy 10 SELF 0 17592186044416 SELF 0 7 2
ec_bind 1 0
gnt_unmap 72057594037927940 0 0
rmpm SELF 139264
hc memory_op 14 0x41ff0000
gnt_setup SELF 64 BUF2
ec_status 1 64
regvcpu 2 12289 4048 0
ec_virq 12 0
gnt_copy 68719476735 32753 4090 1 SELF 1 8 0
ec_send 5
ec_bindvcpu 0 1
gnt_setup 32753 1 BUF2
ec_unmask 6
ec_virq 21 0
getparam SELF 38
setparam SELF 29 26
ec_close 1024
ec_send 4
ec_status 32753 0
ec_ipi 1
gnt_copy 100000 SELF 4090 1 3 4088 0 0
ec_ipi 1
regvcpu 0 68719476735 0 0
hc memory_op 14 0x41ff0000
ec_virq 7 0
hc memory_op 3 0x41ff0000
gnt_setup SELF 65 BUF2
ec_status 1 1024
ec_unmask 5
ec_alloc 3 0
a2p 9 0 5 2 68719476735
ec_ipi 2
setparam 0 24 845
gnt_query SELF
gnt_unmap 1092628480 0 2
ec_unmask 7
gnt_version 9
ec_virq 20 1
ec_status SELF 7
setparam SELF 38 859
gnt_map 281474976706560 3 11 32753
ec_ipi 1
regvcpu 1 139264 4048 0
gnt_map 1140879360 18 100000 SELF
ec_alloc SELF 9
gnt_query 9
ec_bind SELF 2
gnt_query SELF
getparam 3 9
ec_status SELF 7
resv1 6 0 1 0 266762
resv1 6 9 10 0 17592186044416
ec_close 4
ec_close 4
rmpm 9 68719476735
ec_ipi 0
a2p 0 0 4 64 266757
ec_send 1023
ec_ipi 0
ec_ipi 0
ec_virq 2 0
ec_send 7
ec_virq 7 0
gnt_query SELF
getparam SELF 20
gnt_map 939524096 18 8 32753
regvcpu 0 17592186044416 0 0
ec_close 3
ec_close 4
hc memory_op 14 0x41ff0000
ec_bindvcpu 1024 1
ec_ipi 0
ec_alloc SELF 3
ec_bind 2 2
gnt_unmap 50335744 0 3
gnt_map 281474976706560 1 1023 1
ec_unmask 0
gnt_setup SELF 2 BUF2
ec_close 0
ec_ipi 2
ec_bindvcpu 4 1
getparam SELF 32
gnt_query 2
gnt_copy 100000 32753 8 8 SELF 1 8 1
rmpm 2 266753
a2p 1 0 1 0 278542
regvcpu 2 139264 8 0
rmpm 9 12289
gnt_version 2
regvcpu 2 12289 4056 0
gnt_map 72057594037927940 1 1 SELF
gnt_map 570425344 2 1023 3
ec_bind 3 2
regvcpu 0 68719476735 4048 0
getparam 0 4
gnt_copy 139264 2 4096 266754 3 0 8 3
setparam 1 31 254
hc memory_op 3 0x41ff0000
gnt_query SELF
resv1 1 2 10 0 139264
resv1 1 32753 9 0 278530
resv1 6 SELF 0 0 266765
getparam 1 15
ec_bind 1 1023
gnt_query 9
a2p SELF 0 1 64 278536
hc memory_op 14 0x41ff0000
ec_close 63
ec_unmask 64
rmpm 2 68719476735
ec_close 1024
gnt_setup SELF 64 BUF2
setparam 0 12 716
ec_virq 18 1
rmpm 1 278533
ec_alloc 9 9
ec_unmask 4
ec_bind 2 5
gnt_query 2
resv1 1 32753 10 0 68719476735
gnt_query 0
getparam SELF 9
regvcpu 0 12289 4 0
resv1 1 3 0 0 139264
ec_bindvcpu 2 2
gnt_copy 1 0 4096 1 3 4097 6 0
ec_unmask 6
getparam SELF 8
setparam 0 38 544
gnt_version 0
gnt_query SELF
ec_status SELF 2
ec_alloc 9 32753
ec_status 32753 1
a2p 0 0 5 63 229379
rmpm 3 229376
gnt_unmap 1140895744 0 0
ec_unmask 1023
gnt_setup SELF 64 BUF2
resv1 0 2 0 0 278531
rmpm SELF 278541
setparam 1 11 394
a2p SELF 0 4 1 12289
ec_send 6
ec_alloc 32753 32753
setparam SELF 29 684
ec_alloc 3 32753
gnt_unmap 570425344 0 1
gnt_map 72057594037927940 2 511 2
ec_virq 19 2
gnt_version 1
rmpm SELF 139264
ec_close 3
regvcpu 0 278528 4048 0
gnt_unmap 1092616192 0 2
ec_unmask 1023
a2p SELF 0 1 64 12289
ec_ipi 1
ec_status 32753 1024
hc memory_op 14 0x41ff0000
setparam 0 32 408
a2p 0 0 1 1 68719476735
rmpm 0 12289
ec_send 1
ec_ipi 2
ec_bindvcpu 6 1
ec_bindvcpu 64 0
gnt_query SELF
ec_status SELF 2
resv1 1 2 0 0 68719476735
ec_virq 4 2
getparam 2 17
gnt_setup SELF 65 BUF2
ec_status 0 3
ec_bind 0 63
getparam SELF 30
hc memory_op 3 0x41ff0000
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@B
w16 0x41ff0000 SELF
gnt_map 72057594037927940 3 511 9
ec_bindvcpu 64 1
resv1 1 SELF 1 0 12289
gnt_unmap 939528192 0 0
ec_close 5
gnt_map 570425344 6 511 SELF
ec_close 6
regvcpu 0 229376 4056 0
ec_send 63
regvcpu 1 12289 8 0
ec_status 3 0
ec_bind 3 64
resv1 6 0 1 0 229376
ec_virq 19 1
ec_bind SELF 63
getparam SELF 25
gnt_unmap 570425344 0 1
ec_send 1
ec_unmask 6
ec_alloc SELF SELF
ec_alloc SELF 0
rmpm SELF 17592186044416
ec_send 1024
ec_bindvcpu 1 1
ec_virq 10 0
gnt_unmap 939532288 0 1
ec_bindvcpu 5 2
a2p 32753 0 1 63 68719476735
gnt_copy 0 1 16 12289 9 4095 6 0
regvcpu 1 278537 8 0
ec_unmask 1024
a2p 0 0 2 0 229376
ec_unmask 5
gnt_query SELF
gnt_query SELF
gnt_copy 278529 32753 16 278542 9 4090 8 1
regvcpu 2 266765 4056 0
hc memory_op 3 0x41ff0000
gnt_copy 0 1 4090 68719476735 SELF 8 7 1
ec_status 0 6
ec_bindvcpu 63 0
ec_close 4
gnt_version 9
gnt_map 570425344 18 512 32753
ec_unmask 5
regvcpu 1 229376 4056 0
ec_unmask 1
ec_alloc SELF 32753
ec_virq 0 0
ec_send 5
gnt_map 1140891648 2 8 SELF
ec_unmask 4
resv1 1 0 0 0 12289
ec_bindvcpu 63 1
a2p 0 0 2 64 12289
gnt_map 72057594037927940 6 100000 9
ec_unmask 1
ec_virq 19 2
ec_unmask 4
gnt_copy 278533 SELF 4088 139264 SELF 4088 4097 1
ec_ipi 0
setparam 9 0 316
gnt_unmap 72057594037927940 0 3
ec_alloc 3 1
resv1 1 0 9 0 266760
gnt_query SELF
gnt_query 3
gnt_map 1140875264 2 10 0
gnt_map 50335744 2 511 32753
getparam SELF 35
resv1 6 2 0 0 266753
resv1 1 2 0 0 17592186044416
setparam 3 26 449
hc memory_op 3 0x41ff0000
gnt_copy 11 3 16 139264 SELF 4088 0 2
ec_ipi 0
getparam SELF 24
ec_status SELF 1024
ec_send 1
gnt_map 1140850688 3 1023 9
a2p 9 0 1 63 266765
ec_status 9 2
gnt_version 32753
gnt_setup 9 2 BUF2
ec_bindvcpu 6 0
ec_virq 14 0
ec_bind 3 0
gnt_unmap 50335744 0 2
a2p 0 0 1 2 229378
ec_bind SELF 4
getparam SELF 36
rmpm 2 229378
ec_status 3 3
resv1 0 3 10 0 68719476735
ec_bindvcpu 1 0
getparam SELF 25
gnt_map 50335744 2 1023 2
ec_bind 32753 1024
ec_virq 24 0
regvcpu 2 12289 0 0
ec_alloc 9 SELF
ec_virq 7 0
gnt_version 3
setparam 3 22 528
gnt_map 72057594037927940 2 11 3
ec_bind 1 4
gnt_version 32753
ec_ipi 1
regvcpu 0 12289 4048 0
hc memory_op 3 0x41ff0000
ec_ipi 1
ec_ipi 0
ec_bind 2 7
ec_bind 2 0
ec_virq 25 0
resv1 6 2 1 0 266766
gnt_copy 17592186044416 3 4095 139264 1 4090 0 3
resv1 1 SELF 0 0 17592186044416
a2p 3 0 2 0 12289
a2p 0 0 5 63 68719476735
regvcpu 0 139264 4 0
getparam 1 3
rmpm SELF 139264
gnt_copy 68719476735 3 16 139264 32753 4090 8 0
ec_bindvcpu 5 1
ec_status 0 63
rmpm 32753 139264
ec_status 1 6
getparam SELF 18
getparam 2 9
ec_bind SELF 4
gnt_map 1092657152 18 512 0
ec_unmask 7
gnt_unmap 50335744 0 2
ec_close 1023
ec_virq 16 2
ec_ipi 1
getparam SELF 13
ec_ipi 2
gnt_version 2
ec_alloc 0 0
rmpm SELF 229376
setparam 9 2 398
getparam 9 15
ec_bindvcpu 63 1
setparam 2 0 107
ec_ipi 0
ec_ipi 2
ec_virq 3 2
regvcpu 1 68719476735 0 0
ec_unmask 64
getparam 0 11
regvcpu 0 17592186044416 4056 0
setparam SELF 0 460
gnt_copy 8 0 4088 68719476735 SELF 0 0 2
ec_close 7
gnt_unmap 72057594037927940 0 3
ec_alloc SELF 3
ec_alloc 3 SELF
hc memory_op 4 0x41ff0000
getparam 2 2
ec_ipi 1
resv1 1 2 0 0 68719476735
ec_unmask 1023
ec_status 2 6
resv1 6 SELF 0 0 278530
resv1 1 SELF 1 0 139264
gnt_setup 9 65 BUF2
getparam SELF 19
ec_bind 1 4
gnt_setup 1 2 BUF2
ec_virq 2 1
ec_ipi 2
gnt_version 2
regvcpu 1 229378 4 0
gnt_setup 32753 0 BUF2
hc memory_op 4 0x41ff0000
ec_ipi 2
setparam SELF 10 683
regvcpu 2 68719476735 4 0
gnt_version 1
a2p 2 0 1 0 266752
a2p 9 0 0 2 266752
resv1 1 9 0 0 278535
gnt_copy 229379 SELF 8 0 3 4096 7 1
setparam 2 27 253
ec_close 1024
gnt_map 1140887552 1 9 9
ec_alloc 1 SELF
gnt_copy 512 0 8 100000 SELF 4096 7 3
ec_bindvcpu 64 0
ec_virq 1 1
setparam 2 4 425
ec_virq 25 0
ec_unmask 1023
gnt_query SELF
gnt_unmap 50335744 0 3
ec_alloc 2 SELF
gnt_map 281474976706560 1 0 0
gnt_copy 139264 9 8 100000 32753 4095 8 1
ec_send 63
ec_status SELF 2
gnt_copy 8 3 4088 10 SELF 4096 8 0
hc memory_op 3 0x41ff0000
ec_bindvcpu 64 1
gnt_query 32753
gnt_map 570425344 6 1023 9
resv1 6 2 10 0 17592186044416
ec_send 6
resv1 1 32753 2 0 229378
setparam 1 19 374
ec_status 3 0
a2p SELF 0 1 2 12289
ec_ipi 1
a2p SELF 0 1 2 229379
ec_status 1 1024
regvcpu 0 229379 0 0
gnt_unmap 1092636672 0 2
ec_unmask 5
ec_close 7
ec_bind SELF 64
ec_ipi 0
ec_bind 9 5
getparam 32753 28
ec_bindvcpu 6 0
rmpm SELF 12289
gnt_version 32753
rmpm 32753 278540
gnt_map 72057594037927940 3 11 SELF
gnt_query 0
gnt_query 1
resv1 6 2 9 0 278531
ec_status SELF 3
ec_unmask 63
a2p 32753 0 1 2 68719476735
ec_ipi 2
ec_bind 32753 64
ec_ipi 1
getparam SELF 23
resv1 6 SELF 2 0 139264
gnt_version 9
gnt_copy 8 SELF 8 1023 3 1 0 1
ec_close 5
getparam 3 25
ec_alloc 0 SELF
regvcpu 2 12289 0 0
ec_bindvcpu 1023 0
getparam SELF 7
gnt_version 2
ec_ipi 2
ec_bindvcpu 64 0
gnt_version 32753
gnt_map 1140908032 18 511 3
gnt_setup SELF 65 BUF2
getparam 2 38
ec_bind 9 64
ec_alloc SELF SELF
gnt_copy 9 0 4088 10 9 4090 8 2
gnt_version 32753
gnt_map 50335744 1 512 SELF
ec_unmask 1023
ec_send 3
ec_ipi 1
gnt_version SELF
ec_unmask 63
gnt_version 3
ec_alloc SELF 1
gnt_version SELF
ec_bindvcpu 63 0
rmpm 32753 139264
gnt_unmap 72057594037927940 0 1
regvcpu 1 266758 4 0
ec_bindvcpu 2 1
ec_alloc 0 SELF
gnt_map 281474976706560 18 8 1
ec_virq 18 2
ec_ipi 2
getparam 32753 30
ec_alloc SELF 9
ec_bind 3 7
resv1 1 2 10 0 68719476735
ec_bind SELF 64
rmpm 3 17592186044416
rmpm SELF 229376
ec_send 1024
ec_bind 1 6
ec_ipi 1
resv1 1 3 1 0 229377
getparam 3 21
gnt_copy 68719476735 SELF 4095 266764 SELF 4097 0 1
hc memory_op 3 0x41ff0000
ec_bind 9 6
hc memory_op 14 0x41ff0000
resv1 0 1 0 0 229377
gnt_copy 10 SELF 16 12289 1 1 6 1
gnt_copy 266757 SELF 4090 1023 SELF 4090 7 1
a2p 2 0 5 64 68719476735
ec_ipi 1
ec_virq 12 0
gnt_map 1140887552 3 9 SELF
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@C
w16 0x41ff0000 SELF
ec_send 63
ec_send 1
gnt_copy 0 SELF 4088 511 SELF 4097 1 2
gnt_setup SELF 1 BUF2
getparam SELF 1
ec_close 1024
ec_unmask 3
ec_unmask 6
hc memory_op 4 0x41ff0000
gnt_setup 2 65 BUF2
ec_bind 9 1024
getparam 1 24
gnt_unmap 1092616192 0 2
gnt_version SELF
ec_bind 32753 7
ec_status SELF 7
regvcpu 0 17592186044416 4056 0
ec_send 2
resv1 1 3 10 0 278541
a2p SELF 0 0 2 17592186044416
getparam 9 23
ec_send 63
hc memory_op 4 0x41ff0000
regvcpu 0 278529 0 0
gnt_map 50335744 2 511 32753
gnt_unmap 570425344 0 3
ec_bind 9 2
ec_unmask 1024
ec_alloc 1 0
gnt_unmap 50335744 0 3
ec_unmask 1
ec_close 0
getparam SELF 19
ec_alloc 0 SELF
ec_close 3
resv1 0 1 0 0 12289
ec_ipi 2
gnt_unmap 1092620288 0 0
gnt_unmap 72057594037927940 0 0
resv1 1 3 0 0 266761
ec_send 7
ec_status SELF 64
ec_bind 2 63
a2p 3 0 0 2 278532
ec_send 7
regvcpu 0 266765 8 0
setparam 3 23 827
ec_alloc 3 0
gnt_query SELF
gnt_version 32753
hc memory_op 14 0x41ff0000
ec_close 5
ec_alloc SELF SELF
getparam SELF 1
rmpm 1 68719476735
gnt_map 281474976706560 3 100000 1
ec_unmask 1024
a2p 3 0 1 2 68719476735
ec_send 6
setparam 1 14 814
ec_ipi 0
setparam 2 34 799
gnt_version 2
gnt_setup SELF 0 BUF2
gnt_setup 32753 0 BUF2
ec_status SELF 2
resv1 1 SELF 9 0 278542
gnt_unmap 50335744 0 2
a2p SELF 0 1 0 139264
gnt_map 50335744 18 100000 2
gnt_map 939528192 2 9 SELF
ec_bindvcpu 64 1
a2p 2 0 5 64 139264
gnt_query 3
a2p 2 0 2 1 12289
ec_send 5
ec_alloc 3 9
resv1 0 2 10 0 12289
ec_virq 19 2
ec_bindvcpu 5 0
setparam SELF 7 287
ec_status 3 0
ec_send 4
ec_alloc 32753 SELF
ec_close 6
rmpm SELF 139264
ec_status 32753 3
rmpm SELF 278530
ec_ipi 2
gnt_version 9
rmpm 32753 68719476735
getparam SELF 32
gnt_version 3
gnt_unmap 50335744 0 1
ec_status SELF 5
hc memory_op 3 0x41ff0000
ec_bindvcpu 1024 0
rmpm SELF 12289
resv1 6 SELF 0 0 278536
getparam 2 29
gnt_map 1092657152 1 9 1
gnt_version SELF
ec_unmask 3
gnt_query SELF
ec_status 1 1
ec_bindvcpu 3 0
gnt_unmap 50335744 0 0
ec_status SELF 6
hc memory_op 14 0x41ff0000
a2p 3 0 1 64 68719476735
ec_alloc SELF SELF
rmpm SELF 12289
gnt_map 281474976706560 1 511 2
ec_virq 11 2
a2p 32753 0 1 63 278528
setparam 2 5 947
ec_bindvcpu 2 0
ec_ipi 2
ec_virq 4 1
ec_bind 0 64
ec_bind 2 4
hc memory_op 3 0x41ff0000
ec_close 1024
rmpm 2 139264
ec_virq 23 0
ec_close 6
ec_virq 12 0
regvcpu 2 12289 0 0
a2p 32753 0 1 63 68719476735
gnt_setup SELF 1 BUF2
ec_send 1023
ec_ipi 0
ec_virq 7 1
ec_bind 3 0
ec_alloc 0 0
ec_ipi 1
rmpm 9 229377
getparam 2 23
gnt_version 3
ec_close 5
hc memory_op 3 0x41ff0000
ec_unmask 0
gnt_version SELF
gnt_query SELF
rmpm 1 139264
gnt_version SELF
ec_unmask 64
resv1 0 SELF 9 0 278540
gnt_map 1092661248 0 1 SELF
ec_alloc 1 32753
gnt_map 570425344 2 1023 0
gnt_query 2
rmpm 3 139264
ec_status 2 0
ec_bind 1 7
ec_unmask 1
ec_unmask 4
ec_unmask 3
setparam 2 20 628
gnt_copy 68719476735 1 1 0 SELF 4090 7 1
ec_virq 4 2
gnt_copy 1023 1 0 229376 SELF 0 4096 3
ec_send 1024
ec_close 2
ec_unmask 2
getparam 0 33
ec_close 5
hc memory_op 4 0x41ff0000
regvcpu 2 68719476735 4056 0
ec_bindvcpu 63 0
gnt_setup 2 0 BUF2
gnt_setup 1 2 BUF2
gnt_setup 1 65 BUF2
ec_close 4
ec_status 2 5
ec_alloc SELF SELF
resv1 1 SELF 1 0 278532
ec_bind SELF 64
getparam 1 38
ec_bindvcpu 4 0
ec_send 7
ec_unmask 64
ec_ipi 1
getparam 2 24
ec_send 63
regvcpu 1 278538 4 0
gnt_map 50335744 1 100000 32753
gnt_query SELF
hc memory_op 3 0x41ff0000
getparam 1 18
gnt_query SELF
gnt_map 72057594037927940 2 100000 SELF
ec_ipi 2
regvcpu 2 17592186044416 4048 0
ec_send 63
gnt_unmap 939524096 0 0
gnt_map 50335744 2 1 SELF
ec_virq 10 0
ec_alloc SELF 0
rmpm 32753 68719476735
ec_unmask 1
gnt_setup SELF 2 BUF2
gnt_unmap 1140908032 0 0
ec_alloc 1 SELF
ec_bindvcpu 1023 0
gnt_map 50335744 0 0 32753
resv1 0 9 10 0 266753
getparam 0 15
ec_status SELF 63
gnt_copy 1 1 4095 17592186044416 3 4097 1 0
ec_alloc 1 3
gnt_map 1140862976 6 10 SELF
ec_alloc 2 3
gnt_map 50335744 3 9 1
hc memory_op 14 0x41ff0000
gnt_query 2
ec_bind SELF 63
hc memory_op 3 0x41ff0000
ec_ipi 1
gnt_version 0
getparam SELF 25
a2p SELF 0 2 1 17592186044416
gnt_copy 11 SELF 4095 12289 SELF 4097 8 0
resv1 1 SELF 0 0 68719476735
a2p SELF 0 2 2 68719476735
ec_virq 3 1
ec_send 2
gnt_copy 278537 2 0 68719476735 1 4090 1 0
ec_alloc SELF 32753
hc memory_op 3 0x41ff0000
ec_send 2
gnt_version 32753
a2p SELF 0 1 0 229377
rmpm 0 139264
setparam SELF 28 83
setparam 2 37 101
ec_ipi 0
resv1 1 0 10 0 68719476735
gnt_copy 11 3 16 1023 0 4095 6 2
ec_close 64
rmpm 9 266756
rmpm 3 278534
rmpm 3 278542
setparam 0 7 2
ec_status 9 63
ec_bind SELF 1024
ec_alloc 1 2
ec_virq 8 1
resv1 0 9 0 0 266765
gnt_setup 2 1 BUF2
getparam SELF 16
gnt_version 9
ec_unmask 1023
ec_bindvcpu 64 1
rmpm 32753 278528
gnt_copy 17592186044416 SELF 4090 17592186044416 9 4097 16 0
ec_unmask 0
ec_bindvcpu 5 0
gnt_query 3
ec_send 5
setparam 2 10 9
ec_virq 22 0
getparam SELF 27
resv1 6 SELF 0 0 266760
ec_virq 1 2
ec_send 0
gnt_map 50335744 2 1023 9
gnt_setup 1 64 BUF2
setparam 9 7 619
ec_ipi 1
ec_alloc SELF 9
ec_unmask 1
getparam SELF 30
gnt_copy 1 SELF 8 12289 1 4095 6 1
regvcpu 0 68719476735 8 0
ec_bindvcpu 2 0
ec_status SELF 7
ec_alloc 2 SELF
gnt_map 1092636672 1 10 3
ec_virq 24 2
ec_ipi 1
gnt_query 1
resv1 6 32753 0 0 278541
rmpm 0 68719476735
rmpm 0 68719476735
getparam SELF 17
rmpm 3 12289
getparam 0 23
hc memory_op 4 0x41ff0000
gnt_query 3
ec_bind 3 4
gnt_query 2
gnt_copy 9 SELF 0 266758 SELF 4097 0 0
a2p SELF 0 2 64 229378
ec_virq 5 2
ec_bindvcpu 63 2
hc memory_op 4 0x41ff0000
ec_alloc 1 2
getparam 3 14
resv1 6 1 10 0 266757
