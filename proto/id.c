#include "proto/id.h"

#include <string.h>

void id_make(int64_t time_ms, const uint8_t random[static ID_RANDOM_BYTES],
             char text[static ID_TEXT_SIZE])
{
    uint8_t bytes[ID_BYTES];
    uint64_t time = (uint64_t)time_ms;
    for (size_t i = 0; i < 6; i++)
        bytes[i] = (uint8_t)(time >> (8 * (5 - i)));
    memcpy(bytes + 6, random, ID_RANDOM_BYTES);
    bytes[6] = (uint8_t)(0x70 | (bytes[6] & 0x0F));
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3F));
    id_print(bytes, text);
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

static bool is_dash(size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

bool id_parse(const char *text, uint8_t bytes[static ID_BYTES])
{
    uint8_t parsed[ID_BYTES] = {0};
    if (strlen(text) != ID_TEXT_SIZE - 1) return false;
    size_t digits = 0;
    for (size_t i = 0; text[i]; i++) {
        if (is_dash(i)) {
            if (text[i] != '-') return false;
            continue;
        }
        int value = digit_value(text[i]);
        if (value < 0) return false;
        parsed[digits / 2] = (uint8_t)(parsed[digits / 2] << 4 | value);
        digits++;
    }
    memcpy(bytes, parsed, ID_BYTES);
    return true;
}

void id_print(const uint8_t bytes[static ID_BYTES], char text[static ID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    char *out = text;
    for (size_t i = 0; i < ID_BYTES; i++) {
        if (is_dash((size_t)(out - text))) *out++ = '-';
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 0x0F];
    }
    *out = '\0';
}

int64_t id_time_ms(const uint8_t bytes[static ID_BYTES])
{
    uint64_t time = 0;
    for (size_t i = 0; i < 6; i++)
        time = time << 8 | bytes[i];
    return (int64_t)time;
}
