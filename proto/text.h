/*
 * text - UTF-8 as it comes from outside: is it valid, where may it be cut, how is it shown.
 *
 * Pure; any thread.
 */
#ifndef PLENARY_PROTO_TEXT_H
#define PLENARY_PROTO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum {
    TEXT_QUOTE_SIZE = 72, /* bytes of a quoted text, its quote marks and NUL within */
};

/* A text made fit for a message: short, no control characters. */
typedef struct Quote {
    char text[TEXT_QUOTE_SIZE];
} Quote;

/* Valid UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing over U+10FFFF)? */
bool text_is_utf8(const char *text, size_t length);

/* C0 but for newline and tab is judged by the caller; these are all of C0 and DEL. */
static inline bool text_is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7F;
}

/* The position of the first control character that a text may not have: C0 other than newline
 * and tab, DEL, C1 (U+0080 to U+009F). `length` where there is none. The text is valid UTF-8. */
size_t text_find_control(const char *text, size_t length);

/* No character but white space? */
bool text_is_blank(const char *text);

/* The character after the one at `text`, which is valid UTF-8 and not at its end. */
static inline const char *text_next(const char *text)
{
    unsigned char lead = (unsigned char)*text;
    return text + 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0);
}

/* At most `limit` bytes of `length`, never within a character. */
size_t text_cut(const char *text, size_t length, size_t limit);

/* Makes a text of somebody else's making fit for a message, in place: each byte that is no valid
 * UTF-8 or of a control character becomes '?'. */
void text_mend(char *text);

/* "Tashkent" in quote marks, cut with an ellipsis where it is long; what is no valid UTF-8 or a
 * control character shows as '?'. */
Quote text_quote(const char *text);

#endif
