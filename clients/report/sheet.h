/*
 * sheet - the report as CSV: one line for each event.
 *
 * RFC 4180 in UTF-8, with a byte order mark so that Excel shows every script. A cell that a
 * spreadsheet would take for a formula (it begins, after blanks, with = + - @ or their wide forms,
 * or with a tab or line break) gets an apostrophe before it, which spreadsheets show as text. The
 * columns are told in docs/report.md.
 *
 * Errors of the stream are the caller's to look for. One thread.
 */
#ifndef PLENARY_REPORT_SHEET_H
#define PLENARY_REPORT_SHEET_H

#include "clients/report/directory.h"
#include "proto/arena.h"

#include <stdio.h>

enum {
    SHEET_ARENA_BYTES = 2 * 1024 * 1024, /* more than the cells of the largest record take */
};

/* The byte order mark and the line of the columns' names. */
void sheet_begin(FILE *file);

/* One line. The arena is scratch memory, reset by this. */
void sheet_add(FILE *file, const Event *event, const Directory *directory, Arena *arena);

#endif
