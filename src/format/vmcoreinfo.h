/* SPDX-License-Identifier: MIT */
/*
 * VMCOREINFO: text that a Linux kernel keeps about itself for whoever reads its
 * memory, "KEY=value\n" lines: OSRELEASE, PAGESIZE, SYMBOL(name), OFFSET(...).
 * ELF vmcores have it as a note, kdump files at an offset; it lies in the memory
 * as well.
 *
 * Source: Documentation/admin-guide/kdump/vmcoreinfo.rst of Linux.
 */
#ifndef OSM_FORMAT_VMCOREINFO_H
#define OSM_FORMAT_VMCOREINFO_H

#include "format/dump_impl.h"

/* key and value: valid UTF-8, in the dump's arena. */
typedef struct err *vmcoreinfo_fn(void *arg, const char *key, const char *value);

/* Every line, 16384 at most; those without '=' are passed over. */
struct err *vmcoreinfo_each(struct dump *d, const void *text, size_t size, vmcoreinfo_fn *fn, void *arg) MUST_USE;
/* Release and time of the crash, as facts of the dump. */
struct err *vmcoreinfo_facts(struct dump *d, const void *text, size_t size) MUST_USE;

#endif
