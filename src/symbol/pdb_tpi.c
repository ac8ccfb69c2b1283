/* SPDX-License-Identifier: MIT */
/*
 * The type streams TPI and IPI: a header, then records that are numbered in
 * the order they stand in (LLVM docs, "The PDB TPI and IPI Streams").
 *
 * A record is found through the stream's own index, which names the offset of
 * about every 8 KB of records; the stretch between two entries is walked once
 * and the offsets kept. Where the index is missing the stretch is everything.
 * Names are found through the hash value the file keeps for every record.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>
#include <string.h>

enum {
	TPI_HEADER_SIZE = 56,
	TPI_V80 = 20040203,
	FIRST_INDEX = 0x1000,
	MAX_BUCKETS = 1 << 20,
	MIN_RECORD = 4,
};

static struct err *read_header(struct pdb *pdb, struct pdb_tpi *t, uint32_t stream)
{
	uint64_t size = msf_size(pdb->msf, stream);
	uint32_t version;
	struct cursor c;

	TRY(msf_cursor(pdb->msf, stream, 0, TPI_HEADER_SIZE, &c));
	version = cursor_u32(&c);
	if (version != TPI_V80)
		return err_new(ERR_UNSUPPORTED, "%s: types of version %" PRIu32 ", %d expected",
			       c.name, version, TPI_V80);
	t->header_size = cursor_u32(&c);
	t->begin = cursor_u32(&c);
	t->end = cursor_u32(&c);
	t->bytes = cursor_u32(&c);
	t->hash_stream = cursor_u16(&c);
	cursor_skip(&c, 2);
	t->hash_key_size = cursor_u32(&c);
	t->n_hash_buckets = cursor_u32(&c);
	t->hash_offset = cursor_u32(&c);
	t->hash_size = cursor_u32(&c);
	t->index_offset = cursor_u32(&c);
	t->index_size = cursor_u32(&c);
	t->adjust_offset = cursor_u32(&c);
	t->adjust_size = cursor_u32(&c);
	t->stream = stream;
	if (t->header_size < TPI_HEADER_SIZE || !range_in(t->header_size, t->bytes, size))
		return cursor_corrupt(&c, "%" PRIu32 " bytes of types at 0x%" PRIx32
				      " in a stream of %" PRIu64, t->bytes, t->header_size, size);
	if (t->begin < FIRST_INDEX || t->end < t->begin ||
	    t->end - t->begin > t->bytes / MIN_RECORD)
		return cursor_corrupt(&c, "types 0x%" PRIx32 " to 0x%" PRIx32 " in %" PRIu32 " bytes",
				      t->begin, t->end, t->bytes);
	t->offsets = calloc((size_t)(t->end - t->begin) + 1, sizeof(*t->offsets));
	return t->offsets ? NULL : err_nomem();
}

struct err *pdb_tpi_load(struct pdb *pdb, struct pdb_tpi *t, uint32_t stream)
{
	if (!t->known) {
		t->known = true;
		TRY(read_header(pdb, t, stream));
		t->usable = true;
	}
	if (!t->usable)
		return err_new(ERR_NOTFOUND, "%s: no types that can be read", pdb->src->name);
	return NULL;
}

/* --- where a record is -------------------------------------------------------------- */

struct stretch {
	uint32_t first, end;	/* record numbers */
	uint32_t offset;
};

static struct err *index_entry(struct pdb *pdb, const struct pdb_tpi *t, uint64_t i,
			       uint32_t *ret_number, uint32_t *ret_offset)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, t->hash_stream, t->index_offset + 8 * i, 8, &c));
	*ret_number = cursor_u32(&c) - t->begin;
	*ret_offset = cursor_u32(&c);
	return NULL;
}

/* The stretch of records that `number` is in, as far as the index tells. */
static struct err *find_stretch(struct pdb *pdb, const struct pdb_tpi *t, uint32_t number,
				struct stretch *ret)
{
	uint64_t low = 0, high = t->index_size / 8;
	struct stretch s = { 0, t->end - t->begin, 0 };

	if (!range_in(t->index_offset, t->index_size, msf_size(pdb->msf, t->hash_stream)))
		high = 0;
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		uint32_t at, offset;

		TRY(index_entry(pdb, t, mid, &at, &offset));
		if (at <= number) {
			low = mid + 1;
			s.first = at;
			s.offset = offset;
		} else {
			high = mid;
			if (at < s.end)
				s.end = at;
		}
	}
	*ret = s;
	return NULL;
}

static void walk_stretch(struct pdb *pdb, struct pdb_tpi *t, const struct stretch *s)
{
	uint64_t at = s->offset;
	uint32_t i = s->first;
	struct cursor c;

	for (; i < s->end; i++) {
		uint32_t size;

		if (!range_in(at, 4, t->bytes) ||
		    err_ignore(msf_cursor(pdb->msf, t->stream, t->header_size + at, 4, &c)))
			break;
		size = cursor_u16(&c);
		if (size < 2 || !range_in(at, size + 2, t->bytes))
			break;
		t->offsets[i] = (uint32_t)at + 1;
		at += size + 2;
	}
	for (; i < s->end; i++)
		t->offsets[i] = UINT32_MAX;
}

static struct err *record_at(struct pdb *pdb, struct pdb_tpi *t, uint32_t index, uint16_t *leaf,
			     struct cursor *ret)
{
	uint32_t i = index - t->begin, size;
	struct stretch s;
	struct cursor c;
	uint64_t at;

	if (index < t->begin || index >= t->end)
		return err_new(ERR_CORRUPT, "%s: type 0x%" PRIx32 " of 0x%" PRIx32 " to 0x%" PRIx32,
			       msf_label(pdb->msf, t->stream), index, t->begin, t->end);
	if (!t->offsets[i]) {
		TRY(cancel_check());
		TRY(find_stretch(pdb, t, i, &s));
		walk_stretch(pdb, t, &s);
	}
	if (!t->offsets[i] || t->offsets[i] == UINT32_MAX)
		return err_new(ERR_CORRUPT, "%s: the record of type 0x%" PRIx32 " is damaged",
			       msf_label(pdb->msf, t->stream), index);
	at = (uint64_t)t->header_size + t->offsets[i] - 1;
	TRY(msf_cursor(pdb->msf, t->stream, at, 4, &c));
	size = cursor_u16(&c);
	*leaf = cursor_u16(&c);
	return msf_cursor(pdb->msf, t->stream, at + 4, size - 2, ret);
}

struct err *pdb_type_record(struct pdb *pdb, uint32_t index, uint16_t *leaf, struct cursor *ret)
{
	TRY(pdb_tpi_load(pdb, &pdb->tpi, PDB_STREAM_TPI));
	return record_at(pdb, &pdb->tpi, index, leaf, ret);
}

struct err *pdb_id_record(struct pdb *pdb, uint32_t index, uint16_t *leaf, struct cursor *ret)
{
	TRY(pdb_tpi_load(pdb, &pdb->ipi, PDB_STREAM_IPI));
	return record_at(pdb, &pdb->ipi, index, leaf, ret);
}

/* --- names ---------------------------------------------------------------------------- */

/* Makes record `number` the first of its chain. */
static void move_to_head(struct pdb_tpi *t, uint32_t *head, uint32_t number)
{
	for (uint32_t *link = head; *link; link = &t->next[*link - 1])
		if (*link == number + 1) {
			*link = t->next[number];
			t->next[number] = *head;
			*head = number + 1;
			return;
		}
}

/* The linker notes which of several types of one name was used last: a table of
 * name -> index, stored as the named streams are. */
static void adjust_chains(struct pdb *pdb, struct pdb_tpi *t, struct cursor hashes)
{
	struct cursor c;
	uint32_t n;

	if (!t->adjust_size ||
	    err_ignore(msf_cursor(pdb->msf, t->hash_stream, t->adjust_offset, t->adjust_size, &c)))
		return;
	n = cursor_u32(&c);
	cursor_skip(&c, 4);
	cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
	cursor_skip(&c, 4 * (uint64_t)cursor_u32(&c));
	while (n-- && cursor_left(&c) >= 8) {
		uint32_t index, h;

		cursor_skip(&c, 4);
		index = cursor_u32(&c);
		if (index < t->begin || index >= t->end)
			continue;
		cursor_seek(&hashes, (uint64_t)(index - t->begin) * t->hash_key_size);
		h = (uint32_t)cursor_uint(&hashes, t->hash_key_size);
		if (h < t->n_hash_buckets)
			move_to_head(t, &t->heads[h], index - t->begin);
	}
}

/* Chains the records of each bucket, the newest first. */
static struct err *build_chains(struct pdb *pdb, struct pdb_tpi *t)
{
	uint32_t n = t->end - t->begin;
	struct cursor c, hashes;

	t->no_hash = true;
	if (!t->n_hash_buckets || t->n_hash_buckets > MAX_BUCKETS ||
	    (t->hash_key_size != 2 && t->hash_key_size != 4) ||
	    t->hash_size / t->hash_key_size < n)
		return NULL;
	if (err_ignore(msf_cursor(pdb->msf, t->hash_stream, t->hash_offset, t->hash_size, &c)))
		return NULL;
	hashes = c;
	t->heads = calloc(t->n_hash_buckets, sizeof(*t->heads));
	t->next = calloc((size_t)n + 1, sizeof(*t->next));
	if (!t->heads || !t->next)
		return err_nomem();
	for (uint32_t i = 0; i < n; i++) {
		uint32_t h = (uint32_t)cursor_uint(&c, t->hash_key_size);

		if (h >= t->n_hash_buckets)
			continue;
		t->next[i] = t->heads[h];
		t->heads[h] = i + 1;
	}
	adjust_chains(pdb, t, hashes);
	t->no_hash = false;
	return NULL;
}

struct err *pdb_tpi_chain(struct pdb *pdb, const char *name, pdb_chain_visitor *v, void *arg)
{
	struct pdb_tpi *t = &pdb->tpi;

	TRY(pdb_tpi_load(pdb, t, PDB_STREAM_TPI));
	if (!t->chained) {
		t->chained = true;
		TRY(build_chains(pdb, t));
	}
	if (t->no_hash)
		return NULL;
	for (uint32_t i = t->heads[pdb_hash_name(name, strlen(name)) % t->n_hash_buckets]; i;
	     i = t->next[i - 1]) {
		struct cursor c;
		uint16_t leaf;

		TRY(cancel_check());
		if (!err_ignore(record_at(pdb, t, t->begin + i - 1, &leaf, &c)) &&
		    v(arg, t->begin + i - 1, leaf, &c))
			break;
	}
	return NULL;
}

/* --- numeric leaves --------------------------------------------------------------------- */

static struct pdb_number signed_number(int64_t v)
{
	return (struct pdb_number){ .is_signed = true, .is_integer = true, .value = (uint64_t)v };
}

static struct pdb_number unsigned_number(uint64_t v)
{
	return (struct pdb_number){ .is_integer = true, .value = v };
}

/* Skips a number that is no integer of up to 64 bits. */
static struct pdb_number other_number(struct cursor *c, uint16_t leaf)
{
	static const struct {
		uint16_t leaf, size;
	} sizes[] = {
		{ LF_REAL16, 2 },     { LF_REAL32, 4 },	     { LF_REAL48, 6 },
		{ LF_REAL64, 8 },     { LF_REAL80, 10 },     { LF_REAL128, 16 },
		{ LF_COMPLEX32, 8 },  { LF_COMPLEX64, 16 },  { LF_COMPLEX80, 20 },
		{ LF_COMPLEX128, 32 }, { LF_DECIMAL, 16 },   { LF_DATE, 8 },
	};

	if (leaf == LF_VARSTRING) {
		cursor_skip(c, cursor_u16(c));
		return (struct pdb_number){ 0 };
	}
	if (leaf == LF_UTF8STRING) {
		(void)cursor_cstr(c);
		return (struct pdb_number){ 0 };
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (sizes[i].leaf == leaf) {
			cursor_skip(c, sizes[i].size);
			return (struct pdb_number){ 0 };
		}
	cursor_skip(c, UINT64_MAX); /* of unknown size: nothing behind it can be read */
	return (struct pdb_number){ 0 };
}

struct pdb_number pdb_read_number(struct cursor *c)
{
	uint16_t leaf = cursor_u16(c);
	struct pdb_number n;

	if (leaf < LF_NUMERIC)
		return unsigned_number(leaf);
	switch (leaf) {
	case LF_CHAR:
		return signed_number((int8_t)cursor_u8(c));
	case LF_SHORT:
		return signed_number((int16_t)cursor_u16(c));
	case LF_USHORT:
		return unsigned_number(cursor_u16(c));
	case LF_LONG:
		return signed_number(cursor_s32(c));
	case LF_ULONG:
		return unsigned_number(cursor_u32(c));
	case LF_QUADWORD:
		return signed_number((int64_t)cursor_u64(c));
	case LF_UQUADWORD:
		return unsigned_number(cursor_u64(c));
	case LF_OCTWORD:
	case LF_UOCTWORD:
		n = unsigned_number(cursor_u64(c));
		n.is_signed = leaf == LF_OCTWORD;
		cursor_skip(c, 8);
		return n;
	default:
		return other_number(c, leaf);
	}
}
