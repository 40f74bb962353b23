#include "clients/cli/explain.h"

#include "clients/cli/complain.h"
#include "clients/lib/table.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    FIGURE_SIZE = 24,
};

static const TableColumn columns[] = {
    {"STEP", TABLE_WRAP},     {"EVENTS", TABLE_RIGHT},    {"LEFT", TABLE_RIGHT},
    {"ON DISK", TABLE_RIGHT}, {"IN MEMORY", TABLE_RIGHT},
};

/* NULL: it is not told. */
static const char *figure(bool told, uint64_t number, char text[static FIGURE_SIZE])
{
    (void)snprintf(text, FIGURE_SIZE, "%" PRIu64, number);
    return told ? text : NULL;
}

static bool print_steps(Session *session, const Plenary__V1__Explanation *explanation)
{
    Table *table = table_new(columns, sizeof columns / sizeof *columns, &session->terminal);
    for (size_t i = 0; table && i < explanation->n_steps; i++) {
        const Plenary__V1__Explanation__Step *step = explanation->steps[i];
        char size[FIGURE_SIZE], left[FIGURE_SIZE], on_disk[FIGURE_SIZE], in_memory[FIGURE_SIZE];
        const char *const cells[] = {step->expression, figure(step->has_size, step->size, size),
                                     figure(step->has_left, step->left, left),
                                     figure(step->has_on_disk, step->on_disk, on_disk),
                                     figure(step->has_in_memory, step->in_memory, in_memory)};
        table_add(table, cells, NULL);
    }
    bool printed = table && table_print(table, stdout);
    table_destroy(&table);
    return printed;
}

int explain_print(Session *session, const Plenary__V1__Explanation *explanation, uint64_t total)
{
    if (!explanation) return complain_code(CLI_FAILED, "this plenaryd does not explain itself");
    if (session->form == OUTPUT_CSV || session->form == OUTPUT_IDS)
        return complain_code(CLI_USAGE, "--explain is written as table, json, jsonl or yaml");
    if (session->form != OUTPUT_TABLE) {
        (void)output_message(stdout, &explanation->base, session->form);
        return CLI_DONE;
    }
    if (!print_steps(session, explanation))
        return complain_code(CLI_FAILED, "it could not be written");
    (void)printf("\n%" PRIu64 " match; %" PRIu64 " compared with the range, %" PRIu64
                 " looked at for the order, %" PRIu64 " records loaded; %" PRIu64 " µs\n",
                 total, explanation->checked, explanation->sorted, explanation->loaded,
                 explanation->time_us);
    return CLI_DONE;
}
