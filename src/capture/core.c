/* SPDX-License-Identifier: MIT */
/* The core as a virtual file: head, segments, closing record. */
#include "capture/core_impl.h"

#include <stdlib.h>
#include <string.h>

/* The last segment that begins at or before this file offset. Segments without bytes have no place. */
static size_t segment_at(const struct core *c, uint64_t offset)
{
	size_t lo = 0, hi = c->in_file.n;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (c->layout.offsets[c->in_file.v[mid]] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

struct filling {
	uint64_t offset;
	uint8_t *buf;
	size_t len;
	bool zero;	/* so far; then buf is not filled yet */
	size_t done;
};

/* The next n bytes are there (data) or zero (NULL). */
static void put(struct filling *f, const void *data, size_t n)
{
	if (data && f->zero) {
		memset(f->buf, 0, f->done);
		f->zero = false;
	}
	if (data)
		memcpy(f->buf + f->done, data, n);
	else if (!f->zero)
		memset(f->buf + f->done, 0, n);
	f->done += n;
}

static struct err *put_memory(struct core *c, struct filling *f, size_t segment, uint64_t skip, size_t n)
{
	bool zero;

	TRY(core_read(c, segment, c->segments.v[segment].address + skip, f->buf + f->done, n, &zero));
	if (zero) {
		put(f, NULL, n);
		return NULL;
	}
	if (f->zero)
		memset(f->buf, 0, f->done);
	f->zero = false;
	f->done += n;
	return NULL;
}

static size_t least(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* Where the bytes at `at` come from; one step of the way. */
static struct err *step(struct core *c, struct filling *f)
{
	const struct core_layout *l = &c->layout;
	uint64_t at = f->offset + f->done;
	size_t left = f->len - f->done, i;
	uint64_t start, size;
	const char *closing;

	if (at < l->head_size) {
		put(f, l->head + at, least(l->head_size - at, left));
		return NULL;
	}
	if (at >= l->trailer_content) {
		TRY(core_closing(c, &closing));
		put(f, closing + (at - l->trailer_content), left);
		return NULL;
	}
	if (at >= l->trailer_offset) {
		put(f, l->trailer_head + (at - l->trailer_offset), least(l->trailer_content - at, left));
		return NULL;
	}
	i = c->in_file.n ? segment_at(c, at) : 0;
	start = c->in_file.n ? l->offsets[c->in_file.v[i]] : UINT64_MAX;
	size = c->in_file.n ? c->segments.v[c->in_file.v[i]].file_size : 0;
	if (at >= start && at - start < size)
		return put_memory(c, f, c->in_file.v[i], at - start, least(size - (at - start), left));
	if (at >= start) /* between segments */
		start = i + 1 < c->in_file.n ? l->offsets[c->in_file.v[i + 1]] : l->trailer_offset;
	put(f, NULL, least((start < l->trailer_offset ? start : l->trailer_offset) - at, left));
	return NULL;
}

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	struct filling f = { offset, buf, len, true, 0 };

	while (f.done < len)
		TRY(step(arg, &f));
	*ret_zero = f.zero;
	return NULL;
}

/* What a file that was broken off lacks: memory by memory. */
static void lost(void *arg, uint64_t offset, uint64_t len)
{
	struct core *c = arg;

	for (size_t i = 0; i < c->in_file.n; i++) {
		const struct core_segment *g = &c->segments.v[c->in_file.v[i]];
		uint64_t start = c->layout.offsets[c->in_file.v[i]], end = start + g->file_size;
		uint64_t from = start > offset ? start : offset, to = end < offset + len ? end : offset + len;

		if (from < to && err_ignore(core_add_lost(c, g->address + (from - start), g->address + (to - start))))
			return;
	}
	c->broken_off = true;
}

struct sink_image core_image(struct core *c)
{
	uint64_t expected = c->layout.head_size + core_closing_size(c);

	for (size_t i = 0; i < c->parts.n; i++) {
		const struct vma *v = c->parts.v[i].vma;
		uint64_t held = v->rss + v->swap, size = c->segments.v[i].file_size;

		expected += v->inode || held > size ? size : held;
	}
	return (struct sink_image){
		.size = c->layout.file_size,
		.ordered_from = c->layout.trailer_offset,
		.expected = expected,
		.fill = fill,
		.lost = lost,
		.arg = c,
	};
}

static struct err *note_places(struct core *c)
{
	for (size_t i = 0; i < c->segments.n; i++)
		if (c->segments.v[i].file_size && !vec_push(&c->in_file, i))
			return err_nomem();
	return NULL;
}

static struct err *lay_out(struct core *c)
{
	struct core_image image = { .machine = c->s->compat ? MACHINE_X86 : MACHINE_X64,
				    .trailer_owner = OSMOSIS_NOTE_OWNER, .trailer_type = OSMOSIS_NOTE_CLOSING };

	if (!c->s->store)
		TRY(pagemap_open(c->s->memory, &c->pages));
	TRY(c->options.mini ? core_add_mini(c) : core_add_segments(c));
	TRY(core_add_notes(c));
	TRY(core_add_record(c));
	image.notes = c->notes.v;
	image.n_notes = c->notes.n;
	image.segments = c->segments.v;
	image.n_segments = c->segments.n;
	image.trailer_size = core_closing_size(c);
	TRY(core_layout_build(&image, &c->arena, &c->layout));
	return note_places(c);
}

struct err *core_create(struct snapshot *s, const struct core_options *options, struct core **ret)
{
	struct core *c = calloc(1, sizeof(*c));
	struct err *e;

	if (!c)
		return err_nomem();
	c->s = s;
	c->options = *options;
	(void)pthread_mutex_init(&c->lock, NULL);
	e = lay_out(c);
	if (e) {
		core_destroy(c);
		return e;
	}
	*ret = c;
	return NULL;
}

void core_destroy(struct core *c)
{
	if (!c)
		return;
	pagemap_close(c->pages);
	vec_deinit(&c->segments);
	vec_deinit(&c->parts);
	vec_deinit(&c->notes);
	vec_deinit(&c->in_file);
	vec_deinit(&c->lost);
	arena_deinit(&c->arena);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

void core_totals(struct core *c, struct core_totals *ret)
{
	*ret = (struct core_totals){ .segments = c->segments.n, .unreadable = c->lost_bytes };
	for (size_t i = 0; i < c->s->tasks.v.n; i++)
		ret->threads += c->s->tasks.v.v[i].captured;
	for (size_t i = 0; i < c->parts.n; i++)
		ret->bytes[c->parts.v[i].class] +=
			c->segments.v[i].file_size ? c->segments.v[i].file_size : c->segments.v[i].mem_size;
}
