/* SPDX-License-Identifier: MIT */
/*
 * A kernel's image with its tables of names, built as the layouts of
 * docs/formats/kallsyms.md say; shares no code with the reader.
 */
#ifndef OSM_TEST_KALLSYMS_BUILD_H
#define OSM_TEST_KALLSYMS_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KB_BASE 0xffffffff81000000ull
enum { KB_SIZE = 1 << 20, KB_TABLES = 0x40000, KB_TOKEN_SYS = 1, KB_TOKEN_PREFIX = 2 };

struct kb_symbol {
	uint64_t address;
	const char *name;	/* its letter first */
};

enum kb_form { KB_RELATIVE, KB_PERCPU, KB_ABSOLUTE, KB_PLACE };

struct kb_layout {
	enum kb_form form;
	bool late;		/* 6.4: addresses behind the tokens */
	bool seqs;		/* 6.2: three bytes for each name; before the tokens until 6.3 */
	unsigned marker_size;	/* 8 until 4.19, 4 */
};

struct kb {
	uint8_t *image;
	size_t at;
	uint64_t names, num_syms, markers, token_table, token_index, offsets, relative_base;
};

static inline void kb_align(struct kb *b)
{
	b->at = (b->at + 7) & ~(size_t)7;
}

static inline void kb_put(struct kb *b, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		b->image[b->at++] = (uint8_t)(v >> 8 * i);
}

/* Characters stand for themselves, two codes for what is frequent, the rest is unused. */
static inline const char *kb_token(unsigned code)
{
	static char one[2];

	if (code == KB_TOKEN_SYS)
		return "T__x64_sys_";
	if (code == KB_TOKEN_PREFIX)
		return "t__pfx_";
	one[0] = code > ' ' && code < 127 ? (char)code : 0;
	return one;
}

static inline void kb_put_name(struct kb *b, const char *name)
{
	uint8_t packed[2048];
	size_t n = 0;

	if (!strncmp(name, "T__x64_sys_", 11)) {
		packed[n++] = KB_TOKEN_SYS;
		name += 11;
	} else if (!strncmp(name, "t__pfx_", 7)) {
		packed[n++] = KB_TOKEN_PREFIX;
		name += 7;
	}
	for (; *name; name++)
		packed[n++] = (uint8_t)*name;
	if (n > 127)
		kb_put(b, (n & 127) | 128 | n >> 7 << 8, 2);
	else
		kb_put(b, n, 1);
	memcpy(b->image + b->at, packed, n);
	b->at += n;
}

static inline void kb_put_addresses(struct kb *b, const struct kb_layout *l, const struct kb_symbol *s, uint32_t n)
{
	kb_align(b);
	b->offsets = KB_BASE + b->at;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t v = s[i].address;

		if (l->form == KB_RELATIVE)
			v -= KB_BASE;
		else if (l->form == KB_PERCPU)
			v = v < KB_BASE ? v : KB_BASE - 1 - v;
		else if (l->form == KB_PLACE)
			v -= KB_BASE + b->at;
		kb_put(b, v, l->form == KB_ABSOLUTE ? 8 : 4);
	}
	kb_align(b);
	if (l->form == KB_RELATIVE || l->form == KB_PERCPU) {
		b->relative_base = KB_BASE + b->at;
		kb_put(b, KB_BASE, 8);
	}
}

static inline void kb_put_names(struct kb *b, const struct kb_layout *l, const struct kb_symbol *s, uint32_t n)
{
	uint64_t markers[4096];

	kb_align(b);
	b->num_syms = KB_BASE + b->at;
	kb_put(b, n, 8);
	b->names = KB_BASE + b->at;
	for (uint32_t i = 0; i < n; i++) {
		if (i % 256 == 0)
			markers[i / 256] = KB_BASE + b->at - b->names;
		kb_put_name(b, s[i].name);
	}
	kb_align(b);
	b->markers = KB_BASE + b->at;
	for (uint32_t i = 0; i < (n + 255) / 256; i++)
		kb_put(b, markers[i], l->marker_size);
}

static inline void kb_put_seqs(struct kb *b, uint32_t n)
{
	kb_align(b);
	for (uint32_t i = 0; i < n; i++)
		kb_put(b, n - 1 - i, 3);
}

static inline void kb_put_tokens(struct kb *b)
{
	uint16_t index[256];
	size_t from;

	kb_align(b);
	from = b->at;
	b->token_table = KB_BASE + from;
	for (unsigned i = 0; i < 256; i++) {
		const char *t = kb_token(i);

		index[i] = (uint16_t)(b->at - from);
		memcpy(b->image + b->at, t, strlen(t) + 1);
		b->at += strlen(t) + 1;
	}
	kb_align(b);
	b->token_index = KB_BASE + b->at;
	for (unsigned i = 0; i < 256; i++)
		kb_put(b, index[i], 2);
}

static inline void kb_build(struct kb *b, const struct kb_layout *l, const struct kb_symbol *s, uint32_t n)
{
	*b = (struct kb){ .image = calloc(1, KB_SIZE), .at = KB_TABLES };
	if (!b->image)
		abort();
	for (size_t i = 0; i < KB_TABLES; i++) /* code */
		b->image[i] = (uint8_t)(i * 37 + (i >> 7));
	if (!l->late)
		kb_put_addresses(b, l, s, n);
	kb_put_names(b, l, s, n);
	if (l->seqs && !l->late)
		kb_put_seqs(b, n);
	kb_put_tokens(b);
	if (l->late)
		kb_put_addresses(b, l, s, n);
	if (l->seqs && l->late)
		kb_put_seqs(b, n);
}

#endif
