/* SPDX-License-Identifier: MIT */
/*
 * libcurl, loaded when the first download is asked for: it brings some thirty
 * libraries whose loading costs more than opening a dump does. Include this
 * in place of <curl/curl.h>; call curl_load() before anything else.
 */
#ifndef OSM_SYMBOL_CURL_H
#define OSM_SYMBOL_CURL_H

#include <curl/curl.h>
#include <stdbool.h>

/* The option functions are wrapped in type-checking macros. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define CURL_FUNCTIONS(X)                                                      \
	X(curl_global_init)                                                    \
	X(curl_easy_init)                                                      \
	X(curl_easy_cleanup)                                                   \
	X(curl_easy_reset)                                                     \
	X(curl_easy_setopt)                                                    \
	X(curl_easy_getinfo)                                                   \
	X(curl_easy_perform)                                                   \
	X(curl_easy_escape)                                                    \
	X(curl_easy_strerror)                                                  \
	X(curl_free)

struct curl_api {
#define CURL_SLOT(name) __typeof__(name) *name;
	CURL_FUNCTIONS(CURL_SLOT)
#undef CURL_SLOT
};

/* NULL: the library, or a function of it, is not to be had. Never unloaded. */
const struct curl_api *curl_load(void);

#endif
