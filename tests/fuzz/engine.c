/*
 * A harness as libFuzzer drives it. It calls back without a context: the one here is all that is
 * kept between inputs.
 */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void *setup;

static void close_setup(void)
{
    fuzz_target.close(setup);
    setup = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!setup) {
        setup = fuzz_target.open();
        FUZZ_DEMAND(atexit(close_setup) == 0);
    }
    fuzz_target.run(setup, data, size);
    return 0;
}
