/* SPDX-License-Identifier: MIT */
/*
 * Demangling through __cxa_demangle of the C++ ABI support library (libsupc++,
 * GCC Runtime Library Exception), the one place that uses it. It bounds its
 * own recursion; the length of what it is given and of what it gives is
 * bounded here.
 *
 * It prints whole declarations: "int ns::f<int>(char) const [clone .cold]".
 * For display the name alone is cut out of that.
 */
#include "symbol/demangle.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_MANGLED = 8192, MAX_DEMANGLED = 1 << 16 };

/* From <cxxabi.h>, which only C++ can include. */
char *__cxa_demangle(const char *mangled, char *buf, size_t *n, int *status);

/* Index of the bracket that opens what s[close] closes, or close. */
static size_t opening(const char *s, size_t close)
{
	int depth = 0;

	for (size_t i = close + 1; i-- > 0;) {
		if (s[i] == ')')
			depth++;
		else if (s[i] == '(' && --depth == 0)
			return i;
	}
	return close;
}

/* Length without "[clone ...]" and what stands behind the parameter list. */
static size_t without_suffix(const char *s, size_t n)
{
	static const char *const tails[] = { " const", " volatile", " &", " &&", " noexcept" };
	bool again = true;

	while (again && n) {
		again = false;
		if (s[n - 1] == ']') {
			const char *clone = NULL;

			for (const char *p = s; (p = strstr(p, " [")) && p < s + n; p++)
				clone = p;
			if (clone) {
				n = (size_t)(clone - s);
				again = true;
			}
		}
		for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
			size_t len = strlen(tails[i]);

			if (n > len && !memcmp(s + n - len, tails[i], len)) {
				n -= len;
				again = true;
			}
		}
	}
	return n;
}

/* Where the name begins: behind the last blank outside of brackets; but the
 * blanks after "operator" belong to the name ("operator new", "operator int"). */
static size_t name_start(const char *s, size_t n)
{
	size_t start = 0;
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (!depth && !strncmp(s + i, "operator", 8) && (i == 0 || s[i - 1] == ':' || s[i - 1] == ' ') &&
		    !strchr("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", s[i + 8]))
			return start;
		if (strchr("<([{", s[i]))
			depth++;
		else if (strchr(">)]}", s[i]) && depth)
			depth--;
		else if (s[i] == ' ' && !depth)
			start = i + 1;
	}
	return start;
}

/* "guard variable for x", "vtable for x": the words belong to the name. */
static bool is_special(const char *s)
{
	static const char *const words[] = {
		"vtable for ", "VTT for ", "typeinfo ", "guard variable for ", "construction vtable for ",
		"non-virtual thunk to ", "virtual thunk to ", "covariant return thunk to ", "TLS init function for ",
		"TLS wrapper function for ", "reference temporary ", "transaction clone for ",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strncmp(s, words[i], strlen(words[i])))
			return true;
	return false;
}

static char *name_only(struct arena *a, const char *s)
{
	size_t n = without_suffix(s, strlen(s)), start = 0, open;

	if (n && s[n - 1] == ')') {
		open = opening(s, n - 1);
		if (open && open != n - 1 && s[open - 1] != ':' && s[open - 1] != '(')
			n = open;
	}
	if (!is_special(s))
		start = name_start(s, n);
	if (start >= n)
		return arena_strdup(a, s);
	return arena_strndup(a, s + start, n - start);
}

char *demangle(struct arena *a, const char *name, unsigned flags)
{
	int status = 0;
	char *full, *made = NULL;

	if (!is_mangled(name) || strnlen(name, MAX_MANGLED) == MAX_MANGLED)
		return NULL;
	if (name[1] == '_') /* Mach-O's extra underscore */
		name++;
	full = __cxa_demangle(name, NULL, NULL, &status);
	if (full && !status && strnlen(full, MAX_DEMANGLED) < MAX_DEMANGLED)
		made = flags & DEMANGLE_PARAMETERS ? arena_strdup(a, full) : name_only(a, full);
	free(full);
	return made;
}
