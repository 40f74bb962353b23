/*
 * lib_error - fills a PlenaryError.
 *
 * Pure; any thread.
 */
#ifndef PLENARY_CLIENTS_LIB_ERROR_H
#define PLENARY_CLIENTS_LIB_ERROR_H

#include "clients/lib/plenary.h"

/* Sets code and message, cut to fit. `error` may be NULL. Always gives false, so that callers
 * can return the call. */
bool lib_error_set(PlenaryError *error, Plenary__V1__StatusCode code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* OK and no message. `error` may be NULL. */
void lib_error_clear(PlenaryError *error);

#endif
