/* SPDX-License-Identifier: MIT */
/*
 * Linux's notes: PRSTATUS (one per thread, it opens the thread; the register
 * notes behind it are that thread's), PRPSINFO, AUXV, FILE.
 *
 * struct elf_prstatus, with long L of 4 or 8 bytes: siginfo {int signo, code,
 * errno}, short cursig, L sigpend, L sighold, int pid, ppid, pgrp, sid, four
 * times {L sec, L usec}, registers, int fpvalid. x32 has the 32-bit head and
 * 64-bit registers.
 * struct elf_prpsinfo: char state, sname, zomb, nice; L flag; uid, gid (16 bit
 * on i386, ARM, x32 ...; told by the size 124 instead of 128); int pid, ppid,
 * pgrp, sid; char fname[16], psargs[80].
 *
 * Kernels write the faulting thread first, with PRPSINFO, SIGINFO, AUXV and
 * FILE behind its PRSTATUS. gdb writes PRPSINFO first and fills no times.
 * The times of the group leader are the whole process's.
 *
 * Sources: linux/elfcore.h, sys/procfs.h, core(5); sizes checked against
 * cores of nine architectures.
 */
#include "format/elfcore_impl.h"
#include "base/cancel.h"

#include <inttypes.h>

enum {
	NT_PRSTATUS = 1,
	NT_FPREGSET = 2,
	NT_PRPSINFO = 3,
	NT_AUXV = 6,
	NT_FILE = 0x46494c45,
	NT_SIGINFO = 0x53494749,
	NT_PRXFPREG = 0x46e62b7f,
	NT_386_TLS = 0x200,
	NT_X86_XSTATE = 0x202,
	NT_ARM_VFP = 0x400,
	NT_ARM_TLS = 0x401,
	NT_ARM_PAC_MASK = 0x406,
};

struct err *elfcore_threads_begin(struct elfcore *c, struct elf_threads *t, enum elf_owner owner,
				  uint32_t type)
{
	for (size_t i = 0; i < c->notes.n; i++)
		t->cap += c->notes.v[i].owner == owner && c->notes.v[i].type == type;
	t->v = ARENA_NEW_N(&c->d.arena, struct dump_thread, t->cap);
	return t->v || !t->cap ? NULL : err_nomem();
}

struct dump_thread *elfcore_thread_add(struct elf_threads *t, uint32_t tid)
{
	struct dump_thread *thread;

	if (t->n == t->cap)
		return NULL;
	thread = &t->v[t->n++];
	thread->tid = tid;
	thread->name = "";
	t->open = true;
	return thread;
}

void elfcore_thread_bad(struct elf_threads *t, const struct elf_note *note)
{
	if (!t->bad++)
		t->first_bad = note->desc;
	t->open = false;
}

struct err *elfcore_threads_end(struct elfcore *c, const struct elf_threads *t,
				struct dump_thread **ret, size_t *ret_n)
{
	if (t->bad)
		dump_add_defect(&c->d, err_new(ERR_CORRUPT,
					       "%s: %" PRIu64
					       " thread records are too short, the first at offset "
					       "0x%" PRIx64,
					       c->d.src->name, t->bad, t->first_bad));
	*ret = t->v;
	*ret_n = t->n;
	return NULL;
}

/* Seconds and microseconds to 100 ns; false when out of any sane range. */
static bool read_time(const struct elfcore *c, struct cursor *cur, uint64_t *ret)
{
	uint64_t sec = elfcore_word(c, cur), usec = elfcore_word(c, cur);

	*ret = sec * 10000000 + usec * 10;
	return sec < (UINT64_C(1) << 36) && usec < 1000000;
}

/* utime and stime; gdb leaves them zero without having asked. */
static void read_times(const struct elfcore *c, struct cursor *cur, struct dump_thread *t)
{
	uint64_t user = 0, kernel = 0;
	bool ok = read_time(c, cur, &user);

	/* Both are read, whatever the first says: the cursor must move on. */
	ok = read_time(c, cur, &kernel) && ok;
	if (!ok || (c->d.facts.flags & ELFCORE_KERNEL) ||
	    ((c->d.facts.flags & ELFCORE_GCORE_ORDER) && !user && !kernel))
		return;
	t->has |= THREAD_HAS_CPU_TIMES;
	t->user_time = user;
	t->kernel_time = kernel;
}

/* What follows the fixed head, up to the size that the machine's set has. */
static struct dump_piece registers(const struct elfcore *c, const struct elf_note *note,
				   uint64_t head)
{
	uint64_t left = note->size - head, want = c->mach.linux_regs;

	if (!want) /* unknown machine: all but fpvalid and its padding */
		want = left > c->word ? left - c->word : 0;
	return (struct dump_piece){ note->desc + head, want < left ? want : left };
}

static struct err *add_prstatus(struct elfcore *c, const struct elf_note *note,
				struct elf_threads *t)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct dump_thread one = { .layout = c->mach.linux_layout }, *thread;
	struct cursor cur;

	TRY(elfcore_note_cursor(c, note, &view, &cur));
	cursor_skip(&cur, 12); /* signo, code, errno: cursig says more */
	one.cursig = cursor_u16(&cur);
	cursor_skip(&cur, 2);
	one.sigpend = elfcore_word(c, &cur);
	one.sighold = elfcore_word(c, &cur);
	one.tid = cursor_u32(&cur);
	cursor_skip(&cur, 12); /* ppid, pgrp, sid */
	read_times(c, &cur, &one);
	cursor_skip(&cur, 4 * c->word); /* children's times */
	thread = cursor_ok(&cur) ? elfcore_thread_add(t, one.tid) : NULL;
	if (!thread) {
		elfcore_thread_bad(t, note);
		return NULL;
	}
	one.name = "";
	one.context = registers(c, note, cur.pos);
	if (!one.context.size || one.context.size < c->mach.linux_regs)
		one.layout = CONTEXT_NONE;
	if (!(c->d.facts.flags & ELFCORE_KERNEL))
		one.has |= THREAD_HAS_SIGNAL;
	*thread = one;
	return NULL;
}

/*
 * Vector registers: xstate is the XSAVE area on x86 (or the plain 512-byte
 * FXSAVE image where a 32-bit core has no more), VFP on ARM. NT_ARM_SVE stays
 * a stream: it has a header of its own, and FPREGSET has the low 128 bits.
 */
static void attach(struct dump_thread *t, const struct elf_note *note)
{
	struct dump_piece piece = elfcore_piece(note);

	if (note->owner == OWNER_CORE && note->type == NT_FPREGSET)
		t->fpregs = piece;
	else if (note->owner == OWNER_CORE && note->type == NT_SIGINFO)
		t->siginfo = piece;
	if (note->owner != OWNER_LINUX)
		return;
	if (note->type == NT_X86_XSTATE || note->type == NT_ARM_VFP)
		t->xstate = piece;
	else if (note->type == NT_PRXFPREG && !t->xstate.size)
		t->xstate = piece;
	else if (note->type == NT_386_TLS || note->type == NT_ARM_TLS)
		t->tls = piece;
	else if (note->type == NT_ARM_PAC_MASK)
		t->pac_mask = piece;
}

static bool per_thread(const struct elf_note *note)
{
	return (note->owner == OWNER_CORE &&
		(note->type == NT_FPREGSET || note->type == NT_SIGINFO)) ||
	       note->owner == OWNER_LINUX;
}

struct err *elfcore_linux_threads(struct elfcore *c, struct dump_thread **ret, size_t *ret_n)
{
	struct elf_threads t = { 0 };

	TRY(elfcore_threads_begin(c, &t, OWNER_CORE, NT_PRSTATUS));
	for (size_t i = 0; i < c->notes.n; i++) {
		const struct elf_note *note = &c->notes.v[i];

		if (i % 4096 == 0)
			TRY(cancel_check());
		if (note->owner == OWNER_CORE && note->type == NT_PRSTATUS)
			TRY(add_prstatus(c, note, &t));
		else if (t.open && per_thread(note))
			attach(&t.v[t.n - 1], note);
	}
	return elfcore_threads_end(c, &t, ret, ret_n);
}

struct psinfo {
	char sname;
	uint8_t zombie;
	int8_t nice;
	uint64_t flag;
	uint32_t uid, gid, pid, ppid, pgrp, sid;
	const char *fname, *psargs;
};

/* psargs is cut at 80 bytes, its NULs are blanks, and one more blank ends it. */
static const char *read_args(struct elfcore *c, struct cursor *cur)
{
	const uint8_t *p = cursor_bytes(cur, 80);
	size_t n = p ? strnlen((const char *)p, 80) : 0;

	while (n && p[n - 1] == ' ')
		n--;
	return elfcore_text_bytes(c, p, n);
}

static struct err *read_psinfo(struct elfcore *c, const struct elf_note *note, struct psinfo *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	unsigned id_size = !c->is64 && note->size < 128 ? 2 : 4;
	struct cursor cur;

	TRY(elfcore_note_cursor(c, note, &view, &cur));
	cursor_skip(&cur, 1); /* state: a number without a list */
	ret->sname = (char)cursor_u8(&cur);
	ret->zombie = cursor_u8(&cur);
	ret->nice = (int8_t)cursor_u8(&cur);
	cursor_align(&cur, c->word);
	ret->flag = elfcore_word(c, &cur);
	ret->uid = (uint32_t)cursor_uint(&cur, id_size);
	ret->gid = (uint32_t)cursor_uint(&cur, id_size);
	ret->pid = cursor_u32(&cur);
	ret->ppid = cursor_u32(&cur);
	ret->pgrp = cursor_u32(&cur);
	ret->sid = cursor_u32(&cur);
	ret->fname = elfcore_text(c, &cur, 16);
	ret->psargs = read_args(c, &cur);
	if (!ret->fname || !ret->psargs)
		return err_nomem();
	return cursor_check(&cur, "NT_PRPSINFO");
}

/* The kernel's order is PRSTATUS first; gdb's PRPSINFO first. */
static bool psinfo_leads(const struct elfcore *c)
{
	for (size_t i = 0; i < c->notes.n; i++)
		if (c->notes.v[i].owner == OWNER_CORE && c->notes.v[i].type <= NT_PRPSINFO)
			return c->notes.v[i].type == NT_PRPSINFO;
	return false;
}

static struct err *linux_facts(struct elfcore *c)
{
	const struct elf_note *note = elfcore_find(c, OWNER_CORE, NT_PRPSINFO);
	struct dump_facts *f = &c->d.facts;
	struct psinfo info = { 0 };
	struct err *e;

	if (psinfo_leads(c)) {
		f->flags |= ELFCORE_GCORE_ORDER;
		if (c->has_sections) /* BFD, gdb's writer, adds them */
			f->writer = "gdb (gcore)";
	}
	if (!note)
		return NULL;
	e = read_psinfo(c, note, &info);
	if (e) {
		dump_add_defect(&c->d, e);
		return NULL;
	}
	f->has |= FACT_PID | FACT_PPID;
	f->pid = info.pid;
	f->ppid = info.ppid;
	f->process_name = info.fname;
	f->command_line = info.psargs;
	return NULL;
}

static struct err *linux_annotations(struct elfcore *c, struct elf_annotations *a)
{
	const struct elf_note *note = elfcore_find(c, OWNER_CORE, NT_PRPSINFO);
	struct psinfo info = { 0 };

	if (!note || err_ignore(read_psinfo(c, note, &info)))
		return NULL; /* a defect says so already */
	TRY(elfcore_annotate(c, a, "prpsinfo", "uid", "%" PRIu32, info.uid));
	TRY(elfcore_annotate(c, a, "prpsinfo", "gid", "%" PRIu32, info.gid));
	TRY(elfcore_annotate(c, a, "prpsinfo", "pgrp", "%" PRIu32, info.pgrp));
	TRY(elfcore_annotate(c, a, "prpsinfo", "sid", "%" PRIu32, info.sid));
	if (info.sname > ' ' && info.sname <= '~')
		TRY(elfcore_annotate(c, a, "prpsinfo", "state", "%c", info.sname));
	TRY(elfcore_annotate(c, a, "prpsinfo", "zombie", "%u", info.zombie));
	TRY(elfcore_annotate(c, a, "prpsinfo", "nice", "%d", info.nice));
	return elfcore_annotate(c, a, "prpsinfo", "flags", "0x%" PRIx64, info.flag);
}

struct err *elfcore_auxv_note(struct elfcore *c, const struct elf_note *note, uint64_t skip,
			      struct dump_auxv **ret, size_t *ret_n)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct dump_auxv *v, one;
	struct cursor cur;
	size_t n = 0;

	TRY(elfcore_note_cursor(c, note, &view, &cur));
	cursor_skip(&cur, skip);
	v = ARENA_NEW_N(&c->d.arena, struct dump_auxv, cursor_left(&cur) / (2 * c->word) + 1);
	if (!v)
		return err_nomem();
	while (cursor_ok(&cur) && cursor_left(&cur) >= 2 * c->word) {
		one.type = elfcore_word(c, &cur);
		one.value = elfcore_word(c, &cur);
		if (!one.type) /* AT_NULL */
			break;
		v[n++] = one;
	}
	*ret = v;
	*ret_n = n;
	return NULL;
}

static struct err *linux_auxv(struct elfcore *c, struct dump_auxv **ret, size_t *ret_n)
{
	const struct elf_note *note = elfcore_find(c, OWNER_CORE, NT_AUXV);

	return note ? elfcore_auxv_note(c, note, 0, ret, ret_n) : NULL;
}

/* Rows {start, end, offset in pages}, then as many paths. */
static struct err *parse_files(struct elfcore *c, struct cursor *cur,
			       struct dump_file_mapping **ret, size_t *ret_n)
{
	uint64_t count = elfcore_word(c, cur), page = elfcore_word(c, cur);
	struct dump_file_mapping *v;
	struct cursor paths;
	size_t i;

	if (!cursor_ok(cur) || count > cursor_left(cur) / (3 * c->word + 1))
		return cursor_corrupt(cur, "NT_FILE states %" PRIu64 " mappings in %" PRIu64 " bytes",
				      count, cursor_left(cur));
	v = ARENA_NEW_N(&c->d.arena, struct dump_file_mapping, count);
	if (!v && count)
		return err_nomem();
	paths = *cur;
	cursor_skip(&paths, count * 3 * c->word);
	for (i = 0; i < count; i++) {
		const char *path = cursor_cstr(&paths);

		if (!cursor_ok(&paths))
			break;
		v[i].start = elfcore_word(c, cur);
		v[i].end = elfcore_word(c, cur);
		if (__builtin_mul_overflow(elfcore_word(c, cur), page, &v[i].file_offset))
			break;
		v[i].path = elfcore_text_bytes(c, path, strlen(path));
		if (!v[i].path)
			return err_nomem();
	}
	if (i < count)
		dump_add_defect(&c->d, cursor_corrupt(&paths, "NT_FILE states %" PRIu64
						      " mappings, %zu could be read", count, i));
	*ret = v;
	*ret_n = i;
	return NULL;
}

static struct err *linux_mappings(struct elfcore *c, struct dump_file_mapping **ret, size_t *ret_n)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	const struct elf_note *note = elfcore_find(c, OWNER_CORE, NT_FILE);
	struct cursor cur;

	if (!note)
		return NULL;
	TRY(elfcore_note_cursor(c, note, &view, &cur));
	return parse_files(c, &cur, ret, ret_n);
}

/*
 * The thread that a signal ended or stopped: the first whose cursig is set;
 * its siginfo counts when it speaks of the same signal. gdb's gcore of a
 * running process leaves cursig 0: no exception, though siginfo holds the
 * SIGSTOP of the attach.
 */
static struct err *linux_exception(struct elfcore *c, struct dump_exception **ret)
{
	const struct dump_thread *v, *t = NULL;
	struct dump_exception *e, info = { 0 };
	size_t n;

	TRY(dump_threads(&c->d, &v, &n));
	for (size_t i = 0; i < n && !t; i++)
		t = (v[i].has & THREAD_HAS_SIGNAL) && v[i].cursig ? &v[i] : NULL;
	if (!t)
		return NULL;
	e = ARENA_NEW(&c->d.arena, struct dump_exception);
	if (!e)
		return err_nomem();
	if (t->siginfo.size) {
		struct err *bad = elfcore_linux_siginfo(c, t->siginfo, &info);

		if (!bad && info.code == t->cursig)
			*e = info;
		dump_add_defect(&c->d, bad);
	}
	e->tid = t->tid;
	e->code = t->cursig;
	e->layout = t->layout;
	e->context = t->context;
	e->xstate = t->xstate;
	*ret = e;
	return NULL;
}

const struct elf_system elfcore_linux = {
	.os = OS_LINUX,
	.facts = linux_facts,
	.threads = elfcore_linux_threads,
	.exception = linux_exception,
	.auxv = linux_auxv,
	.mappings = linux_mappings,
	.annotations = linux_annotations,
};
