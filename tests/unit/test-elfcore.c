/* SPDX-License-Identifier: MIT */
/* ELF cores built by hand: every field that is read, every shape, every damage. */
#include "format/compress.h"
#include "format/dump.h"
#include "format/elfcore.h"
#include "format/zstd_seekable.h"
#include "unit/elfcore-build.h"
#include "unit/test.h"

#include <time.h>

enum { X64 = 62, I386 = 3, ARM = 40, ARM64 = 183, PPC64 = 21, S390 = 22, MIPS = 8, RISCV = 243 };

static const struct prstatus x64_thread = { .tid = 100, .cursig = 11, .user_usec = 1500,
					    .kernel_sec = 2, .regs = 27, .regs_word = 8,
					    .total = 336 };

static struct err *open_core(struct core *c, struct dump **ret)
{
	struct source *src = NULL;

	if (!c->file)
		core_build(c);
	TRY(source_from_memory("core", c->file, c->size, &src));
	return dump_open_source(src, ret);
}

static void siginfo(struct core *c, int32_t signo, int32_t code, uint64_t a, uint64_t b)
{
	struct buf s = { 0 };
	unsigned w = c->bits / 8;

	put_int(&s, c->big, (uint32_t)signo, 4);
	put_int(&s, c->big, c->machine == MIPS ? (uint32_t)code : 7, 4);
	put_int(&s, c->big, c->machine == MIPS ? 7 : (uint32_t)code, 4);
	put_pad(&s, w);
	put_int(&s, c->big, a, 8);
	put_int(&s, c->big, b, 8);
	put(&s, NULL, 128 - s.n);
	core_note_buf(c, "CORE", 0x53494749, &s);
}

static void auxv(struct core *c)
{
	struct buf b = { 0 };
	unsigned w = c->bits / 8;

	put_int(&b, c->big, 6, w);
	put_int(&b, c->big, 4096, w);
	put_int(&b, c->big, 9, w);
	put_int(&b, c->big, 0x401000, w);
	put(&b, NULL, 2 * w);
	put_int(&b, c->big, 99, w); /* behind AT_NULL */
	put_int(&b, c->big, 99, w);
	core_note_buf(c, "CORE", 6, &b);
}

/* Two rows of `count`, which may lie. */
static void files(struct core *c, uint64_t count)
{
	struct buf b = { 0 };
	unsigned w = c->bits / 8;

	put_int(&b, c->big, count, w);
	put_int(&b, c->big, 4096, w);
	for (unsigned i = 0; i < 2; i++) {
		put_int(&b, c->big, 0x400000 + i * 0x2000, w);
		put_int(&b, c->big, 0x401000 + i * 0x2000, w);
		put_int(&b, c->big, i * 3, w);
	}
	put(&b, "/bin/a", 7);
	put(&b, "/lib/\xff", 7); /* not UTF-8 */
	core_note_buf(c, "CORE", 0x46494c45, &b);
}

/* As a kernel writes it: two threads, three segments out of order, one hole. */
static struct core kernel_core(unsigned bits, unsigned machine, bool big)
{
	struct core c = { .bits = bits, .machine = machine, .big = big };
	struct prstatus t = x64_thread;
	static const uint8_t fp[512], xstate[832], tls[8];

	core_prstatus(&c, &t);
	core_prpsinfo(&c, bits == 64 ? 4 : 2, 100, "prog", "/bin/prog -x ");
	siginfo(&c, 11, 1, 0xdead0, 0);
	auxv(&c);
	files(&c, 2);
	core_note(&c, "CORE", 2, fp, sizeof(fp));
	core_note(&c, "LINUX", 0x202, xstate, sizeof(xstate));
	t.tid = 101;
	t.cursig = 0;
	t.user_usec = 20;
	core_prstatus(&c, &t);
	core_note(&c, "LINUX", 0x401, tls, sizeof(tls));
	core_note(&c, "LINUX", 0x7fff, tls, 1);
	core_load(&c, 0x7000, "stack", 5, 0x1000);
	core_load(&c, 0x1000, "text", 4, 4);
	core_load(&c, 0x9000, "", 0, 0x3000);
	return c;
}

TEST(facts_of_a_kernel_core)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_facts *f;
	const struct dump_defect *defects;

	EXPECT_OK(open_core(&c, &d));
	f = dump_facts(d);
	EXPECT_EQ(f->kind, DUMP_ELFCORE);
	EXPECT_STR(f->format, "elfcore");
	EXPECT_STR(f->title, "User Core Dump File (ELF): Linux x64 process");
	EXPECT_EQ(f->machine, MACHINE_X64);
	EXPECT_EQ(f->os, OS_LINUX);
	EXPECT_EQ(f->pointer_size, 8);
	EXPECT_EQ(f->has, FACT_PID | FACT_PPID);
	EXPECT_EQ(f->pid, 100);
	EXPECT_EQ(f->ppid, 77);
	EXPECT_STR(f->process_name, "prog");
	EXPECT_STR(f->command_line, "/bin/prog -x");
	EXPECT_STR(f->os_text, "");
	EXPECT_EQ(f->flags, 0);
	EXPECT_EQ(dump_defects(d, &defects), 0);
}

TEST(threads_of_a_kernel_core)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_thread *t;
	uint8_t regs[216];
	size_t n;

	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[0].tid, 100);
	EXPECT_EQ(t[0].has, THREAD_HAS_SIGNAL | THREAD_HAS_CPU_TIMES);
	EXPECT_EQ(t[0].cursig, 11);
	EXPECT_EQ(t[0].sigpend, 0x21);
	EXPECT_EQ(t[0].sighold, 0x4000);
	EXPECT_EQ(t[0].user_time, 15000);
	EXPECT_EQ(t[0].kernel_time, 20000000);
	EXPECT_EQ(t[0].layout, CONTEXT_LINUX_X64);
	EXPECT_EQ(t[0].context.size, 216);
	EXPECT_OK(dump_read_piece(d, t[0].context, regs, sizeof(regs)));
	EXPECT_EQ(regs[0], 1);
	EXPECT_EQ(regs[26 * 8], 27);
	EXPECT_EQ(t[0].fpregs.size, 512);
	EXPECT_EQ(t[0].xstate.size, 832);
	EXPECT_EQ(t[0].siginfo.size, 128);
	EXPECT_EQ(t[0].tls.size, 0);
	EXPECT_STR(t[0].name, "");
	EXPECT_EQ(t[1].tid, 101);
	EXPECT_EQ(t[1].tls.size, 8);
	EXPECT_EQ(t[1].fpregs.size, 0);
}

TEST(lists_of_a_kernel_core)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_segment *s;
	const struct dump_auxv *a;
	const struct dump_file_mapping *m;
	const struct dump_module *modules;
	uint8_t b[5];
	size_t n;

	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(s[0].address, 0x1000);
	EXPECT_EQ(s[0].size, 4);
	EXPECT_EQ(s[1].address, 0x7000);
	EXPECT_EQ(s[1].file_size, 5);
	EXPECT_EQ(s[1].size, 0x1000);
	EXPECT(s[1].prot_known && s[1].prot == (DUMP_PROT_R | DUMP_PROT_W));
	EXPECT_OK(source_read(dump_source(d), s[1].offset, b, 5));
	EXPECT(!memcmp(b, "stack", 5));
	EXPECT_EQ(s[2].file_size, 0);
	EXPECT_EQ(s[2].size, 0x3000);
	EXPECT_OK(dump_auxv(d, &a, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(a[1].type, 9);
	EXPECT_EQ(a[1].value, 0x401000);
	EXPECT_OK(dump_file_mappings(d, &m, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(m[1].start, 0x402000);
	EXPECT_EQ(m[1].end, 0x403000);
	EXPECT_EQ(m[1].file_offset, 3 * 4096);
	EXPECT_STR(m[0].path, "/bin/a");
	EXPECT_STR(m[1].path, "/lib/\xef\xbf\xbd");
	EXPECT_OK(dump_modules(d, &modules, &n));
	EXPECT_EQ(n, 0);
}

TEST(streams_have_names)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	static const char *const names[] = { "NT_PRSTATUS", "NT_PRPSINFO",   "NT_SIGINFO",
					     "NT_AUXV",	    "NT_FILE",	     "NT_FPREGSET",
					     "NT_X86_XSTATE", "NT_PRSTATUS", "NT_ARM_TLS",
					     "type 0x7fff", "type 0x5" };
	const struct dump_stream *s;
	size_t n;

	core_note(&c, "GDB", 5, "abc", 3);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_streams(d, &s, &n));
	EXPECT_EQ(n, ARRAY_SIZE(names));
	for (size_t i = 0; i < n; i++)
		EXPECT_STR(s[i].name, names[i]);
	EXPECT_STR(s[0].owner, "CORE");
	EXPECT_STR(s[8].owner, "LINUX");
	EXPECT_STR(s[10].owner, "GDB");
	EXPECT_EQ(s[10].piece.size, 3);
	EXPECT_EQ(s[2].type, 0x53494749);
}

static const char *annotation(struct dump *d, const char *key)
{
	const struct dump_annotation *a;
	size_t n;

	if (err_ignore(dump_annotations(d, &a, &n)))
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!strcmp(a[i].key, key))
			return a[i].value;
	return NULL;
}

TEST(prpsinfo_becomes_annotations)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	CLEANUP(dump_unrefp) struct dump *d = NULL;

	EXPECT_OK(open_core(&c, &d));
	EXPECT_STR(annotation(d, "uid"), "1000");
	EXPECT_STR(annotation(d, "gid"), "1001");
	EXPECT_STR(annotation(d, "pgrp"), "78");
	EXPECT_STR(annotation(d, "sid"), "79");
	EXPECT_STR(annotation(d, "state"), "R");
	EXPECT_STR(annotation(d, "nice"), "5");
	EXPECT_STR(annotation(d, "flags"), "0x400600");
}

/* sizeof(struct elf_prstatus) and its registers, by architecture */
TEST(registers_of_every_machine)
{
	static const struct {
		unsigned machine, bits, regs, word, total;
		bool big;
		enum machine want;
		enum context_layout layout;
	} rows[] = {
		{ X64, 64, 27, 8, 336, false, MACHINE_X64, CONTEXT_LINUX_X64 },
		{ X64, 32, 27, 8, 296, false, MACHINE_X64, CONTEXT_LINUX_X64 }, /* x32 */
		{ I386, 32, 17, 4, 144, false, MACHINE_X86, CONTEXT_LINUX_X86 },
		{ ARM, 32, 18, 4, 148, false, MACHINE_ARM, CONTEXT_LINUX_ARM },
		{ ARM, 32, 18, 4, 148, true, MACHINE_ARM, CONTEXT_LINUX_ARM },
		{ ARM64, 64, 34, 8, 392, false, MACHINE_ARM64, CONTEXT_LINUX_ARM64 },
		{ RISCV, 64, 32, 8, 376, false, MACHINE_RISCV64, CONTEXT_LINUX_RISCV64 },
		{ PPC64, 64, 48, 8, 504, false, MACHINE_PPC64, CONTEXT_LINUX_PPC64 },
		{ PPC64, 64, 48, 8, 504, true, MACHINE_PPC64, CONTEXT_LINUX_PPC64 },
		{ S390, 64, 27, 8, 336, true, MACHINE_S390X, CONTEXT_LINUX_S390X },
		{ MIPS, 32, 45, 4, 256, true, MACHINE_MIPS, CONTEXT_NONE },
		{ 0x1234, 64, 10, 8, 200, false, MACHINE_UNKNOWN, CONTEXT_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(core_free) struct core c = { .bits = rows[i].bits,
						     .machine = rows[i].machine,
						     .big = rows[i].big };
		CLEANUP(dump_unrefp) struct dump *d = NULL;
		struct prstatus t = { .tid = 0x01020304, .cursig = 6, .user_usec = 999999,
				      .regs = rows[i].regs, .regs_word = rows[i].word,
				      .total = rows[i].total };
		const struct dump_thread *v;
		uint8_t last[8] = { 0 };
		size_t n;

		core_prstatus(&c, &t);
		EXPECT_OK(open_core(&c, &d));
		EXPECT_EQ(dump_facts(d)->machine, rows[i].want);
		EXPECT_EQ(dump_facts(d)->pointer_size, rows[i].bits / 8);
		EXPECT_EQ(dump_facts(d)->big_endian, rows[i].big);
		EXPECT_OK(dump_threads(d, &v, &n));
		EXPECT_EQ(n, 1);
		EXPECT_EQ(v[0].tid, 0x01020304);
		EXPECT_EQ(v[0].cursig, 6);
		EXPECT_EQ(v[0].sighold, 0x4000);
		EXPECT_EQ(v[0].user_time, 9999990);
		EXPECT_EQ(v[0].layout, rows[i].layout);
		EXPECT_EQ(v[0].context.size, rows[i].regs * rows[i].word);
		EXPECT_OK(source_read(dump_source(d),
				      v[0].context.offset + v[0].context.size - rows[i].word, last,
				      rows[i].word));
		EXPECT_EQ(last[rows[i].big ? rows[i].word - 1 : 0], rows[i].regs);
	}
}

TEST(thirty_two_bit_prpsinfo_has_two_shapes)
{
	for (unsigned id = 2; id <= 4; id += 2) {
		CLEANUP(core_free) struct core c = { .bits = 32, .machine = id == 2 ? I386 : MIPS,
						     .big = id == 4 };
		CLEANUP(dump_unrefp) struct dump *d = NULL;

		core_prpsinfo(&c, id, 4711, "thirty-two-bits", "args");
		EXPECT_OK(open_core(&c, &d));
		EXPECT_EQ(dump_facts(d)->pid, 4711);
		EXPECT_STR(dump_facts(d)->process_name, "thirty-two-bits");
		EXPECT_STR(dump_facts(d)->command_line, "args");
		EXPECT_STR(annotation(d, "gid"), "1001");
	}
}

/* gdb: PRPSINFO first, sections, no times, cursig 0 though siginfo has SIGSTOP */
TEST(gcore_of_a_running_process)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .sections = true };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct prstatus t = { .tid = 5, .regs = 27, .regs_word = 8, .total = 336 };
	const struct dump_exception *e;
	const struct dump_thread *v;
	size_t n;

	core_prpsinfo(&c, 4, 5, "p", "p");
	core_prstatus(&c, &t);
	siginfo(&c, 19, 0, 1, 0);
	t.tid = 6;
	core_prstatus(&c, &t);
	siginfo(&c, 19, 0, 2, 0);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_STR(dump_facts(d)->writer, "gdb (gcore)");
	EXPECT(dump_facts(d)->flags & ELFCORE_GCORE_ORDER);
	EXPECT_OK(dump_threads(d, &v, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(v[0].has, THREAD_HAS_SIGNAL);
	EXPECT_EQ(v[1].siginfo.size, 128);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(!e);
}

static void expect_signal(unsigned bits, unsigned machine, int32_t signo, int32_t code, uint64_t a,
			  uint64_t b, const uint64_t *want, size_t n_want, uint64_t address)
{
	CLEANUP(core_free) struct core c = { .bits = bits, .machine = machine,
					     .big = machine == MIPS };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct prstatus t = { .tid = 5, .cursig = (uint32_t)signo, .regs = 48, .regs_word = 8 };
	const struct dump_exception *e = NULL;

	core_prstatus(&c, &t);
	siginfo(&c, signo, code, a, b);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e);
	EXPECT_EQ(e->tid, 5);
	EXPECT_EQ(e->code, signo);
	EXPECT_EQ(e->flags, 7);
	EXPECT_EQ(e->address, address);
	EXPECT_EQ(e->n_parameters, n_want);
	for (size_t i = 0; i < n_want; i++)
		EXPECT_EQ(e->parameters[i], want[i]);
}

#define SIGNAL(bits, machine, signo, code, a, b, address, ...)                                    \
	do {                                                                                      \
		static const uint64_t want_[] = { __VA_ARGS__ };                                  \
		expect_signal(bits, machine, signo, code, a, b, want_, ARRAY_SIZE(want_), address); \
		if (test_failures)                                                                \
			return;                                                                   \
	} while (0)

TEST(siginfo_of_every_kind)
{



	/* SIGSEGV SEGV_MAPERR at an address; addr_lsb */
	SIGNAL(64, X64, 11, 1, 0xdead0, 0, 0xdead0, 1, 0xdead0, 0);
	/* SIGBUS BUS_MCEERR_AR with lsb 12 */
	SIGNAL(64, X64, 7, 4, 0x7000, 12, 0x7000, 4, 0x7000, 12);
	/* SIGABRT by tkill: pid 100 in the low, uid 1000 in the high half */
	SIGNAL(64, X64, 6, -6, 100 | UINT64_C(1000) << 32, 0x55, 0, (uint64_t)-6, 100, 1000, 0x55);

	/* SIGSEGV sent by kill: not a fault */
	SIGNAL(64, X64, 11, 0, 100 | UINT64_C(1000) << 32, 0, 0, 0, 100, 1000, 0);
	/* SIGSEGV from the kernel without an address */
	SIGNAL(64, X64, 11, 0x80, 0, 0, 0, 0x80, 0, 0);
	/* SIGSYS: call address, number, architecture */
	SIGNAL(64, X64, 31, 1, 0x401234, 59 | UINT64_C(0xc000003e) << 32, 0, 1, 0x401234, 59,
	       0xc000003e);
	/* SIGCHLD: pid, uid, status */
	SIGNAL(64, X64, 17, 1, 42 | UINT64_C(7) << 32, 3, 0, 1, 42, 7, 3);
	/* SIGPOLL: band, fd */
	SIGNAL(64, X64, 29, 2, 5, 9, 0, 2, 5, 9);
	/* 32 bits: no padding in front, words of 4 */
	SIGNAL(32, I386, 11, 1, 0x12345678, 0, 0x12345678, 1, 0x12345678, 0);
	/* MIPS: code before errno, SIGBUS is 10; big endian: the word comes first */
	SIGNAL(32, MIPS, 10, 2, UINT64_C(0x12345678) << 32, 0, 0x12345678, 2, 0x12345678, 0);
}

TEST(signal_without_siginfo)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct prstatus t = x64_thread;
	const struct dump_exception *e = NULL;

	t.cursig = 0;
	core_prstatus(&c, &t);
	t.cursig = 6;
	t.tid = 9;
	core_prstatus(&c, &t);
	siginfo(&c, 11, 1, 0x10, 0); /* of another signal: not believed */
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(e);
	EXPECT_EQ(e->tid, 9);
	EXPECT_EQ(e->code, 6);
	EXPECT_EQ(e->n_parameters, 0);
	EXPECT_EQ(e->context.size, 216);
}

TEST(notes_padded_to_eight)
{
	static const unsigned pads[] = { 8, 4 };

	for (size_t i = 0; i < 2; i++) { /* p_align says 8 both times */
		CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .align = 8,
						     .pad = pads[i] };
		CLEANUP(dump_unrefp) struct dump *d = NULL;
		const struct dump_stream *s;
		size_t n;

		core_note(&c, "CORE", 2, "12345", 5);
		core_note(&c, "LINUX", 0x401, "123456789", 9);
		core_prstatus(&c, &x64_thread);
		core_prpsinfo(&c, 4, 3, "n", "n");
		EXPECT_OK(open_core(&c, &d));
		EXPECT_OK(dump_streams(d, &s, &n));
		EXPECT_EQ(n, 4);
		EXPECT_STR(s[3].name, "NT_PRPSINFO");
		EXPECT_EQ(dump_facts(d)->pid, 3);
	}
}

TEST(notes_of_odd_shapes)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .no_nul = true };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_stream *s;
	const struct dump_defect *defects;
	size_t n;

	core_prstatus(&c, &x64_thread);
	put(&c.notes, NULL, 12); /* an empty register set */
	core_note(&c, "LINUX", 0x202, "", 0);
	c.split = c.notes.n;
	put(&c.notes, NULL, 52); /* a shortened note's old length */
	core_prpsinfo(&c, 4, 3, "n", "n");
	core_note(&c, "", 7, "x", 1);
	put(&c.notes, NULL, 7);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_streams(d, &s, &n));
	EXPECT_EQ(n, 4);
	EXPECT_STR(s[0].owner, "CORE");
	EXPECT_STR(s[2].name, "NT_PRPSINFO");
	EXPECT_STR(s[3].owner, "");
	EXPECT_EQ(dump_facts(d)->pid, 3);
	EXPECT_EQ(dump_defects(d, &defects), 0);
}

TEST(a_note_that_runs_out)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_thread *t;
	const struct dump_defect *defects;
	size_t n;

	core_prstatus(&c, &x64_thread);
	core_note(&c, "CORE", 2, "12345678", 8);
	c.notes.p[c.notes.n - 8 - 8 - 8] = 200; /* descsz 8 becomes 200 */
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(dump_defects(d, &defects), 1);
	EXPECT_STR(defects[0].text, "core: note at offset 0x1dc: 192 bytes more expected than the 28 left");
}

TEST(more_segments_than_e_phnum_can_say)
{
	enum { N = 70000 };
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .xnum = true };
	CLEANUP(dump_unrefp) struct dump *d = NULL, *cut = NULL;
	const struct dump_segment *s;
	const struct dump_defect *defects;
	size_t n;

	core_prstatus(&c, &x64_thread);
	for (uint64_t i = 0; i < N; i++)
		core_load(&c, (N - i) * 0x1000, "abcd", 4, 0x1000);
	EXPECT_OK(open_core(&c, &d));
	EXPECT(dump_facts(d)->flags & ELFCORE_XNUM);
	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT_EQ(n, N);
	EXPECT_EQ(s[0].address, 0x1000);
	EXPECT_EQ(s[N - 1].address, N * 0x1000);
	EXPECT_EQ(dump_defects(d, &defects), 0);
	c.size -= 64 + N; /* section header 0 and some memory are lost */
	EXPECT_OK(open_core(&c, &cut));
	EXPECT_OK(dump_segments(cut, &s, &n));
	EXPECT_EQ(n, N);
	EXPECT_EQ(dump_defects(cut, &defects), 2);
	EXPECT(strstr(defects[0].text, "70001 program headers, judged by where the notes begin"));
	EXPECT(strstr(defects[1].text, "70000 bytes of memory in 17500 of 70000 segments are missing"));
	EXPECT_EQ(s[0].file_size, 0);
}

TEST(a_core_that_was_cut_off)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_segment *s;
	const struct dump_defect *defects;
	size_t n;

	core_build(&c);
	c.size -= 6; /* all of "text", one byte of "stack" */
	c.size += 1;
	EXPECT_OK(open_core(&c, &d));
	EXPECT(dump_facts(d)->flags & ELFCORE_TRUNCATED);
	EXPECT_EQ(dump_defects(d, &defects), 1);
	EXPECT(strstr(defects[0].text, "5 bytes of memory in 2 of 3 segments are missing"));
	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(s[0].file_size, 0);
	EXPECT_EQ(s[0].size, 4);
	EXPECT_EQ(s[1].file_size, 4);
}

TEST(segments_that_contradict_themselves)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_segment *s;
	const struct dump_defect *defects;
	size_t n;

	core_prstatus(&c, &x64_thread);
	core_load(&c, 0x1000, "abcdefgh", 8, 4);		     /* more file than memory */
	core_load(&c, UINT64_MAX - 0xfff, "abcd", 4, 0x2000);	     /* wraps */
	core_load(&c, 0, "", 0, UINT64_MAX);			     /* all there is */
	core_load(&c, 0x5000, "", 0, 0);			     /* nothing */
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT_EQ(n, 3);
	EXPECT_EQ(s[0].size, UINT64_MAX);
	EXPECT_EQ(s[1].size, 8);
	EXPECT_EQ(s[2].size, 0x1000);
	EXPECT_EQ(dump_defects(d, &defects), 1);
	EXPECT(strstr(defects[0].text, "2 segments, the first at address 0x1000"));
}

TEST(file_notes_that_lie)
{
	static const uint64_t counts[] = { 3, 1000, UINT64_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
		CLEANUP(dump_unrefp) struct dump *d = NULL;
		const struct dump_file_mapping *m;
		size_t n;

		files(&c, counts[i]);
		EXPECT_OK(open_core(&c, &d));
		EXPECT_ERR(dump_file_mappings(d, &m, &n), ERR_CORRUPT);
		EXPECT_OK(dump_file_mappings(d, &m, &n)); /* empty from then on */
		EXPECT_EQ(n, 0);
	}
}

TEST(a_path_that_is_missing)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_file_mapping *m;
	const struct dump_defect *defects;
	size_t n, at;

	files(&c, 2);
	at = c.notes.n - 2 - 1; /* the last NUL, in front of two bytes of padding */
	EXPECT_EQ(c.notes.p[at], 0);
	c.notes.p[at] = 'x';
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_file_mappings(d, &m, &n));
	EXPECT_EQ(n, 1);
	EXPECT_STR(m[0].path, "/bin/a");
	EXPECT_EQ(dump_defects(d, &defects), 1);
	EXPECT(strstr(defects[0].text, "NT_FILE states 2 mappings, 1 could be read"));
}

TEST(short_thread_records_are_counted)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_thread *t;
	const struct dump_defect *defects;
	size_t n;

	core_prstatus(&c, &x64_thread);
	core_note(&c, "CORE", 1, "short", 5);
	core_note(&c, "CORE", 2, "12345678", 8); /* of a thread that is not known */
	EXPECT_OK(open_core(&c, &d));
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 1);
	EXPECT_EQ(t[0].fpregs.size, 0);
	EXPECT_EQ(dump_defects(d, &defects), 1);
	EXPECT(strstr(defects[0].text, "1 thread records are too short"));
}

TEST(what_is_no_core_is_told)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	struct dump *d = NULL;
	struct err *e;

	core_build(&c);
	c.file[16] = 3;
	e = open_core(&c, &d);
	EXPECT(e);
	EXPECT(strstr(err_message(e), "an ELF file but not a core: offset 0x10 says type 3"));
	err_free(e);
	c.file[16] = 4;
	c.file[4] = 3;
	EXPECT_ERR(open_core(&c, &d), ERR_CORRUPT);
	c.file[4] = 2;
	c.file[5] = 0;
	EXPECT_ERR(open_core(&c, &d), ERR_CORRUPT);
	c.file[5] = 1;
	c.file[54] = 1; /* e_phentsize */
	EXPECT_ERR(open_core(&c, &d), ERR_CORRUPT);
	c.file[54] = 56;
	c.file[56] = 0; /* e_phnum */
	EXPECT_ERR(open_core(&c, &d), ERR_CORRUPT);
	c.size = 30;
	EXPECT_ERR(open_core(&c, &d), ERR_TRUNCATED);
	c.size = 64;
	c.file[56] = 5;
	EXPECT_ERR(open_core(&c, &d), ERR_TRUNCATED);
}

TEST(kernel_vmcore_opens)
{
	static const char info[] = "OSRELEASE=6.1.0-test\nPAGESIZE=4096\nCRASHTIME=1700000000\nodd";
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_thread *t;
	const struct dump_exception *e;
	const struct dump_segment *s;
	size_t n;

	core_prstatus(&c, &x64_thread);
	core_prstatus(&c, &x64_thread);
	core_note(&c, "VMCOREINFO", 0, info, sizeof(info) - 1);
	core_load(&c, 0xffff888000000000, "page", 4, 4);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_STR(dump_facts(d)->title,
		   "Kernel Core Dump File (vmcore): Linux x64 kernel, not a process");
	EXPECT(dump_facts(d)->flags & ELFCORE_KERNEL);
	EXPECT_STR(dump_facts(d)->os_text, "6.1.0-test");
	EXPECT_EQ(dump_facts(d)->dump_time, 1700000000);
	EXPECT_EQ(dump_facts(d)->cpu_count, 2);
	EXPECT_EQ(dump_facts(d)->has, FACT_DUMP_TIME | FACT_CPUS);
	EXPECT_STR(annotation(d, "PAGESIZE"), "4096");
	EXPECT(annotation(d, "vmcore"));
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(t[0].has, 0);
	EXPECT_OK(dump_exception(d, &e));
	EXPECT(!e);
	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT(n == 1 && !s[0].prot_known);
}

TEST(no_notes_at_all)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64, .osabi = 9 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_thread *t;
	const struct dump_defect *defects;
	size_t n;

	core_load(&c, 0x1000, "page", 4, 4);
	EXPECT_OK(open_core(&c, &d));
	EXPECT_EQ(dump_facts(d)->os, OS_FREEBSD);
	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, 0);
	EXPECT_EQ(dump_defects(d, &defects), 1);
	EXPECT_STR(defects[0].text, "core: no notes: threads and registers are not known");
}

static double now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The limits are wide of what it takes, for busy machines and sanitizers. */
static void many_threads(uint32_t count, double limit)
{
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct prstatus t = x64_thread;
	static const uint8_t fp[512];
	const struct dump_thread *v;
	double start, opened, listed;
	size_t n;

	for (uint32_t i = 0; i < count; i++) {
		t.tid = i;
		core_prstatus(&c, &t);
		core_note(&c, "CORE", 2, fp, sizeof(fp));
		core_note(&c, "LINUX", 0x202, fp, sizeof(fp));
	}
	core_build(&c);
	start = now_ms();
	EXPECT_OK(open_core(&c, &d));
	opened = now_ms();
	EXPECT_OK(dump_threads(d, &v, &n));
	listed = now_ms();
	EXPECT_EQ(n, count);
	EXPECT_EQ(v[n - 1].tid, count - 1);
	EXPECT_EQ(v[n - 1].xstate.size, 512);
	(void)printf("%u threads: opened in %.2f ms, listed in %.2f ms\n", count, opened - start,
		     listed - opened);
	EXPECT(opened - start < limit && listed - opened < limit);
}

TEST(many_threads_are_fast)
{
	many_threads(1000, 500);
	many_threads(120000, 3000);
}

static struct err *to_buf(void *arg, const void *p, size_t n)
{
	put(arg, p, n);
	return NULL;
}

/* Through a source that is not mapped: notes are read through a window. */
TEST(threads_of_a_compressed_core)
{
	enum { N = 3000 };
	CLEANUP(core_free) struct core c = { .bits = 64, .machine = X64 };
	CLEANUP(zstd_seekable_writer_destroyp) struct zstd_seekable_writer *w = NULL;
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct source *src = NULL;
	struct buf packed = { 0 };
	struct prstatus t = x64_thread;
	static const uint8_t fp[512];
	const struct dump_thread *v;
	const struct dump_stream *s;
	size_t n;

	for (uint32_t i = 0; i < N; i++) {
		t.tid = i;
		core_prstatus(&c, &t);
		core_note(&c, "CORE", 2, fp, i % sizeof(fp));
	}
	core_build(&c);
	EXPECT_OK(zstd_seekable_writer_create(to_buf, &packed, 1, 50000, &w));
	EXPECT_OK(zstd_seekable_writer_append(w, c.file, c.size));
	EXPECT_OK(zstd_seekable_writer_finish(w));
	EXPECT_OK(source_from_memory("core.zst", packed.p, packed.n, &src));
	EXPECT_OK(source_unwrap(src, NULL, &src));
	EXPECT(!src->map);
	EXPECT_OK(dump_open_source(src, &d));
	EXPECT_OK(dump_streams(d, &s, &n));
	EXPECT_EQ(n, 2 * N);
	EXPECT_OK(dump_threads(d, &v, &n));
	EXPECT_EQ(n, N);
	for (uint32_t i = 0; i < N; i++)
		EXPECT(v[i].tid == i && v[i].fpregs.size == i % sizeof(fp));
	free(packed.p);
}

/* Asks for everything; what it answers is its own business. */
static void use_all(const uint8_t *file, size_t size)
{
	struct source *src = NULL;
	struct dump *d = NULL;
	const struct dump_exception *e;

	if (err_ignore(source_from_memory("core", file, size, &src)) ||
	    err_ignore(dump_open_source(src, &d)))
		return;
#define ASK(name)                                                                                 \
	do {                                                                                      \
		const struct dump_##name *v_;                                                     \
		size_t n_;                                                                        \
		err_free(dump_##name##s(d, &v_, &n_));                                            \
	} while (0)
	ASK(segment);
	ASK(thread);
	ASK(file_mapping);
	ASK(stream);
	ASK(annotation);
	{
		const struct dump_auxv *a;
		size_t n;

		err_free(dump_auxv(d, &a, &n));
	}
	err_free(dump_exception(d, &e));
	dump_unref(d);
}

TEST(cut_at_every_64th_byte)
{
	for (unsigned big = 0; big < 2; big++) {
		CLEANUP(core_free) struct core c = kernel_core(big ? 32 : 64, big ? S390 : X64, big);

		core_build(&c);
		for (size_t n = 0; n <= c.size; n += 64) {
			uint8_t *exact = malloc(n ? n : 1);

			EXPECT(exact);
			memcpy(exact, c.file, n);
			use_all(exact, n);
			free(exact);
		}
	}
}

TEST(every_byte_flipped)
{
	CLEANUP(core_free) struct core c = kernel_core(64, X64, false);
	static const uint8_t masks[] = { 0xff, 0x80, 0x01 };

	core_build(&c);
	for (size_t i = 0; i < c.size; i++)
		for (size_t k = 0; k < ARRAY_SIZE(masks); k++) {
			c.file[i] ^= masks[k];
			use_all(c.file, c.size);
			c.file[i] ^= masks[k];
		}
}

TESTS(facts_of_a_kernel_core, threads_of_a_kernel_core, lists_of_a_kernel_core,
      streams_have_names, prpsinfo_becomes_annotations, registers_of_every_machine,
      thirty_two_bit_prpsinfo_has_two_shapes, gcore_of_a_running_process, siginfo_of_every_kind,
      signal_without_siginfo, notes_padded_to_eight, notes_of_odd_shapes, a_note_that_runs_out,
      more_segments_than_e_phnum_can_say, a_core_that_was_cut_off,
      segments_that_contradict_themselves, file_notes_that_lie, a_path_that_is_missing,
      short_thread_records_are_counted, what_is_no_core_is_told, kernel_vmcore_opens,
      no_notes_at_all, many_threads_are_fast, threads_of_a_compressed_core, cut_at_every_64th_byte, every_byte_flipped)
