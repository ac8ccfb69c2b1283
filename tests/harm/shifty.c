/* SPDX-License-Identifier: MIT */
/*
 * A process whose memory comes and goes, and that keeps account of it: pages
 * are written, given back (MADV_DONTNEED), mapped anew, moved (mremap), read
 * without having contents, and made read-only for a while, one at a time or by
 * whole page tables, in anonymous memory, huge pages and a private file.
 *
 * A table says what each page holds; a journal which pages are being changed
 * just now. So a dump of any instant can be checked for pages that are stale
 * or invented.
 *
 * usage:	shifty			prints "arena NAME ADDRESS PAGES TABLE" and "journal ADDRESS", then "ready"
 *		shifty check CORE SAID	SAID: what it printed; checks a core of it
 *			"lack" behind that: pages may be missing, if the dump lists them
 *		shifty words CORE ADDRESS...	prints words of a core
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, TABLE = 512, PAGES = 24 * TABLE, ARENAS = 3, WORDS = PAGE / 8 };

struct journal {
	uint64_t arena, first[2], n;	/* pages being changed; n 0: none */
};

struct arena {
	const char *name;
	char *base;
	uint64_t *holds;	/* per page: its first and its last word */
	int fd;			/* -1: anonymous */
};

static struct arena arenas[ARENAS];
static volatile struct journal journal;
static uint64_t counter = UINT64_C(1) << 32, seed = 88172645463325252;

#define BARRIER() __asm__ volatile("" ::: "memory")

static uint64_t any(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (seed >> 11) % below;
}

static void die(const char *what)
{
	perror(what);
	_exit(2);
}

/* --- the process ---------------------------------------------------------------------------------- */

static char *map_at(const struct arena *a, uint64_t first, uint64_t n)
{
	char *at = a->base + first * PAGE;
	char *p = mmap(at, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | (a->fd < 0 ? MAP_ANONYMOUS : 0), a->fd,
		       a->fd < 0 ? 0 : (off_t)(first * PAGE));

	if (p != at)
		die("mmap");
	if (a->fd < 0)
		(void)madvise(at, n * PAGE, strcmp(a->name, "huge") == 0 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return p;
}

static uint64_t empty(const struct arena *a, uint64_t page)
{
	return a->fd < 0 ? 0 : page + 1;
}

static void put(const struct arena *a, uint64_t page, uint64_t value)
{
	volatile uint64_t *p = (volatile uint64_t *)(a->base + page * PAGE);

	p[0] = value;
	p[WORDS - 1] = value;
}

static void emptied(struct arena *a, uint64_t first, uint64_t n)
{
	for (uint64_t i = first; i < first + n; i++)
		a->holds[i] = empty(a, i);
}

static void read_all(const struct arena *a, uint64_t first, uint64_t n)
{
	for (uint64_t i = first; i < first + n; i++)
		(void)*(volatile char *)(a->base + i * PAGE);
}

/*
 * Whole page tables of anonymous memory; what was at `to` goes. It may fail half-way where the range has become
 * several mappings, as it does by mapping pages anew next to tracked ones.
 */
static void move(struct arena *a, uint64_t from, uint64_t to, uint64_t n)
{
	bool moved = mremap(a->base + from * PAGE, n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, a->base + to * PAGE) !=
		     MAP_FAILED;

	if (!moved) {
		map_at(a, to, n);
		emptied(a, to, n);
	} else {
		memcpy(a->holds + to, a->holds + from, n * sizeof(*a->holds));
	}
	map_at(a, from, n);
	emptied(a, from, n);
}

static void change(struct arena *a, unsigned what, uint64_t first, uint64_t n, uint64_t other)
{
	char *at = a->base + first * PAGE;

	switch (what) {
	case 0:
	case 1:
		for (uint64_t i = first; i < first + n; i++) {
			a->holds[i] = ++counter;
			put(a, i, counter);
		}
		return;
	case 2:
	case 3:
		if (madvise(at, n * PAGE, MADV_DONTNEED) != 0)
			die("madvise");
		if (what == 3)
			read_all(a, first, n);
		emptied(a, first, n);
		return;
	case 4:
		if (n > 8 && munmap(at, n * PAGE) != 0)
			die("munmap");
		map_at(a, first, n);
		emptied(a, first, n);
		return;
	case 5:
		read_all(a, first, n);
		return;
	case 6:
		if (mprotect(at, n * PAGE, PROT_READ) != 0 || mprotect(at, n * PAGE, PROT_READ | PROT_WRITE) != 0)
			die("mprotect");
		return;
	default:
		move(a, first, other, n);
	}
}

static void step(void)
{
	uint64_t which = any(ARENAS), n = any(4) ? 1 + any(6) : TABLE * (1 + any(2));
	struct arena *a = &arenas[which];
	unsigned what = (unsigned)any(a->fd < 0 && n >= TABLE ? 8 : 7);
	uint64_t tables = PAGES / TABLE, first, other;

	first = n >= TABLE ? any(tables / 2 - 1) * TABLE : any(PAGES - n);
	other = (tables / 2 + any(tables / 2 - 1)) * TABLE;
	if (any(2) && n >= TABLE) {
		uint64_t swap = first;

		first = other;
		other = swap;
	}
	journal.arena = which;
	journal.first[0] = first;
	journal.first[1] = what == 7 ? other : first;
	journal.n = n;
	BARRIER();
	change(a, what, first, n, other);
	BARRIER();
	journal.n = 0;
}

static int make_file(void)
{
	char name[] = "/tmp/shifty-XXXXXX", page[PAGE] = "";
	int fd = mkstemp(name);

	if (fd < 0)
		die(name);
	(void)unlink(name);
	for (uint64_t i = 1; i <= PAGES; i++) {
		memcpy(page, &i, 8);
		memcpy(page + PAGE - 8, &i, 8);
		if (write(fd, page, PAGE) != PAGE)
			die("write");
	}
	return fd;
}

static void make(struct arena *a, const char *name, int fd)
{
	char *p = mmap(NULL, (PAGES + TABLE) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	a->name = name;
	a->fd = fd;
	a->base = (char *)(((uintptr_t)p + TABLE * PAGE - 1) & ~((uintptr_t)TABLE * PAGE - 1));
	a->holds = calloc(PAGES, sizeof(*a->holds));
	if (!a->holds)
		die("calloc");
	map_at(a, 0, PAGES);
	emptied(a, 0, PAGES);
	for (uint64_t i = 0; i < PAGES; i += any(3)) { /* most of it has contents */
		a->holds[i] = ++counter;
		put(a, i++, counter);
	}
	printf("arena %s %#lx %d %#lx\n", name, (unsigned long)(uintptr_t)a->base, PAGES, (unsigned long)(uintptr_t)a->holds);
}

static void run(void)
{
	struct timespec nap = { 0, 300000 };

	make(&arenas[0], "small", -1);
	make(&arenas[1], "huge", -1);
	make(&arenas[2], "file", make_file());
	printf("journal %#lx\n", (unsigned long)(uintptr_t)&journal);
	puts("ready");
	fflush(stdout);
	for (;;) {
		step();
		nanosleep(&nap, NULL);
	}
}

/* --- its core ---------------------------------------------------------------------------------------- */

static const uint8_t *core;
static bool may_lack;
static size_t core_size;

static int map_core(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		die(path);
	core_size = (size_t)st.st_size;
	core = mmap(NULL, core_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (core == MAP_FAILED || core_size < sizeof(Elf64_Ehdr))
		die(path);
	return 0;
}

enum where { NOWHERE, IN_CORE, LEFT_OUT };

/* LEFT_OUT: of a mapping whose contents are not in the core: a private file's that nobody has written to. */
static enum where word(uint64_t address, uint64_t *ret)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)core;
	const Elf64_Phdr *p = (const Elf64_Phdr *)(core + e->e_phoff);

	for (unsigned i = 0; i < e->e_phnum; i++) {
		if (p[i].p_type != PT_LOAD || address < p[i].p_vaddr || address + 8 > p[i].p_vaddr + p[i].p_memsz)
			continue;
		*ret = 0;
		if (address - p[i].p_vaddr + 8 <= p[i].p_filesz && p[i].p_offset + (address - p[i].p_vaddr) + 8 <= core_size)
			memcpy(ret, core + p[i].p_offset + (address - p[i].p_vaddr), 8);
		return p[i].p_filesz ? IN_CORE : LEFT_OUT;
	}
	return NOWHERE;
}

static uint64_t need(uint64_t address)
{
	uint64_t v = 0;

	if (word(address, &v) == NOWHERE) {
		printf("WRONG: %#lx is not in the core\n", (unsigned long)address);
		exit(1);
	}
	return v;
}

/* Whether the dump says that it has not got the page: our records list such ranges. */
static bool in_list(const char *p, uint64_t address)
{
	char *at;

	while (*p == '"') {
		uint64_t start = strtoul(p + 1, &at, 0), end = *at == '-' ? strtoul(at + 1, &at, 0) : 0;

		if (start <= address && address < end)
			return true;
		p = strncmp(at, "\",", 2) == 0 ? at + 2 : "";
	}
	return false;
}

static bool is_listed(uint64_t address)
{
	static const char key[] = "{\"class\":\"unreadable\",\"at\":[";
	static const char *lists[8];
	static unsigned n;
	static bool looked;
	const char *at = (const char *)core, *end = at + core_size;

	for (; !looked && n < 8 && (at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1)); n++)
		lists[n] = at += sizeof(key) - 1;
	looked = true;
	for (unsigned i = 0; i < n; i++)
		if (in_list(lists[i], address))
			return true;
	return false;
}

/* The word of a page that may be the file's own still. */
static uint64_t need_of_page(uint64_t address, uint64_t in_file)
{
	uint64_t v;

	return in_file && word(address, &v) == LEFT_OUT ? in_file : need(address);
}

static unsigned check_arena(const char *name, unsigned index, uint64_t base, uint64_t pages, uint64_t table, uint64_t at)
{
	uint64_t busy = need(at + 24) && need(at) == index ? need(at + 24) : 0, first = need(at + 8), second = need(at + 16);
	unsigned wrong = 0;

	for (uint64_t i = 0; i < pages; i++) {
		uint64_t want, a, b, in_file = strcmp(name, "file") == 0 ? i + 1 : 0;

		if (i - first < busy || i - second < busy)
			continue;
		want = need(table + i * 8);
		a = need_of_page(base + i * PAGE, in_file);
		b = need_of_page(base + i * PAGE + PAGE - 8, in_file);
		if (a == want && b == want)
			continue;
		if (may_lack && is_listed(base + i * PAGE))
			continue;
		if (wrong++ < 5)
			printf("WRONG: %s: page %lu holds %#lx and %#lx, not %#lx\n", name, (unsigned long)i, (unsigned long)a,
			       (unsigned long)b, (unsigned long)want);
	}
	return wrong;
}

static int check(const char *said)
{
	char line[256], name[ARENAS][32];
	unsigned long at = 0, base[ARENAS], pages[ARENAS], table[ARENAS];
	unsigned n = 0, wrong = 0;
	FILE *f = fopen(said, "r");

	if (!f)
		die(said);
	while (fgets(line, sizeof(line), f)) {
		if (n < ARENAS && sscanf(line, "arena %31s %lx %lu %lx", name[n], &base[n], &pages[n], &table[n]) == 4)
			n++;
		(void)sscanf(line, "journal %lx", &at);
	}
	fclose(f);
	for (unsigned i = 0; i < n; i++)
		wrong += check_arena(name[i], i, base[i], pages[i], table[i], at);
	if (wrong || n != ARENAS || !at)
		printf("WRONG: %u pages\n", wrong);
	return wrong || n != ARENAS || !at;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		run();
	(void)map_core(argv[2]);
	if (strcmp(argv[1], "check") == 0)
		return may_lack = argc > 4 && strcmp(argv[4], "lack") == 0, check(argv[3]);
	for (int i = 3; i < argc; i++)
		printf("%lu\n", (unsigned long)need(strtoul(argv[i], NULL, 0)));
	return 0;
}
