/* SPDX-License-Identifier: MIT */
/* SRW locks: see srwlock.h. */
#include "os/windows/srwlock.h"

#include "os/windows/wine.h"

#include <inttypes.h>
#include <string.h>

enum { BIT_LOCKED = 1, BIT_WAITING = 2, BIT_SEVERAL = 8, SHARED_SHIFT = 4, WINE_WRITER = 0xffff };

static void decode_wine(struct srwlock *l)
{
	uint64_t owners = l->word >> 16 & 0xffff;

	l->held = owners != 0;
	l->exclusive = owners == WINE_WRITER;
	l->readers = l->exclusive ? 0 : owners;
	l->queued = l->word & 0xffff;
}

static void decode(struct srwlock *l)
{
	l->held = l->word & BIT_LOCKED;
	if (!l->held)
		return;
	if (l->word & BIT_WAITING) {
		l->readers = l->word & BIT_SEVERAL ? 2 : 0;
		return;
	}
	l->readers = l->word >> SHARED_SHIFT;
	l->exclusive = !l->readers;
}

struct err *srwlock_read(struct target *t, enum thread_half half, uint64_t address, struct srwlock *ret)
{
	struct srwlock l = { .address = address };
	bool wine = windows_is_wine(t);

	l.size = wine || half == HALF_WOW ? 4 : target_arch(t)->pointer_size;
	if (!arch_read_uint(target_memory(t), address, l.size, &l.word))
		return err_fault(address);
	if (wine)
		decode_wine(&l);
	else
		decode(&l);
	*ret = l;
	return NULL;
}

void srwlock_describe(const struct srwlock *l, struct strbuf *sb)
{
	if (!l->held)
		strbuf_adds(sb, "free");
	else if (l->exclusive)
		strbuf_adds(sb, "held by a writer");
	else if (l->readers && !(l->size == 8 && (l->word & BIT_WAITING)))
		strbuf_addf(sb, "held by %" PRIu64 " reader%s", l->readers, l->readers == 1 ? "" : "s");
	else
		strbuf_adds(sb, l->readers ? "held by several readers, and others wait" : "held, and others wait");
}

enum srwlock_call srwlock_call(const char *function)
{
	const char *s = function && strncmp(function, "Rtl", 3) == 0 ? function + 3 : function;

	if (!s)
		return SRWLOCK_NOT;
	if (strncmp(s, "Try", 3) == 0)
		s += 3;
	if (strcmp(s, "AcquireSRWLockExclusive") == 0)
		return SRWLOCK_TAKES;
	if (strcmp(s, "AcquireSRWLockShared") == 0)
		return SRWLOCK_TAKES_SHARED;
	if (strcmp(s, "ReleaseSRWLockExclusive") == 0 || strcmp(s, "ReleaseSRWLockShared") == 0)
		return SRWLOCK_RELEASES;
	return SRWLOCK_NOT;
}
