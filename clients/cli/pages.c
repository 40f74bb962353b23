#include "clients/cli/pages.h"

#include "clients/cli/complain.h"
#include "clients/cli/instances.h"
#include "clients/cli/instants.h"

enum {
    PAGE_RECORDS = 500,                 /* asked for at once */
    PAGE_MEMORY_MAX = 16 * 1024 * 1024, /* bytes of what is made of one page */
};

typedef struct Slice {
    ProtobufCMessage **records;
    size_t count;
    bool has_next;
    ProtobufCBinaryData next;
} Slice;

/* `arena` holds what is made for one page. */
static Slice slice_of(const Reply *reply, Arena *arena)
{
    switch (reply->result_case) {
    case PLENARY__V1__REPLY__RESULT_EVENTS:
        if (reply->events->n_instances)
            return (Slice){instances_of(reply->events, arena), reply->events->n_instances,
                           reply->events->has_next_page, reply->events->next_page};
        return (Slice){(ProtobufCMessage **)reply->events->events, reply->events->n_events,
                       reply->events->has_next_page, reply->events->next_page};
    case PLENARY__V1__REPLY__RESULT_CONFLICTS:
        return (Slice){(ProtobufCMessage **)reply->conflicts->conflicts,
                       reply->conflicts->n_conflicts, reply->conflicts->has_next_page,
                       reply->conflicts->next_page};
    case PLENARY__V1__REPLY__RESULT_ORGANISATIONS:
        return (Slice){(ProtobufCMessage **)reply->organisations->organisations,
                       reply->organisations->n_organisations, reply->organisations->has_next_page,
                       reply->organisations->next_page};
    case PLENARY__V1__REPLY__RESULT_PRINCIPALS:
        return (Slice){(ProtobufCMessage **)reply->principals->principals,
                       reply->principals->n_principals, reply->principals->has_next_page,
                       reply->principals->next_page};
    case PLENARY__V1__REPLY__RESULT_CHANGES:
        return (Slice){(ProtobufCMessage **)reply->changes->changes, reply->changes->n_changes,
                       reply->changes->has_next_page, reply->changes->next_page};
    default: return (Slice){0};
    }
}

/* Walks a question whose page is `page`. `arrived` is called for each page before its records; it
 * may be NULL. */
static int walk_with(Session *session, Request *request, Page *page, uint32_t limit,
                     page_fn *arrived, record_fn *each, void *context, Arena *arena)
{
    Reply *reply = NULL;
    uint32_t left = limit ? limit : UINT32_MAX;
    bool more = true;
    while (more) {
        Reply *before = reply;
        reply = NULL;
        page->has_limit = 1;
        page->limit = left < PAGE_RECORDS ? left : PAGE_RECORDS;
        int code = session_call(session, request, &reply);
        plenary_reply_free(before); /* the token was lent from it */
        if (code != CLI_DONE) return code;

        if (arrived) arrived(context, reply);
        arena_reset(arena);
        Slice slice = slice_of(reply, arena);
        if (!slice.records && slice.count) {
            plenary_reply_free(reply);
            return session_strange_answer();
        }
        for (size_t i = 0; i < slice.count && left > 0; i++) {
            code = each(context, slice.records[i]);
            if (code != CLI_DONE) {
                plenary_reply_free(reply);
                return code;
            }
            if (limit) left--;
        }
        more = slice.has_next && slice.next.len && left > 0;
        page->has_token = 1;
        page->token = slice.next;
    }
    plenary_reply_free(reply);
    return CLI_DONE;
}

static int walk_pages(Session *session, Request *request, Page *page, uint32_t limit,
                      page_fn *arrived, record_fn *each, void *context)
{
    Arena *arena = arena_new(PAGE_MEMORY_MAX);
    if (!arena) return session_no_memory();
    int code = walk_with(session, request, page, limit, arrived, each, context, arena);
    arena_destroy(&arena);
    return code;
}

static int walk(Session *session, Request *request, Page *page, uint32_t limit, record_fn *each,
                void *context)
{
    return walk_pages(session, request, page, limit, NULL, each, context);
}

/* A request for events, with the parts that it points to. */
typedef struct EventsRequest {
    Page page;
    Plenary__V1__ListEvents list;
    Request request;
} EventsRequest;

static int prepare_events(Session *session, Query *query, EventsRequest *made)
{
    plenary__v1__page__init(&made->page);
    plenary__v1__list_events__init(&made->list);
    plenary__v1__request__init(&made->request);
    made->list.query = query;
    made->list.page = &made->page;
    made->list.has_expand = made->list.expand = session_has(session, "expand");
    made->request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    made->request.list_events = &made->list;
    return instants_option(session, "as-of", DAY_ENDS, &made->list.as_of);
}

int pages_events(Session *session, Query *query, uint32_t limit, record_fn *each, void *context)
{
    EventsRequest made;
    int code = prepare_events(session, query, &made);
    return code == CLI_DONE ? walk(session, &made.request, &made.page, limit, each, context) : code;
}

int pages_total(Session *session, Query *query, uint64_t *total, uint64_t *as_of_sequence)
{
    EventsRequest made;
    Reply *reply = NULL;
    int code = prepare_events(session, query, &made);
    made.page.has_limit = 1;
    made.page.limit = 1;
    /* Pages are empty, and know no total, until the registry has been through what has changed. */
    for (bool known = false; code == CLI_DONE && !known;) {
        Reply *before = reply;
        reply = NULL;
        code = session_call(session, &made.request, &reply);
        plenary_reply_free(before); /* the token was lent from it */
        if (code != CLI_DONE) break;
        known = reply->events->has_total || !reply->events->has_next_page;
        made.page.has_token = 1;
        made.page.token = reply->events->next_page;
        *total = reply->events->total;
        *as_of_sequence = reply->events->as_of_sequence;
    }
    plenary_reply_free(reply);
    return code;
}

int pages_conflicts(Session *session, Query *query, const char *name, uint32_t limit,
                    record_fn *each, void *context)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Plenary__V1__ListConflicts list = PLENARY__V1__LIST_CONFLICTS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    list.query = query;
    list.event_id = (char *)(uintptr_t)name;
    list.page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CONFLICTS;
    request.list_conflicts = &list;
    return walk(session, &request, &page, limit, each, context);
}

int pages_organisations(Session *session, uint32_t limit, record_fn *each, void *context)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Plenary__V1__ListOrganisations list = PLENARY__V1__LIST_ORGANISATIONS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    list.page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_ORGANISATIONS;
    request.list_organisations = &list;
    return walk(session, &request, &page, limit, each, context);
}

int pages_principals(Session *session, uint32_t limit, record_fn *each, void *context)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Plenary__V1__ListPrincipals list = PLENARY__V1__LIST_PRINCIPALS__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    list.page = &page;
    list.has_revoked = list.revoked = session_has(session, "revoked");
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_PRINCIPALS;
    request.list_principals = &list;
    return walk(session, &request, &page, limit, each, context);
}

int pages_history(Session *session, Plenary__V1__EventHistory *asked, uint32_t limit,
                  page_fn *arrived, record_fn *each, void *context)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    asked->page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_EVENT_HISTORY;
    request.event_history = asked;
    return walk_pages(session, &request, &page, limit, arrived, each, context);
}

int pages_changes(Session *session, Plenary__V1__ListChanges *asked, uint32_t limit,
                  record_fn *each, void *context)
{
    Page page = PLENARY__V1__PAGE__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    asked->page = &page;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_CHANGES;
    request.list_changes = asked;
    return walk(session, &request, &page, limit, each, context);
}
