/*
 * change_line - one change as a line that a person reads.
 *
 * It says what differs from the image before, which the registry is asked for; where it has none
 * to show, the line goes without. Main thread.
 */
#ifndef PLENARY_CLI_CHANGE_LINE_H
#define PLENARY_CLI_CHANGE_LINE_H

#include "clients/cli/session.h"

/* "#15 revised  12 Tashkent conference: when 3 Mar 2022 → 4 Mar 2022" and a newline.
 * Given: free(). NULL: no memory. */
char *change_line_words(Session *session, const PlenaryNews *news);

#endif
