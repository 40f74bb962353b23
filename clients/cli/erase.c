/* The verb erase: a person is looked for in all images, shown, and taken out of them. */
#include "clients/cli/complain.h"
#include "clients/cli/named.h"
#include "clients/cli/progress.h"
#include "clients/cli/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SEQUENCES_AT_ONCE = 32 }; /* in one request */

typedef struct Erasure {
    Session *session;
    char *person;
    char *event_id;    /* NULL: of every event */
    char *text;        /* NULL: texts stay */
    uint64_t searched; /* up to this change */
    uint64_t images;   /* from which the person was taken */
    uint64_t sequence; /* of the last change that says so */
} Erasure;

/* --- looking --- */

static int take_found(const Erasure *self, const Plenary__V1__FindPersonReply *found, Named *named)
{
    for (size_t i = 0; i < found->n_images; i++)
        if (!named_add(named, found->images[i], self->text != NULL, self->session->arena))
            return session_no_memory();
    return CLI_DONE;
}

/* All images from the change behind the last one that was searched on. */
static int find(Erasure *self, Progress *progress, Named *named)
{
    Plenary__V1__FindPerson body = PLENARY__V1__FIND_PERSON__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    body.person = self->person;
    body.event_id = self->event_id;
    body.has_from_sequence = 1;
    body.from_sequence = self->searched + 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_FIND_PERSON;
    request.find_person = &body;
    for (bool more = true; more;) {
        Reply *reply = NULL;
        int code = session_call(self->session, &request, &reply);
        if (code != CLI_DONE) return code;
        const Plenary__V1__FindPersonReply *found = reply->found_person;
        code = take_found(self, found, named);
        more = found->has_next_sequence && found->next_sequence > body.from_sequence;
        body.from_sequence = found->next_sequence;
        if (found->searched_sequence > self->searched) self->searched = found->searched_sequence;
        plenary_reply_free(reply);
        if (code != CLI_DONE) return code;
        progress_show(progress, self->searched);
    }
    return CLI_DONE;
}

static int find_with_progress(Erasure *self, Named *named)
{
    Reply *status = NULL;
    int code = session_get_status(self->session, &status);
    if (code != CLI_DONE) return code;
    Progress progress = progress_start("changes searched", status->daemon->sequence);
    plenary_reply_free(status);
    code = find(self, &progress, named);
    progress_end(&progress);
    return code;
}

/* --- erasing --- */

static void take_erased(Erasure *self, const Plenary__V1__WriteReply *reply, size_t count)
{
    if (reply->unchanged) return;
    self->images += count;
    self->sequence = reply->sequence;
}

/* Images that are too large together are sent in two parts. */
static int erase_some(Erasure *self, uint64_t *sequences, size_t count)
{
    Plenary__V1__ErasePerson body = PLENARY__V1__ERASE_PERSON__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    body.person = self->person;
    body.text = self->text;
    body.n_sequences = count;
    body.sequences = sequences;
    request.verb_case = PLENARY__V1__REQUEST__VERB_ERASE_PERSON;
    request.erase_person = &body;
    int code = session_try(self->session, &request, &reply);
    if (code != CLI_DONE) return code;
    bool too_large = count > 1 && reply->status &&
                     reply->status->code == PLENARY__V1__STATUS_CODE__RESOURCE_EXHAUSTED;
    if (reply_is_ok(reply))
        take_erased(self, reply->write, count);
    else if (!too_large)
        code = complain_status(reply->status, NULL);
    plenary_reply_free(reply);
    if (!too_large || code != CLI_DONE) return code;
    code = erase_some(self, sequences, count / 2);
    return code == CLI_DONE ? erase_some(self, sequences + count / 2, count - count / 2) : code;
}

static int erase_found(Erasure *self, const Named *named)
{
    int code = CLI_DONE;
    Progress progress = progress_start("images", named->sequence_count);
    for (size_t done = 0; done < named->sequence_count && code == CLI_DONE;) {
        size_t left = named->sequence_count - done;
        size_t count = left < SEQUENCES_AT_ONCE ? left : SEQUENCES_AT_ONCE;
        code = erase_some(self, named->sequences + done, count);
        done += count;
        progress_show(&progress, done);
    }
    progress_end(&progress);
    return code;
}

/* What was registered meanwhile is looked through as well, until there is nothing more. */
static int erase_all(Erasure *self, Named *named)
{
    int code = erase_found(self, named);
    for (;;) {
        Named late = {0};
        if (code == CLI_DONE) code = find_with_progress(self, &late);
        if (code != CLI_DONE || late.sequence_count == 0) return code;
        code = erase_found(self, &late);
    }
}

/* --- telling --- */

static void tell_texts(const Erasure *self, const Named *named)
{
    if (named->in_texts && !self->text)
        (void)printf("The texts above keep the name: --text TEXT puts TEXT in its place\n");
    if (named->in_names)
        (void)printf("A participant goes by the whole name: say all of it after --person\n");
}

static int tell_json(const Erasure *self, const Named *named, bool dry_run)
{
    json_t *json = json_pack("{s:s, s:b, s:I, s:I, s:I, s:o*}", "person", self->person, "dryRun",
                             dry_run, "events", (json_int_t)named->event_count, "images",
                             (json_int_t)(dry_run ? named->sequence_count : self->images),
                             "sequence", (json_int_t)self->sequence, "texts", named_texts(named));
    if (!json) return session_no_memory();
    (void)output_json(stdout, json, self->session->form);
    json_decref(json);
    return CLI_DONE;
}

static int tell(const Erasure *self, const Named *named, bool dry_run)
{
    if (self->session->form != OUTPUT_TABLE) return tell_json(self, named, dry_run);
    if (dry_run) {
        (void)printf("%zu images of %zu events would be written anew\n", named->sequence_count,
                     named->event_count);
        return CLI_DONE;
    }
    (void)printf("%" PRIu64 " images of %zu events were written anew\n", self->images,
                 named->event_count);
    (void)printf("\"plenary compact\" takes away what is left on the disk\n");
    return CLI_DONE;
}

static int show(const Erasure *self, const Named *named)
{
    if (self->session->form != OUTPUT_TABLE) return CLI_DONE;
    int code = named_print(self->session, named);
    tell_texts(self, named);
    return code;
}

int verb_erase(Session *session)
{
    Erasure self = {.session = session};
    Named named = {0};
    bool dry_run = session_has(session, "dry-run");
    self.person = (char *)(uintptr_t)session_option(session, "person");
    self.text = (char *)(uintptr_t)session_option(session, "text");
    self.event_id = session->word_count ? (char *)(uintptr_t)session->words[0] : NULL;
    if (!self.person) return complain_code(CLI_USAGE, "say who: plenary erase --person 'Jane Doe'");
    int code = find_with_progress(&self, &named);
    if (code == CLI_DONE && named.event_count == 0)
        return complain_code(status_exit_code(STATUS_NOT_FOUND), "no record names \"%s\"",
                             self.person);
    if (code == CLI_DONE) code = show(&self, &named);
    if (code != CLI_DONE || dry_run || named.sequence_count == 0)
        return code == CLI_DONE ? tell(&self, &named, true) : code;
    code = session_confirm(session, "erasing cannot be undone",
                           "Take \"%s\" out of %zu images of %zu events, for good?", self.person,
                           named.sequence_count, named.event_count);
    if (code == CLI_DONE) code = erase_all(&self, &named);
    return code == CLI_DONE ? tell(&self, &named, false) : code;
}
