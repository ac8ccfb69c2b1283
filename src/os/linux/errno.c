/* SPDX-License-Identifier: MIT */
/*
 * errno of a thread: see errno.h.
 *
 * Linux Standard Base: __errno_location returns the address of the calling
 * thread's errno. Its code is one of the TLS access sequences of the x86-64
 * psABI ("ELF Handling For Thread-Local Storage"): initial exec loads the
 * offset from the GOT, local exec has it as an immediate, and both add it to
 * the word at fs:0. Whatever else is found there is not guessed at.
 */
#include "os/linux/errno.h"

#include "os/linux/libc.h"

#include <string.h>

enum { CODE_SIZE = 32 };

/* A function that begins with endbr64 is entered behind it. */
static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
static const uint8_t mov_rax_rip[] = { 0x48, 0x8b, 0x05 };	/* mov rax, [rip+disp32] */
static const uint8_t mov_rax_imm[] = { 0x48, 0xc7, 0xc0 };	/* mov rax, imm32 */
static const uint8_t add_rax_fs[] = { 0x64, 0x48, 0x03, 0x04, 0x25, 0, 0, 0, 0, 0xc3 };
/* mov rax, fs:0; add/lea rax with an immediate; ret */
static const uint8_t mov_rax_fs[] = { 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0 };
static const uint8_t add_rax_rip[] = { 0x48, 0x03, 0x05 };
static const uint8_t add_rax_imm32[] = { 0x48, 0x05 };
static const uint8_t add_rax_imm8[] = { 0x48, 0x83, 0xc0 };
static const uint8_t lea_rax_imm32[] = { 0x48, 0x8d, 0x80 };

struct code {
	struct target *t;
	uint64_t address;	/* of bytes[0] */
	uint8_t bytes[CODE_SIZE];
	size_t at;
};

static bool take(struct code *c, const uint8_t *pattern, size_t n)
{
	if (c->at + n > CODE_SIZE || memcmp(c->bytes + c->at, pattern, n) != 0)
		return false;
	c->at += n;
	return true;
}
#define TAKE(c, pattern) take(c, pattern, sizeof(pattern))

static int64_t take_i32(struct code *c)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < 4 && c->at < CODE_SIZE; i++)
		v |= (uint32_t)c->bytes[c->at++] << 8 * i;
	return (int32_t)v;
}

/* The GOT entry that the instruction before c->at loads. */
static bool load_got(struct code *c, int64_t displacement, int64_t *ret)
{
	uint64_t v;

	if (!arch_read_uint(target_memory(c->t), c->address + c->at + (uint64_t)displacement, 8, &v))
		return false;
	*ret = (int64_t)v;
	return true;
}

static bool take_sum(struct code *c, int64_t *ret)
{
	if (TAKE(c, add_rax_rip))
		return load_got(c, take_i32(c), ret);
	if (TAKE(c, add_rax_imm32) || TAKE(c, lea_rax_imm32)) {
		*ret = take_i32(c);
		return true;
	}
	if (!TAKE(c, add_rax_imm8))
		return false;
	*ret = (int8_t)c->bytes[c->at++];
	return true;
}

static bool decode(struct code *c, int64_t *ret)
{
	(void)TAKE(c, endbr64);
	if (TAKE(c, mov_rax_rip))
		return load_got(c, take_i32(c), ret) && TAKE(c, add_rax_fs);
	if (TAKE(c, mov_rax_imm)) {
		*ret = take_i32(c);
		return TAKE(c, add_rax_fs);
	}
	return TAKE(c, mov_rax_fs) && take_sum(c, ret) && c->at < CODE_SIZE &&
	       c->bytes[c->at] == 0xc3;
}

static struct err *find_code(struct target *t, uint64_t *ret)
{
	if (!err_ignore(linux_libc_symbol(t, "__errno_location", ret)))
		return NULL;
	return err_new(ERR_NOTFOUND, "errno is not known: no module has symbols for "
				     "__errno_location, which tells where it is kept");
}

struct err *linux_errno_address(struct target *t, const struct thread *th, uint64_t *ret)
{
	struct code c = { .t = t };
	int64_t offset = 0;

	if (target_arch(t)->machine != MACHINE_X64)
		return err_new(ERR_UNSUPPORTED, "errno is not known: its place in a thread's memory is "
						"understood for x64 only, not for %s",
			       machine_name(target_arch(t)->machine));
	if (!th->teb)
		return err_new(ERR_NOTFOUND, "errno is not known: the dump has no thread pointer of "
					     "thread %zu", th->index);
	TRY(find_code(t, &c.address));
	if (!arch_read(target_memory(t), c.address, c.bytes, sizeof(c.bytes)))
		return err_new(ERR_NOTFOUND, "errno is not known: the code of __errno_location is not in "
					     "the dump, and its library was not found");
	if (!decode(&c, &offset))
		return err_new(ERR_NOTFOUND, "errno is not known: the code of __errno_location is not in "
					     "a known form");
	*ret = th->teb + (uint64_t)offset;
	return NULL;
}
