#include "daemon/registry/answer.h"
#include "daemon/registry/page.h"

#include <assert.h>
#include <string.h>

enum {
    ORGANISATIONS_PAGE_DEFAULT = 200,
    ORGANISATIONS_PAGE_MAX = 500,
};

static StatusCode out_of_memory(Problem *problem)
{
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the answer is too large");
}

static StatusCode organisations_reply(const Question *question, size_t capacity, Reply *reply,
                                      Problem *problem)
{
    Plenary__V1__OrganisationsReply *body = arena_alloc(question->arena, sizeof *body);
    if (!body) return out_of_memory(problem);
    plenary__v1__organisations_reply__init(body);
    body->organisations = arena_array(question->arena, capacity, sizeof *body->organisations);
    if (!body->organisations) return out_of_memory(problem);
    reply->result_case = PLENARY__V1__REPLY__RESULT_ORGANISATIONS;
    reply->organisations = body;
    return STATUS_OK;
}

static StatusCode add_organisation(const Question *question, const DirectoryEntry *entry,
                                   Reply *reply, size_t *bytes, Problem *problem)
{
    const Organisation *shown =
        access_show_organisation(question->caller, entry->organisation, question->arena);
    if (!shown) return out_of_memory(problem);
    Plenary__V1__OrganisationsReply *body = reply->organisations;
    body->organisations[body->n_organisations++] = (Organisation *)(uintptr_t)shown;
    *bytes += protobuf_c_message_get_packed_size(&shown->base);
    return STATUS_OK;
}

StatusCode answer_get_organisation(const Question *question, Reply *reply, Problem *problem)
{
    const char *name = question->request->get_organisation->name;
    const char *ids[DIRECTORY_MATCHES_MAX];
    size_t count = directory_resolve(question->state->directory, name, false, question->arena, ids);
    if (count == 0)
        return problem_set(problem, STATUS_NOT_FOUND, "there is no organisation \"%s\"", name);
    size_t bytes = 0;
    StatusCode code = organisations_reply(question, count, reply, problem);
    for (size_t i = 0; i < count && bytes < PAGE_BYTES_MAX && code == STATUS_OK; i++)
        code = add_organisation(question, directory_find(question->state->directory, ids[i]), reply,
                                &bytes, problem);
    return code;
}

StatusCode answer_list_organisations(const Question *question, Reply *reply, Problem *problem)
{
    const Page *page = question->request->list_organisations->page;
    uint32_t limit = page_limit(page, ORGANISATIONS_PAGE_DEFAULT, ORGANISATIONS_PAGE_MAX);
    const char *after = NULL;
    if (page && page->has_token)
        after = arena_strndup(question->arena, (const char *)page->token.data, page->token.len);
    StatusCode code = organisations_reply(question, limit, reply, problem);
    if (code != STATUS_OK) return code;

    const Directory *directory = question->state->directory;
    const DirectoryEntry *entry = directory_next(directory, after);
    size_t bytes = 0;
    while (entry && code == STATUS_OK && reply->organisations->n_organisations < limit &&
           bytes < PAGE_BYTES_MAX) {
        code = add_organisation(question, entry, reply, &bytes, problem);
        after = entry->organisation->id;
        entry = directory_next(directory, after);
    }
    if (!entry || code != STATUS_OK) return code;
    assert(after); /* a page holds one at least */
    uint8_t *token = (uint8_t *)arena_strdup(question->arena, after);
    if (!token) return out_of_memory(problem);
    reply->organisations->has_next_page = 1;
    reply->organisations->next_page = (ProtobufCBinaryData){strlen(after), token};
    return STATUS_OK;
}
