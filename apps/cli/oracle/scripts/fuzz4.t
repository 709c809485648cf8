%include lib.inc

%dom A cpus = <2>; memory = <0 0x10000>; vpl011;
@A
w16 0x41ff0000 SELF
ec_send 5
ec_status SELF 2
regvcpu 2 17592186044416 4 0
ec_unmask 0
setparam SELF 20 208
ec_virq 12 0
gnt_map 281474976706560 3 1023 1
ec_close 1023
ec_close 7
gnt_copy 100000 9 4090 17592186044416 9 8 4097 2
hc memory_op 14 0x41ff0000
setparam 0 17 84
setparam 2 28 242
gnt_version 1
gnt_map 570425344 1 8 SELF
gnt_query 9
gnt_unmap 1092636672 0 1
ec_send 7
ec_bindvcpu 7 2
gnt_unmap 72057594037927940 0 2
ec_bind 0 1
regvcpu 1 17592186044416 4 0
ec_bind 2 1
gnt_map 72057594037927940 18 1023 9
resv1 1 0 9 0 229376
ec_unmask 6
ec_bind 32753 0
rmpm SELF 12289
ec_send 7
ec_alloc 3 1
ec_close 0
ec_ipi 0
ec_bind SELF 4
ec_close 1
ec_unmask 4
ec_virq 10 2
gnt_copy 512 SELF 4097 11 0 4096 8 3
gnt_query 1
getparam SELF 30
ec_send 64
ec_ipi 1
ec_bindvcpu 64 0
gnt_unmap 1140875264 0 0
ec_bindvcpu 3 1
getparam 2 28
getparam 9 30
ec_unmask 5
resv1 1 1 1 0 17592186044416
a2p 2 0 5 0 17592186044416
ec_send 4
ec_send 7
ec_send 64
ec_ipi 0
ec_unmask 63
setparam 9 25 440
ec_bindvcpu 64 1
gnt_map 1140883456 6 8 2
ec_virq 12 2
ec_ipi 0
resv1 0 1 0 0 229378
ec_close 5
ec_unmask 1023
ec_ipi 0
regvcpu 0 266764 4056 0
ec_virq 6 0
getparam 0 6
resv1 1 0 0 0 12289
a2p SELF 0 0 1 139264
ec_bindvcpu 0 0
gnt_copy 12289 9 4096 12289 9 4095 8 1
rmpm 1 12289
gnt_query 3
resv1 0 9 9 0 266755
gnt_copy 17592186044416 SELF 1 68719476735 0 4097 7 3
getparam 9 5
ec_status 0 0
ec_bind 1 63
a2p 2 0 1 2 229379
hc memory_op 3 0x41ff0000
gnt_version SELF
ec_ipi 0
gnt_query 2
ec_virq 12 0
a2p 9 0 1 1 17592186044416
getparam SELF 18
gnt_copy 1023 3 4095 278535 9 4096 4097 2
ec_bind 1 4
getparam 3 24
setparam SELF 13 582
ec_bindvcpu 64 1
hc memory_op 4 0x41ff0000
gnt_version 0
ec_alloc 9 SELF
ec_ipi 0
gnt_version SELF
hc memory_op 14 0x41ff0000
ec_ipi 0
ec_send 1024
rmpm 0 229377
regvcpu 2 266764 0 0
gnt_version 9
ec_ipi 2
gnt_unmap 50335744 0 0
ec_bind 32753 1024
ec_virq 8 0
a2p 3 0 0 1 229379
ec_virq 1 2
ec_bind 32753 6
resv1 1 0 0 0 68719476735
gnt_query 1
regvcpu 1 68719476735 4056 0
gnt_map 1092657152 2 511 9
gnt_version 2
gnt_setup SELF 2 BUF2
setparam 32753 7 12
gnt_unmap 1092640768 0 3
gnt_copy 12289 SELF 4095 8 32753 4096 4096 1
ec_unmask 5
a2p 32753 0 0 64 17592186044416
gnt_unmap 570425344 0 0
ec_ipi 2
a2p 1 0 1 63 266758
ec_alloc 0 32753
regvcpu 1 17592186044416 4 0
gnt_setup 9 1 BUF2
getparam SELF 3
gnt_query SELF
hc memory_op 4 0x41ff0000
getparam SELF 22
ec_virq 6 2
gnt_version 32753
gnt_setup 2 1 BUF2
ec_bindvcpu 3 0
setparam SELF 31 323
gnt_version SELF
regvcpu 0 68719476735 4056 0
ec_ipi 1
gnt_copy 100000 0 4097 12289 SELF 4097 4096 1
regvcpu 2 68719476735 4 0
ec_status 9 1
ec_bind SELF 1023
ec_unmask 3
rmpm 2 229379
gnt_map 1140903936 1 9 3
ec_status 0 7
gnt_unmap 939536384 0 0
ec_virq 8 2
ec_alloc 0 SELF
gnt_query 0
rmpm 3 17592186044416
gnt_setup SELF 0 BUF2
ec_send 7
ec_ipi 1
ec_alloc 1 9
regvcpu 2 68719476735 0 0
ec_virq 7 1
a2p 1 0 0 0 266754
regvcpu 1 278528 0 0
gnt_copy 12289 1 8 100000 SELF 4088 6 2
ec_close 3
resv1 0 2 9 0 68719476735
gnt_map 72057594037927940 1 1023 0
ec_unmask 1023
a2p SELF 0 0 1 278534
resv1 1 SELF 0 0 278538
ec_virq 1 2
gnt_query 9
ec_status 32753 0
resv1 1 SELF 2 0 68719476735
ec_ipi 0
ec_virq 17 0
ec_status 0 6
gnt_setup 1 65 BUF2
rmpm 32753 266760
ec_send 5
ec_ipi 0
a2p SELF 0 1 63 12289
gnt_setup 0 2 BUF2
setparam 2 10 866
ec_status 2 7
hc memory_op 4 0x41ff0000
ec_ipi 1
ec_bindvcpu 64 2
ec_virq 0 2
ec_bindvcpu 3 1
ec_send 3
gnt_map 939536384 0 1 2
a2p 0 0 5 0 139264
gnt_copy 512 1 1 0 3 4088 7 1
gnt_map 72057594037927940 6 10 3
ec_unmask 3
gnt_version 3
ec_unmask 1024
ec_send 6
ec_virq 5 1
rmpm SELF 12289
gnt_setup 3 65 BUF2
ec_bind SELF 1
gnt_setup SELF 64 BUF2
setparam 9 3 234
ec_ipi 2
ec_close 63
gnt_unmap 1092644864 0 2
ec_ipi 1
a2p 0 0 2 0 12289
ec_send 0
gnt_copy 139264 9 0 17592186044416 3 0 1 1
gnt_unmap 939524096 0 0
ec_send 0
ec_alloc 2 SELF
ec_status 1 63
ec_ipi 0
ec_close 2
ec_bind 32753 6
ec_virq 21 0
ec_virq 7 1
ec_bind 0 1023
gnt_map 1092661248 18 8 SELF
gnt_setup 2 1 BUF2
hc memory_op 3 0x41ff0000
ec_alloc 32753 9
hc memory_op 14 0x41ff0000
setparam 2 30 150
ec_bind 3 1023
ec_virq 24 2
ec_bindvcpu 63 1
gnt_setup 2 1 BUF2
hc memory_op 14 0x41ff0000
ec_ipi 0
gnt_copy 68719476735 SELF 4095 12289 1 4090 1 0
ec_bind 0 3
gnt_setup SELF 64 BUF2
setparam SELF 10 682
ec_close 7
rmpm SELF 12289
gnt_setup SELF 64 BUF2
setparam 9 37 858
ec_close 6
gnt_setup 3 1 BUF2
ec_bind 2 1024
gnt_query 0
hc memory_op 4 0x41ff0000
ec_send 3
gnt_setup 2 2 BUF2
gnt_copy 0 SELF 1 8 0 1 1 1
gnt_unmap 1092628480 0 2
regvcpu 2 17592186044416 4056 0
gnt_map 1140875264 1 1 0
a2p 32753 0 0 63 229376
resv1 1 0 2 0 12289
getparam SELF 37
ec_send 2
gnt_map 1092648960 1 0 32753
gnt_copy 278530 9 4088 229378 3 8 4096 0
ec_status 9 5
gnt_version 0
ec_close 0
gnt_version 9
ec_send 63
ec_alloc 0 1
ec_alloc 2 9
ec_ipi 1
a2p SELF 0 1 2 68719476735
ec_alloc 0 9
ec_virq 8 0
gnt_copy 266757 9 8 68719476735 SELF 4090 16 3
ec_ipi 2
ec_bindvcpu 1024 1
ec_close 63
getparam 1 0
a2p 1 0 1 1 229376
gnt_map 72057594037927940 1 512 3
gnt_unmap 570425344 0 0
gnt_map 50335744 2 11 SELF
ec_virq 19 0
gnt_map 570425344 6 8 32753
resv1 6 SELF 0 0 12289
hc memory_op 14 0x41ff0000
ec_status 1 3
setparam 2 29 839
ec_status 1 1024
gnt_map 72057594037927940 3 0 9
ec_alloc 3 SELF
ec_ipi 1
gnt_query SELF
gnt_copy 8 SELF 16 9 SELF 4097 4097 2
setparam 2 21 808
ec_virq 22 0
gnt_version SELF
gnt_map 939536384 6 100000 2
resv1 0 0 0 0 266758
ec_unmask 3
gnt_query 1
ec_status SELF 3
ec_bindvcpu 3 2
ec_virq 14 0
gnt_unmap 50335744 0 3
ec_virq 4 1
regvcpu 2 229378 4 0
gnt_copy 9 3 16 17592186044416 0 1 6 3
%dom B cpus = <2>; memory = <0 0x10000>; vpl011;
@B
w16 0x41ff0000 SELF
regvcpu 2 229378 0 0
gnt_setup 3 1 BUF2
gnt_unmap 50335744 0 2
hc memory_op 4 0x41ff0000
resv1 0 SELF 0 0 229377
ec_unmask 1023
hc memory_op 4 0x41ff0000
gnt_setup 32753 2 BUF2
ec_close 2
rmpm SELF 68719476735
gnt_copy 10 SELF 4096 278538 SELF 4095 16 3
ec_unmask 5
gnt_query SELF
gnt_copy 17592186044416 SELF 4096 11 SELF 8 7 2
gnt_query SELF
setparam 3 12 30
ec_unmask 2
ec_bindvcpu 1023 1
regvcpu 0 229379 4 0
gnt_version SELF
regvcpu 0 278541 0 0
ec_send 1
gnt_unmap 50335744 0 3
a2p 2 0 5 1 229377
a2p SELF 0 4 2 12289
rmpm 0 17592186044416
hc memory_op 14 0x41ff0000
gnt_unmap 1140908032 0 1
ec_bind SELF 3
hc memory_op 4 0x41ff0000
ec_virq 2 1
gnt_unmap 72057594037927940 0 2
ec_send 1024
ec_status SELF 5
gnt_copy 17592186044416 3 4090 512 SELF 0 4096 0
ec_send 6
rmpm SELF 139264
ec_bind SELF 4
resv1 1 0 0 0 139264
a2p 9 0 0 2 278536
gnt_map 1140912128 6 1 SELF
regvcpu 2 12289 8 0
rmpm 32753 278532
gnt_copy 511 SELF 4095 8 SELF 4088 16 2
ec_alloc 9 SELF
ec_unmask 6
setparam 3 39 7
rmpm 3 229378
ec_bindvcpu 1024 1
getparam 9 21
resv1 1 SELF 9 0 12289
a2p SELF 0 0 1 17592186044416
gnt_version SELF
resv1 0 32753 0 0 266764
ec_bindvcpu 4 0
ec_close 1024
ec_virq 20 1
hc memory_op 3 0x41ff0000
gnt_setup 3 2 BUF2
gnt_version 0
ec_alloc 32753 SELF
rmpm SELF 266762
gnt_unmap 281474976706560 0 1
ec_alloc 2 SELF
ec_alloc 9 SELF
ec_unmask 0
a2p SELF 0 4 63 278532
ec_unmask 64
gnt_map 50335744 0 511 2
gnt_map 939528192 2 10 2
a2p 1 0 0 64 266765
ec_unmask 1024
ec_status 0 2
gnt_setup SELF 2 BUF2
ec_ipi 0
ec_ipi 2
hc memory_op 3 0x41ff0000
ec_virq 12 0
ec_status SELF 1023
ec_virq 10 1
setparam SELF 30 842
ec_status 0 1024
ec_virq 24 1
gnt_version SELF
ec_alloc 1 2
ec_status 3 3
gnt_version SELF
gnt_map 50335744 18 8 SELF
rmpm SELF 266767
ec_bindvcpu 63 1
ec_bindvcpu 1023 2
ec_send 4
ec_virq 13 0
ec_ipi 2
gnt_copy 229376 9 8 10 2 4088 7 3
getparam 9 1
gnt_copy 68719476735 SELF 16 8 3 4090 8 1
ec_ipi 2
ec_alloc 0 9
getparam 0 37
resv1 6 32753 1 0 68719476735
getparam 2 21
gnt_copy 12289 SELF 0 0 32753 0 1 3
ec_ipi 2
gnt_query 1
gnt_unmap 1140875264 0 3
gnt_setup 9 64 BUF2
getparam 0 29
ec_bind 9 3
hc memory_op 14 0x41ff0000
gnt_copy 278543 SELF 4090 511 SELF 4097 4096 0
gnt_setup SELF 0 BUF2
ec_status 32753 4
ec_send 3
gnt_unmap 1140895744 0 1
ec_close 4
a2p 3 0 0 0 278537
a2p 32753 0 1 0 266758
getparam 1 28
hc memory_op 3 0x41ff0000
gnt_query 32753
ec_virq 3 2
setparam SELF 5 401
resv1 6 SELF 0 0 229378
gnt_version 1
gnt_query SELF
gnt_unmap 72057594037927940 0 3
ec_send 1024
regvcpu 0 68719476735 4056 0
ec_bind SELF 1
ec_virq 22 0
gnt_query 0
gnt_map 1140895744 2 9 2
ec_bind SELF 3
ec_send 1023
ec_send 6
hc memory_op 3 0x41ff0000
ec_bind 1 63
gnt_map 1092677632 3 512 1
gnt_unmap 1140895744 0 1
ec_send 6
ec_bindvcpu 63 2
ec_close 0
ec_unmask 63
rmpm 32753 229379
ec_close 7
gnt_version 3
gnt_setup 9 1 BUF2
gnt_map 939532288 3 10 1
ec_virq 10 2
gnt_query SELF
regvcpu 0 266764 4048 0
gnt_map 939536384 1 0 SELF
gnt_version 1
ec_unmask 2
gnt_unmap 1140912128 0 2
ec_virq 0 1
ec_close 3
gnt_query 2
resv1 1 SELF 9 0 12289
gnt_copy 8 SELF 4088 17592186044416 9 4095 0 2
gnt_copy 8 3 1 1 1 16 1 2
ec_bindvcpu 0 0
ec_virq 24 2
gnt_query SELF
rmpm 0 68719476735
regvcpu 2 68719476735 4 0
ec_bind SELF 1
ec_alloc 1 SELF
gnt_unmap 281474976706560 0 3
ec_bindvcpu 2 2
ec_close 0
ec_alloc SELF 3
ec_alloc SELF 3
ec_close 2
gnt_copy 11 SELF 4095 17592186044416 3 4088 8 1
ec_bindvcpu 1 2
hc memory_op 4 0x41ff0000
gnt_copy 68719476735 SELF 4088 511 9 1 16 3
resv1 1 SELF 0 0 12289
ec_send 3
ec_close 1
gnt_query 3
ec_close 1023
ec_unmask 4
gnt_map 281474976706560 2 512 1
ec_unmask 2
gnt_query 0
gnt_setup 1 0 BUF2
ec_bindvcpu 6 1
gnt_query SELF
ec_bindvcpu 7 1
resv1 6 SELF 0 0 278535
ec_close 0
ec_send 0
hc memory_op 3 0x41ff0000
a2p 9 0 1 0 139264
gnt_query 0
gnt_setup 2 1 BUF2
gnt_copy 68719476735 SELF 4097 10 SELF 4090 0 2
gnt_map 50335744 3 100000 9
gnt_version SELF
gnt_query 1
ec_bind 3 1023
gnt_setup SELF 65 BUF2
ec_alloc 0 SELF
rmpm SELF 229379
ec_ipi 0
ec_status SELF 2
gnt_query 9
ec_send 5
gnt_query 9
ec_bind 9 2
a2p 32753 0 1 1 229377
hc memory_op 14 0x41ff0000
ec_status 2 1
gnt_version 2
ec_send 3
gnt_version 1
resv1 6 3 1 0 17592186044416
ec_virq 19 0
ec_status SELF 3
ec_status 2 5
setparam 3 32 220
ec_alloc 32753 0
ec_status SELF 64
ec_ipi 2
ec_close 6
ec_bindvcpu 2 0
gnt_unmap 570425344 0 1
ec_send 7
hc memory_op 14 0x41ff0000
gnt_map 72057594037927940 18 100000 SELF
rmpm 0 229379
ec_ipi 1
gnt_unmap 1140899840 0 0
gnt_unmap 72057594037927940 0 2
resv1 0 32753 1 0 229379
ec_alloc 9 2
ec_unmask 1
ec_ipi 1
ec_unmask 64
ec_bindvcpu 4 2
resv1 6 1 9 0 229378
hc memory_op 4 0x41ff0000
ec_status 9 0
ec_virq 15 2
ec_bind SELF 2
gnt_version 0
resv1 6 SELF 0 0 17592186044416
ec_send 5
gnt_copy 9 2 4097 229376 9 4088 4096 0
gnt_copy 17592186044416 3 0 229376 1 4090 1 0
setparam 0 28 500
hc memory_op 3 0x41ff0000
ec_bindvcpu 63 2
ec_bindvcpu 6 0
gnt_setup 3 65 BUF2
ec_bindvcpu 64 2
gnt_query 0
regvcpu 1 278530 8 0
gnt_copy 68719476735 9 4088 1023 SELF 0 4097 1
ec_send 1024
gnt_copy 266764 3 0 8 SELF 4095 0 0
gnt_version SELF
setparam 2 1 112
gnt_copy 139264 9 8 68719476735 3 4096 6 1
a2p SELF 0 5 0 17592186044416
resv1 1 2 1 0 17592186044416
gnt_unmap 1092669440 0 1
ec_status SELF 1
hc memory_op 14 0x41ff0000
gnt_unmap 570425344 0 2
gnt_map 281474976706560 3 100000 3
setparam SELF 11 578
hc memory_op 14 0x41ff0000
gnt_map 1092636672 0 1 3
ec_status 9 3
ec_bind 32753 7
getparam 3 15
a2p 1 0 1 63 229377
setparam SELF 1 553
setparam 1 24 914
gnt_unmap 72057594037927940 0 1
gnt_copy 11 SELF 4088 68719476735 SELF 1 0 0
getparam 9 34
gnt_query 1
ec_status 9 4
ec_bindvcpu 0 2
ec_bindvcpu 5 2
ec_close 64
gnt_copy 1023 32753 4088 1023 32753 16 8 2
ec_send 63
setparam 32753 38 374
ec_close 0
resv1 0 2 10 0 229378
ec_unmask 5
regvcpu 0 278528 4 0
resv1 1 SELF 0 0 139264
a2p 2 0 1 0 139264
%dom C cpus = <2>; memory = <0 0x10000>; vpl011;
@C
w16 0x41ff0000 SELF
ec_virq 11 0
rmpm SELF 139264
getparam 32753 34
gnt_query 3
gnt_unmap 570425344 0 1
ec_ipi 1
ec_bind SELF 64
setparam SELF 3 228
setparam SELF 7 973
ec_send 7
gnt_version SELF
gnt_copy 511 SELF 4090 17592186044416 3 4095 1 3
setparam SELF 37 259
ec_unmask 63
gnt_query SELF
gnt_map 939528192 2 0 0
ec_virq 8 2
gnt_copy 266759 SELF 4090 139264 2 4088 7 2
ec_alloc 32753 3
regvcpu 0 139264 4 0
ec_unmask 64
ec_ipi 0
ec_ipi 1
gnt_query 32753
gnt_map 570425344 2 11 1
resv1 6 0 9 0 68719476735
rmpm SELF 229376
setparam SELF 39 598
regvcpu 1 17592186044416 8 0
ec_ipi 2
resv1 1 0 2 0 266763
ec_bind 0 1024
gnt_unmap 281474976706560 0 2
gnt_version 3
setparam SELF 27 200
hc memory_op 4 0x41ff0000
hc memory_op 14 0x41ff0000
ec_alloc 0 3
gnt_unmap 939524096 0 2
a2p 32753 0 1 64 12289
gnt_setup 32753 1 BUF2
ec_bind 2 5
gnt_version 9
ec_ipi 2
gnt_map 570425344 2 512 3
ec_close 1023
getparam 2 7
ec_ipi 0
ec_ipi 0
ec_bindvcpu 7 0
ec_alloc 3 0
ec_send 2
gnt_query 0
ec_unmask 63
a2p 2 0 4 1 17592186044416
gnt_copy 11 SELF 0 1023 2 4090 6 1
ec_alloc 3 3
ec_bindvcpu 3 1
getparam 2 25
gnt_unmap 570425344 0 0
getparam SELF 0
gnt_map 50335744 3 10 1
ec_close 1
ec_virq 19 0
ec_alloc 0 SELF
getparam 0 33
ec_status 3 3
ec_bind 3 1
gnt_version SELF
regvcpu 0 229378 4048 0
ec_bindvcpu 4 0
ec_alloc SELF 0
regvcpu 1 17592186044416 0 0
gnt_setup SELF 0 BUF2
regvcpu 0 12289 4048 0
ec_close 5
gnt_copy 100000 32753 8 278529 SELF 4095 16 2
gnt_query 2
getparam 9 7
gnt_copy 0 SELF 4095 10 32753 1 6 1
ec_bindvcpu 6 0
getparam 3 15
gnt_unmap 1140891648 0 0
gnt_copy 11 SELF 8 229377 32753 4097 0 2
hc memory_op 14 0x41ff0000
gnt_unmap 939532288 0 2
ec_send 6
gnt_setup SELF 0 BUF2
ec_alloc 0 2
ec_ipi 1
gnt_copy 229377 9 4095 17592186044416 2 4088 16 3
ec_alloc 0 0
ec_alloc 9 2
gnt_map 72057594037927940 1 10 1
ec_status 9 6
setparam SELF 39 101
ec_bind 32753 1023
ec_status 1 7
gnt_unmap 939528192 0 1
ec_ipi 2
getparam 1 33
ec_virq 21 2
ec_alloc 1 SELF
ec_bind 0 1023
ec_virq 25 1
resv1 6 3 0 0 139264
ec_bind 32753 64
regvcpu 2 278532 0 0
regvcpu 0 139264 8 0
gnt_unmap 1140858880 0 2
rmpm SELF 229379
gnt_setup 9 65 BUF2
gnt_setup SELF 64 BUF2
gnt_unmap 1092620288 0 2
ec_ipi 2
rmpm SELF 17592186044416
gnt_unmap 72057594037927940 0 1
ec_bind 9 64
getparam 9 15
a2p SELF 0 0 2 68719476735
ec_alloc 1 2
hc memory_op 4 0x41ff0000
gnt_setup SELF 1 BUF2
ec_close 6
ec_virq 9 0
ec_bindvcpu 64 1
ec_close 1
ec_close 5
ec_send 1024
a2p 0 0 0 63 17592186044416
regvcpu 1 12289 4056 0
gnt_query 32753
resv1 1 3 0 0 139264
regvcpu 2 266753 4 0
gnt_unmap 570425344 0 1
gnt_query SELF
gnt_query 3
ec_close 3
gnt_query 0
gnt_version 3
hc memory_op 3 0x41ff0000
ec_unmask 4
rmpm SELF 139264
setparam SELF 21 106
regvcpu 1 278543 4056 0
rmpm SELF 266758
ec_alloc SELF 9
regvcpu 2 68719476735 0 0
ec_virq 17 0
gnt_query 32753
resv1 6 2 9 0 278533
gnt_map 281474976706560 18 1023 1
ec_ipi 1
ec_ipi 0
a2p SELF 0 0 2 266757
ec_alloc 2 32753
ec_bind SELF 1024
gnt_map 570425344 3 9 SELF
ec_send 5
ec_status 0 4
setparam SELF 10 998
regvcpu 0 278541 8 0
gnt_map 570425344 2 10 3
ec_close 1024
ec_alloc 1 9
ec_alloc 3 SELF
ec_ipi 0
gnt_copy 1 SELF 4090 278532 1 4090 1 0
hc memory_op 3 0x41ff0000
a2p 2 0 4 0 266752
ec_alloc SELF 0
ec_status 9 0
ec_status 2 64
ec_send 1024
setparam 0 34 784
gnt_map 1140883456 18 100000 2
gnt_version SELF
regvcpu 0 17592186044416 4056 0
gnt_setup 1 65 BUF2
a2p 3 0 2 1 68719476735
ec_unmask 2
gnt_unmap 72057594037927940 0 1
ec_bind SELF 5
ec_status 0 5
ec_bindvcpu 0 2
ec_unmask 63
ec_unmask 0
ec_send 63
ec_status 1 64
ec_bindvcpu 7 1
resv1 1 SELF 10 0 139264
resv1 0 3 0 0 278537
ec_unmask 4
ec_bind 9 1
ec_unmask 7
a2p 3 0 0 0 266757
gnt_unmap 1140858880 0 3
ec_ipi 0
ec_send 2
ec_close 1023
gnt_map 72057594037927940 6 511 SELF
ec_send 1023
getparam SELF 15
gnt_query 0
rmpm SELF 229376
ec_send 4
gnt_setup 0 65 BUF2
ec_close 6
gnt_copy 1 SELF 8 266760 1 4096 4097 3
resv1 6 SELF 0 0 266753
gnt_query 1
ec_alloc SELF 0
rmpm SELF 68719476735
rmpm 3 229379
ec_ipi 2
ec_virq 13 1
gnt_query 9
gnt_query 0
gnt_map 1140862976 2 8 SELF
resv1 0 32753 10 0 17592186044416
ec_virq 17 1
ec_virq 3 1
ec_ipi 1
ec_unmask 3
ec_close 3
gnt_unmap 50335744 0 3
gnt_unmap 72057594037927940 0 2
ec_send 6
ec_bindvcpu 5 2
ec_ipi 0
gnt_unmap 50335744 0 2
a2p 1 0 1 2 139264
gnt_query 0
ec_virq 13 0
gnt_setup 9 65 BUF2
a2p SELF 0 1 0 68719476735
getparam SELF 38
gnt_unmap 281474976706560 0 2
gnt_setup 9 2 BUF2
ec_virq 18 1
rmpm 32753 229377
gnt_copy 512 SELF 4088 10 32753 4096 0 3
ec_unmask 1024
getparam SELF 3
ec_virq 22 2
gnt_map 72057594037927940 18 100000 SELF
hc memory_op 3 0x41ff0000
ec_close 1
regvcpu 1 17592186044416 4048 0
a2p 0 0 0 0 12289
gnt_query 2
ec_bind SELF 1
gnt_copy 229376 0 4088 266754 1 4097 7 3
gnt_map 1092628480 0 10 1
gnt_version 1
ec_virq 5 2
gnt_setup 9 2 BUF2
gnt_copy 512 3 1 12289 SELF 0 8 2
ec_bindvcpu 2 1
ec_bindvcpu 0 0
ec_alloc 2 3
gnt_version 3
setparam 2 2 472
getparam 0 4
getparam 9 23
ec_alloc SELF 0
gnt_query 1
gnt_query 0
resv1 1 32753 10 0 17592186044416
gnt_setup SELF 64 BUF2
setparam 0 26 521
regvcpu 2 12289 0 0
getparam 32753 31
gnt_setup 2 0 BUF2
getparam 1 31
ec_virq 9 2
ec_ipi 1
ec_ipi 1
a2p 2 0 5 1 139264
gnt_map 570425344 1 10 2
ec_bindvcpu 1 0
resv1 6 3 0 0 278538
ec_ipi 1
a2p SELF 0 0 1 12289
hc memory_op 14 0x41ff0000
ec_status 2 4
gnt_version 1
gnt_map 570425344 1 512 2
gnt_copy 266755 2 4096 229376 2 4096 16 2
gnt_query SELF
a2p 0 0 1 63 278536
regvcpu 2 229376 8 0
hc memory_op 14 0x41ff0000
gnt_copy 17592186044416 0 8 139264 0 8 16 3
gnt_setup 1 0 BUF2
ec_alloc 9 2
ec_bindvcpu 3 2
gnt_query SELF
gnt_version SELF
ec_bind SELF 1023
