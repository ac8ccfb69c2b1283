/* SPDX-License-Identifier: MIT */
/* Text where numbers should be: words that read as ASCII or UTF-16, and the text that they are part of. */
#ifndef OSM_PATTERN_TEXT_H
#define OSM_PATTERN_TEXT_H

#include "pattern/pattern.h"

enum text_kind { TEXT_NONE, TEXT_ASCII, TEXT_UTF16 };

enum { TEXT_WORD = 9 };	/* characters of a word of 8 bytes, and a zero */

/* Of 4 or 8 bytes: at least four characters of ASCII, or two (of 4 bytes) or three of UTF-16,
 * and nothing but zeros behind them. What little-endian memory holds. */
enum text_kind text_of_word(uint64_t v, unsigned size, char ret[TEXT_WORD]);

struct text_run {
	uint64_t start;		/* address of its first character */
	uint64_t end;		/* behind its last one */
	const char *text;	/* in the run's arena; cut at either end when it is long */
};

/* The printable characters around an address, in [from, to); false: there are fewer than four. */
bool text_around(struct pattern_run *run, uint64_t address, uint64_t from, uint64_t to, enum text_kind kind, struct text_run *ret);
/* What shows it: a command of the debugger. */
const char *text_command(struct pattern_run *run, const struct text_run *t, enum text_kind kind);

#endif
