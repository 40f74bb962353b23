#include "proto/rules_request.h"

#include "proto/asked.h"
#include "proto/contract.h"
#include "proto/facets.h"
#include "proto/forms.h"
#include "proto/json.h"
#include "proto/moment.h"
#include "proto/nearest.h"
#include "proto/reflect.h"
#include "proto/rules_event.h"
#include "proto/text.h"
#include "proto/validate.h"

#include <stdio.h>
#include <string.h>

void rules_organisation(Checker *self, const ProtobufCMessage *message)
{
    const Organisation *organisation = (const Organisation *)message;
    if (organisation->id && organisation->part_of &&
        strcmp(organisation->id, organisation->part_of) == 0)
        check_refuse_in(self, "part_of", "names the organisation itself");
}

void rules_organisation_translation(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__OrganisationTranslation *translation =
        (const Plenary__V1__OrganisationTranslation *)message;
    if (!translation->name && !translation->acronym)
        check_refuse_in(self, "name", "is required, or an acronym");
}

void rules_standing(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__Standing *standing = (const Plenary__V1__Standing *)message;
    rules_period(self, "since", standing->since, "until", standing->until);
}

static void check_text(Checker *self, const char *text)
{
    Asked asked;
    char why[PROBLEM_MESSAGE_SIZE];
    if (text && !text_is_blank(text) && !asked_parse(text, &asked, why))
        check_refuse_in(self, "text", "%s", why);
}

/* Both ends are inclusive; a date as `to` is its whole day. */
void rules_query(Checker *self, const ProtobufCMessage *message)
{
    const Query *query = (const Query *)message;
    Moment from;
    Moment to;
    check_text(self, query->text);
    if (!query->from || !query->to || !moment_parse(query->from, &from) ||
        !moment_parse(query->to, &to))
        return;
    if (to.is_date) from.hour = from.minute = from.second = 0;
    if (moment_local_s(&to) < moment_local_s(&from))
        check_refuse_in(self, "to", "%s is before from %s", query->to, query->from);
}

/* Anybody may ask for these by name. */
static FacetMask asked_facets(void)
{
    FacetMask mask = 0;
    for (Facet facet = 0; facet < FACET_COUNT; facet++)
        if (facet_info(facet)->use == FACET_ASKED) mask |= FACET_BIT(facet);
    return mask;
}

/* And counts may be split by these; months and years are no terms, as a range says them. */
static FacetMask counted_facets(void)
{
    return FACETS_COUNTED & (asked_facets() | FACET_BIT(FACET_MONTH) | FACET_BIT(FACET_YEAR));
}

static size_t list_facets(FacetMask mask, const char *names[static FACET_COUNT])
{
    size_t count = 0;
    for (Facet facet = 0; facet < FACET_COUNT; facet++)
        if (mask & FACET_BIT(facet)) names[count++] = facet_info(facet)->name;
    return count;
}

/* `field` has a name that is not among those in the mask. */
static void refuse_facet(Checker *self, const char *field, const char *what, const char *name,
                         FacetMask mask)
{
    const char *names[FACET_COUNT];
    size_t count = list_facets(mask, names);
    char list[PROBLEM_MESSAGE_SIZE] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    const char *near = nearest(name, names, count);
    check_refuse_in(self, field, "%s cannot be %s%s%s%s; facets are %s", text_quote(name).text,
                    what, near ? "; did you mean " : "", near ? near : "", near ? "?" : "", list);
}

/* Codes of these facets are names of an enum. */
static const ProtobufCEnumDescriptor *enum_of_facet(Facet facet)
{
    switch (facet) {
    case FACET_KIND: return &plenary__v1__event__kind__descriptor;
    case FACET_STATUS: return &plenary__v1__event__status__descriptor;
    case FACET_FORMAT: return &plenary__v1__event__format__descriptor;
    case FACET_TLP: return &plenary__v1__handling__tlp__descriptor;
    default: return NULL;
    }
}

static void check_code(Checker *self, Facet facet, const char *value)
{
    const ProtobufCEnumDescriptor *descriptor = enum_of_facet(facet);
    int number;
    if (facet == FACET_COUNTRY) form_country(self, value);
    if (!descriptor || json_enum_find(descriptor, value, &number)) return;
    char text[PROBLEM_MESSAGE_SIZE];
    json_enum_explain(descriptor, value, text);
    check_refuse(self, "%s", text);
}

void rules_term(Checker *self, const ProtobufCMessage *message)
{
    const Term *term = (const Term *)message;
    Facet facet;
    if (!term->facet) return;
    if (!facet_find(term->facet, &facet) || facet_info(facet)->use == FACET_INTERNAL) {
        refuse_facet(self, "facet", "asked for", term->facet, asked_facets());
        return;
    }
    size_t mark = path_enter(&self->path, "values");
    for (size_t i = 0; i < term->n_values && i < VALIDATE_TERM_VALUES_MAX; i++) {
        size_t inner = path_enter_at(&self->path, i);
        check_code(self, facet, term->values[i]);
        path_leave(&self->path, inner);
    }
    path_leave(&self->path, mark);
}

void rules_page(Checker *self, const ProtobufCMessage *message)
{
    const Page *page = (const Page *)message;
    if (page->has_limit && (page->limit < 1 || page->limit > VALIDATE_PAGE_LIMIT_MAX))
        check_refuse_in(self, "limit", "%u is not between 1 and %d", page->limit,
                        VALIDATE_PAGE_LIMIT_MAX);
}

void rules_get_event(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__GetEvent *get = (const Plenary__V1__GetEvent *)message;
    if (get->has_at_revision && get->at_time)
        check_refuse_in(self, "at_time", "cannot be given together with at_revision");
}

static void check_expand(Checker *self, const Plenary__V1__ListEvents *list)
{
    const Query *query = list->query;
    if (list->as_of) check_refuse_in(self, "expand", "cannot be given together with as_of");
    if (list->explain) check_refuse_in(self, "expand", "cannot be given together with explain");
    if (!query || !query->to)
        check_refuse_in(self, "query.to", "is required with expand: a series may have no end");
    if (query && query->has_order && query->order != PLENARY__V1__QUERY__ORDER__ORDER_UNSPECIFIED &&
        query->order != PLENARY__V1__QUERY__ORDER__START)
        check_refuse_in(self, "query.order", "instances are in the order of start alone");
}

void rules_list_events(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__ListEvents *list = (const Plenary__V1__ListEvents *)message;
    if (list->as_of && list->explain)
        check_refuse_in(self, "explain", "cannot be given together with as_of");
    if (list->as_of && list->query && list->query->has_order &&
        list->query->order == PLENARY__V1__QUERY__ORDER__RELEVANCE)
        check_refuse_in(self, "query.order", "relevance cannot be given together with as_of");
    if (list->expand) check_expand(self, list);
}

void rules_list_changes(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__ListChanges *list = (const Plenary__V1__ListChanges *)message;
    int64_t from_us;
    int64_t to_us;
    if (list->from && list->to && instant_parse(list->from, &from_us) &&
        instant_parse(list->to, &to_us) && to_us < from_us)
        check_refuse_in(self, "to", "%s is before from %s", list->to, list->from);
}

void rules_list_conflicts(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__ListConflicts *list = (const Plenary__V1__ListConflicts *)message;
    const Query *query = list->query;
    if (list->event_id && query)
        check_refuse_in(self, "query", "cannot be given together with event_id");
    if (query && (query->has_order || query->has_descending))
        check_refuse_in(self, "query.order", "conflicts have an order of their own");
}

void rules_backup_registry(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__BackupRegistry *backup = (const Plenary__V1__BackupRegistry *)message;
    size_t length = backup->folder ? strlen(backup->folder) : 0;
    if (length == 0) return;
    if (backup->folder[0] != '/')
        check_refuse_in(self, "folder", "%s is not an absolute path",
                        text_quote(backup->folder).text);
    else if (backup->folder[length - 1] == '/')
        check_refuse_in(self, "folder", "%s ends with a slash", text_quote(backup->folder).text);
}

/* Who may count by a guarded facet is decided where the caller is known. */
void rules_count_events(Checker *self, const ProtobufCMessage *message)
{
    const Plenary__V1__CountEvents *count = (const Plenary__V1__CountEvents *)message;
    Facet facet;
    if (count->page && !count->by)
        check_refuse_in(self, "page", "needs by: a count alone has no pages");
    if (count->by && (!facet_find(count->by, &facet) || !(FACETS_COUNTED & FACET_BIT(facet))))
        refuse_facet(self, "by", "counted by", count->by, counted_facets());
}

static const ProtobufCMessage *verb_of(const Request *request)
{
    for (unsigned i = 0; i < request->base.descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &request->base.descriptor->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && reflect_count(&request->base, field))
            return reflect_message(reflect_at(&request->base, field, 0));
    }
    return NULL;
}

void rules_request(Checker *self, const ProtobufCMessage *message)
{
    const Request *request = (const Request *)message;
    const ProtobufCMessage *verb = verb_of(request);
    if (!verb) {
        check_refuse_in(self, "verb", "is required");
        return;
    }
    const MessageRules *rules = rules_of(verb->descriptor);
    if (rules && (rules->flags & MESSAGE_WRITES) && !request->request_id)
        check_refuse_in(self, "request_id", "is required of a request that writes");
}
