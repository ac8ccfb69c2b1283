/* SPDX-License-Identifier: MIT */
/* Snapshots by the public API: taking, walking, reading. */
#include "lib/lib_impl.h"

#include "capture/content.h"
#include "capture/engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert((int)OSM_INSTANTANEOUS == (int)CONSISTENCY_INSTANTANEOUS && (int)OSM_SMEARED == (int)CONSISTENCY_SMEARED,
	       "levels of consistency agree");
_Static_assert((int)OSM_READ == (int)DUMP_PROT_R && (int)OSM_WRITE == (int)DUMP_PROT_W &&
	       (int)OSM_EXECUTE == (int)DUMP_PROT_X, "protections agree");
_Static_assert((int)OSM_CONTENT_HEADER == (int)CONTENT_HEADER && (int)OSM_CONTENT_WHOLE == (int)CONTENT_WHOLE,
	       "contents agree");

/* Two helpers cannot trace one thread: snapshots of ourselves are taken one after the other. */
static pthread_mutex_t self_lock = PTHREAD_MUTEX_INITIALIZER;

struct err *no_snapshot(void)
{
	return err_new(ERR_USAGE, "no snapshot was given (NULL)");
}

/* --- taking ------------------------------------------------------------------------------------ */

enum { KNOWN_FLAGS = OSM_SNAPSHOT_FILTER | OSM_SNAPSHOT_ALL_MEMORY | OSM_SNAPSHOT_ENVIRONMENT };

static struct err *read_content(const struct osm_snapshot_options *o, struct content_choice *ret)
{
	*ret = (struct content_choice){ .filter = o->flags & OSM_SNAPSHOT_FILTER ? o->filter : UINT32_MAX };
	if (o->include)
		TRY(content_read_classes("include", o->include, &ret->include));
	if (o->exclude)
		TRY(content_read_classes("exclude", o->exclude, &ret->exclude));
	if (ret->include & ret->exclude)
		return err_new(ERR_USAGE, "osm_snapshot_options: a class is both included and excluded");
	if (o->flags & OSM_SNAPSHOT_ALL_MEMORY)
		ret->filter = FILTER_ALL;
	if (o->flags & OSM_SNAPSHOT_ALL_MEMORY && !(ret->exclude & (1u << CLASS_ALL | 1u << CLASS_DONTDUMP)))
		ret->include |= 1u << CLASS_DONTDUMP;
	return NULL;
}

struct err *snapshot_options_of(const struct osm_snapshot_options *from, struct snapshot_options *ret)
{
	struct osm_snapshot_options o = { 0 };

	if (from)
		TRY(take_in("osm_snapshot_options", from, &o, sizeof(o), sizeof(o)));
	if (o.flags & ~(uint32_t)KNOWN_FLAGS)
		return err_new(ERR_USAGE, "osm_snapshot_options: flags 0x%x: not all of them are known", (unsigned)o.flags);
	*ret = (struct snapshot_options){
		.engine = o.engine,
		.budget_ns = o.budget_ns,
		.environment = o.flags & OSM_SNAPSHOT_ENVIRONMENT,
		.folder = o.tmpdir,
	};
	return read_content(&o, &ret->content);
}

struct err *index_threads(struct osm_snapshot *s)
{
	const struct tasks *t = &s->s->tasks;

	s->threads = calloc(t->v.n + 1, sizeof(struct task *));
	if (!s->threads)
		return err_nomem();
	for (size_t i = 0; i < t->v.n; i++)
		if (t->v.v[i].captured)
			s->threads[s->n_threads++] = &t->v.v[i];
	return NULL;
}

static struct err *take_into(pid_t pid, const struct snapshot_options *options, struct osm_snapshot *s)
{
	struct err *e;

	if (options->self)
		(void)pthread_mutex_lock(&self_lock);
	e = snapshot_take(pid, options, &s->s);
	if (options->self)
		(void)pthread_mutex_unlock(&self_lock);
	return e ? e : index_threads(s);
}

static struct err *take(pid_t pid, const struct osm_snapshot_options *from, struct osm_snapshot **ret)
{
	struct snapshot_options options;
	struct osm_snapshot *s;
	struct err *e;

	if (!ret)
		return err_new(ERR_USAGE, "no place for the snapshot was given (NULL)");
	if (pid <= 0)
		return err_new(ERR_USAGE, "%d is no process", (int)pid);
	TRY(snapshot_options_of(from, &options));
	options.self = pid == getpid();
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_nomem();
	atomic_init(&s->refs, 1);
	e = take_into(pid, &options, s);
	if (e) {
		osm_snapshot_unref(s);
		return e;
	}
	*ret = s;
	return NULL;
}

struct osm_error *osm_snapshot_take(int pid, const struct osm_snapshot_options *options, struct osm_snapshot **ret)
{
	return pub(take(pid, options, ret));
}

struct osm_error *osm_snapshot_self(const struct osm_snapshot_options *options, struct osm_snapshot **ret)
{
	return pub(take(getpid(), options, ret));
}

void osm_snapshot_ref(struct osm_snapshot *s)
{
	if (s->set)
		osm_snapshot_set_ref(s->set);
	else
		atomic_fetch_add(&s->refs, 1);
}

void osm_snapshot_unref(struct osm_snapshot *s)
{
	if (s && s->set) {
		osm_snapshot_set_unref(s->set);
		return;
	}
	if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	snapshot_destroy(s->s);
	free(s->threads);
	free(s);
}

void osm_snapshot_free(struct osm_snapshot *s)
{
	if (s && !s->set)
		osm_snapshot_unref(s);
}

/* --- what was reached ---------------------------------------------------------------------------- */

struct osm_error *osm_snapshot_info(const struct osm_snapshot *s, struct osm_snapshot_info *ret)
{
	struct osm_snapshot_info info;
	const struct snapshot *n;

	if (!s)
		return pub(no_snapshot());
	n = s->s;
	info = (struct osm_snapshot_info){
		.pid = n->pid,
		.name = n->facts.stat.comm,
		.engine = n->engine->name,
		.engine_reason = n->why,
		.consistency = (enum osm_consistency)n->consistency,
		.consistency_reason = n->consistency_why,
		.time_ns = n->time,
		.pause_ns = n->stopped ? 0 : n->pause.total,
		.interrupt_ns = n->pause.interrupt,
		.registers_ns = n->pause.registers,
		.clone_ns = n->pause.clone,
		.copy_ns = n->pause.copy,
		.release_ns = n->pause.release,
		.threads = s->n_threads,
		.mappings = n->vmas.vmas.n,
		.pointer_size = n->compat ? 4 : 8,
		.stopped = n->stopped,
	};
	return pub(give_out("osm_snapshot_info", ret, &info, sizeof(info), sizeof(info)));
}

struct osm_error *osm_snapshot_check(const struct osm_snapshot *s)
{
	return pub(s ? snapshot_check(s->s) : no_snapshot());
}

/* --- threads ------------------------------------------------------------------------------------------ */

static struct osm_registers registers_of(const struct user_regs_struct *r)
{
	return (struct osm_registers){
		.rax = r->rax, .rbx = r->rbx, .rcx = r->rcx, .rdx = r->rdx,
		.rsi = r->rsi, .rdi = r->rdi, .rbp = r->rbp, .rsp = r->rsp,
		.r8 = r->r8, .r9 = r->r9, .r10 = r->r10, .r11 = r->r11,
		.r12 = r->r12, .r13 = r->r13, .r14 = r->r14, .r15 = r->r15,
		.rip = r->rip, .eflags = r->eflags, .orig_rax = r->orig_rax,
		.cs = r->cs, .ss = r->ss, .ds = r->ds, .es = r->es, .fs = r->fs, .gs = r->gs,
		.fs_base = r->fs_base, .gs_base = r->gs_base,
	};
}

static const struct proc_thread *seen_before(const struct snapshot *s, pid_t tid)
{
	static const struct proc_thread unknown = { .stat.state = '?', .wchan = "" };

	for (size_t i = 0; i < s->n_threads; i++)
		if (s->threads[i].stat.tid == tid)
			return &s->threads[i];
	return &unknown;
}

struct osm_error *osm_snapshot_thread(const struct osm_snapshot *s, size_t index, struct osm_snapshot_thread *ret)
{
	const struct proc_thread *before;
	struct osm_snapshot_thread out;
	const struct task *t;

	if (!s)
		return pub(no_snapshot());
	if (index >= s->n_threads)
		return pub(err_new(ERR_NOTFOUND, "no thread %zu: the snapshot has %zu", index, s->n_threads));
	t = s->threads[index];
	before = seen_before(s->s, t->tid);
	out = (struct osm_snapshot_thread){
		.tid = (uint32_t)t->tid,
		.name = before->stat.comm,
		.state = before->stat.state,
		.from = t->partial ? OSM_REGISTERS_SYSCALL : OSM_REGISTERS_ALL,
		.ip = t->regs.rip,
		.sp = t->regs.rsp,
		.tls = t->partial ? 0 : task_tls(t),
		.signal_mask = t->sigmask,
		.wait_channel = before->wchan,
		.registers = registers_of(&t->regs),
		.prstatus_registers = t->compat ? (const void *)t->regs32 : &t->regs,
		.prstatus_registers_size = t->compat ? sizeof(t->regs32) : sizeof(t->regs),
		.xsave = t->xstate_size ? t->xstate : NULL,
		.xsave_size = t->xstate_size,
	};
	return pub(give_out("osm_snapshot_thread", ret, &out, sizeof(out), sizeof(out)));
}

/* --- memory -------------------------------------------------------------------------------------------- */

/* Of a mapping only these can be; the others are of files. */
static enum osm_memory_class class_of(const struct snapshot *s, const struct vma *v)
{
	switch (snapshot_class(s, v)) {
	case RANGE_PAUSE:
		return OSM_MEMORY_PAUSE;
	case RANGE_LIVE:
		return OSM_MEMORY_LIVE;
	case RANGE_SNAPSHOT:
	case RANGE_UNREADABLE:
	case RANGE_LEFT_OUT:
	case RANGE_FILE:
	case RANGE_UNTOUCHED:
	case N_RANGE_CLASSES:
		break;
	}
	return OSM_MEMORY_SNAPSHOT;
}

static struct err *give_mapping(const struct snapshot *s, const struct vma *v, struct osm_mapping *ret)
{
	const char *why = "";
	struct osm_mapping out = {
		.start = v->start,
		.end = v->end,
		.protection = v->prot,
		.shared = v->flags & VMA_SHARED,
		.deleted = v->flags & VMA_DELETED,
		.path = v->path,
		.offset = v->offset,
		.inode = v->inode,
		.dev_major = v->dev_major,
		.dev_minor = v->dev_minor,
		.memory_class = class_of(s, v),
	};

	out.content = (enum osm_dump_content)content_of(v, &s->options.content, &why);
	out.left_out = out.content == OSM_CONTENT_NONE ? why : "";
	return give_out("osm_mapping", ret, &out, sizeof(out), sizeof(out));
}

struct osm_error *osm_snapshot_mapping(const struct osm_snapshot *s, size_t index, struct osm_mapping *ret)
{
	if (!s)
		return pub(no_snapshot());
	if (index >= s->s->vmas.vmas.n)
		return pub(err_new(ERR_NOTFOUND, "no mapping %zu: the snapshot has %zu", index, s->s->vmas.vmas.n));
	return pub(give_mapping(s->s, &s->s->vmas.vmas.v[index], ret));
}

struct osm_error *osm_snapshot_mapping_at(const struct osm_snapshot *s, uint64_t address, struct osm_mapping *ret)
{
	const struct vma *v;

	if (!s)
		return pub(no_snapshot());
	v = vma_find(&s->s->vmas, address);
	if (!v)
		return pub(err_new(ERR_NOTFOUND, "no mapping holds 0x%llx", (unsigned long long)address));
	return pub(give_mapping(s->s, v, ret));
}

/* Within the address space, and not round its end. */
size_t osm_snapshot_read(const struct osm_snapshot *s, uint64_t address, void *buf, size_t size)
{
	uint8_t *to = buf;
	size_t done = 0;

	if (size > UINT64_MAX - address)
		size = (size_t)(UINT64_MAX - address);
	while (s && done < size) {
		size_t n = snapshot_read(s->s, address + done, to + done, size - done);

		if (!n)
			break;
		done += n;
	}
	return done;
}
