#include "clients/report/html.h"

#include "proto/text.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

static const char *entity_of(char byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n':
    case '\r':
    case '\t': return " ";
    default: return text_is_control((unsigned char)byte) ? "\uFFFD" : NULL;
    }
}

void html_text(FILE *file, const char *text)
{
    for (; *text; text++) {
        const char *entity = entity_of(*text);
        if (entity)
            (void)fputs(entity, file);
        else
            (void)fputc(*text, file);
    }
}

void html_title(FILE *file, const char *text, const char *language)
{
    (void)fputs("<bdi", file);
    if (language) {
        (void)fputs(" lang=\"", file);
        html_text(file, language);
        (void)fputc('"', file);
    }
    (void)fputc('>', file);
    html_text(file, text);
    (void)fputs("</bdi>", file);
}

bool html_may_link(const char *uri)
{
    return uri && (strncasecmp(uri, "https://", strlen("https://")) == 0 ||
                   strncasecmp(uri, "http://", strlen("http://")) == 0);
}

void html_link(FILE *file, const char *uri, const char *text)
{
    bool is_link = html_may_link(uri);
    if (is_link) {
        (void)fputs("<a rel=\"noopener noreferrer\" href=\"", file);
        html_text(file, uri);
        (void)fputs("\">", file);
    }
    html_title(file, text, NULL);
    if (is_link) (void)fputs("</a>", file);
}

void html_count(FILE *file, uint64_t count)
{
    if (count >= 1000) {
        html_count(file, count / 1000);
        (void)fprintf(file, ",%03" PRIu64, count % 1000);
    } else {
        (void)fprintf(file, "%" PRIu64, count);
    }
}

void html_share(FILE *file, uint64_t part, uint64_t whole)
{
    uint64_t mille = whole ? part * 1000 / whole : 0;
    (void)fprintf(file, "%" PRIu64 ".%" PRIu64 "%%", mille / 10, mille % 10);
}
