/* SPDX-License-Identifier: MIT */
/*
 * Command lines: lookup, aliases, blocks, options of every command, over a
 * minidump of two threads, a module and some memory. Commands that touch files
 * are left out, loops end by the clock of the cancel flag.
 */
#include "base/cancel.h"
#include "command/session.h"
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err *drop(void *arg, const char *text, size_t len)
{
	return cancel_check();
}

static void on_alarm(int sig)
{
	cancel_request();
}

/* "{commands}" are taken for loops that never end: 50 ms are enough. */
static void start_clock(void)
{
	struct itimerval t = { .it_value = { .tv_usec = 50000 } };
	struct sigaction a = { .sa_handler = on_alarm };

	(void)sigaction(SIGALRM, &a, NULL);
	(void)setitimer(ITIMER_REAL, &t, NULL);
}

static bool touches_files(const char *text)
{
	static const char *const words[] = { ".log", "<", "/f", ".writemem", ".open", ".dump", ".sympath",
					     ".symfix", ".exepath", "/e", ".reload", ".srcpath" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* --- the dump (MSD: minidumpapiset.h) -------------------------------------------- */

enum {
	AT_DIRECTORY = 32,
	AT_SYSTEM = 0x100,
	AT_THREADS = 0x200,
	AT_MODULES = 0x300,
	AT_MEMORY = 0x400,
	AT_CONTEXT = 0x500,
	AT_NAME = 0xb00,
	AT_STACK = 0x1000,
	AT_IMAGE = 0x2000,
	DUMP_SIZE = 0x3000,
};

static uint8_t dump_bytes[DUMP_SIZE];

static void put(size_t at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dump_bytes[at + i] = (uint8_t)(v >> 8 * i);
}

static void put_stream(unsigned i, uint32_t type, uint32_t size, uint32_t at)
{
	put(AT_DIRECTORY + i * 12, type, 4);
	put(AT_DIRECTORY + i * 12 + 4, size, 4);
	put(AT_DIRECTORY + i * 12 + 8, at, 4);
}

static void put_thread(unsigned i, uint32_t tid)
{
	size_t at = AT_THREADS + 4 + i * 48;

	put(at, tid, 4);
	put(at + 16, 0x20000 + i * 0x2000, 8);	/* TEB */
	put(at + 24, 0x10000, 8);		/* stack: start, size, place */
	put(at + 32, 0x1000, 4);
	put(at + 36, AT_STACK, 4);
	put(at + 40, 1232, 4);			/* context */
	put(at + 44, AT_CONTEXT, 4);
}

static void put_memory(unsigned i, uint64_t address, uint32_t at)
{
	put(AT_MEMORY + 4 + i * 16, address, 8);
	put(AT_MEMORY + 12 + i * 16, 0x1000, 4);
	put(AT_MEMORY + 16 + i * 16, at, 4);
}

static void make_dump(void)
{
	static const char name[] = "C\0:\0\\\0a\0.\0e\0x\0e\0";

	put(0, 0x504d444d, 4);	/* MDMP */
	put(4, 0xa793, 4);
	put(8, 4, 4);
	put(12, AT_DIRECTORY, 4);
	put_stream(0, 7, 56, AT_SYSTEM);
	put_stream(1, 3, 4 + 2 * 48, AT_THREADS);
	put_stream(2, 4, 4 + 108, AT_MODULES);
	put_stream(3, 5, 4 + 2 * 16, AT_MEMORY);
	put(AT_SYSTEM, 9, 2);		/* AMD64 */
	put(AT_SYSTEM + 8, 10, 4);	/* Windows 10 */
	put(AT_SYSTEM + 20, 2, 4);
	put(AT_THREADS, 2, 4);
	put_thread(0, 0x100);
	put_thread(1, 0x104);
	put(AT_MODULES, 1, 4);
	put(AT_MODULES + 4, 0x400000, 8);
	put(AT_MODULES + 12, 0x1000, 4);
	put(AT_MODULES + 24, AT_NAME, 4);
	put(AT_NAME, sizeof(name) - 1, 4);
	memcpy(dump_bytes + AT_NAME + 4, name, sizeof(name));
	put(AT_MEMORY, 2, 4);
	put_memory(0, 0x10000, AT_STACK);
	put_memory(1, 0x400000, AT_IMAGE);
	put(AT_CONTEXT + 0x30, 0x10000b, 4);	/* control, integer, floating point */
	put(AT_CONTEXT + 0x98, 0x10800, 8);	/* rsp */
	put(AT_CONTEXT + 0xf8, 0x400010, 8);	/* rip */
	for (unsigned i = 0; i < 0x1000; i += 8)
		put(AT_STACK + i, i % 64 ? 0x10000 + i : 0x400000 + i, 8);
	for (unsigned i = 0; i < 0x1000; i++)
		dump_bytes[AT_IMAGE + i] = (uint8_t)(i * 7);
}

static struct target *target(void)
{
	static struct target *t;
	struct target_options o = { .symbol_path = "", .image_path = "", .sysroot = "/nonexistent" };
	struct source *src;
	struct dump *d;

	if (t)
		return t;
	make_dump();
	if (err_ignore(source_from_memory("fuzz.dmp", dump_bytes, sizeof(dump_bytes), &src)) ||
	    err_ignore(dump_open_source(src, &d)))
		abort();
	if (err_ignore(target_create(d, &o, &t)))
		abort();
	dump_unref(d);
	return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(session_destroyp) struct session *s = NULL;
	CLEANUP(out_destroyp) struct out *o = NULL;
	CLEANUP(freep) char *text = strndup((const char *)data, size);
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const char *const *words;
	size_t start, n;

	if (!text || touches_files(text) || err_ignore(session_create(target(), &s)) ||
	    err_ignore(out_create_text(drop, NULL, &o)))
		return 0;
	cancel_clear();
	start_clock();
	(void)err_ignore(session_run(s, text, o));
	(void)err_ignore(session_complete(s, text, strlen(text), &a, &start, &words, &n));
	cancel_clear();
	return 0;
}
