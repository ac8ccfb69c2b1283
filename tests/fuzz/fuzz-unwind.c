/* SPDX-License-Identifier: MIT */
/*
 * Unwinders over hostile memory. Input: one byte that chooses the routine, 16
 * words of registers (picked so that they can point into memory), two bytes of
 * table place, then memory: the first half is the image, the rest the stack.
 * Frames are unwound until something fails, as a stack walk does; every result
 * must keep what unwind.h promises.
 */
#include "arch/unwind.h"
#include "base/cursor.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_FRAMES = 64, MAX_READS = 2000000 };
#define IMAGE 0x400000ull
#define STACK 0x7f000000ull

struct world {
	const uint8_t *image, *stack;
	size_t image_size, stack_size;
	unsigned long reads;
};

static size_t read_world(void *arg, uint64_t address, void *buf, size_t len)
{
	struct world *w = arg;
	const uint8_t *from = w->image;
	uint64_t base = IMAGE, size = w->image_size;

	if (++w->reads > MAX_READS)
		abort(); /* unbounded work */
	if (address >= STACK) {
		from = w->stack;
		base = STACK;
		size = w->stack_size;
	}
	if (address < base || address - base >= size)
		return 0;
	if (len > size - (address - base))
		len = (size_t)(size - (address - base));
	memcpy(buf, from + (address - base), len);
	return len;
}

static bool is_return(void *arg, uint64_t address)
{
	return address % 3 == 0;
}

struct input {
	unsigned routine;
	struct world world;
	struct arch_memory m;
	struct unwind_image image;
	struct x86_frame_data frame;
	char program[512];
	struct regs regs;
};

/* Most words point somewhere: 2 bytes of offset and the choice of a base. */
static uint64_t take_word(struct cursor *c)
{
	uint16_t v = cursor_u16(c);
	uint8_t kind = cursor_u8(c);

	if (kind < 100)
		return STACK + v;
	if (kind < 200)
		return IMAGE + v;
	return kind < 240 ? v : cursor_u64(c);
}

static void take_frame(struct input *in, struct cursor *c)
{
	struct cursor text = cursor_take(c, cursor_u8(c) * (uint64_t)2);
	size_t n = (size_t)cursor_left(&text);

	in->frame.kind = (enum x86_frame_kind)(cursor_u8(c) % 5);
	in->frame.locals_size = cursor_u16(c);
	in->frame.saved_regs_size = cursor_u8(c);
	in->frame.params_size = cursor_u8(c);
	in->frame.uses_ebp = cursor_u8(c) & 1;
	if (n >= sizeof(in->program))
		n = sizeof(in->program) - 1;
	cursor_copy(&text, in->program, n);
	in->frame.program = in->program;
}

static bool take_input(struct input *in, const uint8_t *data, size_t size)
{
	static const enum machine machines[] = { MACHINE_X64, MACHINE_ARM64, MACHINE_X86, MACHINE_X86,
						 MACHINE_X64, MACHINE_ARM64, MACHINE_ARM,
						 MACHINE_X86, MACHINE_X86, MACHINE_X86 };
	static const struct arm64_trap_layout trap = { 0x90, 0x98, 0xa0, 0x138, 0x140, 0x148 };
	struct cursor c = cursor_init("input", data, size, 0);

	in->routine = cursor_u8(&c);
	in->routine = in->routine < 240 ? in->routine % 8 : 8 + in->routine % 2;
	in->regs.arch = arch_for(machines[in->routine]);
	for (unsigned i = 0; i < 16; i++)
		regs_set(&in->regs, i, take_word(&c));
	regs_set(&in->regs, ARM64_X29, take_word(&c));
	regs_set(&in->regs, ARM64_LR, take_word(&c));
	regs_set(&in->regs, in->regs.arch->ip, IMAGE + cursor_u16(&c));
	regs_set(&in->regs, in->regs.arch->sp, STACK + cursor_u8(&c) * (uint64_t)8);
	in->image = (struct unwind_image){ .base = IMAGE, .size = 0x10000, .trap_frame = &trap };
	in->image.pdata_rva = cursor_u8(&c) * (uint64_t)4 + 4;
	in->image.pdata_size = cursor_u8(&c) * (uint64_t)4;
	if (in->routine == 2)
		take_frame(in, &c);
	if (!cursor_ok(&c))
		return false;
	in->world = (struct world){ .image = data + c.pos, .image_size = (size_t)cursor_left(&c) / 2 };
	in->world.stack = in->world.image + in->world.image_size;
	in->world.stack_size = (size_t)cursor_left(&c) - in->world.image_size;
	in->m = (struct arch_memory){ read_world, &in->world };
	return true;
}

static struct err *by_code(struct input *in, const struct regs *r, struct regs *caller,
			   struct unwind_result *res)
{
	uint32_t pops;

	(void)err_ignore(x86_return_pops(&in->m, regs_ip(r), IMAGE, IMAGE + in->world.image_size, &pops));
	return x86_unwind_epilog(&in->m, r, caller, res, &pops);
}

static struct err *unwind(struct input *in, bool first, struct regs *caller, struct unwind_result *res)
{
	const struct regs *r = &in->regs;
	const struct x86_callee callee = { .params_size = 8, .guessed = first };

	switch (in->routine) {
	case 0: return x64_unwind(&in->m, &in->image, first, r, caller, res);
	case 1: return arm64_unwind(&in->m, &in->image, first, r, caller, res);
	case 2: return x86_unwind_frame_data(&in->m, &in->frame, r, &callee, caller, res);
	case 8: return by_code(in, r, caller, res);
	case 9: return x86_unwind_prolog(&in->m, r, caller, res);
	case 7: return scan_unwind(&in->m, r, 64, is_return, NULL, caller, res);
	default: return fp_unwind(&in->m, r, caller, res);
	}
}

static void check(const struct input *in, const struct regs *caller, const struct unwind_result *res)
{
	const struct arch *a = in->regs.arch;

	if (!regs_has(caller, a->ip) || !regs_has(caller, a->sp) || caller->arch != a)
		abort();
	if (res->trust == TRUST_NONE)
		abort();
	if (!res->machine_frame && regs_sp(caller) < regs_sp(&in->regs))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct input in;

	in = (struct input){ 0 };
	if (!take_input(&in, data, size))
		return 0;
	for (unsigned i = 0; i < MAX_FRAMES; i++) {
		struct x64_function f;
		struct unwind_result res = { 0 };
		struct regs caller;
		struct err *e = unwind(&in, i == 0, &caller, &res);

		(void)after_call(in.regs.arch, &in.m, regs_ip(&in.regs));
		(void)err_ignore(x64_function_at(&in.m, &in.image,
						 (uint32_t)(regs_ip(&in.regs) - IMAGE), &f));
		if (err_ignore(e))
			break;
		check(&in, &caller, &res);
		in.regs = caller;
	}
	return 0;
}
