/* SPDX-License-Identifier: MIT */
/*
 * Parsing names of the Itanium C++ ABI (section 5.1): names, substitutions,
 * template arguments, encodings and special names. Types and expressions are
 * in demangle_type.c.
 *
 * Each part that can be referred to again is added to the substitutions in the
 * order in which the ABI numbers them: prefixes as they grow, templates before
 * and after their arguments, all types but plain ones.
 */
#include "symbol/demangle_impl.h"

#include <ctype.h>
#include <string.h>

/* --- helpers ------------------------------------------------------------------------ */

struct dm_node *dm_fail(struct dm_parser *p)
{
	p->failed = true;
	return NULL;
}

struct dm_node *dm_new(struct dm_parser *p, enum dm_kind kind, struct dm_node *left, struct dm_node *right)
{
	struct dm_node *n;

	if (p->failed || ++p->nodes > DM_MAX_NODES)
		return dm_fail(p);
	n = ARENA_NEW(p->a, struct dm_node);
	if (!n)
		return dm_fail(p);
	n->kind = (uint8_t)kind;
	n->left = left;
	n->right = right;
	n->text = "";
	return n;
}

static struct dm_node *new_text(struct dm_parser *p, enum dm_kind kind, const char *s, size_t len,
				struct dm_node *left)
{
	struct dm_node *n = dm_new(p, kind, left, NULL);

	if (n) {
		n->text = s;
		n->len = (uint16_t)len;
	}
	return n;
}

struct dm_node *dm_text(struct dm_parser *p, const char *s, size_t n)
{
	return new_text(p, DM_TEXT, s, n, NULL);
}

bool dm_push(struct dm_parser *p, dm_vec *v, struct dm_node *n)
{
	if (!n || p->failed || !vec_push(v, n)) {
		(void)dm_fail(p);
		return false;
	}
	return true;
}

struct dm_node *dm_list(struct dm_parser *p, enum dm_kind kind, dm_vec *v)
{
	struct dm_node *n = dm_new(p, kind, NULL, NULL);

	if (n && v->n) {
		n->list = arena_memdup(p->a, v->v, v->n * sizeof(*v->v));
		n->n_list = v->n;
		if (!n->list)
			n = dm_fail(p);
	}
	vec_deinit(v);
	return n;
}

bool dm_eat(struct dm_parser *p, const char *s)
{
	size_t n = strlen(s);

	if (strncmp(p->p, s, n) != 0)
		return false;
	p->p += n;
	return true;
}

bool dm_number(struct dm_parser *p, unsigned *ret)
{
	unsigned v = 0;

	if (!isdigit((unsigned char)*p->p))
		return false;
	while (isdigit((unsigned char)*p->p)) {
		v = v * 10 + (unsigned)(*p->p++ - '0');
		if (v > DM_MAX_NAME) {
			(void)dm_fail(p);
			return false;
		}
	}
	*ret = v;
	return true;
}

/* "_" is 0, "0_" is 1 and so on. */
static bool sequence(struct dm_parser *p, unsigned *ret)
{
	unsigned n = 0;
	bool has = dm_number(p, &n);

	if (!dm_eat(p, "_"))
		return false;
	*ret = has ? n + 1 : 0;
	return true;
}

const char *dm_qualifiers(struct dm_parser *p)
{
	static const char *const texts[] = {
		"", " const", " volatile", " const volatile", " __restrict", " const __restrict",
		" volatile __restrict", " const volatile __restrict",
	};
	unsigned bits = 0;

	if (dm_eat(p, "r"))
		bits |= 4;
	if (dm_eat(p, "V"))
		bits |= 2;
	if (dm_eat(p, "K"))
		bits |= 1;
	return texts[bits];
}

/* --- unqualified names ------------------------------------------------------------------ */

struct dm_node *dm_source_name(struct dm_parser *p)
{
	const char *s;
	unsigned n;

	if (!dm_number(p, &n) || !n || strnlen(p->p, n) < n)
		return dm_fail(p);
	s = p->p;
	p->p += n;
	if (n >= 10 && !strncmp(s, "_GLOBAL_", 8) && strchr("._$", s[8]) && s[9] == 'N')
		return dm_text(p, "(anonymous namespace)", 21);
	return dm_text(p, s, n);
}

static struct dm_node *operator_name(struct dm_parser *p, struct dm_name_state *st)
{
	const struct dm_operator *op;
	struct dm_node *n;

	if (dm_eat(p, "cv")) {
		bool before = p->no_args;

		p->no_args = true;
		n = dm_new(p, DM_CONVERSION, dm_type(p), NULL);
		p->no_args = before;
		if (st)
			st->is_special = true;
		return n;
	}
	if (dm_eat(p, "li"))
		return (n = dm_source_name(p)) ? new_text(p, DM_PREFIX, "operator\"\" ", 11, n) : NULL;
	op = dm_operator(p->p);
	if (!op)
		return dm_fail(p);
	p->p += 2;
	return new_text(p, DM_OPERATOR, op->text, strlen(op->text), NULL);
}

/* In a lambda's parameters T_ is its own: "auto". */
static struct dm_node *lambda_params(struct dm_parser *p)
{
	struct dm_node *args = p->args, *n;
	size_t pending = p->pending.n;

	p->args = NULL;
	n = dm_types_until_end(p);
	p->args = args;
	p->pending.n = pending;
	return n;
}

/* Ut_, Ul...E_ */
static struct dm_node *unnamed(struct dm_parser *p)
{
	struct dm_node *n;
	bool lambda = dm_eat(p, "Ul");

	if (!lambda && !dm_eat(p, "Ut"))
		return dm_fail(p);
	n = dm_new(p, DM_LAMBDA, NULL, lambda ? lambda_params(p) : NULL);
	if (!n || (lambda && !dm_eat(p, "E")) || !sequence(p, &n->number))
		return dm_fail(p);
	return n;
}

static struct dm_node *structor(struct dm_parser *p, struct dm_node *scope, struct dm_name_state *st)
{
	enum dm_kind kind = *p->p == 'C' ? DM_CTOR : DM_DTOR;
	bool inherited = p->p[0] == 'C' && p->p[1] == 'I';

	p->p += inherited ? 2 : 1;
	if (!scope || !isdigit((unsigned char)*p->p))
		return dm_fail(p);
	p->p++;
	if (inherited && !dm_type(p))
		return NULL;
	if (st)
		st->is_special = true;
	return dm_new(p, kind, scope, NULL);
}

/* DC <name>+ E: structured binding */
static struct dm_node *binding(struct dm_parser *p)
{
	dm_vec v = { 0 };
	struct dm_node *list;

	while (!p->failed && !dm_eat(p, "E"))
		if (!dm_push(p, &v, dm_source_name(p)))
			break;
	list = dm_list(p, DM_LIST, &v);
	return new_text(p, DM_WRAP, "[", 1, list);
}

struct dm_node *dm_unqualified(struct dm_parser *p, struct dm_node *scope, struct dm_name_state *st)
{
	struct dm_node *n;

	(void)dm_eat(p, "L"); /* internal linkage */
	if (isdigit((unsigned char)*p->p))
		n = dm_source_name(p);
	else if (*p->p == 'U')
		n = unnamed(p);
	else if (dm_eat(p, "DC"))
		n = binding(p);
	else if (*p->p == 'C' || *p->p == 'D')
		n = structor(p, scope, st);
	else
		n = operator_name(p, st);
	while (n && dm_eat(p, "B")) {
		struct dm_node *tag = dm_source_name(p);

		n = tag ? new_text(p, DM_TAGGED, tag->text, tag->len, n) : NULL;
	}
	return n;
}

/* --- substitutions and templates ------------------------------------------------------------ */

static struct dm_node *standard(struct dm_parser *p, const char *text)
{
	static const char std[] = "std";
	struct dm_node *scope = dm_text(p, std, 3);

	p->p++;
	return dm_new(p, DM_NESTED, scope, dm_text(p, text, strlen(text)));
}

/* std::string and its kind are shown by their short name, but the class that a
 * constructor names is the template. */
static struct dm_node *standard_alias(struct dm_parser *p, const char *name, const char *template, const char *args)
{
	bool structor_follows = p->p[1] == 'C' || (p->p[1] == 'D' && isdigit((unsigned char)p->p[2]));
	struct dm_node *n = standard(p, structor_follows ? template : name);

	if (!n || !structor_follows)
		return n;
	return dm_new(p, DM_TEMPLATE, n, dm_text(p, args, strlen(args)));
}

static struct dm_node *numbered(struct dm_parser *p)
{
	size_t index = 0;

	if (*p->p != '_') {
		for (; isdigit((unsigned char)*p->p) || isupper((unsigned char)*p->p); p->p++) {
			index = index * 36 + (size_t)(isdigit((unsigned char)*p->p) ? *p->p - '0' : *p->p - 'A' + 10);
			if (index > DM_MAX_NODES)
				return dm_fail(p);
		}
		index++;
	}
	if (!dm_eat(p, "_") || index >= p->subs.n)
		return dm_fail(p);
	return p->subs.v[index];
}

struct dm_node *dm_substitution(struct dm_parser *p)
{
	struct dm_node *n;

	if (!dm_eat(p, "S"))
		return dm_fail(p);
	switch (*p->p) {
	case 'a': n = standard(p, "allocator"); break;
	case 'b': n = standard(p, "basic_string"); break;
	case 's':
		n = standard_alias(p, "string", "basic_string", "char, std::char_traits<char>, std::allocator<char> ");
		break;
	case 'i': n = standard_alias(p, "istream", "basic_istream", "char, std::char_traits<char> "); break;
	case 'o': n = standard_alias(p, "ostream", "basic_ostream", "char, std::char_traits<char> "); break;
	case 'd': n = standard_alias(p, "iostream", "basic_iostream", "char, std::char_traits<char> "); break;
	default: return numbered(p);
	}
	while (n && *p->p == 'B') {
		struct dm_node *tag;

		p->p++;
		tag = dm_source_name(p);
		n = tag ? new_text(p, DM_TAGGED, tag->text, tag->len, n) : NULL;
		if (n && !dm_push(p, &p->subs, n))
			return NULL;
	}
	return n;
}

struct dm_node *dm_template_param(struct dm_parser *p)
{
	struct dm_node *n = dm_new(p, DM_PARAM, NULL, NULL);
	unsigned level;

	if (!n || !dm_eat(p, "T"))
		return dm_fail(p);
	if (dm_eat(p, "L") && !(dm_number(p, &level) && dm_eat(p, "_")))
		return dm_fail(p);
	if (!sequence(p, &n->number))
		return dm_fail(p);
	if (p->args && n->number < p->args->n_list && !p->no_args)
		n->left = p->args->list[n->number];
	else if (!dm_push(p, &p->pending, n))
		return NULL;
	return n;
}

static struct dm_node *template_arg(struct dm_parser *p)
{
	struct dm_node *n;
	dm_vec v = { 0 };

	if (dm_eat(p, "L"))
		return dm_literal(p);
	if (dm_eat(p, "X")) {
		n = dm_expression(p);
		return dm_eat(p, "E") ? n : dm_fail(p);
	}
	if (!dm_eat(p, "J"))
		return dm_type(p);
	while (!p->failed && !dm_eat(p, "E"))
		if (!dm_push(p, &v, template_arg(p)))
			break;
	return dm_list(p, DM_PACK, &v);
}

/* `tag`: these are the arguments that T_ means in the rest of the encoding. */
struct dm_node *dm_template_args(struct dm_parser *p, bool tag)
{
	bool no_args = p->no_args;
	dm_vec v = { 0 };
	struct dm_node *list;

	if (!dm_eat(p, "I") || ++p->depth > DM_MAX_DEPTH)
		return dm_fail(p);
	p->no_args = false;
	while (!p->failed && !dm_eat(p, "E"))
		if (!dm_push(p, &v, template_arg(p)))
			break;
	p->no_args = no_args;
	p->depth--;
	list = dm_list(p, DM_LIST, &v);
	if (tag)
		p->args = list;
	return list;
}

/* --- names -------------------------------------------------------------------------------------- */

/* One more component of a nested name. *pushed: it has become a substitution. */
static struct dm_node *component(struct dm_parser *p, struct dm_node *scope, struct dm_name_state *st, bool *pushed)
{
	struct dm_node *n;
	bool args = *p->p == 'I';

	*pushed = true;
	if (dm_eat(p, "St")) {
		*pushed = false;
		return dm_text(p, "std", 3);
	}
	if (*p->p == 'S') {
		*pushed = false;
		return scope ? dm_fail(p) : dm_substitution(p);
	}
	if (args)
		n = scope ? dm_new(p, DM_TEMPLATE, scope, dm_template_args(p, st)) : dm_fail(p);
	else if (*p->p == 'T')
		n = scope ? dm_fail(p) : dm_template_param(p);
	else if (p->p[0] == 'D' && (p->p[1] == 't' || p->p[1] == 'T'))
		n = scope ? dm_fail(p) : dm_type(p);
	else {
		n = dm_unqualified(p, scope, st);
		n = n && scope ? dm_new(p, DM_NESTED, scope, n) : n;
	}
	if (st)
		st->has_args = args;
	(void)dm_eat(p, "M"); /* lambda in the initializer of a member */
	/* decltype is a type and has been pushed as one */
	return dm_push(p, &p->subs, n) ? n : NULL;
}

static struct dm_node *nested_name(struct dm_parser *p, struct dm_name_state *st)
{
	struct dm_node *cur = NULL;
	bool pushed = false;
	const char *quals;

	p->p++; /* N */
	(void)dm_eat(p, "H"); /* explicit object parameter */
	quals = dm_qualifiers(p);
	if (st)
		st->quals = quals;
	if (*p->p == 'R' || *p->p == 'O') {
		const char *ref = *p->p++ == 'R' ? " &" : " &&";

		if (st)
			st->quals = arena_printf(p->a, "%s%s", quals, ref);
	}
	while (!p->failed && *p->p != 'E')
		cur = component(p, cur, st, &pushed);
	if (p->failed || !cur || !pushed)
		return dm_fail(p);
	p->p++;
	p->subs.n--; /* the whole is no prefix: as a type it is pushed again */
	return cur;
}

/* [_ <digit> | __ <number> _] */
static void discriminator(struct dm_parser *p)
{
	unsigned n;
	const char *start = p->p;

	if (dm_eat(p, "__") && dm_number(p, &n) && dm_eat(p, "_"))
		return;
	p->p = start;
	if (dm_eat(p, "_") && isdigit((unsigned char)*p->p))
		p->p++;
	else
		p->p = start;
}

static struct dm_node *local_name(struct dm_parser *p, struct dm_name_state *st)
{
	struct dm_node *outer, *inner;
	unsigned n;

	p->p++; /* Z */
	outer = dm_encoding(p);
	if (!outer || !dm_eat(p, "E"))
		return dm_fail(p);
	if (dm_eat(p, "s")) {
		discriminator(p);
		return dm_new(p, DM_LOCAL, outer, dm_text(p, "string literal", 14));
	}
	if (dm_eat(p, "d")) { /* in a default argument */
		(void)dm_number(p, &n);
		if (!dm_eat(p, "_"))
			return dm_fail(p);
	}
	inner = dm_name(p, st);
	discriminator(p);
	return dm_new(p, DM_LOCAL, outer, inner);
}

struct dm_node *dm_name(struct dm_parser *p, struct dm_name_state *st)
{
	struct dm_node *n;
	bool is_sub = false;

	if (p->failed || ++p->depth > DM_MAX_DEPTH)
		return dm_fail(p);
	if (*p->p == 'N') {
		n = nested_name(p, st);
	} else if (*p->p == 'Z') {
		n = local_name(p, st);
	} else {
		if (*p->p == 'S' && p->p[1] != 't') {
			n = dm_substitution(p);
			is_sub = true;
			if (*p->p != 'I')
				n = dm_fail(p);
		} else if (dm_eat(p, "St")) {
			n = dm_unqualified(p, NULL, st);
			n = dm_new(p, DM_NESTED, dm_text(p, "std", 3), n);
		} else {
			n = dm_unqualified(p, NULL, st);
		}
		if (n && *p->p == 'I' && !p->failed && (is_sub || dm_push(p, &p->subs, n))) {
			n = dm_new(p, DM_TEMPLATE, n, dm_template_args(p, st));
			if (st)
				st->has_args = true;
		}
	}
	p->depth--;
	return p->failed ? NULL : n;
}

/* --- encodings ------------------------------------------------------------------------------------ */

/* h <n> _ or v <n> _ <n> _: how far a thunk moves `this` */
static bool call_offset(struct dm_parser *p)
{
	unsigned n;
	bool is_virtual = *p->p == 'v';

	if (*p->p != 'h' && *p->p != 'v')
		return false;
	p->p++;
	for (int i = 0; i <= is_virtual; i++) {
		(void)dm_eat(p, "n");
		if (!dm_number(p, &n) || !dm_eat(p, "_"))
			return false;
	}
	return true;
}

static struct dm_node *special(struct dm_parser *p, const char *text, struct dm_node *of)
{
	return of ? new_text(p, DM_SPECIAL, text, strlen(text), of) : dm_fail(p);
}

static struct dm_node *construction_vtable(struct dm_parser *p)
{
	struct dm_node *of = dm_type(p), *in, *n;
	unsigned offset;

	if (!of || !dm_number(p, &offset) || !dm_eat(p, "_"))
		return dm_fail(p);
	in = dm_type(p);
	n = special(p, "construction vtable for ", in);
	if (n)
		n->right = of;
	return n;
}

static struct dm_node *reference_temporary(struct dm_parser *p)
{
	struct dm_node *of = dm_name(p, NULL);
	unsigned n;

	if (!of || (!sequence(p, &n) && *p->p))
		return dm_fail(p);
	return special(p, "reference temporary for ", of);
}

/* Each branch has eaten its two letters before it parses on. */
static struct dm_node *special_name(struct dm_parser *p)
{
	if (dm_eat(p, "TV"))
		return special(p, "vtable for ", dm_type(p));
	if (dm_eat(p, "TT"))
		return special(p, "VTT for ", dm_type(p));
	if (dm_eat(p, "TI"))
		return special(p, "typeinfo for ", dm_type(p));
	if (dm_eat(p, "TS"))
		return special(p, "typeinfo name for ", dm_type(p));
	if (dm_eat(p, "TC"))
		return construction_vtable(p);
	if (dm_eat(p, "TH"))
		return special(p, "TLS init function for ", dm_name(p, NULL));
	if (dm_eat(p, "TW"))
		return special(p, "TLS wrapper function for ", dm_name(p, NULL));
	if (dm_eat(p, "GV"))
		return special(p, "guard variable for ", dm_name(p, NULL));
	if (dm_eat(p, "GR"))
		return reference_temporary(p);
	if (dm_eat(p, "GTt"))
		return special(p, "transaction clone for ", dm_encoding(p));
	if (dm_eat(p, "GTn"))
		return special(p, "non-transaction clone for ", dm_encoding(p));
	if (dm_eat(p, "Tc"))
		return call_offset(p) && call_offset(p) ? special(p, "covariant return thunk to ", dm_encoding(p))
							: dm_fail(p);
	if (*p->p == 'T' && (p->p[1] == 'h' || p->p[1] == 'v')) {
		const char *text = *++p->p == 'h' ? "non-virtual thunk to " : "virtual thunk to ";

		return call_offset(p) ? special(p, text, dm_encoding(p)) : dm_fail(p);
	}
	return dm_fail(p);
}

/* Parameters that stood before their arguments (conversion operators). */
static void resolve_pending(struct dm_parser *p, size_t from)
{
	for (size_t i = from; i < p->pending.n; i++) {
		struct dm_node *n = p->pending.v[i];

		if (p->args && n->number < p->args->n_list)
			n->left = p->args->list[n->number];
	}
	p->pending.n = from;
}

static bool ends_name(const struct dm_parser *p)
{
	return !*p->p || *p->p == 'E' || *p->p == '.' || *p->p == '@' || *p->p == '$';
}

static struct dm_node *function(struct dm_parser *p)
{
	struct dm_name_state st = { .quals = "" };
	size_t pending = p->pending.n;
	struct dm_node *n = dm_new(p, DM_ENCODING, dm_name(p, &st), NULL);

	if (!n || !n->left)
		return dm_fail(p);
	resolve_pending(p, pending);
	n->text = st.quals ? st.quals : "";
	n->len = (uint16_t)strlen(n->text);
	if (ends_name(p))
		return n;
	if (st.has_args && !st.is_special)
		n->extra = dm_type(p);
	n->right = dm_types_until_end(p);
	return p->pending.n > pending ? dm_fail(p) : n; /* a parameter of no template */
}

struct dm_node *dm_encoding(struct dm_parser *p)
{
	struct dm_node *before = p->args, *n;

	if (p->failed || ++p->depth > DM_MAX_DEPTH)
		return dm_fail(p);
	p->args = NULL;
	n = *p->p == 'T' || (*p->p == 'G' && strchr("VRT", p->p[1])) ? special_name(p) : function(p);
	p->args = before;
	p->depth--;
	return p->failed ? NULL : n;
}

struct dm_node *dm_parse(struct arena *a, const char *s, const char **ret_suffix)
{
	struct dm_parser p = { .p = s, .a = a };
	struct dm_node *n = dm_encoding(&p);

	if (n && *p.p && (!strchr(".@$", *p.p) || *p.p == '$'))
		n = NULL;
	vec_deinit(&p.subs);
	vec_deinit(&p.pending);
	*ret_suffix = p.p;
	return n;
}
