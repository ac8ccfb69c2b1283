/* SPDX-License-Identifier: MIT */
/* Waits for the world outside of the process: see outside.h. */
#include "pattern/outside.h"

#include "os/linux/descriptor.h"
#include "os/linux/syscall.h"
#include "os/windows/handle_object.h"
#include "os/windows/wait.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

enum {
	MAX_PLACES = 16,	/* innermost, in which a function is looked for */
	MAX_TOLD = 16,
};

static const struct known {
	const char *module, *function;	/* '*' as in str_match */
	enum outside kind;
	const char *what;
} known[] = {
	/* what is asked of the resolver, before what it does on the way */
	{ "libc*", "getaddrinfo*", OUTSIDE_NETWORK, "the name service" },
	{ "libc*", "gethostby*", OUTSIDE_NETWORK, "the name service" },
	{ "libc*", "getnameinfo*", OUTSIDE_NETWORK, "the name service" },
	{ "libc*", "__res_*", OUTSIDE_NETWORK, "the name service" },
	{ "libresolv*", "*", OUTSIDE_NETWORK, "the name service" },
	{ "dnsapi", "Dns*Query*", OUTSIDE_NETWORK, "the name service" },
	{ "ws2_32", "*etAddrInfo*", OUTSIDE_NETWORK, "the name service" },
	{ "ws2_32", "gethostby*", OUTSIDE_NETWORK, "the name service" },
	{ "ws2_32", "connect", OUTSIDE_NETWORK, "a connection" },
	{ "ws2_32", "WSAConnect", OUTSIDE_NETWORK, "a connection" },
	{ "ws2_32", "recv", OUTSIDE_NETWORK, "data of a connection" },
	{ "ws2_32", "WSARecv", OUTSIDE_NETWORK, "data of a connection" },
	{ "ws2_32", "send", OUTSIDE_NETWORK, "room in a connection" },
	{ "ws2_32", "WSASend", OUTSIDE_NETWORK, "room in a connection" },
	{ "mswsock", "WSPConnect", OUTSIDE_NETWORK, "a connection" },
	{ "mswsock", "WSPRecv", OUTSIDE_NETWORK, "data of a connection" },
	{ "wininet", "HttpSendRequest*", OUTSIDE_NETWORK, "the answer to an HTTP request" },
	{ "wininet", "InternetReadFile*", OUTSIDE_NETWORK, "the answer to an HTTP request" },
	{ "winhttp", "WinHttpSendRequest", OUTSIDE_NETWORK, "the answer to an HTTP request" },
	{ "winhttp", "WinHttpReceiveResponse", OUTSIDE_NETWORK, "the answer to an HTTP request" },
	{ "rpcrt4", "*_CCALL::*", OUTSIDE_PROCESS, "the server of a remote procedure call" },
	{ "rpcrt4", "NdrClientCall*", OUTSIDE_PROCESS, "the server of a remote procedure call" },
	{ "rpcrt4", "NdrpClientCall*", OUTSIDE_PROCESS, "the server of a remote procedure call" },
	{ "rpcrt4", "I_RpcSendReceive", OUTSIDE_PROCESS, "the server of a remote procedure call" },
	{ "ntdll", "NtAlpcSendWaitReceivePort", OUTSIDE_PROCESS, "the server of a local procedure call" },
	{ "ntdll", "ZwAlpcSendWaitReceivePort", OUTSIDE_PROCESS, "the server of a local procedure call" },
	{ "ntdll", "?tRequestWaitReplyPort", OUTSIDE_PROCESS, "the server of a local procedure call" },
	{ "kernel*", "TransactNamedPipe*", OUTSIDE_PROCESS, "the server of a named pipe" },
	{ "kernel*", "WaitNamedPipe*", OUTSIDE_PROCESS, "the server of a named pipe" },
	{ "kernel*", "CallNamedPipe*", OUTSIDE_PROCESS, "the server of a named pipe" },
	{ "kernel*", "ConnectNamedPipe", OUTSIDE_PROCESS, "a client of a named pipe" },
	{ "combase", "CRpcChannelBuffer::SendReceive*", OUTSIDE_PROCESS, "the server of a COM call" },
	{ "ole32", "CRpcChannelBuffer::SendReceive*", OUTSIDE_PROCESS, "the server of a COM call" },
	{ "ntdll", "?tLockFile", OUTSIDE_FILE_LOCK, "a lock on a file" },
	{ "user32", "MessageBox*", OUTSIDE_USER, "the answer to a message box" },
	{ "user32", "SoftModalMessageBox", OUTSIDE_USER, "the answer to a message box" },
	{ "user32", "DialogBox*", OUTSIDE_USER, "the answer to a dialog" },
	{ "comdlg32", "*", OUTSIDE_USER, "the answer to a dialog" },
	{ "ntdll", "?tRaiseHardError", OUTSIDE_USER, "the answer to a message of the system" },
};

static bool is_called(const struct stack_place *p, const struct known *k)
{
	return p->module && p->function && str_match(k->module, p->module->name, true) &&
	       str_match(k->function, p->function, false);
}

/* A server's own thread waits in the same call of ALPC for the next request. */
static bool is_server(const struct thread_stack *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->places[i].function && (strstr(s->places[i].function, "ReceiveLotsaCalls") ||
					      strstr(s->places[i].function, "ADDRESS::ProcessIO")))
			return true;
	return false;
}

/* The outermost of the known functions says most: a dialog waits in a call to another process. */
static bool by_function(const struct thread_stack *s, struct outside_wait *ret)
{
	size_t n = s->n < MAX_PLACES ? s->n : MAX_PLACES;

	for (size_t i = n; i-- > 0;)
		for (size_t k = 0; k < ARRAY_SIZE(known); k++) {
			if (!is_called(&s->places[i], &known[k]) || (known[k].kind == OUTSIDE_PROCESS && is_server(s)))
				continue;
			*ret = (struct outside_wait){ known[k].kind, known[k].what, s->places[i].function, i, 90 };
			return true;
		}
	return false;
}

/* --- descriptors of Linux ------------------------------------------------------------------- */

static enum outside kind_of(const struct wait_graph *g, size_t thread, const struct dump_handle *h)
{
	const char *detail = h->detail ? h->detail : "";

	/* the process has the other end itself: nobody else needs to act */
	if (g->nodes[thread].next && g->nodes[g->nodes[thread].next->to].is_inside)
		return OUTSIDE_NONE;
	if (descriptor_is_pipe(h))
		return OUTSIDE_PROCESS;
	if (str_starts(h->name, "/dev/pts/") || str_starts(h->name, "/dev/tty"))
		return OUTSIDE_USER;
	if (strcmp(h->type, "socket") != 0)
		return OUTSIDE_NONE;
	if (str_starts(detail, "unix") || str_starts(detail, "tcp 127.") || str_starts(detail, "tcp6 [::1]"))
		return OUTSIDE_PROCESS;
	return OUTSIDE_NETWORK;
}

static const char *descriptor_text(struct pattern_run *run, const struct dump_handle *h, uint64_t fd)
{
	if (!h)
		return run_text(run, "descriptor %" PRIu64, fd);
	return run_text(run, "%s (descriptor %" PRIu64 ")", h->detail && *h->detail ? h->detail : h->name, fd);
}

static bool by_call(struct pattern_run *run, const struct wait_graph *g, size_t thread, struct outside_wait *ret)
{
	const struct dump_handle *h;
	struct linux_syscall s = { 0 };
	bool certain = false;

	if (err_ignore(linux_syscall_of(run->target, g->nodes[thread].thread, &s, &certain)) || !certain)
		return false;
	*ret = (struct outside_wait){ .function = "", .sure = 95 };
	h = s.call == CALL_CHILD ? NULL : descriptor_of(run->target, s.args[0]);
	switch (s.call) {
	case CALL_CHILD:
		ret->kind = OUTSIDE_CHILD;
		ret->what = "its end";
		return true;
	case CALL_FLOCK:
	case CALL_LOCK:
		ret->kind = OUTSIDE_FILE_LOCK;
		ret->holder = h ? h->locked_by : 0;
		break;
	case CALL_CONNECT: ret->kind = h ? kind_of(g, thread, h) : OUTSIDE_NETWORK; break;
	case CALL_READ:
	case CALL_WRITE: ret->kind = h ? kind_of(g, thread, h) : OUTSIDE_NONE; break;
	case CALL_ACCEPT:
	case CALL_FUTEX:
	case CALL_SLEEP:
	case CALL_POLL:
	case CALL_SIGNAL:
	case CALL_OTHER: break;
	}
	ret->what = descriptor_text(run, h, s.args[0]);
	return ret->kind != OUTSIDE_NONE;
}

/* --- handles of Windows ---------------------------------------------------------------------- */

static bool name_is_below(const char *name, const char *device)
{
	return strncasecmp(name, device, strlen(device)) == 0;
}

/* The object manager's names of devices, as handle data has them. */
static enum outside kind_of_file(const struct dump_handle *h, const struct dump_handle *all, size_t n)
{
	size_t ends = 0;

	if (name_is_below(h->name, "\\Device\\Afd"))
		return OUTSIDE_NETWORK;
	if (name_is_below(h->name, "\\Device\\ConDrv"))
		return OUTSIDE_USER;
	if (!name_is_below(h->name, "\\Device\\NamedPipe\\") && !name_is_below(h->name, "\\??\\pipe\\"))
		return OUTSIDE_NONE;
	/* both ends have the pipe's name: who has two handles may have the other end */
	for (size_t i = 0; i < n; i++)
		ends += strcmp(all[i].name, h->name) == 0;
	return ends > 1 ? OUTSIDE_NONE : OUTSIDE_PROCESS;
}

static enum outside kind_of_object(struct pattern_run *run, const struct dump_handle *h, const struct dump_handle *all, size_t n)
{
	struct handle_object x;

	if (strcasecmp(h->type, "File") == 0)
		return kind_of_file(h, all, n);
	if (strcasecmp(h->type, "Process") != 0)
		return OUTSIDE_NONE;
	handle_object_read(target_dump(run->target), h, target_facts(run->target)->pointer_size, &x);
	if (!(x.has & OBJECT_PROCESS) || x.pid == target_pid(run->target) || x.exit_status != OBJECT_STILL_ACTIVE)
		return OUTSIDE_NONE;
	return x.parent && x.parent == target_pid(run->target) ? OUTSIDE_CHILD : OUTSIDE_PROCESS;
}

/* What the graph has found that the thread waits for. */
static bool by_object(struct pattern_run *run, const struct wait_graph *g, size_t thread, struct outside_wait *ret)
{
	const struct wait_edge *e = g->nodes[thread].next;
	const struct wait_node *n = e && !e->owned ? &g->nodes[e->to] : NULL;
	const struct dump_handle *all = NULL;
	size_t n_all = 0;

	if (!n || !n->is_handle || err_ignore(dump_handles(target_dump(run->target), &all, &n_all)))
		return false;
	for (size_t i = 0; i < n_all; i++) {
		enum outside kind = all[i].handle == n->address ? kind_of_object(run, &all[i], all, n_all) : OUTSIDE_NONE;

		if (kind == OUTSIDE_NONE)
			continue;
		*ret = (struct outside_wait){ kind, waits_node_text(run, n), "", 0, e->sure < 90 ? e->sure : 90 };
		return true;
	}
	return false;
}

/* What is sent tells a client of a port from its server: os/windows/wait.h. */
static bool waits_for_requests(struct pattern_run *run, struct thread *th, const struct outside_wait *w)
{
	struct windows_wait wait;

	if (!strstr(w->function, "AlpcSendWaitReceivePort"))
		return false;
	windows_wait_of(run->target, th, HALF_NATIVE, run->arena, &wait);
	return wait.kind == WINDOWS_WAIT_PORT && wait.which_known && !wait.all;
}

static bool windows_outside(struct pattern_run *run, const struct wait_graph *g, size_t thread, bool by_name,
			    struct outside_wait *ret)
{
	struct outside_wait o;
	bool found = by_object(run, g, thread, &o);

	if (by_name && waits_for_requests(run, g->nodes[thread].thread, ret))
		return false;
	if (by_name && found && o.kind == ret->kind)
		ret->what = run_text(run, "%s, %s", ret->what, o.what);
	else if (!by_name && found)
		*ret = o;
	return by_name || found;
}

/* --- waits --------------------------------------------------------------------------------------- */

bool outside_of(struct pattern_run *run, const struct wait_graph *g, const struct stacks *s, size_t thread,
		struct outside_wait *ret)
{
	const struct wait_node *n = &g->nodes[thread];
	struct outside_wait w = { 0 };
	bool by_name;

	if (!n->thread || n->activity == ACTIVITY_RUNS || n->in_ring)
		return false;
	by_name = by_function(&s->v[thread], &w);
	if (target_is_windows(run->target) ? !windows_outside(run, g, thread, by_name, &w)
					   : !by_name && !by_call(run, g, thread, &w))
		return false;
	*ret = w;
	return true;
}

size_t outside_behind(const struct wait_graph *g, size_t thread)
{
	const struct wait_edge *e = g->nodes[thread].next;

	/* what it waits for itself is the outside only when nobody in here owns it */
	return e && g->nodes[e->to].next ? 0 : g->nodes[thread].behind;
}

/* One or two may queue for a moment in any program. */
static enum severity severity_of(struct pattern_run *run, size_t behind)
{
	if (behind >= run_threshold(run, "outside.problem"))
		return SEVERITY_PROBLEM;
	return behind >= run_threshold(run, "outside.waiters") ? SEVERITY_WARNING : SEVERITY_NOTE;
}

static const char *holder_text(struct pattern_run *run, const struct outside_wait *w)
{
	if (!w->holder)
		return "";
	if (w->holder == target_pid(run->target))
		return ", which this process has itself";
	return run_text(run, ", which process %" PRIu32 " has", w->holder);
}

static void tell(struct pattern_run *run, const struct wait_graph *g, size_t i, const struct outside_wait *w,
		 const char *title, const char *does)
{
	const struct wait_node *n = &g->nodes[i];
	size_t behind = outside_behind(g, i);
	struct finding *f;

	f = finding_add(run, severity_of(run, behind), w->sure, "%s: %s %s: %s%s; %zu thread%s for it.", title,
			run_thread_text(run, n->thread), does, w->what, holder_text(run, w), behind, behind == 1 ? " waits" : "s wait");
	finding_thread(run, f, n->thread);
	evidence_stack(run, f, n->thread, "%s %s: %s; known by %s%s", run_thread_text(run, n->thread), does, w->what,
		       *w->function ? w->function : target_is_windows(run->target) ? "the handle that it waits for" : "its system call", *w->function ? " on its stack" : "");
	if (w->holder)
		evidence_other(run, f, &(struct evidence){ .has_value = true, .value = w->holder, .command = "!handle" },
			       "process that has the lock on the file");
	for (size_t k = g->n_threads; k < g->n; k++)
		if (g->nodes[k].kind == WAIT_LOCK && g->nodes[k].next && g->nodes[k].next->to == i && g->nodes[k].waiters)
			waits_show_owner(run, f, g, k);
	waits_add_followers(run, f, g, n->root);
}

struct err *outside_match(struct pattern_run *run, enum outside kind, const char *title, const char *does)
{
	const struct wait_graph *g = NULL;
	const struct stacks *s = NULL;
	struct outside_wait w;

	TRY(facts_wait_graph(run->facts, &g));
	TRY(facts_stacks(run->facts, &s));
	for (size_t i = 0; i < g->n_threads && run->n_findings < MAX_TOLD; i++) {
		TRY(run_check(run));
		if (outside_behind(g, i) && outside_of(run, g, s, i, &w) && w.kind == kind)
			tell(run, g, i, &w, title, does);
	}
	return NULL;
}
