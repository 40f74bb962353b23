/*
 * follower_manual - the manual page of a program that follows the stream, for the build.
 */
#ifndef PLENARY_CLIENTS_FOLLOWER_MANUAL_H
#define PLENARY_CLIENTS_FOLLOWER_MANUAL_H

#include "clients/lib/follower.h"

#include <stdio.h>

/* Its page of section 1, with this date: what its help tells. `common` are the options of every
 * follower. */
void follower_manual(FILE *file, const FollowerProgram *program, const Option *common,
                     const char *date);

#endif
