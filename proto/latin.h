/*
 * latin - one word of any script in lower-case Latin letters.
 *
 * ICU transliterates by rules that were tried on the names of Central Asia; a few letters that
 * these rules leave alone or write as signs are replaced before. A Latin belongs to one thread.
 * Input is valid UTF-8. Slow (tens of microseconds a word): Words keeps what it gave.
 */
#ifndef PLENARY_PROTO_LATIN_H
#define PLENARY_PROTO_LATIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LATIN_WORD_SIZE = 257, /* bytes of what is written, with NUL; what is longer is cut */
};

/* How Latin ş, ç and ğ of Turkish, Azeri and Turkmen names are written. */
typedef enum LatinSounds {
    LATIN_ENGLISH, /* sh, ch, gh: Aşgabat -> ashgabat */
    LATIN_BARE,    /* s, c, g: asgabat */
} LatinSounds;

typedef struct Latin Latin;

/* NULL: no memory, or ICU's data are missing. */
Latin *latin_new(void);
void latin_destroy(Latin **self);

/* `word` in lower case and composed form (NFKC), still in its own script; the length written. */
size_t latin_normalise(Latin *self, const char *word, char out[static LATIN_WORD_SIZE]);

/* `word` in Latin letters and digits, all other characters left out; what ICU cannot write in ASCII
 * stays. The length written, which may be 0. */
size_t latin_fold(Latin *self, const char *word, LatinSounds sounds,
                  char out[static LATIN_WORD_SIZE]);

/* Signs that are left out of words: O'zbekiston, Oʻzbekiston. */
bool latin_is_apostrophe(int32_t character);

#endif
