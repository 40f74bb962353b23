/*
 * answer_expand - a reply with the instances of what recurs.
 *
 * Part of the answer to a list (daemon/registry/answer.h). Loop's thread only.
 */
#ifndef PLENARY_REGISTRY_ANSWER_EXPAND_H
#define PLENARY_REGISTRY_ANSWER_EXPAND_H

#include "daemon/registry/answer.h"
#include "daemon/registry/page.h"

/* Fills the body, which is empty, with one page. Fails as expand_answer does. */
StatusCode answer_expanded(const Question *question, const QueryContext *context,
                           const Resolved *resolved, Plenary__V1__EventsReply *body,
                           Problem *problem);

/* Loads the events of a page until it grows over its bytes; the first *taken of them are in the
 * body. Defined in answer.c. */
StatusCode answer_load_events(const Question *question, const EventPage *page,
                              Plenary__V1__EventsReply *body, size_t *taken, Problem *problem);

#endif
