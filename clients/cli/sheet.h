/*
 * sheet - an attendance sheet: a CSV file with a line of headings, and a line for each person.
 */
#ifndef PLENARY_CLI_SHEET_H
#define PLENARY_CLI_SHEET_H

#include "clients/cli/marks.h"

/* Reads it into the marks; "-" is standard input. Every cell is checked as it would be in a record;
 * what is wrong is complained about with file, line and column. Gives an exit code. */
int sheet_read(Marks *marks, const char *path);

#endif
