/*
 * codec - what must hold of any text that is read as events, be it JSON or YAML.
 *
 * What is read, is valid or not, and can be written again, which reads as the same event.
 */
#ifndef PLENARY_TESTS_FUZZ_CODEC_H
#define PLENARY_TESTS_FUZZ_CODEC_H

#include "proto/json.h"

#include <stddef.h>
#include <stdint.h>

typedef StatusCode codec_parse_fn(const char *text, size_t length, json_t **documents,
                                  json_t **lines, Problem *problem);

void *codec_open(void);
void codec_close(void *context);
void codec_run(void *context, codec_parse_fn *parse, const uint8_t *data, size_t size);

#endif
