/* SPDX-License-Identifier: MIT */
/* The record as text: what it has, what it leaves out, how it escapes, how the closing one fits. */
#include "base/cleanup.h"
#include "capture/record.h"
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

static struct arena a = ARENA_INIT;

static const char *text_of(const struct record *r)
{
	const void *p = NULL;
	size_t n = 0;

	if (err_ignore(record_build(r, &a, &p, &n)))
		return "(error)";
	return arena_strndup(&a, p, n);
}

static const char *lists_of(const struct record *r)
{
	const void *p = NULL;
	size_t n = 0;

	if (err_ignore(record_lists_build(r, &a, &p, &n)))
		return "(error)";
	return arena_strndup(&a, p, n);
}

static const char *closing_of(const struct record_closing *c, size_t size)
{
	const void *p = NULL;

	if (err_ignore(record_closing_build(c, size, &a, &p)))
		return "(error)";
	return arena_strndup(&a, p, size);
}

static bool has(const char *text, const char *part)
{
	if (!strstr(text, part))
		(void)fprintf(stderr, "%s\n  is not in\n%s\n", part, text);
	return strstr(text, part) != NULL;
}

TEST(the_head)
{
	static const pid_t set[] = { 4711, 4712 };
	struct record r = {
		.engine = "clone", .engine_why = "commit and \"cgroup\" have room", .consistency = CONSISTENCY_QUASI,
		.consistency_why = "one shared mapping is live", .paused = true,
		.pause = { .total = 12000000, .interrupt = 1, .registers = 2, .clone = 3, .copy = 4, .release = 5 },
		.start_ns = UINT64_C(1795678815000000042), .trigger = "cpu above 90 %", .set = set, .n_set = 2,
		.set_skew_ns = 77,
	};
	const char *s = text_of(&r);

	EXPECT(has(s, "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"" OSM_VERSION "\"},"));
	EXPECT(has(s, "\"engine\":{\"name\":\"clone\",\"why\":\"commit and \\\"cgroup\\\" have room\"},"));
	EXPECT(has(s, "\"consistency\":{\"level\":\"quasi-instantaneous\",\"why\":\"one shared mapping is live\"},"));
	EXPECT(has(s, "\"start\":{\"seconds\":1795678815,\"nanoseconds\":42},\"trigger\":\"cpu above 90 %\","));
	EXPECT(has(s, "\"pause\":{\"total_ns\":12000000,\"interrupt_ns\":1,\"registers_ns\":2,\"clone_ns\":3,"
		      "\"copy_ns\":4,\"release_ns\":5},"));
	EXPECT(has(s, "\"set\":{\"pids\":[4711,4712],\"skew_ns\":77},"));
	EXPECT(has(s, "\"memory\":{\"page_size\":4096,\"default\":\"snapshot\",\"classes\":[],\"ranges\":[]}}"));
	EXPECT(!strstr(s, "comment"));
	r.paused = false;
	EXPECT(!strstr(text_of(&r), "pause"));
}

TEST(ranges_are_joined_and_grouped)
{
	static const struct snapshot_range v[] = {
		{ 0x5000, 0x6000, RANGE_LIVE, NULL },	       { 0x1000, 0x2000, RANGE_SNAPSHOT, NULL },
		{ 0x2000, 0x3000, RANGE_SNAPSHOT, "" },	       { 0x6000, 0x8000, RANGE_LIVE, "" },
		{ 0x9000, 0xa000, RANGE_LEFT_OUT, "DONTDUMP" }, { 0xb000, 0xc000, RANGE_LEFT_OUT, "DONTDUMP" },
		{ 0xa000, 0xb000, RANGE_LEFT_OUT, "device" },  { 0xffff000000000000, UINT64_MAX, RANGE_FILE, NULL },
		{ 0x10000, 0x10000, RANGE_LIVE, "empty" },
	};
	struct record r = { .ranges = v, .n_ranges = ARRAY_SIZE(v), .page_size = 65536 };
	const char *s = text_of(&r);

	EXPECT(has(s, "\"memory\":{\"page_size\":65536,\"default\":\"snapshot\",\"classes\":["
		      "{\"class\":\"snapshot\",\"ranges\":1,\"bytes\":8192},"
		      "{\"class\":\"live\",\"ranges\":1,\"bytes\":12288},"
		      "{\"class\":\"left-out\",\"ranges\":3,\"bytes\":12288},"
		      "{\"class\":\"file\",\"ranges\":1,\"bytes\":281474976710655}],"
		      "\"ranges\":[{\"class\":\"live\",\"at\":[\"0x5000-0x8000\"]},"
		      "{\"class\":\"left-out\",\"reason\":\"DONTDUMP\",\"at\":[\"0x9000-0xa000\",\"0xb000-0xc000\"]},"
		      "{\"class\":\"left-out\",\"reason\":\"device\",\"at\":[\"0xa000-0xb000\"]},"
		      "{\"class\":\"file\",\"at\":[\"0xffff000000000000-0xffffffffffffffff\"]}]}"));
}

/* 70,000 mappings of the default class cost nothing. */
TEST(the_default_class_stays_small)
{
	CLEANUP(freep) struct snapshot_range *v = calloc(70000, sizeof(*v));
	struct record r = { .ranges = v, .n_ranges = 70000 };
	const char *s;

	EXPECT(v != NULL);
	for (size_t i = 0; i < 70000; i++)
		v[i] = (struct snapshot_range){ 0x10000 + i * 0x2000, 0x11000 + i * 0x2000, RANGE_SNAPSHOT, NULL };
	s = text_of(&r);
	EXPECT(has(s, "{\"class\":\"snapshot\",\"ranges\":70000,\"bytes\":286720000}"));
	EXPECT(strlen(s) < 1000);
}

TEST(threads)
{
	struct record_thread t[] = {
		{ .proc = { .stat = { .tid = 7, .comm = "a\"b\\\x01\xff\n", .state = 'S', .policy = 1, .nice = -5,
				      .priority = -2, .cpu = 3, .voluntary_switches = 10, .involuntary_switches = 11,
				      .user_ticks = 12, .system_ticks = 13, .sigblk = 0x10 },
			    .wchan = "futex_wait_queue", .stack = "futex_wait+0x1/0x2\ndo_futex+0x3/0x4",
			    .syscall = "202 0x7f10 0x80 0x2 0x0 0x0 0xffffffff 0x7ffe 0x7f99" },
		  .registers = REGISTERS_PTRACE },
		{ .proc = { .stat = { .tid = 8, .state = 'R', .policy = 99 }, .wchan = "", .stack = "",
			    .syscall = "running" } },
		{ .proc = { .stat = { .tid = 9 }, .wchan = "", .stack = "", .syscall = "-1 0x7ffe 0x7f99" },
		  .registers = REGISTERS_SYSCALL },
	};
	struct record r = { .threads = t, .n_threads = 3 };
	const char *s = lists_of(&r);

	EXPECT(has(s, "{\"tid\":7,\"name\":\"a\\\"b\\\\\\u0001\xef\xbf\xbd\\n\",\"state\":\"S\","
		      "\"wchan\":\"futex_wait_queue\",\"policy\":\"fifo\",\"priority\":-2,\"nice\":-5,\"cpu\":3,"
		      "\"voluntary_switches\":10,\"involuntary_switches\":11,\"user_ticks\":12,\"system_ticks\":13,"));
	EXPECT(has(s, "\"signals_blocked\":\"0x10\",\"syscall\":{\"number\":202,\"args\":[\"0x7f10\",\"0x80\",\"0x2\","
		      "\"0x0\",\"0x0\",\"0xffffffff\"],\"sp\":\"0x7ffe\",\"pc\":\"0x7f99\"},"
		      "\"kernel_stack\":[\"futex_wait+0x1/0x2\",\"do_futex+0x3/0x4\"],\"registers\":\"ptrace\"}"));
	EXPECT(has(s, "{\"tid\":8,\"state\":\"R\",\"priority\":0"));
	EXPECT(has(s, "\"syscall\":{\"number\":-1,\"sp\":\"0x7ffe\",\"pc\":\"0x7f99\"},"
		      "\"registers\":\"/proc syscall (partial)\"}"));
}

TEST(facts)
{
	CLEANUP(proc_facts_deinit) struct proc_facts f = { 0 };
	struct proc_fd fd = { .fd = 5, .target = "socket:[9]", .detail = "tcp 127.0.0.1:1 LISTEN", .flags = 02000002 };
	struct record r = { .facts = &f };
	const char *s;

	EXPECT_OK(proc_facts_read(getpid(), 0, &f));
	EXPECT(vec_push(&f.fds, fd));
	f.memory_max = UINT64_MAX;
	f.memory_current = 5;
	EXPECT(!strstr(text_of(&r), "\"files\":["));
	s = lists_of(&r);
	EXPECT(has(s, "\"files\":[{\"fd\":5,\"target\":\"socket:[9]\",\"detail\":\"tcp 127.0.0.1:1 LISTEN\","
		      "\"position\":0,\"flags\":\"0x80002\"}]"));
	EXPECT(!strstr(s, "environment"));
	s = text_of(&r);
	EXPECT(has(s, "\"memory_current\":5}"));
	EXPECT(!strstr(s, "memory_max"));
	EXPECT(has(s, "{\"name\":\"Max open files\",\"soft\":\""));
	EXPECT(has(s, "\"namespaces\":{\"pid\":\"pid:["));
	f.environment = "A=1\0B=\xff" "2\0";
	f.environment_size = 9;
	EXPECT(has(lists_of(&r), "\"environment\":[\"A=1\",\"B=\xef\xbf\xbd" "2\"]"));
}

TEST(closing_fits_its_room)
{
	struct snapshot_range v[3000];
	struct record_closing c = { .complete = true, .written = 5, .zero = 6, .writing_ns = 7, .ranges = v };
	char why[5000] = "";
	const char *s;

	for (size_t i = 0; i < 3000; i++)
		v[i] = (struct snapshot_range){ UINT64_C(0x7f0000000000) + i * 0x2000,
						UINT64_C(0x7f0000001000) + i * 0x2000,
						i < 100 ? RANGE_LIVE : RANGE_UNREADABLE, "EIO" };
	s = closing_of(&c, 4096);
	EXPECT_EQ(strlen(s), 4096);
	EXPECT(has(s, "{\"format\":1,\"complete\":true,\"written_bytes\":5,\"zero_bytes\":6,\"writing_ns\":7,"
		      "\"memory\":{\"classes\":[],\"ranges\":[],\"not_listed\":0}}   "));
	EXPECT_EQ(s[4095], ' ');
	c.n_ranges = 3000;
	s = closing_of(&c, 64 << 10);
	EXPECT_EQ(strlen(s), 64 << 10);
	EXPECT(has(s, "{\"class\":\"unreadable\",\"ranges\":2900,\"bytes\":11878400}"));
	EXPECT(strstr(s, "\"not_listed\":0") == NULL);
	EXPECT(strstr(s, "\"at\":[\"0x7f00000c8000-0x7f00000c9000\"") != NULL); /* unreadable first */
	EXPECT_EQ(strlen(closing_of(&c, 1 << 20)), 1 << 20);
	EXPECT(strstr(closing_of(&c, 1 << 20), "\"not_listed\":0}}") != NULL);
	EXPECT_STR(closing_of(&c, 100), "(error)");
	EXPECT_EQ(strlen(closing_of(&c, RECORD_CLOSING_LEAST)), RECORD_CLOSING_LEAST);
	memset(why, 1, sizeof(why) - 1); /* six times as long when escaped */
	c.incomplete_why = why;
	s = closing_of(&c, RECORD_CLOSING_LEAST);
	EXPECT_EQ(strlen(s), RECORD_CLOSING_LEAST);
	EXPECT(has(s, "\"incomplete_why\":\"\\u0001"));
	EXPECT(has(s, "\"not_listed\":3000}}"));
	arena_deinit(&a);
}

TESTS(the_head, ranges_are_joined_and_grouped, the_default_class_stays_small, threads, facts, closing_fits_its_room)
