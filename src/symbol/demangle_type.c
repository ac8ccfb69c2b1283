/* SPDX-License-Identifier: MIT */
/*
 * Parsing types (5.1.5), literals and expressions (5.1.6) of the Itanium C++
 * ABI. An expression of a kind that is not known fails the name: it is then
 * shown as it is.
 */
#include "symbol/demangle_impl.h"

#include <ctype.h>
#include <string.h>

static struct dm_node *with_text(struct dm_node *n, const char *s)
{
	if (n) {
		n->text = s;
		n->len = (uint16_t)strlen(s);
	}
	return n;
}

/* --- types ------------------------------------------------------------------------------ */

static const char *plain_type(char c)
{
	switch (c) {
	case 'v': return "void";
	case 'w': return "wchar_t";
	case 'b': return "bool";
	case 'c': return "char";
	case 'a': return "signed char";
	case 'h': return "unsigned char";
	case 's': return "short";
	case 't': return "unsigned short";
	case 'i': return "int";
	case 'j': return "unsigned int";
	case 'l': return "long";
	case 'm': return "unsigned long";
	case 'x': return "long long";
	case 'y': return "unsigned long long";
	case 'n': return "__int128";
	case 'o': return "unsigned __int128";
	case 'f': return "float";
	case 'd': return "double";
	case 'e': return "long double";
	case 'g': return "__float128";
	case 'z': return "...";
	default: return NULL;
	}
}

static const char *plain_d_type(char c)
{
	switch (c) {
	case 'd': return "decimal64";
	case 'e': return "decimal128";
	case 'f': return "decimal32";
	case 'h': return "half";
	case 'i': return "char32_t";
	case 's': return "char16_t";
	case 'u': return "char8_t";
	case 'a': return "auto";
	case 'c': return "decltype(auto)";
	case 'n': return "decltype(nullptr)";
	default: return NULL;
	}
}

struct dm_node *dm_types_until_end(struct dm_parser *p)
{
	dm_vec v = { 0 };

	if (*p->p == 'v' && (!p->p[1] || strchr("E.@RO", p->p[1]))) {
		p->p++;
		return dm_list(p, DM_LIST, &v);
	}
	while (!p->failed && *p->p && !strchr("E.@", *p->p) &&
	       !((p->p[0] == 'R' || p->p[0] == 'O') && p->p[1] == 'E'))
		if (!dm_push(p, &v, dm_type(p)))
			break;
	return dm_list(p, DM_LIST, &v);
}

static struct dm_node *function_type(struct dm_parser *p, const char *quals)
{
	const char *noexcept = "", *ref = "";
	struct dm_node *n, *ret;

	if (dm_eat(p, "Do"))
		noexcept = " noexcept";
	(void)dm_eat(p, "Dx"); /* transaction safe */
	if (!dm_eat(p, "F"))
		return dm_fail(p);
	(void)dm_eat(p, "Y"); /* extern "C" */
	ret = dm_type(p);
	n = dm_new(p, DM_FUNCTION, ret, dm_types_until_end(p));
	if (dm_eat(p, "R"))
		ref = " &";
	else if (dm_eat(p, "O"))
		ref = " &&";
	if (!n || !dm_eat(p, "E"))
		return dm_fail(p);
	return with_text(n, arena_printf(p->a, "%s%s%s", quals, ref, noexcept));
}

static struct dm_node *array_type(struct dm_parser *p)
{
	struct dm_node *size = NULL;
	const char *start = p->p;
	unsigned n;

	if (dm_number(p, &n))
		size = dm_text(p, start, (size_t)(p->p - start));
	else if (*p->p != '_')
		size = dm_expression(p);
	if (!dm_eat(p, "_"))
		return dm_fail(p);
	return dm_new(p, DM_ARRAY, dm_type(p), size);
}

static struct dm_node *vector_type(struct dm_parser *p)
{
	const char *start = p->p;
	size_t len;
	unsigned n;

	if (!dm_number(p, &n))
		return dm_fail(p);
	len = (size_t)(p->p - start);
	if (!dm_eat(p, "_"))
		return dm_fail(p);
	return with_text(dm_new(p, DM_QUALIFIED, dm_type(p), NULL),
			 arena_printf(p->a, " __vector(%.*s)", (int)len, start));
}

static struct dm_node *qualified_type(struct dm_parser *p)
{
	const char *quals = dm_qualifiers(p);

	if (*p->p == 'F' || !strncmp(p->p, "Do", 2) || !strncmp(p->p, "Dx", 2))
		return function_type(p, quals);
	return with_text(dm_new(p, DM_QUALIFIED, dm_type(p), NULL), quals);
}

static struct dm_node *vendor_qualified(struct dm_parser *p)
{
	struct dm_node *name = dm_source_name(p), *n;

	if (name && *p->p == 'I')
		name = dm_new(p, DM_TEMPLATE, name, dm_template_args(p, false));
	n = dm_new(p, DM_QUALIFIED, dm_type(p), NULL);
	if (!n || !name)
		return dm_fail(p);
	n->right = name;
	return with_text(n, " ");
}

/* T_, T_<args>, Ts/Tu/Te <name> */
static struct dm_node *param_type(struct dm_parser *p)
{
	struct dm_node *n;

	if (strchr("sue", p->p[1]) && p->p[1]) {
		p->p += 2;
		return dm_name(p, NULL);
	}
	n = dm_template_param(p);
	if (!n || *p->p != 'I' || p->no_args)
		return n;
	return dm_push(p, &p->subs, n) ? dm_new(p, DM_TEMPLATE, n, dm_template_args(p, false)) : NULL;
}

static struct dm_node *d_type(struct dm_parser *p, bool *is_plain)
{
	const char *text = plain_d_type(p->p[1]);
	struct dm_node *n;

	if (text) {
		*is_plain = true;
		p->p += 2;
		return dm_text(p, text, strlen(text));
	}
	if (dm_eat(p, "Dt") || dm_eat(p, "DT")) {
		n = with_text(dm_new(p, DM_WRAP, dm_expression(p), NULL), "decltype (");
		return dm_eat(p, "E") ? n : dm_fail(p);
	}
	if (dm_eat(p, "Dp"))
		return dm_new(p, DM_EXPANSION, dm_type(p), NULL);
	if (dm_eat(p, "Dv"))
		return vector_type(p);
	if (dm_eat(p, "DF16_")) {
		*is_plain = true;
		return dm_text(p, "_Float16", 8);
	}
	return function_type(p, "");
}

/* S..: a substitution is not pushed again, but what is built on it is. */
static struct dm_node *s_type(struct dm_parser *p, bool *is_plain)
{
	struct dm_node *n;

	if (p->p[1] == 't')
		return dm_name(p, NULL);
	n = dm_substitution(p);
	if (n && *p->p == 'I' && !p->no_args)
		return dm_new(p, DM_TEMPLATE, n, dm_template_args(p, false));
	*is_plain = true;
	return n;
}

static struct dm_node *pointer(struct dm_parser *p, const char *text)
{
	p->p++;
	return with_text(dm_new(p, DM_POINTER, dm_type(p), NULL), text);
}

static struct dm_node *compound_type(struct dm_parser *p, bool *is_plain)
{
	struct dm_node *of;

	switch (*p->p) {
	case 'r': case 'V': case 'K': return qualified_type(p);
	case 'P': return pointer(p, "*");
	case 'R': return pointer(p, "&");
	case 'O': return pointer(p, "&&");
	case 'C':
		p->p++;
		return with_text(dm_new(p, DM_QUALIFIED, dm_type(p), NULL), " _Complex");
	case 'G':
		p->p++;
		return with_text(dm_new(p, DM_QUALIFIED, dm_type(p), NULL), " _Imaginary");
	case 'F': return function_type(p, "");
	case 'A':
		p->p++;
		return array_type(p);
	case 'M':
		p->p++;
		of = dm_type(p);
		return dm_new(p, DM_MEMBER, of, dm_type(p));
	case 'T': return param_type(p);
	case 'D': return d_type(p, is_plain);
	case 'S': return s_type(p, is_plain);
	case 'U':
		if (p->p[1] == 'l' || p->p[1] == 't')
			return dm_name(p, NULL);
		p->p++;
		return vendor_qualified(p);
	case 'u':
		p->p++;
		return dm_source_name(p);
	default:
		if (*p->p == 'N' || *p->p == 'Z' || isdigit((unsigned char)*p->p))
			return dm_name(p, NULL);
		return dm_fail(p);
	}
}

struct dm_node *dm_type(struct dm_parser *p)
{
	const char *text = plain_type(*p->p);
	bool is_plain = false;
	struct dm_node *n;

	if (p->failed || ++p->depth > DM_MAX_DEPTH)
		return dm_fail(p);
	if (text) {
		p->p++;
		p->depth--;
		return dm_text(p, text, strlen(text));
	}
	n = compound_type(p, &is_plain);
	p->depth--;
	if (!n || p->failed)
		return dm_fail(p);
	return is_plain || dm_push(p, &p->subs, n) ? n : NULL;
}

/* --- literals ------------------------------------------------------------------------------- */

struct dm_node *dm_literal(struct dm_parser *p)
{
	struct dm_node *type, *n;
	const char *start;

	if (dm_eat(p, "_Z") || dm_eat(p, "Z")) {
		n = dm_encoding(p);
		return dm_eat(p, "E") ? n : dm_fail(p);
	}
	type = dm_type(p);
	start = p->p;
	while (isalnum((unsigned char)*p->p) && *p->p != 'E')
		p->p++;
	n = dm_new(p, DM_LITERAL, type, NULL);
	if (!n || !type)
		return dm_fail(p);
	n->text = start;
	n->len = (uint16_t)(p->p - start);
	return dm_eat(p, "E") ? n : dm_fail(p);
}

/* --- expressions ------------------------------------------------------------------------------ */

static const struct dm_operator operators[] = {
	{ "aN", "&=", OP_BINARY }, { "aS", "=", OP_BINARY }, { "aa", "&&", OP_BINARY }, { "ad", "&", OP_PREFIX },
	{ "an", "&", OP_BINARY }, { "at", "alignof ", OP_OTHER }, { "aw", " co_await", OP_PREFIX },
	{ "az", "alignof ", OP_OTHER }, { "cc", "const_cast", OP_OTHER }, { "cl", "()", OP_OTHER },
	{ "cm", ",", OP_BINARY }, { "co", "~", OP_PREFIX }, { "dV", "/=", OP_BINARY }, { "da", " delete[]", OP_PREFIX },
	{ "dc", "dynamic_cast", OP_OTHER }, { "de", "*", OP_PREFIX }, { "dl", " delete", OP_PREFIX },
	{ "ds", ".*", OP_BINARY }, { "dt", ".", OP_BINARY }, { "dv", "/", OP_BINARY }, { "eO", "^=", OP_BINARY },
	{ "eo", "^", OP_BINARY }, { "eq", "==", OP_BINARY }, { "ge", ">=", OP_BINARY }, { "gt", ">", OP_BINARY },
	{ "ix", "[]", OP_BINARY }, { "lS", "<<=", OP_BINARY }, { "le", "<=", OP_BINARY }, { "ls", "<<", OP_BINARY },
	{ "lt", "<", OP_BINARY }, { "mI", "-=", OP_BINARY }, { "mL", "*=", OP_BINARY }, { "mi", "-", OP_BINARY },
	{ "ml", "*", OP_BINARY }, { "mm", "--", OP_POSTFIX }, { "na", " new[]", OP_OTHER }, { "ne", "!=", OP_BINARY },
	{ "ng", "-", OP_PREFIX }, { "nt", "!", OP_PREFIX }, { "nw", " new", OP_OTHER }, { "oR", "|=", OP_BINARY },
	{ "oo", "||", OP_BINARY }, { "or", "|", OP_BINARY }, { "pL", "+=", OP_BINARY }, { "pl", "+", OP_BINARY },
	{ "pm", "->*", OP_BINARY }, { "pp", "++", OP_POSTFIX }, { "ps", "+", OP_PREFIX }, { "pt", "->", OP_BINARY },
	{ "qu", "?", OP_OTHER }, { "rM", "%=", OP_BINARY }, { "rS", ">>=", OP_BINARY },
	{ "rc", "reinterpret_cast", OP_OTHER }, { "rm", "%", OP_BINARY }, { "rs", ">>", OP_BINARY },
	{ "sc", "static_cast", OP_OTHER }, { "ss", "<=>", OP_BINARY }, { "st", "sizeof ", OP_OTHER },
	{ "sz", "sizeof ", OP_OTHER },
};

const struct dm_operator *dm_operator(const char *code)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (operators[i].code[0] == code[0] && operators[i].code[1] == code[1])
			return &operators[i];
	return NULL;
}

static struct dm_node *simple(struct dm_node *n)
{
	if (n)
		n->is_simple = true;
	return n;
}

static struct dm_node *expressions_until_end(struct dm_parser *p)
{
	dm_vec v = { 0 };

	while (!p->failed && !dm_eat(p, "E"))
		if (!dm_push(p, &v, dm_expression(p)))
			break;
	return dm_list(p, DM_LIST, &v);
}

/* fp_, fp0_, fL0p_: a parameter of the function */
static struct dm_node *function_param(struct dm_parser *p)
{
	unsigned n = 0, level;

	if (dm_eat(p, "fpT"))
		return simple(dm_text(p, "this", 4));
	if (dm_eat(p, "fL") ? !dm_number(p, &level) || !dm_eat(p, "p") : !dm_eat(p, "fp"))
		return dm_fail(p);
	(void)dm_qualifiers(p);
	if (dm_number(p, &n))
		n++;
	if (!dm_eat(p, "_"))
		return dm_fail(p);
	return simple(with_text(dm_new(p, DM_TEXT, NULL, NULL), arena_printf(p->a, "{parm#%u}", n + 1)));
}

/* One level of a qualified name in an expression: a name, maybe with template
 * arguments. These are no substitutions. */
static struct dm_node *level(struct dm_parser *p, struct dm_node *scope)
{
	struct dm_node *n;

	(void)dm_eat(p, "on");
	n = dm_unqualified(p, scope, NULL);
	if (n && *p->p == 'I')
		n = dm_new(p, DM_TEMPLATE, n, dm_template_args(p, false));
	return n && scope ? dm_new(p, DM_NESTED, scope, n) : n;
}

/* sr <type> <name>; sr N <type> <level>+ E <name>; sr <level>+ E <name> */
static struct dm_node *unresolved_name(struct dm_parser *p)
{
	bool many = dm_eat(p, "N") || isdigit((unsigned char)*p->p);
	struct dm_node *scope = isdigit((unsigned char)*p->p) ? NULL : dm_type(p);

	while (many && !p->failed && !dm_eat(p, "E"))
		scope = level(p, scope);
	return simple(level(p, scope));
}

static struct dm_node *cast(struct dm_parser *p, const char *text)
{
	struct dm_node *type = dm_type(p);

	return with_text(dm_new(p, DM_CAST, type, dm_expression(p)), text);
}

/* cv <type> <expression>, cv <type> _ <expression>* E */
static struct dm_node *conversion(struct dm_parser *p)
{
	struct dm_node *type = dm_type(p);

	if (dm_eat(p, "_"))
		return dm_new(p, DM_CALL, type, expressions_until_end(p));
	return dm_new(p, DM_CAST, type, dm_expression(p));
}

static struct dm_node *wrap(struct dm_parser *p, const char *text, struct dm_node *of)
{
	return with_text(dm_new(p, DM_WRAP, of, NULL), text);
}

/* Those that are no operators of two letters with plain operands. NULL
 * without failure: not one of them. */
static struct dm_node *special_expression(struct dm_parser *p)
{
	struct dm_node *a, *b;

	if (dm_eat(p, "L"))
		return dm_literal(p);
	if (*p->p == 'T')
		return simple(dm_template_param(p));
	if (*p->p == 'f' && (p->p[1] == 'p' || p->p[1] == 'L'))
		return function_param(p);
	if (dm_eat(p, "sr"))
		return unresolved_name(p);
	if (dm_eat(p, "st"))
		return wrap(p, "sizeof (", dm_type(p));
	if (dm_eat(p, "sz"))
		return wrap(p, "sizeof (", dm_expression(p));
	if (dm_eat(p, "at"))
		return wrap(p, "alignof (", dm_type(p));
	if (dm_eat(p, "az"))
		return wrap(p, "alignof (", dm_expression(p));
	if (dm_eat(p, "nx"))
		return wrap(p, "noexcept (", dm_expression(p));
	if (dm_eat(p, "sZ"))
		return wrap(p, "sizeof...(", *p->p == 'T' ? dm_template_param(p) : function_param(p));
	if (dm_eat(p, "sp"))
		return dm_new(p, DM_EXPANSION, dm_expression(p), NULL);
	if (dm_eat(p, "cv"))
		return conversion(p);
	if (dm_eat(p, "cl")) {
		a = dm_expression(p);
		return dm_new(p, DM_CALL, a, expressions_until_end(p));
	}
	if (dm_eat(p, "il"))
		return simple(dm_new(p, DM_BRACED, NULL, expressions_until_end(p)));
	if (dm_eat(p, "tl")) {
		a = dm_type(p);
		return simple(dm_new(p, DM_BRACED, a, expressions_until_end(p)));
	}
	if (dm_eat(p, "qu")) {
		a = dm_expression(p);
		b = dm_expression(p);
		a = dm_new(p, DM_TERNARY, a, b);
		b = dm_expression(p);
		if (a)
			a->extra = b;
		return a;
	}
	if (isdigit((unsigned char)*p->p) || dm_eat(p, "on")) {
		a = dm_unqualified(p, NULL, NULL);
		if (a && *p->p == 'I')
			a = dm_new(p, DM_TEMPLATE, a, dm_template_args(p, false));
		return simple(a);
	}
	return NULL;
}

static struct dm_node *operator_expression(struct dm_parser *p)
{
	const struct dm_operator *op = dm_operator(p->p);
	struct dm_node *a;

	if (!op)
		return dm_fail(p);
	p->p += 2;
	switch (op->use) {
	case OP_PREFIX: return with_text(dm_new(p, DM_PREFIX, dm_expression(p), NULL), op->text);
	case OP_POSTFIX:
		if (dm_eat(p, "_"))
			return with_text(dm_new(p, DM_PREFIX, dm_expression(p), NULL), op->text);
		return with_text(dm_new(p, DM_POSTFIX, dm_expression(p), NULL), op->text);
	case OP_BINARY:
		a = dm_expression(p);
		return with_text(dm_new(p, DM_BINARY, a, dm_expression(p)), op->text);
	case OP_OTHER:
		return strstr(op->text, "_cast") ? cast(p, op->text) : dm_fail(p);
	}
	return dm_fail(p);
}

struct dm_node *dm_expression(struct dm_parser *p)
{
	struct dm_node *n;

	if (p->failed || ++p->depth > DM_MAX_DEPTH)
		return dm_fail(p);
	n = special_expression(p);
	if (!n && !p->failed)
		n = operator_expression(p);
	p->depth--;
	return p->failed ? NULL : n;
}
