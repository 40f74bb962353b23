#include "daemon/bus/zap.h"

#include "daemon/bus/admission.h"
#include "daemon/bus/endpoint.h"
#include "daemon/bus/limits.h"
#include "daemon/bus/ticks.h"
#include "daemon/store/letter.h"

#include <assert.h>
#include <czmq.h>
#include <stdlib.h>
#include <string.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_VERSION  "1.0"

struct Zap {
    zactor_t *actor;
    bool has_sent;
    uint64_t generation; /* of the table that was sent last */
    size_t left_out;
};

/* --- the thread --- */

typedef struct Handler {
    zsock_t *pipe;
    zsock_t *socket; /* REP; NULL: there is another handler */
    Admission *admission;
    ZapRefused refused; /* not told yet */
    int64_t told_ms;
    bool is_over;
} Handler;

/* What the parts of a question are, in their order. */
enum QuestionPart {
    PART_VERSION,
    PART_REQUEST,
    PART_DOMAIN,
    PART_ADDRESS,
    PART_IDENTITY,
    PART_MECHANISM,
    PART_KEY,
    QUESTION_PARTS,
};

typedef struct Answer {
    const char *code;
    const char *text;
} Answer;

static const Answer answers[] = {
    [ADMISSION_GRANTED] = {"200", "OK"},
    [ADMISSION_UNKNOWN] = {"400", "the key is nobody's"},
    [ADMISSION_LATER] = {"300", "too many connections; later"}, /* hangs up without a word */
};

static const Answer no_curve = {"400", "CURVE only"};

static bool is_text(zframe_t *const parts[], enum QuestionPart part, const char *text)
{
    return zframe_streq(parts[part], text);
}

static bool is_proper(zframe_t *const parts[])
{
    return is_text(parts, PART_VERSION, ZAP_VERSION) &&
           is_text(parts, PART_DOMAIN, ENDPOINT_ZAP_DOMAIN) &&
           is_text(parts, PART_MECHANISM, "CURVE") &&
           zframe_size(parts[PART_KEY]) == CURVE_KEY_BYTES;
}

static void note_refused(Handler *self, uint64_t *count, const char *address,
                         const char *fingerprint)
{
    (*count)++;
    (void)snprintf(self->refused.address, sizeof self->refused.address, "%s", address);
    (void)snprintf(self->refused.fingerprint, sizeof self->refused.fingerprint, "%s", fingerprint);
}

/* As people write it: a socket of both families has IPv4 in IPv6's form (RFC 4291 2.5.5.2). */
static void take_address(zframe_t *part, char address[static ZAP_ADDRESS_SIZE])
{
    static const char mapped[] = "::ffff:";
    const size_t length = sizeof mapped - 1;
    (void)snprintf(address, ZAP_ADDRESS_SIZE, "%.*s", (int)zframe_size(part),
                   (const char *)zframe_data(part));
    if (strncmp(address, mapped, length) == 0 && strchr(address, '.'))
        memmove(address, address + length, strlen(address + length) + 1);
}

/* The fingerprint is given where the key is let in, else "". */
static const Answer *judge(Handler *self, zframe_t *const parts[],
                           char fingerprint[static CURVE_FINGERPRINT_SIZE])
{
    char address[ZAP_ADDRESS_SIZE];
    fingerprint[0] = '\0';
    take_address(parts[PART_ADDRESS], address);
    if (!is_proper(parts)) {
        note_refused(self, &self->refused.other, address, "");
        return &no_curve;
    }
    AdmissionVerdict verdict = admission_ask(self->admission, address, zframe_data(parts[PART_KEY]),
                                             ticks_ms(), fingerprint);
    if (verdict == ADMISSION_GRANTED) return &answers[verdict];
    uint64_t *count = verdict == ADMISSION_UNKNOWN ? &self->refused.unknown : &self->refused.later;
    note_refused(self, count, address, fingerprint);
    fingerprint[0] = '\0';
    return &answers[verdict];
}

/* False: it is no whole question, which libzmq does not send. */
static bool split(zmsg_t *question, zframe_t *parts[static QUESTION_PARTS])
{
    size_t count = 0;
    for (zframe_t *part = zmsg_first(question); part; part = zmsg_next(question)) {
        if (count < QUESTION_PARTS) parts[count] = part;
        count++;
    }
    return count == QUESTION_PARTS;
}

static void answer(Handler *self)
{
    zframe_t *parts[QUESTION_PARTS];
    char fingerprint[CURVE_FINGERPRINT_SIZE] = "";
    zmsg_t *question = zmsg_recv(self->socket);
    if (!question) return;
    const Answer *given = &no_curve;
    bool whole = split(question, parts);
    if (whole) given = judge(self, parts, fingerprint);
    zmsg_t *reply = zmsg_new();
    zmsg_addstr(reply, ZAP_VERSION);
    if (whole)
        zmsg_addmem(reply, zframe_data(parts[PART_REQUEST]), zframe_size(parts[PART_REQUEST]));
    else
        zmsg_addstr(reply, "");
    zmsg_addstr(reply, given->code);
    zmsg_addstr(reply, given->text);
    zmsg_addstr(reply, fingerprint); /* the User-Id */
    zmsg_addmem(reply, NULL, 0);     /* no further metadata */
    zmsg_send(&reply, self->socket);
    zmsg_destroy(&reply);
    zmsg_destroy(&question);
}

/* All that the loop sent: a question that comes after a table is answered by it. */
static void take_letters(Handler *self)
{
    while (!self->is_over && letter_waits(self->pipe)) {
        zframe_t *letter = letter_receive(self->pipe, LETTER_WAIT_FOREVER);
        self->is_over = !letter || letter_is_end(letter);
        if (!self->is_over) {
            uint32_t count;
            assert(zframe_size(letter) >= sizeof count);
            memcpy(&count, zframe_data(letter), sizeof count);
            assert(zframe_size(letter) == sizeof count + count * sizeof(AdmissionKey));
            admission_replace(self->admission,
                              (const AdmissionKey *)(zframe_data(letter) + sizeof count), count);
        }
        zframe_destroy(&letter);
    }
}

static void tell_refused(Handler *self)
{
    int64_t now_ms = ticks_ms();
    const ZapRefused *refused = &self->refused;
    if (refused->unknown + refused->later + refused->other == 0) return;
    if (now_ms - self->told_ms < ZAP_REPORT_MS) return;
    letter_send(self->pipe, refused, sizeof *refused);
    self->refused = (ZapRefused){0};
    self->told_ms = now_ms;
}

static void serve(Handler *self)
{
    zmq_pollitem_t items[] = {
        {.socket = zsock_resolve(self->pipe), .events = ZMQ_POLLIN},
        {.socket = zsock_resolve(self->socket), .events = ZMQ_POLLIN},
    };
    while (!self->is_over) {
        (void)zmq_poll(items, sizeof items / sizeof *items, ZAP_REPORT_MS);
        take_letters(self);
        if (!self->is_over && items[1].revents & ZMQ_POLLIN) answer(self);
        tell_refused(self);
    }
}

static void zap_actor(zsock_t *pipe, void *lent)
{
    bool *is_made = lent;
    Handler self = {.pipe = pipe, .admission = admission_new()};
    self.told_ms = ticks_ms() - ZAP_REPORT_MS; /* the first one is told at once */
    self.socket = zsock_new(ZMQ_REP);
    *is_made = self.admission && self.socket && zsock_bind(self.socket, ZAP_ENDPOINT) == 0;
    bool serves = *is_made;
    letter_ready(pipe);
    if (serves) serve(&self);
    zsock_destroy(&self.socket);
    admission_destroy(&self.admission);
}

/* --- the loop's side --- */

StatusCode zap_new(Zap **self, Problem *problem)
{
    bool is_made = false;
    Zap *made = calloc(1, sizeof *made);
    if (made) made->actor = letter_start_actor(zap_actor, &is_made);
    if (!made || !made->actor || !is_made) {
        zap_destroy(&made);
        return problem_set(problem, STATUS_INTERNAL,
                           "the ZAP handler cannot be made: is there another one?");
    }
    *self = made;
    return STATUS_OK;
}

void zap_destroy(Zap **self)
{
    if (!self || !*self) return;
    if ((*self)->actor) letter_end_actor(&(*self)->actor);
    free(*self);
    *self = NULL;
}

typedef struct Table {
    AdmissionKey *keys;
    uint32_t count;
    size_t left_out;
} Table;

static void add_key(void *context, const uint8_t key[static CURVE_KEY_BYTES],
                    const char *fingerprint, const Principal *principal)
{
    Table *table = context;
    (void)principal;
    if (table->count == ZAP_KEYS_MAX) {
        table->left_out++;
        return;
    }
    AdmissionKey *added = &table->keys[table->count++];
    memcpy(added->key, key, CURVE_KEY_BYTES);
    (void)snprintf(added->fingerprint, sizeof added->fingerprint, "%s", fingerprint);
}

/* Without memory the old table stays, and it is tried again with the next change: what a door does
 * not find among the principals is refused there. */
void zap_know(Zap *self, const Principals *principals)
{
    uint64_t generation = principals_generation(principals);
    if (self->has_sent && generation == self->generation) return;
    Table table = {0};
    char *letter = calloc(1, sizeof table.count + ZAP_KEYS_MAX * sizeof(AdmissionKey));
    if (!letter) return;
    table.keys = (AdmissionKey *)(letter + sizeof table.count);
    principals_each_key(principals, add_key, &table);
    memcpy(letter, &table.count, sizeof table.count);
    letter_send(self->actor, letter, sizeof table.count + table.count * sizeof *table.keys);
    free(letter);
    self->has_sent = true;
    self->generation = generation;
    self->left_out = table.left_out;
}

size_t zap_left_out(const Zap *self)
{
    return self->left_out;
}

bool zap_take_refused(Zap *self, ZapRefused *refused)
{
    if (!letter_waits(self->actor)) return false;
    zframe_t *letter = letter_receive(self->actor, LETTER_WAIT_FOREVER);
    bool is_one = letter && zframe_size(letter) == sizeof *refused;
    if (is_one) memcpy(refused, zframe_data(letter), sizeof *refused);
    zframe_destroy(&letter);
    return is_one;
}

void *zap_socket(Zap *self)
{
    return zsock_resolve(self->actor);
}
