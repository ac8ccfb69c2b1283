/* SPDX-License-Identifier: MIT */
/*
 * Unpacking a whole compressed source into a nameless file and mapping that.
 *
 * The file is made with O_TMPFILE (else made and unlinked at once), mode 0600:
 * nobody else can open it and no crash leaves it behind. Blocks of zeros are
 * not written. The free space of the folder, less a reserve, bounds what may
 * be unpacked, so that a small file cannot fill the disk.
 */
#include "format/compress_impl.h"
#include "base/cancel.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 20,
	BLOCK = 4096,		   /* of zeros that are left out */
	RESERVE = 64 << 20,	   /* left free on the disk */
	SPACE_EVERY = 64 << 20,	   /* written bytes between looks at the disk */
};

#define SUFFIX " (unpacked)"

struct unpack {
	struct source *src;
	const struct codec *codec;
	const char *dir;
	bool (*wanted)(struct source *head);
	int fd;
	uint64_t limit; /* of size */
	uint64_t in;	/* consumed of src */
	uint64_t size;	/* unpacked */
	uint64_t written, looked_at;
	uint8_t *out;
};

static const char *folder(const struct unwrap *u)
{
	const char *dir = u->tmpdir ? u->tmpdir : getenv("TMPDIR");

	return dir && *dir ? dir : "/var/tmp";
}

static struct err *make_file(const char *dir, int *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && errno != ENOENT && errno != EACCES && errno != EROFS) {
		strbuf_addf(&path, "%s/osmodump-XXXXXX", dir);
		TRY(strbuf_check(&path));
		fd = mkostemp(path.s, O_CLOEXEC);
		if (fd >= 0)
			(void)unlink(path.s);
	}
	if (fd < 0)
		return err_os(errno, "%s: no file can be made there to unpack into", dir);
	*ret = fd;
	return NULL;
}

static uint64_t free_bytes(int fd)
{
	struct statvfs st;

	if (fstatvfs(fd, &st) < 0)
		return UINT64_MAX;
	return (uint64_t)st.f_bavail * st.f_frsize;
}

static struct err *too_little(const struct unpack *p, uint64_t needed)
{
	uint64_t there = free_bytes(p->fd);

	return err_new(ERR_UNSUPPORTED,
		       "%s: unpacking it needs %" PRIu64 " bytes in %s, %" PRIu64
		       " are free (set TMPDIR to a larger disk)",
		       p->src->name, needed, p->dir, there);
}

static struct err *over_limit(const struct unpack *p)
{
	return err_new(ERR_UNSUPPORTED,
		       "%s: stopped after unpacking %" PRIu64 " bytes out of %" PRIu64 " of %" PRIu64
		       ": more than the %" PRIu64 " bytes that %s may take (set TMPDIR to a larger disk)",
		       p->src->name, p->size, p->in, p->src->size, p->limit, p->dir);
}

static struct err *write_all(struct unpack *p, const uint8_t *buf, size_t n, uint64_t offset)
{
	while (n) {
		ssize_t done = pwrite(p->fd, buf, n, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_os(errno, "%s: %s: after unpacking %" PRIu64 " bytes", p->src->name,
				      p->dir, p->size);
		buf += done;
		n -= (size_t)done;
		offset += (uint64_t)done;
		p->written += (uint64_t)done;
	}
	return NULL;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	return !p[0] && !memcmp(p, p + 1, n - 1);
}

/* Writes runs of blocks that hold something; the rest stays a hole. */
static struct err *put(struct unpack *p, size_t n)
{
	size_t start = 0, at;

	if (n > p->limit || p->size > p->limit - n)
		return over_limit(p);
	for (at = 0; at < n; at += BLOCK) {
		size_t len = n - at < BLOCK ? n - at : BLOCK;

		if (!all_zero(p->out + at, len))
			continue;
		TRY(write_all(p, p->out + start, at - start, p->size + start));
		start = at + len;
	}
	if (start < n)
		TRY(write_all(p, p->out + start, n - start, p->size + start));
	p->size += n;
	if (p->written - p->looked_at < SPACE_EVERY)
		return NULL;
	p->looked_at = p->written;
	return free_bytes(p->fd) < RESERVE ? over_limit(p) : NULL;
}

/* Padding behind a stream. */
static struct err *skip_zeros(struct unpack *p)
{
	uint8_t b[BLOCK];

	for (;;) {
		uint64_t left = p->src->size - p->in;
		size_t n = left < BLOCK ? (size_t)left : BLOCK, zeros = 0;

		TRY(cancel_check());
		TRY(source_read(p->src, p->in, b, n));
		while (zeros < n && !b[zeros])
			zeros++;
		p->in += zeros;
		if (!n || zeros < n)
			return NULL;
	}
}

/* *ret_more: another stream follows this one. What else follows is damage. */
static struct err *next_stream(struct unpack *p, bool *ret_more)
{
	uint8_t head[CODEC_HEAD] = { 0 };
	size_t n;

	TRY(skip_zeros(p));
	n = source_read_some(p->src, p->in, head, sizeof(head));
	*ret_more = n && p->codec->probe(head, n);
	if (!n || *ret_more)
		return NULL;
	return err_new(ERR_CORRUPT, "%" PRIu64 " bytes that are not %s data follow", p->src->size - p->in,
		       p->codec->name);
}

struct flow {
	struct codec_io io;
	bool ended; /* a stream is complete and no other has begun */
	bool enough; /* what came is not wanted */
};

/* By the first chunk; another layer of compression is. */
static bool is_unwanted(const struct unpack *p)
{
	struct source *head;
	bool unwanted;

	if (!p->wanted || p->size != CHUNK)
		return false;
	for (size_t i = 0; codecs[i]; i++)
		if (codecs[i]->probe(p->out, CODEC_HEAD))
			return false;
	if (err_ignore(source_from_memory(p->src->name, p->out, CHUNK, &head)))
		return false;
	unwanted = !p->wanted(head);
	source_destroy(head);
	return unwanted;
}

/* One input chunk. An error that is CORRUPT is damage; others stop all. */
static struct err *run_chunk(struct unpack *p, void *state, struct flow *f, uint64_t origin)
{
	bool more = true;

	while (more) {
		size_t in_before = f->io.in_pos, out_before = f->io.out_pos;
		struct err *e = p->codec->step(state, &f->io, &f->ended);
		bool full = f->io.out_pos == f->io.out_size;

		p->in = origin + f->io.in_pos;
		if (e)
			return e;
		if (full) {
			TRY(put(p, f->io.out_pos));
			f->io.out_pos = 0;
			f->enough = is_unwanted(p);
		}
		if (f->enough)
			return NULL;
		if (f->ended) {
			TRY(next_stream(p, &more));
			if (p->in - origin > f->io.in_size)
				return NULL; /* padding ran over the chunk */
			f->io.in_pos = (size_t)(p->in - origin);
		}
		if (f->io.in_pos == in_before && f->io.out_pos == out_before && !full)
			return f->io.in_pos == f->io.in_size
				       ? NULL
				       : err_new(ERR_CORRUPT, "%s data make no progress", p->codec->name);
		if (f->io.in_pos == f->io.in_size && !full)
			return NULL;
	}
	return NULL;
}

static struct err *run(struct unpack *p, void *state)
{
	struct flow f = { .io = { .out = p->out, .out_size = CHUNK } };
	struct err *e = NULL;

	while (!e && !f.enough && p->in < p->src->size) {
		CLEANUP(view_deinit) struct view view = VIEW_INIT;
		uint64_t origin = p->in, left = p->src->size - origin;

		TRY(cancel_check());
		progress_report("unpacking", p->in, p->src->size);
		TRY(source_view(p->src, origin, left < CHUNK ? left : CHUNK, &view));
		f.io.in = view.data;
		f.io.in_size = view.size;
		f.io.in_pos = 0;
		e = run_chunk(p, state, &f, origin);
		if (!e && !f.enough && p->in == origin)
			e = err_new(ERR_CORRUPT, "%s data make no progress", p->codec->name);
	}
	if (!e && !f.enough && !f.ended)
		e = err_new(ERR_CORRUPT, "%s data end early", p->codec->name);
	if ((!e || err_code(e) == ERR_CORRUPT) && f.io.out_pos) {
		struct err *last = put(p, f.io.out_pos);

		if (last) {
			err_free(e);
			e = last;
		}
	}
	return e;
}


static struct err *unpacked_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, src->map + offset, len);
	return NULL;
}

static void unpacked_destroy(struct source *src)
{
	if (src->map)
		(void)munmap((void *)(uintptr_t)src->map, src->size);
	free(src->name);
	free(src);
}

static const struct source_ops unpacked_ops = { unpacked_read, unpacked_destroy };

/* The mapping keeps the file alive; the caller closes the descriptor. */
static struct err *make_source(struct unpack *p, struct source **ret)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	struct source *s = calloc(1, sizeof(*s));
	void *map = NULL;

	if (!s)
		return err_nomem();
	s->ops = &unpacked_ops;
	s->size = p->size;
	strbuf_adds(&name, p->src->name);
	if (!str_ends_nocase(p->src->name, SUFFIX))
		strbuf_adds(&name, SUFFIX);
	s->name = strbuf_detach(&name);
	if (!s->name) {
		source_destroy(s);
		return err_nomem();
	}
	if (p->size)
		map = mmap(NULL, p->size, PROT_READ, MAP_PRIVATE, p->fd, 0);
	if (map == MAP_FAILED) {
		struct err *e = err_os(errno, "%s: cannot map", s->name);

		source_destroy(s);
		return e;
	}
	s->map = map;
	*ret = s;
	return NULL;
}

/* Damage is kept for the caller when something came before it. */
static struct err *settle(struct unpack *p, struct err *e, struct unwrap *u)
{
	if (e && (err_code(e) != ERR_CORRUPT || !p->size))
		return err_code(e) == ERR_CORRUPT
			       ? err_prefix(e, "%s: %s, offset 0x%" PRIx64, p->src->name, p->codec->name,
					    p->in)
			       : e;
	if (ftruncate(p->fd, (off_t)p->size) < 0) {
		err_free(e);
		return err_os(errno, "%s: %s", p->src->name, p->dir);
	}
	if (e && u->damage) { /* follows from the outer layer's */
		err_free(e);
	} else if (e) {
		u->damage = err_prefix(e,
				       "%s: %s, offset 0x%" PRIx64 " of %" PRIu64 ": %" PRIu64
				       " bytes were unpacked before this",
				       p->src->name, p->codec->name, p->in, p->src->size, p->size);
	}
	return NULL;
}

static struct err *unpack(struct unpack *p, struct unwrap *u)
{
	uint64_t want = p->codec->size ? p->codec->size(p->src) : 0, room = free_bytes(p->fd);
	struct err *e;
	void *state;

	room = room > RESERVE ? room - RESERVE : 0;
	p->limit = u->max_size && u->max_size < room ? u->max_size : room;
	if (want > room)
		return too_little(p, want);
	state = p->codec->create();
	if (!state)
		return err_nomem();
	e = run(p, state);
	p->codec->destroy(state);
	return settle(p, e, u);
}

struct err *unpack_to_file(struct source *src, const struct codec *codec, struct unwrap *u,
			   struct source **ret)
{
	struct unpack p = { .src = src, .codec = codec, .dir = folder(u), .wanted = u->wanted };
	struct err *e;

	TRY(make_file(p.dir, &p.fd));
	p.out = malloc(CHUNK);
	e = p.out ? unpack(&p, u) : err_nomem();
	if (!e)
		e = make_source(&p, ret);
	free(p.out);
	(void)close(p.fd);
	return e;
}
