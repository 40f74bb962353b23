#include "proto/forms.h"

#include "proto/curve.h"
#include "proto/id.h"
#include "proto/text.h"
#include "proto/validate.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uloc.h>

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum {
    MAIL_LOCAL_BYTES_MAX = 64, /* RFC 5321 section 4.5.3.1 */
    MAIL_BYTES_MAX = 254,
    MEDIA_NAME_BYTES_MAX = 127, /* RFC 6838 section 4.2 */
    LANGUAGE_BYTES_MAX = 64,
    COUNTRY_BYTES = 2,
};

/* Codes that ICU counts as countries and ISO 3166-1 does not assign. */
static const char *const unassigned_countries[] = {"AC", "CP", "DG", "EA", "IC", "TA", "XK"};

/* Every participant has a country: the letters are compared without a call. */
static bool is_code(const char *code, const char *text)
{
    return code[0] == text[0] && code[1] == text[1];
}

bool validate_is_country(const char *text)
{
    if (strlen(text) != COUNTRY_BYTES) return false;
    for (size_t i = 0; i < sizeof unassigned_countries / sizeof *unassigned_countries; i++)
        if (is_code(unassigned_countries[i], text)) return false;
    for (const char *const *code = uloc_getISOCountries(); *code; code++)
        if (is_code(*code, text)) return true;
    return false;
}

bool validate_is_uuid7(const char *text)
{
    uint8_t bytes[ID_BYTES];
    return id_parse(text, bytes) && bytes[6] >> 4 == 7 && bytes[8] >> 6 == 2;
}

void form_country(Checker *self, const char *text)
{
    if (validate_is_country(text)) return;
    char upper[3] = "";
    if (strlen(text) == 2 && strspn(text, LETTERS) == 2) {
        upper[0] = (char)(text[0] & ~0x20);
        upper[1] = (char)(text[1] & ~0x20);
    }
    bool lower = *upper && validate_is_country(upper);
    check_refuse(self, "%s is not a country code of ISO 3166-1%s%s%s", text_quote(text).text,
                 lower ? "; did you mean " : "", lower ? upper : "", lower ? "?" : "");
}

static bool is_language(const char *text)
{
    char locale[ULOC_FULLNAME_CAPACITY];
    size_t length = strlen(text);
    size_t primary = strspn(text, LETTERS);
    if (length > LANGUAGE_BYTES_MAX || primary < 2 || primary > 3) return false;
    if (!text[primary]) return true; /* a language alone, as nearly all are: ICU takes any */
    if (text[primary] != '-') return false;
    int32_t parsed = 0;
    UErrorCode code = U_ZERO_ERROR;
    uloc_forLanguageTag(text, locale, sizeof locale, &parsed, &code);
    return U_SUCCESS(code) && (size_t)parsed == length;
}

void form_language(Checker *self, const char *text)
{
    if (!is_language(text))
        check_refuse(self, "%s is not a language tag of BCP 47, such as en or uz-Cyrl",
                     text_quote(text).text);
}

void form_uri(Checker *self, const char *text)
{
    size_t scheme = strspn(text, LETTERS DIGITS "+-.");
    bool has_scheme = scheme > 0 && strspn(text, LETTERS) > 0 && text[scheme] == ':';
    if (!has_scheme || text[scheme + 1] == '\0')
        check_refuse(self, "%s is not a URI with a scheme, such as https://example.org",
                     text_quote(text).text);
    else if (strpbrk(text, " \t\n<>\""))
        check_refuse(self, "%s has a character that a URI cannot have", text_quote(text).text);
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at || strlen(text) > MAIL_BYTES_MAX || strpbrk(text, " \t\n<>()[],;:\\\"")) return false;
    size_t local = (size_t)(at - text);
    const char *domain = at + 1;
    size_t length = strlen(domain);
    if (local == 0 || local > MAIL_LOCAL_BYTES_MAX || length == 0) return false;
    if (strchr(domain, '@') || strstr(text, "..")) return false;
    return text[0] != '.' && *(at - 1) != '.' && domain[0] != '.' && domain[length - 1] != '.';
}

void form_email(Checker *self, const char *text)
{
    if (!is_email(text)) check_refuse(self, "%s is not an e-mail address", text_quote(text).text);
}

void form_sha256(Checker *self, const char *text)
{
    if (strlen(text) != 64 || strspn(text, DIGITS "abcdefABCDEF") != 64)
        check_refuse(self, "%s is not 64 hexadecimal digits", text_quote(text).text);
}

static size_t media_name(const char *text)
{
    size_t length = strspn(text, LETTERS DIGITS "!#$&^_.+-");
    return length > MEDIA_NAME_BYTES_MAX ? 0 : length;
}

void form_media_type(Checker *self, const char *text)
{
    size_t type = media_name(text);
    bool sound = type > 0 && text[type] == '/';
    size_t subtype = sound ? media_name(text + type + 1) : 0;
    if (subtype == 0 || text[type + 1 + subtype])
        check_refuse(self, "%s is not a media type, such as application/pdf",
                     text_quote(text).text);
}

void form_slug(Checker *self, const char *text)
{
    size_t length = strspn(text, DIGITS "abcdefghijklmnopqrstuvwxyz-");
    if (text[length] || *text == '-')
        check_refuse(self, "%s is not an id of lower-case letters, digits and hyphens",
                     text_quote(text).text);
}

void form_uuid(Checker *self, const char *text)
{
    uint8_t bytes[ID_BYTES];
    if (!id_parse(text, bytes))
        check_refuse(self, "%s is not a UUID in lower case", text_quote(text).text);
}

void form_uuid7(Checker *self, const char *text)
{
    if (!validate_is_uuid7(text))
        check_refuse(self, "%s is not a UUID of version 7 in lower case", text_quote(text).text);
}

void form_line(Checker *self, const char *text)
{
    if (strpbrk(text, "\n\t")) check_refuse(self, "has a line break or tab in it");
}

void form_moment(Checker *self, const char *text)
{
    Moment moment;
    if (!moment_parse(text, &moment))
        check_refuse(self, "%s is not a date (2022-03-03) or a date and time (2022-03-03T09:00:00)",
                     text_quote(text).text);
}

void form_date(Checker *self, const char *text)
{
    Moment moment;
    if (!moment_parse(text, &moment) || !moment.is_date)
        check_refuse(self, "%s is not a date (2022-03-03)", text_quote(text).text);
}

void form_instant(Checker *self, const char *text)
{
    int64_t time_us;
    if (!instant_parse(text, &time_us))
        check_refuse(self, "%s is not a time of RFC 3339 (2022-03-03T09:00:00Z)",
                     text_quote(text).text);
}

/* The text is not said again: who took the wrong one may have given a secret key. */
void form_public_key(Checker *self, const char *text)
{
    uint8_t key[CURVE_KEY_BYTES];
    if (!curve_parse(text, key))
        check_refuse(self, "is not a key of 40 characters in Z85");
    else if (!curve_is_public(key))
        check_refuse(self, "is no public key of CURVE");
}

void form_zone(Checker *self, const char *text)
{
    if (!zones_have(self->zones, text))
        check_refuse(self, "%s is not a time zone of this system's tzdata", text_quote(text).text);
}
