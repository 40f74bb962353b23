/*
 * ask - requests in one line each, for tests that talk to a registry.
 *
 * A reply is lent until harness_destroy. Every write has a fresh request id but where `ask` is
 * given a request that has one.
 */
#ifndef PLENARY_TESTS_SUPPORT_ASK_H
#define PLENARY_TESTS_SUPPORT_ASK_H

#include "proto/curve.h"
#include "tests/support/harness.h"

typedef struct Asker {
    Harness *harness;
    Caller caller;
} Asker;

/* For cmocka: *state is an Asker who is local, of a registry in a new folder; and its end. */
int ask_begin(void **state);
int ask_end(void **state);

/* Asks the same registry as a reader of no organisation, cleared for TLP:GREEN. */
static inline Asker ask_reader(const Asker *asker)
{
    return (Asker){asker->harness,
                   {.principal = "r",
                    .role = PLENARY__V1__PRINCIPAL__ROLE__READER,
                    .clearance = PLENARY__V1__HANDLING__TLP__GREEN}};
}

/* An event with what it points to; copying it needs ask_draft again. */
typedef struct Draft {
    Event event;
    Schedule schedule;
    Handling handling;
    char *audience[4];
} Draft;

/* A valid event: a meeting on 3 March 2022. Text arguments stay the caller's; uid may be NULL. */
void ask_draft(Draft *draft, const char *title, const char *uid);

/* Text that the contract takes as char *, but only reads. */
char *ask_text(const char *text);

/* The code that a reply carries. */
StatusCode ask_code(const Reply *reply);

/* Any request, its id given by the caller or (NULL) fresh for a write. */
const Reply *ask(const Asker *asker, Request *request);

const Reply *ask_register(const Asker *asker, Event *event);
const Reply *ask_upsert(const Asker *asker, Event *event);

/* expected 0: none. */
const Reply *ask_revise(const Asker *asker, const char *name, Event *event, uint32_t expected);

/* expected 0: none. */
const Reply *ask_revert(const Asker *asker, const char *name, uint32_t to, uint32_t expected);

/* cancel, reinstate, hold or withdraw. */
const Reply *ask_move(const Asker *asker, Plenary__V1__Request__VerbCase verb, const char *name,
                      uint32_t expected);

const Reply *ask_get(const Asker *asker, const char *name);
const Reply *ask_history(const Asker *asker, const char *name, Page *page);
const Reply *ask_list(const Asker *asker, Query *query, Page *page);
const Reply *ask_conflicts(const Asker *asker, Query *query, Page *page);
uint64_t ask_count(const Asker *asker, Query *query);
const Reply *ask_status(const Asker *asker);
const Reply *ask_verify(const Asker *asker, uint64_t from, uint32_t limit);

/* part_of may be NULL. */
const Reply *ask_put_organisation(const Asker *asker, const char *id, const char *name,
                                  const char *part_of);

/* `event` and `text` may be NULL. */
const Reply *ask_find_person(const Asker *asker, const char *person, const char *event,
                             uint64_t from);
const Reply *ask_erase_person(const Asker *asker, const char *person, const char *text,
                              const uint64_t *sequences, size_t count);

/* A principal with what it points to; copying it needs ask_principal again. */
typedef struct PrincipalDraft {
    Principal principal;
    PrincipalKey keys[2];
    PrincipalKey *key_list[2];
    char texts[2][CURVE_TEXT_SIZE];
    char *groups[4];
} PrincipalDraft;

/* Without keys, groups or an organisation. */
void ask_draft_principal(PrincipalDraft *draft, const char *name,
                         Plenary__V1__Principal__Role role);

/* The public key whose secret is 32 times this byte. */
void ask_key(uint8_t seed, char text[static CURVE_TEXT_SIZE]);
void ask_fingerprint(uint8_t seed, char fingerprint[static CURVE_FINGERPRINT_SIZE]);

/* Adds that key. */
void ask_add_key(PrincipalDraft *draft, uint8_t seed);

/* expected below 0: none. */
const Reply *ask_put_principal(const Asker *asker, Principal *principal, int64_t expected);
const Reply *ask_revoke(const Asker *asker, const char *name);
const Reply *ask_principal(const Asker *asker, const char *name);
const Reply *ask_principals(const Asker *asker, Page *page, bool revoked);

#endif
