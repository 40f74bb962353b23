/* The verb compact. */
#include "clients/cli/complain.h"
#include "clients/cli/errand.h"
#include "clients/cli/verbs.h"
#include "clients/lib/wording.h"

#include <stdio.h>

static uint64_t mebibytes(uint64_t bytes)
{
    return bytes >> 20;
}

static uint64_t written(const Plenary__V1__StatusReply *status)
{
    return mebibytes(status->compacted_bytes);
}

static void print_part(const char *what, uint64_t before, uint64_t after)
{
    char was[WORDING_SIZE];
    char is[WORDING_SIZE];
    wording_bytes(before, was);
    wording_bytes(after, is);
    (void)printf("the %s: %s, %s before\n", what, is, was);
}

static int tell(const Session *session, const Plenary__V1__CompactReply *done)
{
    if (session->form != OUTPUT_TABLE) {
        (void)output_message(stdout, &done->base, session->form);
        return CLI_DONE;
    }
    print_part("journal", done->journal_bytes_before, done->journal_bytes);
    print_part("views", done->views_bytes_before, done->views_bytes);
    return CLI_DONE;
}

/* The new files will have about as much as the old ones, at most. */
static int measure(Session *session, uint64_t *bytes)
{
    Reply *reply = NULL;
    int code = session_get_status(session, &reply);
    if (code == CLI_DONE) *bytes = reply->daemon->journal_bytes + reply->daemon->views_bytes;
    plenary_reply_free(reply);
    return code;
}

int verb_compact(Session *session)
{
    Plenary__V1__CompactRegistry compact = PLENARY__V1__COMPACT_REGISTRY__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    uint64_t bytes = 0;
    errand_prepare(session);
    int code = measure(session, &bytes);
    if (code != CLI_DONE) return code;
    request.verb_case = PLENARY__V1__REQUEST__VERB_COMPACT_REGISTRY;
    request.compact_registry = &compact;
    Progress progress = progress_start("MiB", mebibytes(bytes));
    code = errand_run(session, &request, &progress, written, &reply);
    if (code != CLI_DONE || !reply) return code;
    code = tell(session, reply->compact);
    plenary_reply_free(reply);
    return code;
}
