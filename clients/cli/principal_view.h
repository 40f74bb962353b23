/*
 * principal_view - how principals look in lists, and in a line.
 *
 * Static tables for a Listing.
 */
#ifndef PLENARY_CLI_PRINCIPAL_VIEW_H
#define PLENARY_CLI_PRINCIPAL_VIEW_H

#include "clients/lib/output.h"
#include "proto/contract.h"

extern const RecordKind principal_kind;

/* "registrar of unodc, amber, 2 keys". NULL: the arena is full. */
const char *principal_words(const Principal *principal, Arena *arena);

#endif
