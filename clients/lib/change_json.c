#include "clients/lib/change_json.h"

#include "proto/json.h"

#include <stdlib.h>
#include <string.h>

/* The text with a newline after it, in its place. NULL: no memory. */
static char *with_newline(char *text)
{
    size_t length = text ? strlen(text) : 0;
    char *line = text ? realloc(text, length + 2) : NULL;
    if (line)
        memcpy(line + length, "\n", 2);
    else
        free(text);
    return line;
}

char *change_json_line(const Change *change, Plenary__V1__Delivery__Relation relation, json_t *more)
{
    static const char *const first[] = {"sequence", "action"};
    json_t *line = json_object();
    json_t *whole = json_of_message(&change->base);
    const char *name = json_enum_name(&plenary__v1__delivery__relation__descriptor, (int)relation);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        (void)json_object_set(line, first[i], json_object_get(whole, first[i]));
    if (*name) (void)json_object_set_new(line, "relation", json_string(name));
    if (more) (void)json_object_update(line, more);
    char *text = NULL;
    if (whole && json_object_update_missing(line, whole) == 0)
        text = json_print(line, JSON_COMPACT);
    json_decref(line);
    json_decref(whole);
    return with_newline(text);
}
