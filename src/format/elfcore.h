/* SPDX-License-Identifier: MIT */
/*
 * What ELF cores say beyond the common facts: bits of dump_facts.flags when
 * the format is "elfcore".
 */
#ifndef OSM_FORMAT_ELFCORE_H
#define OSM_FORMAT_ELFCORE_H

enum elfcore_flag {
	ELFCORE_KERNEL = 1 << 0,    /* a vmcore: its "threads" are CPUs, its segments kernel memory */
	ELFCORE_XNUM = 1 << 1,	    /* the number of program headers did not fit in e_phnum */
	ELFCORE_TRUNCATED = 1 << 2, /* the file ends before its last segment does */
	ELFCORE_GCORE_ORDER = 1 << 3, /* NT_PRPSINFO stands before the threads: written by gdb, not a kernel */
};

#endif
