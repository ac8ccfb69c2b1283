/* SPDX-License-Identifier: MIT */
/* Output, for its fillings: the record as it was collected. */
#ifndef OSM_OUTPUT_OUTPUT_IMPL_H
#define OSM_OUTPUT_OUTPUT_IMPL_H

#include "base/arena.h"
#include "base/str.h"
#include "output/output.h"

enum { OUT_MAX_FIELDS = 64 };

struct out_value {
	bool present;
	uint64_t u;		/* every number; address of a symbol */
	uint64_t disp;		/* of a symbol */
	double f;
	const char *s;		/* string, symbol's name, names of flags; NULL: none */
	const char *module;	/* symbol's */
	const void *data;	/* struct out_word, bytes when packed, or const char * */
	bool packed;
	size_t n;
	unsigned size;		/* bytes per word */
};

struct out_ops {
	bool is_text;
	/* Appends the finished record to o->buf. */
	void (*record)(struct out *o);
};

struct out {
	const struct out_ops *ops;
	out_write *write;
	void *arg;
	unsigned pointer_size;
	struct strbuf buf;
	struct arena arena;	/* the record's strings and lists ... */
	_Alignas(8) uint8_t near[4096]; /* ... as long as they are small, here */
	size_t near_used;
	bool nomem;
	struct out_tag {
		const char *key;	/* NULL: none */
		uint64_t value;
	} outer_tag, tag;
	const struct record *rec; /* NULL: between records */
	const char *text_template;
	size_t n_fields;
	struct out_value values[OUT_MAX_FIELDS];
	uint8_t order[OUT_MAX_FIELDS];
	size_t n_order;
};

extern const struct out_ops out_text_ops;
extern const struct out_ops out_json_ops;

/* Index of the key in the fields, -1: not declared. len: of the key. */
int out_field_index(const struct field *fields, const char *key, size_t len);
/* Valid UTF-8 whose control characters are \xNN; raw: new line, tab pass. */
void out_add_safe(struct strbuf *sb, const char *s, size_t n, bool raw);
/* The next name of a flags string, NULL at its end. */
const char *out_next_name(const char **names, size_t *ret_len);
/* "Tue Feb 10 14:20:45" and year, or RFC 3339. */
void out_add_time(struct strbuf *sb, uint64_t unix_seconds, char conversion);

struct out_spec {
	bool left, zero, pointer_width;
	unsigned width, max;	/* max 0: none */
	char conversion;	/* 0: the type's usual */
};

/* One present value in the form asked for, without padding. */
void out_add_value(struct strbuf *sb, enum field_type type, const struct out_value *v,
		   const struct out_spec *spec, unsigned pointer_size);
/* Whether the type has that conversion. */
bool out_has_conversion(enum field_type type, char conversion);

#endif
