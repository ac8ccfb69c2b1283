/* SPDX-License-Identifier: MIT */
/*
 * Debug files of a kernel and its modules: what DWARF adds to what the dump
 * tells by itself. A file is used when its build id is that of what is in the
 * dump, never otherwise; it comes last in the chain, so that names, types and
 * unwind rules stay those of the dump.
 *
 * The kernel's id is in VMCOREINFO since 5.9, and among the notes of its image;
 * a module's is in its note section, whose place the kernel keeps for sysfs
 * with the places of all its sections, which relocate its file.
 */
#include "symbol/btf.h"
#include "symbol/elf.h"
#include "target/bind.h"
#include "target/kernel_impl.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { MAX_NOTES = 64 << 10, MAX_SECTIONS = 4096, MAX_SECTION_NAME = 128, NOTE_SIZE = 64, ID_SIZE = 20 };

/* --- the kernel's identity ------------------------------------------------------------- */

static int digit(char c)
{
	if (!isxdigit((unsigned char)c))
		return -1;
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* BUILD-ID= of VMCOREINFO. */
static bool id_in_info(struct kernel *k, struct elf_build_id *ret)
{
	const char *text = kernel_info(k, "BUILD-ID");
	unsigned n = 0;

	for (; text && n < ELF_BUILD_ID_MAX && digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2)
		ret->bytes[n++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
	ret->size = text && !*text ? n : 0;
	return ret->size;
}

static bool id_in_notes(struct kernel *k, struct elf_build_id *ret)
{
	CLEANUP(freep) uint8_t *notes = NULL;
	uint64_t start, stop;

	if (err_ignore(kernel_symbol(k, "__start_notes", &start)) || err_ignore(kernel_symbol(k, "__stop_notes", &stop)) ||
	    stop <= start || stop - start > MAX_NOTES)
		return false;
	notes = malloc(stop - start);
	return notes && arch_read(target_memory(k->t), start, notes, stop - start) &&
	       elf_build_id_in_notes(notes, stop - start, ret);
}

/* --- a module's sections and identity ----------------------------------------------------- */

struct module_attributes {
	uint64_t has;
	uint64_t sections, build_id, percpu;
};

static const struct bind_member attributes_members[] = {
	{ "sect_attrs", offsetof(struct module_attributes, sections), BIND_UINT, true },
	{ "build_id", offsetof(struct module_attributes, build_id), BIND_ADDRESS_OF, true },
	{ "percpu", offsetof(struct module_attributes, percpu), BIND_UINT, true },
	{ NULL },
};
static const struct binding attributes_binding = { "vmlinux", "module", attributes_members };

/* What /sys/module/NAME/sections shows: a list of attributes that ends with NULL. */
struct section_list {
	uint64_t has;
	uint64_t list;
};
static const struct bind_member list_members[] = {
	{ "grp.bin_attrs", offsetof(struct section_list, list), BIND_UINT, false },
	{ NULL },
};
static const struct binding list_binding = { "vmlinux", "module_sect_attrs", list_members };

/* Until 6.13 an attribute of module_sect_attr, which has the address; then the attribute's own. */
struct section_attribute {
	uint64_t has;
	uint64_t name, address;
};
static const struct bind_member wrapped_members[] = {
	{ "battr.attr.name", offsetof(struct section_attribute, name), BIND_UINT, false },
	{ "address", offsetof(struct section_attribute, address), BIND_UINT, false },
	{ NULL },
};
static const struct binding wrapped_binding = { "vmlinux", "module_sect_attr", wrapped_members };
static const struct bind_member plain_members[] = {
	{ "attr.name", offsetof(struct section_attribute, name), BIND_UINT, false },
	{ "private", offsetof(struct section_attribute, address), BIND_UINT, false },
	{ NULL },
};
static const struct binding plain_binding = { "vmlinux", "bin_attribute", plain_members };

static bool read_section(struct kernel *k, uint64_t attribute, struct section_attribute *ret)
{
	uint64_t inside;

	if (err_ignore(bind_offset(k->t, HALF_NATIVE, &wrapped_binding, "battr", &inside)))
		return !err_ignore(bind_read(k->t, HALF_NATIVE, &plain_binding, attribute, ret));
	return !err_ignore(bind_read(k->t, HALF_NATIVE, &wrapped_binding, attribute - inside, ret));
}

static const char *name_at(struct kernel *k, uint64_t address)
{
	char text[MAX_SECTION_NAME] = "";
	size_t n = target_memory(k->t)->read(target_memory(k->t)->arg, address, text, sizeof(text));

	return memchr(text, 0, n) && *text ? arena_strdup(&k->arena, text) : NULL;
}

struct placed {
	VEC(struct elf_placed_section) v;
};

/* What of them cannot be read is left out: code there stays without lines. */
static struct err *read_sections(struct kernel *k, uint64_t sections, struct placed *ret)
{
	struct section_list l = { 0 };

	if (!sections || err_ignore(bind_read(k->t, HALF_NATIVE, &list_binding, sections, &l)))
		return NULL;
	for (uint64_t i = 0; i < MAX_SECTIONS; i++) {
		struct elf_placed_section placed = { 0 };
		struct section_attribute a = { 0 };
		uint64_t attribute;

		if (!arch_read_uint(target_memory(k->t), l.list + i * 8, 8, &attribute) || !attribute)
			break;
		if (!read_section(k, attribute, &a))
			continue;
		placed.name = name_at(k, a.name);
		placed.address = a.address;
		if (placed.name && !vec_push(&ret->v, placed))
			return err_nomem();
	}
	return NULL;
}

static bool id_in_section(struct kernel *k, const struct placed *p, struct elf_build_id *ret)
{
	uint8_t note[NOTE_SIZE];

	for (size_t i = 0; i < p->v.n; i++) {
		if (strcmp(p->v.v[i].name, ".note.gnu.build-id") != 0)
			continue;
		size_t n = target_memory(k->t)->read(target_memory(k->t)->arg, p->v.v[i].address, note, sizeof(note));

		return elf_build_id_in_notes(note, n, ret);
	}
	return false;
}

/* module.build_id, since 5.14: of the usual size, zeros when there is none. */
static bool id_in_module(struct kernel *k, uint64_t at, struct elf_build_id *ret)
{
	uint8_t any = 0;

	if (!at || !arch_read(target_memory(k->t), at, ret->bytes, ID_SIZE))
		return false;
	for (unsigned i = 0; i < ID_SIZE; i++)
		any |= ret->bytes[i];
	ret->size = any ? ID_SIZE : 0;
	return any;
}

static struct err *know_module(struct kernel *k, const struct module *m, struct placed *p, struct elf_build_id *ret)
{
	struct module_attributes a = { 0 };

	if (err_ignore(bind_read(k->t, HALF_NATIVE, &attributes_binding, m->kernel_module, &a)))
		return NULL;
	TRY(read_sections(k, a.sections, p));
	/* copied for each CPU, it is not listed among the sections */
	if (a.percpu && !vec_push(&p->v, ((struct elf_placed_section){ ".data..percpu", a.percpu })))
		return err_nomem();
	if (!id_in_section(k, p, ret))
		(void)id_in_module(k, a.build_id, ret);
	return NULL;
}

/* --- the file ------------------------------------------------------------------------------- */

/* Who gave no path wants no file: then only a wrong one is worth a word. */
static void tell_absence(struct kernel *k, struct module *m, const struct symbol_search *s, const struct elf_build_id *id)
{
	const struct symbol_attempt *why = s->trouble;
	char text[2 * ELF_BUILD_ID_MAX + 1];

	elf_build_id_text(id, text);
	if (why && *why->why && why->outcome != SYMBOL_ABSENT)
		module_keep_trouble(m, err_new(ERR_NOTFOUND, "debug file not used: %s", why->why));
	else if (*target_symbol_path(k->t))
		module_keep_trouble(m, err_new(ERR_NOTFOUND, "no debug file of build %s on the symbol path", text));
}

static struct err *open_file(struct kernel *k, const struct elf_build_id *id, uint64_t base, const char *name,
			     const struct placed *p, const char *path, struct provider **ret)
{
	struct elf_request req = { .path = path, .name = name, .base = base, .build_id = id };

	if (p->v.n) {
		req.placed = arena_memdup(&k->arena, p->v.v, p->v.n * sizeof(*p->v.v));
		req.n_placed = p->v.n;
		if (!req.placed)
			return err_nomem();
	}
	return elf_open(&req, ret);
}

static struct symbol_request request_for(struct kernel *k, const char *name, const struct elf_build_id *id)
{
	return (struct symbol_request){ .kind = SYMBOL_WANT_KERNEL, .name = name, .release = k->release,
					.build_id = id->bytes, .build_id_size = id->size };
}

static void add_file(struct module *m, struct provider *p)
{
	if (m->priv->n_providers < MAX_PROVIDERS)
		m->priv->debug_file = p;
	module_add_provider(m, p, SYMBOLS_PRIVATE);
}

static struct err *find_and_open(struct kernel *k, struct module *m, const struct elf_build_id *id, const struct placed *p)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct symbol_search found = { 0 };
	struct symbol_request r = request_for(k, m->base == k->base ? "vmlinux" : m->image_name, id);
	struct provider *made = NULL;

	TRY(module_search(k->t, m, &r, &a, &found));
	if (!found.path) {
		tell_absence(k, m, &found, id);
		return NULL;
	}
	TRY(open_file(k, id, m->base, m->name, p, found.path, &made));
	add_file(m, made);
	return NULL;
}

static bool kernel_id(struct kernel *k, struct elf_build_id *ret)
{
	return id_in_info(k, ret) || id_in_notes(k, ret);
}

static struct err *search_types(struct kernel *k, struct provider **ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct symbol_search found = { 0 };
	struct elf_build_id id = { .size = 0 };
	const struct placed none = { 0 };
	struct symbol_request r;

	if (!kernel_id(k, &id))
		return err_new(ERR_NOTFOUND, "the dump does not tell the kernel's build id");
	r = request_for(k, "vmlinux", &id);
	TRY(target_store(k->t));
	TRY(symbol_store_find(k->t->store, &r, &a, &found));
	if (!found.path)
		return err_new(ERR_NOTFOUND, "no debug file");
	return open_file(k, &id, k->base, "vmlinux", &none, found.path, ret);
}

bool kernel_debug_types(struct kernel *k, struct provider **ret)
{
	return !err_ignore(search_types(k, ret));
}

void kernel_add_debug_file(struct kernel *k, struct module *m)
{
	bool is_kernel = m->base == k->base;
	struct elf_build_id id = { .size = 0 };
	struct placed placed = { 0 };
	struct err *e = NULL;

	if (is_kernel)
		(void)kernel_id(k, &id);
	else
		e = know_module(k, m, &placed, &id);
	m->build_id_size = id.size;
	memcpy(m->build_id, id.bytes, id.size);
	if (is_kernel && k->types && !btf_is(k->types))
		add_file(m, provider_ref(k->types)); /* opened before, for lack of BTF */
	else if (!e && id.size)
		e = find_and_open(k, m, &id, &placed);
	else if (!e && *target_symbol_path(k->t))
		e = err_new(ERR_NOTFOUND, "the dump does not tell the build id: no debug file can be compared with it");
	if (e)
		module_keep_trouble(m, e);
	vec_deinit(&placed.v);
}
