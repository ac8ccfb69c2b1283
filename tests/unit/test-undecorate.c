/* SPDX-License-Identifier: MIT */
#include "symbol/undecorate.h"
#include "unit/test.h"

struct row {
	const char *decorated, *name, *complete;
};

static const struct row rows[] = {
	{ "?f@@YAHPEBDZZ", "f", "int __cdecl f(char const *,...)" },
	{ "?f@C@ns@@QEAAXH@Z", "ns::C::f", "public: void __cdecl ns::C::f(int)" },
	{ "?f@C@@UEBA?AVD@@AEBV2@@Z", "C::f", "public: virtual class D __cdecl C::f(class D const &) const" },
	{ "??0C@ns@@QEAA@XZ", "ns::C::C", "public: __cdecl ns::C::C(void)" },
	{ "??1C@ns@@UEAA@XZ", "ns::C::~C", "public: virtual __cdecl ns::C::~C(void)" },
	{ "??_GC@@UEAAPEAXI@Z", "C::`scalar deleting destructor'",
	  "public: virtual void * __cdecl C::`scalar deleting destructor'(unsigned int)" },
	{ "??HC@@QEAA?AV0@AEBV0@@Z", "C::operator+", "public: class C __cdecl C::operator+(class C const &)" },
	{ "??BC@@QEBAPEBDXZ", "C::operator char const *", "public: __cdecl C::operator char const *(void) const" },
	{ "??_UC@@SAPEAX_K@Z", "C::operator new[]",
	  "public: static void * __cdecl C::operator new[](unsigned __int64)" },
	{ "??_7C@@6B@", "C::`vftable'", "const C::`vftable'" },
	{ "??_7C@@6BA@@@", "C::`vftable'", "const C::`vftable'{for `A'}" },
	{ "??_R0?AVC@@@8", "C `RTTI Type Descriptor'", "class C `RTTI Type Descriptor'" },
	{ "??_R1A@?0A@EA@C@@8", "C::`RTTI Base Class Descriptor at (0,-1,0,64)'",
	  "C::`RTTI Base Class Descriptor at (0,-1,0,64)'" },
	{ "??_R4C@@6B@", "C::`RTTI Complete Object Locator'", "const C::`RTTI Complete Object Locator'" },
	{ "??_C@_02ABCDEFGH@hi?$AA@", "`string'", "`string'" },
	{ "?x@?1??g@@YAXXZ@4HA", "`g'::`2'::x", "int `void __cdecl g(void)'::`2'::x" },
	{ "?x@?A0x1234@@3HB", "`anonymous namespace'::x", "int const `anonymous namespace'::x" },
	{ "?s@C@@2HA", "C::s", "public: static int C::s" },
	{ "??__Ex@@YAXXZ", "`dynamic initializer for 'x''", "void __cdecl `dynamic initializer for 'x''(void)" },
	{ "??__F?s@C@@2VD@@A@@YAXXZ", "`dynamic atexit destructor for 'C::s''",
	  "void __cdecl `dynamic atexit destructor for 'public: static class D C::s''(void)" },
	{ "??_B?1??g@@YAXXZ@51", "`g'::`2'::`local static guard'{2}",
	  "`void __cdecl g(void)'::`2'::`local static guard'{2}" },
	{ "?f@C@@W7EAAXXZ", "[thunk]:C::f`adjustor{8}'",
	  "[thunk]: public: virtual void __cdecl C::f`adjustor{8}'(void)" },
	{ "?f@C@@$4PPPPPPPM@A@EAAXXZ", "[thunk]:C::f`vtordisp{-4,0}'",
	  "[thunk]: public: virtual void __cdecl C::f`vtordisp{-4,0}'(void)" },
	/* templates: arguments, back references of their own, "> >" */
	{ "?push@?$vec@HV?$alloc@H@ns@@@ns@@QEAAXAEBH@Z", "ns::vec<int,ns::alloc<int> >::push",
	  "public: void __cdecl ns::vec<int,class ns::alloc<int> >::push(int const &)" },
	{ "??0?$vec@H@ns@@QEAA@XZ", "ns::vec<int>::vec<int>", "public: __cdecl ns::vec<int>::vec<int>(void)" },
	{ "??$get@$0?BA@W4E@@@@YAHXZ", "get<-16,enum E>", "int __cdecl get<-16,enum E>(void)" },
	{ "??$f@$$CBH@@YAXXZ", "f<int const >", "void __cdecl f<int const >(void)" },
	{ "??$f@$$V@@YAXXZ", "f<>", "void __cdecl f<>(void)" },
	{ "??$call@P6AHN@Z@@YAXP6AHN@Z@Z", "call<int (__cdecl*)(double)>",
	  "void __cdecl call<int (__cdecl*)(double)>(int (__cdecl*)(double))" },
	{ "??$call@$$A6AHN@Z@@YAXXZ", "call<int __cdecl(double)>", "void __cdecl call<int __cdecl(double)>(void)" },
	{ "??$f@PAP6AXXZ@@YAXXZ", "f<void (__cdecl**)(void)>", "void __cdecl f<void (__cdecl**)(void)>(void)" },
	{ "?m@@3P8C@@EAAHD@ZEQ1@", "m", "int (__cdecl C::* m)(char)" },
	{ "?a@@3PAY01HA", "a", "int (* a)[2]" },
	{ "?g@@YAX$$QEAH_W_J_N@Z", "g", "void __cdecl g(int &&,wchar_t,__int64,bool)" },
	{ "?h@@YAHPEADV?$p@HH@@01@Z", "h", "int __cdecl h(char *,class p<int,int>,char *,class p<int,int>)" },
};

TEST(names_and_complete_forms)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strbuf sb = STRBUF_INIT;

		EXPECT(undecorate(rows[i].decorated, UNDECORATE_NAME_ONLY, &sb));
		EXPECT_STR(sb.s, rows[i].name);
		strbuf_reset(&sb);
		EXPECT(undecorate(rows[i].decorated, UNDECORATE_COMPLETE, &sb));
		EXPECT_STR(sb.s, rows[i].complete);
		strbuf_deinit(&sb);
	}
}

TEST(what_is_not_decorated_is_refused)
{
	static const char *const names[] = { "", "main", "_main@8", "?", "??", "???", "?@@", "??_", "??$", "?f",
					     "?f@", "??@0123456789abcdef0123456789abcdef@", "?f@9@@YAXXZ" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct strbuf sb = STRBUF_INIT;

		EXPECT(!undecorate(names[i], UNDECORATE_COMPLETE, &sb));
		EXPECT_EQ(sb.len, 0);
		strbuf_deinit(&sb);
	}
}

TEST(a_name_is_told_though_its_type_is_not_understood)
{
	struct strbuf sb = STRBUF_INIT;

	EXPECT(undecorate("?f@C@@QEAA_ZZZ", UNDECORATE_NAME_ONLY, &sb));
	EXPECT_STR(sb.s, "C::f");
	EXPECT(!undecorate("?f@C@@QEAA_ZZZ", UNDECORATE_COMPLETE, &sb));
	EXPECT_STR(sb.s, "C::f");
	strbuf_deinit(&sb);
}

/* Back references to templates of back references double with every level. */
TEST(short_names_cannot_become_endless)
{
	struct strbuf name = STRBUF_INIT, sb = STRBUF_INIT;

	strbuf_adds(&name, "?f@@YAX");
	for (int i = 0; i < 9; i++)
		strbuf_addf(&name, "V?$t%d@V?$u@V?$v@V?$w@PEAPEAPEAH@@@@@@@@", i);
	for (int i = 0; i < 40; i++)
		strbuf_adds(&name, "P6AX");
	EXPECT(!undecorate(name.s, UNDECORATE_COMPLETE, &sb));
	strbuf_reset(&name);
	strbuf_adds(&name, "?f@@YAX");
	for (int i = 0; i < 1000; i++)
		strbuf_adds(&name, "PEA");
	EXPECT(!undecorate(name.s, UNDECORATE_COMPLETE, &sb));
	strbuf_deinit(&name);
	strbuf_deinit(&sb);
}

TESTS(names_and_complete_forms, what_is_not_decorated_is_refused,
      a_name_is_told_though_its_type_is_not_understood, short_names_cannot_become_endless)
