#include "daemon/registry/transitions.h"

#include <stddef.h>

#define STATUS(name) PLENARY__V1__EVENT__STATUS__##name
#define BIT(name)    (1U << STATUS(name))

static const struct Move {
    Plenary__V1__Event__Status from;
    unsigned to;
    const char *text;
} moves[] = {
    {STATUS(TENTATIVE), BIT(CONFIRMED) | BIT(POSTPONED) | BIT(CANCELLED),
     "confirmed, postponed or cancelled"},
    {STATUS(CONFIRMED), BIT(HELD) | BIT(POSTPONED) | BIT(CANCELLED),
     "held, postponed or cancelled"},
    {STATUS(HELD), BIT(POSTPONED) | BIT(CANCELLED), "postponed or cancelled"},
    {STATUS(POSTPONED), BIT(CONFIRMED) | BIT(CANCELLED), "confirmed or cancelled"},
    {STATUS(CANCELLED), 0, "what it was before, by reinstating it"},
};

static const struct Move *move_from(Plenary__V1__Event__Status from)
{
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i].from == from) return &moves[i];
    return NULL;
}

Plenary__V1__Event__Status transitions_status(const Event *event)
{
    return event->has_status ? event->status : STATUS(CONFIRMED);
}

bool transitions_allow(Plenary__V1__Event__Status from, Plenary__V1__Event__Status to)
{
    const struct Move *move = move_from(from);
    return from == to || (move && move->to & (1U << to));
}

const char *transitions_from(Plenary__V1__Event__Status from)
{
    const struct Move *move = move_from(from);
    return move ? move->text : "nothing";
}
