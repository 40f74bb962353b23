#include "daemon/bus/tickets.h"

#include <assert.h>
#include <glib.h>
#include <stdlib.h>

typedef struct OwnerTickets {
    PeerOwner owner;
    size_t count;
    size_t bytes;
    size_t at_work;
    size_t held;
} OwnerTickets;

typedef struct PeerTickets {
    PeerId peer;
    OwnerTickets *owner;
    size_t bytes;
    GQueue tickets; /* linked by Ticket.of_peer */
} PeerTickets;

typedef struct Ticket {
    uint32_t generation; /* rises with each use of the slot */
    bool is_open;
    bool is_at_work;
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
    GHashTable *peers;  /* PeerId -> PeerTickets, of those that have one */
    GHashTable *owners; /* PeerOwner -> OwnerTickets, the same */
    size_t count;
    size_t bytes;
};

Tickets *tickets_new(const TicketLimits *limits)
{
    Tickets *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->limits = *limits;
    self->peers = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    self->owners = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
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
    g_hash_table_destroy((*self)->owners);
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

static OwnerTickets *owner_of(Tickets *self, PeerOwner owner)
{
    OwnerTickets *found = g_hash_table_lookup(self->owners, &owner);
    if (found) return found;
    found = g_new0(OwnerTickets, 1);
    found->owner = owner;
    g_hash_table_insert(self->owners, &found->owner, found);
    return found;
}

static PeerTickets *peer_of(Tickets *self, const Peer *peer)
{
    PeerTickets *found = g_hash_table_lookup(self->peers, &peer->id);
    if (found) return found;
    found = g_new0(PeerTickets, 1);
    found->peer = peer->id;
    found->owner = owner_of(self, peer->owner);
    g_hash_table_insert(self->peers, &found->peer, found);
    return found;
}

static bool fits(size_t used, size_t bytes, size_t limit)
{
    return used <= limit && bytes <= limit - used;
}

static bool owner_has_room(const Tickets *self, PeerOwner owner, size_t count, size_t bytes)
{
    const OwnerTickets *known = g_hash_table_lookup(self->owners, &owner);
    if (owner == PEER_OF_MACHINE || !known) return true;
    return fits(known->count, count, self->limits.count_per_owner) &&
           fits(known->bytes, bytes, self->limits.bytes_per_owner);
}

static bool has_room(const Tickets *self, PeerId peer, size_t bytes)
{
    const PeerTickets *known = g_hash_table_lookup(self->peers, &peer);
    return fits(self->bytes, bytes, self->limits.bytes) &&
           fits(known ? known->bytes : 0, bytes, self->limits.bytes_per_peer);
}

static void charge(Tickets *self, Ticket *ticket, size_t bytes)
{
    ticket->bytes += bytes;
    ticket->peer->bytes += bytes;
    ticket->peer->owner->bytes += bytes;
    self->bytes += bytes;
}

uint64_t tickets_open(Tickets *self, const Peer *peer, size_t bytes)
{
    const PeerTickets *known = g_hash_table_lookup(self->peers, &peer->id);
    if (self->free.length == 0 || !has_room(self, peer->id, bytes)) return 0;
    if (!owner_has_room(self, peer->owner, 1, bytes)) return 0;
    if (known && known->tickets.length >= self->limits.count_per_peer) return 0;
    Ticket *ticket = g_queue_pop_head_link(&self->free)->data;
    ticket->generation++;
    ticket->is_open = true;
    ticket->peer = peer_of(self, peer);
    ticket->peer->owner->count++;
    g_queue_push_tail_link(&ticket->peer->tickets, &ticket->of_peer);
    charge(self, ticket, bytes);
    self->count++;
    return number_of(self, ticket);
}

bool tickets_begin(Tickets *self, uint64_t number)
{
    Ticket *ticket = find(self, number);
    if (!ticket) return false;
    if (!ticket->is_at_work) ticket->peer->owner->at_work++;
    ticket->is_at_work = true;
    return true;
}

static void end_work(Ticket *ticket)
{
    if (ticket->is_at_work) ticket->peer->owner->at_work--;
    ticket->is_at_work = false;
}

size_t tickets_at_work(const Tickets *self, PeerOwner owner)
{
    const OwnerTickets *known = g_hash_table_lookup(self->owners, &owner);
    return known ? known->at_work : 0;
}

size_t tickets_held_of(const Tickets *self, PeerOwner owner)
{
    const OwnerTickets *known = g_hash_table_lookup(self->owners, &owner);
    return known ? known->held : 0;
}

static Peer whose(const Ticket *ticket)
{
    return (Peer){.id = ticket->peer->peer, .owner = ticket->peer->owner->owner};
}

bool tickets_peer(const Tickets *self, uint64_t number, Peer *peer)
{
    const Ticket *ticket = find(self, number);
    if (ticket) *peer = whose(ticket);
    return ticket != NULL;
}

static void close_ticket(Tickets *self, Ticket *ticket)
{
    if (ticket->is_held) {
        g_queue_unlink(&self->held, &ticket->of_held);
        zmq_msg_close(&ticket->reply);
        ticket->is_held = false;
        ticket->peer->owner->held--;
    }
    end_work(ticket);
    PeerTickets *peer = ticket->peer;
    OwnerTickets *owner = peer->owner;
    peer->bytes -= ticket->bytes;
    owner->bytes -= ticket->bytes;
    owner->count--;
    self->bytes -= ticket->bytes;
    self->count--;
    ticket->bytes = 0;
    ticket->is_open = false;
    ticket->peer = NULL;
    g_queue_unlink(&peer->tickets, &ticket->of_peer);
    if (peer->tickets.length == 0) g_hash_table_remove(self->peers, &peer->peer);
    if (owner->count == 0) g_hash_table_remove(self->owners, &owner->owner);
    /* Behind all others: a slot's generation then lasts longest. */
    g_queue_push_tail_link(&self->free, &ticket->of_free);
}

void tickets_close(Tickets *self, uint64_t number)
{
    Ticket *ticket = find(self, number);
    if (ticket) close_ticket(self, ticket);
}

bool tickets_hold(Tickets *self, uint64_t number, zmq_msg_t *frame, int64_t until_ms)
{
    Ticket *ticket = find(self, number);
    size_t bytes = zmq_msg_size(frame);
    if (!ticket || ticket->is_held || !has_room(self, ticket->peer->peer, bytes) ||
        !owner_has_room(self, ticket->peer->owner->owner, 0, bytes))
        return false;
    end_work(ticket);
    zmq_msg_init(&ticket->reply);
    zmq_msg_move(&ticket->reply, frame);
    ticket->is_held = true;
    ticket->peer->owner->held++;
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
    return (HeldReply){number_of(self, ticket), whose(ticket), ticket->until_ms, &ticket->reply};
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
