/* SPDX-License-Identifier: MIT */
/* Page tables laid out by hand in 64 KB of "physical" memory. */
#include "memory/paging.h"
#include "memory/space.h"
#include "unit/test.h"

#include <string.h>

static uint8_t ram[1 << 16];

static size_t read_ram(void *arg, uint64_t address, void *buf, size_t len)
{
	if (address >= sizeof(ram))
		return 0;
	if (len > sizeof(ram) - address)
		len = sizeof(ram) - address;
	memcpy(buf, ram + address, len);
	return len;
}

static const struct arch_memory physical = { .read = read_ram };

static void entry(uint64_t table, unsigned index, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		ram[table + index * 8 + i] = (uint8_t)(value >> 8 * i);
}

/* Tables at 0x1000 (highest) to 0x4000. Virtual 0xffff888000000000 + 0x200000 * 3 is a page of 2 MB at physical 0;
 * 0xffff888000800000 and the next are pages of 4 KB at 0x5000 and 0x7000; the third is absent; the fourth at 0xa000. */
static struct paging four_levels(void)
{
	struct paging p = { .physical = &physical, .root = 0x1000, .levels = 4 };

	memset(ram, 0, sizeof(ram));
	entry(0x1000, 0x111, 0x2000 | PAGE_PRESENT);
	entry(0x2000, 0, 0x3000 | PAGE_PRESENT);
	entry(0x3000, 3, 0 | PAGE_PRESENT | PAGE_LARGE | PAGE_NO_EXECUTE);
	entry(0x3000, 4, 0x4000 | PAGE_PRESENT);
	entry(0x4000, 0, 0x5000 | PAGE_PRESENT | PAGE_NO_EXECUTE);
	entry(0x4000, 1, 0x7000 | PAGE_PRESENT);
	entry(0x4000, 2, 0x1234567000); /* not present: swapped */
	entry(0x4000, 3, 0xa000 | PAGE_PRESENT);
	return p;
}

TEST(every_level_is_told)
{
	struct paging p = four_levels();
	struct paging_walk w;

	EXPECT(paging_walk(&p, 0xffff888000801010, &w));
	EXPECT(w.mapped && w.n == 4);
	EXPECT_EQ(w.physical, 0x7010);
	EXPECT_EQ(w.page_size, 0x1000);
	EXPECT_EQ(w.steps[0].level, 4);
	EXPECT_EQ(w.steps[0].entry_address, 0x1000 + 0x111 * 8);
	EXPECT_EQ(w.steps[3].entry, 0x7000 | PAGE_PRESENT);
	EXPECT(paging_walk(&p, 0xffff888000612345, &w));
	EXPECT_EQ(w.physical, 0x12345);
	EXPECT_EQ(w.page_size, 2 << 20);
	EXPECT_EQ(w.n, 3);
}

TEST(what_is_not_mapped_says_where_it_ends)
{
	struct paging p = four_levels();
	struct paging_walk w;

	EXPECT(!paging_walk(&p, 0xffff888000802000, &w));
	EXPECT(!w.mapped && !w.unreadable);
	EXPECT_EQ(w.steps[3].entry, 0x1234567000);
	EXPECT(!paging_walk(&p, 0x0000900000000000, &w));
	EXPECT_EQ(w.n, 0);
	entry(0x1000, 1, 0x7fff0000 | PAGE_PRESENT); /* a table that is not there */
	EXPECT(!paging_walk(&p, (uint64_t)1 << 39, &w));
	EXPECT(w.unreadable);
	EXPECT_EQ(w.n, 1);
}

TEST(runs_end_at_gaps)
{
	struct paging p = four_levels();
	uint64_t start, last;

	EXPECT(paging_next_mapped(&p, 0, UINT64_MAX, &start, &last));
	EXPECT_EQ(start, 0xffff888000600000);
	EXPECT_EQ(last, 0xffff888000801fff);
	EXPECT(paging_next_mapped(&p, last + 1, UINT64_MAX, &start, &last));
	EXPECT_EQ(start, 0xffff888000803000);
	EXPECT_EQ(last, 0xffff888000803fff);
	EXPECT(!paging_next_mapped(&p, last + 1, UINT64_MAX, &start, &last));
	EXPECT(paging_next_mapped(&p, 0xffff888000700000, 0xffff888000700fff, &start, &last));
	EXPECT_EQ(start, 0xffff888000700000);
	EXPECT_EQ(last, 0xffff888000700fff);
}

TEST(five_levels_and_encryption)
{
	struct paging p = four_levels();
	struct paging_walk w;
	uint64_t mask = (uint64_t)1 << 47;

	entry(0x6000, 0x1ff, 0x1000 | mask | PAGE_PRESENT);
	p.root = 0x6000 | mask;
	p.levels = 5;
	p.encrypted = mask;
	EXPECT(paging_is_canonical(&p, 0xff00000000000000));
	EXPECT(!paging_is_canonical(&p, 0x0100000000000000));
	EXPECT(paging_walk(&p, 0xffff888000801010, &w));
	EXPECT_EQ(w.physical, 0x7010);
	EXPECT_EQ(w.n, 5);
}

TEST(tables_that_point_at_themselves_end)
{
	struct paging p = four_levels();
	uint64_t start, last;

	for (unsigned i = 0; i < 512; i++)
		entry(0x1000, i, 0x1000 | PAGE_PRESENT);
	EXPECT(paging_next_mapped(&p, 0, UINT64_MAX, &start, &last));
	EXPECT_EQ(start, 0);
}

TEST(memory_is_read_across_pages_up_to_the_gap)
{
	struct paging p = four_levels();
	struct paged_memory *m = NULL;
	uint8_t buf[64];

	memset(ram + 0x5000, 5, 0x1000);
	memset(ram + 0x7000, 7, 0x1000);
	EXPECT_OK(paged_memory_create(&p, &m));
	EXPECT_EQ(paged_memory_read(m, 0xffff888000800ff0, buf, 32), 32);
	EXPECT(buf[15] == 5 && buf[16] == 7);
	EXPECT_EQ(paged_memory_read(m, 0xffff888000801ff0, buf, 32), 16);
	EXPECT_EQ(paged_memory_read(m, 0xffff888000802000, buf, 32), 0);
	paged_memory_destroy(m);
}

static bool next(void *arg, uint64_t from, uint64_t last, uint64_t *ret_start, uint64_t *ret_last)
{
	return paging_next_mapped(paged_memory_paging(arg), from, last, ret_start, ret_last);
}

TEST(a_space_reads_by_translation)
{
	struct paging p = four_levels();
	struct paged_memory *m = NULL;
	CLEANUP(space_destroyp) struct space *s = NULL;
	struct space_translation by = { .read = paged_memory_read, .next = next };
	struct space_range r = { .size = UINT64_MAX, .by = &by }, found;
	uint8_t byte;

	EXPECT_OK(paged_memory_create(&p, &m));
	EXPECT_OK(space_create(&s));
	by.arg = m;
	EXPECT_OK(space_add(s, &r, 1));
	ram[0xa010] = 42;
	EXPECT_EQ(space_read_some(s, 0xffff888000803010, &byte, 1), 1);
	EXPECT_EQ(byte, 42);
	EXPECT(space_has(s, 0xffff888000803010) && !space_has(s, 0xffff888000802010) && !space_has(s, 0x1000));
	EXPECT(space_find(s, 0xffff888000802010, &found));
	EXPECT_EQ(found.address, 0xffff888000803000);
	EXPECT_EQ(found.size, 0x1000);
	EXPECT(!space_find(s, 0xffff888000804000, &found));
	paged_memory_destroy(m);
}

TESTS(every_level_is_told, what_is_not_mapped_says_where_it_ends, runs_end_at_gaps, five_levels_and_encryption,
      tables_that_point_at_themselves_end, memory_is_read_across_pages_up_to_the_gap, a_space_reads_by_translation)
