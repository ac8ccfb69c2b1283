/* SPDX-License-Identifier: MIT */
/*
 * Downloading from symbol servers, by libcurl.
 *
 * A file goes to a temporary name beside its place, is checked against the
 * request, and only then renamed: a cache never holds half a file or the wrong
 * one. Files are 0600 and folders 0700: symbols may be secrets. A server that
 * cannot be reached, and a file that one does not have, are not asked for
 * again in this session.
 */
#include "symbol/store_impl.h"

#include "base/cancel.h"
#include "symbol/curl.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_REDIRECTS = 5 };

struct transfer {
	struct search *q;
	const char *name;
	int fd;
	uint64_t got;
	int write_error;	/* errno */
	bool too_big, cancelled;
};

static size_t write_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * n;

	t->got += len;
	if (t->got > t->q->s->o.max_size) {
		t->too_big = true;
		return 0;
	}
	for (size_t done = 0; done < len;) {
		ssize_t w = write(t->fd, p + done, len - done);

		if (w < 0 && errno == EINTR && !cancel_requested())
			continue;
		if (w < 0) {
			t->write_error = errno;
			return 0;
		}
		done += (size_t)w;
	}
	return len;
}

static int progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	struct transfer *t = arg;

	progress_report(t->name, (uint64_t)now, (uint64_t)total);
	t->cancelled = cancel_requested();
	return t->cancelled;
}

/* NULL: no libcurl. Without a handle nothing below is called. */
static CURL *handle_of(struct symbol_store *s)
{
	const struct curl_api *curl = curl_load();

	if (curl && !s->curl && curl->curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		s->curl = curl->curl_easy_init();
	return s->curl;
}

void store_download_end(struct symbol_store *s)
{
	if (s->curl)
		curl_load()->curl_easy_cleanup(s->curl);
	s->curl = NULL;
}

/* false: libcurl refuses an option that we cannot do without. */
static bool set_options(CURL *c, struct transfer *t, const char *url, char *error)
{
	const struct curl_api *curl = curl_load();
	const struct symbol_store_options *o = &t->q->s->o;
	bool ok;

	curl->curl_easy_reset(c);
	error[0] = '\0';
	ok = curl->curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	     curl->curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,file") == CURLE_OK &&
	     curl->curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	     curl->curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, write_bytes) == CURLE_OK &&
	     curl->curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
	     curl->curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	     curl->curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
	(void)curl->curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
	(void)curl->curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
	(void)curl->curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)o->connect_timeout);
	(void)curl->curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	(void)curl->curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)o->stall_timeout);
	(void)curl->curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)o->max_size);
	(void)curl->curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	(void)curl->curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress);
	(void)curl->curl_easy_setopt(c, CURLOPT_XFERINFODATA, t);
	(void)curl->curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
	(void)curl->curl_easy_setopt(c, CURLOPT_USERAGENT, "osmodump/" OSM_VERSION);
	return ok;
}

/* --- what a failure means ----------------------------------------------------------- */

static bool server_is_down(CURLcode code)
{
	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return true;
	default:
		return false;
	}
}

static struct err *remember(struct symbol_store *s, struct strmap *m, const char *what, const char *why)
{
	char *key = arena_strdup(&s->arena, what), *value = arena_strdup(&s->arena, why);

	return key && value && strmap_put(m, key, value) ? NULL : err_nomem();
}

static struct err *note_failure(struct transfer *t, const char *base, const char *url, CURLcode code,
				const char *error)
{
	struct symbol_store *s = t->q->s;
	char why[CURL_ERROR_SIZE + 64];
	long status = 0;

	if (t->cancelled || cancel_requested())
		return err_cancelled();
	(void)curl_load()->curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->too_big || code == CURLE_FILESIZE_EXCEEDED)
		(void)snprintf(why, sizeof(why), "larger than %llu bytes", (unsigned long long)s->o.max_size);
	else if (t->write_error)
		(void)snprintf(why, sizeof(why), "cannot be written: %s", strerror(t->write_error));
	else if (status == 404 || status == 410 || code == CURLE_FILE_COULDNT_READ_FILE)
		why[0] = '\0';
	else if (status >= 400)
		(void)snprintf(why, sizeof(why), "the server answers %ld", status);
	else
		(void)snprintf(why, sizeof(why), "%s", error[0] ? error : curl_load()->curl_easy_strerror(code));
	TRY(search_note(t->q, url, "server", why[0] ? SYMBOL_FAILED : SYMBOL_ABSENT, why));
	if (server_is_down(code))
		return remember(s, &s->servers_down, base, why);
	return t->write_error ? NULL : remember(s, &s->refused, url, why[0] ? why : "file not found");
}

/* --- one file ------------------------------------------------------------------------- */

/* Into the open temporary file; *ret_ok false: the failure was noted. */
static struct err *fetch(struct transfer *t, const char *base, const char *url, bool *ret_ok)
{
	char error[CURL_ERROR_SIZE];
	CURL *c = handle_of(t->q->s);
	CURLcode code;

	*ret_ok = false;
	if (!c || !set_options(c, t, url, error))
		return search_note(t->q, url, "server", SYMBOL_FAILED, "libcurl cannot be set up");
	code = curl_load()->curl_easy_perform(c);
	if (code != CURLE_OK)
		return note_failure(t, base, url, code, error);
	*ret_ok = true;
	return NULL;
}

/* What came is not what was asked for. */
static struct err *note_refused(struct search *q, const char *url, const char *tmp, const struct err *e)
{
	enum symbol_outcome o = err_code(e) == ERR_UNSUPPORTED ? SYMBOL_COMPRESSED
				: err_code(e) == ERR_NOTFOUND  ? SYMBOL_MISMATCH
							       : SYMBOL_FAILED;
	const char *why = err_message(e);

	if (str_starts(why, tmp) && str_starts(why + strlen(tmp), ": "))
		why += strlen(tmp) + 2; /* the temporary name tells nobody anything */
	TRY(search_note(q, url, "server", o, why));
	return remember(q->s, &q->s->refused, url, why);
}

/* Checked under its temporary name, then renamed. */
static struct err *keep(struct search *q, const char *url, const char *tmp, const char *path)
{
	CLEANUP(err_freep) struct err *e = NULL;
	enum symbol_file_type type;
	bool verified;

	e = store_check(tmp, q->r, &type, &verified);
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return TAKE_PTR(e);
	if (e)
		return note_refused(q, url, tmp, e);
	if (rename(tmp, path) < 0)
		return search_note(q, path, "server", SYMBOL_FAILED, strerror(errno));
	return search_try(q, path, "server");
}

static struct err *download_to(struct search *q, const char *base, const char *url, const char *path)
{
	CLEANUP(strbuf_deinit) struct strbuf tmp = STRBUF_INIT;
	struct transfer t = { .q = q, .name = q->name };
	struct err *e;
	bool ok = false;

	strbuf_addf(&tmp, "%s.XXXXXX", path);
	TRY(strbuf_check(&tmp));
	t.fd = mkostemp(tmp.s, O_CLOEXEC); /* 0600 */
	if (t.fd < 0)
		return search_note(q, path, "server", SYMBOL_FAILED, strerror(errno));
	e = fetch(&t, base, url, &ok);
	if (close(t.fd) < 0 && !e && ok) {
		e = search_note(q, path, "server", SYMBOL_FAILED, strerror(errno));
		ok = false;
	}
	if (!e && ok)
		e = keep(q, url, tmp.s, path);
	(void)unlink(tmp.s); /* not there any more when it was kept */
	return e;
}

static void add_escaped(struct strbuf *sb, CURL *c, const char *s)
{
	char *escaped = c ? curl_load()->curl_easy_escape(c, s, 0) : NULL;

	strbuf_addf(sb, "/%s", escaped ? escaped : s);
	if (escaped)
		curl_load()->curl_free(escaped);
}

/* Folders that were made for nothing go again; others are not empty. */
static void remove_empty(const char *folder, const char *name, const char *key)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_addf(&sb, "%s/%s/%s", folder, name, key);
	(void)rmdir(sb.s);
	strbuf_truncate(&sb, sb.len - strlen(key) - 1);
	if (!sb.failed)
		(void)rmdir(sb.s);
}

struct err *store_download(struct search *q, const char *base, const char *folder, const char *key,
			   const char *file)
{
	CLEANUP(strbuf_deinit) struct strbuf url = STRBUF_INIT;
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	CLEANUP(err_freep) struct err *e = NULL;
	const char *why;

	strbuf_adds(&url, base);
	add_escaped(&url, handle_of(q->s), q->name);
	add_escaped(&url, q->s->curl, key);
	add_escaped(&url, q->s->curl, file);
	strbuf_addf(&path, "%s/%s/%s", folder, q->name, key);
	TRY(strbuf_check(&url));
	TRY(strbuf_check(&path));
	why = strmap_get(&q->s->servers_down, base);
	if (!why)
		why = strmap_get(&q->s->refused, url.s);
	if (why)
		return search_note(q, url.s, "server", SYMBOL_NOT_ASKED, why);
	TRY(cancel_check());
	e = store_make_folder(path.s);
	if (e)
		return search_note(q, path.s, "server", SYMBOL_FAILED, err_message(e));
	strbuf_addf(&path, "/%s", file);
	TRY(strbuf_check(&path));
	e = download_to(q, base, url.s, path.s);
	if (e || !q->found.path)
		remove_empty(folder, q->name, key);
	return TAKE_PTR(e);
}
