#include "daemon/registry/explain.h"

int64_t explain_now_us(const State *state)
{
    return state->world.now_us(state->world.context);
}

static Plenary__V1__Explanation__Step *step_message(const QueryContext *context,
                                                    const SetStep *step)
{
    Plenary__V1__Explanation__Step *message = arena_alloc(context->arena, sizeof *message);
    if (!message) return NULL;
    plenary__v1__explanation__step__init(message);
    message->expression = arena_strdup(context->arena, step->expression);
    message->has_size = message->has_left = 1;
    message->size = step->size;
    message->left = step->left;
    message->has_on_disk = message->has_in_memory =
        access_sees_all(context->caller) && step->lies.base + step->lies.delta > 0;
    message->on_disk = step->lies.base;
    message->in_memory = step->lies.delta;
    return message->expression ? message : NULL;
}

static bool add_steps(const QueryContext *context, Plenary__V1__Explanation *message)
{
    const SetReport *report = context->report;
    message->steps = arena_array(context->arena, report->count, sizeof *message->steps);
    if (!message->steps) return false;
    for (; message->n_steps < report->count; message->n_steps++) {
        Plenary__V1__Explanation__Step *step =
            step_message(context, &report->steps[message->n_steps]);
        if (!step) return false;
        message->steps[message->n_steps] = step;
    }
    return true;
}

bool explain_report(const QueryContext *context, Plenary__V1__Explanation **explanation)
{
    const SetReport *report = context->report;
    Plenary__V1__Explanation *message = arena_alloc(context->arena, sizeof *message);
    if (!message) return false;
    plenary__v1__explanation__init(message);
    message->has_checked = message->has_sorted = message->has_loaded = message->has_time_us = 1;
    message->checked = report->checked;
    message->sorted = report->sorted;
    message->loaded = report->loaded;
    int64_t spent_us = explain_now_us(context->state) - report->started_us;
    message->time_us = spent_us > 0 ? (uint64_t)spent_us : 0; /* the clock may step back */
    *explanation = message;
    return add_steps(context, message);
}
