/* SPDX-License-Identifier: MIT */
/*
 * Types in decorated names. The letters are those of the public descriptions
 * (clang's MicrosoftMangle.cpp documents them); the text is that of
 * Microsoft's undname: "char const *", "void (__cdecl*)(int)", "A<B<int> >".
 */
#include "symbol/undecorate_impl.h"

#include <inttypes.h>
#include <string.h>

static const struct type_text no_type = { SHAPE_PLAIN, "", "", "", false };

static struct type_text bad(struct undecorator *u)
{
	(void)undecorate_fail(u);
	return no_type;
}

static struct type_text plain(const char *name)
{
	return (struct type_text){ SHAPE_PLAIN, name, "", "", false };
}

const char *undecorate_cv_text(enum cv cv)
{
	static const char *const texts[] = { "", " const", " volatile", " const volatile" };

	return texts[cv];
}

enum cv undecorate_cv(struct undecorator *u, bool *ret_member)
{
	char c = *u->p;

	*ret_member = c >= 'Q' && c <= 'T';
	if ((c < 'A' || c > 'D') && !*ret_member) {
		(void)undecorate_fail(u);
		return CV_NONE;
	}
	u->p++;
	return (enum cv)((c - (*ret_member ? 'Q' : 'A')) & 3);
}

struct pointer_extras undecorate_pointer_extras(struct undecorator *u)
{
	struct pointer_extras e = { "", "" };

	for (;; u->p++) {
		if (*u->p == 'F')
			e.pointee = " __unaligned";
		else if (*u->p == 'I')
			e.own = " __restrict";
		else if (*u->p != 'E')
			return e;
	}
}

const char *undecorate_this(struct undecorator *u)
{
	const char *reference = "", *restricted = "";
	bool member;
	enum cv cv;

	for (;; u->p++) {
		if (*u->p == 'G')
			reference = " &";
		else if (*u->p == 'H')
			reference = " &&";
		else if (*u->p == 'I')
			restricted = " __restrict";
		else if (*u->p != 'E' && *u->p != 'F')
			break;
	}
	cv = undecorate_cv(u, &member);
	return undecorate_text(u, "%s%s%s", undecorate_cv_text(cv), restricted, reference);
}

static const char *convention(struct undecorator *u)
{
	static const struct {
		char letter;
		const char *name;
	} conventions[] = {
		{ 'A', "__cdecl" },    { 'C', "__pascal" },   { 'E', "__thiscall" },
		{ 'G', "__stdcall" },  { 'I', "__fastcall" }, { 'M', "__clrcall" },
		{ 'O', "__eabi" },     { 'Q', "__vectorcall" }, { 'S', "__swiftcall" },
		{ 'W', "__swiftasynccall" }, { 'w', "__regcall" },
	};
	char c = *u->p;

	if (!c)
		return undecorate_fail(u);
	u->p++;
	/* the second letter of each pair is "exported" */
	for (size_t i = 0; i < sizeof(conventions) / sizeof(conventions[0]); i++)
		if (c == conventions[i].letter || (c == conventions[i].letter + 1 && c < 'R'))
			return conventions[i].name;
	return undecorate_fail(u);
}

/* --- parameters --------------------------------------------------------------------- */

static struct type_text parameter(struct undecorator *u)
{
	const char *start = u->p;
	struct type_text t;

	if (*u->p >= '0' && *u->p <= '9') {
		unsigned i = (unsigned)(*u->p++ - '0');

		return i < u->n_types ? u->types[i] : bad(u);
	}
	t = undecorate_type(u);
	if (!u->failed && u->p - start > 1 && u->n_types < MAX_BACKREFS)
		u->types[u->n_types++] = t;
	return t;
}

/* "(int,char *,...)" */
static const char *parameters(struct undecorator *u)
{
	const char *text = "";

	if (take(u, 'X'))
		return "(void)";
	while (!u->failed && *u->p != '@' && *u->p != 'Z') {
		const char *one = undecorate_plain(u, parameter(u));

		text = undecorate_text(u, "%s%s%s", text, *text ? "," : "", one);
	}
	if (take(u, 'Z'))
		return undecorate_text(u, "(%s%s...)", text, *text ? "," : "");
	(void)take(u, '@');
	return undecorate_text(u, "(%s)", text);
}

struct type_text undecorate_function(struct undecorator *u, const char *after)
{
	struct type_text result = no_type;
	const char *name = convention(u), *args, *noexcept = "";
	bool member;

	if (!take(u, '@')) {
		enum cv cv = CV_NONE;

		if (take(u, '?'))
			cv = undecorate_cv(u, &member);
		result = undecorate_type(u);
		result.pre = undecorate_text(u, "%s%s", result.pre, undecorate_cv_text(cv));
	}
	args = parameters(u);
	if (undecorate_take(u, "_E"))
		noexcept = " noexcept";
	else if (!take(u, 'Z'))
		return bad(u);
	return (struct type_text){
		.shape = SHAPE_FUNCTION,
		.pre = result.pre,
		.post = undecorate_text(u, "%s%s%s%s", args, after, noexcept, result.post),
		.convention = name,
	};
}

const char *undecorate_plain(struct undecorator *u, struct type_text t)
{
	if (t.shape == SHAPE_FUNCTION)
		return undecorate_text(u, "%s %s%s", t.pre, t.convention, t.post);
	return undecorate_text(u, "%s%s%s", t.pre, t.shape == SHAPE_ARRAY ? " " : "", t.post);
}

/* --- pointers, references, arrays ------------------------------------------------------ */

/* `sign` ("*", "&", "C::*") in front of what is declared. */
static struct type_text point_to(struct undecorator *u, struct type_text to, const char *sign,
				 const char *cv)
{
	struct type_text t = { .shape = SHAPE_POINTER, .convention = "" };

	if (to.shape == SHAPE_FUNCTION) {
		bool member = strlen(sign) > 1 && sign[strlen(sign) - 1] == '*';

		t.pre = undecorate_text(u, "%s (%s%s%s%s", to.pre, to.convention, member ? " " : "",
					sign, cv);
		t.post = undecorate_text(u, ")%s", to.post);
	} else if (to.shape == SHAPE_ARRAY) {
		t.pre = undecorate_text(u, "%s (%s%s", to.pre, sign, cv);
		t.post = undecorate_text(u, ")%s", to.post);
	} else {
		/* "int * *", but "void (__cdecl**)(int)" */
		t.pre = undecorate_text(u, "%s%s%s%s", to.pre, *to.post == ')' ? "" : " ", sign, cv);
		t.post = to.post;
	}
	return t;
}

static struct type_text qualified(struct undecorator *u, struct type_text t, enum cv cv)
{
	const char *text = undecorate_cv_text(cv);
	size_t n = strlen(text), len = strlen(t.pre);

	/* what is qualified already is not told twice */
	if (n && !(t.shape == SHAPE_POINTER && len > n && !strcmp(t.pre + len - n, text)))
		t.pre = undecorate_text(u, "%s%s", t.pre, text);
	t.qualified |= n > 0;
	return t;
}

static struct type_text pointer(struct undecorator *u, const char *sign, enum cv own_cv)
{
	struct pointer_extras extras = undecorate_pointer_extras(u);
	const char *of = "", *own;
	struct type_text to;
	bool member = false;
	enum cv cv;

	own = undecorate_text(u, "%s%s", undecorate_cv_text(own_cv), extras.own);
	if (take(u, '6'))
		return point_to(u, undecorate_function(u, ""), sign, own);
	if (take(u, '8')) {
		of = undecorate_type_name(u);
		to = undecorate_function(u, undecorate_this(u));
		return point_to(u, to, undecorate_text(u, "%s::%s", of, sign), own);
	}
	(void)undecorate_take(u, "$A"); /* managed */
	cv = undecorate_cv(u, &member);
	if (member)
		of = undecorate_text(u, "%s::", undecorate_type_name(u));
	to = qualified(u, undecorate_type(u), cv);
	to.pre = undecorate_text(u, "%s%s", to.pre, extras.pointee);
	return point_to(u, to, undecorate_text(u, "%s%s", of, sign), own);
}

static struct type_text array(struct undecorator *u)
{
	uint64_t n = undecorate_number(u, NULL);
	struct type_text element, t = { .shape = SHAPE_ARRAY, .convention = "" };
	const char *dimensions = "";

	if (!n || n > 32)
		return bad(u);
	while (n-- && !u->failed) {
		uint64_t dimension = undecorate_number(u, NULL);

		dimensions = dimension ? undecorate_text(u, "%s[%" PRIu64 "]", dimensions, dimension)
				       : undecorate_text(u, "%s[]", dimensions);
	}
	if (undecorate_take(u, "$$C")) {
		bool member;
		enum cv cv = undecorate_cv(u, &member);

		element = qualified(u, undecorate_type(u), cv);
	} else {
		element = undecorate_type(u);
	}
	t.pre = element.pre;
	t.post = undecorate_text(u, "%s%s", dimensions, element.post);
	return t;
}

/* --- named types ------------------------------------------------------------------------- */

static struct type_text tagged(struct undecorator *u, const char *key)
{
	const char *name = undecorate_type_name(u);

	return plain(u->complete ? undecorate_text(u, "%s %s", key, name) : name);
}

static const char *const simple[26] = {
	['C' - 'A'] = "signed char",   ['D' - 'A'] = "char",	       ['E' - 'A'] = "unsigned char",
	['F' - 'A'] = "short",	       ['G' - 'A'] = "unsigned short", ['H' - 'A'] = "int",
	['I' - 'A'] = "unsigned int",  ['J' - 'A'] = "long",	       ['K' - 'A'] = "unsigned long",
	['M' - 'A'] = "float",	       ['N' - 'A'] = "double",	       ['O' - 'A'] = "long double",
	['X' - 'A'] = "void",
};
static const char *const extended[26] = {
	['D' - 'A'] = "__int8",	       ['E' - 'A'] = "unsigned __int8",	  ['F' - 'A'] = "__int16",
	['G' - 'A'] = "unsigned __int16", ['H' - 'A'] = "__int32",	  ['I' - 'A'] = "unsigned __int32",
	['J' - 'A'] = "__int64",       ['K' - 'A'] = "unsigned __int64",  ['L' - 'A'] = "__int128",
	['M' - 'A'] = "unsigned __int128", ['N' - 'A'] = "bool",	  ['P' - 'A'] = "auto",
	['Q' - 'A'] = "char8_t",       ['S' - 'A'] = "char16_t",	  ['T' - 'A'] = "decltype(auto)",
	['U' - 'A'] = "char32_t",      ['W' - 'A'] = "wchar_t",
};

static struct type_text simple_type(struct undecorator *u, const char *const *names, char c)
{
	if (c < 'A' || c > 'Z' || !names[c - 'A'])
		return bad(u);
	return plain(names[c - 'A']);
}

static struct type_text dollar_type(struct undecorator *u)
{
	bool member;
	enum cv cv;

	if (undecorate_take(u, "$Q"))
		return pointer(u, "&&", CV_NONE);
	if (undecorate_take(u, "$R"))
		return pointer(u, "&&", CV_VOLATILE);
	if (undecorate_take(u, "$T"))
		return plain("std::nullptr_t");
	if (undecorate_take(u, "$A6"))
		return undecorate_function(u, "");
	if (undecorate_take(u, "$A8@@"))
		return undecorate_function(u, undecorate_this(u));
	if (undecorate_take(u, "$BY"))
		return array(u);
	if (undecorate_take(u, "$C")) {
		struct pointer_extras extras = undecorate_pointer_extras(u);
		struct type_text t;

		cv = undecorate_cv(u, &member);
		t = qualified(u, undecorate_type(u), cv);
		t.pre = undecorate_text(u, "%s%s", t.pre, extras.pointee);
		t.qualified |= *extras.pointee;
		return t;
	}
	return bad(u);
}

static struct type_text read_type(struct undecorator *u)
{
	char c = *u->p;
	bool member;
	enum cv cv;

	if (!c)
		return bad(u);
	u->p++;
	switch (c) {
	case 'A':
		return pointer(u, "&", CV_NONE);
	case 'B':
		return pointer(u, "&", CV_VOLATILE);
	case 'P':
		return pointer(u, "*", CV_NONE);
	case 'Q':
		return pointer(u, "*", CV_CONST);
	case 'R':
		return pointer(u, "*", CV_VOLATILE);
	case 'S':
		return pointer(u, "*", (enum cv)(CV_CONST | CV_VOLATILE));
	case 'T':
		return tagged(u, "union");
	case 'U':
		return tagged(u, "struct");
	case 'V':
		return tagged(u, "class");
	case 'W':
		if (*u->p < '0' || *u->p > '7')
			return bad(u);
		u->p++;
		/* the compiler itself writes "f<enum E>", but "f<C>" */
		return plain(undecorate_text(u, "enum %s", undecorate_type_name(u)));
	case 'Y':
		return array(u);
	case '?':
		cv = undecorate_cv(u, &member);
		return qualified(u, undecorate_type(u), cv);
	case '$':
		return dollar_type(u);
	case '_':
		c = *u->p;
		u->p += c != '\0';
		return simple_type(u, extended, c);
	default:
		return simple_type(u, simple, c);
	}
}

struct type_text undecorate_type(struct undecorator *u)
{
	struct type_text t = no_type;

	if (undecorate_enter(u)) {
		t = read_type(u);
		u->depth--;
	}
	return u->failed ? no_type : t;
}

/* --- template arguments ---------------------------------------------------------------------- */

static const char *number_text(struct undecorator *u)
{
	bool negative;
	uint64_t n = undecorate_number(u, &negative);

	return undecorate_text(u, "%s%" PRIu64, negative ? "-" : "", n);
}

/* A symbol as an argument, and the numbers behind it: "&f", "{f,8}". */
static const char *symbol_argument(struct undecorator *u, unsigned n_numbers)
{
	const char *text = *u->p == '?' ? undecorate_symbol(u) : "";

	if (!n_numbers)
		return undecorate_text(u, "&%s", text);
	while (n_numbers--)
		text = undecorate_text(u, "%s%s%s", text, *text ? "," : "", number_text(u));
	return undecorate_text(u, "{%s}", text);
}

static const char *numbers_argument(struct undecorator *u, unsigned n)
{
	const char *text = "";

	while (n--)
		text = undecorate_text(u, "%s%s%s", text, *text ? "," : "", number_text(u));
	return undecorate_text(u, "{%s}", text);
}

static const char *value_argument(struct undecorator *u)
{
	char c = *u->p;

	u->p += c != '\0';
	switch (c) {
	case '0':
		return number_text(u);
	case '1':
		return symbol_argument(u, 0);
	case 'E':
		return undecorate_symbol(u);
	case 'D':
		return undecorate_text(u, "`template-parameter%s'", number_text(u));
	case 'F':
		return numbers_argument(u, 2);
	case 'G':
		return numbers_argument(u, 3);
	case 'H':
		return symbol_argument(u, 1);
	case 'I':
		return symbol_argument(u, 2);
	case 'J':
		return symbol_argument(u, 3);
	case 'M': /* auto: the type, then the value */
		(void)undecorate_type(u);
		return value_argument(u);
	default:
		return undecorate_fail(u);
	}
}

/* NULL: an argument that stands for none */
static const char *template_arg(struct undecorator *u)
{
	struct type_text t;
	const char *text;

	if (undecorate_take(u, "$$$V") || undecorate_take(u, "$$V") || undecorate_take(u, "$$Z") ||
	    undecorate_take(u, "$S"))
		return NULL;
	if (undecorate_take(u, "$$Y"))
		return undecorate_type_name(u);
	if (*u->p == '$' && u->p[1] != '$') {
		u->p++;
		return value_argument(u);
	}
	t = undecorate_type(u);
	text = undecorate_plain(u, t);
	/* Microsoft's text leaves room for the name that does not come. */
	if (t.shape == SHAPE_PLAIN && t.qualified)
		text = undecorate_text(u, "%s ", text);
	return text;
}

const char *undecorate_template_args(struct undecorator *u)
{
	const char *text = "";
	bool first = true;

	while (!u->failed && !take(u, '@')) {
		const char *arg = template_arg(u);

		if (!arg)
			continue;
		text = undecorate_text(u, "%s%s%s", text, first ? "" : ",", arg);
		first = false;
	}
	if (*text && text[strlen(text) - 1] == '>')
		return undecorate_text(u, "<%s >", text);
	return undecorate_text(u, "<%s>", text);
}
