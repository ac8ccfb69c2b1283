/* SPDX-License-Identifier: MIT */
/*
 * ORC tables over hostile memory. Input: how many entries (two bytes), then registers (16 words of
 * three bytes: an offset and what it is from), then memory: a third each for the table of addresses,
 * the entries and the stack. Frames are unwound until something fails, as a stack walk does.
 */
#include "base/cursor.h"
#include "symbol/orc.h"

#include <stdlib.h>
#include <string.h>

#define CODE 0xffffffff81000000ull
#define TABLES 0xffffffff82000000ull
#define ENTRIES 0xffffffff83000000ull
#define STACK 0xffffc90000000000ull
enum { MAX_FRAMES = 64, MAX_READS = 200000 };

struct part {
	uint64_t base;
	struct cursor bytes;
};

struct world {
	struct part parts[3];
	unsigned long reads;
};

static size_t read_world(void *arg, uint64_t address, void *buf, size_t len)
{
	struct world *w = arg;

	if (++w->reads > MAX_READS)
		abort(); /* unbounded work */
	for (unsigned i = 0; i < 3; i++) {
		struct part *p = &w->parts[i];

		if (address < p->base || address - p->base >= p->bytes.size)
			continue;
		if (len > p->bytes.size - (address - p->base))
			len = (size_t)(p->bytes.size - (address - p->base));
		memcpy(buf, p->bytes.data + (address - p->base), len);
		return len;
	}
	return 0;
}

static uint64_t take_word(struct cursor *c)
{
	uint16_t v = cursor_u16(c);
	uint8_t kind = cursor_u8(c);

	return kind < 160 ? STACK + v : kind < 220 ? CODE + v : v;
}

static void walk(struct provider *p, const struct arch_memory *m, struct regs *r)
{
	bool exact = true;

	for (unsigned i = 0; i < MAX_FRAMES; i++) {
		struct unwind_result res;
		struct regs caller;

		if (err_ignore(p->ops->unwind(p, CODE, exact, m, r, &caller, &res)) || res.end)
			return;
		if (!regs_has(&caller, X64_RIP) || !regs_has(&caller, X64_RSP) || caller.arch != r->arch)
			abort();
		if (!res.other_stack && regs_sp(&caller) <= regs_sp(r))
			abort();
		exact = res.machine_frame;
		*r = caller;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_init("input", data, size, 0);
	struct regs r = { .arch = arch_for(MACHINE_X64) };
	struct world w = { .parts = { { TABLES, c }, { ENTRIES, c }, { STACK, c } } };
	struct arch_memory m = { read_world, &w };
	struct orc_input in = { .memory = m, .base = CODE, .end = CODE + 0x10000, .ip_table = TABLES, .entry_table = ENTRIES };
	struct provider *p = NULL;

	in.n = cursor_u16(&c);
	for (unsigned i = 0; i < 16; i++)
		regs_set(&r, i, take_word(&c));
	regs_set(&r, X64_RIP, CODE + cursor_u16(&c));
	if (!cursor_ok(&c))
		return 0;
	for (unsigned i = 0; i < 3; i++)
		w.parts[i].bytes = cursor_take(&c, cursor_left(&c) / (3 - i));
	if (!err_ignore(orc_open(&in, &p)))
		walk(p, &m, &r);
	provider_unref(p);
	return 0;
}
