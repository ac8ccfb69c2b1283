/* SPDX-License-Identifier: MIT */
/* Which compression a source has, and how its layers come off. */
#include "format/compress_impl.h"
#include "format/zstd_seekable.h"
#include "base/cancel.h"

enum { MAX_LAYERS = 2 };

/* lz4 before its frame format ("lz4 -l", kernel images): no size, no checksum. */
static bool is_lz4_legacy(const uint8_t *head, size_t n)
{
	static const uint8_t magic[4] = { 0x02, 0x21, 0x4c, 0x18 };

	return n >= sizeof(magic) && !memcmp(head, magic, sizeof(magic));
}

static struct err *detect(struct source *src, const struct codec **ret)
{
	uint8_t head[CODEC_HEAD] = { 0 };
	size_t n = source_read_some(src, 0, head, sizeof(head));

	*ret = NULL;
	if (is_lz4_legacy(head, n))
		return err_new(ERR_UNSUPPORTED,
			       "%s: lz4's legacy format is not read here (unpack it with lz4 -d)",
			       src->name);
	for (size_t i = 0; codecs[i] && !*ret; i++)
		if (codecs[i]->probe(head, n))
			*ret = codecs[i];
	return NULL;
}

/* In place where the file allows it, else unpacked. src stays the caller's
 * when this fails. */
static struct err *open_layer(struct source *src, const struct codec *codec, struct unwrap *u,
			      struct source **ret)
{
	struct err *e;

	if (codec == codecs[0]) { /* zstd */
		e = zstd_seekable_open(src, ret);
		if (!e)
			return NULL;
		if (err_code(e) == ERR_UNSUPPORTED || err_code(e) == ERR_CORRUPT)
			notice("%s; the file is unpacked instead", err_message(e));
		else if (err_code(e) != ERR_NOTFOUND)
			return e;
		err_free(e);
	}
	TRY(unpack_to_file(src, codec, u, ret));
	source_destroy(src);
	return NULL;
}

struct err *source_unwrap_with(struct source *src, struct unwrap *u, struct source **ret)
{
	const struct codec *codec;
	struct err *e = NULL;

	u->damage = NULL;
	for (int layer = 0;; layer++) {
		e = detect(src, &codec);
		if (e || !codec)
			break;
		if (layer == MAX_LAYERS) {
			e = err_new(ERR_UNSUPPORTED, "%s: compressed more than %d times over",
				    src->name, MAX_LAYERS);
			break;
		}
		e = open_layer(src, codec, u, &src);
		if (e)
			break;
	}
	if (e) {
		source_destroy(src);
		err_free(u->damage);
		u->damage = NULL;
		return e;
	}
	*ret = src;
	return NULL;
}

struct err *source_unwrap(struct source *src, const struct dump_open_options *options,
			  struct source **ret)
{
	struct unwrap u = { .tmpdir = options ? options->tmpdir : NULL };

	TRY(source_unwrap_with(src, &u, ret));
	if (u.damage)
		notice("%s", err_message(u.damage));
	err_free(u.damage);
	return NULL;
}
