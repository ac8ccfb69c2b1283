/* SPDX-License-Identifier: MIT */
/*
 * A machine's memory in another container: the layout of the file that is to
 * be written, whose bytes can be asked for in any order (capture/sink.h).
 *
 * Kinds: elf, a vmcore with a PT_LOAD for each range of memory, with the
 * processors' registers and VMCOREINFO if the dump has them; lime, a header
 * and the bytes of each range; raw, byte n at offset n, nothing else.
 * What the dump cannot give although it lists it (a page that does not unpack)
 * becomes zeros: it is counted.
 */
#ifndef OSM_FORMAT_PHYSICAL_WRITE_H
#define OSM_FORMAT_PHYSICAL_WRITE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "format/dump.h"
#include <stdatomic.h>

struct physical_image;

/* The kinds' names, for messages, with that of format/kdump_write.h: "elf, kdump, lime, raw". */
extern const char physical_image_kinds[];

/* The dump must outlive it. USAGE: no such kind; UNSUPPORTED: a dump of a process, or of a machine that ELF needs to be known. */
struct err *physical_image_create(struct dump *d, const char *kind, struct physical_image **ret) MUST_USE;
void physical_image_destroy(struct physical_image *p); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct physical_image, physical_image_destroy)

uint64_t physical_image_size(const struct physical_image *p);
/* From several threads; offset + len is within the size. */
void physical_image_read(struct physical_image *p, uint64_t offset, uint8_t *buf, size_t len);
/* Bytes that were not to be had so far. */
uint64_t physical_image_lost(const struct physical_image *p);

#endif
