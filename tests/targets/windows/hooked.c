/* SPDX-License-Identifier: MIT */
/*
 * usage: hooked.exe FULL.dmp PARTIAL.dmp
 * Patches a jump into a function of its own and one into kernel32, as hooking
 * libraries do, and dumps itself.
 */
#include "dump.h"

#include <stdint.h>

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

__attribute__((noinline)) static DWORD WINAPI hook(void)
{
	return 4711;
}

static void write_code(void *at, const void *bytes, size_t n)
{
	DWORD old;

	VirtualProtect(at, n, PAGE_EXECUTE_READWRITE, &old);
	memcpy(at, bytes, n);
	VirtualProtect(at, n, old, &old);
	FlushInstructionCache(GetCurrentProcess(), at, n);
}

static void jump(void *from, const void *to)
{
	uint8_t code[5] = { 0xe9 };
	int32_t distance = (int32_t)((intptr_t)to - (intptr_t)from - 5);

	memcpy(code + 1, &distance, 4);
	write_code(from, code, sizeof(code));
}

/* push imm32; ret, or mov rax, imm64; jmp rax */
static void jump_far(void *from, const void *to)
{
#ifdef _WIN64
	uint8_t code[12] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0 };

	memcpy(code + 2, &to, 8);
#else
	uint8_t code[6] = { 0x68, 0, 0, 0, 0, 0xc3 };

	memcpy(code + 1, &to, 4);
#endif
	write_code(from, code, sizeof(code));
}

int main(int argc, char **argv)
{
	FARPROC function = GetProcAddress(GetModuleHandleA("kernel32.dll"), "GetConsoleCP");
	int bad;

	if (argc != 3 || !function)
		return 2;
	jump((void *)victim, (const void *)detour);
	jump_far((void *)function, (const void *)hook);
	if (victim(1) != 1001 || ((DWORD(WINAPI *)(void))function)() != 4711)
		return 5;
	bad = write_dump(GetCurrentProcess(), GetCurrentProcessId(), argv[1], DUMP_FULL, NULL);
	bad |= write_dump(GetCurrentProcess(), GetCurrentProcessId(), argv[2], DUMP_PARTIAL, NULL);
	return bad ? 4 : 0;
}
