/*
 * place - where an event stands in the order of an answer.
 *
 * Pure.
 */
#ifndef PLENARY_REGISTRY_PLACE_H
#define PLENARY_REGISTRY_PLACE_H

#include <stdbool.h>
#include <stdint.h>

/* What events are ordered by: the key of the query's order, then the number. */
typedef struct Place {
    int64_t key; /* local start, or head sequence, or 0 */
    uint32_t number;
    uint32_t score; /* in the order of relevance; in it, places of one score are compared */
} Place;

/* Below, at or above 0, as strcmp. */
static inline int place_compare(const Place *left, const Place *right)
{
    if (left->key != right->key) return left->key < right->key ? -1 : 1;
    if (left->number != right->number) return left->number < right->number ? -1 : 1;
    return 0;
}

/* The same in an order that may go down. */
static inline int place_compare_in(bool descending, const Place *left, const Place *right)
{
    return descending ? place_compare(right, left) : place_compare(left, right);
}

#endif
