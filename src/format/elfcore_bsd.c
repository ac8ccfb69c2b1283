/* SPDX-License-Identifier: MIT */
/*
 * Cores of FreeBSD, NetBSD and OpenBSD: who, which signal, which threads,
 * where their registers lie. The registers are each system's struct reg;
 * machines whose order base/machine.h does not name keep CONTEXT_NONE: the
 * bytes can be read, and a comment says so.
 *
 * FreeBSD: owner "FreeBSD". prstatus {int version; L statussz, gregsetsz,
 * fpregsetsz; int osreldate, cursig, lwpid; registers} opens a thread.
 * NetBSD: "NetBSD-CORE" procinfo; "NetBSD-CORE@lwp" registers, whose type is
 * the machine's PT_GETREGS. OpenBSD: "OpenBSD" procinfo; "OpenBSD@tid".
 *
 * Sources: FreeBSD sys/procfs.h, sys/ptrace.h, sys/user.h, elf(5); NetBSD
 * sys/exec_elf.h, core(5); OpenBSD core(5), sys/exec_elf.h.
 */
#include "format/elfcore_impl.h"

#include <inttypes.h>

enum {
	FB_PRSTATUS = 1,
	FB_FPREGSET = 2,
	FB_PRPSINFO = 3,
	FB_THRMISC = 7,
	FB_VMMAP = 10,
	FB_OSREL = 14,
	FB_AUXV = 16,
	FB_LWPINFO = 17,
	FB_SEGBASES = 0x200,
	FB_XSTATE = 0x202,
	FB_ARM_TLS = 0x401,
	NB_PROCINFO = 1,
	NB_AUXV = 2,
	OB_PROCINFO = 10,
	OB_AUXV = 11,
	OB_REGS = 20,
	OB_FPREGS = 21,
};

/* Runs a reader over one note; what fails becomes a defect. */
typedef struct err *reader_fn(struct elfcore *c, struct cursor *cur, void *arg);

static bool read_note(struct elfcore *c, const struct elf_note *note, reader_fn *fn, void *arg)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor cur;
	struct err *e;

	if (!note)
		return false;
	e = elfcore_note_cursor(c, note, &view, &cur);
	if (!e)
		e = fn(c, &cur, arg);
	if (!e)
		return true;
	dump_add_defect(&c->d, e);
	return false;
}

static enum context_layout bsd_layout(const struct elfcore *c)
{
	bool freebsd = c->system == &elfcore_freebsd;

	if (c->system == &elfcore_openbsd)
		return CONTEXT_NONE;
	if (c->mach.machine == MACHINE_X64)
		return freebsd ? CONTEXT_FREEBSD_X64 : CONTEXT_NETBSD_X64;
	if (c->mach.machine == MACHINE_X86)
		return freebsd ? CONTEXT_FREEBSD_X86 : CONTEXT_NETBSD_X86;
	if (c->mach.machine == MACHINE_ARM64)
		return freebsd ? CONTEXT_FREEBSD_ARM64 : CONTEXT_NETBSD_ARM64;
	return CONTEXT_NONE;
}

static struct err *foreign_comment(struct elfcore *c, struct elf_annotations *a)
{
	return elfcore_annotate(c, a, "comment", "limits",
				"%s core: process, signal, threads, memory and %s are read; resource "
				"limits and open files are not",
				dump_os_name(c->d.facts.os),
				bsd_layout(c) == CONTEXT_NONE ? "register bytes without names"
							      : "registers");
}

/* ---- FreeBSD ---- */

static struct err *fb_psinfo(struct elfcore *c, struct cursor *cur, void *arg)
{
	struct dump_facts *f = &c->d.facts;
	const char *name, *args;

	(void)arg;
	cursor_skip(cur, 2 * c->word); /* version, size */
	name = elfcore_text(c, cur, 17);
	args = elfcore_text(c, cur, 81);
	if (!name || !args)
		return err_nomem();
	TRY(cursor_check(cur, "FreeBSD NT_PRPSINFO"));
	f->process_name = name;
	f->command_line = args;
	cursor_align(cur, 4);
	f->pid = cursor_u32(cur); /* since version 1 with this size only */
	if (cursor_ok(cur))
		f->has |= FACT_PID;
	return NULL;
}

/* 1300136: 13.0 */
static struct err *fb_osrel(struct elfcore *c, struct cursor *cur, void *arg)
{
	struct dump_facts *f = &c->d.facts;
	uint32_t v;

	(void)arg;
	cursor_skip(cur, 4); /* structure size */
	v = cursor_u32(cur);
	TRY(cursor_check(cur, "FreeBSD NT_PROCSTAT_OSREL"));
	f->os_major = v / 100000;
	f->os_minor = v / 1000 % 100;
	f->os_build = v;
	f->has |= FACT_OS_VERSION;
	f->os_text = arena_printf(&c->d.arena, "FreeBSD %u.%u", f->os_major, f->os_minor);
	return f->os_text ? NULL : err_nomem();
}

static struct err *fb_facts(struct elfcore *c)
{
	read_note(c, elfcore_find(c, OWNER_FREEBSD, FB_PRPSINFO), fb_psinfo, NULL);
	read_note(c, elfcore_find(c, OWNER_FREEBSD, FB_OSREL), fb_osrel, NULL);
	return NULL;
}

static struct err *fb_prstatus(struct elfcore *c, const struct elf_note *note,
			       struct elf_threads *t)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct dump_thread *thread;
	uint64_t regs, left;
	uint32_t cursig, tid;
	struct cursor cur;

	TRY(elfcore_note_cursor(c, note, &view, &cur));
	cursor_skip(&cur, 2 * c->word); /* version, statussz */
	regs = elfcore_word(c, &cur);
	cursor_skip(&cur, c->word + 4); /* fpregsetsz, osreldate */
	cursig = cursor_u32(&cur);
	tid = cursor_u32(&cur);
	cursor_align(&cur, c->word);
	thread = cursor_ok(&cur) ? elfcore_thread_add(t, tid) : NULL;
	if (!thread) {
		elfcore_thread_bad(t, note);
		return NULL;
	}
	left = cursor_left(&cur);
	thread->has = THREAD_HAS_SIGNAL;
	thread->cursig = cursig;
	thread->layout = bsd_layout(c);
	thread->context = (struct dump_piece){ note->desc + cur.pos, regs < left ? regs : left };
	return NULL;
}

static struct err *fb_name(struct elfcore *c, struct cursor *cur, void *arg)
{
	struct dump_thread *t = arg;
	const char *name = elfcore_text(c, cur, 20);

	if (!name)
		return err_nomem();
	t->name = name;
	return cursor_check(cur, "FreeBSD NT_THRMISC");
}

/* The note's size word, then struct ptrace_lwpinfo: siginfo behind three ints
 * and two signal sets, at its alignment. */
static void fb_attach(struct elfcore *c, struct dump_thread *t, const struct elf_note *note)
{
	struct dump_piece piece = elfcore_piece(note);
	uint64_t siginfo = c->is64 ? 4 + 48 : 4 + 44;

	if (note->type == FB_FPREGSET)
		t->fpregs = piece;
	else if (note->type == FB_XSTATE)
		t->xstate = piece;
	else if (note->type == FB_ARM_TLS || note->type == FB_SEGBASES)
		t->tls = piece;
	else if (note->type == FB_THRMISC)
		read_note(c, note, fb_name, t);
	else if (note->type == FB_LWPINFO && piece.size > siginfo)
		t->siginfo = (struct dump_piece){ piece.offset + siginfo, piece.size - siginfo };
}

static struct err *fb_threads(struct elfcore *c, struct dump_thread **ret, size_t *ret_n)
{
	struct elf_threads t = { 0 };

	TRY(elfcore_threads_begin(c, &t, OWNER_FREEBSD, FB_PRSTATUS));
	for (size_t i = 0; i < c->notes.n; i++) {
		const struct elf_note *note = &c->notes.v[i];

		if (note->owner != OWNER_FREEBSD)
			continue;
		if (note->type == FB_PRSTATUS)
			TRY(fb_prstatus(c, note, &t));
		else if (t.open)
			fb_attach(c, &t.v[t.n - 1], note);
	}
	return elfcore_threads_end(c, &t, ret, ret_n);
}

/* si_signo, si_errno, si_code, pid, uid, status, then si_addr */
static struct err *fb_siginfo(struct elfcore *c, struct cursor *cur, void *arg)
{
	struct dump_exception *e = arg;
	uint32_t signo = cursor_u32(cur), number = cursor_u32(cur);
	int32_t code = cursor_s32(cur);
	uint64_t address;

	cursor_skip(cur, 12);
	address = elfcore_word(c, cur);
	TRY(cursor_check(cur, "FreeBSD siginfo"));
	if (signo != e->code)
		return NULL;
	e->flags = number;
	e->parameters[0] = (uint64_t)(int64_t)code;
	e->parameters[1] = e->address = address;
	e->n_parameters = 2;
	return NULL;
}

/* Every PRSTATUS has the process's signal; the first thread is the one. */
static struct err *fb_exception(struct elfcore *c, struct dump_exception **ret)
{
	const struct dump_thread *v;
	struct dump_exception *e;
	size_t n;

	TRY(dump_threads(&c->d, &v, &n));
	if (!n || !v[0].cursig)
		return NULL;
	e = ARENA_NEW(&c->d.arena, struct dump_exception);
	if (!e)
		return err_nomem();
	e->tid = v[0].tid;
	e->code = v[0].cursig;
	e->layout = v[0].layout;
	e->context = v[0].context;
	e->xstate = v[0].xstate;
	if (v[0].siginfo.size) {
		struct elf_note part = { .desc = v[0].siginfo.offset,
					 .size = (uint32_t)v[0].siginfo.size };
		read_note(c, &part, fb_siginfo, e);
	}
	*ret = e;
	return NULL;
}

static struct err *fb_auxv(struct elfcore *c, struct dump_auxv **ret, size_t *ret_n)
{
	const struct elf_note *note = elfcore_find(c, OWNER_FREEBSD, FB_AUXV);

	return note ? elfcore_auxv_note(c, note, 4, ret, ret_n) : NULL;
}

struct mappings {
	VEC(struct dump_file_mapping) v;
};

/* One struct kinfo_vmentry; its first field is how much of it was written. */
static struct err *fb_vmentry(struct elfcore *c, struct cursor *entry, struct mappings *m)
{
	struct dump_file_mapping one = { 0 };
	const char *path;

	cursor_skip(entry, 8); /* size, type */
	one.start = cursor_u64(entry);
	one.end = cursor_u64(entry);
	one.file_offset = cursor_u64(entry);
	cursor_seek(entry, 136);
	path = (const char *)entry->data + entry->pos;
	if (!cursor_ok(entry) || !cursor_left(entry) || !*path)
		return NULL;
	one.path = elfcore_text_bytes(c, path, cursor_left(entry));
	return one.path && vec_push(&m->v, one) ? NULL : err_nomem();
}

static struct err *fb_vmmap(struct elfcore *c, struct cursor *cur, void *arg)
{
	cursor_skip(cur, 4); /* sizeof(struct kinfo_vmentry) */
	while (cursor_ok(cur) && cursor_left(cur) >= 4) {
		struct cursor head = *cur, entry;
		uint32_t size = cursor_u32(&head);

		if (size < 4)
			return size ? cursor_corrupt(cur, "kinfo_vmentry of %" PRIu32 " bytes", size)
				    : NULL;
		entry = cursor_take(cur, size);
		TRY(cursor_check(&entry, "kinfo_vmentry"));
		TRY(fb_vmentry(c, &entry, arg));
	}
	return cursor_check(cur, "FreeBSD NT_PROCSTAT_VMMAP");
}

static struct err *fb_mappings(struct elfcore *c, struct dump_file_mapping **ret, size_t *ret_n)
{
	struct mappings m = { 0 };

	read_note(c, elfcore_find(c, OWNER_FREEBSD, FB_VMMAP), fb_vmmap, &m);
	if (m.v.n) {
		struct dump_file_mapping *v =
			arena_memdup(&c->d.arena, m.v.v, m.v.n * sizeof(*m.v.v));
		if (v) {
			*ret = v;
			*ret_n = m.v.n;
		}
	}
	vec_deinit(&m.v);
	return NULL;
}

const struct elf_system elfcore_freebsd = {
	.os = OS_FREEBSD,
	.facts = fb_facts,
	.threads = fb_threads,
	.exception = fb_exception,
	.auxv = fb_auxv,
	.mappings = fb_mappings,
	.annotations = foreign_comment,
};

/* ---- NetBSD and OpenBSD: one procinfo, registers named by thread ---- */

struct procinfo {
	uint32_t signo, code, pid, ppid, siglwp;
	uint32_t words; /* of each of the four signal sets */
	const char *name;
};

static struct err *read_procinfo(struct elfcore *c, struct cursor *cur, void *arg)
{
	struct procinfo *p = arg;

	cursor_skip(cur, 8); /* version, size */
	p->signo = cursor_u32(cur);
	p->code = cursor_u32(cur);
	cursor_skip(cur, (uint64_t)4 * 4 * p->words);
	p->pid = cursor_u32(cur);
	p->ppid = cursor_u32(cur);
	cursor_skip(cur, 2 * 4 + 6 * 4); /* pgrp, sid; six user and group numbers */
	if (c->system == &elfcore_netbsd)
		cursor_skip(cur, 4); /* number of threads */
	p->name = elfcore_text(c, cur, 32);
	if (!p->name)
		return err_nomem();
	TRY(cursor_check(cur, "procinfo note"));
	if (c->system == &elfcore_netbsd && cursor_left(cur) >= 4)
		p->siglwp = cursor_u32(cur);
	return NULL;
}

static bool procinfo(struct elfcore *c, struct procinfo *ret)
{
	bool netbsd = c->system == &elfcore_netbsd;
	const struct elf_note *note = netbsd ? elfcore_find(c, OWNER_NETBSD, NB_PROCINFO)
					     : elfcore_find(c, OWNER_OPENBSD, OB_PROCINFO);

	ret->words = netbsd ? 4 : 1;
	return read_note(c, note, read_procinfo, ret);
}

static struct err *nb_facts(struct elfcore *c)
{
	struct dump_facts *f = &c->d.facts;
	struct procinfo p = { 0 };

	if (!procinfo(c, &p))
		return NULL;
	f->has |= FACT_PID | FACT_PPID;
	f->pid = p.pid;
	f->ppid = p.ppid;
	f->process_name = p.name;
	return NULL;
}

uint32_t elfcore_netbsd_regs(const struct elfcore *c)
{
	enum { PT_FIRSTMACH = 32 };

	switch (c->e_machine) {
	case 2: case 18: case 43: /* SPARC */
	case 41: case 0x9026: /* Alpha */
	case 183: /* aarch64 */
		return PT_FIRSTMACH;
	case 42: /* SuperH */
		return PT_FIRSTMACH + 3;
	default: /* after PT_STEP */
		return PT_FIRSTMACH + 1;
	}
}

/* Registers open a thread; what follows for the same thread is attached. */
static struct err *nb_threads(struct elfcore *c, struct dump_thread **ret, size_t *ret_n)
{
	bool netbsd = c->system == &elfcore_netbsd;
	enum elf_owner owner = netbsd ? OWNER_NETBSD : OWNER_OPENBSD;
	uint32_t regs = netbsd ? elfcore_netbsd_regs(c) : OB_REGS;
	uint32_t fpregs = netbsd ? regs + 2 : OB_FPREGS;
	struct elf_threads t = { 0 };

	TRY(elfcore_threads_begin(c, &t, owner, regs));
	for (size_t i = 0; i < c->notes.n; i++) {
		const struct elf_note *note = &c->notes.v[i];
		struct dump_thread *thread;

		if (note->owner != owner)
			continue;
		if (note->type == regs) {
			thread = elfcore_thread_add(&t, note->lwp);
			if (!thread)
				continue;
			thread->layout = bsd_layout(c);
			thread->context = elfcore_piece(note);
		} else if (note->type == fpregs && t.n && t.v[t.n - 1].tid == note->lwp) {
			t.v[t.n - 1].fpregs = elfcore_piece(note);
		}
	}
	return elfcore_threads_end(c, &t, ret, ret_n);
}

static struct err *nb_exception(struct elfcore *c, struct dump_exception **ret)
{
	const struct dump_thread *v;
	struct procinfo p = { 0 };
	struct dump_exception *e;
	size_t n, at = 0;

	TRY(dump_threads(&c->d, &v, &n));
	if (!procinfo(c, &p) || !p.signo)
		return NULL;
	e = ARENA_NEW(&c->d.arena, struct dump_exception);
	if (!e)
		return err_nomem();
	while (at < n && p.siglwp && v[at].tid != p.siglwp)
		at++;
	e->tid = p.siglwp ? p.siglwp : n ? v[0].tid : 0;
	e->code = p.signo;
	e->parameters[0] = (uint64_t)(int64_t)(int32_t)p.code;
	e->n_parameters = 1;
	if (at < n) {
		e->layout = v[at].layout;
		e->context = v[at].context;
	}
	*ret = e;
	return NULL;
}

static struct err *nb_auxv(struct elfcore *c, struct dump_auxv **ret, size_t *ret_n)
{
	const struct elf_note *note = elfcore_find(c, OWNER_NETBSD, NB_AUXV);

	return note ? elfcore_auxv_note(c, note, 0, ret, ret_n) : NULL;
}

static struct err *ob_auxv(struct elfcore *c, struct dump_auxv **ret, size_t *ret_n)
{
	const struct elf_note *note = elfcore_find(c, OWNER_OPENBSD, OB_AUXV);

	return note ? elfcore_auxv_note(c, note, 0, ret, ret_n) : NULL;
}

const struct elf_system elfcore_netbsd = {
	.os = OS_NETBSD,
	.facts = nb_facts,
	.threads = nb_threads,
	.exception = nb_exception,
	.auxv = nb_auxv,
	.annotations = foreign_comment,
};

const struct elf_system elfcore_openbsd = {
	.os = OS_OPENBSD,
	.facts = nb_facts,
	.threads = nb_threads,
	.exception = nb_exception,
	.auxv = ob_auxv,
	.annotations = foreign_comment,
};
