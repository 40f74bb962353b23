#include "proto/curve.h"

#include <sodium.h>
#include <string.h>

enum {
    GROUP_BYTES = 4,      /* of a key, that are written as */
    GROUP_CHARACTERS = 5, /* of Z85 */
    FINGERPRINT_BYTES = 16,
};

static const char alphabet[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/* False: five characters stand for more than four bytes hold, or one is not of the alphabet. */
static bool parse_group(const char *text, uint8_t *bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < GROUP_CHARACTERS; i++) {
        const char *digit = text[i] ? strchr(alphabet, text[i]) : NULL;
        if (!digit) return false;
        value = value * (sizeof alphabet - 1) + (uint64_t)(digit - alphabet);
    }
    if (value > UINT32_MAX) return false;
    for (size_t i = 0; i < GROUP_BYTES; i++)
        bytes[i] = (uint8_t)(value >> (8 * (GROUP_BYTES - 1 - i)));
    return true;
}

bool curve_parse(const char *text, uint8_t key[static CURVE_KEY_BYTES])
{
    uint8_t parsed[CURVE_KEY_BYTES];
    if (strlen(text) != CURVE_TEXT_SIZE - 1) return false;
    for (size_t i = 0; i < CURVE_KEY_BYTES / GROUP_BYTES; i++)
        if (!parse_group(text + i * GROUP_CHARACTERS, parsed + i * GROUP_BYTES)) return false;
    memcpy(key, parsed, sizeof parsed);
    sodium_memzero(parsed, sizeof parsed); /* it may be a secret one */
    return true;
}

void curve_print(const uint8_t key[static CURVE_KEY_BYTES], char text[static CURVE_TEXT_SIZE])
{
    for (size_t i = 0; i < CURVE_KEY_BYTES / GROUP_BYTES; i++) {
        uint32_t value = 0;
        for (size_t j = 0; j < GROUP_BYTES; j++)
            value = value << 8 | key[i * GROUP_BYTES + j];
        for (size_t j = GROUP_CHARACTERS; j-- > 0; value /= sizeof alphabet - 1)
            text[i * GROUP_CHARACTERS + j] = alphabet[value % (sizeof alphabet - 1)];
    }
    text[CURVE_TEXT_SIZE - 1] = '\0';
}

bool curve_is_public(const uint8_t key[static CURVE_KEY_BYTES])
{
    static const uint8_t any_secret[CURVE_KEY_BYTES] = {1};
    uint8_t shared[CURVE_KEY_BYTES];
    return crypto_scalarmult(shared, any_secret, key) == 0;
}

void curve_fingerprint(const uint8_t key[static CURVE_KEY_BYTES],
                       char fingerprint[static CURVE_FINGERPRINT_SIZE])
{
    uint8_t hash[FINGERPRINT_BYTES];
    crypto_generichash(hash, sizeof hash, key, CURVE_KEY_BYTES, NULL, 0);
    sodium_bin2hex(fingerprint, CURVE_FINGERPRINT_SIZE, hash, sizeof hash);
}

bool curve_fingerprint_of(const char *text, char fingerprint[static CURVE_FINGERPRINT_SIZE])
{
    uint8_t key[CURVE_KEY_BYTES];
    if (!curve_parse(text, key)) return false;
    curve_fingerprint(key, fingerprint);
    return true;
}

void curve_pair_make(const uint8_t secret[static CURVE_KEY_BYTES], CurvePair *pair)
{
    uint8_t key[CURVE_KEY_BYTES];
    (void)crypto_scalarmult_base(key, secret); /* cannot fail: the base point is sound */
    curve_print(key, pair->public_key);
    curve_print(secret, pair->secret_key);
}

bool curve_pair_fits(const CurvePair *pair)
{
    uint8_t secret[CURVE_KEY_BYTES];
    CurvePair made;
    if (!curve_parse(pair->secret_key, secret)) return false;
    curve_pair_make(secret, &made);
    bool fits = strcmp(made.public_key, pair->public_key) == 0;
    sodium_memzero(secret, sizeof secret);
    curve_pair_clear(&made);
    return fits;
}

void curve_pair_clear(CurvePair *pair)
{
    sodium_memzero(pair, sizeof *pair);
}
