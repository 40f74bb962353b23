/*
 * redact - what a file of lines told of an event before a person was erased from it.
 *
 * Which person it was is not known, and need not be: of each event that a line of action "erased"
 * is about, or has among its erasures, the lines before that one keep their sequence, action and
 * relation and the event's id, number and revision. The rest goes. They are written over in their
 * place and filled up with spaces, so that the file stays as long as it was and whoever reads it
 * goes on at the same byte. A pure function of the file: done twice it is as if done once. Lines
 * that are none of ours stay. One thread.
 */
#ifndef PLENARY_NOTIFY_REDACT_H
#define PLENARY_NOTIFY_REDACT_H

#include <stdbool.h>
#include <stdint.h>

/* Is the event of this number in the view? */
typedef bool redact_sees_fn(void *context, uint32_t number);

/* Who may not see all is not told of which events the images were that are not in the view any
 * more: with `sees`, lines about such events go like those of one that a line says was erased.
 * NULL: they stay. `file` is open for reading and writing; durable on return. 0, or why not
 * (errno). */
int redact_file(int file, redact_sees_fn *sees, void *context);

#endif
