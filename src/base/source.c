/* SPDX-License-Identifier: MIT */
/*
 * Files are mapped, but what was read of them does not stay mapped: a process
 * that has walked through a large dump would count all of it as its memory,
 * although every page is the page cache's. Reads note which chunks they touch;
 * after so many the mapping is told to let go. Pointers into it stay good, for
 * its pages come back from the file when they are touched again.
 */
#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err *memory_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, src->map + offset, len);
	return NULL;
}

static void memory_destroy(struct source *src)
{
	free(src->name);
	free(src);
}

enum {
	CHUNK_SHIFT = 16,	/* a page fault maps up to 64 KB around it */
	MAX_CHUNKS = 32,		/* 2 MB of the file */
};

struct file_source {
	struct source src;
	uint8_t *touched;	/* a bit a chunk; NULL: nothing read yet */
	size_t n_touched;
};

static size_t bitmap_size(const struct file_source *f)
{
	return (size_t)(f->src.size >> CHUNK_SHIFT) / 8 + 1;
}

static void let_go(struct file_source *f)
{
	/* Of a private read-only mapping of a file, nothing is lost. */
	(void)madvise((void *)(uintptr_t)f->src.map, f->src.size, MADV_DONTNEED);
	memset(f->touched, 0, bitmap_size(f));
	f->n_touched = 0;
}

static void note_chunk(struct file_source *f, uint64_t chunk)
{
	uint8_t bit = (uint8_t)(1U << chunk % 8);

	if (f->touched[chunk / 8] & bit)
		return;
	if (f->n_touched >= MAX_CHUNKS)
		let_go(f);
	f->touched[chunk / 8] |= bit;
	f->n_touched++;
}

/* The range was checked and is not empty. */
static struct err *file_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct file_source *f = (struct file_source *)src;
	uint8_t *to = buf;

	if (!f->touched)
		f->touched = calloc(1, bitmap_size(f));
	if (!f->touched)
		return memory_read(src, offset, buf, len);
	while (len) {
		size_t n = ((size_t)1 << CHUNK_SHIFT) - (size_t)(offset & (((size_t)1 << CHUNK_SHIFT) - 1));

		if (n > len)
			n = len;
		note_chunk(f, offset >> CHUNK_SHIFT);
		memcpy(to, src->map + offset, n);
		to += n;
		offset += n;
		len -= n;
	}
	return NULL;
}

static void file_destroy(struct source *src)
{
	struct file_source *f = (struct file_source *)src;

	if (src->size)
		(void)munmap((void *)(uintptr_t)src->map, src->size);
	free(f->touched);
	memory_destroy(src);
}

/* ---- files that cannot be mapped: /proc/kcore ------------------------------------------- */

struct read_source {
	struct source src;
	int fd;
};

static struct err *fd_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct read_source *r = (struct read_source *)src;
	uint8_t *to = buf;

	while (len) {
		ssize_t n = pread(r->fd, to, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_os(errno, "%s: offset 0x%" PRIx64, src->name, offset);
		if (!n)
			return err_new(ERR_TRUNCATED, "%s: nothing to be read at offset 0x%" PRIx64, src->name, offset);
		to += n;
		offset += (size_t)n;
		len -= (size_t)n;
	}
	return NULL;
}

static void fd_destroy(struct source *src)
{
	(void)close(((struct read_source *)src)->fd);
	memory_destroy(src);
}

static const struct source_ops fd_ops = { fd_read, fd_destroy };

static const struct source_ops memory_ops = { memory_read, memory_destroy };
static const struct source_ops file_ops = { file_read, file_destroy };

static struct err *make(const struct source_ops *ops, size_t struct_size, const char *name,
			const void *data, uint64_t size, struct source **ret)
{
	struct source *src = calloc(1, struct_size);

	if (!src)
		return err_nomem();
	src->name = strdup(name);
	if (!src->name) {
		free(src);
		return err_nomem();
	}
	src->ops = ops;
	src->size = size;
	src->map = data;
	*ret = src;
	return NULL;
}

static struct err *keep_file(const char *path, int fd, uint64_t size, struct source **ret)
{
	struct source *src = NULL;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct err *e;

	if (own < 0)
		return err_os(errno, "%s", path);
	e = make(&fd_ops, sizeof(struct read_source), path, NULL, size, &src);
	if (e) {
		(void)close(own);
		return e;
	}
	((struct read_source *)src)->fd = own;
	*ret = src;
	return NULL;
}

static struct err *map_file(const char *path, int fd, struct source **ret)
{
	void *map = NULL;
	struct err *e;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_os(errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_UNSUPPORTED, "%s: not a regular file", path);
	if (st.st_size) {
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map == MAP_FAILED && (errno == EIO || errno == ENODEV || errno == ENOMEM))
			return keep_file(path, fd, (uint64_t)st.st_size, ret);
		if (map == MAP_FAILED)
			return err_os(errno, "%s: cannot map", path);
	}
	e = make(&file_ops, sizeof(struct file_source), path, map, (uint64_t)st.st_size, ret);
	if (e && map)
		(void)munmap(map, (size_t)st.st_size);
	return e;
}

struct err *source_open_file(const char *path, struct source **ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct err *e;

	if (fd < 0)
		return err_os(errno, "%s", path);
	e = map_file(path, fd, ret);
	(void)close(fd);
	return e;
}

struct err *source_from_memory(const char *name, const void *data, size_t size,
			       struct source **ret)
{
	return make(&memory_ops, sizeof(struct source), name, data, size, ret);
}

void source_destroy(struct source *src)
{
	if (src)
		src->ops->destroy(src);
}

static struct err *check_range(const struct source *src, uint64_t offset, uint64_t len)
{
	if (range_in(offset, len, src->size))
		return NULL;
	return err_new(ERR_TRUNCATED,
		       "%s: %" PRIu64 " bytes at offset 0x%" PRIx64
		       " expected, the file has %" PRIu64 " bytes",
		       src->name, len, offset, src->size);
}

struct err *source_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	TRY(check_range(src, offset, len));
	if (!len)
		return NULL;
	return src->ops->read(src, offset, buf, len);
}

size_t source_read_some(struct source *src, uint64_t offset, void *buf, size_t len)
{
	if (offset >= src->size)
		return 0;
	if (len > src->size - offset)
		len = (size_t)(src->size - offset);
	return err_ignore(source_read(src, offset, buf, len)) ? 0 : len;
}

struct err *source_view(struct source *src, uint64_t offset, uint64_t len, struct view *ret)
{
	struct err *e;
	void *copy;

	TRY(check_range(src, offset, len));
	if (src->map || !len) {
		*ret = (struct view){ .data = src->map ? src->map + offset : NULL, .size = len };
		return NULL;
	}
	copy = malloc(len);
	if (!copy)
		return err_nomem();
	e = source_read(src, offset, copy, len);
	if (e) {
		free(copy);
		return e;
	}
	*ret = (struct view){ .data = copy, .size = len, .copy = copy };
	return NULL;
}

void view_deinit(struct view *view)
{
	free(view->copy);
	*view = (struct view)VIEW_INIT;
}

struct err *source_cursor(struct source *src, uint64_t offset, uint64_t len, struct view *ret_view,
			  struct cursor *ret)
{
	TRY(source_view(src, offset, len, ret_view));
	*ret = cursor_init(src->name, ret_view->data, ret_view->size, offset);
	return NULL;
}
