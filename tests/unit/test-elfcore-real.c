/* SPDX-License-Identifier: MIT */
/*
 * Cores that this machine's kernel writes of a program whose inside is known:
 * ourselves, forked. Then the same core compressed with each tool at hand.
 * Skipped where cores go elsewhere than the current folder.
 */
#include "format/dump.h"
#include "unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { THREADS = 5, PATTERN = 300000 };

static char dir[] = "/var/tmp/test-elfcore-XXXXXX";
static char core_path[200];
static const char *why_not; /* no core could be made */

/* What the child wrote about itself, through a pipe. */
static struct report {
	pid_t pid;
	pid_t tids[THREADS];
	uint8_t *pattern;
	uint64_t entry, phdr;
} report;

static int *volatile wild; /* set to 0x18 where the compiler cannot see it */
static int barrier[2];
static pthread_mutex_t never = PTHREAD_MUTEX_INITIALIZER;

static void *sleeper(void *arg)
{
	pid_t *tid = arg;

	*tid = (pid_t)syscall(SYS_gettid);
	(void)!write(barrier[1], "x", 1);
	(void)pthread_mutex_lock(&never);
	return NULL;
}

static _Noreturn void child(int out)
{
	static struct report r;
	pthread_t t;
	char c;

	(void)pthread_mutex_lock(&never);
	if (chdir(dir) != 0 || pipe(barrier) != 0)
		_exit(1);
	r.pid = getpid();
	r.tids[0] = (pid_t)syscall(SYS_gettid);
	for (int i = 1; i < THREADS; i++)
		if (pthread_create(&t, NULL, sleeper, &r.tids[i]) != 0 ||
		    read(barrier[0], &c, 1) != 1)
			_exit(1);
	r.pattern = malloc(PATTERN);
	for (int i = 0; r.pattern && i < PATTERN; i++)
		r.pattern[i] = (uint8_t)(i * 7 + i / 251);
	r.entry = getauxval(AT_ENTRY);
	wild = (int *)(uintptr_t)strtoul("0x18", NULL, 16);
	r.phdr = getauxval(AT_PHDR);
	if (write(out, &r, sizeof(r)) != sizeof(r))
		_exit(1);
	*wild = 1;
	_exit(1);
}

static bool pattern_is_plain(void)
{
	char text[128] = "";
	int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY);

	if (fd >= 0) {
		(void)!read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	return text[0] && text[0] != '|' && text[0] != '/';
}

static void make_core(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	char command[400];
	int fds[2], status = 0;
	pid_t pid;
	FILE *f;

	if (!pattern_is_plain() || !mkdtemp(dir) || pipe(fds) != 0) {
		why_not = "core_pattern sends cores elsewhere";
		return;
	}
	pid = fork();
	if (!pid) {
		(void)setrlimit(RLIMIT_CORE, &unlimited);
		child(fds[1]);
	}
	(void)close(fds[1]);
	if (read(fds[0], &report, sizeof(report)) != sizeof(report) ||
	    waitpid(pid, &status, 0) != pid || !WCOREDUMP(status))
		why_not = "the kernel wrote no core (ulimit -c?)";
	(void)close(fds[0]);
	(void)snprintf(command, sizeof(command), "ls '%s'/core*", dir);
	f = popen(command, "r");
	if (!f || !fgets(core_path, sizeof(core_path), f))
		why_not = "the core is not where it should be";
	core_path[strcspn(core_path, "\n")] = 0;
	if (f)
		(void)pclose(f);
}

static bool ready(void)
{
	static bool tried;

#ifdef SANITIZED
	why_not = "sanitized programs leave no cores";
	tried = true;
#endif
	if (!tried)
		make_core();
	tried = true;
	if (why_not)
		(void)printf("skip: %s\n", why_not);
	return !why_not;
}

/* Memory by address, from the segments alone. */
static size_t read_memory(struct dump *d, uint64_t address, uint8_t *buf, size_t len)
{
	const struct dump_segment *s;
	size_t n, got = 0;

	if (err_ignore(dump_segments(d, &s, &n)))
		return 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t in = address + got - s[i].address, part;

		if (address + got < s[i].address || in >= s[i].file_size || got == len)
			continue;
		part = s[i].file_size - in < len - got ? s[i].file_size - in : len - got;
		if (err_ignore(source_read(dump_source(d), s[i].offset + in, buf + got, part)))
			break;
		got += part;
	}
	return got;
}

static void check_core(const char *path)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	static uint8_t memory[PATTERN];
	const struct dump_thread *t;
	const struct dump_exception *e;
	const struct dump_auxv *a;
	const struct dump_file_mapping *m;
	const struct dump_defect *defects;
	size_t n, seen = 0, matched = 0;

	EXPECT_OK(dump_open(path, NULL, &d));
	EXPECT_STR(dump_path(d), path);
	EXPECT_EQ(dump_facts(d)->pid, report.pid);
	EXPECT_EQ(dump_facts(d)->ppid, getpid());
	EXPECT(!strncmp(dump_facts(d)->process_name, "test-elfcore-re", 15));
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, THREADS);
	EXPECT_EQ(t[0].tid, report.tids[0]); /* the one that crashed comes first */
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < THREADS; k++)
			seen += t[i].tid == (uint32_t)report.tids[k];
	EXPECT_EQ(seen, THREADS);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e);
	EXPECT_EQ(e->code, SIGSEGV);
	EXPECT_EQ(e->address, 0x18);
	EXPECT_EQ(e->parameters[0], SEGV_MAPERR);
	EXPECT_EQ(e->tid, report.tids[0]);
	EXPECT_EQ(read_memory(d, (uintptr_t)report.pattern, memory, PATTERN), PATTERN);
	for (int i = 0; i < PATTERN; i++)
		matched += memory[i] == (uint8_t)(i * 7 + i / 251);
	EXPECT_EQ(matched, PATTERN);
	EXPECT_OK(dump_auxv(d, &a, &n));
	for (size_t i = 0; i < n; i++) {
		if (a[i].type == AT_ENTRY)
			EXPECT_EQ(a[i].value, report.entry);
		if (a[i].type == AT_PHDR)
			EXPECT_EQ(a[i].value, report.phdr);
	}
	EXPECT(n > 10);
	EXPECT_OK(dump_file_mappings(d, &m, &n));
	seen = 0;
	for (size_t i = 0; i < n; i++)
		seen += report.entry >= m[i].start && report.entry < m[i].end;
	EXPECT_EQ(seen, 1);
	EXPECT_EQ(dump_defects(d, &defects), 0);
}

TEST(a_core_of_this_kernel)
{
	if (ready())
		check_core(core_path);
}

TEST(the_same_core_compressed)
{
	static const char *const tools[] = { "zstd -q -f", "gzip -f -k -1", "xz -f -k -0",
					     "lz4 -q -f -m", "bzip2 -f -k -1" };
	static const char *const suffixes[] = { "zst", "gz", "xz", "lz4", "bz2" };

	if (!ready())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		char command[600], path[300];

		(void)snprintf(path, sizeof(path), "%s.%s", core_path, suffixes[i]);
		(void)snprintf(command, sizeof(command), "%s '%s' 2>/dev/null", tools[i], core_path);
		if (system(command) != 0) {
			(void)printf("skip: %s does not run\n", tools[i]);
			continue;
		}
		check_core(path);
		if (test_failures)
			return;
	}
}

TEST(last_clean_up)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	EXPECT(strstr(dir, "XXXXXX") || !system(command));
}

TESTS(a_core_of_this_kernel, the_same_core_compressed, last_clean_up)
