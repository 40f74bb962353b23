#include "clients/lib/csv_reader.h"

#include "proto/text.h"

#include <string.h>

typedef struct CsvReader {
    char *at; /* what is not read yet; ends with NUL */
    size_t line;
    char separator;
    const char *cells[CSV_CELLS_MAX];
    size_t count;
    Problem *problem;
} CsvReader;

static bool refuse(const CsvReader *reader, size_t line, const char *why)
{
    problem_set(reader->problem, STATUS_INVALID_ARGUMENT, "line %zu: %s", line, why);
    return false;
}

static bool is_end(char c)
{
    return c == '\0' || c == '\n' || c == '\r';
}

/* The one that the first line has most of, outside quotes. */
static char find_separator(const char *text)
{
    static const char separators[] = ",;\t";
    size_t counts[sizeof separators] = {0};
    bool quoted = false;
    for (; *text && (quoted || *text != '\n'); text++) {
        const char *found = strchr(separators, *text);
        if (*text == '"') quoted = !quoted;
        if (found && !quoted) counts[found - separators]++;
    }
    size_t best = 0;
    for (size_t i = 1; separators[i]; i++)
        if (counts[i] > counts[best]) best = i;
    return separators[best];
}

/* --- one cell --- */

/* From behind the opening quote mark to behind the closing one, undoubled in place. */
static bool read_quoted(CsvReader *reader, char **cell)
{
    size_t opened = reader->line;
    char *from = reader->at + 1;
    char *to = from;
    *cell = from;
    for (; *from != '"' || from[1] == '"'; from++) {
        if (!*from) return refuse(reader, opened, "a quote mark is not closed");
        if (*from == '\n') reader->line++;
        if (*from == '"') from++;
        *to++ = *from;
    }
    reader->at = from + 1;
    reader->at += strspn(reader->at, " ");
    bool whole = is_end(*reader->at) || *reader->at == reader->separator;
    *to = '\0'; /* at the latest on the closing mark: what follows stays */
    return whole || refuse(reader, reader->line, "text follows the closing quote mark of a cell");
}

static char *read_bare(CsvReader *reader)
{
    char *cell = reader->at;
    while (!is_end(*reader->at) && *reader->at != reader->separator)
        reader->at++;
    return cell;
}

static void strip(char *cell, char *end)
{
    while (end > cell && end[-1] == ' ')
        end--;
    *end = '\0';
}

/* --- one row --- */

static bool take_cell(CsvReader *reader, size_t line, const char *cell)
{
    if (reader->count == CSV_CELLS_MAX) return refuse(reader, line, "too many cells");
    if (!text_is_utf8(cell, strlen(cell)))
        return refuse(reader, line, "is not UTF-8; save the sheet as \"CSV UTF-8\"");
    reader->cells[reader->count++] = cell;
    return true;
}

/* Past the cell's end; true: another cell of the row follows. */
static bool pass_end(CsvReader *reader, char end)
{
    if (end == '\0') return false;
    reader->at++;
    if (end == reader->separator) return true;
    if (end == '\r' && *reader->at == '\n') reader->at++;
    reader->line++;
    return false;
}

static bool read_row(CsvReader *reader)
{
    reader->count = 0;
    for (bool more = true; more;) {
        char *cell = NULL;
        reader->at += strspn(reader->at, " ");
        bool quoted = *reader->at == '"';
        if (quoted && !read_quoted(reader, &cell)) return false;
        if (!quoted) cell = read_bare(reader);
        char *end = reader->at;
        size_t line = reader->line;
        more = pass_end(reader, *end);
        if (!quoted) strip(cell, end);
        if (!take_cell(reader, line, cell)) return false;
    }
    return true;
}

static bool has_text(const CsvReader *reader)
{
    for (size_t i = 0; i < reader->count; i++)
        if (*reader->cells[i]) return true;
    return false;
}

StatusCode csv_read(char *text, size_t length, csv_row_fn *each, void *context, Problem *problem)
{
    static const char mark[] = "\xEF\xBB\xBF";
    CsvReader reader = {.at = text, .line = 1, .problem = problem};
    if (strlen(text) != length)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "holds a NUL byte: it is no text");
    if (strncmp(text, mark, strlen(mark)) == 0) reader.at += strlen(mark);
    reader.separator = find_separator(reader.at);
    while (*reader.at) {
        size_t line = reader.line;
        if (!read_row(&reader)) return problem->code;
        CsvRow row = {line, reader.cells, reader.count};
        if (has_text(&reader) && !each(context, &row)) break;
    }
    return STATUS_OK;
}
