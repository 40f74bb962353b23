#include "tests/property/commands.h"

#include "proto/validate.h"
#include "tests/property/draft.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum {
    UIDS = 1000, /* few, so that some are taken */
    FOUND_MAX = 65536,
};

/* When a change was made, as the journal says. Lent until the next one. */
static const char *time_of(Test *test, uint64_t sequence)
{
    static char time[MODEL_TIME_SIZE];
    Arena *arena = arena_new(SIZE_MAX);
    assert(arena);
    registry_rest(harness_registry(test->harness));
    const Change *change =
        state_change(registry_state(harness_registry(test->harness)), sequence, arena);
    if (!change) FAIL("change %" PRIu64 " is missing", sequence);
    (void)snprintf(time, sizeof time, "%s", change->time);
    arena_destroy(&arena);
    return time;
}

/* Takes a write's reply into the model; gives its status. */
static StatusCode learn(Test *test, Reply *reply)
{
    StatusCode code = reply->status ? (StatusCode)reply->status->code : STATUS_OK;
    if (code == STATUS_OK) {
        const Plenary__V1__WriteReply *write = reply->write;
        assert(reply->result_case == PLENARY__V1__REPLY__RESULT_WRITE);
        if (write->event && !write->unchanged)
            model_put(test->model, write->event, write->sequence, time_of(test, write->sequence),
                      write->action == PLENARY__V1__CHANGE__ACTION__WITHDRAWN);
        if (write->sequence > test->model->sequence) test->model->sequence = write->sequence;
    }
    plenary__v1__reply__free_unpacked(reply, NULL);
    return code;
}

typedef struct Order {
    Request request;
    Draft draft;
    Plenary__V1__RegisterEvent register_event;
    Plenary__V1__ReviseEvent revise_event;
    Plenary__V1__CancelEvent cancel_event;
    Plenary__V1__ReinstateEvent reinstate_event;
    Plenary__V1__HoldEvent hold_event;
    Plenary__V1__WithdrawEvent withdraw_event;
    char event_id[16];
    char request_id[40];
} Order;

static bool same_instance(const Event *one, const Event *other)
{
    if (!one->recurrence_id || !other->recurrence_id)
        return !one->recurrence_id && !other->recurrence_id;
    return strcmp(one->recurrence_id, other->recurrence_id) == 0;
}

/* A uid, or an instance of one, is taken for ever, also by a withdrawn event. */
static StatusCode foretell_registration(const Test *test, const Event *event)
{
    for (uint32_t i = 1; event->uid && i <= test->model->last; i++)
        if (strcmp(test->model->events[i].image->uid, event->uid) == 0 &&
            same_instance(test->model->events[i].image, event))
            return STATUS_ALREADY_EXISTS;
    return STATUS_OK;
}

/* What the rules say of this command on this event; a pipelined one cannot be foretold. */
static StatusCode foretell(const Test *test, uint32_t number, const Order *order)
{
    const ModelEvent *event = &test->model->events[number];
    if (number == 0) return foretell_registration(test, &order->draft.event);
    if (number > test->model->last) return STATUS_NOT_FOUND;
    if (event->withdrawn) return STATUS_FAILED_PRECONDITION;
    bool cancelled = event->image->status == PLENARY__V1__EVENT__STATUS__CANCELLED;
    bool confirmed = event->image->status == PLENARY__V1__EVENT__STATUS__CONFIRMED;
    switch (order->request.verb_case) {
    case PLENARY__V1__REQUEST__VERB_CANCEL_EVENT:
        return cancelled ? STATUS_FAILED_PRECONDITION : STATUS_OK;
    case PLENARY__V1__REQUEST__VERB_REINSTATE_EVENT:
        return cancelled ? STATUS_OK : STATUS_FAILED_PRECONDITION;
    case PLENARY__V1__REQUEST__VERB_HOLD_EVENT:
        return confirmed ? STATUS_OK : STATUS_FAILED_PRECONDITION;
    default: return STATUS_OK;
    }
}

/* Takes the place of an instance of a series, or of none. */
static void draft_override(Test *test, Draft *draft)
{
    uint32_t number = 1 + harness_below(test->harness, test->model->last);
    for (uint32_t i = 0; i < test->model->last; i++, number = number % test->model->last + 1) {
        const ModelEvent *series = &test->model->events[number];
        if (!series->image->recurrence || series->instances->count == 0) continue;
        size_t most = series->instances->count < 40 ? series->instances->count : 40;
        size_t which = harness_below(test->harness, (uint32_t)most);
        int64_t start_s = series->instances->starts[which];
        model_print_seconds(start_s, strlen(series->image->schedule->start) == 10,
                            draft->recurrence_id);
        draft->event.uid = series->image->uid;
        draft->event.recurrence_id = draft->recurrence_id;
        draft->event.recurrence = NULL;
        return;
    }
}

static void order_registration(Test *test, Order *order)
{
    plenary__v1__register_event__init(&order->register_event);
    order->register_event.event = &order->draft.event;
    order->request.verb_case = PLENARY__V1__REQUEST__VERB_REGISTER_EVENT;
    order->request.register_event = &order->register_event;
    if (harness_below(test->harness, 3) == 0) {
        (void)snprintf(order->draft.uid, sizeof order->draft.uid, "uid-%u@example",
                       harness_below(test->harness, UIDS));
        order->draft.event.uid = order->draft.uid;
    }
    if (test->model->last && harness_below(test->harness, 4) == 0)
        draft_override(test, &order->draft);
}

#define ORDER(order, verb, VERB)                                                                   \
    do {                                                                                           \
        plenary__v1__##verb##__init(&(order)->verb);                                               \
        (order)->verb.event_id = (order)->event_id;                                                \
        (order)->request.verb_case = PLENARY__V1__REQUEST__VERB_##VERB;                            \
        (order)->request.verb = &(order)->verb;                                                    \
    } while (0)

/* A random command; gives the number of the event that it is about, 0 for a new one. */
static uint32_t draft_order(Test *test, Order *order)
{
    memset(order, 0, sizeof *order);
    plenary__v1__request__init(&order->request);
    (void)snprintf(order->request_id, sizeof order->request_id, "%s",
                   harness_request_id(test->harness));
    order->request.request_id = order->request_id;
    draft_event(test->harness, &order->draft);
    uint32_t die = harness_below(test->harness, 20);
    uint32_t number = 1 + harness_below(test->harness, test->model->last + 1);
    (void)snprintf(order->event_id, sizeof order->event_id, "%u", number);
    if (test->model->last == 0 || die < 9) {
        order_registration(test, order);
        return 0;
    }
    if (die < 14) {
        ORDER(order, revise_event, REVISE_EVENT);
        order->revise_event.event = &order->draft.event;
        if (number <= test->model->last && test->model->events[number].image->recurrence_id)
            order->draft.event.recurrence = NULL;
    } else if (die < 16) {
        ORDER(order, cancel_event, CANCEL_EVENT);
    } else if (die < 18) {
        ORDER(order, reinstate_event, REINSTATE_EVENT);
    } else if (die < 19) {
        ORDER(order, hold_event, HOLD_EVENT);
    } else {
        ORDER(order, withdraw_event, WITHDRAW_EVENT);
    }
    return number;
}

void command_once(Test *test)
{
    Order order;
    uint32_t number = draft_order(test, &order);
    StatusCode wanted = foretell(test, number, &order);
    StatusCode code = learn(test, harness_call(test->harness, &order.request));
    if (code != wanted)
        FAIL("verb %d on event %u: %s, not %s", order.request.verb_case, number, status_name(code),
             status_name(wanted));
    if (code != STATUS_OK || harness_below(test->harness, 5)) return;
    /* Once more with the same request id: the same answer, and nothing is done. */
    uint64_t sequence = test->model->sequence;
    code = learn(test, harness_call(test->harness, &order.request));
    if (code != STATUS_OK || test->model->sequence != sequence)
        FAIL("a repeated request was done twice, or refused: %s", status_name(code));
}

void command_many(Test *test)
{
    static Order orders[COMMANDS_PIPELINED];
    for (size_t i = 0; i < COMMANDS_PIPELINED; i++) {
        draft_order(test, &orders[i]);
        harness_send(test->harness, &orders[i].request);
    }
    for (size_t i = 0; i < COMMANDS_PIPELINED; i++)
        learn(test, harness_take(test->harness));
}

void put_organisation(Test *test)
{
    int which = (int)harness_below(test->harness, MODEL_ORGANISATIONS);
    int parent = which ? (int)harness_below(test->harness, (uint32_t)which + 1) - 1 : -1;
    if (parent >= 0 && !test->model->known[parent]) parent = -1;
    Organisation organisation = PLENARY__V1__ORGANISATION__INIT;
    Plenary__V1__PutOrganisation put = PLENARY__V1__PUT_ORGANISATION__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    char name[32];
    (void)snprintf(name, sizeof name, "Organisation %c", 'A' + which);
    organisation.id = (char *)(uintptr_t)draft_organisation_ids[which];
    organisation.name = name;
    if (parent >= 0) organisation.part_of = (char *)(uintptr_t)draft_organisation_ids[parent];
    put.organisation = &organisation;
    request.verb_case = PLENARY__V1__REQUEST__VERB_PUT_ORGANISATION;
    request.put_organisation = &put;
    request.request_id = harness_request_id(test->harness);
    StatusCode code = learn(test, harness_call(test->harness, &request));
    if (code != STATUS_OK) FAIL("put %s: %s", organisation.id, status_name(code));
    test->model->known[which] = true;
    test->model->parent[which] = parent;
}

/* --- erasing --- */

/* All changes whose images name the person; gives how many. */
static size_t find_person(Test *test, char *name, uint64_t *sequences)
{
    Plenary__V1__FindPerson find = PLENARY__V1__FIND_PERSON__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    size_t count = 0;
    find.person = name;
    find.has_from_sequence = 1;
    find.from_sequence = 1;
    request.verb_case = PLENARY__V1__REQUEST__VERB_FIND_PERSON;
    request.find_person = &find;
    while (find.from_sequence != 0) {
        Reply *reply = harness_call(test->harness, &request);
        if (reply->status) FAIL("find: %s", reply->status->message);
        const Plenary__V1__FindPersonReply *found = reply->found_person;
        for (size_t i = 0; i < found->n_images && count < FOUND_MAX; i++)
            sequences[count++] = found->images[i]->sequence;
        find.from_sequence = found->has_next_sequence ? found->next_sequence : 0;
        plenary__v1__reply__free_unpacked(reply, NULL);
    }
    return count;
}

static void erase_images(Test *test, char *name, char *text, uint64_t *sequences, size_t count)
{
    Plenary__V1__ErasePerson erase = PLENARY__V1__ERASE_PERSON__INIT;
    Request request = PLENARY__V1__REQUEST__INIT;
    erase.person = name;
    erase.text = text;
    erase.sequences = sequences;
    erase.n_sequences = count;
    request.verb_case = PLENARY__V1__REQUEST__VERB_ERASE_PERSON;
    request.erase_person = &erase;
    request.request_id = harness_request_id(test->harness);
    StatusCode code = learn(test, harness_call(test->harness, &request));
    if (code != STATUS_OK) FAIL("erase %s: %s", name, status_name(code));
}

/* A participant, or two words that a title may have. */
void erase_person(Test *test)
{
    static uint64_t sequences[FOUND_MAX];
    static char text[] = "delta";
    char name[64];
    bool by_text = harness_below(test->harness, 2);
    if (by_text)
        (void)snprintf(name, sizeof name, "%s %s", PICK(test, draft_words),
                       PICK(test, draft_words));
    else
        (void)snprintf(name, sizeof name, "%s", PICK(test, draft_people));
    size_t count = find_person(test, name, sequences);
    for (size_t done = 0; done < count; done += VALIDATE_ERASED_MAX) {
        size_t left = count - done;
        erase_images(test, name, by_text ? text : NULL, sequences + done,
                     left < VALIDATE_ERASED_MAX ? left : VALIDATE_ERASED_MAX);
        if (harness_below(test->harness, 6) == 0) harness_crash(test->harness, 0);
    }
    model_erase(test->model, name, by_text ? text : NULL);
    if (find_person(test, name, sequences) > 0) FAIL("%s is still named", name);
}
