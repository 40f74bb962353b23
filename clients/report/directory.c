#include "clients/report/directory.h"

#include <stddef.h>
#include <string.h>

/* Names are told from ids by their form, so that they are not looked up in vain. */
static const Organisation *find(const Directory *self, const char *reference)
{
    static const char of_ids[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (reference[strspn(reference, of_ids)] != '\0') return NULL;
    return self->find(self->context, reference);
}

const char *directory_name(const Directory *self, const char *reference)
{
    const Organisation *found = find(self, reference);
    return found && found->name ? found->name : reference;
}

const char *directory_short(const Directory *self, const char *reference)
{
    const Organisation *found = find(self, reference);
    if (!found) return reference;
    if (found->acronym) return found->acronym;
    return found->name ? found->name : reference;
}

const char *directory_part_of(const Directory *self, const char *reference)
{
    const Organisation *found = find(self, reference);
    return found && found->part_of ? directory_short(self, found->part_of) : NULL;
}

const char *directory_reference(const Involvement *involvement)
{
    if (involvement->id) return involvement->id;
    return involvement->name ? involvement->name : "";
}
