/*
 * restoring - a backup becomes what a data folder holds, whole or not at all.
 *
 * Locks the folder, copies the backup into a data folder of its own beside, and opens that as a
 * store, in which it is checked and made ready. Only restoring_finish puts it in the place of what
 * is there. One thread, no daemon.
 */
#ifndef PLENARY_STORE_RESTORING_H
#define PLENARY_STORE_RESTORING_H

#include "daemon/store/journal_file.h"
#include "daemon/store/places.h"
#include "daemon/store/store.h"

/* What the restore will put aside. */
typedef struct RestoringPresent {
    bool is_there;
    bool is_known;                      /* it could be read */
    JournalMeta meta;                   /* where it could */
    char problem[PROBLEM_MESSAGE_SIZE]; /* where not */
} RestoringPresent;

typedef struct Restoring Restoring;

/* FAILED_PRECONDITION: a daemon has the folder, or `backup` is no sound backup; nothing is changed
 * then. Given: restoring_end. */
StatusCode restoring_begin(const StoreConfig *config, const char *backup, Restoring **self,
                           Problem *problem);

/* Removes what was not finished, unlocks. Takes a pointer to NULL. */
void restoring_end(Restoring **self);

/* The backup, in a folder beside; the views are empty. Lent until restoring_finish. */
Store *restoring_store(Restoring *self);

const RestoringPresent *restoring_present(const Restoring *self);

/* Closes the store and puts it in its place. `kept` is where the journal now is that was there; ""
 * where there was none. */
StatusCode restoring_finish(Restoring *self, char kept[static PLACE_PATH_SIZE], Problem *problem);

#endif
