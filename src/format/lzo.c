/* SPDX-License-Identifier: MIT */
/*
 * The stream is a sequence of instructions: a match (copy of what was written
 * before, by distance and length), followed by 0 to 3 literal bytes that the
 * match's own bits count; or a long run of literals. What a first byte below 16
 * means depends on how many literals came just before: `state` is that number,
 * 4 for a long run.
 */
#include "format/lzo.h"

#include <string.h>

struct lzo {
	const uint8_t *in, *in_end;
	uint8_t *out, *out_start, *out_end;
	unsigned state;
	bool bad, end;
};

static unsigned next(struct lzo *z)
{
	if (z->in == z->in_end) {
		z->bad = true;
		return 0;
	}
	return *z->in++;
}

/* A length of which `bits` bits were in the first byte; all zero there: zero bytes count 255 each, and the first other one ends it. */
static size_t length(struct lzo *z, unsigned first, unsigned bits)
{
	size_t n = first & ((1U << bits) - 1);

	if (n)
		return n;
	n = (1U << bits) - 1;
	while (z->in < z->in_end && !*z->in) {
		n += 255;
		z->in++;
	}
	return n + next(z);
}

static void literals(struct lzo *z, size_t n)
{
	if (z->bad || n > (size_t)(z->in_end - z->in) || n > (size_t)(z->out_end - z->out)) {
		z->bad = true;
		return;
	}
	memcpy(z->out, z->in, n);
	z->in += n;
	z->out += n;
}

/* Byte by byte: a match may run into what it writes. */
static void match(struct lzo *z, size_t distance, size_t n, unsigned state)
{
	if (z->bad || !distance || distance > (size_t)(z->out - z->out_start) || n > (size_t)(z->out_end - z->out)) {
		z->bad = true;
		return;
	}
	for (size_t i = 0; i < n; i++, z->out++)
		*z->out = *(z->out - distance);
	z->state = state;
	literals(z, state);
}

/* 0 0 0 0 X X X X */
static void low(struct lzo *z, unsigned b)
{
	unsigned h;

	if (!z->state) {
		literals(z, length(z, b, 4) + 3);
		z->state = 4;
		return;
	}
	h = next(z);
	if (z->state == 4)
		match(z, (h << 2) + (b >> 2) + 2049, 3, b & 3);
	else
		match(z, (h << 2) + (b >> 2) + 1, 2, b & 3);
}

/* 0 0 0 1 H L L L: far; distance 16384 is the end. 0 0 1 L L L L L: up to 16 KB. */
static void far(struct lzo *z, unsigned b)
{
	bool farthest = b < 32;
	size_t n = length(z, b, farthest ? 3 : 5) + 2, distance;
	unsigned s = next(z);

	s |= next(z) << 8;
	distance = (s >> 2) + (farthest ? 16384 + ((b & 8) << 11) : 1);
	if (farthest && distance == 16384) {
		z->end = true;
		z->bad |= n != 3;
		return;
	}
	match(z, distance, n, s & 3);
}

/* 0 1 L D D D S S and 1 L L D D D S S */
static void near(struct lzo *z, unsigned b)
{
	size_t distance = ((size_t)next(z) << 3) + (b >> 2 & 7) + 1;

	match(z, distance, b < 128 ? 3 + (b >> 5 & 1) : 5 + (b >> 5 & 3), b & 3);
}

/* The first byte of a stream may be a run of literals of its own kind. */
static void first(struct lzo *z)
{
	if (z->in < z->in_end && *z->in > 17) {
		size_t n = next(z) - 17;

		literals(z, n);
		z->state = n < 4 ? (unsigned)n : 4;
	}
}

bool lzo1x_unpack(const uint8_t *in, size_t in_size, uint8_t *out, size_t size)
{
	struct lzo z = { .in = in, .in_end = in + in_size, .out = out, .out_start = out, .out_end = out + size };

	first(&z);
	while (!z.bad && !z.end) {
		unsigned b = next(&z);

		if (z.bad)
			break;
		if (b < 16)
			low(&z, b);
		else if (b < 64)
			far(&z, b);
		else
			near(&z, b);
	}
	return !z.bad && z.end && z.in == z.in_end && z.out == z.out_end;
}
