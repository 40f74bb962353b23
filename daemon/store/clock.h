/*
 * clock - a clock for waits only: never steps, means nothing outside this process.
 */
#ifndef PLENARY_STORE_CLOCK_H
#define PLENARY_STORE_CLOCK_H

#include <stdint.h>

int64_t clock_ms(void);

#endif
