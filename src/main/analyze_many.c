/* SPDX-License-Identifier: MIT */
#include "main/main.h"
int analyze_many(const struct settings *s)
{
	terminal_error("not yet");
	return EXIT_FAILED;
}
