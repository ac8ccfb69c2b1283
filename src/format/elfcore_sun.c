/* SPDX-License-Identifier: MIT */
/*
 * Cores of Solaris and illumos, and the choice of a system for a core.
 *
 * Owner "CORE" as on Linux, but the new /proc structures: PSINFO 13,
 * PSTATUS 10, UTSNAME 15, AUXV 6, and per thread LWPSTATUS 16 {int flags,
 * lwpid; short why, what, cursig ...}. Registers inside LWPSTATUS are not
 * looked for. Sources: proc(4), core(4), sys/procfs.h of illumos.
 */
#include "format/elfcore_impl.h"

enum { NT_AUXV = 6, NT_PSTATUS = 10, NT_PSINFO = 13, NT_UTSNAME = 15, NT_LWPSTATUS = 16 };

static void read_psinfo(struct elfcore *c, struct cursor *cur)
{
	struct dump_facts *f = &c->d.facts;
	const char *name, *args;
	uint32_t pid, ppid;

	cursor_skip(cur, 8); /* flag, nlwp */
	pid = cursor_u32(cur);
	ppid = cursor_u32(cur);
	cursor_seek(cur, c->is64 ? 136 : 88);
	name = elfcore_text(c, cur, 16);
	args = elfcore_text(c, cur, 80);
	if (!cursor_ok(cur) || !name || !args)
		return;
	f->has |= FACT_PID | FACT_PPID;
	f->pid = pid;
	f->ppid = ppid;
	f->process_name = name;
	f->command_line = args;
}

/* struct utsname: five fields of 257 bytes */
static void read_utsname(struct elfcore *c, struct cursor *cur)
{
	const char *sys = elfcore_text(c, cur, 257), *release, *version;

	cursor_skip(cur, 257);
	release = elfcore_text(c, cur, 257);
	version = elfcore_text(c, cur, 257);
	if (!cursor_ok(cur) || !sys || !release || !version)
		return;
	c->d.facts.os_text = arena_printf(&c->d.arena, "%s %s %s", sys, release, version);
	if (!c->d.facts.os_text)
		c->d.facts.os_text = "";
}

static void with_note(struct elfcore *c, uint32_t type, void (*fn)(struct elfcore *, struct cursor *))
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	const struct elf_note *note = elfcore_find(c, OWNER_CORE, type);
	struct cursor cur;

	if (!note)
		return;
	if (!err_ignore(elfcore_note_cursor(c, note, &view, &cur)))
		fn(c, &cur);
}

static struct err *sun_facts(struct elfcore *c)
{
	with_note(c, NT_PSINFO, read_psinfo);
	with_note(c, NT_UTSNAME, read_utsname);
	return NULL;
}

static struct err *sun_threads(struct elfcore *c, struct dump_thread **ret, size_t *ret_n)
{
	struct elf_threads t = { 0 };

	TRY(elfcore_threads_begin(c, &t, OWNER_CORE, NT_LWPSTATUS));
	for (size_t i = 0; i < c->notes.n; i++) {
		CLEANUP(view_deinit) struct view view = VIEW_INIT;
		const struct elf_note *note = &c->notes.v[i];
		struct dump_thread *thread;
		uint32_t tid, cursig;
		struct cursor cur;

		if (note->owner != OWNER_CORE || note->type != NT_LWPSTATUS)
			continue;
		TRY(elfcore_note_cursor(c, note, &view, &cur));
		cursor_skip(&cur, 4);
		tid = cursor_u32(&cur);
		cursor_skip(&cur, 4);
		cursig = cursor_u16(&cur);
		thread = cursor_ok(&cur) ? elfcore_thread_add(&t, tid) : NULL;
		if (thread) {
			thread->has = THREAD_HAS_SIGNAL;
			thread->cursig = cursig;
		} else {
			elfcore_thread_bad(&t, note);
		}
	}
	return elfcore_threads_end(c, &t, ret, ret_n);
}

static struct err *sun_exception(struct elfcore *c, struct dump_exception **ret)
{
	const struct dump_thread *v;
	struct dump_exception *e;
	size_t n;

	TRY(dump_threads(&c->d, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (!v[i].cursig)
			continue;
		e = ARENA_NEW(&c->d.arena, struct dump_exception);
		if (!e)
			return err_nomem();
		e->tid = v[i].tid;
		e->code = v[i].cursig;
		*ret = e;
		return NULL;
	}
	return NULL;
}

static struct err *sun_auxv(struct elfcore *c, struct dump_auxv **ret, size_t *ret_n)
{
	const struct elf_note *note = elfcore_find(c, OWNER_CORE, NT_AUXV);

	return note ? elfcore_auxv_note(c, note, 0, ret, ret_n) : NULL;
}

static struct err *sun_comment(struct elfcore *c, struct elf_annotations *a)
{
	return elfcore_annotate(c, a, "comment", "limits",
				"Solaris or illumos core: process, threads, auxv and memory are read; "
				"registers and siginfo inside NT_LWPSTATUS are not");
}

const struct elf_system elfcore_sun = {
	.os = OS_SOLARIS,
	.facts = sun_facts,
	.threads = sun_threads,
	.exception = sun_exception,
	.auxv = sun_auxv,
	.annotations = sun_comment,
};

static struct err *unknown_comment(struct elfcore *c, struct elf_annotations *a)
{
	return elfcore_annotate(c, a, "comment", "limits",
				"EI_OSABI %u and no note of a known owner: the operating system is not "
				"known; only memory is read",
				c->osabi);
}

const struct elf_system elfcore_unknown = { .os = OS_UNKNOWN, .annotations = unknown_comment };

/* The owners of the notes decide; EI_OSABI only where there are none. */
const struct elf_system *elfcore_system(const struct elfcore *c)
{
	enum { OSABI_NETBSD = 2, OSABI_GNU = 3, OSABI_SOLARIS = 6, OSABI_FREEBSD = 9, OSABI_OPENBSD = 12 };

	if (c->owners[OWNER_FREEBSD])
		return &elfcore_freebsd;
	if (c->owners[OWNER_NETBSD])
		return &elfcore_netbsd;
	if (c->owners[OWNER_OPENBSD])
		return &elfcore_openbsd;
	if (c->owners[OWNER_OSMOSIS]) /* stripping may leave no other note */
		return &elfcore_linux;
	if (c->owners[OWNER_CORE] && !c->owners[OWNER_LINUX] &&
	    (c->osabi == OSABI_SOLARIS || elfcore_find(c, OWNER_CORE, NT_PSTATUS) ||
	     elfcore_find(c, OWNER_CORE, NT_PSINFO)))
		return &elfcore_sun;
	if (c->owners[OWNER_CORE] || c->owners[OWNER_LINUX])
		return &elfcore_linux;
	switch (c->osabi) {
	case OSABI_NETBSD:
		return &elfcore_netbsd;
	case OSABI_GNU:
		return &elfcore_linux;
	case OSABI_SOLARIS:
		return &elfcore_sun;
	case OSABI_FREEBSD:
		return &elfcore_freebsd;
	case OSABI_OPENBSD:
		return &elfcore_openbsd;
	default:
		return &elfcore_unknown;
	}
}
