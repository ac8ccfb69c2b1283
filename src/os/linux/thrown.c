/* SPDX-License-Identifier: MIT */
/*
 * Thrown C++ objects: see thrown.h.
 *
 * Itanium C++ ABI: Exception Handling, 2.2.1: an exception is __cxa_exception
 * (type, destructor, two handlers, the next exception, two ints, four pointers),
 * aligned to 16 bytes, then _Unwind_Exception, then the object. The latter begins
 * with the class of the exception, vendor and language: "GNUCC++\0" of libstdc++.
 * A type_info is a vtable pointer and the mangled name (2.9.3 of the ABI).
 */
#include "os/linux/thrown.h"

#include "os/linux/startup.h"

#include <inttypes.h>

enum { MAX_WORDS = 4096, UNWIND_SIZE = 32, MAX_NAME = 1024, MAX_MESSAGE = 512 };
static const uint64_t gnu_class = 0x474e5543432b2b00;

static uint64_t header_size(unsigned pointer)
{
	return (9 * (uint64_t)pointer + 8 + 15) & ~(uint64_t)15;
}

static bool is_exception(struct target *t, uint64_t at, struct linux_thrown *ret)
{
	unsigned size = target_arch(t)->pointer_size;
	uint64_t v;

	if (!at || at % size || at < header_size(size) || !arch_read_uint(target_memory(t), at, 8, &v) ||
	    v != gnu_class)
		return false;
	ret->object = at + UNWIND_SIZE;
	return arch_read_uint(target_memory(t), at - header_size(size), size, &ret->type_info) && ret->type_info;
}

static bool add_type(struct target *t, uint64_t type_info, struct strbuf *sb)
{
	CLEANUP(strbuf_deinit) struct strbuf mangled = STRBUF_INIT;
	unsigned size = target_arch(t)->pointer_size;
	uint64_t name;

	if (!arch_read_uint(target_memory(t), type_info + size, size, &name))
		return false;
	if (!linux_add_string(t, name, MAX_NAME, &mangled) || !mangled.len)
		return false;
	/* a '*' before the name says that it is compared by address */
	return typeinfo_type_name(mangled.s + (*mangled.s == '*'), sb);
}

static void add_message(struct target *t, const struct linux_thrown *x, struct strbuf *sb)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	unsigned size = target_arch(t)->pointer_size;
	uint64_t at;

	if (!arch_read_uint(target_memory(t), x->object + size, size, &at) ||
	    !linux_add_string(t, at, MAX_MESSAGE, &text))
		return;
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.s[i] < ' ')
			return;
	if (text.len)
		strbuf_addf(sb, ": %s", text.s);
}

bool linux_thrown_describe(struct target *t, uint64_t sp, struct linux_thrown *ret, struct strbuf *sb)
{
	unsigned size = target_arch(t)->pointer_size;

	for (size_t i = 0; i < MAX_WORDS; i++) {
		struct linux_thrown x;
		uint64_t word;

		if (!arch_read_uint(target_memory(t), sp + i * size, size, &word))
			return false;
		if (!is_exception(t, word, &x) || !add_type(t, x.type_info, sb))
			continue;
		strbuf_addf(sb, " at 0x%" PRIx64, x.object);
		add_message(t, &x, sb);
		*ret = x;
		return true;
	}
	return false;
}
