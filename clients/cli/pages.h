/*
 * pages - every record that the registry has to a question, page after page.
 *
 * The handler is called for each record in order; what it gets is lent for the call. It ends the
 * walk by a code other than 0, which is then the walk's. Gives an exit code.
 */
#ifndef PLENARY_CLI_PAGES_H
#define PLENARY_CLI_PAGES_H

#include "clients/cli/session.h"

typedef int record_fn(void *context, const ProtobufCMessage *record);

/* At most `limit` events that match; 0: all. */
int pages_events(Session *session, Query *query, uint32_t limit, record_fn *each, void *context);

/* At most `limit` conflicts of which an event matches; 0: all. */
int pages_conflicts(Session *session, Query *query, uint32_t limit, record_fn *each, void *context);

/* At most `limit` organisations of the directory; 0: all. */
int pages_organisations(Session *session, uint32_t limit, record_fn *each, void *context);

/* At most `limit` changes of an event, the newest first; 0: all. */
int pages_history(Session *session, const char *event, uint32_t limit, record_fn *each,
                  void *context);

#endif
