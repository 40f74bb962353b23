#include "daemon/bus/zap.h"

#include "daemon/bus/admission.h"
#include "daemon/bus/endpoint.h"
#include "daemon/bus/limits.h"
#include "daemon/bus/peer.h"
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

/* --- letters --- */

typedef enum LetterKind {
    LETTER_KEYS,  /* followed by a table */
    LETTER_WATCH, /* answered with a byte: whether it is watched */
    LETTER_SPOKE,
} LetterKind;

typedef struct Letter {
    LetterKind kind;
    MonitorDoor door;
    int fd;
    uint32_t keys; /* in the table */
    uint64_t number;
} Letter;

/* --- the thread --- */

/* What the loop lends until the thread has begun. */
typedef struct Beginning {
    const ConnectionsLimits *limits;
    bool is_made;
} Beginning;

typedef struct Handler {
    zsock_t *pipe;
    zsock_t *socket; /* REP; NULL: there is another handler */
    Admission *admission;
    Connections *connections;
    void *monitors[MONITOR_DOORS]; /* NULL: not watched */
    ZapRefused refused;            /* not told yet */
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
    [ADMISSION_LATER] = {"300", "too often; later"}, /* hangs up without a word */
    [ADMISSION_MANY] = {"300", "too many connections; later"},
};

/* Who was let in. */
typedef struct Admitted {
    char fingerprint[CURVE_FINGERPRINT_SIZE]; /* "": nobody */
    uint64_t number;
} Admitted;

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

static AdmissionVerdict admit(Handler *self, const char *address, zframe_t *key, Admitted *admitted)
{
    int64_t now_ms = ticks_ms();
    AdmissionVerdict verdict =
        admission_ask(self->admission, address, zframe_data(key), now_ms, admitted->fingerprint);
    if (verdict != ADMISSION_GRANTED) return verdict;
    uint64_t owner = peer_owner_of(admitted->fingerprint);
    return connections_let_in(self->connections, owner, now_ms, &admitted->number)
               ? ADMISSION_GRANTED
               : ADMISSION_MANY;
}

/* The fingerprint is given where the key is let in, else "". */
static const Answer *judge(Handler *self, zframe_t *const parts[], Admitted *admitted)
{
    uint64_t *const counts[] = {
        [ADMISSION_UNKNOWN] = &self->refused.unknown,
        [ADMISSION_LATER] = &self->refused.later,
        [ADMISSION_MANY] = &self->refused.many,
    };
    char address[ZAP_ADDRESS_SIZE];
    take_address(parts[PART_ADDRESS], address);
    if (!is_proper(parts)) {
        note_refused(self, &self->refused.other, address, "");
        return &no_curve;
    }
    AdmissionVerdict verdict = admit(self, address, parts[PART_KEY], admitted);
    if (verdict == ADMISSION_GRANTED) return &answers[verdict];
    note_refused(self, counts[verdict], address, admitted->fingerprint);
    admitted->fingerprint[0] = '\0';
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

/* One property of the connection's messages, as ZMTP writes metadata (RFC 23): the length of the
 * name in a byte, that of the value in four. */
static void add_number(zmsg_t *reply, uint64_t number)
{
    char text[sizeof "\x0c" ZAP_NUMBER + 4 + 24];
    int length = snprintf(text, sizeof text, "%c" ZAP_NUMBER "%c%c%c%c%" PRIu64,
                          (char)strlen(ZAP_NUMBER), 0, 0, 0, 0, number);
    size_t before = 1 + strlen(ZAP_NUMBER) + 4;
    text[before - 1] = (char)((size_t)length - before);
    zmsg_addmem(reply, text, (size_t)length);
}

static void answer(Handler *self)
{
    zframe_t *parts[QUESTION_PARTS];
    Admitted admitted = {.number = 0};
    zmsg_t *question = zmsg_recv(self->socket);
    if (!question) return;
    const Answer *given = &no_curve;
    bool whole = split(question, parts);
    if (whole) given = judge(self, parts, &admitted);
    zmsg_t *reply = zmsg_new();
    zmsg_addstr(reply, ZAP_VERSION);
    if (whole)
        zmsg_addmem(reply, zframe_data(parts[PART_REQUEST]), zframe_size(parts[PART_REQUEST]));
    else
        zmsg_addstr(reply, "");
    zmsg_addstr(reply, given->code);
    zmsg_addstr(reply, given->text);
    zmsg_addstr(reply, admitted.fingerprint); /* the User-Id */
    if (admitted.fingerprint[0])
        add_number(reply, admitted.number);
    else
        zmsg_addmem(reply, NULL, 0);
    zmsg_send(&reply, self->socket);
    zmsg_destroy(&reply);
    zmsg_destroy(&question);
}

static void take_watch(Handler *self, MonitorDoor door)
{
    self->monitors[door] = monitor_connect(zsys_init(), door);
    const char is_watched = self->monitors[door] != NULL;
    letter_send(self->pipe, &is_watched, sizeof is_watched);
}

static void take_letter(Handler *self, zframe_t *frame)
{
    Letter letter;
    assert(zframe_size(frame) >= sizeof letter);
    memcpy(&letter, zframe_data(frame), sizeof letter);
    switch (letter.kind) {
    case LETTER_KEYS:
        assert(zframe_size(frame) == sizeof letter + letter.keys * sizeof(AdmissionKey));
        admission_replace(self->admission,
                          (const AdmissionKey *)(zframe_data(frame) + sizeof letter), letter.keys);
        break;
    case LETTER_WATCH: take_watch(self, letter.door); break;
    case LETTER_SPOKE:
        connections_spoke(self->connections, letter.door, letter.fd, letter.number);
        break;
    }
}

/* All that the loop sent: a question that comes after a table is answered by it. */
static void take_letters(Handler *self)
{
    while (!self->is_over && letter_waits(self->pipe)) {
        zframe_t *frame = letter_receive(self->pipe, LETTER_WAIT_FOREVER);
        self->is_over = !frame || letter_is_end(frame);
        if (!self->is_over) take_letter(self, frame);
        zframe_destroy(&frame);
    }
}

/* All that began and ended: libzmq told of a connection before it asks for it. Where they come
 * faster than they are taken, questions have their turn all the same: a connection that is then
 * asked for too early stays silent, and comes again. */
static void take_events(Handler *self)
{
    MonitorEvent event;
    int left = ZAP_EVENTS_PER_TURN;
    int64_t now_ms = ticks_ms();
    for (MonitorDoor door = 0; door < MONITOR_DOORS; door++) {
        while (self->monitors[door] && left-- > 0 &&
               monitor_take(self->monitors[door], door, &event)) {
            if (event.begins)
                connections_opened(self->connections, &event.connection, now_ms);
            else
                connections_closed(self->connections, door, event.connection.fd);
        }
    }
}

static void end_connections(Handler *self)
{
    Connection ended;
    int64_t now_ms = ticks_ms();
    while (connections_next_to_end(self->connections, now_ms, &ended))
        monitor_end(&ended);
    self->refused.ended += connections_take_crowded(self->connections);
}

static void tell_refused(Handler *self)
{
    int64_t now_ms = ticks_ms();
    const ZapRefused *refused = &self->refused;
    if (refused->unknown + refused->later + refused->many + refused->ended + refused->other == 0)
        return;
    if (now_ms - self->told_ms < ZAP_REPORT_MS) return;
    letter_send(self->pipe, refused, sizeof *refused);
    self->refused = (ZapRefused){0};
    self->told_ms = now_ms;
}

enum {
    ITEM_PIPE,
    ITEM_QUESTIONS,
    ITEM_MONITORS,
};

static void serve(Handler *self)
{
    while (!self->is_over) {
        zmq_pollitem_t items[ITEM_MONITORS + MONITOR_DOORS] = {
            [ITEM_PIPE] = {.socket = zsock_resolve(self->pipe), .events = ZMQ_POLLIN},
            [ITEM_QUESTIONS] = {.socket = zsock_resolve(self->socket), .events = ZMQ_POLLIN},
        };
        int count = ITEM_MONITORS;
        for (MonitorDoor door = 0; door < MONITOR_DOORS; door++)
            if (self->monitors[door])
                items[count++] =
                    (zmq_pollitem_t){.socket = self->monitors[door], .events = ZMQ_POLLIN};
        (void)zmq_poll(items, count,
                       connections_wait_ms(self->connections, ticks_ms(), ZAP_REPORT_MS));
        take_letters(self);
        take_events(self);
        if (!self->is_over && items[ITEM_QUESTIONS].revents & ZMQ_POLLIN) answer(self);
        end_connections(self);
        tell_refused(self);
    }
}

static void zap_actor(zsock_t *pipe, void *lent)
{
    Beginning *beginning = lent;
    Handler self = {.pipe = pipe, .admission = admission_new()};
    self.connections = connections_new(beginning->limits);
    self.told_ms = ticks_ms() - ZAP_REPORT_MS; /* the first one is told at once */
    self.socket = zsock_new(ZMQ_REP);
    bool serves = self.admission && self.connections && self.socket &&
                  zsock_bind(self.socket, ZAP_ENDPOINT) == 0;
    beginning->is_made = serves;
    letter_ready(pipe);
    if (serves) serve(&self);
    for (MonitorDoor door = 0; door < MONITOR_DOORS; door++)
        if (self.monitors[door]) (void)zmq_close(self.monitors[door]);
    zsock_destroy(&self.socket);
    connections_destroy(&self.connections);
    admission_destroy(&self.admission);
}

/* --- the loop's side --- */

StatusCode zap_new(const ConnectionsLimits *limits, Zap **self, Problem *problem)
{
    Beginning beginning = {limits, false};
    Zap *made = calloc(1, sizeof *made);
    if (made) made->actor = letter_start_actor(zap_actor, &beginning);
    if (!made || !made->actor || !beginning.is_made) {
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

StatusCode zap_watch(Zap *self, void *socket, MonitorDoor door, Problem *problem)
{
    const Letter letter = {.kind = LETTER_WATCH, .door = door};
    bool is_watched = monitor_begin(socket, door);
    if (is_watched) {
        letter_send(self->actor, &letter, sizeof letter);
        zframe_t *told = letter_receive(self->actor, LETTER_WAIT_FOREVER);
        /* An account that comes in between is lost: nothing is refused before the network opens. */
        while (told && zframe_size(told) != 1) {
            zframe_destroy(&told);
            told = letter_receive(self->actor, LETTER_WAIT_FOREVER);
        }
        is_watched = told && *zframe_data(told);
        zframe_destroy(&told);
    }
    if (is_watched) return STATUS_OK;
    return problem_set(problem, STATUS_INTERNAL, "the network's connections cannot be watched: %s",
                       zmq_strerror(errno));
}

void zap_note_spoke(Zap *self, MonitorDoor door, int fd, uint64_t number)
{
    const Letter letter = {.kind = LETTER_SPOKE, .door = door, .fd = fd, .number = number};
    letter_send(self->actor, &letter, sizeof letter);
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
    char *bytes = calloc(1, sizeof(Letter) + ZAP_KEYS_MAX * sizeof(AdmissionKey));
    if (!bytes) return;
    table.keys = (AdmissionKey *)(bytes + sizeof(Letter));
    principals_each_key(principals, add_key, &table);
    const Letter letter = {.kind = LETTER_KEYS, .keys = table.count};
    memcpy(bytes, &letter, sizeof letter);
    letter_send(self->actor, bytes, sizeof letter + table.count * sizeof *table.keys);
    free(bytes);
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
