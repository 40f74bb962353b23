/*
 * forms - the forms of single texts: country codes, languages, addresses, moments, identifiers.
 *
 * Each adds a violation at the checker's path where the text is not of its form. Pure but for
 * zone data; one thread at a time per checker.
 */
#ifndef PLENARY_PROTO_FORMS_H
#define PLENARY_PROTO_FORMS_H

#include "proto/rules.h"

check_text_fn form_country;    /* ISO 3166-1 alpha-2, officially assigned */
check_text_fn form_language;   /* BCP 47: "ru", "uz-Cyrl" */
check_text_fn form_uri;        /* RFC 3986 with a scheme; letters of any script */
check_text_fn form_email;      /* one mailbox, without a name */
check_text_fn form_sha256;     /* 64 hexadecimal digits */
check_text_fn form_media_type; /* type/subtype, RFC 6838 */
check_text_fn form_slug;       /* [a-z0-9][a-z0-9-]* */
check_text_fn form_uuid;       /* lower case, any version */
check_text_fn form_uuid7;      /* lower case, version 7 */
check_text_fn form_line;       /* no newline, no tab */
check_text_fn form_moment;     /* local date or date-time */
check_text_fn form_date;       /* local date */
check_text_fn form_instant;    /* RFC 3339 */
check_text_fn form_zone;       /* a name in the system's tzdata */
check_text_fn form_public_key; /* of CURVE, in Z85 */
check_text_fn form_rrule;      /* RFC 5545 section 3.3.10 */

#endif
