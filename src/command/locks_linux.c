/* SPDX-License-Identifier: MIT */
/*
 * !locks on Linux: mutexes, read-write locks and the like that threads sleep
 * on. Rings are those of the wait graph.
 */
#include "command/locks.h"

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

static const char *kind_name(int32_t kind)
{
	static const char *const names[] = { "normal", "recursive", "error-checking", "adaptive" };

	return kind >= 0 ? names[kind & 3] : NULL;
}

static void emit_ring(const struct wait_graph *g, const struct futex_lock *l, struct out *o)
{
	struct out_word words[MAX_RING];
	size_t n = ring_threads(g, l->address, HALF_NATIVE, words);

	ring_out(o, words, n);
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

static struct err *emit_lock(struct session *s, const struct wait_graph *g, const struct futex_lock *l,
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
	emit_ring(g, l, o);
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

struct err *locks_linux(struct session *s, const struct args *args, bool all, bool orphaned,
			struct out *o)
{
	struct wait_graph graph = { 0 };
	struct futex_lock *locks = NULL;
	size_t n = 0, shown = 0;

	TRY(futex_locks(session_target(s), args->arena, &locks, &n));
	TRY(wait_graph_build(session_target(s), args->arena, &graph));
	for (size_t i = 0; i < n; i++) {
		const struct futex_lock *l = &locks[i];

		if ((!all && !is_lock(l)) || (orphaned && (!l->owner_tid || l->owner)))
			continue;
		shown++;
		TRY(emit_lock(s, &graph, l, o));
	}
	return out_heading(o, "\n%zu of the %zu objects that threads wait for shown\n", shown, n);
}
