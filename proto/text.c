#include "proto/text.h"

#include <stdint.h>
#include <string.h>

enum { CHUNK_BYTES = 8 };

static const uint64_t each_byte = UINT64_C(0x0101010101010101);

/* Length of the valid character at `text`, 0 where there is none. */
static size_t character_length(const unsigned char *text, size_t length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = text[0];
    if (lead < 0x80) return 1;
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (size == 0 || lead >= 0xF8 || size > length) return 0;
    uint32_t code = lead & (0xFFU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xC0U) != 0x80U) return 0;
        code = code << 6 | (text[i] & 0x3FU);
    }
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    return size;
}

/* Most text is plain ASCII: CHUNK_BYTES at a time. */
static uint64_t chunk_at(const char *text)
{
    uint64_t chunk;
    memcpy(&chunk, text, CHUNK_BYTES);
    return chunk;
}

/* ASCII without control characters? A byte below 0x20 borrows into its highest bit, and only 0x7F
 * carries into it. */
static bool is_plain(uint64_t chunk)
{
    return ((chunk | (chunk - each_byte * 0x20) | (chunk + each_byte)) & each_byte * 0x80) == 0;
}

bool text_is_utf8(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0; i < length;) {
        if (length - i >= CHUNK_BYTES && (chunk_at(text + i) & each_byte * 0x80) == 0) {
            i += CHUNK_BYTES;
            continue;
        }
        size_t size = character_length(bytes + i, length - i);
        if (size == 0) return false;
        i += size;
    }
    return true;
}

size_t text_find_control(const char *text, size_t length)
{
    size_t i = 0;
    while (length - i >= CHUNK_BYTES && is_plain(chunk_at(text + i)))
        i += CHUNK_BYTES;
    for (; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (text_is_control(byte) && byte != '\n' && byte != '\t') return i;
        if (byte == 0xC2 && i + 1 < length && (unsigned char)text[i + 1] < 0xA0) return i;
    }
    return length;
}

bool text_is_blank(const char *text)
{
    return text[strspn(text, " \t\n\r")] == '\0';
}

size_t text_cut(const char *text, size_t length, size_t limit)
{
    if (length <= limit) return length;
    size_t cut = limit;
    while (cut > 0 && ((unsigned char)text[cut] & 0xC0U) == 0x80U)
        cut--;
    return cut;
}

void text_mend(char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length;) {
        size_t size = character_length((const unsigned char *)text + i, length - i);
        bool shown = size > 1 ? text_find_control(text + i, size) == size
                              : size == 1 && !text_is_control((unsigned char)text[i]);
        if (size == 0) size = 1;
        for (; size > 0; size--, i++)
            if (!shown) text[i] = '?';
    }
}

Quote text_quote(const char *text)
{
    static const char ellipsis[] = "…";
    enum { ROOM = TEXT_QUOTE_SIZE - 3 - (sizeof ellipsis - 1) };
    Quote quote = {.text = "\""};
    size_t given = strlen(text);
    size_t length = text_cut(text, given, ROOM);
    char *out = quote.text + 1;
    memcpy(out, text, length);
    out[length] = '\0';
    text_mend(out);
    out += length;
    if (length < given) {
        memcpy(out, ellipsis, sizeof ellipsis - 1);
        out += sizeof ellipsis - 1;
    }
    memcpy(out, "\"", 2);
    return quote;
}
