/* SPDX-License-Identifier: MIT */
/*
 * ELF core: what of it stays when it is stripped.
 *
 * The program headers stay where they are; the notes are written anew behind
 * the old end, and the first PT_NOTE leads to them: registers without floating
 * point and vectors (which hold pieces of the strings that were copied last),
 * signals, the auxiliary vector, mapped files, and the record of a snapshot
 * without command line, comment, environment and open files. The last note
 * says that the core was stripped (docs/formats/osmosis-note.md).
 *
 * Only cores of Linux processes: what other systems put into their notes is
 * not known well enough to leave it in.
 */
#include "base/cancel.h"
#include "format/elfcore_osmosis.h"
#include "format/strip.h"

#include <elf.h>
#include <string.h>

enum {
	NOTE_ALIGN = 4,
	HEADER_PAGE = 4096,
	PSARGS_SIZE = 80,	/* at the end of PRPSINFO: pr_psargs */
	X86_TLS = 0x200,	/* NT_386_TLS */
	ARM_TLS = 0x401,
	ARM_PAC_MASK = 0x406,
};

/* Grows the block of notes. */
struct notes {
	struct strbuf bytes;
	bool big;
};

static void notes_deinit(struct notes *n)
{
	strbuf_deinit(&n->bytes);
}

static void add_u32(struct notes *n, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		strbuf_addc(&n->bytes, (char)(v >> 8 * (n->big ? 3 - i : i)));
}

static void add_padded(struct notes *n, const void *bytes, size_t size)
{
	strbuf_add(&n->bytes, bytes, size);
	strbuf_pad(&n->bytes, '\0', -size & (NOTE_ALIGN - 1));
}

static void add_note(struct notes *n, const char *owner, uint32_t type, const void *desc, size_t size)
{
	add_u32(n, (uint32_t)strlen(owner) + 1);
	add_u32(n, (uint32_t)size);
	add_u32(n, type);
	add_padded(n, owner, strlen(owner) + 1);
	add_padded(n, desc, size);
}

static bool stays(const struct elf_note *note)
{
	if (note->owner == OWNER_CORE)
		return note->type == NT_PRSTATUS || note->type == NT_PRPSINFO || note->type == NT_AUXV ||
		       note->type == NT_FILE || note->type == NT_SIGINFO;
	return note->owner == OWNER_LINUX &&
	       (note->type == X86_TLS || note->type == ARM_TLS || note->type == ARM_PAC_MASK);
}

/* The record and the lists without what the process or its user wrote. */
static struct err *add_record(struct elfcore *c, const struct elf_note *note, struct notes *n)
{
	CLEANUP(jdoc_freep) struct jdoc *doc = NULL;
	CLEANUP(freep) char *text = NULL;
	struct err *e;

	if (note->type == OSMOSIS_NOTE_STRIPPED)
		return NULL; /* from an earlier time */
	e = osmosis_parse(&c->d, elfcore_piece(note), &doc);
	if (e && (err_code(e) == ERR_CORRUPT || err_code(e) == ERR_TRUNCATED)) {
		err_free(e); /* a record that cannot be read is not worth keeping */
		return NULL;
	}
	TRY(e);
	jdoc_drop(doc, NULL, "comment");
	jdoc_drop(doc, NULL, "environment");
	jdoc_drop(doc, NULL, "files");
	jdoc_drop(doc, "process", "command_line");
	text = jdoc_text(doc);
	if (!text)
		return err_nomem();
	add_note(n, OSMOSIS_NOTE_OWNER, note->type, text, strlen(text));
	return NULL;
}

static struct err *copy_note(struct elfcore *c, const struct elf_note *note, struct notes *n)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor cur;

	if (note->owner == OWNER_OSMOSIS)
		return add_record(c, note, n);
	if (!stays(note))
		return NULL;
	TRY(elfcore_note_cursor(c, note, &view, &cur));
	add_note(n, note->owner == OWNER_CORE ? "CORE" : "LINUX", note->type, cur.data, (size_t)cur.size);
	TRY(strbuf_check(&n->bytes));
	if (note->owner == OWNER_CORE && note->type == NT_PRPSINFO && cur.size > PSARGS_SIZE)
		memset(n->bytes.s + n->bytes.len - PSARGS_SIZE, 0, PSARGS_SIZE);
	return NULL;
}

static void add_stripped(struct notes *n)
{
	static const char text[] = "{\"format\":1,\"tool\":\"" STRIP_WRITER " " OSM_VERSION
				   "\",\"meaning\":\"" STRIP_MEANING "\"}";

	add_note(n, OSMOSIS_NOTE_OWNER, OSMOSIS_NOTE_STRIPPED, text, sizeof(text) - 1);
}

/* --- program headers: the first PT_NOTE leads to the new notes, others to nothing ---------- */

struct phdr_fields {
	unsigned offset, filesz, memsz, word;
};

struct redirect {
	struct strip_plan *plan;
	uint64_t index, notes_at, notes_size;
	bool done;
};

static struct err *patch_word(struct elfcore *c, struct strip_plan *p, uint64_t at, uint64_t v, unsigned size)
{
	uint8_t bytes[8] = { 0 };

	for (unsigned i = 0; i < size; i++)
		bytes[i] = (uint8_t)(v >> 8 * (c->d.facts.big_endian ? size - 1 - i : i));
	return strip_plan_patch(p, at, bytes, size);
}

/* The page by which debuggers know a module; in snapshots it is beside what they take from the module's file. */
static struct err *keep_elf_header(struct elfcore *c, const struct elf_phdr *ph, struct strip_plan *p)
{
	uint64_t there = elfcore_bytes_there(c, ph);
	uint8_t magic[SELFMAG];

	if ((ph->flags & PF_W) || there < SELFMAG ||
	    source_read_some(c->d.src, ph->offset, magic, SELFMAG) < SELFMAG || memcmp(magic, ELFMAG, SELFMAG) != 0)
		return NULL;
	return strip_plan_keep(p, ph->offset, there < HEADER_PAGE ? there : HEADER_PAGE);
}

static struct err *redirect_notes(struct elfcore *c, const struct elf_phdr *ph, void *arg)
{
	static const struct phdr_fields fields[] = { { 4, 16, 20, 4 }, { 8, 32, 40, 8 } };
	const struct phdr_fields *f = &fields[c->is64];
	struct redirect *r = arg;
	uint64_t at = c->phoff + r->index++ * c->phentsize;

	if (ph->type == PT_LOAD)
		TRY(keep_elf_header(c, ph, r->plan));
	if (ph->type == PT_LOAD && elfcore_bytes_there(c, ph) < ph->filesz) /* else the notes would pass for memory */
		return patch_word(c, r->plan, at + f->filesz, elfcore_bytes_there(c, ph), f->word);
	if (ph->type != PT_NOTE)
		return NULL;
	if (r->done)
		return patch_word(c, r->plan, at, PT_NULL, 4);
	r->done = true;
	TRY(patch_word(c, r->plan, at + f->offset, r->notes_at, f->word));
	TRY(patch_word(c, r->plan, at + f->filesz, r->notes_size, f->word));
	return patch_word(c, r->plan, at + f->memsz, 0, f->word);
}

/* Section headers go, but the one that has the number of program headers. */
static struct err *keep_headers(struct elfcore *c, struct strip_plan *p)
{
	unsigned shoff_at = c->is64 ? 40 : 32, shentsize_at = c->is64 ? 58 : 46, phnum_at = shentsize_at - 2;
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct cursor cur;

	TRY(strip_plan_keep(p, 0, c->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)));
	TRY(strip_plan_keep(p, c->phoff, c->phnum * c->phentsize));
	TRY(source_cursor(c->d.src, 0, c->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), &view, &cur));
	cur.big_endian = c->d.facts.big_endian;
	cursor_seek(&cur, phnum_at);
	if (cursor_u16(&cur) == PN_XNUM) {
		cursor_seek(&cur, shoff_at);
		return strip_plan_keep(p, cursor_uint(&cur, c->word), c->is64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	}
	TRY(patch_word(c, p, shoff_at, 0, c->is64 ? 8 : 4));
	TRY(patch_word(c, p, shentsize_at + 2, 0, 2));
	return patch_word(c, p, shentsize_at + 4, 0, 2);
}

struct err *elfcore_strip(struct dump *d, struct strip_plan *p)
{
	CLEANUP(notes_deinit) struct notes n = { STRBUF_INIT, d->facts.big_endian };
	struct elfcore *c = elfcore_of(d);
	struct redirect r = { .plan = p, .notes_at = (d->src->size + 7) & ~(uint64_t)7 };

	if (elfcore_is_kernel(c))
		return err_new(ERR_UNSUPPORTED, "%s: a kernel's dump cannot be stripped: what its stacks need is "
						"spread over all of its memory", d->src->name);
	if (d->facts.os != OS_LINUX && d->facts.os != OS_ANDROID)
		return err_new(ERR_UNSUPPORTED, "%s: only ELF cores of Linux can be stripped, this one is of %s",
			       d->src->name, d->facts.os ? dump_os_name(d->facts.os) : "an unknown system");
	for (size_t i = 0; i < c->notes.n; i++) {
		if (!(i & 0xfff))
			TRY(cancel_check());
		TRY(copy_note(c, &c->notes.v[i], &n));
	}
	add_stripped(&n);
	TRY(strbuf_check(&n.bytes));
	r.notes_size = n.bytes.len;
	p->size = r.notes_at + r.notes_size;
	if (!c->is64 && p->size > UINT32_MAX)
		return err_new(ERR_UNSUPPORTED, "%s: it ends beyond 4 GiB, which 32-bit headers cannot tell", d->src->name);
	TRY(keep_headers(c, p));
	TRY(elfcore_each_phdr(c, redirect_notes, &r));
	return strip_plan_patch(p, r.notes_at, n.bytes.s, n.bytes.len);
}
