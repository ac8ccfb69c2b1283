/* SPDX-License-Identifier: MIT */
/* Minidumps of the recipes, fact by fact. */
#include "test.h"

#include "base/str.h"
#include "mkdump.h"

#define BUILT(b, name)                                                         \
	CLEANUP(built_deinit) struct built b = BUILT_INIT;                     \
	if (!have_mkdump())                                                    \
		return;                                                        \
	EXPECT(build_recipe(name, &b));                                        \
	EXPECT_OK(open_built(&b))

#define BUILT_TEXT(b, text)                                                    \
	CLEANUP(built_deinit) struct built b = BUILT_INIT;                     \
	if (!have_mkdump())                                                    \
		return;                                                        \
	EXPECT(build_text(text, &b));                                          \
	EXPECT_OK(open_built(&b))

static const char *note(struct dump *d, const char *kind, const char *key)
{
	const struct dump_annotation *v;
	size_t n;

	if (err_ignore(dump_annotations(d, &v, &n)))
		return "(error)";
	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i].kind, kind) && !strcmp(v[i].key, key))
			return v[i].value;
	return "(none)";
}

static bool has_defect(struct dump *d, const char *part)
{
	const struct dump_defect *v;
	size_t n = dump_defects(d, &v);

	for (size_t i = 0; i < n; i++)
		if (strstr(v[i].text, part))
			return true;
	return false;
}

static uint64_t u64_at(struct dump *d, struct dump_piece piece, uint64_t at)
{
	uint8_t b[8] = { 0 };
	uint64_t v = 0;

	(void)err_ignore(source_read(dump_source(d), piece.offset + at, b, 8));
	for (unsigned i = 8; i--;)
		v = v << 8 | b[i];
	return v;
}

TEST(facts_of_windows)
{
	BUILT(b, "win-x64");
	const struct dump_facts *f = dump_facts(b.d);

	EXPECT_EQ(f->kind, DUMP_MINIDUMP);
	EXPECT_STR(f->format, "minidump");
	EXPECT_STR(f->title, "User Mini Dump File: Only registers, stack and portions of memory are "
			     "available");
	EXPECT_EQ(f->machine, MACHINE_X64);
	EXPECT_EQ(f->pointer_size, 8);
	EXPECT_EQ(f->os, OS_WINDOWS);
	EXPECT(f->has & FACT_OS_VERSION);
	EXPECT_EQ(f->os_major, 10);
	EXPECT_EQ(f->os_minor, 0);
	EXPECT_EQ(f->os_build, 19045);
	EXPECT_STR(f->os_text, "Service Pack 9");
	EXPECT_EQ(f->os_product_type, 1);
	EXPECT_EQ(f->os_suite_mask, 0x100);
	EXPECT_EQ(f->cpu_count, 8);
	EXPECT_EQ(f->cpu_family, 6);
	EXPECT_EQ(f->cpu_model_stepping, 0x9e0a);
	EXPECT_STR(f->cpu_text, "");
	EXPECT_EQ(f->flags, 0x1124);
	EXPECT_EQ(f->dump_time, 1700000000);
	EXPECT_EQ(f->pid, 0x1a2c);
	EXPECT_EQ(f->process_create_time, 1699999000);
	EXPECT_EQ(f->process_user_time, 30000000);
	EXPECT_EQ(f->process_kernel_time, 20000000);
	EXPECT_EQ(f->integrity_level, 0x2000);
	EXPECT_EQ(f->timezone_id, 2);
	EXPECT_EQ(f->timezone_bias + 1000, 880);
	EXPECT_STR(f->timezone_name, "W. Europe Summer Time");
	EXPECT_STR(f->build_string, "19041.1.amd64fre.vb_release");
	EXPECT_STR(f->debug_build_string, "dbgcore.amd64,10.0.19041.1");
	EXPECT_EQ(f->has, FACT_OS_VERSION | FACT_DUMP_TIME | FACT_PID | FACT_PROCESS_TIMES |
				  FACT_CPUS | FACT_TIMEZONE | FACT_INTEGRITY | FACT_PROTECTED);
}

TEST(threads_of_windows)
{
	BUILT(b, "win-x64");
	const struct dump_thread *t;
	size_t n;

	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[0].tid, 0x100);
	EXPECT_EQ(t[0].layout, CONTEXT_WIN_X64);
	EXPECT_EQ(t[0].context.size, 1232);
	EXPECT_EQ(u64_at(b.d, t[0].context, 0xf8), 0x7ff600001200);
	EXPECT_EQ(t[0].xstate.size, 0);
	EXPECT_EQ(t[0].teb, 0x300000);
	EXPECT_EQ(t[0].priority, 2);
	EXPECT_EQ(t[0].priority_class, 0x20);
	EXPECT_EQ(t[0].stack_base, 0x10f000);
	EXPECT_EQ(t[0].stack_size, 0x100);
	EXPECT_EQ(t[0].create_time, 1699999001);
	EXPECT_EQ(t[0].exit_time, 0);
	EXPECT_EQ(t[0].user_time, 10000000);
	EXPECT_EQ(t[0].kernel_time, 20000000);
	EXPECT_EQ(t[0].start_address, 0x7ffe00004000);
	EXPECT_EQ(t[0].affinity, 0xff);
	EXPECT_STR(t[0].name, "main thread");
	EXPECT_EQ(t[0].has, THREAD_HAS_SUSPEND | THREAD_HAS_PRIORITY | THREAD_HAS_TEB |
				    THREAD_HAS_STACK | THREAD_HAS_TIMES | THREAD_HAS_START |
				    THREAD_HAS_AFFINITY);
	EXPECT_EQ(t[1].suspend_count, 1);
	EXPECT_EQ(t[1].has, THREAD_HAS_SUSPEND | THREAD_HAS_PRIORITY | THREAD_HAS_TEB |
				    THREAD_HAS_STACK);
	EXPECT_STR(t[1].name, "");
	EXPECT_STR(note(b.d, "lost-thread", "0x1f8"), "flags 0x5, error 0x5, exit status 0x103");
}

TEST(modules_of_windows)
{
	static const uint8_t guid[] = { 0x3d, 0x2c, 0x1e, 0x0f, 0x5a, 0x4b, 0x78, 0x69,
					0x87, 0x96, 0xa5, 0xb4, 0xc3, 0xd2, 0xe1, 0xf0 };
	BUILT(b, "win-x64");
	const struct dump_unloaded *u;
	const struct dump_module *m;
	size_t n;

	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT_EQ(n, 5);
	EXPECT_EQ(m[0].base, 0x7ff600000000);
	EXPECT_EQ(m[0].size, 0x20000);
	EXPECT_EQ(m[0].timestamp, 0x5f000001);
	EXPECT_EQ(m[0].checksum, 0x1234);
	EXPECT_STR(m[0].path, "C:\\demo\\app.exe");
	EXPECT_EQ(m[0].codeview.kind, CODEVIEW_RSDS);
	EXPECT_EQ(m[0].codeview.age, 3);
	EXPECT_STR(m[0].codeview.pdb_path, "app.pdb");
	/* GUID {0f1e2d3c-4b5a-6978-8796-...}: first fields little-endian */
	EXPECT_EQ(m[0].codeview.guid[0], 0x3c);
	EXPECT_EQ(m[0].codeview.guid[3], 0x0f);
	EXPECT(!memcmp(m[0].codeview.guid + 8, guid + 8, 8));
	EXPECT(m[0].version.present);
	EXPECT_EQ(m[0].version.file_ms, 0x10002);
	EXPECT_EQ(m[0].version.file_ls, 0x30004);
	EXPECT_EQ(m[0].version.product_ls, 0);
	EXPECT_EQ(m[0].version.type, 1);
	EXPECT(!m[1].version.present);
	EXPECT_EQ(m[2].codeview.kind, CODEVIEW_NB10);
	EXPECT_EQ(m[2].codeview.timestamp, 0x4a000000);
	EXPECT_EQ(m[2].codeview.age, 7);
	EXPECT_STR(m[2].codeview.pdb_path, "old.pdb");
	EXPECT_EQ(m[3].codeview.kind, CODEVIEW_EMBEDDED);
	EXPECT_EQ(m[4].codeview.kind, CODEVIEW_NONE);
	EXPECT_STR(m[4].codeview.pdb_path, "");
	EXPECT_OK(dump_unloaded(b.d, &u, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(u[0].base, 0x1b0000000);
	EXPECT_EQ(u[0].size, 0x6000);
	EXPECT_EQ(u[0].timestamp, 0x5e000000);
	EXPECT_STR(u[0].name, "gone.dll");
}

TEST(memory_of_windows)
{
	BUILT(b, "win-x64");
	const struct dump_segment *s;
	const struct dump_region *r;
	uint8_t text[10];
	size_t n;

	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(s[0].address, 0x10f000);
	EXPECT_EQ(s[0].size, 0x100);
	EXPECT_EQ(s[0].file_size, 0x100);
	EXPECT(s[0].prot_known);
	EXPECT_EQ(s[0].prot, DUMP_PROT_R | DUMP_PROT_W);
	EXPECT_OK(source_read(dump_source(b.d), s[0].offset + 24, text, 10));
	EXPECT(!memcmp(text, "stack text", 10));
	EXPECT_EQ(s[1].prot, DUMP_PROT_R);
	EXPECT_EQ(s[2].address, 0x7ff600001200);
	EXPECT_EQ(s[2].prot, DUMP_PROT_R | DUMP_PROT_X);
	EXPECT_OK(dump_regions(b.d, &r, &n));
	EXPECT_EQ(n, 5);
	EXPECT_EQ(r[0].state, 0x10000);
	EXPECT_EQ(r[1].allocation_base, 0x10e000);
	EXPECT_EQ(r[2].protect, 0x104);
	EXPECT_EQ(r[4].type, 0x1000000);
	EXPECT_EQ(r[4].allocation_protect, 0x80);
}

TEST(handles_of_windows)
{
	BUILT(b, "win-x64");
	const struct dump_handle *h;
	size_t n;

	EXPECT_OK(dump_handles(b.d, &h, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(h[0].handle, 4);
	EXPECT_STR(h[0].type, "Event");
	EXPECT_STR(h[0].name, "\\BaseNamedObjects\\ready");
	EXPECT_EQ(h[0].granted_access, 0x1f0003);
	EXPECT_EQ(h[0].handle_count, 2);
	EXPECT_EQ(h[0].pointer_count, 65537);
	EXPECT_EQ(h[0].n_info, 2);
	EXPECT_EQ(h[0].info[0].type, 6);
	EXPECT_EQ(h[0].info[0].data.size, 8);
	EXPECT_EQ(u64_at(b.d, h[0].info[0].data, 0), 1);
	EXPECT_EQ(h[0].info[1].type, 1);
	EXPECT_EQ(h[1].n_info, 0);
	EXPECT_STR(h[2].type, "");
}

TEST(exception_and_streams)
{
	BUILT(b, "win-x64");
	const struct dump_exception *x;
	const struct dump_stream *s;
	size_t n;

	EXPECT_OK(dump_exception(b.d, &x));
	EXPECT_EQ(x->tid, 0x100);
	EXPECT_EQ(x->code, 0xc0000005);
	EXPECT_EQ(x->address, 0x7ff600001208);
	EXPECT_EQ(x->n_parameters, 2);
	EXPECT_EQ(x->parameters[1], 0xdeadbeef);
	EXPECT_EQ(x->layout, CONTEXT_WIN_X64);
	EXPECT_EQ(u64_at(b.d, x->context, 0xf8), 0x7ff600001208);
	EXPECT_OK(dump_streams(b.d, &s, &n));
	EXPECT_EQ(s[0].type, 3);
	EXPECT_STR(s[0].name, "ThreadListStream");
	EXPECT_STR(s[n - 2].name, "JavaScriptDataStream");
	EXPECT_EQ(s[n - 2].piece.size, 3);
	EXPECT_STR(s[n - 1].name, "UnknownStream 0xbeef0001");
	EXPECT_STR(note(b.d, "comment", ""), "*** a comment\n");
	EXPECT_STR(note(b.d, "process-memory", "working_set"), "6");
	EXPECT_STR(note(b.d, "process-memory", "shared_commit"), "17");
	EXPECT_STR(note(b.d, "process-memory", "job_shared_commit"), "(none)");
	EXPECT_STR(note(b.d, "process", "cookie"), "0xc00c1e");
	EXPECT_STR(note(b.d, "xstate", "feature_2"), "offset 576, 256 bytes");
	EXPECT_STR(note(b.d, "handle-operation", "0x8"),
		   "close by thread 0x100 of process 0x1a2c: 0x7ffe00000010 0x7ff600000020");
	EXPECT(str_starts(note(b.d, "function-table", "0x20000000-0x20001000"),
			  "base 0x20000000, 1 entries of 12 bytes at offset 0x"));
	EXPECT(str_starts(note(b.d, "token", "0x1a2c"), "handle 0x44, 20 bytes at offset 0x"));
}

TEST(wide_comment)
{
	BUILT_TEXT(b, "minidump x64\ncomment-w \"ein Kommentar: ä 𝄞\"\n");

	EXPECT_STR(note(b.d, "comment", ""), "ein Kommentar: ä 𝄞");
	EXPECT_EQ(dump_facts(b.d)->machine, MACHINE_UNKNOWN);
}

TEST(full_memory)
{
	BUILT(b, "win-x64-full");
	const struct dump_segment *s;
	uint8_t mz[2];
	size_t n;

	EXPECT_STR(dump_facts(b.d)->title,
		   "User Mini Dump File with Full Memory: Only application data is available");
	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 4);
	EXPECT_EQ(s[0].address, 0x10000);
	EXPECT_EQ(s[0].prot, DUMP_PROT_R);
	EXPECT_EQ(s[1].address, 0x20000);
	EXPECT_EQ(s[1].prot, DUMP_PROT_R | DUMP_PROT_W); /* two regions that agree */
	EXPECT_EQ(s[2].address, 0x7ffe0000);
	EXPECT(!s[2].prot_known);
	EXPECT_EQ(s[3].address, 0x7ff600000000);
	EXPECT_OK(source_read(dump_source(b.d), s[3].offset, mz, 2));
	EXPECT(!memcmp(mz, "MZ", 2));
}

TEST(old_x86)
{
	BUILT(b, "win-x86");
	const struct dump_facts *f = dump_facts(b.d);
	const struct dump_thread *t;
	size_t n;

	EXPECT_EQ(f->machine, MACHINE_X86);
	EXPECT_EQ(f->pointer_size, 4);
	EXPECT_STR(f->cpu_text, "GenuineIntel");
	EXPECT_STR(f->os_text, "Service Pack 3");
	EXPECT_EQ(f->pid, 3932);
	EXPECT_EQ(f->has & FACT_TIMEZONE, 0);
	EXPECT_STR(f->build_string, "");
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(t[0].layout, CONTEXT_WIN_X86);
	EXPECT_EQ(u64_at(b.d, t[0].context, 0xb8) & 0xffffffff, 0x401000);
	EXPECT_STR(note(b.d, "cpu", "version"), "0x6e8");
}

TEST(linux_of_breakpad)
{
	BUILT(b, "linux-breakpad");
	const struct dump_facts *f = dump_facts(b.d);
	const struct dump_file_mapping *fm;
	const struct dump_region *r;
	const struct dump_auxv *a;
	const struct dump_thread *t;
	size_t n;

	EXPECT_EQ(f->os, OS_LINUX);
	EXPECT_EQ(f->has, FACT_DUMP_TIME | FACT_PID | FACT_PPID | FACT_CPUS | FACT_WRITER_TID |
				  FACT_REQUESTING_TID);
	EXPECT_EQ(f->pid, 4711);
	EXPECT_EQ(f->ppid, 1200);
	EXPECT_EQ(f->requesting_tid, 4711);
	EXPECT_EQ(f->writer_tid, 4712);
	EXPECT_STR(f->process_name, "demo");
	EXPECT_STR(f->command_line, "demo --fast file name");
	EXPECT_STR(f->writer, "Breakpad");
	EXPECT_STR(f->cpu_text, "GenuineIntel");
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(t[0].has, THREAD_HAS_STACK);
	EXPECT_STR(t[0].name, "worker");
	EXPECT_OK(dump_regions(b.d, &r, &n));
	EXPECT_EQ(n, 6);
	EXPECT_EQ(r[0].base, 0x400000);
	EXPECT_EQ(r[0].protect, 0x20);
	EXPECT_EQ(r[1].file_offset, 0x2000);
	EXPECT_STR(r[1].path, "/usr/bin/demo");
	EXPECT_STR(r[4].path, "[stack]");
	EXPECT_EQ(r[5].base, 0xffffffffff600000);
	EXPECT_EQ(r[5].protect, 0x10);
	EXPECT_OK(dump_file_mappings(b.d, &fm, &n));
	EXPECT_EQ(n, 3);
	EXPECT_STR(fm[2].path, "/lib/libc.so.6 (deleted)");
	EXPECT_EQ(fm[2].file_offset, 0x1000);
	EXPECT_OK(dump_auxv(b.d, &a, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(a[0].value, 0x7ffc00100000);
}

TEST(notes_of_breakpad)
{
	BUILT(b, "linux-breakpad");
	const struct dump_module *m;
	size_t n;

	EXPECT_STR(note(b.d, "assertion", "expression"), "x != 0");
	EXPECT_STR(note(b.d, "assertion", "line"), "42");
	EXPECT_STR(note(b.d, "assertion", "type"), "invalid parameter");
	EXPECT_STR(note(b.d, "lsb-release", "DISTRIB_DESCRIPTION"), "Debian 12");
	EXPECT_STR(note(b.d, "cpuinfo", "vendor_id"), "GenuineIntel");
	EXPECT_STR(note(b.d, "environ", "TERM"), "a=b");
	EXPECT_STR(note(b.d, "environ", "EMPTY"), "");
	EXPECT_STR(note(b.d, "shared-object", "0x7f0000000000"), "/lib/libc.so.6");
	EXPECT_STR(note(b.d, "dynamic-linker", "base"), "0x7f2000000000");
	EXPECT_STR(note(b.d, "limits", ""), "Limit  Soft\nMax files 1024\n");
	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT_EQ(m[0].codeview.kind, CODEVIEW_ELF);
	EXPECT_EQ(m[0].codeview.build_id_size, 20);
	EXPECT_EQ(m[0].codeview.build_id[1], 0x23);
	EXPECT_EQ(m[1].codeview.kind, CODEVIEW_RSDS);
}

TEST(macos_of_crashpad)
{
	BUILT(b, "macos-crashpad");
	const struct dump_thread *t;
	size_t n;

	EXPECT_EQ(dump_facts(b.d)->os, OS_MACOS);
	EXPECT_STR(dump_facts(b.d)->writer, "Crashpad");
	EXPECT_EQ(dump_facts(b.d)->timezone_bias, 300);
	EXPECT_STR(dump_facts(b.d)->timezone_name, "EST");
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(t[0].layout, CONTEXT_WIN_ARM64);
	EXPECT_EQ(u64_at(b.d, t[0].context, 0x108), 0x100001000);
	EXPECT_EQ(t[0].has, THREAD_HAS_SUSPEND | THREAD_HAS_PRIORITY | THREAD_HAS_TEB |
				    THREAD_HAS_STACK);
	EXPECT_STR(note(b.d, "crashpad", "report_id"), "42f9de72-518a-43dd-97d7-8ddc328d3662");
	EXPECT_STR(note(b.d, "crashpad", "channel"), "beta");
	EXPECT_STR(note(b.d, "crashpad", "ver"), "1.0 ü");
	EXPECT_STR(note(b.d, "crashpad-module", "dyld"), "dyld2 mode");
	EXPECT_STR(note(b.d, "crashpad-module", "dyld!reason"), "out of beans");
	EXPECT_STR(note(b.d, "mac-crash-info", "message"), "abort() called");
	EXPECT_STR(note(b.d, "mac-crash-info", "abort_cause"), "0x6");
	EXPECT_STR(note(b.d, "mac-boot-args", ""), "-v debug=0x14e");
}

TEST(big_endian)
{
	BUILT(b, "big-endian-ppc");
	const struct dump_facts *f = dump_facts(b.d);
	const struct dump_exception *x;
	const struct dump_segment *s;
	const struct dump_module *m;
	const struct dump_thread *t;
	size_t n;

	EXPECT(f->big_endian);
	EXPECT_EQ(f->machine, MACHINE_PPC);
	EXPECT_EQ(f->os_build, 8);
	EXPECT_STR(f->os_text, "9L31a");
	EXPECT_EQ(f->pid, 77);
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(t[0].tid, 0x20);
	EXPECT_EQ(t[0].layout, CONTEXT_BREAKPAD_PPC);
	EXPECT_STR(t[0].name, "haupt");
	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT_STR(m[0].path, "/Users/x/demo");
	EXPECT_EQ(m[0].codeview.kind, CODEVIEW_RSDS);
	EXPECT_EQ(m[0].codeview.guid[0], 0x04); /* little-endian fields all the same */
	EXPECT_EQ(m[0].codeview.guid[4], 0x06);
	EXPECT_EQ(m[0].codeview.guid[8], 0x09);
	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(s[0].address, 0xbfff0000);
	EXPECT_OK(dump_exception(b.d, &x));
	EXPECT_EQ(x->address, 0x1234);
	EXPECT_STR(note(b.d, "comment", ""), "hallo");
}

TEST(extended_threads_and_padding)
{
	BUILT(b, "thread-ex");
	const struct dump_segment *s;
	const struct dump_module *m;
	const struct dump_thread *t;
	uint8_t tail[4];
	size_t n;

	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(t[0].layout, CONTEXT_WIN_X64);
	EXPECT_EQ(t[0].context.size, 1232 + 240 + 69 - 0);
	EXPECT_EQ(t[0].xstate.size, 69);
	EXPECT_EQ(t[0].xstate.offset, t[0].context.offset + 1232 + 240);
	EXPECT_OK(source_read(dump_source(b.d), t[0].xstate.offset + 65, tail, 4));
	EXPECT_EQ(tail[3], 0xdd);
	EXPECT_EQ(t[1].layout, CONTEXT_NONE);
	EXPECT_EQ(t[1].context.size, 0);
	EXPECT(has_defect(b.d, "no register context of thread 0x14"));
	EXPECT_EQ(t[2].layout, CONTEXT_NONE);
	EXPECT(has_defect(b.d, "flags 0x0 are not a context of x64"));
	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(m[0].base, 0x10000);
	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(s[0].address, 0x1000);
}

TEST(extended_records_in_the_plain_list)
{
	BUILT_TEXT(b, "minidump x64\nsystem windows 10.0.1\nthread-ex in-list\n"
		      "thread 5 rip=1\nthread 6 rip=2\n");
	const struct dump_thread *t;
	size_t n;

	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[1].tid, 6);
	EXPECT_EQ(u64_at(b.d, t[1].context, 0xf8), 2);
}

/* Every layout is told by its machine, and without one by mark and size. */
TEST(context_layouts)
{
	static const struct {
		const char *arch, *platform;
		enum context_layout layout;
	} rows[] = {
		{ "x86", "windows", CONTEXT_WIN_X86 },
		{ "x64", "windows", CONTEXT_WIN_X64 },
		{ "x86", "linux", CONTEXT_WIN_X86 },
		{ "arm", "windows", CONTEXT_WIN_ARM },
		{ "arm", "android", CONTEXT_BREAKPAD_ARM },
		{ "arm64", "windows", CONTEXT_WIN_ARM64 },
		{ "arm64-old", "ios", CONTEXT_BREAKPAD_ARM64_OLD },
		{ "ppc", "macos", CONTEXT_BREAKPAD_PPC },
		{ "ppc64", "linux", CONTEXT_BREAKPAD_PPC64 },
		{ "sparc", "solaris", CONTEXT_BREAKPAD_SPARC },
		{ "mips", "linux", CONTEXT_BREAKPAD_MIPS },
		{ "mips64", "linux", CONTEXT_BREAKPAD_MIPS64 },
		{ "riscv64", "fuchsia", CONTEXT_BREAKPAD_RISCV64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct dump_thread *t;
		char text[200];
		size_t n;

		(void)snprintf(text, sizeof(text), "minidump %s\nsystem %s 1\nthread 1\n",
			       rows[i].arch, rows[i].platform);
		BUILT_TEXT(b, text);
		EXPECT_OK(dump_threads(b.d, &t, &n));
		EXPECT_EQ(t[0].layout, rows[i].layout);
		/* again without SystemInfo, the second entry of the directory */
		dump_unref(TAKE_PTR(b.d));
		EXPECT_EQ(b.bytes[44], 7);
		b.bytes[44] = 99;
		EXPECT_OK(open_built(&b));
		EXPECT_EQ(dump_facts(b.d)->machine, MACHINE_UNKNOWN);
		EXPECT_OK(dump_threads(b.d, &t, &n));
		EXPECT_EQ(t[0].layout, rows[i].layout);
	}
}

TEST(platforms)
{
	static const struct {
		const char *name;
		enum dump_os os;
	} rows[] = {
		{ "ce", OS_WINDOWS },	{ "macos", OS_MACOS },	   { "ios", OS_IOS },
		{ "linux", OS_LINUX },	{ "solaris", OS_SOLARIS }, { "android", OS_ANDROID },
		{ "nacl", OS_NACL },	{ "fuchsia", OS_FUCHSIA }, { "0x8204", OS_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[100];

		(void)snprintf(text, sizeof(text), "minidump x64\nsystem %s 1.2.3\n", rows[i].name);
		BUILT_TEXT(b, text);
		EXPECT_EQ(dump_facts(b.d)->os, rows[i].os);
		EXPECT_EQ(dump_facts(b.d)->os_minor, 2);
	}
}

TEST(misc_sizes)
{
	static const unsigned sizes[] = { 24, 44, 232, 832, 1364 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char text[200];

		(void)snprintf(text, sizeof(text),
			       "minidump x64\nmisc size=%u pid=9 mhz=7 integrity=3 "
			       "tz=0,60,0,0,A,B build=b cookie=5\n",
			       sizes[i]);
		BUILT_TEXT(b, text);
		const struct dump_facts *f = dump_facts(b.d);

		EXPECT_EQ(f->pid, 9);
		EXPECT_EQ(!!(f->has & FACT_INTEGRITY), sizes[i] >= 232);
		EXPECT_EQ(f->timezone_bias, sizes[i] >= 232 ? 60 : 0);
		EXPECT_STR(f->build_string, sizes[i] >= 832 ? "b" : "");
		EXPECT_STR(note(b.d, "processor-power", "max_mhz"), sizes[i] >= 44 ? "7" : "(none)");
		EXPECT_STR(note(b.d, "process", "cookie"), sizes[i] >= 1364 ? "0x5" : "(none)");
	}
}

TEST(damaged_lists_yield_what_is_there)
{
	BUILT(b, "damaged");
	const struct dump_unloaded *u;
	const struct dump_exception *x;
	const struct dump_segment *s;
	const struct dump_handle *h;
	const struct dump_module *m;
	const struct dump_thread *t;
	size_t n;

	EXPECT(has_defect(b.d, "MiscInfoStream at offset 0xfffffff0: 1364 bytes expected, 0 left"));
	EXPECT_OK(dump_threads(b.d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[0].layout, CONTEXT_WIN_X64);
	EXPECT_EQ(t[1].layout, CONTEXT_NONE);
	EXPECT(has_defect(b.d, "1000 records of 48 bytes expected, room for 2"));
	EXPECT_OK(dump_modules(b.d, &m, &n));
	EXPECT_EQ(n, 3);
	EXPECT_STR(m[0].path, "good.dll");
	EXPECT_STR(m[1].path, "");
	EXPECT_EQ(m[1].base, 0x20000);
	EXPECT_STR(m[2].path, "worse.dll");
	EXPECT_EQ(m[2].codeview.kind, CODEVIEW_NONE);
	EXPECT(has_defect(b.d, "module at 0x30000: "));
	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 2);
	EXPECT_OK(dump_handles(b.d, &h, &n));
	EXPECT_EQ(n, 2);
	EXPECT_OK(dump_exception(b.d, &x));
	EXPECT_EQ(x->n_parameters, 15);
	EXPECT_EQ(x->layout, CONTEXT_NONE);
	EXPECT_ERR(dump_unloaded(b.d, &u, &n), ERR_TRUNCATED);
	EXPECT_OK(dump_unloaded(b.d, &u, &n)); /* empty from then on */
	EXPECT_EQ(n, 0);
}

TEST(handle_chains_end)
{
	/* three handles, all to a link that names itself: the chain's rva is patched below */
	CLEANUP(built_deinit) struct built b = BUILT_INIT;
	const struct dump_handle *h;
	size_t n;

	if (!have_mkdump())
		return;
	/* directory of 1 stream: header 32 + 12 = 44 is the first thing placed: the info */
	EXPECT(build_text("minidump x64\nhandle 1 info=1:aabb\npatch 0x2c 2c000000\n", &b));
	EXPECT_OK(open_built(&b));
	EXPECT_OK(dump_handles(b.d, &h, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(h[0].n_info, 1);
	EXPECT(has_defect(b.d, "handle 0x1: built: chain of handle object information at offset 0x2c"));
}

TEST(both_memory_lists)
{
	BUILT_TEXT(b, "minidump x64\nmemory64 0x1000 fill 0x10 1\nmemory 0x3000 fill 0x10 2\n"
		      "stream MemoryList u32 2 u64 0x2000 u32 4 0 u64 0x3000 u32 4 4\n");
	const struct dump_segment *s;
	size_t n;

	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 4);
	EXPECT_EQ(s[1].address, 0x2000);
	EXPECT_EQ(s[1].offset, 0);
	EXPECT_EQ(s[2].address, 0x3000); /* MemoryList's first */
	EXPECT_EQ(s[2].offset, 4);
	EXPECT_EQ(s[3].size, 0x10);
}

TEST(system_memory)
{
	BUILT_TEXT(b, "minidump x64\nstream SystemMemoryInfo u16 1 0 u32 156250 4096 1000 1 2000 65536\n"
		      "  u64 0x10000 0x7ffffffeffff 0xff u32 8 u64 7 8 u32 9 u64 10 11 12 13 u32 14 0\n"
		      "  u64 500 600 700 800\n");

	EXPECT_STR(note(b.d, "system-memory", "page_size"), "4096");
	EXPECT_STR(note(b.d, "system-memory", "processors"), "8");
	EXPECT_STR(note(b.d, "system-memory", "available_pages"), "500");
	EXPECT_STR(note(b.d, "system-memory", "peak_commitment_pages"), "800");
	EXPECT_STR(note(b.d, "system-memory", "io_read_bytes"), "(none)");
}

/* A dictionary inside a list inside a list, all over the whole file: time and
 * memory follow from the file's size, not from its square. */
TEST(overlapping_annotations_are_bounded)
{
	CLEANUP(built_deinit) struct built b = BUILT_INIT;
	const struct dump_annotation *a;
	size_t n;

	if (!have_mkdump())
		return;
	EXPECT(build_text("minidump x64\nstream CrashpadInfo u32 1 zero 32 u32 0 0 0x7000 0x1000\n"
			  "stream 0x99 fill 0x9000 4\npatch 0x1000 ff0f0000\n",
			  &b));
	for (size_t i = 0x1004; i + 12 <= 0x8000; i += 12) { /* module 0, 0x4000 bytes at 0x1000 */
		static const uint8_t record[12] = { 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0x10, 0, 0 };

		memcpy(b.bytes + i, record, 12);
	}
	EXPECT_OK(open_built(&b));
	EXPECT_OK(dump_annotations(b.d, &a, &n));
	EXPECT(n > 1000 && n <= b.size / 2 + 4096);
	EXPECT(has_defect(b.d, "annotations overlap"));
}

TEST(memory_past_the_end)
{
	BUILT_TEXT(b, "minidump x64\nmemory64 0x1000 fill 0x100 1\nmemory 0x3000 fill 0x100 2\n"
		      "memory 0x2000 fill 0x100 3\ntruncate -0x180\n");
	const struct dump_segment *s;
	size_t n;

	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(s[0].file_size, 0x100);
	EXPECT_EQ(s[1].address, 0x2000);
	EXPECT_EQ(s[1].file_size, 0);
	EXPECT_EQ(s[2].address, 0x3000);
	EXPECT_EQ(s[2].size, 0x100);
	EXPECT_EQ(s[2].file_size, 0x80);
	EXPECT(has_defect(b.d, "2 of 3 ranges reach past the end"));
	EXPECT(has_defect(b.d, "the first at address 0x3000"));
}

TEST(overlaps_keep_file_order)
{
	BUILT_TEXT(b, "minidump x64\nmemory 0x2000 u8 1\nmemory 0x1000 u8 2 2\nmemory 0x1000 u8 3 3\n"
		      "memory 0x1000 u8 4 4\n");
	const struct dump_segment *s;
	uint8_t byte;
	size_t n;

	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 4);
	for (size_t i = 0; i < 4; i++) {
		EXPECT_OK(source_read(dump_source(b.d), s[i].offset, &byte, 1));
		EXPECT_EQ(byte, i < 3 ? i + 2 : 1);
	}
}

/* Without a memory list the stacks that threads point to are still memory. */
TEST(stacks_stand_in_for_a_list)
{
	BUILT_TEXT(b, "minidump x64\nsystem windows 10.0.1\nmemory 0x9000 u64 7 8\n"
		      "thread 1 stack=0x9000 rip=1\nstream-rva MemoryList 0x7fffffff\n");
	const struct dump_segment *s;
	size_t n;

	EXPECT_OK(dump_segments(b.d, &s, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(s[0].address, 0x9000);
	EXPECT_EQ(s[0].file_size, 16);
	EXPECT(has_defect(b.d, "MemoryListStream at offset 0x7fffffff"));
}

TEST(refused)
{
	static const uint8_t small[] = "MDMP\x93\xa7";
	static const uint8_t no_directory[32] = { 'M', 'D', 'M', 'P', 0x93, 0xa7, 0, 0, 1, 0, 0, 0,
						  0x20 };
	struct source *src;
	struct dump *d;

	EXPECT_OK(source_from_memory("small", small, sizeof(small), &src));
	EXPECT_ERR(dump_open_source(src, &d), ERR_TRUNCATED);
	EXPECT_OK(source_from_memory("none", no_directory, sizeof(no_directory), &src));
	EXPECT_ERR(dump_open_source(src, &d), ERR_TRUNCATED);
}

TESTS(facts_of_windows, threads_of_windows, modules_of_windows, memory_of_windows,
      handles_of_windows, exception_and_streams, wide_comment, full_memory, old_x86,
      linux_of_breakpad, notes_of_breakpad, macos_of_crashpad, big_endian,
      extended_threads_and_padding, extended_records_in_the_plain_list, context_layouts, platforms,
      misc_sizes, damaged_lists_yield_what_is_there, handle_chains_end, both_memory_lists,
      system_memory, overlapping_annotations_are_bounded, memory_past_the_end,
      overlaps_keep_file_order, stacks_stand_in_for_a_list, refused)
