/* SPDX-License-Identifier: MIT */
/*
 * A sink from its opening to its end.
 *
 * After a failure, when a partial file is wanted: in place, the missing chunks
 * are holes and the trailer is written where it belongs; zstd gets frames of
 * zeros for them and the trailer behind, if the file still takes bytes, else
 * it ends early; both say which ranges are missing, the first by the trailer,
 * the other by its end.
 */
#include "capture/sink_impl.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_THREADS = 64, MOST_BY_DEFAULT = 8, WAIT_FOR_DISK = 2 };

/* --- signals that writing may raise -------------------------------------------------------------- */

static const int write_signals[] = { SIGPIPE, SIGXFSZ };

struct sink_guard sink_hold_signals(void)
{
	struct sink_guard g;
	sigset_t set;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(write_signals); i++)
		(void)sigaddset(&set, write_signals[i]);
	(void)sigpending(&g.pending);
	(void)pthread_sigmask(SIG_BLOCK, &set, &g.before);
	return g;
}

/* Those that came meanwhile are gone. */
void sink_release_signals(const struct sink_guard *g)
{
	static const struct timespec at_once = { 0 };
	sigset_t one;

	for (size_t i = 0; i < ARRAY_SIZE(write_signals); i++) {
		if (sigismember(&g->pending, write_signals[i]) == 1)
			continue;
		(void)sigemptyset(&one);
		(void)sigaddset(&one, write_signals[i]);
		while (sigtimedwait(&one, NULL, &at_once) > 0)
			;
	}
	(void)pthread_sigmask(SIG_SETMASK, &g->before, NULL);
}

/* --- opening ---------------------------------------------------------------------------------------- */

/* One for each processor, and some that wait for the disk meanwhile. */
static unsigned default_threads(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return (n < MOST_BY_DEFAULT ? (unsigned)n : MOST_BY_DEFAULT) + WAIT_FOR_DISK;
}

static struct err *open_all(struct sink *s, uint64_t expected)
{
	TRY(sink_pack_init(&s->pack, &s->file, s->options.packing, s->options.level));
	return sink_file_open(&s->file, &s->options, expected);
}

struct err *sink_open(const struct sink_options *options, uint64_t expected, struct sink **ret)
{
	struct sink *s = calloc(1, sizeof(*s));
	struct err *e;

	if (!s)
		return err_nomem();
	s->options = *options;
	s->options.path = NULL; /* the caller's: the file has a copy */
	s->threads = options->threads ? options->threads : default_threads();
	if (s->threads > MAX_THREADS)
		s->threads = MAX_THREADS;
	s->file.fd = s->file.direct.fd = -1;
	s->file.stop = &s->stop;
	(void)pthread_mutex_init(&s->file.lock, NULL);
	s->options.path = options->path;
	e = open_all(s, expected);
	s->options.path = NULL;
	if (e) {
		sink_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}

void sink_destroy(struct sink *s)
{
	if (!s)
		return;
	sink_file_close(&s->file);
	sink_pack_deinit(&s->pack);
	(void)pthread_mutex_destroy(&s->file.lock);
	free(s->file.path);
	free(s->result_path);
	free(s);
}

/* --- what is kept of a failure -------------------------------------------------------------------------- */

static bool has_head(const struct sink_outcome *out)
{
	for (size_t i = 0; i < out->lost.n; i++)
		if (!out->lost.v[i].first)
			return false;
	return out->n_chunks != 0;
}

static void tell_lost(const struct sink_image *image, const struct sink_outcome *out)
{
	uint64_t end = image->ordered_from < image->size ? image->ordered_from : image->size;

	for (size_t i = 0; image->lost && i < out->lost.n; i++) {
		uint64_t from = out->lost.v[i].first * SINK_CHUNK, to = out->lost.v[i].last * SINK_CHUNK;

		if (from < end)
			image->lost(image->arg, from, (to < end ? to : end) - from);
	}
}

/* A chunk of which only what is behind ordered_from is known; the rest zeros. */
static struct err *fill_late(const struct sink_image *image, uint64_t chunk, uint8_t *buf, size_t *ret_len)
{
	uint64_t start = chunk * SINK_CHUNK, from = start;
	size_t len = sink_chunk_size(image, chunk);
	bool zero = false;

	if (image->ordered_from > from)
		from = image->ordered_from < start + len ? image->ordered_from : start + len;
	memset(buf, 0, len);
	if (from < start + len)
		TRY(sink_fill(image, from, buf + (from - start), (size_t)(start + len - from), &zero));
	if (zero)
		memset(buf, 0, len);
	*ret_len = len;
	return NULL;
}

static struct err *place_trailer(struct sink *s, const struct sink_image *image, uint8_t *buf)
{
	uint64_t at = image->ordered_from, ignored = 0;

	while (at < image->size) {
		uint64_t left = image->size - at;
		size_t n = left < SINK_CHUNK ? (size_t)left : SINK_CHUNK;
		bool zero = false;

		TRY(sink_fill(image, at, buf, n, &zero));
		if (!zero)
			TRY(sink_put_sparse(&s->file, buf, n, at, &ignored));
		at += n;
	}
	return NULL;
}

/* Frames up to the image's end, so that the trailer has its place. */
static struct err *append_trailer(struct sink *s, const struct sink_image *image,
				  const struct sink_outcome *out, uint8_t *buf)
{
	CLEANUP(freep) uint8_t *packed = malloc(sink_packer_bound(&s->pack.packer));
	uint64_t chunk = out->lost.n ? out->lost.v[0].first : out->n_chunks;
	struct sink_piece piece;
	size_t len;

	if (!packed)
		return err_nomem();
	for (; chunk < out->n_chunks; chunk++) {
		if (image->ordered_from >= (chunk + 1) * SINK_CHUNK) {
			TRY(sink_pack_put(&s->pack, &s->pack.zero_piece));
			continue;
		}
		TRY(fill_late(image, chunk, buf, &len));
		TRY(sink_packer_run(&s->pack.packer, buf, len, packed, &piece));
		TRY(sink_pack_put(&s->pack, &piece));
	}
	return NULL;
}

static struct err *salvage(struct sink *s, const struct sink_image *image, const struct sink_outcome *out)
{
	CLEANUP(freep) uint8_t *buf = malloc(SINK_CHUNK);

	if (!buf)
		return err_nomem();
	tell_lost(image, out);
	if (!sink_is_ordered(s)) {
		/* Without room for its trailer the file is still worth having. */
		(void)err_ignore(place_trailer(s, image, buf));
		return NULL;
	}
	if (s->options.packing == SINK_ZSTD && !out->write_failed && image->ordered_from < image->size)
		(void)err_ignore(append_trailer(s, image, out, buf));
	return sink_pack_salvage(&s->pack);
}

/* --- writing ---------------------------------------------------------------------------------------------- */

static struct err *copy(struct sink *s, const struct sink_image *image, struct sink_outcome *out)
{
	if (sink_is_ordered(s)) {
		sink_gather(&s->file);
		TRY(sink_pack_begin(&s->pack, image->size));
		TRY(sink_run(s, image, out));
		TRY(sink_pack_finish(&s->pack));
		return sink_flush(&s->file);
	}
	if (ftruncate(s->file.fd, (off_t)image->size) != 0)
		return err_os(errno, "%s: %" PRIu64 " bytes", s->file.name, image->size);
	return sink_run(s, image, out);
}

static struct err *finish(struct sink *s, bool partial)
{
	return sink_file_finish(&s->file, partial, &s->result_path);
}

static bool keep_partial(struct sink *s, const struct sink_image *image, const struct sink_outcome *out)
{
	if (!s->options.keep_partial || s->file.kind != FILE_NAMED || !has_head(out))
		return false;
	atomic_store(&s->stop, false);
	return !err_ignore(salvage(s, image, out)) && !err_ignore(finish(s, true));
}

static void fill_result(const struct sink *s, const struct sink_outcome *out, uint64_t began,
			bool partial, struct sink_result *ret)
{
	struct stat st;

	*ret = (struct sink_result){
		.path = s->result_path,
		.written = atomic_load(&s->file.written),
		.size = atomic_load(&s->file.written),
		.zero = out->zero,
		.nanoseconds = sink_now() - began,
		.partial = partial,
	};
	if (s->file.kind == FILE_NAMED && fstat(s->file.fd, &st) == 0)
		ret->size = (uint64_t)st.st_size;
}

static struct err *write_image(struct sink *s, const struct sink_image *image, struct sink_result *ret)
{
	struct sink_outcome out = { 0 };
	uint64_t began = sink_now();
	struct err *e = copy(s, image, &out);
	bool partial;

	if (!e)
		e = finish(s, false);
	partial = e && keep_partial(s, image, &out);
	if (!e || partial)
		fill_result(s, &out, began, partial, ret);
	sink_file_close(&s->file);
	vec_deinit(&out.lost);
	return e;
}

struct err *sink_write(struct sink *s, const struct sink_image *image, struct sink_result *ret)
{
	struct sink_guard g = sink_hold_signals();
	struct err *e = write_image(s, image, ret);

	sink_release_signals(&g);
	return e;
}
