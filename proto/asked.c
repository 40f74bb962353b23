#include "proto/asked.h"

#include <stdio.h>
#include <string.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_spaces(const char *text)
{
    while (is_space(*text))
        text++;
    return text;
}

static const char *end_of_words(const char *text)
{
    while (*text && *text != '"' && !is_space(*text))
        text++;
    return text;
}

/* NULL: the quotation mark is not closed. */
static const char *take_part(const char *text, AskedPart *part)
{
    *part = (AskedPart){.negated = *text == '-' && text[1] && !is_space(text[1])};
    if (part->negated) text++;
    part->exact = *text == '"';
    if (part->exact) {
        const char *end = strchr(++text, '"');
        part->text = text;
        part->length = end ? (size_t)(end - text) : 0;
        return end ? end + 1 : NULL;
    }
    const char *end = end_of_words(text);
    part->text = text;
    part->length = (size_t)(end - text);
    part->begins = part->length > 1 && end[-1] == '*';
    if (part->begins) part->length--;
    return end;
}

bool asked_parse(const char *text, Asked *asked, char message[static PROBLEM_MESSAGE_SIZE])
{
    size_t count = 0;
    bool wants = false;
    for (text = skip_spaces(text); *text; text = skip_spaces(text)) {
        AskedPart part;
        text = take_part(text, &part);
        if (!text) {
            (void)snprintf(message, PROBLEM_MESSAGE_SIZE, "a quotation mark is not closed");
            return false;
        }
        if (count < ASKED_PARTS_MAX) asked->parts[count] = part;
        if (!part.negated) wants = true;
        count++;
    }
    asked->count = count;
    if (count > ASKED_PARTS_MAX)
        (void)snprintf(message, PROBLEM_MESSAGE_SIZE, "%zu words are over the limit of %d", count,
                       ASKED_PARTS_MAX);
    else if (!wants)
        (void)snprintf(message, PROBLEM_MESSAGE_SIZE,
                       count ? "says only what is not wanted; add a word that is"
                             : "there is no word in it");
    return count <= ASKED_PARTS_MAX && wants;
}

bool asked_is_open(const char *text)
{
    Asked asked;
    char unused[PROBLEM_MESSAGE_SIZE];
    if (!*text || !asked_parse(text, &asked, unused)) return false;
    const AskedPart *last = &asked.parts[asked.count - 1];
    bool ends_with_word = last->length > 0 && last->text[last->length - 1] != '*';
    return ends_with_word && !last->exact && !last->negated && last->text[last->length] == '\0';
}
