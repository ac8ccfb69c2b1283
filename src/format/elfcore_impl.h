/* SPDX-License-Identifier: MIT */
/*
 * Inside the ELF core reader: the parts that elfcore*.c share.
 *
 * elfcore.c        headers, segments, facts that every system has
 * elfcore_note.c   the index of notes, their names
 * elfcore_linux.c  PRSTATUS and the other records of Linux
 * elfcore_signal.c siginfo of Linux
 * elfcore_bsd.c    FreeBSD, NetBSD, OpenBSD
 * elfcore_sun.c    Solaris, illumos
 * elfcore_strip.c  what stays when a core is stripped
 * elfcore_kernel.c vmcores: VMCOREINFO
 * elfcore_osmosis.c, elfcore_osmosis_lists.c  the record of an Osmosis snapshot, with osmosis_record.h
 */
#ifndef OSM_FORMAT_ELFCORE_IMPL_H
#define OSM_FORMAT_ELFCORE_IMPL_H

#include "format/dump_impl.h"
#include "format/elfcore.h"
#include "format/osmosis_record.h"

extern const struct dump_format format_elfcore;

/* Who defined a note's type number. */
enum elf_owner {
	OWNER_OTHER,
	OWNER_NONE, /* no name at all */
	OWNER_CORE,
	OWNER_LINUX,
	OWNER_FREEBSD,
	OWNER_NETBSD,
	OWNER_OPENBSD,
	OWNER_VMCOREINFO,
	OWNER_QEMU,
	OWNER_XEN,
	OWNER_OSMOSIS,
	OWNER_N,
};

/* One note, as its header says; the name is read again when it is wanted. */
struct elf_note {
	uint64_t header; /* offset of namesz in the file */
	uint64_t desc;
	uint32_t size; /* of desc; all of it is in the file */
	uint32_t type;
	uint32_t lwp; /* NetBSD, OpenBSD: thread, from "NetBSD-CORE@12" */
	uint8_t owner;
	uint8_t name_size; /* at most 64 bytes of it are looked at */
	bool has_lwp;
};

struct elf_phdr {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

/* Where a system's PRSTATUS keeps the registers; by class and e_machine. */
struct elf_machine {
	uint16_t e_machine;
	uint8_t bits;
	enum machine machine;
	enum context_layout linux_layout;
	uint32_t linux_regs; /* sizeof(elf_gregset_t), 0: not known */
};

struct elf_system;

struct elfcore {
	struct dump d;
	bool is64;
	uint8_t osabi;
	uint16_t e_machine;
	uint32_t word; /* 4 or 8 */
	struct elf_machine mach;
	const struct elf_system *system;

	uint64_t phoff, phnum; /* phnum: what the file really holds */
	uint32_t phentsize;
	bool has_sections; /* e_shnum and e_shstrndx are set */

	VEC(struct elf_note) notes;
	uint32_t owners[OWNER_N]; /* notes of each */
	bool notes_full;	  /* the limit was reached, said once */

	uint64_t n_load;
	uint64_t lost_bytes, lost_segments; /* beyond the end of the file */

	/* Notes of Osmosis; NULL: none. What they say is borrowed from here. */
	struct osmosis_record osmosis;
	struct jdoc *lists, *stripped;
	bool lists_tried; /* read when first asked for */
};

static inline struct elfcore *elfcore_of(struct dump *d)
{
	return (struct elfcore *)d;
}

/* A cursor over a note's bytes in the file's byte order. */
struct err *elfcore_note_cursor(struct elfcore *c, const struct elf_note *note,
				struct view *ret_view, struct cursor *ret) MUST_USE;
/* Text field of fixed width: ends at the first NUL, becomes UTF-8. NULL: no memory. */
const char *elfcore_text(struct elfcore *c, struct cursor *cur, uint64_t width);
const char *elfcore_text_bytes(struct elfcore *c, const void *p, size_t n);
/* A 4 or 8 byte word, as the class has it. */
static inline uint64_t elfcore_word(const struct elfcore *c, struct cursor *cur)
{
	return cursor_uint(cur, c->word);
}
/* The first note of this owner and type, or NULL. */
const struct elf_note *elfcore_find(const struct elfcore *c, enum elf_owner owner, uint32_t type);
static inline struct dump_piece elfcore_piece(const struct elf_note *note)
{
	return (struct dump_piece){ note->desc, note->size };
}

/* elfcore.c: the program headers, in order. */
typedef struct err *elf_phdr_fn(struct elfcore *c, const struct elf_phdr *ph, void *arg);
struct err *elfcore_each_phdr(struct elfcore *c, elf_phdr_fn *fn, void *arg) MUST_USE;

/* Bytes of [offset, offset + filesz) that the file has. */
uint64_t elfcore_bytes_there(const struct elfcore *c, const struct elf_phdr *ph);

/* elfcore_strip.c */
struct err *elfcore_strip(struct dump *d, struct strip_plan *p) MUST_USE;

/* elfcore_note.c */
struct err *elfcore_scan_notes(struct elfcore *c, const struct elf_phdr *ph) MUST_USE;
struct err *elfcore_streams(struct dump *d, struct dump_stream **ret, size_t *ret_n) MUST_USE;

/* Growing list of annotations in the dump's arena. */
struct elf_annotations {
	VEC(struct dump_annotation) v;
};
struct err *elfcore_annotate(struct elfcore *c, struct elf_annotations *a, const char *kind,
			     const char *key, const char *fmt, ...) PRINTF(5, 6) MUST_USE;

/*
 * What one operating system's cores need. Every slot may fail softly: it adds
 * a defect and leaves its part empty.
 */
struct elf_system {
	enum dump_os os;
	struct err *(*facts)(struct elfcore *c);
	struct err *(*threads)(struct elfcore *c, struct dump_thread **ret, size_t *ret_n);
	struct err *(*exception)(struct elfcore *c, struct dump_exception **ret);
	struct err *(*auxv)(struct elfcore *c, struct dump_auxv **ret, size_t *ret_n);
	struct err *(*mappings)(struct elfcore *c, struct dump_file_mapping **ret, size_t *ret_n);
	struct err *(*annotations)(struct elfcore *c, struct elf_annotations *a);
};

extern const struct elf_system elfcore_linux, elfcore_freebsd, elfcore_netbsd, elfcore_openbsd,
	elfcore_sun, elfcore_unknown;

const struct elf_system *elfcore_system(const struct elfcore *c);
/* The note type of PT_GETREGS; floating point is 2 more. */
uint32_t elfcore_netbsd_regs(const struct elfcore *c);

/* Pairs until AT_NULL; `skip` bytes come before them. */
struct err *elfcore_auxv_note(struct elfcore *c, const struct elf_note *note, uint64_t skip,
			      struct dump_auxv **ret, size_t *ret_n) MUST_USE;

/* The thread list under construction: notes are laid on the latest thread. */
struct elf_threads {
	struct dump_thread *v;
	size_t n, cap;
	uint64_t bad;	      /* thread records that could not be read */
	uint64_t first_bad;   /* offset */
	bool open;	      /* v[n-1] takes the notes that follow */
};
struct err *elfcore_threads_begin(struct elfcore *c, struct elf_threads *t, enum elf_owner owner,
				  uint32_t type) MUST_USE;
/* NULL when all the room that was counted is used. */
struct dump_thread *elfcore_thread_add(struct elf_threads *t, uint32_t tid);
void elfcore_thread_bad(struct elf_threads *t, const struct elf_note *note);
struct err *elfcore_threads_end(struct elfcore *c, const struct elf_threads *t,
				struct dump_thread **ret, size_t *ret_n) MUST_USE;

/* elfcore_linux.c: also for vmcores, where each PRSTATUS is a CPU's. */
struct err *elfcore_linux_threads(struct elfcore *c, struct dump_thread **ret,
				  size_t *ret_n) MUST_USE;

/* elfcore_kernel.c */
bool elfcore_is_kernel(const struct elfcore *c);
struct err *elfcore_kernel_facts(struct elfcore *c) MUST_USE;
struct err *elfcore_kernel_annotations(struct elfcore *c, struct elf_annotations *a) MUST_USE;

/*
 * elfcore_osmosis*.c: facts reads the notes, if there are any; the others do
 * nothing where there are none.
 */
struct err *elfcore_osmosis_facts(struct elfcore *c) MUST_USE;
struct err *elfcore_osmosis_snapshot(struct dump *d, struct dump_snapshot **ret) MUST_USE;
struct err *elfcore_osmosis_threads(struct elfcore *c, struct dump_thread *v, size_t n) MUST_USE;
struct err *elfcore_osmosis_handles(struct dump *d, struct dump_handle **ret, size_t *ret_n) MUST_USE;
struct err *elfcore_osmosis_annotations(struct elfcore *c, struct elf_annotations *a) MUST_USE;
/* Where the closing record of a vmcore lies, which is in no list of notes; size 0: none such. */
struct dump_piece elfcore_osmosis_unlisted(const struct elfcore *c);

/* elfcore_signal.c: fills code, flags, address and parameters from a siginfo_t. */
struct err *elfcore_linux_siginfo(struct elfcore *c, struct dump_piece piece,
				  struct dump_exception *ret) MUST_USE;

#endif
