/*
 * notice - what is told of a change: a line for a person, a line of JSON for a program.
 *
 * Of a person who was erased it tells that copies must follow, and nothing of what was there
 * before. Nothing of it depends on when or where it is made: two that heard the same tell the same,
 * byte for byte. One thread.
 */
#ifndef PLENARY_NOTIFY_NOTICE_H
#define PLENARY_NOTIFY_NOTICE_H

#include "clients/lib/follower.h"

#include <stdbool.h>

/* Is there anything to tell? Not where nothing differs that the reader may see. */
bool notice_is_due(const FollowerNews *news);

/* "#52 revised  12 Tashkent conference: when 3 Mar 2022 → 4 Mar 2022 (by CARICC; plenary
 * diff 12 3 4)" and a newline. Names of organisations come from the mirror. Given: free(). NULL: no
 * memory. */
char *notice_words(const FollowerNews *news, Mirror *mirror);

/* {"sequence": 52, "action": "revised", "relation": "changed", "text": ..., "difference": {...},
 * "event": {...}, ...} and a newline; "text" is the words. Without a change there is no "action".
 * Given: free(). NULL: no memory. */
char *notice_json(const FollowerNews *news, Mirror *mirror);

#endif
