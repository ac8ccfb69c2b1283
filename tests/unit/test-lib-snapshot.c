/* SPDX-License-Identifier: MIT */
/* Snapshots of another process by the public API: walked, read, opened and written, all the same facts. */
#include "osmosis/snapshot.h"

#include "child.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/uio.h>

enum { PAGE = 4096, WORKERS = 3 };
enum { SAID_EDGE, SAID_COUNTS }; /* words that the child says: a page before a hole; its counters */

#define EXPECT_LIB_OK(call) EXPECT_OK((struct err *)(call))
#define EXPECT_LIB_ERR(call, want) EXPECT_ERR((struct err *)(call), (enum err_code)(want))

static _Atomic uint64_t counts[WORKERS];

static void *count(void *arg)
{
	_Atomic uint64_t *n = arg;

	for (;; (void)usleep(500))
		atomic_fetch_add(n, 1);
	return NULL;
}

static void setup(volatile uint64_t *said)
{
	uint8_t *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t t;

	(void)munmap(edge + PAGE, PAGE);
	memset(edge, 0x5a, PAGE);
	said[SAID_EDGE] = (uintptr_t)edge;
	said[SAID_COUNTS] = (uintptr_t)counts;
	for (unsigned i = 0; i < WORKERS; i++)
		if (pthread_create(&t, NULL, count, &counts[i]) != 0)
			abort();
}

static struct child child;
static char folder[] = "/tmp/osmosis-lib-XXXXXX", path[64];

static struct osm_snapshot *taken(const struct osm_snapshot_options *options)
{
	struct osm_snapshot *s = NULL;
	struct osm_error *e = osm_snapshot_take(child.pid, options, &s);

	if (e) {
		(void)fprintf(stderr, "%s\n", osm_error_message(e));
		osm_error_free(e);
		test_failures++;
	}
	return s;
}

static struct osm_write_options to_file(void)
{
	(void)unlink(path);
	return (struct osm_write_options){ .struct_size = sizeof(struct osm_write_options), .path = path };
}

/* --- the same facts ---------------------------------------------------------------------------- */

static bool add_ip(void *arg, const struct osm_frame *f)
{
	uint64_t *hash = arg;

	*hash = *hash * 1000003 + f->ip + f->sp;
	return true;
}

static void same_thread(const struct osm_snapshot *s, size_t i, struct osm_dump *file, struct osm_dump *live)
{
	struct osm_snapshot_thread t = { .struct_size = sizeof(t) };
	struct osm_thread a = { .struct_size = sizeof(a) }, b = a;
	uint64_t stacks[2] = { 0 }, word;

	EXPECT_LIB_OK(osm_snapshot_thread(s, i, &t));
	EXPECT_LIB_OK(osm_thread(file, i, &a));
	EXPECT_LIB_OK(osm_thread(live, i, &b));
	EXPECT_EQ(t.tid, a.tid);
	EXPECT_EQ(t.ip, a.ip);
	EXPECT_EQ(t.sp, a.sp);
	EXPECT_EQ(t.tls, a.teb);
	EXPECT_STR(a.name, t.name);
	EXPECT_EQ(t.registers.rip, t.ip);
	EXPECT_EQ(t.from, OSM_REGISTERS_ALL);
	EXPECT_EQ(t.prstatus_registers_size, 27 * 8);
	memcpy(&word, (const uint8_t *)t.prstatus_registers + (size_t)16 * 8, sizeof(word)); /* rip */
	EXPECT_EQ(word, t.ip);
	EXPECT(t.xsave_size >= 576);
	EXPECT_EQ(b.tid, a.tid);
	EXPECT_EQ(b.ip, a.ip);
	EXPECT_LIB_OK(osm_stack(file, i, add_ip, &stacks[0]));
	EXPECT_LIB_OK(osm_stack(live, i, add_ip, &stacks[1]));
	EXPECT(stacks[0] != 0);
	EXPECT_EQ(stacks[1], stacks[0]);
}

static size_t compared;

static void same_memory(const struct osm_snapshot *s, size_t i, struct osm_dump *file, struct osm_dump *live)
{
	struct osm_mapping m = { .struct_size = sizeof(m) }, at = m;
	uint8_t read[PAGE], filed[PAGE], lived[PAGE];

	EXPECT_LIB_OK(osm_snapshot_mapping(s, i, &m));
	EXPECT(m.start < m.end);
	EXPECT_LIB_OK(osm_snapshot_mapping_at(s, m.end - 1, &at));
	EXPECT_EQ(at.start, m.start);
	if (m.content != OSM_CONTENT_WHOLE || osm_snapshot_read(s, m.start, read, PAGE) != PAGE)
		return;
	EXPECT_EQ(osm_read(file, m.start, filed, PAGE), PAGE);
	EXPECT_EQ(osm_read(live, m.start, lived, PAGE), PAGE);
	EXPECT(!memcmp(read, filed, PAGE) && !memcmp(read, lived, PAGE));
	compared++;
}

static void same_facts(struct osm_snapshot *s, struct osm_dump *file, struct osm_dump *live)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_info a = { .struct_size = sizeof(a) }, b = a;

	EXPECT_LIB_OK(osm_snapshot_info(s, &info));
	osm_info(file, &a);
	osm_info(live, &b);
	EXPECT_EQ(info.pid, child.pid);
	EXPECT_EQ(a.pid, child.pid);
	EXPECT_EQ(b.pid, child.pid);
	EXPECT_STR(info.name, a.process_name);
	EXPECT_STR(b.title, a.title);
	EXPECT_EQ(info.pointer_size, a.pointer_size);
	EXPECT_EQ(info.threads, 1 + WORKERS);
	EXPECT_EQ(osm_thread_count(file), info.threads);
	EXPECT_EQ(osm_thread_count(live), info.threads);
	EXPECT(osm_module_count(file) > 1 && osm_module_count(file) == osm_module_count(live));
	EXPECT(info.pause_ns >= info.interrupt_ns + info.registers_ns + info.clone_ns);
	for (size_t i = 0; i < info.threads && !test_failures; i++)
		same_thread(s, i, file, live);
	compared = 0;
	for (size_t i = 0; i < info.mappings && !test_failures; i++)
		same_memory(s, i, file, live);
	EXPECT(compared > 5);
}

TEST(the_walk_the_file_and_the_dump_in_memory_agree)
{
	struct osm_write_options to = to_file();
	struct osm_write_result result = { .struct_size = sizeof(result) };
	struct osm_snapshot *s = taken(NULL);
	struct osm_dump *file = NULL, *live = NULL;
	struct stat st;

	EXPECT(s);
	EXPECT_LIB_OK(osm_snapshot_write(s, &to, &result));
	EXPECT(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	EXPECT_EQ(result.size, st.st_size);
	EXPECT(result.written && result.written <= result.size && !result.partial);
	EXPECT_LIB_OK(osm_open(path, NULL, &file));
	EXPECT_LIB_OK(osm_snapshot_open(s, NULL, &live));
	same_facts(s, file, live);
	osm_close(file);
	osm_close(live);
	osm_snapshot_free(s);
}

static bool note_kind(void *arg, const char *json)
{
	*(bool *)arg |= strstr(json, "\"kind\":\"frame\"") != NULL;
	return true;
}

TEST(a_dump_in_memory_outlives_its_snapshot)
{
	struct osm_snapshot *s = taken(NULL);
	struct osm_dump *first = NULL, *second = NULL;
	bool frames = false;

	EXPECT(s);
	EXPECT_LIB_OK(osm_snapshot_open(s, NULL, &first));
	EXPECT_LIB_OK(osm_snapshot_open(s, NULL, &second));
	osm_snapshot_free(s);
	osm_close(second);
	EXPECT_LIB_OK(osm_run(first, "~*k; lm", note_kind, &frames));
	EXPECT(frames);
	osm_close(first);
}

/* --- reading ----------------------------------------------------------------------------------- */

TEST(a_read_ends_where_memory_ends)
{
	struct osm_snapshot *s = taken(NULL);
	uint64_t edge = child.said[SAID_EDGE];
	uint8_t buf[PAGE], five[100];

	EXPECT(s);
	memset(five, 0x5a, sizeof(five));
	memset(buf, 0xee, sizeof(buf));
	EXPECT_EQ(osm_snapshot_read(s, edge + PAGE - 100, buf, sizeof(buf)), 100);
	EXPECT(!memcmp(buf, five, 100));
	EXPECT(buf[100] == 0xee && buf[PAGE - 1] == 0xee);
	EXPECT_EQ(osm_snapshot_read(s, edge + PAGE, buf, 1), 0);
	EXPECT_EQ(osm_snapshot_read(s, 0, buf, 1), 0);
	EXPECT_EQ(osm_snapshot_read(s, UINT64_MAX - 1, buf, PAGE), 0);
	EXPECT_EQ(osm_snapshot_read(s, edge, buf, 0), 0);
	osm_snapshot_free(s);
}

static uint64_t live_count(void)
{
	uint64_t n = 0;
	struct iovec to = { &n, sizeof(n) }, from = { (void *)(uintptr_t)child.said[SAID_COUNTS], sizeof(n) };

	return process_vm_readv(child.pid, &to, 1, &from, 1, 0) == sizeof(n) ? n : 0;
}

TEST(the_snapshot_stays_while_the_process_goes_on)
{
	struct osm_snapshot *s = taken(NULL);
	uint64_t first = 0, again = 0, before, after;

	EXPECT(s);
	EXPECT_EQ(osm_snapshot_read(s, child.said[SAID_COUNTS], &first, sizeof(first)), sizeof(first));
	for (before = after = live_count(); after == before; after = live_count())
		(void)usleep(1000);
	EXPECT_EQ(osm_snapshot_read(s, child.said[SAID_COUNTS], &again, sizeof(again)), sizeof(again));
	EXPECT(first > 0 && first == again && first < after);
	EXPECT_LIB_OK(osm_snapshot_check(s));
	osm_snapshot_free(s);
}

TEST(engine_stop_holds_the_process_until_it_is_freed)
{
	struct osm_snapshot_options options = { .struct_size = sizeof(options), .engine = "stop" };
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_mapping m = { .struct_size = sizeof(m) };
	struct osm_snapshot *s = taken(&options);
	uint64_t count;

	EXPECT(s);
	EXPECT_LIB_OK(osm_snapshot_info(s, &info));
	EXPECT(info.stopped && !info.pause_ns);
	/* the page that it shares with us */
	EXPECT_EQ(info.consistency, OSM_QUASI_INSTANTANEOUS);
	EXPECT(strstr(info.consistency_reason, "shared memory"));
	EXPECT_STR(info.engine, "stop");
	EXPECT_LIB_OK(osm_snapshot_mapping_at(s, child.said[SAID_EDGE], &m));
	EXPECT_EQ(m.memory_class, OSM_MEMORY_PAUSE);
	count = live_count();
	(void)usleep(20000);
	EXPECT_EQ(live_count(), count);
	osm_snapshot_free(s);
	while (live_count() == count)
		(void)usleep(1000);
}

TEST(a_process_that_is_gone_is_said_to_be)
{
	struct osm_snapshot_options options = { .struct_size = sizeof(options), .engine = "stop" };
	struct osm_snapshot *s = taken(&options);
	struct osm_error *e;
	uint8_t byte;

	EXPECT(s);
	(void)kill(child.pid, SIGKILL);
	for (e = NULL; !e; e = osm_snapshot_check(s))
		(void)usleep(1000);
	EXPECT_LIB_ERR(e, OSM_NOTFOUND);
	/* Memory goes with the last thread, which may be a little later. */
	for (unsigned i = 0; i < 5000 && osm_snapshot_read(s, (uintptr_t)counts, &byte, 1); i++)
		(void)usleep(1000);
	EXPECT_EQ(osm_snapshot_read(s, (uintptr_t)counts, &byte, 1), 0);
	/* It is held still, and its parent is told of its end nevertheless. */
	child_kill(&child);
	osm_snapshot_free(s);
	child = child_start(setup);
}

/* --- writing ----------------------------------------------------------------------------------- */

struct watch {
	uint64_t last, total;
	unsigned calls, most;
};

static bool on_progress(void *arg, uint64_t done, uint64_t total)
{
	struct watch *w = arg;

	if (done < w->last) {
		(void)fprintf(stderr, "progress: %llu after %llu\n", (unsigned long long)done, (unsigned long long)w->last);
		test_failures++;
	}
	w->last = done;
	w->total = total;
	return ++w->calls < w->most;
}

TEST(progress_is_told_and_files_are_packed)
{
	struct osm_write_options to = to_file();
	struct watch watch = { .most = UINT32_MAX };
	struct osm_snapshot *s = taken(NULL);
	struct osm_dump *dump = NULL;

	EXPECT(s);
	to.packing = OSM_PACK_ZSTD;
	to.flags = OSM_WRITE_MINI;
	to.comment = "a comment";
	to.progress = on_progress;
	to.progress_arg = &watch;
	EXPECT_LIB_OK(osm_snapshot_write(s, &to, NULL));
	EXPECT(watch.calls && watch.last == watch.total && watch.total);
	EXPECT_LIB_OK(osm_open(path, NULL, &dump));
	EXPECT_EQ(osm_thread_count(dump), 1 + WORKERS);
	osm_close(dump);
	EXPECT_LIB_ERR(osm_snapshot_write(s, &to, NULL), OSM_OS); /* is there already */
	to.flags |= OSM_WRITE_REPLACE;
	watch.last = 0;
	EXPECT_LIB_OK(osm_snapshot_write(s, &to, NULL));
	osm_snapshot_free(s);
}

/* One write is broken off, the next of the same snapshot is not. */
TEST(writing_is_broken_off_on_request)
{
	struct osm_write_options to = to_file();
	struct osm_write_result result = { .struct_size = sizeof(result) };
	struct watch watch = { .most = 1 };
	struct osm_snapshot *s = taken(NULL);
	struct stat st;

	EXPECT(s);
	to.progress = on_progress;
	to.progress_arg = &watch;
	to.limit_rate = 100000;
	EXPECT_LIB_ERR(osm_snapshot_write(s, &to, &result), OSM_CANCELLED);
	EXPECT(stat(path, &st) < 0 && errno == ENOENT && !result.partial);
	to.progress = NULL;
	to.limit_rate = 0;
	EXPECT_LIB_OK(osm_snapshot_write(s, &to, &result));
	EXPECT(stat(path, &st) == 0);
	osm_snapshot_free(s);
}

/* --- what is refused ---------------------------------------------------------------------------- */

struct later_options { /* of a version to come */
	struct osm_snapshot_options now;
	uint64_t wish;
};

TEST(options_are_checked)
{
	struct osm_snapshot_options none = { 0 }, odd = { .struct_size = sizeof(odd), .engine = "magic" };
	struct later_options later = { .now.struct_size = sizeof(later), .wish = 0 };
	struct osm_snapshot *s = NULL;

	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &none, &s), OSM_USAGE);
	none.struct_size = SIZE_MAX;
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &none, &s), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &odd, &s), OSM_USAGE);
	odd.engine = NULL;
	odd.include = "heap,magic";
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &odd, &s), OSM_USAGE);
	odd.include = odd.exclude = "heap";
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &odd, &s), OSM_USAGE);
	odd.include = odd.exclude = NULL;
	odd.flags = 1u << 31;
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &odd, &s), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, NULL, NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_take(0, NULL, &s), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_take(-1, NULL, &s), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_take(0x3fffffff, NULL, &s), OSM_NOTFOUND);
	later.wish = 1;
	EXPECT_LIB_ERR(osm_snapshot_take(child.pid, &later.now, &s), OSM_USAGE);
	later.wish = 0;
	EXPECT(!s);
	EXPECT_LIB_OK(osm_snapshot_take(child.pid, &later.now, &s));
	osm_snapshot_free(s);
}

TEST(arguments_are_checked)
{
	struct osm_snapshot_info info = { 0 };
	struct osm_snapshot_thread thread = { .struct_size = sizeof(thread) };
	struct osm_mapping mapping = { .struct_size = sizeof(mapping) };
	struct osm_write_options to = to_file();
	struct osm_write_result small = { .struct_size = 1 };
	struct osm_snapshot *s = taken(NULL);
	struct osm_dump *dump;
	uint8_t byte;

	EXPECT(s);
	EXPECT_LIB_ERR(osm_snapshot_info(s, &info), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_info(s, NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_info(NULL, &info), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_check(NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_thread(NULL, 0, &thread), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_thread(s, 1 + WORKERS, &thread), OSM_NOTFOUND);
	EXPECT_LIB_ERR(osm_snapshot_mapping(s, SIZE_MAX, &mapping), OSM_NOTFOUND);
	EXPECT_LIB_ERR(osm_snapshot_mapping_at(s, 0, &mapping), OSM_NOTFOUND);
	EXPECT_LIB_ERR(osm_snapshot_open(NULL, NULL, &dump), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_open(s, NULL, NULL), OSM_USAGE);
	EXPECT_EQ(osm_snapshot_read(NULL, (uintptr_t)counts, &byte, 1), 0);
	EXPECT_LIB_ERR(osm_snapshot_write(NULL, &to, NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_write(s, NULL, NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_write(s, &to, &small), OSM_USAGE);
	to.packing = (enum osm_packing)7;
	EXPECT_LIB_ERR(osm_snapshot_write(s, &to, NULL), OSM_USAGE);
	to.packing = OSM_PACK_NONE;
	to.path = NULL;
	EXPECT_LIB_ERR(osm_snapshot_write(s, &to, NULL), OSM_USAGE);
	to.path = "/nonexistent/folder/core";
	EXPECT_LIB_ERR(osm_snapshot_write(s, &to, NULL), OSM_OS);
	osm_snapshot_free(s);
	osm_snapshot_free(NULL);
}

TEST(memory_is_chosen_by_class)
{
	struct osm_snapshot_options options = { .struct_size = sizeof(options), .exclude = "stack",
						.flags = OSM_SNAPSHOT_ALL_MEMORY };
	struct osm_mapping m = { .struct_size = sizeof(m) };
	struct osm_snapshot_thread t = { .struct_size = sizeof(t) };
	struct osm_snapshot *s = taken(&options);
	uint64_t word;

	EXPECT(s);
	EXPECT_LIB_OK(osm_snapshot_thread(s, 0, &t));
	EXPECT_LIB_OK(osm_snapshot_mapping_at(s, t.sp, &m));
	EXPECT(m.content == OSM_CONTENT_NONE && *m.left_out);
	EXPECT_EQ(osm_snapshot_read(s, t.sp, &word, sizeof(word)), sizeof(word)); /* all the same */
	EXPECT_LIB_OK(osm_snapshot_mapping_at(s, t.ip, &m));
	EXPECT(m.content == OSM_CONTENT_WHOLE && m.protection & OSM_EXECUTE);
	osm_snapshot_free(s);
}

/* As somebody else: exit status 0 when the refusal names the reason. */
static int try_as_nobody(pid_t pid)
{
	struct osm_snapshot *s = NULL;
	struct osm_error *e;
	int rc = 1;

	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return 2;
	e = osm_snapshot_take(pid, NULL, &s);
	if (e && osm_error_code(e) == OSM_UNSUPPORTED && strstr(osm_error_message(e), "trace"))
		rc = 0;
	else
		(void)fprintf(stderr, "%s\n", e ? osm_error_message(e) : "taken");
	osm_error_free(e);
	osm_snapshot_free(s);
	return rc;
}

TEST(a_process_of_another_user_is_refused)
{
	pid_t pid = geteuid() == 0 ? child.pid : 1, other = fork();
	int status;

	if (other == 0)
		_exit(try_as_nobody(pid));
	EXPECT(waitpid(other, &status, 0) == other);
	EXPECT_EQ(status, 0);
}

int main(void)
{
	static const struct test tests[] = { TEST_EACH_(
		the_walk_the_file_and_the_dump_in_memory_agree, a_dump_in_memory_outlives_its_snapshot,
		a_read_ends_where_memory_ends, the_snapshot_stays_while_the_process_goes_on,
		engine_stop_holds_the_process_until_it_is_freed, a_process_that_is_gone_is_said_to_be,
		progress_is_told_and_files_are_packed, writing_is_broken_off_on_request, options_are_checked,
		memory_is_chosen_by_class, arguments_are_checked, a_process_of_another_user_is_refused) };
	int rc;

	if (!mkdtemp(folder))
		return 1;
	(void)snprintf(path, sizeof(path), "%s/core", folder);
	child = child_start(setup);
	rc = test_main(tests, sizeof(tests) / sizeof(tests[0]));
	child_kill(&child);
	(void)unlink(path);
	(void)rmdir(folder);
	return rc;
}
