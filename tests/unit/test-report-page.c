/* SPDX-License-Identifier: MIT */
/*
 * The page: what becomes of strings, and that the drawing of any wait graph has
 * its bounds, in which no two boxes meet.
 */
#include "pattern/engine.h"
#include "report/html_impl.h"
#include "unit/mkdump.h"
#include "unit/test.h"

#include <stdlib.h>

static const char *text_of(struct strbuf *sb, const char *s, size_t max)
{
	struct html h = { .sb = sb };

	strbuf_reset(sb);
	html_text(&h, s, max);
	return sb->s;
}

TEST(text_is_no_markup)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	EXPECT_STR(text_of(&sb, "<a b=\"c\" d='e' f=`g`>&amp;", 100),
		   "&lt;a b=&quot;c&quot; d=&#39;e&#39; f=&#96;g&#96;&gt;&amp;amp;");
	EXPECT_STR(text_of(&sb, "a\tb\nc\x01\x7f", 100), "a b c\\x01\\x7f");
	EXPECT_STR(text_of(&sb, "\xe2\x80\xae" "x\xe2\x80\x8b\xef\xbb\xbf\xc2\x85", 100), "\\u202ex\\u200b\\ufeff\\x85");
	EXPECT_STR(text_of(&sb, "\xff<\xc0\xbc", 100), "\xef\xbf\xbd&lt;\xef\xbf\xbd\xef\xbf\xbd");
	EXPECT_STR(text_of(&sb, "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", 100), "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
}

TEST(text_is_cut_between_characters)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct html h = { .sb = &sb };

	EXPECT_STR(text_of(&sb, "\xc3\xbc\xc3\xbc\xc3\xbc", 2), "\xc3\xbc\xc3\xbc\xe2\x80\xa6");
	EXPECT_STR(text_of(&sb, "<<<", 3), "&lt;&lt;&lt;");
	strbuf_reset(&sb);
	html_cut(&h, "\"><b>", 2);
	EXPECT_STR(sb.s, "<bdi title=\"&quot;&gt;&lt;b&gt;\">&quot;&gt;\xe2\x80\xa6</bdi>");
	strbuf_reset(&sb);
	html_cut(&h, "ab", 2);
	EXPECT_STR(sb.s, "<bdi>ab</bdi>");
}

/* --- the drawing ------------------------------------------------------------------------------------- */

struct drawn {
	struct built built;
	struct target *target;
	struct html html;
	struct wait_graph graph;
	struct drawn_graph *d;
	struct strbuf recipe, page;
};

static void drawn_init(struct drawn *x)
{
	*x = (struct drawn){ .built = BUILT_INIT };
	strbuf_init(&x->recipe);
	strbuf_init(&x->page);
	x->html.sb = &x->page;
	strbuf_adds(&x->recipe, "elfcore x64\nprocess pid=100 ppid=1 uid=0 gid=0 name=demo args=demo\n");
}

static void drawn_deinit(struct drawn *x)
{
	free(x->d);
	target_destroy(x->target);
	built_deinit(&x->built);
	arena_deinit(&x->html.arena);
	strbuf_deinit(&x->recipe);
	strbuf_deinit(&x->page);
}

/* A thread that waits for mutex `lock`; 0: for nothing. */
static void add_thread(struct drawn *x, unsigned tid, unsigned lock)
{
	strbuf_addf(&x->recipe, "thread %u rsp=0x7ffc00001000 rip=0x401000 orig_rax=%u rdi=0x%x rsi=0x80 rdx=2\n", tid, lock ? 202 : 230,
		    lock ? 0x500000 + lock * 0x40 : 0);
}

/* Mutexes from 1 on: owner of mutex i is first + i * step. */
static void add_mutexes(struct drawn *x, unsigned n, unsigned first, unsigned step)
{
	strbuf_adds(&x->recipe, "memory 0x401000 prot=rx fill 0x20 0x90\nmemory 0x7ffc00001000 prot=rw zero 0x200\n"
				"memory 0x500000 prot=rw zero 0x40");
	for (unsigned i = 1; i <= n; i++)
		strbuf_addf(&x->recipe, " u32 2 0 %u 1 0 zero 0x2c", first + i * step);
	strbuf_addc(&x->recipe, '\n');
}

static struct err *draw(struct drawn *x)
{
	struct target_options o = { .symbol_path = "", .image_path = "" };

	x->d = calloc(1, sizeof(*x->d));
	if (!x->d || !build_text(x->recipe.s, &x->built))
		return err_new(ERR_UNSUPPORTED, "mkdump failed");
	TRY(open_built(&x->built));
	TRY(target_create(x->built.d, &o, &x->target));
	TRY(wait_graph_build(x->target, &x->html.arena, &x->graph));
	TRY(html_graph_pick(&x->html, &x->graph, x->d));
	html_graph_place(x->d);
	for (size_t i = 0; i < x->d->n_parts; i++)
		html_graph_svg(&x->html, x->d, &x->d->parts[i]);
	return strbuf_check(&x->page);
}

static bool meet(const struct drawn_node *a, const struct drawn_node *b)
{
	double dx = a->x > b->x ? a->x - b->x : b->x - a->x, dy = a->y > b->y ? a->y - b->y : b->y - a->y;

	return dx < NODE_WIDTH && dy < NODE_HEIGHT;
}

/* Each node in its part's frame and clear of the others. */
static bool is_placed(const struct drawn_graph *d)
{
	for (size_t k = 0; k < d->n_parts; k++) {
		const struct drawn_part *p = &d->parts[k];

		for (size_t i = p->first; i < p->first + p->n; i++) {
			const struct drawn_node *n = &d->nodes[i];

			if (n->x < NODE_WIDTH / 2.0 || n->x > p->width - NODE_WIDTH / 2.0 || n->y < NODE_HEIGHT / 2.0 ||
			    n->y > p->height - NODE_HEIGHT / 2.0)
				return false;
			for (size_t m = p->first; m < i; m++)
				if (meet(n, &d->nodes[m]))
					return false;
		}
	}
	return d->n <= GRAPH_NODES && d->n_parts <= GRAPH_PARTS;
}

TEST(who_waits_for_the_same_is_one_box)
{
	CLEANUP(drawn_deinit) struct drawn x;

	drawn_init(&x);
	if (!have_mkdump())
		return;
	add_thread(&x, 100, 0);
	for (unsigned i = 1; i <= 300; i++)
		add_thread(&x, 100 + i, 1);
	add_mutexes(&x, 1, 99, 1);
	EXPECT_OK(draw(&x));
	EXPECT_EQ(x.d->n_parts, 1);
	EXPECT_EQ(x.d->n, 3);
	EXPECT_EQ(x.d->nodes[2].threads, 300);
	EXPECT_STR(x.d->nodes[2].title, "300 threads");
	EXPECT(is_placed(x.d));
}

/* Thread 100 + i waits for mutex i + 1, which thread 101 + i holds; the last for the first, when it is a ring. */
static struct err *draw_line(struct drawn *x, unsigned n, bool ring)
{
	for (unsigned i = 0; i < n; i++)
		add_thread(x, 100 + i, i + 1 < n ? i + 1 : ring ? n : 0);
	add_mutexes(x, ring ? n : n - 1, 100, 1);
	if (ring) { /* the last mutex is the first thread's */
		size_t at = x->recipe.len;
		char *last = strstr(x->recipe.s, "u32 2 0 ");

		for (char *p = last; p; p = strstr(p + 1, "u32 2 0 "))
			last = p;
		at = last ? (size_t)(last - x->recipe.s) : at;
		strbuf_truncate(&x->recipe, at);
		strbuf_adds(&x->recipe, "u32 2 0 100 1 0 zero 0x2c\n");
	}
	return draw(x);
}

TEST(a_long_line_ends_in_a_box_for_the_rest)
{
	CLEANUP(drawn_deinit) struct drawn x;

	drawn_init(&x);
	if (!have_mkdump())
		return;
	EXPECT_OK(draw_line(&x, 200, false));
	EXPECT_EQ(x.d->n_parts, 1);
	EXPECT(x.d->n > 10 && x.d->n < 20);
	EXPECT_STR(x.d->nodes[x.d->n - 1].detail, "in lines behind it");
	EXPECT(is_placed(x.d));
}

TEST(rings_of_two_to_many_are_placed)
{
	static const unsigned sizes[] = { 2, 3, 4, 5, 60 };

	if (!have_mkdump())
		return;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CLEANUP(drawn_deinit) struct drawn x;

		drawn_init(&x);
		EXPECT_OK(draw_line(&x, sizes[i], true));
		EXPECT_EQ(x.graph.n_rings, 1);
		EXPECT_EQ(x.d->n_parts, 1);
		EXPECT_EQ(x.d->parts[0].ring, 2 * sizes[i] < 16 ? 2 * sizes[i] : 16);
		EXPECT(is_placed(x.d));
	}
}

TEST(many_parts_have_a_bound)
{
	CLEANUP(drawn_deinit) struct drawn x;

	drawn_init(&x);
	if (!have_mkdump())
		return;
	for (unsigned i = 0; i < 100; i++) {
		add_thread(&x, 1000 + 2 * i, 0);
		add_thread(&x, 1001 + 2 * i, i + 1);
	}
	add_mutexes(&x, 100, 998, 2);
	EXPECT_OK(draw(&x));
	EXPECT_EQ(x.d->n_parts, GRAPH_PARTS);
	EXPECT_EQ(x.d->left_out, 100 - GRAPH_PARTS);
	EXPECT(is_placed(x.d));
}

/* A thread holds 100 mutexes, and each has a line of its own. */
TEST(many_branches_have_a_bound)
{
	CLEANUP(drawn_deinit) struct drawn x;

	drawn_init(&x);
	if (!have_mkdump())
		return;
	add_thread(&x, 100, 0);
	for (unsigned i = 1; i <= 100; i++)
		for (unsigned k = 0; k < i % 5 + 1; k++)
			add_thread(&x, 1000 + 10 * i + k, i);
	add_mutexes(&x, 100, 100, 0);
	EXPECT_OK(draw(&x));
	EXPECT_EQ(x.d->n_parts, 1);
	EXPECT(x.d->n > 10 && x.d->n < 60);
	EXPECT_STR(x.d->nodes[x.d->n - 1].detail, "in other lines");
	EXPECT(is_placed(x.d));
}

TESTS(text_is_no_markup, text_is_cut_between_characters, who_waits_for_the_same_is_one_box,
      a_long_line_ends_in_a_box_for_the_rest, rings_of_two_to_many_are_placed, many_parts_have_a_bound, many_branches_have_a_bound)
