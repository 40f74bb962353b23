/*
 * query_text - the text of a query, as terms and phrases.
 *
 * A word is meant by itself, by its stem, and by the other names of the place or organisation that
 * it names; "exact words" by themselves alone, and in their order. Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_QUERY_TEXT_H
#define PLENARY_REGISTRY_QUERY_TEXT_H

#include "daemon/registry/query.h"

/* Adds to `resolved`, whose terms have room for QUERY_WORDS_MAX more. INVALID_ARGUMENT, of
 * query.text: it is not closed, has no word, too many, or only excludes. */
StatusCode query_resolve_text(const QueryContext *context, const char *text, Resolved *resolved,
                              Problem *problem);

#endif
