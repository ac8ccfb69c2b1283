/* SPDX-License-Identifier: MIT */
/*
 * Functions of every shape that a compiler's prologs and epilogs take, run
 * instruction by instruction by test-unwind-emulate.c. Built for Windows
 * without any library, at several levels of optimisation.
 */
#define NOINLINE __attribute__((noinline))
typedef unsigned long long u64;

int _fltused;
volatile u64 sink;

NOINLINE u64 leaf(u64 a, u64 b)
{
	return a * 3 + b;
}

NOINLINE u64 small(u64 a)
{
	return leaf(a, 1) + leaf(a, 2);
}

NOINLINE u64 many_registers(u64 a, u64 b, u64 c, u64 d)
{
	u64 e = leaf(a, b), f = leaf(b, c), g = leaf(c, d), h = leaf(d, a), i = leaf(a, c);
	u64 j = leaf(e, f), k = leaf(g, h), l = leaf(i, j), m = leaf(k, l), n = leaf(m, e);

	sink = leaf(e, i);
	return e + f * g + h * i + j * k + l * m + n + a + b + c + d + leaf(n, a);
}

NOINLINE double doubles(double a, double b, double c, double d)
{
	double e = a * b, f = c * d, g = a + d, h = b - c;

	sink += small(1);
	e += g * f;
	sink += small(2);
	h += e * a + b * c + d;
	sink += small(3);
	return e + f + g + h;
}

NOINLINE u64 odd_doubles(u64 n, double a)
{
	double b = a * 2;

	sink += leaf(n, 1);
	return (u64)(a + b) + leaf(n, 2);
}

NOINLINE u64 big_frame(u64 n)
{
	volatile u64 a[1000];

	for (u64 i = 0; i < 3; i++)
		a[i * 300] = leaf(i, n);
	return a[0] + a[300] + leaf(a[600], n);
}

NOINLINE u64 middle_frame(u64 n)
{
	volatile u64 a[100];

	a[99] = leaf(n, 9);
	return a[99] + leaf(n, 8);
}

NOINLINE u64 huge_frame(u64 n)
{
	volatile char a[700000];

	a[0] = (char)n;
	a[699999] = (char)leaf(n, n);
	return (u64)a[0] + (u64)a[699999];
}

NOINLINE u64 variable_frame(u64 n)
{
	volatile char *p = __builtin_alloca(n * 16 + 16), *q;

	p[0] = 1;
	p[n] = 2;
	q = __builtin_alloca(n + 100);
	q[0] = (char)leaf(p[0], p[n]);
	return (u64)q[0] + small((u64)p[n]);
}

NOINLINE u64 aligned_frame(u64 n)
{
	volatile u64 a[8] __attribute__((aligned(64)));

	a[n & 7] = leaf(n, 7);
	return a[n & 7] + leaf(n, 3);
}

NOINLINE u64 varargs(u64 n, ...)
{
	__builtin_va_list ap;
	u64 sum = 0;

	__builtin_va_start(ap, n);
	for (u64 i = 0; i < n; i++)
		sum += leaf(__builtin_va_arg(ap, u64), i);
	__builtin_va_end(ap);
	return sum;
}

NOINLINE u64 recursion(u64 n)
{
	if (n == 0)
		return small(n);
	return recursion(n - 1) + leaf(n, n);
}

NOINLINE u64 tail_call(u64 a, u64 b)
{
	sink = leaf(a, b);
	sink += leaf(b, a);
	return many_registers(a, b, a, b);
}

NOINLINE u64 several_exits(u64 n)
{
	u64 a = leaf(n, 1);

	if (n == 1)
		return a;
	a += small(a);
	if (n == 2)
		return small(a) + n;
	if (n == 3)
		return tail_call(a, n);
	return a + small(n) + leaf(a, n);
}

NOINLINE u64 through_pointer(u64 (*f)(u64), u64 n)
{
	return f(n) + f(n + 1);
}

/* Not a parameter: clang 14 merges its reload with the epilog of ARM64 and
 * then describes the epilog wrongly. */
u64 (*volatile target)(u64) = recursion;

NOINLINE u64 tail_through_pointer(u64 n)
{
	sink = leaf(n, 4) + leaf(n, 6);
	return target(n);
}

NOINLINE u64 many_arguments(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h, u64 i, u64 j)
{
	return leaf(a + b + c + d, e + f) + leaf(g + h, i + j);
}

u64 entry(void)
{
	u64 sum = small(5);

	sum += many_registers(1, 2, 3, 4);
	sum += (u64)doubles(1, 2, 3, 4) + odd_doubles(3, 1.5);
	sum += big_frame(3) + middle_frame(4) + huge_frame(5);
	sum += variable_frame(4) + aligned_frame(5);
	sum += varargs(3, 10ull, 20ull, 30ull);
	sum += recursion(4) + tail_call(5, 6);
	for (u64 i = 1; i < 5; i++)
		sum += several_exits(i);
	sum += through_pointer(small, 3) + tail_through_pointer(1);
	sum += many_arguments(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	return sum;
}
