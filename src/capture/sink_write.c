/* SPDX-License-Identifier: MIT */
/*
 * Bytes to the file.
 *
 * A pipe is never given more than it has room for, and PIPE_BUF bytes where
 * its room is not known, once poll says that it takes any: so Ctrl-C ends a
 * dump that nobody reads. Sockets are told not to block. All that waits looks
 * at `stop` and at the user's wish ten times a second.
 *
 * The rate is kept by a clock that runs ahead: each piece moves it by the time
 * it may take, and waits until the clock was reached.
 *
 * Tails and what is small between holes goes through the page cache, the rest past
 * it. What is written in order is gathered to large pieces for that, in the stage.
 */
#include "capture/sink_impl.h"
#include "base/cancel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	LOOK_EVERY_MS = 100,
	SPACE_EVERY = 64 << 20, /* written bytes between looks at the disk */
	PACKED_AT_BEST = 8,	/* times that process memory shrinks when it shrinks well */
	STAGE = 1 << 20,
};
#define SECOND UINT64_C(1000000000)

uint64_t sink_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* --- space ------------------------------------------------------------------------------------ */

struct size_text {
	char s[24];
};

static struct size_text size_text(uint64_t n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	struct size_text t;
	double v = (double)n;
	unsigned u = 0;

	while (v >= 999.95 && u + 1 < ARRAY_SIZE(units)) {
		v /= 1000;
		u++;
	}
	(void)snprintf(t.s, sizeof(t.s), "%.*f %s", u ? 1 : 0, v, units[u]);
	return t;
}

/* UINT64_MAX: not known. */
static uint64_t free_bytes(const struct sink_file *f)
{
	struct statvfs st;

	if (f->kind == FILE_PIPE || f->kind == FILE_SOCKET || fstatvfs(f->fd, &st) < 0)
		return UINT64_MAX;
	return (uint64_t)st.f_bavail * st.f_frsize;
}

static struct err *no_space(const struct sink_file *f, uint64_t bytes, const char *what, uint64_t left)
{
	return err_os(ENOSPC, "%s: no space: %s %s, %s free of which %s stay free", f->name,
		      size_text(bytes).s, what, size_text(left).s, size_text(f->keep_free).s);
}

struct err *sink_check_room(struct sink_file *f, enum sink_packing packing)
{
	uint64_t left = free_bytes(f), want = f->expected;

	if (packing != SINK_PLAIN)
		want /= PACKED_AT_BEST;
	if (left == UINT64_MAX || (left >= f->keep_free && left - f->keep_free >= want))
		return NULL;
	return no_space(f, f->expected, "expected", left);
}

struct err *sink_check_space(struct sink_file *f)
{
	uint64_t written = atomic_load(&f->written), before = atomic_load(&f->looked_at), left;

	if (!f->keep_free || written - before < SPACE_EVERY ||
	    !atomic_compare_exchange_strong(&f->looked_at, &before, written))
		return NULL;
	left = free_bytes(f);
	return left < f->keep_free ? no_space(f, written, "written", left) : NULL;
}

/* --- one piece ----------------------------------------------------------------------------------- */

static bool stopped(const struct sink_file *f)
{
	return atomic_load(f->stop) || cancel_requested();
}

/* Waits for the turn of n bytes. */
static void keep_rate(struct sink_file *f, size_t n)
{
	uint64_t cost = (uint64_t)((double)n * (double)SECOND / (double)f->rate), turn, now = sink_now();

	(void)pthread_mutex_lock(&f->lock);
	turn = f->allowed > now ? f->allowed : now;
	f->allowed = turn + cost;
	(void)pthread_mutex_unlock(&f->lock);
	while (now < turn && !stopped(f)) {
		uint64_t ms = (turn - now) / 1000000 + 1;

		(void)poll(NULL, 0, ms < LOOK_EVERY_MS ? (int)ms : LOOK_EVERY_MS);
		now = sink_now();
	}
}

static size_t piece_of(const struct sink_file *f, size_t n)
{
	size_t most = n;

	if (f->rate && f->rate / 10 < most)
		most = f->rate / 10 < DIRECT_ALIGNED ? DIRECT_ALIGNED : (size_t)(f->rate / 10) & ~(size_t)(DIRECT_ALIGNED - 1);
	return most < n ? most : n;
}

/* As much of n as a pipe takes at once: it has its pages less those in use, of which the first and
 * the last may be used in part. */
static size_t fit(const struct sink_file *f, size_t n)
{
	int size, used = 0, room = PIPE_BUF;

	if (n <= PIPE_BUF)
		return n;
	size = fcntl(f->fd, F_GETPIPE_SZ);
	if (size > 0 && ioctl(f->fd, FIONREAD, &used) == 0 && size - used > 4 * PIPE_BUF)
		room = size - used - 3 * PIPE_BUF;
	return n < (size_t)room ? n : (size_t)room;
}

/* CANCELLED when it was stopped first. */
static struct err *wait_for_reader(const struct sink_file *f)
{
	struct pollfd p = { .fd = f->fd, .events = POLLOUT };

	for (;;) {
		int n = poll(&p, 1, LOOK_EVERY_MS);

		if (n > 0 || (n < 0 && errno != EINTR)) /* an error will be write's */
			return NULL;
		if (stopped(f))
			return err_cancelled();
	}
}

static ssize_t write_once(struct sink_file *f, const uint8_t *p, size_t n, uint64_t offset)
{
	switch (f->kind) {
	case FILE_NAMED:
		return direct_pwrite(&f->direct, f->fd, p, n, offset);
	case FILE_SOCKET:
		return send(f->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	case FILE_GIVEN:
	case FILE_PIPE:
		break;
	}
	return write(f->fd, p, n);
}

static struct err *write_error(const struct sink_file *f, int errnum)
{
	uint64_t written = atomic_load(&f->written), left = free_bytes(f);

	if ((errnum == ENOSPC || errnum == EDQUOT) && left != UINT64_MAX)
		return err_os(errnum, "%s: %s of %s written, %s free", f->name, size_text(written).s,
			      size_text(f->expected).s, size_text(left).s);
	return err_os(errnum, "%s: after %s", f->name, size_text(written).s);
}

static struct err *write_all(struct sink_file *f, const uint8_t *p, size_t n, uint64_t offset)
{
	while (n) {
		size_t piece = piece_of(f, n);
		ssize_t done;

		if (f->rate)
			keep_rate(f, piece);
		if (f->kind == FILE_PIPE || f->kind == FILE_SOCKET)
			TRY(wait_for_reader(f));
		if (f->kind == FILE_PIPE)
			piece = fit(f, piece);
		done = write_once(f, p, piece, offset);
		if (done < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (done < 0)
			return write_error(f, errno);
		atomic_fetch_add(&f->written, (uint64_t)done);
		p += done;
		n -= (size_t)done;
		offset += (uint64_t)done;
	}
	return sink_check_space(f);
}

/* --- what the threads call ---------------------------------------------------------------------------- */

struct err *sink_put_at(struct sink_file *f, const uint8_t *p, size_t n, uint64_t offset)
{
	return write_all(f, p, n, offset);
}

void sink_gather(struct sink_file *f)
{
	if (f->direct.fd >= 0)
		f->stage = aligned_alloc(DIRECT_ALIGNED, STAGE); /* or not: it is only faster */
}

static struct err *write_stage(struct sink_file *f)
{
	TRY(write_all(f, f->stage, f->staged, f->at - f->staged));
	f->staged = 0;
	return NULL;
}

static struct err *put_staged(struct sink_file *f, const uint8_t *p, size_t n)
{
	while (n) {
		size_t part;

		if (f->staged == STAGE)
			TRY(write_stage(f));
		part = n < STAGE - f->staged ? n : STAGE - f->staged;
		memcpy(f->stage + f->staged, p, part);
		f->staged += part;
		f->at += part;
		p += part;
		n -= part;
	}
	return NULL;
}

struct err *sink_put(struct sink_file *f, const uint8_t *p, size_t n)
{
	if (f->stage)
		return put_staged(f, p, n);
	TRY(write_all(f, p, n, f->at));
	f->at += n;
	return NULL;
}

/* Nothing is gathered from here on: what follows may begin anywhere. */
struct err *sink_flush(struct sink_file *f)
{
	if (f->stage)
		TRY(write_stage(f));
	free(f->stage);
	f->stage = NULL;
	return NULL;
}

struct err *sink_cut(struct sink_file *f, uint64_t end)
{
	uint64_t in_file = f->at - f->staged;

	if (ftruncate(f->fd, (off_t)(end < in_file ? end : in_file)) != 0)
		return err_os(errno, "%s", f->name);
	f->staged = end < in_file ? 0 : (size_t)(end - in_file);
	f->at = end;
	return sink_flush(f);
}

bool sink_is_zero(const uint8_t *p, size_t n)
{
	return !n || (!p[0] && !memcmp(p, p + 1, n - 1));
}

struct err *sink_put_sparse(struct sink_file *f, const uint8_t *buf, size_t len, uint64_t offset,
			    uint64_t *zero)
{
	size_t start = 0, at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < SINK_HOLE ? len - at : SINK_HOLE;
		if (!sink_is_zero(buf + at, n))
			continue;
		TRY(sink_put_at(f, buf + start, at - start, offset + start));
		start = at + n;
		*zero += n;
	}
	return start < len ? sink_put_at(f, buf + start, len - start, offset + start) : NULL;
}
