/* SPDX-License-Identifier: MIT */
/*
 * Comparing modules page by page (target/image_diff.h).
 *
 * The reference is the file as pe_image and the ELF segments have it: what the
 * loader itself writes (import tables, guard slots) is not in it, and base
 * relocations are applied. Beside another process the reference is that
 * process's memory; there, too, only what the file or the segments call
 * read-only is compared.
 */
#include "target/image_diff.h"
#include "target/target_impl.h"

#include <string.h>

enum {
	PAGE = 4096,
	MERGE = 4,		/* equal bytes within a change */
	MAX_CHANGES = 4096,
	MAX_PAGES = 4096,
};

struct compare {
	struct target *t;
	struct module *m;
	struct image_diff *diff;
	struct target *other;	/* NULL: beside the file */
	uint64_t their_base;
	const struct dump_snapshot *snapshot;	/* NULL: none */
	VEC(struct image_change) changes;
	VEC(struct image_page) pages;
};

static void compare_deinit(struct compare *c)
{
	vec_deinit(&c->changes);
	vec_deinit(&c->pages);
}

/* --- one page ---------------------------------------------------------------------------- */

static bool add_change(struct compare *c, const char *section, uint64_t address, const uint8_t *was,
		       const uint8_t *is, size_t size)
{
	struct image_change *last = c->changes.n ? &c->changes.v[c->changes.n - 1] : NULL;
	struct image_change change = { .address = address, .size = size, .section = section };
	size_t n = size < IMAGE_CHANGE_BYTES ? size : IMAGE_CHANGE_BYTES;

	if (last && last->address + last->size == address) {	/* over the end of a page */
		last->size += size;
		return true;
	}
	if (c->changes.n >= MAX_CHANGES) {
		c->diff->truncated = true;
		return true;
	}
	memcpy(change.was, was, n);
	memcpy(change.is, is, n);
	return vec_push(&c->changes, change);
}

static bool add_runs(struct compare *c, const struct image_part *part, uint64_t address, const uint8_t *was,
		     const uint8_t *is, size_t n, unsigned *ret_bytes)
{
	for (size_t i = 0; i < n;) {
		size_t end;

		if (was[i] == is[i]) {
			i++;
			continue;
		}
		end = i + 1;
		for (size_t k = i; k < n && k <= end + MERGE; k++)
			if (was[k] != is[k]) {
				end = k + 1;
				(*ret_bytes)++;
			}
		if (!part->writable && !add_change(c, part->name, address + i, was + i, is + i, end - i))
			return false;
		i = end;
	}
	return true;
}

/* Relocated words of a module that lies elsewhere: what is theirs becomes ours. */
static void rebase(const struct compare *c, uint64_t address, uint8_t *was, const uint8_t *is, size_t n)
{
	unsigned word = c->t->arch->pointer_size;
	uint64_t delta = c->m->base - c->their_base;

	for (size_t i = -address & (word - 1); delta && i + word <= n; i += word) {
		struct cursor a = cursor_init("", was + i, word, 0), b = cursor_init("", is + i, word, 0);
		uint64_t x = cursor_uint(&a, word) + delta, y = cursor_uint(&b, word);

		if (x == y || (word == 4 && (uint32_t)x == (uint32_t)y))
			memcpy(was + i, is + i, word);
	}
}

static struct err *compare_page(struct compare *c, const struct image_part *part, uint64_t address, uint8_t *was,
				const uint8_t *is, size_t n)
{
	struct image_page page = { .address = address & ~(uint64_t)(PAGE - 1), .section = part->name,
				   .writable = part->writable };

	if (c->other)
		rebase(c, address, was, is, n);
	if (memcmp(was, is, n) != 0 && !add_runs(c, part, address, was, is, n, &page.bytes))
		return err_nomem();
	if (part->writable)
		c->diff->data_written += page.bytes != 0;
	if (!page.bytes || part->writable)
		return NULL;
	if (c->pages.n && c->pages.v[c->pages.n - 1].address == page.address) {
		c->pages.v[c->pages.n - 1].bytes += page.bytes;
		return NULL;
	}
	if (c->pages.n >= MAX_PAGES) {
		c->diff->truncated = true;
		return NULL;
	}
	return vec_push(&c->pages, page) ? NULL : err_nomem();
}

/* --- a part ---------------------------------------------------------------------------------- */

/* How many bytes from `address` on, at most n, come out of the dump itself. */
static size_t read_dump(struct target *t, uint64_t address, uint8_t *buf, size_t n)
{
	struct space_range piece;

	if (!space_find(target_space(t), address, &piece) || piece.address > address || piece.origin != SPACE_DUMP ||
	    piece.src != dump_source(t->dump))
		return 0;
	if (n > piece.size - (address - piece.address))
		n = (size_t)(piece.size - (address - piece.address));
	return space_read_some(target_space(t), address, buf, n);
}

/* What should be there; false: not known. */
static bool read_reference(struct compare *c, const struct image_part *part, uint64_t address, uint8_t *buf, size_t n)
{
	if (c->other)
		return read_dump(c->other, address - c->m->base + c->their_base, buf, n) == n;
	memset(buf, 0, n);
	return !part->range.src ||
	       !err_ignore(source_read(part->range.src, part->range.offset + (address - part->range.address), buf, n));
}

/* What a snapshot left to the file because nobody had written there. */
static bool is_unchanged(struct compare *c, uint64_t address)
{
	size_t lo = 0, hi = c->snapshot ? c->snapshot->n_ranges : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->snapshot->ranges[mid].end <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return c->snapshot && lo < c->snapshot->n_ranges && c->snapshot->ranges[lo].start <= address &&
	       c->snapshot->ranges[lo].class == RANGE_FILE;
}

/* What of n bytes at `at` was there. */
static void count(struct compare *c, const struct image_part *part, uint64_t at, size_t n, size_t there)
{
	struct image_diff *d = c->diff;

	if (part->writable) {
		d->data_pages += there == n;
		return;
	}
	d->compared += there;
	if (there)
		return;
	d->absent += n;
	if (is_unchanged(c, at))
		d->unchanged += n;
}

static struct err *compare_part(struct compare *c, const struct image_part *part)
{
	uint64_t at = part->range.address, end = at + part->range.size;
	uint8_t is[PAGE], was[PAGE];

	while (at < end) {
		uint64_t page_end = (at | (PAGE - 1)) + 1;
		size_t n = (size_t)((page_end < end ? page_end : end) - at), there = read_dump(c->t, at, is, n);

		TRY(cancel_check());
		if (there && !read_reference(c, part, at, was, there))
			c->diff->unknown += part->writable ? 0 : there;
		else if (there)
			TRY(compare_page(c, part, at, was, is, there));
		count(c, part, at, n, there);
		at += there ? there : n;
	}
	return NULL;
}

static int by_address(const void *a, const void *b)
{
	const struct image_change *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static struct err *compare_parts(struct compare *c, const struct image_part *parts, size_t n, struct arena *a)
{
	struct image_diff *d = c->diff;

	TRY(dump_snapshot(c->t->dump, &c->snapshot));
	for (size_t i = 0; i < n; i++)
		TRY(compare_part(c, &parts[i]));
	if (c->changes.n)
		qsort(c->changes.v, c->changes.n, sizeof(*c->changes.v), by_address);
	d->changes = arena_memdup(a, c->changes.v, c->changes.n * sizeof(*c->changes.v));
	d->pages = arena_memdup(a, c->pages.v, c->pages.n * sizeof(*c->pages.v));
	d->n_changes = c->changes.n;
	d->n_pages = c->pages.n;
	return (d->changes || !d->n_changes) && (d->pages || !d->n_pages) ? NULL : err_nomem();
}

/* Leaves the code, up to the limit. */
static size_t keep_code(struct image_part *parts, size_t n, uint64_t limit, bool *ret_cut)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (!parts[i].executable)
			continue;
		if (parts[i].range.size > limit) {
			parts[i].range.size = limit;
			*ret_cut = true;
		}
		limit -= parts[i].range.size;
		parts[kept++] = parts[i];
	}
	return kept;
}

static struct err *compare_file(struct target *t, struct module *m, struct arena *a, bool code_only, uint64_t limit,
				struct image_diff *ret)
{
	struct image_diff d = { .file = "" };
	CLEANUP(compare_deinit) struct compare c = { .t = t, .m = m, .diff = &d };
	struct image_part *parts;
	size_t n;

	TRY(module_image_parts(t, m, a, &parts, &n));
	d.file = module_image_file(m);
	d.verified = target_is_windows(t) ? m->timestamp || m->record : m->build_id_size != 0;
	if (code_only)
		n = keep_code(parts, n, limit, &d.truncated);
	TRY(compare_parts(&c, parts, n, a));
	*ret = d;
	return NULL;
}

struct err *module_compare_file(struct target *t, struct module *m, struct arena *a, struct image_diff *ret)
{
	return compare_file(t, m, a, false, 0, ret);
}

struct err *module_compare_code(struct target *t, struct module *m, struct arena *a, uint64_t limit, struct image_diff *ret)
{
	return compare_file(t, m, a, true, limit, ret);
}

/* --- beside another process -------------------------------------------------------------------- */

/* Without the file the segments tell what is read-only. */
static struct err *segment_parts(struct target *t, struct module *m, struct arena *a, struct image_part **ret,
				 size_t *ret_n)
{
	const struct dump_segment *v;
	uint64_t end = m->base + m->size;
	size_t n, used = 0;

	TRY(dump_segments(t->dump, &v, &n));
	*ret = ARENA_NEW_N(a, struct image_part, n + 1);
	if (!*ret)
		return err_nomem();
	for (size_t i = 0; i < n && v[i].address < end; i++) {
		uint64_t from = v[i].address > m->base ? v[i].address : m->base;
		uint64_t to = v[i].address + v[i].size < end ? v[i].address + v[i].size : end;

		if (from < to && v[i].prot_known)
			(*ret)[used++] = (struct image_part){ { .address = from, .size = to - from },
							      v[i].prot & DUMP_PROT_X ? "code" : "read-only",
							      v[i].prot & DUMP_PROT_W };
	}
	*ret_n = used;
	return NULL;
}

static bool same_module(const struct module *x, const struct module *y)
{
	if (x->build_id_size && y->build_id_size)
		return x->build_id_size == y->build_id_size && memcmp(x->build_id, y->build_id, x->build_id_size) == 0;
	return x->size == y->size && x->timestamp == y->timestamp && strcmp(x->image_name, y->image_name) == 0;
}

struct err *module_compare_process(struct target *t, struct module *m, struct target *other, struct module *theirs,
				   struct arena *a, struct image_diff *ret)
{
	struct image_diff d = { .file = "" };
	CLEANUP(compare_deinit) struct compare c = { .t = t, .m = m, .diff = &d, .other = other,
						     .their_base = theirs->base };
	struct image_part *parts;
	size_t n;

	if (!same_module(m, theirs))
		return err_new(ERR_UNSUPPORTED, "%s is another one in the other process", m->image_name);
	if (err_ignore(module_image_parts(t, m, a, &parts, &n)))
		TRY(segment_parts(t, m, a, &parts, &n));
	TRY(compare_parts(&c, parts, n, a));
	*ret = d;
	return NULL;
}

/* --- where a patch leads -------------------------------------------------------------------------- */

/* mov reg, imm64; jmp reg. push imm32; ret. What detours are made of besides plain jumps. */
static bool by_register_or_stack(const struct arch *arch, const uint8_t *b, size_t n, uint64_t *ret)
{
	struct cursor c = cursor_init("patch", b, n, 0);
	bool wide = arch->machine == MACHINE_X64 && n >= 12 && (b[0] & 0xfe) == 0x48 && (b[1] & 0xf8) == 0xb8;
	unsigned reg = wide ? (b[1] & 7u) : 0, ext = wide ? (b[0] & 1u) : 0;

	if (wide) {
		cursor_seek(&c, 2);
		*ret = cursor_u64(&c);
		cursor_skip(&c, ext); /* 41 ff e3: its prefix */
		return cursor_u8(&c) == 0xff && cursor_u8(&c) == (0xe0 | reg);
	}
	if (n < 6 || b[0] != 0x68 || b[5] != 0xc3)
		return false;
	cursor_seek(&c, 1);
	*ret = cursor_u32(&c);
	return true;
}

bool image_change_target(struct target *t, const struct module *m, uint64_t address, uint64_t *ret)
{
	const struct arch *arch = arch_for(m->machine);
	struct regs none = { .arch = arch };
	struct insn insn;
	uint8_t b[16];
	uint64_t slot;
	size_t n = t->memory.read(t->memory.arg, address, b, sizeof(b));

	if (!n || (arch->machine != MACHINE_X86 && arch->machine != MACHINE_X64 && arch->machine != MACHINE_ARM64))
		return false;
	if (arch->machine != MACHINE_ARM64 && by_register_or_stack(arch, b, n, ret))
		return true;
	arch->disassemble(b, n, address, NULL, NULL, &insn);
	if (!(insn.flags & (INSN_JUMP | INSN_CALL)))
		return false;
	if (insn.flags & INSN_HAS_TARGET) {
		*ret = insn.target;
		return true;
	}
	return insn.flags & INSN_HAS_MEMORY && insn_effective_address(&insn, &none, &slot) &&
	       arch_read_uint(&t->memory, slot, arch->pointer_size, ret);
}
