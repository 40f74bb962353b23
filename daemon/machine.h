/*
 * machine - the World of this machine: its clock, its randomness, what it knows of this process.
 *
 * Any thread.
 */
#ifndef PLENARY_DAEMON_MACHINE_H
#define PLENARY_DAEMON_MACHINE_H

#include "daemon/registry/world.h"
#include "proto/status.h"

/* With now_us and random only. */
World machine_world(void);

/* Bytes of memory that this process has now; 0: it is not known. */
uint64_t machine_resident_bytes(void);

/* Raises the number of files that may be open up to LIMIT_OPEN_FILES, as far as the system lets. */
StatusCode machine_raise_files(Problem *problem);

#endif
