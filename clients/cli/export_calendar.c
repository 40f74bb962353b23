#include "clients/cli/export_calendar.h"

#include "clients/cli/complain.h"
#include "clients/cli/pages.h"

/* --- what is looked up --- */

static int keep_organisation(void *context, const ProtobufCMessage *record)
{
    ExportCalendar *self = context;
    Arena *arena = self->session->arena;
    size_t size = protobuf_c_message_get_packed_size(record);
    uint8_t *packed = arena_alloc(arena, size);
    if (!packed) return session_no_memory();
    (void)protobuf_c_message_pack(record, packed);
    Organisation *copy = plenary__v1__organisation__unpack(arena_allocator(arena), size, packed);
    if (!copy) return session_no_memory();
    g_hash_table_insert(self->organisations, copy->id, copy);
    return CLI_DONE;
}

static const Organisation *find_organisation(void *context, const char *id)
{
    const ExportCalendar *self = context;
    return g_hash_table_lookup(self->organisations, id);
}

/* "" where the event cannot be seen. NULL: it could not be asked for. */
static const char *ask_uid(ExportCalendar *self, const char *event_id)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    Reply *reply = NULL;
    get.event_id = (char *)(uintptr_t)event_id;
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    int code = session_try(self->session, &request, &reply);
    const char *uid = NULL;
    if (code == CLI_DONE && reply_is_ok(reply))
        uid = arena_strdup(self->session->arena, reply->event->event->uid);
    else if (code == CLI_DONE && reply->status->code == PLENARY__V1__STATUS_CODE__NOT_FOUND)
        uid = "";
    else if (code == CLI_DONE)
        code = complain_status(reply->status, NULL);
    plenary_reply_free(reply);
    if (code != CLI_DONE) self->code = code;
    return uid;
}

static const char *find_uid(void *context, const char *event_id)
{
    ExportCalendar *self = context;
    const char *uid = g_hash_table_lookup(self->uids, event_id);
    if (!uid && self->code == CLI_DONE) {
        uid = ask_uid(self, event_id);
        char *key = uid ? arena_strdup(self->session->arena, event_id) : NULL;
        if (key) g_hash_table_insert(self->uids, key, (gpointer)(uintptr_t)uid);
    }
    return uid && *uid ? uid : NULL;
}

/* --- the calendar --- */

static int complain_of(StatusCode status, const Problem *problem)
{
    if (status == STATUS_OK) return CLI_DONE;
    complain("%s", problem->message);
    return CLI_FAILED;
}

int export_calendar_open(ExportCalendar *self, Session *session, FILE *file)
{
    Problem problem;
    Zones *zones = NULL;
    *self = (ExportCalendar){.session = session};
    self->lookup = (IcalLookup){self, find_organisation, find_uid};
    self->organisations = g_hash_table_new(g_str_hash, g_str_equal);
    self->uids = g_hash_table_new(g_str_hash, g_str_equal);
    problem_clear(&problem);
    int code = session_zones(session, &zones);
    if (code == CLI_DONE) code = pages_organisations(session, 0, keep_organisation, self);
    if (code != CLI_DONE) return code;
    return complain_of(ical_writer_open(file, zones, &self->lookup, &self->writer, &problem),
                       &problem);
}

int export_calendar_organisation(ExportCalendar *self, const Organisation *organisation)
{
    Problem problem;
    problem_clear(&problem);
    return complain_of(ical_writer_organisation(self->writer, organisation, &problem), &problem);
}

int export_calendar_event(ExportCalendar *self, const Event *event)
{
    Problem problem;
    problem_clear(&problem);
    int code = complain_of(ical_writer_event(self->writer, event, &problem), &problem);
    return code == CLI_DONE ? self->code : code;
}

int export_calendar_close(ExportCalendar *self, int code)
{
    Problem problem;
    problem_clear(&problem);
    if (code == CLI_DONE) code = complain_of(ical_writer_end(self->writer, &problem), &problem);
    ical_writer_close(&self->writer);
    g_hash_table_destroy(self->organisations);
    g_hash_table_destroy(self->uids);
    return code;
}
