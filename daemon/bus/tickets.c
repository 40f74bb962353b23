#include "daemon/bus/tickets.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>

typedef struct PeerTickets {
    PeerId peer;
    size_t bytes;
    GQueue tickets; /* linked by Ticket.of_peer */
} PeerTickets;

typedef struct Ticket {
    uint32_t generation; /* rises with each use of the slot */
    bool is_open;
    bool is_held;
    PeerTickets *peer;
    size_t bytes;
    GList of_peer; /* data: the ticket */
    GList of_held; /* the same, while a reply is held */
    GList of_free; /* the same, while it is closed */
    zmq_msg_t reply;
    int64_t until_ms;
} Ticket;

struct Tickets {
    TicketLimits limits;
    Ticket *slots;
    GQueue free;
    GQueue held;
    GHashTable *peers; /* PeerId -> PeerTickets, of those that have one */
    size_t count;
    size_t bytes;
};

Tickets *tickets_new(const TicketLimits *limits)
{
    Tickets *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->limits = *limits;
    self->peers = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    self->slots = calloc(limits->count, sizeof *self->slots);
    if (!self->slots) {
        tickets_destroy(&self);
        return NULL;
    }
    for (uint32_t i = 0; i < limits->count; i++) {
        Ticket *ticket = &self->slots[i];
        ticket->of_peer.data = ticket->of_held.data = ticket->of_free.data = ticket;
        g_queue_push_tail_link(&self->free, &ticket->of_free);
    }
    return self;
}

void tickets_destroy(Tickets **self)
{
    if (!self || !*self) return;
    for (GList *link = (*self)->held.head; link; link = link->next)
        zmq_msg_close(&((Ticket *)link->data)->reply);
    g_hash_table_destroy((*self)->peers);
    free((*self)->slots);
    free(*self);
    *self = NULL;
}

static uint64_t number_of(const Tickets *self, const Ticket *ticket)
{
    return (uint64_t)ticket->generation << 32 | (uint64_t)(ticket - self->slots);
}

/* NULL: none that is open. */
static Ticket *find(const Tickets *self, uint64_t number)
{
    uint32_t index = (uint32_t)number;
    if (index >= self->limits.count) return NULL;
    Ticket *ticket = &self->slots[index];
    return ticket->is_open && ticket->generation == number >> 32 ? ticket : NULL;
}

static PeerTickets *peer_of(Tickets *self, PeerId peer)
{
    PeerTickets *found = g_hash_table_lookup(self->peers, &peer);
    if (found) return found;
    found = g_new0(PeerTickets, 1);
    found->peer = peer;
    g_hash_table_insert(self->peers, &found->peer, found);
    return found;
}

static bool has_room(const Tickets *self, PeerId peer, size_t bytes)
{
    const PeerTickets *known = g_hash_table_lookup(self->peers, &peer);
    size_t used = known ? known->bytes : 0;
    return bytes <= self->limits.bytes && self->bytes <= self->limits.bytes - bytes &&
           bytes <= self->limits.bytes_per_peer && used <= self->limits.bytes_per_peer - bytes;
}

static void charge(Tickets *self, Ticket *ticket, size_t bytes)
{
    ticket->bytes += bytes;
    ticket->peer->bytes += bytes;
    self->bytes += bytes;
}

uint64_t tickets_open(Tickets *self, PeerId peer, size_t bytes)
{
    const PeerTickets *known = g_hash_table_lookup(self->peers, &peer);
    if (self->free.length == 0 || !has_room(self, peer, bytes)) return 0;
    if (known && known->tickets.length >= self->limits.count_per_peer) return 0;
    Ticket *ticket = g_queue_pop_head_link(&self->free)->data;
    ticket->generation++;
    ticket->is_open = true;
    ticket->peer = peer_of(self, peer);
    g_queue_push_tail_link(&ticket->peer->tickets, &ticket->of_peer);
    charge(self, ticket, bytes);
    self->count++;
    return number_of(self, ticket);
}

bool tickets_peer(const Tickets *self, uint64_t number, PeerId *peer)
{
    const Ticket *ticket = find(self, number);
    if (ticket) *peer = ticket->peer->peer;
    return ticket != NULL;
}

static void close_ticket(Tickets *self, Ticket *ticket)
{
    if (ticket->is_held) {
        g_queue_unlink(&self->held, &ticket->of_held);
        zmq_msg_close(&ticket->reply);
        ticket->is_held = false;
    }
    PeerTickets *peer = ticket->peer;
    peer->bytes -= ticket->bytes;
    self->bytes -= ticket->bytes;
    self->count--;
    ticket->bytes = 0;
    ticket->is_open = false;
    ticket->peer = NULL;
    g_queue_unlink(&peer->tickets, &ticket->of_peer);
    if (peer->tickets.length == 0) g_hash_table_remove(self->peers, &peer->peer);
    /* Behind all others: a slot's generation then lasts longest. */
    g_queue_push_tail_link(&self->free, &ticket->of_free);
}

void tickets_close(Tickets *self, uint64_t number)
{
    Ticket *ticket = find(self, number);
    if (ticket) close_ticket(self, ticket);
}

bool tickets_hold(Tickets *self, uint64_t number, zmq_msg_t *body, int64_t until_ms)
{
    Ticket *ticket = find(self, number);
    size_t bytes = zmq_msg_size(body);
    if (!ticket || ticket->is_held || !has_room(self, ticket->peer->peer, bytes)) return false;
    zmq_msg_init(&ticket->reply);
    zmq_msg_move(&ticket->reply, body);
    ticket->is_held = true;
    ticket->until_ms = until_ms;
    g_queue_push_tail_link(&self->held, &ticket->of_held);
    charge(self, ticket, bytes);
    return true;
}

size_t tickets_held(const Tickets *self)
{
    return self->held.length;
}

HeldReply tickets_next_held(Tickets *self)
{
    assert(self->held.length > 0);
    GList *link = g_queue_pop_head_link(&self->held);
    Ticket *ticket = link->data;
    g_queue_push_tail_link(&self->held, link);
    return (HeldReply){number_of(self, ticket), ticket->peer->peer, ticket->until_ms,
                       &ticket->reply};
}

void tickets_drop_peer(Tickets *self, PeerId peer, ticket_fn *each, void *context)
{
    PeerTickets *known;
    while ((known = g_hash_table_lookup(self->peers, &peer))) {
        Ticket *ticket = known->tickets.head->data;
        uint64_t number = number_of(self, ticket);
        close_ticket(self, ticket);
        each(context, number);
    }
}

size_t tickets_count(const Tickets *self)
{
    return self->count;
}

size_t tickets_bytes(const Tickets *self)
{
    return self->bytes;
}
