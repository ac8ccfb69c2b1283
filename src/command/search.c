/* SPDX-License-Identifier: MIT */
/*
 * s: search memory, and .writemem: copy memory to a file.
 *
 * A search goes over the pieces of the address space that are there, in blocks
 * that overlap by the pattern's length; holes are skipped, not searched.
 */
#include "command/kernel.h"

#include "base/cancel.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 16, MAX_PATTERN = 4096, SHOWN = 16 };

static const struct field hit_fields[] = {
	{ "address", FIELD_ADDR, "where the pattern begins" },
	{ "size", FIELD_UINT, "bytes of one unit" },
	{ "words", FIELD_WORDS, "memory there" },
	{ "text", FIELD_STR, "string found (-sa, -su)" },
	{ NULL },
};

static const struct record hit_record = {
	.kind = "search_hit",
	.help = "a place where the pattern was found",
	.fields = hit_fields,
	.text = "{address}  {words:-47D}  {words:A}\n",
};
static const char words_layout[] = "{address}  {words}  {words:A}\n";
static const char string_layout[] = "{address}  {text:q}\n";

struct search {
	struct session *s;
	struct out *o;
	struct space *space;
	const struct arch_memory *memory;	/* the same bytes */
	unsigned unit;
	bool strings;		/* -sa, -su: any string */
	bool wide;		/* 16-bit characters */
	bool address_only;	/* [1] */
	uint64_t min_length;	/* strings, characters */
	uint8_t pattern[MAX_PATTERN];
	size_t length;
	uint64_t found, limit;
	uint64_t searched;	/* bytes so far */
};

static struct err *emit_hit(struct search *x, uint64_t at)
{
	struct out_word words[SHOWN];
	size_t n = SHOWN / x->unit;

	x->found++;
	out_begin_as(x->o, &hit_record, x->address_only ? "{address:p}\n"
				    : x->unit == 1  ? hit_record.text : words_layout);
	out_addr(x->o, "address", at);
	out_uint(x->o, "size", x->unit);
	for (size_t i = 0; i < n; i++) {
		words[i] = (struct out_word){ 0 };
		words[i].present = arch_read_uint(x->memory, at + i * x->unit, x->unit, &words[i].value);
	}
	out_words(x->o, "words", words, n, x->unit);
	return out_end(x->o);
}

static struct err *search_block(struct search *x, uint64_t at, const uint8_t *bytes, size_t n)
{
	const uint8_t *p = bytes, *end = bytes + n;

	while (x->length <= (size_t)(end - p)) {
		p = memmem(p, (size_t)(end - p), x->pattern, x->length);
		if (!p)
			return NULL;
		/* numbers are found at multiples of their size from the start */
		if ((size_t)(p - bytes) % x->unit == 0) {
			TRY(emit_hit(x, at + (uint64_t)(p - bytes)));
			if (x->found >= x->limit)
				return NULL;
		}
		p++;
	}
	return NULL;
}

static bool is_text(const uint8_t *p, bool wide)
{
	return (isprint(p[0]) || p[0] == '\t') && (!wide || !p[1]);
}

static struct err *emit_string(struct search *x, uint64_t at, const uint8_t *bytes, size_t n)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	if (x->wide)
		strbuf_add_utf16le(&sb, bytes, n);
	else
		strbuf_add(&sb, bytes, n);
	TRY(strbuf_check(&sb));
	x->found++;
	out_begin_as(x->o, &hit_record, string_layout);
	out_addr(x->o, "address", at);
	out_str(x->o, "text", sb.s);
	return out_end(x->o);
}

static struct err *strings_block(struct search *x, uint64_t at, const uint8_t *bytes, size_t n)
{
	size_t step = x->wide ? 2 : 1;

	for (size_t i = 0; i + step <= n;) {
		size_t start = i;

		while (i + step <= n && is_text(bytes + i, x->wide))
			i += step;
		if ((i - start) / step >= x->min_length)
			TRY(emit_string(x, at + start, bytes + start, i - start));
		i += step;
	}
	return NULL;
}

/* One contiguous piece of memory, block by block. */
static struct err *search_piece(struct search *x, uint64_t at, uint64_t size, uint8_t *buf)
{
	size_t overlap = x->length ? x->length - 1 : 0;
	uint64_t end = at + size;

	overlap -= overlap % x->unit;
	while (at < end && x->found < x->limit) {
		size_t want = end - at < BLOCK ? (size_t)(end - at) : BLOCK;
		size_t got = space_read_some(x->space, at, buf, want);

		TRY(cancel_check());
		if (!got)
			return NULL;
		x->searched += got;
		progress_report("searching", x->searched, 0);
		TRY(x->strings ? strings_block(x, at, buf, got) : search_block(x, at, buf, got));
		if (got < want || at + got == end)
			return NULL;
		at += got - overlap;
	}
	return NULL;
}

/* Whether the pattern is found in the midst of zeros. */
static bool finds_zeros(const struct search *x)
{
	for (size_t i = 0; i < x->length; i++)
		if (x->pattern[i])
			return false;
	return !x->strings;
}

/*
 * The next stretch of memory from `at` on. Of memory that is known to be zero,
 * of which a process may have terabytes that it never touched, only both ends.
 */
static bool next_stretch(const struct search *x, uint64_t at, uint64_t *from, uint64_t *to)
{
	struct space_range piece;
	uint64_t head, tail;

	if (!space_find(x->space, at, &piece))
		return false;
	*from = piece.address > at ? piece.address : at;
	*to = piece.address + (piece.size - 1); /* at most the last byte there is, which is never searched */
	*to += *to < UINT64_MAX;
	if (piece.origin != SPACE_ZERO || piece.size <= 2 * MAX_PATTERN || finds_zeros(x))
		return true;
	head = piece.address + MAX_PATTERN;
	tail = *to - MAX_PATTERN;
	if (*from < head)
		*to = head;
	else if (*from < tail)
		*from = tail;
	return true;
}

static struct err *search_range(struct search *x, uint64_t start, uint64_t size)
{
	uint64_t at = start, end = start + size < start ? UINT64_MAX : start + size, from, to, next, next_to;
	uint8_t *buf = malloc(BLOCK);
	struct err *e = NULL;

	if (!buf)
		return err_nomem();
	while (!e && at < end && x->found < x->limit && next_stretch(x, at, &from, &to)) {
		if (from >= end)
			break;
		to = to < end ? to : end;
		/* adjacent pieces are one run: a pattern may cross them */
		while (to < end && next_stretch(x, to, &next, &next_to) && next <= to)
			to = next_to < end ? next_to : end;
		e = search_piece(x, from, to - from, buf);
		at = to;
	}
	free(buf);
	return e;
}

/* "-[1s]d": flags in brackets, then the type; "-sa" and "-su" find any string. */
static struct err *parse_type(struct search *x, const char **p, const struct args *args)
{
	const char *c = *p;

	x->unit = 1;
	x->limit = UINT64_MAX;
	x->min_length = 3;
	if (*c != '-')
		return NULL;
	c++;
	if (*c == '[') {
		for (c++; *c && *c != ']'; c++) {
			if (*c == '1')
				x->address_only = true;
			else if (*c == 'l')
				x->min_length = strtoull(c + 1, NULL, 16);
		}
		c += *c == ']';
	}
	if (*c == 's' && (c[1] == 'a' || c[1] == 'u')) {
		x->strings = true;
		c++;
	}
	switch (*c) {
	case 'b': case 'a': break;
	case 'u': x->wide = true; break;
	case 'w': x->unit = 2; break;
	case 'd': x->unit = 4; break;
	case 'q': x->unit = 8; break;
	default: return usage_error(args, "unknown search type '%c'", *c);
	}
	if (!x->min_length || x->min_length > BLOCK / 2)
		return usage_error(args, "the length of strings is out of range");
	*p = str_skip_space(c + 1);
	return NULL;
}

static struct err *add_bytes(struct search *x, const struct args *args, uint64_t v, unsigned n)
{
	if (x->length + n > MAX_PATTERN)
		return usage_error(args, "the pattern is longer than %d bytes", MAX_PATTERN);
	for (unsigned i = 0; i < n; i++)
		x->pattern[x->length++] = (uint8_t)(v >> (8 * i));
	return NULL;
}

static struct err *parse_quoted(struct search *x, const struct args *args, const char **p)
{
	const char *c = *p + 1;

	for (; *c && *c != '"'; c++)
		TRY(add_bytes(x, args, (uint8_t)*c, x->wide ? 2 : 1));
	*p = str_skip_space(*c ? c + 1 : c);
	return NULL;
}

static struct err *parse_pattern(struct search *x, const struct args *args, const char *p)
{
	while (*p) {
		uint64_t v;

		if (*p == '"') {
			TRY(parse_quoted(x, args, &p));
			continue;
		}
		TRY(expr_parse(x->s, &p, &v));
		TRY(add_bytes(x, args, v, x->unit));
	}
	return x->length ? NULL : usage_error(args, "what to search for is missing");
}

/* "-p", "/p": what lies at physical addresses. */
static struct err *parse_space(struct search *x, const char **p, const struct args *args)
{
	struct kernel *k;

	*p = str_skip_space(*p);
	if (!option_word(p, "-p") && !option_word(p, "/p"))
		return NULL;
	TRY(kernel_need(x->s, args, &k));
	x->space = kernel_physical_space(k);
	x->memory = kernel_physical(k);
	return NULL;
}

static struct err *run_s(struct session *s, const struct args *args, struct out *o)
{
	struct target *t = session_target(s);
	struct search x = { .s = s, .o = o, .space = target_space(t), .memory = target_memory(t) };
	const char *p = args->tail;
	struct range range;

	TRY(parse_space(&x, &p, args));
	TRY(parse_type(&x, &p, args));
	TRY(parse_space(&x, &p, args));
	TRY(range_parse(s, &p, x.unit, 0, &range));
	if (!range.given || !range.count_given)
		return usage_error(args, "a range is needed: an address and L count, or an end");
	if (!x.strings)
		TRY(parse_pattern(&x, args, p));
	return search_range(&x, range.start, range.count * x.unit);
}

static const struct record *const hit_records[] = { &hit_record, NULL };

const struct command command_s = {
	.name = "s",
	.summary = "search memory",
	.usage = "[-p] [-[flags]type] range pattern",
	.help = "Types: -b bytes (default), -w words, -d double words, -q quad words, -a 8-bit text,\n"
		"-u 16-bit text, -sa and -su any text of three characters or more ([lN]: of N).\n"
		"The pattern is numbers of the type or \"text\"; -[1] shows addresses only. A range\n"
		"may be large (0 L?0x7fffffffffff): only memory that the dump has is searched. In the dump of\n"
		"a machine, -p takes the range for physical addresses.",
	.records = hit_records,
	.needs = NEEDS_TARGET,
	.run = run_s,
};

/* --- .writemem -------------------------------------------------------------------------- */

static const struct field write_fields[] = {
	{ "file", FIELD_STR, "file written" },
	{ "address", FIELD_ADDR, "start" },
	{ "bytes", FIELD_SIZE, "bytes written" },
	{ NULL },
};

static const struct record write_record = {
	.kind = "memory_written",
	.help = "what .writemem wrote",
	.fields = write_fields,
	.text = "Writing {bytes:x} bytes\n",
};

static struct err *write_all(int fd, const char *path, const uint8_t *buf, size_t n)
{
	while (n) {
		ssize_t w = write(fd, buf, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return err_os(errno, "%s", path);
		buf += w;
		n -= (size_t)w;
	}
	return NULL;
}

static struct err *copy_memory(struct session *s, int fd, const char *path, uint64_t at,
			       uint64_t size)
{
	uint8_t buf[4096];

	while (size) {
		size_t n = size < sizeof(buf) ? (size_t)size : sizeof(buf);

		TRY(cancel_check());
		TRY(space_read(target_space(session_target(s)), at, buf, n));
		TRY(write_all(fd, path, buf, n));
		at += n;
		size -= n;
	}
	return NULL;
}

/* Under a temporary name first: a file that is there is whole. */
static struct err *write_file(struct session *s, const char *path, uint64_t at, uint64_t size)
{
	struct err *e;
	char *tmp;
	int fd;

	if (asprintf(&tmp, "%s.XXXXXX", path) < 0)
		return err_nomem();
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0) {
		e = err_os(errno, "%s", path);
		free(tmp);
		return e;
	}
	e = copy_memory(s, fd, path, at, size);
	if (close(fd) < 0 && !e)
		e = err_os(errno, "%s", path);
	if (!e && rename(tmp, path) < 0)
		e = err_os(errno, "%s", path);
	if (e)
		(void)unlink(tmp);
	free(tmp);
	return e;
}

static struct err *run_writemem(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct range range;
	char *path = NULL;

	TRY(word_parse(args->arena, &p, &path));
	if (!path)
		return usage_error(args, "a file name is missing");
	TRY(range_parse(s, &p, 1, 0, &range));
	TRY(end_parse(args, p));
	if (!range.given || !range.count)
		return usage_error(args, "a range is needed: an address and L count, or an end");
	TRY(write_file(s, path, range.start, range.count));
	out_begin(o, &write_record);
	out_str(o, "file", path);
	out_addr(o, "address", range.start);
	out_uint(o, "bytes", range.count);
	return out_end(o);
}

static const struct record *const write_records[] = { &write_record, NULL };

const struct command command_writemem = {
	.name = ".writemem",
	.summary = "write memory of the dump to a file",
	.usage = "file range",
	.help = "Copies a range to a new file with mode 0600. All of the range must be in the dump\n"
		"(or in image files): nothing is written for memory that is absent.",
	.records = write_records,
	.needs = NEEDS_TARGET,
	.run = run_writemem,
};
