/* SPDX-License-Identifier: MIT */
/* Files that the sink writes: their bytes, holes, names, order and speed. */
#include "sink-image.h"
#include "unit/test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

enum { MIB = 1 << 20, SIZE = 23 * MIB + 12345 };

static char dir[64], path[128];

static void make_dir(void)
{
	if (*dir)
		return;
	(void)snprintf(dir, sizeof(dir), "/var/tmp/test-sink-XXXXXX");
	if (!mkdtemp(dir))
		abort();
	(void)snprintf(path, sizeof(path), "%s/core", dir);
}

static int shell(const char *command)
{
	char full[512];

	(void)snprintf(full, sizeof(full), "cd '%s' && { %s; }", dir, command);
	return system(full);
}

static bool have(const char *tool)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "command -v %s >/dev/null 2>&1", tool);
	if (!system(command))
		return true;
	(void)printf("skip: %s is not installed\n", tool);
	return false;
}

static struct sink_options options(enum sink_packing packing, unsigned threads)
{
	make_dir();
	return (struct sink_options){
		.path = path, .packing = packing, .threads = threads, .replace = true,
	};
}

/* --- whole files ------------------------------------------------------------------------------- */

static void whole_file(enum sink_packing packing, unsigned threads, uint64_t size, bool trailer)
{
	struct sink_options o = options(packing, threads);
	struct picture p = picture_of(size, trailer);
	uint64_t got = 0, right = 0;
	struct sink_result r;
	bool has_trailer;
	struct stat st;
	char name[128];

	EXPECT_OK(picture_write(&p, &o, &r, name, sizeof(name)));
	EXPECT_STR(name, path);
	EXPECT_EQ(p.early + p.straddled + p.lost, 0);
	if (trailer)
		EXPECT_EQ(p.said, p.trailer);
	EXPECT_OK(picture_check(&p, path, &got, &right, &has_trailer));
	EXPECT_EQ(got, size);
	EXPECT_EQ(right, size);
	EXPECT(!stat(path, &st));
	EXPECT_EQ(st.st_mode & 07777, 0600);
	EXPECT_EQ(r.size, st.st_size);
	EXPECT(!r.partial);
	EXPECT_EQ(files_in(dir), 1);
}

TEST(files_are_what_the_image_was)
{
	static const enum sink_packing packings[] = { SINK_PLAIN, SINK_ZSTD, SINK_LZ4 };

	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		whole_file(packings[i], 1, SIZE, true);
		whole_file(packings[i], 3, SIZE, true);
		whole_file(packings[i], 8, SIZE, false);
		whole_file(packings[i], 40, SIZE, true);
		whole_file(packings[i], 4, 5000, true);
		whole_file(packings[i], 4, 1, false);
		whole_file(packings[i], 4, MIB, false);
		whole_file(packings[i], 4, 2 * MIB, true);
		whole_file(packings[i], 4, 2 * MIB + 1, true);
		whole_file(packings[i], 4, 3 * MIB + 999, true); /* the trailer crosses a chunk */
	}
}

TEST(an_empty_image_is_an_empty_file)
{
	static const enum sink_packing packings[] = { SINK_PLAIN, SINK_ZSTD, SINK_LZ4 };

	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		struct sink_options o = options(packings[i], 4);
		struct picture p = picture_of(0, false);
		char name[128];

		EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
		EXPECT_EQ(shell(packings[i] == SINK_PLAIN ? "test ! -s core"
				: packings[i] == SINK_ZSTD ? "test -z \"$(zstd -qdc core)\""
							    : "test -z \"$(lz4 -qdc core)\""),
			  0);
	}
}

TEST(holes_are_holes)
{
	struct sink_options o = options(SINK_PLAIN, 4);
	struct picture p = picture_of(SIZE, true);
	struct sink_result r;
	char name[128];
	struct stat st;

	EXPECT_OK(picture_write(&p, &o, &r, name, sizeof(name)));
	EXPECT(!stat(path, &st));
	EXPECT_EQ(st.st_size, SIZE);
	EXPECT(r.zero > SIZE * 3 / 8 - 64 * 1024 && r.zero < SIZE * 3 / 8 + 64 * 1024);
	EXPECT_EQ(r.written, SIZE - r.zero);
	if (shell("truncate -s 1M hole && test $(stat -c %b hole) -lt 100") == 0)
		EXPECT((uint64_t)st.st_blocks * 512 <= r.written + 64 * 1024);
	else
		(void)printf("skip: %s is on a file system without holes\n", dir);
	EXPECT_EQ(shell("rm hole"), 0);
}

TEST(tools_unpack_what_was_packed)
{
	struct picture p = picture_of(SIZE, true);
	struct sink_options o = options(SINK_PLAIN, 4);
	char name[128];

	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
	EXPECT_EQ(shell("mv core plain"), 0);
	o.packing = SINK_ZSTD;
	o.level = 1;
	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
	if (have("zstd"))
		EXPECT_EQ(shell("zstd -qdc core | cmp - plain"), 0);
	o.packing = SINK_LZ4;
	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
	if (have("lz4"))
		EXPECT_EQ(shell("lz4 -qdc core | cmp - plain"), 0);
	o.level = 9;
	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
	if (have("lz4"))
		EXPECT_EQ(shell("lz4 -qdc core | cmp - plain"), 0);
	EXPECT_EQ(shell("rm plain"), 0);
}

TEST(bad_levels_leave_nothing)
{
	struct sink_options o = options(SINK_ZSTD, 2);
	struct picture p = picture_of(SIZE, true);
	char name[128];

	EXPECT_EQ(shell("rm -f core"), 0);
	o.level = 23;
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_USAGE);
	o.packing = SINK_LZ4;
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_USAGE);
	EXPECT_EQ(files_in(dir), 0);
}

/* --- names ------------------------------------------------------------------------------------------ */

TEST(files_are_not_replaced_unasked)
{
	struct sink_options o = options(SINK_PLAIN, 2);
	struct picture p = picture_of(MIB, false);
	struct err *e;
	char name[128];

	EXPECT_EQ(shell("echo mine > core"), 0);
	o.replace = false;
	e = picture_write(&p, &o, NULL, name, sizeof(name));
	EXPECT(e && err_code(e) == ERR_OS && err_errno(e) == EEXIST && strstr(err_message(e), path));
	err_free(e);
	EXPECT_EQ(shell("test \"$(cat core)\" = mine && test \"$(ls)\" = core && rm core"), 0);
	EXPECT_EQ(shell("ln -s nowhere core"), 0);
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_OS);
	EXPECT_EQ(shell("rm core"), 0);
	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
	o.replace = true;
	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
}

static struct err *appears(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	FILE *f = fopen(path, "w");

	*ret_zero = true;
	return f && fputs("theirs", f) > 0 && !fclose(f) ? NULL : err_nomem();
}

/* Someone else's file that comes while ours is written is not replaced either. */
TEST(a_name_taken_meanwhile_is_left)
{
	struct sink_options o = options(SINK_PLAIN, 2);
	struct sink_image image = { .size = MIB, .ordered_from = UINT64_MAX, .fill = appears };
	CLEANUP(sink_destroyp) struct sink *s = NULL;
	struct sink_result r;

	EXPECT_EQ(shell("rm -f core"), 0);
	o.replace = false;
	EXPECT_OK(sink_open(&o, 0, &s));
	EXPECT_ERR(sink_write(s, &image, &r), ERR_OS);
	EXPECT_EQ(shell("test \"$(cat core)\" = theirs && test \"$(ls)\" = core && rm core"), 0);
}

TEST(folders_and_devices)
{
	struct sink_options o = options(SINK_ZSTD, 2);
	struct picture p = picture_of(MIB, false);
	char name[128];

	o.path = dir;
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_USAGE);
	o.path = "/nonexistent/core";
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_OS);
	o.path = "";
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_USAGE);
	o.path = "/dev/null";
	EXPECT_OK(picture_write(&p, &o, NULL, name, sizeof(name)));
	EXPECT_STR(name, "/dev/null");
	EXPECT_EQ(shell("test -c /dev/null"), 0);
	o.path = "/dev/full";
	EXPECT_ERR(picture_write(&p, &o, NULL, name, sizeof(name)), ERR_OS);
}

static void name_is(const char *pattern, const char *want)
{
	static const struct sink_names names = {
		.name = "../e\x01vil", .host = "box", .trigger = "cpu>90/s", .kind = "core", .pid = 42,
		.time = 1795681815,
	};
	CLEANUP(freep) char *got = NULL;

	EXPECT_OK(sink_name(pattern, &names, &got));
	EXPECT_STR(got, want);
}

TEST(names_by_template)
{
	static const struct sink_names none = { 0 };
	char want[256], *got = NULL;

	make_dir();
	name_is("-", "-");
	name_is("core", "core");
	name_is("a{pid}b}", "a42b}");
	name_is("{name}", "_._e_vil");
	name_is("{host}-{trigger}.{kind}", "box-cpu>90_s.core");
	name_is("{time}", "20261126T083015Z");
	name_is("nowhere/", "nowhere/_._e_vil.42.20261126T083015Z.core");
	(void)snprintf(want, sizeof(want), "%s/_._e_vil.42.20261126T083015Z.core", dir);
	name_is(dir, want);
	EXPECT_ERR(sink_name("{nonsense}", &none, &got), ERR_USAGE);
	EXPECT_ERR(sink_name("{name", &none, &got), ERR_USAGE);
}

/* --- pipes ---------------------------------------------------------------------------------------------- */

/* Runs a command that reads the dump from the pipe "fifo" of the folder. */
static struct err *through_fifo(struct picture *p, struct sink_options o, const char *reader)
{
	char fifo[128], name[128], command[512];
	struct err *e;
	pid_t pid;

	(void)snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	(void)snprintf(command, sizeof(command), "cd %s; %s", dir, reader);
	(void)unlink(fifo);
	if (mkfifo(fifo, 0600))
		return err_os(errno, "mkfifo");
	pid = fork();
	if (!pid) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	o.path = fifo;
	e = picture_write(p, &o, NULL, name, sizeof(name));
	(void)waitpid(pid, NULL, 0);
	(void)unlink(fifo);
	return e;
}

TEST(pipes_get_the_bytes_in_order)
{
	static const enum sink_packing packings[] = { SINK_PLAIN, SINK_ZSTD, SINK_LZ4 };
	uint64_t got = 0, right = 0;
	bool trailer = false;

	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		struct sink_options o = options(packings[i], 5);
		struct picture p = picture_of(SIZE, true);

		EXPECT_OK(through_fifo(&p, o, "cat fifo > core"));
		EXPECT_EQ(p.early + p.straddled, 0);
		EXPECT_OK(picture_check(&p, path, &got, &right, &trailer));
		EXPECT_EQ(right, SIZE);
		EXPECT(trailer);
	}
}

TEST(a_reader_who_leaves_is_an_error)
{
	struct sink_options o = options(SINK_PLAIN, 4);
	struct picture p = picture_of(SIZE, true);
	struct err *e = through_fifo(&p, o, "head -c 2000000 fifo > core");

	EXPECT(e && err_code(e) == ERR_OS && err_errno(e) == EPIPE);
	err_free(e);
	o.packing = SINK_LZ4;
	e = through_fifo(&p, o, "exec 3< fifo; exec 3<&-");
	EXPECT(e && err_code(e) == ERR_OS && err_errno(e) == EPIPE);
	err_free(e);
}

static void *cancel_soon(void *arg)
{
	(void)usleep(300000);
	cancel_request();
	return NULL;
}

/* Nobody reads, and Ctrl-C still ends it. */
TEST(a_full_pipe_can_be_cancelled)
{
	struct sink_options o = options(SINK_PLAIN, 4);
	struct picture p = picture_of(SIZE, true);
	pthread_t t;
	struct err *e;

	EXPECT_EQ(pthread_create(&t, NULL, cancel_soon, NULL), 0);
	e = through_fifo(&p, o, "exec sleep 2 < fifo");
	cancel_clear();
	(void)pthread_join(t, NULL);
	EXPECT(e && err_code(e) == ERR_CANCELLED);
}

/* Standard output as a pipe and as a file that was opened for us. */
static bool to_stdout(struct picture *p, enum sink_packing packing, const char *file)
{
	struct sink_options o = options(packing, 3);
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		int fd = open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
		char name[128];

		o.path = "-";
		if (fd < 0 || dup2(fd, 1) != 1)
			_exit(2);
		_exit(err_ignore(picture_write(p, &o, NULL, name, sizeof(name))) || *name ? 1 : 0);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

TEST(standard_output_may_be_a_file)
{
	struct picture p = picture_of(SIZE, true);
	uint64_t got = 0, right = 0;
	bool trailer = false;

	make_dir();
	EXPECT_EQ(shell("rm -f core"), 0);
	EXPECT(to_stdout(&p, SINK_PLAIN, path));
	EXPECT_OK(picture_check(&p, path, &got, &right, &trailer));
	EXPECT_EQ(right, SIZE);
	EXPECT(to_stdout(&p, SINK_PLAIN, path)); /* behind it */
	EXPECT_OK(picture_check(&p, path, &got, &right, &trailer));
	EXPECT_EQ(got, 2 * SIZE);
}

/* --- memory ------------------------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static long peak_kib(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	long kib = -1;

	while (f && kib < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtol(line + 6, NULL, 10);
	if (f)
		(void)fclose(f);
	return kib;
}

/* In KiB, of eight threads; in a child, whose peak begins anew. */
static int growth(enum sink_packing packing)
{
	struct sink_options o = options(packing, 8);
	struct picture p = picture_of(64 * MIB, true);
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		long before = peak_kib();
		char name[128];

		o.path = "/dev/null";
		if (packing == SINK_PLAIN)
			o.path = path;
		if (err_ignore(picture_write(&p, &o, NULL, name, sizeof(name))))
			_exit(255);
		_exit((int)((peak_kib() - before) / 1024));
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

TEST(memory_is_bounded)
{
	static const enum sink_packing packings[] = { SINK_PLAIN, SINK_ZSTD, SINK_LZ4 };

	for (size_t i = 0; !SANITIZED && i < ARRAY_SIZE(packings); i++) {
		int mib = growth(packings[i]);

		(void)printf("figure: writing %s with 8 threads takes %d MiB of memory\n",
			     i == 0 ? "plain" : i == 1 ? "zstd" : "lz4", mib);
		EXPECT(mib < 40);
	}
}

/* --- rate -------------------------------------------------------------------------------------------------- */

static double seconds_of(struct sink_options o, uint64_t size)
{
	struct picture p = picture_of(size, true);
	struct sink_result r = { 0 };
	char name[128];

	p.noise = 3;
	return err_ignore(picture_write(&p, &o, &r, name, sizeof(name))) ? -1
									  : (double)r.nanoseconds / 1e9;
}

TEST(the_rate_is_kept)
{
	struct sink_options o = options(SINK_PLAIN, 4);
	double t;

	o.limit_rate = 8 * MIB;
	t = seconds_of(o, 8 * MIB); /* of which 5 are no zeros */
	EXPECT(t > 0.5);
	o.packing = SINK_ZSTD;
	o.limit_rate = 4 * MIB;
	t = seconds_of(o, 4 * MIB);
	EXPECT(t > 0.4);
}

TEST(cleans_up)
{
	EXPECT_EQ(shell("rm -rf \"$PWD\""), 0);
}

TESTS(files_are_what_the_image_was, an_empty_image_is_an_empty_file, holes_are_holes,
      tools_unpack_what_was_packed, bad_levels_leave_nothing, files_are_not_replaced_unasked,
      a_name_taken_meanwhile_is_left, folders_and_devices, names_by_template,
      pipes_get_the_bytes_in_order, a_reader_who_leaves_is_an_error, a_full_pipe_can_be_cancelled,
      standard_output_may_be_a_file, memory_is_bounded, the_rate_is_kept, cleans_up)
