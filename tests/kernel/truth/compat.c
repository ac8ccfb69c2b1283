/* SPDX-License-Identifier: MIT */
/*
 * A process of 32 bits that rests, some frames deep, with known registers. Without a C library, so that any compiler
 * that can make code for i386 makes it: gcc -m32 -static -nostdlib -ffreestanding. Prints "ready".
 */
enum { EXIT = 1, WRITE = 4, PAUSE = 29, PRCTL = 172, SET_NAME = 15 };

void _start(void);

static int call(int number, int a, int b, int c)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

static volatile unsigned woken;

__attribute__((noinline)) static void innermost(void)
{
	for (;; woken++)
		__asm__ volatile("movl $0x3f800000, %%esi\n\tmovd %%esi, %%xmm3\n\tfninit\n\tfldpi\n\tmovl $0x5eed5eed, %%edi\n\tmovl %0, %%eax\n\tint $0x80"
				 : : "i"(PAUSE) : "eax", "esi", "edi", "xmm3", "memory");
}

__attribute__((noinline)) static void middle(const char *name, const char *word)
{
	call(PRCTL, SET_NAME, (int)name, 0);
	call(WRITE, 1, (int)word, 6);
	innermost();
	woken = 0;
}

__attribute__((noinline)) static void outer(void)
{
	middle("t-compat", "ready\n");
	woken = 0;
}

void _start(void)
{
	outer();
	call(EXIT, 0, 0, 0);
}
