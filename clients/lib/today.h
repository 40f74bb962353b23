/*
 * today - the day that it is here, for dates like "today" and "the next 30 days".
 *
 * Reads the clock and the zone of this machine. One thread.
 */
#ifndef PLENARY_CLIENTS_TODAY_H
#define PLENARY_CLIENTS_TODAY_H

#include "proto/moment.h"

Moment today_here(void);

#endif
