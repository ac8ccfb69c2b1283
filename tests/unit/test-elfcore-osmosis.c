/* SPDX-License-Identifier: MIT */
/*
 * OSMOSIS notes as they are read: what the builder of src/capture writes comes
 * back; and what a hostile file says in them does no harm.
 */
#include "base/cleanup.h"
#include "capture/record.h"
#include "elfcore-build.h"
#include "format/dump.h"
#include "format/json.h"
#include "target/target.h"
#include "test.h"

/* --- a core with such notes --------------------------------------------------------- */

struct opened {
	struct core core;
	struct dump *d;
};

static void opened_close(struct opened *o)
{
	dump_unref(o->d);
	core_free(&o->core);
}

static void note_text(struct core *c, unsigned type, const char *text)
{
	if (text)
		core_note(c, "OSMOSIS", type, text, strlen(text));
}

static struct err *open_core(struct opened *o)
{
	struct source *src;

	core_build(&o->core);
	TRY(source_from_memory("core", o->core.file, o->core.size, &src));
	return dump_open_source(src, &o->d);
}

static struct core with_threads(void)
{
	struct core c = { .bits = 64, .machine = 62 };
	uint8_t status[336] = { 0 };

	for (uint8_t tid = 1; tid <= 3; tid++) {
		status[32] = tid;
		core_note(&c, "CORE", 1, status, sizeof(status));
	}
	return c;
}

static struct err *open_texts(const char *record, const char *lists, const char *closing, struct opened *o)
{
	static const char page[4096] = "x";

	o->core = with_threads();
	note_text(&o->core, OSMOSIS_NOTE_RECORD, record);
	note_text(&o->core, OSMOSIS_NOTE_LISTS, lists);
	note_text(&o->core, OSMOSIS_NOTE_CLOSING, closing);
	core_load(&o->core, 0x10000, page, sizeof(page), 0x10000);
	core_load(&o->core, 0x40000, NULL, 0, 0x10000);
	return open_core(o);
}

/* "10000+1000:file 11000+f000:zero" */
static const char *segments(struct dump *d)
{
	static char text[8192];
	const struct dump_segment *v;
	size_t n, at = 0;

	if (err_ignore(dump_segments(d, &v, &n)))
		return "(error)";
	text[0] = '\0';
	for (size_t i = 0; i < n && at < sizeof(text) - 100; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%" PRIx64 "+%" PRIx64 "%s:%" PRIx64 "%s", i ? " " : "",
				       v[i].address, v[i].size, v[i].continued ? "c" : "", v[i].file_size,
				       v[i].zero ? "z" : "");
	return text;
}

static bool has_defect(const struct dump *d, const char *part)
{
	const struct dump_defect *v;
	size_t n = dump_defects(d, &v);

	for (size_t i = 0; i < n; i++)
		if (strstr(v[i].text, part))
			return true;
	return false;
}

#define CLOSED "{\"format\":1,\"complete\":true}"

/* --- round trip ------------------------------------------------------------------------ */

static const struct record_thread some_threads[] = {
	{ .proc = { .stat = { .tid = 1, .comm = "first \"x\"", .state = 'D', .nice = -3, .policy = 2, .cpu = 7 },
		    .wchan = "pipe_read", .stack = "a+0x1/0x2\nb+0x3/0x4",
		    .syscall = "0 0x3 0x7ffc00 0x10 0x0 0x0 0x0 0x7ffe 0x401000" },
	  .registers = REGISTERS_PTRACE },
	{ .proc = { .stat = { .tid = 3, .comm = "third" }, .wchan = "", .stack = "", .syscall = "running" } },
};

static const struct snapshot_range some_ranges[] = {
	{ 0x10000, 0x11000, RANGE_SNAPSHOT, NULL },
	{ 0x11000, 0x20000, RANGE_UNTOUCHED, NULL },
	{ 0x40000, 0x50000, RANGE_LEFT_OUT, "DONTDUMP" },
};

static struct err *open_built(const struct record *r, const struct record_closing *closing, struct opened *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	static const char page[4096] = "x";
	const void *record, *lists, *end;
	size_t record_size = 0, lists_size = 0;

	TRY(record_build(r, &a, &record, &record_size));
	TRY(record_lists_build(r, &a, &lists, &lists_size));
	TRY(record_closing_build(closing, RECORD_CLOSING_LEAST, &a, &end));
	o->core = with_threads();
	core_note(&o->core, "OSMOSIS", OSMOSIS_NOTE_RECORD, record, record_size);
	core_note(&o->core, "OSMOSIS", OSMOSIS_NOTE_LISTS, lists, lists_size);
	core_note(&o->core, "OSMOSIS", OSMOSIS_NOTE_CLOSING, end, RECORD_CLOSING_LEAST);
	core_load(&o->core, 0x10000, page, sizeof(page), 0x10000);
	core_load(&o->core, 0x40000, NULL, 0, 0x10000);
	return open_core(o);
}

TEST(what_was_built_comes_back)
{
	CLEANUP(opened_close) struct opened o = { 0 };
	static const struct snapshot_range bad[] = { { 0x10800, 0x10900, RANGE_UNREADABLE, "EIO" } };
	struct record r = { .engine = "clone", .engine_why = "room", .consistency = CONSISTENCY_INSTANTANEOUS,
			    .paused = true, .pause = { 10, 1, 2, 3, 4, 5 }, .start_ns = UINT64_C(1700000000000000007),
			    .trigger = "asked for", .comment = "c", .ranges = some_ranges, .n_ranges = 3,
			    .threads = some_threads, .n_threads = 2 };
	struct record_closing closing = { .incomplete_why = "disk full", .written = 0x1000, .writing_ns = 9,
					  .ranges = bad, .n_ranges = 1 };
	const struct dump_snapshot *s;
	const struct dump_facts *f;

	EXPECT_OK(open_built(&r, &closing, &o));
	EXPECT_OK(dump_snapshot(o.d, &s));
	EXPECT(s != NULL);
	EXPECT_EQ(s->consistency, CONSISTENCY_INSTANTANEOUS);
	EXPECT_STR(s->engine, "clone");
	EXPECT_STR(s->engine_why, "room");
	EXPECT_STR(s->trigger, "asked for");
	EXPECT_EQ(s->start_seconds, 1700000000);
	EXPECT_EQ(s->start_nanoseconds, 7);
	EXPECT(s->has_pause && s->has_closing && !s->complete);
	EXPECT_EQ(s->pause.total + s->pause.interrupt + s->pause.release, 16);
	EXPECT_STR(s->incomplete_why, "disk full");
	EXPECT_EQ(s->counts[RANGE_SNAPSHOT].bytes, 0x1000 - 0x100);
	EXPECT_EQ(s->counts[RANGE_UNREADABLE].ranges, 1);
	EXPECT_EQ(s->counts[RANGE_UNTOUCHED].bytes, 0xf000);
	EXPECT_EQ(s->n_ranges, 3);
	EXPECT_EQ(s->ranges[0].class, RANGE_UNREADABLE);
	EXPECT_STR(s->ranges[2].reason, "DONTDUMP");
	EXPECT_STR(segments(o.d), "10000+800:800 10800+100c:0 10900+700c:700 11000+f000c:0z 40000+10000:0");
	f = dump_facts(o.d);
	EXPECT_STR(f->title, "User Core Dump File (ELF): Linux x64 process, instantaneous snapshot");
	EXPECT_STR(f->writer, "osmodump snap " OSM_VERSION);
	EXPECT_EQ(f->dump_time, 1700000000);
	EXPECT_EQ(dump_defects(o.d, &(const struct dump_defect *){ NULL }), 0);
}

TEST(threads_come_back)
{
	CLEANUP(opened_close) struct opened o = { 0 };
	struct record r = { .threads = some_threads, .n_threads = 2 };
	struct record_closing closing = { .complete = true };
	const struct dump_thread *t;
	size_t n;

	EXPECT_OK(open_built(&r, &closing, &o));
	EXPECT_OK(dump_threads(o.d, &t, &n));
	EXPECT_EQ(n, 3);
	EXPECT_STR(t[0].name, "first \"x\"");
	EXPECT(t[0].live && !t[1].live && t[2].live);
	EXPECT_EQ(t[0].live->state, 'D');
	EXPECT_STR(t[0].live->wchan, "pipe_read");
	EXPECT_EQ(t[0].live->n_kernel_stack, 2);
	EXPECT_STR(t[0].live->kernel_stack[1], "b+0x3/0x4");
	EXPECT(t[0].live->has_syscall && t[0].live->has_syscall_args);
	EXPECT_EQ(t[0].live->syscall, 0);
	EXPECT_EQ(t[0].live->syscall_args[1], 0x7ffc00);
	EXPECT_EQ(t[0].live->syscall_pc, 0x401000);
	EXPECT_EQ((uint32_t)t[0].live->nice, (uint32_t)-3);
	EXPECT_STR(t[0].live->policy, "rr");
	EXPECT_STR(t[0].live->registers, "ptrace");
	EXPECT_STR(t[1].name, "");
	EXPECT_STR(t[2].name, "third");
	EXPECT(!t[2].live->has_syscall);
}

/* --- memory ----------------------------------------------------------------------------- */

#define MEMORY(d, ranges) "{\"format\":1,\"memory\":{\"default\":\"" d "\",\"ranges\":[" ranges "]}}"
#define RANGE(class, at) "{\"class\":\"" class "\",\"at\":[" at "]}"

static const char *cut(const char *record, const char *closing)
{
	CLEANUP(opened_close) struct opened o = { 0 };

	return err_ignore(open_texts(record, NULL, closing, &o)) ? "(open)" : segments(o.d);
}

TEST(segments_are_cut)
{
	EXPECT_STR(cut(MEMORY("snapshot", ""), CLOSED), "10000+10000:1000 40000+10000:0");
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("live", "\"0x10000-0x11000\"") "," RANGE("pause", "\"0x40000-0x50000\"")),
		       CLOSED),
		   "10000+10000:1000 40000+10000:0");
	/* over borders, before and behind everything */
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("left-out", "\"0x0-0x10010\",\"0x40100-0xffffffffffffffff\"")), CLOSED),
		   "10000+10:0 10010+fff0c:ff0 40000+100:0 40100+ff00c:0");
	/* untouched memory within the file's bytes cuts nothing; beyond them it is zero */
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("untouched", "\"0x10100-0x10200\"")), CLOSED),
		   "10000+10000:1000 40000+10000:0");
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("untouched", "\"0x10800-0x12000\",\"0x40000-0x48000\"")), CLOSED),
		   "10000+800:800 10800+800c:800 11000+1000c:0z 12000+e000c:0 40000+8000:0z 48000+8000c:0");
	/* what the closing record says counts more */
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("untouched", "\"0x40000-0x50000\"")),
		       MEMORY("", RANGE("unreadable", "\"0x41000-0x42000\",\"0x42000-0x43000\",\"0x4f000-0x60000\""))),
		   "10000+10000:1000 40000+1000:0z 41000+1000c:0 42000+1000c:0 43000+c000c:0z 4f000+1000c:0");
	EXPECT_STR(cut(MEMORY("untouched", RANGE("left-out", "\"0x41000-0x42000\"")), CLOSED),
		   "10000+1000:1000 11000+f000c:0z 40000+1000:0z 41000+1000c:0 42000+e000c:0z");
}

TEST(ranges_that_are_none)
{
	static const char *const bad[] = {
		"\"0x1-0x1\"", "\"0x2-0x1\"", "\"1-2\"", "\"0x-0x5\"", "\"0x1-0x\"", "\"0x1-0x2x\"", "5", "null", "[]",
		"\"0x11111111111111111-0x2\"", "\"0x10000-0x11111111111111111\"", "\"\"", "\"0x10000\"", "\"-\"",
	};
	char record[256];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		(void)snprintf(record, sizeof(record), MEMORY("snapshot", RANGE("left-out", "%s")), bad[i]);
		EXPECT_STR(cut(record, CLOSED), "10000+10000:1000 40000+10000:0");
	}
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("new class", "\"0x0-0x50000\"")), CLOSED),
		   "10000+10000:1000 40000+10000:0");
	/* overlaps: the first counts */
	EXPECT_STR(cut(MEMORY("snapshot", RANGE("live", "\"0x10000-0x18000\",\"0x10000-0x10000\"") ","
						  RANGE("left-out", "\"0x17000-0x19000\",\"0x10100-0x10200\"")),
		       CLOSED),
		   "10000+8000:1000 18000+1000c:0 19000+7000c:0 40000+10000:0");
}

/* What is not memory must not be read as such, and what was not touched is zero. */
TEST(reading)
{
	CLEANUP(opened_close) struct opened o = { 0 };
	CLEANUP(target_destroyp) struct target *t = NULL;
	uint8_t b[16];

	EXPECT_OK(open_texts(MEMORY("snapshot", RANGE("untouched", "\"0x11000-0x20000\"") ","
						RANGE("left-out", "\"0x40000-0x50000\"")),
			     NULL, MEMORY("", RANGE("unreadable", "\"0x10ff0-0x11000\"")), &o));
	EXPECT_OK(target_create(o.d, NULL, &t));
	EXPECT_EQ(space_read_some(target_space(t), 0x10fe8, b, 16), 8);
	EXPECT_EQ(space_read_some(target_space(t), 0x10ff0, b, 16), 0);
	memset(b, 1, sizeof(b));
	EXPECT_EQ(space_read_some(target_space(t), 0x11000, b, 16), 16);
	EXPECT(!memcmp(b, (char[16]){ 0 }, 16));
	EXPECT_EQ(space_read_some(target_space(t), 0x40000, b, 16), 0);
}

/* Segments that all lie at one address, and a range for every byte of them. */
TEST(pieces_are_bounded)
{
	CLEANUP(opened_close) struct opened o = { .core = { .bits = 64, .machine = 62 } };
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	const struct dump_segment *v;
	size_t n;

	strbuf_adds(&sb, "{\"memory\":{\"ranges\":[{\"class\":\"left-out\",\"at\":[\"0x1-0x2\"");
	for (unsigned i = 0; i < 2000; i++)
		strbuf_addf(&sb, ",\"0x%x-0x%x\"", 0x10000 + 2 * i, 0x10001 + 2 * i);
	strbuf_adds(&sb, "]}]}}");
	note_text(&o.core, OSMOSIS_NOTE_RECORD, sb.s);
	note_text(&o.core, OSMOSIS_NOTE_CLOSING, CLOSED);
	for (unsigned i = 0; i < 2000; i++)
		core_load(&o.core, 0x10000, NULL, 0, 0x1000);
	EXPECT_OK(open_core(&o));
	EXPECT_OK(dump_segments(o.d, &v, &n));
	EXPECT(n < 40000);
	EXPECT(has_defect(o.d, "segments overlap"));
}

/* --- damage ------------------------------------------------------------------------------ */

TEST(no_notes_no_snapshot)
{
	CLEANUP(opened_close) struct opened o = { 0 };
	const struct dump_snapshot *s;
	const struct dump_handle *h;
	size_t n;

	EXPECT_OK(open_texts(NULL, NULL, NULL, &o));
	EXPECT_OK(dump_snapshot(o.d, &s));
	EXPECT(!s);
	EXPECT_OK(dump_handles(o.d, &h, &n));
	EXPECT_EQ(n, 0);
	EXPECT_STR(segments(o.d), "10000+10000:1000 40000+10000:0");
	EXPECT_EQ(dump_defects(o.d, &(const struct dump_defect *){ NULL }), 0);
}

static bool opens_with_defect(const char *record, const char *closing, const char *defect)
{
	CLEANUP(opened_close) struct opened o = { 0 };
	const struct dump_thread *t;
	const struct dump_annotation *a;
	const struct dump_snapshot *s;
	size_t n;

	return !err_ignore(open_texts(record, record, closing, &o)) && !err_ignore(dump_threads(o.d, &t, &n)) && n == 3 &&
	       !err_ignore(dump_annotations(o.d, &a, &n)) && !err_ignore(dump_snapshot(o.d, &s)) &&
	       (!defect || has_defect(o.d, defect));
}

TEST(damaged_notes)
{
	EXPECT(opens_with_defect("{\"format\":1}", NULL, "the closing record at the end of the file is missing"));
	EXPECT(opens_with_defect("{\"format\":1}", "      ", "writing the dump did not end"));
	EXPECT(opens_with_defect("{\"format\":2}", CLOSED, "the record has format 2, 1 is known here"));
	EXPECT(opens_with_defect("{", CLOSED, "JSON: "));
	EXPECT(opens_with_defect("", CLOSED, "is empty"));
	EXPECT(opens_with_defect("[]", CLOSED, "is no JSON object"));
	EXPECT(opens_with_defect("{} x", CLOSED, "JSON: "));
	EXPECT(opens_with_defect("{\"a\":\"\xff\"}", CLOSED, "JSON: "));
	EXPECT(opens_with_defect("{\"a\":\"\\u0000\"}", CLOSED, "JSON: "));
	EXPECT(opens_with_defect("{\"a\":99999999999999999999}", CLOSED, "JSON: "));
	EXPECT(opens_with_defect("{\"format\":1}", "{\"format\":1,", "JSON: "));
}

/* Every member of another type than it should be. */
TEST(members_of_other_types)
{
	static const char *const values[] = { "null", "1", "-1", "1e300", "\"x\"", "[]", "{}", "[[]]", "[{}]", "[1]", "true",
					      "9223372036854775807", "{\"level\":{}}", "[{\"tid\":1,\"kernel_stack\":{}}]",
					      "[{\"tid\":1,\"kernel_stack\":[1],\"syscall\":{\"number\":1,\"args\":[1,2,3,4,5,6]}}]",
					      "[{\"fd\":-5,\"target\":7,\"flags\":\"0xfffffffffffffffff\"}]",
					      "{\"ticks_per_second\":0,\"boot_time\":9223372036854775807,\"cpus\":-1}",
					      "{\"start_ticks\":9223372036854775807}",
					      "{\"ranges\":[{\"class\":\"live\",\"at\":{}}],\"classes\":[{\"class\":\"live\",\"bytes\":-1}]}" };
	static const char *const keys[] = { "format", "tool", "engine", "consistency", "start", "trigger", "pause", "set",
					    "memory", "threads", "process", "cgroup", "namespaces", "host", "limits", "files",
					    "environment", "comment" };
	char text[512];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			(void)snprintf(text, sizeof(text), "{\"%s\":%s}", keys[i], values[j]);
			if (!opens_with_defect(text, text, NULL))
				(void)fprintf(stderr, "%s\n", text);
			EXPECT(opens_with_defect(text, text, NULL));
		}
}

TEST(deep_nesting)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, "{\"a\":");
	strbuf_pad(&sb, '[', 1 << 20);
	EXPECT(opens_with_defect(sb.s, CLOSED, "JSON: "));
}

TEST(open_files)
{
	CLEANUP(opened_close) struct opened o = { 0 };
	const struct dump_handle *h;
	size_t n;

	EXPECT_OK(open_texts("{\"format\":1}",
			     "{\"files\":[{\"fd\":0,\"target\":\"/dev/pts/1\",\"flags\":\"0x8002\"},{\"fd\":4,\"target\":"
			     "\"anon_inode:[timerfd]\"},{\"fd\":5,\"target\":\"anon_inode:inotify\"},{\"fd\":6,\"target\":"
			     "\"/memfd:x (deleted)\",\"position\":12},{\"fd\":7,\"target\":\"socket:[5]\",\"detail\":\"d\"},{}]}",
			     CLOSED, &o));
	EXPECT_OK(dump_handles(o.d, &h, &n));
	EXPECT_EQ(n, 6);
	EXPECT(h[0].is_descriptor);
	EXPECT_STR(h[0].type, "device");
	EXPECT_EQ(h[0].attributes, 0x8002);
	EXPECT_STR(h[1].type, "timerfd");
	EXPECT_STR(h[2].type, "inotify");
	EXPECT_STR(h[3].type, "memfd");
	EXPECT_EQ(h[3].position, 12);
	EXPECT_STR(h[4].type, "socket");
	EXPECT_STR(h[4].detail, "d");
	EXPECT_STR(h[5].type, "");
}

TESTS(what_was_built_comes_back, threads_come_back, segments_are_cut, ranges_that_are_none, reading, pieces_are_bounded,
      no_notes_no_snapshot, damaged_notes, members_of_other_types, deep_nesting, open_files)
