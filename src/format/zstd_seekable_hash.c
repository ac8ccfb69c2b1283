/* SPDX-License-Identifier: MIT */
/*
 * XXH64, which libzstd has but does not export. Written from the algorithm's
 * description (doc/xxhash_spec.md of the xxHash project): lanes of 8 bytes in
 * stripes of 32, then the tail, then an avalanche.
 */
#include "format/zstd_seekable.h"

#define P1 UINT64_C(0x9e3779b185ebca87)
#define P2 UINT64_C(0xc2b2ae3d27d4eb4f)
#define P3 UINT64_C(0x165667b19e3779f9)
#define P4 UINT64_C(0x85ebca77c2b2ae63)
#define P5 UINT64_C(0x27d4eb2f165667c5)

static uint64_t rotate(uint64_t v, unsigned n)
{
	return v << n | v >> (64 - n);
}

static uint64_t le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t lane(uint64_t acc, uint64_t v)
{
	return rotate(acc + v * P2, 31) * P1;
}

static uint64_t merge(uint64_t acc, uint64_t v)
{
	return (acc ^ lane(0, v)) * P1 + P4;
}

static uint64_t stripes(const uint8_t **pp, const uint8_t *end)
{
	uint64_t a = P1 + P2, b = P2, c = 0, d = -P1, acc;
	const uint8_t *p = *pp;

	for (; end - p >= 32; p += 32) {
		a = lane(a, le64(p));
		b = lane(b, le64(p + 8));
		c = lane(c, le64(p + 16));
		d = lane(d, le64(p + 24));
	}
	*pp = p;
	acc = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
	acc = merge(acc, a);
	acc = merge(acc, b);
	acc = merge(acc, c);
	return merge(acc, d);
}

uint64_t zstd_seekable_hash(const void *data, size_t n)
{
	const uint8_t *p = data, *end = p + n;
	uint64_t acc = n >= 32 ? stripes(&p, end) : P5;

	acc += n;
	for (; end - p >= 8; p += 8)
		acc = rotate(acc ^ lane(0, le64(p)), 27) * P1 + P4;
	if (end - p >= 4) {
		acc = rotate(acc ^ le32(p) * P1, 23) * P2 + P3;
		p += 4;
	}
	for (; p < end; p++)
		acc = rotate(acc ^ *p * P5, 11) * P1;
	acc = (acc ^ acc >> 33) * P2;
	acc = (acc ^ acc >> 29) * P3;
	return acc ^ acc >> 32;
}
