/* SPDX-License-Identifier: MIT */
/*
 * Engine "precopy": the memory is copied while the process runs and its writes
 * are tracked; what was written meanwhile is copied again, until little is
 * left; then a short stop copies that. The pause follows what the process
 * writes, not how large it is; no clone is made, no memory is charged to the
 * process. The copies lie in a temporary file.
 *
 * Memory that others may write to as well (shared mappings) is copied in the
 * pause, as with the clone: only writes through the process's own page tables
 * are tracked.
 */
#include "base/cancel.h"
#include "capture/content.h"
#include "capture/engine.h"
#include "capture/phase.h"
#include "capture/store.h"
#include "capture/track.h"
#include "format/dump.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROUNDS_MOST = 12,
	COPY_NS_PER_KB = 700,	/* reading and writing to the temporary file, cautiously */
	SPARE_RUNS = 65536,
};

struct precopy {
	struct snapshot *s;
	struct store store;
	struct track track;
	struct pagemap *pages;
	const struct vma *vma;		/* whose runs are being told */
	uint64_t copied;		/* bytes, in this round */
	size_t runs;
	bool crowded;			/* more runs than room in the pause */
};

/* --- which mappings, and what is known of them ------------------------------------------------ */

/* maps alone does not tell what a page of a private file mapping is: what was known before stands in. */
static void add_details(const struct vma_list *before, struct vma_list *now)
{
	for (size_t i = 0; i < now->vmas.n; i++) {
		struct vma *v = &now->vmas.v[i];
		const struct vma *old = vma_find(before, v->start);

		if (old && old->inode == v->inode && !strcmp(old->path, v->path)) {
			v->flags |= old->flags;
			v->anonymous = old->anonymous;
			v->rss = old->rss;
			v->swap = old->swap;
			v->private_dirty = old->private_dirty;
		} else if (v->prot & DUMP_PROT_W) {
			v->anonymous = v->end - v->start;
		}
	}
}

static struct err *read_mappings(struct precopy *p, struct vma_list *ret)
{
	TRY(vma_list_read(p->s->mm, false, ret));
	add_details(&p->s->before, ret);
	return NULL;
}

static enum content wanted(const struct precopy *p, const struct vma *v)
{
	const char *why;

	if (held_find(&p->s->held, v->start) && v->flags & VMA_SHARED)
		return CONTENT_NONE;
	return content_of(v, &p->s->options.content, &why);
}

/* A file's mapping, or the kernel's: pages without an entry have contents too. */
static bool has_backing(const struct vma *v)
{
	return v->inode || strcmp(v->path, "[vdso]") == 0;
}

/* --- while the process runs --------------------------------------------------------------------- */

static struct err *copy_run(void *arg, const struct page_run *run)
{
	struct precopy *p = arg;

	p->runs++;
	if (run->kind & PAGE_GUARD)
		return NULL;
	TRY(cancel_check());
	tasks_let_run(&p->s->tasks);
	return store_copy(&p->store, p->s->mm, run->start, run->end, &p->copied);
}

static struct err *copy_backed(struct precopy *p, const struct vma *v, enum content content)
{
	uint64_t end = content == CONTENT_HEADER ? v->start + 4096 : v->end;

	return store_copy(&p->store, p->s->mm, v->start, end, &p->copied);
}

/* Untracked before: then all of it is new. A mapping that cannot be tracked waits for the pause. */
static struct err *copy_mapping(struct precopy *p, const struct vma *v, enum content content)
{
	struct err *e = pagemap_written(p->pages, v->start, v->end, copy_run, p);

	if (!e || err_code(e) != ERR_UNSUPPORTED)
		return e;
	err_free(e);
	TRY(store_reserve(&p->store, v->start, v->end));
	if (!track_range(&p->track, v->start, v->end))
		return NULL;
	if (has_backing(v))
		TRY(copy_backed(p, v, content));
	return pagemap_written(p->pages, v->start, v->end, copy_run, p);
}

static struct err *round_of_copies(struct precopy *p)
{
	struct vma_list now = VMA_LIST_INIT;
	struct err *e = read_mappings(p, &now);

	p->copied = p->runs = 0;
	tasks_let_run(&p->s->tasks);
	for (size_t i = 0; !e && i < now.vmas.n; i++) {
		enum content content = wanted(p, &now.vmas.v[i]);

		if (content != CONTENT_NONE)
			e = copy_mapping(p, &now.vmas.v[i], content);
	}
	vma_list_deinit(&now);
	return e;
}

/* Until the rest fits the budget, or is no longer getting less. */
static struct err *copy_ahead(struct precopy *p)
{
	uint64_t last = UINT64_MAX, enough = p->s->options.budget_ns / COPY_NS_PER_KB * 1024 / 2;
	size_t most_runs = 0;

	for (unsigned i = 0; i < ROUNDS_MOST; i++) {
		TRY(round_of_copies(p));
		phase("copied ahead");
		most_runs = p->runs > most_runs ? p->runs : most_runs;
		progress_report("copying ahead", i, 0);
		if (i && (p->copied <= enough || p->copied > last - last / 8))
			break;
		last = p->copied;
	}
	return store_expect(&p->store, 2 * most_runs + SPARE_RUNS);
}

/* --- the pause -------------------------------------------------------------------------------------- */

static struct err *final_run(void *arg, const struct page_run *run)
{
	struct precopy *p = arg;

	if (run->kind & PAGE_GUARD) {
		p->crowded |= !store_refuse(&p->store, run->start, run->end);
		return NULL;
	}
	if (run->kind & PAGE_WRITTEN)
		TRY(store_copy(&p->store, p->s->mm, run->start, run->end, &p->copied));
	if (!has_backing(p->vma) && !store_touch(&p->store, run->start, run->end))
		p->crowded = true;
	return NULL;
}

static struct err *untracked_run(void *arg, const struct page_run *run)
{
	struct page_run all = *run;

	all.kind |= PAGE_WRITTEN;
	return final_run(arg, &all);
}

static struct err *final_mapping(struct precopy *p, const struct vma *v, enum content content)
{
	uint64_t end = content == CONTENT_HEADER ? v->start + 4096 : v->end;
	struct err *e;

	p->vma = v;
	if (has_backing(v) && !store_touch(&p->store, v->start, end))
		p->crowded = true;
	e = pagemap_state(p->pages, v->start, v->end, final_run, p);
	if (!e || err_code(e) != ERR_UNSUPPORTED)
		return e;
	err_free(e);
	TRY(store_reserve(&p->store, v->start, v->end)); /* new since the last round */
	if (has_backing(v))
		TRY(copy_backed(p, v, content));
	return pagemap_runs(p->pages, v->start, v->end, untracked_run, p);
}

static struct err *in_pause(struct precopy *p)
{
	struct snapshot *s = p->s;
	uint64_t began;

	TRY(engine_stop_all(s));
	began = clock_ns();
	held_copy(&s->held, began + s->options.budget_ns);
	TRY(read_mappings(p, &s->vmas));
	snapshot_mark_stacks(s);
	p->copied = 0;
	for (size_t i = 0; i < s->vmas.vmas.n; i++) {
		enum content content = wanted(p, &s->vmas.vmas.v[i]);

		if (content != CONTENT_NONE)
			TRY(final_mapping(p, &s->vmas.vmas.v[i], content));
	}
	s->pause.copy = clock_ns() - began;
	phase("copied");
	return p->crowded ? err_new(ERR_UNSUPPORTED, "the process uses its memory in too many pieces") : NULL;
}

static struct err *run(struct precopy *p)
{
	struct snapshot *s = p->s;
	struct err *e;

	TRY(pagemap_open(s->mm, &p->pages));
	TRY(store_open(s->options.folder, &p->store));
	TRY(engine_seize(s));
	TRY(track_start(&s->inject, &s->before, &s->tasks, &p->track));
	phase("tracking");
	TRY(copy_ahead(p));
	e = in_pause(p);
	engine_resume_all(s);
	return e;
}

static struct err *take(struct snapshot *s)
{
	struct precopy p = { .s = s, .store = { .fd = -1 }, .track = { .fd = -1 } };
	struct err *e = run(&p);

	tasks_resume(&s->tasks);
	track_stop(&p.track);
	pagemap_close(p.pages);
	if (e) {
		store_close(&p.store);
		return e;
	}
	s->store = malloc(sizeof(*s->store));
	if (!s->store) {
		store_close(&p.store);
		return err_nomem();
	}
	*s->store = p.store;
	return NULL;
}

static void release(struct snapshot *s)
{
	tasks_resume(&s->tasks);
	if (s->store)
		store_close(s->store);
	free(s->store);
	s->store = NULL;
}

const struct engine engine_precopy = {
	.name = "precopy",
	.summary = "copies ahead while the process runs and stops it for what it writes meanwhile",
	.take = take,
	.release = release,
};
