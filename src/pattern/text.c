/* SPDX-License-Identifier: MIT */
/* Text where numbers should be: see text.h. */
#include "pattern/text.h"

#include <inttypes.h>

enum { REACH = 64, MIN_RUN = 4 };	/* characters to each side; of a run */

static bool is_printable(unsigned c)
{
	return c >= ' ' && c <= '~';
}

static unsigned width_of(enum text_kind kind)
{
	return kind == TEXT_UTF16 ? 2 : 1;
}

/* Characters of `width` bytes before the zeros that end the word; 0: something else is among them. */
static unsigned characters(uint64_t v, unsigned size, unsigned width, char *ret)
{
	unsigned n = 0, bits = 8 * width;

	for (; n < size / width && v; n++, v >>= bits) {
		unsigned c = (unsigned)(v & ((1u << bits) - 1));

		if (!is_printable(c))
			return 0;
		ret[n] = (char)c;
	}
	ret[n] = '\0';
	return n;
}

enum text_kind text_of_word(uint64_t v, unsigned size, char ret[TEXT_WORD])
{
	if (characters(v, size, 1, ret) >= MIN_RUN)
		return TEXT_ASCII;
	if (characters(v, size, 2, ret) >= (size == 8 ? 3u : 2u))
		return TEXT_UTF16;
	return TEXT_NONE;
}

static bool character_at(struct pattern_run *run, uint64_t address, unsigned width, char *ret)
{
	uint64_t c;

	if (!arch_read_uint(target_memory(run->target), address, width, &c) || c > '~' || !is_printable((unsigned)c))
		return false;
	*ret = (char)c;
	return true;
}

bool text_around(struct pattern_run *run, uint64_t address, uint64_t from, uint64_t to, enum text_kind kind, struct text_run *ret)
{
	unsigned width = width_of(kind);
	char text[2 * REACH + 1];
	uint64_t start = address;
	size_t n = 0;

	while (start >= from + width && address - start < (uint64_t)REACH * width &&
	       character_at(run, start - width, width, &text[0]))
		start -= width;
	while (n < sizeof(text) - 1 && start + n * width < to && character_at(run, start + n * width, width, &text[n]))
		n++;
	if (n < MIN_RUN)
		return false;
	text[n] = '\0';
	*ret = (struct text_run){ .start = start, .end = start + n * width, .text = run_text(run, "%s", text) };
	return true;
}

const char *text_command(struct pattern_run *run, const struct text_run *t, enum text_kind kind)
{
	return run_text(run, kind == TEXT_UTF16 ? "dW 0x%" PRIx64 " L0x%" PRIx64 : "db 0x%" PRIx64 " L0x%" PRIx64, t->start,
			(t->end - t->start) / width_of(kind));
}
