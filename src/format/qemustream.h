/* SPDX-License-Identifier: MIT */
/*
 * Migration streams of QEMU: what `migrate` writes to a file, and what a
 * background snapshot is. The whole machine: its RAM, and the state of each
 * device, described by JSON at the end of the stream.
 *
 *	"QEVM", u32 version 3				numbers are big-endian
 *	[configuration: the machine's type]
 *	section "ram", in parts: names and sizes of the RAM blocks; then pages,
 *		each with its address in its block; the last one of a page counts
 *	sections of devices, one each
 *	end, description (JSON): names, types and sizes of all fields of devices
 *
 * With the capability mapped-ram the pages do not lie in the stream: each RAM
 * block has a place in the file, and a bitmap of the pages that are not zero.
 *
 * Pages are found by one pass over the RAM's sections. What is kept are runs of
 * pages, 16 bytes each: one run while pages come in order, as they do when the
 * machine stands still; at worst one for each page of the machine's RAM.
 *
 * Processors' registers become the notes that QEMU's own dumps have (PRSTATUS,
 * "QEMU"), and VMCOREINFO is read where the guest said it is: made up behind the
 * file's end, as offsets of the streams are concerned.
 *
 * Where a RAM block lies in physical memory the stream does not say: docs/formats/qemu-stream.md
 * tells what is concluded from what.
 *
 * Sources: QEMU's docs/devel/migration (main.rst, mapped-ram.rst), the
 * description in the streams themselves, and streams that QEMU 7.2 wrote.
 */
#ifndef OSM_FORMAT_QEMUSTREAM_H
#define OSM_FORMAT_QEMUSTREAM_H

#include "base/source.h"

/* Whether it begins so. */
bool qemustream_probe(struct source *src);

#endif
