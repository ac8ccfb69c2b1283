/* SPDX-License-Identifier: MIT */
/*
 * The file: beside its name while it is written, under its name when it is
 * whole. Until it was renamed, closing removes it.
 *
 * A name that is a pipe or a device already is written to as standard output
 * would be: renaming a file over /dev/null is nobody's wish.
 */
#include "capture/sink_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PIPE_ROOM = 1 << 20, MAX_PARTIAL = 99 };
#define MOST_KEPT_FREE (UINT64_C(1) << 30)

static enum file_kind kind_of(const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return FILE_GIVEN;
	return S_ISSOCK(st->st_mode) ? FILE_SOCKET : FILE_PIPE;
}

static struct err *open_stdout(struct sink_file *f)
{
	struct stat st;

	f->name = "standard output";
	if (isatty(STDOUT_FILENO))
		return err_new(ERR_USAGE, "standard output is a terminal, and a dump is no text");
	f->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		return err_os(errno, "%s", f->name);
	f->kind = kind_of(&st);
	if (S_ISFIFO(st.st_mode))
		(void)fcntl(f->fd, F_SETPIPE_SZ, PIPE_ROOM);
	return NULL;
}

static struct err *open_existing(struct sink_file *f, mode_t mode)
{
	if (S_ISDIR(mode))
		return err_new(ERR_USAGE, "%s is a directory", f->name);
	if (!S_ISFIFO(mode) && !S_ISCHR(mode))
		return err_new(ERR_USAGE, "%s is neither a file nor a pipe", f->name);
	f->fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (f->fd < 0)
		return err_os(errno, "%s", f->name);
	f->kind = FILE_PIPE;
	return NULL;
}

static struct err *open_temp(struct sink_file *f)
{
	char *temp;

	if (asprintf(&temp, "%s.tmp-XXXXXX", f->path) < 0)
		return err_nomem();
	f->fd = mkostemp(temp, O_CLOEXEC); /* O_EXCL, 0600 */
	if (f->fd < 0) {
		struct err *e = err_os(errno, "%s", f->name);

		free(temp);
		return e;
	}
	f->temp = temp;
	f->kind = FILE_NAMED;
	direct_open(&f->direct, f->fd, O_WRONLY);
	return NULL;
}

static struct err *open_named(struct sink_file *f, const char *path)
{
	struct stat st;

	f->path = strdup(path);
	if (!f->path)
		return err_nomem();
	f->name = f->path;
	if (!*path)
		return err_new(ERR_USAGE, "the dump has no file name");
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return open_existing(f, st.st_mode);
	if (!f->replace && lstat(path, &st) == 0)
		return err_os(EEXIST, "%s", path);
	return open_temp(f);
}

static uint64_t default_floor(int fd)
{
	struct statvfs st;
	uint64_t part;

	if (fstatvfs(fd, &st) < 0)
		return 0;
	part = (uint64_t)st.f_blocks * st.f_frsize / 20;
	return part < MOST_KEPT_FREE ? part : MOST_KEPT_FREE;
}

struct err *sink_file_open(struct sink_file *f, const struct sink_options *o, uint64_t expected)
{
	f->replace = o->replace;
	f->rate = o->limit_rate;
	f->expected = expected;
	TRY(strcmp(o->path, "-") == 0 ? open_stdout(f) : open_named(f, o->path));
	f->keep_free = o->keep_free == UINT64_MAX ? default_floor(f->fd) : o->keep_free;
	return sink_check_room(f, o->packing);
}

void sink_file_close(struct sink_file *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	f->fd = -1;
	direct_close(&f->direct);
	free(f->stage);
	f->stage = NULL;
	if (f->temp)
		(void)unlink(f->temp);
	free(f->temp);
	f->temp = NULL;
}

/* --- the name ----------------------------------------------------------------------------------- */

/* Without RENAME_NOREPLACE, which not all file systems have. */
static bool name_by_link(const char *from, const char *to)
{
	struct stat st;

	if (link(from, to) == 0)
		return unlink(from) == 0;
	if (errno == EEXIST)
		return false;
	if (lstat(to, &st) == 0) {
		errno = EEXIST;
		return false;
	}
	return rename(from, to) == 0;
}

/* false: errno says why. */
static bool give_name(const char *from, const char *to, bool replace)
{
	if (replace)
		return rename(from, to) == 0;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	return (errno == EINVAL || errno == ENOSYS) && name_by_link(from, to);
}

static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)fsync(fd);
		(void)close(fd);
	}
	free(folder);
}

static struct err *name_whole(struct sink_file *f, char **ret)
{
	char *path = strdup(f->path);

	if (!path)
		return err_nomem();
	if (give_name(f->temp, path, f->replace)) {
		*ret = path;
		return NULL;
	}
	free(path);
	return err_os(errno, "%s", f->name);
}

/* "core.partial", or when there is one "core.partial.2" ... */
static struct err *name_partial(struct sink_file *f, char **ret)
{
	for (unsigned i = 1; i <= MAX_PARTIAL; i++) {
		char *path, number[16] = "";

		if (i > 1)
			(void)snprintf(number, sizeof(number), ".%u", i);
		if (asprintf(&path, "%s.partial%s", f->path, number) < 0)
			return err_nomem();
		if (give_name(f->temp, path, false)) {
			*ret = path;
			return NULL;
		}
		free(path);
		if (errno != EEXIST)
			break;
	}
	return err_os(errno, "%s.partial", f->name);
}

struct err *sink_file_finish(struct sink_file *f, bool partial, char **ret)
{
	if (f->kind != FILE_NAMED) {
		*ret = f->path ? strdup(f->path) : NULL;
		return f->path && !*ret ? err_nomem() : NULL;
	}
	if (fsync(f->fd) != 0)
		return err_os(errno, "%s", f->name);
	TRY(partial ? name_partial(f, ret) : name_whole(f, ret));
	free(f->temp);
	f->temp = NULL;
	sync_folder(*ret);
	return NULL;
}
