#include "daemon/bus/outgoing.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    SWEEP_MIN = 64, /* accounts in a table that is looked through */
};

/* Shared with libzmq's threads, which count down: the only thing that they do with it. */
typedef struct Account {
    uint64_t whose; /* first: what its table is keyed by */
    atomic_size_t bytes;
    atomic_uint holders; /* its table, and each charge; the last one frees it */
} Account;

typedef struct Charge {
    Account *accounts[3]; /* of the connection, of its owner, of all; an owner may be NULL */
    size_t bytes;
    zmq_msg_t charged; /* whose bytes the frame has that libzmq is given */
} Charge;

enum {
    CHARGE_ACCOUNTS = sizeof((Charge *)0)->accounts / sizeof(Account *),
};

typedef struct Table {
    GHashTable *accounts; /* Account */
    guint sweep_at;       /* then those without bytes are let go */
} Table;

struct Outgoing {
    OutgoingLimits limits;
    Table peers;
    Table owners;
    Account *all;
};

static void release(void *account)
{
    Account *self = account;
    if (atomic_fetch_sub(&self->holders, 1) == 1) free(self);
}

static Account *make_account(uint64_t whose)
{
    Account *made = calloc(1, sizeof *made);
    if (!made) return NULL;
    made->whose = whose;
    atomic_init(&made->bytes, 0);
    atomic_init(&made->holders, 1);
    return made;
}

static Table make_table(void)
{
    return (Table){g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, release), SWEEP_MIN};
}

Outgoing *outgoing_new(const OutgoingLimits *limits)
{
    Outgoing *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->limits = *limits;
    self->peers = make_table();
    self->owners = make_table();
    self->all = make_account(0);
    if (!self->all) outgoing_destroy(&self);
    return self;
}

void outgoing_destroy(Outgoing **self)
{
    if (!self || !*self) return;
    g_hash_table_destroy((*self)->peers.accounts);
    g_hash_table_destroy((*self)->owners.accounts);
    if ((*self)->all) release((*self)->all);
    free(*self);
    *self = NULL;
}

/* --- room --- */

static size_t bytes_of(const Table *table, uint64_t whose)
{
    const Account *account = g_hash_table_lookup(table->accounts, &whose);
    return account ? atomic_load(&account->bytes) : 0;
}

static bool fits(size_t used, size_t bytes, size_t limit)
{
    return used <= limit && bytes <= limit - used;
}

bool outgoing_has_room(const Outgoing *self, const Peer *peer, size_t bytes)
{
    const OutgoingLimits *limits = &self->limits;
    size_t of_peer = bytes_of(&self->peers, peer->id);
    if (fits(of_peer, bytes, limits->free)) return true;
    if (of_peer > 0 && !fits(of_peer, bytes, limits->per_peer)) return false;
    if (!fits(atomic_load(&self->all->bytes), bytes, limits->all)) return false;
    if (peer->owner == PEER_OF_MACHINE) return true;
    size_t of_owner = bytes_of(&self->owners, peer->owner);
    return of_owner == 0 || fits(of_owner, bytes, limits->per_owner);
}

/* --- charges --- */

static gboolean is_idle(gpointer key, gpointer account, gpointer context)
{
    (void)key;
    (void)context;
    return atomic_load(&((Account *)account)->bytes) == 0;
}

/* NULL: no memory. */
static Account *account_of(Table *table, uint64_t whose)
{
    Account *account = g_hash_table_lookup(table->accounts, &whose);
    if (account) return account;
    if (g_hash_table_size(table->accounts) >= table->sweep_at) {
        g_hash_table_foreach_remove(table->accounts, is_idle, NULL);
        guint left = g_hash_table_size(table->accounts);
        table->sweep_at = left < SWEEP_MIN / 2 ? SWEEP_MIN : 2 * left;
    }
    account = make_account(whose);
    if (account) g_hash_table_insert(table->accounts, &account->whose, account);
    return account;
}

/* A zmq_free_fn: in any of libzmq's threads. */
static void give_back(void *data, void *charge)
{
    Charge *self = charge;
    (void)data;
    zmq_msg_close(&self->charged);
    for (size_t i = 0; i < CHARGE_ACCOUNTS; i++) {
        if (!self->accounts[i]) continue;
        atomic_fetch_sub(&self->accounts[i]->bytes, self->bytes);
        release(self->accounts[i]);
    }
    free(self);
}

bool outgoing_charge(Outgoing *self, const Peer *peer, size_t bytes, zmq_msg_t *frame)
{
    bool has_owner = peer->owner != PEER_OF_MACHINE;
    Charge *charge = calloc(1, sizeof *charge);
    if (!charge) return false;
    charge->bytes = bytes;
    charge->accounts[0] = account_of(&self->peers, peer->id);
    charge->accounts[1] = has_owner ? account_of(&self->owners, peer->owner) : NULL;
    charge->accounts[2] = self->all;
    if (!charge->accounts[0] || (has_owner && !charge->accounts[1])) {
        free(charge);
        return false;
    }
    for (size_t i = 0; i < CHARGE_ACCOUNTS; i++) {
        if (!charge->accounts[i]) continue;
        atomic_fetch_add(&charge->accounts[i]->bytes, bytes);
        atomic_fetch_add(&charge->accounts[i]->holders, 1);
    }
    zmq_msg_init(&charge->charged);
    zmq_msg_move(&charge->charged, frame);
    if (zmq_msg_init_data(frame, zmq_msg_data(&charge->charged), zmq_msg_size(&charge->charged),
                          give_back, charge) == 0)
        return true;
    zmq_msg_init(frame);
    zmq_msg_move(frame, &charge->charged);
    give_back(NULL, charge);
    return false;
}

size_t outgoing_bytes(const Outgoing *self)
{
    return atomic_load(&self->all->bytes);
}
