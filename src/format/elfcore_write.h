/* SPDX-License-Identifier: MIT */
/*
 * Writing ELF cores: the layout of the file and the notes of Linux.
 *
 * The file is laid out before a byte of memory is read, so that it can go to a
 * pipe: ELF header, program headers, one PT_NOTE, [a second PT_NOTE at the very
 * end, whose size is reserved and whose content is known last], and one PT_LOAD
 * a segment, each beginning on a page. More than 65534 program headers: PN_XNUM
 * in e_phnum and the count in sh_info of section header 0, behind the ELF
 * header.
 *
 * Formats: System V ABI (ELF), <linux/elfcore.h> and <linux/elf.h> of the uapi
 * headers, x86-64 and i386 psABI register sets as <sys/user.h> has them.
 */
#ifndef OSM_FORMAT_ELFCORE_WRITE_H
#define OSM_FORMAT_ELFCORE_WRITE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/machine.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of memory: the first file_size bytes of it are in the file. */
struct core_segment {
	uint64_t address, mem_size, file_size;
	uint32_t prot;		/* DUMP_PROT_* of format/dump.h */
	uint64_t physical;	/* p_paddr: of a machine's memory; 0 in processes' cores */
	bool shared;		/* its bytes are those of an earlier segment, from an offset in it on */
	size_t shared_with;
	uint64_t shared_from;
};

struct core_note {
	const char *owner;	/* "CORE", "LINUX", "OSMOSIS" */
	uint32_t type;
	const void *data;
	size_t size;
};

struct core_image {
	enum machine machine;	/* MACHINE_X64, MACHINE_X86: others are UNSUPPORTED */
	const struct core_note *notes;
	size_t n_notes;
	const struct core_segment *segments;
	size_t n_segments;
	bool vmcore;		/* of a machine: p_align 0 as in /proc/vmcore, by which crash tells such a file from netdump's */
	uint64_t trailer_size;	/* content of the note at the end; 0: none */
	const char *trailer_owner;
	uint32_t trailer_type;
	bool trailer_unlisted;	/* no program header for it: readers of vmcores know of one PT_NOTE, the first */
};

struct core_layout {
	uint8_t *head;		/* headers and notes: the file's first bytes */
	size_t head_size;
	uint64_t *offsets;	/* in the file, of each segment; file_size 0: meaningless */
	uint64_t trailer_offset;/* of the trailer's note header; the file ends behind its note */
	uint64_t trailer_content;	/* offset of its first content byte */
	uint8_t trailer_head[32];	/* note header and owner of the trailer */
	size_t trailer_head_size;
	uint64_t file_size;
};
/* All in memory of `a`. */
struct err *core_layout_build(const struct core_image *image, struct arena *a, struct core_layout *ret) MUST_USE;

/* --- contents of Linux notes; each returns memory of `a`, NULL when memory is out ------ */

struct core_prstatus {
	int32_t signal;		/* si_signo, also pr_cursig; the kernel gives all threads the same, gdb believes the last */
	int32_t si_code, si_errno;
	uint64_t sigpend, sighold;
	int32_t pid, ppid, pgrp, sid;
	uint64_t user_us, system_us, child_user_us, child_system_us;
	const void *regs;	/* elf_gregset_t of the machine: 27 * 8 or 17 * 4 bytes */
	size_t regs_size;
	bool has_fpregs;
};
const void *core_prstatus(enum machine machine, const struct core_prstatus *p, struct arena *a, size_t *ret_size);

struct core_prpsinfo {
	char state;		/* 'R' 'S' 'D' 'T' 'Z' */
	int32_t nice;
	uint64_t flags;		/* PF_* of /proc/pid/stat */
	uint32_t uid, gid;
	int32_t pid, ppid, pgrp, sid;
	const char *name;	/* cut to 15 bytes */
	const char *args;	/* blanks between; cut to 79 bytes */
};
const void *core_prpsinfo(enum machine machine, const struct core_prpsinfo *p, struct arena *a, size_t *ret_size);

struct core_file {
	uint64_t start, end;
	uint64_t offset;	/* in bytes, a multiple of the page */
	const char *path;
};
const void *core_nt_file(enum machine machine, const struct core_file *files, size_t n, struct arena *a, size_t *ret_size);

#endif
