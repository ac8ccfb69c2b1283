/* SPDX-License-Identifier: MIT */
/* Loads libcurl; see curl.h. It stays, because it registers exit handlers. */
#include "symbol/curl.h"

#include <dlfcn.h>

static bool find_all(void *lib, struct curl_api *api)
{
	bool all = true;

	/* The conversion that dlsym's manual page gives. */
#define CURL_FIND(name) all = (*(void **)&api->name = dlsym(lib, #name)) && all;
	CURL_FUNCTIONS(CURL_FIND)
#undef CURL_FIND
	return all;
}

const struct curl_api *curl_load(void)
{
	static struct curl_api api;
	static bool tried, usable;
	void *lib;

	if (!tried) {
		tried = true;
		lib = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
		usable = lib && find_all(lib, &api);
	}
	return usable ? &api : NULL;
}
