/*
 * html - texts of somebody else's making, as parts of a page.
 *
 * What is written is well-formed in HTML and in XML. A text can end no element and no attribute,
 * bring no control character, and turn no other text around by its direction; an address can be
 * followed only where it leads to the web. Errors of the stream are the caller's to look for. Pure;
 * any thread.
 */
#ifndef PLENARY_REPORT_HTML_H
#define PLENARY_REPORT_HTML_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Within an element, or as an attribute's value between quotation marks. */
void html_text(FILE *file, const char *text);

/* <bdi lang="ru">text</bdi>; the language may be NULL. */
void html_title(FILE *file, const char *text, const char *language);

/* Whether an address leads to the web: http or https. NULL does not. */
bool html_may_link(const char *uri);

/* The text, as a link where the address may be one. */
void html_link(FILE *file, const char *uri, const char *text);

/* 12,345 */
void html_count(FILE *file, uint64_t count);

/* The share of `part` in `whole` as an SVG or CSS length: 37.5% */
void html_share(FILE *file, uint64_t part, uint64_t whole);

#endif
