#include "daemon/init.h"

#include "daemon/registry/registry.h"
#include "proto/key_file.h"
#include "proto/validate.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    LINE_SIZE = 2 * KEY_FILE_PATH_SIZE,
    NAP_MS = 1,
    REQUEST_BYTES_MAX = 64 * 1024, /* of the one request's memory */
};

typedef struct Init {
    const StoreConfig *store_config;
    const World *world;
    const InitAsked *asked;
    init_say_fn *say;
    void *context;
    Registry *registry;
    bool answered;
    Problem answer; /* the registry's */
    uint64_t sequence;
} Init;

static void say(const Init *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(const Init *self, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    self->say(self->context, line);
}

static StatusCode no_memory(Problem *problem)
{
    return problem_set(problem, STATUS_INTERNAL, "no memory");
}

/* --- key pairs --- */

static StatusCode find_path(const Init *self, const char *name, const char *end,
                            char path[static KEY_FILE_PATH_SIZE], Problem *problem)
{
    int length =
        snprintf(path, KEY_FILE_PATH_SIZE, "%s/%s%s", self->store_config->folder, name, end);
    if (length < KEY_FILE_PATH_SIZE) return STATUS_OK;
    return problem_set(problem, STATUS_INVALID_ARGUMENT, "the path of the data folder is too long");
}

/* The pair of a file, made where there is none. The secret does not leave here. */
static StatusCode keep_pair(const Init *self, const char *path, char key[static CURVE_TEXT_SIZE],
                            bool *made, Problem *problem)
{
    CurvePair pair;
    uint8_t secret[CURVE_KEY_BYTES];
    StatusCode code = key_file_read_pair(path, &pair, problem);
    *made = code == STATUS_NOT_FOUND;
    if (*made) {
        problem_clear(problem);
        self->world->random(self->world->context, secret, sizeof secret);
        curve_pair_make(secret, &pair);
        code = key_file_make(path, &pair, problem);
    } else if (code == STATUS_OK) {
        code = key_file_make_public(path, &pair, problem); /* it was cut short before */
    }
    if (code == STATUS_OK) memcpy(key, pair.public_key, CURVE_TEXT_SIZE);
    sodium_memzero(secret, sizeof secret);
    curve_pair_clear(&pair);
    return code;
}

static void say_key(const Init *self, const char *key)
{
    char fingerprint[CURVE_FINGERPRINT_SIZE];
    (void)curve_fingerprint_of(key, fingerprint);
    say(self, "  public key   %s", key);
    say(self, "  fingerprint  %s", fingerprint);
}

static StatusCode keep_server_key(const Init *self, Problem *problem)
{
    char path[KEY_FILE_PATH_SIZE];
    char key[CURVE_TEXT_SIZE];
    bool made;
    StatusCode code = find_path(self, INIT_SERVER_KEY, "", path, problem);
    if (code == STATUS_OK) code = keep_pair(self, path, key, &made, problem);
    if (code != STATUS_OK) return code;
    say(self, "server key: %s in %s; hand out %s" KEY_FILE_PUBLIC, made ? "made" : "is there", path,
        path);
    say_key(self, key);
    return STATUS_OK;
}

/* --- asking the registry --- */

static void take_reply(void *context, uint64_t ticket, const Reply *reply)
{
    Init *self = context;
    (void)ticket;
    self->answered = true;
    problem_clear(&self->answer);
    if (reply->status)
        problem_set(&self->answer, (StatusCode)reply->status->code, "%s", reply->status->message);
    else if (reply->result_case == PLENARY__V1__REPLY__RESULT_WRITE)
        self->sequence = reply->write->sequence;
}

static StatusCode wait_for_reply(Init *self, Problem *problem)
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};
    for (int waited_ms = 0; !self->answered && waited_ms < INIT_WAIT_MS; waited_ms += NAP_MS) {
        registry_turn(self->registry);
        registry_rest(self->registry);
        if (!self->answered) (void)nanosleep(&nap, NULL);
    }
    if (!self->answered)
        return problem_set(problem, STATUS_UNAVAILABLE, "the disk takes too long; run it again");
    *problem = self->answer;
    return problem->code;
}

/* An admin sees all; the fields say the same, for who reads them. NULL: no memory. */
static Request *make_request(const Init *self, const char *name, const char *key, Arena *arena)
{
    uint8_t random[ID_RANDOM_BYTES];
    char id[ID_TEXT_SIZE];
    Request *request = arena_alloc(arena, sizeof *request);
    Plenary__V1__PutPrincipal *body = arena_alloc(arena, sizeof *body);
    Principal *principal = arena_alloc(arena, sizeof *principal);
    PrincipalKey *only = arena_alloc(arena, sizeof *only);
    PrincipalKey **keys = arena_array(arena, 1, sizeof *keys);
    if (!request || !body || !principal || !only || !keys) return NULL;
    plenary__v1__request__init(request);
    plenary__v1__put_principal__init(body);
    plenary__v1__principal__init(principal);
    plenary__v1__principal_key__init(only);
    self->world->random(self->world->context, random, sizeof random);
    id_make(self->world->now_us(self->world->context) / 1000, random, id);
    request->request_id = arena_strdup(arena, id);
    request->verb_case = PLENARY__V1__REQUEST__VERB_PUT_PRINCIPAL;
    request->put_principal = body;
    body->principal = principal;
    body->has_expected_revision = 1; /* 0: it must not exist yet */
    principal->name = arena_strdup(arena, name);
    principal->has_role = principal->has_clearance = principal->has_sees_contacts = 1;
    principal->role = PLENARY__V1__PRINCIPAL__ROLE__ADMIN;
    principal->clearance = PLENARY__V1__HANDLING__TLP__RED;
    principal->sees_contacts = 1;
    only->public_key = arena_strdup(arena, key);
    keys[0] = only;
    principal->n_keys = key ? 1 : 0;
    principal->keys = keys;
    return request->request_id && principal->name && (!key || only->public_key) ? request : NULL;
}

/* Is it a name that a principal may have? It becomes that of a file too. */
static StatusCode check_name(const Init *self, const char *name, Problem *problem)
{
    Arena *arena = arena_new(REQUEST_BYTES_MAX);
    const Request *request = arena ? make_request(self, name, NULL, arena) : NULL;
    StatusCode code = request ? validate_principal(request->put_principal->principal, problem)
                              : no_memory(problem);
    arena_destroy(&arena);
    return code;
}

static StatusCode register_admin(Init *self, const char *name, const char *key, Problem *problem)
{
    const Caller local = access_local();
    Arena *arena = arena_new(REQUEST_BYTES_MAX);
    Request *request = arena ? make_request(self, name, key, arena) : NULL;
    Zones *zones = registry_state(self->registry)->zones;
    StatusCode code = request ? validate_request(request, zones, problem) : no_memory(problem);
    if (code == STATUS_OK) {
        registry_handle(self->registry, &local, request, &arena, 1);
        code = wait_for_reply(self, problem);
    }
    arena_destroy(&arena);
    return code;
}

/* --- the admin --- */

static const Principal *find_admin(const Principals *principals, const char *name)
{
    const PrincipalEntry *entry = principals_next(principals, NULL);
    for (; entry; entry = principals_next(principals, entry->principal->name)) {
        const Principal *principal = entry->principal;
        if (principal->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN &&
            !principal_is_revoked(principal) && (!name || strcmp(principal->name, name) == 0))
            return principal;
    }
    return NULL;
}

static bool has_key(const Principal *principal, const char *key)
{
    for (size_t i = 0; i < principal->n_keys; i++)
        if (strcmp(principal->keys[i]->public_key, key) == 0) return true;
    return false;
}

/* The public key that is asked for; "" where a pair is to be made. */
static StatusCode read_asked_key(const Init *self, char key[static CURVE_TEXT_SIZE],
                                 Problem *problem)
{
    CurvePair pair;
    uint8_t bytes[CURVE_KEY_BYTES];
    const char *asked = self->asked->key;
    key[0] = '\0';
    if (!asked) return STATUS_OK;
    if (*asked == '@') {
        StatusCode code = key_file_read_public(asked + 1, &pair, problem);
        if (code == STATUS_OK) memcpy(key, pair.public_key, CURVE_TEXT_SIZE);
        return code;
    }
    if (!curve_parse(asked, bytes) || !curve_is_public(bytes))
        return problem_set(problem, STATUS_INVALID_ARGUMENT,
                           "--key: it is no public key of 40 characters, nor @FILE");
    memcpy(key, asked, CURVE_TEXT_SIZE);
    return STATUS_OK;
}

/* Somebody is the admin already: fine where nothing else was asked for. */
static StatusCode check_present(const Init *self, const Principal *any, const char *key,
                                Problem *problem)
{
    const char *name = self->asked->admin;
    const Principals *principals = registry_state(self->registry)->principals;
    const Principal *present = name ? find_admin(principals, name) : any;
    if (!present)
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "%s is the registry's admin already: further ones are made by "
                           "\"plenary principal add\"",
                           any->name);
    if (*key && !has_key(present, key))
        return problem_set(problem, STATUS_FAILED_PRECONDITION,
                           "the admin %s is there already, with another key: give them this one by "
                           "\"plenary principal rotate\"",
                           present->name);
    say(self, "admin: %s is there", present->name);
    return STATUS_OK;
}

static StatusCode make_admin(Init *self, char key[static CURVE_TEXT_SIZE], Problem *problem)
{
    const char *name = self->asked->admin ? self->asked->admin : INIT_ADMIN_NAME;
    char path[KEY_FILE_PATH_SIZE];
    bool made;
    bool keeps = !*key;
    StatusCode code = check_name(self, name, problem);
    if (code == STATUS_OK && keeps) code = find_path(self, name, ".key", path, problem);
    if (code == STATUS_OK && keeps) code = keep_pair(self, path, key, &made, problem);
    if (code == STATUS_OK) code = register_admin(self, name, key, problem);
    if (code != STATUS_OK) return code;
    say(self, "admin: %s, registered by change %llu", name, (unsigned long long)self->sequence);
    say_key(self, key);
    if (keeps) say(self, "  its key pair is %s: move it to where that admin works", path);
    return STATUS_OK;
}

static StatusCode keep_admin(Init *self, Problem *problem)
{
    char key[CURVE_TEXT_SIZE];
    StatusCode code = read_asked_key(self, key, problem);
    if (code != STATUS_OK) return code;
    const Principal *any = find_admin(registry_state(self->registry)->principals, NULL);
    return any ? check_present(self, any, key, problem) : make_admin(self, key, problem);
}

/* --- all of it --- */

static StatusCode with_store(Init *self, Store *store, Problem *problem)
{
    const RegistryConfig config = {
        .store = self->store_config,
        .world = *self->world,
        .reply = take_reply,
        .reply_context = self,
    };
    StatusCode code = registry_open(store, &config, &self->registry, problem);
    if (code != STATUS_OK) return code;
    code = keep_admin(self, problem);
    if (code == STATUS_OK) code = keep_server_key(self, problem);
    registry_close(&self->registry);
    return code;
}

StatusCode init_registry(const StoreConfig *store_config, const World *world,
                         const InitAsked *asked, init_say_fn *say_line, void *context,
                         Problem *problem)
{
    Init self = {store_config, world, asked, say_line, context, NULL, false, {0}, 0};
    Store *store;
    StatusCode code = store_open(store_config, &store, problem);
    if (code != STATUS_OK) return code;
    code = with_store(&self, store, problem);
    store_close(&store);
    return code;
}
