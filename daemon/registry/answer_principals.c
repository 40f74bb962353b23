#include "daemon/registry/answer.h"
#include "daemon/registry/page.h"

#include <assert.h>
#include <string.h>

enum {
    PRINCIPALS_PAGE_DEFAULT = 200,
    PRINCIPALS_PAGE_MAX = 500,
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

static StatusCode begin_reply(const Question *question, size_t capacity, Reply *reply,
                              Problem *problem)
{
    Plenary__V1__PrincipalsReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__principals_reply__init(body);
    body->principals = arena_array(question->arena, capacity, sizeof *body->principals);
    if (!body->principals) return out_of_memory(problem);
    reply->result_case = PLENARY__V1__REPLY__RESULT_PRINCIPALS;
    reply->principals = body;
    return STATUS_OK;
}

static void add(Plenary__V1__PrincipalsReply *body, const PrincipalEntry *entry)
{
    body->principals[body->n_principals++] = (Principal *)(uintptr_t)entry->principal;
}

StatusCode answer_get_principal(const Question *question, Reply *reply, Problem *problem)
{
    const char *name = question->request->get_principal->name;
    const Principals *principals = question->state->principals;
    const PrincipalEntry *entry = principals_find(principals, name);
    if (!entry) entry = principals_find_key(principals, name);
    if (!entry) return problem_set(problem, STATUS_NOT_FOUND, "there is no principal \"%s\"", name);
    StatusCode code = begin_reply(question, 1, reply, problem);
    if (code == STATUS_OK) add(reply->principals, entry);
    return code;
}

/* The first after a name that is asked for. */
static const PrincipalEntry *next_asked(const Question *question, const char *after)
{
    const PrincipalEntry *entry = principals_next(question->state->principals, after);
    while (entry && !question->request->list_principals->revoked &&
           principal_is_revoked(entry->principal))
        entry = principals_next(question->state->principals, entry->principal->name);
    return entry;
}

StatusCode answer_list_principals(const Question *question, Reply *reply, Problem *problem)
{
    const Page *page = question->request->list_principals->page;
    uint32_t limit = page_limit(page, PRINCIPALS_PAGE_DEFAULT, PRINCIPALS_PAGE_MAX);
    const char *after = NULL;
    if (page && page->has_token)
        after = arena_strndup(question->arena, (const char *)page->token.data, page->token.len);
    StatusCode code = begin_reply(question, limit, reply, problem);
    if (code != STATUS_OK) return code;

    const PrincipalEntry *entry = next_asked(question, after);
    size_t bytes = 0;
    while (entry && reply->principals->n_principals < limit && bytes < PAGE_BYTES_MAX) {
        add(reply->principals, entry);
        bytes += protobuf_c_message_get_packed_size(&entry->principal->base);
        after = entry->principal->name;
        entry = next_asked(question, after);
    }
    if (!entry) return STATUS_OK;
    assert(after); /* a page holds one at least */
    uint8_t *token = (uint8_t *)arena_strdup(question->arena, after);
    if (!token) return out_of_memory(problem);
    reply->principals->has_next_page = 1;
    reply->principals->next_page = (ProtobufCBinaryData){strlen(after), token};
    return STATUS_OK;
}
