/* SPDX-License-Identifier: MIT */
/*
 * Leaks, known one by one.
 *
 * Expected lost: 100 blocks of 120 bytes, and 10 lists of 5 nodes of 56 bytes whose heads
 * are forgotten: 10 lost, 40 indirectly. Expected not lost: 50 blocks in an array, a
 * ring in use, and 7 blocks to which only pointers to the inside are left (possibly).
 */
#include "heap.h"

struct node {
	struct node *next;
	char rest[48];
};

static void *volatile kept[50]; /* volatile: nothing reads them */
static char *volatile inside[7];
static struct node *volatile ring;

static NOINLINE struct node *make_list(unsigned n, int lost)
{
	struct node *head = NULL;

	for (unsigned i = 0; i < n; i++) {
		struct node *node = log_add(calloc(1, sizeof(*node)), sizeof(*node));

		node->next = head;
		head = node;
		if (lost)
			log_lost(node);
	}
	return head;
}

static NOINLINE void leak(void)
{
	for (unsigned i = 0; i < 100; i++) {
		char *p = log_add(malloc(120), 120);

		memset(p, 'x', 120);
		log_lost(p);
	}
	for (unsigned i = 0; i < 10; i++)
		(void)make_list(5, 1);
}

static NOINLINE void keep(void)
{
	struct node *last;

	for (unsigned i = 0; i < 50; i++)
		kept[i] = memset(log_add(malloc(200), 200), 0, 200);
	for (unsigned i = 0; i < 7; i++)
		inside[i] = (char *)memset(log_add(malloc(400), 400), 0, 400) + 64;
	ring = last = make_list(6, 0);
	while (last->next)
		last = last->next;
	last->next = ring;
}

int main(void)
{
	log_open(4096);
	keep();
	leak();
	scrub();
	tell_counts();
	ready();
}
