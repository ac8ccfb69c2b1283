/* SPDX-License-Identifier: MIT */
/*
 * VMCOREINFO: a note of ELF vmcores, a part of kdump files. Other containers have
 * none, but the kernel keeps the text in a page of its own, where it is found by
 * its first line.
 */
#include "target/kernel_impl.h"

#include <string.h>

enum { PAGE = 4096, MAX_INFO = 64 << 10, MAX_LINES = 16384, CANCEL_EVERY = 4096 };

static const char first_key[] = "OSRELEASE=";

static bool is_info(const struct dump_stream *s)
{
	return !strcmp(s->owner, "VMCOREINFO") || !strcmp(s->name, "vmcoreinfo");
}

static bool add_line(struct kernel *k, const char *p, const char *stop)
{
	const char *eq = memchr(p, '=', (size_t)(stop - p));
	char *key, *value;

	if (!eq)
		return true;
	key = arena_strndup(&k->arena, p, (size_t)(eq - p));
	value = arena_strndup(&k->arena, eq + 1, (size_t)(stop - eq - 1));
	return key && value && strmap_put(&k->info, key, value);
}

static struct err *take_text(struct kernel *k, const char *p, size_t size)
{
	const char *end = p + strnlen(p, size);

	for (unsigned i = 0; p < end && i < MAX_LINES; i++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p));

		if (!add_line(k, p, eol ? eol : end))
			return err_nomem();
		if (!eol)
			break;
		p = eol + 1;
	}
	return NULL;
}

static struct err *from_note(struct kernel *k, bool *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	const struct dump_stream *v;
	size_t n;

	TRY(dump_streams(k->t->dump, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (!is_info(&v[i]) || v[i].piece.size > MAX_INFO)
			continue;
		TRY(source_view(dump_source(k->t->dump), v[i].piece.offset, v[i].piece.size, &view));
		*ret = true;
		return take_text(k, (const char *)view.data, view.size);
	}
	return NULL;
}

/* The text is at most a page, and starts one. */
static struct err *from_memory(struct kernel *k, unsigned nth, bool *ret)
{
	const struct arch_memory *m = &k->physical_memory;
	const size_t head = sizeof(first_key) - 1;
	const struct dump_segment *v;
	char page[PAGE];
	size_t n;

	TRY(dump_physical(k->t->dump, &v, &n));
	for (size_t i = 0; i < n; i++) {
		uint64_t at = (v[i].address + PAGE - 1) & ~(uint64_t)(PAGE - 1), end = v[i].address + v[i].file_size;

		for (; at < end && end - at >= PAGE; at += PAGE) {
			if (!(at / PAGE % CANCEL_EVERY))
				TRY(cancel_check());
			if (!arch_read(m, at, page, head) || memcmp(page, first_key, head) || !arch_read(m, at, page, PAGE) || nth--)
				continue;
			*ret = true;
			return take_text(k, page, PAGE);
		}
	}
	return NULL;
}

struct err *kernel_find_info(struct kernel *k, unsigned nth, bool *ret)
{
	bool noted = false;

	*ret = false;
	strmap_deinit(&k->info);
	TRY(from_note(k, &noted));
	if (noted && !nth) {
		*ret = true;
		return NULL;
	}
	strmap_deinit(&k->info);
	return from_memory(k, noted ? nth - 1 : nth, ret);
}
