#include "clients/lib/countries.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct Country {
    const char *code;
    const char *name;
} Country;

/* In the order of their codes (countries.cmake). */
static const Country countries[] = {
#include <countries.inc>
};

static int compare_code(const void *code, const void *country)
{
    return strcmp(code, ((const Country *)country)->code);
}

const char *country_name(const char *code)
{
    const Country *found = bsearch(code, countries, sizeof countries / sizeof *countries,
                                   sizeof *countries, compare_code);
    return found ? found->name : NULL;
}
