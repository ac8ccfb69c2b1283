/* SPDX-License-Identifier: MIT */
/* The kernel's log: what both layouts have in common; see printk.h. */
#include "os/linux/kernel/printk_impl.h"

#include <string.h>

const char *const printk_levels[PRINTK_LEVELS] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug" };

bool printk_tell(struct printk_walk *w, const struct printk_record *r)
{
	if (!w->seen)
		w->sum.dropped = r->seq;
	w->seen = true;
	w->sum.records++;
	w->sum.lost += r->lost;
	return w->visit(w->arg, r);
}

/* The highest bit parts processors from threads. */
void printk_set_caller(struct printk_record *r, const struct place *p, uint32_t caller)
{
	r->has_caller = p->size;
	r->caller_is_cpu = caller >> 31;
	r->caller = caller & INT32_MAX;
}

void printk_copy_string(char *to, size_t size, const struct place *p, const uint8_t *bytes, size_t n)
{
	size_t room = p->offset < n ? n - p->offset : 0, length;

	room = p->size < room ? p->size : room;
	length = strnlen((const char *)bytes + (room ? p->offset : 0), room < size - 1 ? room : size - 1);
	memcpy(to, bytes + (room ? p->offset : 0), length);
	to[length] = '\0';
}
