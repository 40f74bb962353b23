/*
 * places - what lies where in a data folder, and how what was built beside takes its place.
 *
 *   DIR/lock        flocked by the one process that may use the folder
 *   DIR/journal/    LMDB environment of the journal
 *   DIR/views/      LMDB environment of the views
 *   DIR/journal.new/  a journal that is being compacted; its file moves into journal/
 *   DIR/views.new/  views that are being rebuilt or compacted; views.old/ those that they replace
 *   DIR/restoring/  a data folder of its own in which a backup becomes a registry
 *   DIR/restored/   the same, whole: from then on it is what the registry is
 *   DIR/journal.replaced-N/  what a restore put aside
 *
 * A crash between any two steps is finished at the next start. Whoever calls has the lock.
 */
#ifndef PLENARY_STORE_PLACES_H
#define PLENARY_STORE_PLACES_H

#include "proto/status.h"

#define PLACE_JOURNAL     "journal"
#define PLACE_JOURNAL_NEW "journal.new"
#define PLACE_VIEWS       "views"
#define PLACE_VIEWS_NEW   "views.new"
#define PLACE_RESTORING   "restoring"

enum {
    PLACE_REPLACED_MAX = 1000, /* journals that restores put aside */
    PLACE_PATH_SIZE = 1024,
};

/* Finishes what was cut short: views that stepped aside come back, a restore goes on, copies that
 * did not take their places are removed. */
StatusCode places_tidy(const char *folder, Problem *problem);

/* views.new takes the place of views. */
StatusCode places_swap_views(const char *folder, Problem *problem);

/* restoring takes the place of journal and views. `kept` is where the journal is that was there;
 * "" where there was none. */
StatusCode places_swap_restored(const char *folder, char kept[static PLACE_PATH_SIZE],
                                Problem *problem);

/* Removes what there is of it. */
StatusCode places_remove_restoring(const char *folder, Problem *problem);

#endif
