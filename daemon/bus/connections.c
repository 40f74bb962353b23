#include "daemon/bus/connections.h"

#include "daemon/bus/limits.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

enum {
    TOKEN = 1000, /* one connection: what one a second gives in so many milliseconds */
};

typedef struct Address {
    uint8_t group[CONNECTIONS_ADDRESS_BYTES]; /* first: what the table is keyed by */
    uint32_t open;
    int64_t level; /* of a token bucket */
    int64_t at_ms;
    GQueue silent; /* linked by Open.of_address, the longest silent first */
} Address;

typedef struct Open {
    uint64_t place; /* door and descriptor; first: what the table is keyed by */
    Connection connection;
    Address *address; /* NULL: it is to end, and counts no longer */
    uint64_t key;     /* 0: it is silent */
    uint64_t after;   /* its own number is above this one */
    int64_t opened_ms;
    GList of_address; /* data: this; while it is silent */
    GList of_silent;
    GList of_ending; /* while it is to be ended */
    bool is_told;    /* to be ended, by connections_next_to_end */
} Open;

typedef struct Key {
    uint64_t key; /* first */
    uint32_t count;
    uint32_t granted; /* of these, let in and not heard of */
} Key;

/* Let in, and not heard of yet. */
typedef struct Grant {
    uint64_t number; /* first */
    uint64_t key;
    int64_t until_ms; /* then it has spoken or is ended */
    GList link;
} Grant;

struct Connections {
    ConnectionsLimits limits;
    GHashTable *open;      /* Open, by place */
    GHashTable *addresses; /* Address, by group; those that have a connection, or had of late */
    GHashTable *keys;      /* Key; the same */
    GHashTable *grants;    /* Grant, by number */
    GQueue silent;
    GQueue ending;
    GQueue waiting;  /* Grant, the oldest first */
    uint32_t counts; /* open ones that are not to end */
    uint64_t number; /* given last */
    uint64_t crowded;
};

static guint hash_group(gconstpointer group)
{
    uint64_t halves[2];
    memcpy(halves, group, sizeof halves);
    uint64_t mixed = (halves[0] ^ halves[1]) * UINT64_C(0x9E3779B97F4A7C15);
    return (guint)(mixed >> 32);
}

static gboolean equal_groups(gconstpointer one, gconstpointer other)
{
    return memcmp(one, other, CONNECTIONS_ADDRESS_BYTES) == 0;
}

Connections *connections_new(const ConnectionsLimits *limits)
{
    Connections *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->limits = *limits;
    self->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    self->addresses = g_hash_table_new_full(hash_group, equal_groups, NULL, g_free);
    self->keys = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    self->grants = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return self;
}

void connections_destroy(Connections **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->open);
    g_hash_table_destroy((*self)->addresses);
    g_hash_table_destroy((*self)->keys);
    g_hash_table_destroy((*self)->grants);
    free(*self);
    *self = NULL;
}

/* --- keys --- */

static Key *count_key(Connections *self, uint64_t key)
{
    Key *counted = g_hash_table_lookup(self->keys, &key);
    if (!counted) {
        counted = g_new0(Key, 1);
        counted->key = key;
        g_hash_table_insert(self->keys, &counted->key, counted);
    }
    counted->count++;
    return counted;
}

static void uncount_key(Connections *self, uint64_t key)
{
    Key *counted = g_hash_table_lookup(self->keys, &key);
    if (counted && --counted->count == 0) g_hash_table_remove(self->keys, &key);
}

static void drop_grant(Connections *self, Grant *grant)
{
    Key *counted = g_hash_table_lookup(self->keys, &grant->key);
    if (counted) counted->granted--;
    uncount_key(self, grant->key);
    g_queue_unlink(&self->waiting, &grant->link);
    g_hash_table_remove(self->grants, &grant->number);
}

static void drop_old_grants(Connections *self, int64_t now_ms)
{
    Grant *oldest;
    while ((oldest = g_queue_peek_head(&self->waiting)) && now_ms >= oldest->until_ms)
        drop_grant(self, oldest);
}

bool connections_let_in(Connections *self, uint64_t key, int64_t now_ms, uint64_t *number)
{
    drop_old_grants(self, now_ms);
    const Key *known = g_hash_table_lookup(self->keys, &key);
    if (known &&
        (known->count >= self->limits.per_key || known->granted >= self->limits.silent_per_key))
        return false;
    if (self->waiting.length >= ZAP_GRANTS_MAX) return false;
    Grant *grant = g_new0(Grant, 1);
    *grant = (Grant){.number = ++self->number, .key = key};
    grant->until_ms = now_ms + self->limits.silent_ms;
    grant->link.data = grant;
    g_queue_push_tail_link(&self->waiting, &grant->link);
    g_hash_table_insert(self->grants, &grant->number, grant);
    count_key(self, key)->granted++;
    *number = grant->number;
    return true;
}

/* --- what is open --- */

static uint64_t place_of(uint32_t door, int fd)
{
    return (uint64_t)door << 32 | (uint32_t)fd;
}

/* One address of IPv6 is easily had: what counts is the network that somebody was given. */
static void find_group(const uint8_t address[static CONNECTIONS_ADDRESS_BYTES],
                       uint8_t group[static CONNECTIONS_ADDRESS_BYTES])
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF}; /* RFC 4291, section 2.5.5.2 */
    memcpy(group, address, CONNECTIONS_ADDRESS_BYTES);
    if (memcmp(address, mapped, sizeof mapped) != 0) memset(group + 8, 0, 8);
}

static gboolean is_idle(gpointer key, gpointer address, gpointer context)
{
    (void)key;
    (void)context;
    return ((const Address *)address)->open == 0;
}

static Address *address_of(Connections *self, const Connection *connection, int64_t now_ms)
{
    uint8_t group[CONNECTIONS_ADDRESS_BYTES];
    find_group(connection->address, group);
    Address *address = g_hash_table_lookup(self->addresses, group);
    if (address) return address;
    if (g_hash_table_size(self->addresses) >= self->limits.addresses + self->counts)
        g_hash_table_foreach_remove(self->addresses, is_idle, NULL);
    address = g_new0(Address, 1);
    memcpy(address->group, group, sizeof group);
    address->level = (int64_t)self->limits.burst_of_address * TOKEN;
    address->at_ms = now_ms;
    g_hash_table_insert(self->addresses, address->group, address);
    return address;
}

/* False: it comes too often. */
static bool take_token(const Connections *self, Address *address, int64_t now_ms)
{
    int64_t full = (int64_t)self->limits.burst_of_address * TOKEN;
    int64_t passed_ms = now_ms - address->at_ms;
    address->at_ms = now_ms;
    address->level += passed_ms > full ? full : passed_ms * self->limits.per_s_of_address;
    if (address->level > full) address->level = full;
    if (address->level < TOKEN) return false;
    address->level -= TOKEN;
    return true;
}

static void end_silence(Connections *self, Open *open)
{
    g_queue_unlink(&self->silent, &open->of_silent);
    g_queue_unlink(&open->address->silent, &open->of_address);
}

static void uncount(Connections *self, Open *open)
{
    if (!open->address) return;
    if (open->key)
        uncount_key(self, open->key);
    else
        end_silence(self, open);
    open->address->open--;
    open->address = NULL;
    self->counts--;
}

static void doom(Connections *self, Open *open)
{
    uncount(self, open);
    g_queue_push_tail_link(&self->ending, &open->of_ending);
}

static void crowd_out(Connections *self, Open *open)
{
    doom(self, open);
    self->crowded++;
}

/* The newcomer is silent itself: there is always one that can go. */
static void make_room(Connections *self, Address *address)
{
    const ConnectionsLimits *limits = &self->limits;
    if (address->open > limits->per_address || address->silent.length > limits->silent_per_address)
        crowd_out(self, g_queue_peek_head(&address->silent));
    if (self->counts > limits->all || self->silent.length > limits->silent)
        crowd_out(self, g_queue_peek_head(&self->silent));
}

void connections_opened(Connections *self, const Connection *opened, int64_t now_ms)
{
    connections_closed(self, opened->door, opened->fd);
    Open *open = g_new0(Open, 1);
    *open = (Open){.place = place_of(opened->door, opened->fd),
                   .connection = *opened,
                   .address = address_of(self, opened, now_ms),
                   .after = self->number,
                   .opened_ms = now_ms};
    open->of_address.data = open->of_silent.data = open->of_ending.data = open;
    g_hash_table_insert(self->open, &open->place, open);
    g_queue_push_tail_link(&self->silent, &open->of_silent);
    g_queue_push_tail_link(&open->address->silent, &open->of_address);
    open->address->open++;
    self->counts++;
    if (take_token(self, open->address, now_ms))
        make_room(self, open->address);
    else
        crowd_out(self, open);
}

void connections_closed(Connections *self, uint32_t door, int fd)
{
    uint64_t place = place_of(door, fd);
    Open *open = g_hash_table_lookup(self->open, &place);
    if (!open) return;
    if (!open->address && !open->is_told) g_queue_unlink(&self->ending, &open->of_ending);
    uncount(self, open);
    g_hash_table_remove(self->open, &place);
}

/* A message may come after its connection has closed and another one has got the descriptor: that
 * one's number is above all that had been given when it was opened. */
void connections_spoke(Connections *self, uint32_t door, int fd, uint64_t number)
{
    uint64_t place = place_of(door, fd);
    Open *open = g_hash_table_lookup(self->open, &place);
    Grant *grant = g_hash_table_lookup(self->grants, &number);
    if (!grant) return;
    if (open && open->address && !open->key && number > open->after) {
        end_silence(self, open);
        open->key = grant->key;
        (void)count_key(self, grant->key);
    }
    drop_grant(self, grant);
}

bool connections_next_to_end(Connections *self, int64_t now_ms, Connection *ended)
{
    Open *oldest = g_queue_peek_head(&self->silent);
    if (self->ending.length == 0 && oldest && now_ms - oldest->opened_ms >= self->limits.silent_ms)
        doom(self, oldest);
    GList *link = g_queue_pop_head_link(&self->ending);
    if (!link) return false;
    Open *open = link->data;
    open->is_told = true;
    *ended = open->connection;
    return true;
}

int connections_wait_ms(const Connections *self, int64_t now_ms, int most_ms)
{
    const Open *oldest = g_queue_peek_head((GQueue *)(uintptr_t)&self->silent);
    int64_t wait_ms = oldest ? oldest->opened_ms + self->limits.silent_ms - now_ms : most_ms;
    if (wait_ms < 0) return 0;
    return wait_ms < most_ms ? (int)wait_ms : most_ms;
}

uint64_t connections_take_crowded(Connections *self)
{
    uint64_t crowded = self->crowded;
    self->crowded = 0;
    return crowded;
}

size_t connections_open(const Connections *self)
{
    return self->counts;
}

size_t connections_silent(const Connections *self)
{
    return self->silent.length;
}

size_t connections_of_key(const Connections *self, uint64_t key)
{
    const Key *counted = g_hash_table_lookup(self->keys, &key);
    return counted ? counted->count : 0;
}
