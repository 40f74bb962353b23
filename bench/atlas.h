/*
 * atlas - the true names that generated events are made of: cities with their countries and
 * zones, organisations, topics, people. Static tables, in English and Russian.
 */
#ifndef PLENARY_BENCH_ATLAS_H
#define PLENARY_BENCH_ATLAS_H

#include <stddef.h>

typedef struct City {
    const char *name;
    const char *name_ru;
    const char *country; /* ISO 3166-1 alpha-2 */
    const char *zone;
    double latitude;
    double longitude;
} City;

typedef struct Body {
    const char *id;
    const char *name;
    const char *acronym;
    const char *country; /* NULL: international */
} Body;

typedef struct Topic {
    const char *name;
    const char *phrase;    /* "the fight against ..." of an English title */
    const char *phrase_ru; /* after "по вопросам" */
} Topic;

extern const City atlas_cities[];
extern const size_t atlas_city_count;
extern const Body atlas_bodies[];
extern const size_t atlas_body_count;
extern const Topic atlas_topics[];
extern const size_t atlas_topic_count;
extern const char *const atlas_given_names[];
extern const size_t atlas_given_name_count;
extern const char *const atlas_family_names[];
extern const size_t atlas_family_name_count;
extern const char *const atlas_positions[];
extern const size_t atlas_position_count;
extern const char *const atlas_sentences[];
extern const size_t atlas_sentence_count;

#endif
