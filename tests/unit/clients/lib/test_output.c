/* Records are written in the form that was asked for. */
#include "clients/lib/output.h"
#include "clients/lib/table.h"
#include "proto/contract.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const Terminal no_terminal = {.width = 80};

/* --- a kind of record with two columns --- */

static const char *cell_id(const void *record, Arena *arena)
{
    (void)arena;
    return ((const Organisation *)record)->id;
}

static const char *cell_name(const void *record, Arena *arena)
{
    (void)arena;
    return ((const Organisation *)record)->name;
}

static const Column columns[] = {{"ID", cell_id, 0}, {"NAME", cell_name, TABLE_CUT}};
static const Column csv[] = {{"id", cell_id, 0}, {"name", cell_name, 0}};
static const RecordKind kind = {
    .columns = columns, .column_count = 2, .csv = csv, .csv_count = 2, .id = cell_id};

static Organisation organisation(char *id, char *name)
{
    Organisation record = PLENARY__V1__ORGANISATION__INIT;
    record.id = id;
    record.name = name;
    return record;
}

/* Two records (or none) in a form. Given: free(). */
static char *list(OutputForm form, size_t count)
{
    char a[] = "a";
    char b[] = "b";
    char plain[] = "Plain";
    char hard[] = "Hard, \"very\"\nhard";
    Organisation records[] = {organisation(a, plain), organisation(b, hard)};
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    Listing *listing = listing_open(file, form, &kind, &no_terminal);
    assert_non_null(listing);
    for (size_t i = 0; i < count; i++)
        assert_true(listing_add(listing, &records[i].base));
    assert_true(listing_close(&listing));
    assert_int_equal(fclose(file), 0);
    return text;
}

static void assert_list(OutputForm form, size_t count, const char *expected)
{
    char *text = list(form, count);
    assert_string_equal(text, expected);
    free(text);
}

static void lists_have_the_form_that_was_asked_for(void **state)
{
    (void)state;
    assert_list(OUTPUT_IDS, 2, "a\nb\n");
    assert_list(OUTPUT_IDS, 0, "");
    assert_list(OUTPUT_CSV, 2,
                "id,name\r\na,Plain\r\nb,\"Hard, \"\"very\"\"\nhard\"\r\n"); /* RFC 4180 */
    assert_list(OUTPUT_CSV, 0, "id,name\r\n");
    assert_list(OUTPUT_JSONL, 2,
                "{\"id\":\"a\",\"name\":\"Plain\"}\n"
                "{\"id\":\"b\",\"name\":\"Hard, \\\"very\\\"\\nhard\"}\n");
    assert_list(OUTPUT_JSON, 0, "[]\n");
    assert_list(OUTPUT_YAML, 1, "- id: a\n  name: Plain\n");
    assert_list(OUTPUT_YAML, 0, "[]\n");
    assert_list(OUTPUT_TABLE, 1, "ID NAME\na  Plain\n");
    assert_list(OUTPUT_TABLE, 0, "");
}

static void a_list_in_json_is_an_array(void **state)
{
    (void)state;
    char *text = list(OUTPUT_JSON, 2);
    json_t *json = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(json), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 1), "id")), "b");
    json_decref(json);
    free(text);
}

static void a_stream_that_is_full_is_told(void **state)
{
    (void)state;
    char a[] = "a";
    char name[] = "Name";
    Organisation record = organisation(a, name);
    FILE *file = fopen("/dev/full", "w");
    Listing *listing = listing_open(file, OUTPUT_IDS, &kind, &no_terminal);
    (void)listing_add(listing, &record.base);
    assert_false(listing_close(&listing));
    assert_null(listing);
    (void)fclose(file);
}

static void forms_have_names(void **state)
{
    OutputForm form;
    (void)state;
    for (size_t i = 0; i < OUTPUT_FORMS; i++) {
        assert_true(output_form_find(output_form_name((OutputForm)i), &form));
        assert_int_equal(form, i);
    }
    assert_false(output_form_find("xml", &form));
}

/* --- tables --- */

/* One row of two columns, the second of which may be cut, on such a terminal. Given: free(). */
static char *print_row(Terminal terminal, unsigned flags, const char *second, const char *colour)
{
    const TableColumn both[] = {{"NO", TABLE_RIGHT}, {"TITLE", flags}};
    const char *cells[] = {"1", second};
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    Table *table = table_new(both, 2, &terminal);
    assert_non_null(table);
    table_add(table, cells, colour);
    assert_true(table_print(table, file));
    table_destroy(&table);
    assert_int_equal(fclose(file), 0);
    return text;
}

static const char long_title[] = "A title that is longer than a narrow terminal has columns";

static void a_table_is_cut_on_a_narrow_terminal_only(void **state)
{
    (void)state;
    Terminal narrow = {.is_terminal = true, .width = 30};
    char *cut = print_row(narrow, TABLE_CUT, long_title, NULL);
    char *whole = print_row(no_terminal, TABLE_CUT, long_title, NULL);
    assert_null(strstr(cut, long_title));
    assert_non_null(strstr(cut, "A title that"));
    assert_non_null(strstr(whole, long_title));
    free(cut);
    free(whole);
}

static void a_spare_column_needs_a_roomy_terminal(void **state)
{
    (void)state;
    Terminal narrow = {.is_terminal = true, .width = TABLE_ROOMY_WIDTH - 1};
    Terminal roomy = {.is_terminal = true, .width = TABLE_ROOMY_WIDTH};
    char *left_out = print_row(narrow, TABLE_SPARE, "here", NULL);
    char *shown = print_row(roomy, TABLE_SPARE, "here", NULL);
    char *file = print_row(no_terminal, TABLE_SPARE, "here", NULL);
    assert_null(strstr(left_out, "here"));
    assert_non_null(strstr(shown, "here"));
    assert_non_null(strstr(file, "here"));
    free(left_out);
    free(shown);
    free(file);
}

static void colours_are_for_terminals_that_want_them(void **state)
{
    (void)state;
    Terminal colourful = {.is_terminal = true, .colours = true, .width = 80};
    Terminal plain = {.is_terminal = true, .width = 80};
    char *coloured = print_row(colourful, 0, "x", "red");
    char *uncoloured = print_row(plain, 0, "x", "red");
    assert_non_null(strchr(coloured, '\033'));
    assert_null(strchr(uncoloured, '\033'));
    free(coloured);
    free(uncoloured);
}

static void no_color_and_files_have_no_colours(void **state)
{
    (void)state;
    FILE *file = fopen("/dev/null", "w");
    assert_non_null(file);
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    Terminal terminal = terminal_of(file);
    assert_false(terminal.is_terminal);
    assert_false(terminal.colours);
    assert_int_equal(terminal.width, TERMINAL_WIDTH_DEFAULT);
    (void)fclose(file);

    FILE *person = fopen("/dev/ptmx", "w");
    if (!person) return; /* no pseudo-terminals here */
    assert_int_equal(unsetenv("NO_COLOR"), 0);
    assert_true(terminal_of(person).colours);
    assert_int_equal(setenv("NO_COLOR", "1", 1), 0);
    assert_false(terminal_of(person).colours);
    assert_int_equal(setenv("NO_COLOR", "", 1), 0);
    assert_true(terminal_of(person).colours);
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    assert_false(terminal_of(person).colours);
    (void)fclose(person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_have_the_form_that_was_asked_for),
        cmocka_unit_test(a_list_in_json_is_an_array),
        cmocka_unit_test(a_stream_that_is_full_is_told),
        cmocka_unit_test(forms_have_names),
        cmocka_unit_test(a_table_is_cut_on_a_narrow_terminal_only),
        cmocka_unit_test(a_spare_column_needs_a_roomy_terminal),
        cmocka_unit_test(colours_are_for_terminals_that_want_them),
        cmocka_unit_test(no_color_and_files_have_no_colours),
    };
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
