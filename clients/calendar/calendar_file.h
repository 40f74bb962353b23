/*
 * calendar_file - the calendar of all that a mirror holds.
 *
 * The file is a function of the mirror: every event of it, in the order of their numbers, with the
 * zones that they need. A cancelled event stays, as cancelled; one that left the view is there no
 * more. It is replaced in one move, and only where its bytes change. One thread.
 */
#ifndef PLENARY_CLIENTS_CALENDAR_FILE_H
#define PLENARY_CLIENTS_CALENDAR_FILE_H

#include "clients/lib/mirror.h"
#include "proto/moment.h"
#include "proto/status.h"

/* UNAVAILABLE: the disk; what was there is still there. FAILED_PRECONDITION: `path` is no file. */
StatusCode calendar_file_write(const char *path, Mirror *mirror, Zones *zones, Problem *problem);

#endif
