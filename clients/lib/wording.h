/*
 * wording - dates, codes and differences as people write them.
 *
 * Pure but for wording_instant, which shows an instant on the clock of this machine. Texts longer
 * than their buffer are cut between characters. Any thread.
 */
#ifndef PLENARY_CLIENTS_WORDING_H
#define PLENARY_CLIENTS_WORDING_H

#include "proto/contract.h"
#include "proto/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WORDING_SIZE = 96,
    WORDING_VALUE_BYTES_MAX = 60, /* of one value within a difference */
};

/* "3–4 Mar 2022", "28 Feb – 3 Mar 2022", "3 Mar 2022 09:00–10:30"; "within 3–4 Mar 2022" where it
 * is approximate. The zone is not said. Empty where there is no start. */
void wording_schedule(const Schedule *schedule, char text[static WORDING_SIZE]);

/* How often something recurs: "weekly", "every 2 weeks", "repeats" where no one word says it; empty
 * where it does not. */
void wording_frequency(const Plenary__V1__Recurrence *recurrence, char text[static WORDING_SIZE]);

/* The whole of it: "weekly on Mon and Wed, 10 times, and on 2 more days, but for 1". What has no
 * words is said as the rule is written. */
void wording_recurrence(const Plenary__V1__Recurrence *recurrence, char text[static WORDING_SIZE]);

/* One local moment: "3 Mar 2022", "3 Mar 2022 09:00"; as it is where it does not parse. */
void wording_moment(const char *moment, char text[static WORDING_SIZE]);

/* An instant in local time: "2022-03-03 14:00:05". */
void wording_instant(const char *instant, char text[static WORDING_SIZE]);

/* "152.0 KiB". */
void wording_bytes(uint64_t bytes, char text[static WORDING_SIZE]);

/* "head of delegation" for head_of_delegation. */
void wording_enum(const ProtobufCEnumDescriptor *descriptor, int value,
                  char text[static WORDING_SIZE]);

/* A difference's JSON value without quote marks, in one line, cut to `most` bytes; "none" for
 * NULL. */
void wording_value(const char *json, size_t most, char *text, size_t size);

/* `value` in one line, cut to `most` bytes between characters, with an ellipsis where it was cut.
 */
void wording_cut(const char *value, size_t most, char *text, size_t size);

#endif
