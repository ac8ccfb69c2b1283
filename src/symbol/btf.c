/* SPDX-License-Identifier: MIT */
/*
 * BTF as a provider: opening, index, names.
 *
 * Format: the kernel's Documentation/bpf/btf.rst. A header, a section of type
 * records that are numbered from 1 in order, a section of strings. Split BTF
 * goes on where its base ends, with ids and with offsets of strings.
 *
 * Invariants: `types` holds only records that lie in the section whole; the
 * strings end with 0, so that an offset inside them is a terminated string;
 * ids of split BTF begin behind all of its base, which is why the base is
 * indexed first. Names longer than BTF_MAX_NAME cannot be looked up: strings may
 * overlap, and hashing each whole would cost the square of the blob's size.
 */
#include "symbol/btf_impl.h"

#include "base/cancel.h"
#include "base/map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 0xeb9f, MIN_HEADER = 24, HEAD_SIZE = 12, CANCEL_EVERY = 16384 };

/* --- records ------------------------------------------------------------------------------ */

/* Bytes behind the head of a record: fixed ones, and for each entry. */
static const struct { uint8_t fixed, each; } behind[BTF_N_KINDS] = {
	[BTF_INT] = { 4, 0 },	     [BTF_ARRAY] = { 12, 0 },	[BTF_STRUCT] = { 0, 12 }, [BTF_UNION] = { 0, 12 },
	[BTF_ENUM] = { 0, 8 },	     [BTF_FUNC_PROTO] = { 0, 8 }, [BTF_VAR] = { 4, 0 },  [BTF_DATASEC] = { 0, 12 },
	[BTF_DECL_TAG] = { 4, 0 },   [BTF_ENUM64] = { 0, 12 },
};

static struct cursor section(const struct btf *b, uint32_t at, uint32_t size)
{
	struct cursor c = cursor_init(b->p.path, b->data + at, size, at);

	c.big_endian = b->big_endian;
	return c;
}

static uint32_t load(const uint8_t *p, bool big_endian)
{
	uint32_t v = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];

	return big_endian ? __builtin_bswap32(v) : v;
}

/* At once: a kernel has more than 100000 of them. Failed: of kind void. */
static struct btf_type read_head(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, HEAD_SIZE);
	struct btf_type t = { .kind = BTF_VOID };
	uint32_t info;

	if (!p)
		return t;
	info = load(p + 4, c->big_endian);
	t.name = load(p, c->big_endian);
	t.value = load(p + 8, c->big_endian);
	t.n = info & 0xffff;
	t.kind = (enum btf_kind)(info >> 24 & 0x1f);
	t.flag = info >> 31;
	return t;
}

const char *btf_string(const struct btf *b, uint64_t at)
{
	while (at < b->strings_start)
		b = b->base;
	at -= b->strings_start;
	return at < b->strings_size ? (const char *)b->data + b->strings_at + at : NULL;
}

/* --- index ------------------------------------------------------------------------------- */

/* BTF has no size of pointers: it is that of long. */
static void see_int(struct btf *b, const struct btf_type *t)
{
	static const char *const longs[] = { "long int", "long unsigned int", "long", "unsigned long" };
	const char *name = btf_string(b, t->name);

	for (size_t i = 0; name && i < ARRAY_SIZE(longs); i++)
		if (strcmp(name, longs[i]) == 0 && (t->value == 4 || t->value == 8))
			b->pointer_size = t->value;
}

static bool has_name(enum btf_kind kind)
{
	switch ((int)kind) {
	case BTF_INT: case BTF_STRUCT: case BTF_UNION: case BTF_ENUM: case BTF_FWD: case BTF_TYPEDEF: case BTF_VAR:
	case BTF_FLOAT: case BTF_ENUM64:
		return true;
	default:
		return false; /* functions are not looked for by name; tags are no types */
	}
}

/* One record; false: it ends the index. */
static bool index_type(struct btf *b, struct cursor *c, struct strbuf *why)
{
	uint64_t at = c->pos, offset = cursor_offset(c), id = b->first_id + b->types.n;
	struct btf_type t = read_head(c);

	if (!cursor_ok(c)) {
		strbuf_addf(why, "type %" PRIu64 " at offset 0x%" PRIx64 " is cut off", id, offset);
	} else if (t.kind == BTF_VOID || t.kind >= BTF_N_KINDS) {
		strbuf_addf(why, "type %" PRIu64 " at offset 0x%" PRIx64 " is of unknown kind %u", id, offset, t.kind);
	} else {
		uint64_t more = behind[t.kind].fixed + (uint64_t)behind[t.kind].each * t.n;

		cursor_skip(c, more);
		if (!cursor_ok(c))
			strbuf_addf(why, "type %" PRIu64 " at offset 0x%" PRIx64 ": %" PRIu64
				    " bytes expected behind its head, %" PRIu64 " left", id, offset, more,
				    cursor_left(c));
		if (t.kind == BTF_INT)
			see_int(b, &t);
	}
	if (why->len)
		return false;
	if (t.name && has_name(t.kind) && !vec_push(&b->named, (uint32_t)b->types.n))
		return false;
	if ((t.kind == BTF_ENUM || t.kind == BTF_ENUM64) && !vec_push(&b->enums, (uint32_t)b->types.n))
		return false;
	return vec_push(&b->types, (uint32_t)at);
}

static struct err *index_types(struct btf *b)
{
	CLEANUP(strbuf_deinit) struct strbuf why = STRBUF_INIT;
	struct cursor c = section(b, b->types_at, b->types_size);

	while (cursor_left(&c)) {
		if (b->types.n % CANCEL_EVERY == 0)
			TRY(cancel_check());
		if (b->first_id + b->types.n >= UINT32_MAX || !index_type(b, &c, &why))
			break;
	}
	TRY(strbuf_check(&why));
	if (cursor_left(&c) && !why.len)
		return err_nomem();
	b->cut = why.len ? strbuf_detach(&why) : NULL;
	return NULL;
}

struct err *btf_index(struct btf *b)
{
	if (b->indexed)
		return NULL;
	b->first_id = 1;
	b->pointer_size = 8;
	if (b->base) {
		TRY(btf_index(b->base));
		if (b->base->cut) /* where its own ids begin is not known */
			return err_new(ERR_CORRUPT, "%s: its base: %s", b->p.path, b->base->cut);
		b->first_id = b->base->first_id + b->base->types.n;
		b->pointer_size = b->base->pointer_size;
	}
	b->types.n = b->named.n = b->enums.n = 0; /* cancelled before? */
	TRY(index_types(b));
	b->indexed = true;
	return NULL;
}

/* What there is not: or what may lie behind a record that cannot be read. */
static struct err *missing(const struct btf *b, const char *what, const char *name)
{
	if (b->cut)
		return err_new(ERR_CORRUPT, "%s: no %s '%s': %s", b->p.path, what, name, b->cut);
	return err_new(ERR_NOTFOUND, "%s: no %s '%s'", b->p.path, what, name);
}

struct err *btf_type(struct btf *b, uint64_t id, struct btf **ret_owner, struct btf_type *ret)
{
	struct cursor c;

	TRY(btf_index(b));
	while (b->base && id < b->first_id)
		b = b->base;
	if (id < b->first_id || id - b->first_id >= b->types.n)
		return err_new(b->cut ? ERR_CORRUPT : ERR_NOTFOUND, "%s: no type %" PRIu64 "%s%s", b->p.path, id,
			       b->cut ? ": " : "", b->cut ? b->cut : "");
	c = section(b, b->types_at, b->types_size);
	cursor_seek(&c, b->types.v[id - b->first_id]);
	*ret = read_head(&c);
	ret->rest = c;
	*ret_owner = b;
	return NULL;
}

struct type_ref btf_ref(struct btf *b, uint32_t id)
{
	if (!id)
		return (struct type_ref){ &b->p, BTF_VOID_ID };
	while (b->base && id < b->first_id)
		b = b->base;
	return (struct type_ref){ &b->p, id };
}

/* --- names -------------------------------------------------------------------------------- */

/* The name of a type that can be looked for; NULL: it cannot. */
static const char *named_name(const struct btf *b, uint32_t index, struct btf_type *ret)
{
	struct cursor c = section(b, b->types_at, b->types_size);
	const char *name;

	cursor_seek(&c, b->types.v[index]);
	*ret = read_head(&c);
	name = btf_string(b, ret->name);
	return name && *name && strnlen(name, BTF_MAX_NAME) < BTF_MAX_NAME ? name : NULL;
}

/* The slot of a name: its own, or the free one where it belongs. */
static uint32_t *slot_of(const struct btf *b, const char *name)
{
	size_t i = hash_bytes(name, strlen(name)) & (b->n_slots - 1);
	struct btf_type t;

	for (;; i = (i + 1) & (b->n_slots - 1)) {
		const char *other = b->slots[i] ? named_name(b, b->named.v[b->slots[i] - 1], &t) : NULL;

		if (!other || strcmp(other, name) == 0)
			return &b->slots[i];
	}
}

static void forget_names(struct btf *b)
{
	free(b->slots);
	free(b->next);
	b->slots = b->next = NULL;
	b->n_slots = 0;
}

/* From the last to the first, so that each chain begins with the first. */
static struct err *hash_names(struct btf *b)
{
	for (size_t i = b->named.n; i--;) {
		struct btf_type t;
		const char *name = named_name(b, b->named.v[i], &t);
		uint32_t *slot;

		if (i % CANCEL_EVERY == 0)
			TRY(cancel_check());
		if (!name)
			continue;
		slot = slot_of(b, name);
		b->next[i] = *slot;
		*slot = (uint32_t)i + 1;
	}
	return NULL;
}

static struct err *need_names(struct btf *b)
{
	struct err *e;

	TRY(btf_index(b));
	if (b->slots)
		return NULL;
	for (b->n_slots = 64; b->n_slots < b->named.n * 2;)
		b->n_slots *= 2;
	b->slots = calloc(b->n_slots, sizeof(*b->slots));
	b->next = calloc(b->named.n + 1, sizeof(*b->next));
	e = b->slots && b->next ? hash_names(b) : err_nomem();
	if (e)
		forget_names(b);
	return e;
}

/* How well a type of this kind answers; 0: not at all. want: "struct" and the like, or NULL. */
static int rank_of(enum btf_kind kind, bool union_flag, const char *want)
{
	bool is_tag = kind == BTF_STRUCT || kind == BTF_UNION || kind == BTF_ENUM || kind == BTF_ENUM64;
	const char *word = kind == BTF_STRUCT || (kind == BTF_FWD && !union_flag) ? "struct"
			   : kind == BTF_UNION || kind == BTF_FWD		     ? "union"
			   : is_tag						     ? "enum"
										     : "";

	if (kind == BTF_VAR || (want && strcmp(want, word) != 0))
		return 0;
	return is_tag ? 3 : kind == BTF_FWD ? 1 : 2;
}

/* The id of the best type of this name, 0: none. variable: a VAR is wanted instead. */
static uint64_t best_named(const struct btf *b, const char *name, const char *want, bool variable)
{
	uint64_t best = 0;
	int best_rank = 0;

	for (uint32_t i = *slot_of(b, name), n = 0; i && n < BTF_MAX_SAME; i = b->next[i - 1], n++) {
		uint32_t index = b->named.v[i - 1];
		struct btf_type t;
		int rank;

		(void)named_name(b, index, &t);
		rank = variable ? t.kind == BTF_VAR : rank_of(t.kind, t.flag, want);
		if (rank > best_rank) {
			best_rank = rank;
			best = b->first_id + index;
		}
	}
	return best;
}

/* Takes "struct ", "union " or "enum " from the front. */
static const char *take_word(const char **name)
{
	static const char *const words[] = { "struct", "union", "enum" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i]);

		if (str_starts(*name, words[i]) && (*name)[n] == ' ') {
			*name = str_skip_space(*name + n);
			return words[i];
		}
	}
	return NULL;
}

static struct err *type_named(struct provider *p, const char *name, struct type_ref *ret)
{
	struct btf *b = btf_of(p);
	const char *plain = name, *want = take_word(&plain);
	uint64_t found;

	TRY(need_names(b));
	found = best_named(b, plain, want, false);
	if (found)
		*ret = (struct type_ref){ p, found };
	else if (strcmp(plain, "void") == 0 && !want)
		*ret = (struct type_ref){ p, BTF_VOID_ID };
	else
		return missing(b, "type", name);
	return NULL;
}

/* A forward declaration is shown when nothing better has the name. */
static bool is_shown(const struct btf *b, uint64_t id, enum btf_kind kind, const char *name)
{
	return kind == BTF_FWD ? best_named(b, name, NULL, false) == id : kind != BTF_VAR;
}

static struct err *types(struct provider *p, const char *pattern, type_visitor *v, void *arg)
{
	struct btf *b = btf_of(p);

	TRY(need_names(b));
	for (size_t i = 0; i < b->named.n; i++) {
		uint64_t id = b->first_id + b->named.v[i];
		struct btf_type t;
		const char *name = named_name(b, b->named.v[i], &t);

		if (i % CANCEL_EVERY == 0)
			TRY(cancel_check());
		if (!name || !str_match(pattern, name, true) || !is_shown(b, id, t.kind, name))
			continue;
		if (!v(arg, (struct type_ref){ p, id }, name))
			return NULL;
	}
	return NULL;
}

struct err *btf_variable(struct provider *p, const char *name, struct type_ref *ret)
{
	struct btf *b = btf_of(p), *owner = NULL;
	struct btf_type t;
	uint64_t found;

	TRY(need_names(b));
	found = best_named(b, name, NULL, true);
	if (!found)
		return missing(b, "variable", name);
	TRY(btf_type(b, found, &owner, &t));
	*ret = btf_ref(b, t.value);
	return NULL;
}

/* One enumeration; false: it has no such name. */
static bool enumerator_of(struct btf *b, uint32_t index, const char *name, int64_t *ret)
{
	struct cursor c = section(b, b->types_at, b->types_size);
	struct btf_type t;

	cursor_seek(&c, b->types.v[index]);
	t = read_head(&c);
	for (uint32_t i = 0; i < t.n; i++) {
		const char *one = btf_string(b, cursor_u32(&c));
		uint32_t low = cursor_u32(&c), high = t.kind == BTF_ENUM64 ? cursor_u32(&c) : 0;

		if (!one || strcmp(one, name) != 0)
			continue;
		*ret = btf_enum_value(&t, low, high);
		return true;
	}
	return false;
}

struct err *btf_enumerator(struct provider *p, const char *name, int64_t *ret)
{
	struct btf *b = btf_of(p);

	TRY(btf_index(b));
	for (size_t i = 0; i < b->enums.n; i++) {
		if (i % CANCEL_EVERY == 0)
			TRY(cancel_check());
		if (enumerator_of(b, b->enums.v[i], name, ret))
			return NULL;
	}
	return missing(b, "enumerator", name);
}

/* --- opening ------------------------------------------------------------------------------ */

static void destroy(struct provider *p)
{
	struct btf *b = btf_of(p);

	vec_deinit(&b->types);
	vec_deinit(&b->named);
	vec_deinit(&b->enums);
	forget_names(b);
	free(b->cut);
	if (b->base)
		provider_unref(&b->base->p);
	free(b);
}

static struct provider_ops btf_ops = {
	.name = "btf",
	.type_named = type_named,
	.types = types,
	.type_info = btf_type_info,
	.type_members = btf_type_members,
	.type_enumerators = btf_type_enumerators,
	.type_params = btf_type_params,
	.destroy = destroy,
};

bool btf_is(const struct provider *p)
{
	return p->ops == &btf_ops;
}

static struct err *check_section(const struct btf *b, size_t size, const char *what, uint64_t at, uint32_t n)
{
	if (range_in(at, n, size))
		return NULL;
	return err_new(ERR_TRUNCATED, "%s: %s at offset 0x%" PRIx64 ": %u bytes expected, %zu in all", b->p.path, what,
		       at, n, size);
}

static struct err *parse_sections(struct btf *b, struct cursor *c, uint32_t header)
{
	uint64_t at = cursor_u32(c), strings_at;

	b->types_size = cursor_u32(c);
	strings_at = cursor_u32(c);
	b->strings_size = cursor_u32(c);
	TRY(cursor_check(c, "BTF header"));
	TRY(check_section(b, c->size, "types", header + at, b->types_size));
	TRY(check_section(b, c->size, "strings", header + strings_at, b->strings_size));
	b->types_at = (uint32_t)(header + at);
	b->strings_at = (uint32_t)(header + strings_at);
	if (b->strings_size && b->data[b->strings_at + b->strings_size - 1])
		return err_new(ERR_CORRUPT, "%s: strings at offset 0x%x: the last is not terminated", b->p.path,
			       b->strings_at);
	return NULL;
}

static struct err *parse_header(struct btf *b, size_t size)
{
	struct cursor c = cursor_init(b->p.path, b->data, size, 0);
	uint32_t magic = cursor_u16(&c), version, header;

	b->big_endian = c.big_endian = magic == 0x9feb;
	if (magic != MAGIC && !b->big_endian)
		return err_new(ERR_CORRUPT, "%s: no BTF: 0x%04x at offset 0, 0x%04x expected", b->p.path, magic, MAGIC);
	version = cursor_u8(&c);
	cursor_skip(&c, 1);
	header = cursor_u32(&c);
	TRY(cursor_check(&c, "BTF header"));
	if (version != 1)
		return err_new(ERR_UNSUPPORTED, "%s: BTF version %u", b->p.path, version);
	if (header < MIN_HEADER || header > size || size > UINT32_MAX)
		return err_new(ERR_CORRUPT, "%s: BTF header of 0x%x bytes at offset 4, %zu in all", b->p.path, header,
			       size);
	return parse_sections(b, &c, header);
}

static struct err *init(struct btf *b, const struct btf_input *in)
{
	char *note = strdup(in->base ? "btf types (split)" : "btf types");

	if (!note)
		return err_nomem();
	free(b->p.note);
	b->p.note = note;
	b->p.has_types = true;
	b->data = in->data;
	if (in->base) {
		if (!btf_is(in->base))
			return err_new(ERR_USAGE, "%s: the base of split BTF is %s", in->name, in->base->ops->name);
		b->base = btf_of(provider_ref(in->base));
		b->strings_start = b->base->strings_start + b->base->strings_size;
	}
	return parse_header(b, in->size);
}

struct err *btf_open(const struct btf_input *in, struct provider **ret)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct btf *b = calloc(1, sizeof(*b));
	struct err *e;

	if (!b)
		return err_nomem();
	provider_fill_ops(&btf_ops);
	e = provider_init(&b->p, &btf_ops, in->name);
	if (e) {
		free(b);
		return e;
	}
	p = &b->p;
	TRY(init(b, in));
	*ret = TAKE_PTR(p);
	return NULL;
}
