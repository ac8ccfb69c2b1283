/* SPDX-License-Identifier: MIT */
/*
 * Notes of a machine's dump: see format/physical_notes.h.
 *
 * Where the text lies: Linux keeps it in a page of its own, from its first byte
 * (kernel/vmcore_info.c's vmcoreinfo_data, since 4.13), beginning with
 * "OSRELEASE=". A page that begins so and has lines that only the kernel writes
 * is it; when several pages do and differ, none is believed.
 */
#include "format/physical_notes.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NOTE = 16 << 20, PAGE = 4096, MAX_INFO = 1 << 20 };

/* The name and type of the note that a stream is, or becomes. NULL: it is none. */
static const char *owner_of(const struct dump_stream *s)
{
	if (*s->owner)
		return s->owner;
	return strcmp(s->name, "vmcoreinfo") ? NULL : "VMCOREINFO";
}

static struct err *copy_note(struct dump *d, struct arena *a, const struct dump_stream *s, struct physical_notes *ret)
{
	struct core_note n = { .owner = owner_of(s), .type = *s->owner ? s->type : 0, .size = (size_t)s->piece.size };
	bool info = n.owner && !strcmp(n.owner, "VMCOREINFO");
	uint8_t *data;

	if (!n.owner || s->piece.size > MAX_NOTE || (info && ret->info))
		return NULL;
	data = arena_alloc(a, n.size + 1);
	if (!data)
		return err_nomem();
	TRY(dump_read_piece(d, s->piece, data, n.size));
	n.data = data;
	if (info) {
		ret->info = (const char *)data;
		ret->info_size = n.size;
	}
	ret->v[ret->n++] = n;
	return NULL;
}

/* ---- in the memory --------------------------------------------------------------------------- */

static bool has_line(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	return at && at > text && at[-1] == '\n';
}

/* page: PAGE bytes and a NUL. */
static bool is_info(const char *page)
{
	return !strncmp(page, "OSRELEASE=", 10) && has_line(page, "PAGESIZE=") && has_line(page, "SYMBOL(init_uts_ns)=");
}

struct search {
	struct dump *d;
	char found[PAGE + 1];
	unsigned n;
};

static struct err *search_page(struct search *s, uint64_t offset)
{
	char page[PAGE + 1];

	if (source_read_some(dump_memory(s->d), offset, page, 10) != 10 || memcmp(page, "OSRELEASE=", 10) ||
	    source_read_some(dump_memory(s->d), offset, page, PAGE) != PAGE)
		return NULL;
	page[PAGE] = '\0';
	if (!is_info(page) || (s->n && !strcmp(page, s->found)))
		return NULL;
	memcpy(s->found, page, sizeof(page));
	s->n++;
	return NULL;
}

static struct err *search_segment(struct search *s, const struct dump_segment *v)
{
	uint64_t first = (PAGE - v->address % PAGE) % PAGE;

	for (uint64_t at = first; at + PAGE <= v->file_size && at >= first; at += PAGE) {
		if (at % (1 << 24) == 0)
			TRY(cancel_check());
		TRY(search_page(s, v->offset + at));
	}
	return NULL;
}

static struct err *search_memory(struct dump *d, struct arena *a, struct physical_notes *ret)
{
	const struct dump_segment *v;
	struct search s = { .d = d };
	size_t n;

	TRY(dump_physical(d, &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(search_segment(&s, &v[i]));
	if (s.n != 1)
		return NULL;
	ret->info_size = strlen(s.found);
	ret->info = arena_strndup(a, s.found, ret->info_size);
	if (!ret->info)
		return err_nomem();
	ret->v[ret->n++] = (struct core_note){ .owner = "VMCOREINFO", .data = ret->info, .size = ret->info_size };
	return NULL;
}

/* ---- all of it ---------------------------------------------------------------------------------- */

const char *physical_info_value(const struct physical_notes *n, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = n->info; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (!strncmp(p, key, len) && p[len] == '=')
			return p + len + 1;
	return NULL;
}

#define KERNEL_MAP UINT64_C(0xffffffff80000000)	/* of x86-64: the image lies in the first GB of it (Documentation/arch/x86/x86_64/mm.rst) */
#define KERNEL_MAP_END UINT64_C(0xffffffffc0000000)

bool physical_kernel_map(const struct physical_notes *n, struct physical_image_map *ret)
{
	const char *base = physical_info_value(n, "NUMBER(phys_base)");
	uint64_t low = UINT64_MAX, high = 0;

	if (n->machine != MACHINE_X64 || !base)
		return false;
	for (const char *p = n->info; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		const char *eq = strchr(p, '=');
		uint64_t value = !strncmp(p, "SYMBOL(", 7) && eq ? strtoull(eq + 1, NULL, 16) : 0;

		if (value < KERNEL_MAP || value >= KERNEL_MAP_END)
			continue;
		low = value < low ? value : low;
		high = value > high ? value : high;
	}
	if (low > high)
		return false;
	ret->address = low / PAGE * PAGE;
	ret->size = high / PAGE * PAGE + PAGE - ret->address;
	ret->physical = ret->address - KERNEL_MAP + (uint64_t)strtoll(base, NULL, 10);
	return true;
}

/* By names that each architecture's part of the text has: arch/.../kernel/vmcore_info.c. */
static enum machine machine_of(const struct physical_notes *n)
{
	if (physical_info_value(n, "SYMBOL(init_top_pgt)") || physical_info_value(n, "SYMBOL(init_level4_pgt)"))
		return MACHINE_X64;
	return physical_info_value(n, "NUMBER(kimage_voffset)") ? MACHINE_ARM64 : MACHINE_UNKNOWN;
}

struct err *physical_notes(struct dump *d, struct arena *a, struct physical_notes *ret)
{
	const struct dump_stream *v;
	size_t n;

	TRY(dump_streams(d, &v, &n));
	*ret = (struct physical_notes){ .v = ARENA_NEW_N(a, struct core_note, n + 1) };
	if (!ret->v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) /* notes first: the text stands where it stood among them */
		if (*v[i].owner)
			TRY(copy_note(d, a, &v[i], ret));
	for (size_t i = 0; i < n && !ret->info; i++)
		if (!*v[i].owner)
			TRY(copy_note(d, a, &v[i], ret));
	if (!ret->info)
		TRY(search_memory(d, a, ret));
	ret->machine = dump_facts(d)->machine;
	if (ret->machine == MACHINE_UNKNOWN)
		ret->machine = machine_of(ret);
	return NULL;
}
