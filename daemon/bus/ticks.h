/*
 * ticks - the clock that waits are measured with: it never jumps, and means nothing outside.
 *
 * What is written into records comes from the World instead.
 */
#ifndef PLENARY_DAEMON_BUS_TICKS_H
#define PLENARY_DAEMON_BUS_TICKS_H

#include <stdint.h>

int64_t ticks_us(void);
int64_t ticks_ms(void);

#endif
