/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/maps and smaps. A mapping is a line
 *
 *	7f0d1c000000-7f0d1c021000 rw-p 00000000 00:00 0    path
 *
 * (addresses, protection, offset and device in hex, inode in decimal, blanks
 * up to column 73, path to the end of the line). In smaps lines "Key:  n kB"
 * and "VmFlags: rd wr ..." follow it; their keys begin with a capital letter,
 * which no address does. A newline in a path is written \012 and nothing else
 * is escaped: a path that holds these four characters reads the same.
 *
 * The kernel prints about a page per read and lets the process go on between:
 * a mapping that grew downwards over one already seen is cut to what is new,
 * so that the list is always in order and without overlaps.
 *
 * Sources: proc(5), kernel Documentation/filesystems/proc.rst.
 */
#include "capture/vma.h"
#include "capture/lines.h"
#include "capture/proc_impl.h"
#include "format/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	LINE_BUFFER = 64 << 10,	/* a path has at most 4096 bytes, escaped four times as many */
	MAX_VMAS = 16 << 20,	/* vm.max_map_count is 65530 unless raised */
};

static const char deleted[] = " (deleted)";

struct parse {
	struct vma_list list;
	const char *name;
	uint64_t line;
	bool skip;	/* the details that follow belong to a mapping that was left out */
};

/* Backslash 012 becomes the newline it stands for; in place. */
static size_t unescape(char *s, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && n - i >= 4 && !memcmp(s + i, "\\012", 4)) {
			s[to++] = '\n';
			i += 3;
		} else {
			s[to++] = s[i];
		}
	}
	return to;
}

static bool same_path(const struct vma *last, const char *s, size_t n)
{
	return strlen(last->path) == n && !memcmp(last->path, s, n);
}

/* Neighbours are mostly of one file and share its path. */
static struct err *set_path(struct parse *p, const char *s, size_t n, struct vma *v)
{
	const struct vma *last = p->list.vmas.n ? &p->list.vmas.v[p->list.vmas.n - 1] : NULL;
	size_t tail = sizeof(deleted) - 1;
	char *path;

	v->path = "";
	n = strnlen(s, n);
	if (!n)
		return NULL;
	if (n > tail && !memcmp(s + n - tail, deleted, tail)) {
		v->flags |= VMA_DELETED;
		n -= tail;
	}
	if (last && same_path(last, s, n)) {
		v->path = last->path;
		return NULL;
	}
	path = arena_strndup(&p->list.arena, s, n);
	if (!path)
		return err_nomem();
	if (memchr(path, '\\', n))
		path[unescape(path, n)] = '\0';
	v->path = path;
	return NULL;
}

static void scan_prot(struct scan *s, struct vma *v)
{
	const char *p = s->p;

	if (scan_left(s) < 4) {
		s->failed = true;
		return;
	}
	v->prot = (p[0] == 'r' ? DUMP_PROT_R : 0u) | (p[1] == 'w' ? DUMP_PROT_W : 0u) |
		  (p[2] == 'x' ? DUMP_PROT_X : 0u);
	v->flags = p[3] == 's' || p[3] == 'S' ? VMA_SHARED : 0;
	s->p += 4;
}

static void scan_head(struct scan *s, struct vma *v)
{
	v->start = scan_hex(s);
	scan_char(s, '-');
	v->end = scan_hex(s);
	scan_char(s, ' ');
	scan_prot(s, v);
	scan_char(s, ' ');
	v->offset = scan_hex(s);
	scan_char(s, ' ');
	v->dev_major = (uint32_t)scan_hex(s);
	scan_char(s, ':');
	v->dev_minor = (uint32_t)scan_hex(s);
	v->inode = scan_u64(s);
	scan_blanks(s);
}

/* Cuts what an earlier mapping covers; false when nothing is left. */
static bool after_last(const struct parse *p, struct vma *v)
{
	uint64_t from = p->list.vmas.n ? p->list.vmas.v[p->list.vmas.n - 1].end : 0;

	if (v->start < from) {
		if (v->inode)
			v->offset += from - v->start;
		v->start = from;
	}
	return v->start < v->end;
}

static struct err *parse_mapping(struct parse *p, const struct line *line)
{
	struct vma v = { .page_size = 4096 };
	struct scan s = scan_line(line);

	scan_head(&s, &v);
	if (s.failed || v.start >= v.end)
		return err_new(ERR_CORRUPT, "%s: line %llu: \"%.*s\" is no mapping", p->name,
			       (unsigned long long)p->line, (int)(line->len < 60 ? line->len : 60), line->s);
	p->skip = !after_last(p, &v);
	if (p->skip)
		return NULL;
	if (p->list.vmas.n >= MAX_VMAS)
		return err_new(ERR_CORRUPT, "%s: more than %d mappings", p->name, MAX_VMAS);
	TRY(set_path(p, s.p, scan_left(&s), &v));
	return vec_push(&p->list.vmas, v) ? NULL : err_nomem();
}

static const struct {
	char name[3];
	uint32_t flag;
} vm_flags[] = {
	{ "dc", VMA_DONTFORK }, { "wf", VMA_WIPEONFORK }, { "dd", VMA_DONTDUMP },     { "io", VMA_IO },
	{ "pf", VMA_PFNMAP },	{ "ht", VMA_HUGETLB },	  { "um", VMA_UFFD },	      { "uw", VMA_UFFD },
	{ "ui", VMA_UFFD },	{ "lo", VMA_LOCKED },	  { "gd", VMA_GROWSDOWN },    { "ss", VMA_SHADOW_STACK },
};

static void parse_vm_flags(struct scan *s, struct vma *v)
{
	const char *word;
	size_t len;

	while (word = scan_word(s, &len), len) {
		for (size_t i = 0; len == 2 && i < ARRAY_SIZE(vm_flags); i++)
			if (word[0] == vm_flags[i].name[0] && word[1] == vm_flags[i].name[1])
				v->flags |= vm_flags[i].flag;
	}
}

static const struct {
	const char *key;
	size_t field;
} sizes[] = {
	{ "KernelPageSize:", offsetof(struct vma, page_size) },
	{ "Rss:", offsetof(struct vma, rss) },
	{ "Pss:", offsetof(struct vma, pss) },
	{ "Shared_Dirty:", offsetof(struct vma, shared_dirty) },
	{ "Private_Dirty:", offsetof(struct vma, private_dirty) },
	{ "Anonymous:", offsetof(struct vma, anonymous) },
	{ "AnonHugePages:", offsetof(struct vma, huge) },
	{ "ShmemPmdMapped:", offsetof(struct vma, huge) },
	{ "FilePmdMapped:", offsetof(struct vma, huge) },
	{ "Shared_Hugetlb:", offsetof(struct vma, rss) },
	{ "Private_Hugetlb:", offsetof(struct vma, rss) },
	{ "Swap:", offsetof(struct vma, swap) },
};

/* Keys that feed one field add up; a page size replaces the one assumed. */
static void parse_size(struct scan s, size_t field, struct vma *v)
{
	uint64_t *to = (uint64_t *)(void *)((char *)v + field), kb = scan_u64(&s), bytes;

	if (s.failed || __builtin_mul_overflow(kb, 1024, &bytes))
		return;
	if (to == &v->page_size)
		*to = bytes ? bytes : 4096;
	else if (__builtin_add_overflow(*to, bytes, to))
		*to = UINT64_MAX;
}

static void parse_detail(struct parse *p, const struct line *line)
{
	struct vma *v;

	if (!p->list.vmas.n || p->skip)
		return;
	v = &p->list.vmas.v[p->list.vmas.n - 1];
	v->flags |= VMA_DETAILED;
	if (line->s[0] == 'V') {
		struct scan s = scan_line(line);

		if (scan_prefix(&s, "VmFlags:"))
			parse_vm_flags(&s, v);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct scan s = scan_line(line);

		if (line->s[0] == sizes[i].key[0] && scan_prefix(&s, sizes[i].key)) {
			parse_size(s, sizes[i].field, v);
			return;
		}
	}
}

static struct err *parse_lines(struct parse *p, struct lines *lines)
{
	struct line line = { 0 };
	bool more;

	for (;;) {
		TRY(lines_next(lines, &line, &more));
		if (!more)
			return NULL;
		p->line++;
		if (!line.len)
			continue;
		if (line.s[0] >= 'A' && line.s[0] <= 'Z')
			parse_detail(p, &line);
		else
			TRY(parse_mapping(p, &line));
	}
}

static struct err *parse_all(const char *name, struct lines *lines, struct vma_list *ret)
{
	struct parse p = { .list = VMA_LIST_INIT, .name = name };
	struct err *e = parse_lines(&p, lines);

	if (e) {
		vma_list_deinit(&p.list);
		return e;
	}
	*ret = p.list;
	return NULL;
}

struct err *vma_list_parse(const char *name, const char *text, size_t size, struct vma_list *ret)
{
	struct lines lines = lines_of_text(text, size);

	return parse_all(name, &lines, ret);
}

struct err *vma_list_read(pid_t pid, bool detailed, struct vma_list *ret)
{
	CLEANUP(freep) char *buf = malloc(LINE_BUFFER);
	char path[PROC_PATH];
	struct lines lines;
	struct err *e;
	int fd = -1;

	if (!buf)
		return err_nomem();
	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, detailed ? "smaps" : "maps");
	TRY(proc_open(path, &fd));
	lines = lines_of_fd(fd, buf, LINE_BUFFER);
	e = parse_all(path, &lines, ret);
	(void)close(fd);
	return proc_gone(e, path);
}

void vma_list_deinit(struct vma_list *l)
{
	vec_deinit(&l->vmas);
	arena_deinit(&l->arena);
}

const struct vma *vma_find(const struct vma_list *l, uint64_t address)
{
	size_t low = 0, high = l->vmas.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->vmas.v[mid].end <= address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < l->vmas.n && l->vmas.v[low].start <= address ? &l->vmas.v[low] : NULL;
}
