/* SPDX-License-Identifier: MIT */
/* Names, types and unwind rules of the kernel and its modules, out of its own memory. */
#include "symbol/btf.h"
#include "symbol/kallsyms.h"
#include "symbol/orc.h"
#include "target/bind.h"
#include "target/kernel_impl.h"

#include <inttypes.h>
#include <strings.h>

enum { MAX_BTF = 256 << 20, ORC_IP = 4 };

struct provider *kernel_names(struct kernel *k)
{
	struct kallsyms_input in = { .memory = *target_memory(k->t), .base = k->base, .end = k->end };
	struct err *e;

	if (k->names_tried)
		return k->names;
	k->names_tried = true;
	(void)kernel_info_number(k, "SYMBOL(kallsyms_names)", 16, &in.names);
	(void)kernel_info_number(k, "SYMBOL(kallsyms_num_syms)", 16, &in.num_syms);
	(void)kernel_info_number(k, "SYMBOL(kallsyms_token_table)", 16, &in.token_table);
	(void)kernel_info_number(k, "SYMBOL(kallsyms_token_index)", 16, &in.token_index);
	(void)kernel_info_number(k, "SYMBOL(kallsyms_offsets)", 16, &in.offsets);
	(void)kernel_info_number(k, "SYMBOL(kallsyms_relative_base)", 16, &in.relative_base);
	e = kallsyms_open(&in, &k->names);
	if (e)
		notice("names of the kernel: %s", err_message(e));
	err_free(e);
	return k->names;
}

struct err *kernel_symbol(struct kernel *k, const char *name, uint64_t *ret)
{
	struct provider *p = kernel_names(k);
	struct symbol s;

	if (!p)
		return err_new(ERR_NOTFOUND, "the kernel's names are not known");
	TRY(p->ops->symbol_named(p, name, &s));
	*ret = k->base + s.rva;
	return NULL;
}

struct err *kernel_variable(struct kernel *k, const char *name, unsigned size, uint64_t *ret)
{
	uint64_t address;

	TRY(kernel_symbol(k, name, &address));
	return space_read_uint(target_space(k->t), address, size, ret);
}

/* ---- types ------------------------------------------------------------------------------------ */

/* The bytes at [start, start + size), kept until the kernel goes. */
static struct err *keep_bytes(struct kernel *k, uint64_t start, uint64_t size, struct view *ret)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	CLEANUP(view_deinit) struct view v = VIEW_INIT;

	if (!size || size > MAX_BTF)
		return err_new(ERR_CORRUPT, "type data of %" PRIu64 " bytes at 0x%" PRIx64, size, start);
	TRY(space_source(target_space(k->t), "BTF", start, size, &src));
	TRY(source_view(src, 0, size, &v));
	if (!vec_push(&k->views, v))
		return err_nomem();
	*ret = v;
	v = (struct view)VIEW_INIT;
	return NULL;
}

static struct err *open_types(struct kernel *k)
{
	uint64_t start, stop;
	struct view v;
	struct btf_input in = { .name = "BTF of vmlinux" };

	TRY(kernel_symbol(k, "__start_BTF", &start));
	TRY(kernel_symbol(k, "__stop_BTF", &stop));
	TRY(keep_bytes(k, start, stop - start, &v));
	in.data = v.data;
	in.size = v.size;
	return btf_open(&in, &k->types);
}

struct provider *kernel_types(struct kernel *k)
{
	struct err *e;

	if (k->types_tried)
		return k->types;
	k->types_tried = true;
	e = open_types(k);
	if (e && kernel_debug_types(k, &k->types)) {
		err_free(e);
		e = NULL;
	}
	if (e)
		notice("types of the kernel: %s", err_message(e));
	err_free(e);
	return k->types;
}

bool kernel_type_named(struct kernel *k, const char *module, const char *type, struct type_ref *ret)
{
	struct provider *p;

	if (module && strcasecmp(module, "vmlinux") != 0)
		return false;
	p = kernel_types(k);
	return p && !err_ignore(p->ops->type_named(p, type, ret));
}

bool kernel_has_types(struct kernel *k, const char *module)
{
	return module && !strcasecmp(module, "vmlinux") && kernel_types(k);
}

/* ---- unwind rules ------------------------------------------------------------------------------ */

static void add_orc(struct kernel *k, struct module *m, struct orc_input *in)
{
	struct provider *types = kernel_types(k), *p = NULL;
	struct err *e;

	if (types)
		(void)err_ignore(types->ops->type_named(types, "orc_entry", &in->entry_type));
	in->memory = *target_memory(k->t);
	in->base = m->base;
	in->end = m->base + m->size;
	e = orc_open(in, &p);
	if (e)
		module_keep_trouble(m, e);
	else
		module_add_provider(m, p, SYMBOLS_PUBLIC);
}

static void add_kernel_orc(struct kernel *k, struct module *m)
{
	uint64_t ip, ip_end, entries;
	struct orc_input in = { .n = 0 };

	if (err_ignore(kernel_symbol(k, "__start_orc_unwind_ip", &ip)) ||
	    err_ignore(kernel_symbol(k, "__stop_orc_unwind_ip", &ip_end)) ||
	    err_ignore(kernel_symbol(k, "__start_orc_unwind", &entries)) || ip_end < ip)
		return;
	in.ip_table = ip;
	in.entry_table = entries;
	in.n = (ip_end - ip) / ORC_IP;
	add_orc(k, m, &in);
}

/* ---- modules --------------------------------------------------------------------------------------- */

struct module_tables {
	uint64_t has;
	uint64_t kallsyms, orc_ip, orc, n_orc;
};

static const struct bind_member module_members[] = {
	{ "kallsyms", offsetof(struct module_tables, kallsyms), BIND_UINT, true },
	{ "arch.orc_unwind_ip", offsetof(struct module_tables, orc_ip), BIND_UINT, true },
	{ "arch.orc_unwind", offsetof(struct module_tables, orc), BIND_UINT, true },
	{ "arch.num_orcs", offsetof(struct module_tables, n_orc), BIND_UINT, true },
	{ NULL },
};
static const struct binding module_binding = { "vmlinux", "module", module_members };

struct module_names {
	uint64_t has;
	uint64_t symtab, n, strtab, typetab;
};

static const struct bind_member names_members[] = {
	{ "symtab", offsetof(struct module_names, symtab), BIND_UINT, false },
	{ "num_symtab", offsetof(struct module_names, n), BIND_UINT, false },
	{ "strtab", offsetof(struct module_names, strtab), BIND_UINT, false },
	{ "typetab", offsetof(struct module_names, typetab), BIND_UINT, true },
	{ NULL },
};
static const struct binding names_binding = { "vmlinux", "mod_kallsyms", names_members };

static void add_module_names(struct kernel *k, struct module *m, uint64_t kallsyms)
{
	struct kallsyms_module_input in = { .memory = *target_memory(k->t), .name = m->name, .base = m->base, .size = m->size };
	struct kallsyms_part parts[KALLSYMS_MAX_PARTS];
	struct module_names n = { 0 };
	struct provider *p = NULL;
	struct err *e = bind_read(k->t, HALF_NATIVE, &names_binding, kallsyms, &n);

	for (size_t i = 0; i < k->parts.n && in.n_parts < KALLSYMS_MAX_PARTS; i++)
		if (k->parts.v[i].module == m)
			parts[in.n_parts++] = (struct kallsyms_part){ k->parts.v[i].base, k->parts.v[i].size };
	in.parts = parts;
	in.symtab = n.symtab;
	in.num_symtab = n.n;
	in.strtab = n.strtab;
	in.typetab = n.typetab;
	if (!e)
		e = kallsyms_open_module(&in, &p);
	if (e)
		module_keep_trouble(m, e);
	else
		module_add_provider(m, p, SYMBOLS_PUBLIC);
}

/* A module's types: module.btf_data leads to its file, which is gone once it has been loaded; the
 * kernel keeps a copy of them in a list of its own. */
struct btf_entry {
	uint64_t has;
	uint64_t module, data, size, next;
};
static const struct bind_member entry_members[] = {
	{ "module", offsetof(struct btf_entry, module), BIND_UINT, false },
	{ "btf", offsetof(struct btf_entry, data), BIND_UINT, false },
	{ "list.next", offsetof(struct btf_entry, next), BIND_UINT, false },
	{ NULL },
};
static const struct binding entry_binding = { "vmlinux", "btf_module", entry_members };

static const struct bind_member blob_members[] = {
	{ "data", offsetof(struct btf_entry, data), BIND_UINT, false },
	{ "data_size", offsetof(struct btf_entry, size), BIND_UINT, false },
	{ NULL },
};
static const struct binding blob_binding = { "vmlinux", "btf", blob_members };

/* False: the module has none. */
static bool find_module_types(struct kernel *k, uint64_t module, struct btf_entry *ret)
{
	enum { MAX_ENTRIES = 1 << 14 };
	uint64_t head, at, link;

	if (err_ignore(kernel_symbol(k, "btf_modules", &head)) || !arch_read_uint(target_memory(k->t), head, 8, &at) ||
	    err_ignore(bind_offset(k->t, HALF_NATIVE, &entry_binding, "list", &link)))
		return false;
	for (unsigned n = 0; at != head && n < MAX_ENTRIES; n++) {
		struct btf_entry e;

		if (err_ignore(bind_read(k->t, HALF_NATIVE, &entry_binding, at - link, &e)))
			return false;
		if (e.module == module)
			return !err_ignore(bind_read(k->t, HALF_NATIVE, &blob_binding, e.data, ret));
		at = e.next;
	}
	return false;
}

static void add_module_types(struct kernel *k, struct module *m, const struct btf_entry *t)
{
	struct btf_input in = { .name = m->name, .base = kernel_types(k) };
	struct provider *p = NULL;
	struct view v;
	struct err *e = keep_bytes(k, t->data, t->size, &v);

	if (!e) {
		in.data = v.data;
		in.size = v.size;
		e = btf_open(&in, &p);
	}
	if (e)
		module_keep_trouble(m, e);
	else
		module_add_provider(m, p, SYMBOLS_PRIVATE);
}

static void load_module(struct kernel *k, struct module *m, uint64_t address)
{
	struct module_tables t = { 0 };
	struct btf_entry types;

	if (err_ignore(bind_read(k->t, HALF_NATIVE, &module_binding, address, &t)))
		return;
	if (t.kallsyms)
		add_module_names(k, m, t.kallsyms);
	if (k->types && btf_is(k->types) && find_module_types(k, address, &types))
		add_module_types(k, m, &types);
	if (t.orc_ip && t.orc && t.n_orc)
		add_orc(k, m, &(struct orc_input){ .ip_table = t.orc_ip, .entry_table = t.orc, .n = t.n_orc });
}

void kernel_load_symbols(struct kernel *k, struct module *m)
{
	if (m->base != k->base) {
		if (!m->kernel_module)
			return;
		load_module(k, m, m->kernel_module);
		kernel_add_debug_file(k, m);
		return;
	}
	if (kernel_names(k))
		module_add_provider(m, provider_ref(k->names), SYMBOLS_PUBLIC);
	if (kernel_types(k) && btf_is(k->types))
		module_add_provider(m, provider_ref(k->types), SYMBOLS_PRIVATE);
	add_kernel_orc(k, m);
	kernel_add_debug_file(k, m);
}
