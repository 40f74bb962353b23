#include "bench/trouble.h"

#include <stdarg.h>
#include <stdio.h>

bool trouble_set(Trouble *self, const char *format, ...)
{
    if (self->message[0]) return false;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(self->message, sizeof self->message, format, arguments);
    va_end(arguments);
    return false;
}
