/*
 * lock - one process for a data folder: a file in it that is flocked.
 *
 * The lock lives as long as the descriptor, and goes with the process.
 */
#ifndef PLENARY_STORE_LOCK_H
#define PLENARY_STORE_LOCK_H

#include "proto/status.h"

/* FAILED_PRECONDITION: another process has it (names its pid). Given: *lock, to be closed. */
StatusCode lock_take(const char *folder, int *lock, Problem *problem);

#endif
