#include "daemon/bus/view.h"

#include <sodium.h>
#include <string.h>

/* Another view than without: a cursor of the one does not fit the other. */
static void hash_directory(uint8_t hash[static QUERY_VIEW_HASH_BYTES])
{
    static const unsigned char mark[] = "directory";
    uint8_t query[QUERY_VIEW_HASH_BYTES];
    memcpy(query, hash, sizeof query);
    crypto_generichash(hash, QUERY_VIEW_HASH_BYTES, query, sizeof query, mark, sizeof mark - 1);
}

StatusCode view_make(State *state, const Caller *caller, const Query *query, bool directory,
                     Arena *arena, View *view, Problem *problem)
{
    View made = {.sees_all = access_sees_all(caller)};
    if (!access_copy_caller(caller, arena, &made.caller))
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the query is too large");
    const QueryContext context = {state, &made.caller, arena};
    StatusCode code = query_resolve(&context, query, &made.resolved, problem);
    if (code != STATUS_OK) return code;
    made.is_everything = query_is_everything(made.resolved);
    made.hears_directory = directory || made.is_everything;
    query_hash(&context, made.resolved, made.hash);
    if (made.hears_directory && !made.is_everything) hash_directory(made.hash);
    *view = made;
    return STATUS_OK;
}

bool view_equal(const View *one, const View *other)
{
    return memcmp(one->hash, other->hash, sizeof one->hash) == 0;
}
