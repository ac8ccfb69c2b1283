/* SPDX-License-Identifier: MIT */
/*
 * The stack probe that compilers for this target call in a prologue with a
 * large frame: touches each page from the stack pointer down to the number of
 * bytes in rax/eax, changing no register. Ours, so that no libgcc is needed.
 */
	.globl	___chkstk_ms
___chkstk_ms:
#ifdef __x86_64__
	pushq	%rcx
	pushq	%rax
	leaq	24(%rsp), %rcx
1:	cmpq	$4096, %rax
	jbe	2f
	subq	$4096, %rcx
	orb	$0, (%rcx)
	subq	$4096, %rax
	jmp	1b
2:	subq	%rax, %rcx
	orb	$0, (%rcx)
	popq	%rax
	popq	%rcx
	ret
#else
	pushl	%ecx
	pushl	%eax
	leal	12(%esp), %ecx
1:	cmpl	$4096, %eax
	jbe	2f
	subl	$4096, %ecx
	orb	$0, (%ecx)
	subl	$4096, %eax
	jmp	1b
2:	subl	%eax, %ecx
	orb	$0, (%ecx)
	popl	%eax
	popl	%ecx
	ret
#endif
