#include "clients/lib/lib_error.h"

#include <stdarg.h>
#include <stdio.h>

bool lib_error_set(PlenaryError *error, Plenary__V1__StatusCode code, const char *format, ...)
{
    if (!error) return false;
    error->code = (int)code;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return false;
}

void lib_error_clear(PlenaryError *error)
{
    if (!error) return;
    error->code = PLENARY__V1__STATUS_CODE__OK;
    error->message[0] = '\0';
}
