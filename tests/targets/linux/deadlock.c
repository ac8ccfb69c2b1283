/* SPDX-License-Identifier: MIT */
/*
 * A deadlock as an incident has it: two threads each hold the mutex that the
 * other wants, three wait behind the first mutex, one holds a read-write lock
 * while it waits there, so that two more wait for that, one to read and one to
 * write; the main thread waits for a thread that will never end.
 */
#include "ready.h"
#include <pthread.h>

struct account {
	pthread_mutex_t lock;
	const char *name;
	long balance;
};

static struct account orders = { PTHREAD_MUTEX_INITIALIZER, "orders", 1200 };
static struct account stock = { PTHREAD_MUTEX_INITIALIZER, "stock", 77 };
static pthread_rwlock_t prices = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t both_hold_one;
static atomic_int prices_held;

static __attribute__((noinline)) long transfer(struct account *from, struct account *to, long amount)
{
	(void)pthread_mutex_lock(&from->lock);
	(void)pthread_barrier_wait(&both_hold_one);
	announce();
	(void)pthread_mutex_lock(&to->lock); /* each waits here for the other */
	from->balance -= amount;
	to->balance += amount;
	(void)pthread_mutex_unlock(&to->lock);
	(void)pthread_mutex_unlock(&from->lock);
	return to->balance;
}

static void *order_writer(void *arg)
{
	(void)transfer(&orders, &stock, 5);
	return arg;
}

static void *stock_keeper(void *arg)
{
	(void)transfer(&stock, &orders, 3);
	return arg;
}

static __attribute__((noinline)) long audit(struct account *a, int auditor)
{
	long seen;

	announce();
	(void)pthread_mutex_lock(&a->lock);
	seen = a->balance + auditor;
	(void)pthread_mutex_unlock(&a->lock);
	return seen;
}

static void *auditor(void *arg)
{
	(void)audit(&orders, (int)(size_t)arg);
	return arg;
}

static void *price_keeper(void *arg)
{
	(void)pthread_rwlock_wrlock(&prices);
	atomic_store(&prices_held, 1);
	(void)audit(&orders, 3);
	(void)pthread_rwlock_unlock(&prices);
	return arg;
}

static void *price_reader(void *arg)
{
	announce();
	(void)pthread_rwlock_rdlock(&prices);
	(void)pthread_rwlock_unlock(&prices);
	return arg;
}

static void *price_writer(void *arg)
{
	announce();
	(void)pthread_rwlock_wrlock(&prices);
	(void)pthread_rwlock_unlock(&prices);
	return arg;
}

static pthread_t start(const char *name, void *(*run)(void *), size_t arg)
{
	pthread_attr_t small; /* stacks, so that the cores are small */
	pthread_t t;

	(void)pthread_attr_init(&small);
	(void)pthread_attr_setstacksize(&small, 128 << 10);
	if (pthread_create(&t, &small, run, (void *)arg) != 0)
		abort();
	(void)pthread_setname_np(t, name);
	return t;
}

int main(void)
{
	pthread_t writer;

	(void)pthread_barrier_init(&both_hold_one, NULL, 2);
	writer = start("order-writer", order_writer, 0);
	(void)start("stock-keeper", stock_keeper, 0);
	while (atomic_load(&announced) < 2)
		usleep(1000);
	(void)start("auditor-1", auditor, 1);
	(void)start("auditor-2", auditor, 2);
	(void)start("price-keeper", price_keeper, 0);
	while (!atomic_load(&prices_held))
		usleep(1000);
	(void)start("price-reader", price_reader, 0);
	(void)start("price-writer", price_writer, 0);
	ready(7);
	(void)pthread_join(writer, NULL);
	return 0;
}
