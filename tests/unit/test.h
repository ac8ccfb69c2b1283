/* SPDX-License-Identifier: MIT */
/*
 * The unit-test harness.
 *
 *	TEST(cursor_stops_at_the_end) { ... EXPECT_EQ(cursor_u8(&c), 0); }
 *	TESTS(cursor_stops_at_the_end, ...)
 *
 * TESTS lists the tests and defines main, which prints "N passed, N failed"
 * and exits 1 when any failed or none ran. A failed EXPECT ends its test.
 */
#ifndef OSM_TEST_H
#define OSM_TEST_H

#include "base/err.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
};

static int test_failures; /* in the running test */

#define TEST(name) static void test_##name(void)

#define FAIL_(...)                                                             \
	do {                                                                   \
		(void)fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);          \
		(void)fprintf(stderr, __VA_ARGS__);                            \
		(void)fputc('\n', stderr);                                     \
		test_failures++;                                               \
		return;                                                        \
	} while (0)

#define EXPECT(cond)                                                           \
	do {                                                                   \
		if (!(cond))                                                   \
			FAIL_("expected: %s", #cond);                          \
	} while (0)

#define EXPECT_EQ(a, b)                                                        \
	do {                                                                   \
		uint64_t a_ = (uint64_t)(a), b_ = (uint64_t)(b);               \
		if (a_ != b_)                                                  \
			FAIL_("%s is 0x%" PRIx64 ", expected 0x%" PRIx64, #a, a_, b_); \
	} while (0)

#define EXPECT_STR(a, b)                                                       \
	do {                                                                   \
		const char *a_ = (a), *b_ = (b);                               \
		if (!a_ || strcmp(a_, b_) != 0)                                \
			FAIL_("%s is \"%s\", expected \"%s\"", #a, a_ ? a_ : "(null)", b_); \
	} while (0)

/* The call must succeed. */
#define EXPECT_OK(call)                                                        \
	do {                                                                   \
		struct err *e_ = (call);                                       \
		if (e_) {                                                      \
			(void)fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, \
				      err_message(e_));                        \
			err_free(e_);                                          \
			test_failures++;                                       \
			return;                                                \
		}                                                              \
	} while (0)

/* The call must fail with this code. */
#define EXPECT_ERR(call, want)                                                 \
	do {                                                                   \
		struct err *e_ = (call);                                       \
		enum err_code c_ = e_ ? err_code(e_) : (enum err_code)0;       \
		err_free(e_);                                                  \
		if (c_ != (want))                                              \
			FAIL_("%s: %s, expected %s", #call,                    \
			      c_ ? err_code_name(c_) : "success", err_code_name(want)); \
	} while (0)

static inline int test_main(const struct test *tests, size_t n)
{
	size_t failed = 0;

	for (size_t i = 0; i < n; i++) {
		test_failures = 0;
		tests[i].run();
		if (test_failures) {
			failed++;
			(void)fprintf(stderr, "FAIL %s\n", tests[i].name);
		}
	}
	(void)printf("%zu passed, %zu failed\n", n - failed, failed);
	return failed || !n ? 1 : 0;
}

#define TEST_ROW_(name) { #name, test_##name },
#define TESTS(...)                                                             \
	int main(void)                                                         \
	{                                                                      \
		static const struct test tests[] = { TEST_EACH_(__VA_ARGS__) }; \
		return test_main(tests, sizeof(tests) / sizeof(tests[0]));     \
	}

/* Applies TEST_ROW_ to each name (up to 256). */
#define TE_PARENS_ ()
#define TE_EXPAND_(...) TE_E3_(TE_E3_(TE_E3_(TE_E3_(__VA_ARGS__))))
#define TE_E3_(...) TE_E2_(TE_E2_(TE_E2_(TE_E2_(__VA_ARGS__))))
#define TE_E2_(...) TE_E1_(TE_E1_(TE_E1_(TE_E1_(__VA_ARGS__))))
#define TE_E1_(...) __VA_ARGS__
#define TEST_EACH_(...) __VA_OPT__(TE_EXPAND_(TE_HELP_(__VA_ARGS__)))
#define TE_HELP_(a, ...) TEST_ROW_(a) __VA_OPT__(TE_AGAIN_ TE_PARENS_(__VA_ARGS__))
#define TE_AGAIN_() TE_HELP_

#endif
