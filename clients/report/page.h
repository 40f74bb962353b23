/*
 * page - the report as one HTML page.
 *
 * Everything is in the one file: no script, nothing fetched, a policy within that forbids both. It
 * is readable on a phone, on paper, light and dark, and well-formed as XML. The same activity gives
 * the same bytes. Errors of the stream are the caller's to look for. One thread.
 */
#ifndef PLENARY_REPORT_PAGE_H
#define PLENARY_REPORT_PAGE_H

#include "clients/report/activity.h"

#include <stdio.h>

enum {
    PAGE_MONTHS_MAX = 24, /* of the chart: the last ones up to the last event */
    PAGE_YEARS_MAX = 40,  /* of the table of months: the newest ones that have events */
    PAGE_ORGANISATIONS_MAX = 100,
};

/* What stands above the figures. */
typedef struct PageHead {
    const char *title;
    const char *const *filters; /* as they were given: "country UZ" */
    size_t filter_count;        /* 0: all events */
} PageHead;

/* The activity is ended. False: no memory; the page is then not whole. */
bool page_write(FILE *file, const PageHead *head, const Activity *activity);

#endif
