/* SPDX-License-Identifier: MIT */
/*
 * Writing the tree as C++, in the manner of binutils ("char const*",
 * "A<B<int> >", "int (*)(char)"). A declarator is written in two halves: what
 * stands left of the name, and what stands right of it.
 */
#include "symbol/demangle_impl.h"

#include <stdio.h>
#include <string.h>

struct out {
	char *buf;
	size_t n, size;
	unsigned steps, depth;
	long pack;		/* which element of packs is written; -1: all */
	bool full;		/* functions with parameters and return types */
	bool failed;
};

static void node(struct out *o, const struct dm_node *n);
static void left_half(struct out *o, const struct dm_node *n);
static void right_half(struct out *o, const struct dm_node *n);

static void add(struct out *o, const char *s, size_t n)
{
	if (o->failed || n >= o->size - o->n) {
		o->failed = true;
		return;
	}
	memcpy(o->buf + o->n, s, n);
	o->n += n;
}

static void adds(struct out *o, const char *s)
{
	add(o, s, strlen(s));
}

static char last(const struct out *o)
{
	return o->n ? o->buf[o->n - 1] : 0;
}

/* Whoever follows a pointer of the graph pays here: the bound on all work.
 * (Arguments that name themselves, "cv T_ I K T_ E", even make cycles.) */
static bool step(struct out *o)
{
	if (!o->failed && ++o->steps > DM_MAX_STEPS)
		o->failed = true;
	return !o->failed;
}

/* Every call of a printing function passes here: the bound on depth. */
static bool enter(struct out *o, const struct dm_node *n)
{
	if (!n || o->depth >= 2 * DM_MAX_DEPTH)
		o->failed = true;
	if (!step(o))
		return false;
	o->depth++;
	return true;
}

/* A template parameter stands for its argument; of a pack, for the element
 * that is being written. *pack: for what is inside, where packs are whole again. */
static const struct dm_node *resolve(struct out *o, const struct dm_node *n, long *pack)
{
	while (n && step(o)) {
		if (n->kind == DM_PARAM && n->left) {
			n = n->left;
		} else if (n->kind == DM_PACK && *pack >= 0 && (size_t)*pack < n->n_list) {
			n = n->list[*pack];
			*pack = -1;
		} else {
			break;
		}
	}
	return n;
}

static const struct dm_node *peek(struct out *o, const struct dm_node *n)
{
	long pack = o->pack;

	return resolve(o, n, &pack);
}

/* --- lists and packs ------------------------------------------------------------------- */

static void list_items(struct out *o, const struct dm_node *list)
{
	size_t begin = o->n;

	for (size_t i = 0; list && i < list->n_list && !o->failed; i++) {
		size_t before = o->n, start;

		if (o->n != begin)
			adds(o, ", ");
		start = o->n;
		node(o, list->list[i]);
		if (o->n == start)
			o->n = before; /* an empty pack: no comma either */
	}
}

/* The first pack that a pattern holds; steps bound the search. */
static const struct dm_node *find_pack(struct out *o, const struct dm_node *n, unsigned depth)
{
	const struct dm_node *found = NULL;

	if (!n || depth > DM_MAX_DEPTH || !step(o))
		return NULL;
	if (n->kind == DM_PACK)
		return n;
	if (n->kind == DM_EXPANSION)
		return NULL; /* has its own */
	found = find_pack(o, n->left, depth + 1);
	if (!found)
		found = find_pack(o, n->right, depth + 1);
	if (!found)
		found = find_pack(o, n->extra, depth + 1);
	for (size_t i = 0; !found && n->kind == DM_LIST && i < n->n_list; i++)
		found = find_pack(o, n->list[i], depth + 1);
	return found;
}

static void expansion(struct out *o, const struct dm_node *n)
{
	const struct dm_node *pack = find_pack(o, n->left, 0);
	long before = o->pack;
	size_t start = o->n;

	if (!pack) {
		node(o, n->left);
		adds(o, "...");
		return;
	}
	for (size_t i = 0; i < pack->n_list && !o->failed; i++) {
		if (o->n != start)
			adds(o, ", ");
		o->pack = (long)i;
		node(o, n->left);
	}
	o->pack = before;
}

/* --- names ----------------------------------------------------------------------------------- */

static void template_args(struct out *o, const struct dm_node *list)
{
	if (last(o) == '<')
		adds(o, " ");
	adds(o, "<");
	if (list && list->kind == DM_TEXT)
		add(o, list->text, list->len);
	else
		list_items(o, list);
	if (last(o) == '>')
		adds(o, " ");
	adds(o, ">");
}

/* The class's own name, for constructors. */
static void base_name(struct out *o, const struct dm_node *n)
{
	while ((n = peek(o, n)) && !o->failed) {
		switch (n->kind) {
		case DM_NESTED: n = n->right; continue;
		case DM_LOCAL: n = n->right; continue;
		case DM_TEMPLATE: case DM_TAGGED: n = n->left; continue;
		default: break;
		}
		node(o, n);
		return;
	}
	o->failed = true;
}

static void parameters(struct out *o, const struct dm_node *list)
{
	adds(o, "(");
	list_items(o, list);
	adds(o, ")");
}

static void lambda(struct out *o, const struct dm_node *n)
{
	char number[24];

	adds(o, n->right ? "{lambda" : "{unnamed type");
	if (n->right)
		parameters(o, n->right);
	(void)snprintf(number, sizeof(number), "#%u}", n->number + 1);
	adds(o, number);
}

/* A function as the scope of what is inside: without return type. */
static void local_scope(struct out *o, const struct dm_node *n)
{
	if (n->kind != DM_ENCODING) {
		node(o, n);
		return;
	}
	node(o, n->left);
	if (n->right) {
		parameters(o, n->right);
		add(o, n->text, n->len);
	}
}

static bool name_node(struct out *o, const struct dm_node *n)
{
	switch (n->kind) {
	case DM_TEXT: add(o, n->text, n->len); break;
	case DM_NESTED:
		node(o, n->left);
		adds(o, "::");
		node(o, n->right);
		break;
	case DM_TEMPLATE:
		node(o, n->left);
		template_args(o, n->right);
		break;
	case DM_CTOR: base_name(o, n->left); break;
	case DM_DTOR:
		adds(o, "~");
		base_name(o, n->left);
		break;
	case DM_OPERATOR:
		adds(o, "operator");
		add(o, n->text, n->len);
		break;
	case DM_CONVERSION:
		adds(o, "operator ");
		node(o, n->left);
		break;
	case DM_TAGGED:
		node(o, n->left);
		adds(o, "[abi:");
		add(o, n->text, n->len);
		adds(o, "]");
		break;
	case DM_LOCAL:
		local_scope(o, n->left);
		adds(o, "::");
		node(o, n->right);
		break;
	case DM_LAMBDA: lambda(o, n); break;
	case DM_SPECIAL:
		add(o, n->text, n->len);
		if (n->left->kind == DM_ENCODING && !o->full)
			node(o, n->left->left);
		else
			node(o, n->left);
		if (n->right) {
			adds(o, "-in-");
			node(o, n->right);
		}
		break;
	default: return false;
	}
	return true;
}

/* --- expressions --------------------------------------------------------------------------------- */

static void operand(struct out *o, const struct dm_node *n)
{
	if (!n || n->is_simple) {
		node(o, n);
		return;
	}
	adds(o, "(");
	node(o, n);
	adds(o, ")");
}

static void literal(struct out *o, const struct dm_node *n)
{
	static const char *const suffixes[][2] = {
		{ "int", "" }, { "unsigned int", "u" }, { "long", "l" }, { "unsigned long", "ul" },
		{ "long long", "ll" }, { "unsigned long long", "ull" },
	};
	const struct dm_node *type = n->left;
	bool negative = n->len && n->text[0] == 'n';
	const char *suffix = NULL;

	if (type->kind == DM_TEXT && type->len == 4 && !memcmp(type->text, "bool", 4) && n->len == 1) {
		adds(o, n->text[0] == '0' ? "false" : "true");
		return;
	}
	for (size_t i = 0; type->kind == DM_TEXT && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (type->len == strlen(suffixes[i][0]) && !memcmp(type->text, suffixes[i][0], type->len))
			suffix = suffixes[i][1];
	if (!suffix) {
		adds(o, "(");
		node(o, type);
		adds(o, ")");
	}
	if (negative)
		adds(o, "-");
	add(o, n->text + negative, n->len - negative);
	if (suffix)
		adds(o, suffix);
}

static void binary(struct out *o, const struct dm_node *n)
{
	bool is_index = n->len == 2 && !memcmp(n->text, "[]", 2), angle = n->len == 1 && n->text[0] == '>';

	if (angle)
		adds(o, "("); /* else it would end the template's arguments */
	operand(o, n->left);
	if (is_index) {
		adds(o, "[");
		node(o, n->right);
		adds(o, "]");
	} else {
		add(o, n->text, n->len);
		operand(o, n->right);
	}
	if (angle)
		adds(o, ")");
}

static void cast_node(struct out *o, const struct dm_node *n)
{
	if (n->len) {
		add(o, n->text, n->len);
		adds(o, "<");
		node(o, n->left);
		adds(o, ">");
	} else {
		adds(o, "(");
		node(o, n->left);
		adds(o, ")");
	}
	adds(o, "(");
	node(o, n->right);
	adds(o, ")");
}

static void expression(struct out *o, const struct dm_node *n)
{
	switch (n->kind) {
	case DM_LITERAL: literal(o, n); break;
	case DM_PREFIX:
		add(o, n->text, n->len);
		if (n->left->kind == DM_TEXT)
			node(o, n->left);
		else
			operand(o, n->left);
		break;
	case DM_POSTFIX:
		operand(o, n->left);
		add(o, n->text, n->len);
		break;
	case DM_BINARY: binary(o, n); break;
	case DM_TERNARY:
		operand(o, n->left);
		adds(o, "?");
		operand(o, n->right);
		adds(o, " : ");
		operand(o, n->extra);
		break;
	case DM_CALL:
		operand(o, n->left);
		parameters(o, n->right);
		break;
	case DM_BRACED:
		if (n->left)
			node(o, n->left);
		adds(o, "{");
		list_items(o, n->right);
		adds(o, "}");
		break;
	case DM_CAST: cast_node(o, n); break;
	case DM_WRAP:
		add(o, n->text, n->len);
		node(o, n->left);
		adds(o, n->text[0] == '[' ? "]" : ")");
		break;
	default: o->failed = true;
	}
}

/* --- types: two halves ------------------------------------------------------------------------------ */

static bool needs_brackets(struct out *o, const struct dm_node *n)
{
	n = peek(o, n);
	while (n && n->kind == DM_QUALIFIED && !o->failed)
		n = peek(o, n->left);
	return n && (n->kind == DM_ARRAY || n->kind == DM_FUNCTION);
}

/* "(" between what is pointed to and the star */
static void open_bracket(struct out *o, const struct dm_node *of)
{
	if (!needs_brackets(o, of))
		return;
	if (!strchr(" (*&", last(o)))
		adds(o, " ");
	adds(o, "(");
}

/* What a pointer points to; references to references collapse, through
 * template parameters. *len: of the text that is left. */
static const struct dm_node *pointee(struct out *o, const struct dm_node *n, long *pack, size_t *len)
{
	const struct dm_node *of = resolve(o, n->left, pack);

	*len = n->len;
	while (n->text[0] == '&' && of && of->kind == DM_POINTER && of->text[0] == '&' && !o->failed) {
		if (of->len < *len)
			*len = of->len;
		of = resolve(o, of->left, pack);
	}
	return of;
}

static void pointer_left(struct out *o, const struct dm_node *n)
{
	long before = o->pack;
	size_t len;
	const struct dm_node *of = pointee(o, n, &o->pack, &len);

	left_half(o, of);
	open_bracket(o, of);
	add(o, n->text, len);
	o->pack = before;
}

static void pointer_right(struct out *o, const struct dm_node *n)
{
	long before = o->pack;
	size_t len;
	const struct dm_node *of = pointee(o, n, &o->pack, &len);

	if (needs_brackets(o, of))
		adds(o, ")");
	right_half(o, of);
	o->pack = before;
}

/* Is the left half of a type "... (*", with the bracket open? */
static bool ends_in_bracket(struct out *o, const struct dm_node *n)
{
	n = peek(o, n);
	return n && ((n->kind == DM_POINTER && needs_brackets(o, n->left)) ||
		     (n->kind == DM_MEMBER && needs_brackets(o, n->right)));
}

/* const of an argument that is const already */
static bool is_repeated(struct out *o, const struct dm_node *n)
{
	const struct dm_node *of = peek(o, n->left);

	return of && of->kind == DM_QUALIFIED && of->len == n->len && !memcmp(of->text, n->text, n->len) && !n->right;
}

static void left_half(struct out *o, const struct dm_node *n)
{
	long before = o->pack;

	n = resolve(o, n, &o->pack);
	if (!enter(o, n))
		return;
	switch (n->kind) {
	case DM_QUALIFIED:
		left_half(o, n->left);
		if (!is_repeated(o, n))
			add(o, n->text, n->len);
		if (n->right)
			node(o, n->right);
		break;
	case DM_POINTER: pointer_left(o, n); break;
	case DM_MEMBER:
		left_half(o, n->right);
		open_bracket(o, n->right);
		if (!needs_brackets(o, n->right))
			adds(o, " ");
		node(o, n->left);
		adds(o, "::*");
		break;
	case DM_FUNCTION:
		left_half(o, n->left);
		if (!ends_in_bracket(o, n->left))
			adds(o, " ");
		break;
	case DM_ARRAY: left_half(o, n->left); break;
	default: node(o, n);
	}
	o->depth--;
	o->pack = before;
}

static void right_half(struct out *o, const struct dm_node *n)
{
	long before = o->pack;

	n = resolve(o, n, &o->pack);
	if (!enter(o, n))
		return;
	switch (n->kind) {
	case DM_QUALIFIED: right_half(o, n->left); break;
	case DM_POINTER: pointer_right(o, n); break;
	case DM_MEMBER:
		if (needs_brackets(o, n->right))
			adds(o, ")");
		right_half(o, n->right);
		break;
	case DM_FUNCTION:
		parameters(o, n->right);
		add(o, n->text, n->len);
		right_half(o, n->left);
		break;
	case DM_ARRAY:
		if (last(o) != ']')
			adds(o, " ");
		adds(o, "[");
		if (n->right)
			node(o, n->right);
		adds(o, "]");
		right_half(o, n->left);
		break;
	default: break;
	}
	o->depth--;
	o->pack = before;
}

static void encoding(struct out *o, const struct dm_node *n)
{
	if (n->extra) {
		left_half(o, n->extra);
		if (last(o) != ' ')
			adds(o, " ");
	}
	node(o, n->left);
	if (n->right) {
		parameters(o, n->right);
		add(o, n->text, n->len);
	}
	if (n->extra)
		right_half(o, n->extra);
}

static void node(struct out *o, const struct dm_node *n)
{
	long before = o->pack;
	char text[24];

	n = resolve(o, n, &o->pack);
	if (!enter(o, n))
		return;
	switch (n->kind) {
	case DM_QUALIFIED: case DM_POINTER: case DM_MEMBER: case DM_FUNCTION: case DM_ARRAY:
		left_half(o, n);
		right_half(o, n);
		break;
	case DM_LIST: case DM_PACK: list_items(o, n); break;
	case DM_EXPANSION: expansion(o, n); break;
	case DM_ENCODING: encoding(o, n); break;
	case DM_PARAM: /* of a generic lambda: its own */
		(void)snprintf(text, sizeof(text), "auto:%u", n->number + 1);
		adds(o, text);
		break;
	default:
		if (!name_node(o, n))
			expression(o, n);
	}
	o->depth--;
	o->pack = before;
}

bool dm_print(const struct dm_node *n, bool full, char *buf, size_t size)
{
	struct out o = { .buf = buf, .size = size, .pack = -1, .full = full };

	if (n->kind == DM_ENCODING && !full)
		node(&o, n->left);
	else
		node(&o, n);
	buf[o.n] = 0;
	return !o.failed;
}
