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
 *
 * Of a set, members that were not copied ahead are copied whole in the pause:
 * those that came late, or executed another program meanwhile. Of members that
 * run in the same memory (vfork, CLONE_VM) one is tracked and copied, for the
 * kernel tracks once only, and the others read its copy.
 */
#include "base/cancel.h"
#include "capture/content.h"
#include "capture/engine.h"
#include "capture/mappings.h"
#include "capture/phase.h"
#include "capture/set.h"
#include "capture/store.h"
#include "capture/track.h"

#include <inttypes.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	COPY_NS_PER_KB = 700,	/* reading and writing to the temporary file, cautiously */
	SPARE_RUNS = 65536,
	COPY_LIKE_LOOKS = 32,
	STEP = 4 << 20,
};

/* So much address space is looked at page by page in the pause, where the kernel knows no other way. */
static const uint64_t most_by_page = UINT64_C(64) << 30;

struct precopy {
	struct snapshot *s;
	unsigned preparation;		/* of the program that is copied: another one after an exec */
	bool untracked;			/* nothing is copied ahead */
	bool captured;
	const struct precopy *twin;	/* another member that runs in the same memory, and has the copy; NULL: none */
	struct store store;
	struct track track;
	struct pagemap *pages;
	/* Runs of mapped files that were the process's own: given back, such a page is the file's again, which the
	 * kernel does not count as a write. By address, apart, from the pause on. */
	VEC(struct store_run) own;
	VEC(struct store_run) lost;	/* ranges of which it is not known what was written */
	uint64_t told;			/* runs were told up to here */
	unsigned round;
	uint64_t copied, last_copied;	/* bytes, in this round and the one before */
	size_t runs, most_runs;
	bool crowded;			/* more runs than room in the pause */
};

/* --- which mappings, and what is known of them ------------------------------------------------ */

static enum content wanted(const struct precopy *p, const struct vma *v)
{
	const char *why;

	if (held_find(&p->s->held, v->start) && (v->flags & VMA_SHARED || mapping_is_hugetlb(v)))
		return CONTENT_NONE;
	return content_of(v, &p->s->options.content, &why);
}

static uint64_t wanted_end(const struct vma *v, enum content content)
{
	return content == CONTENT_HEADER ? v->start + 4096 : v->end;
}

static struct err *copy(struct precopy *p, uint64_t start, uint64_t end)
{
	return store_copy(&p->store, p->s->mm, start, end, &p->copied);
}

/* --- while the process runs --------------------------------------------------------------------- */

static struct err *copy_run(void *arg, const struct page_run *run)
{
	struct precopy *p = arg;

	p->runs++;
	if (run->kind & PAGE_GUARD)
		return NULL;
	for (uint64_t at = run->start, end; at < run->end; at = end) {
		end = run->end - at > STEP ? at + STEP : run->end;
		TRY(cancel_check());
		set_let_run(p->s->set);
		TRY(copy(p, at, end));
	}
	return NULL;
}

/* All pages are told: new are those that were written and those that had no entry. */
static struct err *copy_backed_run(void *arg, const struct page_run *run)
{
	struct precopy *p = arg;
	struct store_run own = { run->start, run->end };

	if (run->kind & PAGE_TOUCHED && !(run->kind & PAGE_WRITTEN))
		return NULL;
	if (run->kind & PAGE_TOUCHED && !(run->kind & PAGE_FILE) && !vec_push(&p->own, own))
		return err_nomem();
	return copy_run(arg, run);
}

static struct err *copy_written(struct precopy *p, const struct vma *v, uint64_t end)
{
	bool backed = mapping_has_backing(v);

	return track_written(&p->track, v->start, end, backed, backed ? copy_backed_run : copy_run, p);
}

/* What was written there may have been protected without having been told. */
static struct err *lose(struct precopy *p, const struct vma *v)
{
	struct store_run lost = { v->start, v->end };

	return vec_push(&p->lost, lost) ? NULL : err_nomem();
}

static bool is_lost(const struct precopy *p, const struct vma *v)
{
	for (size_t i = 0; i < p->lost.n; i++)
		if (p->lost.v[i].start < v->end && v->start < p->lost.v[i].end)
			return true;
	return p->untracked;
}

/* A mapping that cannot be tracked, or changes too fast, waits for the pause. */
static struct err *copy_untracked(struct precopy *p, const struct vma *v, uint64_t end, bool again)
{
	enum { TRIES = 3 };

	for (unsigned i = 0; i < TRIES; i++) {
		struct err *e;

		if (!track_range(&p->track, v->start, v->end))
			return again || i ? lose(p, v) : NULL;
		e = copy_written(p, v, end);
		if (!e || err_code(e) != ERR_UNSUPPORTED)
			return e;
		err_free(e);
	}
	return lose(p, v);
}

static struct err *copy_mapping(struct precopy *p, const struct vma *v, enum content content)
{
	uint64_t end = wanted_end(v, content);
	struct err *e;

	TRY(store_reserve(&p->store, v->start, end));
	if (mapping_is_hugetlb(v) || (mapping_has_backing(v) && p->track.way == TRACK_SOFT_DIRTY))
		return NULL;
	if (!p->round)
		return copy_untracked(p, v, end, false);
	e = copy_written(p, v, end);
	if (!e || err_code(e) != ERR_UNSUPPORTED)
		return e;
	err_free(e);
	return copy_untracked(p, v, end, true);
}

static struct err *round_of_copies(struct precopy *p)
{
	struct vma_list now = VMA_LIST_INIT;
	struct err *e = mappings_read(p->s->mm, &p->s->before, p->pages, &now);

	p->copied = p->runs = 0;
	set_let_run(p->s->set);
	for (size_t i = 0; !e && i < now.vmas.n; i++) {
		enum content content = wanted(p, &now.vmas.v[i]);

		if (content != CONTENT_NONE)
			e = copy_mapping(p, &now.vmas.v[i], content);
	}
	vma_list_deinit(&now);
	return e;
}

/* Until the rest fits its part of the budget, or is no longer getting less. */
static bool wants_more(const struct precopy *p)
{
	uint64_t enough = p->s->options.budget_ns / COPY_NS_PER_KB * 1024 / 2 / p->s->set->members.n;

	return p->round < track_rounds(&p->track) &&
	       (p->round < 2 || (p->copied > enough && p->copied <= p->last_copied - p->last_copied / 8));
}

/* Also when this one has had enough of them, as long as another member needs more: the last one comes shortly before the pause. */
static struct err *copy_ahead(struct precopy *p)
{
	if (p->untracked || (p->round && p->track.way == TRACK_SOFT_DIRTY))
		return NULL;
	p->last_copied = p->copied;
	TRY(round_of_copies(p));
	phase("copied ahead");
	p->most_runs = p->runs > p->most_runs ? p->runs : p->most_runs;
	progress_report("copying ahead", p->round++, 0);
	p->s->more_ahead = wants_more(p);
	p->own.n = store_join(p->own.v, p->own.n);
	return store_expect(&p->store, 2 * p->most_runs + SPARE_RUNS);
}

/* --- the pause -------------------------------------------------------------------------------------- */

static void touch(struct precopy *p, uint64_t start, uint64_t end)
{
	if (start < end && !store_touch(&p->store, start, end))
		p->crowded = true;
}

static struct err *refuse(struct precopy *p, const struct page_run *run)
{
	p->crowded |= !store_refuse(&p->store, run->start, run->end);
	return NULL;
}

/* Memory without backing: between the runs it is as it was. */
static struct err *changed_run(void *arg, const struct page_run *run)
{
	struct precopy *p = arg;

	touch(p, p->told, run->start);
	p->told = run->end;
	if (run->kind & PAGE_GUARD)
		return refuse(p, run);
	if (!(run->kind & PAGE_TOUCHED))
		return NULL;
	if (run->kind & PAGE_WRITTEN)
		TRY(copy(p, run->start, run->end));
	touch(p, run->start, run->end);
	return NULL;
}

/* Index of the first run of ours that ends behind the address. */
static size_t own_from(const struct precopy *p, uint64_t address)
{
	size_t lo = 0, hi = p->own.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->own.v[mid].end <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* No page of the process's own is here now: what was one before is the file's again. */
static struct err *copy_given_back(struct precopy *p, uint64_t start, uint64_t end)
{
	for (size_t i = own_from(p, start); i < p->own.n && p->own.v[i].start < end; i++) {
		const struct store_run *r = &p->own.v[i];

		TRY(copy(p, r->start > start ? r->start : start, r->end < end ? r->end : end));
	}
	return NULL;
}

/* A mapped file, all pages of it. What looks swapped out may be no more than the kernel's mark where a page was. */
static struct err *backed_run(void *arg, const struct page_run *run)
{
	struct precopy *p = arg;

	if (run->kind & PAGE_GUARD)
		return refuse(p, run);
	if (run->kind & PAGE_WRITTEN || !(run->kind & PAGE_TOUCHED))
		return copy(p, run->start, run->end);
	if (run->kind & (PAGE_FILE | PAGE_SWAPPED))
		return copy_given_back(p, run->start, run->end);
	return NULL;
}

static struct err *untracked_run(void *arg, const struct page_run *run)
{
	struct page_run all = *run;

	all.kind |= run->kind & PAGE_GUARD ? 0 : PAGE_WRITTEN;
	((struct precopy *)arg)->told = run->start; /* what is not told is not there */
	return changed_run(arg, &all);
}

static struct err *final_backed(struct precopy *p, const struct vma *v, uint64_t end)
{
	struct err *e;

	touch(p, v->start, end);
	if (is_lost(p, v))
		return copy(p, v->start, end);
	e = track_state(&p->track, v->start, end, backed_run, p);
	if (!e || err_code(e) != ERR_UNSUPPORTED)
		return e;
	err_free(e);
	return copy(p, v->start, end);
}

static struct err *final_plain(struct precopy *p, const struct vma *v, uint64_t end)
{
	struct err *e;

	p->told = v->start;
	if (is_lost(p, v))
		return pagemap_runs(p->pages, v->start, end, untracked_run, p);
	e = track_changes(&p->track, v->start, end, changed_run, p);
	if (!e)
		touch(p, p->told, end);
	if (!e || err_code(e) != ERR_UNSUPPORTED)
		return e;
	err_free(e);
	return pagemap_runs(p->pages, v->start, end, untracked_run, p);
}

static struct err *final_mapping(struct precopy *p, const struct vma *v, enum content content)
{
	uint64_t end = wanted_end(v, content);

	TRY(store_reserve(&p->store, v->start, end));
	return mapping_has_backing(v) ? final_backed(p, v, end) : final_plain(p, v, end);
}

static struct err *copy_rest(struct precopy *p)
{
	struct snapshot *s = p->s;

	store_begin_pause(&p->store);
	p->copied = 0;
	for (size_t i = 0; i < s->vmas.vmas.n; i++) {
		enum content content = wanted(p, &s->vmas.vmas.v[i]);

		if (content != CONTENT_NONE)
			TRY(final_mapping(p, &s->vmas.vmas.v[i], content));
	}
	TRY(pagemap_check(p->pages)); /* one that was killed just now seems unchanged */
	return p->crowded ? err_new(ERR_UNSUPPORTED, "the process uses its memory in too many pieces") : NULL;
}

/* --- tracking ---------------------------------------------------------------------------------------- */

static bool has_userfaultfd(const struct proc_facts *f)
{
	for (size_t i = 0; i < f->fds.n; i++)
		if (strcmp(f->fds.v[i].target, "anon_inode:[userfaultfd]") == 0)
			return true;
	return false;
}

/* Mapped files are copied there. */
static uint64_t looked_at(const struct precopy *p, const struct vma *v)
{
	enum content content = wanted(p, v);

	return content == CONTENT_NONE ? 0 : (wanted_end(v, content) - v->start) * (mapping_has_backing(v) ? COPY_LIKE_LOOKS : 1);
}

static struct err *start_tracking(struct precopy *p)
{
	struct snapshot *s = p->s;
	uint64_t by_page = 0;

	TRY(track_start(&s->inject, &s->before, &s->tasks, p->pages, &p->track));
	p->track.foreign = has_userfaultfd(&s->facts);
	for (size_t i = 0; p->track.way == TRACK_SOFT_DIRTY && i < s->before.vmas.n; i++)
		by_page += looked_at(p, &s->before.vmas.v[i]);
	if (by_page > most_by_page)
		return err_new(ERR_UNSUPPORTED, "with this kernel's soft-dirty marks %" PRIu64 " GB of address space would have to "
			       "be looked at page by page in the pause", by_page >> 30);
	phase("tracking");
	return NULL;
}

/* --- phases ------------------------------------------------------------------------------------------- */

static void stop_tracking(struct precopy *p)
{
	track_stop(&p->track);
	pagemap_close(TAKE_PTR(p->pages));
	vec_deinit(&p->own);
	vec_deinit(&p->lost);
}

static void forget(struct snapshot *s)
{
	struct precopy *p = TAKE_PTR(s->work);

	s->store = NULL;
	if (!p)
		return;
	stop_tracking(p);
	store_close(&p->store);
	free(p);
}

/* Copies of the program that was there before an exec are of no use. */
static struct precopy *begun(const struct snapshot *s)
{
	struct precopy *p = s->work;

	return p && p->preparation == s->preparations ? p : NULL;
}

static struct err *begin(struct snapshot *s, struct precopy **ret)
{
	struct precopy *p;

	forget(s);
	s->work = p = calloc(1, sizeof(*p));
	if (!p)
		return err_nomem();
	*p = (struct precopy){ .s = s, .preparation = s->preparations, .store = { .fd = -1 }, .track = { .fd = -1 } };
	TRY(pagemap_open(s->mm, &p->pages));
	TRY(store_open(s->options.folder, &p->store));
	*ret = p;
	return NULL;
}

/* The same memory has the same auxv; only few have to be asked for. */
static bool shares_memory(const struct snapshot *s, const struct snapshot *other)
{
	return s->facts.auxv_size == other->facts.auxv_size && !memcmp(s->facts.auxv, other->facts.auxv, s->facts.auxv_size) &&
	       syscall(SYS_kcmp, s->mm, other->mm, KCMP_VM, 0, 0) == 0;
}

static bool is_tracked(const struct snapshot *s)
{
	const struct precopy *p = begun(s);

	return p && p->track.way != TRACK_NONE;
}

static bool is_tracked_elsewhere(const struct snapshot *s)
{
	for (size_t i = 0; i < s->set->members.n; i++) {
		const struct snapshot *other = s->set->members.v[i];

		if (other != s && is_tracked(other) && shares_memory(s, other))
			return true;
	}
	return false;
}

/* Stacks are those of its own threads, so that another choice of classes may want other mappings. */
static bool wants_the_same(const struct precopy *p, const struct precopy *other)
{
	const struct vma_list *a = &p->s->vmas, *b = &other->s->vmas;
	bool same = a->vmas.n == b->vmas.n;

	for (size_t i = 0; same && i < a->vmas.n; i++)
		same = a->vmas.v[i].start == b->vmas.v[i].start && a->vmas.v[i].end == b->vmas.v[i].end &&
		       wanted(p, &a->vmas.v[i]) == wanted(other, &b->vmas.v[i]);
	return same;
}

static const struct precopy *find_twin(const struct precopy *p)
{
	const struct snapshot_set *set = p->s->set;

	for (size_t i = 0; i < set->members.n; i++) {
		const struct precopy *other = begun(set->members.v[i]);

		if (other && other->captured && !other->twin && shares_memory(p->s, other->s) && wants_the_same(p, other))
			return other;
	}
	return NULL;
}

static struct err *start(struct snapshot *s)
{
	struct precopy *p;

	TRY(begin(s, &p));
	p->untracked = is_tracked_elsewhere(s);
	if (!p->untracked)
		TRY(start_tracking(p));
	engine_let_go(s);
	s->more_ahead = !p->untracked;
	return NULL;
}

static struct err *ahead(struct snapshot *s)
{
	struct precopy *p = begun(s);

	return p ? copy_ahead(p) : start(s);
}

static struct err *capture(struct snapshot *s)
{
	struct precopy *p = begun(s);
	uint64_t began = clock_ns();

	if (!p)
		TRY(begin(s, &p));
	p->untracked |= !is_tracked(s);
	TRY(mappings_read(s->mm, &s->before, p->pages, &s->vmas));
	snapshot_mark_stacks(s);
	if (p->untracked) {
		TRY(store_expect(&p->store, SPARE_RUNS));
		p->twin = find_twin(p);
	}
	if (!p->twin)
		TRY(copy_rest(p));
	p->captured = true;
	s->pause.copy = clock_ns() - began;
	return NULL;
}

static struct err *finish(struct snapshot *s)
{
	struct precopy *p = s->work;

	stop_tracking(p);
	s->store = p->twin ? &p->twin->store : &p->store;
	return NULL;
}

static void release(struct snapshot *s)
{
	tasks_resume(&s->tasks);
	forget(s);
}

const struct engine engine_precopy = {
	.name = "precopy",
	.summary = "copies ahead while the process runs and stops it for what it writes meanwhile",
	.ahead = ahead,
	.capture = capture,
	.finish = finish,
	.copies_held = true,
	.release = release,
};
