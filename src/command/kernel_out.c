/* SPDX-License-Identifier: MIT */
/* Fields that records of several commands on kernels have. */
#include "command/kernel.h"

#include <string.h>

void out_function(struct target *t, struct out *o, const char *key, uint64_t address)
{
	struct symbol_hit hit = { 0 };

	if (!address)
		return;
	target_symbol_at(t, address, &hit);
	out_sym(o, key, hit.module ? hit.module->name : NULL, hit.symbol.name, hit.displacement, address);
}

void out_task(struct target *t, struct out *o, uint64_t task)
{
	struct thread *v;
	size_t n = target_threads(t, &v);

	if (!task)
		return;
	out_addr(o, "task_addr", task);
	for (size_t i = 0; i < n; i++) {
		if (v[i].task != task)
			continue;
		out_uint(o, "thread", v[i].index);
		out_uint(o, "pid", v[i].tid);
		out_name(o, "name", v[i].name);
		return;
	}
}

void out_flag_names(struct out *o, const char *key, uint64_t flags, const struct flag_name *names, size_t n)
{
	const char *v[64];
	size_t set = 0;

	for (size_t i = 0; i < n && set < ARRAY_SIZE(v); i++)
		if (flags & names[i].bit)
			v[set++] = names[i].name;
	if (set)
		out_strs(o, key, v, set);
}

bool option_word(const char **p, const char *option)
{
	size_t n = strlen(option);

	if (!str_starts(*p, option) || ((*p)[n] && (*p)[n] != ' '))
		return false;
	*p = str_skip_space(*p + n);
	return true;
}
