/* SPDX-License-Identifier: MIT */
/*
 * Arguments by hostile code. Input: where in it the call ends (2 bytes), which
 * argument (1), five offsets for registers (10), then the code, which is the only memory.
 * It is that of three frames which call each other, so that what is handed on is
 * followed to an end. Nothing may be read without bound, nor may an unknown
 * argument have a value.
 */
#include "base/cursor.h"
#include "target/argument.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 32, DIRECTORY = 24, SYSTEM = 56, LIST = 20, MEMORY = HEAD + DIRECTORY + SYSTEM + LIST, MAX_INPUT = 1 << 15 };
#define BASE 0x10000ull

static void put(uint8_t *at, uint32_t v)
{
	memcpy(at, &v, 4); /* all machines that fuzz are little-endian */
}

/* A minidump of x64 Windows with one piece of memory and nothing else. */
static uint8_t *build(const uint8_t *bytes, size_t n)
{
	uint8_t *f = calloc(1, MEMORY + n), *list = f + HEAD + DIRECTORY + SYSTEM;

	if (!f)
		abort();
	memcpy(f, "MDMP\x93\xa7", 6);
	put(f + 8, 2);
	put(f + 12, HEAD);
	put(f + HEAD, 7);
	put(f + HEAD + 4, SYSTEM);
	put(f + HEAD + 8, HEAD + DIRECTORY);
	put(f + HEAD + 12, 5);
	put(f + HEAD + 16, LIST);
	put(f + HEAD + 20, HEAD + DIRECTORY + SYSTEM);
	f[HEAD + DIRECTORY] = 9;		/* AMD64 */
	f[HEAD + DIRECTORY + 8] = 10;		/* version */
	f[HEAD + DIRECTORY + 20] = 2;		/* Windows NT */
	put(list, 1);
	put(list + 4, (uint32_t)BASE);
	put(list + 12, (uint32_t)n);
	put(list + 16, MEMORY);
	memcpy(f + MEMORY, bytes, n);
	return f;
}

static bool count(void *arg, const struct past_call *c)
{
	unsigned *n = arg;

	if (c->how == ARGUMENT_UNKNOWN && c->argument)
		abort();
	return ++*n < 1000;
}

static void ask(struct target *t, struct cursor *c, unsigned stop, unsigned argument)
{
	static const uint8_t set[] = { X64_RSP, X64_RBX, X64_RBP, X64_RSI, X64_R12 };
	struct frame frames[3];
	struct stack s = { .frames = frames, .n = 3 };
	uint64_t v = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < 3; i++) {
		frames[i] = (struct frame){ .index = i, .ip = BASE + stop, .lookup = BASE + stop - 1, .function = "f",
					    .displacement = stop, .trust = TRUST_CFI,
					    .regs = { .arch = arch_for(MACHINE_X64) } };
		for (unsigned r = 0; i && r < ARRAY_SIZE(set); r++)
			regs_set(&frames[i].regs, set[r], BASE + cursor_u8(c));
	}
	if (frame_argument(t, &s, 0, argument, &v) == ARGUMENT_UNKNOWN && v)
		abort();
	frame_past_calls(t, &s, 1, count, &n);
	if (n > 64)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };
	struct cursor c = cursor_init("input", data, size, 0);
	unsigned stop = cursor_u16(&c), argument = cursor_u8(&c) % 5;
	struct source *src = NULL;
	struct target *t = NULL;
	struct dump *d = NULL;
	uint8_t *file;

	if (size < 14 || size > MAX_INPUT || !stop)
		return 0;
	file = build(data + 13, size - 13);
	if (!err_ignore(source_from_memory("built", file, MEMORY + size - 13, &src)) &&
	    !err_ignore(dump_open_source(src, &d)) && !err_ignore(target_create(d, &o, &t)))
		ask(t, &c, stop, argument);
	target_destroy(t);
	dump_unref(d);
	free(file);
	return 0;
}
