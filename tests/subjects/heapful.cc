// SPDX-License-Identifier: MIT
// A healthy program of C++ that lives in its heap: maps, strings, vectors, shared objects with virtual functions,
// filled, emptied in part and filled again, some 150 MB. Says "ready PID" and sleeps.
#include <cstdint>
#include <cstdio>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace {
struct account {
	virtual ~account() = default;
	virtual int rate() const { return 1; }
	std::string name;
	std::vector<int> moves;
};
struct savings : account {
	int rate() const override { return 2; }
	std::list<std::string> notes;
};

unsigned next(unsigned &state)
{
	state = state * 1103515245u + 12345u;
	return state >> 8;
}

std::map<unsigned, std::shared_ptr<account>> accounts;
std::unordered_map<std::string, std::deque<std::string>> journal;
std::vector<std::vector<double>> tables;

void fill(unsigned seed, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		std::shared_ptr<account> a;

		if (next(seed) % 2) {
			auto s = std::make_shared<savings>();

			for (unsigned k = next(seed) % 4; k; k--)
				s->notes.emplace_back(next(seed) % 90, 'n');
			a = s;
		} else {
			a = std::make_shared<account>();
		}
		a->name = std::string(next(seed) % 70, 'a');
		a->moves.resize(next(seed) % 200);
		accounts[next(seed)] = a;
		journal["day " + std::to_string(next(seed) % 5000)].emplace_back(next(seed) % 300, 'j');
		if (i % 10 == 0)
			tables.emplace_back(next(seed) % 1000);
	}
}

void thin_out(unsigned seed)
{
	for (auto i = accounts.begin(); i != accounts.end();)
		i = next(seed) % 3 ? std::next(i) : accounts.erase(i);
	for (auto i = tables.begin(); i != tables.end();)
		i = next(seed) % 2 ? i + 1 : tables.erase(i);
}
}

int main()
{
	fill(1, 60000);
	thin_out(2);
	fill(3, 60000);
	std::printf("ready %d\n", static_cast<int>(getpid()));
	std::fflush(stdout);
	for (;;)
		pause();
}
