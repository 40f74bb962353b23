#include "daemon/registry/page_token.h"

#include <string.h>

enum {
    TOKEN_ORDER_BYTE = QUERY_VIEW_HASH_BYTES,
    TOKEN_KEY_BYTE = TOKEN_ORDER_BYTE + 1,
    TOKEN_NUMBER_BYTE = TOKEN_KEY_BYTE + 8,
    TOKEN_SCORE_BYTE = TOKEN_NUMBER_BYTE + 4,
    TOKEN_BYTES = TOKEN_SCORE_BYTE + 4,
};

static uint8_t order_byte(const Resolved *resolved, PageTokenKind kind)
{
    return (uint8_t)((int)kind | (int)resolved->order << 1 | resolved->descending);
}

bool page_token_write(const QueryContext *context, const Resolved *resolved, PageTokenKind kind,
                      const Place *place, ProtobufCBinaryData *token)
{
    uint8_t *bytes = arena_alloc(context->arena, TOKEN_BYTES);
    if (!bytes) return false;
    query_hash(context, resolved, bytes);
    bytes[TOKEN_ORDER_BYTE] = order_byte(resolved, kind);
    Key key = key_sequence((uint64_t)place->key);
    Key number = key_number(place->number);
    Key score = key_number(place->score);
    memcpy(bytes + TOKEN_KEY_BYTE, key.bytes, key.size);
    memcpy(bytes + TOKEN_NUMBER_BYTE, number.bytes, number.size);
    memcpy(bytes + TOKEN_SCORE_BYTE, score.bytes, score.size);
    *token = (ProtobufCBinaryData){TOKEN_BYTES, bytes};
    return true;
}

StatusCode page_token_read(const QueryContext *context, const Resolved *resolved,
                           PageTokenKind kind, const ProtobufCBinaryData *token, Place *place,
                           Problem *problem)
{
    uint8_t hash[QUERY_VIEW_HASH_BYTES];
    query_hash(context, resolved, hash);
    if (token->len != TOKEN_BYTES || memcmp(token->data, hash, sizeof hash) != 0 ||
        token->data[TOKEN_ORDER_BYTE] != order_byte(resolved, kind))
        return problem_violation(problem, "page.token", "it is none of this query's");
    place->key = (int64_t)key_to_sequence((Bytes){token->data + TOKEN_KEY_BYTE, 8});
    place->number = key_to_number((Bytes){token->data + TOKEN_NUMBER_BYTE, 4});
    place->score = key_to_number((Bytes){token->data + TOKEN_SCORE_BYTE, 4});
    return STATUS_OK;
}
