/* Fields that are looked for by number are those of these names in the contract. */
#include "proto/fields.h"

#include "proto/contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void each_number_is_that_of_its_name(void **state)
{
    (void)state;
#define CHECK(message, field, name, number)                                                        \
    do {                                                                                           \
        const ProtobufCFieldDescriptor *found = protobuf_c_message_descriptor_get_field_by_name(   \
            &plenary__v1__##message##__descriptor, name);                                          \
        assert_non_null(found);                                                                    \
        assert_int_equal(found->id, FIELD_##field);                                                \
    } while (0);
    PEEKED_FIELDS(CHECK)
#undef CHECK
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_number_is_that_of_its_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
