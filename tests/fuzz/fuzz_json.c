/* Any text as JSON of events. */
#include "tests/fuzz/codec.h"
#include "tests/fuzz/fuzz.h"

static void run(void *context, const uint8_t *data, size_t size)
{
    codec_run(context, json_parse_lines, data, size);
}

const FuzzTarget fuzz_target = {.open = codec_open, .run = run, .close = codec_close};
