#include "clients/cli/clashes.h"

#include "clients/cli/complain.h"
#include "clients/lib/wording.h"

enum {
    NAMES_TOLD = 5, /* in one line */
};

const char *clash_name(const Clash *clash, Arena *arena)
{
    const char *subject = clash->subject ? clash->subject : "";
    if (clash->kind != PLENARY__V1__CLASH__KIND__HEAD_OF_DELEGATION) return subject;
    return arena_printf(arena, "the head of %s's delegation", subject);
}

const Schedule *clash_first_when(const Conflict *conflict)
{
    return conflict->first_instance ? conflict->first_instance : conflict->first->schedule;
}

const Schedule *clash_second_when(const Conflict *conflict)
{
    if (!conflict->second || conflict->second_instance) return conflict->second_instance;
    return conflict->second->schedule;
}

static bool is_told(const Clash *clash, bool possible)
{
    return (clash->possible != 0) == possible;
}

static size_t count_told(const Conflict *conflict, bool possible)
{
    size_t count = 0;
    for (size_t i = 0; i < conflict->n_clashes; i++)
        count += is_told(conflict->clashes[i], possible);
    return count;
}

/* "Hall, 5; Jane Doe and 3 more" of those that are certain, or of the others. NULL: the arena is
 * full. */
static const char *names(const Conflict *conflict, bool possible, size_t count, Arena *arena)
{
    const char *text = "";
    size_t most = count < NAMES_TOLD ? count : NAMES_TOLD;
    size_t told = 0;
    for (size_t i = 0; i < conflict->n_clashes && text && told < most; i++) {
        if (!is_told(conflict->clashes[i], possible)) continue;
        const char *name = clash_name(conflict->clashes[i], arena);
        if (!name) return NULL;
        const char *mark = told == 0 ? "" : told + 1 == count ? " and " : "; ";
        text = arena_printf(arena, "%s%s%s", text, mark, name);
        told++;
    }
    return text && count > most ? arena_printf(arena, "%s and %zu more", text, count - most) : text;
}

static void warn(const Conflict *conflict, bool possible, Arena *arena)
{
    char when[WORDING_SIZE];
    size_t count = count_told(conflict, possible);
    const Event *other = conflict->second;
    const char *what = count ? names(conflict, possible, count, arena) : NULL;
    const char *verb = possible ? "may be taken" : count > 1 ? "are taken" : "is taken";
    if (!what) return;
    if (!other) {
        wording_schedule(conflict->first_instance, when);
        complain("warning: %s %s %s", what, verb, *when ? when : "at that time");
        return;
    }
    wording_schedule(clash_second_when(conflict), when);
    complain("warning: %s %s by %u \"%s\", %s", what, verb, other->number,
             other->title ? other->title : "", when);
}

void clashes_warn(Session *session, const Plenary__V1__WriteReply *reply)
{
    for (size_t i = 0; i < reply->n_conflicts; i++) {
        warn(reply->conflicts[i], false, session->arena);
        warn(reply->conflicts[i], true, session->arena);
    }
    if (!reply->more_conflicts) return;
    const char *also = reply->n_conflicts ? "more" : "something else";
    if (reply->dry_run || !reply->event)
        complain("warning: %s may be in its way", also);
    else
        complain("warning: %s may be in its way: see \"plenary conflicts %u\"", also,
                 reply->event->number);
}
