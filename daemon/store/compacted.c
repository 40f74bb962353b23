#include "daemon/store/compacted.h"

#include <stdio.h>

Compacted compacted_not(StatusCode code, const char *message)
{
    Compacted made = {.code = code};
    (void)snprintf(made.message, sizeof made.message, "%s", message);
    return made;
}
