/* SPDX-License-Identifier: MIT */
/*
 * BTF from the fuzzer: everything is asked of it. The first two bytes say how
 * much of the input is a base, the rest is split BTF over it; 0: one piece.
 */
#include "base/arena.h"
#include "base/cursor.h"
#include "symbol/btf.h"

#include <string.h>

enum { MAX_SEEN = 200, MAX_IDS = 80 };

static bool see_type(void *arg, struct type_ref t, const char *name)
{
	struct type_info info;
	unsigned *n = arg;

	(void)err_ignore(type_strip(t, &t, &info));
	return strlen(name) && ++*n < MAX_SEEN;
}

static void ask_type(struct provider *p, uint64_t id)
{
	struct arena a = ARENA_INIT;
	struct type_enumerator *e;
	struct type_member *m;
	struct type_ref *params;
	struct type_info info;
	size_t n = 0, length = 0;

	(void)err_ignore(p->ops->type_info(p, id, &info));
	if (!err_ignore(p->ops->type_members(p, id, &a, &m, &n)))
		for (size_t i = 0; i < n; i++) {
			length += strlen(m[i].name);
			if (i < 16)
				(void)err_ignore(type_strip(m[i].type, &m[i].type, &info));
		}
	if (!err_ignore(p->ops->type_enumerators(p, id, &a, &e, &n)))
		for (size_t i = 0; i < n && i < MAX_SEEN; i++)
			length += strlen(e[i].name);
	if (!err_ignore(p->ops->type_params(p, id, &a, &params, &n)))
		for (size_t i = 0; i < n && i < 16; i++)
			(void)err_ignore(type_get(params[i], &info));
	arena_deinit(&a);
	if (length == SIZE_MAX)
		__builtin_trap();
}

static void ask(struct provider *p)
{
	struct type_ref t;
	unsigned n = 0;
	int64_t value;

	for (uint64_t id = 0; id < MAX_IDS; id++)
		ask_type(p, id);
	ask_type(p, UINT32_MAX);
	ask_type(p, UINT64_MAX);
	(void)err_ignore(p->ops->types(p, "*", see_type, &n));
	(void)err_ignore(p->ops->type_named(p, "node", &t));
	(void)err_ignore(p->ops->type_named(p, "struct node", &t));
	(void)err_ignore(p->ops->type_named(p, "void", &t));
	(void)err_ignore(btf_variable(p, "counter", &t));
	(void)err_ignore(btf_enumerator(p, "RED", &value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct btf_input in = { .name = "fuzz" };
	struct provider *base = NULL, *p = NULL;
	struct cursor c = cursor_init("fuzz", data, size, 0);
	uint16_t split = cursor_u16(&c);

	if (split && split < cursor_left(&c)) {
		in.size = split;
		in.data = cursor_bytes(&c, split);
		if (err_ignore(btf_open(&in, &base)))
			return 0;
		ask(base);
	}
	in.size = (size_t)cursor_left(&c);
	in.data = cursor_bytes(&c, in.size);
	in.base = base;
	if (in.data && !err_ignore(btf_open(&in, &p)))
		ask(p);
	provider_unref(p);
	provider_unref(base);
	return 0;
}
