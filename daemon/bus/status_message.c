#include "daemon/bus/status_message.h"

void status_message_fill(StatusMessage *self, const Problem *problem)
{
    for (size_t i = 0; i < problem->violation_count; i++) {
        plenary__v1__violation__init(&self->violations[i]);
        self->violations[i].field = (char *)(uintptr_t)problem->violations[i].field;
        self->violations[i].message = (char *)(uintptr_t)problem->violations[i].message;
        self->pointers[i] = &self->violations[i];
    }
    plenary__v1__status__init(&self->status);
    self->status.has_code = 1;
    self->status.code = (Plenary__V1__StatusCode)problem->code;
    self->status.message = (char *)(uintptr_t)problem->message;
    self->status.violations = self->pointers;
    self->status.n_violations = problem->violation_count;
    self->status.has_retry_after_ms = problem->retry_after_ms != 0;
    self->status.retry_after_ms = problem->retry_after_ms;
}
