// SPDX-License-Identifier: MIT
// What goes wrong with a heap, each by the real means, as the first argument says. Those that live say
// "ready PID" when it has happened and sleep; nothing here uses stdio.
//
//	overflow	text runs over the end of a block, into the header behind it
//	off-by-one	the zero that ends a string falls behind its block
//	wild		a block is written to after it was freed: its link is text
//	loop		the link of a free block leads back into its list
//	doubled		a block is freed twice, unnoticed, as its key was overwritten between
//	top		a negative length is written behind the last block
//	class		1.5 million records of one size are held in a list that only grows
//	lost		200,000 records of one size are forgotten
//	gaps		400 MB of blocks are freed but for every sixteenth
//	healthy		blocks of many sizes, in use and freed, in three threads
//	twice		(dies) a block that no cache holds is freed twice
//	spoiled		(dies) malloc finds the top chunk overwritten
//	stale		(dies) an object is used after it was freed, and its place taken back by the allocator
//	text		(dies) a name runs over the pointer behind it in a structure
//	return		(dies) a name runs over the address that its function returns to
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { N = 64, MANY = 1500000, LOST = 200000 };

struct record {
	struct record *next;
	uint64_t number;
	char name[80];
};
struct person {
	char name[16];
	struct record *first;
};
struct shape {
	struct shape *(*describe)(struct shape *);
	struct record *owner;
	uint64_t numbers[6];
};

static char *blocks[N];
static struct record *volatile list;
static char **volatile kept;
static struct shape *volatile shape;
static struct person *volatile person;
static volatile uint64_t sum;

static _Noreturn void ready(void)
{
	char line[32] = "ready ", digits[16];
	size_t n = 6, k = 0;

	for (int pid = (int)getpid(); pid; pid /= 10)
		digits[k++] = (char)('0' + pid % 10);
	while (k)
		line[n++] = digits[--k];
	line[n++] = '\n';
	if (write(1, line, n) != (ssize_t)n)
		_exit(3);
	for (;;)
		pause();
}

static void fill(size_t request)
{
	for (unsigned i = 0; i < N; i++)
		blocks[i] = memset(malloc(request), 0, request);
}

// As strcpy does; a loop that the compiler does not know.
static NOINLINE void copy(volatile char *to, const char *from)
{
	while ((*to++ = *from++))
		;
}

static void overflow(void)
{
	fill(56);
	copy(blocks[20], "GET /index.html?session=0123456789&user=somebody&language=en HTTP/1.1");
}

static void off_by_one(void)
{
	char name[249];

	memset(name, 'n', 248);
	name[248] = 0;
	fill(248);
	copy(blocks[20], name);
}

static void wild(void)
{
	fill(200);
	free(blocks[10]);
	free(blocks[11]);
	copy(blocks[11], "state: closed");
}

static void loop(void)
{
	fill(200);
	for (unsigned i = 10; i < 15; i++)
		free(blocks[i]);
	((volatile size_t *)blocks[12])[0] =
		((volatile size_t *)blocks[14])[0] ^ (size_t)blocks[14] >> 12 ^ (size_t)blocks[12] >> 12;
}

static void doubled(void)
{
	fill(200);
	free(blocks[10]);
	((volatile size_t *)blocks[10])[1] = 0;
	free(blocks[10]);
}

static void top(void)
{
	size_t *last;

	fill(200);
	last = malloc(1000);
	((volatile size_t *)last)[125] = SIZE_MAX;
}

static void class(void)
{
	for (unsigned i = 0; i < MANY; i++) {
		struct record *r = calloc(1, sizeof(*r));

		r->number = i;
		r->next = list;
		list = r;
	}
}

static NOINLINE void lose(void)
{
	for (unsigned i = 0; i < LOST; i++) {
		struct record *volatile r = calloc(1, sizeof(*r));

		copy(r->name, "order of a customer");
	}
}

static void lost(void)
{
	volatile char room[4096];

	fill(300);
	lose();
	for (size_t i = 0; i < sizeof(room); i++)
		room[i] = 0;
}

static void gaps(void)
{
	enum { BLOCKS = 400000 };

	kept = calloc(BLOCKS, sizeof(*kept));
	for (unsigned i = 0; i < BLOCKS; i++)
		kept[i] = memset(malloc(1000), 1, 1000);
	for (unsigned i = 0; i < BLOCKS; i++)
		if (i % 16) {
			free(kept[i]);
			kept[i] = NULL;
		}
}

static pthread_barrier_t barrier;
static void *held[4][5000];

static void churn(unsigned who)
{
	unsigned state = who + 1;

	for (unsigned i = 0; i < 40000; i++) {
		unsigned at = (state = state * 1103515245u + 12345u) >> 8, size = (state = state * 1103515245u + 12345u) >> 8;

		at %= 5000;
		free(held[who][at]);
		held[who][at] = memset(malloc(size % 3000 + 1), 0x5a, size % 3000 + 1);
	}
}

static _Noreturn void *churner(void *arg)
{
	churn((unsigned)(uintptr_t)arg);
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
}

static void healthy(void)
{
	pthread_t id;

	pthread_barrier_init(&barrier, NULL, 4);
	for (uintptr_t i = 1; i < 4; i++)
		if (pthread_create(&id, NULL, churner, (void *)i))
			_exit(1);
	churn(0);
	pthread_barrier_wait(&barrier);
}

static void twice(void)
{
	fill(3000);
	free(blocks[20]);
	free(blocks[20]);
}

static void spoiled(void)
{
	top();
	blocks[0] = malloc(200000 / 4);
	blocks[1] = malloc(120000);
}

static NOINLINE struct shape *describe(struct shape *s)
{
	sum += s->owner->number;
	return s;
}

static NOINLINE void release(void)
{
	free(shape);
}

static void stale(void)
{
	fill(sizeof(*shape));
	shape = malloc(sizeof(*shape));
	shape->describe = describe;
	shape->owner = NULL;
	free(blocks[7]);
	release();
	sum += (uint64_t)shape->describe(shape);
}

static void text(void)
{
	fill(100);
	person = calloc(1, sizeof(*person));
	copy(person->name, "Maximilian Mustermann");
	memcpy((char *)person + 16, "ermannsson", 8);
	sum += person->first->number;
}

static NOINLINE void greet(const char *name)
{
	volatile char line[16];

	copy(line, name);
	sum += (uint64_t)line[3];
}

static void returning(void)
{
	greet("a name that is much longer than anybody had thought it would ever be, and still goes on");
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{ "overflow", overflow }, { "off-by-one", off_by_one }, { "wild", wild },     { "loop", loop },
	{ "doubled", doubled },	  { "top", top },		{ "class", class },   { "lost", lost },
	{ "gaps", gaps },	  { "healthy", healthy },	{ "twice", twice },   { "spoiled", spoiled },
	{ "stale", stale },	  { "text", text },		{ "return", returning },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, argv[1]) == 0) {
			ways[i].run();
			ready();
		}
	return 2;
}
