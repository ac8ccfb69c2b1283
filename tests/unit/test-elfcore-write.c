/* SPDX-License-Identifier: MIT */
/*
 * Cores that we write: read back by our own reader, by eu-readelf and by gdb,
 * for both machines, with more segments than e_phnum can count.
 */
#include "format/dump.h"
#include "format/elfcore_write.h"
#include "unit/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NT_PRSTATUS = 1,
	NT_PRPSINFO = 3,
	NT_FILE = 0x46494c45,
	MANY = 70000,
	THREADS = 3,
	PAGE = 4096,
	RIP_64 = 16, /* index in elf_gregset_t */
	RSP_64 = 19,
	EIP_32 = 12,
	ESP_32 = 15,
};

static char dir[64];

static const char *path_of(const char *name)
{
	static char path[128];

	if (!*dir) {
		(void)snprintf(dir, sizeof(dir), "/var/tmp/test-elfcore-write-XXXXXX");
		if (!mkdtemp(dir))
			abort();
	}
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int shell(const char *command)
{
	char full[1024];

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

static bool write_at(int fd, const void *p, size_t n, uint64_t offset)
{
	return pwrite(fd, p, n, (off_t)offset) == (ssize_t)n;
}

/* --- a small process ------------------------------------------------------------------------ */

struct process {
	struct arena arena;
	enum machine machine;
	struct core_note notes[THREADS + 2];
	struct core_segment *segments;
	size_t n_segments;
	struct core_image image;
	struct core_layout layout;
};

static const void *registers(struct process *p, unsigned thread, size_t *ret_size)
{
	uint64_t wide[27] = { 0 };
	uint32_t narrow[17] = { 0 };

	for (unsigned i = 0; i < 27; i++)
		wide[i] = 0x1000000 * (thread + 1) + i;
	for (unsigned i = 0; i < 17; i++)
		narrow[i] = 0x100000 * (thread + 1) + i;
	wide[RIP_64] = 0x400000 + thread * 0x10;
	wide[RSP_64] = 0x400800;
	narrow[EIP_32] = 0x400000 + thread * 0x10;
	narrow[ESP_32] = 0x400800;
	*ret_size = p->machine == MACHINE_X64 ? sizeof(wide) : sizeof(narrow);
	return arena_memdup(&p->arena, p->machine == MACHINE_X64 ? (void *)wide : (void *)narrow,
			    *ret_size);
}

static struct core_note thread_note(struct process *p, unsigned thread)
{
	struct core_note note = { .owner = "CORE", .type = NT_PRSTATUS };
	struct core_prstatus st = {
		.signal = 11,
		.sigpend = 0x100,
		.sighold = 0x200,
		.pid = 100 + (int)thread,
		.ppid = 1,
		.pgrp = 100,
		.sid = 99,
		.user_us = 2500000,
		.system_us = 10,
	};

	st.regs = registers(p, thread, &st.regs_size);
	note.data = core_prstatus(p->machine, &st, &p->arena, &note.size);
	return note;
}

static void add_notes(struct process *p)
{
	static const struct core_file files[] = {
		{ 0x400000, 0x401000, 0x3000, "/opt/one" },
		{ 0x500000, 0x502000, 0, "/opt/dir/two" },
	};
	struct core_prpsinfo info = {
		.state = 't',
		.nice = -5,
		.flags = 0x400100,
		.uid = 70000,
		.gid = 20,
		.pid = 100,
		.ppid = 1,
		.pgrp = 100,
		.sid = 99,
		.name = "a-name-of-more-than-15",
		.args = "a-name --of more than",
	};

	for (unsigned i = 0; i < THREADS; i++)
		p->notes[i] = thread_note(p, i);
	p->notes[THREADS] = (struct core_note){ .owner = "CORE", .type = NT_PRPSINFO };
	p->notes[THREADS].data =
		core_prpsinfo(p->machine, &info, &p->arena, &p->notes[THREADS].size);
	p->notes[THREADS + 1] = (struct core_note){ .owner = "CORE", .type = NT_FILE };
	p->notes[THREADS + 1].data =
		core_nt_file(p->machine, files, 2, &p->arena, &p->notes[THREADS + 1].size);
}

/* One page each at 0x400000, 0x402000 ...; every seventh has only half of it in the file,
 * every other one nothing. */
static void add_segments(struct process *p, size_t n)
{
	p->segments = ARENA_NEW_N(&p->arena, struct core_segment, n);
	p->n_segments = n;
	for (size_t i = 0; i < n; i++)
		p->segments[i] = (struct core_segment){
			.address = 0x400000 + i * 2 * PAGE,
			.mem_size = PAGE,
			.file_size = i % 7 == 0 ? PAGE / 2 : i % 2 ? 0 : PAGE,
			.prot = i ? DUMP_PROT_R | DUMP_PROT_W : DUMP_PROT_R | DUMP_PROT_X,
		};
}

static struct err *build(struct process *p, enum machine machine, size_t n_segments)
{
	p->machine = machine;
	add_notes(p);
	add_segments(p, n_segments);
	p->image = (struct core_image){
		.machine = machine,
		.notes = p->notes,
		.n_notes = THREADS + 2,
		.segments = p->segments,
		.n_segments = n_segments,
		.trailer_size = 100,
		.trailer_owner = "OSMOSIS",
		.trailer_type = 0x4f534d02,
	};
	return core_layout_build(&p->image, &p->arena, &p->layout);
}

/* A segment's bytes begin with its number and end with an 'e'. */
static bool write_core(const struct process *p, const char *name)
{
	int fd = open(path_of(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	const struct core_layout *l = &p->layout;
	bool ok = fd >= 0 && write_at(fd, l->head, l->head_size, 0);

	for (uint32_t i = 0; ok && i < p->n_segments; i++) {
		const struct core_segment *s = &p->segments[i];

		if (s->file_size)
			ok = write_at(fd, &i, sizeof(i), l->offsets[i]) &&
			     write_at(fd, "e", 1, l->offsets[i] + s->file_size - 1);
	}
	ok = ok && write_at(fd, l->trailer_head, l->trailer_head_size, l->trailer_offset) &&
	     write_at(fd, "{\"what\":\"was not read\"}", 23, l->trailer_content) &&
	     !ftruncate(fd, (off_t)l->file_size);
	return fd >= 0 && !close(fd) && ok;
}

/* --- read back ---------------------------------------------------------------------------------- */

static void check_threads(struct dump *d, enum machine machine)
{
	const struct dump_thread *t;
	uint64_t pc = 0;
	size_t n;

	EXPECT_OK(dump_threads(d, &t, &n));
	EXPECT_EQ(n, THREADS);
	for (unsigned i = 0; i < THREADS; i++) {
		struct dump_piece at = t[i].context;
		unsigned word = machine == MACHINE_X64 ? 8 : 4;

		EXPECT_EQ(t[i].tid, 100 + i);
		EXPECT_EQ(t[i].layout,
			  machine == MACHINE_X64 ? CONTEXT_LINUX_X64 : CONTEXT_LINUX_X86);
		EXPECT_EQ(at.size, word == 8 ? 27 * 8 : 17 * 4);
		at.offset += (uint64_t)word * (word == 8 ? RIP_64 : EIP_32);
		at.size = word;
		EXPECT_OK(dump_read_piece(d, at, &pc, word));
		EXPECT_EQ(pc, 0x400000 + i * 0x10);
		EXPECT_EQ(t[i].cursig, 11);
		EXPECT_EQ(t[i].sigpend, 0x100);
		EXPECT_EQ(t[i].sighold, 0x200);
		EXPECT_EQ(t[i].user_time, 25000000);
		EXPECT_EQ(t[i].kernel_time, 100);
	}
}

static void check_facts(struct dump *d, enum machine machine)
{
	const struct dump_facts *f = dump_facts(d);
	const struct dump_file_mapping *files;
	const struct dump_annotation *a;
	size_t n;

	EXPECT_EQ(f->machine, machine);
	EXPECT_EQ(f->os, OS_LINUX);
	EXPECT_EQ(f->pid, 100);
	EXPECT_EQ(f->ppid, 1);
	EXPECT_STR(f->process_name, "a-name-of-more-");
	EXPECT_STR(f->command_line, "a-name --of more than");
	EXPECT_OK(dump_file_mappings(d, &files, &n));
	EXPECT_EQ(n, 2);
	EXPECT_EQ(files[0].file_offset, 0x3000);
	EXPECT_EQ(files[1].end, 0x502000);
	EXPECT_STR(files[1].path, "/opt/dir/two");
	EXPECT_OK(dump_annotations(d, &a, &n));
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(a[i].key, "uid"))
			EXPECT_STR(a[i].value, machine == MACHINE_X64 ? "70000" : "65534");
		if (!strcmp(a[i].key, "gid"))
			EXPECT_STR(a[i].value, "20");
		if (!strcmp(a[i].key, "nice"))
			EXPECT_STR(a[i].value, "-5");
		if (!strcmp(a[i].key, "state"))
			EXPECT_STR(a[i].value, "T");
		if (!strcmp(a[i].key, "flags"))
			EXPECT_STR(a[i].value, "0x400100");
	}
}

static void check_segments(struct dump *d, const struct process *p)
{
	const struct dump_segment *s;
	size_t n;

	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT_EQ(n, p->n_segments);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t first = ~0u;

		EXPECT_EQ(s[i].address, p->segments[i].address);
		EXPECT_EQ(s[i].size, PAGE);
		EXPECT_EQ(s[i].file_size, p->segments[i].file_size);
		EXPECT_EQ(s[i].prot, p->segments[i].prot);
		if (!s[i].file_size)
			continue;
		EXPECT_EQ(s[i].offset % PAGE, 0);
		EXPECT_OK(source_read(dump_source(d), s[i].offset, &first, sizeof(first)));
		EXPECT_EQ(first, i);
	}
}

static void check_trailer(struct dump *d)
{
	const struct dump_stream *s;
	char text[24] = "";
	size_t n;

	EXPECT_OK(dump_streams(d, &s, &n));
	EXPECT_EQ(n, THREADS + 3);
	EXPECT_STR(s[n - 1].owner, "OSMOSIS");
	EXPECT_EQ(s[n - 1].type, 0x4f534d02);
	EXPECT_EQ(s[n - 1].piece.size, 100);
	EXPECT_EQ(s[n - 1].piece.offset + s[n - 1].piece.size, dump_source(d)->size);
	EXPECT_OK(source_read(dump_source(d), s[n - 1].piece.offset, text, 23));
	EXPECT_STR(text, "{\"what\":\"was not read\"}");
}

static void round_trip(enum machine machine, size_t n_segments)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_defect *defects;
	struct process p = { 0 };

	EXPECT_OK(build(&p, machine, n_segments));
	EXPECT(write_core(&p, "core"));
	EXPECT_OK(dump_open(path_of("core"), NULL, &d));
	EXPECT_EQ(dump_defects(d, &defects), 0);
	check_threads(d, machine);
	check_facts(d, machine);
	check_segments(d, &p);
	check_trailer(d);
	arena_deinit(&p.arena);
}

TEST(cores_of_both_machines_are_read_back)
{
	round_trip(MACHINE_X64, 10);
	round_trip(MACHINE_X86, 10);
}

TEST(more_segments_than_a_header_counts)
{
	round_trip(MACHINE_X64, 65532); /* and two notes: the last that e_phnum holds */
	round_trip(MACHINE_X64, 65533);
	round_trip(MACHINE_X64, MANY);
	round_trip(MACHINE_X86, MANY);
}

/* What is left of a core with PN_XNUM that was cut off behind its headers. */
TEST(headers_count_in_a_file_cut_off)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_segment *s;
	struct process p = { 0 };
	size_t n;

	EXPECT_OK(build(&p, MACHINE_X64, MANY));
	EXPECT(write_core(&p, "core"));
	EXPECT(!truncate(path_of("core"), (off_t)p.layout.head_size));
	EXPECT_OK(dump_open(path_of("core"), NULL, &d));
	EXPECT_OK(dump_segments(d, &s, &n));
	EXPECT_EQ(n, MANY);
	arena_deinit(&p.arena);
}

/* --- other people's readers --------------------------------------------------------------------- */

static void with_readelf(enum machine machine)
{
	struct process p = { 0 };

	EXPECT_OK(build(&p, machine, MANY));
	EXPECT(write_core(&p, "core"));
	arena_deinit(&p.arena);
	EXPECT_EQ(shell("eu-readelf -n core > notes 2>&1"), 0);
	EXPECT_EQ(shell("eu-readelf -l core > segments 2>&1"), 0);
	EXPECT_EQ(shell("test $(grep -c 'LOAD ' segments) = 70000"), 0);
	EXPECT_EQ(shell("test $(grep -c PRSTATUS notes) = 3"), 0);
	EXPECT_EQ(shell("grep -q 'cursig: 11' notes && grep -q 'pid: 102, ppid: 1, pgrp: 100, sid: 99' notes"), 0);
	EXPECT_EQ(shell("grep -q 'utime: 2.500000, stime: 0.000010' notes"), 0);
	EXPECT_EQ(shell("grep -q 'state: 3, sname: T' notes"), 0);
	EXPECT_EQ(shell("grep -q 'fname: a-name-of-more-, psargs: a-name --of more than' notes"), 0);
	EXPECT_EQ(shell("grep -q '00502000 00000000 8192 .*/opt/dir/two' notes"), 0);
	EXPECT_EQ(shell("grep -q 'OSMOSIS *100' notes || { cat notes; false; }"), 0);
}

TEST(eu_readelf_reads_them)
{
	if (!have("eu-readelf"))
		return;
	with_readelf(MACHINE_X64);
	with_readelf(MACHINE_X86);
}

static void with_gdb(enum machine machine, size_t n_segments, const char *pc)
{
	struct process p = { 0 };
	char command[256];

	EXPECT_OK(build(&p, machine, n_segments));
	EXPECT(write_core(&p, "core"));
	arena_deinit(&p.arena);
	(void)snprintf(command, sizeof(command),
		       "gdb -nx -batch -c core -ex 'info threads' -ex 'thread 2' -ex 'p/x $%s' "
		       "-ex 'x/2xw 0x404000' -ex 'info proc mappings' > out 2>&1", pc);
	EXPECT_EQ(shell(command), 0);
	EXPECT_EQ(shell("test $(grep -c 'LWP 10[012]' out) -ge 3 || { cat out; false; }"), 0);
	EXPECT_EQ(shell("grep -q 'SIGSEGV' out && grep -q '= 0x400010' out || { cat out; false; }"), 0);
	EXPECT_EQ(shell("grep -q '0x404000:.0x00000002.0x00000000' out || { cat out; false; }"), 0);
	EXPECT_EQ(shell("grep -q '/opt/dir/two' out || { cat out; false; }"), 0);
}

TEST(gdb_reads_them)
{
	if (!have("gdb"))
		return;
	with_gdb(MACHINE_X64, 20, "rip");
	with_gdb(MACHINE_X86, 20, "eip");
	with_gdb(MACHINE_X64, MANY, "rip");
}

/* --- limits ---------------------------------------------------------------------------------------- */

static struct err *one_segment(enum machine machine, struct core_segment segment)
{
	struct arena a = ARENA_INIT;
	struct core_layout l;
	struct core_image image = { .machine = machine, .segments = &segment, .n_segments = 1 };
	struct err *e = core_layout_build(&image, &a, &l);

	arena_deinit(&a);
	return e;
}

TEST(what_does_not_fit_is_refused)
{
	struct core_segment s = { .address = 0x1000, .mem_size = 0x1000, .file_size = 0x1000 };

	EXPECT_OK(one_segment(MACHINE_X64, s));
	EXPECT_ERR(one_segment(MACHINE_ARM64, s), ERR_UNSUPPORTED);
	s.mem_size = s.file_size = UINT64_MAX - 0x2000;
	EXPECT_ERR(one_segment(MACHINE_X86, s), ERR_UNSUPPORTED);
	EXPECT_OK(one_segment(MACHINE_X64, s));
	s.address = 0;
	s.mem_size = s.file_size = UINT64_MAX;
	EXPECT_ERR(one_segment(MACHINE_X64, s), ERR_UNSUPPORTED);
	s.mem_size = 1;
	EXPECT_ERR(one_segment(MACHINE_X64, s), ERR_UNSUPPORTED);
	s = (struct core_segment){ 0xfffff000, 0x1000, 0x1000, 0 };
	EXPECT_OK(one_segment(MACHINE_X86, s));
	s = (struct core_segment){ 0, UINT64_C(1) << 32, UINT64_C(1) << 32, 0 };
	EXPECT_ERR(one_segment(MACHINE_X86, s), ERR_UNSUPPORTED); /* and its headers */
	s.file_size = 0;
	EXPECT_OK(one_segment(MACHINE_X86, s));
}

TEST(huge_notes_are_refused)
{
	struct arena a = ARENA_INIT;
	struct core_note note = { "CORE", 1, "", (size_t)UINT32_MAX + 1 };
	struct core_layout l;
	struct core_image image = { .machine = MACHINE_X64, .notes = &note, .n_notes = 1 };

	EXPECT_ERR(core_layout_build(&image, &a, &l), ERR_UNSUPPORTED);
	image.n_notes = 0;
	image.trailer_size = UINT64_C(1) << 33;
	image.trailer_owner = "OSMOSIS";
	EXPECT_ERR(core_layout_build(&image, &a, &l), ERR_UNSUPPORTED);
	image.trailer_size = 1;
	image.trailer_owner = "an owner longer than its place";
	EXPECT_ERR(core_layout_build(&image, &a, &l), ERR_UNSUPPORTED);
	arena_deinit(&a);
}

TEST(cleans_up)
{
	EXPECT_EQ(shell("rm -rf \"$PWD\""), 0);
}

TESTS(cores_of_both_machines_are_read_back, more_segments_than_a_header_counts,
      headers_count_in_a_file_cut_off, eu_readelf_reads_them, gdb_reads_them,
      what_does_not_fit_is_refused, huge_notes_are_refused, cleans_up)
