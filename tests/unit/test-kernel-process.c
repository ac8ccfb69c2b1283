/* SPDX-License-Identifier: MIT */
/* A process inside the memory of a machine, made here: page tables, pages, page cache; and a core of it. */
#include "capture/dump_core.h"
#include "os/linux/kernel/paged_out.h"
#include "os/linux/kernel/process_compat.h"
#include "target/kernel_process.h"
#include "target/target.h"
#include "unit/test.h"

#include <stdlib.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 32, WORDS = PAGE / 8 };

/* Physical pages: 0..3 tables, 8.. data; from page 30 on the dump has none. */
static uint64_t ram[PAGES * WORDS];
enum { PRESENT = 0x7, IN_DUMP = 30 };
static const uint64_t text_at = 0x400000, heap_at = 0x600000;

static void map(uint64_t address, uint64_t entry)
{
	ram[3 * WORDS + (address >> 12) % 512] = entry;
}

static void make_memory(void)
{
	memset(ram, 0, sizeof(ram));
	ram[0] = 1 * PAGE | PRESENT;
	ram[1 * WORDS] = 2 * PAGE | PRESENT;
	ram[2 * WORDS + 2] = 3 * PAGE | PRESENT; /* 0x400000; 0x600000 has no table */
	map(text_at, 8 * PAGE | PRESENT);
	map(text_at + PAGE, 0);
	map(text_at + 2 * PAGE, 31 * PAGE | PRESENT); /* not in the dump */
	map(text_at + 3 * PAGE, 0x1234000 << 1);      /* swapped out: not present, not zero */
	for (size_t i = 8; i < PAGES; i++)
		for (size_t k = 0; k < WORDS; k++)
			ram[i * WORDS + k] = i << 32 | k;
}

/* The second page of the text is in the page cache, in page 9. */
static bool cached(void *arg, size_t i, uint64_t from, uint64_t end, uint64_t *ret_address, uint64_t *ret_physical)
{
	(void)arg;
	if (i || from > text_at + PAGE || end <= text_at + PAGE)
		return false;
	*ret_address = text_at + PAGE;
	*ret_physical = 9 * PAGE;
	return true;
}

struct fixture {
	struct source *src;
	struct space *physical;
	struct arch_memory memory;
	struct dump *dump;
	struct kernel_process_thread threads[2];
	struct kernel_process p;
};

static const struct kernel_process_range ranges[] = {
	{ text_at, text_at + 5 * PAGE, DUMP_PROT_R | DUMP_PROT_X, "/bin/app", 0, false },
	{ heap_at, heap_at + 4 * PAGE, DUMP_PROT_R | DUMP_PROT_W, "[heap]", 0, true },
};
static const struct dump_auxv auxv[] = { { 6, PAGE }, { 9, text_at } };

static void fixture_deinit(struct fixture *f)
{
	dump_unref(f->dump);
	space_destroy(f->physical);
	source_destroy(f->src);
}

static struct err *fixture_init(struct fixture *f)
{
	struct space_range r = { 0, IN_DUMP * PAGE, NULL, 0, SPACE_DUMP, 0 };

	make_memory();
	TRY(source_from_memory("ram", ram, sizeof(ram), &f->src));
	TRY(space_create(&f->physical));
	r.src = f->src;
	TRY(space_add(f->physical, &r, 1));
	f->memory = space_memory(f->physical);
	f->threads[0] = (struct kernel_process_thread){ .tid = 7, .name = "app", .has_regs = true };
	f->threads[0].regs[16 * 8 + 2] = 0x40; /* rip 0x400000 */
	f->threads[1] = (struct kernel_process_thread){ .tid = 9, .name = "second" };
	f->p = (struct kernel_process){
		.label = "machine (process 7)", .paging = { .physical = &f->memory, .root = 0, .levels = 4 },
		.physical = f->physical, .ranges = ranges, .n_ranges = ARRAY_SIZE(ranges), .threads = f->threads,
		.n_threads = 2, .auxv = auxv, .n_auxv = ARRAY_SIZE(auxv), .pid = 7, .ppid = 1, .name = "app",
		.command_line = "app -x", .release = "6.1", .cached = cached,
	};
	return kernel_process_dump(&f->p, &f->dump);
}

TEST(segments_say_what_is_there_and_what_is_not)
{
	static const struct {
		uint64_t address, size, file_size;
		enum range_class class;
		const char *reason;
	} want[] = {
		{ text_at, 2 * PAGE, 2 * PAGE, RANGE_PAUSE, "" },
		{ text_at + 2 * PAGE, PAGE, 0, RANGE_UNREADABLE, "not in the dump of the machine" },
		{ text_at + 3 * PAGE, PAGE, 0, RANGE_UNREADABLE, "swapped out" },
		{ text_at + 4 * PAGE, PAGE, 0, RANGE_FILE, "" },
		{ heap_at, 4 * PAGE, 0, RANGE_UNTOUCHED, "" },
	};
	CLEANUP(fixture_deinit) struct fixture f = { 0 };
	const struct kernel_process_figures *figures;
	const struct dump_segment *v;
	const char *reason;
	size_t n;

	EXPECT_OK(fixture_init(&f));
	EXPECT_OK(dump_segments(f.dump, &v, &n));
	EXPECT_EQ(n, ARRAY_SIZE(want));
	for (size_t i = 0; i < n; i++) {
		EXPECT_EQ(v[i].address, want[i].address);
		EXPECT_EQ(v[i].size, want[i].size);
		EXPECT_EQ(v[i].file_size, want[i].file_size);
		EXPECT_EQ(kernel_process_class(f.dump, i, &reason), want[i].class);
		EXPECT_STR(reason, want[i].reason);
	}
	figures = kernel_process_figures(f.dump);
	EXPECT_EQ(figures->mapped, 9 * PAGE);
	EXPECT_EQ(figures->in_dump, 2 * PAGE);
	EXPECT_EQ(figures->from_cache, PAGE);
	EXPECT_EQ(figures->swapped, PAGE);
	EXPECT_EQ(figures->missing, PAGE);
	EXPECT_EQ(figures->untouched, 4 * PAGE);
}

TEST(a_target_reads_it_like_a_core)
{
	CLEANUP(fixture_deinit) struct fixture f = { 0 };
	CLEANUP(target_destroyp) struct target *t = NULL;
	uint64_t v = 0;
	struct regs regs;
	struct thread *threads;

	EXPECT_OK(fixture_init(&f));
	EXPECT_OK(target_create(f.dump, NULL, &t));
	EXPECT(arch_read_uint(target_memory(t), text_at + PAGE - 8, 8, &v)); /* the last word of page 8 */
	EXPECT_EQ(v, (uint64_t)8 << 32 | (WORDS - 1));
	EXPECT(arch_read_uint(target_memory(t), text_at + PAGE, 8, &v)); /* the page cache */
	EXPECT_EQ(v, (uint64_t)9 << 32);
	EXPECT(!arch_read_uint(target_memory(t), text_at + 2 * PAGE, 8, &v));
	EXPECT(!arch_read_uint(target_memory(t), text_at + 3 * PAGE, 8, &v));
	EXPECT(arch_read_uint(target_memory(t), heap_at, 8, &v));
	EXPECT_EQ(v, 0);
	EXPECT_EQ(target_threads(t, &threads), 2);
	EXPECT_EQ(target_pid(t), 7);
	EXPECT_OK(thread_regs(t, &threads[0], HALF_NATIVE, &regs));
	EXPECT_EQ(regs_ip(&regs), text_at);
	EXPECT_ERR(thread_regs(t, &threads[1], HALF_NATIVE, &regs), ERR_NOTFOUND);
}

TEST(a_stack_is_paged_out_where_an_entry_is_left)
{
	CLEANUP(fixture_deinit) struct fixture f = { 0 };
	struct paging_walk w = { 0 };

	EXPECT_OK(fixture_init(&f));
	map(text_at + 4 * PAGE, 9 * PAGE | 0x160); /* PROT_NONE: not present, and its page is there */
	EXPECT(paging_walk(&f.p.paging, text_at + 8, &w));
	EXPECT_EQ(stack_page_of(&w), STACK_IN_MEMORY);
	EXPECT(!paging_walk(&f.p.paging, text_at + 3 * PAGE + 8, &w));
	EXPECT_EQ(stack_page_of(&w), STACK_PAGED_OUT);
	EXPECT(!paging_walk(&f.p.paging, text_at + 4 * PAGE, &w));
	EXPECT_EQ(stack_page_of(&w), STACK_IN_MEMORY);
	EXPECT(!paging_walk(&f.p.paging, text_at + PAGE, &w));
	EXPECT_EQ(stack_page_of(&w), STACK_NONE);
	EXPECT(!paging_walk(&f.p.paging, heap_at, &w)); /* no table */
	EXPECT_EQ(stack_page_of(&w), STACK_NONE);
	ram[2 * WORDS + 2] = 31 * PAGE | PRESENT; /* its table is not in the dump */
	EXPECT(!paging_walk(&f.p.paging, text_at, &w));
	EXPECT_EQ(stack_page_of(&w), STACK_NOT_KNOWN);
	w = (struct paging_walk){ 0 };
	EXPECT_EQ(stack_page_of(&w), STACK_NOT_KNOWN);
}

TEST(mappings_that_contradict_themselves_are_refused)
{
	static const struct kernel_process_range bad[][2] = {
		{ { text_at, text_at, 4, "", 0, false }, { heap_at, heap_at + PAGE, 4, "", 0, false } },
		{ { text_at, text_at + 8, 4, "", 0, false }, { heap_at, heap_at + PAGE, 4, "", 0, false } },
		{ { heap_at, heap_at + PAGE, 4, "", 0, false }, { text_at, text_at + PAGE, 4, "", 0, false } },
		{ { text_at, (uint64_t)1 << 60, 4, "", 0, false }, { heap_at, heap_at + PAGE, 4, "", 0, false } },
	};
	CLEANUP(fixture_deinit) struct fixture f = { 0 };
	struct dump *d = NULL;

	EXPECT_OK(fixture_init(&f));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		f.p.ranges = bad[i];
		EXPECT_ERR(kernel_process_dump(&f.p, &d), ERR_CORRUPT);
	}
}

/* --- the core -------------------------------------------------------------------------- */

static struct err *write_core(struct dump_core *core, uint8_t **ret, size_t *ret_size)
{
	struct sink_image image = dump_core_image(core);
	uint8_t *bytes = calloc(1, (size_t)image.size);
	bool zero;

	if (!bytes)
		return err_nomem();
	*ret = bytes;
	*ret_size = (size_t)image.size;
	for (uint64_t at = 0; at < image.size; at += 1000) /* in pieces that cut everything */
		TRY(image.fill(image.arg, at, bytes + at, image.size - at < 1000 ? (size_t)(image.size - at) : 1000, &zero));
	return NULL;
}

TEST(a_core_of_it_opens_again)
{
	struct snapshot_range absent[] = { { text_at + 3 * PAGE, text_at + 4 * PAGE, RANGE_UNREADABLE, "swapped out" },
					   { heap_at, heap_at + 4 * PAGE, RANGE_UNTOUCHED, "" } };
	struct dump_core_facts facts = { .why = "process 7 out of machine", .consistency = CONSISTENCY_INSTANTANEOUS,
					 .consistency_why = "it stood still", .comment = "", .state = 'S',
					 .ranges = absent, .n_ranges = 2 };
	CLEANUP(fixture_deinit) struct fixture f = { 0 };
	CLEANUP(dump_core_destroyp) struct dump_core *core = NULL;
	CLEANUP(freep) uint8_t *bytes = NULL;
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	const struct dump_snapshot *s;
	const struct dump_defect *defects;
	struct thread *threads;
	struct source *src;
	struct regs regs;
	uint64_t v = 0;
	size_t size = 0;

	EXPECT_OK(fixture_init(&f));
	EXPECT_OK(dump_core_create(f.dump, &facts, &core));
	EXPECT_EQ(dump_core_threads(core), 1);
	EXPECT_OK(write_core(core, &bytes, &size));
	EXPECT_OK(source_from_memory("core", bytes, size, &src));
	EXPECT_OK(dump_open_source(src, &d));
	EXPECT_OK(target_create(d, NULL, &t));
	EXPECT_EQ(target_threads(t, &threads), 1);
	EXPECT_OK(thread_regs(t, &threads[0], HALF_NATIVE, &regs));
	EXPECT_EQ(regs_ip(&regs), text_at);
	EXPECT(arch_read_uint(target_memory(t), text_at + PAGE + 16, 8, &v));
	EXPECT_EQ(v, (uint64_t)9 << 32 | 2);
	EXPECT(!arch_read_uint(target_memory(t), text_at + 3 * PAGE, 8, &v));
	EXPECT(arch_read_uint(target_memory(t), heap_at + 8, 8, &v));
	EXPECT_EQ(v, 0);
	EXPECT_STR(dump_facts(d)->command_line, "app -x");
	EXPECT_OK(dump_snapshot(d, &s));
	EXPECT(s && s->complete);
	EXPECT_STR(s->engine, "extract");
	EXPECT_EQ(s->consistency, CONSISTENCY_INSTANTANEOUS);
	EXPECT_EQ(dump_defects(d, &defects), 0);
}

TEST(a_core_of_32_bits_opens_again)
{
	static const struct dump_auxv vector[] = { { 3, 0x400034 }, { 4, 32 }, { 9, text_at } };
	struct dump_core_facts facts = { .why = "", .consistency_why = "", .comment = "", .state = 'S' };
	CLEANUP(fixture_deinit) struct fixture f = { 0 };
	CLEANUP(dump_core_destroyp) struct dump_core *core = NULL;
	CLEANUP(freep) uint8_t *bytes = NULL;
	CLEANUP(dump_unrefp) struct dump *d = NULL, *made = NULL;
	CLEANUP(target_destroyp) struct target *t = NULL;
	const struct dump_auxv *v;
	struct thread *threads;
	struct source *src;
	struct regs regs;
	size_t size = 0, n = 0;

	EXPECT_OK(fixture_init(&f));
	f.p.is_32 = true;
	f.p.auxv = vector;
	f.p.n_auxv = ARRAY_SIZE(vector);
	for (unsigned i = 0; i < 27; i++)
		memset(f.threads[0].regs + i * 8, (int)i, 4);
	process_regs_to_32(f.threads[0].regs);
	EXPECT_OK(kernel_process_dump(&f.p, &made));
	EXPECT_OK(dump_core_create(made, &facts, &core));
	EXPECT_OK(write_core(core, &bytes, &size));
	EXPECT_EQ(bytes[4], 1);	 /* ELFCLASS32 */
	EXPECT_EQ(bytes[18], 3); /* EM_386 */
	EXPECT_OK(source_from_memory("core", bytes, size, &src));
	EXPECT_OK(dump_open_source(src, &d));
	EXPECT_EQ(dump_facts(d)->machine, MACHINE_X86);
	EXPECT_OK(target_create(d, NULL, &t));
	EXPECT_EQ(target_threads(t, &threads), 1);
	EXPECT_OK(thread_regs(t, &threads[0], HALF_NATIVE, &regs));
	EXPECT_EQ(regs.v[X86_EDI], 0x0e0e0e0e);
	EXPECT_EQ(regs.v[X86_EBX], 0x05050505);
	EXPECT_EQ(regs.v[X86_EBP], 0x04040404);
	EXPECT_EQ(regs_ip(&regs), 0x10101010);
	EXPECT_EQ(regs_sp(&regs), 0x13131313);
	EXPECT_OK(dump_auxv(d, &v, &n));
	EXPECT_EQ(n, ARRAY_SIZE(vector));
	EXPECT_EQ(v[2].type, 9);
	EXPECT_EQ(v[2].value, text_at);
}

TEST(vectors_of_32_bits_are_told_by_the_size_of_program_headers)
{
	static uint32_t words[] = { 32, 0xf7f00550, 3, 0x8048034, 4, 32, 9, 0x8049076, 0, 0 };
	static uint64_t wide[] = { 33, 0x7fff00000000, 3, 0x400040, 4, 56, 9, 0x401000, 0, 0 };
	struct fixture f = { 0 };
	struct dump_auxv v[8];

	memcpy(&ram[0], words, sizeof(words));
	memcpy(&ram[WORDS], wide, sizeof(wide));
	EXPECT_OK(source_from_memory("ram", ram, sizeof(ram), &f.src));
	EXPECT_OK(space_create(&f.physical));
	EXPECT_OK(space_add(f.physical, &(struct space_range){ 0, IN_DUMP * PAGE, f.src, 0, SPACE_DUMP, 0 }, 1));
	f.memory = space_memory(f.physical);
	EXPECT_EQ(process_auxv(&f.memory, 0, 4, v, ARRAY_SIZE(v)), 4);
	EXPECT(process_auxv_is_32(v, 4));
	EXPECT_EQ(v[3].value, 0x8049076);
	EXPECT_EQ(process_auxv(&f.memory, PAGE, 8, v, ARRAY_SIZE(v)), 4);
	EXPECT(!process_auxv_is_32(v, 4));
	EXPECT_EQ(process_auxv(&f.memory, PAGE, 8, v, 2), 2);
	EXPECT_EQ(process_auxv(&f.memory, IN_DUMP * PAGE, 8, v, ARRAY_SIZE(v)), 0);
	EXPECT(!process_auxv_is_32(v, process_auxv(&f.memory, PAGE, 4, v, ARRAY_SIZE(v))));
	space_destroy(f.physical);
	source_destroy(f.src);
}

TESTS(segments_say_what_is_there_and_what_is_not, a_target_reads_it_like_a_core, a_stack_is_paged_out_where_an_entry_is_left,
      mappings_that_contradict_themselves_are_refused, a_core_of_it_opens_again, a_core_of_32_bits_opens_again,
      vectors_of_32_bits_are_told_by_the_size_of_program_headers)
