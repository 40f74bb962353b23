#include "clients/cli/errand.h"

#include "clients/cli/complain.h"

enum {
    ERRAND_PATIENCE_MS = 3600 * 1000, /* for its end */
    ERRAND_LOOK_MS = 500,             /* between two looks at how far it is */
};

void errand_prepare(Session *session)
{
    session->connection.timeout_ms = ERRAND_PATIENCE_MS;
    session->connection.attempts = 1;
}

/* Until it is done; meanwhile the same connection tells how far it is. */
static int await(Session *session, PlenaryClient *client, Progress *progress, errand_done_fn *done,
                 Reply **reply)
{
    PlenaryError error = {0};
    void *tag;
    while (!plenary_receive(client, ERRAND_LOOK_MS, &tag, reply, &error)) {
        Reply *status = NULL;
        if (!progress->wanted) continue;
        int code = session_get_status(session, &status);
        if (code != CLI_DONE) return code;
        progress_show(progress, done(status->daemon));
        plenary_reply_free(status);
    }
    return *reply ? CLI_DONE : complain_error(&error);
}

int errand_run(Session *session, Request *request, Progress *progress, errand_done_fn *done,
               Reply **reply)
{
    PlenaryClient *client = NULL;
    PlenaryError error = {0};
    Reply *answer = NULL;
    int code = session_client(session, &client);
    if (code != CLI_DONE) return code;
    if (!plenary_send(client, request, NULL, &error)) return complain_error(&error);
    code = await(session, client, progress, done, &answer);
    progress_end(progress);
    if (code != CLI_DONE) return code;
    if (!reply_is_ok(answer))
        code = complain_status(answer->status, NULL);
    else if (!session_answers(request, answer))
        code = session_strange_answer();
    if (code == CLI_DONE)
        *reply = answer;
    else
        plenary_reply_free(answer);
    return code;
}
