/*
 * telling - what a change has changed, in words for a person.
 *
 *   when 3–4 Mar 2022 → 4–5 Mar 2022; where Tashkent, UZ → Hotel Uzbekistan, Tashkent, UZ;
 *   status confirmed → cancelled; participant + Albina Yakubova; Eser Chengel: response accepted
 *
 * Pure; any thread.
 */
#ifndef PLENARY_CLIENTS_TELLING_H
#define PLENARY_CLIENTS_TELLING_H

#include "proto/contract.h"

#include <stddef.h>

/* The difference of two images of one record (diff_records). At most `most` things are told, the
 * rest is counted; what only follows from others (previous_start) is left out. Empty where nothing
 * differs. */
void telling_difference(const ProtobufCMessage *before, const ProtobufCMessage *after,
                        const Difference *difference, size_t most, char *text, size_t size);

#endif
