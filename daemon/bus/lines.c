#include "daemon/bus/lines.h"

#include <glib.h>
#include <stdlib.h>

typedef struct Line {
    Peer peer;
    GQueue messages; /* Waiting, the first one first */
} Line;

typedef struct Waiting {
    uint64_t ticket;
    zmq_msg_t frame;
    GList link;
} Waiting;

typedef struct Owner {
    PeerOwner owner;
    GQueue lines; /* Line, in the order of their turns; none is empty */
} Owner;

struct Lines {
    GHashTable *owners; /* Owner, of those that wait */
    GHashTable *lines;  /* Line, the same; by peer */
    GQueue turns;       /* Owner */
    size_t count;
};

static void free_line(void *line)
{
    Line *self = line;
    GList *link;
    while ((link = g_queue_pop_head_link(&self->messages))) {
        Waiting *waiting = link->data;
        zmq_msg_close(&waiting->frame);
        g_free(waiting);
    }
    g_free(self);
}

static void free_owner(void *owner)
{
    Owner *self = owner;
    g_queue_clear(&self->lines);
    g_free(self);
}

Lines *lines_new(void)
{
    Lines *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->owners = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_owner);
    self->lines = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_line);
    return self;
}

void lines_destroy(Lines **self)
{
    if (!self || !*self) return;
    g_queue_clear(&(*self)->turns);
    g_hash_table_destroy((*self)->owners);
    g_hash_table_destroy((*self)->lines);
    free(*self);
    *self = NULL;
}

static Owner *owner_of(Lines *self, PeerOwner owner)
{
    Owner *found = g_hash_table_lookup(self->owners, &owner);
    if (found) return found;
    found = g_new0(Owner, 1);
    found->owner = owner;
    g_hash_table_insert(self->owners, &found->owner, found);
    g_queue_push_tail(&self->turns, found);
    return found;
}

static Line *line_of(Lines *self, const Peer *peer)
{
    Line *found = g_hash_table_lookup(self->lines, &peer->id);
    if (found) return found;
    found = g_new0(Line, 1);
    found->peer = *peer;
    g_hash_table_insert(self->lines, &found->peer.id, found);
    g_queue_push_tail(&owner_of(self, peer->owner)->lines, found);
    return found;
}

void lines_add(Lines *self, const Peer *peer, uint64_t ticket, zmq_msg_t *frame)
{
    Waiting *waiting = g_new0(Waiting, 1);
    waiting->ticket = ticket;
    waiting->link.data = waiting;
    zmq_msg_init(&waiting->frame);
    zmq_msg_move(&waiting->frame, frame);
    g_queue_push_tail_link(&line_of(self, peer)->messages, &waiting->link);
    self->count++;
}

/* The owner's next connection has its turn. */
static void take_of(Lines *self, Owner *owner, LinesMessage *taken)
{
    Line *line = g_queue_pop_head(&owner->lines);
    Waiting *waiting = g_queue_pop_head_link(&line->messages)->data;
    *taken = (LinesMessage){.peer = line->peer, .ticket = waiting->ticket};
    zmq_msg_init(&taken->frame);
    zmq_msg_move(&taken->frame, &waiting->frame);
    zmq_msg_close(&waiting->frame);
    g_free(waiting);
    self->count--;
    if (line->messages.length > 0)
        g_queue_push_tail(&owner->lines, line);
    else
        g_hash_table_remove(self->lines, &line->peer.id);
}

bool lines_take(Lines *self, lines_may_fn *may, void *context, LinesMessage *taken)
{
    for (guint tries = self->turns.length; tries > 0; tries--) {
        GList *link = g_queue_pop_head_link(&self->turns);
        Owner *owner = link->data;
        g_queue_push_tail_link(&self->turns, link);
        if (!may(context, owner->owner)) continue;
        take_of(self, owner, taken);
        if (owner->lines.length == 0) {
            g_queue_delete_link(&self->turns, link);
            g_hash_table_remove(self->owners, &owner->owner);
        }
        return true;
    }
    return false;
}

size_t lines_count(const Lines *self)
{
    return self->count;
}
