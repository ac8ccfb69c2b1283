/* SPDX-License-Identifier: MIT */
/*
 * The vmcore of a kernel's snapshot as a virtual file: ELF headers, notes, the
 * mapping of the kernel's image (as kdump has it), the direct map's ranges,
 * and at the end the closing record.
 *
 * Virtual addresses are those of the direct map, so ranges in our record are
 * too.
 */
#include "base/cancel.h"
#include "capture/kernel_impl.h"
#include "capture/record.h"
#include "format/dump.h"
#include "format/elfcore_write.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { NT_PRSTATUS = 1 };

struct kernel_image {
	struct kernel_snapshot *s;
	struct arena arena;
	VEC(struct core_segment) segments;
	VEC(struct core_note) notes;
	struct core_layout layout;
	pthread_mutex_t lock;	/* of what follows */
	VEC(struct snapshot_range) lost; /* virtual */
	uint64_t unreadable, changed, n_changed, begun;
	bool broken_off, apart;
	const char *closing;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* --- layout ---------------------------------------------------------------------------------------- */

static struct err *add_segment(struct kernel_image *k, uint64_t address, uint64_t physical, uint64_t size, uint32_t prot)
{
	struct core_segment g = { address, size, size, prot, physical };

	return vec_push(&k->segments, g) ? NULL : err_nomem();
}

static struct err *add_image(struct kernel_image *k)
{
	const struct kernel_snapshot *s = k->s;
	uint64_t image_end = s->image_physical + s->image_size;

	for (size_t i = 0; i < s->ranges.n; i++) {
		const struct kernel_range *r = &s->ranges.v[i];
		uint64_t start = r->start > s->image_physical ? r->start : s->image_physical;
		uint64_t end = r->end < image_end ? r->end : image_end;

		if (start < end)
			TRY(add_segment(k, s->image_start + (start - s->image_physical), start, end - start,
					DUMP_PROT_R | DUMP_PROT_W | DUMP_PROT_X));
	}
	return NULL;
}

static struct err *add_memory(struct kernel_image *k)
{
	for (size_t i = 0; i < k->s->ranges.n; i++) {
		const struct kernel_range *r = &k->s->ranges.v[i];

		TRY(add_segment(k, k->s->page_offset + r->start, r->start, r->end - r->start,
				DUMP_PROT_R | DUMP_PROT_W | DUMP_PROT_X));
	}
	return NULL;
}

static struct err *add_note(struct kernel_image *k, const char *owner, uint32_t type, const void *data, size_t size)
{
	struct core_note note = { owner, type, data, size };

	return !data ? err_nomem() : vec_push(&k->notes, note) ? NULL : err_nomem();
}

static struct err *add_cpus(struct kernel_image *k)
{
	for (size_t i = 0; i < k->s->cpus.n; i++) {
		const struct kernel_cpu *c = &k->s->cpus.v[i];
		struct core_prstatus p = { .pid = c->pid, .regs = c->regs, .regs_size = sizeof(c->regs) };
		size_t size;
		const void *data = core_prstatus(MACHINE_X64, &p, &k->arena, &size);

		TRY(add_note(k, "CORE", NT_PRSTATUS, data, size));
	}
	return NULL;
}

struct more {
	const struct kernel_snapshot *s;
	uint64_t closing;	/* offset of the closing record, 0 while it is not known: its text is as long */
	bool apart;
};

static void write_more(const void *arg, struct json_write *j)
{
	const struct more *m = arg;
	char at[20];

	(void)snprintf(at, sizeof(at), "0x%016" PRIx64, m->closing);
	if (!m->apart) {
		json_open(j, "closing", '{');
		json_str(j, "at", at);
		json_uint(j, "size", RECORD_CLOSING_SIZE);
		json_close(j, '}');
	}
	kernel_write_record(m->s, j);
}

static struct err *build_record(struct kernel_image *k, uint64_t closing, struct core_note *ret)
{
	const struct kernel_snapshot *s = k->s;
	struct snapshot_range *ranges = ARENA_NEW_N(&k->arena, struct snapshot_range, s->ranges.n + 1);
	struct record r = {
		.engine = s->engine, .engine_why = s->why, .consistency = s->consistency, .consistency_why = s->consistency_why,
		.paused = s->paused, .pause = { .total = s->pause_ns, .interrupt = s->pause_ns - s->inside_ns, .copy = s->inside_ns },
		.start_ns = s->time_ns, .trigger = "demand", .n_ranges = s->ranges.n,
		.default_class = s->paused ? RANGE_PAUSE : RANGE_LIVE, .more = write_more, .more_arg = &(struct more){ s, closing, k->apart },
	};

	if (!ranges)
		return err_nomem();
	for (size_t i = 0; i < s->ranges.n; i++)
		ranges[i] = (struct snapshot_range){ s->page_offset + s->ranges.v[i].start, s->page_offset + s->ranges.v[i].end,
						     s->ranges.v[i].live ? RANGE_LIVE : RANGE_PAUSE, "" };
	r.ranges = ranges;
	*ret = (struct core_note){ .owner = OSMOSIS_NOTE_OWNER, .type = OSMOSIS_NOTE_RECORD };
	return record_build(&r, &k->arena, &ret->data, &ret->size);
}

static struct err *lay_out(struct kernel_image *k)
{
	struct core_image image = { .machine = MACHINE_X64, .trailer_size = RECORD_CLOSING_SIZE, .trailer_owner = OSMOSIS_NOTE_OWNER,
				    .vmcore = true, .trailer_type = OSMOSIS_NOTE_CLOSING, .trailer_unlisted = true };
	struct core_note record;

	if (k->apart)
		image.trailer_size = 0;
	TRY(add_image(k));
	TRY(add_memory(k));
	if (!k->segments.n)
		return err_new(ERR_UNSUPPORTED, "no page of what was asked for was captured%s%s", k->s->partial ? ": " : "",
			       k->s->partial ? k->s->partial : "");
	TRY(add_cpus(k));
	if (k->s->vmcoreinfo)
		TRY(add_note(k, "VMCOREINFO", 0, k->s->vmcoreinfo, k->s->vmcoreinfo_size));
	TRY(build_record(k, 0, &record));
	if (!vec_push(&k->notes, record))
		return err_nomem();
	image.notes = k->notes.v;
	image.n_notes = k->notes.n;
	image.segments = k->segments.v;
	image.n_segments = k->segments.n;
	TRY(core_layout_build(&image, &k->arena, &k->layout));
	if (k->apart) { /* no closing record: memory goes up to the end */
		k->layout.trailer_offset = k->layout.trailer_content = k->layout.file_size;
		return NULL;
	}
	/* once more, with the place of the end in it */
	TRY(build_record(k, k->layout.trailer_content, &k->notes.v[k->notes.n - 1]));
	return core_layout_build(&image, &k->arena, &k->layout);
}

struct err *kernel_image_create(struct kernel_snapshot *s, bool apart, struct kernel_image **ret)
{
	struct kernel_image *k = calloc(1, sizeof(*k));
	struct err *e;

	if (!k)
		return err_nomem();
	k->s = s;
	k->apart = apart;
	k->begun = now_ns();
	(void)pthread_mutex_init(&k->lock, NULL);
	e = lay_out(k);
	if (e) {
		kernel_image_destroy(k);
		return e;
	}
	*ret = k;
	return NULL;
}

void kernel_image_destroy(struct kernel_image *k)
{
	if (!k)
		return;
	vec_deinit(&k->segments);
	vec_deinit(&k->notes);
	vec_deinit(&k->lost);
	arena_deinit(&k->arena);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

/* Its pages are those of the direct map once more. */
static bool is_image(const struct kernel_snapshot *s, const struct core_segment *g)
{
	return g->address - s->image_start < s->image_size;
}

/* --- closing record -------------------------------------------------------------------------------- */

/* Taken by the one thread that asks for the end of the file. */
static struct err *list_changed(struct kernel_image *k)
{
	struct kernel_range *changed = NULL;
	size_t n = 0;

	if (k->broken_off || !k->s->source->again)
		return NULL;
	TRY(k->s->source->again(k->s, &k->arena, &changed, &n));
	for (size_t i = 0; i < n; i++) {
		struct snapshot_range r = { k->s->page_offset + changed[i].start, k->s->page_offset + changed[i].end, RANGE_LIVE,
					    "changed while it was read" };

		k->changed += (changed[i].end - changed[i].start) / KERNEL_PAGE;
		if (!vec_push(&k->lost, r))
			return err_nomem();
	}
	k->n_changed = n;
	return NULL;
}

static struct err *build_closing(struct kernel_image *k)
{
	struct record_closing r = { .complete = !k->broken_off && !k->s->partial,
				    .incomplete_why = k->broken_off ? "writing was broken off" : k->s->partial,
				    .writing_ns = now_ns() - k->begun };
	const void *text;

	TRY(list_changed(k));
	r.ranges = k->lost.v;
	r.n_ranges = k->lost.n;
	for (size_t i = 0; i < k->segments.n; i++)
		r.written += k->apart && is_image(k->s, &k->segments.v[i]) ? 0 : k->segments.v[i].file_size;
	TRY(record_closing_build(&r, RECORD_CLOSING_SIZE, &k->arena, &text));
	k->closing = text;
	return NULL;
}

static struct err *closing(struct kernel_image *k, const char **ret)
{
	struct err *e = NULL;

	(void)pthread_mutex_lock(&k->lock);
	if (!k->closing)
		e = build_closing(k);
	(void)pthread_mutex_unlock(&k->lock);
	if (!e)
		*ret = k->closing;
	return e;
}

/* --- filling ----------------------------------------------------------------------------------------- */

static struct err *add_lost(struct kernel_image *k, uint64_t start, uint64_t end)
{
	struct snapshot_range r = { start, end, RANGE_UNREADABLE, "" };
	bool ok;

	(void)pthread_mutex_lock(&k->lock);
	ok = vec_push(&k->lost, r);
	k->unreadable += (end - start) / KERNEL_PAGE;
	(void)pthread_mutex_unlock(&k->lock);
	return ok ? NULL : err_nomem();
}

/* Whole where it can be, else page by page. */
static struct err *read_memory(struct kernel_image *k, const struct core_segment *g, uint64_t skip, uint8_t *buf, size_t len)
{
	if (k->s->source->read(k->s, g->physical + skip, buf, len))
		return NULL;
	for (size_t done = 0, n; done < len; done += n) {
		TRY(cancel_check());
		n = KERNEL_PAGE - (size_t)((skip + done) % KERNEL_PAGE);
		n = n < len - done ? n : len - done;
		if (k->s->source->read(k->s, g->physical + skip + done, buf + done, n))
			continue;
		memset(buf + done, 0, n);
		TRY(add_lost(k, (g->address + skip + done) & ~(uint64_t)(KERNEL_PAGE - 1),
			     ((g->address + skip + done) & ~(uint64_t)(KERNEL_PAGE - 1)) + KERNEL_PAGE));
	}
	return NULL;
}

/* The last segment that begins at or before this offset; all have bytes. */
static size_t segment_at(const struct kernel_image *k, uint64_t offset)
{
	size_t lo = 0, hi = k->segments.n;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (k->layout.offsets[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static size_t least(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

static size_t put(uint8_t *buf, const void *from, size_t n)
{
	if (from)
		memcpy(buf, from, n);
	else
		memset(buf, 0, n);
	return n;
}

/* One step of the way: *ret bytes. */
static struct err *step(struct kernel_image *k, uint64_t at, uint8_t *buf, size_t left, size_t *ret)
{
	const struct core_layout *l = &k->layout;
	const char *text;
	size_t i;

	if (at < l->head_size) {
		*ret = put(buf, l->head + at, least(l->head_size - at, left));
	} else if (at >= l->trailer_content) {
		TRY(closing(k, &text));
		*ret = put(buf, text + (at - l->trailer_content), left);
	} else if (at >= l->trailer_offset) {
		*ret = put(buf, l->trailer_head + (at - l->trailer_offset), least(l->trailer_content - at, left));
	} else {
		i = segment_at(k, at);
		if (at < l->offsets[i] || at - l->offsets[i] >= k->segments.v[i].file_size) {
			uint64_t next = at < l->offsets[i] ? l->offsets[i] : i + 1 < k->segments.n ? l->offsets[i + 1] : l->trailer_offset;

			*ret = put(buf, NULL, least(next - at, left));
			return NULL;
		}
		*ret = least(k->segments.v[i].file_size - (at - l->offsets[i]), left);
		return read_memory(k, &k->segments.v[i], at - l->offsets[i], buf, *ret);
	}
	return NULL;
}

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	for (size_t done = 0, n = 0; done < len; done += n)
		TRY(step(arg, offset + done, buf + done, len - done, &n));
	*ret_zero = false;
	return NULL;
}

static void lost(void *arg, uint64_t offset, uint64_t len)
{
	struct kernel_image *k = arg;

	for (size_t i = 0; i < k->segments.n; i++) {
		const struct core_segment *g = &k->segments.v[i];
		uint64_t start = k->layout.offsets[i], end = start + g->file_size;
		uint64_t from = start > offset ? start : offset, to = end < offset + len ? end : offset + len;

		if (from < to && err_ignore(add_lost(k, g->address + (from - start), g->address + (to - start))))
			return;
	}
	k->broken_off = true;
}

struct sink_image kernel_image_sink(struct kernel_image *k)
{
	return (struct sink_image){ .size = k->layout.file_size, .ordered_from = k->layout.trailer_offset,
				    .expected = k->layout.file_size, .fill = fill, .lost = lost, .arg = k };
}

/* --- as a dump ---------------------------------------------------------------------------------------- */

struct image_source {
	struct source s;
	struct kernel_image *k;
};

static struct err *read_image(struct source *src, uint64_t offset, void *buf, size_t len)
{
	bool zero;

	return fill(((struct image_source *)src)->k, offset, buf, len, &zero);
}

static void destroy_image(struct source *src)
{
	free(src->name);
	free(src);
}

struct err *kernel_image_open(struct kernel_image *k, struct dump **ret)
{
	static const struct source_ops ops = { read_image, destroy_image };
	struct image_source *i = calloc(1, sizeof(*i));

	if (!i)
		return err_nomem();
	i->k = k;
	i->s = (struct source){ .ops = &ops, .name = strdup(k->s->engine), .size = k->layout.file_size };
	if (!i->s.name) {
		free(i);
		return err_nomem();
	}
	return dump_open_source(&i->s, ret);
}

static struct err *fill_closing(void *arg, void *buf)
{
	const char *text;

	TRY(closing(arg, &text));
	memcpy(buf, text, RECORD_CLOSING_SIZE);
	return NULL;
}

struct kdump_late_note kernel_image_closing(struct kernel_image *k)
{
	return (struct kdump_late_note){ OSMOSIS_NOTE_OWNER, OSMOSIS_NOTE_CLOSING, RECORD_CLOSING_SIZE, fill_closing, k };
}

void kernel_image_totals(const struct kernel_image *k, uint64_t *ret_unreadable, uint64_t *ret_changed, uint64_t *ret_changed_ranges)
{
	*ret_unreadable = k->unreadable;
	*ret_changed = k->changed;
	*ret_changed_ranges = k->n_changed;
}
