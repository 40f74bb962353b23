#include "daemon/log.h"
#include "daemon/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TIME_US 1646298000123456 /* 2022-03-03T09:00:00.123456Z */

/* What was written to a stream of memory. */
typedef struct Written {
    FILE *stream;
    char *text;
    size_t size;
} Written;

static int open_written(void **state)
{
    Written *written = calloc(1, sizeof *written);
    if (!written) return -1;
    written->stream = open_memstream(&written->text, &written->size);
    *state = written;
    return written->stream ? 0 : -1;
}

static int close_written(void **state)
{
    Written *written = *state;
    (void)fclose(written->stream);
    free(written->text);
    free(written);
    return 0;
}

static void a_line_is_time_level_event_and_fields(void **state)
{
    Written *written = *state;
    LogLine line;
    log_begin(&line, TIME_US, LOG_LEVEL_WARNING, "disk full");
    log_text(&line, "path", "/srv/data");
    log_number(&line, "sequence", -7);
    log_end(&line, written->stream);
    assert_string_equal(written->text, "time=2022-03-03T09:00:00.123456Z level=warning "
                                       "event=\"disk full\" path=/srv/data sequence=-7\n");
}

static void a_value_cannot_forge_a_field_or_a_line(void **state)
{
    Written *written = *state;
    LogLine line;
    log_begin(&line, TIME_US, LOG_LEVEL_INFO, "x");
    log_text(&line, "name", "a\nlevel=error \"q\" \\ \x7f");
    log_text(&line, "empty", "");
    log_end(&line, written->stream);
    assert_string_equal(strstr(written->text, "event="),
                        "event=x name=\"a\\x0alevel=error \\\"q\\\" \\\\ \\x7f\" empty=\"\"\n");
}

static void an_over_long_line_is_cut_and_still_one_line(void **state)
{
    Written *written = *state;
    LogLine line;
    char large[2 * LOG_LINE_SIZE];
    memset(large, 'a', sizeof large);
    large[sizeof large - 1] = '\0';
    log_begin(&line, TIME_US, LOG_LEVEL_INFO, "x");
    log_text(&line, "large", large);
    log_text(&line, "more", large);
    log_end(&line, written->stream);
    assert_int_equal(written->size, LOG_LINE_SIZE);
    assert_ptr_equal(strchr(written->text, '\n'), written->text + LOG_LINE_SIZE - 1);
}

static void health_is_told_when_it_changes_and_only_then(void **state)
{
    Written *written = *state;
    Report report = {0};
    RegistryHealth health = {.disk_full = true, .reason = "No space left on device"};
    const ReportFacts facts = {.health = &health, .fold_failure = ""};
    report_changes(&report, &facts, 1, TIME_US, written->stream);
    assert_non_null(strstr(written->text,
                           "level=error event=\"disk full\" reason=\"No space left on device\""));
    size_t told = written->size;
    report_changes(&report, &facts, 2, TIME_US, written->stream);
    assert_int_equal(written->size, told);
    health.disk_full = false;
    report_changes(&report, &facts, 3, TIME_US, written->stream);
    assert_non_null(strstr(written->text + told, "level=info event=\"disk has room again\"\n"));
}

static void dropped_messages_are_counted_now_and_then(void **state)
{
    Written *written = *state;
    Report report = {0};
    const RegistryHealth health = {0};
    ReportFacts facts = {.health = &health, .fold_failure = "", .refused = 3};
    report_changes(&report, &facts, 20000, TIME_US, written->stream);
    assert_non_null(strstr(written->text, " count=3\n"));
    size_t told = written->size;
    facts.refused = 10;
    report_changes(&report, &facts, 20001, TIME_US, written->stream);
    assert_int_equal(written->size, told);
    report_changes(&report, &facts, 40000, TIME_US, written->stream);
    assert_non_null(strstr(written->text + told, " count=7\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_time_level_event_and_fields, open_written,
                                        close_written),
        cmocka_unit_test_setup_teardown(a_value_cannot_forge_a_field_or_a_line, open_written,
                                        close_written),
        cmocka_unit_test_setup_teardown(an_over_long_line_is_cut_and_still_one_line, open_written,
                                        close_written),
        cmocka_unit_test_setup_teardown(health_is_told_when_it_changes_and_only_then, open_written,
                                        close_written),
        cmocka_unit_test_setup_teardown(dropped_messages_are_counted_now_and_then, open_written,
                                        close_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
