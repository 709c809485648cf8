// Set-up of a workload on a virt machine at EL1: 64 MiB from 0x40000000 mapped in 4 KiB pages, the PL011 as Device memory, caches and
// MMU on; then main(parameters), and SYSTEM_OFF by PSCI. Arm ARM DDI 0487, D8.3 (descriptors); Arm DEN0022 (SYSTEM_OFF).
    .section .text.start, "ax"
    .global _start
_start:
    adr     x19, parameters
    ldr     x0, =stack_top
    mov     sp, x0
    // level 3 tables: 32 of 512 pages
    ldr     x0, =table3
    ldr     x1, =0x40000000
    mov     x2, #16384
    mov     x3, #0x703              // page, AttrIndx 0, inner shareable, AF
1:  orr     x4, x1, x3
    str     x4, [x0], #8
    add     x1, x1, #4096
    subs    x2, x2, #1
    b.ne    1b
    // level 2 of the gigabyte at 1 GiB
    ldr     x0, =table2
    ldr     x1, =table3
    mov     x2, #32
2:  orr     x4, x1, #3
    str     x4, [x0], #8
    add     x1, x1, #4096
    subs    x2, x2, #1
    b.ne    2b
    // level 2 of the first gigabyte: the PL011's 2 MiB
    ldr     x0, =table2low
    ldr     x4, =0x09000000 + 0x60000000000705   // block, AttrIndx 1, AF, never executed
    str     x4, [x0, #(0x09000000 >> 21) * 8]
    // level 1
    ldr     x0, =table1
    ldr     x1, =table2low
    orr     x1, x1, #3
    str     x1, [x0]
    ldr     x1, =table2
    orr     x1, x1, #3
    str     x1, [x0, #8]
    msr     ttbr0_el1, x0
    mov     x0, #0xff               // 0: Normal write-back; 1: Device-nGnRnE
    msr     mair_el1, x0
    ldr     x0, =0x200803519        // 39 bits, 4 KiB granule, EPD1, IPS 40 bits
    msr     tcr_el1, x0
    mov     x0, #(3 << 20)
    msr     cpacr_el1, x0
    isb
    mrs     x0, sctlr_el1
    ldr     x1, =0x1005
    orr     x0, x0, x1
    msr     sctlr_el1, x0
    isb
    mov     x0, x19
    bl      main
    ldr     x0, =0x84000008
    hvc     #0
    b       .

    .balign 16
    .ascii  "workload, rounds"      // what whoever runs it looks for, to write the two after it
parameters:
    .quad   0
    .quad   1
    .ltorg
    .bss
    .balign 4096
table1:    .skip 4096
table2:    .skip 4096
table2low: .skip 4096
table3:    .skip 4096 * 32
    .skip 65536
stack_top:
