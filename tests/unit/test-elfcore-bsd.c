/* SPDX-License-Identifier: MIT */
/* Cores of FreeBSD, NetBSD, OpenBSD and Solaris, built by hand. */
#include "format/dump.h"
#include "unit/elfcore-build.h"
#include "unit/test.h"

enum { X64 = 62, I386 = 3, ARM64 = 183, SPARC64 = 43 };

static struct err *open_core(struct core *c, struct dump **ret)
{
	struct source *src = NULL;

	if (!c->file)
		core_build(c);
	TRY(source_from_memory("core", c->file, c->size, &src));
	return dump_open_source(src, ret);
}

static void text(struct buf *b, const char *s, size_t width)
{
	size_t n = strlen(s);

	put(b, s, n);
	put(b, NULL, width - n);
}

static void fb_thread(struct core *c, uint32_t tid, uint32_t sig, const char *name)
{
	unsigned w = c->bits / 8, regs = w == 8 ? 176 : 76, at = w == 8 ? 52 : 48;
	struct buf b = { 0 };

	put_int(&b, false, 1, w);
	put_int(&b, false, 0, w);
	put_int(&b, false, regs, w);
	put_int(&b, false, 512, w);
	put_int(&b, false, 1300139, 4);
	put_int(&b, false, sig, 4);
	put_int(&b, false, tid, 4);
	put_pad(&b, w);
	put(&b, NULL, regs);
	core_note_buf(c, "FreeBSD", 1, &b);
	put(&b, NULL, 512);
	core_note_buf(c, "FreeBSD", 2, &b);
	text(&b, name, 24);
	core_note_buf(c, "FreeBSD", 7, &b);
	put(&b, NULL, at);
	put_int(&b, false, sig, 4);
	put_int(&b, false, 0, 4);
	put_int(&b, false, 1, 4);
	put(&b, NULL, 12);
	put_int(&b, false, 0xbad0, w);
	put(&b, NULL, 40);
	core_note_buf(c, "FreeBSD", 17, &b);
}

static void fb_vmmap(struct core *c)
{
	struct buf b = { 0 };

	put_int(&b, false, 1200, 4);
	for (unsigned i = 0; i < 2; i++) {
		put_int(&b, false, 144, 4);
		put_int(&b, false, 2, 4);
		put_int(&b, false, 0x200000 + i * 0x1000, 8);
		put_int(&b, false, 0x201000 + i * 0x1000, 8);
		put_int(&b, false, i * 0x1000, 8);
		put(&b, NULL, 136 - 32);
		text(&b, i ? "" : "/a.out", 8); /* anonymous memory has no path */
	}
	core_note_buf(c, "FreeBSD", 10, &b);
}

static void freebsd(unsigned bits)
{
	CLEANUP(core_free) struct core c = { .bits = bits, .machine = bits == 64 ? X64 : I386,
					     .osabi = 9 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	unsigned w = bits / 8;
	struct buf b = { 0 };
	const struct dump_thread *t;
	const struct dump_exception *e;
	const struct dump_file_mapping *m;
	const struct dump_auxv *a;
	size_t n;

	put_int(&b, false, 1, w);
	put_int(&b, false, w == 8 ? 120 : 112, w);
	text(&b, "prog", 17);
	text(&b, "./prog -v", 81);
	put_pad(&b, 4);
	put_int(&b, false, 802, 4);
	core_note_buf(&c, "FreeBSD", 3, &b);
	fb_thread(&c, 100744, 11, "main");
	fb_thread(&c, 100745, 11, "worker");
	fb_vmmap(&c);
	put_int(&b, false, 4, 4);
	put_int(&b, false, 1300136, 4);
	core_note_buf(&c, "FreeBSD", 14, &b);
	put_int(&b, false, 2 * w, 4);
	put_int(&b, false, 9, w);
	put_int(&b, false, 0x201000, w);
	core_note_buf(&c, "FreeBSD", 16, &b);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_EQ(dump_facts(d)->os, OS_FREEBSD);
	EXPECT_STR(dump_facts(d)->os_text, "FreeBSD 13.0");
	EXPECT_EQ(dump_facts(d)->os_build, 1300136);
	EXPECT_EQ(dump_facts(d)->pid, 802);
	EXPECT_STR(dump_facts(d)->process_name, "prog");
	EXPECT_STR(dump_facts(d)->command_line, "./prog -v");
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[1].tid, 100745);
	EXPECT_STR(t[1].name, "worker");
	EXPECT_EQ(t[0].layout, bits == 64 ? CONTEXT_FREEBSD_X64 : CONTEXT_FREEBSD_X86);
	EXPECT_EQ(t[0].context.size, bits == 64 ? 176 : 76);
	EXPECT_EQ(t[0].fpregs.size, 512);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e);
	EXPECT_EQ(e->tid, 100744);
	EXPECT_EQ(e->code, 11);
	EXPECT_EQ(e->parameters[0], 1);
	EXPECT_EQ(e->address, 0xbad0);
	EXPECT_OK(dump_file_mappings(d, &m, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(m[0].start, 0x200000);
	EXPECT_STR(m[0].path, "/a.out");
	EXPECT_OK(dump_auxv(d, &a, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(a[0].value, 0x201000);
}

TEST(freebsd_64)
{
	freebsd(64);
}

TEST(freebsd_32)
{
	freebsd(32);
}

/* procinfo: four signal sets of `words` words */
static void procinfo(struct buf *b, bool big, unsigned words, bool netbsd)
{
	put_int(b, big, 1, 4);
	put_int(b, big, netbsd ? 160 : 104, 4);
	put_int(b, big, 11, 4);
	put_int(b, big, 2, 4);
	put(b, NULL, (size_t)16 * words);
	put_int(b, big, 500, 4);
	put_int(b, big, 400, 4);
	put(b, NULL, 8 + 24);
	if (netbsd)
		put_int(b, big, 2, 4);
	text(b, "daemon", 32);
	if (netbsd)
		put_int(b, big, 2, 4);
}

static void netbsd(unsigned machine, bool big, uint32_t regs, enum context_layout layout)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = machine, .big = big };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct buf b = { 0 };
	const struct dump_thread *t;
	const struct dump_exception *e;
	const struct dump_stream *s;
	size_t n;

	procinfo(&b, big, 4, true);
	core_note_buf(&c, "NetBSD-CORE", 1, &b);
	core_note(&c, "NetBSD-CORE@1", regs, "one", 3);
	core_note(&c, "NetBSD-CORE@2", regs, "two", 3);
	core_note(&c, "NetBSD-CORE@2", regs + 2, "float", 5);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_EQ(dump_facts(d)->os, OS_NETBSD);
	EXPECT_EQ(dump_facts(d)->pid, 500);
	EXPECT_EQ(dump_facts(d)->ppid, 400);
	EXPECT_STR(dump_facts(d)->process_name, "daemon");
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[0].tid, 1);
	EXPECT_EQ(t[1].tid, 2);
	EXPECT_EQ(t[1].fpregs.size, 5);
	EXPECT_EQ(t[1].layout, layout);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e && e->tid == 2 && e->code == 11 && e->parameters[0] == 2);
	EXPECT_EQ(e->context.offset, t[1].context.offset);
	EXPECT_OK(dump_streams(d, &s, &n));
	EXPECT_STR(s[1].owner, "NetBSD-CORE@1");
	EXPECT_STR(s[1].name, "PT_GETREGS");
	EXPECT_STR(s[3].name, "PT_GETFPREGS");
}

TEST(netbsd_numbers_registers_by_machine)
{
	netbsd(X64, false, 33, CONTEXT_NETBSD_X64);
	netbsd(ARM64, false, 32, CONTEXT_NETBSD_ARM64);
	netbsd(SPARC64, true, 32, CONTEXT_NONE);
}

TEST(openbsd)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .osabi = 12 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct buf b = { 0 };
	const struct dump_thread *t;
	const struct dump_exception *e;
	const struct dump_annotation *a;
	size_t n;

	procinfo(&b, false, 1, false);
	core_note_buf(&c, "OpenBSD", 10, &b);
	core_note(&c, "OpenBSD@100123", 20, "registers", 9);
	core_note(&c, "OpenBSD@100123", 21, "float", 5);
	core_note(&c, "OpenBSD@x", 20, "no number", 9);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_EQ(dump_facts(d)->os, OS_OPENBSD);
	EXPECT_EQ(dump_facts(d)->pid, 500);
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(t[0].tid, 100123);
	EXPECT_EQ(t[0].fpregs.size, 5);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e && e->tid == 100123 && e->code == 11);
	EXPECT_OK(dump_annotations(d, &a, &n));
	EXPECT_EQ(n, 1);
	EXPECT(strstr(a[0].value, "OpenBSD core"));
	EXPECT(strstr(a[0].value, "register bytes without names"));
}

TEST(solaris)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .osabi = 6 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct buf b = { 0 };
	const struct dump_thread *t;
	const struct dump_exception *e;
	size_t n;

	put(&b, NULL, 8);
	put_int(&b, false, 900, 4);
	put_int(&b, false, 800, 4);
	put(&b, NULL, 136 - 16);
	text(&b, "zoned", 16);
	text(&b, "zoned -d", 80);
	put(&b, NULL, 416 - 232);
	core_note_buf(&c, "CORE", 13, &b);
	text(&b, "SunOS", 257);
	text(&b, "host", 257);
	text(&b, "5.11", 257);
	text(&b, "illumos-x", 257);
	core_note_buf(&c, "CORE", 15, &b);
	for (uint32_t i = 1; i < 3; i++) {
		put_int(&b, false, 0, 4);
		put_int(&b, false, i, 4);
		put_int(&b, false, 0, 4);
		put_int(&b, false, i == 2 ? 6 : 0, 2);
		put(&b, NULL, 100);
		core_note_buf(&c, "CORE", 16, &b);
	}
	EXPECT_OK(open_core(&c, &d));
	EXPECT_EQ(dump_facts(d)->os, OS_SOLARIS);
	EXPECT_STR(dump_facts(d)->os_text, "SunOS 5.11 illumos-x");
	EXPECT_EQ(dump_facts(d)->pid, 900);
	EXPECT_EQ(dump_facts(d)->ppid, 800);
	EXPECT_STR(dump_facts(d)->process_name, "zoned");
	EXPECT_STR(dump_facts(d)->command_line, "zoned -d");
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT(n == 2 && t[1].tid == 2 && t[1].cursig == 6);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e && e->tid == 2 && e->code == 6);
}

TESTS(freebsd_64, freebsd_32, netbsd_numbers_registers_by_machine, openbsd, solaris)
