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
typedef void page_fn(void *context, const Reply *reply);

/* At most `limit` events that match (with --expand, of their instances), as they were known at the
 * instant of --as-of where that is given; 0: all. */
int pages_events(Session *session, Query *query, uint32_t limit, record_fn *each, void *context);

/* How many events match the list, which may be of the past. */
int pages_total(Session *session, Query *query, uint64_t *total, uint64_t *as_of_sequence);

/* At most `limit` conflicts, of which an event matches, or (query NULL) of the event called `name`;
 * 0: all. */
int pages_conflicts(Session *session, Query *query, const char *name, uint32_t limit,
                    record_fn *each, void *context);

/* At most `limit` organisations of the directory; 0: all. */
int pages_organisations(Session *session, uint32_t limit, record_fn *each, void *context);

/* At most `limit` principals; 0: all. With --revoked those too that were revoked. */
int pages_principals(Session *session, uint32_t limit, record_fn *each, void *context);

/* At most `limit` changes of an event, the newest first; 0: all. `asked` has no page yet; `arrived`
 * (or NULL) is given each page before its changes. */
int pages_history(Session *session, Plenary__V1__EventHistory *asked, uint32_t limit,
                  page_fn *arrived, record_fn *each, void *context);

/* At most `limit` changes that are asked for, of any record; 0: all. `asked` has no page yet. */
int pages_changes(Session *session, Plenary__V1__ListChanges *asked, uint32_t limit,
                  record_fn *each, void *context);

#endif
