#include "clients/lib/follower_life.h"

#include "clients/lib/pace.h"
#include "clients/lib/snapshot.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    WAIT_MS = 250,                          /* the library's own clocks run in plenary_hear */
    CHANGE_ARENA_BYTES = 128 * 1024 * 1024, /* the image before, unpacked */
};

/* Where the mirror comes from. */
typedef enum Need {
    NEED_NOTHING,  /* it is in step with the stream */
    NEED_PLACE,    /* a snapshot, as soon as the stream says where it is */
    NEED_SNAPSHOT, /* now: the stream goes on by itself from `at` */
    NEED_RESYNC,   /* now: the stream waits to be told to go on */
} Need;

typedef struct Life {
    const FollowerPlan *plan;
    const FollowerProgram *program;
    Mirror *mirror;
    PlenaryClient *client;
    PlenarySubscriber *subscriber;
    FollowerTools tools;
    Arena *arena; /* of one change */
    Problem *problem;
    bool has_begun; /* the program */
    Need need;
    uint64_t at;  /* where a snapshot is taken, as the stream has it */
    bool is_lost; /* the daemon is away */
    bool is_caught_up;
    bool is_quiet; /* nothing is there to be heard */
    size_t heard;  /* changes, not yet kept */
    size_t heard_bytes;
    bool is_unsettled;
    int64_t settled_ms;              /* when it last was */
    int64_t renewed_ms;              /* the mirror, likewise */
    int64_t retry_ms;                /* nothing is done before */
    char told[PROBLEM_MESSAGE_SIZE]; /* why, so that it is told once */
    bool ends;
    StatusCode code;
} Life;

void life_say(const FollowerPlan *plan, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: ", plan->program->name);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

bool life_pause(const FollowerPlan *plan, int wait_ms)
{
    struct pollfd file = {.fd = plan->signals, .events = POLLIN};
    return poll(&file, 1, wait_ms) > 0;
}

bool life_may_go_on(StatusCode code)
{
    return code == STATUS_UNAVAILABLE || code == STATUS_RESOURCE_EXHAUSTED ||
           code == STATUS_DEADLINE_EXCEEDED || code == STATUS_INTERNAL;
}

static void end_with(Life *life, StatusCode code)
{
    life->ends = true;
    life->code = code;
}

/* Only a fresh start mends it. The problem says why. */
static void fail(Life *life, StatusCode code)
{
    assert(code != STATUS_OK);
    end_with(life, code);
}

/* The same thing is tried again after a while; with --once, or where that is of no use, never. */
static void try_again(Life *life, const char *what)
{
    StatusCode code = life->problem->code;
    if (life->ends || life->plan->once || !life_may_go_on(code)) {
        fail(life, code);
        return;
    }
    if (strcmp(life->told, life->problem->message) != 0)
        life_say(life->plan, "%s: %s; trying again", what, life->problem->message);
    memcpy(life->told, life->problem->message, sizeof life->told);
    problem_clear(life->problem);
    life->retry_ms = pace_now_ms() + FOLLOWER_RETRY_MS;
}

/* --- keeping --- */

static bool is_moved(const Life *life, const uint8_t *position, size_t size)
{
    uint8_t kept[MIRROR_POSITION_BYTES_MAX];
    return size != mirror_position(life->mirror, kept) || memcmp(position, kept, size) != 0;
}

/* The program first, then the mirror with its note and the position in one move. */
static void keep(Life *life)
{
    FollowerNote note = {.size = 0};
    PlenaryError ignored; /* no file is written */
    uint8_t position[PLENARY_POSITION_SIZE];
    bool notes = life->program->keep && life->heard;
    if (notes && life->program->keep(life->plan->context, &note, life->problem) != STATUS_OK) {
        try_again(life, "what was heard could not be kept");
        return;
    }
    mirror_set_position(life->mirror, position, plenary_position(life->subscriber, position));
    StatusCode code =
        mirror_commit(life->mirror, notes ? note.bytes : NULL, note.size, life->problem);
    if (code != STATUS_OK) {
        fail(life, code);
        return;
    }
    (void)plenary_acknowledge(life->subscriber, &ignored);
    life->heard = life->heard_bytes = 0;
}

static size_t batch_changes(const Life *life)
{
    size_t wanted = life->program->batch ? life->program->batch(life->plan->context) : 0;
    return wanted && wanted < FOLLOWER_BATCH_CHANGES ? wanted : FOLLOWER_BATCH_CHANGES;
}

static bool knows_all(const Life *life)
{
    return (life->is_caught_up || life->is_lost) && life->need == NEED_NOTHING;
}

static bool is_settling_due(const Life *life)
{
    return life->is_unsettled && knows_all(life) &&
           (life->is_quiet || pace_now_ms() - life->settled_ms >= FOLLOWER_SETTLE_EVERY_MS);
}

/* After what was heard is kept. */
static bool is_renewing_due(const Life *life)
{
    return mirror_is_stale(life->mirror) && knows_all(life) && !life->heard &&
           (life->is_quiet || pace_now_ms() - life->renewed_ms >= FOLLOWER_RENEW_EVERY_MS);
}

static bool is_keeping_due(const Life *life)
{
    uint8_t position[PLENARY_POSITION_SIZE];
    if (life->heard >= batch_changes(life) || life->heard_bytes >= FOLLOWER_BATCH_BYTES)
        return true;
    if (life->heard && (life->is_quiet || is_settling_due(life))) return true;
    if (!life->is_quiet || life->need != NEED_NOTHING) return false;
    size_t size = plenary_position(life->subscriber, position);
    return size && is_moved(life, position, size);
}

static void settle(Life *life)
{
    if (life->program->settle &&
        life->program->settle(life->plan->context, life->mirror, life->problem) != STATUS_OK) {
        try_again(life, "what is there could not be written");
        return;
    }
    life->is_unsettled = false;
    life->settled_ms = pace_now_ms();
}

/* Of its own file no byte may tell of who was erased. */
static void renew(Life *life)
{
    if (mirror_renew(life->mirror, life->problem) != STATUS_OK)
        try_again(life, "what was erased is still on the disk");
    life->renewed_ms = pace_now_ms();
}

/* --- changes --- */

/* Nobody changed what is only shown otherwise: there is nothing to tell of it. An erasure is told
 * also where no record comes with it. */
static bool is_news(const PlenaryNews *news, const MirrorStep *step, bool is_erased)
{
    bool has_record = news->change->record_case != PLENARY__V1__CHANGE__RECORD__NOT_SET;
    if (!step->before && !step->after) return is_erased && !has_record;
    return is_erased || news->relation != PLENARY__V1__DELIVERY__RELATION__AGAIN;
}

static StatusCode hear_step(Life *life, const PlenaryNews *news, const MirrorStep *step)
{
    bool is_erased = news->change->action == PLENARY__V1__CHANGE__ACTION__ERASED;
    const FollowerNews told = {
        .sequence = news->sequence,
        .change = news->change,
        .before = is_erased ? NULL : step->before,
        .after = step->after,
        .is_erased = is_erased,
    };
    if (!life->program->hear || !is_news(news, step, is_erased)) return STATUS_OK;
    return life->program->hear(life->plan->context, &told, life->problem);
}

static void take_change(Life *life, const PlenaryNews *news)
{
    MirrorStep step;
    life->is_quiet = false;
    if (life->need != NEED_NOTHING) return; /* the snapshot will have it */
    arena_reset(life->arena);
    StatusCode code =
        mirror_apply(life->mirror, news->change, news->relation, life->arena, &step, life->problem);
    if (code == STATUS_OK) code = hear_step(life, news, &step);
    if (code != STATUS_OK) {
        fail(life, code);
        return;
    }
    life->heard++;
    life->heard_bytes += plenary__v1__change__get_packed_size(news->change);
    life->is_unsettled = true;
}

/* --- snapshots --- */

static bool is_stopped(void *context)
{
    const Life *life = context;
    return life_pause(life->plan, 0);
}

static bool is_same_record(const Event *one, const Event *other)
{
    return one->id && other->id ? strcmp(one->id, other->id) == 0 : !one->id && !other->id;
}

/* Of what has the same revision nobody changed anything: it is only shown otherwise, or a person
 * was erased from it, whose name a difference would tell. After a restore another event may have
 * the number. */
static bool is_same_revision(const MirrorStep *step)
{
    return step->before && step->after && is_same_record(step->before, step->after) &&
           step->before->revision == step->after->revision;
}

static bool hear_difference(void *context, const MirrorStep *step)
{
    Life *life = context;
    if (is_same_revision(step)) return true;
    const FollowerNews told = {
        .sequence = life->at,
        .before = step->before,
        .after = step->after,
    };
    life->heard++;
    return life->program->hear(life->plan->context, &told, life->problem) == STATUS_OK;
}

/* What changed while nobody was listening, and the program's note of it. */
static StatusCode tell_differences(Life *life, FollowerNote *note)
{
    StatusCode code = STATUS_OK;
    if (life->program->hear && !mirror_is_new(life->mirror) &&
        !mirror_snapshot_compare(life->mirror, hear_difference, life))
        code = life->problem->code != STATUS_OK
                   ? life->problem->code
                   : problem_set(life->problem, STATUS_UNAVAILABLE, "%s cannot be read",
                                 life->plan->state_folder);
    if (code == STATUS_OK && life->program->keep)
        code = life->program->keep(life->plan->context, note, life->problem);
    life->heard = life->heard_bytes = 0;
    return code;
}

static void put_in_place(Life *life)
{
    FollowerNote note = {.size = 0};
    uint8_t position[PLENARY_POSITION_SIZE];
    bool was_new = mirror_is_new(life->mirror);
    StatusCode code = tell_differences(life, &note);
    if (code != STATUS_OK) {
        fail(life, code);
        return;
    }
    if (life->need == NEED_RESYNC) plenary_resume_after(life->subscriber, life->at);
    mirror_set_position(life->mirror, position, plenary_position(life->subscriber, position));
    code = mirror_snapshot_end(life->mirror, life->at, life->program->keep ? note.bytes : NULL,
                               note.size, life->problem);
    if (code != STATUS_OK) {
        fail(life, code);
        return;
    }
    life_say(life->plan, "%s %zu events, as of change %" PRIu64,
             was_new ? "begins with" : "has a fresh snapshot of", mirror_event_count(life->mirror),
             life->at);
    life->need = NEED_NOTHING;
    life->is_unsettled = true;
}

static void take_snapshot(Life *life)
{
    StatusCode code = snapshot_take(life->client, life->plan->query, life->mirror, is_stopped, life,
                                    life->problem);
    if (code == STATUS_OK)
        put_in_place(life);
    else if (code == STATUS_ABORTED)
        end_with(life, STATUS_OK);
    else
        try_again(life, "no snapshot could be taken");
}

/* --- hearing --- */

static void resync(Life *life, const PlenaryNews *news)
{
    life_say(life->plan,
             "the place to go on from does not fit this registry: %s; taking a fresh snapshot",
             news->error.message);
    life->is_caught_up = false;
    life->need = NEED_RESYNC;
    life->at = news->sequence;
}

static void refuse(Life *life, const PlenaryError *error)
{
    fail(life, problem_set(life->problem, (StatusCode)error->code, "%s", error->message));
}

static void take_news(Life *life, const PlenaryNews *news)
{
    switch (news->heard) {
    case PLENARY_NOTHING: life->is_quiet = true; break;
    case PLENARY_CHANGE: take_change(life, news); break;
    case PLENARY_CAUGHT_UP:
        life->is_caught_up = life->is_quiet = true;
        if (life->need == NEED_PLACE) life->need = NEED_SNAPSHOT;
        break;
    case PLENARY_RESYNC: resync(life, news); break;
    case PLENARY_LOST:
        life->is_lost = true;
        if (life->plan->once)
            refuse(life, &news->error);
        else
            life_say(life->plan, "LOST %s; waiting for it", news->error.message);
        break;
    case PLENARY_BACK:
        life->is_lost = false;
        life_say(life->plan, "BACK");
        break;
    case PLENARY_REFUSED: refuse(life, &news->error); break;
    }
    if (life->need == NEED_SNAPSHOT) life->at = news->sequence;
}

/* Until something is heard, or a signal asks to end. */
static void wait_for_more(Life *life)
{
    struct pollfd files[] = {
        {.fd = plenary_subscriber_fd(life->subscriber), .events = POLLIN},
        {.fd = life->plan->signals, .events = POLLIN},
    };
    (void)poll(files, sizeof files / sizeof *files, WAIT_MS);
}

/* All that is there is heard before waiting: the descriptor tells of new things only. */
static void hear(Life *life)
{
    PlenaryNews news;
    bool waited = life->is_quiet;
    if (waited) wait_for_more(life);
    plenary_hear(life->subscriber, 0, &news);
    take_news(life, &news);
}

static bool is_done(const Life *life)
{
    return life->plan->once && life->is_caught_up && life->need == NEED_NOTHING &&
           !life->is_unsettled && !is_keeping_due(life) && !mirror_is_stale(life->mirror);
}

/* One thing, the most urgent. */
static void turn(Life *life)
{
    if (life_pause(life->plan, 0) || is_done(life))
        end_with(life, STATUS_OK);
    else if (pace_now_ms() < life->retry_ms)
        (void)life_pause(life->plan, WAIT_MS);
    else if (is_keeping_due(life) || (life->need >= NEED_SNAPSHOT && life->heard))
        keep(life);
    else if (life->need >= NEED_SNAPSHOT)
        take_snapshot(life);
    else if (is_renewing_due(life))
        renew(life);
    else if (is_settling_due(life))
        settle(life);
    else
        hear(life);
}

/* --- beginning and ending --- */

/* An empty mirror that is whole: the first change is the next one. */
static StatusCode begin_at_the_first_change(Life *life)
{
    FollowerNote note = {.size = 0};
    StatusCode code = STATUS_OK;
    if (life->program->keep) code = life->program->keep(life->plan->context, &note, life->problem);
    if (code == STATUS_OK) code = mirror_snapshot_begin(life->mirror, life->problem);
    if (code == STATUS_OK)
        code = mirror_snapshot_end(life->mirror, 0, note.bytes, note.size, life->problem);
    return code;
}

static StatusCode open_mirror(Life *life)
{
    const FollowerPlan *plan = life->plan;
    StatusCode code = mirror_open(plan->state_folder, &life->mirror, life->problem);
    if (code != STATUS_OK) return code;
    if (mirror_was_damaged(life->mirror))
        life_say(plan, "%s/mirror.mdb could not be read; it is kept as mirror.mdb.damaged",
                 plan->state_folder);
    else if (mirror_is_new(life->mirror) && plan->mirror_is_gone)
        life_say(plan, "%s/mirror.mdb is not there any more", plan->state_folder);
    if (mirror_is_new(life->mirror) && (plan->mirror_is_gone || mirror_was_damaged(life->mirror)))
        life_say(plan, "starting from a fresh snapshot; changes since the last run go untold");
    return STATUS_OK;
}

static StatusCode connect_to_registry(Life *life)
{
    PlenaryError error = {0};
    uint8_t position[MIRROR_POSITION_BYTES_MAX];
    size_t size = mirror_position(life->mirror, position);
    bool is_new = mirror_is_new(life->mirror);
    const PlenarySubscription subscription = {
        .query = life->plan->query,
        .directory = true,
        .position = size ? position : NULL,
        .position_size = size,
        .now = is_new && !life->plan->replays,
        .name = life->program->name,
    };
    if (subscription.now) life->need = NEED_PLACE;
    life->client = plenary_client_new(&life->plan->connection, &error);
    if (life->client)
        life->subscriber = plenary_subscribe(&life->plan->connection, &subscription, &error);
    return life->subscriber
               ? STATUS_OK
               : problem_set(life->problem, (StatusCode)error.code, "%s", error.message);
}

static StatusCode begin_program(Life *life)
{
    FollowerNote note;
    note.size = mirror_note(life->mirror, note.bytes);
    life->tools = (FollowerTools){
        .arguments = life->plan->arguments,
        .state_folder = life->plan->state_folder,
        .client = life->client,
        .mirror = life->mirror,
    };
    StatusCode code = life->program->begin(life->plan->context, &life->tools, &note, life->problem);
    life->has_begun = code == STATUS_OK;
    return code;
}

static StatusCode begin(Life *life)
{
    StatusCode code = open_mirror(life);
    if (code == STATUS_OK) code = connect_to_registry(life);
    if (code == STATUS_OK) code = begin_program(life);
    if (code == STATUS_OK && mirror_is_new(life->mirror) && life->plan->replays)
        code = begin_at_the_first_change(life);
    life->arena = code == STATUS_OK ? arena_new(CHANGE_ARENA_BYTES) : NULL;
    if (code == STATUS_OK && !life->arena)
        code = problem_set(life->problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    life->is_unsettled = code == STATUS_OK && !mirror_is_new(life->mirror);
    return code;
}

static void end(Life *life)
{
    if (life->has_begun) life->program->end(life->plan->context);
    plenary_unsubscribe(&life->subscriber);
    plenary_client_destroy(&life->client);
    mirror_close(&life->mirror);
    arena_destroy(&life->arena);
}

StatusCode life_run(const FollowerPlan *plan, Problem *problem)
{
    Life life = {.plan = plan, .program = plan->program, .problem = problem};
    StatusCode code = begin(&life);
    while (code == STATUS_OK && !life.ends)
        turn(&life);
    if (code == STATUS_OK) code = life.code;
    /* Asked to end: what was heard is not to be heard again. */
    if (code == STATUS_OK && life.heard) {
        keep(&life);
        code = life.problem->code;
    }
    end(&life);
    return code;
}
