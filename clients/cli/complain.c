#include "clients/cli/complain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void print_line(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static void print_line(const char *format, va_list arguments)
{
    (void)fflush(stdout);
    (void)fputs("plenary: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
}

int complain_code(int exit_code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
    return exit_code;
}

static void complain_about(const char *about, const char *field, const char *message)
{
    complain("%s%s%s%s%s", about ? about : "", about ? ": " : "", field ? field : "",
             field && *field ? ": " : "", message ? message : "");
}

int complain_problem(const Problem *problem, const char *about)
{
    for (size_t i = 0; i < problem->violation_count; i++)
        complain_about(about, problem->violations[i].field, problem->violations[i].message);
    if (problem->violation_count == 0) complain_about(about, NULL, problem->message);
    return status_exit_code(problem->code);
}

int complain_status(const Plenary__V1__Status *status, const char *about)
{
    for (size_t i = 0; i < status->n_violations; i++)
        complain_about(about, status->violations[i]->field, status->violations[i]->message);
    if (status->n_violations == 0)
        complain_about(about, NULL,
                       status->message ? status->message : status_name((StatusCode)status->code));
    if (!about && status->code == PLENARY__V1__STATUS_CODE__ABORTED)
        complain("see what changed with \"plenary diff\", then repeat the command");
    return status_exit_code((StatusCode)status->code);
}

int complain_error(const PlenaryError *error)
{
    complain("%s", error->message);
    return status_exit_code((StatusCode)error->code);
}
