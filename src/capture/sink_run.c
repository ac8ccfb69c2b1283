/* SPDX-License-Identifier: MIT */
/*
 * The threads of a sink.
 *
 * Chunks are numbered and taken in order. In place: each thread fills its
 * buffer and writes it where it belongs. In order: chunk c belongs to slot
 * c % n of a ring; whoever completes the chunk that is next writes it, and all
 * that are ready behind it, while the others go on; a thread that would run
 * more than a ring ahead waits.
 *
 * Invariants, under the lock: completed <= next; in order, chunks below
 * completed are in the file; in place, completed counts those that are. A
 * chunk that reaches over ordered_from begins when all before it are in the
 * file, which is when completed equals its number, either way. Once `stop` is
 * set no chunk begins, and each thread has lost at most the one it had taken.
 *
 * The threads block all signals but those of faults (a mapped file that was
 * cut raises SIGBUS in them), so that SIGPIPE and SIGXFSZ become errors.
 */
#include "capture/sink_impl.h"
#include "base/cancel.h"
#include "base/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LOOK_EVERY_NS = 100000000 };

struct slot {
	uint8_t *buf;
	struct sink_piece piece;
	bool ready;
};

struct worker {
	struct job *job;
	struct sink_packer packer;
	uint8_t *buf;
	pthread_t thread;
	bool at_file; /* an error now is the file's */
};

struct job {
	struct sink *s;
	const struct sink_image *image;
	bool ordered;
	uint64_t first_late; /* first chunk that reaches over ordered_from */
	struct slot *ring;
	size_t n_ring;
	pthread_mutex_t lock;
	pthread_cond_t moved, left;
	/* under the lock */
	uint64_t n_chunks, next, completed;
	unsigned running;
	bool writing;
	struct err *error;
	struct sink_outcome *out;
};

/* --- the image ---------------------------------------------------------------------------------- */

struct err *sink_fill(const struct sink_image *image, uint64_t offset, uint8_t *buf, size_t len,
		      bool *ret_zero)
{
	uint64_t border = image->ordered_from;
	bool zero[2] = { false, false };
	size_t first;

	if (offset >= border || border - offset >= len)
		return image->fill(image->arg, offset, buf, len, ret_zero);
	first = (size_t)(border - offset);
	TRY(image->fill(image->arg, offset, buf, first, &zero[0]));
	TRY(image->fill(image->arg, border, buf + first, len - first, &zero[1]));
	*ret_zero = zero[0] && zero[1];
	if (zero[0] && !zero[1])
		memset(buf, 0, first);
	if (zero[1] && !zero[0])
		memset(buf + first, 0, len - first);
	return NULL;
}

static uint64_t count_zero(const uint8_t *p, size_t len)
{
	uint64_t zero = 0;

	for (size_t at = 0; at < len; at += SINK_HOLE) {
		size_t n = len - at < SINK_HOLE ? len - at : SINK_HOLE;

		if (sink_is_zero(p + at, n))
			zero += n;
	}
	return zero;
}

/* --- the order of things ---------------------------------------------------------------------------- */

static void fail_locked(struct job *j, struct err *e, bool at_file)
{
	j->out->write_failed |= at_file;
	if (j->error)
		err_free(e);
	else
		j->error = e;
	atomic_store(&j->s->stop, true);
	(void)pthread_cond_broadcast(&j->moved);
	(void)pthread_cond_signal(&j->left);
}

/* There is room for one a thread and one more (set_up). */
static void lose_locked(struct job *j, uint64_t first, uint64_t last)
{
	if (first < last)
		j->out->lost.v[j->out->lost.n++] = (struct sink_range){ first, last };
}

static bool may_begin(const struct job *j, uint64_t chunk)
{
	if (chunk >= j->first_late)
		return j->completed == chunk;
	return !j->ordered || chunk - j->completed < j->n_ring;
}

/* The next chunk that this thread is to do; false: none. */
static bool take(struct job *j, uint64_t *ret)
{
	bool stop;

	(void)pthread_mutex_lock(&j->lock);
	stop = atomic_load(&j->s->stop) || j->next == j->n_chunks;
	if (!stop) {
		*ret = j->next++;
		while (!may_begin(j, *ret) && !atomic_load(&j->s->stop))
			(void)pthread_cond_wait(&j->moved, &j->lock);
		stop = atomic_load(&j->s->stop);
		if (stop && !j->ordered)
			lose_locked(j, *ret, *ret + 1);
	}
	(void)pthread_mutex_unlock(&j->lock);
	return !stop;
}

static void count_locked(struct job *j, uint64_t zero)
{
	j->completed++;
	j->out->zero += zero;
	(void)pthread_cond_broadcast(&j->moved);
}

/* --- in place ------------------------------------------------------------------------------------------- */

static struct err *place_chunk(struct worker *w, uint64_t chunk)
{
	struct job *j = w->job;
	size_t len = sink_chunk_size(j->image, chunk);
	uint64_t zero = 0;
	bool all = false;

	TRY(sink_fill(j->image, chunk * SINK_CHUNK, w->buf, len, &all));
	w->at_file = true;
	if (all)
		zero = len;
	else
		TRY(sink_put_sparse(&j->s->file, w->buf, len, chunk * SINK_CHUNK, &zero));
	w->at_file = false;
	(void)pthread_mutex_lock(&j->lock);
	count_locked(j, zero);
	(void)pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* --- in order --------------------------------------------------------------------------------------------- */

static struct err *make_buffer(struct worker *w, struct slot *slot)
{
	size_t size = sink_packer_bound(&w->packer);

	if (!slot->buf)
		slot->buf = malloc(size ? size : SINK_CHUNK);
	return slot->buf ? NULL : err_nomem();
}

static struct err *make_piece(struct worker *w, uint64_t chunk, struct slot *slot, uint64_t *ret_zero)
{
	struct job *j = w->job;
	size_t len = sink_chunk_size(j->image, chunk);
	bool packs = sink_packer_bound(&w->packer) != 0, all = false;
	uint8_t *buf;

	TRY(make_buffer(w, slot));
	buf = packs ? w->buf : slot->buf;
	TRY(sink_fill(j->image, chunk * SINK_CHUNK, buf, len, &all));
	*ret_zero = all ? len : count_zero(buf, len);
	if (packs && *ret_zero == SINK_CHUNK) {
		slot->piece = j->s->pack.zero_piece;
		return NULL;
	}
	if (all)
		memset(buf, 0, len);
	if (packs)
		return sink_packer_run(&w->packer, buf, len, slot->buf, &slot->piece);
	slot->piece = (struct sink_piece){ .data = buf, .size = len, .plain_size = len };
	return NULL;
}

/* Writes what is ready and next, unless another thread is at it; also when the image or the user
 * said stop, for what is ready may make a partial file longer. */
static void drain_locked(struct job *j)
{
	struct slot *slot = &j->ring[j->completed % j->n_ring];
	struct err *e;

	while (!j->writing && slot->ready && !j->out->write_failed) {
		j->writing = true;
		(void)pthread_mutex_unlock(&j->lock);
		e = sink_pack_put(&j->s->pack, &slot->piece);
		(void)pthread_mutex_lock(&j->lock);
		j->writing = false;
		if (e) {
			fail_locked(j, e, true);
			return;
		}
		slot->ready = false;
		count_locked(j, 0);
		slot = &j->ring[j->completed % j->n_ring];
	}
}

static struct err *order_chunk(struct worker *w, uint64_t chunk)
{
	struct job *j = w->job;
	struct slot *slot = &j->ring[chunk % j->n_ring];
	uint64_t zero = 0;

	TRY(make_piece(w, chunk, slot, &zero));
	(void)pthread_mutex_lock(&j->lock);
	slot->ready = true;
	j->out->zero += zero;
	drain_locked(j);
	(void)pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* --- threads ------------------------------------------------------------------------------------------------ */

static void give_way(void)
{
	enum { NICE = 10 };
	id_t self = (id_t)gettid();

	if (getpriority(PRIO_PROCESS, self) < NICE)
		(void)setpriority(PRIO_PROCESS, self, NICE);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct job *j = w->job;
	uint64_t chunk = 0;

	if (j->s->options.gives_way)
		give_way();
	while (take(j, &chunk)) {
		struct err *e = cancel_check();

		if (!e)
			e = j->ordered ? order_chunk(w, chunk) : place_chunk(w, chunk);
		if (!e)
			continue;
		(void)pthread_mutex_lock(&j->lock);
		fail_locked(j, e, w->at_file);
		if (!j->ordered)
			lose_locked(j, chunk, chunk + 1);
		(void)pthread_mutex_unlock(&j->lock);
	}
	(void)pthread_mutex_lock(&j->lock);
	j->running--;
	(void)pthread_cond_signal(&j->left);
	(void)pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* *ret: how many there are; fewer than wished for will do. */
static struct err *start(struct job *j, struct worker *w, unsigned n, unsigned *ret)
{
	sigset_t before;
	int bad = 0;

	signals_block(&before);
	j->running = n;
	for (*ret = 0; *ret < n && !bad; *ret += !bad)
		bad = pthread_create(&w[*ret].thread, NULL, work, &w[*ret]);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!bad)
		return NULL;
	(void)pthread_mutex_lock(&j->lock);
	j->running -= n - *ret;
	(void)pthread_mutex_unlock(&j->lock);
	return *ret ? NULL : err_os(bad, "no thread can be started");
}

static bool cancelled(const struct job *j)
{
	const atomic_bool *ours = j->s->options.cancel;

	return cancel_requested() || (ours && atomic_load(ours));
}

/* Until all threads have left. */
static void watch(struct job *j)
{
	(void)pthread_mutex_lock(&j->lock);
	while (j->running) {
		struct timespec until;
		uint64_t at = sink_now() + LOOK_EVERY_NS, done;

		until.tv_sec = (time_t)(at / 1000000000);
		until.tv_nsec = (long)(at % 1000000000);
		(void)pthread_cond_clockwait(&j->left, &j->lock, CLOCK_MONOTONIC, &until);
		if (cancelled(j) && j->completed < j->n_chunks && !atomic_load(&j->s->stop))
			fail_locked(j, err_cancelled(), false);
		done = j->completed * SINK_CHUNK;
		(void)pthread_mutex_unlock(&j->lock);
		if (done < j->image->size)
			progress_report("writing", done, j->image->size);
		(void)pthread_mutex_lock(&j->lock);
	}
	(void)pthread_mutex_unlock(&j->lock);
	progress_report("writing", j->image->size, j->image->size);
}

static void settle_lost(struct job *j)
{
	if (j->ordered)
		lose_locked(j, j->completed, j->n_chunks);
	else
		lose_locked(j, j->next, j->n_chunks);
}

static struct err *run_workers(struct job *j, struct worker *w, unsigned n)
{
	unsigned started = 0;
	struct err *e = start(j, w, n, &started);

	if (e)
		return e;
	watch(j);
	for (unsigned i = 0; i < started; i++)
		(void)pthread_join(w[i].thread, NULL);
	return j->error;
}

static struct err *set_up(struct job *j, struct worker *w, unsigned n)
{
	const struct sink_options *o = &j->s->options;

	j->n_ring = n + n / 2 + 2;
	j->ring = calloc(j->n_ring, sizeof(*j->ring));
	if (!j->ring || !vec_reserve(&j->out->lost, n + 1))
		return err_nomem();
	for (unsigned i = 0; i < n; i++) {
		w[i].job = j;
		TRY(sink_packer_init(&w[i].packer, o->packing, o->level));
		if (j->ordered && o->packing == SINK_PLAIN)
			continue; /* slots have buffers */
		w[i].buf = aligned_alloc(DIRECT_ALIGNED, SINK_CHUNK);
		if (!w[i].buf)
			return err_nomem();
	}
	return o->packing == SINK_PLAIN ? NULL : sink_pack_make_zeros(&j->s->pack);
}

static void tear_down(struct job *j, struct worker *w, unsigned n)
{
	for (unsigned i = 0; w && i < n; i++) {
		sink_packer_deinit(&w[i].packer);
		free(w[i].buf);
	}
	for (size_t i = 0; j->ring && i < j->n_ring; i++)
		free(j->ring[i].buf);
	free(j->ring);
	free(w);
}

struct err *sink_run(struct sink *s, const struct sink_image *image, struct sink_outcome *ret)
{
	struct job j = {
		.s = s,
		.image = image,
		.ordered = sink_is_ordered(s),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.moved = PTHREAD_COND_INITIALIZER,
		.left = PTHREAD_COND_INITIALIZER,
		.n_chunks = image->size / SINK_CHUNK + (image->size % SINK_CHUNK != 0),
		.out = ret,
	};
	unsigned n = j.n_chunks < s->threads ? (unsigned)j.n_chunks : s->threads;
	struct worker *w;
	struct err *e;

	n = n ? n : 1;
	j.first_late = image->ordered_from / SINK_CHUNK;
	ret->n_chunks = j.n_chunks;
	w = calloc(n, sizeof(*w));
	e = w ? set_up(&j, w, n) : err_nomem();
	if (!e)
		e = run_workers(&j, w, n);
	if (ret->lost.cap)
		settle_lost(&j);
	tear_down(&j, w, n);
	return e;
}
