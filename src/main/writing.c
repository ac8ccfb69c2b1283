/* SPDX-License-Identifier: MIT */
/* What the command line says of files to be written. */
#include "main/main.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool parse_decimal(const char *text, uint64_t most, uint64_t *ret)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n > most)
		return false;
	*ret = n;
	return true;
}

static struct err *read_number(const char *what, const char *text, uint64_t most, uint64_t *ret)
{
	if (!parse_decimal(text, most, ret))
		return err_new(ERR_USAGE, "%s: '%s' is no number that fits", what, text);
	return NULL;
}

/* By what follows the number, without "/s": factors of 1000, or of 1024 with an i. A number alone is of MB. */
static bool rate_unit(const char *text, uint64_t *ret)
{
	static const char letters[] = "KMGT";
	const char *letter = *text ? strchr(letters, *text & ~0x20) : NULL;
	uint64_t step = 1000, unit = 1;

	if (!*text) {
		*ret = 1000000;
		return true;
	}
	if (letter) {
		text++;
		step = *text == 'i' ? 1024 : 1000;
		text += *text == 'i';
		for (const char *l = letters; l <= letter; l++)
			unit *= step;
	}
	text += *text == 'B';
	*ret = unit;
	return !*text;
}

/* "50M", "50MB/s", "1.5G", "64MiB", "50"; 0 is no limit. */
static struct err *read_rate(const char *text, uint64_t *ret)
{
	uint64_t whole = 0, part = 0, scale = 1, unit = 0;
	char rest[8] = "";
	size_t n;
	const char *p = text;

	for (; *p >= '0' && *p <= '9' && whole < UINT32_MAX; p++)
		whole = whole * 10 + (uint64_t)(*p - '0');
	if (p != text && *p == '.')
		for (p++; *p >= '0' && *p <= '9' && scale < 1000; p++, scale *= 10)
			part = part * 10 + (uint64_t)(*p - '0');
	n = strlen(p);
	if (n >= 2 && strcmp(p + n - 2, "/s") == 0)
		n -= 2;
	if (n < sizeof(rest))
		memcpy(rest, p, n);
	if (p == text || n >= sizeof(rest) || !rate_unit(rest, &unit) || __builtin_mul_overflow(whole, unit, &whole) || whole > INT64_MAX)
		return err_new(ERR_USAGE, "--limit-rate: '%s' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB", text);
	*ret = whole + unit * part / scale;
	return NULL;
}

/* "none", "zstd", "zstd:19", "lz4", "lz4:9" */
static struct err *read_packing(const char *text, struct sink_options *ret)
{
	static const struct {
		const char *name;
		enum sink_packing packing;
	} names[] = { { "none", SINK_PLAIN }, { "zstd", SINK_ZSTD }, { "lz4", SINK_LZ4 } };
	const char *colon = strchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : strlen(text);
	uint64_t level = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i].name) != n || strncmp(names[i].name, text, n) != 0 || (colon && !i))
			continue;
		if (colon)
			TRY(read_number("--compress", colon + 1, 1000, &level));
		ret->packing = names[i].packing;
		ret->level = (int)level;
		return NULL;
	}
	return err_new(ERR_USAGE, "--compress: '%s' is none of zstd, zstd:LEVEL, lz4, lz4:LEVEL, none", text);
}

struct err *writing_options(const struct settings *s, struct sink_options *ret)
{
	struct sink_options o = {
		.keep_free = UINT64_MAX,
		.keep_partial = s->keep_partial,
		.replace = s->force,
	};

	if (s->compress)
		TRY(read_packing(s->compress, &o));
	if (s->limit_rate)
		TRY(read_rate(s->limit_rate, &o.limit_rate));
	*ret = o;
	return NULL;
}

void writing_path(const struct settings *s, const char *path, struct sink_options *ret)
{
	ret->path = path;
	if (s->compress)
		return;
	if (str_ends_nocase(path, ".zst"))
		ret->packing = SINK_ZSTD;
	else if (str_ends_nocase(path, ".lz4"))
		ret->packing = SINK_LZ4;
}
