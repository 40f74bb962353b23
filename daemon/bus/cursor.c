#include "daemon/bus/cursor.h"

#include <string.h>

void cursor_make(Registry *registry, const View *view, uint64_t sequence, CursorText *text)
{
    const Journal *journal = registry_state(registry)->journal;
    Cursor *message = &text->message;
    plenary__v1__cursor__init(message);
    message->registry_id = (char *)(uintptr_t)journal_registry_id(journal);
    message->has_epoch = 1;
    message->epoch = journal_epoch(journal);
    message->has_sequence = 1;
    message->sequence = sequence;
    message->has_digest_prefix = registry_digest(registry, sequence, text->digest);
    message->digest_prefix = (ProtobufCBinaryData){CURSOR_DIGEST_BYTES, text->digest};
    message->has_view_hash = 1;
    message->view_hash = (ProtobufCBinaryData){sizeof view->hash, (uint8_t *)(uintptr_t)view->hash};
}

static bool is_bytes(const ProtobufCBinaryData *bytes, const uint8_t *wanted, size_t size)
{
    return bytes->len == size && memcmp(bytes->data, wanted, size) == 0;
}

const char *cursor_misfit(Registry *registry, const View *view, const Cursor *cursor)
{
    const Journal *journal = registry_state(registry)->journal;
    uint8_t digest[JOURNAL_DIGEST_BYTES];
    if (!cursor->registry_id || strcmp(cursor->registry_id, journal_registry_id(journal)) != 0)
        return "the cursor is of another registry";
    if (!cursor->has_epoch || cursor->epoch != journal_epoch(journal))
        return "the registry was restored since";
    if (!cursor->has_sequence || cursor->sequence > registry_applied(registry))
        return "the cursor is beyond the last change";
    if (!cursor->has_digest_prefix || !registry_digest(registry, cursor->sequence, digest) ||
        !is_bytes(&cursor->digest_prefix, digest, CURSOR_DIGEST_BYTES))
        return "the change at the cursor is another one";
    if (!cursor->has_view_hash || !is_bytes(&cursor->view_hash, view->hash, sizeof view->hash))
        return "the query, what its names mean, or the rights have changed";
    return NULL;
}
