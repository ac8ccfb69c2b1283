/* SPDX-License-Identifier: MIT */
/*
 * An image for the sink's tests: blocks of 64 KiB that are zeros, noise, text
 * or half of each, then a trailer that counts what was asked for before it.
 * Its bytes follow from their offset, so that any part can be checked.
 */
#ifndef OSM_TEST_SINK_IMAGE_H
#define OSM_TEST_SINK_IMAGE_H

#include "base/cancel.h"
#include "capture/sink.h"
#include "format/compress.h"
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct picture {
	uint64_t size, trailer;	/* trailer: where it begins; UINT64_MAX: none */
	uint64_t cancel_at, fail_at; /* offset whose filling does that; 0: none */
	unsigned noise;		/* of 4 blocks, how many are noise instead of text */
	_Atomic uint64_t asked, early, straddled, lost, fills;
	uint64_t said;		/* `asked` as the trailer has it */
};

static inline uint8_t picture_byte(const struct picture *p, uint64_t at)
{
	uint64_t block = at >> 16, x = (at >> 3) * UINT64_C(0x9e3779b97f4a7c15);

	x ^= x >> 29;
	if (block % 4 == 0 || (block % 4 == 3 && (at & 0xffff) < 0x8000))
		return 0;
	if (block % 4 <= p->noise)
		return (uint8_t)(x * 0xbf58476d1ce4e5b9u >> (56 - 8 * (at % 7)));
	return (uint8_t)("osmosis of memory "[at % 18] + (char)(block % 2));
}

enum { PICTURE_KEPT = 16 << 20 };

static uint8_t picture_kept[PICTURE_KEPT]; /* where one block of four is noise: made once, since bytes take long under sanitizers */

static inline void picture_keep(void)
{
	const struct picture p = { .noise = 1 };

	for (size_t i = 0; i < PICTURE_KEPT; i++)
		picture_kept[i] = picture_byte(&p, i);
}

/* As if the trailer were not. */
static inline void picture_bytes(const struct picture *p, uint64_t at, uint8_t *buf, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (p->noise == 1 && at + len <= PICTURE_KEPT) {
		(void)pthread_once(&once, picture_keep);
		memcpy(buf, picture_kept + at, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		buf[i] = picture_byte(p, at + i);
}

static inline struct err *picture_fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	struct picture *p = arg;

	p->fills++;
	if (offset >= p->trailer) {
		if (p->asked + p->lost < p->trailer)
			p->early++;
		p->said = p->asked;
		memset(buf, 't', len);
		return NULL;
	}
	if (p->trailer - offset < len)
		p->straddled++;
	if (p->cancel_at && offset >= p->cancel_at)
		cancel_request();
	if (p->fail_at && offset >= p->fail_at)
		return err_new(ERR_FAULT, "the image failed");
	picture_bytes(p, offset, buf, len);
	*ret_zero = len && !buf[0] && !memcmp(buf, buf + 1, len - 1);
	if (*ret_zero)
		memset(buf, 0xee, len); /* must not be looked at */
	p->asked += len;
	return NULL;
}

static inline void picture_lost(void *arg, uint64_t offset, uint64_t len)
{
	struct picture *p = arg;

	p->lost += len;
}

static inline struct picture picture_of(uint64_t size, bool trailer)
{
	struct picture p = { .size = size, .trailer = trailer ? size - 1000 : UINT64_MAX, .noise = 1 };

	return p;
}

static inline struct sink_image picture_image(struct picture *p)
{
	return (struct sink_image){
		.size = p->size,
		.ordered_from = p->trailer,
		.expected = p->size / 2,
		.fill = picture_fill,
		.lost = picture_lost,
		.arg = p,
	};
}

static inline struct err *picture_write(struct picture *p, const struct sink_options *o,
					struct sink_result *ret, char *ret_path, size_t path_size)
{
	CLEANUP(sink_destroyp) struct sink *s = NULL;
	struct sink_image image = picture_image(p);
	struct sink_result r = { 0 };
	struct err *e;

	*ret_path = 0;
	e = sink_open(o, image.expected, &s);
	if (!e)
		e = sink_write(s, &image, &r);
	if (r.path)
		(void)snprintf(ret_path, path_size, "%s", r.path);
	r.path = NULL;
	if (ret)
		*ret = r;
	return e;
}

/* How many leading bytes are right, with the trailer where it is whole. *ret_size: unpacked. */
static inline struct err *picture_check(const struct picture *p, const char *path, uint64_t *ret_size,
					uint64_t *ret_right, bool *ret_trailer)
{
	CLEANUP(source_destroyp) struct source *src = NULL;
	CLEANUP(freep) uint8_t *buf = malloc(1 << 20), *want = malloc(1 << 20);
	struct unwrap u = { 0 };
	uint64_t at, right = 0;
	bool same = true;

	TRY(source_open_file(path, &src));
	TRY(source_unwrap_with(TAKE_PTR(src), &u, &src));
	if (u.damage)
		return u.damage;
	for (at = 0; at < src->size && same; at += 1 << 20) {
		size_t n = src->size - at < 1 << 20 ? (size_t)(src->size - at) : 1 << 20;

		TRY(source_read(src, at, buf, n));
		picture_bytes(p, at, want, n);
		for (size_t i = p->trailer > at ? (size_t)(p->trailer - at) : 0; i < n; i++)
			want[i] = 't';
		same = !memcmp(buf, want, n);
		for (size_t i = 0; i < n && (same || buf[i] == want[i]); i++)
			right++;
	}
	*ret_trailer = false;
	if (p->trailer < p->size && src->size == p->size) {
		TRY(source_read(src, p->trailer, buf, (size_t)(p->size - p->trailer)));
		*ret_trailer = true;
		for (size_t i = 0; i < p->size - p->trailer; i++)
			*ret_trailer = *ret_trailer && buf[i] == 't';
	}
	*ret_size = src->size;
	*ret_right = right;
	return NULL;
}

static inline size_t files_in(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)) != NULL)
		n += e->d_name[0] != '.' || (e->d_name[1] && e->d_name[1] != '.');
	if (d)
		(void)closedir(d);
	return n;
}

#endif
