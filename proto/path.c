#include "proto/path.h"

#include "proto/text.h"

#include <string.h>

enum { POSITION_SIZE = 24 };

static void append(Path *self, const char *text, size_t length)
{
    size_t room = sizeof self->text - 1 - self->length;
    length = text_cut(text, length, room);
    memcpy(self->text + self->length, text, length);
    for (size_t i = self->length; i < self->length + length; i++)
        if (text_is_control((unsigned char)self->text[i])) self->text[i] = '?';
    self->length += length;
    self->text[self->length] = '\0';
}

Path path_from(const char *text)
{
    Path path = {.length = 0};
    append(&path, text, strlen(text));
    return path;
}

size_t path_enter(Path *self, const char *name)
{
    size_t mark = self->length;
    if (mark > 0) append(self, ".", 1);
    append(self, name, strlen(name));
    return mark;
}

size_t path_enter_at(Path *self, size_t index)
{
    size_t mark = self->length;
    char position[POSITION_SIZE]; /* from its end: every element of every list comes by here */
    char *at = position + sizeof position;
    *--at = ']';
    do
        *--at = (char)('0' + index % 10);
    while ((index /= 10) > 0);
    *--at = '[';
    append(self, at, (size_t)(position + sizeof position - at));
    return mark;
}

void path_leave(Path *self, size_t mark)
{
    self->length = mark;
    self->text[mark] = '\0';
}
