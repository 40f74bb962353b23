/*
 * fields - the numbers of those fields that are looked for in packed messages (proto/peek.h).
 *
 * protobuf-c has no constants for them. They are those of proto/plenary/v1/, which
 * tests/unit/proto/test_fields.c holds them against.
 */
#ifndef PLENARY_PROTO_FIELDS_H
#define PLENARY_PROTO_FIELDS_H

/* FIELD(message, field, name as it is in the message, number) */
#define PEEKED_FIELDS(FIELD)                                                                       \
    FIELD(change, CHANGE_TIME, "time", 2)                                                          \
    FIELD(change, CHANGE_BY_PRINCIPAL, "by_principal", 3)                                          \
    FIELD(change, CHANGE_BY_ORGANISATION, "by_organisation", 4)                                    \
    FIELD(change, CHANGE_ACTION, "action", 6)                                                      \
    FIELD(change, CHANGE_EVENT, "event", 7)                                                        \
    FIELD(change, CHANGE_ORGANISATION, "organisation", 8)                                          \
    FIELD(change, CHANGE_PRINCIPAL, "principal", 9)                                                \
    FIELD(events_reply, EVENTS_REPLY_EVENTS, "events", 1)                                          \
    FIELD(request, REQUEST_CORRELATION, "correlation", 2)                                          \
    FIELD(stream_message, STREAM_MESSAGE_CHANGES, "changes", 2)                                    \
    FIELD(stream_message, STREAM_MESSAGE_HEARTBEAT, "heartbeat", 3)                                \
    FIELD(stream_message, STREAM_MESSAGE_CAUGHT_UP, "caught_up", 4)                                \
    FIELD(changes, CHANGES_CURSOR, "cursor", 2)                                                    \
    FIELD(caught_up, CAUGHT_UP_CURSOR, "cursor", 1)                                                \
    FIELD(cursor, CURSOR_SEQUENCE, "sequence", 3)

enum {
#define FIELD_NUMBER(message, field, name, number) FIELD_##field = (number),
    PEEKED_FIELDS(FIELD_NUMBER)
#undef FIELD_NUMBER
};

#endif
