/* SPDX-License-Identifier: MIT */
/*
 * Exceptions on stacks: see dispatch.h. A record is believed when its code is one
 * that programs fail with, its flags are those of a record, its address lies in
 * executable memory of a module, and a context whose instruction pointer is that
 * address lies near it. Layouts: winnt.h.
 */
#include "os/windows/dispatch.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 0x10000, MAX_STACK = 0x100000, NEAR = 0x800, MAX_PARAMETERS = 15, MAX_FLAGS = 0x200 };

static const uint32_t codes[] = {
	0xc0000005, 0xc0000006, 0xc000001d, 0xc0000094, 0xc0000095, 0xc0000096, 0xc00000fd, 0xc0000374,
	0xc0000409, 0xc0000417, 0xc0000420, 0xc0000008, 0xc06d007e, 0xc06d007f, 0xe06d7363, 0xe0434352,
};

struct layout {
	unsigned size;			/* of a pointer */
	unsigned address, count;	/* in the record */
	unsigned flags, ip;		/* in the context */
	uint32_t flag;
	unsigned align;			/* of a context */
};
static const struct layout x64 = { 8, 16, 24, 0x30, 0xf8, 0x100000, 16 };
static const struct layout x86 = { 4, 12, 16, 0, 0xb8, 0x10000, 4 };

static bool is_code(uint64_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static bool find_context(struct target *t, const struct layout *l, struct dispatched *d)
{
	const struct arch_memory *m = target_memory(t);
	uint64_t first = d->record > NEAR ? (d->record - NEAR) & ~(uint64_t)(l->align - 1) : 0;

	for (uint64_t at = first; at < d->record + NEAR; at += l->align) {
		uint64_t flags, ip;

		if (!arch_read_uint(m, at + l->ip, l->size, &ip) || ip != d->address ||
		    !arch_read_uint(m, at + l->flags, 4, &flags))
			continue;
		/* control registers are in it, and no bit that a context has not */
		if ((flags & l->flag) && (flags & 1) && !(flags & 0x0e800000)) {
			d->context = at;
			return true;
		}
	}
	return false;
}

static bool is_record(struct target *t, const struct layout *l, uint64_t at, struct dispatched *ret)
{
	const struct arch_memory *m = target_memory(t);
	struct dispatched d = { .record = at };
	uint64_t code, flags, count;
	struct module *module;

	if (!arch_read_uint(m, at, 4, &code) || !is_code(code) || !arch_read_uint(m, at + 4, 4, &flags) || flags > MAX_FLAGS ||
	    !arch_read_uint(m, at + l->address, l->size, &d.address) || !arch_read_uint(m, at + l->count, 4, &count) ||
	    count > MAX_PARAMETERS)
		return false;
	d.code = (uint32_t)code;
	module = target_module_at(t, d.address);
	if (!module || !module_is_executable(t, module, d.address) || !find_context(t, l, &d))
		return false;
	*ret = d;
	return true;
}

static size_t scan(struct target *t, const struct layout *l, uint64_t at, const uint8_t *bytes, size_t size, size_t n,
		   struct dispatched *ret)
{
	for (size_t i = 0; i + 4 <= size && n < MAX_DISPATCHED; i += l->size) {
		uint32_t word;

		memcpy(&word, bytes + i, 4);
		/* most words are ruled out without a look at memory */
		if (word >= 0xc0000005 && is_code(word) && is_record(t, l, at + i, &ret[n]))
			n++;
	}
	return n;
}

size_t dispatched_find(struct target *t, struct thread *th, enum thread_half half,
		       struct dispatched ret[MAX_DISPATCHED])
{
	const struct layout *l;
	struct regs regs;
	uint8_t *bytes;
	size_t n = 0;
	uint64_t at;

	if (err_ignore(thread_regs(t, th, half, &regs)) || !regs_has(&regs, regs.arch->sp) ||
	    (regs.arch->machine != MACHINE_X64 && regs.arch->machine != MACHINE_X86))
		return 0;
	l = regs.arch->machine == MACHINE_X64 ? &x64 : &x86;
	bytes = malloc(CHUNK);
	at = regs_sp(&regs) & ~(uint64_t)(l->size - 1);
	for (uint64_t done = 0; bytes && done < MAX_STACK && n < MAX_DISPATCHED; done += CHUNK) {
		size_t got = space_read_some(target_space(t), at + done, bytes, CHUNK);

		n = scan(t, l, at + done, bytes, got, n, ret);
		if (got < CHUNK)
			break;
	}
	free(bytes);
	return n;
}
