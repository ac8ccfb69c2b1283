/* SPDX-License-Identifier: MIT */
/*
 * One process and the host it runs on. What may not be read stays empty; only
 * a process that is not there is an error.
 *
 * Sources: proc(5), uname(2), getauxval(3), kernel Documentation/filesystems/proc.rst.
 */
#include "capture/proc_impl.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { AT_PHENT = 4, THREADS_ASKED = 64 };

static const struct {
	unsigned e_machine;
	enum machine machine;
} machines[] = {
	{ 62, MACHINE_X64 },	 { 3, MACHINE_X86 },	  { 183, MACHINE_ARM64 },
	{ 40, MACHINE_ARM },	 { 243, MACHINE_RISCV64 }, { 21, MACHINE_PPC64 },
	{ 22, MACHINE_S390X },	 { 258, MACHINE_LOONGARCH64 },
};

/* e_machine of the program's ELF header (System V gABI, chapter 4). */
static enum machine machine_of_program(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t head[20] = { 0 };
	ssize_t n = fd >= 0 ? read(fd, head, sizeof(head)) : -1;
	unsigned number;

	if (fd >= 0)
		(void)close(fd);
	if (n != sizeof(head) || memcmp(head, "\177ELF", 4) != 0)
		return MACHINE_UNKNOWN;
	number = head[5] == 2 ? (unsigned)head[18] << 8 | head[19] : (unsigned)head[19] << 8 | head[18];
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].e_machine == number)
			return machines[i].machine;
	return MACHINE_UNKNOWN;
}

/* Where the program may not be opened: program headers have 56 bytes in 64-bit programs, 32 in others. */
static enum machine machine_of_auxv(const void *auxv, size_t size)
{
	uint64_t wide[2];
	uint32_t narrow[2];

	for (size_t i = 0; auxv && i + sizeof(wide) <= size; i += sizeof(wide)) {
		memcpy(wide, (const char *)auxv + i, sizeof(wide));
		if (wide[0] == AT_PHENT && wide[1] == 56)
			return MACHINE_X64;
	}
	for (size_t i = 0; auxv && i + sizeof(narrow) <= size; i += sizeof(narrow)) {
		memcpy(narrow, (const char *)auxv + i, sizeof(narrow));
		if (narrow[0] == AT_PHENT && narrow[1] == 32)
			return MACHINE_X86;
	}
	return MACHINE_UNKNOWN;
}

struct file_of {
	pid_t pid;
	char path[PROC_PATH];
};

static const char *file_of(struct file_of *f, const char *name)
{
	(void)snprintf(f->path, sizeof(f->path), "/proc/%d/%s", (int)f->pid, name);
	return f->path;
}

static struct err *read_links(struct file_of *at, struct proc_facts *f)
{
	TRY(proc_link(file_of(at, "exe"), &f->arena, &f->exe));
	TRY(proc_link(file_of(at, "cwd"), &f->arena, &f->cwd));
	TRY(proc_link(file_of(at, "root"), &f->arena, &f->root));
	TRY(proc_link(file_of(at, "ns/pid"), &f->arena, &f->pid_ns));
	TRY(proc_link(file_of(at, "ns/user"), &f->arena, &f->user_ns));
	return proc_link(file_of(at, "ns/mnt"), &f->arena, &f->mnt_ns);
}

/* A file whose bytes may hold NULs. *ret stays as it is when it may not be read. */
static struct err *read_bytes(const char *path, struct proc_facts *f, char **ret, size_t *ret_size)
{
	struct err *e = proc_read_file(path, &f->arena, ret, ret_size);

	if (e && err_code(e) == ERR_NOMEM)
		return e;
	err_free(e);
	return NULL;
}

static struct err *read_args(struct file_of *at, struct proc_facts *f)
{
	char *args = NULL;
	size_t n = 0;

	f->args = "";
	TRY(read_bytes(file_of(at, "cmdline"), f, &args, &n));
	while (n && !args[n - 1])
		n--;
	for (size_t i = 0; i < n; i++)
		if (!args[i])
			args[i] = ' ';
	f->args = args ? args : "";
	return NULL;
}

static struct err *read_environment(struct file_of *at, struct proc_facts *f)
{
	char *text = NULL;

	TRY(read_bytes(file_of(at, "environ"), f, &text, &f->environment_size));
	f->environment = text;
	return NULL;
}

static struct err *read_auxv(struct file_of *at, struct proc_facts *f)
{
	char *auxv = NULL;

	TRY(read_bytes(file_of(at, "auxv"), f, &auxv, &f->auxv_size));
	f->auxv = auxv;
	f->machine = machine_of_program(file_of(at, "exe"));
	if (f->machine == MACHINE_UNKNOWN)
		f->machine = machine_of_auxv(auxv, f->auxv_size);
	return NULL;
}

static struct err *coredump_filter(struct file_of *at, struct proc_facts *f)
{
	const char *text;
	struct scan s;

	TRY(proc_text(file_of(at, "coredump_filter"), &f->arena, &text));
	s = scan_init(text, strlen(text));
	f->coredump_filter = *text ? (uint32_t)scan_hex(&s) : 0;
	return NULL;
}

/* "Max open files            1024                 4096                 files     ": the
 * name has 25 columns and may hold blanks. */
static struct err *limit_line(void *arg, const struct line *line)
{
	struct proc_facts *f = arg;
	struct proc_limit limit;
	struct scan s = scan_line(line);
	const char *word[3];
	size_t name = 25, len[3];

	if (line->len < name || scan_prefix(&s, "Limit "))
		return NULL;
	s.p = line->s + name;
	while (name && line->s[name - 1] == ' ')
		name--;
	for (unsigned i = 0; i < 3; i++)
		word[i] = scan_word(&s, &len[i]);
	limit.name = arena_strndup(&f->arena, line->s, name);
	limit.soft = arena_strndup(&f->arena, word[0], len[0]);
	limit.hard = arena_strndup(&f->arena, word[1], len[1]);
	limit.unit = arena_strndup(&f->arena, word[2], len[2]);
	if (!limit.name || !limit.soft || !limit.hard || !limit.unit || !vec_push(&f->limits, limit))
		return err_nomem();
	return NULL;
}

static struct err *unless_nomem(struct err *e)
{
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	err_free(e);
	return NULL;
}

static struct err *memory_line(void *arg, const struct line *line)
{
	struct proc_facts *f = arg;
	const struct {
		const char *key;
		uint64_t *to;
	} rows[] = {
		{ "MemTotal:", &f->memory_total },    { "MemAvailable:", &f->memory_available },
		{ "SwapFree:", &f->swap_free },	      { "CommitLimit:", &f->commit_limit },
		{ "Committed_AS:", &f->committed },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scan s = scan_line(line);

		if (scan_prefix(&s, rows[i].key))
			*rows[i].to = scan_u64(&s) * 1024;
	}
	return NULL;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t = { 0 };

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct err *read_host(struct proc_facts *f)
{
	struct utsname u;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	memset(&u, 0, sizeof(u));
	(void)uname(&u);
	f->host = arena_strdup(&f->arena, u.nodename);
	f->kernel = arena_strdup(&f->arena, u.release);
	f->kernel_version = arena_strdup(&f->arena, u.version);
	if (!f->host || !f->kernel || !f->kernel_version)
		return err_nomem();
	f->uptime_ns = clock_ns(CLOCK_BOOTTIME);
	f->boot_time = (clock_ns(CLOCK_REALTIME) - f->uptime_ns) / 1000000000;
	f->cpus = cpus > 0 ? (uint32_t)cpus : 0;
	f->overcommit = (int)proc_number("/proc/sys/vm/overcommit_memory", 0);
	f->ptrace_scope = (int)proc_number("/proc/sys/kernel/yama/ptrace_scope", 0);
	return unless_nomem(proc_each_line("/proc/meminfo", memory_line, f));
}

/* Whether a process has children, and so may share its pipes, is asked of the threads that are likely to have forked. */
static struct err *count_children(pid_t pid, struct proc_facts *f)
{
	CLEANUP(pid_list_deinit) struct pid_list threads = { 0 }, children = { 0 };
	struct err *e = proc_tids(pid, &threads);

	for (size_t i = 0; !e && i < threads.pids.n && i < THREADS_ASKED; i++)
		e = proc_add_children(pid, threads.pids.v[i], &children);
	f->children = children.pids.n;
	return unless_nomem(e);
}

static struct err *read_facts(pid_t pid, unsigned want, struct proc_facts *f)
{
	struct file_of at = { .pid = pid };

	TRY(proc_stat_read(pid, 0, &f->stat));
	TRY(read_links(&at, f));
	TRY(read_args(&at, f));
	TRY(read_auxv(&at, f));
	TRY(coredump_filter(&at, f));
	f->oom_score_adj = (int)proc_number(file_of(&at, "oom_score_adj"), 0);
	TRY(unless_nomem(proc_each_line(file_of(&at, "limits"), limit_line, f)));
	TRY(proc_cgroup_facts(pid, f));
	TRY(count_children(pid, f));
	if (want & PROC_FDS)
		TRY(proc_fds(pid, f));
	if (want & PROC_ENVIRONMENT)
		TRY(read_environment(&at, f));
	return read_host(f);
}

struct err *proc_facts_read(pid_t pid, unsigned want, struct proc_facts *ret)
{
	struct proc_facts f = { .memory_max = UINT64_MAX, .memory_current = UINT64_MAX };
	struct err *e;

	arena_init(&f.arena);
	e = read_facts(pid, want, &f);
	if (e) {
		proc_facts_deinit(&f);
		return e;
	}
	*ret = f;
	return NULL;
}

void proc_facts_deinit(struct proc_facts *f)
{
	vec_deinit(&f->limits);
	vec_deinit(&f->fds);
	arena_deinit(&f->arena);
}
