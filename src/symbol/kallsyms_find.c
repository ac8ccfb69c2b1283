/* SPDX-License-Identifier: MIT */
/*
 * Finding the tables of names where VMCOREINFO does not tell: kernels before
 * 6.0, and dumps without it.
 *
 * The token table cannot be mistaken: tokens of the digits stand for
 * themselves, so "0\0001\000 ... 9\0" is in it, and the index that follows tells
 * how far each is from its start. The names come before it, behind their
 * number; that all of them unpack, and that the list of every 256th (markers)
 * follows, proves them.
 */
#include "symbol/kallsyms_impl.h"

#include "base/cancel.h"
#include "base/cleanup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK = 1 << 20,
	PAGE = 4096,
	OVERLAP = 4096,
	MAX_TOKEN = 64,			/* bytes; in use are some 15 */
	MAX_BACK = 96 << 20,		/* the names lie this far before the tokens at most */
	LONGEST_NAME = 2 + (1 << 15),
	FIRST_NAMES = 24,
	FIRST_BYTES = FIRST_NAMES * 130,
	PER_MARKER = 256,
};

/* What is absent becomes zeros: neither tokens nor names. */
static void read_around_holes(const struct kallsyms *k, uint64_t at, uint8_t *buf, size_t n)
{
	size_t pos = 0;

	memset(buf, 0, n);
	while (pos < n) {
		pos += k->s.memory.read(k->s.memory.arg, at + pos, buf + pos, n - pos);
		if (pos < n)
			pos += PAGE - (size_t)((at + pos) % PAGE);
	}
}

static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009"; /* and the terminator */

/* --- tokens --------------------------------------------------------------------------- */

/* `zero`: the address of the digit's token. The index lies behind the table, 8 bytes aligned. */
static bool tokens_around(struct kallsyms *k, uint64_t zero)
{
	uint8_t buf[(KSYM_TOKENS - '0') * MAX_TOKEN];
	size_t n = k->s.memory.read(k->s.memory.arg, zero, buf, sizeof(buf)), pos = 0;
	uint64_t at;

	for (unsigned i = '0'; i < KSYM_TOKENS; i++) {
		pos += strnlen((const char *)buf + pos, n - pos) + 1;
		if (pos >= n)
			return false;
	}
	at = (zero + pos + 7) & ~(uint64_t)7;
	for (unsigned i = 0; i < 2; i++, at = (zero + pos + 3) & ~(uint64_t)3) {
		uint64_t back;

		if (!arch_read_uint(&k->s.memory, at + 2 * '0', 2, &back))
			continue;
		k->at.token_index = at;
		k->at.token_table = zero - back;
		if (kallsyms_read_tokens(k))
			return true;
	}
	return false;
}

struct err *kallsyms_find_tokens(struct kallsyms *k)
{
	CLEANUP(freep) uint8_t *buf = malloc(CHUNK + OVERLAP);

	if (!buf)
		return err_nomem();
	for (uint64_t at = k->s.base; at < k->s.end; at += CHUNK) {
		uint64_t left = k->s.end - at;
		size_t n = left < CHUNK + OVERLAP ? (size_t)left : CHUNK + OVERLAP;

		TRY(cancel_check());
		read_around_holes(k, at, buf, n);
		for (uint8_t *p = buf; p; ) {
			p = memmem(p, n - (size_t)(p - buf), digits, sizeof(digits));
			if (p && tokens_around(k, at + (uint64_t)(p - buf)))
				return NULL;
			p = p ? p + 1 : NULL;
		}
	}
	return err_new(ERR_NOTFOUND, "kallsyms: no token table in 0x%" PRIx64 " .. 0x%" PRIx64, k->s.base, k->s.end);
}

/* --- names ------------------------------------------------------------------------------ */

/* Markers: u64 until 4.19, u32 since; the first two are enough. */
static bool is_marker_list(const struct kallsyms *k, uint64_t names_end, uint64_t second)
{
	for (unsigned align = 8; align >= 4; align -= 4) {
		uint64_t at = (names_end + align - 1) & ~(uint64_t)(align - 1), a, b;

		for (unsigned size = 8; size >= 4; size -= 4)
			if (arch_read_uint(&k->s.memory, at, size, &a) && !a &&
			    arch_read_uint(&k->s.memory, at + size, size, &b) && b == second)
				return true;
	}
	return false;
}

/* All n names unpack, and the markers follow. */
static bool is_name_list(const struct kallsyms *k, uint64_t names, uint32_t n)
{
	uint64_t room = k->at.token_table - names, second = 0;
	size_t size, pos = 0;
	CLEANUP(freep) uint8_t *buf = malloc((size_t)room);

	if (!buf)
		return false;
	size = k->s.memory.read(k->s.memory.arg, names, buf, (size_t)room);
	for (uint32_t i = 0; i < n; i++) {
		size_t len, start = pos;

		if (i == PER_MARKER)
			second = start;
		if (pos + 2 > size)
			return false;
		len = buf[pos++];
		if (len & 0x80)
			len = (len & 0x7f) | (size_t)buf[pos++] << 7;
		if (!len || len > size - pos)
			return false;
		pos += len;
	}
	return n <= PER_MARKER || is_marker_list(k, names + pos, second);
}

/* `p`: n bytes at `at`, where a number of symbols and behind it names may be. */
static bool names_at(struct kallsyms *k, uint64_t at, const uint8_t *p, size_t n)
{
	struct cursor c = cursor_init("kallsyms", p, n, at);
	uint32_t count = cursor_u32(&c);

	/* a name has three bytes at least: length, letter, character, or two of tokens */
	if (count < FIRST_NAMES || count > KSYMS_MAX || (uint64_t)count * 2 > k->at.token_table - at)
		return false;
	for (unsigned skip = 8; skip >= 4; skip -= 4) {
		if (n < skip || (skip == 8 && cursor_u32(&c)))
			continue;
		if (!kallsyms_plausible(&k->tokens, p + skip, n - skip, FIRST_NAMES) ||
		    !is_name_list(k, at + skip, count))
			continue;
		k->at.num_syms = at;
		k->at.names = at + skip;
		return true;
	}
	return false;
}

struct err *kallsyms_find_names(struct kallsyms *k)
{
	CLEANUP(freep) uint8_t *buf = malloc(CHUNK + FIRST_BYTES);
	uint64_t to = k->at.token_table & ~(uint64_t)3, low = k->s.base;

	if (!buf)
		return err_nomem();
	if (to > k->s.base && to - k->s.base > MAX_BACK)
		low = to - MAX_BACK;
	while (to > low) {
		uint64_t from = to - low > CHUNK ? to - CHUNK : low;
		size_t n = (size_t)(to - from) + FIRST_BYTES;

		TRY(cancel_check());
		read_around_holes(k, from, buf, n);
		for (uint64_t at = (to - 4) & ~(uint64_t)3; at >= from && at < to; at -= 4)
			if (names_at(k, at, buf + (at - from), n - (size_t)(at - from)))
				return NULL;
		to = from;
	}
	return err_new(ERR_NOTFOUND, "kallsyms: no names before the token table at 0x%" PRIx64, k->at.token_table);
}
