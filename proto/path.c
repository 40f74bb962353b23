#include "proto/path.h"

#include "proto/text.h"

#include <stdio.h>
#include <string.h>

static void append(Path *self, const char *text, size_t length)
{
    size_t room = sizeof self->text - 1 - self->length;
    length = text_cut(text, length, room);
    for (size_t i = 0; i < length; i++)
        self->text[self->length + i] = text_is_control((unsigned char)text[i]) ? '?' : text[i];
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
    char position[32];
    int length = snprintf(position, sizeof position, "[%zu]", index);
    append(self, position, (size_t)length);
    return mark;
}

void path_leave(Path *self, size_t mark)
{
    self->length = mark;
    self->text[mark] = '\0';
}
