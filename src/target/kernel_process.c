/* SPDX-License-Identifier: MIT */
/* A process inside the dump of a machine: see kernel_process.h. */
#include "target/kernel_process.h"

#include "base/cancel.h"
#include "format/dump_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, MAX_SEGMENTS = 1 << 24 };
#define BLOB ((uint64_t)1 << 56)

struct cached_page {
	uint64_t address, physical;
};

struct process_source {
	struct source src;
	struct paged_memory *paged;
	struct space *physical;
	VEC(struct cached_page) cached;	/* by address */
	uint8_t *blob;
	size_t blob_size;
};

enum piece {
	PIECE_HERE,
	PIECE_ZERO,	/* anonymous, never touched */
	PIECE_FILE,	/* of a file, never touched, and not in the page cache */
	PIECE_SWAPPED,
	PIECE_MISSING,
	PIECE_DEVICE,	/* of a device or the kernel, without a page */
};

struct process_dump {
	struct dump d;
	struct kernel_process_figures figures;
	struct dump_segment *segments;
	uint8_t *pieces;	/* of each segment */
	struct dump_thread *threads;
	struct dump_file_mapping *files;
	struct dump_auxv *auxv;
	struct dump_handle *handles;
	struct dump_annotation *annotations;
	size_t n_segments, n_threads, n_files, n_auxv, n_handles, n_annotations;
};

/* --- bytes ------------------------------------------------------------------------ */

/* The first cached page that ends behind `address`. */
static size_t cached_at(const struct process_source *s, uint64_t address)
{
	size_t lo = 0, hi = s->cached.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->cached.v[mid].address + PAGE <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* One piece that comes from one place. */
static struct err *read_piece(struct process_source *s, uint64_t address, uint8_t *buf, size_t len, size_t *ret)
{
	size_t i = cached_at(s, address);
	uint64_t next = i < s->cached.n ? s->cached.v[i].address : UINT64_MAX;

	if (address >= next) {
		uint64_t skip = address - next;
		size_t n = PAGE - skip < len ? (size_t)(PAGE - skip) : len;

		*ret = n;
		return space_read(s->physical, s->cached.v[i].physical + skip, buf, n);
	}
	if (next - address < len)
		len = (size_t)(next - address);
	*ret = len;
	if (paged_memory_read(s->paged, address, buf, len) != len)
		return err_fault(address);
	return NULL;
}

static struct err *read_source(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct process_source *s = (struct process_source *)src;

	if (offset >= BLOB) {
		if (!range_in(offset - BLOB, len, s->blob_size))
			return err_fault(offset);
		memcpy(buf, s->blob + (offset - BLOB), len);
		return NULL;
	}
	for (size_t done = 0, n = 0; done < len; done += n)
		TRY(read_piece(s, offset + done, (uint8_t *)buf + done, len - done, &n));
	return NULL;
}

static void destroy_source(struct source *src)
{
	struct process_source *s = (struct process_source *)src;

	paged_memory_destroy(s->paged);
	vec_deinit(&s->cached);
	free(s->blob);
	free(src->name);
	free(s);
}

static const struct source_ops source_ops = { read_source, destroy_source };

static struct err *create_source(const struct kernel_process *p, struct process_source **ret)
{
	CLEANUP(freep) struct process_source *s = calloc(1, sizeof(*s));
	size_t one = KERNEL_PROCESS_REGS + KERNEL_PROCESS_FPREGS;

	if (!s)
		return err_nomem();
	TRY(paged_memory_create(&p->paging, &s->paged));
	s->src.ops = &source_ops;
	s->src.name = strdup(p->label);
	s->physical = p->physical;
	s->blob_size = p->n_threads * one;
	s->blob = calloc(p->n_threads + 1, one);
	s->src.size = BLOB + s->blob_size;
	if (!s->src.name || !s->blob) {
		source_destroy(&TAKE_PTR(s)->src);
		return err_nomem();
	}
	for (size_t i = 0; i < p->n_threads; i++) {
		memcpy(s->blob + i * one, p->threads[i].regs, KERNEL_PROCESS_REGS);
		memcpy(s->blob + i * one + KERNEL_PROCESS_REGS, p->threads[i].fpregs, KERNEL_PROCESS_FPREGS);
	}
	*ret = TAKE_PTR(s);
	return NULL;
}

/* --- segments ------------------------------------------------------------------------ */

struct building {
	const struct kernel_process *p;
	struct process_source *source;
	struct kernel_process_figures *figures;
	VEC(struct dump_segment) v;
	VEC(uint8_t) pieces;
	size_t range;		/* which is being looked at */
	size_t first;		/* its first segment */
};

/* What [from, to) of the range is; what goes on as before makes the last segment longer. */
static struct err *add(struct building *b, uint64_t from, uint64_t to, enum piece piece)
{
	struct dump_segment *last = b->v.n > b->first ? &b->v.v[b->v.n - 1] : NULL;
	uint64_t *const sums[] = { [PIECE_HERE] = &b->figures->in_dump, [PIECE_ZERO] = &b->figures->untouched,
				   [PIECE_SWAPPED] = &b->figures->swapped, [PIECE_MISSING] = &b->figures->missing,
				   [PIECE_DEVICE] = NULL };
	struct dump_segment s = { .address = from, .size = to - from, .file_size = piece == PIECE_HERE ? to - from : 0,
				  .offset = from, .prot = b->p->ranges[b->range].prot, .prot_known = true,
				  .continued = last, .zero = piece == PIECE_ZERO };

	if (from == to)
		return NULL;
	if (sums[piece])
		*sums[piece] += to - from;
	if (last && b->pieces.v[b->v.n - 1] == piece) {
		last->size += s.size;
		last->file_size += s.file_size;
		return NULL;
	}
	if (b->v.n >= MAX_SEGMENTS)
		return err_new(ERR_UNSUPPORTED, "%s: more than %d pieces of memory", b->p->label, MAX_SEGMENTS);
	return vec_push(&b->v, s) && vec_push(&b->pieces, (uint8_t)piece) ? NULL : err_nomem();
}

static struct err *add_mapped(struct building *b, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += PAGE) {
		uint64_t physical;
		bool there = paged_memory_translate(b->source->paged, at, &physical) &&
			     space_has(b->p->physical, physical);

		if (at % (PAGE << 9) == 0)
			TRY(cancel_check());
		TRY(add(b, at, at + PAGE, there ? PIECE_HERE : PIECE_MISSING));
	}
	return NULL;
}

/* No entry at all: a file's page may be in the page cache. */
static struct err *add_untouched(struct building *b, uint64_t from, uint64_t to)
{
	const struct kernel_process *p = b->p;
	const struct kernel_process_range *r = &p->ranges[b->range];
	enum piece rest = r->anonymous ? PIECE_ZERO : r->path[0] == '/' ? PIECE_FILE : PIECE_DEVICE;
	struct cached_page c;

	while (from < to && p->cached && p->cached(p->arg, b->range, from, to, &c.address, &c.physical)) {
		bool there = space_has(p->physical, c.physical);

		if (c.address < from || c.address >= to || c.address % PAGE)
			break;
		TRY(add(b, from, c.address, rest));
		TRY(add(b, c.address, c.address + PAGE, there ? PIECE_HERE : rest));
		if (there && !vec_push(&b->source->cached, c))
			return err_nomem();
		b->figures->from_cache += there ? PAGE : 0;
		from = c.address + PAGE;
	}
	return add(b, from, to, rest);
}

static struct err *add_unmapped(struct building *b, uint64_t from, uint64_t to)
{
	while (from < to) {
		struct paging_walk w = { 0 };
		uint64_t entry, next = to;

		TRY(cancel_check());
		(void)paging_walk(&b->p->paging, from, &w);
		if (w.page_size && !(w.page_size & (w.page_size - 1)) && to - from > w.page_size - from % w.page_size)
			next = from + (w.page_size - from % w.page_size);
		entry = w.n ? w.steps[w.n - 1].entry : 0;
		if (w.unreadable || entry)
			TRY(add(b, from, next, w.unreadable ? PIECE_MISSING : PIECE_SWAPPED));
		else
			TRY(add_untouched(b, from, next));
		from = next;
	}
	return NULL;
}

static struct err *add_range(struct building *b, size_t i)
{
	const struct kernel_process_range *r = &b->p->ranges[i];
	uint64_t at = r->start, start, last;

	b->range = i;
	b->first = b->v.n;
	if (r->start >= r->end || r->start % PAGE || r->end % PAGE || r->end > BLOB || (i && r->start < r[-1].end))
		return err_new(ERR_CORRUPT, "%s: a mapping from 0x%" PRIx64 " to 0x%" PRIx64, b->p->label, r->start, r->end);
	b->figures->mapped += r->end - r->start;
	while (at < r->end && paging_next_mapped(&b->p->paging, at, r->end - 1, &start, &last)) {
		TRY(add_unmapped(b, at, start & ~(uint64_t)(PAGE - 1)));
		at = last + 1 < r->end ? last + 1 : r->end;
		TRY(add_mapped(b, start & ~(uint64_t)(PAGE - 1), at));
	}
	return add_unmapped(b, at, r->end);
}

static struct err *add_segments(struct process_dump *d, const struct kernel_process *p, struct process_source *source)
{
	struct building b = { .p = p, .source = source, .figures = &d->figures };
	struct err *e = NULL;

	for (size_t i = 0; i < p->n_ranges && !e; i++)
		e = add_range(&b, i);
	if (!e) {
		d->segments = arena_memdup(&d->d.arena, b.v.n ? (void *)b.v.v : "", b.v.n * sizeof(*b.v.v));
		d->pieces = arena_memdup(&d->d.arena, b.v.n ? (void *)b.pieces.v : "", b.v.n);
		d->n_segments = b.v.n;
		e = d->segments && d->pieces ? NULL : err_nomem();
	}
	vec_deinit(&b.v);
	vec_deinit(&b.pieces);
	return e;
}

/* --- records --------------------------------------------------------------------------- */

static struct err *add_threads(struct process_dump *d, const struct kernel_process *p)
{
	size_t one = KERNEL_PROCESS_REGS + KERNEL_PROCESS_FPREGS;

	d->threads = ARENA_NEW_N(&d->d.arena, struct dump_thread, p->n_threads + 1);
	if (!d->threads)
		return err_nomem();
	for (size_t i = 0; i < p->n_threads; i++) {
		const struct kernel_process_thread *from = &p->threads[i];
		struct dump_thread *to = &d->threads[i];

		*to = (struct dump_thread){ .tid = from->tid, .live = from->live, .has = THREAD_HAS_CPU_TIMES,
					    .user_time = from->user_time, .kernel_time = from->kernel_time,
					    .name = arena_strdup(&d->d.arena, from->name) };
		if (!to->name)
			return err_nomem();
		if (from->has_regs) {
			to->layout = p->is_32 ? CONTEXT_LINUX_X86 : CONTEXT_LINUX_X64;
			to->context = (struct dump_piece){ BLOB + i * one, p->is_32 ? KERNEL_PROCESS_REGS_32 : KERNEL_PROCESS_REGS };
		}
		/* FPREGSET of i386 is the older form, which has no such image */
		if (from->has_fpregs)
			*(p->is_32 ? &to->xstate : &to->fpregs) =
				(struct dump_piece){ BLOB + i * one + KERNEL_PROCESS_REGS, KERNEL_PROCESS_FPREGS };
	}
	d->n_threads = p->n_threads;
	return NULL;
}

static struct err *add_files(struct process_dump *d, const struct kernel_process *p)
{
	d->files = ARENA_NEW_N(&d->d.arena, struct dump_file_mapping, p->n_ranges + 1);
	d->auxv = arena_memdup(&d->d.arena, p->n_auxv ? (const void *)p->auxv : "", p->n_auxv * sizeof(*p->auxv));
	if (!d->files || !d->auxv)
		return err_nomem();
	d->n_auxv = p->n_auxv;
	for (size_t i = 0; i < p->n_ranges; i++) {
		const struct kernel_process_range *r = &p->ranges[i];
		struct dump_file_mapping *f = &d->files[d->n_files];

		if (r->path[0] != '/')
			continue;
		*f = (struct dump_file_mapping){ r->start, r->end, r->offset, arena_strdup(&d->d.arena, r->path) };
		if (!f->path)
			return err_nomem();
		d->n_files++;
	}
	return NULL;
}

/* Strings are the dump's from then on. */
static struct err *add_handles(struct process_dump *d, const struct kernel_process *p)
{
	d->handles = ARENA_NEW_N(&d->d.arena, struct dump_handle, p->n_handles + 1);
	if (!d->handles)
		return err_nomem();
	for (size_t i = 0; i < p->n_handles; i++) {
		struct dump_handle *h = &d->handles[i];

		*h = p->handles[i];
		h->type = arena_strdup(&d->d.arena, h->type);
		h->name = arena_strdup(&d->d.arena, h->name);
		h->detail = arena_strdup(&d->d.arena, h->detail);
		if (!h->type || !h->name || !h->detail)
			return err_nomem();
		d->n_handles++;
	}
	return NULL;
}

static struct err *add_facts(struct process_dump *d, const struct kernel_process *p)
{
	struct dump_facts *f = &d->d.facts;

	f->kind = DUMP_ELFCORE;
	f->format = "kernel process";
	f->title = "Process in the dump of a machine";
	f->machine = p->is_32 ? MACHINE_X86 : MACHINE_X64;
	f->pointer_size = p->is_32 ? 4 : 8;
	f->os = OS_LINUX;
	f->os_text = arena_strdup(&d->d.arena, p->release);
	f->has = FACT_PID | FACT_PPID | (p->time ? FACT_DUMP_TIME : 0);
	f->pid = p->pid;
	f->ppid = p->ppid;
	f->dump_time = p->time;
	f->process_name = arena_strdup(&d->d.arena, p->name);
	f->command_line = arena_strdup(&d->d.arena, p->command_line);
	return f->os_text && f->process_name && f->command_line ? NULL : err_nomem();
}

static struct err *add_note(struct process_dump *d)
{
	const struct kernel_process_figures *f = &d->figures;
	struct dump_annotation *a = ARENA_NEW(&d->d.arena, struct dump_annotation);
	const char *text = arena_printf(&d->d.arena,
					"of %" PRIu64 " kB mapped %" PRIu64 " kB are there, %" PRIu64
					" kB of these from the page cache; %" PRIu64 " kB were never touched, %" PRIu64
					" kB swapped out, %" PRIu64 " kB are not in the dump of the machine",
					f->mapped / 1024, f->in_dump / 1024, f->from_cache / 1024, f->untouched / 1024,
					f->swapped / 1024, f->missing / 1024);

	if (!a || !text)
		return err_nomem();
	*a = (struct dump_annotation){ "comment", "memory", text };
	d->annotations = a;
	d->n_annotations = 1;
	return NULL;
}

#define LIST(type, list)                                                        \
	static struct err *list_##list(struct dump *dump, struct type **ret, size_t *ret_n) \
	{                                                                       \
		struct process_dump *d = (struct process_dump *)dump;           \
		*ret = d->list;                                                 \
		*ret_n = d->n_##list;                                           \
		return NULL;                                                    \
	}
LIST(dump_segment, segments)
LIST(dump_thread, threads)
LIST(dump_file_mapping, files)
LIST(dump_auxv, auxv)
LIST(dump_handle, handles)
LIST(dump_annotation, annotations)

static const struct dump_ops dump_ops = {
	.segments = list_segments, .threads = list_threads, .file_mappings = list_files, .auxv = list_auxv,
	.handles = list_handles, .annotations = list_annotations,
};

static struct err *fill(struct process_dump *d, const struct kernel_process *p, struct process_source *source)
{
	TRY(add_facts(d, p));
	TRY(add_segments(d, p, source));
	TRY(add_threads(d, p));
	TRY(add_files(d, p));
	TRY(add_handles(d, p));
	return add_note(d);
}

struct err *kernel_process_dump(const struct kernel_process *p, struct dump **ret)
{
	CLEANUP(freep) struct process_dump *d = calloc(1, sizeof(*d));
	struct process_source *source = NULL;
	struct err *e;

	if (!d)
		return err_nomem();
	TRY(create_source(p, &source));
	e = dump_init(&d->d, &dump_ops, &source->src);
	if (e) {
		source_destroy(&source->src);
		return e;
	}
	e = fill(d, p, source);
	if (e)
		dump_unref(&TAKE_PTR(d)->d);
	else
		*ret = &TAKE_PTR(d)->d;
	return e;
}

const struct kernel_process_figures *kernel_process_figures(const struct dump *d)
{
	return d->ops == &dump_ops ? &((const struct process_dump *)d)->figures : NULL;
}

enum range_class kernel_process_class(const struct dump *d, size_t i, const char **ret_reason)
{
	const struct process_dump *p = (const struct process_dump *)d;

	*ret_reason = "";
	switch ((enum piece)p->pieces[i]) {
	case PIECE_HERE: return RANGE_PAUSE;
	case PIECE_ZERO: return RANGE_UNTOUCHED;
	case PIECE_FILE: return RANGE_FILE;
	case PIECE_SWAPPED: *ret_reason = "swapped out"; break;
	case PIECE_MISSING: *ret_reason = "not in the dump of the machine"; break;
	case PIECE_DEVICE: *ret_reason = "of a device or the kernel"; break;
	}
	return RANGE_UNREADABLE;
}
