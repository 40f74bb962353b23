#include "proto/align.h"

#include "proto/reflect.h"

#include <string.h>

/* --- sameness --- */

static bool same_message(const ProtobufCMessage *before, const ProtobufCMessage *after)
{
    for (unsigned i = 0; i < before->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &before->descriptor->fields[i];
        size_t count = reflect_count(before, field);
        if (count != reflect_count(after, field)) return false;
        for (size_t j = 0; j < count; j++)
            if (!align_same(field, reflect_at(before, field, j), reflect_at(after, field, j)))
                return false;
    }
    return true;
}

bool align_same(const ProtobufCFieldDescriptor *field, const void *before, const void *after)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: return strcmp(reflect_text(before), reflect_text(after)) == 0;
    case PROTOBUF_C_TYPE_MESSAGE:
        return same_message(reflect_message(before), reflect_message(after));
    case PROTOBUF_C_TYPE_BYTES: {
        const ProtobufCBinaryData *a = before;
        const ProtobufCBinaryData *b = after;
        return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
    }
    default: return memcmp(before, after, reflect_size(field->type)) == 0;
    }
}

const char *align_label(const ProtobufCMessage *message)
{
    static const char *const labels[] = {"name", "id", "title", "language", "fingerprint"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(message->descriptor, labels[i]);
        if (field && field->type == PROTOBUF_C_TYPE_STRING && reflect_count(message, field))
            return reflect_text(reflect_at(message, field, 0));
    }
    return NULL;
}

static bool is_called_alike(const ProtobufCFieldDescriptor *field, const void *before,
                            const void *after)
{
    if (field->type != PROTOBUF_C_TYPE_MESSAGE) return false;
    const char *one = align_label(reflect_message(before));
    const char *other = align_label(reflect_message(after));
    return one && other && strcmp(one, other) == 0;
}

/* --- aligning --- */

typedef struct Lists {
    const ProtobufCMessage *before;
    const ProtobufCMessage *after;
    const ProtobufCFieldDescriptor *field;
    size_t before_count;
    size_t after_count;
    size_t first;      /* places before it are alike on both sides */
    size_t before_end; /* and so are those from here on */
    size_t after_end;
    size_t *partners; /* of each element after: its place before, or ALIGN_NONE */
    bool *taken;      /* of each element before: it is somebody's partner */
} Lists;

static const void *value_before(const Lists *self, size_t place)
{
    return reflect_at(self->before, self->field, place);
}

static const void *value_after(const Lists *self, size_t place)
{
    return reflect_at(self->after, self->field, place);
}

static void match(Lists *self, size_t before, size_t after)
{
    self->partners[after] = before;
    self->taken[before] = true;
}

static void match_ends(Lists *self)
{
    self->before_end = self->before_count;
    self->after_end = self->after_count;
    while (
        self->first < self->before_end && self->first < self->after_end &&
        align_same(self->field, value_before(self, self->first), value_after(self, self->first))) {
        match(self, self->first, self->first);
        self->first++;
    }
    while (self->before_end > self->first && self->after_end > self->first &&
           align_same(self->field, value_before(self, self->before_end - 1),
                      value_after(self, self->after_end - 1)))
        match(self, --self->before_end, --self->after_end);
}

typedef bool alike_fn(const ProtobufCFieldDescriptor *field, const void *before, const void *after);

static void match_middle(Lists *self, alike_fn *is_alike)
{
    for (size_t after = self->first; after < self->after_end; after++) {
        if (self->partners[after] != ALIGN_NONE) continue;
        for (size_t before = self->first; before < self->before_end; before++) {
            if (self->taken[before] ||
                !is_alike(self->field, value_before(self, before), value_after(self, after)))
                continue;
            match(self, before, after);
            break;
        }
    }
}

static void match_by_position(Lists *self)
{
    memset(self->taken, 0, self->before_count * sizeof *self->taken);
    for (size_t after = 0; after < self->after_count; after++) {
        self->partners[after] = ALIGN_NONE;
        if (after < self->before_count) match(self, after, after);
    }
}

/* Has every element an equal partner, only in another order? */
static bool is_only_reordered(const Lists *self)
{
    if (self->before_count != self->after_count || self->first == self->after_end) return false;
    for (size_t after = self->first; after < self->after_end; after++) {
        size_t before = self->partners[after];
        if (before == ALIGN_NONE ||
            !align_same(self->field, value_before(self, before), value_after(self, after)))
            return false;
    }
    return true;
}

static void match_all(Lists *self)
{
    if (self->before_count && self->after_count > ALIGN_PRODUCT_MAX / self->before_count) {
        match_by_position(self);
        return;
    }
    match_ends(self);
    match_middle(self, align_same);
    match_middle(self, is_called_alike);
    if (is_only_reordered(self)) match_by_position(self);
}

/* What is gone comes before the first element that stands where it stood. */
static size_t list_pairs(const Lists *self, AlignPair *pairs)
{
    size_t count = 0;
    size_t before = 0;
    for (size_t after = 0; after < self->after_count; after++) {
        for (; before < self->before_count && before <= after; before++)
            if (!self->taken[before]) pairs[count++] = (AlignPair){before, ALIGN_NONE};
        pairs[count++] = (AlignPair){self->partners[after], after};
    }
    for (; before < self->before_count; before++)
        if (!self->taken[before]) pairs[count++] = (AlignPair){before, ALIGN_NONE};
    return count;
}

AlignPair *align_lists(const ProtobufCMessage *before, const ProtobufCMessage *after,
                       const ProtobufCFieldDescriptor *field, Arena *arena, size_t *count)
{
    Lists lists = {.before = before, .after = after, .field = field};
    lists.before_count = before ? reflect_count(before, field) : 0;
    lists.after_count = after ? reflect_count(after, field) : 0;
    lists.partners = arena_array(arena, lists.after_count, sizeof *lists.partners);
    lists.taken = arena_array(arena, lists.before_count, sizeof *lists.taken);
    AlignPair *pairs =
        arena_array(arena, lists.before_count + lists.after_count, sizeof(AlignPair));
    if (!lists.partners || !lists.taken || !pairs) return NULL;
    for (size_t i = 0; i < lists.after_count; i++)
        lists.partners[i] = ALIGN_NONE;
    match_all(&lists);
    *count = list_pairs(&lists, pairs);
    return pairs;
}
