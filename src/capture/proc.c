/* SPDX-License-Identifier: MIT */
/*
 * Files of /proc, and what stat and status say of a process or thread.
 *
 * stat is one line: "pid (comm) state ppid ...". comm may hold anything, also
 * blanks, newlines and parentheses: it ends at the last ')' of the text.
 * status has "Key:\tvalue" lines; its long ones (Groups) are of no interest.
 *
 * Sources: proc(5), kernel Documentation/filesystems/proc.rst.
 */
#include "capture/proc_impl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 16 << 20, STEP = 4096, MAX_LINK = 4096 };

struct err *proc_gone(struct err *e, const char *path)
{
	if (!e)
		return NULL;
	if (err_code(e) == ERR_OS && (err_errno(e) == ESRCH || err_errno(e) == ENOENT)) {
		err_free(e);
		return err_new(ERR_NOTFOUND, "%s: no such process", path);
	}
	return err_code(e) == ERR_OS ? err_prefix(e, "%s", path) : e;
}

struct err *proc_open(const char *path, int *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return proc_gone(err_os(errno, "cannot open"), path);
	*ret = fd;
	return NULL;
}

struct err *proc_each_line(const char *path, proc_line_fn *each, void *arg)
{
	char buf[STEP];
	struct line line;
	struct lines lines;
	bool more = true;
	struct err *e;
	int fd = -1;

	TRY(proc_open(path, &fd));
	lines = lines_of_fd(fd, buf, sizeof(buf));
	do {
		e = proc_gone(lines_next(&lines, &line, &more), path);
		if (!e && more)
			e = each(arg, &line);
	} while (!e && more);
	(void)close(fd);
	return e;
}

static ssize_t read_again(int fd, void *buf, size_t n)
{
	ssize_t got;

	do
		got = read(fd, buf, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Reads to the end into *ret (malloc), one byte more for the NUL. */
static struct err *read_whole(int fd, char **ret, size_t *ret_size)
{
	CLEANUP(freep) char *buf = NULL;
	size_t n = 0, cap = 0;
	ssize_t got;

	do {
		if (cap - n < STEP) {
			char *grown = realloc(buf, cap ? cap * 2 : 2 * STEP);

			if (!grown)
				return err_nomem();
			buf = grown;
			cap = cap ? cap * 2 : 2 * STEP;
		}
		got = read_again(fd, buf + n, cap - n - 1);
		if (got < 0)
			return err_os(errno, "cannot read");
		n += (size_t)got;
	} while (got && n < FILE_LIMIT);
	buf[n] = '\0';
	*ret_size = n;
	*ret = TAKE_PTR(buf);
	return NULL;
}

struct err *proc_read_file(const char *path, struct arena *a, char **ret, size_t *ret_size)
{
	CLEANUP(freep) char *buf = NULL;
	char *copy;
	size_t size = 0;
	struct err *e;
	int fd = -1;

	TRY(proc_open(path, &fd));
	e = read_whole(fd, &buf, &size);
	(void)close(fd);
	if (e)
		return proc_gone(e, path);
	copy = arena_memdup(a, buf, size + 1);
	if (!copy)
		return err_nomem();
	*ret = copy;
	*ret_size = size;
	return NULL;
}

static struct err *only_nomem(struct err *e)
{
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	err_free(e);
	return NULL;
}

struct err *proc_text(const char *path, struct arena *a, const char **ret)
{
	size_t n = 0;
	char *s = NULL;

	*ret = "";
	TRY(only_nomem(proc_read_file(path, a, &s, &n)));
	if (!s)
		return NULL;
	while (n && (s[n - 1] == '\n' || s[n - 1] == '\0'))
		n--;
	s[n] = '\0';
	*ret = s;
	return NULL;
}

struct err *proc_link(const char *path, struct arena *a, const char **ret)
{
	char buf[MAX_LINK];
	ssize_t n = readlink(path, buf, sizeof(buf));

	*ret = n > 0 ? arena_strndup(a, buf, (size_t)n) : "";
	return *ret ? NULL : err_nomem();
}

uint64_t proc_number(const char *path, uint64_t other)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[64];
	struct scan s;
	ssize_t n;
	uint64_t v;

	if (fd < 0)
		return other;
	n = read_again(fd, buf, sizeof(buf));
	(void)close(fd);
	s = scan_init(buf, n > 0 ? (size_t)n : 0);
	v = (uint64_t)scan_s64(&s);
	return s.failed ? other : v;
}

bool proc_is_number(const char *s, pid_t *ret)
{
	struct scan scan = scan_init(s, strlen(s));
	uint64_t v;

	if (*s < '0' || *s > '9')
		return false;
	v = scan_u64(&scan);
	if (scan.failed || scan_left(&scan) || v > INT32_MAX)
		return false;
	*ret = (pid_t)v;
	return true;
}

enum { DIR_BUFFER = 16384 };

static struct err *each_number_of(const char *buf, size_t size, proc_entry_fn *each, void *arg)
{
	pid_t number;

	for (size_t at = 0; at < size;) {
		const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buf + at);

		if (proc_is_number(entry->d_name, &number))
			TRY(each(arg, number));
		at += entry->d_reclen;
	}
	return NULL;
}

/* Without allocation: threads are listed while a process stands still, which may be our own. */
struct err *proc_each_number(const char *path, proc_entry_fn *each, void *arg)
{
	_Alignas(struct dirent64) char buf[DIR_BUFFER];
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err *e = NULL;
	ssize_t n = 0;

	if (fd < 0)
		return proc_gone(err_os(errno, "cannot open"), path);
	while (!e && (n = getdents64(fd, buf, sizeof(buf))) > 0)
		e = each_number_of(buf, (size_t)n, each, arg);
	if (!e && n < 0)
		e = proc_gone(err_os(errno, "cannot read"), path);
	(void)close(fd);
	return e;
}

/* What stands behind comm, in its order. */
static void scan_stat(struct scan *s, struct proc_stat *st)
{
	size_t len;
	const char *state = scan_word(s, &len);

	st->state = len ? *state : '?';
	st->ppid = (pid_t)scan_s64(s);
	st->pgrp = (pid_t)scan_s64(s);
	st->sid = (pid_t)scan_s64(s);
	scan_skip(s, 2); /* tty_nr, tpgid */
	st->flags = scan_u64(s);
	scan_skip(s, 4); /* faults */
	st->user_ticks = scan_u64(s);
	st->system_ticks = scan_u64(s);
	st->child_user_ticks = (uint64_t)scan_s64(s);
	st->child_system_ticks = (uint64_t)scan_s64(s);
	st->priority = (int32_t)scan_s64(s);
	st->nice = (int32_t)scan_s64(s);
	st->threads = (uint32_t)scan_u64(s);
	scan_skip(s, 1); /* itrealvalue */
	st->start_ticks = scan_u64(s);
	st->vm_size = scan_u64(s);
	scan_skip(s, 14); /* rss (status has it) to wchan and counts of swapped pages */
	st->exit_signal = (int32_t)scan_s64(s);
	st->cpu = (uint32_t)scan_u64(s);
	scan_skip(s, 1); /* rt_priority: in priority too */
	st->policy = (int32_t)scan_u64(s);
}

static void copy_text(char *to, size_t size, const char *s, size_t n)
{
	n = n < size - 1 ? n : size - 1;
	memcpy(to, s, n);
	to[n] = '\0';
}

static struct err *parse_stat(const char *path, const char *text, size_t n, struct proc_stat *st)
{
	const char *open = memchr(text, '(', n), *close = memrchr(text, ')', n);
	struct scan s = scan_init(text, n);

	if (!open || !close || close < open)
		return err_new(ERR_CORRUPT, "%s: no name in parentheses", path);
	st->tid = (pid_t)scan_u64(&s);
	copy_text(st->comm, sizeof(st->comm), open + 1, (size_t)(close - open - 1));
	s.p = close + 1;
	scan_stat(&s, st);
	return s.failed ? err_new(ERR_CORRUPT, "%s: fewer numbers than expected", path) : NULL;
}

static struct err *read_stat(const char *path, struct proc_stat *st)
{
	char text[2048];
	ssize_t n;
	int fd = -1, errnum;

	TRY(proc_open(path, &fd));
	n = read_again(fd, text, sizeof(text));
	errnum = errno;
	(void)close(fd);
	if (n <= 0)
		return proc_gone(err_os(n ? errnum : ESRCH, "cannot read"), path);
	return parse_stat(path, text, (size_t)n, st);
}

enum status_kind { DECIMAL, HEX, KILOBYTES };
#define ROW(key, member, kind) { key, offsetof(struct proc_stat, member), sizeof(((struct proc_stat *)0)->member), kind }
static const struct {
	const char *key;
	size_t offset, size;
	enum status_kind kind;
} status_rows[] = {
	ROW("Tgid:", tgid, DECIMAL),
	ROW("TracerPid:", tracer, DECIMAL),
	ROW("VmSize:", vm_size, KILOBYTES),
	ROW("VmLck:", vm_locked, KILOBYTES),
	ROW("VmRSS:", vm_rss, KILOBYTES),
	ROW("VmSwap:", vm_swap, KILOBYTES),
	ROW("HugetlbPages:", vm_hugetlb, KILOBYTES),
	ROW("SigPnd:", sigpend, HEX),
	ROW("ShdPnd:", shdpend, HEX),
	ROW("SigBlk:", sigblk, HEX),
	ROW("SigIgn:", sigign, HEX),
	ROW("SigCgt:", sigcgt, HEX),
	ROW("Seccomp:", seccomp, DECIMAL),
	ROW("voluntary_ctxt_switches:", voluntary_switches, DECIMAL),
	ROW("nonvoluntary_ctxt_switches:", involuntary_switches, DECIMAL),
};

static void set_row(struct proc_stat *st, size_t row, struct scan *s)
{
	char *to = (char *)st + status_rows[row].offset;
	uint64_t v;
	uint32_t narrow;

	scan_blanks(s);
	v = status_rows[row].kind == HEX ? scan_hex(s) : scan_u64(s);
	if (s->failed)
		return;
	if (status_rows[row].kind == KILOBYTES)
		v *= 1024;
	narrow = (uint32_t)v;
	if (status_rows[row].size == sizeof(v))
		memcpy(to, &v, sizeof(v));
	else
		memcpy(to, &narrow, sizeof(narrow));
}

/* "Uid: real effective saved filesystem" */
static void scan_ids(struct scan *s, uint32_t *real, uint32_t *effective)
{
	*real = (uint32_t)scan_u64(s);
	*effective = (uint32_t)scan_u64(s);
}

/* "NSpid: 4711 12 1": the last is that of the innermost namespace. */
static void scan_nspid(struct scan *s, struct proc_stat *st)
{
	for (scan_blanks(s); scan_left(s) && !s->failed; scan_blanks(s))
		st->ns_pid = (pid_t)scan_u64(s);
}

/* "x86_Thread_features:\tshstk wrss " (kernel Documentation/arch/x86/shstk.rst) */
static void scan_features(struct scan *s, struct proc_stat *st)
{
	const char *word;
	size_t len;

	for (scan_blanks(s); scan_left(s) && !s->failed; scan_blanks(s)) {
		word = scan_word(s, &len);
		st->shadow_stack |= len == 5 && memcmp(word, "shstk", 5) == 0;
	}
}

struct err *proc_status_line(void *arg, const struct line *line)
{
	struct proc_stat *st = arg;
	struct scan s = scan_line(line);

	if (scan_prefix(&s, "Uid:")) {
		scan_ids(&s, &st->uid, &st->euid);
		return NULL;
	}
	if (scan_prefix(&s, "Gid:")) {
		scan_ids(&s, &st->gid, &st->egid);
		return NULL;
	}
	if (scan_prefix(&s, "NSpid:")) {
		scan_nspid(&s, st);
		return NULL;
	}
	if (scan_prefix(&s, "x86_Thread_features:")) {
		scan_features(&s, st);
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(status_rows); i++)
		if (scan_prefix(&s, status_rows[i].key)) {
			set_row(st, i, &s);
			return NULL;
		}
	return NULL;
}

static void task_path(char (*path)[PROC_PATH], pid_t tgid, pid_t tid, const char *file)
{
	if (tid)
		(void)snprintf(*path, sizeof(*path), "/proc/%d/task/%d/%s", (int)tgid, (int)tid, file);
	else
		(void)snprintf(*path, sizeof(*path), "/proc/%d/%s", (int)tgid, file);
}

struct err *proc_stat_read(pid_t tgid, pid_t tid, struct proc_stat *ret)
{
	struct proc_stat st = { .tgid = tgid, .ns_pid = tid ? tid : tgid };
	char path[PROC_PATH];

	task_path(&path, tgid, tid, "stat");
	TRY(read_stat(path, &st));
	task_path(&path, tgid, tid, "status");
	TRY(proc_each_line(path, proc_status_line, &st));
	*ret = st;
	return NULL;
}

/* Takes "[<0>] " off every line: addresses are hidden there since Linux 4.15. */
static void strip_marks(char *s)
{
	static const char mark[] = "[<0>] ";
	char *to = s;
	bool at_start = true;

	while (*s) {
		if (at_start && !strncmp(s, mark, sizeof(mark) - 1)) {
			s += sizeof(mark) - 1;
			at_start = false;
			continue;
		}
		at_start = *s == '\n';
		*to++ = *s++;
	}
	*to = '\0';
}

static struct err *task_text(pid_t tgid, pid_t tid, const char *file, struct arena *a, const char **ret)
{
	char path[PROC_PATH];

	task_path(&path, tgid, tid, file);
	return proc_text(path, a, ret);
}

struct err *proc_thread_read(pid_t tgid, pid_t tid, struct arena *a, struct proc_thread *ret)
{
	struct proc_thread t = { .wchan = "" };
	char path[PROC_PATH], *stack = NULL;
	size_t n;

	TRY(proc_stat_read(tgid, tid, &t.stat));
	TRY(task_text(tgid, tid, "wchan", a, &t.wchan));
	if (!strcmp(t.wchan, "0")) /* not waiting, or hidden */
		t.wchan = "";
	TRY(task_text(tgid, tid, "syscall", a, &t.syscall));
	task_path(&path, tgid, tid, "stack");
	TRY(only_nomem(proc_read_file(path, a, &stack, &n)));
	if (stack)
		strip_marks(stack);
	while (stack && *stack && stack[strlen(stack) - 1] == '\n')
		stack[strlen(stack) - 1] = '\0';
	t.stack = stack ? stack : "";
	*ret = t;
	return NULL;
}
