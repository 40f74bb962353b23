/*
 * page_parts - the sections of the page, each in its own file.
 *
 * Called by page.c alone.
 */
#ifndef PLENARY_REPORT_PAGE_PARTS_H
#define PLENARY_REPORT_PAGE_PARTS_H

#include "clients/report/activity.h"

#include <stdio.h>

/* False: no memory. */
typedef bool page_part_fn(FILE *file, const Activity *activity);

page_part_fn page_figures;       /* page_figures.c: the headline */
page_part_fn page_months;        /* page_months.c */
page_part_fn page_breakdown;     /* page_figures.c: by kind, status, format, country */
page_part_fn page_organisations; /* page_organisations.c */
page_part_fn page_outcomes;      /* page_outcomes.c */
page_part_fn page_changes;       /* page_events.c: what was moved, postponed, cancelled */
page_part_fn page_events;        /* page_events.c */

/* "Bilateral" for an enumerator: its name in words, with a capital. Within an element. */
void page_words(FILE *file, const ProtobufCEnumDescriptor *descriptor, int value);

/* "The newest 2,000 of 3,456 ... are listed." as a paragraph, where not all are. */
void page_bound(FILE *file, const char *what, size_t shown, size_t all);

/* An event's number, as a link to its row where the table has it. */
void page_event_link(FILE *file, const Activity *activity, uint32_t number);

/* <table class="..."> in a box that scrolls where the page is narrow, with its caption. */
void page_table_begin(FILE *file, const char *class, const char *caption);
void page_table_end(FILE *file);

#endif
