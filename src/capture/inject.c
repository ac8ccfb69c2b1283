/* SPDX-License-Identifier: MIT */
/*
 * Finding code and room in the target, and making a thread of it call; see
 * inject.h for the idea. Order matters in inject_call: at each step a thread
 * that is let go by our death ends where it was.
 *
 *	frames written	dead memory: nothing reads it
 *	registers set	the call and then rt_sigreturn lie ahead
 *	signals blocked	the frame's mask brings them back
 *	call made, stop
 *	mask, registers	as they were
 *	memory		as it was
 */
#include "capture/inject.h"
#include "capture/inject_frame.h"
#include "capture/phase.h"
#include "capture/remote.h"
#include "capture/seccomp.h"
#include "format/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

enum {
	SEARCH_LIMIT = 64 << 20, /* bytes of code looked at */
	SEARCH_STEP = 1 << 20,
	OVERLAP = 16,
	RED_ZONE = 128,
	STACK_MARGIN = 4096,	/* stays free below the frames: a guard page may follow */
	PAGE = 4096,
};

uint64_t inject_nr(const struct inject *in, enum inject_nr which)
{
	static const uint16_t numbers[][2] = {
		[NR_CLONE] = { 56, 120 },	[NR_EXIT_GROUP] = { 231, 252 }, [NR_WAIT4] = { 61, 114 },
		[NR_CLOSE_RANGE] = { 436, 436 }, [NR_USERFAULTFD] = { 323, 374 }, [NR_CLOSE] = { 3, 6 },
		[NR_PRCTL] = { 157, 172 },
	};

	return numbers[which][in->compat];
}

/* --- code that is there -------------------------------------------------------------------- */

struct pattern {
	const char *bytes;
	size_t size;
	unsigned skip;
};

static const struct pattern call64[] = { { "\x0f\x05\xc3", 3, 0 }, { 0 } };
static const struct pattern call32[] = { { "\xcd\x80\xc3", 3, 0 }, { "\xcd\x80\x5d\x5a\x59\xc3", 6, 3 }, { 0 } };
static const struct pattern return64[] = { { "\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05", 9, 0 },
					   { "\xb8\x0f\x00\x00\x00\x0f\x05", 7, 0 }, { 0 } };
static const struct pattern return32[] = { { "\xb8\xad\x00\x00\x00\xcd\x80", 7, 0 }, { 0 } };

static bool search(const struct pattern *p, const uint8_t *data, size_t size, uint64_t base, uint64_t *ret, unsigned *skip)
{
	for (; p->bytes && !*ret; p++) {
		const uint8_t *hit = memmem(data, size, p->bytes, p->size);

		if (hit) {
			*ret = base + (uint64_t)(hit - data);
			if (skip)
				*skip = p->skip;
		}
	}
	return *ret;
}

static bool search_range(struct inject *in, uint8_t *buf, uint64_t at, uint64_t end, uint64_t *budget)
{
	while (at < end && *budget && !(in->syscall_at && in->sigreturn_at)) {
		size_t want = end - at < SEARCH_STEP ? (size_t)(end - at) : SEARCH_STEP;
		size_t got = remote_read(in->pid, at, buf, want);

		if (got < OVERLAP)
			break;
		(void)search(in->compat ? call32 : call64, buf, got, at, &in->syscall_at, &in->skip);
		(void)search(in->compat ? return32 : return64, buf, got, at, &in->sigreturn_at, NULL);
		*budget -= got < *budget ? got : *budget;
		at += got == want && at + want < end ? got - OVERLAP : got;
	}
	return in->syscall_at && in->sigreturn_at;
}

static bool is_vdso(const struct vma *v)
{
	return strcmp(v->path, "[vdso]") == 0;
}

/* The vDSO first: on i386 it has all that is needed. */
static void find_code(struct inject *in, const struct vma_list *vmas, uint8_t *buf)
{
	uint64_t budget = SEARCH_LIMIT;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < vmas->vmas.n; i++) {
			const struct vma *v = &vmas->vmas.v[i];

			if (v->prot & DUMP_PROT_X && v->prot & DUMP_PROT_R && is_vdso(v) == !pass &&
			    search_range(in, buf, v->start, v->end, &budget))
				return;
		}
}

/* --- the unused end of the vDSO --------------------------------------------------------------- */

static void find_cave(struct inject *in, const struct vma_list *vmas)
{
	uint8_t page[2 * PAGE];

	for (size_t i = 0; i < vmas->vmas.n; i++) {
		const struct vma *v = &vmas->vmas.v[i];
		size_t size = v->end - v->start, used;

		if (!is_vdso(v) || !(v->prot & DUMP_PROT_X) || size > sizeof(page) ||
		    remote_read(in->pid, v->start, page, size) != size)
			continue;
		for (used = size; used && !page[used - 1]; used--)
			;
		used = (used + 15 + 64) & ~(size_t)15; /* zero bytes may belong to what is there */
		if (used < size) {
			in->cave = v->start + used;
			in->cave_size = size - used;
		}
	}
}

static size_t cave_code(const struct inject *in, uint8_t buf[32])
{
	memset(buf, 0xcc, 32);
	if (in->compat)
		memcpy(buf, "\xcd\x80\xc3", 3), memcpy(buf + 16, "\xb8\xad\x00\x00\x00\xcd\x80", 7);
	else
		memcpy(buf, "\x0f\x05\xc3", 3), memcpy(buf + 16, "\xb8\x0f\x00\x00\x00\x0f\x05", 7);
	return 32;
}

static struct err *use_cave(struct inject *in)
{
	if (in->cave_size < 32 + sizeof(uint64_t) * 64)
		return err_new(ERR_UNSUPPORTED, "process %d: no system call instruction to borrow, and no room in its vDSO",
			       (int)in->pid);
	in->cave_code = true;
	in->syscall_at = in->cave;
	in->skip = 0;
	in->sigreturn_at = in->cave + 16;
	return NULL;
}

struct err *inject_prepare(pid_t pid, bool compat, const struct vma_list *vmas, struct inject *ret)
{
	CLEANUP(freep) uint8_t *buf = malloc(SEARCH_STEP);

	*ret = (struct inject){ .pid = pid, .compat = compat };
	if (!buf)
		return err_nomem();
	find_code(ret, vmas, buf);
	find_cave(ret, vmas);
	return ret->syscall_at && ret->sigreturn_at ? NULL : use_cave(ret);
}

static bool still_there(const struct inject *in, const struct pattern *p, uint64_t at)
{
	char bytes[OVERLAP];
	size_t got = remote_read(in->pid, at, bytes, sizeof(bytes));

	for (; p->bytes; p++)
		if (got >= p->size && memcmp(bytes, p->bytes, p->size) == 0)
			return true;
	return false;
}

bool inject_holds(const struct inject *in)
{
	char byte;

	if (in->cave_code) /* written anew each time: it only has to be the same page, which is the kernel's */
		return remote_read(in->pid, in->cave, &byte, 1) == 1;
	return still_there(in, in->compat ? call32 : call64, in->syscall_at) &&
	       still_there(in, in->compat ? return32 : return64, in->sigreturn_at);
}

/* --- room for frames ----------------------------------------------------------------------------- */

static size_t frames_size(const struct inject *in, const struct task *task)
{
	return frame_size(in, task) + frame_size(in, NULL) + 128;
}

/*
 * A stack is trusted when it is the one the thread was made with: the initial
 * stack, or a mapping that also holds its thread control block, as the C
 * libraries lay threads out. Stacks of coroutines may have live data below.
 */
static uint64_t room_on_stack(const struct inject *in, const struct vma_list *vmas, const struct task *task)
{
	const struct user_regs_struct *r = &task->regs;
	const struct vma *v = vma_find(vmas, r->rsp);
	uint64_t need = RED_ZONE + frames_size(in, task) + STACK_MARGIN;
	bool own;

	if (!v || (v->prot & (DUMP_PROT_R | DUMP_PROT_W)) != (DUMP_PROT_R | DUMP_PROT_W) || v->flags & VMA_SHARED)
		return 0;
	own = strcmp(v->path, "[stack]") == 0 ||
	      (task_tls(task) > r->rsp && task_tls(task) < v->end);
	if (!own || r->rsp - v->start < need)
		return 0;
	return (r->rsp - RED_ZONE - frames_size(in, task)) & ~(uint64_t)63;
}

static uint64_t room_in_cave(const struct inject *in, const struct task *task)
{
	uint64_t at = (in->cave + (in->cave_code ? 32 : 0) + 63) & ~(uint64_t)63;

	return in->cave && at + frames_size(in, task) <= in->cave + in->cave_size ? at : 0;
}

static uint64_t room(const struct inject *in, const struct vma_list *vmas, const struct task *task)
{
	uint64_t at = frames_size(in, task) <= INJECT_BLOCK ? room_on_stack(in, vmas, task) : 0;

	return at ? at : room_in_cave(in, task);
}

/* Between the first instruction and the commit of a restartable sequence: uapi <linux/rseq.h>. */
static bool in_rseq(const struct inject *in, const struct task *task)
{
	struct {
		uint32_t version, flags;
		uint64_t start, length, abort;
	} cs;
	uint64_t ip = task->regs.rip, at = 0, rseq = task_rseq(task->tid);

	if (!rseq || remote_read(in->pid, rseq + 8, &at, 8) != 8 || !at)
		return false;
	return remote_read(in->pid, at, &cs, sizeof(cs)) != sizeof(cs) || ip - cs.start < cs.length;
}

int inject_suits(const struct inject *in, const struct vma_list *vmas, const struct task *task)
{
	const struct user_regs_struct *r = &task->regs;
	bool in_call = (int64_t)r->orig_rax >= 0 && !(in->compat && (int32_t)r->orig_rax < 0);
	int32_t code = (int32_t)r->rax;
	int rank = 1;

	if (task->state != TASK_STOPPED || !task->captured || task->compat != in->compat || !room(in, vmas, task))
		return 0;
	if (in_rseq(in, task))
		return 0;
	if (task_has_shadow_stack(task->tid)) /* refused by inject_call, with a reason: unless others serve */
		return rank;
	if (room_on_stack(in, vmas, task))
		rank += 4;
	if (in_call)
		rank += code == -516 ? 1 : 3; /* a restart block is lost only if we die: still the last choice */
	else
		rank += 2;
	return rank + (task->tid != in->pid);
}

/* --- the call -------------------------------------------------------------------------------------- */

static void set_call_regs(const struct inject *in, struct user_regs_struct *r, const struct inject_call *call, uint64_t sp)
{
	r->rip = in->syscall_at;
	r->rsp = sp;
	r->rax = call->nr;
	r->orig_rax = (uint64_t)-1;
	r->eflags &= ~(uint64_t)0x10d00; /* no single step, direction or resume flag left over */
	r->eflags |= 0x200;
	if (in->compat) {
		r->rbx = call->args[0], r->rcx = call->args[1], r->rdx = call->args[2];
		r->rsi = call->args[3], r->rdi = call->args[4], r->rbp = call->args[5];
	} else {
		r->rdi = call->args[0], r->rsi = call->args[1], r->rdx = call->args[2];
		r->r10 = call->args[3], r->r8 = call->args[4], r->r9 = call->args[5];
	}
}

/* The clone's own frame: it exits if nobody holds it. */
static uint64_t clone_frame(const struct inject *in, const struct task *task, uint8_t *buf, uint64_t at)
{
	struct frame_wish wish = { .sigmask = ~(uint64_t)0 };
	struct inject_call quit = { .nr = inject_nr(in, NR_EXIT_GROUP) };

	wish.regs = task->regs;
	set_call_regs(in, &wish.regs, &quit, at);
	return frame_write(in, buf, at, &wish);
}

/* Overlays [at, at + size) of the target; what was there is kept. */
static bool lay_frames(struct inject *in, const struct task *task, struct inject_call *call, uint64_t at, size_t size,
		       uint64_t *ret_sp)
{
	uint64_t code = in->cave_code ? in->cave : at, first = code < at ? code : at;
	uint64_t second = at + frame_size(in, task);
	struct frame_wish wish = { .sigmask = task->sigmask, .fp = task };

	in->saved_at = first;
	in->saved_size = (size_t)(at - first) + size;
	if (in->saved_size > INJECT_BLOCK || remote_read(in->pid, first, in->saved, in->saved_size) != in->saved_size)
		return false;
	memcpy(in->block, in->saved, in->saved_size);
	if (in->cave_code)
		(void)cave_code(in, in->block + (code - first));
	frame_restarted(in, &task->regs, &wish.regs);
	*ret_sp = frame_write(in, in->block + (at - first), at, &wish);
	if (call->is_clone)
		call->args[1] = clone_frame(in, task, in->block + (second - first), second);
	return remote_write(in->pid, first, in->block, in->saved_size, true);
}

static bool set_mask(pid_t tid, uint64_t mask)
{
	return ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof(mask), &mask) == 0;
}

/* Goes on to the return of the call. False: the thread is lost. */
static bool await_return(pid_t tid, struct inject_call *call)
{
	bool inside = false;
	long pass = 0;
	int status;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, tid, NULL, (void *)pass) < 0 || !task_wait(tid, TASK_FOREVER, &status) ||
		    !WIFSTOPPED(status))
			return false;
		pass = 0;
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_CLONE << 8)) {
			unsigned long child = 0;

			(void)ptrace(PTRACE_GETEVENTMSG, tid, NULL, &child);
			call->child = (pid_t)child;
			phase("cloned");
		} else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (inside)
				return true;
			inside = true;
			phase("call entered");
		} else if (!(status >> 16)) {
			pass = WSTOPSIG(status); /* SIGSTOP and SIGKILL are not to be blocked */
		}
	}
}

/* Back to the very state of the stop: registers in a stop where the kernel looks at ERESTART codes again. */
static bool put_back(const struct task *task)
{
	long pass = 0;
	int status;

	(void)ptrace(PTRACE_SETOPTIONS, task->tid, NULL, (void *)PTRACE_O_TRACESYSGOOD);
	if (!set_mask(task->tid, task->sigmask) || !task_set_regs(task->tid, &task->regs) ||
	    ptrace(PTRACE_INTERRUPT, task->tid, NULL, NULL) < 0)
		return false;
	phase("registers back");
	for (;;) {
		if (ptrace(PTRACE_CONT, task->tid, NULL, (void *)pass) < 0 ||
		    !task_wait(task->tid, TASK_FOREVER, &status) || !WIFSTOPPED(status))
			return false;
		if (status >> 16 == PTRACE_EVENT_STOP)
			return true;
		pass = status >> 16 ? 0 : WSTOPSIG(status);
	}
}

static bool perform(struct inject *in, struct task *task, struct inject_call *call, uint64_t sp)
{
	long options = PTRACE_O_TRACESYSGOOD | (call->is_clone ? PTRACE_O_TRACECLONE : 0);
	struct user_regs_struct regs;

	/* Seccomp filters stand aside for the call, if we are privileged enough to ask for that. */
	if (ptrace(PTRACE_SETOPTIONS, task->tid, NULL, (void *)(options | PTRACE_O_SUSPEND_SECCOMP)) < 0)
		(void)ptrace(PTRACE_SETOPTIONS, task->tid, NULL, (void *)options);
	regs = task->regs;
	set_call_regs(in, &regs, call, sp);
	if (!task_set_regs(task->tid, &regs))
		return false;
	phase("registers set");
	if (!set_mask(task->tid, ~(uint64_t)0) || !await_return(task->tid, call) || !task_get_regs(task->tid, &regs))
		return false;
	call->result = in->compat ? (int32_t)regs.rax : (int64_t)regs.rax;
	return put_back(task);
}

/* Before anything is touched. */
static struct err *may_call(const struct inject *in, const struct task *task)
{
	if (task_has_shadow_stack(task->tid))
		return err_new(ERR_UNSUPPORTED, "process %d has shadow stacks (CET): a thread that calls for us would be killed "
			       "if we died meanwhile", (int)in->pid);
	if (!seccomp_stands_aside(task->tid))
		return err_new(ERR_UNSUPPORTED, "process %d has a seccomp filter that may kill it for calls it makes for us; "
			       "only root can suspend it", (int)in->pid);
	return NULL;
}

struct err *inject_call(struct inject *in, const struct vma_list *vmas, struct task *task, struct inject_call *call)
{
	uint64_t at = room(in, vmas, task), sp;

	call->child = 0;
	call->lost = false;
	if (at)
		TRY(may_call(in, task));
	if (!at || !lay_frames(in, task, call, at, frames_size(in, task), &sp)) {
		/* it may run on under our hand: with its filters */
		(void)ptrace(PTRACE_SETOPTIONS, task->tid, NULL, (void *)PTRACE_O_TRACESYSGOOD);
		return err_new(ERR_UNSUPPORTED, "thread %d: no room for a signal frame", (int)task->tid);
	}
	phase("frames laid");
	call->lost = !perform(in, task, call, sp);
	if (call->lost)
		task->state = TASK_GONE;
	(void)remote_write(in->pid, in->saved_at, in->saved, in->saved_size, true);
	phase("memory back");
	return call->lost ? err_new(ERR_NOTFOUND, "thread %d went away", (int)task->tid) : NULL;
}

/* --- the clone --------------------------------------------------------------------------------------- */

void inject_clean_clone(const struct inject *in, pid_t clone)
{
	if (in->saved_size)
		(void)remote_write(clone, in->saved_at, in->saved, in->saved_size, true);
}

struct err *inject_into_clone(const struct inject *in, pid_t clone, uint64_t nr, const uint64_t args[6], bool wait,
			      int64_t *ret_result)
{
	struct inject_call call = { .nr = nr };
	struct user_regs_struct regs;

	memcpy(call.args, args, sizeof(call.args));
	if (!task_get_regs(clone, &regs))
		return err_os(errno, "the clone is gone");
	set_call_regs(in, &regs, &call, regs.rsp);
	if (!task_set_regs(clone, &regs))
		return err_os(errno, "the clone is gone");
	if (!wait)
		return ptrace(PTRACE_SYSCALL, clone, NULL, NULL) < 0 ? err_os(errno, "the clone is gone") : NULL;
	if (!await_return(clone, &call) || !task_get_regs(clone, &regs))
		return err_os(ECHILD, "the clone is gone");
	*ret_result = in->compat ? (int32_t)regs.rax : (int64_t)regs.rax;
	return NULL;
}
