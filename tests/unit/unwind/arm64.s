// SPDX-License-Identifier: MIT
// ARM64: what a C compiler does not make: save_next, single saves with
// writeback, several epilogs of an own form.
	.text
	.globl	__chkstk
__chkstk:				// the emulated stack needs no probes
	ret

	.globl	asm_entry
	.seh_proc asm_entry
asm_entry:
	stp	x29, x30, [sp, #-16]!
	.seh_save_fplr_x 16
	.seh_endprologue
	bl	next_pairs
	mov	x0, #1
	bl	two_exits
	mov	x0, #0
	bl	two_exits
	bl	by_fp
	bl	entry
	.seh_startepilogue
	ldp	x29, x30, [sp], #16
	.seh_save_fplr_x 16
	.seh_endepilogue
	ret
	.seh_endproc

	.seh_proc next_pairs
next_pairs:
	stp	x19, x20, [sp, #-80]!
	.seh_save_r19r20_x 80
	stp	x21, x22, [sp, #16]
	.seh_save_next
	stp	x23, x24, [sp, #32]
	.seh_save_next
	stp	x25, x30, [sp, #48]
	.seh_save_lrpair x25, 48
	sub	sp, sp, #32
	.seh_stackalloc 32
	.seh_endprologue
	mov	x19, #1
	mov	x20, #2
	mov	x21, #3
	mov	x22, #4
	mov	x23, #5
	mov	x24, #6
	mov	x25, #7
	bl	nothing
	.seh_startepilogue
	add	sp, sp, #32
	.seh_stackalloc 32
	ldp	x25, x30, [sp, #48]
	.seh_save_lrpair x25, 48
	ldp	x23, x24, [sp, #32]
	.seh_save_next
	ldp	x21, x22, [sp, #16]
	.seh_save_next
	ldp	x19, x20, [sp], #80
	.seh_save_r19r20_x 80
	.seh_endepilogue
	ret
	.seh_endproc

	.seh_proc two_exits
two_exits:
	str	x30, [sp, #-32]!
	.seh_save_reg_x x30, 32
	str	x22, [sp, #8]
	.seh_save_reg x22, 8
	str	d8, [sp, #16]
	.seh_save_freg d8, 16
	.seh_endprologue
	mov	x22, x0
	cbnz	x22, 1f
	bl	nothing
	.seh_startepilogue
	ldr	d8, [sp, #16]
	.seh_save_freg d8, 16
	ldr	x22, [sp, #8]
	.seh_save_reg x22, 8
	ldr	x30, [sp], #32
	.seh_save_reg_x x30, 32
	.seh_endepilogue
	ret
1:	bl	nothing
	bl	nothing
	.seh_startepilogue
	ldr	x22, [sp, #8]
	.seh_save_reg x22, 8
	ldr	x30, [sp], #32
	.seh_save_reg_x x30, 32
	.seh_endepilogue
	b	nothing
	.seh_endproc

	.seh_proc by_fp
by_fp:
	stp	x29, x30, [sp, #-48]!
	.seh_save_fplr_x 48
	str	x27, [sp, #16]
	.seh_save_reg x27, 16
	add	x29, sp, #16
	.seh_add_fp 16
	.seh_endprologue
	mov	x27, #8
	sub	sp, sp, #256
	bl	nothing
	sub	sp, sp, #1, lsl #12
	bl	nothing
	.seh_startepilogue
	sub	sp, x29, #16
	.seh_add_fp 16
	ldr	x27, [sp, #16]
	.seh_save_reg x27, 16
	ldp	x29, x30, [sp], #48
	.seh_save_fplr_x 48
	.seh_endepilogue
	ret
	.seh_endproc

nothing:
	mov	x0, #0
	ret
