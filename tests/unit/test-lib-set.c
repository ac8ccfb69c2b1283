/* SPDX-License-Identifier: MIT */
/* Snapshots of several processes by the public API. That they are of one instant is tests/harm/pivot_set.py's to prove. */
#include "osmosis/snapshot.h"

#include "child.h"
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#define EXPECT_LIB_OK(call) EXPECT_OK((struct err *)(call))
#define EXPECT_LIB_ERR(call, want) EXPECT_ERR((struct err *)(call), (enum err_code)(want))

enum { SAID_PID, SAID_COUNT };

static _Atomic uint64_t count;
static struct child one, two; /* each with a child of its own */
static char folder[] = "/tmp/osmosis-set-XXXXXX";

static void setup(volatile uint64_t *said)
{
	pid_t child = fork();

	if (!child) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;; (void)usleep(500))
			atomic_fetch_add(&count, 1);
	}
	said[SAID_PID] = (uint64_t)child;
	said[SAID_COUNT] = (uintptr_t)&count;
}

static struct osm_snapshot_set *taken(const struct osm_set_choice *who, const char *engine)
{
	struct osm_snapshot_options options = { .struct_size = sizeof(options), .engine = engine };
	struct osm_snapshot_set *set = NULL;
	struct osm_error *e = osm_snapshot_set_take(who, &options, &set);

	if (e) {
		(void)fprintf(stderr, "%s\n", osm_error_message(e));
		osm_error_free(e);
		test_failures++;
	}
	return set;
}

static struct osm_snapshot_set *tree(const struct child *c, const char *engine)
{
	struct osm_set_choice who = { .struct_size = sizeof(who), .kind = OSM_SET_TREE, .root = c->pid };

	return taken(&who, engine);
}

static int pid_of(const struct osm_snapshot_set *set, size_t i)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_error *e = osm_snapshot_info(osm_snapshot_set_member(set, i), &info);

	osm_error_free(e);
	return e ? -1 : info.pid;
}

static uint64_t counted(const struct osm_snapshot *s)
{
	uint64_t n = 0;

	return osm_snapshot_read(s, one.said[SAID_COUNT], &n, sizeof(n)) == sizeof(n) ? n : 0;
}

/* --- taking ---------------------------------------------------------------------------------- */

TEST(a_tree_has_its_members_and_facts)
{
	struct osm_snapshot_set_info info = { .struct_size = sizeof(info) };
	struct osm_snapshot_set *set = tree(&one, NULL);
	uint64_t n;

	EXPECT(set);
	EXPECT_LIB_OK(osm_snapshot_set_info(set, &info));
	EXPECT_EQ(info.kind, OSM_SET_TREE);
	EXPECT_EQ(info.root, one.pid);
	EXPECT_STR(info.cgroup, "");
	EXPECT_EQ(info.members, 2);
	EXPECT_EQ(info.late, 0);
	EXPECT_STR(info.engine, "clone");
	EXPECT(info.time_ns && info.skew_ns && info.skew_ns < info.pause_ns && !info.stopped);
	EXPECT_EQ(info.consistency, OSM_QUASI_INSTANTANEOUS); /* they share a page with us */
	EXPECT_EQ(pid_of(set, 0), one.pid);
	EXPECT_EQ(pid_of(set, 1), one.said[SAID_PID]);
	EXPECT(!osm_snapshot_set_member(set, 2) && !osm_snapshot_set_member(NULL, 0));
	n = counted(osm_snapshot_set_member(set, 1));
	(void)usleep(5000);
	EXPECT(n && counted(osm_snapshot_set_member(set, 1)) == n);
	osm_snapshot_free(osm_snapshot_set_member(set, 0)); /* nothing */
	EXPECT_EQ(pid_of(set, 0), one.pid);
	osm_snapshot_set_free(set);
}

TEST(a_list_has_those_that_are_named)
{
	const int pids[] = { two.pid, (int)one.said[SAID_PID] };
	struct osm_set_choice who = { .struct_size = sizeof(who), .kind = OSM_SET_LIST, .pids = pids, .pid_count = 2 };
	struct osm_snapshot_set_info info = { .struct_size = sizeof(info) };
	struct osm_snapshot_set *set = taken(&who, NULL);

	EXPECT(set);
	EXPECT_LIB_OK(osm_snapshot_set_info(set, &info));
	EXPECT(info.kind == OSM_SET_LIST && info.members == 2 && !info.root);
	EXPECT(pid_of(set, 0) == pids[0] && pid_of(set, 1) == pids[1]);
	osm_snapshot_set_free(set);
}

TEST(engine_stop_holds_all_until_the_set_is_freed)
{
	struct osm_snapshot_set_info info = { .struct_size = sizeof(info) };
	struct osm_snapshot_set *set = tree(&one, "stop");
	uint64_t n;

	EXPECT(set);
	EXPECT_LIB_OK(osm_snapshot_set_info(set, &info));
	EXPECT(info.stopped && !info.pause_ns && info.skew_ns);
	n = counted(osm_snapshot_set_member(set, 1));
	(void)usleep(20000);
	EXPECT(n && counted(osm_snapshot_set_member(set, 1)) == n);
	osm_snapshot_set_free(set);
}

TEST(a_dump_over_a_member_outlives_the_set)
{
	struct osm_snapshot_set *set = tree(&one, NULL);
	struct osm_info info = { .struct_size = sizeof(info) };
	struct osm_dump *dump = NULL;
	uint64_t n = 0;

	EXPECT(set);
	EXPECT_LIB_OK(osm_snapshot_open(osm_snapshot_set_member(set, 1), NULL, &dump));
	osm_snapshot_set_free(set);
	osm_info(dump, &info);
	EXPECT_EQ(info.pid, one.said[SAID_PID]);
	EXPECT_EQ(osm_read(dump, one.said[SAID_COUNT], &n, sizeof(n)), sizeof(n));
	EXPECT(n);
	osm_close(dump);
}

/* --- writing --------------------------------------------------------------------------------- */

static size_t files_there(bool clean)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.') {
			n++;
			if (clean)
				(void)unlinkat(dirfd(d), e->d_name, 0);
		}
	if (d)
		(void)closedir(d);
	return n;
}

static bool count_call(void *arg, uint64_t done, uint64_t total)
{
	return ++*(unsigned *)arg < 1000000 && done <= total;
}

TEST(a_set_is_written_with_its_manifest)
{
	unsigned calls = 0;
	struct osm_write_options to = { .struct_size = sizeof(to), .path = folder, .packing = OSM_PACK_ZSTD,
					.progress = count_call, .progress_arg = &calls };
	struct osm_set_write_result result = { .struct_size = sizeof(result) };
	struct osm_snapshot_set *set = tree(&two, NULL);
	struct stat st;

	EXPECT(set);
	EXPECT_LIB_OK(osm_snapshot_set_write(set, &to, &result));
	EXPECT(result.manifest && strstr(result.manifest, ".set.json"));
	EXPECT(stat(result.manifest, &st) == 0 && (st.st_mode & 0777) == 0600);
	EXPECT(result.files == 2 && result.written && result.written <= result.size && calls);
	EXPECT_EQ(files_there(false), 3);
	EXPECT_LIB_ERR(osm_snapshot_set_write(set, &to, &result), OSM_OS); /* are there already */
	EXPECT(!result.manifest && !result.files);
	EXPECT_EQ(files_there(false), 3);
	to.flags = OSM_WRITE_MINI | OSM_WRITE_REPLACE;
	EXPECT_LIB_OK(osm_snapshot_set_write(set, &to, &result));
	EXPECT_EQ(files_there(true), 5);
	osm_snapshot_set_free(set);
}

/* The second dump's name is taken. */
TEST(half_a_set_is_not_kept)
{
	char pattern[64], taken_name[64];
	struct osm_write_options to = { .struct_size = sizeof(to), .path = pattern };
	struct osm_set_write_result result = { .struct_size = sizeof(result) };
	struct osm_snapshot_set *set = tree(&two, NULL);
	FILE *f;

	EXPECT(set);
	(void)snprintf(pattern, sizeof(pattern), "%s/{pid}.x", folder);
	(void)snprintf(taken_name, sizeof(taken_name), "%s/%d.x", folder, pid_of(set, 1));
	f = fopen(taken_name, "w");
	EXPECT(f);
	(void)fclose(f);
	EXPECT_LIB_ERR(osm_snapshot_set_write(set, &to, &result), OSM_OS);
	EXPECT(result.written && !result.manifest && !result.files);
	EXPECT_EQ(files_there(true), 1);
	EXPECT_LIB_OK(osm_snapshot_set_write(set, &to, &result));
	EXPECT_EQ(result.files, 2);
	EXPECT_EQ(files_there(true), 3);
	osm_snapshot_set_free(set);
}

/* --- what cannot be -------------------------------------------------------------------------- */

static void refused(enum osm_set_kind kind, int root, const int *pids, size_t n, const char *cgroup, enum osm_error_code want)
{
	struct osm_set_choice who = { .struct_size = sizeof(who), .kind = kind, .root = root, .pids = pids, .pid_count = n,
				      .cgroup = cgroup };
	struct osm_snapshot_set *set = NULL;

	EXPECT_LIB_ERR(osm_snapshot_set_take(&who, NULL, &set), want);
	EXPECT(!set);
}

TEST(arguments_are_checked)
{
	const int twice[] = { one.pid, one.pid }, self[] = { getpid() }, none[] = { 0 }, gone[] = { 999999999 };
	struct osm_set_choice small = { .struct_size = 4, .kind = OSM_SET_TREE, .root = one.pid };
	struct osm_write_options to = { .struct_size = sizeof(to), .path = "core" };
	struct osm_snapshot_set *set = NULL;

	refused((enum osm_set_kind)0, one.pid, NULL, 0, NULL, OSM_USAGE);
	refused(OSM_SET_LIST, 0, NULL, 0, NULL, OSM_USAGE);
	refused(OSM_SET_LIST, 0, twice, 2, NULL, OSM_USAGE);
	refused(OSM_SET_LIST, 0, self, 1, NULL, OSM_USAGE);
	refused(OSM_SET_LIST, 0, none, 1, NULL, OSM_USAGE);
	refused(OSM_SET_LIST, 0, gone, 1, NULL, OSM_NOTFOUND);
	refused(OSM_SET_TREE, -1, NULL, 0, NULL, OSM_USAGE);
	refused(OSM_SET_CGROUP, 0, NULL, 0, NULL, OSM_USAGE);
	refused(OSM_SET_CGROUP, 0, NULL, 0, "/no/such/cgroup", OSM_NOTFOUND);
	EXPECT_LIB_ERR(osm_snapshot_set_take(&small, NULL, &set), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_set_take(NULL, NULL, &set), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_set_info(NULL, NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_set_write(NULL, &to, NULL), OSM_USAGE);
	osm_snapshot_set_free(NULL);
	set = tree(&one, NULL);
	EXPECT(set);
	EXPECT_LIB_ERR(osm_snapshot_set_write(set, NULL, NULL), OSM_USAGE);
	EXPECT_LIB_ERR(osm_snapshot_set_write(set, &to, NULL), OSM_USAGE); /* neither a folder nor {pid} */
	EXPECT_LIB_ERR(osm_snapshot_set_info(set, NULL), OSM_USAGE);
	osm_snapshot_set_free(set);
}

int main(void)
{
	static const struct test tests[] = { TEST_EACH_(
		a_tree_has_its_members_and_facts, a_list_has_those_that_are_named, engine_stop_holds_all_until_the_set_is_freed,
		a_dump_over_a_member_outlives_the_set, a_set_is_written_with_its_manifest, half_a_set_is_not_kept,
		arguments_are_checked) };
	int rc;

	if (!mkdtemp(folder))
		return 1;
	one = child_start(setup);
	two = child_start(setup);
	rc = test_main(tests, sizeof(tests) / sizeof(tests[0]));
	child_kill(&one);
	child_kill(&two);
	(void)files_there(true);
	(void)rmdir(folder);
	return rc;
}
