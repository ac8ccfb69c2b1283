# SPDX-License-Identifier: MIT
# x64: what a C compiler does not make: separated (chained) parts, saves by
# mov in the prolog, a frame register in the middle, pushes of volatiles.
	.text
	.globl	__chkstk
__chkstk:				# the emulated stack needs no probes
	retq

	.globl	asm_entry
	.seh_proc asm_entry
asm_entry:
	subq	$40, %rsp
	.seh_stackalloc 40
	.seh_endprologue
	callq	chained
	callq	saved_by_mov
	callq	with_frame
	callq	volatile_pushes
	callq	entry
	addq	$40, %rsp
	retq
	.seh_endproc

	.seh_proc chained
chained:
	pushq	%rbp
	.seh_pushreg %rbp
	pushq	%r12
	.seh_pushreg %r12
	subq	$56, %rsp
	.seh_stackalloc 56
	.seh_endprologue
	movl	$1, %ebp
	movl	$2, %r12d
	callq	nothing
	jmp	separated
joined:
	callq	nothing
	addq	$56, %rsp
	popq	%r12
	popq	%rbp
	retq
separated:
	.seh_startchained
	movq	%rbx, 48(%rsp)
	.seh_savereg %rbx, 48
	movq	%rsi, 40(%rsp)
	.seh_savereg %rsi, 40
	.seh_endprologue
	movl	$3, %ebx
	movl	$4, %esi
	callq	nothing
	movq	40(%rsp), %rsi
	movq	48(%rsp), %rbx
	jmp	joined
	.seh_endchained
	.seh_endproc

	.seh_proc saved_by_mov
saved_by_mov:
	movq	%rbx, 8(%rsp)
	movq	%rsi, 16(%rsp)
	pushq	%rdi
	.seh_pushreg %rdi
	subq	$48, %rsp
	.seh_stackalloc 48
	.seh_savereg %rbx, 64
	.seh_savereg %rsi, 72
	movaps	%xmm6, 32(%rsp)
	.seh_savexmm %xmm6, 32
	.seh_endprologue
	movl	$5, %ebx
	movl	$6, %esi
	movl	$7, %edi
	callq	nothing
	movaps	32(%rsp), %xmm6
	leaq	48(%rsp), %r11
	movq	16(%r11), %rbx
	movq	24(%r11), %rsi
	movq	%r11, %rsp
	popq	%rdi
	retq
	.seh_endproc

	.seh_proc with_frame
with_frame:
	pushq	%r13
	.seh_pushreg %r13
	pushq	%rbx
	.seh_pushreg %rbx
	subq	$72, %rsp
	.seh_stackalloc 72
	leaq	64(%rsp), %r13
	.seh_setframe %r13, 64
	.seh_endprologue
	movl	$8, %ebx
	subq	$256, %rsp
	callq	nothing
	subq	$4096, %rsp
	callq	nothing
	leaq	8(%r13), %rsp
	popq	%rbx
	popq	%r13
	retq
	.seh_endproc

	.seh_proc volatile_pushes
volatile_pushes:
	pushq	%rax
	.seh_stackalloc 8
	pushq	%r14
	.seh_pushreg %r14
	pushq	%r15
	.seh_pushreg %r15
	subq	$32, %rsp
	.seh_stackalloc 32
	.seh_endprologue
	xorl	%r14d, %r14d
	movl	$9, %r15d
	callq	nothing
	addq	$32, %rsp
	popq	%r15
	popq	%r14
	popq	%rcx
	rep retq
	.seh_endproc

nothing:
	xorl	%eax, %eax
	retq
