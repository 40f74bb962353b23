/*
 * asked - a text question taken apart: words, "exact words", begin*, -without.
 *
 * Parts stand between spaces; a part may hold several words (Alma-Ata). Both ends read a question
 * by this: the registry, and a program that marks what was found. Pure; any thread.
 */
#ifndef PLENARY_PROTO_ASKED_H
#define PLENARY_PROTO_ASKED_H

#include "proto/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    ASKED_PARTS_MAX = 64,
};

typedef struct AskedPart {
    const char *text; /* lent by the question, without its marks */
    size_t length;
    bool exact;   /* it stood in quotation marks: these words, one after the other */
    bool negated; /* not this */
    bool begins;  /* the last word is the beginning of one */
} AskedPart;

typedef struct Asked {
    size_t count;
    AskedPart parts[ASKED_PARTS_MAX];
} Asked;

/* False: the question is not as it must be, and `message` says why. */
bool asked_parse(const char *text, Asked *asked, char message[static PROBLEM_MESSAGE_SIZE]);

/* Is the last word still being written, as far as one can see: neither in quotation marks, nor
 * excluded, nor with a mark or a space behind it? */
bool asked_is_open(const char *text);

#endif
