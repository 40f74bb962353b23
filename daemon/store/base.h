/*
 * base - the views' tables in LMDB, as of the change that the mark names.
 *
 * The loop reads in its snapshot, the checkpointer folds within its transactions; errors stay in
 * the Transaction.
 */
#ifndef PLENARY_STORE_BASE_H
#define PLENARY_STORE_BASE_H

#include "daemon/store/delta.h"
#include "daemon/store/lmdb.h"
#include "daemon/store/views.h"

/* After the view tables, in the order they are opened in. */
enum {
    BASE_FACETS = VIEW_TABLE_COUNT,
    BASE_META,
    BASE_TABLE_COUNT,
};

StatusCode base_open(const char *folder, uint64_t map_bytes, Lmdb **self, Problem *problem);

/* A new base has a mark of zeroes. False: it is damaged. */
bool base_get_mark(Transaction *transaction, ViewsMark *mark);
void base_put_mark(Transaction *transaction, const ViewsMark *mark);
bool base_same_mark(const ViewsMark *a, const ViewsMark *b);

/* The facet's events, empty where it has none; NULL: damaged. Given: roaring_bitmap_free. */
roaring_bitmap_t *base_facet(Transaction *transaction, Bytes facet);

/* Does to the base what the delta's key says. */
void base_fold_facet(Transaction *transaction, const TreeKey *key);
void base_fold_value(Transaction *transaction, ViewTable table, const TreeKey *key);

#endif
