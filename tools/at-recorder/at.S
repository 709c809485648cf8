/*
 * Asks a processor for translations: runs at EL2 without an operating system, loads the scenarios that record.ts put at
 * BLOB, executes one AT instruction per query and prints PAR_EL1 as 16 hex digits a line. An AT that takes an exception
 * (an external abort on a walk does) prints (ESR_EL2 << 32) | 0x80000001 instead.
 *
 * The blob (packages/mmu/src/scenario-blob.ts), little-endian u64 unless noted:
 *   magic, count of scenarios; then per scenario: u32 descriptors, u32 queries;
 *   SCTLR_EL1 TCR_EL1 TTBR0_EL1 TTBR1_EL1 MAIR_EL1 HCR_EL2 VTCR_EL2 VTTBR_EL2;
 *   descriptors: address, value; queries: va, instruction (index in the table `instructions`).
 */
        .equ    BLOB, 0x42000000
        .equ    UART, 0x09000000
        .equ    PSCI_SYSTEM_OFF, 0x84000008

        .text
        .global _start
_start: adr     x0, vectors
        msr     vbar_el2, x0
        ldr     x28, =UART
        ldr     x19, =BLOB
        ldr     x20, [x19, #8]
        add     x19, x19, #16

scenario:
        cbz     x20, off
        sub     x20, x20, #1
        ldp     w21, w22, [x19], #8
        mov     x23, x19
        add     x24, x19, #64
        mov     x0, x24
        mov     x1, x21
1:      cbz     x1, 2f
        ldp     x2, x3, [x0], #16
        str     x3, [x2]
        sub     x1, x1, #1
        b       1b
2:      mov     x19, x0
        ldp     x0, x1, [x23]
        msr     sctlr_el1, x0
        msr     tcr_el1, x1
        ldp     x0, x1, [x23, #16]
        msr     ttbr0_el1, x0
        msr     ttbr1_el1, x1
        ldp     x0, x1, [x23, #32]
        msr     mair_el1, x0
        msr     hcr_el2, x1
        ldp     x0, x1, [x23, #48]
        msr     vtcr_el2, x0
        msr     vttbr_el2, x1
        dsb     sy
        isb
        tlbi    alle1
        dsb     sy
        isb

query:  cbz     x22, clean
        sub     x22, x22, #1
        ldp     x0, x1, [x19], #16
        mov     x26, #0
        adr     x2, instructions
        add     x2, x2, x1, lsl #3
        br      x2
resume: isb
        cbnz    x26, print
        mrs     x26, par_el1
print:  mov     x3, #60
1:      lsr     x4, x26, x3
        and     x4, x4, #15
        cmp     x4, #10
        add     x5, x4, #'0'
        add     x6, x4, #('a' - 10)
        csel    x5, x5, x6, lo
        str     w5, [x28]
        subs    x3, x3, #4
        b.ge    1b
        mov     w5, #'\n'
        str     w5, [x28]
        b       query

/* The next scenario finds the window empty. */
clean:  mov     x0, x24
        mov     x1, x21
1:      cbz     x1, scenario
        ldr     x2, [x0], #16
        str     xzr, [x2]
        sub     x1, x1, #1
        b       1b

off:    ldr     x0, =PSCI_SYSTEM_OFF
        smc     #0
        b       .

instructions:
        at      s1e1r, x0
        b       resume
        at      s1e1w, x0
        b       resume
        at      s1e0r, x0
        b       resume
        at      s1e0w, x0
        b       resume
        at      s12e1r, x0
        b       resume
        at      s12e1w, x0
        b       resume
        at      s12e0r, x0
        b       resume
        at      s12e0w, x0
        b       resume

        .balign 2048
vectors:
        .space  0x200
        /* Synchronous, current EL with SP_ELx. */
        mrs     x26, esr_el2
        lsl     x26, x26, #32
        orr     x26, x26, #0x80000000
        orr     x26, x26, #1
        adr     x27, resume
        msr     elr_el2, x27
        eret
        .balign 2048
