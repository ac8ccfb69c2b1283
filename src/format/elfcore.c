/* SPDX-License-Identifier: MIT */
/*
 * ELF cores: the file header, the program headers, and what every operating
 * system's cores share. Notes are elfcore_note.c's, their contents those of
 * elfcore_<system>.c.
 *
 * Opening reads the ELF header, the program headers once (to find the notes
 * and to know what the file's end cut off), the headers of the notes and the
 * few notes that hold facts. Segments are read again when asked for: nothing
 * is kept of a program header.
 *
 * Sources: System V gABI chapters 4 and 5 (Ehdr, Phdr, PN_XNUM), core(5),
 * Linux fs/binfmt_elf.c's documented output as seen in real cores, elf(5).
 */
#include "format/elfcore_impl.h"
#include "base/cancel.h"
#include "format/json.h"

#include <inttypes.h>

enum {
	ET_CORE = 4,
	PT_LOAD = 1,
	PT_NOTE = 4,
	PN_XNUM = 0xffff,
	PHDRS_AT_ONCE = 1024,
};

static bool elfcore_probe(struct source *src)
{
	static const uint8_t magic[4] = { 0x7f, 'E', 'L', 'F' };
	uint8_t head[4] = { 0 };

	return source_read_some(src, 0, head, sizeof(head)) == sizeof(head) &&
	       !memcmp(head, magic, sizeof(magic));
}

/* sizeof(elf_gregset_t) per architecture: asm/elf.h, asm/ptrace.h of Linux. */
static const struct elf_machine machines[] = {
	{ 62, 64, MACHINE_X64, CONTEXT_LINUX_X64, 27 * 8 },
	{ 62, 32, MACHINE_X64, CONTEXT_LINUX_X64, 27 * 8 }, /* x32 */
	{ 3, 32, MACHINE_X86, CONTEXT_LINUX_X86, 17 * 4 },
	{ 6, 32, MACHINE_X86, CONTEXT_LINUX_X86, 17 * 4 },
	{ 183, 64, MACHINE_ARM64, CONTEXT_LINUX_ARM64, 34 * 8 },
	{ 40, 32, MACHINE_ARM, CONTEXT_LINUX_ARM, 18 * 4 },
	{ 243, 64, MACHINE_RISCV64, CONTEXT_LINUX_RISCV64, 32 * 8 },
	{ 21, 64, MACHINE_PPC64, CONTEXT_LINUX_PPC64, 48 * 8 },
	{ 22, 64, MACHINE_S390X, CONTEXT_LINUX_S390X, 16 + 16 * 8 + 16 * 4 + 8 },
	{ 20, 32, MACHINE_PPC, CONTEXT_NONE, 48 * 4 },
	{ 8, 32, MACHINE_MIPS, CONTEXT_NONE, 45 * 4 },
	{ 8, 64, MACHINE_MIPS64, CONTEXT_NONE, 45 * 8 },
	{ 258, 64, MACHINE_LOONGARCH64, CONTEXT_NONE, 45 * 8 },
	{ 2, 32, MACHINE_SPARC, CONTEXT_NONE, 0 },
	{ 18, 32, MACHINE_SPARC, CONTEXT_NONE, 0 },
};

static void find_machine(struct elfcore *c)
{
	unsigned bits = c->is64 ? 64 : 32;

	c->mach = (struct elf_machine){ .e_machine = c->e_machine, .bits = (uint8_t)bits };
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].e_machine == c->e_machine && machines[i].bits == bits)
			c->mach = machines[i];
	if (c->mach.machine == MACHINE_UNKNOWN)
		dump_add_defect(&c->d, err_new(ERR_UNSUPPORTED,
					       "%s: offset 0x12: machine %u of a %u-bit ELF file is not "
					       "known here: registers stay bytes",
					       c->d.src->name, c->e_machine, bits));
}

static struct err *not_a_core(const struct source *src, unsigned type)
{
	static const char *const kinds[] = { "no type", "a relocatable object", "an executable",
					     "a shared object or position-independent program" };

	return err_new(ERR_UNSUPPORTED, "%s: an ELF file but not a core: offset 0x10 says type %u (%s)",
		       src->name, type, type < ARRAY_SIZE(kinds) ? kinds[type] : "unknown");
}

static struct err *read_ident(struct elfcore *c, struct source *src, bool *ret_big)
{
	uint8_t id[16];

	TRY(source_read(src, 0, id, sizeof(id)));
	if (id[4] != 1 && id[4] != 2)
		return err_new(ERR_CORRUPT, "%s: offset 0x4: ELF class %u, expected 1 or 2",
			       src->name, id[4]);
	if (id[5] != 1 && id[5] != 2)
		return err_new(ERR_CORRUPT, "%s: offset 0x5: ELF byte order %u, expected 1 or 2",
			       src->name, id[5]);
	c->is64 = id[4] == 2;
	c->word = c->is64 ? 8 : 4;
	c->osabi = id[7];
	*ret_big = id[5] == 2;
	return NULL;
}

/* What the file header says of program and section headers. */
struct tables {
	uint64_t phoff, shoff;
	uint16_t phentsize, phnum, shnum, shstrndx;
};

static struct err *read_header(struct elfcore *c, struct source *src, bool big,
			       struct tables *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor cur;
	unsigned type;

	TRY(source_cursor(src, 0, c->is64 ? 64 : 52, &view, &cur));
	cur.big_endian = big;
	cursor_skip(&cur, 16);
	type = cursor_u16(&cur);
	c->e_machine = cursor_u16(&cur);
	cursor_skip(&cur, 4 + c->word); /* e_version, e_entry */
	ret->phoff = elfcore_word(c, &cur);
	ret->shoff = elfcore_word(c, &cur);
	cursor_skip(&cur, 4 + 2); /* e_flags, e_ehsize */
	ret->phentsize = cursor_u16(&cur);
	ret->phnum = cursor_u16(&cur);
	cursor_skip(&cur, 2); /* e_shentsize */
	ret->shnum = cursor_u16(&cur);
	ret->shstrndx = cursor_u16(&cur);
	TRY(cursor_check(&cur, "ELF header"));
	return type == ET_CORE ? NULL : not_a_core(src, type);
}

static struct elf_phdr parse_phdr(const struct elfcore *c, struct cursor *cur)
{
	struct elf_phdr ph = { .type = cursor_u32(cur) };

	if (c->is64)
		ph.flags = cursor_u32(cur);
	ph.offset = elfcore_word(c, cur);
	ph.vaddr = elfcore_word(c, cur);
	ph.paddr = elfcore_word(c, cur);
	ph.filesz = elfcore_word(c, cur);
	ph.memsz = elfcore_word(c, cur);
	if (!c->is64)
		ph.flags = cursor_u32(cur);
	ph.align = elfcore_word(c, cur);
	return ph;
}

static struct err *read_phdr(const struct elfcore *c, uint64_t index, struct elf_phdr *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor cur;

	TRY(source_cursor(c->d.src, c->phoff + index * c->phentsize, c->phentsize, &view, &cur));
	cur.big_endian = c->d.facts.big_endian;
	*ret = parse_phdr(c, &cur);
	return cursor_check(&cur, "program header");
}

/*
 * With 0xffff or more segments e_phnum is PN_XNUM and the number stands in
 * sh_info of section header 0. Linux writes that header after all memory, so
 * a core that was cut off lost it; there the notes, which come first and right
 * behind the program headers, tell where the headers end.
 */
static struct err *real_phnum(struct elfcore *c, const struct tables *t, uint64_t *ret)
{
	uint64_t at = t->shoff + (c->is64 ? 44 : 28);
	uint8_t info[4];
	struct elf_phdr first;
	struct cursor cur;

	c->d.facts.flags |= ELFCORE_XNUM;
	if (t->shoff && at > t->shoff &&
	    source_read_some(c->d.src, at, info, sizeof(info)) == sizeof(info)) {
		cur = cursor_init(c->d.src->name, info, sizeof(info), at);
		cur.big_endian = c->d.facts.big_endian;
		*ret = cursor_u32(&cur);
		return NULL;
	}
	TRY(read_phdr(c, 0, &first));
	if (first.type != PT_NOTE || first.offset <= c->phoff)
		return err_new(ERR_TRUNCATED,
			       "%s: section header 0 at offset 0x%" PRIx64
			       ", which holds the number of program headers, is not in the file",
			       c->d.src->name, t->shoff);
	*ret = (first.offset - c->phoff) / c->phentsize;
	dump_add_defect(&c->d, err_new(ERR_TRUNCATED,
				       "%s: section header 0 at offset 0x%" PRIx64
				       " is not in the file: %" PRIu64
				       " program headers, judged by where the notes begin",
				       c->d.src->name, t->shoff, *ret));
	return NULL;
}

/* Fills phoff, phnum, phentsize with what is in the file. */
static struct err *find_phdrs(struct elfcore *c, const struct tables *t)
{
	uint32_t least = c->is64 ? 56 : 32;
	uint64_t want = t->phnum, there;

	if (t->phentsize < least)
		return err_new(ERR_CORRUPT,
			       "%s: offset 0x%x: program headers of %u bytes, expected %u",
			       c->d.src->name, c->is64 ? 54 : 42, t->phentsize, least);
	c->phoff = t->phoff;
	c->phentsize = t->phentsize;
	if (want == PN_XNUM)
		TRY(real_phnum(c, t, &want));
	there = c->phoff < c->d.src->size ? (c->d.src->size - c->phoff) / c->phentsize : 0;
	if (!want || !there)
		return err_new(want ? ERR_TRUNCATED : ERR_CORRUPT,
			       "%s: %" PRIu64 " program headers at offset 0x%" PRIx64
			       ", the file has %" PRIu64 " bytes",
			       c->d.src->name, want, c->phoff, c->d.src->size);
	c->phnum = want < there ? want : there;
	if (want <= there)
		return NULL;
	c->d.facts.flags |= ELFCORE_TRUNCATED;
	dump_add_defect(&c->d, err_new(ERR_TRUNCATED,
				       "%s: %" PRIu64 " program headers expected at offset 0x%" PRIx64
				       ", %" PRIu64 " are in the file",
				       c->d.src->name, want, c->phoff, there));
	return NULL;
}

static struct err *each_in_view(struct elfcore *c, struct cursor *cur, uint64_t n, elf_phdr_fn *fn,
				void *arg)
{
	for (uint64_t i = 0; i < n; i++) {
		struct cursor one = cursor_take(cur, c->phentsize);
		struct elf_phdr ph = parse_phdr(c, &one);

		TRY(cursor_check(&one, "program header"));
		TRY(fn(c, &ph, arg));
	}
	return NULL;
}

struct err *elfcore_each_phdr(struct elfcore *c, elf_phdr_fn *fn, void *arg)
{
	for (uint64_t i = 0; i < c->phnum; i += PHDRS_AT_ONCE) {
		CLEANUP(view_deinit) struct view view = VIEW_INIT;
		uint64_t n = c->phnum - i < PHDRS_AT_ONCE ? c->phnum - i : PHDRS_AT_ONCE;
		struct cursor cur;

		TRY(cancel_check());
		TRY(source_cursor(c->d.src, c->phoff + i * c->phentsize, n * c->phentsize, &view,
				  &cur));
		cur.big_endian = c->d.facts.big_endian;
		TRY(each_in_view(c, &cur, n, fn, arg));
	}
	return NULL;
}

uint64_t elfcore_bytes_there(const struct elfcore *c, const struct elf_phdr *ph)
{
	uint64_t size = c->d.src->size;

	if (ph->offset >= size)
		return 0;
	return ph->filesz < size - ph->offset ? ph->filesz : size - ph->offset;
}

static struct err *note_phdr(struct elfcore *c, const struct elf_phdr *ph, void *arg)
{
	uint64_t there;

	(void)arg;
	if (ph->type == PT_NOTE)
		return elfcore_scan_notes(c, ph);
	if (ph->type != PT_LOAD)
		return NULL;
	c->n_load++;
	there = elfcore_bytes_there(c, ph);
	if (there == ph->filesz)
		return NULL;
	c->lost_segments++;
	if (__builtin_add_overflow(c->lost_bytes, ph->filesz - there, &c->lost_bytes))
		c->lost_bytes = UINT64_MAX;
	return NULL;
}

static void report_lost(struct elfcore *c)
{
	if (!c->lost_segments)
		return;
	c->d.facts.flags |= ELFCORE_TRUNCATED;
	dump_add_defect(&c->d,
			err_new(ERR_TRUNCATED,
				"%s: the file ends at 0x%" PRIx64 ": %" PRIu64
				" bytes of memory in %" PRIu64 " of %" PRIu64
				" segments are missing, as when a size limit or a full disk cuts a core off",
				c->d.src->name, c->d.src->size, c->lost_bytes, c->lost_segments,
				c->n_load));
}

struct segments {
	struct dump_segment *v;
	size_t n, cap;
	uint64_t odd, odd_at; /* segments whose sizes contradict each other */
};

/*
 * More bytes in the file than in memory contradicts the gABI; what lies in the
 * file is believed. Sizes that would wrap the address space are cut.
 */
static void check_sizes(const struct elfcore *c, const struct elf_phdr *ph,
			struct dump_segment *seg, struct segments *s)
{
	uint64_t room = c->is64 ? -ph->vaddr : (UINT64_C(1) << 32) - ph->vaddr;
	bool odd = ph->filesz > ph->memsz;

	if (odd)
		seg->size = ph->filesz;
	if (room && seg->size > room) { /* room 0: address 0, 64 bits */
		seg->size = room;
		odd = true;
	}
	if (seg->file_size > seg->size)
		seg->file_size = seg->size;
	if (odd && !s->odd++)
		s->odd_at = ph->vaddr;
}

static struct err *add_segment(struct elfcore *c, const struct elf_phdr *ph, void *arg)
{
	struct segments *s = arg;
	struct dump_segment seg = {
		.address = ph->vaddr,
		.size = ph->memsz,
		.file_size = elfcore_bytes_there(c, ph),
		.offset = ph->offset,
		.prot = ph->flags & 7,
		.prot_known = !(c->d.facts.flags & ELFCORE_KERNEL),
	};

	if (ph->type != PT_LOAD || (!ph->memsz && !ph->filesz) || s->n == s->cap)
		return NULL;
	check_sizes(c, ph, &seg, s);
	s->v[s->n++] = seg;
	return NULL;
}

/* Stable: segments at one address stay in file order, which offset tells. */
static int by_address(const void *a, const void *b)
{
	const struct dump_segment *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->offset > y->offset) - (x->offset < y->offset);
}

static struct err *elfcore_segments(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);
	struct segments s = { .cap = c->n_load };

	s.v = ARENA_NEW_N(&d->arena, struct dump_segment, s.cap);
	if (s.cap && !s.v)
		return err_nomem();
	TRY(elfcore_each_phdr(c, add_segment, &s));
	for (size_t i = 1; i < s.n; i++)
		if (by_address(&s.v[i - 1], &s.v[i]) > 0) {
			qsort(s.v, s.n, sizeof(*s.v), by_address);
			break;
		}
	if (s.odd)
		dump_add_defect(d, err_new(ERR_CORRUPT,
					   "%s: %" PRIu64
					   " segments, the first at address 0x%" PRIx64
					   ", have sizes that contradict each other",
					   d->src->name, s.odd, s.odd_at));
	TRY(osmosis_cut_segments(d, &s.v, &s.n));
	*ret = s.v;
	*ret_n = s.n;
	return NULL;
}

/* A segment of which it is not known where it is in physical memory (of vmalloc's in /proc/kcore) has -1. */
static struct err *add_physical(struct elfcore *c, const struct elf_phdr *ph, void *arg)
{
	struct segments *s = arg;
	uint64_t there = elfcore_bytes_there(c, ph);

	if (ph->type != PT_LOAD || !there || ph->paddr > UINT64_MAX - there || s->n == s->cap)
		return NULL;
	s->v[s->n++] = (struct dump_segment){ .address = ph->paddr, .size = there, .file_size = there, .offset = ph->offset };
	return NULL;
}

static struct err *elfcore_physical(struct dump *d, struct dump_segment **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);
	struct segments s = { .cap = c->n_load };

	if (!d->facts.whole_system || !s.cap)
		return NULL;
	s.v = ARENA_NEW_N(&d->arena, struct dump_segment, s.cap);
	if (!s.v)
		return err_nomem();
	TRY(elfcore_each_phdr(c, add_physical, &s));
	*ret_n = dump_part_segments(s.v, s.n);
	*ret = s.v;
	return osmosis_cut_physical(d, ret, ret_n);
}

struct err *elfcore_note_cursor(struct elfcore *c, const struct elf_note *note,
				struct view *ret_view, struct cursor *ret)
{
	TRY(source_cursor(c->d.src, note->desc, note->size, ret_view, ret));
	ret->big_endian = c->d.facts.big_endian;
	return NULL;
}

const char *elfcore_text_bytes(struct elfcore *c, const void *p, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (!p)
		return "";
	strbuf_add_utf8(&sb, p, strnlen(p, n));
	return sb.failed ? NULL : arena_strndup(&c->d.arena, sb.s, sb.len);
}

const char *elfcore_text(struct elfcore *c, struct cursor *cur, uint64_t width)
{
	return elfcore_text_bytes(c, cursor_bytes(cur, width), width);
}

struct err *elfcore_annotate(struct elfcore *c, struct elf_annotations *a, const char *kind,
			     const char *key, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct dump_annotation one = { .kind = kind, .key = key };
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	one.value = sb.failed ? NULL : arena_strdup(&c->d.arena, sb.s);
	if (!one.value || !key || !vec_push(&a->v, one))
		return err_nomem();
	return NULL;
}

static struct err *elfcore_threads(struct dump *d, struct dump_thread **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);

	if (c->system->threads)
		TRY(c->system->threads(c, ret, ret_n));
	return elfcore_osmosis_threads(c, *ret, *ret_n);
}

static struct err *elfcore_exception(struct dump *d, struct dump_exception **ret)
{
	struct elfcore *c = elfcore_of(d);

	return c->system->exception ? c->system->exception(c, ret) : NULL;
}

static struct err *elfcore_auxv(struct dump *d, struct dump_auxv **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);

	return c->system->auxv ? c->system->auxv(c, ret, ret_n) : NULL;
}

static struct err *elfcore_mappings(struct dump *d, struct dump_file_mapping **ret, size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);

	return c->system->mappings ? c->system->mappings(c, ret, ret_n) : NULL;
}

static struct err *elfcore_annotations(struct dump *d, struct dump_annotation **ret,
				       size_t *ret_n)
{
	struct elfcore *c = elfcore_of(d);
	struct elf_annotations a = { 0 };
	struct err *e = NULL;

	if (d->facts.flags & ELFCORE_KERNEL)
		e = elfcore_kernel_annotations(c, &a);
	else if (c->system->annotations)
		e = c->system->annotations(c, &a);
	if (!e)
		e = elfcore_osmosis_annotations(c, &a);
	if (!e && a.v.n) {
		*ret = arena_memdup(&d->arena, a.v.v, a.v.n * sizeof(*a.v.v));
		*ret_n = *ret ? a.v.n : 0;
		e = *ret ? NULL : err_nomem();
	}
	vec_deinit(&a.v);
	return e;
}

static void elfcore_destroy(struct dump *d)
{
	vec_deinit(&elfcore_of(d)->notes);
	osmosis_record_deinit(&elfcore_of(d)->osmosis);
	jdoc_free(elfcore_of(d)->lists);
	jdoc_free(elfcore_of(d)->stripped);
}

static const struct dump_ops elfcore_ops = {
	.segments = elfcore_segments,
	.physical = elfcore_physical,
	.threads = elfcore_threads,
	.file_mappings = elfcore_mappings,
	.streams = elfcore_streams,
	.auxv = elfcore_auxv,
	.annotations = elfcore_annotations,
	.exception = elfcore_exception,
	.handles = elfcore_osmosis_handles,
	.snapshot = elfcore_osmosis_snapshot,
	.strip = elfcore_strip,
	.destroy = elfcore_destroy,
};

static const char *make_title(struct elfcore *c)
{
	const struct dump_facts *f = &c->d.facts;
	const char *machine = c->is64 || f->machine != MACHINE_X64 ? machine_name(f->machine) : "x32";
	const char *os = f->os == OS_UNKNOWN ? "" : dump_os_name(f->os), *snapshot;

	if (f->flags & ELFCORE_KERNEL && !c->d.src->map && strcmp(c->d.src->name, "/proc/kcore") == 0)
		return arena_printf(&c->d.arena, "Live Kernel (/proc/kcore), which runs on: what is seen is smeared: %s kernel", machine);
	if (f->flags & ELFCORE_KERNEL)
		return arena_printf(&c->d.arena,
				    "Kernel Core Dump File (vmcore): %s%s%s kernel, not a process", os,
				    *os ? " " : "", machine);
	snapshot = osmosis_title(&c->d, &c->osmosis);
	return arena_printf(&c->d.arena, "User Core Dump File (ELF): %s%s%s process%s%s", os,
			    *os ? " " : "", machine, snapshot ? ", " : "", snapshot ? snapshot : "");
}

static struct err *common_facts(struct elfcore *c)
{
	struct dump_facts *f = &c->d.facts;

	f->kind = DUMP_ELFCORE;
	f->format = format_elfcore.name;
	f->machine = c->mach.machine;
	f->pointer_size = c->word;
	c->system = elfcore_system(c);
	f->os = c->system->os;
	if (elfcore_is_kernel(c)) {
		f->flags |= ELFCORE_KERNEL;
		f->whole_system = true;
		f->os = OS_UNKNOWN; /* QEMU writes such files of any guest */
		TRY(elfcore_kernel_facts(c));
	} else if (c->system->facts) {
		TRY(c->system->facts(c));
	}
	TRY(elfcore_osmosis_facts(c));
	f->title = make_title(c);
	return f->title ? NULL : err_nomem();
}

static struct err *load(struct elfcore *c, const struct tables *t)
{
	find_machine(c);
	TRY(find_phdrs(c, t));
	TRY(elfcore_each_phdr(c, note_phdr, NULL));
	report_lost(c);
	if (!c->notes.n)
		dump_add_defect(&c->d, err_new(ERR_CORRUPT,
					       "%s: no notes: threads and registers are not known",
					       c->d.src->name));
	return common_facts(c);
}

static struct err *elfcore_open(struct source *src, struct dump **ret)
{
	struct elfcore *c = calloc(1, sizeof(*c));
	struct tables t = { 0 };
	struct err *e;
	bool big = false;

	if (!c)
		return err_nomem();
	e = read_ident(c, src, &big);
	if (!e)
		e = read_header(c, src, big, &t);
	if (!e)
		e = dump_init(&c->d, &elfcore_ops, src);
	if (e) {
		free(c);
		return e;
	}
	c->d.facts.big_endian = big;
	c->has_sections = t.shnum && t.shstrndx;
	e = load(c, &t);
	if (e) {
		c->d.src = NULL; /* stays the caller's */
		dump_unref(&c->d);
		return e;
	}
	*ret = &c->d;
	return NULL;
}

const struct dump_format format_elfcore = {
	.name = "elfcore",
	.summary = "ELF cores of Linux and BSD processes",
	.probe = elfcore_probe,
	.open = elfcore_open,
};
