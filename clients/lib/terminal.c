#include "clients/lib/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool wants_colours(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    if (no_color && *no_color) return false;
    return term && strcmp(term, "dumb") != 0;
}

static size_t width_of(int descriptor)
{
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col >= TERMINAL_WIDTH_MIN)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    long width = columns ? strtol(columns, NULL, 10) : 0;
    return width >= TERMINAL_WIDTH_MIN ? (size_t)width : TERMINAL_WIDTH_DEFAULT;
}

Terminal terminal_of(FILE *file)
{
    int descriptor = fileno(file);
    bool is_terminal = descriptor >= 0 && isatty(descriptor);
    return (Terminal){.is_terminal = is_terminal,
                      .colours = is_terminal && wants_colours(),
                      .width = is_terminal ? width_of(descriptor) : TERMINAL_WIDTH_DEFAULT};
}
