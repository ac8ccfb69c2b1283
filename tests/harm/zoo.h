/* SPDX-License-Identifier: MIT */
/* What zoo*.c share; see zoo.c. */
#ifndef ZOO_H
#define ZOO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define FAIL(...) do { printf("WRONG: " __VA_ARGS__); printf("\n"); fflush(stdout); _exit(1); } while (0)
/* The machine cannot do it. */
#define CANNOT(...) do { printf("cannot: " __VA_ARGS__); printf("\n"); fflush(stdout); _exit(77); } while (0)

struct animal {
	const char *name;
	void (*make)(void);	/* before "ready" */
	void (*run)(void);	/* instead of waiting for SIGTERM; NULL: that */
	bool has_children;
};
extern const struct animal memory_animals[], task_animals[];

/* Writes a word that follows from its address and tells the checker what a dump must make of it. */
void mark(const char *name, void *at, const char *expected);
/* The same for a word that is not the mark's own: written elsewhere, or left alone. */
void tell(const char *name, const void *at, const char *expected);
uint64_t word_for(const void *at);
void check_marks(void);

extern volatile int ending;
void ready(void);
/* Until a byte comes on standard input, by a bare system call: no other code runs, no stack is used. */
void wait_for_byte(void);
void say_fine(void);

enum { MOST_SPINNERS = 8 };
/* A thread that counts; at the end each must have gone on. */
void spin(unsigned n);

#endif
