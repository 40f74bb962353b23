/* Content lines: what is written can be read by anybody, and comes back. */
#include "tests/unit/clients/lib/calendars.h"

#include "clients/lib/ical_line.h"
#include "proto/text.h"

static char *line_of(Calendars *self, const char *parameter, const char *value)
{
    char *text = NULL;
    size_t length = 0;
    IcalPen pen = {.file = open_memstream(&text, &length)};
    assert_non_null(pen.file);
    ical_begin(&pen, "X-LINE");
    ical_parameter(&pen, "X-P", parameter);
    ical_text(&pen, value);
    (void)fclose(pen.file);
    char *copy = arena_strndup(self->arena, text, length);
    free(text);
    return copy;
}

static StatusCode parse_next(Calendars *self, const char *text, IcalLine *line, Problem *problem)
{
    size_t number;
    FILE *file = fmemopen((char *)(uintptr_t)text, strlen(text), "r");
    assert_non_null(file);
    IcalSource *source = ical_source_new(file);
    problem_clear(problem);
    StatusCode code = ical_source_next(source, self->arena, line, &number, problem);
    ical_source_destroy(&source);
    (void)fclose(file);
    return code;
}

static void no_line_is_over_75_octets_and_no_character_is_broken(void **state)
{
    Calendars *self = *state;
    static const char *const texts[] = {
        "Центральноазиатский региональный информационный координационный центр по борьбе с "
        "незаконным оборотом наркотических средств",
        "Ташкент\nЎзбекистон, ҚҒҲ; қўшма “учрашув” – 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
        "会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会议会"
        "议",
    };
    for (size_t shift = 0; shift < 8; shift++) {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            const char *value =
                arena_printf(self->arena, "%.*s%s", (int)shift, "abcdefgh", texts[i]);
            char *text = line_of(self, texts[i], value);
            for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
                size_t length = strlen(line);
                assert_int_equal(line[length - 1], '\r');
                assert_in_range(length - 1, 1, ICAL_LINE_OCTETS_MAX);
                assert_true(text_is_utf8(line, length));
            }
        }
    }
}

static void texts_and_parameters_come_back(void **state)
{
    Calendars *self = *state;
    static const char *const texts[] = {
        "plain", "a,b;c:d\\e\nf\tg \"h\" ^i ^^ ^n ^' \\n \\N \\,", "Ташкент; \"Тошкент\"", ",",
        "\\",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Problem problem;
        IcalLine line;
        char *text = line_of(self, texts[i], texts[i]);
        assert_int_equal(parse_next(self, text, &line, &problem), STATUS_OK);
        assert_string_equal(line.name, "X-LINE");
        assert_string_equal(ical_find_parameter(&line, "X-P"), texts[i]);
        assert_string_equal(ical_unescape(line.value, self->arena), texts[i]);
        assert_string_equal(ical_unescape(ical_escape(texts[i], self->arena), self->arena),
                            texts[i]);
    }
}

static void line_breaks_and_controls_cannot_get_into_the_file(void **state)
{
    Calendars *self = *state;
    char *text = NULL;
    size_t length = 0;
    IcalPen pen = {.file = open_memstream(&text, &length)};
    ical_begin(&pen, "URL");
    ical_parameter(&pen, "X-P", "a\r\nATTENDEE:evil\x01");
    ical_raw(&pen, "https://example.org/\r\nATTENDEE:evil");
    (void)fclose(pen.file);
    assert_string_equal(calendars_unfold(self, text),
                        "URL;X-P=\"a^nATTENDEE:evil\":https://example.org/\\nATTENDEE:evil\r\n");
    free(text);
}

static void lines_are_read_as_others_write_them(void **state)
{
    Calendars *self = *state;
    Problem problem;
    IcalLine line;
    assert_int_equal(parse_next(self,
                                "\xEF\xBB\xBF\n\nsum\n mary;lang\r\n\tuage=\"r:u\";x=1:A\\,\n  B\n",
                                &line, &problem),
                     STATUS_OK);
    assert_string_equal(line.name, "SUMMARY");
    assert_string_equal(ical_find_parameter(&line, "LANGUAGE"), "r:u");
    assert_string_equal(ical_find_parameter(&line, "X"), "1");
    assert_string_equal(line.value, "A\\, B");
    assert_int_equal(line.number, 3);
}

static void lists_are_taken_apart_at_their_own_commas(void **state)
{
    Calendars *self = *state;
    const char *rest = "a\\,b,c\\;,d";
    assert_string_equal(ical_unescape_first(rest, &rest, self->arena), "a,b");
    assert_string_equal(ical_unescape_first(rest, &rest, self->arena), "c;");
    assert_string_equal(ical_unescape_first(rest, &rest, self->arena), "d");
    assert_null(rest);
}

static void what_is_no_line_is_refused(void **state)
{
    Calendars *self = *state;
    static const char *const texts[] = {
        "no colon\n",  ":value\n",   "NAME;P:v\n",     "NAME;P=\"open:v\n",
        "NAME;=1:v\n", "NAME;P=1\n", "SUMMARY:\xFF\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Problem problem;
        IcalLine line;
        assert_int_equal(parse_next(self, texts[i], &line, &problem), STATUS_INVALID_ARGUMENT);
        assert_true(*problem.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_line_is_over_75_octets_and_no_character_is_broken),
        cmocka_unit_test(texts_and_parameters_come_back),
        cmocka_unit_test(line_breaks_and_controls_cannot_get_into_the_file),
        cmocka_unit_test(lines_are_read_as_others_write_them),
        cmocka_unit_test(lists_are_taken_apart_at_their_own_commas),
        cmocka_unit_test(what_is_no_line_is_refused),
    };
    return cmocka_run_group_tests(tests, calendars_open, calendars_close);
}
