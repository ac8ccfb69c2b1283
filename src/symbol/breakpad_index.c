/* SPDX-License-Identifier: MIT */
/*
 * Text of a Breakpad symbol file: words and lines, and the index over them.
 *
 * The index holds what lookups search for (addresses, numbers) and where the
 * record's line is; everything else is parsed again from the line when asked
 * for. Lines of a function follow its FUNC record and are not indexed, nor are
 * STACK CFI deltas that follow their INIT, which is how all writers put them.
 */
#include "symbol/breakpad_impl.h"

#include "base/cancel.h"
#include <stdlib.h>
#include <string.h>

/* --- words ------------------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct text text_word(struct text *t)
{
	struct text word;

	while (t->p < t->end && is_blank(*t->p))
		t->p++;
	word.p = t->p;
	while (t->p < t->end && !is_blank(*t->p))
		t->p++;
	word.end = t->p;
	return word;
}

bool text_take(struct text *t, const char *word)
{
	size_t n = strlen(word);

	if (text_len(*t) < n || memcmp(t->p, word, n) != 0 || (text_len(*t) > n && !is_blank(t->p[n])))
		return false;
	t->p += n;
	return true;
}

bool text_is(struct text t, const char *s)
{
	return text_len(t) == strlen(s) && !memcmp(t.p, s, text_len(t));
}

struct text text_rest(struct text t)
{
	while (t.p < t.end && is_blank(*t.p))
		t.p++;
	while (t.p < t.end && is_blank(t.end[-1]))
		t.end--;
	return t;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static bool take_number(struct text *t, unsigned base, uint64_t *ret)
{
	struct text rest = *t, word = text_word(&rest);
	uint64_t v = 0;

	if (!text_len(word))
		return false;
	for (; word.p < word.end; word.p++) {
		unsigned d = (unsigned)digit_of(*word.p);

		if (d >= base || __builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, d, &v))
			return false;
	}
	*t = rest;
	*ret = v;
	return true;
}

bool text_hex(struct text *t, uint64_t *ret)
{
	return take_number(t, 16, ret);
}

bool text_decimal(struct text *t, uint64_t *ret)
{
	return take_number(t, 10, ret);
}

struct text bp_line(const struct breakpad *b, uint64_t at, uint64_t *ret_next)
{
	const char *start = (const char *)b->text.data + at;
	size_t left = at < b->text.size ? b->text.size - (size_t)at : 0;
	const char *end = left ? memchr(start, '\n', left) : NULL;
	struct text t = { start, end ? end : start + left };

	*ret_next = at + text_len(t) + (end ? 1 : 0);
	if (t.end > t.p && t.end[-1] == '\r')
		t.end--;
	return t;
}

/* --- records ------------------------------------------------------------------------ */

bool bp_parse_func(struct text t, struct bp_func_line *ret)
{
	struct text m = t;

	if (text_is(text_word(&m), "m")) /* several symbols share this address */
		t = m;
	if (!text_hex(&t, &ret->rva) || !text_hex(&t, &ret->size) || !text_hex(&t, &ret->params))
		return false;
	ret->name = text_rest(t);
	return text_len(ret->name);
}

bool bp_parse_public(struct text t, struct bp_func_line *ret)
{
	struct text m = t;

	if (text_is(text_word(&m), "m"))
		t = m;
	ret->size = 0;
	if (!text_hex(&t, &ret->rva) || !text_hex(&t, &ret->params))
		return false;
	ret->name = text_rest(t);
	return text_len(ret->name);
}

struct pass {
	struct breakpad *b;
	uint64_t at;		/* of the current line */
	bool after_cfi;		/* the line before was STACK CFI: a delta follows its INIT */
	bool nomem;
	bool inlines_seen;
};

static bool add_func(struct pass *p, struct text t)
{
	struct bp_func_line f;
	struct bp_func x;

	if (!bp_parse_func(t, &f))
		return false;
	x = (struct bp_func){ f.rva, p->at, f.size < UINT32_MAX ? (uint32_t)f.size : UINT32_MAX };
	p->nomem |= !vec_push(&p->b->funcs, x);
	return true;
}

static bool add_public(struct pass *p, struct text t)
{
	struct bp_func_line f;
	struct bp_named x;

	if (!bp_parse_public(t, &f))
		return false;
	x = (struct bp_named){ f.rva, p->at };
	p->nomem |= !vec_push(&p->b->publics, x);
	return true;
}

static bool add_file(struct pass *p, struct text t)
{
	struct bp_named x = { .at = p->at };

	if (!text_decimal(&t, &x.key))
		return false;
	p->nomem |= !vec_push(&p->b->files, x);
	return true;
}

static bool add_origin(struct pass *p, struct text t)
{
	struct bp_named x = { .at = p->at };

	if (!text_decimal(&t, &x.key))
		return false;
	p->nomem |= !vec_push(&p->b->origins, x);
	return true;
}

/* Old: depth line origin (rva size)+; new: depth line file origin (rva size)+ */
static bool see_inline(struct pass *p, struct text t)
{
	unsigned words = 0;

	if (p->inlines_seen)
		return true;
	while (text_len(text_word(&t)))
		words++;
	if (words < 5)
		return false;
	p->inlines_seen = true;
	p->b->old_inlines = words & 1;
	return true;
}

static bool add_cfi(struct pass *p, struct text t)
{
	struct bp_cfi x = { .at = p->at };
	struct bp_named delta = { .at = p->at };

	if (text_take(&t, "INIT")) {
		if (!text_hex(&t, &x.rva) || !text_hex(&t, &x.size) || !text_len(text_rest(t)))
			return false;
		p->nomem |= !vec_push(&p->b->cfi, x);
		return true;
	}
	if (!text_hex(&t, &delta.key))
		return false;
	if (!p->after_cfi)
		p->nomem |= !vec_push(&p->b->deltas, delta);
	return true;
}

static bool add_win(struct pass *p, struct text t)
{
	uint64_t type, rva, size;
	struct bp_win x;

	if (!text_hex(&t, &type) || !text_hex(&t, &rva) || !text_hex(&t, &size) || type > X86_FRAME_DATA ||
	    rva > UINT32_MAX || size > UINT32_MAX - rva)
		return false;
	x = (struct bp_win){ .at = p->at, .rva = (uint32_t)rva, .size = (uint32_t)size, .type = (uint8_t)type };
	p->nomem |= !vec_push(&p->b->win, x);
	return true;
}

static bool see_stack(struct pass *p, struct text t)
{
	bool ok;

	t = text_rest(t);
	if (text_take(&t, "WIN"))
		return add_win(p, t);
	if (!text_take(&t, "CFI"))
		return false;
	t = text_rest(t);
	ok = add_cfi(p, t);
	/* A delta out of place does not make the next one follow an INIT. */
	if (!p->after_cfi)
		p->after_cfi = ok && p->b->cfi.n && p->b->cfi.v[p->b->cfi.n - 1].at == p->at;
	return ok;
}

/* A line record, only roughly: four words of which the first is hex. */
static bool see_line(struct text t)
{
	return text_len(t) && digit_of(*t.p) < 16;
}

static bool see_record(struct pass *p, struct text t)
{
	struct text rest = t;

	if (!text_len(t))
		return true;
	switch (*t.p) {
	case 'F':
		if (text_take(&rest, "FUNC"))
			return add_func(p, rest);
		if (text_take(&rest, "FILE"))
			return add_file(p, rest);
		break;
	case 'P':
		return text_take(&rest, "PUBLIC") && add_public(p, rest);
	case 'I':
		if (text_take(&rest, "INLINE"))
			return see_inline(p, rest);
		if (text_take(&rest, "INLINE_ORIGIN"))
			return add_origin(p, rest);
		return text_take(&rest, "INFO");
	case 'M':
		return text_take(&rest, "MODULE");
	default:
		break;
	}
	return see_line(t);
}

static struct err *pass_over(struct pass *p)
{
	struct breakpad *b = p->b;
	uint64_t next;

	for (unsigned n = 0; p->at < b->text.size; p->at = next, n++) {
		struct text t = bp_line(b, p->at, &next), rest = t;
		bool ok;

		if (n % 65536 == 0) {
			TRY(cancel_check());
			progress_report("indexing symbols", p->at, b->text.size);
		}
		if (text_take(&rest, "STACK")) {
			ok = see_stack(p, rest);
		} else {
			p->after_cfi = false;
			ok = see_record(p, t);
		}
		b->bad_lines += !ok;
		if (p->nomem)
			return err_nomem();
	}
	return NULL;
}

/* --- order ---------------------------------------------------------------------------- */

static int cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_func(const void *a, const void *b)
{
	const struct bp_func *x = a, *y = b;
	int c = cmp_u64(x->rva, y->rva);

	return c ? c : cmp_u64(x->at, y->at);
}

static int cmp_named(const void *a, const void *b)
{
	const struct bp_named *x = a, *y = b;
	int c = cmp_u64(x->key, y->key);

	return c ? c : cmp_u64(x->at, y->at);
}

static int cmp_cfi(const void *a, const void *b)
{
	const struct bp_cfi *x = a, *y = b;
	int c = cmp_u64(x->rva, y->rva);

	return c ? c : cmp_u64(x->at, y->at);
}

/* By address, the wider first, FRAMEDATA before the others of one range. */
static int cmp_win(const void *a, const void *b)
{
	const struct bp_win *x = a, *y = b;

	if (x->rva != y->rva)
		return x->rva < y->rva ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return x->type != y->type ? (x->type < y->type ? -1 : 1) : cmp_u64(x->at, y->at);
}

/* Files are written in order: one pass proves it. */
static void sort(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	const char *p = v;

	for (size_t i = 1; i < n; i++)
		if (cmp(p + (i - 1) * size, p + i * size) > 0) {
			qsort(v, n, size, cmp);
			return;
		}
}

/* Ranges nest: with the chain of those around it, the innermost is found from
 * the last that starts at or below an address. */
static void link_parents(struct breakpad *b)
{
	uint32_t top = 0;

	for (size_t i = 0; i < b->win.n; i++) {
		struct bp_win *w = &b->win.v[i];

		while (top && (uint64_t)b->win.v[top - 1].rva + b->win.v[top - 1].size <= w->rva)
			top = b->win.v[top - 1].parent;
		w->parent = top;
		top = (uint32_t)i + 1;
	}
}

static void sort_all(struct breakpad *b)
{
	sort(b->funcs.v, b->funcs.n, sizeof(*b->funcs.v), cmp_func);
	sort(b->publics.v, b->publics.n, sizeof(*b->publics.v), cmp_named);
	sort(b->files.v, b->files.n, sizeof(*b->files.v), cmp_named);
	sort(b->origins.v, b->origins.n, sizeof(*b->origins.v), cmp_named);
	sort(b->cfi.v, b->cfi.n, sizeof(*b->cfi.v), cmp_cfi);
	sort(b->deltas.v, b->deltas.n, sizeof(*b->deltas.v), cmp_named);
	sort(b->win.v, b->win.n, sizeof(*b->win.v), cmp_win);
	link_parents(b);
}

static void forget(struct breakpad *b)
{
	b->funcs.n = b->publics.n = b->files.n = b->origins.n = 0;
	b->cfi.n = b->deltas.n = b->win.n = b->bad_lines = 0;
}

struct err *bp_index(struct breakpad *b)
{
	struct pass p = { .b = b };
	struct err *e;

	if (b->indexed)
		return NULL;
	e = pass_over(&p);
	if (e) {
		forget(b);
		return err_prefix(e, "%s", b->p.path);
	}
	sort_all(b);
	b->indexed = true;
	return NULL;
}

/* --- lookups ---------------------------------------------------------------------------- */

const struct bp_func *bp_func_at(const struct breakpad *b, uint64_t rva, const struct bp_func **ret_below)
{
	size_t lo = 0, hi = b->funcs.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->funcs.v[mid].rva <= rva)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_below = NULL;
	if (!lo)
		return NULL;
	*ret_below = &b->funcs.v[lo - 1];
	/* Of several with one address the first that is long enough. */
	while (lo > 1 && b->funcs.v[lo - 2].rva == b->funcs.v[lo - 1].rva)
		lo--;
	for (; lo <= b->funcs.n && b->funcs.v[lo - 1].rva == (*ret_below)->rva; lo++)
		if (rva - b->funcs.v[lo - 1].rva < b->funcs.v[lo - 1].size)
			return &b->funcs.v[lo - 1];
	return NULL;
}

const struct bp_named *bp_below(const struct bp_named *v, size_t n, uint64_t key)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid].key <= key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &v[lo - 1] : NULL;
}

const char *bp_file(struct breakpad *b, uint64_t number)
{
	const struct bp_named *f = bp_below(b->files.v, b->files.n, number);
	const char *name;
	struct text t;
	uint64_t next;

	if (!f || f->key != number)
		return NULL;
	t = bp_line(b, f->at, &next);
	(void)text_word(&t);
	(void)text_word(&t);
	return err_ignore(bp_string(b, text_rest(t), &name)) ? NULL : name;
}
