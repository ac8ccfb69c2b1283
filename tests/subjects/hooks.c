/* SPDX-License-Identifier: MIT */
/*
 * usage: hooks WORD
 * Changes code or slots of its own process, or runs code that is in no module,
 * says "ready PID" and stays. x86-64 only.
 */
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((noinline)) int hook(void)
{
	return 4711;
}

static void write_protected(void *at, const void *bytes, size_t n, int protection)
{
	uintptr_t page = (uintptr_t)at & ~(uintptr_t)4095;
	size_t span = ((uintptr_t)at + n - page + 4095) & ~(size_t)4095;

	if (mprotect((void *)page, span, PROT_READ | PROT_WRITE | PROT_EXEC) != 0)
		exit(1);
	memcpy(at, bytes, n);
	(void)mprotect((void *)page, span, protection);
}

/* Executable memory of its own, with these bytes in it. */
static void *make_code(const void *bytes, size_t n)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	memset(p, 0xcc, 4096);
	memcpy(p, bytes, n);
	(void)mprotect(p, 4096, PROT_READ | PROT_EXEC);
	return p;
}

/* mov rax, imm64; jmp rax in the C library's function */
static void code(void)
{
	uint8_t jump[12] = { 0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0 };
	int (*to)(void) = hook;

	memcpy(jump + 2, &to, 8);
	write_protected((void *)getppid, jump, sizeof(jump), PROT_READ | PROT_EXEC);
	if (getppid() != 4711)
		exit(1);
}

static uint64_t dynamic(int64_t tag)
{
	for (const ElfW(Dyn) *d = _DYNAMIC; d->d_tag != DT_NULL; d++)
		if (d->d_tag == tag)
			return d->d_un.d_val;
	exit(1);
}

/* The slot by which this program calls a function. */
static void *slot_of(const char *name)
{
	const ElfW(Rela) *r = (const ElfW(Rela) *)dynamic(DT_JMPREL);
	const ElfW(Sym) *symbols = (const ElfW(Sym) *)dynamic(DT_SYMTAB);
	const char *names = (const char *)dynamic(DT_STRTAB);
	struct link_map *self = (struct link_map *)((void **)dynamic(DT_PLTGOT))[1];

	for (uint64_t i = 0; i < dynamic(DT_PLTRELSZ) / sizeof(*r); i++)
		if (strcmp(names + symbols[ELF64_R_SYM(r[i].r_info)].st_name, name) == 0)
			return (void *)((self ? self->l_addr : 0) + r[i].r_offset);
	exit(1);
}

static void slot(void)
{
	static const uint8_t return_7[] = { 0xb8, 7, 0, 0, 0, 0xc3 };
	void *to = make_code(return_7, sizeof(return_7));

	(void)getuid(); /* binds it */
	write_protected(slot_of("getuid"), &to, sizeof(to), PROT_READ | PROT_WRITE);
	if (getuid() != 7)
		exit(1);
}

/* mov eax, SYS_pause; syscall; jmp back */
static const uint8_t sleeping[] = { 0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7 };

static void wild(void)
{
	void *(*run)(void *) = (void *(*)(void *))make_code(sleeping, sizeof(sleeping));
	pthread_t t;

	if (pthread_create(&t, NULL, run, NULL) != 0)
		exit(1);
	usleep(100000);
}

/* Code that is there, and nobody runs. */
static void unused(void)
{
	(void)make_code(sleeping, sizeof(sleeping));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		void (*run)(void);
	} all[] = { { "code", code }, { "slot", slot }, { "wild", wild }, { "unused", unused } };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (argc == 2 && strcmp(argv[1], all[i].word) == 0) {
			all[i].run();
			printf("ready %d\n", (int)getpid());
			fflush(stdout);
			for (;;)
				(void)pause();
		}
	return 2;
}
