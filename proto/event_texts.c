#include "proto/event_texts.h"

typedef struct Telling {
    event_text_fn *each;
    void *context;
} Telling;

static void tell(const Telling *telling, TextWeight weight, const char *text)
{
    if (text) telling->each(telling->context, weight, text);
}

static void tell_all(const Telling *telling, TextWeight weight, char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tell(telling, weight, texts[i]);
}

static void tell_titles(const Telling *telling, const Event *event)
{
    tell(telling, TEXT_TITLE, event->title);
    for (size_t i = 0; i < event->n_translations; i++)
        tell(telling, TEXT_TITLE, event->translations[i]->title);
}

static void tell_names(const Telling *telling, const Event *event)
{
    tell(telling, TEXT_NAME, event->series);
    tell_all(telling, TEXT_NAME, event->topics, event->n_topics);
    if (event->venue) {
        tell(telling, TEXT_NAME, event->venue->name);
        tell(telling, TEXT_NAME, event->venue->room);
        tell(telling, TEXT_NAME, event->venue->city);
        tell(telling, TEXT_NAME, event->venue->region);
    }
    for (size_t i = 0; i < event->n_organisations; i++) {
        tell(telling, TEXT_NAME, event->organisations[i]->id);
        tell(telling, TEXT_NAME, event->organisations[i]->name);
    }
    for (size_t i = 0; i < event->n_participants; i++) {
        tell(telling, TEXT_NAME, event->participants[i]->name);
        tell(telling, TEXT_NAME, event->participants[i]->organisation);
    }
}

static void tell_agenda(const Telling *telling, const Event *event)
{
    for (size_t i = 0; i < event->n_participants; i++)
        tell(telling, TEXT_REST, event->participants[i]->position);
    for (size_t i = 0; i < event->n_agenda; i++) {
        tell(telling, TEXT_REST, event->agenda[i]->title);
        tell_all(telling, TEXT_REST, event->agenda[i]->speakers, event->agenda[i]->n_speakers);
    }
}

static void tell_papers(const Telling *telling, const Event *event)
{
    for (size_t i = 0; i < event->n_documents; i++)
        tell(telling, TEXT_REST, event->documents[i]->title);
    for (size_t i = 0; i < event->n_outcomes; i++) {
        tell(telling, TEXT_REST, event->outcomes[i]->title);
        tell(telling, TEXT_REST, event->outcomes[i]->text);
    }
    if (event->training)
        tell_all(telling, TEXT_REST, event->training->tools, event->training->n_tools);
}

void event_texts(const Event *event, event_text_fn *each, void *context)
{
    const Telling telling = {each, context};
    tell_titles(&telling, event);
    tell_names(&telling, event);
    tell(&telling, TEXT_REST, event->description);
    for (size_t i = 0; i < event->n_translations; i++)
        tell(&telling, TEXT_REST, event->translations[i]->description);
    tell(&telling, TEXT_REST, event->category);
    if (event->online) tell(&telling, TEXT_REST, event->online->platform);
    tell_agenda(&telling, event);
    tell_papers(&telling, event);
}
