/* SPDX-License-Identifier: MIT */
/*
 * How one value reads as text. What a conversion letter means is written in
 * output/output.h; here it is done.
 */
#include "output/output_impl.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

/*
 * What would move the cursor, hide or reorder text on a terminal: C0 and C1
 * controls, and the bidirectional overrides that can make one name look like
 * another.
 */
static size_t unsafe_len(const char *s, uint32_t *ret_code)
{
	const uint8_t *p = (const uint8_t *)s;

	*ret_code = p[0];
	if (p[0] < 0x20 || p[0] == 0x7f)
		return 1;
	if (p[0] == 0xc2 && p[1] < 0xa0) {
		*ret_code = p[1];
		return 2;
	}
	if (p[0] != 0xe2)
		return 0;
	*ret_code = 0x2000u | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	if ((*ret_code >= 0x202a && *ret_code <= 0x202e) ||
	    (*ret_code >= 0x2066 && *ret_code <= 0x2069))
		return 3;
	return 0;
}

static bool is_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] >= 0x7f)
			return false;
	return true;
}

void out_add_safe(struct strbuf *sb, const char *s, size_t n, bool raw)
{
	CLEANUP(strbuf_deinit) struct strbuf valid = STRBUF_INIT;
	size_t start = 0, i = 0;

	if (is_plain(s, n)) { /* nearly always */
		strbuf_add(sb, s, n);
		return;
	}
	strbuf_add_utf8(&valid, s, n);
	if (valid.failed)
		sb->failed = true;
	while (i < valid.len) {
		uint32_t code;
		size_t len = unsafe_len(valid.s + i, &code);

		if (!len || (raw && (code == '\n' || code == '\t'))) {
			i++;
			continue;
		}
		strbuf_add(sb, valid.s + start, i - start);
		strbuf_addf(sb, code > 0xff ? "\\u%04x" : "\\x%02x", code);
		i += len;
		start = i;
	}
	strbuf_add(sb, valid.s + start, valid.len - start);
}

const char *out_next_name(const char **names, size_t *ret_len)
{
	const char *name;

	if (!*names)
		return NULL;
	name = *names + strspn(*names, " ,|");
	*ret_len = strcspn(name, " ,|");
	*names = name + *ret_len;
	return *ret_len ? name : NULL;
}

void out_add_time(struct strbuf *sb, uint64_t unix_seconds, char conversion)
{
	time_t t = (time_t)unix_seconds;
	char text[64];
	struct tm tm;

	/* a year of five digits is a damaged time: the number then */
	if (unix_seconds > 253402300799u || !gmtime_r(&t, &tm)) {
		strbuf_addf(sb, "%" PRIu64, unix_seconds);
		return;
	}
	if (conversion == 's')
		(void)strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &tm);
	else if (conversion == 'i')
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	else
		(void)strftime(text, sizeof(text), "%a %b %e %H:%M:%S.000 %Y (UTC + 0:00)", &tm);
	strbuf_adds(sb, text);
}

static void add_duration(struct strbuf *sb, uint64_t hundred_ns)
{
	uint64_t ms = hundred_ns / 10000, s = ms / 1000;

	strbuf_addf(sb, "%" PRIu64 " days %" PRIu64 ":%02u:%02u.%03u", s / 86400, s / 3600 % 24,
		    (unsigned)(s / 60 % 60), (unsigned)(s % 60), (unsigned)(ms % 1000));
}

static void add_size(struct strbuf *sb, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double v = (double)bytes / 1024;
	size_t i = 0;

	while (v >= 1024 && i + 1 < ARRAY_SIZE(units)) {
		v /= 1024;
		i++;
	}
	strbuf_addf(sb, "%.3f %s", v, units[i]);
}

static void add_binary(struct strbuf *sb, uint64_t v, unsigned digits)
{
	char text[64];

	for (unsigned i = 0; i < digits; i++)
		text[digits - 1 - i] = (char)('0' + (v >> i & 1));
	strbuf_add(sb, text, digits);
}

static unsigned binary_digits(uint64_t v)
{
	return v ? 64 - (unsigned)__builtin_clzll(v) : 1;
}

static void add_pointer(struct strbuf *sb, uint64_t v, bool quote, unsigned size)
{
	/* a value that does not fit 32 bits is shown whole rather than cut */
	if (size == 4 && v >> 32 == 0)
		strbuf_addf(sb, "%08" PRIx64, v);
	else if (quote)
		strbuf_addf(sb, "%08" PRIx64 "`%08" PRIx64, v >> 32, v & 0xffffffff);
	else
		strbuf_addf(sb, "%016" PRIx64, v);
}

static void add_number(struct strbuf *sb, uint64_t v, bool is_signed, char conversion,
		       unsigned pointer_size)
{
	switch (conversion) {
	case 'x': strbuf_addf(sb, "%" PRIx64, v); break;
	case 'X': strbuf_addf(sb, "%" PRIX64, v); break;
	case 'o': strbuf_addf(sb, "%" PRIo64, v); break;
	case 'b': add_binary(sb, v, binary_digits(v)); break;
	case 'p': add_pointer(sb, v, true, pointer_size); break;
	case 'w': add_pointer(sb, v, false, pointer_size); break;
	case 'S': add_size(sb, v); break;
	case 'c': strbuf_addc(sb, v >= 0x20 && v < 0x7f ? (char)v : '.'); break;
	default:
		if (conversion == 'n')
			strbuf_adds(sb, "0n");
		if (is_signed)
			strbuf_addf(sb, "%" PRId64, (int64_t)v);
		else
			strbuf_addf(sb, "%" PRIu64, v);
	}
}

static void add_string(struct strbuf *sb, const char *s, const struct out_spec *spec)
{
	CLEANUP(strbuf_deinit) struct strbuf safe = STRBUF_INIT;

	if (spec->conversion != 'q') {
		out_add_safe(sb, s, strlen(s), spec->conversion == 'r');
		return;
	}
	out_add_safe(&safe, s, strlen(s), false);
	strbuf_addc(sb, '"');
	strbuf_add(sb, safe.s, safe.len);
	strbuf_addc(sb, '"');
	if (safe.failed)
		sb->failed = true;
}

static void add_symbol(struct strbuf *sb, const struct out_value *v, char conversion,
		       unsigned pointer_size)
{
	bool bare = !v->module && !v->s;

	if (conversion == 'x' || conversion == 'p') {
		add_number(sb, v->u, false, conversion, pointer_size);
		return;
	}
	if (bare && conversion != 'M')
		strbuf_addf(sb, "0x%" PRIx64, v->u);
	if (v->module)
		out_add_safe(sb, v->module, strlen(v->module), false);
	if (conversion == 'M' || bare)
		return;
	if (v->s) {
		if (v->module)
			strbuf_addc(sb, '!');
		out_add_safe(sb, v->s, strlen(v->s), false);
	}
	if (conversion != 'N' && (v->disp || !v->s))
		strbuf_addf(sb, "+0x%" PRIx64, v->disp);
}

/* --- lists of numbers --------------------------------------------------------- */

static struct out_word item(const struct out_value *v, size_t i)
{
	if (v->packed)
		return (struct out_word){ ((const uint8_t *)v->data)[i], true };
	return ((const struct out_word *)v->data)[i];
}

static void add_hex_item(struct strbuf *sb, struct out_word w, unsigned size)
{
	for (unsigned half = 0; half < (size == 8 ? 2 : 1); half++) {
		unsigned digits = size == 8 ? 8 : size * 2;
		uint64_t part = size == 8 ? (half ? w.value & 0xffffffff : w.value >> 32) : w.value;

		if (half)
			strbuf_addc(sb, '`');
		if (w.present)
			strbuf_addf(sb, "%0*" PRIx64, (int)digits, part);
		else
			strbuf_pad(sb, '?', digits);
	}
}

/* The C library tells "-nan" and "nan" apart; people do not. */
static void add_float(struct strbuf *sb, double d, int digits)
{
	if (isnan(d))
		strbuf_adds(sb, "NaN");
	else
		strbuf_addf(sb, "%.*g", digits, d);
}

static void add_float_item(struct strbuf *sb, uint64_t bits, unsigned size)
{
	uint32_t narrow = (uint32_t)bits;
	double d;
	float f;

	if (size == 8) {
		memcpy(&d, &bits, sizeof(d));
	} else {
		memcpy(&f, &narrow, sizeof(f));
		d = (double)f;
	}
	add_float(sb, d, size == 8 ? 16 : 8);
}

static void add_item(struct strbuf *sb, struct out_word w, unsigned size, char conversion)
{
	unsigned shift = 64 - 8 * size;

	if (conversion == 'x' || conversion == 'D')
		add_hex_item(sb, w, size);
	else if (!w.present)
		strbuf_pad(sb, '?', conversion == 'b' ? size * 8 : 1);
	else if (conversion == 'b')
		add_binary(sb, w.value, size * 8);
	else if (conversion == 'f')
		add_float_item(sb, w.value, size);
	else if (conversion == 'd')
		strbuf_addf(sb, "%" PRId64, (int64_t)(w.value << shift) >> shift);
	else
		strbuf_addf(sb, "%" PRIu64, w.value);
}

static void add_ascii(struct strbuf *sb, const struct out_value *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct out_word w = item(v, i);

		for (unsigned b = 0; b < v->size; b++) {
			unsigned c = w.value >> 8 * b & 0xff;

			strbuf_addc(sb, !w.present ? '?' : c >= 0x20 && c < 0x7f ? (char)c : '.');
		}
	}
}

static void add_guid(struct strbuf *sb, const struct out_value *v)
{
	/* Data1-3 are little-endian numbers, the rest bytes (MSD: GUID structure). */
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

	for (size_t i = 0; i < v->n; i++) {
		if (v->n == 16 && (i == 4 || i == 6 || i == 8 || i == 10))
			strbuf_addc(sb, '-');
		strbuf_addf(sb, "%02X", (unsigned)item(v, v->n == 16 ? order[i] : i).value);
	}
}

static void add_items(struct strbuf *sb, const struct out_value *v, char conversion, bool run_on)
{
	if (conversion == 'A') {
		add_ascii(sb, v);
		return;
	}
	if (conversion == 'G') {
		add_guid(sb, v);
		return;
	}
	for (size_t i = 0; i < v->n; i++) {
		if (i && !run_on)
			strbuf_addc(sb, conversion == 'D' && i % 16 == 8 ? '-' : ' ');
		add_item(sb, item(v, i), v->size, conversion);
	}
}

static void add_strings(struct strbuf *sb, const struct out_value *v, char conversion)
{
	const char *const *s = v->data;

	for (size_t i = 0; i < v->n; i++) {
		if (i)
			strbuf_adds(sb, conversion == 's' ? " " : ", ");
		out_add_safe(sb, s[i], strlen(s[i]), false);
	}
}

static void add_bool(struct strbuf *sb, bool v, char conversion)
{
	if (conversion == 'd')
		strbuf_addc(sb, v ? '1' : '0');
	else if (conversion == 'Y')
		strbuf_adds(sb, v ? "Yes" : "No");
	else
		strbuf_adds(sb, v ? "yes" : "no");
}

static void add_flags(struct strbuf *sb, const struct out_value *v, char conversion)
{
	if (v->s && (!conversion || conversion == 's'))
		out_add_safe(sb, v->s, strlen(v->s), false);
	else
		add_number(sb, v->u, false, conversion && conversion != 's' ? conversion : 'x', 8);
}

static const char *conversions(enum field_type type)
{
	switch (type) {
	case FIELD_ADDR:
	case FIELD_HEX:
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_SIZE: return "dnxXobcpwS";
	case FIELD_STR: return "sqr";
	case FIELD_BOOL: return "sdY";
	case FIELD_TIME: return "sixd";
	case FIELD_DURATION: return "sxd";
	case FIELD_SYM: return "sNMxp";
	case FIELD_BYTES: return "xDAG";
	case FIELD_WORDS: return "xDAdubf";
	case FIELD_STRS: return "s";
	case FIELD_FLAGS: return "sxXdb";
	case FIELD_FLOAT: return "s";
	}
	return "";
}

bool out_has_conversion(enum field_type type, char conversion)
{
	return !conversion || strchr(conversions(type), conversion);
}

static void add_scalar(struct strbuf *sb, enum field_type type, const struct out_value *v, char c,
		       unsigned pointer_size)
{
	char usual = type == FIELD_ADDR ? 'p' : type == FIELD_HEX || type == FIELD_SIZE ? 'x' : 'd';

	add_number(sb, v->u, type == FIELD_INT, c ? c : usual, pointer_size);
}

void out_add_value(struct strbuf *sb, enum field_type type, const struct out_value *v,
		   const struct out_spec *spec, unsigned pointer_size)
{
	char c = spec->conversion;

	switch (type) {
	case FIELD_ADDR:
	case FIELD_HEX:
	case FIELD_UINT:
	case FIELD_INT:
	case FIELD_SIZE: add_scalar(sb, type, v, c, pointer_size); break;
	case FIELD_STR: add_string(sb, v->s, spec); break;
	case FIELD_BOOL: add_bool(sb, v->u, c); break;
	case FIELD_TIME:
		if (c == 'x' || c == 'd')
			add_number(sb, v->u, false, c, pointer_size);
		else
			out_add_time(sb, v->u, c);
		break;
	case FIELD_DURATION:
		if (c == 'x' || c == 'd')
			add_number(sb, v->u, false, c, pointer_size);
		else
			add_duration(sb, v->u);
		break;
	case FIELD_SYM: add_symbol(sb, v, c, pointer_size); break;
	case FIELD_BYTES: add_items(sb, v, c ? c : 'x', !c || c == 'x'); break;
	case FIELD_WORDS: add_items(sb, v, c ? c : 'x', false); break;
	case FIELD_STRS: add_strings(sb, v, c); break;
	case FIELD_FLAGS: add_flags(sb, v, c); break;
	case FIELD_FLOAT: add_float(sb, v->f, 6); break;
	}
}
