/* The verbs context add, use, list, show and remove: where registries are, and the keys to them. */
#include "clients/lib/context.h"

#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"
#include "clients/lib/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int find_state(const Session *session, Paths *paths)
{
    Problem problem;
    problem_clear(&problem);
    return paths_find(session->connection.home, paths, &problem) ? CLI_DONE
                                                                 : complain_problem(&problem, NULL);
}

/* --- add --- */

static int take_endpoint(const char *given, char endpoint[static PATHS_ENDPOINT_SIZE],
                         size_t *before, unsigned *port)
{
    bool good = context_read_port(given, before, port) && strlen(given) < PATHS_ENDPOINT_SIZE;
    if (!good)
        return complain_code(CLI_INVALID,
                             "\"%.100s\" is no tcp://HOST:PORT, as tcp://registry.example.org:5570",
                             given);
    memcpy(endpoint, given, strlen(given) + 1);
    return CLI_DONE;
}

/* The stream's port is the next one, where nothing else is said. */
static int take_endpoints(const Session *session, Context *context)
{
    const char *stream = session_option(session, "stream");
    size_t before;
    unsigned port;
    int code = take_endpoint(session->words[1], context->requests, &before, &port);
    if (code != CLI_DONE) return code;
    if (stream) return take_endpoint(stream, context->stream, &before, &port);
    if (port == UINT16_MAX)
        return complain_code(CLI_INVALID, "no port comes after %u: say --stream", port);
    int length = snprintf(context->stream, sizeof context->stream, "%.*s:%u", (int)before,
                          context->requests, port + 1);
    return length < (int)sizeof context->stream
               ? CLI_DONE
               : complain_code(CLI_INVALID, "the host's name is too long");
}

static int take_server_key(const Session *session, Context *context)
{
    const char *given = session_option(session, "server-key");
    CurvePair pair;
    uint8_t bytes[CURVE_KEY_BYTES];
    Problem problem;
    problem_clear(&problem);
    if (!given) return complain_code(CLI_USAGE, "say --server-key: the server's public key");
    if (*given == '@') {
        if (key_file_read_public(given + 1, &pair, &problem) != STATUS_OK)
            return complain_problem(&problem, "--server-key");
        given = pair.public_key;
    }
    if (!curve_parse(given, bytes) || !curve_is_public(bytes))
        return complain_code(CLI_INVALID,
                             "--server-key: it is no public key of 40 characters, nor @FILE");
    memcpy(context->server_key, given, CURVE_TEXT_SIZE);
    return CLI_DONE;
}

/* The file's whole path, as the context is used from other folders; the usual one where none is
 * named. */
static int take_key(const Session *session, const Paths *paths, Context *context)
{
    const char *given = session_option(session, "key");
    char usual[KEY_FILE_PATH_SIZE];
    CurvePair pair;
    Problem problem;
    problem_clear(&problem);
    (void)snprintf(usual, sizeof usual, "%.1000s/key", paths->state);
    if (!given) given = usual;
    if (*given == '@') given++;
    StatusCode code = key_file_read_pair(given, &pair, &problem);
    curve_pair_clear(&pair);
    if (code == STATUS_NOT_FOUND)
        return complain_code(status_exit_code(code),
                             "%s is not there: make a pair with \"plenary key generate\", or say "
                             "--key FILE",
                             given);
    if (code != STATUS_OK) return complain_problem(&problem, "--key");
    char *whole = realpath(given, NULL);
    bool fits = whole && strlen(whole) < sizeof context->key;
    if (fits) memcpy(context->key, whole, strlen(whole) + 1);
    free(whole);
    return fits ? CLI_DONE : complain_code(CLI_INVALID, "--key: the path is too long");
}

int verb_context_add(Session *session)
{
    Paths paths;
    Problem problem;
    Context context = {.requests = ""};
    problem_clear(&problem);
    int code = find_state(session, &paths);
    if (code == CLI_DONE) code = take_endpoints(session, &context);
    if (code == CLI_DONE) code = take_server_key(session, &context);
    if (code == CLI_DONE) code = take_key(session, &paths, &context);
    if (code != CLI_DONE) return code;
    const char *name = session->words[0];
    if (context_add(paths.state, name, &context, &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    (void)printf("%s: %s, changes from %s\nuse it: plenary context use %s\n", name,
                 context.requests, context.stream, name);
    return CLI_DONE;
}

/* --- use, remove --- */

typedef StatusCode act_fn(const char *state, const char *name, Problem *problem);

static int act(Session *session, act_fn *act_on)
{
    Paths paths;
    Problem problem;
    problem_clear(&problem);
    int code = find_state(session, &paths);
    if (code != CLI_DONE) return code;
    if (act_on(paths.state, session->words[0], &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    return CLI_DONE;
}

int verb_context_use(Session *session)
{
    return act(session, context_use);
}

int verb_context_remove(Session *session)
{
    return act(session, context_remove);
}

/* --- list, show --- */

static json_t *json_of(const char *name, const Context *context, bool is_used)
{
    return json_pack("{s:s, s:b, s:s, s:s, s:s, s:s}", "name", name, "inUse", is_used, "requests",
                     context->requests, "stream", context->stream, "serverKey", context->server_key,
                     "key", context->key);
}

static void print_sheet(const char *name, const Context *context, bool is_used)
{
    (void)printf(
        "name        %s%s\nrequests    %s\nstream      %s\nserver key  %s\nkey         %s\n", name,
        is_used ? " (in use)" : "", context->requests, context->stream, context->server_key,
        context->key);
}

static int show(const Session *session, const char *name, const Context *context, bool is_used)
{
    if (session->form == OUTPUT_TABLE) {
        print_sheet(name, context, is_used);
        return CLI_DONE;
    }
    json_t *json = json_of(name, context, is_used);
    if (!json) return complain_code(CLI_INVALID, "the context is not valid UTF-8");
    (void)output_json(stdout, json, session->form);
    json_decref(json);
    return CLI_DONE;
}

int verb_context_show(Session *session)
{
    Paths paths;
    Problem problem;
    Context context;
    char used[CONTEXT_NAME_SIZE];
    problem_clear(&problem);
    int code = find_state(session, &paths);
    if (code != CLI_DONE) return code;
    if (context_in_use(paths.state, used, &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    const char *name = session->word_count ? session->words[0] : used;
    if (strcmp(name, CONTEXT_LOCAL) == 0) {
        (void)printf("name        local%s: the sockets in %s\n",
                     strcmp(used, name) == 0 ? " (in use)" : "", paths.run);
        return CLI_DONE;
    }
    if (context_read(paths.state, name, &context, &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    return show(session, name, &context, strcmp(used, name) == 0);
}

/* A star is before the one that is used. */
static void print_line(const char *name, const char *where, const char *used)
{
    (void)printf("%s %-16s  %s\n", strcmp(name, used) == 0 ? "*" : " ", name, where);
}

int verb_context_list(Session *session)
{
    static char names[CONTEXT_MAX][CONTEXT_NAME_SIZE]; /* too large for a stack's taste */
    Paths paths;
    Problem problem;
    char used[CONTEXT_NAME_SIZE];
    problem_clear(&problem);
    int code = find_state(session, &paths);
    if (code != CLI_DONE) return code;
    if (context_in_use(paths.state, used, &problem) != STATUS_OK)
        return complain_problem(&problem, NULL);
    print_line(CONTEXT_LOCAL, paths.run, used);
    size_t count = context_list(paths.state, names);
    for (size_t i = 0; i < count; i++) {
        Context context = {.requests = "(cannot be read)"};
        problem_clear(&problem);
        (void)context_read(paths.state, names[i], &context, &problem);
        print_line(names[i], context.requests, used);
    }
    return CLI_DONE;
}
