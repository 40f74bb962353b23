#include "clients/lib/usage.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_WIDTH = 30, /* of an option and its value */
};

void usage_examples(const char *lines)
{
    for (const char *line = lines; *line;) {
        size_t length = strcspn(line, "\n");
        (void)printf("  $ %.*s\n", (int)length, line);
        line += length;
        line += *line == '\n';
    }
}

void usage_text(const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column && column + 1 + length > USAGE_WIDTH) {
            (void)putchar('\n');
            column = 0;
        }
        (void)printf("%s%.*s", column ? " " : "", (int)length, text);
        column += length + (column ? 1 : 0);
        text += length;
        text += strspn(text, " ");
    }
    (void)putchar('\n');
}

void usage_option(const Option *option)
{
    char name[NAME_WIDTH * 2];
    int length = option->letter ? snprintf(name, sizeof name, "-%c, ", option->letter) : 0;
    (void)snprintf(name + length, sizeof name - (size_t)length, "--%s%s%s", option->name,
                   option->value ? " " : "", option->value ? option->value : "");
    (void)printf("  %-*s %s\n", NAME_WIDTH, name, option->help);
}

unsigned usage_options(const char *heading, const Option *options, OptionGroups groups)
{
    unsigned flags = 0;
    bool headed = false;
    for (const Option *option = options; option->name; option++) {
        if (!(option->groups & groups)) continue;
        if (!headed) (void)printf("\n%s\n", heading);
        headed = true;
        flags |= option->flags;
        usage_option(option);
    }
    return flags;
}
