// SPDX-License-Identifier: MIT
// An exception that nobody catches.
#include <stdexcept>

static __attribute__((noinline)) void find_order(int n)
{
	if (n != 7)
		throw std::runtime_error("no such order");
}

int main(int argc, char **)
{
	find_order(argc);
	return 0;
}
