/* SPDX-License-Identifier: MIT */
/* Passes: the self-test of the runner compiles it. */
#include "test.h"

TEST(one_is_one)
{
	EXPECT_EQ(1, 1);
}

TESTS(one_is_one)
