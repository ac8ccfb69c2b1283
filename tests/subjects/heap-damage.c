/* SPDX-License-Identifier: MIT */
/*
 * One damage, named by the argument, in a heap that is else whole. It says where:
 * "damage KIND CHUNK" with the header of the chunk that is to be named, and
 * "culprit USER" where a block in front of it was written on from.
 *
 *	double-free	a block freed twice into the tcache, its key cleared between
 *	two-lists	a block freed into the tcache, then by another road into a fastbin
 *	loop		the link of the third block in a tcache list leads to the second
 *	wild		the link of a free block was written over
 *	overflow	24 bytes written behind a block: the next one's size is text
 *	off-by-one	a zero written one byte behind a block: it clears PREV_INUSE
 *	small-size	the next block's size is overwritten with another that is possible
 *	top		the size of the top chunk is overwritten
 *	bin-link	bk of a chunk in the unsorted bin is overwritten
 */
#include "heap.h"

#include <stdbool.h>

enum { N = 64 };

static char *blocks[N];

static void fill(size_t request)
{
	for (unsigned i = 0; i < N; i++)
		blocks[i] = memset(malloc(request), 0, request);
}

static size_t header(const char *block)
{
	return (size_t)block - 2 * sizeof(size_t);
}

static void double_free(void)
{
	fill(200);
	free(blocks[10]);
	((volatile size_t *)blocks[10])[1] = 0;
	free(blocks[10]);
	say("damage double free %#zx\n", header(blocks[10]));
}

static void two_lists(void)
{
	fill(40);
	for (unsigned i = 0; i < 7; i++)
		free(blocks[i]);
	free(blocks[10]); /* the tcache is full: into the fastbin */
	for (unsigned i = 0; i < 7; i++)
		blocks[i] = malloc(40); /* the tcache is empty again */
	((volatile size_t *)blocks[10])[1] = 0;
	free(blocks[10]);
	say("damage double free %#zx\n", header(blocks[10]));
}

static void loop(void)
{
	fill(200);
	for (unsigned i = 10; i < 15; i++)
		free(blocks[i]);
	/* 14 13 12 11 10: 12 leads on to where 14 does, to 13; mangled by their own pages */
	((volatile size_t *)blocks[12])[0] =
		((volatile size_t *)blocks[14])[0] ^ (size_t)blocks[14] >> 12 ^ (size_t)blocks[12] >> 12;
	say("damage loop %#zx\n", header(blocks[13]));
}

static void wild(void)
{
	fill(200);
	free(blocks[10]);
	free(blocks[11]);
	memcpy((char *)(volatile char *)blocks[11], "garbage!", 8);
	say("damage wild entry 0\n");
}

static void overflow(void)
{
	volatile char *p;

	fill(200);
	p = blocks[20];
	for (size_t i = 0; i < 200 + 2 * sizeof(size_t); i++)
		p[i] = "overflow"[i % 8];
	say("damage size %#zx\nculprit %#zx\n", header(blocks[21]), (size_t)blocks[20]);
}

static void off_by_one(void)
{
	volatile char *p;

	fill(248); /* the next size is 0x101: its low byte is the flag alone */
	p = blocks[20];
	p[248] = 0;
	say("damage prev_size %#zx\nculprit %#zx\n", header(blocks[21]), (size_t)blocks[20]);
}

static void small_size(void)
{
	fill(200);
	*(volatile size_t *)(blocks[20] + 200) = 0x151; /* was 0xd1 */
	say("damage size %#zx\nculprit %#zx\n", header(blocks[21]), (size_t)blocks[20]);
}

static void top(void)
{
	size_t *last;

	fill(200);
	last = malloc(1000);
	((volatile size_t *)last)[125] = SIZE_MAX;
	say("damage top %#zx\nculprit %#zx\n", (size_t)(last + 124), (size_t)last);
}

static void bin_link(void)
{
	fill(2000);
	free(blocks[10]);
	free(blocks[20]);
	((volatile size_t *)blocks[10])[1] = 0x4141414141414141;
	say("damage link %#zx\n", header(blocks[10]));
}

static const struct {
	const char *name;
	void (*run)(void);
} damages[] = {
	{ "double-free", double_free }, { "two-lists", two_lists },   { "loop", loop },
	{ "wild", wild },		{ "overflow", overflow },     { "off-by-one", off_by_one },
	{ "small-size", small_size },	{ "top", top },		      { "bin-link", bin_link },
};

int main(int argc, char **argv)
{
	log_open(16);
	for (size_t i = 0; argc > 1 && i < sizeof(damages) / sizeof(damages[0]); i++)
		if (strcmp(damages[i].name, argv[1]) == 0) {
			damages[i].run();
			ready();
		}
	return 2;
}
