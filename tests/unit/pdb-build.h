/* SPDX-License-Identifier: MIT */
/*
 * Builds a small PDB in memory for the tests of its reader. Written from the
 * format's documentation, sharing nothing with src/symbol/{msf,pdb}*.c.
 *
 * Sections: 1 .text at 0x1000 (0x2000 bytes), 2 .data at 0x3000 (0x1000).
 * Module "a.obj" has in .text
 *	+0x10 work (0x40 bytes): variables of every kind, a block, an inline site
 *	+0x60 hidden (0x10), +0x70 a thunk (8), +0x7a a label
 * and module "b.obj" has the rest of .text from +0x80 on, without symbols.
 */
#ifndef OSM_PDB_BUILD_H
#define OSM_PDB_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct bb {
	uint8_t *p;
	size_t n, room;
};

enum { PB_OLD, PB_INFO, PB_TPI, PB_DBI, PB_IPI, PB_TPI_HASH, PB_GLOBALS, PB_PUBLICS, PB_RECORDS, PB_MODULE,
       PB_SECTIONS, PB_NAMES, PB_FRAMES, PB_FPO, PB_OMAP_TO, PB_OMAP_FROM, PB_ORIGINAL, PB_N };

struct pdb_build {
	bool x86, omap, stripped, no_hash, fastlink;
	uint32_t page_size;	/* 0: 512 */
	bool scatter;		/* the pages of the streams in turn */
	/* work's S_FRAMEPROC (size 0: 0x28) and the offsets of its body and epilog */
	uint32_t frame_size, frame_saved, frame_flags, body, epilog;
	struct bb s[PB_N];
	struct bb file;
};

static inline void bb_put(struct bb *b, uint64_t v, unsigned n)
{
	if (b->room - b->n < n) { /* doubled, as sanitized realloc() always copies */
		b->room = 2 * b->room + n;
		b->p = realloc(b->p, b->room);
	}
	for (unsigned i = 0; i < n; i++)
		b->p[b->n++] = (uint8_t)(v >> (8 * i));
}

static inline void b8(struct bb *b, uint64_t v) { bb_put(b, v, 1); }
static inline void b16(struct bb *b, uint64_t v) { bb_put(b, v, 2); }
static inline void b32(struct bb *b, uint64_t v) { bb_put(b, v, 4); }

static inline void bb_bytes(struct bb *b, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b8(b, ((const uint8_t *)p)[i]);
}

static inline void bstr(struct bb *b, const char *s)
{
	bb_bytes(b, s, strlen(s) + 1);
}

static inline void bb_align(struct bb *b)
{
	while (b->n % 4)
		b8(b, 0);
}

static inline void bb_patch(struct bb *b, size_t at, uint32_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		b->p[at + i] = (uint8_t)(v >> (8 * i));
}

/* A record: its length is filled in by bb_end. */
static inline size_t bb_begin(struct bb *b, uint16_t kind)
{
	size_t at = b->n;

	b16(b, 0);
	b16(b, kind);
	return at;
}

static inline size_t bb_end(struct bb *b, size_t at)
{
	bb_align(b);
	bb_patch(b, at, (uint32_t)(b->n - at - 2), 2);
	return at;
}

/* The hash of names, as the LLVM documentation describes "hash V1". */
static inline uint32_t pdb_build_hash(const char *s)
{
	size_t n = strlen(s), i = 0;
	uint32_t h = 0;

	for (; i + 4 <= n; i += 4)
		h ^= (uint32_t)(uint8_t)s[i] | (uint32_t)(uint8_t)s[i + 1] << 8 |
		     (uint32_t)(uint8_t)s[i + 2] << 16 | (uint32_t)(uint8_t)s[i + 3] << 24;
	if (i + 2 <= n) {
		h ^= (uint32_t)(uint8_t)s[i] | (uint32_t)(uint8_t)s[i + 1] << 8;
		i += 2;
	}
	if (i < n)
		h ^= (uint8_t)s[i];
	h |= 0x20202020u;
	h ^= h >> 11;
	return h ^ h >> 16;
}

/* --- types ---------------------------------------------------------------------- */

struct type_build {
	struct bb records;
	uint32_t hashes[64], n, index_at;
};

static inline size_t tb_begin(struct type_build *t, uint16_t leaf)
{
	if (t->n == 5)
		t->index_at = (uint32_t)t->records.n;
	return bb_begin(&t->records, leaf);
}

static inline void tb_end(struct type_build *t, size_t at, const char *hashed)
{
	bb_end(&t->records, at);
	t->hashes[t->n++] = hashed ? pdb_build_hash(hashed) % 0x1000 : 0xfff;
}

static inline void tb_struct(struct type_build *t, uint16_t count, uint16_t props, uint32_t fields,
			     uint16_t size, bool hashed)
{
	size_t at = tb_begin(t, 0x1505);

	b16(&t->records, count);
	b16(&t->records, props | 1 << 9);
	b32(&t->records, fields);
	b32(&t->records, 0);
	b32(&t->records, 0);
	b16(&t->records, size);
	bstr(&t->records, "node");
	bstr(&t->records, ".?AUnode@@");
	tb_end(t, at, hashed ? "node" : NULL);
}

static inline void tb_member(struct bb *b, uint32_t type, uint16_t offset, const char *name)
{
	b16(b, 0x150d);
	b16(b, 3);
	b32(b, type);
	b16(b, offset);
	bstr(b, name);
	while (b->n % 4)
		b8(b, 0xf0 + (4 - b->n % 4));
}

/* 0x1000 node (declared) 1001 node* 1002 int:5 1003 {tail} 1004 {next, bits, go(), ...1003}
 * 1005 node 1006 (int, node*) 1007 int f(...) 1008 {RED, BIG} 1009 colour 100a int[6] 100b const node */
static inline void build_types(struct type_build *t, bool x86)
{
	struct bb *b = &t->records;
	size_t at;

	tb_struct(t, 0, 1 << 7, 0, 0, false);
	at = tb_begin(t, 0x1002);
	b32(b, 0x1000);
	b32(b, x86 ? 0x0a | 4 << 13 : 0x0c | 8 << 13);
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1205);
	b32(b, 0x74);
	b8(b, 5);
	b8(b, 3);
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1203);
	tb_member(b, 0x74, 24, "tail");
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1203);
	tb_member(b, 0x1001, 0, "next");
	tb_member(b, 0x1002, 8, "bits");
	b16(b, 0x1511);		/* LF_ONEMETHOD, introducing: a vtable offset follows */
	b16(b, 4 << 2 | 3);
	b32(b, 0x1007);
	b32(b, 16);
	bstr(b, "go");
	while (b->n % 4)
		b8(b, 0xf0 + (4 - b->n % 4));
	b16(b, 0x1404);
	b16(b, 0);
	b32(b, 0x1003);
	tb_end(t, at, NULL);
	tb_struct(t, 4, 0, 0x1004, 32, true);
	at = tb_begin(t, 0x1201);
	b32(b, 2);
	b32(b, 0x74);
	b32(b, 0x1001);
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1008);
	b32(b, 0x74);
	b16(b, 0);
	b16(b, 2);
	b32(b, 0x1006);
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1203);
	b16(b, 0x1502);
	b16(b, 3);
	b16(b, 0x8000);
	b8(b, 0xff);
	bstr(b, "RED");
	while (b->n % 4)
		b8(b, 0xf0 + (4 - b->n % 4));
	b16(b, 0x1502);
	b16(b, 3);
	b16(b, 0x8004);
	b32(b, 70000);
	bstr(b, "BIG");
	while (b->n % 4)
		b8(b, 0xf0 + (4 - b->n % 4));
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1507);
	b16(b, 2);
	b16(b, 0);
	b32(b, 0x74);
	b32(b, 0x1008);
	bstr(b, "colour");
	tb_end(t, at, "colour");
	at = tb_begin(t, 0x1503);
	b32(b, 0x74);
	b32(b, 0x23);
	b16(b, 24);
	bstr(b, "");
	tb_end(t, at, NULL);
	at = tb_begin(t, 0x1001);
	b32(b, 0x1005);
	b16(b, 1);
	tb_end(t, at, NULL);
}

static inline void build_tpi(struct pdb_build *p, unsigned stream, struct type_build *t, bool hash)
{
	struct bb *b = &p->s[stream], *h = &p->s[PB_TPI_HASH];

	b32(b, 20040203);
	b32(b, 56);
	b32(b, 0x1000);
	b32(b, 0x1000 + t->n);
	b32(b, t->records.n);
	b16(b, hash ? PB_TPI_HASH : 0xffff);
	b16(b, 0xffff);
	b32(b, 4);
	b32(b, 0x1000);
	b32(b, 0);
	b32(b, hash ? 4 * t->n : 0);
	b32(b, 4 * t->n);
	b32(b, hash ? 16 : 0);
	b32(b, 0);
	b32(b, 0);
	bb_bytes(b, t->records.p, t->records.n);
	for (uint32_t i = 0; hash && i < t->n; i++)
		b32(h, t->hashes[i]);
	if (hash) {
		b32(h, 0x1000);
		b32(h, 0);
		b32(h, 0x1005);
		b32(h, t->index_at);
	}
	free(t->records.p);
}

static inline void build_ipi(struct pdb_build *p)
{
	struct type_build t = { { NULL, 0 }, { 0 }, 0, 0 };
	size_t at = tb_begin(&t, 0x1605);

	b32(&t.records, 0);
	bstr(&t.records, "ns");
	tb_end(&t, at, NULL);
	at = tb_begin(&t, 0x1601);
	b32(&t.records, 0x1000);
	b32(&t.records, 0x1007);
	bstr(&t.records, "helper");
	tb_end(&t, at, NULL);
	build_tpi(p, PB_IPI, &t, false);
}

/* --- the module --------------------------------------------------------------------- */

static inline void mb_regrel(struct bb *b, int32_t offset, uint32_t type, uint16_t reg, const char *name)
{
	size_t at = bb_begin(b, 0x1111);

	b32(b, (uint32_t)offset);
	b32(b, type);
	b16(b, reg);
	bstr(b, name);
	bb_end(b, at);
}

static inline void mb_local(struct bb *b, uint32_t type, uint16_t flags, const char *name)
{
	size_t at = bb_begin(b, 0x113e);

	b32(b, type);
	b16(b, flags);
	bstr(b, name);
	bb_end(b, at);
}

static inline void mb_range(struct bb *b, uint32_t offset, uint16_t size)
{
	b32(b, offset);
	b16(b, 1);
	b16(b, size);
}

static inline void mb_end(struct bb *b, uint16_t kind, size_t opened)
{
	bb_patch(b, opened + 8, (uint32_t)b->n, 4);
	bb_end(b, bb_begin(b, kind));
}

static inline size_t mb_proc(struct bb *b, uint16_t kind, uint32_t offset, uint32_t size, uint32_t body,
			     uint32_t epilog, const char *name)
{
	size_t at = bb_begin(b, kind);

	b32(b, 0);
	b32(b, 0);
	b32(b, 0);
	b32(b, size);
	b32(b, body);
	b32(b, epilog);
	b32(b, 0x1007);
	b32(b, offset);
	b16(b, 1);
	b8(b, 0);
	bstr(b, name);
	return bb_end(b, at);
}

static inline void mb_variables(struct pdb_build *p, struct bb *b)
{
	uint16_t sp = p->x86 ? 22 : 335; /* ebp, rsp */
	size_t at = bb_begin(b, 0x1012);

	b32(b, p->frame_size ? p->frame_size : 0x28);
	b32(b, 0);
	b32(b, 0);
	b32(b, p->frame_saved);
	b32(b, 0);
	b16(b, 0);
	b32(b, p->frame_flags ? p->frame_flags : p->x86 ? 2 << 14 | 2 << 16 : 1 << 14 | 1 << 16);
	bb_end(b, at);
	mb_regrel(b, 0x30, 0x74, sp, "count");
	mb_regrel(b, 0x38, 0x1001, sp, "list");
	mb_regrel(b, 0x20, 0x74, sp, "sum");
	at = bb_begin(b, 0x110c);
	b32(b, 0x74);
	b32(b, 0x20);
	b16(b, 2);
	bstr(b, "calls");
	bb_end(b, at);
	at = bb_begin(b, 0x1106); /* S_REGISTER */
	b32(b, 0x74);
	b16(b, p->x86 ? 5 : 330); /* ah, rcx */
	bstr(b, "where");
	bb_end(b, at);
	mb_local(b, 0x74, 0, "fast");
	at = bb_begin(b, 0x1141);
	b16(b, p->x86 ? 20 : 329); /* ebx, rbx */
	b16(b, 0);
	mb_range(b, 0x10, 0x10);
	b16(b, 4); /* a gap of 2 bytes at +4 */
	b16(b, 2);
	bb_end(b, at);
	at = bb_begin(b, 0x1142);
	b32(b, 8);
	mb_range(b, 0x20, 0x10);
	bb_end(b, at);
	mb_local(b, 0x74, 1 << 8, "gone");
}

static inline void mb_scopes(struct bb *b)
{
	/* line 20+1 at +0x20, line 22 at +0x24 to +0x2a */
	static const uint8_t annotations[] = { 6, 2, 3, 0x20, 0x0b, 0x24, 4, 6, 0, 0 };
	size_t at = bb_begin(b, 0x1103), range;

	b32(b, 0);
	b32(b, 0);
	b32(b, 0x10);
	b32(b, 0x30);
	b16(b, 1);
	bstr(b, "");
	bb_end(b, at);
	mb_regrel(b, 0x24, 0x74, 335, "inner");
	mb_end(b, 6, at);
	at = bb_begin(b, 0x114d);
	b32(b, 0);
	b32(b, 0);
	b32(b, 0x1001);
	bb_bytes(b, annotations, sizeof(annotations));
	bb_end(b, at);
	mb_local(b, 0x74, 1, "v");
	range = bb_begin(b, 0x1141);
	b16(b, 331); /* rdx */
	b16(b, 0);
	mb_range(b, 0x30, 0xa);
	bb_end(b, range);
	mb_end(b, 0x114e, at);
}

static inline void build_c13(struct bb *b)
{
	static const struct { uint16_t at; uint32_t line; uint16_t column; } lines[] = {
		{ 0, 10, 1 }, { 0x10, 11, 5 }, { 0x20, 12, 5 }, { 0x30, 0xfeefee, 0 }, { 0x38, 14, 1 } };
	enum { N = sizeof(lines) / sizeof(lines[0]) };

	b32(b, 0xf4);
	b32(b, 16);
	b32(b, 1);	/* "c:\src\a.c" */
	b32(b, 0);
	b32(b, 12);	/* "c:\src\a.h" */
	b32(b, 0);
	b32(b, 0xf2);
	b32(b, 12 + 12 + N * 12);
	b32(b, 0x10);
	b16(b, 1);
	b16(b, 1);	/* with columns */
	b32(b, 0x40);
	b32(b, 0);	/* file */
	b32(b, N);
	b32(b, 12 + N * 12);
	for (int i = 0; i < N; i++) {
		b32(b, lines[i].at);
		b32(b, lines[i].line | 1u << 31);
	}
	for (int i = 0; i < N; i++) {
		b16(b, lines[i].column);
		b16(b, 0);
	}
	b32(b, 0xf6);
	b32(b, 16);
	b32(b, 0);
	b32(b, 0x1001);
	b32(b, 8);	/* a.h */
	b32(b, 20);
}

/* Returns the offsets of work and hidden, and the sizes of the parts. */
static inline void build_module(struct pdb_build *p, uint32_t procs[2], uint32_t sizes[2])
{
	struct bb *b = &p->s[PB_MODULE];
	size_t at;

	b32(b, 4);
	procs[0] = (uint32_t)(at = mb_proc(b, 0x1110, 0x10, 0x40, p->body, p->epilog, "work"));
	mb_variables(p, b);
	mb_scopes(b);
	mb_end(b, 6, at);
	procs[1] = (uint32_t)(at = mb_proc(b, 0x110f, 0x60, 0x10, 0, 0, "hidden"));
	mb_end(b, 6, at);
	at = bb_begin(b, 0x1102);
	b32(b, 0);
	b32(b, 0);
	b32(b, 0);
	b32(b, 0x70);
	b16(b, 1);
	b16(b, 8);
	b8(b, 0);
	bstr(b, "imported");
	bb_end(b, at);
	mb_end(b, 6, at);
	at = bb_begin(b, 0x1105);
	b32(b, 0x7a);
	b16(b, 1);
	b8(b, 0);
	bstr(b, "landing");
	bb_end(b, at);
	sizes[0] = (uint32_t)b->n;
	build_c13(b);
	sizes[1] = (uint32_t)b->n - sizes[0];
}

/* --- globals and publics ------------------------------------------------------------------ */

struct name_build {
	const char *name;
	uint32_t record;
};

static inline void build_gsi(struct bb *b, const struct name_build *names, size_t n)
{
	uint32_t bitmap[129] = { 0 }, starts[64];
	size_t n_starts = 0;
	struct bb records = { NULL, 0 };

	for (uint32_t bucket = 0; bucket < 4096; bucket++)
		for (size_t i = 0; i < n; i++) {
			if (pdb_build_hash(names[i].name) % 4096 != bucket)
				continue;
			if (!(bitmap[bucket / 32] >> (bucket % 32) & 1))
				starts[n_starts++] = (uint32_t)(records.n / 8 * 12);
			bitmap[bucket / 32] |= 1u << (bucket % 32);
			b32(&records, names[i].record + 1);
			b32(&records, 1);
		}
	b32(b, UINT32_MAX);
	b32(b, 0xeffe0000u + 19990810);
	b32(b, records.n);
	b32(b, 129 * 4 + n_starts * 4);
	bb_bytes(b, records.p, records.n);
	for (int i = 0; i < 129; i++)
		b32(b, bitmap[i]);
	for (size_t i = 0; i < n_starts; i++)
		b32(b, starts[i]);
	free(records.p);
}

static inline uint32_t pub(struct bb *b, uint32_t flags, uint16_t section, uint32_t offset, const char *name)
{
	size_t at = bb_begin(b, 0x110e);

	b32(b, flags);
	b32(b, offset);
	b16(b, section);
	bstr(b, name);
	return (uint32_t)bb_end(b, at);
}

static inline uint32_t procref(struct bb *b, uint16_t kind, uint32_t proc, const char *name)
{
	size_t at = bb_begin(b, kind);

	b32(b, 0);
	b32(b, proc);
	b16(b, 1);
	bstr(b, name);
	return (uint32_t)bb_end(b, at);
}

static inline void build_publics(struct pdb_build *p)
{
	const char *start = p->x86 ? "_start@8" : "__start";
	const char *work = p->x86 ? "?work@@YAHHPAUnode@@@Z" : "?work@@YAHHPEAUnode@@@Z";
	struct bb *r = &p->s[PB_RECORDS], *b = &p->s[PB_PUBLICS], gsi = { NULL, 0 };
	struct name_build names[5] = {
		{ work, pub(r, 2, 1, 0x10, work) },	      { start, pub(r, 2, 1, 0x80, start) },
		{ "NtAlpha", pub(r, 2, 1, 0x90, "NtAlpha") }, { "ZwAlpha", pub(r, 2, 1, 0x90, "ZwAlpha") },
		{ "table", pub(r, 0, 2, 0x40, "table") },
	};

	build_gsi(&gsi, names, 5);
	b32(b, gsi.n);
	b32(b, 5 * 4);
	for (int i = 0; i < 5; i++)
		b32(b, 0);
	bb_bytes(b, gsi.p, gsi.n);
	for (int i = 0; i < 5; i++)
		b32(b, names[i].record);
	free(gsi.p);
}

static inline void build_globals(struct pdb_build *p, const uint32_t procs[2])
{
	struct bb *r = &p->s[PB_RECORDS];
	struct name_build names[5];
	size_t at;

	names[0] = (struct name_build){ "work", procref(r, 0x1125, procs[0], "work") };
	names[1] = (struct name_build){ "hidden", procref(r, 0x1127, procs[1], "hidden") };
	at = bb_begin(r, 0x110d);
	b32(r, 0x100a);
	b32(r, 0x40);
	b16(r, 2);
	bstr(r, "table");
	names[2] = (struct name_build){ "table", (uint32_t)bb_end(r, at) };
	at = bb_begin(r, 0x1107);
	b32(r, 0x74);
	b16(r, 0x8003);
	b32(r, (uint32_t)-70000);
	bstr(r, "limit");
	names[3] = (struct name_build){ "limit", (uint32_t)bb_end(r, at) };
	at = bb_begin(r, 0x1108);
	b32(r, 0x1005);
	bstr(r, "node_t");
	names[4] = (struct name_build){ "node_t", (uint32_t)bb_end(r, at) };
	build_gsi(&p->s[PB_GLOBALS], names, 5);
}

/* --- DBI and the small streams ---------------------------------------------------------------- */

static inline void build_modi(struct bb *b, uint16_t stream, const uint32_t sizes[2], const char *name)
{
	b32(b, 0);
	for (int i = 0; i < 7; i++)
		b32(b, 0);
	b16(b, 0);
	b16(b, stream);
	b32(b, sizes[0]);
	b32(b, 0);
	b32(b, sizes[1]);
	b16(b, 1);
	b16(b, 0);
	for (int i = 0; i < 3; i++)
		b32(b, 0);
	bstr(b, name);
	bstr(b, name);
	bb_align(b);
}

static inline void build_contribution(struct bb *b, uint16_t section, uint32_t offset, uint32_t size,
				      uint16_t module)
{
	b16(b, section);
	b16(b, 0);
	b32(b, offset);
	b32(b, size);
	b32(b, 0);
	b16(b, module);
	b16(b, 0);
	b32(b, 0);
	b32(b, 0);
}

static inline void build_dbi(struct pdb_build *p, const uint32_t sizes[2])
{
	static const uint32_t none[2] = { 0, 0 };
	struct bb *b = &p->s[PB_DBI], modules = { NULL, 0 }, contributions = { NULL, 0 }, files = { NULL, 0 };

	build_modi(&modules, PB_MODULE, sizes, "a.obj");
	build_modi(&modules, 0xffff, none, "b.obj");
	b32(&contributions, 0xeffe0000u + 19970605);
	build_contribution(&contributions, 1, 0, 0x80, 0);
	build_contribution(&contributions, 1, 0x80, 0, 1); /* of no size */
	build_contribution(&contributions, 1, 0x80, 0x1000, 1);
	build_contribution(&contributions, 2, 0, 0x1000, 0);
	b16(&files, 2); /* modules */
	b16(&files, 2);
	b16(&files, 0);
	b16(&files, 2);
	b16(&files, 2); /* files of each */
	b16(&files, 0);
	b32(&files, 0);
	b32(&files, 11);
	bstr(&files, "c:\\src\\a.c");
	bstr(&files, "c:\\src\\a.h");
	bb_align(&files);
	b32(b, UINT32_MAX);
	b32(b, 19990903);
	b32(b, 5); /* age */
	b16(b, PB_GLOBALS);
	b16(b, 0);
	b16(b, PB_PUBLICS);
	b16(b, 0);
	b16(b, PB_RECORDS);
	b16(b, 0);
	b32(b, modules.n);
	b32(b, contributions.n);
	b32(b, 0);
	b32(b, files.n);
	b32(b, 0);
	b32(b, 0);
	b32(b, 22);
	b32(b, 0);
	b16(b, p->stripped ? 2 : 0);
	b16(b, p->x86 ? 0x14c : 0x8664);
	b32(b, 0);
	bb_bytes(b, modules.p, modules.n);
	bb_bytes(b, contributions.p, contributions.n);
	bb_bytes(b, files.p, files.n);
	for (int i = 0; i < 11; i++)
		b16(b, i == 5 ? PB_SECTIONS :
		       i == 0 && p->x86 ? PB_FPO :
		       i == 9 && p->x86 ? PB_FRAMES :
		       i == 3 && p->omap ? PB_OMAP_TO :
		       i == 4 && p->omap ? PB_OMAP_FROM :
		       i == 10 && p->omap ? PB_ORIGINAL : 0xffff);
	free(modules.p);
	free(contributions.p);
	free(files.p);
}

static inline void build_section(struct bb *b, uint32_t rva, uint32_t size, uint32_t flags)
{
	b32(b, 0);
	b32(b, 0);
	b32(b, size);
	b32(b, rva);
	for (int i = 0; i < 5; i++)
		b32(b, 0);
	b32(b, flags);
}

static inline void build_sections(struct bb *b)
{
	build_section(b, 0x1000, 0x2000, 0x60000020);
	build_section(b, 0x3000, 0x1000, 0xc0000040);
}

static inline void build_info(struct pdb_build *p)
{
	struct bb *b = &p->s[PB_INFO];

	b32(b, 20000404);
	b32(b, 0x5eed);
	b32(b, 7); /* age */
	for (int i = 0; i < 16; i++)
		b8(b, 0xa0 + i);
	b32(b, 7);
	bstr(b, "/names");
	b32(b, 1); /* entries */
	b32(b, 1);
	b32(b, 1);
	b32(b, 1);
	b32(b, 0);
	b32(b, 0);
	b32(b, PB_NAMES);
	b32(b, 1);
	b32(b, p->fastlink ? 0x494e494d : 20140508);
}

static inline void build_names(struct bb *b)
{
	static const char strings[] = "\0c:\\src\\a.c\0c:\\src\\a.h\0$T0 .raSearch = $eip $T0 ^ = $esp $T0 4 + =";

	b32(b, 0xeffeeffe);
	b32(b, 1);
	b32(b, sizeof(strings));
	bb_bytes(b, strings, sizeof(strings));
}

/* FRAMEDATA of work, and an FPO record of it and of hidden. */
static inline void build_frames(struct pdb_build *p)
{
	struct bb *b = &p->s[PB_FRAMES];
	static const uint32_t data[] = { 0x1010, 0x40, 0x28, 8, 0, 23, 3 | 4 << 16, 4 };

	for (int i = 0; i < 8; i++)
		b32(b, data[i]);
	b = &p->s[PB_FPO];
	for (int i = 0; i < 2; i++) {
		b32(b, i ? 0x1060 : 0x1010);
		b32(b, i ? 0x10 : 0x40);
		b32(b, 3);
		b16(b, 2);
		b16(b, 5 | 1 << 8 | 1 << 12);
	}
}

/* Code of work moves: its first half to 0x5000, the rest to 0x4000. */
static inline void build_omap(struct pdb_build *p)
{
	static const uint32_t to[][2] = { { 0x3000, 0x3000 }, { 0x4000, 0x1030 }, { 0x4100, 0 },
					  { 0x5000, 0x1000 }, { 0x5030, 0 } };
	static const uint32_t from[][2] = { { 0x1000, 0x5000 }, { 0x1030, 0x4000 }, { 0x1130, 0 },
					    { 0x3000, 0x3000 } };

	for (int i = 0; i < 5; i++) {
		b32(&p->s[PB_OMAP_TO], to[i][0]);
		b32(&p->s[PB_OMAP_TO], to[i][1]);
	}
	for (int i = 0; i < 4; i++) {
		b32(&p->s[PB_OMAP_FROM], from[i][0]);
		b32(&p->s[PB_OMAP_FROM], from[i][1]);
	}
	build_sections(&p->s[PB_ORIGINAL]);
}

/* --- the container --------------------------------------------------------------------------------- */

static inline void build_pages(struct bb *f, const struct bb *from, size_t page, size_t k)
{
	for (size_t i = 0; i < page; i++)
		b8(f, k * page + i < from->n ? from->p[k * page + i] : 0);
}

static inline void build_msf(struct pdb_build *p)
{
	uint32_t page = p->page_size ? p->page_size : 512, lists[PB_N][512], n = 3, first, at;
	struct bb *f = &p->file, dir = { NULL, 0 };
	bool more = true;

	while (f->n < 3u * page)
		b8(f, 0);
	for (size_t k = 0; p->scatter && more; k++) {
		more = false;
		for (int s = PB_N - 1; s >= 0; s--)
			if (k * page < p->s[s].n) {
				lists[s][k] = n++;
				build_pages(f, &p->s[s], page, k);
				more = true;
			}
	}
	for (int s = 0; !p->scatter && s < PB_N; s++)
		for (size_t k = 0; k * page < p->s[s].n; k++) {
			lists[s][k] = n++;
			build_pages(f, &p->s[s], page, k);
		}
	b32(&dir, PB_N);
	for (int s = 0; s < PB_N; s++)
		b32(&dir, p->s[s].n);
	for (int s = 0; s < PB_N; s++)
		for (size_t k = 0; k * page < p->s[s].n; k++)
			b32(&dir, lists[s][k]);
	first = n;
	for (size_t k = 0; k * page < dir.n; k++, n++)
		build_pages(f, &dir, page, k);
	at = n++;
	for (uint32_t k = first; k < at; k++)
		b32(f, k);
	while (f->n % page)
		b8(f, 0);
	memcpy(f->p, "Microsoft C/C++ MSF 7.00\r\n\x1a" "DS\0\0", 32);
	bb_patch(f, 32, page, 4);
	bb_patch(f, 36, 1, 4);
	bb_patch(f, 40, n, 4);
	bb_patch(f, 44, (uint32_t)dir.n, 4);
	bb_patch(f, 52, at, 4);
	free(dir.p);
}

static inline void pdb_build(struct pdb_build *p)
{
	struct type_build t = { { NULL, 0 }, { 0 }, 0, 0 };
	uint32_t procs[2], sizes[2];

	build_info(p);
	build_types(&t, p->x86);
	build_tpi(p, PB_TPI, &t, !p->no_hash);
	build_ipi(p);
	build_module(p, procs, sizes);
	build_publics(p);
	build_globals(p, procs);
	build_dbi(p, sizes);
	build_sections(&p->s[PB_SECTIONS]);
	build_names(&p->s[PB_NAMES]);
	build_frames(p);
	build_omap(p);
	build_msf(p);
}

static inline void pdb_build_free(struct pdb_build *p)
{
	for (int i = 0; i < PB_N; i++)
		free(p->s[i].p);
	free(p->file.p);
}

#endif
