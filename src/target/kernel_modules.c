/* SPDX-License-Identifier: MIT */
/*
 * vmlinux and the modules it has loaded: the list `modules`, whose entries say
 * where their code lies: core_layout, or since 6.4 mem[] with the text first.
 */
#include "target/bind.h"
#include "target/kernel_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_NAME = 64,
	MAX_PARTS = 7,		/* enum mod_mem_type: text, data, rodata, ro_after_init, three of initialisation */
	STATE_UNFORMED = 3,	/* enum module_state: its parts are not set up */
};

struct module_facts {
	uint64_t has;
	uint64_t next, state, name, core_base, core_size, old_base, old_size, parts;
};

static const struct bind_member members[] = {
	{ "list.next", offsetof(struct module_facts, next), BIND_UINT, false },
	{ "state", offsetof(struct module_facts, state), BIND_UINT, false },
	{ "name", offsetof(struct module_facts, name), BIND_ADDRESS_OF, false },
	{ "core_layout.base", offsetof(struct module_facts, core_base), BIND_UINT, true },
	{ "core_layout.size", offsetof(struct module_facts, core_size), BIND_UINT, true },
	{ "module_core", offsetof(struct module_facts, old_base), BIND_UINT, true },
	{ "core_size", offsetof(struct module_facts, old_size), BIND_UINT, true },
	{ "mem", offsetof(struct module_facts, parts), BIND_ADDRESS_OF, true },
	{ NULL },
};
static const struct binding binding = { "vmlinux", "module", members };

struct part_facts {
	uint64_t has;
	uint64_t base, size;
};

static const struct bind_member part_members[] = {
	{ "base", offsetof(struct part_facts, base), BIND_UINT, false },
	{ "size", offsetof(struct part_facts, size), BIND_UINT, false },
	{ NULL },
};
static const struct binding part_binding = { "vmlinux", "module_memory", part_members };

/* The text, which is the first part. */
static bool place_of(struct kernel *k, const struct module_facts *f, struct part_facts *ret)
{
	*ret = (struct part_facts){ .base = f->core_base, .size = f->core_size };
	if (!ret->base)
		*ret = (struct part_facts){ .base = f->old_base, .size = f->old_size };
	if (!ret->base && f->parts && err_ignore(bind_read(k->t, HALF_NATIVE, &part_binding, f->parts, ret)))
		return false;
	return ret->base && ret->size;
}

static const char *name_of(struct kernel *k, uint64_t address)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	char text[MAX_NAME] = "";

	if (!arch_read(target_memory(k->t), address, text, sizeof(text)))
		return "";
	strbuf_add_utf8(&sb, text, strnlen(text, sizeof(text)));
	return sb.failed ? NULL : arena_strdup(&k->arena, sb.s);
}

/* Data and what runs once lie apart from the code. */
static struct err *add_parts(struct kernel *k, struct module *m, uint64_t address)
{
	struct type_ref type;
	struct type_info info;

	if (err_ignore(bind_type(k->t, HALF_NATIVE, part_binding.module, part_binding.type, &type)) || err_ignore(type_get(type, &info)))
		return NULL;
	for (unsigned i = 1; i < MAX_PARTS; i++) {
		struct part_facts p = { 0 };

		if (err_ignore(bind_read(k->t, HALF_NATIVE, &part_binding, address + i * info.size, &p)))
			return NULL;
		if (p.base && p.size && !vec_push(&k->parts, ((struct kernel_part){ m, p.base, p.size })))
			return err_nomem();
	}
	return NULL;
}

static struct err *add_one(struct kernel *k, struct module_list *list, uint64_t address, const struct module_facts *f)
{
	struct part_facts place;
	const char *name;
	struct module *m;

	if (f->state == STATE_UNFORMED || !place_of(k, f, &place))
		return NULL;
	name = name_of(k, f->name);
	if (!name)
		return err_nomem();
	m = module_list_add(list, place.base, place.size, name);
	if (!m)
		return err_nomem();
	m->kernel_module = address;
	return f->core_base || f->old_base || !f->parts ? NULL : add_parts(k, m, f->parts);
}

static struct err *add_loaded(struct kernel *k, struct module_list *list)
{
	uint64_t head, offset, at;
	struct u64map seen = U64MAP_INIT;
	struct err *e;

	TRY(kernel_symbol(k, "modules", &head));
	TRY(bind_offset(k->t, HALF_NATIVE, &binding, "list.next", &offset));
	e = space_read_uint(target_space(k->t), head, 8, &at);
	for (unsigned n = 0; !e && at != head && n < MAX_MODULES; n++) {
		struct module_facts f = { 0 };

		if (u64map_has(&seen, at)) {
			e = err_new(ERR_CORRUPT, "the list of modules comes back to 0x%" PRIx64, at);
			break;
		}
		if (!u64map_put(&seen, at, NULL))
			e = err_nomem();
		if (!e)
			e = bind_read(k->t, HALF_NATIVE, &binding, at - offset, &f);
		if (!e)
			e = add_one(k, list, at - offset, &f);
		at = f.next;
	}
	u64map_deinit(&seen);
	return e;
}

static int by_base(const void *a, const void *b)
{
	const struct kernel_part *x = a, *y = b;

	return x->base < y->base ? -1 : x->base > y->base;
}

struct module *kernel_module_at(const struct kernel *k, uint64_t address)
{
	size_t lo = 0, hi = k->parts.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->parts.v[mid].base <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && address - k->parts.v[lo - 1].base < k->parts.v[lo - 1].size ? k->parts.v[lo - 1].module : NULL;
}

struct err *kernel_add_modules(struct kernel *k, struct module_list *list)
{
	uint64_t end;

	if (!err_ignore(kernel_symbol(k, "_end", &end)) && end > k->base)
		k->end = end;
	if (!module_list_add(list, k->base, k->end - k->base, "vmlinux"))
		return err_nomem();
	if (!kernel_types(k))
		return NULL;
	TRY(err_prefix(add_loaded(k, list), "modules of the kernel"));
	if (k->parts.n)
		qsort(k->parts.v, k->parts.n, sizeof(*k->parts.v), by_base);
	return NULL;
}
