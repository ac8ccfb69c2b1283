/* SPDX-License-Identifier: MIT */
/*
 * What goes wrong while the sink writes: full disks at many points, limits,
 * folders that cannot be written, Ctrl-C, images that fail. Either nothing is
 * left, or a partial file that is valid and true.
 *
 * As root small file systems are mounted, seen by this process only; others
 * make do with RLIMIT_FSIZE.
 */
#include "sink-image.h"
#include "unit/test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <signal.h>

enum { MIB = 1 << 20, SIZE = 9 * MIB + 4321 };

static char dir[64], path[128], partial[160];

static bool shell(const char *command)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "cd '%s' && { %s; }", dir, command);
	return !system(full);
}

/* A folder; `mount` when small file systems can be mounted on it. */
static bool can_mount(void)
{
	static int answer = -1;

	if (answer >= 0)
		return answer;
	(void)snprintf(dir, sizeof(dir), "%s/test-sink-faults-XXXXXX",
		       access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/var/tmp");
	if (!mkdtemp(dir))
		abort();
	(void)snprintf(path, sizeof(path), "%s/core", dir);
	(void)snprintf(partial, sizeof(partial), "%s.partial", path);
	answer = !geteuid() && !unshare(CLONE_NEWNS) &&
		 !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
		 !mount("small", dir, "tmpfs", 0, "size=1m") && !umount(dir);
	if (!answer)
		(void)printf("skip: small file systems need root\n");
	return answer;
}

static struct sink_options options(enum sink_packing packing)
{
	(void)can_mount();
	return (struct sink_options){ .path = path, .packing = packing, .threads = 3, .replace = true };
}

/* What a partial file says: its size, right bytes, whether the trailer stands. */
struct state {
	uint64_t size, right;
	bool trailer;
};

static bool look(const struct picture *p, const char *name, struct state *ret)
{
	struct err *e = picture_check(p, name, &ret->size, &ret->right, &ret->trailer);

	if (e)
		(void)fprintf(stderr, "%s\n", err_message(e));
	return !err_ignore(e);
}

/* --- full disks -------------------------------------------------------------------------------- */

/* In a file system of so many KiB: fails in the right way, or succeeds. true: it fit. */
static bool fill_disk(enum sink_packing packing, unsigned kib, bool keep)
{
	struct sink_options o = options(packing);
	struct picture p = picture_of(SIZE, true);
	char size[32], name[128];
	struct state st = { 0 };
	struct sink_result r;
	struct err *e;
	bool fit;

	(void)snprintf(size, sizeof(size), "size=%uk", kib);
	if (mount("small", dir, "tmpfs", 0, size)) {
		test_failures++;
		return true;
	}
	o.keep_partial = keep;
	e = picture_write(&p, &o, &r, name, sizeof(name));
	fit = !e;
	if (e && err_errno(e) != ENOSPC) {
		(void)fprintf(stderr, "%u KiB: %s\n", kib, err_message(e));
		test_failures++;
	}
	if (e && !*name && files_in(dir)) /* nothing kept, nothing left */
		test_failures++;
	/* a mapped hole of a full tmpfs cannot be read */
	(void)mount("small", dir, "tmpfs", MS_REMOUNT, "size=64m");
	if (e && *name &&
	    (!keep || !r.partial || strcmp(name, partial) != 0 || files_in(dir) != 1 ||
	     !look(&p, partial, &st) || st.right < MIB ||
	     (packing != SINK_PLAIN && st.right != st.size))) {
		(void)fprintf(stderr, "%u KiB: %s: %" PRIu64 " of %" PRIu64 " right\n", kib, name, st.right,
			      st.size);
		test_failures++;
	}
	err_free(e);
	(void)umount(dir);
	return fit;
}

static void full_disks(enum sink_packing packing)
{
	for (int keep = 0; keep < 2; keep++) {
		unsigned kib = 4;

		/* finely at first, where headers are, then at odd places */
		while (!test_failures && !fill_disk(packing, kib, keep))
			kib += kib < 64 ? 4 : 252;
		EXPECT(kib > 1024);
	}
}

TEST(full_disks_under_plain_files)
{
	if (can_mount())
		full_disks(SINK_PLAIN);
}

TEST(full_disks_under_zstd)
{
	if (can_mount())
		full_disks(SINK_ZSTD);
}

TEST(full_disks_under_lz4)
{
	if (can_mount())
		full_disks(SINK_LZ4);
}

/* Full at each page near the end, where table and end mark are. */
TEST(full_disks_at_the_end)
{
	static const enum sink_packing packings[] = { SINK_ZSTD, SINK_LZ4 };

	for (size_t i = 0; can_mount() && i < ARRAY_SIZE(packings); i++) {
		struct sink_options o = options(packings[i]);
		struct picture p = picture_of(SIZE, true);
		struct sink_result r = { 0 };
		char name[128];
		unsigned whole;

		EXPECT(!mount("large", dir, "tmpfs", 0, "size=64m"));
		EXPECT_OK(picture_write(&p, &o, &r, name, sizeof(name)));
		EXPECT(!umount(dir));
		whole = (unsigned)(r.size / 1024 / 4 + 1) * 4;
		for (unsigned kib = whole - 40; kib < whole + 8; kib += 4)
			(void)fill_disk(packings[i], kib, true);
	}
}

/* As full disks, for those who are not root too; the signal must not kill us. */
static void limited(enum sink_packing packing, rlim_t limit)
{
	struct sink_options o = options(packing);
	struct picture p = picture_of(SIZE, true);
	struct state st = { 0 };
	struct rlimit before, now;
	struct err *e;
	char name[128];

	EXPECT(!getrlimit(RLIMIT_FSIZE, &before));
	now = before;
	now.rlim_cur = limit;
	EXPECT(!setrlimit(RLIMIT_FSIZE, &now));
	o.keep_partial = true;
	e = picture_write(&p, &o, NULL, name, sizeof(name));
	EXPECT(!setrlimit(RLIMIT_FSIZE, &before));
	EXPECT(e && err_errno(e) == EFBIG && strstr(err_message(e), path));
	err_free(e);
	if (packing == SINK_PLAIN) { /* it is refused before anything is written */
		EXPECT_STR(name, "");
	} else if (*name) {
		EXPECT(look(&p, name, &st));
		EXPECT_EQ(st.right, st.size);
		EXPECT(st.size >= MIB);
	}
	EXPECT(shell("rm -f core.partial && test -z \"$(ls -A)\""));
}

TEST(file_size_limits)
{
	for (rlim_t limit = 4096; limit < 2 * MIB; limit += 99999) {
		limited(SINK_PLAIN, limit);
		limited(SINK_ZSTD, limit);
		limited(SINK_LZ4, limit);
	}
}

/* --- space that stays free ------------------------------------------------------------------------ */

TEST(space_is_checked_before)
{
	struct sink_options o = options(SINK_PLAIN);
	struct sink *s = NULL;
	struct err *e;

	o.keep_free = UINT64_MAX;
	e = sink_open(&o, UINT64_C(1) << 60, &s);
	EXPECT(e && err_errno(e) == ENOSPC);
	EXPECT(strstr(err_message(e), "core: no space: 1.2 EB expected, ") &&
	       strstr(err_message(e), " free of which "));
	err_free(e);
	o.keep_free = UINT64_C(1) << 60;
	EXPECT_ERR(sink_open(&o, 1000, &s), ERR_OS);
	EXPECT_EQ(files_in(dir), 0);
}

/* Others fill the disk meanwhile: the floor is seen while writing. */
static struct err *noise(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = (uint8_t)(i * 7 + offset + 1);
	return NULL;
}

TEST(the_floor_is_kept_while_writing)
{
	struct sink_options o = options(SINK_PLAIN);
	struct sink_image image = { .size = 200 * MIB, .ordered_from = UINT64_MAX, .fill = noise };
	CLEANUP(sink_destroyp) struct sink *s = NULL;
	struct sink_result r;
	struct err *e;

	if (!can_mount())
		return;
	EXPECT(!mount("small", dir, "tmpfs", 0, "size=256m"));
	o.keep_free = 100 * MIB;
	EXPECT_OK(sink_open(&o, 0, &s));
	e = sink_write(s, &image, &r);
	EXPECT(e && err_errno(e) == ENOSPC && strstr(err_message(e), "104.9 MB stay free"));
	err_free(e);
	EXPECT_EQ(files_in(dir), 0);
	EXPECT(!umount(dir));
}

/* --- folders ------------------------------------------------------------------------------------------ */

TEST(read_only_folders)
{
	struct sink_options o = options(SINK_ZSTD);
	struct picture p = picture_of(SIZE, true);
	struct err *e;
	char name[128];

	if (can_mount()) {
		EXPECT(!mount("small", dir, "tmpfs", MS_RDONLY, NULL));
		e = picture_write(&p, &o, NULL, name, sizeof(name));
		EXPECT(!umount(dir));
		EXPECT(e && err_errno(e) == EROFS && strstr(err_message(e), path));
		err_free(e);
	}
	if (!geteuid())
		return;
	EXPECT(shell("chmod 500 ."));
	e = picture_write(&p, &o, NULL, name, sizeof(name));
	EXPECT(shell("chmod 700 ."));
	EXPECT(e && err_errno(e) == EACCES);
	err_free(e);
}

/* --- being stopped ---------------------------------------------------------------------------------------- */

static void stopped(enum sink_packing packing, unsigned threads, uint64_t at, bool keep, bool cancel)
{
	struct sink_options o = options(packing);
	struct picture p = picture_of(SIZE, true);
	struct state st = { 0 };
	struct sink_result r;
	struct err *e;
	char name[128];

	o.threads = threads;
	o.keep_partial = keep;
	*(cancel ? &p.cancel_at : &p.fail_at) = at;
	e = picture_write(&p, &o, &r, name, sizeof(name));
	cancel_clear();
	EXPECT(e && err_code(e) == (cancel ? ERR_CANCELLED : ERR_FAULT));
	err_free(e);
	EXPECT_EQ(files_in(dir), keep && *name);
	if (!*name) {
		EXPECT(!keep || threads > 1); /* the first chunk may not be there */
		return;
	}
	EXPECT_STR(name, partial);
	EXPECT(r.partial);
	EXPECT(look(&p, partial, &st));
	EXPECT(p.lost > 0 && p.asked + p.lost >= p.trailer && !p.early);
	EXPECT_EQ(st.trailer, packing != SINK_LZ4);
	EXPECT(st.right >= MIB);
	if (packing == SINK_LZ4)
		EXPECT_EQ(st.right, st.size);
	else
		EXPECT_EQ(st.size, p.size);
	EXPECT(shell("rm -f core.partial"));
}

TEST(cancelled_or_failed_in_the_middle)
{
	static const enum sink_packing packings[] = { SINK_PLAIN, SINK_ZSTD, SINK_LZ4 };

	for (size_t i = 0; i < ARRAY_SIZE(packings); i++)
		for (uint64_t at = 1; at < 8 * MIB; at += 1500000)
			for (unsigned how = 0; how < 8; how++)
				stopped(packings[i], how & 4 ? 1 : 3, at, how & 1, how & 2);
}

TEST(partial_files_do_not_replace_each_other)
{
	struct sink_options o = options(SINK_PLAIN);
	char name[128];

	o.keep_partial = true;
	for (int i = 0; i < 3; i++) {
		struct picture p = picture_of(SIZE, true);

		p.fail_at = 6 * MIB;
		EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_FAULT);
	}
	EXPECT(shell("test \"$(echo *)\" = 'core.partial core.partial.2 core.partial.3' && rm *"));
}

/* What is not written is removed with the sink. */
TEST(an_unused_sink_leaves_nothing)
{
	struct sink_options o = options(SINK_PLAIN);
	struct sink *s = NULL;

	EXPECT_OK(sink_open(&o, 0, &s));
	EXPECT_EQ(files_in(dir), 1);
	EXPECT(shell("test \"$(stat -c %a *)\" = 600"));
	sink_destroy(s);
	EXPECT_EQ(files_in(dir), 0);
}

/* Neither blocked signals nor pending ones are left behind. */
TEST(signals_are_as_before)
{
	struct sink_options o = options(SINK_PLAIN);
	struct picture p = picture_of(SIZE, true);
	sigset_t set;
	char name[128];

	o.path = "/dev/full";
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_OS);
	EXPECT(!sigprocmask(SIG_SETMASK, NULL, &set));
	EXPECT(!sigismember(&set, SIGPIPE) && !sigismember(&set, SIGXFSZ) && !sigismember(&set, SIGINT));
	EXPECT(!sigpending(&set));
	EXPECT(!sigismember(&set, SIGPIPE) && !sigismember(&set, SIGXFSZ));
}

TEST(cleans_up)
{
	EXPECT(!rmdir(dir));
}

TESTS(full_disks_under_plain_files, full_disks_under_zstd, full_disks_under_lz4,
      full_disks_at_the_end, file_size_limits, space_is_checked_before,
      the_floor_is_kept_while_writing, read_only_folders, cancelled_or_failed_in_the_middle,
      partial_files_do_not_replace_each_other, an_unused_sink_leaves_nothing, signals_are_as_before,
      cleans_up)
