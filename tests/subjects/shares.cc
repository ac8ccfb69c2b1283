// SPDX-License-Identifier: MIT
//
// Threads that hang in what the C++ library waits with, in the way that the first
// word names; then "ready PID" is printed.
#include <cstdio>
#include <cstring>
#include <future>
#include <shared_mutex>
#include <thread>
#include <unistd.h>

static std::shared_mutex prices, stock;
static std::promise<int> answer;
static std::promise<void> holds_prices, holds_stock;

static void say_ready()
{
	usleep(200000);
	std::printf("ready %d\n", static_cast<int>(getpid()));
	std::fflush(stdout);
}

static void sell()
{
	std::unique_lock a(prices);
	holds_prices.set_value();
	holds_stock.get_future().wait();
	std::unique_lock b(stock);
}

static void buy()
{
	std::unique_lock a(stock);
	holds_stock.set_value();
	holds_prices.get_future().wait();
	std::shared_lock b(prices);
}

// Nobody keeps the promise.
static int ask()
{
	return answer.get_future().get();
}

static std::promise<void> begun;

struct table {
	table()
	{
		begun.set_value();
		(void)ask();
	}
};

static table &the_table()
{
	static table t;

	return t;
}

static void use_table()
{
	(void)the_table();
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	alarm(120);
	if (std::strcmp(way, "shared-mutex") == 0) {
		std::thread one(sell), two(buy);
		say_ready();
		one.join();
	} else if (std::strcmp(way, "future") == 0) {
		std::thread one(ask);
		say_ready();
		one.join();
	} else if (std::strcmp(way, "static") == 0) {
		std::thread first(use_table);
		begun.get_future().wait();
		std::thread more[4];
		for (auto &t : more)
			t = std::thread(use_table);
		say_ready();
		first.join();
	}
	return 1;
}
