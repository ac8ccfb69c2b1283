/* SPDX-License-Identifier: MIT */
/*
 * Patches itself: a jump in `victim` to `detour`; in the C library's getppid a
 * jump by way of a register to `hook`; one byte of a read-only table; and with
 * an argument a jump into anonymous memory. Pages are read-only again when it
 * is ready.
 */
#include "ready.h"

#include <stdint.h>
#include <sys/mman.h>

const char table[64] = "read-only table";

__attribute__((noinline, aligned(64))) int victim(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n * 3 + 1;
}

__attribute__((noinline)) int detour(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1000;
}

__attribute__((noinline)) int hook(void)
{
	return 4711;
}

__attribute__((noinline, aligned(64))) int stray(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n * 5 + 2;
}

static void write_code(void *at, const void *bytes, size_t n, int protection)
{
	uintptr_t page = (uintptr_t)at & ~(uintptr_t)4095;
	size_t span = ((uintptr_t)at + n - page + 4095) & ~(size_t)4095;

	if (mprotect((void *)page, span, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		exit(1);
	memcpy(at, bytes, n);
	(void)mprotect((void *)page, span, protection);
}

static void jump(void *from, const void *to)
{
	uint8_t code[5] = { 0xe9 };
	int32_t distance = (int32_t)((intptr_t)to - (intptr_t)from - 5);

	memcpy(code + 1, &distance, 4);
	write_code(from, code, sizeof(code), PROT_READ | PROT_EXEC);
}

static void jump_by_register(void *from, const void *to)
{
	uint8_t code[12] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0 };

	memcpy(code + 2, &to, 8);
	write_code(from, code, sizeof(code), PROT_READ | PROT_EXEC);
}

int main(int argc, char **argv)
{
	(void)argv;
	jump((void *)victim, (const void *)detour);
	jump_by_register((void *)getppid, (const void *)hook);
	write_code((void *)(uintptr_t)&table[3], "X", 1, PROT_READ);
	if (argc > 1) {
		uint8_t *wild = mmap((uint8_t *)((uintptr_t)main & ~(uintptr_t)0xffff) + (16 << 20), 4096,
				     PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memset(wild, 0xc3, 4096);
		jump((void *)stray, wild);
	}
	if (victim(1) != 1001 || getppid() != 4711 || ((const volatile char *)table)[3] != 'X')
		return 1;
	ready(0);
	(void)pause();
	return stray(1);
}
