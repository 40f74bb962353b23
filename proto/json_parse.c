/* JSON text into trees; see json.h. */
#include "proto/json.h"

#include <string.h>

typedef struct Scanner {
    const char *text;
    size_t length;
    size_t at;
    size_t line;       /* of `at`, from 1 */
    size_t line_start; /* where that line begins */
    json_t *documents;
    json_t *lines;
    Problem *problem;
} Scanner;

static StatusCode refuse_at(Scanner *self, const char *what)
{
    return problem_set(self->problem, STATUS_INVALID_ARGUMENT, "line %zu, column %zu: %s",
                       self->line, self->at - self->line_start + 1, what);
}

static void move_to(Scanner *self, size_t at)
{
    for (; self->at < at; self->at++) {
        if (self->text[self->at] != '\n') continue;
        self->line++;
        self->line_start = self->at + 1;
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next byte that is no white space, '\0' at the end. */
static char peek(Scanner *self)
{
    size_t at = self->at;
    while (at < self->length && is_space(self->text[at]))
        at++;
    move_to(self, at);
    return at < self->length ? self->text[at] : '\0';
}

/* jansson descends by recursion up to a depth of its own: keep to ours, and say where. */
static StatusCode check_depth(Scanner self)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t at = self.at; at < self.length; at++) {
        char c = self.text[at];
        if (quoted && c == '\\') {
            at++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '[' || c == '{')) {
            if (++depth <= JSON_DEPTH_MAX) continue;
            move_to(&self, at);
            return refuse_at(&self, "nested too deep");
        } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return STATUS_OK;
}

static StatusCode read_value(Scanner *self)
{
    json_error_t error;
    json_t *value =
        json_loadb(self->text + self->at, self->length - self->at,
                   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
    if (!value) {
        size_t column = error.column > 0 ? (size_t)error.column : 1;
        if (error.line <= 1) column += self->at - self->line_start;
        size_t line = self->line + (error.line > 0 ? (size_t)error.line - 1 : 0);
        return problem_set(self->problem, STATUS_INVALID_ARGUMENT, "line %zu, column %zu: %s", line,
                           column, error.text);
    }
    if (json_array_append_new(self->lines, json_integer((json_int_t)self->line)) ||
        json_array_append(self->documents, value)) {
        json_decref(value);
        return problem_set(self->problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    }
    json_decref(value);
    move_to(self, self->at + (size_t)error.position);
    return STATUS_OK;
}

static StatusCode read_elements(Scanner *self)
{
    move_to(self, self->at + 1);
    if (peek(self) == ']') {
        move_to(self, self->at + 1);
        return STATUS_OK;
    }
    for (;;) {
        if (!peek(self)) return refuse_at(self, "the list is not closed with ']'");
        StatusCode code = read_value(self);
        if (code) return code;
        char next = peek(self);
        if (next != ',' && next != ']') return refuse_at(self, "',' or ']' is expected");
        move_to(self, self->at + 1);
        if (next == ']') return STATUS_OK;
    }
}

static StatusCode read_all(Scanner *self)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (self->length >= 3 && memcmp(self->text, mark, 3) == 0) self->at = self->line_start = 3;
    StatusCode code = check_depth(*self);
    while (!code && peek(self))
        code = peek(self) == '[' ? read_elements(self) : read_value(self);
    if (!code && self->at < self->length) code = refuse_at(self, "a NUL character");
    return code;
}

StatusCode json_parse_lines(const char *text, size_t length, json_t **documents, json_t **lines,
                            Problem *problem)
{
    if (length > JSON_INPUT_BYTES_MAX)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "%zu bytes are over the limit of %d",
                           length, JSON_INPUT_BYTES_MAX);
    Scanner scanner = {.text = text,
                       .length = length,
                       .line = 1,
                       .documents = json_array(),
                       .lines = json_array(),
                       .problem = problem};
    StatusCode code = STATUS_OK;
    if (!scanner.documents || !scanner.lines)
        code = problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory");
    if (!code) code = read_all(&scanner);
    if (code) {
        json_decref(scanner.documents);
        json_decref(scanner.lines);
        return code;
    }
    *documents = scanner.documents;
    *lines = scanner.lines;
    return STATUS_OK;
}

StatusCode json_parse(const char *text, size_t length, json_t **documents, Problem *problem)
{
    json_t *lines = NULL;
    StatusCode code = json_parse_lines(text, length, documents, &lines, problem);
    json_decref(lines);
    return code;
}
