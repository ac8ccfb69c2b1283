/* SPDX-License-Identifier: MIT */
/*
 * The C library: see libc.h. glibc's file is libc.so.6 (libc-2.31.so in old
 * releases), musl's is its loader, ld-musl-*.so.1. Others are asked only where
 * there is none of these, since to ask a module opens its symbols.
 *
 * glibc describes its struct pthread to debuggers in data of its own, the
 * symbols _thread_db_*: of a member three 32-bit words, its size in bits, its
 * count and its offset; of the struct one word, its size (observed with glibc
 * 2.36 of x64 and i386). The thread pointer is the start of
 * the struct on x86, its end on the machines that have the TCB behind it.
 */
#include "os/linux/libc.h"

#include <inttypes.h>
#include <stdio.h>

bool linux_is_libc(const char *file_name)
{
	return str_starts(file_name, "libc.so") || str_starts(file_name, "libc-") ||
	       str_starts(file_name, "ld-musl-");
}

struct err *linux_libc_symbol(struct target *t, const char *name, uint64_t *ret)
{
	struct module **modules;
	size_t n = target_modules(t, &modules);
	char full[256];

	for (size_t i = 0; i < n; i++) {
		if (!linux_is_libc(modules[i]->image_name))
			continue;
		(void)snprintf(full, sizeof(full), "%s!%s", modules[i]->name, name);
		return target_symbol_named(t, full, ret);
	}
	return target_symbol_named(t, name, ret);
}

static bool thread_word(struct target *t, const char *name, uint64_t skip, uint64_t *ret)
{
	uint64_t at;

	return !err_ignore(linux_libc_symbol(t, name, &at)) &&
	       arch_read_uint(target_memory(t), at + skip, 4, ret);
}

static bool start_of_pthread(struct target *t, const struct thread *th, uint64_t *ret)
{
	enum machine machine = target_arch(t)->machine;
	uint64_t size = 0;

	*ret = th->teb;
	if (!th->teb || machine == MACHINE_X64 || machine == MACHINE_X86)
		return th->teb;
	if (!thread_word(t, "_thread_db_sizeof_pthread", 0, &size) || size > th->teb)
		return false;
	*ret -= size;
	return true;
}

bool linux_thread_start(struct target *t, const struct thread *th, uint64_t *ret)
{
	enum { OFFSET_WORD = 8, MAX_OFFSET = 1 << 16 };
	unsigned size = target_arch(t)->pointer_size;
	uint64_t at, bits, offset, start;

	if (!start_of_pthread(t, th, &at) ||
	    !thread_word(t, "_thread_db_pthread_start_routine", 0, &bits) || bits != size * 8 ||
	    !thread_word(t, "_thread_db_pthread_start_routine", OFFSET_WORD, &offset) ||
	    offset > MAX_OFFSET || !arch_read_uint(target_memory(t), at + offset, size, &start) || !start)
		return false;
	*ret = start;
	return true;
}
