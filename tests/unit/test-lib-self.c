/* SPDX-License-Identifier: MIT */
/*
 * A process takes snapshots of itself while its threads are busy: what they
 * hold is of one instant, and nothing of it is left behind, also when the
 * helper is killed at any step.
 */
#include "osmosis/snapshot.h"

#include "capture/helper.h"
#include "capture/phase.h"
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXPECT_LIB_OK(call) EXPECT_OK((struct err *)(call))
#define EXPECT_LIB_ERR(call, want) EXPECT_ERR((struct err *)(call), (enum err_code)(want))

enum { PAIRS = 4, ROUNDS = 20 };

/* --- the allocator: who traces us asks for nothing while others may have its lock ---------------- */

static _Thread_local bool holding;	/* in the helper: from seizing to resuming */
static atomic_int allocations;

static void note_phase(const char *name)
{
	holding = !strcmp(name, "seized") || (holding && strcmp(name, "resumed") != 0);
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif
#if !SANITIZED
extern void *__libc_malloc(size_t size), *__libc_calloc(size_t n, size_t size), *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

void *malloc(size_t size)
{
	allocations += holding;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	allocations += holding;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	allocations += holding;
	return __libc_realloc(p, size);
}

void free(void *p)
{
	allocations += holding && p;
	__libc_free(p);
}
#endif

/* --- busy threads ------------------------------------------------------------------------------ */

static atomic_bool ending;
static atomic_int chlds, wrong;
/* Each worker raises `first`, then `second`: in any instant first is second, or one more. */
static struct pair {
	_Alignas(4096) _Atomic uint64_t first;
	_Alignas(4096) _Atomic uint64_t second;
} pairs[PAIRS], *shared_pairs;

static void *count(void *arg)
{
	struct pair *p = arg;

	while (!ending) {
		atomic_fetch_add(&p->first, 1);
		atomic_fetch_add(&p->second, 1);
		if (!(p->second & 0x3ff))
			(void)usleep(300);
	}
	return NULL;
}

/* Sleeps for its time and is not interrupted; errno stays its own. */
static void *sleeper(void *arg)
{
	const struct timespec t = { 0, 2000000 };

	while (!ending) {
		errno = 12345;
		if (nanosleep(&t, NULL) != 0 || errno != 12345)
			wrong++;
	}
	return NULL;
}

/* Signals that it sends itself arrive, each of them. */
static atomic_int arrived;

static void on_usr1(int sig)
{
	arrived++;
}

static void *signaller(void *arg)
{
	for (int sent = 1; !ending; sent++) {
		(void)pthread_kill(pthread_self(), SIGUSR1);
		if (arrived != sent)
			wrong++;
		if (!(sent & 0xff))
			(void)usleep(500);
	}
	return NULL;
}

/* Allocates all the time: its lock must not stop who traces it. */
static void *allocator(void *arg)
{
	for (; !ending; (void)usleep(200))
		for (size_t n = 16; n < (1 << 18) && !ending; n *= 2) {
			void *volatile p = malloc(n);

			free(p);
		}
	return NULL;
}

static void *lister(void *arg)
{
	for (; !ending; (void)usleep(200)) {
		DIR *d = opendir("/proc/self/task");

		while (d && readdir(d))
			;
		if (d)
			(void)closedir(d);
	}
	return NULL;
}

static void on_chld(int sig)
{
	chlds++;
}

enum { BUSY = 2 * PAIRS + 4 };
static pthread_t busy[BUSY];

static void start_busy(void)
{
	static void *(*const others[])(void *) = { sleeper, signaller, allocator, lister };
	unsigned n = 0;

	for (unsigned i = 0; i < PAIRS; i++)
		n += !pthread_create(&busy[n], NULL, count, &pairs[i]) ? 1 : 0;
	for (unsigned i = 0; i < PAIRS; i++)
		n += !pthread_create(&busy[n], NULL, count, &shared_pairs[i]) ? 1 : 0;
	for (unsigned i = 0; i < 4; i++)
		n += !pthread_create(&busy[n], NULL, others[i], NULL) ? 1 : 0;
	if (n != BUSY)
		abort();
}

/* --- what may not change ----------------------------------------------------------------------- */

static size_t entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		(void)closedir(d);
	return n;
}

/* A busy thread opens one now and then. */
static size_t descriptors(void)
{
	size_t least = SIZE_MAX;

	for (unsigned i = 0; i < 50; i++) {
		size_t n = entries("/proc/self/fd");

		least = n < least ? n : least;
		(void)usleep(100);
	}
	return least;
}

static size_t mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	size_t n = 0;

	for (int c; f && (c = getc(f)) != EOF;)
		n += c == '\n';
	if (f)
		(void)fclose(f);
	return n;
}

/* Any child at all, of whatever kind. */
static bool childless(void)
{
	siginfo_t si;

	return waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 && errno == ECHILD;
}

static bool waits_find_nobody(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* --- one snapshot ------------------------------------------------------------------------------ */

static void in_step(const struct osm_snapshot *s, const struct pair *p)
{
	uint64_t first = 0, second = 0;

	EXPECT_EQ(osm_snapshot_read(s, (uintptr_t)&p->second, &second, 8), 8);
	EXPECT_EQ(osm_snapshot_read(s, (uintptr_t)&p->first, &first, 8), 8);
	EXPECT(first == second || first == second + 1);
}

static void check_threads(const struct osm_snapshot *s, size_t n)
{
	bool me = false;

	for (size_t i = 0; i < n; i++) {
		struct osm_snapshot_thread t = { .struct_size = sizeof(t) };
		struct osm_mapping m = { .struct_size = sizeof(m) };

		EXPECT_LIB_OK(osm_snapshot_thread(s, i, &t));
		EXPECT(t.ip && t.sp && t.tls);
		EXPECT_LIB_OK(osm_snapshot_mapping_at(s, t.sp, &m));
		EXPECT(m.protection & OSM_WRITE);
		me |= t.tid == (uint32_t)gettid();
	}
	EXPECT(me);
}

static void check_snapshot(const struct osm_snapshot *s)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };

	EXPECT_LIB_OK(osm_snapshot_info(s, &info));
	EXPECT_EQ(info.pid, getpid());
	EXPECT_EQ(info.threads, BUSY + 2); /* and main, and the helper's */
	EXPECT_STR(info.engine, "clone");
	EXPECT(info.consistency == OSM_INSTANTANEOUS || info.consistency == OSM_QUASI_INSTANTANEOUS);
	for (unsigned i = 0; i < PAIRS && !test_failures; i++) {
		in_step(s, &pairs[i]);
		in_step(s, &shared_pairs[i]);
	}
	check_threads(s, info.threads);
	EXPECT(waits_find_nobody());
}

static void take_one(void)
{
	struct osm_snapshot *s = NULL;

	EXPECT_LIB_OK(osm_snapshot_self(NULL, &s));
	check_snapshot(s);
	osm_snapshot_free(s);
}

TEST(twenty_snapshots_leave_nothing)
{
	size_t fds, maps, threads;

	take_one(); /* what the C library makes once, it keeps */
	take_one();
	fds = descriptors();
	maps = mappings();
	threads = entries("/proc/self/task");
	for (unsigned i = 0; i < ROUNDS && !test_failures; i++) {
		take_one();
		EXPECT(childless());
	}
	EXPECT_EQ(descriptors(), fds);
	EXPECT_EQ(entries("/proc/self/task"), threads);
	EXPECT(SANITIZED || mappings() < maps + ROUNDS / 2); /* one left each time would be more; allocators map some */
	EXPECT_EQ(chlds, 0);
	EXPECT_EQ(wrong, 0);
}

TEST(nothing_is_allocated_in_the_pause)
{
	phase_hook(note_phase);
	for (unsigned i = 0; i < 3 && !test_failures; i++)
		take_one();
	phase_hook(NULL);
	EXPECT_EQ(allocations, 0);
}

TEST(several_are_held_at_once)
{
	struct osm_snapshot *s[3] = { 0 };
	uint64_t was[3] = { 0 }, again = 0;

	for (unsigned i = 0; i < 3; i++) {
		EXPECT_LIB_OK(osm_snapshot_self(NULL, &s[i]));
		EXPECT_EQ(osm_snapshot_read(s[i], (uintptr_t)&pairs[0].first, &was[i], 8), 8);
		while (pairs[0].first == was[i])
			(void)usleep(100);
	}
	EXPECT(was[0] < was[1] && was[1] < was[2]);
	EXPECT_EQ(osm_snapshot_read(s[0], (uintptr_t)&pairs[0].first, &again, 8), 8);
	EXPECT_EQ(again, was[0]);
	for (unsigned i = 0; i < 3; i++)
		osm_snapshot_free(s[i]);
	EXPECT(childless());
}

static void *take_some(void *arg)
{
	atomic_int *good = arg;

	for (unsigned i = 0; i < 3; i++) {
		struct osm_snapshot *s = NULL;
		struct osm_error *e = osm_snapshot_self(NULL, &s);

		*good += !e;
		osm_error_free(e);
		osm_snapshot_free(s);
	}
	return NULL;
}

TEST(threads_take_them_at_the_same_time)
{
	pthread_t t[3];
	atomic_int good = 0;

	for (unsigned i = 0; i < 3; i++)
		EXPECT(!pthread_create(&t[i], NULL, take_some, &good));
	for (unsigned i = 0; i < 3; i++)
		(void)pthread_join(t[i], NULL);
	EXPECT_EQ(good, 9);
	EXPECT(childless());
}

static bool count_frames(void *arg, const struct osm_frame *f)
{
	if (f->function && strstr(f->function, "this_test_looks_at_itself"))
		++*(unsigned *)arg;
	return true;
}

static __attribute__((noinline)) void this_test_looks_at_itself(struct osm_snapshot **ret)
{
	struct osm_error *e = osm_snapshot_self(NULL, ret);

	if (e)
		(void)fprintf(stderr, "%s\n", osm_error_message(e));
	osm_error_free(e);
	__asm__ volatile(""); /* not a tail call */
}

TEST(the_caller_s_stack_is_seen_without_a_file)
{
	struct osm_snapshot *s = NULL;
	struct osm_dump *dump = NULL;
	unsigned found = 0;

	this_test_looks_at_itself(&s);
	EXPECT(s);
	EXPECT_LIB_OK(osm_snapshot_open(s, NULL, &dump));
	osm_snapshot_free(s);
	EXPECT_LIB_OK(osm_stack(dump, 0, count_frames, &found));
	osm_close(dump);
	EXPECT_EQ(found, 1);
	EXPECT(childless());
}

/* --- bad days ---------------------------------------------------------------------------------- */

static const char *die_at;

static void die_here(const char *name)
{
	if (die_at && !strcmp(name, die_at) && getpid() != getppid())
		(void)kill((pid_t)syscall(SYS_getpid), SIGKILL);
}

static bool they_go_on(void)
{
	uint64_t before = pairs[1].first;

	for (unsigned i = 0; i < 10000 && pairs[1].first == before; i++)
		(void)usleep(1000);
	return pairs[1].first != before;
}

TEST(the_helper_s_death_at_any_step_is_survived)
{
	static const char *const phases[] = { "seized", "stopped", "registers read", "frames laid", "registers set",
					      "call entered", "cloned", "registers back", "memory back", "clone held",
					      "copied", "resumed", "clone ready" };
	pid_t us = getpid();

	phase_hook(die_here);
	for (unsigned i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		struct osm_snapshot *s = NULL;

		die_at = phases[i];
		EXPECT_LIB_ERR(osm_snapshot_self(NULL, &s), OSM_OS);
		die_at = NULL;
		EXPECT(getpid() == us && they_go_on());
	}
	phase_hook(NULL);
	take_one();
	EXPECT(waits_find_nobody());
	EXPECT_EQ(chlds, 0);
	EXPECT_EQ(wrong, 0);
	while (waitpid(-1, NULL, __WALL | WNOHANG) > 0) /* clones whose pid nobody got to know */
		;
	EXPECT(childless());
}

static void hang_here(const char *name)
{
	if (strcmp(name, "registers read") != 0)
		return;
	helper_deadline(1);
	for (;;)
		(void)pause();
}

TEST(a_helper_that_hangs_is_ended)
{
	struct osm_snapshot *s = NULL;
	struct osm_error *e;

	phase_hook(hang_here);
	e = osm_snapshot_self(NULL, &s);
	phase_hook(NULL);
	EXPECT(e && strstr(osm_error_message(e), "did not get on"));
	osm_error_free(e);
	EXPECT(they_go_on());
	EXPECT(childless());
	take_one();
}

TEST(engines_that_do_not_serve_are_refused)
{
	struct osm_snapshot_options options = { .struct_size = sizeof(options), .engine = "stop" };
	struct osm_snapshot *s = NULL;

	EXPECT_LIB_ERR(osm_snapshot_self(&options, &s), OSM_UNSUPPORTED);
	options.engine = "precopy";
	EXPECT_LIB_ERR(osm_snapshot_self(&options, &s), OSM_UNSUPPORTED);
	options.struct_size = 3;
	EXPECT_LIB_ERR(osm_snapshot_self(&options, &s), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_self(NULL, NULL), OSM_USAGE);
	options = (struct osm_snapshot_options){ .struct_size = sizeof(options), .engine = "clone" };
	EXPECT_LIB_OK(osm_snapshot_take(getpid(), &options, &s)); /* the same */
	osm_snapshot_free(s);
	EXPECT(childless());
}

int main(void)
{
	static const struct test tests[] = { TEST_EACH_(
		twenty_snapshots_leave_nothing, nothing_is_allocated_in_the_pause, several_are_held_at_once, threads_take_them_at_the_same_time,
		the_caller_s_stack_is_seen_without_a_file, the_helper_s_death_at_any_step_is_survived,
		a_helper_that_hangs_is_ended, engines_that_do_not_serve_are_refused) };
	const struct sigaction chld = { .sa_handler = on_chld, .sa_flags = SA_RESTART };
	const struct sigaction usr1 = { .sa_handler = on_usr1, .sa_flags = SA_RESTART };
	int rc;

	shared_pairs = mmap(NULL, sizeof(pairs), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared_pairs == MAP_FAILED || sigaction(SIGCHLD, &chld, NULL) || sigaction(SIGUSR1, &usr1, NULL))
		return 1;
	start_busy();
	rc = test_main(tests, sizeof(tests) / sizeof(tests[0]));
	ending = true;
	for (unsigned i = 0; i < BUSY; i++)
		(void)pthread_join(busy[i], NULL);
	return rc;
}
