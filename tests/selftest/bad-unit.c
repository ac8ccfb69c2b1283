/* SPDX-License-Identifier: MIT */
/* One of two tests fails on purpose: the self-test of the runner must see it. */
#include "test.h"

TEST(one_is_one)
{
	EXPECT_EQ(1, 1);
}

TEST(one_is_two)
{
	EXPECT_EQ(1, 2);
}

TESTS(one_is_one, one_is_two)
