/* SPDX-License-Identifier: MIT */
/* Which memory becomes which segment. */
#include "capture/core_impl.h"
#include "format/dump.h"

#include <string.h>

enum {
	SPLIT_GAP = 64 << 20,	/* untouched parts at least this long are segments without bytes */
	SPLIT_MIN = 128 << 20,	/* mappings shorter than this stay in one piece */
};

struct err *core_add_segment(struct core *c, const struct vma *v, uint64_t start, uint64_t end, uint64_t file_size,
			     enum range_class class)
{
	struct core_segment s = { .address = start, .mem_size = end - start, .file_size = file_size, .prot = v->prot };
	struct core_part p = { v, class };

	return vec_push(&c->segments, s) && vec_push(&c->parts, p) ? NULL : err_nomem();
}

static struct err *add_whole(struct core *c, const struct vma *v, uint64_t start, uint64_t end)
{
	return end > start ? core_add_segment(c, v, start, end, end - start, snapshot_class(c->s, v)) : NULL;
}

struct splitting {
	struct core *c;
	const struct vma *v;
	uint64_t from, last;	/* the part in progress: its start and the end of its last touched run */
};

static struct err *on_run(void *arg, const struct page_run *run)
{
	struct splitting *s = arg;

	if (run->start - s->last >= SPLIT_GAP) {
		TRY(add_whole(s->c, s->v, s->from, s->last));
		TRY(core_add_segment(s->c, s->v, s->last, run->start, 0, RANGE_UNTOUCHED));
		s->from = run->start;
	}
	s->last = run->end;
	return NULL;
}

static struct err *on_stored(void *arg, uint64_t start, uint64_t end)
{
	const struct page_run run = { start, end, PAGE_TOUCHED };

	return on_run(arg, &run);
}

/* Anonymous memory only: there, what has no page is zero. */
static struct err *add_split(struct core *c, const struct vma *v)
{
	struct splitting s = { c, v, v->start, v->start };

	if (c->s->store) /* the process goes on, or has ended: only the store knows what there was */
		TRY(store_runs(c->s->store, v->start, v->end, on_stored, &s));
	else
		TRY(pagemap_runs(c->pages, v->start, v->end, on_run, &s));
	if (v->end - s.last < SPLIT_GAP)
		return add_whole(c, v, s.from, v->end);
	TRY(add_whole(c, v, s.from, s.last));
	return core_add_segment(c, v, s.last, v->end, 0, RANGE_UNTOUCHED);
}

static bool is_elf(const struct core *c, const struct vma *v)
{
	char magic[4];

	return snapshot_read(c->s, v->start, magic, sizeof(magic)) == sizeof(magic) && memcmp(magic, "\177ELF", 4) == 0;
}

static struct err *add_vma(struct core *c, const struct vma *v)
{
	const char *why;

	switch (content_of(v, &c->s->options.content, &why)) {
	case CONTENT_WHOLE:
		if (v->prot == 0 && !v->rss && !v->swap)
			return core_add_segment(c, v, v->start, v->end, 0, RANGE_UNTOUCHED);
		if (!v->inode && v->end - v->start >= SPLIT_MIN)
			return add_split(c, v);
		return add_whole(c, v, v->start, v->end);
	case CONTENT_HEADER:
		return core_add_segment(c, v, v->start, v->end, is_elf(c, v) ? CORE_PAGE : 0, RANGE_FILE);
	case CONTENT_NONE:
		break;
	}
	return core_add_segment(c, v, v->start, v->end, 0, why == content_of_file ? RANGE_FILE : RANGE_LEFT_OUT);
}

struct err *core_add_segments(struct core *c)
{
	for (size_t i = 0; i < c->s->vmas.vmas.n; i++)
		TRY(add_vma(c, &c->s->vmas.vmas.v[i]));
	return NULL;
}
