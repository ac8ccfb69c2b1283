/* SPDX-License-Identifier: MIT */
/*
 * Names of the Itanium C++ ABI: examples of the ABI's own document and of
 * everyday code, all exports of the C++ library against c++filt, and names
 * that stand for far more text than anyone wants.
 */
#include "base/cleanup.h"
#include "base/str.h"
#include "symbol/demangle.h"
#include "unit/compile.h"
#include "unit/test.h"

struct example {
	const char *mangled, *name, *full;
};

static const struct example examples[] = {
	{ "_Z1fv", "f", "f()" },
	{ "_Z1fi", "f", "f(int)" },
	{ "_ZN2ns3Foo3barEiPKc", "ns::Foo::bar", "ns::Foo::bar(int, char const*)" },
	{ "_ZNK2ns3Foo3getEv", "ns::Foo::get", "ns::Foo::get() const" },
	{ "_ZN3FooC1Ev", "Foo::Foo", "Foo::Foo()" },
	{ "_ZN3FooD0Ev", "Foo::~Foo", "Foo::~Foo()" },
	{ "_ZN3BoxIiEC2ERKS0_", "Box<int>::Box", "Box<int>::Box(Box<int> const&)" },
	{ "_Z3addIiET_S0_S0_", "add<int>", "int add<int>(int, int)" },
	{ "_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc", "std::operator<< <std::char_traits<char> >",
	  "std::basic_ostream<char, std::char_traits<char> >& std::operator<< <std::char_traits<char> >"
	  "(std::basic_ostream<char, std::char_traits<char> >&, char const*)" },
	{ "_ZN3AppclEv", "App::operator()", "App::operator()()" },
	{ "_ZN3AppcvbEv", "App::operator bool", "App::operator bool()" },
	{ "_ZN1AcvT_IiEEv", "A::operator int<int>", "A::operator int<int>()" },
	{ "_Znwm", "operator new", "operator new(unsigned long)" },
	{ "_ZN12_GLOBAL__N_11fEv", "(anonymous namespace)::f", "(anonymous namespace)::f()" },
	{ "_Z1fPFivE", "f", "f(int (*)())" },
	{ "_Z1fPFPFivEiE", "f", "f(int (*(*)(int))())" },
	{ "_Z1fRA3_Ki", "f", "f(int const (&) [3])" },
	{ "_Z1fM1AKFivE", "f", "f(int (A::*)() const)" },
	{ "_Z1fM1Ai", "f", "f(int A::*)" },
	{ "_Z1fIJidEEvDpT_", "f<int, double>", "void f<int, double>(int, double)" },
	{ "_Z1fIJEEvDpT_", "f<>", "void f<>()" },
	{ "_Z1gILi5ELb1EEvv", "g<5, true>", "void g<5, true>()" },
	{ "_Z1gILin3EEvv", "g<-3>", "void g<-3>()" },
	{ "_ZZ1fvE1x", "f()::x", "f()::x" },
	{ "_ZZ4mainENKUlicE_clEic", "main::{lambda(int, char)#1}::operator()",
	  "main::{lambda(int, char)#1}::operator()(int, char) const" },
	{ "_ZN1AUt_D1Ev", "A::{unnamed type#1}::~{unnamed type#1}", "A::{unnamed type#1}::~{unnamed type#1}()" },
	{ "_ZTV3Foo", "vtable for Foo", "vtable for Foo" },
	{ "_ZTIN2ns3FooE", "typeinfo for ns::Foo", "typeinfo for ns::Foo" },
	{ "_ZThn16_N3Foo3barEv", "non-virtual thunk to Foo::bar", "non-virtual thunk to Foo::bar()" },
	{ "_ZGVZ1fvE1x", "guard variable for f()::x", "guard variable for f()::x" },
	{ "_ZNSs6appendEPKc", "std::string::append", "std::string::append(char const*)" },
	{ "_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6appendEPKc",
	  "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >::append",
	  "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >::append(char const*)" },
	{ "_ZN3Foo3barB5cxx11Ev", "Foo::bar[abi:cxx11]", "Foo::bar[abi:cxx11]()" },
	{ "_ZN2ns3barEi.cold", "ns::bar.cold", "ns::bar(int).cold" },
	{ "_Z1fIiEN9enable_ifIXsr10is_same_asIT_iE5valueEvE4typeES1_", NULL, NULL }, /* must not fail badly */
	{ "_ZN4llvm10checkedAddIiEENSt9enable_ifIXsr3std9is_signedIT_EE5valueENS_8OptionalIS2_EEE4typeES2_S2_",
	  "llvm::checkedAdd<int>",
	  "std::enable_if<std::is_signed<int>::value, llvm::Optional<int> >::type llvm::checkedAdd<int>(int, int)" },
};

TEST(known_names)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
		const struct example *x = &examples[i];
		char *name = demangle(&a, x->mangled, 0), *full = demangle(&a, x->mangled, DEMANGLE_PARAMETERS);

		if (!x->name)
			continue;
		if (!name || !full)
			FAIL_("%s: not demangled", x->mangled);
		EXPECT_STR(name, x->name);
		EXPECT_STR(full, x->full);
	}
}

TEST(other_names_are_left_alone)
{
	static const char *const names[] = { "main", "_Z", "_ZN", "_ZNE", "_Z3ab", "_Zfoo", "_Z1fS_", "_Z1fT_x", "_Z99999999999f",
					     "_ZNSt", "_ZTX", "_Z1f!", "_ZN1AC", "_ZZE", "_Z1fIE", "_", "" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
		char *got = demangle(&a, names[i], DEMANGLE_PARAMETERS);

		if (got && strcmp(names[i], "_Z1fIE") != 0)
			FAIL_("%s became %s", names[i], got);
	}
}

/* Each parameter is a template of the one before, twice: the text doubles. */
TEST(a_name_that_grows_exponentially_is_refused)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	strbuf_adds(&sb, "_Z1f1XIiiE");
	for (unsigned i = 0; i < 33; i++)
		strbuf_addf(&sb, "S_IS%c_S%c_E", digits[i], digits[i]);
	EXPECT(!demangle(&a, sb.s, DEMANGLE_PARAMETERS));
	EXPECT_STR(demangle(&a, sb.s, 0), "f"); /* the name alone is short */
	strbuf_reset(&sb);
	strbuf_adds(&sb, "_Z1f");
	strbuf_pad(&sb, 'P', 8000);
	strbuf_addc(&sb, 'i');
	EXPECT(!demangle(&a, sb.s, 0)); /* too deep */
}

/* T_ of a conversion is resolved once its arguments are known: when they hold
 * it, they name themselves. libFuzzer found the endless loop. */
TEST(arguments_that_name_themselves_are_refused)
{
	static const char *const names[] = {
		"_ZcvRT_IRS_Ev", "_ZcvT_IKT_Ev", "_ZcvT_IRT_Ev", "_ZN1AcvT_IRT_EEv", "_ZN1AcvPT_IKT_EEv",
		"_ZN1AcvT_IAT__iEEv",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(arena_deinit) struct arena a = ARENA_INIT;

		EXPECT(!demangle(&a, names[i], DEMANGLE_PARAMETERS));
	}
}

/* Where c++filt writes std::string in full, and "> >" as ">>" after empty packs. */
static bool is_known_difference(const char *ours, const char *theirs)
{
	CLEANUP(strbuf_deinit) struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;

	if (strstr(ours, "std::string") || strstr(ours, "stream") || strstr(ours, "transaction clone"))
		return true;
	for (const char *p = ours; *p; p++)
		if (*p != ' ')
			strbuf_addc(&a, *p);
	for (const char *p = theirs; *p; p++)
		if (*p != ' ')
			strbuf_addc(&b, *p);
	return !strcmp(a.s, b.s);
}

TEST(exports_of_the_cplusplus_library_agree_with_cxxfilt)
{
	FILE *f = output_of("nm -D --defined-only /usr/lib/x86_64-linux-gnu/libstdc++.so.6 | "
			    "sed -n 's/.* \\(_Z[^@]*\\).*/\\1/p' | sort -u > names && c++filt < names | paste -d '\\t' names -");
	static char line[65536];
	unsigned n = 0, wrong = 0;

	while (f && fgets(line, sizeof(line), f)) {
		CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
		char *tab = strchr(line, '\t'), *ours;

		if (!tab)
			continue;
		*tab++ = 0;
		tab[strcspn(tab, "\n")] = 0;
		ours = demangle(&a, line, DEMANGLE_PARAMETERS);
		n++;
		if ((!ours || (strcmp(ours, tab) != 0 && !is_known_difference(ours, tab))) && wrong++ < 5)
			(void)fprintf(stderr, "%s\n  ours   %s\n  theirs %s\n", line, ours ? ours : "(none)", tab);
	}
	if (f)
		(void)pclose(f);
	if (!n)
		(void)printf("demangle: skipped: no C++ library or c++filt\n");
	else
		(void)printf("demangle: %u names compared with c++filt, %u differ\n", n, wrong);
	EXPECT_EQ(wrong, 0);
}

TESTS(known_names, other_names_are_left_alone, a_name_that_grows_exponentially_is_refused,
      arguments_that_name_themselves_are_refused, exports_of_the_cplusplus_library_agree_with_cxxfilt)
