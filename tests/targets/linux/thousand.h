/* SPDX-License-Identifier: MIT */
#ifndef THOUSAND_H
#define THOUSAND_H

struct journey {
	int id;
	int depth;	/* calls still to make before parking */
	double miles;
	char log[16];
};

long north(struct journey *j, long a);
long south(struct journey *j, long a, const char *why);
long east(struct journey *j, int step, double miles);
void park(struct journey *j);

#endif
