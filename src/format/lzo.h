/* SPDX-License-Identifier: MIT */
/*
 * LZO1X, unpacking only: what the kernel, makedumpfile and QEMU compress pages
 * of dumps with.
 *
 * Written from the description of the byte stream in the kernel's documentation
 * (Documentation/staging/lzo.rst, "LZO stream format as understood by Linux'
 * LZO decompressor"); liblzo2 itself is GPL.
 */
#ifndef OSM_FORMAT_LZO_H
#define OSM_FORMAT_LZO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: the stream is damaged, or unpacks to more or less than `size` bytes. */
bool lzo1x_unpack(const uint8_t *in, size_t in_size, uint8_t *out, size_t size);

#endif
