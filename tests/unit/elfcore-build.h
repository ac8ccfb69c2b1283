/* SPDX-License-Identifier: MIT */
/*
 * Builds ELF cores by hand, of either class and byte order, for unit tests.
 * It shares no code with the reader: offsets and sizes are spelled out here.
 *
 *	struct core c = { .bits = 64, .machine = 62 };
 *	core_note(&c, "CORE", 1, bytes, n);
 *	core_load(&c, 0x1000, "text", 4, 0x2000);
 *	core_build(&c);  ->  c.file, c.size
 *	core_free(&c);
 */
#ifndef OSM_TEST_ELFCORE_BUILD_H
#define OSM_TEST_ELFCORE_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf {
	uint8_t *p;
	size_t n, cap;
};

struct core_segment {
	uint64_t address, filesz, memsz, at; /* at: in data */
	uint32_t flags;
};

struct core {
	unsigned bits, machine, osabi;
	bool big;
	unsigned align;	     /* p_align of notes; 0: 4 */
	unsigned pad;	     /* what notes are really padded to; 0: 4 */
	bool no_nul;	     /* note names without terminator */
	bool xnum;	     /* number of program headers in section 0 */
	bool sections;	     /* e_shnum and e_shstrndx set, as BFD does */
	size_t split;	     /* notes from here on in a second PT_NOTE; 0: one */
	struct buf notes, data;
	struct core_segment *segments;
	size_t n_segments, cap_segments;
	struct buf out;
	uint8_t *file;
	size_t size;
};

static inline void put(struct buf *b, const void *p, size_t n)
{
	if (!n)
		return;
	if (b->n + n > b->cap) {
		b->cap = (b->n + n) * 2 + 64;
		b->p = realloc(b->p, b->cap);
		if (!b->p)
			abort();
	}
	if (p)
		memcpy(b->p + b->n, p, n);
	else
		memset(b->p + b->n, 0, n);
	b->n += n;
}

static inline void put_int(struct buf *b, bool big, uint64_t v, unsigned size)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < size; i++)
		bytes[big ? size - 1 - i : i] = (uint8_t)(v >> 8 * i);
	put(b, bytes, size);
}

static inline void put_pad(struct buf *b, size_t align)
{
	while (b->n % align)
		put(b, NULL, 1);
}

static inline void core_note(struct core *c, const char *owner, uint32_t type, const void *p,
			     size_t n)
{
	unsigned pad = c->pad ? c->pad : 4;
	size_t name = strlen(owner) + (*owner && !c->no_nul);

	put_int(&c->notes, c->big, name, 4);
	put_int(&c->notes, c->big, n, 4);
	put_int(&c->notes, c->big, type, 4);
	put(&c->notes, owner, strlen(owner) < name ? strlen(owner) : name);
	if (*owner && !c->no_nul)
		put(&c->notes, "", 1);
	put_pad(&c->notes, pad);
	put(&c->notes, p, n);
	put_pad(&c->notes, pad);
}

static inline void core_note_buf(struct core *c, const char *owner, uint32_t type, struct buf *b)
{
	core_note(c, owner, type, b->p, b->n);
	free(b->p);
	*b = (struct buf){ 0 };
}

static inline void core_load(struct core *c, uint64_t address, const void *p, size_t n,
			     uint64_t memsz)
{
	if (c->n_segments == c->cap_segments) {
		c->cap_segments = c->cap_segments * 2 + 8;
		c->segments = realloc(c->segments, c->cap_segments * sizeof(*c->segments));
		if (!c->segments)
			abort();
	}
	c->segments[c->n_segments++] = (struct core_segment){
		.address = address, .filesz = n, .memsz = memsz, .at = c->data.n, .flags = 6
	};
	put(&c->data, p, n);
}

static inline void core_phdr(struct core *c, uint32_t type, uint32_t flags, uint64_t offset,
			     uint64_t vaddr, uint64_t filesz, uint64_t memsz, uint64_t align)
{
	unsigned w = c->bits / 8;

	put_int(&c->out, c->big, type, 4);
	if (w == 8)
		put_int(&c->out, c->big, flags, 4);
	put_int(&c->out, c->big, offset, w);
	put_int(&c->out, c->big, vaddr, w);
	put_int(&c->out, c->big, 0, w);
	put_int(&c->out, c->big, filesz, w);
	put_int(&c->out, c->big, memsz, w);
	if (w == 4)
		put_int(&c->out, c->big, flags, 4);
	put_int(&c->out, c->big, align, w);
}

static inline void core_ehdr(struct core *c, uint64_t shoff, size_t phnum)
{
	uint8_t id[16] = { 0x7f, 'E', 'L', 'F', c->bits == 64 ? 2 : 1, c->big ? 2 : 1, 1,
			   (uint8_t)c->osabi };
	unsigned w = c->bits / 8;

	put(&c->out, id, sizeof(id));
	put_int(&c->out, c->big, 4, 2);
	put_int(&c->out, c->big, c->machine, 2);
	put_int(&c->out, c->big, 1, 4);
	put_int(&c->out, c->big, 0, w);
	put_int(&c->out, c->big, w == 8 ? 64 : 52, w);
	put_int(&c->out, c->big, shoff, w);
	put_int(&c->out, c->big, 0, 4);
	put_int(&c->out, c->big, w == 8 ? 64 : 52, 2);
	put_int(&c->out, c->big, w == 8 ? 56 : 32, 2);
	put_int(&c->out, c->big, c->xnum ? 0xffff : phnum, 2);
	put_int(&c->out, c->big, w == 8 ? 64 : 40, 2);
	put_int(&c->out, c->big, c->xnum ? 1 : c->sections ? 5 : 0, 2);
	put_int(&c->out, c->big, c->sections ? 4 : 0, 2);
}

static inline void core_build(struct core *c)
{
	bool two = c->split && c->split < c->notes.n;
	size_t phnum = c->n_segments + (c->notes.n ? 1 : 0) + two;
	uint64_t notes = (c->bits == 64 ? 64 : 52) + phnum * (c->bits == 64 ? 56u : 32u);
	uint64_t first = two ? c->split : c->notes.n, data = notes + c->notes.n;
	unsigned align = c->align ? c->align : 4;

	core_ehdr(c, c->xnum || c->sections ? data + c->data.n : 0, phnum);
	if (c->notes.n)
		core_phdr(c, 4, 0, notes, 0, first, 0, align);
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct core_segment *s = &c->segments[i];

		core_phdr(c, 1, s->flags, data + s->at, s->address, s->filesz, s->memsz, 4096);
	}
	if (two)
		core_phdr(c, 4, 0, notes + first, 0, c->notes.n - first, 0, align);
	put(&c->out, c->notes.p, c->notes.n);
	put(&c->out, c->data.p, c->data.n);
	if (c->xnum) { /* section header 0: sh_info */
		put(&c->out, NULL, c->bits == 64 ? 44 : 28);
		put_int(&c->out, c->big, phnum, 4);
		put(&c->out, NULL, c->bits == 64 ? 16 : 8);
	}
	c->file = c->out.p;
	c->size = c->out.n;
}

static inline void core_free(struct core *c)
{
	free(c->notes.p);
	free(c->data.p);
	free(c->segments);
	free(c->out.p);
	*c = (struct core){ 0 };
}

/* elf_prstatus of Linux: registers hold 1, 2, 3 ... of the word's size. */
struct prstatus {
	uint32_t tid, cursig;
	uint64_t user_usec, kernel_sec;
	unsigned regs, regs_word; /* number of registers and bytes of each */
	unsigned total;		  /* size of the structure with its padding */
};

static inline void core_prstatus(struct core *c, const struct prstatus *p)
{
	struct buf b = { 0 };
	unsigned w = c->bits / 8;

	put_int(&b, c->big, p->cursig, 4);
	put(&b, NULL, 8);
	put_int(&b, c->big, p->cursig, 2);
	put(&b, NULL, 2);
	put_int(&b, c->big, 0x21, w);	/* sigpend */
	put_int(&b, c->big, 0x4000, w); /* sighold */
	put_int(&b, c->big, p->tid, 4);
	put_int(&b, c->big, 77, 4);
	put_int(&b, c->big, 78, 4);
	put_int(&b, c->big, 79, 4);
	put_int(&b, c->big, 0, w);
	put_int(&b, c->big, p->user_usec, w);
	put_int(&b, c->big, p->kernel_sec, w);
	put_int(&b, c->big, 0, w);
	put(&b, NULL, 4 * w);
	for (unsigned i = 0; i < p->regs; i++)
		put_int(&b, c->big, i + 1, p->regs_word);
	put_int(&b, c->big, 1, 4);
	if (b.n < p->total)
		put(&b, NULL, p->total - b.n);
	core_note_buf(c, "CORE", 1, &b);
}

/* elf_prpsinfo; id_size 2 or 4 */
static inline void core_prpsinfo(struct core *c, unsigned id_size, uint32_t pid, const char *name,
				 const char *args)
{
	struct buf b = { 0 };
	unsigned w = c->bits / 8;
	char text[80] = { 0 };

	put(&b, "\0R\0\5", 4);
	put_pad(&b, w);
	put_int(&b, c->big, 0x400600, w);
	put_int(&b, c->big, 1000, id_size);
	put_int(&b, c->big, 1001, id_size);
	put_int(&b, c->big, pid, 4);
	put_int(&b, c->big, 77, 4);
	put_int(&b, c->big, 78, 4);
	put_int(&b, c->big, 79, 4);
	(void)snprintf(text, sizeof(text), "%s", name);
	put(&b, text, 16);
	memset(text, 0, sizeof(text));
	(void)snprintf(text, sizeof(text), "%s", args);
	put(&b, text, 80);
	core_note_buf(c, "CORE", 3, &b);
}

#endif
