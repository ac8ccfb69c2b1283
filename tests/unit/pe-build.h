/* SPDX-License-Identifier: MIT */
/*
 * Builds a small PE image in memory, for the tests of its reader. Written from
 * the format's documentation, sharing nothing with src/symbol/pe*.c.
 *
 * Sections (RVA = 0x1000 * n, raw data at 0x400 * n, 0x400 bytes each):
 *	1 .text   code; a relocated pointer at +0x10
 *	2 .rdata  export table at +0, import address table at +0x200 (16 bytes),
 *	          debug directory at +0x280, relocated pointer at +0x3f8
 *	3 .data   writable
 *	4 .rsrc   version resource
 *	5 .reloc  discardable
 * .rdata has a virtual size of 0x1800: its second page is zero.
 */
#ifndef OSM_PE_BUILD_H
#define OSM_PE_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { PB_SIZE = 0x1c00, PB_IMAGE_SIZE = 0x7000, PB_TEXT = 0x1000, PB_RDATA = 0x2000, PB_DATA = 0x4000,
       PB_RSRC = 0x5000, PB_RELOC = 0x6000, PB_RAW_TEXT = 0x400, PB_RAW_RDATA = 0x800,
       PB_RAW_DATA = 0xc00, PB_RAW_RSRC = 0x1000, PB_RAW_RELOC = 0x1400 };

struct pb {
	uint8_t bytes[PB_SIZE];
	bool is_64;
	uint64_t base;
};

static inline void pb_put(struct pb *b, uint32_t at, unsigned n, uint64_t v)
{
	for (unsigned i = 0; i < n; i++)
		b->bytes[at + i] = (uint8_t)(v >> (8 * i));
}

static inline uint32_t pb_str(struct pb *b, uint32_t at, const char *s)
{
	memcpy(b->bytes + at, s, strlen(s) + 1);
	return at + (uint32_t)strlen(s) + 1;
}

static inline uint32_t pb_utf16(struct pb *b, uint32_t at, const char *s)
{
	for (; *s; s++, at += 2)
		pb_put(b, at, 2, (uint8_t)*s);
	pb_put(b, at, 2, 0);
	return at + 2;
}

static inline void pb_section(struct pb *b, unsigned i, const char *name, uint32_t rva, uint32_t vsize,
			      uint32_t raw, uint32_t flags)
{
	uint32_t at = 0x80 + 24 + (b->is_64 ? 240 : 224) + 40 * i;

	memcpy(b->bytes + at, name, strlen(name));
	pb_put(b, at + 8, 4, vsize);
	pb_put(b, at + 12, 4, rva);
	pb_put(b, at + 16, 4, 0x400);
	pb_put(b, at + 20, 4, raw);
	pb_put(b, at + 36, 4, flags);
}

static inline void pb_dir(struct pb *b, unsigned i, uint32_t rva, uint32_t size)
{
	uint32_t at = 0x80 + 24 + (b->is_64 ? 112 : 96) + 8 * i;

	pb_put(b, at, 4, rva);
	pb_put(b, at + 4, 4, size);
}

static inline void pb_headers(struct pb *b)
{
	uint32_t o = 0x80 + 24, word = b->is_64 ? 8 : 4;

	pb_put(b, 0, 2, 0x5a4d);
	pb_put(b, 0x3c, 4, 0x80);
	pb_put(b, 0x80, 4, 0x4550);
	pb_put(b, 0x84, 2, b->is_64 ? 0x8664 : 0x14c);
	pb_put(b, 0x86, 2, 5);
	pb_put(b, 0x88, 4, 0x5c9e0959);
	pb_put(b, 0x94, 2, b->is_64 ? 240 : 224);
	pb_put(b, 0x96, 2, 0x2022);
	pb_put(b, o, 2, b->is_64 ? 0x20b : 0x10b);
	pb_put(b, o + 2, 1, 14);
	pb_put(b, o + 16, 4, PB_TEXT);
	pb_put(b, b->is_64 ? o + 24 : o + 28, word, b->base);
	pb_put(b, o + 32, 4, 0x1000);
	pb_put(b, o + 36, 4, 0x200);
	pb_put(b, o + 56, 4, PB_IMAGE_SIZE);
	pb_put(b, o + 60, 4, 0x400);
	pb_put(b, o + 64, 4, 0x12345);
	pb_put(b, o + 68, 2, 3);
	pb_put(b, o + 72 + 4 * word + 4, 4, 16);
	pb_section(b, 0, ".text", PB_TEXT, 0x300, PB_RAW_TEXT, 0x60000020);
	pb_section(b, 1, ".rdata", PB_RDATA, 0x1800, PB_RAW_RDATA, 0x40000040);
	pb_section(b, 2, ".data", PB_DATA, 0x800, PB_RAW_DATA, 0xc0000040);
	pb_section(b, 3, ".rsrc", PB_RSRC, 0x400, PB_RAW_RSRC, 0x40000040);
	pb_section(b, 4, ".reloc", PB_RELOC, 0x400, PB_RAW_RELOC, 0x42000040);
}

/* alpha (ordinal 5, text+0x10), beta (6, text+0x40), alpha2 (alias of alpha),
 * fwd (7, forwarder), nameless (8, text+0x80), datum (10, data+8); 9 is unused;
 * C::m (11, text+0xc0, decorated). */
static inline void pb_exports(struct pb *b)
{
	static const uint32_t functions[] = { PB_TEXT + 0x10, PB_TEXT + 0x40, PB_RDATA + 0x180,
					      PB_TEXT + 0x80, 0, PB_DATA + 8, PB_TEXT + 0xc0 };
	static const char *const names[] = { "?m@C@@QEAAXH@Z", "alpha", "alpha2", "beta", "datum", "fwd" };
	static const uint16_t ordinals[] = { 6, 0, 0, 1, 5, 2 };
	uint32_t r = PB_RAW_RDATA, text = 0x100;

	pb_dir(b, 0, PB_RDATA, 0x200);
	pb_put(b, r + 12, 4, PB_RDATA + 0x1a0);
	pb_str(b, r + 0x1a0, "small.dll");
	pb_put(b, r + 16, 4, 5);
	pb_put(b, r + 20, 4, 7);
	pb_put(b, r + 24, 4, 6);
	pb_put(b, r + 28, 4, PB_RDATA + 0x40);
	pb_put(b, r + 32, 4, PB_RDATA + 0x60);
	pb_put(b, r + 36, 4, PB_RDATA + 0x80);
	for (unsigned i = 0; i < 7; i++)
		pb_put(b, r + 0x40 + 4 * i, 4, functions[i]);
	for (unsigned i = 0; i < 6; i++) {
		pb_put(b, r + 0x60 + 4 * i, 4, PB_RDATA + text);
		pb_put(b, r + 0x80 + 2 * i, 2, ordinals[i]);
		text = pb_str(b, r + text, names[i]) - r;
	}
	pb_str(b, r + 0x180, "OTHER.Function");
}

static inline void pb_debug(struct pb *b)
{
	uint32_t r = PB_RAW_RDATA + 0x280;

	pb_dir(b, 6, PB_RDATA + 0x280, 56);
	pb_put(b, r + 12, 4, 16); /* REPRO, no data */
	pb_put(b, r + 28 + 12, 4, 2);
	pb_put(b, r + 28 + 16, 4, 24 + 10);
	pb_put(b, r + 28 + 20, 4, PB_RDATA + 0x2c0);
	pb_put(b, r + 28 + 24, 4, PB_RAW_RDATA + 0x2c0);
	memcpy(b->bytes + PB_RAW_RDATA + 0x2c0, "RSDS", 4);
	for (unsigned i = 0; i < 16; i++)
		pb_put(b, PB_RAW_RDATA + 0x2c4 + i, 1, 0x10 + i);
	pb_put(b, PB_RAW_RDATA + 0x2d4, 4, 3);
	pb_str(b, PB_RAW_RDATA + 0x2d8, "C:\\s\\x.pdb");
}

/* A node of VS_VERSIONINFO; returns where its value goes. Ended by pb_node_end. */
static inline uint32_t pb_node(struct pb *b, uint32_t at, unsigned value_length, unsigned type, const char *key)
{
	pb_put(b, at + 2, 2, value_length);
	pb_put(b, at + 4, 2, type);
	return (pb_utf16(b, at + 6, key) + 3) & ~3u;
}

static inline uint32_t pb_node_end(struct pb *b, uint32_t start, uint32_t end)
{
	pb_put(b, start, 2, end - start);
	return (end + 3) & ~3u;
}

static inline uint32_t pb_string(struct pb *b, uint32_t at, const char *key, const char *value)
{
	uint32_t v = pb_node(b, at, (unsigned)strlen(value) + 1, 1, key);

	return pb_node_end(b, at, pb_utf16(b, v, value));
}

static inline void pb_version(struct pb *b)
{
	static const uint32_t fixed[13] = { 0xfeef04bd, 0x10000, 0x000a0001, 0x4a610002, 0x00010002,
					    0x00030004, 0x3f, 1, 0x40004, 2 };
	uint32_t r = PB_RAW_RSRC, root = r + 0x60, v, info, table;

	pb_dir(b, 2, PB_RSRC, 0x400);
	for (unsigned level = 0; level < 3; level++) {
		pb_put(b, r + 0x18 * level + 14, 2, 1);
		pb_put(b, r + 0x18 * level + 16, 4, level == 0 ? 16 : level == 1 ? 1 : 1033);
		pb_put(b, r + 0x18 * level + 20, 4,
		       level < 2 ? 0x80000000u | 0x18 * (level + 1) : 0x48);
	}
	pb_put(b, r + 0x48, 4, PB_RSRC + 0x60);
	v = pb_node(b, root, 52, 0, "VS_VERSION_INFO");
	for (unsigned i = 0; i < 13; i++)
		pb_put(b, v + 4 * i, 4, fixed[i]);
	info = v + 52;
	table = pb_node(b, info, 0, 1, "StringFileInfo");
	v = pb_node(b, table, 0, 1, "040904b0");
	v = pb_string(b, v, "CompanyName", "Small & Sons");
	v = pb_string(b, v, "FileVersion", "10.1 (odd)");
	v = pb_node_end(b, table, v);
	v = pb_node_end(b, info, v);
	info = v;
	table = pb_node(b, info, 0, 1, "VarFileInfo");
	v = pb_node(b, table, 4, 0, "Translation");
	pb_put(b, v, 2, 0x409);
	pb_put(b, v + 2, 2, 0x4b0);
	v = pb_node_end(b, table, v + 4);
	v = pb_node_end(b, info, v);
	pb_put(b, r + 0x4c, 4, v - root);
	pb_node_end(b, root, v);
}

/* Pointers to text+0x20 at text+0x10 and at rdata+0x3f8. */
static inline void pb_relocs(struct pb *b)
{
	uint32_t r = PB_RAW_RELOC, type = b->is_64 ? 10 : 3, word = b->is_64 ? 8 : 4;

	pb_put(b, PB_RAW_TEXT + 0x10, word, b->base + PB_TEXT + 0x20);
	pb_put(b, PB_RAW_RDATA + 0x3f8, word, b->base + PB_TEXT + 0x20);
	pb_dir(b, 5, PB_RELOC, 24);
	pb_put(b, r, 4, PB_TEXT);
	pb_put(b, r + 4, 4, 12);
	pb_put(b, r + 8, 2, type << 12 | 0x10);
	pb_put(b, r + 12, 4, PB_RDATA);
	pb_put(b, r + 16, 4, 12);
	pb_put(b, r + 20, 2, type << 12 | 0x3f8);
}

static inline void pb_build(struct pb *b, bool is_64)
{
	memset(b, 0, sizeof(*b));
	b->is_64 = is_64;
	b->base = is_64 ? 0x180000000u : 0x10000000u;
	pb_headers(b);
	memset(b->bytes + PB_RAW_TEXT, 0xcc, 0x400);
	memset(b->bytes + PB_RAW_DATA, 0xdd, 0x400);
	pb_exports(b);
	pb_dir(b, 12, PB_RDATA + 0x200, 16);
	memset(b->bytes + PB_RAW_RDATA + 0x200, 0xaa, 16);
	pb_debug(b);
	pb_version(b);
	pb_relocs(b);
}

/* The image as the loader lays it out at its preferred base. */
static inline void pb_map(const struct pb *b, uint8_t image[PB_IMAGE_SIZE])
{
	static const uint32_t where[][2] = { { 0, 0 }, { PB_TEXT, PB_RAW_TEXT }, { PB_RDATA, PB_RAW_RDATA },
					     { PB_DATA, PB_RAW_DATA }, { PB_RSRC, PB_RAW_RSRC },
					     { PB_RELOC, PB_RAW_RELOC } };

	memset(image, 0, PB_IMAGE_SIZE);
	for (unsigned i = 0; i < 6; i++)
		memcpy(image + where[i][0], b->bytes + where[i][1], 0x400);
}

#endif
