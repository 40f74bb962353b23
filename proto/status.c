#include "proto/status.h"

#include "proto/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *status_name(StatusCode code)
{
    switch (code) {
#define STATUS_NAME(name, exit_code)                                                               \
    case STATUS_##name: return #name;
        STATUS_TABLE(STATUS_NAME)
#undef STATUS_NAME
    }
    return "UNKNOWN";
}

int status_exit_code(StatusCode code)
{
    switch (code) {
#define STATUS_EXIT(name, exit_code)                                                               \
    case STATUS_##name: return exit_code;
        STATUS_TABLE(STATUS_EXIT)
#undef STATUS_EXIT
    }
    return 1;
}

void problem_clear(Problem *problem)
{
    problem->code = STATUS_OK;
    problem->retry_after_ms = 0;
    problem->violation_count = 0;
    problem->violations_more = 0;
    problem->message[0] = '\0';
}

/* A text cut by its size may end within a character: take the broken one off. */
static void trim_broken_tail(char *text)
{
    size_t length = strlen(text);
    size_t back = 0;
    while (back < length && back < 4 && ((unsigned char)text[length - 1 - back] & 0xC0U) == 0x80U)
        back++;
    if (back == length) return;
    unsigned char lead = (unsigned char)text[length - 1 - back];
    size_t wanted = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : lead >= 0xC0U ? 1 : 0;
    if (back < wanted) text[length - 1 - back] = '\0';
}

static void __attribute__((format(printf, 3, 0)))
print_cut(char *out, size_t size, const char *format, va_list arguments)
{
    int length = vsnprintf(out, size, format, arguments);
    if (length >= (int)size) trim_broken_tail(out);
    text_mend(out);
}

StatusCode problem_set(Problem *problem, StatusCode code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_cut(problem->message, sizeof problem->message, format, arguments);
    va_end(arguments);
    problem->code = code;
    return code;
}

/* The message of a problem that has violations: the first, and how many were not kept. */
static void tell_violations(Problem *problem)
{
    char more[48] = "";
    const Violation *first = &problem->violations[0];
    if (problem->violations_more > 0)
        (void)snprintf(more, sizeof more, " (and %zu more)", problem->violations_more);
    size_t length = strlen(more);
    problem_set(problem, STATUS_INVALID_ARGUMENT, "%s%s%s", first->field, *first->field ? ": " : "",
                first->message);
    if (!*more) return;
    problem->message[sizeof problem->message - 1 - length] = '\0';
    trim_broken_tail(problem->message);
    memcpy(problem->message + strlen(problem->message), more, length + 1);
}

StatusCode problem_violation(Problem *problem, const char *field, const char *format, ...)
{
    bool kept = problem->violation_count < PROBLEM_VIOLATIONS_MAX;
    if (kept) {
        Violation *violation = &problem->violations[problem->violation_count++];
        va_list arguments;
        va_start(arguments, format);
        print_cut(violation->message, sizeof violation->message, format, arguments);
        va_end(arguments);
        (void)snprintf(violation->field, sizeof violation->field, "%s", field);
        trim_broken_tail(violation->field);
    } else {
        problem->violations_more++;
    }
    if (!kept || problem->violation_count == 1 || problem->violations_more > 0)
        tell_violations(problem);
    problem->code = STATUS_INVALID_ARGUMENT;
    return STATUS_INVALID_ARGUMENT;
}

void problem_count_more(Problem *problem, size_t count)
{
    problem->violations_more += count;
}

void problem_to_message(const Problem *problem, StatusMessage *message)
{
    Plenary__V1__Status *status = &message->status;
    plenary__v1__status__init(status);
    for (size_t i = 0; i < problem->violation_count; i++) {
        plenary__v1__violation__init(&message->violations[i]);
        message->violations[i].field = (char *)(uintptr_t)problem->violations[i].field;
        message->violations[i].message = (char *)(uintptr_t)problem->violations[i].message;
        message->pointers[i] = &message->violations[i];
    }
    status->has_code = 1;
    status->code = (Plenary__V1__StatusCode)problem->code;
    status->message = (char *)(uintptr_t)problem->message;
    status->violations = message->pointers;
    status->n_violations = problem->violation_count;
    status->has_retry_after_ms = problem->retry_after_ms != 0;
    status->retry_after_ms = problem->retry_after_ms;
}
