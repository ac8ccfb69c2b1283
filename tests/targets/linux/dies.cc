/* SPDX-License-Identifier: MIT */
/* Dies in the way that the first argument says. */
#include <cassert>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>

std::string tagged = "its symbol carries an ABI tag";
namespace shapes {
namespace {
struct point {
	int x, y;
	static int count;
};
int point::count = 7;
}
}
shapes::point corner = { 3, 4 };
static int words[] = { 1, 2, 3 };
thread_local int per_thread = 5;

static void handler(int)
{
	abort();
}

static int recurse(volatile char *above)
{
	volatile char here[512];

	here[0] = above ? above[0] : 1;
	return recurse(here) + here[0];
}

static void write_to(volatile int *p)
{
	const char where[] = "in a lambda";
	auto store = [p, &where](int value) {
		*p = value + where[0];
	};

	store(shapes::point::count);
}

int main(int argc, char **argv)
{
	typedef struct {
		int first, second;
	} unnamed;
	volatile unnamed nameless = { 1, 2 };
	std::string how = argc > 1 ? argv[1] : "null";
	void *page = mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (how == "assert")
		assert(how.empty() && "nothing is well");
	if (how == "free") {
		void *volatile p = malloc(10);

		free(p);
		free(p);
	}
	if (how == "overflow")
		return recurse(nullptr);
	if (how == "jump")
		reinterpret_cast<void (*)()>(reinterpret_cast<char *>(words) - reinterpret_cast<char *>(words))();
	if (how == "wild")
		write_to(reinterpret_cast<int *>(0x8000414141414141));
	if (how == "readonly")
		write_to(static_cast<int *>(page));
	if (how == "handler")
		(void)signal(SIGSEGV, handler);
	write_to(reinterpret_cast<int *>(8));
	return nameless.first;
}
