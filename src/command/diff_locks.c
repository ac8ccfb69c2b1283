/* SPDX-License-Identifier: MIT */
/*
 * Comparing two dumps: locks. In one process a lock is the same by its address.
 * One that the same thread holds in both while threads wait for it is stuck: as
 * far as two dumps can tell, since it may have been free between them; that no
 * thread at it moved says more, and is told with the threads.
 */
#include "command/diff.h"

#include "base/cancel.h"

#include <string.h>

static const struct field sum_fields[] = {
	{ "held_before", FIELD_UINT, "locks that are known to be held, before" },
	{ "held_after", FIELD_UINT, "and after" },
	{ "waiting_before", FIELD_UINT, "threads that wait for locks, before" },
	{ "waiting_after", FIELD_UINT, "and after" },
	{ "stuck", FIELD_UINT, "locks with the same owner and with waiters in both; absent: two processes" },
	{ "blind", FIELD_UINT, "threads that wait for a lock that, or whose owner, is not in its dump" },
	{ NULL },
};
const struct record diff_locks_record = {
	.kind = "lock_changes",
	.help = "Locks, before and after",
	.fields = sum_fields,
	.text = "\nLocks: {held_before} -> {held_after} held, {waiting_before} -> {waiting_after} threads wait[, {stuck} stuck]"
		"[ ({blind} more wait for locks that are not in the dumps)]\n",
};

static const struct field fields[] = {
	{ "change", FIELD_STR, "stuck, owner (another one), waiters (more or less), taken, released, contended (meanwhile), same" },
	{ "type", FIELD_STR, "mutex, critical section ..." },
	{ "address", FIELD_ADDR, "of the lock" },
	{ "name", FIELD_STR, "symbol there" },
	{ "owner_before", FIELD_UINT, "thread id of the owner before" },
	{ "owner_after", FIELD_UINT, "and after" },
	{ "waiters_before", FIELD_UINT, "threads that wait for it before" },
	{ "waiters_after", FIELD_UINT, "and after" },
	{ "contentions", FIELD_UINT, "how often more a thread had to wait (ContentionCount)" },
	{ "entries", FIELD_UINT, "by how much EntryCount grew" },
	{ "semaphore_made", FIELD_HEX, "LockSemaphore, which was made meanwhile: a thread had to wait for the first time" },
	{ NULL },
};
const struct record diff_lock_record = {
	.kind = "lock_change",
	.help = "A lock, before and after",
	.fields = fields,
	.text = "  {change:-9} {type} {address}[ {name}]: owner {owner_before|none} -> {owner_after|none}, "
		"{waiters_before} -> {waiters_after} wait[, {contentions} more contentions][, {entries} more entries]"
		"[, semaphore {semaphore_made} made]\n",
};

static bool is_stuck(const struct lock_figure *x, const struct lock_figure *y)
{
	return x->owner && x->owner == y->owner && x->waiters && y->waiters;
}

static uint32_t more(uint32_t before, uint32_t after)
{
	return after > before ? after - before : 0;
}

/* What is most worth telling; NULL: nothing. Either may be `none`. */
static const char *change_of(const struct lock_figure *x, const struct lock_figure *y)
{
	bool counted = x->has_counts && y->has_counts;

	if (is_stuck(x, y))
		return "stuck";
	if (x->held && y->held && x->owner != y->owner)
		return "owner";
	if (x->held != y->held)
		return y->held ? "taken" : "released";
	if (x->waiters != y->waiters)
		return "waiters";
	if (counted && (more(x->contentions, y->contentions) || more(x->entries, y->entries) || (!x->semaphore && y->semaphore)))
		return "contended";
	return NULL;
}

static void out_counts(const struct lock_figure *x, const struct lock_figure *y, struct out *o)
{
	if (!x->has_counts || !y->has_counts)
		return;
	if (more(x->contentions, y->contentions))
		out_uint(o, "contentions", more(x->contentions, y->contentions));
	if (more(x->entries, y->entries))
		out_uint(o, "entries", more(x->entries, y->entries));
	if (!x->semaphore && y->semaphore)
		out_uint(o, "semaphore_made", y->semaphore);
}

static struct err *emit(const struct diff *d, const struct lock_figure *x, const struct lock_figure *y, struct out *o)
{
	static const struct lock_figure none = { .type = "", .name = "" };
	const struct lock_figure *any = y ? y : x;
	const char *change;

	x = x ? x : &none;
	y = y ? y : &none;
	change = change_of(x, y);
	if (!change && !d->verbose)
		return NULL;
	out_begin(o, &diff_lock_record);
	out_str(o, "change", change ? change : "same");
	out_str(o, "type", any->type);
	out_addr(o, "address", any->address);
	out_name(o, "name", any->name);
	if (x->owner)
		out_uint(o, "owner_before", x->owner);
	if (y->owner)
		out_uint(o, "owner_after", y->owner);
	out_uint(o, "waiters_before", x->waiters);
	out_uint(o, "waiters_after", y->waiters);
	out_counts(x, y, o);
	return out_end(o);
}

typedef struct err *pair_fn(const struct diff *d, const struct lock_figure *x, const struct lock_figure *y, struct out *o);

static struct err *each_pair(const struct diff *d, pair_fn *f, struct out *o)
{
	const struct lock_figures *x = &d->before->locks, *y = &d->after->locks;
	size_t i = 0, k = 0;

	while (i < x->v.n || k < y->v.n) {
		int order = i >= x->v.n ? 1 : k >= y->v.n ? -1 : lock_figure_compare(&x->v.v[i], &y->v.v[k]);

		TRY(cancel_check());
		TRY(f(d, order <= 0 ? &x->v.v[i] : NULL, order >= 0 ? &y->v.v[k] : NULL, o));
		i += order <= 0;
		k += order >= 0;
	}
	return NULL;
}

static size_t count_stuck(const struct diff *d)
{
	const struct lock_figures *x = &d->before->locks, *y = &d->after->locks;
	size_t n = 0;

	for (size_t i = 0, k = 0; i < x->v.n && k < y->v.n;) {
		int order = lock_figure_compare(&x->v.v[i], &y->v.v[k]);

		n += !order && is_stuck(&x->v.v[i], &y->v.v[k]);
		i += order <= 0;
		k += order >= 0;
	}
	return n;
}

static void count(const struct lock_figures *f, uint64_t *ret_held, uint64_t *ret_waiting)
{
	*ret_held = *ret_waiting = 0;
	for (size_t i = 0; i < f->v.n; i++) {
		*ret_held += f->v.v[i].held;
		*ret_waiting += f->v.v[i].waiters;
	}
}

struct err *diff_locks(const struct diff *d, struct out *o)
{
	uint64_t held, held_after, waiting, waiting_after;
	size_t blind = d->before->locks.n_blind + d->after->locks.n_blind;

	count(&d->before->locks, &held, &waiting);
	count(&d->after->locks, &held_after, &waiting_after);
	out_begin(o, &diff_locks_record);
	out_uint(o, "held_before", held);
	out_uint(o, "held_after", held_after);
	out_uint(o, "waiting_before", waiting);
	out_uint(o, "waiting_after", waiting_after);
	if (d->same_process)
		out_uint(o, "stuck", count_stuck(d));
	if (blind)
		out_uint(o, "blind", blind);
	TRY(out_end(o));
	return d->same_process ? each_pair(d, emit, o) : NULL;
}
