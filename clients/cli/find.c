/* The verbs that find events: list and search. */
#include "clients/cli/complain.h"
#include "clients/cli/event_view.h"
#include "clients/cli/explain.h"
#include "clients/cli/found.h"
#include "clients/cli/pages.h"
#include "clients/cli/verbs.h"
#include "proto/asked.h"
#include "proto/validate.h"

#include <string.h>

typedef struct Lister {
    Listing *listing;
    size_t count;
} Lister;

static int add_to_listing(void *context, const ProtobufCMessage *record)
{
    Lister *lister = context;
    lister->count++;
    if (listing_add(lister->listing, record)) return CLI_DONE;
    return complain_code(CLI_FAILED, "the list could not be written");
}

/* How the first page is found, in the place of what is on it. */
static int explain_matches(Session *session, Query *query, uint32_t limit)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    page.has_limit = limit != 0;
    page.limit = limit < VALIDATE_PAGE_LIMIT_MAX ? limit : VALIDATE_PAGE_LIMIT_MAX;
    list.query = query;
    list.page = &page;
    list.has_explain = list.explain = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    int code = session_call(session, &request, &reply);
    if (code != CLI_DONE) return code;
    code = explain_print(session, reply->events->explanation, reply->events->total);
    plenary_reply_free(reply);
    return code;
}

static int list_matches(Session *session, Query *query, uint32_t limit, Found *found)
{
    Lister lister = {0};
    lister.listing = listing_open(stdout, session->form, &event_kind, &session->terminal);
    if (!lister.listing) return session_no_memory();
    const ListingMarks marks = found_marks(found);
    if (found) listing_mark(lister.listing, &marks);
    int code = pages_events(session, query, limit, add_to_listing, &lister);
    bool written = listing_close(&lister.listing);
    if (code != CLI_DONE) return code;
    if (!written) return complain_code(CLI_FAILED, "the list could not be written");
    if (lister.count == 0 && session->form == OUTPUT_TABLE) complain("no event matches");
    return CLI_DONE;
}

static int check_expand(const Session *session, const Query *query)
{
    if (session_has(session, "explain") || session_has(session, "as-of"))
        return complain_code(CLI_USAGE, "--expand does not go with --as-of or --explain");
    if (query->has_order && query->order != PLENARY__V1__QUERY__ORDER__START)
        return complain_code(CLI_USAGE, "--expand: instances are in the order of start alone");
    if (!query->to)
        return complain_code(CLI_USAGE, "--expand needs an end, as what recurs may have none: "
                                        "--to, --on or --next, such as --next 30d");
    return CLI_DONE;
}

static int print_matches(Session *session, Query *query)
{
    bool given;
    uint32_t limit = 0;
    int code = session_number(session, "limit", 1, &given, &limit);
    if (code != CLI_DONE) return code;
    if (session_has(session, "explain") && session_has(session, "as-of"))
        return complain_code(CLI_USAGE, "--as-of does not go with --explain");
    if (session_has(session, "expand")) code = check_expand(session, query);
    if (code != CLI_DONE) return code;
    if (session_has(session, "explain")) return explain_matches(session, query, limit);
    bool marked = query->text && session->form == OUTPUT_TABLE && session->terminal.is_terminal;
    Found *found = marked ? found_new(query->text) : NULL;
    if (marked && !found) return session_no_memory();
    code = list_matches(session, query, given ? limit : 0, found);
    found_destroy(&found);
    return code;
}

int verb_list(Session *session)
{
    Query *query = NULL;
    int code = session_filters(session, &query);
    return code == CLI_DONE ? print_matches(session, query) : code;
}

/* The words, and those of --text, are one text; its last word may be the beginning of one. */
static char *join_words(const Session *session, const char *text)
{
    char *joined = arena_strdup(session->arena, text ? text : "");
    for (size_t i = 0; i < session->word_count && joined; i++)
        joined =
            arena_printf(session->arena, "%s%s%s", joined, *joined ? " " : "", session->words[i]);
    return joined && asked_is_open(joined) ? arena_printf(session->arena, "%s*", joined) : joined;
}

/* The registry keeps no order of relevance of the past. */
int verb_search(Session *session)
{
    Query *query = NULL;
    int code = session_filters(session, &query);
    if (code != CLI_DONE) return code;
    query->text = join_words(session, query->text);
    if (!query->text) return session_no_memory();
    if (!query->has_order && !session_has(session, "as-of")) {
        query->has_order = 1;
        query->order = PLENARY__V1__QUERY__ORDER__RELEVANCE;
    }
    return print_matches(session, query);
}
