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

/* Keeps up to LIMIT_FREE_BYTES that were given back, for the next question: the system clears each
 * page that it gives anew, which takes longer than most answers do. Before other threads begin. */
void machine_keep_memory(void);

/* Raises the number of files that may be open up to LIMIT_OPEN_FILES, as far as the system lets. */
StatusCode machine_raise_files(Problem *problem);

/* How many files may be open now. */
uint32_t machine_files(void);

#endif
