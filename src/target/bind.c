/* SPDX-License-Identifier: MIT */
/* Structures bound by member name: see bind.h. */
#include "target/bind.h"

#include "symbol/pack.h"
#include "target/kernel_impl.h"

#include <string.h>

enum { MAX_BOUND = 64, MAX_DEPTH = 8 };

struct bound_member {
	bool present;
	uint64_t offset;
	uint8_t size;
	uint8_t bit_offset, bit_size;
};

struct layout {
	struct bound_member m[MAX_BOUND];
	bool failed;
	const char *missing;
};

static struct err *find_direct(struct type_ref type, const char *name, size_t len, unsigned depth,
			       struct arena *a, struct type_member *ret)
{
	struct type_member *members;
	struct type_ref stripped;
	struct type_info info;
	size_t n;

	if (depth > MAX_DEPTH)
		return err_new(ERR_NOTFOUND, "type nested too deep");
	TRY(type_strip(type, &stripped, &info));
	TRY(stripped.provider->ops->type_members(stripped.provider, stripped.id, a, &members, &n));
	for (size_t i = 0; i < n; i++)
		if (members[i].kind == MEMBER_DATA && strncmp(members[i].name, name, len) == 0 &&
		    !members[i].name[len]) {
			*ret = members[i];
			return NULL;
		}
	for (size_t i = 0; i < n; i++) {
		struct type_member inner;

		if (members[i].kind != MEMBER_BASE && *members[i].name)
			continue;
		if (err_ignore(find_direct(members[i].type, name, len, depth + 1, a, &inner)))
			continue;
		*ret = inner;
		ret->offset += members[i].offset;
		return NULL;
	}
	return err_new(ERR_NOTFOUND, "no member '%.*s'", (int)len, name);
}

struct err *type_find_member(struct type_ref type, const char *path, struct type_member *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct type_member m = { .type = type };
	uint64_t offset = 0;

	while (*path) {
		size_t len = strcspn(path, ".");

		TRY(find_direct(m.type, path, len, 0, &a, &m));
		offset += m.offset;
		path += len + (path[len] == '.');
	}
	m.offset = offset;
	m.name = "";
	*ret = m;
	return NULL;
}

static struct provider *open_pack(struct target *t, enum thread_half half)
{
	unsigned size = half == HALF_WOW ? 4 : t->arch->pointer_size;
	struct provider **slot = size == 4 ? &t->pack32 : &t->pack64;
	const char *const *texts = target_is_windows(t) ? pack_windows : pack_linux;
	struct err *e = NULL;

	if (!*slot)
		e = pack_open("built-in types", texts, size, slot);
	if (e)
		notice("%s", err_message(e));
	err_free(e);
	return *slot;
}

static bool type_in_modules(struct target *t, enum thread_half half, const char *module,
			    const char *type, struct type_ref *ret)
{
	enum machine machine = half == HALF_WOW ? MACHINE_X86 : t->facts->machine;
	struct module **modules;
	size_t n;

	if (t->kernel && kernel_type_named(t->kernel, module, type, ret))
		return true; /* without the list of modules, which is read with its help */
	if (t->kernel && kernel_has_types(t->kernel, module))
		return false; /* not worth reading a debug file: the kernel has all that it uses */
	n = target_modules(t, &modules);
	for (size_t i = 0; i < n; i++) {
		struct provider **providers;
		size_t n_providers;

		if (modules[i]->machine != machine ||
		    (module && !str_starts_nocase(modules[i]->name, module)))
			continue;
		if (!module && module_symbol_status(modules[i]) == SYMBOLS_DEFERRED)
			continue;
		n_providers = module_providers(t, modules[i], &providers);
		for (size_t k = 0; k < n_providers; k++)
			if (!err_ignore(providers[k]->ops->type_named(providers[k], type, ret)))
				return true;
	}
	return false;
}

struct err *bind_type(struct target *t, enum thread_half half, const char *module,
		      const char *type, struct type_ref *ret)
{
	struct provider *pack;

	if (type_in_modules(t, half, module, type, ret))
		return NULL;
	pack = open_pack(t, half);
	if (!pack)
		return err_nomem();
	return pack->ops->type_named(pack, type, ret);
}

static void bind_member(struct type_ref type, const struct bind_member *want,
			struct bound_member *ret)
{
	struct type_ref stripped;
	struct type_member m;
	struct type_info info;

	if (err_ignore(type_find_member(type, want->path, &m)) ||
	    err_ignore(type_strip(m.type, &stripped, &info)))
		return;
	ret->offset = m.offset;
	ret->bit_offset = m.bit_offset;
	ret->bit_size = m.bit_size;
	if (info.kind == TYPE_BITFIELD) {
		ret->bit_offset = info.bit_offset;
		ret->bit_size = info.bit_size;
		if (err_ignore(type_strip(info.element, &stripped, &info)))
			return;
	}
	ret->size = (uint8_t)info.size;
	ret->present = want->kind == BIND_ADDRESS_OF || info.size == 1 || info.size == 2 ||
		       info.size == 4 || info.size == 8;
}

static struct err *layout_of(struct target *t, enum thread_half half, const struct binding *b,
			     struct layout **ret)
{
	uint64_t key = (uint64_t)(uintptr_t)b ^ (half == HALF_WOW ? (uint64_t)1 << 63 : 0);
	struct layout *l = u64map_get(&t->bindings, key);
	struct type_ref type;

	if (l) {
		*ret = l;
		return NULL;
	}
	TRY(bind_type(t, half, b->module, b->type, &type));
	l = ARENA_NEW(&t->arena, struct layout);
	if (!l || !u64map_put(&t->bindings, key, l))
		return err_nomem();
	for (size_t i = 0; b->members[i].path && i < MAX_BOUND; i++) {
		bind_member(type, &b->members[i], &l->m[i]);
		if (!l->m[i].present && !b->members[i].optional && !l->failed) {
			l->failed = true;
			l->missing = b->members[i].path;
		}
	}
	*ret = l;
	return NULL;
}

static bool read_member(struct target *t, const struct bound_member *m, enum bind_kind kind,
			uint64_t address, uint64_t *ret)
{
	uint64_t v;
	unsigned bits = m->size * 8u;

	if (kind == BIND_ADDRESS_OF) {
		*ret = address + m->offset;
		return true;
	}
	if (!arch_read_uint(&t->memory, address + m->offset, m->size, &v))
		return false;
	if (m->bit_size) {
		bits = m->bit_size;
		v = v >> m->bit_offset & (((uint64_t)1 << m->bit_size) - 1);
	}
	if (kind == BIND_INT && bits < 64 && (v >> (bits - 1) & 1))
		v |= ~(uint64_t)0 << bits;
	*ret = v;
	return true;
}

struct err *bind_read(struct target *t, enum thread_half half, const struct binding *b,
		      uint64_t address, void *local)
{
	struct layout *l = NULL;
	uint64_t has = 0;

	TRY(layout_of(t, half, b, &l));
	if (l->failed)
		return err_new(ERR_NOTFOUND, "the layout of %s has no '%s'", b->type, l->missing);
	for (size_t i = 0; b->members[i].path && i < MAX_BOUND; i++) {
		uint64_t v = 0;

		if (l->m[i].present && read_member(t, &l->m[i], b->members[i].kind, address, &v))
			has |= (uint64_t)1 << i;
		else if (!b->members[i].optional)
			return err_prefix(err_fault(address + l->m[i].offset), "%s", b->type);
		memcpy((char *)local + b->members[i].local, &v, sizeof(v));
	}
	memcpy(local, &has, sizeof(has));
	return NULL;
}

struct err *bind_offset(struct target *t, enum thread_half half, const struct binding *b,
			const char *path, uint64_t *ret)
{
	struct type_member m;
	struct type_ref type;

	TRY(bind_type(t, half, b->module, b->type, &type));
	TRY(type_find_member(type, path, &m));
	*ret = m.offset;
	return NULL;
}
