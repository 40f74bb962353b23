#include "bench/report.h"

#include <assert.h>
#include <string.h>

void report_add(Report *self, const char *measure, double value, const char *yardstick,
                double yardstick_value)
{
    assert(self->count < REPORT_ROWS_MAX);
    self->rows[self->count++] = (Row){measure, value, yardstick, yardstick_value};
}

static bool has_ratio(const Row *row)
{
    return row->yardstick && row->yardstick_value != 0;
}

static int digits(double value)
{
    double size = value < 0 ? -value : value;
    return size < 10 ? 2 : size < 1000 ? 1 : 0;
}

void report_print_table(const Report *self, FILE *out)
{
    int measure_width = (int)strlen("measure");
    int yardstick_width = (int)strlen("yardstick");
    for (size_t i = 0; i < self->count; i++) {
        const Row *row = &self->rows[i];
        int measure = (int)strlen(row->measure);
        int yardstick = row->yardstick ? (int)strlen(row->yardstick) : 0;
        if (measure > measure_width) measure_width = measure;
        if (yardstick > yardstick_width) yardstick_width = yardstick;
    }
    fprintf(out, "%-*s %14s  %-*s %14s %8s\n", measure_width, "measure", "value", yardstick_width,
            "yardstick", "value", "ratio");
    for (size_t i = 0; i < self->count; i++) {
        const Row *row = &self->rows[i];
        fprintf(out, "%-*s %14.*f", measure_width, row->measure, digits(row->value), row->value);
        if (row->yardstick)
            fprintf(out, "  %-*s %14.*f", yardstick_width, row->yardstick,
                    digits(row->yardstick_value), row->yardstick_value);
        if (has_ratio(row)) fprintf(out, " %8.3f", row->value / row->yardstick_value);
        fputc('\n', out);
    }
}

void report_print_json(const Report *self, FILE *out)
{
    fputs("[", out);
    for (size_t i = 0; i < self->count; i++) {
        const Row *row = &self->rows[i];
        fprintf(out, "%s\n  {\"measure\": \"%s\", \"value\": %.3f, ", i ? "," : "", row->measure,
                row->value);
        if (row->yardstick)
            fprintf(out, "\"yardstick\": \"%s\", \"yardstick_value\": %.3f, ", row->yardstick,
                    row->yardstick_value);
        else
            fputs("\"yardstick\": null, \"yardstick_value\": null, ", out);
        if (has_ratio(row))
            fprintf(out, "\"ratio\": %.4f}", row->value / row->yardstick_value);
        else
            fputs("\"ratio\": null}", out);
    }
    fputs("\n]\n", out);
}
