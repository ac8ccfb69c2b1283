/* SPDX-License-Identifier: MIT */
/*
 * The initial stack: see startup.h.
 *
 * Layout by the System V ABI ("Initial Process Stack"), lowest first: argc,
 * argv[], 0, envp[], 0, auxv[], then, not far above, the bytes of AT_RANDOM,
 * AT_PLATFORM and the strings. The vector in NT_AUXV is a copy of the one on
 * the stack: it is found there by its first entries.
 */
#include "os/linux/startup.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_DISTANCE = 1 << 16,	/* of the vector below AT_RANDOM */
	MAX_VARIABLES = 65536,
	MATCHED_ENTRIES = 3,
	AT_RANDOM_TYPE = 25,
	AT_PLATFORM_TYPE = 15,
};

static const struct {
	const char *name;
	enum auxv_form form;
} types[] = {
	[0] = { "AT_NULL", AUXV_NUMBER },	   [1] = { "AT_IGNORE", AUXV_HEX },
	[2] = { "AT_EXECFD", AUXV_NUMBER },	   [3] = { "AT_PHDR", AUXV_ADDRESS },
	[4] = { "AT_PHENT", AUXV_NUMBER },	   [5] = { "AT_PHNUM", AUXV_NUMBER },
	[6] = { "AT_PAGESZ", AUXV_NUMBER },	   [7] = { "AT_BASE", AUXV_ADDRESS },
	[8] = { "AT_FLAGS", AUXV_HEX },		   [9] = { "AT_ENTRY", AUXV_ADDRESS },
	[10] = { "AT_NOTELF", AUXV_NUMBER },	   [11] = { "AT_UID", AUXV_NUMBER },
	[12] = { "AT_EUID", AUXV_NUMBER },	   [13] = { "AT_GID", AUXV_NUMBER },
	[14] = { "AT_EGID", AUXV_NUMBER },	   [15] = { "AT_PLATFORM", AUXV_STRING },
	[16] = { "AT_HWCAP", AUXV_HEX },	   [17] = { "AT_CLKTCK", AUXV_NUMBER },
	[18] = { "AT_FPUCW", AUXV_HEX },	   [23] = { "AT_SECURE", AUXV_NUMBER },
	[24] = { "AT_BASE_PLATFORM", AUXV_STRING }, [25] = { "AT_RANDOM", AUXV_ADDRESS },
	[26] = { "AT_HWCAP2", AUXV_HEX },	   [27] = { "AT_RSEQ_FEATURE_SIZE", AUXV_NUMBER },
	[28] = { "AT_RSEQ_ALIGN", AUXV_NUMBER },   [31] = { "AT_EXECFN", AUXV_STRING },
	[32] = { "AT_SYSINFO", AUXV_ADDRESS },	   [33] = { "AT_SYSINFO_EHDR", AUXV_ADDRESS },
	[51] = { "AT_MINSIGSTKSZ", AUXV_NUMBER },
};

const char *auxv_name(uint64_t type)
{
	return type < ARRAY_SIZE(types) ? types[type].name : NULL;
}

enum auxv_form auxv_form(uint64_t type)
{
	return type < ARRAY_SIZE(types) && types[type].name ? types[type].form : AUXV_HEX;
}

bool linux_add_string(struct target *t, uint64_t address, size_t max, struct strbuf *sb)
{
	char *buf = malloc(max);
	size_t n;

	if (!buf)
		return false;
	n = space_read_some(target_space(t), address, buf, max);
	strbuf_add_utf8(sb, buf, strnlen(buf, n));
	free(buf);
	return n != 0;
}

static uint64_t auxv_value(const struct dump_auxv *v, size_t n, uint64_t type)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].type == type)
			return v[i].value;
	return 0;
}

static bool is_auxv(struct target *t, uint64_t at, const struct dump_auxv *v, size_t n)
{
	unsigned size = target_arch(t)->pointer_size;

	for (size_t i = 0; i < n && i < MATCHED_ENTRIES; i++) {
		uint64_t type, value;

		if (!arch_read_uint(target_memory(t), at + 2 * i * size, size, &type) ||
		    type != v[i].type ||
		    !arch_read_uint(target_memory(t), at + (2 * i + 1) * size, size, &value) ||
		    value != v[i].value)
			return false;
	}
	return true;
}

static struct err *find_auxv(struct target *t, uint64_t *ret)
{
	unsigned size = target_arch(t)->pointer_size;
	const struct dump_auxv *v;
	uint64_t anchor;
	size_t n;

	TRY(dump_auxv(target_dump(t), &v, &n));
	anchor = auxv_value(v, n, AT_RANDOM_TYPE);
	anchor = anchor ? anchor : auxv_value(v, n, AT_PLATFORM_TYPE);
	if (!anchor || anchor < MAX_DISTANCE || n < MATCHED_ENTRIES)
		return err_new(ERR_NOTFOUND, "the environment was not found: the dump has no auxiliary "
					     "vector that leads to it");
	anchor &= ~(uint64_t)(size - 1);
	for (uint64_t at = anchor; at > anchor - MAX_DISTANCE; at -= size)
		if (is_auxv(t, at, v, n)) {
			*ret = at;
			return NULL;
		}
	return err_new(ERR_NOTFOUND, "the environment was not found: the start of the main thread's "
				     "stack is not in the dump");
}

struct err *linux_environment(struct target *t, struct arena *a, uint64_t **ret, size_t *ret_n)
{
	unsigned size = target_arch(t)->pointer_size;
	uint64_t auxv = 0, word = 0, *v;
	size_t n = 0;

	TRY(find_auxv(t, &auxv));
	while (n < MAX_VARIABLES &&
	       arch_read_uint(target_memory(t), auxv - (n + 2) * size, size, &word) && word)
		n++;
	if (word || n == MAX_VARIABLES)
		return err_new(ERR_NOTFOUND, "the environment was not found: the list below the auxiliary "
					     "vector has no start in the dump");
	v = ARENA_NEW_N(a, uint64_t, n ? n : 1);
	if (!v)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		if (!arch_read_uint(target_memory(t), auxv - (n + 1 - i) * size, size, &v[i]))
			return err_fault(auxv - (n + 1 - i) * size);
	*ret = v;
	*ret_n = n;
	return NULL;
}
