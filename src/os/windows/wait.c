/* SPDX-License-Identifier: MIT */
/* Waits of Windows threads by their frames: see wait.h. */
#include "os/windows/wait.h"

#include <string.h>
#include <strings.h>

enum {
	MAX_FRAMES = 12,
	MAX_EXPORT = 0x800,	/* bytes behind an exported name that may still be its function */
	NO_ARGUMENT = 0xff,
	SYNC_REQUEST = 0x20000,
	MAX_ID = 1 << 26,
};

/* The higher the rank, the more it tells of what inner frames do. */
static const struct wait_function {
	const char *name;	/* "?t" stands for Nt and Zw */
	enum windows_wait_kind kind;
	unsigned rank;
	uint8_t object, count, type;	/* arguments: address, handle or array; how many; 0 all, 1 any */
	bool shared, messages;
} functions[] = {
	{ "RtlEnterCriticalSection", WINDOWS_WAIT_SECTION, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlpEnterCriticalSectionContended", WINDOWS_WAIT_SECTION, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlpWaitOnCriticalSection", WINDOWS_WAIT_SECTION, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlpWaitForCriticalSection", WINDOWS_WAIT_SECTION, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlAcquireSRWLockExclusive", WINDOWS_WAIT_SRW, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlAcquireSRWLockShared", WINDOWS_WAIT_SRW, 3, 0, NO_ARGUMENT, NO_ARGUMENT, true, false },
	{ "RtlpAcquireSRWLockExclusiveContended", WINDOWS_WAIT_SRW, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlpAcquireSRWLockSharedContended", WINDOWS_WAIT_SRW, 3, 0, NO_ARGUMENT, NO_ARGUMENT, true, false },
	{ "RtlSleepConditionVariableCS", WINDOWS_WAIT_CONDITION, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlSleepConditionVariableSRW", WINDOWS_WAIT_CONDITION, 3, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "RtlWaitOnAddress", WINDOWS_WAIT_ADDRESS, 2, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tWaitForAlertByThreadId", WINDOWS_WAIT_ADDRESS, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tWaitForKeyedEvent", WINDOWS_WAIT_KEYED, 1, 1, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tWaitForSingleObject", WINDOWS_WAIT_HANDLES, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tSignalAndWaitForSingleObject", WINDOWS_WAIT_HANDLES, 1, 1, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tWaitForMultipleObjects", WINDOWS_WAIT_HANDLES, 1, 1, 0, 2, false, false },
	{ "NtUserMsgWaitForMultipleObjectsEx", WINDOWS_WAIT_HANDLES, 1, 1, 0, NO_ARGUMENT, false, true },
	{ "MsgWaitForMultipleObjectsEx", WINDOWS_WAIT_HANDLES, 2, 1, 0, NO_ARGUMENT, false, true },
	{ "?tReadFile", WINDOWS_WAIT_FILE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tWriteFile", WINDOWS_WAIT_FILE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tFsControlFile", WINDOWS_WAIT_FILE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tDeviceIoControlFile", WINDOWS_WAIT_FILE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tAlpcSendWaitReceivePort", WINDOWS_WAIT_PORT, 1, 0, NO_ARGUMENT, 1, false, false },
	{ "?tRequestWaitReplyPort", WINDOWS_WAIT_PORT, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tRemoveIoCompletion", WINDOWS_WAIT_QUEUE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tRemoveIoCompletionEx", WINDOWS_WAIT_QUEUE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
	{ "?tWaitForWorkViaWorkerFactory", WINDOWS_WAIT_QUEUE, 1, 0, NO_ARGUMENT, NO_ARGUMENT, false, false },
};

static bool is_system(const struct module *m)
{
	static const char *const names[] = { "ntdll.dll", "kernel32.dll", "kernelbase.dll", "user32.dll", "win32u.dll" };

	for (size_t i = 0; m && i < ARRAY_SIZE(names); i++)
		if (strcasecmp(m->image_name, names[i]) == 0)
			return true;
	return false;
}

/* Names of exports reach up to the next one, over whatever is static in between. */
static const struct wait_function *function_of(const struct frame *f)
{
	const struct module *m = f->symbol.module;

	if (!f->function || (module_symbol_status(m) == SYMBOLS_EXPORT && f->displacement > MAX_EXPORT))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (str_match(functions[i].name, f->function, false) && (*functions[i].name != '?' || strchr("NZ", *f->function)))
			return &functions[i];
	return NULL;
}

static const struct wait_function *find(const struct stack *s, size_t *ret_frame)
{
	const struct wait_function *best = NULL;

	for (size_t i = 0; i < s->n && is_system(s->frames[i].symbol.module); i++) {
		const struct wait_function *f = function_of(&s->frames[i]);

		if (f && (!best || f->rank > best->rank)) {
			best = f;
			*ret_frame = i;
		}
	}
	return best;
}

/* --- arguments ----------------------------------------------------------------------------- */

static bool read_array(struct target *t, unsigned size, uint64_t at, struct windows_wait *w)
{
	for (size_t i = 0; i < w->n_handles; i++)
		if (!arch_read_uint(target_memory(t), at + i * size, size, &w->handles[i]))
			return false;
	return true;
}

static enum argument_how lesser(enum argument_how a, enum argument_how b)
{
	return a < b ? a : b;
}

/* Nt's third argument is worked out from what Win32's functions were given. */
static enum argument_how all_or_any(struct target *t, const struct stack *s, size_t at, const struct wait_function *f,
				    bool *ret_all)
{
	uint64_t v = 0;
	enum argument_how how = f->type == NO_ARGUMENT ? ARGUMENT_UNKNOWN : frame_argument(t, s, at, f->type, &v);

	*ret_all = how != ARGUMENT_UNKNOWN && !(v & UINT32_MAX);
	for (size_t i = at + 1; how == ARGUMENT_UNKNOWN && i < s->n && is_system(s->frames[i].symbol.module); i++) {
		if (!s->frames[i].function || !str_match("WaitForMultipleObjects*", s->frames[i].function, false))
			continue;
		how = frame_argument(t, s, i, 2, &v);
		*ret_all = how != ARGUMENT_UNKNOWN && (v & UINT32_MAX);
	}
	return how;
}

static void take_handles(struct target *t, const struct stack *s, size_t at, const struct wait_function *f,
			 struct windows_wait *w)
{
	unsigned size = s->frames[at].regs.arch->pointer_size;
	uint64_t array = 0, count = 1;

	w->how = frame_argument(t, s, at, f->object, &array);
	if (f->count == NO_ARGUMENT) {
		w->handles[0] = array;
		w->n_handles = w->how != ARGUMENT_UNKNOWN;
		return;
	}
	w->how = lesser(w->how, frame_argument(t, s, at, f->count, &count));
	count &= UINT32_MAX;
	w->n_handles = count <= WINDOWS_WAIT_MAX ? (size_t)count : 0;
	w->which_known = f->messages || count == 1 || all_or_any(t, s, at, f, &w->all) != ARGUMENT_UNKNOWN;
	if (w->how == ARGUMENT_UNKNOWN || count > WINDOWS_WAIT_MAX || !read_array(t, size, array, w)) {
		w->how = ARGUMENT_UNKNOWN;
		w->n_handles = 0;
	}
}

/*
 * NtAlpcSendWaitReceivePort(port, flags, message to send, ...): a client waits for the
 * answer to what it sends, ALPC_MSGFLG_SYNC_REQUEST; a server sends its answer, if any,
 * and waits for the next request. PORT_MESSAGE, as phnt declares it: two words of
 * lengths and type, then the CLIENT_ID of the other side, which a reused message has.
 */
static void take_port(struct target *t, const struct stack *s, size_t at, const struct wait_function *f,
		      struct windows_wait *w)
{
	unsigned size = s->frames[at].regs.arch->pointer_size;
	uint64_t flags = SYNC_REQUEST, message = 0, pid, tid;

	take_handles(t, s, at, f, w);
	if (f->type != NO_ARGUMENT) {
		w->which_known = frame_argument(t, s, at, f->type, &flags) != ARGUMENT_UNKNOWN;
		w->all = w->which_known && (flags & SYNC_REQUEST);
	} else {
		w->which_known = w->all = true;
	}
	if (!w->all || frame_argument(t, s, at, f->type == NO_ARGUMENT ? 1 : 2, &message) == ARGUMENT_UNKNOWN ||
	    !arch_read_uint(target_memory(t), message + 8, size, &pid) ||
	    !arch_read_uint(target_memory(t), message + 8 + size, size, &tid))
		return;
	/* ids are multiples of four, and small */
	if (pid && tid && !((pid | tid) & 3) && (pid | tid) <= MAX_ID && pid != target_pid(t)) {
		w->server_pid = (uint32_t)pid;
		w->server_tid = (uint32_t)tid;
	}
}

static void take_arguments(struct target *t, const struct stack *s, size_t at, const struct wait_function *f,
			   struct windows_wait *w)
{
	switch (f->kind) {
	case WINDOWS_WAIT_SRW:
	case WINDOWS_WAIT_CONDITION:
	case WINDOWS_WAIT_ADDRESS:
	case WINDOWS_WAIT_KEYED: w->how = frame_argument(t, s, at, f->object, &w->address); break;
	case WINDOWS_WAIT_HANDLES:
	case WINDOWS_WAIT_FILE:
	case WINDOWS_WAIT_QUEUE: take_handles(t, s, at, f, w); break;
	case WINDOWS_WAIT_PORT: take_port(t, s, at, f, w); break;
	case WINDOWS_WAIT_SECTION:
	case WINDOWS_WAIT_NONE: break;
	}
	if (w->how != ARGUMENT_UNKNOWN && f->kind == WINDOWS_WAIT_KEYED)
		w->address &= ~(uint64_t)1; /* set by who releases */
}

void windows_wait_of(struct target *t, struct thread *th, enum thread_half half, struct arena *a,
		     struct windows_wait *ret)
{
	CLEANUP(arena_deinit) struct arena scratch = ARENA_INIT;
	struct stack_options options = { .max_frames = MAX_FRAMES, .half = half, .no_inlines = true };
	const struct wait_function *f;
	struct stack s = { 0 };
	size_t at = 0;

	*ret = (struct windows_wait){ .kind = WINDOWS_WAIT_NONE, .function = "" };
	if (err_ignore(stack_walk(t, th, &options, &scratch, &s)))
		return;
	f = find(&s, &at);
	if (!f)
		return;
	ret->kind = f->kind;
	ret->shared = f->shared;
	ret->messages = f->messages;
	ret->function = arena_strdup(a, s.frames[at].function);
	if (!ret->function)
		ret->function = "";
	take_arguments(t, &s, at, f, ret);
}
