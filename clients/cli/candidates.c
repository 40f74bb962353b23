#include "clients/cli/candidates.h"

#include "clients/cli/principal_view.h"
#include "clients/cli/verbs.h"
#include "clients/lib/context.h"
#include "clients/lib/countries.h"
#include "proto/json.h"
#include "proto/text.h"

#include <stdio.h>
#include <string.h>

#define ENUM(name) &plenary__v1__##name##__descriptor

enum {
    LINE_SIZE = 512,
    NAME_SIZE = 64,
};

void candidates_give(const Candidates *self, const char *value, const char *description)
{
    char text[CANDIDATES_TEXT_BYTES_MAX + 1] = "";
    size_t length = strlen(self->typed);
    if (strncmp(value, self->typed, length) != 0) return;
    if (text_find_control(value, strlen(value)) < strlen(value)) return;
    if (description) {
        size_t kept = text_cut(description, strlen(description), CANDIDATES_TEXT_BYTES_MAX);
        (void)snprintf(text, sizeof text, "%.*s", (int)kept, description);
    }
    text_mend(text);
    (void)printf("%.*s%s%s%s\n", (int)self->before_length, self->before, value, *text ? "\t" : "",
                 text);
}

/* --- of this program --- */

static size_t first_length(const Verb *verb)
{
    return strcspn(verb->name, " ");
}

/* Of verbs of two words the first one, with what may follow: "org", "add, list, show". */
static void give_first(const Candidates *self, const Verb *verb)
{
    char name[NAME_SIZE];
    const char *second = "";
    size_t length = first_length(verb);
    (void)snprintf(name, sizeof name, "%.*s", (int)length, verb->name);
    for (const Verb *each = verb; verb->name[length] && each->name && second; each++)
        if (first_length(each) == length && strncmp(each->name, name, length) == 0)
            second = arena_printf(self->session->arena, "%s%s%s", second, *second ? ", " : "",
                                  each->name + length + 1);
    candidates_give(self, name, verb->name[length] ? second : verb->summary);
}

void candidates_verbs(const Candidates *self, const char *first)
{
    for (const Verb *verb = verbs; verb->name; verb++) {
        size_t length = first_length(verb);
        bool same = verb > verbs && first_length(verb - 1) == length &&
                    strncmp(verb[-1].name, verb->name, length) == 0;
        if (verb_is_hidden(verb)) continue;
        if (!first && !same) give_first(self, verb);
        if (!first || strlen(first) != length || !verb->name[length]) continue;
        if (strncmp(first, verb->name, length) == 0)
            candidates_give(self, verb->name + length + 1, verb->summary);
    }
}

/* --no-room and so on only once the beginning of one is there: they are many. */
static void give_option(const Candidates *self, const Option *option)
{
    char name[NAME_SIZE];
    bool all = strlen(self->typed) > strlen("--");
    for (OptionManner manner = OPTION_PLAIN; manner < OPTION_MANNERS; manner++) {
        if (!option_has_manner(option, manner) || (manner != OPTION_PLAIN && !all)) continue;
        (void)snprintf(name, sizeof name, "--%s%s", option_prefix(manner), option->name);
        candidates_give(self, name, option->help);
    }
}

void candidates_options(const Candidates *self, OptionGroups groups)
{
    OptionTables all = verbs_options();
    for (size_t t = 0; t < all.count; t++)
        for (const Option *option = all.tables[t]; option->name; option++)
            if (option->groups & groups) give_option(self, option);
}

/* --- of the contract --- */

static void give_enum(const Candidates *self, const ProtobufCEnumDescriptor *values,
                      const char *suffix)
{
    char name[NAME_SIZE];
    for (unsigned i = 0; i < values->n_values; i++) {
        const char *value = json_enum_name(values, values->values[i].value);
        (void)snprintf(name, sizeof name, "%s%s", value, suffix);
        if (*value) candidates_give(self, name, NULL);
    }
}

/* "json, jsonl or yaml": the words of the option's help. */
static void give_words_of_help(const Candidates *self, const Option *option)
{
    char *rest = arena_strdup(self->session->arena, option->help);
    while (rest) {
        const char *word = strsep(&rest, " ,");
        size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz_");
        if (*word && !word[length] && strcmp(word, "or") != 0) candidates_give(self, word, NULL);
        if (*word == '(' && rest) rest = strchr(rest, ')');
        if (rest && *rest == ')') rest++;
    }
}

static void give_forms(const Candidates *self)
{
    for (size_t i = 0; i < OUTPUT_FORMS; i++)
        if (self->verb && (self->verb->forms & FORM_BIT(i)))
            candidates_give(self, output_form_name((OutputForm)i), NULL);
}

static void give_shells(const Candidates *self)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        candidates_give(self, shells[i], NULL);
}

/* --- of the system --- */

static void give_countries(const Candidates *self)
{
    char code[] = "AA";
    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
            if (country_name(code)) candidates_give(self, code, country_name(code));
}

/* Lines of the system's tzdata: codes of countries, coordinates, zone, comments. */
static void give_zones(const Candidates *self)
{
    char line[LINE_SIZE];
    FILE *file = fopen("/usr/share/zoneinfo/zone.tab", "r");
    while (file && fgets(line, sizeof line, file)) {
        char *rest = line;
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#') continue;
        const char *countries = strsep(&rest, "\t");
        (void)strsep(&rest, "\t");
        const char *zone = strsep(&rest, "\t");
        if (zone) candidates_give(self, zone, countries);
    }
    if (file) (void)fclose(file);
}

/* Complete in the shell itself. */
static void give_files(const Candidates *self)
{
    (void)self;
    (void)puts("@files");
}

static void give_folders(const Candidates *self)
{
    (void)self;
    (void)puts("@folders");
}

/* --- of the registry --- */

/* NULL: it does not answer, or has none. */
static Reply *ask(const Candidates *self, Request *request)
{
    Session *session = self->session;
    PlenaryError error;
    Reply *reply = NULL;
    session->connection.timeout_ms = CANDIDATES_TIMEOUT_MS;
    session->connection.attempts = 1;
    if (!session->client) session->client = plenary_client_new(&session->connection, &error);
    if (!session->client || !plenary_call(session->client, request, &reply, &error)) return NULL;
    if (reply_is_ok(reply)) return reply;
    plenary_reply_free(reply);
    return NULL;
}

/* The newest: an older one is better found by "plenary search". */
static void give_events(const Candidates *self)
{
    Plenary__V1__ListEvents list = PLENARY__V1__LIST_EVENTS__INIT;
    Query query = PLENARY__V1__QUERY__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    char number[NAME_SIZE];
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_EVENTS;
    request.list_events = &list;
    list.query = &query;
    list.page = &page;
    query.has_order = query.has_descending = query.descending = page.has_limit = 1;
    query.order = PLENARY__V1__QUERY__ORDER__NUMBER;
    page.limit = CANDIDATES_EVENTS_MAX;
    Reply *reply = ask(self, &request);
    if (!reply || reply->result_case != PLENARY__V1__REPLY__RESULT_EVENTS) goto done;
    for (size_t i = 0; i < reply->events->n_events; i++) {
        const Event *event = reply->events->events[i];
        (void)snprintf(number, sizeof number, "%u", event->number);
        candidates_give(self, number, event->title);
    }
done:
    plenary_reply_free(reply);
}

static void give_organisations(const Candidates *self)
{
    Plenary__V1__ListOrganisations list = PLENARY__V1__LIST_ORGANISATIONS__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_ORGANISATIONS;
    request.list_organisations = &list;
    list.page = &page;
    page.has_limit = 1;
    page.limit = CANDIDATES_ORGANISATIONS_MAX;
    Reply *reply = ask(self, &request);
    if (!reply || reply->result_case != PLENARY__V1__REPLY__RESULT_ORGANISATIONS) goto done;
    for (size_t i = 0; i < reply->organisations->n_organisations; i++)
        candidates_give(self, reply->organisations->organisations[i]->id,
                        reply->organisations->organisations[i]->name);
done:
    plenary_reply_free(reply);
}

/* The same with what was typed up to its last colon before each: "unodc:" and "sp". */
static Candidates after_colon(const Candidates *self, const char *colon)
{
    Candidates after = *self;
    after.before = arena_printf(self->session->arena, "%.*s%.*s", (int)self->before_length,
                                self->before, (int)(colon + 1 - self->typed), self->typed);
    if (!after.before) after.before = "";
    after.before_length = strlen(after.before);
    after.typed = colon + 1;
    return after;
}

static void give_involvements(const Candidates *self)
{
    const char *colon = strrchr(self->typed, ':');
    if (!colon) {
        give_organisations(self);
        return;
    }
    Candidates after = after_colon(self, colon);
    give_enum(&after, ENUM(involvement__role), "");
}

static void give_principals(const Candidates *self)
{
    Plenary__V1__ListPrincipals list = PLENARY__V1__LIST_PRINCIPALS__INIT;
    Page page = PLENARY__V1__PAGE__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    request.verb_case = PLENARY__V1__REQUEST__VERB_LIST_PRINCIPALS;
    request.list_principals = &list;
    list.page = &page;
    page.has_limit = 1;
    page.limit = CANDIDATES_PRINCIPALS_MAX;
    Reply *reply = ask(self, &request);
    if (!reply || reply->result_case != PLENARY__V1__REPLY__RESULT_PRINCIPALS) goto done;
    for (size_t i = 0; i < reply->principals->n_principals; i++)
        candidates_give(self, reply->principals->principals[i]->name,
                        principal_words(reply->principals->principals[i], self->session->arena));
done:
    plenary_reply_free(reply);
}

static void give_contexts(const Candidates *self)
{
    static char names[CONTEXT_MAX][CONTEXT_NAME_SIZE]; /* too large for a stack's taste */
    Paths paths;
    Problem problem;
    problem_clear(&problem);
    if (!paths_find(self->session->connection.home, &paths, &problem)) return;
    size_t count = context_list(paths.state, names);
    candidates_give(self, CONTEXT_LOCAL, "of this machine");
    for (size_t i = 0; i < count; i++)
        candidates_give(self, names[i], NULL);
}

static void give_standings(const Candidates *self)
{
    const char *colon = strchr(self->typed, ':');
    if (!colon) {
        give_enum(self, ENUM(standing__kind), ":");
        return;
    }
    Candidates after = after_colon(self, colon);
    give_organisations(&after);
}

/* Of the event that the first word names. */
static void give_participants(const Candidates *self)
{
    Plenary__V1__GetEvent get = PLENARY__V1__GET_EVENT__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    if (self->session->word_count == 0) return;
    get.event_id = (char *)(uintptr_t)self->session->words[0];
    request.verb_case = PLENARY__V1__REQUEST__VERB_GET_EVENT;
    request.get_event = &get;
    Reply *reply = ask(self, &request);
    if (!reply || reply->result_case != PLENARY__V1__REPLY__RESULT_EVENT || !reply->event->event)
        goto done;
    for (size_t i = 0; i < reply->event->event->n_participants; i++) {
        const Participant *participant = reply->event->event->participants[i];
        if (participant->name) candidates_give(self, participant->name, participant->organisation);
    }
done:
    plenary_reply_free(reply);
}

static void give_all_verbs(const Candidates *self)
{
    const char *first = self->session->word_count ? self->session->words[0] : NULL;
    candidates_verbs(self, first);
}

static void give_own_options(const Candidates *self)
{
    candidates_options(self, self->verb ? self->verb->groups : GROUP_COMMON);
}

/* --- the table --- */

typedef void give_fn(const Candidates *self);

typedef struct Source {
    const char *value;                     /* as the help calls it */
    OptionGroups groups;                   /* of the option; 0: of any, and of a word */
    const char *verb;                      /* whose name begins so; NULL: any */
    const ProtobufCEnumDescriptor *values; /* or: */
    give_fn *give;                         /* both NULL: the words of the option's help */
} Source;

/* The first row that fits counts. */
static const Source sources[] = {
    {"KIND", GROUP_ORGANISATION, NULL, ENUM(organisation__kind), NULL},
    {"KIND", GROUP_OUTCOME, NULL, ENUM(outcome__kind), NULL},
    {"KIND", 0, NULL, ENUM(event__kind), NULL},
    {"FORMAT", 0, NULL, ENUM(event__format), NULL},
    {"STATUS", 0, NULL, ENUM(event__status), NULL},
    {"TLP", 0, NULL, ENUM(handling__tlp), NULL},
    {"STATE", 0, NULL, ENUM(outcome__state), NULL},
    {"RESPONSE", 0, NULL, ENUM(participant__response), NULL},
    {"ATTENDANCE", 0, NULL, ENUM(participant__attendance), NULL},
    {"CODE", 0, NULL, NULL, give_countries},
    {"ZONE", 0, NULL, NULL, give_zones},
    {"FORM", GROUP_OUTPUT, NULL, NULL, give_forms},
    {"FORM", ~0U, NULL, NULL, NULL},
    {"ORDER", ~0U, NULL, NULL, NULL},
    {"FILE", 0, NULL, NULL, give_files},
    {"FILE|FOLDER", 0, NULL, NULL, give_files},
    {"DIR", 0, NULL, NULL, give_folders},
    {"FOLDER", 0, NULL, NULL, give_folders},
    {"ID", GROUP_ORGANISATION, NULL, NULL, give_organisations},
    {"ID", 0, "org ", NULL, NULL},
    {"ID", 0, NULL, NULL, give_events},
    {"NAME", 0, "org ", NULL, give_organisations},
    {"NAME", 0, "principal add", NULL, NULL},
    {"NAME", 0, "principal ", NULL, give_principals},
    {"NAME|FINGERPRINT", 0, NULL, NULL, give_principals},
    {"ROLE", 0, NULL, ENUM(principal__role), NULL},
    {"NAME", 0, "rsvp", NULL, give_participants},
    {"NAME", 0, "attend", NULL, give_participants},
    {"ID|NAME", 0, NULL, NULL, give_organisations},
    {"NAME[:ROLE]", 0, NULL, NULL, give_involvements},
    {"ID|NAME[:ROLE]", 0, NULL, NULL, give_involvements},
    {"KIND:ID", 0, NULL, NULL, give_standings},
    {"FILTERS", 0, NULL, NULL, give_own_options},
    {"VERB", 0, NULL, NULL, give_all_verbs},
    {"SHELL", 0, NULL, NULL, give_shells},
    {"CONTEXT", 0, "context add", NULL, NULL},
    {"CONTEXT", 0, NULL, NULL, give_contexts},
};

static bool fits(const Candidates *self, const Source *source, const char *value,
                 const Option *option)
{
    if (strcmp(source->value, value) != 0) return false;
    if (source->groups && (!option || !(option->groups & source->groups))) return false;
    if (!source->verb) return true;
    return !option && self->verb &&
           strncmp(self->verb->name, source->verb, strlen(source->verb)) == 0;
}

void candidates_of_value(const Candidates *self, const char *value, const Option *option)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const Source *source = &sources[i];
        if (!fits(self, source, value, option)) continue;
        if (source->values)
            give_enum(self, source->values, "");
        else if (source->give)
            source->give(self);
        else if (option)
            give_words_of_help(self, option);
        return;
    }
}
