/* SPDX-License-Identifier: MIT */
/*
 * The other files of a split dump: makedumpfile --split names them as it is told
 * to, and they are not numbered. But all are written beside each other, and their
 * headers say the same of the machine, the time and the sizes of all parts.
 *
 * Only a file that is on disk as it is has a place to look at: not one that was
 * unpacked, nor bytes in memory.
 */
#include "format/kdump_impl.h"

#include "base/cancel.h"

#include <dirent.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum {
	MAX_ENTRIES = 16384, MAX_PARTS = 1024,
	SAME_UNTIL = 424,	/* signature, version, utsname, time; behind it is the status */
	SIZES = 428, SIZES_END = 444,
	SUB_HEADER = 104,
};

static bool add_part(struct kdump *k, struct kdump_part part)
{
	return vec_push(&k->parts, part);
}

/* The fields of a 64-bit machine's sub header, of version 6 or before. */
static bool read_part(struct kdump *k, struct source *src, struct kdump_part *ret)
{
	uint8_t sub[SUB_HEADER];
	struct cursor c = cursor_init("", sub, sizeof(sub), 0);
	bool wide = k->d.facts.pointer_size == 8, split;

	if (source_read_some(src, k->block, sub, sizeof(sub)) != sizeof(sub))
		return false;
	cursor_skip(&c, k->d.facts.pointer_size + 4);
	split = cursor_u32(&c) != 0;
	ret->start = cursor_uint(&c, wide ? 8 : 4);
	ret->end = cursor_uint(&c, wide ? 8 : 4);
	if (k->version >= 6) {
		cursor_skip(&c, 3 * (8 + (wide ? 8 : 4)));
		ret->start = cursor_u64(&c);
		ret->end = cursor_u64(&c);
	}
	ret->src = src;
	ret->owned = true;
	return split && ret->start < ret->end && cursor_ok(&c);
}

static bool same_set(const struct kdump *k, struct source *src)
{
	uint8_t ours[SIZES_END], other[SIZES_END];

	return source_read_some(k->d.src, 0, ours, sizeof(ours)) == sizeof(ours) &&
	       source_read_some(src, 0, other, sizeof(other)) == sizeof(other) && !memcmp(ours, other, SAME_UNTIL) &&
	       !memcmp(ours + SIZES, other + SIZES, SIZES_END - SIZES);
}

static bool overlaps(const struct kdump *k, const struct kdump_part *p)
{
	for (size_t i = 0; i < k->parts.n; i++)
		if (p->start < k->parts.v[i].end && k->parts.v[i].start < p->end)
			return true;
	return false;
}

/* A file beside ours: kept, when it is of the set and has pages that none has so far. */
static struct err *try_file(struct kdump *k, const char *path)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	struct kdump_part part = { 0 };
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size < 2 * (uint64_t)k->block)
		return NULL;
	if (err_ignore(source_open_file(path, &src)) || !same_set(k, src) || !read_part(k, src, &part) || overlaps(k, &part))
		return NULL;
	if (!add_part(k, part))
		return err_nomem();
	src = NULL; /* the part's */
	return NULL;
}

static bool on_disk(const struct kdump *k)
{
	struct stat st;

	return !k->flat &&
	       stat(k->d.src->name, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == k->d.src->size;
}

static struct err *search_folder(struct kdump *k, const char *folder, size_t len)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	struct err *e = NULL;
	DIR *dir;

	strbuf_add(&path, len ? folder : ".", len ? len : 1);
	dir = path.failed ? NULL : opendir(path.s);
	for (unsigned i = 0; dir && !e && i < MAX_ENTRIES && k->parts.n < MAX_PARTS; i++) {
		const struct dirent *entry = readdir(dir);

		if (!entry)
			break;
		strbuf_truncate(&path, len ? len : 1);
		strbuf_addf(&path, "/%s", entry->d_name);
		e = path.failed ? err_nomem() : cancel_check();
		if (!e)
			e = try_file(k, path.s);
	}
	if (dir)
		(void)closedir(dir);
	return e;
}

static int by_start(const void *a, const void *b)
{
	const struct kdump_part *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

struct err *kdump_find_parts(struct kdump *k)
{
	const char *name = k->d.src->name, *slash = strrchr(name, '/');
	struct kdump_part own = { .src = k->d.src, .end = UINT64_MAX };

	if (k->split) {
		own.start = k->start_frame;
		own.end = k->end_frame;
	}
	if (!add_part(k, own))
		return err_nomem();
	if (!k->split || !on_disk(k))
		return NULL;
	TRY(search_folder(k, name, slash ? (size_t)(slash - name) + (slash == name) : 0));
	qsort(k->parts.v, k->parts.n, sizeof(*k->parts.v), by_start);
	return NULL;
}

void kdump_forget_parts(struct kdump *k)
{
	for (size_t i = 0; i < k->parts.n; i++)
		if (k->parts.v[i].owned)
			source_destroy(k->parts.v[i].src);
	vec_deinit(&k->parts);
}

static void missing(struct kdump *k, uint64_t from, uint64_t to)
{
	dump_add_defect(&k->d, err_new(ERR_TRUNCATED, "%s: of a split dump, the part with page frames 0x%" PRIx64 " to 0x%" PRIx64
				       " is not here", k->d.src->name, from, to));
}

void kdump_note_missing_parts(struct kdump *k)
{
	uint64_t at = 0;

	for (size_t i = 0; i < k->parts.n; i++) {
		if (k->parts.v[i].start > at)
			missing(k, at, k->parts.v[i].start);
		at = k->parts.v[i].end;
	}
	if (at < k->max_frame)
		missing(k, at, k->max_frame);
}
