/* SPDX-License-Identifier: MIT */
/*
 * Names and symbols of the Visual C++ decoration: "?" name scope... "@" and the
 * encoding of what it is (clang's MicrosoftMangle.cpp documents the grammar).
 *
 * The first ten names and the first ten longer parameter types can be referred
 * to by a digit; a template's arguments have a count of their own.
 */
#include "symbol/undecorate.h"

#include "symbol/undecorate_impl.h"

#include <inttypes.h>
#include <string.h>

enum { ARENA_LIMIT = 1 << 20 };

/* --- reading --------------------------------------------------------------------------- */

const char *undecorate_fail(struct undecorator *u)
{
	u->failed = true;
	u->p = "";
	return "";
}

bool undecorate_take(struct undecorator *u, const char *s)
{
	size_t n = strlen(s);

	if (u->failed || strncmp(u->p, s, n) != 0)
		return false;
	u->p += n;
	return true;
}

bool undecorate_enter(struct undecorator *u)
{
	if (u->failed || u->depth >= MAX_UNDECORATE_DEPTH) {
		(void)undecorate_fail(u);
		return false;
	}
	u->depth++;
	return true;
}

const char *undecorate_text(struct undecorator *u, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	if (u->failed)
		return "";
	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = n < 0 ? NULL : arena_alloc(&u->arena, (size_t)n + 1);
	if (!s)
		return undecorate_fail(u);
	va_start(ap, fmt);
	(void)vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

/* 0-9 stand for 1 to 10; else hexadecimal in the letters A-P up to @. */
uint64_t undecorate_number(struct undecorator *u, bool *ret_negative)
{
	bool negative = take(u, '?');
	uint64_t v = 0;

	if (ret_negative)
		*ret_negative = negative;
	else if (negative)
		(void)undecorate_fail(u);
	if (*u->p >= '0' && *u->p <= '9')
		return (uint64_t)(*u->p++ - '0') + 1;
	while (*u->p >= 'A' && *u->p <= 'P')
		v = v << 4 | (uint64_t)(*u->p++ - 'A');
	if (!take(u, '@'))
		(void)undecorate_fail(u);
	return v;
}

/* --- names ---------------------------------------------------------------------------------- */

static void remember(struct undecorator *u, const char *name)
{
	for (unsigned i = 0; i < u->n_names; i++)
		if (!strcmp(u->names[i], name))
			return;
	if (!u->failed && u->n_names < MAX_BACKREFS)
		u->names[u->n_names++] = name;
}

static const char *identifier(struct undecorator *u)
{
	const char *end = strchr(u->p, '@'), *name;

	if (u->failed || !end || end == u->p)
		return undecorate_fail(u);
	name = undecorate_text(u, "%.*s", (int)(end - u->p), u->p);
	u->p = end + 1;
	remember(u, name);
	return name;
}

static const char *name_again(struct undecorator *u)
{
	unsigned i = (unsigned)(*u->p++ - '0');

	return i < u->n_names ? u->names[i] : undecorate_fail(u);
}

/* What a name is beyond its text. */
struct leaf {
	const char *text;
	enum leaf_kind { LEAF_PLAIN, LEAF_CONSTRUCTOR, LEAF_DESTRUCTOR, LEAF_CONVERSION, LEAF_TABLE,
			 LEAF_GUARD, LEAF_SCOPED, LEAF_WHOLE } kind; /* SCOPED: no scope follows */
	const char *args;	/* of a template whose name is not known yet */
};

struct operator_row {
	const char *code, *text;
	enum leaf_kind kind;
};

static const struct operator_row operators[] = {
	{ "0", "", LEAF_CONSTRUCTOR },
	{ "1", "", LEAF_DESTRUCTOR },
	{ "2", "operator new", LEAF_PLAIN },
	{ "3", "operator delete", LEAF_PLAIN },
	{ "4", "operator=", LEAF_PLAIN },
	{ "5", "operator>>", LEAF_PLAIN },
	{ "6", "operator<<", LEAF_PLAIN },
	{ "7", "operator!", LEAF_PLAIN },
	{ "8", "operator==", LEAF_PLAIN },
	{ "9", "operator!=", LEAF_PLAIN },
	{ "A", "operator[]", LEAF_PLAIN },
	{ "B", "operator", LEAF_CONVERSION },
	{ "C", "operator->", LEAF_PLAIN },
	{ "D", "operator*", LEAF_PLAIN },
	{ "E", "operator++", LEAF_PLAIN },
	{ "F", "operator--", LEAF_PLAIN },
	{ "G", "operator-", LEAF_PLAIN },
	{ "H", "operator+", LEAF_PLAIN },
	{ "I", "operator&", LEAF_PLAIN },
	{ "J", "operator->*", LEAF_PLAIN },
	{ "K", "operator/", LEAF_PLAIN },
	{ "L", "operator%", LEAF_PLAIN },
	{ "M", "operator<", LEAF_PLAIN },
	{ "N", "operator<=", LEAF_PLAIN },
	{ "O", "operator>", LEAF_PLAIN },
	{ "P", "operator>=", LEAF_PLAIN },
	{ "Q", "operator,", LEAF_PLAIN },
	{ "R", "operator()", LEAF_PLAIN },
	{ "S", "operator~", LEAF_PLAIN },
	{ "T", "operator^", LEAF_PLAIN },
	{ "U", "operator|", LEAF_PLAIN },
	{ "V", "operator&&", LEAF_PLAIN },
	{ "W", "operator||", LEAF_PLAIN },
	{ "X", "operator*=", LEAF_PLAIN },
	{ "Y", "operator+=", LEAF_PLAIN },
	{ "Z", "operator-=", LEAF_PLAIN },
	{ "_0", "operator/=", LEAF_PLAIN },
	{ "_1", "operator%=", LEAF_PLAIN },
	{ "_2", "operator>>=", LEAF_PLAIN },
	{ "_3", "operator<<=", LEAF_PLAIN },
	{ "_4", "operator&=", LEAF_PLAIN },
	{ "_5", "operator|=", LEAF_PLAIN },
	{ "_6", "operator^=", LEAF_PLAIN },
	{ "_7", "`vftable'", LEAF_TABLE },
	{ "_8", "`vbtable'", LEAF_TABLE },
	{ "_9", "`vcall'", LEAF_PLAIN },
	{ "_A", "`typeof'", LEAF_PLAIN },
	{ "_B", "`local static guard'", LEAF_GUARD },
	{ "_D", "`vbase destructor'", LEAF_PLAIN },
	{ "_E", "`vector deleting destructor'", LEAF_PLAIN },
	{ "_F", "`default constructor closure'", LEAF_PLAIN },
	{ "_G", "`scalar deleting destructor'", LEAF_PLAIN },
	{ "_H", "`vector constructor iterator'", LEAF_PLAIN },
	{ "_I", "`vector destructor iterator'", LEAF_PLAIN },
	{ "_J", "`vector vbase constructor iterator'", LEAF_PLAIN },
	{ "_K", "`virtual displacement map'", LEAF_PLAIN },
	{ "_L", "`eh vector constructor iterator'", LEAF_PLAIN },
	{ "_M", "`eh vector destructor iterator'", LEAF_PLAIN },
	{ "_N", "`eh vector vbase constructor iterator'", LEAF_PLAIN },
	{ "_O", "`copy constructor closure'", LEAF_PLAIN },
	{ "_R2", "`RTTI Base Class Array'", LEAF_PLAIN },
	{ "_R3", "`RTTI Class Hierarchy Descriptor'", LEAF_PLAIN },
	{ "_R4", "`RTTI Complete Object Locator'", LEAF_TABLE },
	{ "_S", "`local vftable'", LEAF_TABLE },
	{ "_T", "`local vftable constructor closure'", LEAF_PLAIN },
	{ "_U", "operator new[]", LEAF_PLAIN },
	{ "_V", "operator delete[]", LEAF_PLAIN },
	{ "_X", "`placement delete closure'", LEAF_PLAIN },
	{ "_Y", "`placement delete[] closure'", LEAF_PLAIN },
	{ "__A", "`managed vector constructor iterator'", LEAF_PLAIN },
	{ "__B", "`managed vector destructor iterator'", LEAF_PLAIN },
	{ "__C", "`eh vector copy constructor iterator'", LEAF_PLAIN },
	{ "__D", "`eh vector vbase copy constructor iterator'", LEAF_PLAIN },
	{ "__G", "`vector copy constructor iterator'", LEAF_PLAIN },
	{ "__H", "`vector vbase copy constructor iterator'", LEAF_PLAIN },
	{ "__I", "`managed vector copy constructor iterator'", LEAF_PLAIN },
	{ "__J", "`local static thread guard'", LEAF_GUARD },
	{ "__L", "operator co_await", LEAF_PLAIN },
	{ "__M", "operator<=>", LEAF_PLAIN },
};

/* "`RTTI Base Class Descriptor at (0,-1,0,64)'" */
static struct leaf base_class_descriptor(struct undecorator *u)
{
	const char *text = "`RTTI Base Class Descriptor at (";

	for (int i = 0; i < 4; i++) {
		bool negative;
		uint64_t n = undecorate_number(u, &negative);

		text = undecorate_text(u, "%s%s%s%" PRIu64, text, i ? "," : "", negative ? "-" : "", n);
	}
	return (struct leaf){ .text = undecorate_text(u, "%s)'", text) };
}

static const char *qualified_name(struct undecorator *u, bool full_symbol);

/* "`dynamic initializer for 'x''": of a name, or of a whole symbol, which one @
 * follows, or two when it is a static member. */
static struct leaf dynamic(struct undecorator *u, const char *what)
{
	const char *name;

	if (*u->p == '?') {
		name = undecorate_symbol(u);
		if (take(u, '@'))
			(void)take(u, '@');
	} else {
		name = qualified_name(u, false);
	}
	return (struct leaf){ undecorate_text(u, "`dynamic %s for '%s''", what, name), LEAF_SCOPED,
			      NULL };
}

static struct leaf operator_name(struct undecorator *u)
{
	if (undecorate_take(u, "_R1"))
		return base_class_descriptor(u);
	if (undecorate_take(u, "_R0")) {
		const char *type = undecorate_plain(u, undecorate_type(u));

		return (struct leaf){ undecorate_text(u, "%s `RTTI Type Descriptor'", type),
				      LEAF_WHOLE, NULL };
	}
	if (undecorate_take(u, "_C"))
		return (struct leaf){ "`string'", LEAF_WHOLE, NULL };
	if (undecorate_take(u, "__E"))
		return dynamic(u, "initializer");
	if (undecorate_take(u, "__F"))
		return dynamic(u, "atexit destructor");
	if (undecorate_take(u, "__K"))
		return (struct leaf){ .text = undecorate_text(u, "operator \"\" %s", identifier(u)) };
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (undecorate_take(u, operators[i].code))
			return (struct leaf){ operators[i].text, operators[i].kind, NULL };
	return (struct leaf){ .text = undecorate_fail(u) };
}

/* "?$" was read: a template's name and its arguments, which count their own names. */
static struct leaf template_name(struct undecorator *u)
{
	struct undecorator outer = *u;
	struct leaf leaf;
	const char *args;

	if (!undecorate_enter(u))
		return (struct leaf){ .text = "" };
	u->n_names = u->n_types = 0;
	if (take(u, '?'))
		leaf = operator_name(u);
	else
		leaf = (struct leaf){ .text = identifier(u) };
	args = undecorate_template_args(u);
	if (leaf.kind == LEAF_PLAIN)
		leaf.text = undecorate_text(u, "%s%s", leaf.text, args);
	else
		leaf.args = args;
	u->depth--;
	memcpy(u->names, outer.names, sizeof(u->names));
	u->n_names = outer.n_names;
	memcpy(u->types, outer.types, sizeof(u->types));
	u->n_types = outer.n_types;
	return leaf;
}

static struct leaf symbol_leaf(struct undecorator *u)
{
	if (*u->p >= '0' && *u->p <= '9')
		return (struct leaf){ .text = name_again(u) };
	if (undecorate_take(u, "?$"))
		return template_name(u);
	if (take(u, '?'))
		return operator_name(u);
	return (struct leaf){ .text = identifier(u) };
}

/* "?A0x1234@" */
static const char *anonymous_namespace(struct undecorator *u)
{
	const char *end = strchr(u->p, '@');

	if (!end)
		return undecorate_fail(u);
	u->p = end + 1;
	remember(u, "`anonymous namespace'");
	return "`anonymous namespace'";
}

/* "?1??f@@YAXXZ@": in the block numbered 2 of f */
static const char *local_scope(struct undecorator *u)
{
	uint64_t n = undecorate_number(u, NULL);
	const char *of;

	if (!take(u, '?'))
		return undecorate_fail(u);
	of = undecorate_symbol(u);
	return undecorate_text(u, "`%s'::`%" PRIu64 "'", of, n);
}

static const char *scope_piece(struct undecorator *u)
{
	const char *name;

	if (*u->p >= '0' && *u->p <= '9')
		return name_again(u);
	if (undecorate_take(u, "?$")) {
		name = template_name(u).text;
		remember(u, name);
		return name;
	}
	if (undecorate_take(u, "?A"))
		return anonymous_namespace(u);
	if (undecorate_take(u, "?Q")) /* of an interface: "[I]" */
		return undecorate_text(u, "[%s]", identifier(u));
	if (take(u, '?'))
		return local_scope(u);
	return identifier(u);
}

/* Scopes up to the closing @: "ns::C::"; *ret_inner: the innermost, for constructors. */
static const char *scopes(struct undecorator *u, const struct leaf *leaf, const char **ret_inner)
{
	const char *text = "";

	*ret_inner = "";
	if (leaf->kind == LEAF_SCOPED || !undecorate_enter(u))
		return "";
	while (!u->failed && !take(u, '@')) {
		const char *piece = scope_piece(u);

		if (!**ret_inner)
			*ret_inner = piece;
		text = undecorate_text(u, "%s::%s", piece, text);
	}
	u->depth--;
	return text;
}

static const char *qualified_name(struct undecorator *u, bool is_type)
{
	struct leaf leaf = symbol_leaf(u);
	const char *inner, *scope;

	if (is_type && leaf.kind == LEAF_PLAIN && leaf.text[0])
		remember(u, leaf.text);
	scope = scopes(u, &leaf, &inner);
	return undecorate_text(u, "%s%s", scope, leaf.text);
}

const char *undecorate_type_name(struct undecorator *u)
{
	const char *name = "";

	if (undecorate_enter(u)) {
		name = qualified_name(u, true);
		u->depth--;
	}
	return name;
}

/* --- symbols ----------------------------------------------------------------------------------- */

static const char *leaf_text(struct undecorator *u, const struct leaf *leaf, const char *inner)
{
	const char *args = leaf->args ? leaf->args : "";

	if (leaf->kind == LEAF_CONSTRUCTOR)
		return undecorate_text(u, "%s%s", inner, args);
	if (leaf->kind == LEAF_DESTRUCTOR)
		return undecorate_text(u, "~%s%s", inner, args);
	return leaf->text;
}

/* The encoding of a variable: 0-4 tell whose it is. */
static const char *variable(struct undecorator *u, const char *name, char kind)
{
	static const char *const prefixes[] = { "private: static ", "protected: static ",
						"public: static ", "", "" };
	struct type_text t = undecorate_type(u);
	bool member;
	enum cv cv;

	(void)undecorate_pointer_extras(u);
	cv = undecorate_cv(u, &member);
	if (member)
		(void)undecorate_type_name(u);
	if (!u->complete)
		return name;
	/* the qualifiers of a pointer are in its type already */
	return undecorate_text(u, "%s%s%s%s%s%s", prefixes[kind - '0'], t.pre,
			       t.shape == SHAPE_POINTER ? "" : undecorate_cv_text(cv),
			       t.shape == SHAPE_POINTER && t.pre[strlen(t.pre) - 1] != 't' ? " " : " ",
			       name, t.post);
}

/* "`vftable'{for `Base'}": the bases that the table is of */
static const char *table(struct undecorator *u, const char *name)
{
	const char *bases = "";
	bool member;
	enum cv cv = undecorate_cv(u, &member);

	while (!u->failed && *u->p && !take(u, '@'))
		bases = undecorate_text(u, "%s%s`%s'", bases, *bases ? "s " : "",
					undecorate_type_name(u));
	if (!u->complete)
		return name;
	return undecorate_text(u, "%s%s%s%s%s%s", undecorate_cv_text(cv) + (cv != CV_NONE),
			       cv != CV_NONE ? " " : "", name, *bases ? "{for " : "", bases,
			       *bases ? "}" : "");
}

struct method {
	const char *access, *storage;	/* "public: ", "virtual " */
	bool is_member, has_this, is_thunk;
};

static struct method method_of(char c)
{
	static const char *const access[] = { "private: ", "protected: ", "public: " };
	static const char *const storage[] = { "", "static ", "virtual ", "virtual " };
	unsigned n = (unsigned)(c - 'A'), kind = n % 8 / 2;
	struct method m = { .access = "", .storage = "" };

	if (c >= 'Y')
		return m;
	m.access = access[n / 8];
	m.storage = storage[kind];
	m.is_member = true;
	m.has_this = kind != 1;
	m.is_thunk = kind == 3;
	return m;
}

static const char *function_text(struct undecorator *u, const struct method *m, const char *thunk,
				 const char *name, const char *suffix, struct type_text f)
{
	const char *result = f.pre;

	if (!u->complete)
		return *thunk ? undecorate_text(u, "%s%s%s", thunk, name, suffix) : name;
	return undecorate_text(u, "%s%s%s%s%s%s%s %s%s%s", thunk, *thunk ? " " : "", m->access,
			       m->storage, result, *result ? " " : "", f.convention, name, suffix,
			       f.post);
}

/* A function whose letter was read; *name may still lack the type of a conversion. */
static const char *function(struct undecorator *u, char c, const struct leaf *leaf, const char *name)
{
	struct method m = method_of(c);
	const char *after = "", *suffix = "";
	struct type_text f;

	if (m.is_thunk)
		suffix = undecorate_text(u, "`adjustor{%" PRIu64 "}'", undecorate_number(u, NULL));
	if (m.has_this)
		after = undecorate_this(u);
	f = undecorate_function(u, after);
	if (leaf->kind == LEAF_CONVERSION) {
		name = undecorate_text(u, "%s %s", name, f.pre);
		f.pre = "";
	}
	return function_text(u, &m, m.is_thunk ? "[thunk]:" : "", name, suffix, f);
}

/* $0-$5: vtordisp thunks; $R0-$R5: with four numbers; $B: a call through a vtable. */
static const char *thunk(struct undecorator *u, const char *name)
{
	struct method m = { .access = "", .storage = "virtual " };
	const char *suffix, *numbers = "";
	bool extended;
	unsigned n;

	if (take(u, 'B')) {
		uint64_t at = undecorate_number(u, NULL);

		if (!take(u, 'A')) /* flat memory */
			return undecorate_fail(u);
		u->p += *u->p != '\0'; /* calling convention */
		return undecorate_text(u, "[thunk]:%s%s{%" PRIu64 ",{flat}}%s", u->complete ? " " : "",
				       name, at, u->complete ? "' }'" : "");
	}
	extended = take(u, 'R');
	if (*u->p < '0' || *u->p > '5')
		return undecorate_fail(u);
	m.access = (const char *[]){ "private: ", "protected: ", "public: " }[(*u->p++ - '0') / 2];
	for (n = extended ? 4 : 2; n; n--) {
		bool negative;
		uint32_t v = (uint32_t)undecorate_number(u, &negative);

		numbers = undecorate_text(u, "%s%s%" PRId32, numbers, *numbers ? "," : "",
					  (int32_t)(negative ? 0 - v : v));
	}
	suffix = undecorate_text(u, "`vtordisp%s{%s}'", extended ? "ex" : "", numbers);
	return function_text(u, &m, "[thunk]:", name, suffix,
			     undecorate_function(u, undecorate_this(u)));
}

static const char *encoding(struct undecorator *u, const struct leaf *leaf, const char *name)
{
	char c = *u->p;

	u->p += c != '\0';
	if (leaf->kind == LEAF_GUARD && c == '5')
		return undecorate_text(u, "%s{%" PRIu64 "}", name, undecorate_number(u, NULL));
	if (c >= '0' && c <= '4')
		return variable(u, name, c);
	if (c == '6' || c == '7')
		return table(u, name);
	if (c == '8' || c == '9')
		return name;
	if (c == '$')
		return thunk(u, name);
	if (c < 'A' || c > 'Z')
		return undecorate_fail(u);
	return function(u, c, leaf, name);
}

const char *undecorate_symbol(struct undecorator *u)
{
	const char *name, *inner, *scope;
	struct leaf leaf;

	if (!take(u, '?') || !undecorate_enter(u))
		return undecorate_fail(u);
	leaf = symbol_leaf(u);
	if (leaf.kind == LEAF_WHOLE) {
		u->depth--;
		(void)undecorate_take(u, "@8");
		return leaf.text;
	}
	scope = scopes(u, &leaf, &inner);
	name = undecorate_text(u, "%s%s", scope, leaf_text(u, &leaf, inner));
	name = encoding(u, &leaf, name);
	u->depth--;
	return name;
}

/* The name alone, where what follows it is not understood. */
static const char *name_alone(struct undecorator *u)
{
	const char *inner, *scope;
	struct leaf leaf;

	if (!take(u, '?'))
		return undecorate_fail(u);
	leaf = symbol_leaf(u);
	if (leaf.kind == LEAF_WHOLE)
		return leaf.text;
	scope = scopes(u, &leaf, &inner);
	return undecorate_text(u, "%s%s", scope, leaf_text(u, &leaf, inner));
}

bool undecorate(const char *name, enum undecorate_what what, struct strbuf *sb)
{
	struct undecorator u = { .p = name, .complete = what == UNDECORATE_COMPLETE };
	const char *text;
	bool ok;

	if (*name != '?' || !strncmp(name, "??@", 3)) /* ??@: a hash of a name that is too long */
		return false;
	arena_init(&u.arena);
	u.arena.limit = ARENA_LIMIT;
	text = undecorate_symbol(&u);
	if (u.failed && !u.complete) {
		arena_deinit(&u.arena);
		arena_init(&u.arena);
		u = (struct undecorator){ .p = name, .arena = u.arena };
		u.arena.limit = ARENA_LIMIT;
		text = name_alone(&u);
	}
	ok = !u.failed && *text;
	if (ok)
		strbuf_adds(sb, text);
	arena_deinit(&u.arena);
	return ok;
}
