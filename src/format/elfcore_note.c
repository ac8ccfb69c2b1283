/* SPDX-License-Identifier: MIT */
/*
 * The index of an ELF core's notes: one pass over the headers of every
 * PT_NOTE segment, through a window where the source is not mapped, so that
 * 100,000 threads cost their headers and nothing else.
 *
 * A note is namesz, descsz, type (4 bytes each, also in 64-bit files), name,
 * desc; name and desc are padded to 4 bytes. Segments with p_align 8 mostly
 * pad to 8 (gABI), but not all writers that say 8 do: the padding under which
 * more notes of known owners come out wins. A name may lack its NUL.
 *
 * Sources: System V gABI chapter 5 "Note Section"; elf(5); linux/elf.h,
 * sys/elf_common.h of FreeBSD, sys/exec_elf.h of NetBSD and OpenBSD,
 * sys/elf.h of illumos for the numbers.
 */
#include "format/elfcore_impl.h"
#include "base/cancel.h"

#include <inttypes.h>

enum {
	NOTE_HEADER = 12,
	MAX_NOTES = 8 << 20, /* a million threads of 8 notes */
	MAX_NAME = 64,	     /* longer owners are read up to here */
	WINDOW = 64 << 10,
	TRIAL = 32, /* notes looked at to judge the padding */
};

struct walk {
	struct elfcore *c;
	uint64_t pos, end, align;
	struct view view;
	struct cursor window;
};

/* A cursor over [pos, pos+n), which lies before w->end. */
static struct err *look(struct walk *w, uint64_t pos, uint64_t n, struct cursor *ret)
{
	uint64_t len = w->end - pos;

	if (pos < w->window.origin || !range_in(pos - w->window.origin, n, w->window.size)) {
		view_deinit(&w->view);
		w->window = cursor_init("", NULL, 0, 0);
		if (!w->c->d.src->map && len > WINDOW)
			len = WINDOW;
		TRY(source_cursor(w->c->d.src, pos, len, &w->view, &w->window));
		w->window.big_endian = w->c->d.facts.big_endian;
	}
	*ret = cursor_sub(&w->window, pos - w->window.origin, n);
	return NULL;
}

static uint64_t pad(uint64_t n, uint64_t align)
{
	return (n + align - 1) & ~(align - 1);
}

/* "NetBSD-CORE@12": the digits; false when there are none or too many. */
static bool parse_lwp(const char *s, size_t n, uint32_t *ret)
{
	uint32_t v = 0;

	if (n < 2 || n > 10 || s[0] != '@')
		return false;
	for (size_t i = 1; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (uint32_t)(s[i] - '0');
	}
	*ret = v;
	return true;
}

static const struct {
	const char *name;
	enum elf_owner owner;
	bool lwp; /* may be followed by "@number" */
} owners[] = {
	{ "CORE", OWNER_CORE, false },
	{ "LINUX", OWNER_LINUX, false },
	{ "FreeBSD", OWNER_FREEBSD, false },
	{ "NetBSD-CORE", OWNER_NETBSD, true },
	{ "OpenBSD", OWNER_OPENBSD, true },
	{ "VMCOREINFO", OWNER_VMCOREINFO, false },
	{ "QEMU", OWNER_QEMU, false },
	{ "Xen", OWNER_XEN, false },
	{ OSMOSIS_NOTE_OWNER, OWNER_OSMOSIS, false },
};

static void set_owner(struct elf_note *note, const char *name, size_t n)
{
	n = strnlen(name, n);
	note->owner = n ? OWNER_OTHER : OWNER_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		size_t len = strlen(owners[i].name);

		if (n < len || memcmp(name, owners[i].name, len) != 0)
			continue;
		note->has_lwp = owners[i].lwp && parse_lwp(name + len, n - len, &note->lwp);
		if (n == len || note->has_lwp) {
			note->owner = (uint8_t)owners[i].owner;
			return;
		}
	}
}

/*
 * The note at w->pos, which moves on. *ret_missing: how many bytes of it are
 * beyond the end; the note is unusable unless that is 0.
 */
static struct err *next_note(struct walk *w, struct elf_note *ret, uint64_t *ret_missing)
{
	uint64_t left = w->end - w->pos, need, desc;
	uint32_t namesz, descsz, name_read;
	const uint8_t *name;
	struct cursor cur;

	*ret_missing = left < NOTE_HEADER ? NOTE_HEADER - left : 0;
	if (*ret_missing)
		return NULL;
	TRY(look(w, w->pos, NOTE_HEADER, &cur));
	namesz = cursor_u32(&cur);
	descsz = cursor_u32(&cur);
	*ret = (struct elf_note){ .header = w->pos, .size = descsz, .type = cursor_u32(&cur) };
	desc = pad(NOTE_HEADER + (uint64_t)namesz, w->align);
	need = desc + descsz;
	*ret_missing = need > left ? need - left : 0;
	if (*ret_missing)
		return NULL;
	name_read = namesz < MAX_NAME ? namesz : MAX_NAME;
	TRY(look(w, w->pos + NOTE_HEADER, name_read, &cur));
	name = cursor_bytes(&cur, name_read);
	ret->name_size = (uint8_t)name_read;
	set_owner(ret, name ? (const char *)name : "", name ? name_read : 0);
	ret->desc = w->pos + desc;
	need = pad(need, w->align);
	w->pos += need < left ? need : left;
	return NULL;
}

/* Notes of known owners among the first ones under this padding. */
static struct err *judge(struct walk *w, unsigned *ret)
{
	unsigned known = 0;
	uint64_t start = w->pos, missing = 0;
	struct elf_note note;

	for (unsigned i = 0; i < TRIAL && w->pos < w->end; i++) {
		TRY(next_note(w, &note, &missing));
		if (missing)
			break;
		known += note.owner > OWNER_NONE;
	}
	w->pos = start;
	*ret = known;
	return NULL;
}

static struct err *choose_align(struct walk *w, const struct elf_phdr *ph)
{
	unsigned with8 = 0, with4 = 0;

	w->align = 4;
	if (ph->align != 8)
		return NULL;
	TRY(judge(w, &with4));
	w->align = 8;
	TRY(judge(w, &with8));
	if (with4 > with8)
		w->align = 4;
	return NULL;
}

static struct err *keep(struct elfcore *c, const struct elf_note *note)
{
	if (c->notes.n >= MAX_NOTES) {
		if (!c->notes_full)
			dump_add_defect(&c->d, err_new(ERR_UNSUPPORTED,
						       "%s: more than %d notes: those from offset 0x%" PRIx64
						       " on are not read",
						       c->d.src->name, MAX_NOTES, note->header));
		c->notes_full = true;
		return NULL;
	}
	if (!vec_push(&c->notes, *note))
		return err_nomem();
	c->owners[note->owner]++;
	return NULL;
}

/*
 * Zero words are padding: kernels leave a register set that turned out empty
 * as zeros, and a shortened note leaves its old length.
 */
static struct err *skip_zeros(struct walk *w)
{
	uint64_t n = w->end - w->pos < WINDOW ? w->end - w->pos : WINDOW;
	struct cursor cur;

	TRY(cancel_check());
	TRY(look(w, w->pos, n, &cur));
	while (cursor_left(&cur) >= 4 && !cursor_u32(&cur))
		w->pos += 4;
	if (w->end - w->pos < 4)
		w->pos = w->end;
	return NULL;
}

static struct err *at_zeros(struct walk *w, bool *ret)
{
	uint64_t left = w->end - w->pos, zero = 0;
	struct cursor cur;

	TRY(look(w, w->pos, left < NOTE_HEADER ? left : NOTE_HEADER, &cur));
	while (cursor_left(&cur))
		zero |= cursor_u8(&cur);
	*ret = !zero;
	return NULL;
}

static struct err *walk_notes(struct walk *w)
{
	struct elfcore *c = w->c;
	uint64_t missing = 0;
	struct elf_note note;
	bool zeros = false;

	for (unsigned i = 0; w->pos < w->end && !c->notes_full; i++) {
		if (i % 4096 == 0)
			TRY(cancel_check());
		TRY(at_zeros(w, &zeros));
		if (zeros) {
			TRY(skip_zeros(w));
			continue;
		}
		TRY(next_note(w, &note, &missing));
		if (missing) {
			dump_add_defect(&c->d,
					err_new(ERR_TRUNCATED,
						"%s: note at offset 0x%" PRIx64 ": %" PRIu64
						" bytes more expected than the %" PRIu64 " left",
						c->d.src->name, w->pos, missing, w->end - w->pos));
			return NULL;
		}
		TRY(keep(c, &note));
	}
	return NULL;
}

struct err *elfcore_scan_notes(struct elfcore *c, const struct elf_phdr *ph)
{
	uint64_t size = c->d.src->size;
	struct walk w = { .c = c, .pos = ph->offset };
	struct err *e;

	if (!ph->filesz)
		return NULL;
	w.end = ph->offset < size && ph->filesz < size - ph->offset ? ph->offset + ph->filesz : size;
	if (!range_in(ph->offset, ph->filesz, size)) {
		c->d.facts.flags |= ELFCORE_TRUNCATED;
		dump_add_defect(&c->d, err_new(ERR_TRUNCATED,
					       "%s: notes of %" PRIu64 " bytes at offset 0x%" PRIx64
					       ", the file ends at 0x%" PRIx64,
					       c->d.src->name, ph->filesz, ph->offset, size));
	}
	if (w.pos >= w.end)
		return NULL;
	e = choose_align(&w, ph);
	if (!e)
		e = walk_notes(&w);
	view_deinit(&w.view);
	return e;
}

const struct elf_note *elfcore_find(const struct elfcore *c, enum elf_owner owner, uint32_t type)
{
	if (!c->owners[owner])
		return NULL;
	for (size_t i = 0; i < c->notes.n; i++)
		if (c->notes.v[i].owner == owner && c->notes.v[i].type == type)
			return &c->notes.v[i];
	return NULL;
}

struct type_name {
	uint32_t type;
	const char *name;
};

static const struct type_name core_names[] = {
	{ 1, "NT_PRSTATUS" },	    { 2, "NT_FPREGSET" },	{ 3, "NT_PRPSINFO" },
	{ 4, "NT_TASKSTRUCT" },	    { 5, "NT_PLATFORM" },	{ 6, "NT_AUXV" },
	{ 7, "NT_GWINDOWS" },	    { 8, "NT_ASRS" },		{ 10, "NT_PSTATUS" },
	{ 13, "NT_PSINFO" },	    { 14, "NT_PRCRED" },	{ 15, "NT_UTSNAME" },
	{ 16, "NT_LWPSTATUS" },	    { 17, "NT_LWPSINFO" },	{ 20, "NT_PRFPXREG" },
	{ 0x46494c45, "NT_FILE" },  { 0x53494749, "NT_SIGINFO" },
};

/* The same owner under Solaris and illumos. */
static const struct type_name sun_names[] = {
	{ 4, "NT_PRXREG" },    { 9, "NT_LDT" },	      { 18, "NT_PRPRIV" },
	{ 19, "NT_PRPRIVINFO" }, { 20, "NT_CONTENT" }, { 21, "NT_ZONENAME" },
	{ 22, "NT_FDINFO" },   { 23, "NT_SPYMASTER" }, { 24, "NT_SECFLAGS" },
	{ 25, "NT_LWPNAME" },  { 26, "NT_UPANIC" },    { 27, "NT_CWD" },
};

static const struct type_name linux_names[] = {
	{ 0x46e62b7f, "NT_PRXFPREG" },
	{ 0x100, "NT_PPC_VMX" },
	{ 0x101, "NT_PPC_SPE" },
	{ 0x102, "NT_PPC_VSX" },
	{ 0x103, "NT_PPC_TAR" },
	{ 0x104, "NT_PPC_PPR" },
	{ 0x105, "NT_PPC_DSCR" },
	{ 0x106, "NT_PPC_EBB" },
	{ 0x107, "NT_PPC_PMU" },
	{ 0x108, "NT_PPC_TM_CGPR" },
	{ 0x109, "NT_PPC_TM_CFPR" },
	{ 0x10a, "NT_PPC_TM_CVMX" },
	{ 0x10b, "NT_PPC_TM_CVSX" },
	{ 0x10c, "NT_PPC_TM_SPR" },
	{ 0x10d, "NT_PPC_TM_CTAR" },
	{ 0x10e, "NT_PPC_TM_CPPR" },
	{ 0x10f, "NT_PPC_TM_CDSCR" },
	{ 0x110, "NT_PPC_PKEY" },
	{ 0x111, "NT_PPC_DEXCR" },
	{ 0x112, "NT_PPC_HASHKEYR" },
	{ 0x200, "NT_386_TLS" },
	{ 0x201, "NT_386_IOPERM" },
	{ 0x202, "NT_X86_XSTATE" },
	{ 0x204, "NT_X86_SHSTK" },
	{ 0x205, "NT_X86_XSAVE_LAYOUT" },
	{ 0x300, "NT_S390_HIGH_GPRS" },
	{ 0x301, "NT_S390_TIMER" },
	{ 0x302, "NT_S390_TODCMP" },
	{ 0x303, "NT_S390_TODPREG" },
	{ 0x304, "NT_S390_CTRS" },
	{ 0x305, "NT_S390_PREFIX" },
	{ 0x306, "NT_S390_LAST_BREAK" },
	{ 0x307, "NT_S390_SYSTEM_CALL" },
	{ 0x308, "NT_S390_TDB" },
	{ 0x309, "NT_S390_VXRS_LOW" },
	{ 0x30a, "NT_S390_VXRS_HIGH" },
	{ 0x30b, "NT_S390_GS_CB" },
	{ 0x30c, "NT_S390_GS_BC" },
	{ 0x30d, "NT_S390_RI_CB" },
	{ 0x30e, "NT_S390_PV_CPU_DATA" },
	{ 0x400, "NT_ARM_VFP" },
	{ 0x401, "NT_ARM_TLS" },
	{ 0x402, "NT_ARM_HW_BREAK" },
	{ 0x403, "NT_ARM_HW_WATCH" },
	{ 0x404, "NT_ARM_SYSTEM_CALL" },
	{ 0x405, "NT_ARM_SVE" },
	{ 0x406, "NT_ARM_PAC_MASK" },
	{ 0x407, "NT_ARM_PACA_KEYS" },
	{ 0x408, "NT_ARM_PACG_KEYS" },
	{ 0x409, "NT_ARM_TAGGED_ADDR_CTRL" },
	{ 0x40a, "NT_ARM_PAC_ENABLED_KEYS" },
	{ 0x40b, "NT_ARM_SSVE" },
	{ 0x40c, "NT_ARM_ZA" },
	{ 0x40d, "NT_ARM_ZT" },
	{ 0x40e, "NT_ARM_FPMR" },
	{ 0x40f, "NT_ARM_POE" },
	{ 0x410, "NT_ARM_GCS" },
	{ 0x600, "NT_ARC_V2" },
	{ 0x700, "NT_VMCOREDD" },
	{ 0x800, "NT_MIPS_DSP" },
	{ 0x801, "NT_MIPS_FP_MODE" },
	{ 0x802, "NT_MIPS_MSA" },
	{ 0x900, "NT_RISCV_CSR" },
	{ 0x901, "NT_RISCV_VECTOR" },
	{ 0x902, "NT_RISCV_TAGGED_ADDR_CTRL" },
	{ 0xa00, "NT_LOONGARCH_CPUCFG" },
	{ 0xa01, "NT_LOONGARCH_CSR" },
	{ 0xa02, "NT_LOONGARCH_LSX" },
	{ 0xa03, "NT_LOONGARCH_LASX" },
	{ 0xa04, "NT_LOONGARCH_LBT" },
	{ 0xa05, "NT_LOONGARCH_HW_BREAK" },
	{ 0xa06, "NT_LOONGARCH_HW_WATCH" },
};

static const struct type_name freebsd_names[] = {
	{ 1, "NT_PRSTATUS" },
	{ 2, "NT_FPREGSET" },
	{ 3, "NT_PRPSINFO" },
	{ 7, "NT_THRMISC" },
	{ 8, "NT_PROCSTAT_PROC" },
	{ 9, "NT_PROCSTAT_FILES" },
	{ 10, "NT_PROCSTAT_VMMAP" },
	{ 11, "NT_PROCSTAT_GROUPS" },
	{ 12, "NT_PROCSTAT_UMASK" },
	{ 13, "NT_PROCSTAT_RLIMIT" },
	{ 14, "NT_PROCSTAT_OSREL" },
	{ 15, "NT_PROCSTAT_PSSTRINGS" },
	{ 16, "NT_PROCSTAT_AUXV" },
	{ 17, "NT_PTLWPINFO" },
	{ 0x100, "NT_PPC_VMX" },
	{ 0x102, "NT_PPC_VSX" },
	{ 0x200, "NT_X86_SEGBASES" },
	{ 0x202, "NT_X86_XSTATE" },
	{ 0x400, "NT_ARM_VFP" },
	{ 0x401, "NT_ARM_TLS" },
	{ 0x406, "NT_ARM_ADDR_MASK" },
};

static const struct type_name netbsd_names[] = {
	{ 1, "NT_NETBSDCORE_PROCINFO" },
	{ 2, "NT_NETBSDCORE_AUXV" },
	{ 24, "NT_NETBSDCORE_LWPSTATUS" },
};

static const struct type_name openbsd_names[] = {
	{ 10, "NT_OPENBSD_PROCINFO" }, { 11, "NT_OPENBSD_AUXV" },
	{ 20, "NT_OPENBSD_REGS" },     { 21, "NT_OPENBSD_FPREGS" },
	{ 22, "NT_OPENBSD_XFPREGS" },  { 23, "NT_OPENBSD_WCOOKIE" },
	{ 24, "NT_OPENBSD_PACMASK" },
};

static const struct type_name vmcoreinfo_names[] = { { 0, "VMCOREINFO" } };
static const struct type_name qemu_names[] = { { 0, "QEMUCPUState" } };
static const struct type_name osmosis_names[] = {
	{ OSMOSIS_NOTE_RECORD, "OSMOSIS_RECORD" },
	{ OSMOSIS_NOTE_CLOSING, "OSMOSIS_CLOSING" },
	{ OSMOSIS_NOTE_LISTS, "OSMOSIS_LISTS" },
	{ OSMOSIS_NOTE_STRIPPED, "OSMOSIS_STRIPPED" },
};

#define NAMES(t) { t, ARRAY_SIZE(t) }
static const struct {
	const struct type_name *v;
	size_t n;
} names[OWNER_N] = {
	[OWNER_CORE] = NAMES(core_names),
	[OWNER_LINUX] = NAMES(linux_names),
	[OWNER_FREEBSD] = NAMES(freebsd_names),
	[OWNER_NETBSD] = NAMES(netbsd_names),
	[OWNER_OPENBSD] = NAMES(openbsd_names),
	[OWNER_VMCOREINFO] = NAMES(vmcoreinfo_names),
	[OWNER_QEMU] = NAMES(qemu_names),
	[OWNER_OSMOSIS] = NAMES(osmosis_names),
};

static const char *look_up(const struct type_name *v, size_t n, uint32_t type)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].type == type)
			return v[i].name;
	return NULL;
}

/* NetBSD numbers register notes by the machine's own ptrace requests. */
static const char *netbsd_register_note(const struct elfcore *c, uint32_t type)
{
	if (type == elfcore_netbsd_regs(c))
		return "PT_GETREGS";
	return type == elfcore_netbsd_regs(c) + 2 ? "PT_GETFPREGS" : NULL;
}

static const char *type_name(struct elfcore *c, const struct elf_note *note)
{
	const char *s = NULL;

	if (note->owner == OWNER_CORE && c->system == &elfcore_sun)
		s = look_up(sun_names, ARRAY_SIZE(sun_names), note->type);
	if (!s)
		s = look_up(names[note->owner].v, names[note->owner].n, note->type);
	if (!s && note->owner == OWNER_NETBSD && note->has_lwp)
		s = netbsd_register_note(c, note->type);
	return s ? s : arena_printf(&c->d.arena, "type 0x%" PRIx32, note->type);
}

/* The name as it stands in the file; owners seen before are not copied again. */
static const char *owner_name(struct elfcore *c, const struct elf_note *note)
{
	uint8_t name[MAX_NAME];
	size_t n;

	if (note->owner == OWNER_NONE)
		return "";
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (owners[i].owner == note->owner && !note->has_lwp)
			return owners[i].name;
	n = source_read_some(c->d.src, note->header + NOTE_HEADER, name, note->name_size);
	return elfcore_text_bytes(c, name, n);
}

struct err *elfcore_streams(struct dump *d, struct dump_stream **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);
	struct dump_stream *v = ARENA_NEW_N(&d->arena, struct dump_stream, c->notes.n + 1);
	struct dump_piece unlisted = elfcore_osmosis_unlisted(c);

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < c->notes.n; i++) {
		const struct elf_note *note = &c->notes.v[i];

		if (i % 4096 == 0)
			TRY(cancel_check());
		v[i].type = note->type;
		v[i].piece = elfcore_piece(note);
		v[i].name = type_name(c, note);
		v[i].owner = owner_name(c, note);
		if (!v[i].name || !v[i].owner)
			return err_nomem();
	}
	*ret = v;
	*ret_n = c->notes.n;
	if (range_in(unlisted.offset, unlisted.size, d->src->size) && unlisted.size)
		v[(*ret_n)++] = (struct dump_stream){ OSMOSIS_NOTE_CLOSING, "OSMOSIS_CLOSING", OSMOSIS_NOTE_OWNER, unlisted };
	return NULL;
}
