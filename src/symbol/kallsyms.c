/* SPDX-License-Identifier: MIT */
/*
 * The names of a kernel as scripts/kallsyms.c of Linux packs them: opening,
 * unpacking, addresses. docs/formats/kallsyms.md tells the layouts.
 *
 * What the addresses are is not told anywhere: each form is tried, and the one
 * counts that makes them ascend within the kernel.
 */
#include "symbol/kallsyms_impl.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOKEN_FAST = 16,
	LETTERS_MIN = 2,	/* a name has its letter and a character */
	MAX_NAMES_SIZE = 64 << 20,
	FIRST_NAMES = 16,
	FIRST_BYTES = FIRST_NAMES * 130,
	MIN_SYMBOLS = 16,	/* a kernel with fewer is none */
};

/* --- unpacking ------------------------------------------------------------------------- */

bool kallsyms_read_tokens(struct kallsyms *k)
{
	struct kallsyms_tokens *t = &k->tokens;
	uint8_t index[KSYM_TOKENS * 2];
	size_t n;

	if (!arch_read(&k->s.memory, k->at.token_index, index, sizeof(index)))
		return false;
	n = k->s.memory.read(k->s.memory.arg, k->at.token_table, t->text, sizeof(t->text) - 1);
	for (unsigned i = 0; i < KSYM_TOKENS; i++) {
		size_t at = index[2 * i] | (size_t)index[2 * i + 1] << 8, len;

		if (at >= n || (i && at <= t->at[i - 1]) || (!i && at))
			return false;
		len = strnlen(t->text + at, n - at);
		if (at + len >= n || len > UINT8_MAX || (i && t->text[at - 1]))
			return false;
		t->at[i] = (uint16_t)at;
		t->len[i] = (uint8_t)len;
		t->size = at + len + 1;
	}
	return true;
}

/* One byte, or since 6.1 two, of length, as many tokens. */
bool kallsyms_unpack(const struct kallsyms_tokens *t, const uint8_t *p, size_t n, size_t *pos, struct ksym_name *ret)
{
	size_t at = *pos, len, out = 0;

	if (at >= n)
		return false;
	len = p[at++];
	if (len & 0x80) {
		if (at >= n)
			return false;
		len = (len & 0x7f) | (size_t)p[at++] << 7;
	}
	if (!len || len > n - at)
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t token = p[at + i];

		if (out + UINT8_MAX > sizeof(ret->s))
			return false;
		/* few are longer, and a copy of a fixed size is a single instruction */
		memcpy(ret->s + out, t->text + t->at[token], TOKEN_FAST);
		if (t->len[token] > TOKEN_FAST)
			memcpy(ret->s + out, t->text + t->at[token], t->len[token]);
		out += t->len[token];
	}
	if (out < LETTERS_MIN)
		return false;
	*pos = at + len;
	ret->letter = ret->s[0];
	ret->len = out - 1;
	memmove(ret->s, ret->s + 1, ret->len);
	ret->s[ret->len] = 0;
	return true;
}

/* Letters that nm has, names of C, of Rust, of compilers' clones. */
bool kallsyms_plausible(const struct kallsyms_tokens *t, const uint8_t *p, size_t n, uint32_t n_names)
{
	struct ksym_name name;
	size_t pos = 0;

	for (uint32_t i = 0; i < n_names; i++) {
		if (!kallsyms_unpack(t, p, n, &pos, &name) || !strchr("AaBbCcDdGgNnRrSsTtUuVvWw?", name.letter))
			return false;
		for (size_t j = 0; j < name.len; j++)
			if (!isalnum((unsigned char)name.s[j]) && !strchr("_.$<>-", name.s[j]))
				return false;
	}
	return true;
}

static bool name(const struct ksyms *s, uint32_t i, struct ksym_name *ret)
{
	const struct kallsyms *k = (const struct kallsyms *)s;
	size_t pos;

	if (i >= k->n_named)
		return false;
	pos = k->where[i];
	return kallsyms_unpack(&k->tokens, k->names, k->names_size, &pos, ret);
}

/* --- names, all of them --------------------------------------------------------------------- */

/* Markers and tables follow the names, the token table among them. */
static size_t names_room(const struct kallsyms *k)
{
	uint64_t to = k->at.token_table > k->at.names ? k->at.token_table : k->s.end;
	uint64_t room = to > k->at.names ? to - k->at.names : 0;

	return room < MAX_NAMES_SIZE ? (size_t)room : MAX_NAMES_SIZE;
}

/* Where each name starts; stops at what is not in the dump. */
static struct err *place_names(struct kallsyms *k)
{
	size_t pos = 0;

	k->where = calloc(k->n, sizeof(*k->where));
	if (!k->where)
		return err_nomem();
	for (k->n_named = 0; k->n_named < k->n && pos < k->names_size; k->n_named++) {
		size_t len = k->names[pos], start = pos++;

		if (len & 0x80 && pos < k->names_size)
			len = (len & 0x7f) | (size_t)k->names[pos++] << 7;
		if (!len || len > k->names_size - pos)
			break;
		k->where[k->n_named] = (uint32_t)start;
		pos += len;
	}
	return NULL;
}

static struct err *load_names(struct kallsyms *k)
{
	size_t room = names_room(k);

	k->names = malloc(room ? room : 1);
	if (!k->names)
		return err_nomem();
	k->names_size = k->s.memory.read(k->s.memory.arg, k->at.names, k->names, room);
	TRY(place_names(k));
	if (!k->n_named)
		return err_fault(k->at.names);
	return NULL;
}

/* --- addresses ------------------------------------------------------------------------------- */

struct attempt {
	enum kallsyms_form form;
	uint64_t at;		/* of the array */
	uint64_t base;		/* relative_base */
};

/* The next of the array, which is at c's place. */
static uint64_t next_address(const struct attempt *a, struct cursor *c)
{
	uint64_t place = cursor_offset(c);
	int64_t offset;

	switch (a->form) {
	case FORM_ABSOLUTE:
		return cursor_u64(c);
	case FORM_RELATIVE:
		return a->base + cursor_u32(c);
	case FORM_PERCPU:
		offset = cursor_s32(c);
		return offset >= 0 ? (uint64_t)offset : a->base - 1 - (uint64_t)offset;
	case FORM_PLACE:
		return place + (uint64_t)(int64_t)cursor_s32(c);
	case FORM_NONE:
		break;
	}
	return 0;
}

/* The array, when its numbers make sense as the form; NULL: they do not, or no memory. */
static uint64_t *try_form(const struct kallsyms *k, const struct attempt *a)
{
	size_t entry = a->form == FORM_ABSOLUTE ? 8 : 4, size = k->n * entry;
	uint64_t *v = calloc(k->n, sizeof(*v));
	uint8_t *p = malloc(size);
	struct cursor c = cursor_init("kallsyms", p, size, a->at);
	uint32_t good = 0, falls = 0;

	if (!v || !p || !arch_read(&k->s.memory, a->at, p, size)) {
		free(v);
		free(p);
		return NULL;
	}
	for (uint32_t i = 0; i < k->n; i++) {
		v[i] = next_address(a, &c);
		good += v[i] >= k->s.base && v[i] <= k->s.end;
		falls += i && v[i] < v[i - 1];
	}
	free(p);
	/* a few absolute ones may lie anywhere */
	if (!falls && good >= k->n - k->n / 5)
		return v;
	free(v);
	return NULL;
}

static uint64_t align8(uint64_t v)
{
	return (v + 7) & ~(uint64_t)7;
}

/* The places where the arrays have been, and what they have held, the likeliest first. */
static size_t attempts(const struct kallsyms *k, struct attempt ret[8])
{
	uint64_t offsets = k->at.offsets, relative = k->at.relative_base, base = 0;
	uint64_t behind = align8(k->at.token_index + KSYM_TOKENS * 2), before = align8((uint64_t)k->n * 4);
	size_t n = 0;

	if (offsets && !arch_read_uint(&k->s.memory, relative, 8, &base))
		base = k->s.base;
	if (offsets) {
		ret[n++] = (struct attempt){ FORM_PERCPU, offsets, base };
		ret[n++] = (struct attempt){ FORM_RELATIVE, offsets, base };
		ret[n++] = (struct attempt){ FORM_ABSOLUTE, offsets, 0 };
		ret[n++] = (struct attempt){ FORM_PLACE, offsets, 0 };
		return n;
	}
	if (arch_read_uint(&k->s.memory, behind + before, 8, &base)) { /* 6.4 */
		ret[n++] = (struct attempt){ FORM_PERCPU, behind, base };
		ret[n++] = (struct attempt){ FORM_RELATIVE, behind, base };
	}
	if (arch_read_uint(&k->s.memory, k->at.num_syms - 8, 8, &base)) { /* until 6.3 */
		ret[n++] = (struct attempt){ FORM_PERCPU, k->at.num_syms - 8 - before, base };
		ret[n++] = (struct attempt){ FORM_RELATIVE, k->at.num_syms - 8 - before, base };
	}
	ret[n++] = (struct attempt){ FORM_ABSOLUTE, k->at.num_syms - (uint64_t)k->n * 8, 0 };
	ret[n++] = (struct attempt){ FORM_ABSOLUTE, behind, 0 };
	ret[n++] = (struct attempt){ FORM_PLACE, behind, 0 };
	return n;
}

static struct err *load_addresses(struct kallsyms *k)
{
	struct attempt tries[8];
	size_t n = attempts(k, tries);

	for (size_t i = 0; i < n; i++) {
		k->s.address = try_form(k, &tries[i]);
		if (!k->s.address)
			continue;
		k->form = tries[i].form;
		k->at.offsets = tries[i].at;
		return NULL;
	}
	return err_new(ERR_NOTFOUND, "kallsyms: no addresses for %" PRIu32 " symbols in 0x%" PRIx64 " .. 0x%" PRIx64, k->n,
		       k->s.base, k->s.end);
}

static struct err *load(struct ksyms *s)
{
	struct kallsyms *k = (struct kallsyms *)s;

	TRY(load_addresses(k));
	TRY(load_names(k));
	s->n = k->n;
	return NULL;
}

static void destroy(struct ksyms *s)
{
	struct kallsyms *k = (struct kallsyms *)s;

	free(k->names);
	free(k->where);
}

/* --- opening ------------------------------------------------------------------------------------ */

static struct err *check_names(struct kallsyms *k)
{
	uint8_t first[FIRST_BYTES];
	uint64_t n;
	size_t got;

	if (!arch_read_uint(&k->s.memory, k->at.num_syms, 4, &n))
		return err_fault(k->at.num_syms);
	if (n < MIN_SYMBOLS || n > KSYMS_MAX)
		return err_new(ERR_CORRUPT, "kallsyms: kallsyms_num_syms at 0x%" PRIx64 " is %" PRIu64, k->at.num_syms, n);
	got = k->s.memory.read(k->s.memory.arg, k->at.names, first, sizeof(first));
	if (!kallsyms_plausible(&k->tokens, first, got, FIRST_NAMES))
		return err_new(ERR_CORRUPT, "kallsyms: no names at 0x%" PRIx64, k->at.names);
	k->n = (uint32_t)n;
	return NULL;
}

static struct err *open_at(struct kallsyms *k)
{
	if (!k->at.token_table || !k->at.token_index)
		TRY(kallsyms_find_tokens(k));
	else if (!kallsyms_read_tokens(k))
		return err_new(ERR_CORRUPT, "kallsyms: no tokens at 0x%" PRIx64 ", 0x%" PRIx64, k->at.token_table,
			       k->at.token_index);
	if (!k->at.names || !k->at.num_syms)
		TRY(kallsyms_find_names(k));
	return check_names(k);
}

struct err *kallsyms_open(const struct kallsyms_input *in, struct provider **ret)
{
	static const struct ksyms_ops ops = { .load = load, .name = name, .destroy = destroy };
	struct kallsyms *k;
	struct err *e;

	if (in->end <= in->base)
		return err_new(ERR_CORRUPT, "kallsyms: the kernel ends at 0x%" PRIx64 ", before its start 0x%" PRIx64,
			       in->end, in->base);
	k = calloc(1, sizeof(*k));
	if (!k)
		return err_nomem();
	TRY(ksyms_init(&k->s, &ops, "", "kallsyms"));
	k->at = *in;
	k->s.memory = in->memory;
	k->s.base = in->base;
	k->s.end = in->end;
	e = open_at(k);
	if (e) {
		provider_unref(&k->s.p);
		return e;
	}
	*ret = &k->s.p;
	return NULL;
}

struct err *kallsyms_facts(struct provider *p, struct kallsyms_facts *ret)
{
	static const char *const forms[] = { "", "base-relative", "per-CPU absolute", "absolute", "place-relative" };
	struct kallsyms *k = (struct kallsyms *)p;

	if (!k->s.loaded && !k->s.failed) {
		struct symbol s;

		(void)err_ignore(p->ops->symbol_at(p, 0, &s)); /* loads */
	}
	*ret = (struct kallsyms_facts){ .at = k->at, .n = k->n, .form = forms[k->form] };
	return NULL;
}
