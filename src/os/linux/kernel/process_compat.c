/* SPDX-License-Identifier: MIT */
/*
 * 32-bit processes of an x86-64 kernel: see process_compat.h. Orders of registers:
 * <sys/user.h>, struct user_regs_struct of x86-64 and of i386. Types of entries of
 * the auxiliary vector and sizes of program headers: <elf.h>.
 */
#include "os/linux/kernel/process_compat.h"

#include "os/linux/kernel/process.h"

#include <elf.h>
#include <string.h>

enum { CODE_32 = 0x23, WORDS_32 = KERNEL_PROCESS_REGS_32 / 4 };

size_t process_auxv(const struct arch_memory *m, uint64_t at, unsigned word, struct dump_auxv *ret, size_t max)
{
	size_t n = 0;

	while (n < max && arch_read_uint(m, at + n * 2 * word, word, &ret[n].type) && ret[n].type &&
	       arch_read_uint(m, at + n * 2 * word + word, word, &ret[n].value))
		n++;
	return n;
}

bool process_auxv_is_32(const struct dump_auxv *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].type == AT_PHENT)
			return v[i].value == sizeof(Elf32_Phdr);
	return false;
}

bool process_regs_are_32(const uint8_t regs[KERNEL_PROCESS_REGS])
{
	return (kernel_user_reg(regs, USER_REG_CS) & 0xffff) == CODE_32;
}

void process_regs_to_32(uint8_t regs[KERNEL_PROCESS_REGS])
{
	/* ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip cs eflags esp ss */
	static const uint8_t from[WORDS_32] = { 5, 11, 12, 13, 14, 4, 10, 23, 24, 25, 26, 15, 16, 17, 18, 19, 20 };
	uint8_t out[KERNEL_PROCESS_REGS] = { 0 };

	for (unsigned i = 0; i < WORDS_32; i++)
		memcpy(out + i * 4, regs + from[i] * 8, 4); /* both are little-endian */
	memcpy(regs, out, sizeof(out));
}
