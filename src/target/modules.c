/* SPDX-License-Identifier: MIT */
/*
 * The module list: what the container lists, what the loader's own list in
 * memory adds (32-bit half of WOW64), or what file mappings and link_map of an
 * ELF core say. Names follow WinDbg: base name without its last extension,
 * characters that a symbol name cannot hold turned into '_'; a name that is
 * taken gets its base address appended.
 */
#include "target/kernel_impl.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_UNLOADED = 1024 };

static const char *short_name(struct arena *a, const char *image)
{
	const char *dot = strrchr(image, '.');
	size_t n = dot && dot != image ? (size_t)(dot - image) : strlen(image);
	char *name;

	if (*image == '[') { /* the kernel's own: [vdso] */
		image++;
		n = strcspn(image, "]");
	}
	name = arena_strndup(a, image, n);
	if (!name)
		return "";
	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '_' && (unsigned char)*c < 0x80)
			*c = '_';
	return name;
}

static uint64_t place_key(uint64_t base, uint64_t size)
{
	return hash_u64(base) ^ hash_u64(~size);
}

struct module *module_list_add(struct module_list *list, uint64_t base, uint64_t size,
			       const char *path)
{
	struct arena *a = &list->target->arena;
	struct module *m;

	if (list->v.n >= MAX_MODULES)
		return NULL;
	m = ARENA_NEW(a, struct module);
	if (!m)
		return NULL;
	m->priv = ARENA_NEW(a, struct module_private);
	if (!m->priv)
		return NULL;
	m->priv->target = list->target;
	m->base = base;
	m->size = base + size < base ? 0 - base : size;
	m->path = path;
	m->image_name = str_basename(path);
	m->name = short_name(a, m->image_name);
	m->machine = list->target->facts->machine;
	if (!u64map_put(&list->places, place_key(m->base, m->size), m))
		return NULL;
	return vec_push(&list->v, m) ? m : NULL;
}

void module_list_deinit(struct module_list *list)
{
	vec_deinit(&list->v);
	u64map_deinit(&list->places);
}

static void from_record(struct module *m, const struct dump_module *r)
{
	m->record = r;
	m->timestamp = r->timestamp;
	m->checksum = r->checksum;
	m->codeview = r->codeview;
	m->version = r->version;
	if (r->codeview.kind == CODEVIEW_ELF) {
		m->build_id_size = r->codeview.build_id_size;
		memcpy(m->build_id, r->codeview.build_id, sizeof(m->build_id));
	}
}

bool module_is_listed(const struct module_list *list, uint64_t base, uint64_t size)
{
	const struct module *m = u64map_get(&list->places, place_key(base, size));

	return m && m->base == base && m->size == size;
}

static struct err *add_listed(struct module_list *list)
{
	const struct dump_module *records;
	size_t n;

	TRY(dump_modules(list->target->dump, &records, &n));
	for (size_t i = 0; i < n && i < MAX_MODULES; i++) {
		struct module *m;

		if (module_is_listed(list, records[i].base, records[i].size))
			continue; /* the loaders of both WOW64 halves list the program */
		m = module_list_add(list, records[i].base, records[i].size, records[i].path);
		if (!m)
			return err_nomem();
		from_record(m, &records[i]);
	}
	return NULL;
}

static void make_names_unique(struct module_list *list)
{
	struct strmap seen = STRMAP_INIT_NOCASE;

	for (size_t i = 0; i < list->v.n; i++) {
		struct module *m = list->v.v[i];

		if (!*m->name || strmap_has(&seen, m->name)) {
			char *unique = arena_printf(&list->target->arena, "%s_%" PRIx64,
						    *m->name ? m->name : "image", m->base);

			m->name = unique ? unique : m->name;
		}
		(void)strmap_put(&seen, m->name, m);
	}
	strmap_deinit(&seen);
}

static int by_base(const void *a, const void *b)
{
	const struct module *x = *(struct module *const *)a, *y = *(struct module *const *)b;

	if (x->base != y->base)
		return x->base < y->base ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

static void publish(struct target *t, struct module_list *list)
{
	make_names_unique(list);
	if (list->v.n)
		qsort(list->v.v, list->v.n, sizeof(*list->v.v), by_base);
	for (size_t i = 0; i < list->v.n; i++)
		list->v.v[i]->index = i;
	t->modules = list->v.v;
	t->n_modules = list->v.n;
	u64map_deinit(&list->places);
}

static void load_modules(struct target *t)
{
	struct module_list list = { .target = t };
	struct err *e;

	t->modules_loading = true;
	target_fill_space(t);
	e = t->kernel ? kernel_add_modules(t->kernel, &list) : add_listed(&list);
	if (!e && !list.v.n && t->facts->kind == DUMP_ELFCORE)
		e = modules_add_elf(&list);
	if (!e && target_has_wow(t))
		e = modules_add_wow(&list);
	if (e)
		notice("modules: %s", err_message(e));
	err_free(e);
	publish(t, &list);
	t->modules_done = true;
	t->modules_loading = false;
	target_fill_space(t);
}

size_t target_modules(struct target *t, struct module ***ret)
{
	if (!t->modules_done)
		load_modules(t);
	*ret = t->modules;
	return t->n_modules;
}

static bool covers(const struct module *m, uint64_t address)
{
	return address >= m->base && address - m->base < m->size;
}

struct module *target_module_at(struct target *t, uint64_t address)
{
	struct module **modules;
	size_t lo = 0, hi = target_modules(t, &modules);

	if (t->last_hit && covers(t->last_hit, address))
		return t->last_hit;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (modules[mid]->base <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* a hostile list may overlap: look a little below for one that covers */
	for (size_t back = 0; back < 8 && lo > back; back++)
		if (covers(modules[lo - 1 - back], address))
			return t->last_hit = modules[lo - 1 - back];
	return t->kernel ? kernel_module_at(t->kernel, address) : NULL;
}

struct module *target_module_named(struct target *t, const char *name)
{
	struct module **modules;
	size_t n = target_modules(t, &modules);

	for (size_t i = 0; i < n; i++)
		if (strcasecmp(modules[i]->name, name) == 0)
			return modules[i];
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(modules[i]->image_name, name) == 0)
			return modules[i];
	return NULL;
}

/* The list is short on Windows; one that is not is no list of Windows'. */
bool target_unloaded_at(struct target *t, uint64_t address, const char **ret_name,
			uint64_t *ret_offset)
{
	const struct dump_unloaded *u;
	char *name;
	size_t n;

	if (target_module_at(t, address) || err_ignore(dump_unloaded(t->dump, &u, &n)))
		return false;
	for (size_t i = n < MAX_UNLOADED ? n : MAX_UNLOADED; i-- > 0;) {
		if (address < u[i].base || address - u[i].base >= u[i].size)
			continue;
		if (!t->unloaded_names)
			t->unloaded_names = ARENA_NEW_N(&t->arena, const char *, MAX_UNLOADED);
		if (!t->unloaded_names)
			return false;
		if (!t->unloaded_names[i]) {
			name = arena_printf(&t->arena, "<Unloaded_%s>", u[i].name);
			if (!name)
				return false;
			t->unloaded_names[i] = name;
		}
		*ret_name = t->unloaded_names[i];
		*ret_offset = address - u[i].base;
		return true;
	}
	return false;
}
