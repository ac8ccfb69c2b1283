/* SPDX-License-Identifier: MIT */
/*
 * !locks on Linux: mutexes, read-write locks and the like that threads sleep
 * on. A cycle is followed from owner to owner: each thread waits for at most
 * one object, so that the chain from any lock is a line or ends in a ring.
 */
#include "command/locks.h"

#include "base/map.h"
#include "os/linux/futex.h"

enum { MAX_WAITERS_SHOWN = 256 };

static const struct field futex_fields[] = {
	{ "type", FIELD_STR, "mutex, rwlock, condition variable ..." },
	{ "symbol", FIELD_SYM, "what lies there" },
	{ "address", FIELD_ADDR, "of the object" },
	{ "locked", FIELD_BOOL, "whether it is held" },
	{ "mutex_kind", FIELD_STR, "normal, recursive, error-checking, adaptive" },
	{ "attributes", FIELD_STR, "robust, priority inheritance, priority protection, shared" },
	{ "recursion", FIELD_INT, "how often the owner locked a recursive mutex" },
	{ "owner_tid", FIELD_UINT, "thread id of the owner" },
	{ "owner", FIELD_UINT, "the debugger's number of the owner" },
	{ "owner_name", FIELD_STR, "name of that thread" },
	{ "readers", FIELD_UINT, "threads that hold it to read" },
	{ "waiting", FIELD_WORDS, "debugger's numbers of the threads that wait" },
	{ "waiters", FIELD_UINT, "how many wait, where the lists hold the first only" },
	{ "waiting_tids", FIELD_WORDS, "their thread ids" },
	{ "known_by", FIELD_STR, "how the kind of object is known" },
	{ "owner_died", FIELD_BOOL, "robust mutex: its owner ended while it held it" },
	{ "orphaned", FIELD_BOOL, "its owner is not in the dump" },
	{ "deadlock", FIELD_WORDS, "debugger's numbers of the threads that wait in a ring" },
	{ "deadlock_text", FIELD_STR, "the same in words" },
	{ NULL },
};

#define FUTEX_HEAD                                                                                   \
	"\n{type} {symbol} at {address}\n"                                                           \
	"[Kind               {mutex_kind}[, {attributes}]\n][RecursionCount     {recursion}\n]"
#define FUTEX_TAIL                                                                                   \
	"[Readers            {readers}\n]"                                                           \
	"[Waiting threads    {waiting:d} (tids {waiting_tids:d})\n]"                                 \
	"[Waiters            {waiters}, of which the first are shown\n]"                           \
	"[Known by           {known_by}\n]"                                                          \
	"[*** {deadlock_text}\n]"
const struct record futex_record = {
	.kind = "futex_object",
	.help = "a lock or other object that threads of a Linux process wait for",
	.fields = futex_fields,
	.text = FUTEX_HEAD "[OwningThread       {owner_tid}[ (thread {owner}[ \"{owner_name}\"])]\n]"
			   FUTEX_TAIL,
};

struct chain {
	struct futex_lock *locks;
	size_t n;
	struct u64map by_waiter; /* thread index + 1 -> lock */
};

static const char *kind_name(int32_t kind)
{
	static const char *const names[] = { "normal", "recursive", "error-checking", "adaptive" };

	return kind >= 0 ? names[kind & 3] : NULL;
}

static struct err *chain_init(struct chain *c, struct futex_lock *locks, size_t n)
{
	*c = (struct chain){ locks, n, U64MAP_INIT };
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < locks[i].n_waiters; k++)
			if (!u64map_put(&c->by_waiter, locks[i].waiters[k]->index + 1, &locks[i]))
				return err_nomem();
	return NULL;
}

/* Threads of the ring that `start` belongs to, 0 when it belongs to none. */
static size_t find_ring(const struct chain *c, const struct futex_lock *start,
			const struct futex_lock **ring, size_t max)
{
	const struct futex_lock *l = start;
	size_t n = 0;

	while (l && l->owner && n < max) {
		ring[n++] = l;
		l = u64map_get(&c->by_waiter, l->owner->index + 1);
		if (l == start)
			return n;
	}
	return 0;
}

static void emit_ring(const struct chain *c, const struct futex_lock *l, struct out *o)
{
	enum { MAX_RING = 64 };
	const struct futex_lock *ring[MAX_RING];
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct out_word words[MAX_RING];
	size_t n = find_ring(c, l, ring, MAX_RING), first = 0;

	if (!n)
		return;
	for (size_t i = 1; i < n; i++)
		if (ring[i]->owner->index < ring[first]->owner->index)
			first = i;
	strbuf_adds(&sb, n > 1 ? "Deadlock: threads " : "Deadlock: thread ");
	for (size_t i = 0; i < n; i++) {
		size_t index = ring[(first + i) % n]->owner->index;

		words[i] = (struct out_word){ index, true };
		strbuf_addf(&sb, "%s%zu", !i ? "" : i + 1 < n ? ", " : " and ", index);
	}
	strbuf_adds(&sb, n > 1 ? " hold each other's lock" : " waits for the lock that it holds");
	out_words(o, "deadlock", words, n, 4);
	if (!sb.failed)
		out_str(o, "deadlock_text", sb.s);
}

static void emit_waiting(const struct futex_lock *l, struct out *o)
{
	struct out_word index[MAX_WAITERS_SHOWN], tid[MAX_WAITERS_SHOWN];
	size_t n = l->n_waiters < MAX_WAITERS_SHOWN ? l->n_waiters : MAX_WAITERS_SHOWN;

	for (size_t i = 0; i < n; i++) {
		index[i] = (struct out_word){ l->waiters[i]->index, true };
		tid[i] = (struct out_word){ l->waiters[i]->tid, true };
	}
	out_words(o, "waiting", index, n, 4);
	out_words(o, "waiting_tids", tid, n, 4);
	if (n < l->n_waiters)
		out_uint(o, "waiters", l->n_waiters);
}

static void emit_attributes(const struct futex_lock *l, struct out *o)
{
	static const char *const names[] = { "robust", "priority inheritance", "priority protection",
					     "shared between processes" };
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (l->mutex_attributes >> i & 1)
			strbuf_addf(&sb, "%s%s", sb.len ? ", " : "", names[i]);
	if (sb.len && !sb.failed)
		out_str(o, "attributes", sb.s);
	if (l->owner_died)
		out_bool(o, "owner_died", true);
}

static void emit_state(const struct futex_lock *l, struct out *o)
{
	if (!l->fields_known)
		return;
	if (l->object == FUTEX_MUTEX || l->object == FUTEX_RWLOCK)
		out_bool(o, "locked", l->locked);
	out_str(o, "mutex_kind", kind_name(l->mutex_kind));
	emit_attributes(l, o);
	if (l->object == FUTEX_MUTEX && (l->mutex_kind & 3) == 1)
		out_int(o, "recursion", l->recursion);
	if (l->owner_tid)
		out_uint(o, "owner_tid", l->owner_tid);
	if (l->owner) {
		out_uint(o, "owner", l->owner->index);
		out_name(o, "owner_name", l->owner->name);
	}
	/* under a writer the count is of readers that wait */
	if (l->object == FUTEX_RWLOCK && !l->owner_tid)
		out_uint(o, "readers", l->readers);
}

static void emit_evidence(const struct futex_lock *l, struct out *o)
{
	for (size_t i = 0; i < l->n_waiters; i++)
		if (l->first[i].evidence == EVIDENCE_FRAME) {
			out_strf(o, "known_by", "%s on the stack of thread %zu", l->first[i].function,
				 l->first[i].thread->index);
			return;
		}
	if (l->evidence == EVIDENCE_CALL)
		out_str(o, "known_by", "the futex call, by which only mutexes are locked");
	else if (l->evidence == EVIDENCE_CONTENT)
		out_str(o, "known_by", "its contents, which fit a mutex of this process");
	else
		out_str(o, "known_by", "the futex call only: no frame tells what it belongs to");
}

static struct err *emit_lock(struct session *s, const struct chain *c, const struct futex_lock *l,
			     struct out *o)
{
	bool orphaned = l->fields_known && l->owner_tid && !l->owner;
	struct symbol_hit hit;

	target_symbol_at(session_target(s), l->address, &hit);
	out_begin(o, &futex_record);
	out_str(o, "type", futex_object_name(l->object));
	out_sym(o, "symbol", hit.module ? hit.module->name : NULL, hit.symbol.name, hit.displacement,
		l->address);
	out_addr(o, "address", l->address);
	emit_state(l, o);
	emit_waiting(l, o);
	emit_evidence(l, o);
	if (orphaned)
		out_bool(o, "orphaned", true);
	emit_ring(c, l, o);
	TRY(out_end(o));
	if (orphaned)
		TRY(out_heading(o, "*** Orphaned: its owner, thread %u, is not in the dump\n",
				l->owner_tid));
	if (l->owner_died)
		TRY(out_heading(o, "*** Its owner ended while it held it\n"));
	if (!l->fields_known && (l->object == FUTEX_MUTEX || l->object == FUTEX_RWLOCK))
		TRY(out_heading(o, "*** Its memory is not in the dump: owner not known\n"));
	return l->locked && l->object != FUTEX_JOIN ? out_heading(o, "*** Locked\n") : NULL;
}

/* What has no owner is no lock; what could be one is shown. */
static bool is_lock(const struct futex_lock *l)
{
	return l->object == FUTEX_MUTEX || l->object == FUTEX_RWLOCK ||
	       l->object == FUTEX_LOW_LEVEL || l->object == FUTEX_UNKNOWN;
}

static struct err *emit_locks(struct session *s, const struct chain *c, bool all, bool orphaned,
			      struct out *o)
{
	size_t shown = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct futex_lock *l = &c->locks[i];

		if ((!all && !is_lock(l)) || (orphaned && (!l->owner_tid || l->owner)))
			continue;
		shown++;
		TRY(emit_lock(s, c, l, o));
	}
	return out_heading(o, "\n%zu of the %zu objects that threads wait for shown\n", shown, c->n);
}

struct err *locks_linux(struct session *s, const struct args *args, bool all, bool orphaned,
			struct out *o)
{
	struct futex_lock *locks = NULL;
	struct chain c;
	struct err *e;
	size_t n = 0;

	TRY(futex_locks(session_target(s), args->arena, &locks, &n));
	e = chain_init(&c, locks, n);
	if (!e)
		e = emit_locks(s, &c, all, orphaned, o);
	u64map_deinit(&c.by_waiter);
	return e;
}
