/* SPDX-License-Identifier: MIT */
/*
 * The threads that pack pages: see format/kdump_pack.h.
 *
 * Batch b belongs to slot b % n of a ring. A thread takes the next batch when
 * its slot is free, that is when batch b - n was handed over; the caller waits
 * for the one that is next. Once `stop` is set no batch begins.
 *
 * The threads block all signals but those of faults (a mapped file that was
 * cut raises SIGBUS in them).
 */
#include "format/kdump_pack.h"

#include "base/cancel.h"
#include "base/cleanup.h"
#include "base/signals.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <snappy-c.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { MAX_THREADS = 8, ZLIB_QUICK = 1, ZSTD_QUICK = 1 };

struct slot {
	struct kdump_batch batch;
	bool ready;
};

struct worker {
	struct ring *ring;
	z_stream zlib;
	bool zlib_there;
	ZSTD_CCtx *zstd;
	uint8_t *pages, *packed;
	size_t packed_size;
	pthread_t thread;
};

struct ring {
	const struct kdump_pack_job *job;
	unsigned per_batch;
	struct slot *slots;
	size_t n_slots;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	/* under the lock */
	uint64_t n_batches, next, handed;
	bool stop;
	struct err *error;
};

/* ---- a page ------------------------------------------------------------------------------------ */

static size_t pack_zlib(struct worker *w, const uint8_t *page, uint32_t n)
{
	z_stream *z = &w->zlib;

	if (deflateReset(z) != Z_OK)
		return 0;
	z->next_in = (Bytef *)(uintptr_t)page;
	z->avail_in = n;
	z->next_out = w->packed;
	z->avail_out = (uInt)w->packed_size;
	return deflate(z, Z_FINISH) == Z_STREAM_END ? w->packed_size - z->avail_out : 0;
}

/* Bytes in w->packed; 0: it cannot be packed. */
static size_t pack_page(struct worker *w, const uint8_t *page, uint32_t n)
{
	const struct kdump_pack_job *job = w->ring->job;
	size_t size = w->packed_size;

	switch (job->packing) {
	case KDUMP_ZLIB:
		return pack_zlib(w, page, n);
	case KDUMP_SNAPPY:
		return snappy_compress((const char *)page, n, (char *)w->packed, &size) == SNAPPY_OK ? size : 0;
	case KDUMP_ZSTD:
		size = ZSTD_compressCCtx(w->zstd, w->packed, size, page, n, job->level ? job->level : ZSTD_QUICK);
		return ZSTD_isError(size) ? 0 : size;
	default:
		return 0;
	}
}

static bool is_zero(const uint8_t *p, size_t n)
{
	return !p[0] && !memcmp(p, p + 1, n - 1);
}

static void add_page(struct worker *w, struct kdump_batch *b, unsigned i, const uint8_t *page)
{
	uint32_t block = w->ring->job->block;
	size_t size;

	b->sizes[i] = b->flags[i] = 0;
	if (is_zero(page, block))
		return;
	size = pack_page(w, page, block);
	if (size && size < block) {
		b->flags[i] = w->ring->job->packing;
		page = w->packed;
	} else {
		size = block;
	}
	b->sizes[i] = (uint32_t)size;
	memcpy(b->data + b->size, page, size);
	b->size += size;
}

static void pack_batch(struct worker *w, uint64_t number, struct kdump_batch *b)
{
	const struct kdump_pack_job *job = w->ring->job;
	uint64_t left;

	b->first = number * w->ring->per_batch;
	left = job->n_pages - b->first;
	b->n = left < w->ring->per_batch ? (unsigned)left : w->ring->per_batch;
	b->size = 0;
	job->read(job->arg, b->first, b->n, w->pages);
	for (unsigned i = 0; i < b->n; i++)
		add_page(w, b, i, w->pages + (size_t)i * job->block);
}

/* ---- the threads ---------------------------------------------------------------------------------- */

static bool take(struct ring *r, uint64_t *ret)
{
	bool there;

	(void)pthread_mutex_lock(&r->lock);
	there = !r->stop && r->next < r->n_batches;
	if (there) {
		*ret = r->next++;
		while (*ret - r->handed >= r->n_slots && !r->stop)
			(void)pthread_cond_wait(&r->moved, &r->lock);
		there = !r->stop;
	}
	(void)pthread_mutex_unlock(&r->lock);
	return there;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct ring *r = w->ring;
	uint64_t number = 0;

	while (take(r, &number)) {
		struct slot *slot = &r->slots[number % r->n_slots];

		pack_batch(w, number, &slot->batch);
		(void)pthread_mutex_lock(&r->lock);
		slot->ready = true;
		(void)pthread_cond_broadcast(&r->moved);
		(void)pthread_mutex_unlock(&r->lock);
	}
	return NULL;
}

/* Waits for the batch that is next; looks at the user's wish meanwhile. */
static struct err *await(struct ring *r, struct slot *slot)
{
	struct err *e = NULL;

	(void)pthread_mutex_lock(&r->lock);
	while (!slot->ready && !e) {
		struct timespec until;

		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		(void)pthread_cond_clockwait(&r->moved, &r->lock, CLOCK_MONOTONIC, &until);
		e = cancel_check();
	}
	(void)pthread_mutex_unlock(&r->lock);
	return e;
}

static struct err *hand_over(struct ring *r)
{
	const struct kdump_pack_job *job = r->job;

	for (uint64_t b = 0; b < r->n_batches; b++) {
		struct slot *slot = &r->slots[b % r->n_slots];

		TRY(cancel_check());
		TRY(await(r, slot));
		TRY(job->done(job->arg, &slot->batch));
		progress_report("writing", b * r->per_batch * job->block, job->n_pages * job->block);
		(void)pthread_mutex_lock(&r->lock);
		slot->ready = false;
		r->handed++;
		(void)pthread_cond_broadcast(&r->moved);
		(void)pthread_mutex_unlock(&r->lock);
	}
	progress_report("writing", job->n_pages * job->block, job->n_pages * job->block);
	return NULL;
}

static struct err *run(struct ring *r, struct worker *w, unsigned n)
{
	unsigned started = 0;
	struct err *e = NULL;
	sigset_t before;
	int bad = 0;

	signals_block(&before);
	for (; started < n && !bad; started += !bad)
		bad = pthread_create(&w[started].thread, NULL, work, &w[started]);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	e = started ? hand_over(r) : err_os(bad, "no thread can be started");
	(void)pthread_mutex_lock(&r->lock);
	r->stop = true;
	(void)pthread_cond_broadcast(&r->moved);
	(void)pthread_mutex_unlock(&r->lock);
	for (unsigned i = 0; i < started; i++)
		(void)pthread_join(w[i].thread, NULL);
	return e;
}

/* ---- from nothing to nothing ------------------------------------------------------------------------- */

static size_t packed_bound(const struct kdump_pack_job *job)
{
	size_t bound = compressBound(job->block), snappy = snappy_max_compressed_length(job->block), zstd = ZSTD_compressBound(job->block);

	bound = snappy > bound ? snappy : bound;
	return zstd > bound ? zstd : bound;
}

static struct err *worker_init(struct worker *w, struct ring *r)
{
	const struct kdump_pack_job *job = r->job;

	w->ring = r;
	w->packed_size = packed_bound(job);
	w->packed = malloc(w->packed_size);
	w->pages = malloc((size_t)r->per_batch * job->block);
	if (job->packing == KDUMP_ZLIB)
		w->zlib_there = deflateInit(&w->zlib, job->level ? job->level : ZLIB_QUICK) == Z_OK;
	if (job->packing == KDUMP_ZSTD)
		w->zstd = ZSTD_createCCtx();
	return w->packed && w->pages && (job->packing != KDUMP_ZLIB || w->zlib_there) && (job->packing != KDUMP_ZSTD || w->zstd) ?
		       NULL : err_nomem();
}

static struct err *ring_init(struct ring *r, size_t n)
{
	r->slots = calloc(n, sizeof(*r->slots));
	if (!r->slots)
		return err_nomem();
	r->n_slots = n;
	for (size_t i = 0; i < n; i++) {
		r->slots[i].batch.data = malloc((size_t)r->per_batch * r->job->block);
		if (!r->slots[i].batch.data)
			return err_nomem();
	}
	return NULL;
}

static void tear_down(struct ring *r, struct worker *w, unsigned n)
{
	for (unsigned i = 0; w && i < n; i++) {
		free(w[i].packed);
		free(w[i].pages);
		if (w[i].zlib_there)
			(void)deflateEnd(&w[i].zlib);
		(void)ZSTD_freeCCtx(w[i].zstd);
	}
	free(w);
	for (size_t i = 0; i < r->n_slots; i++)
		free(r->slots[i].batch.data);
	free(r->slots);
}

static unsigned threads_of(const struct kdump_pack_job *job, uint64_t n_batches)
{
	cpu_set_t set;
	unsigned n = job->threads;

	if (!n)
		n = sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
	n = n < MAX_THREADS ? n : MAX_THREADS;
	n = n_batches < n ? (unsigned)n_batches : n;
	return n ? n : 1;
}

struct err *kdump_pack(const struct kdump_pack_job *job)
{
	uint32_t fit = KDUMP_BATCH_BYTES / job->block;
	struct ring r = {
		.job = job,
		.per_batch = fit < KDUMP_BATCH ? fit : KDUMP_BATCH,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.moved = PTHREAD_COND_INITIALIZER,
	};
	struct worker *w;
	struct err *e;
	unsigned n;

	r.n_batches = job->n_pages / r.per_batch + (job->n_pages % r.per_batch != 0);
	if (!r.n_batches)
		return NULL;
	n = threads_of(job, r.n_batches);
	w = calloc(n, sizeof(*w));
	e = w ? ring_init(&r, n + 2) : err_nomem();
	for (unsigned i = 0; !e && i < n; i++)
		e = worker_init(&w[i], &r);
	if (!e)
		e = run(&r, w, n);
	tear_down(&r, w, n);
	return e;
}
