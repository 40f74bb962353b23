/*
 * strict_calendar FILE - libical's own judgement of a calendar.
 *
 * All of it could be parsed (no X-LIC-ERROR), and libical's restrictions (RFC 5545 and 5546) hold.
 * Prints how many events there are; exit code 1 and what is wrong otherwise.
 */
#include <libical/ical.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    TOLD_MAX = 10,
};

static size_t tell_errors(icalcomponent *component)
{
    size_t count = 0;
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);
    for (; property; count++) {
        if (count < TOLD_MAX) (void)fputs(icalproperty_as_ical_string(property), stderr);
        property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY);
    }
    icalcomponent *inner = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT);
    for (; inner; inner = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        count += tell_errors(inner);
    return count;
}

static char *read_line(char *buffer, size_t size, void *file)
{
    return fgets(buffer, (int)size, file);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "re") : NULL;
    if (!file) {
        (void)fprintf(stderr, "strict_calendar FILE\n");
        return EXIT_FAILURE;
    }
    icalparser *parser = icalparser_new();
    icalparser_set_gen_data(parser, file);
    icalcomponent *calendar = icalparser_parse(parser, read_line);
    bool strict = calendar && icalrestriction_check(calendar) &&
                  icalcomponent_check_restrictions(calendar) && tell_errors(calendar) == 0;
    if (calendar)
        (void)printf("libical: %d events\n",
                     icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT));
    if (calendar) icalcomponent_free(calendar);
    icalparser_free(parser);
    (void)fclose(file);
    return strict ? EXIT_SUCCESS : EXIT_FAILURE;
}
