#include "daemon/bus/peer.h"

#include <stdlib.h>
#include <string.h>

enum {
    OWNER_DIGITS = 16, /* hexadecimal */
};

PeerOwner peer_owner_of(const char *fingerprint)
{
    char digits[OWNER_DIGITS + 1] = "";
    memccpy(digits, fingerprint, '\0', OWNER_DIGITS);
    PeerOwner owner = strtoull(digits, NULL, 16);
    return owner == PEER_OF_MACHINE ? 1 : owner;
}

bool peer_parse(const void *data, size_t size, PeerId *peer)
{
    const uint8_t *bytes = data;
    if (size != PEER_BYTES || bytes[0] != 0) return false;
    PeerId parsed = 0;
    for (size_t i = 0; i < PEER_BYTES; i++)
        parsed = parsed << 8 | bytes[i];
    *peer = parsed;
    return true;
}

void peer_print(PeerId peer, uint8_t bytes[static PEER_BYTES])
{
    for (size_t i = 0; i < PEER_BYTES; i++)
        bytes[i] = (uint8_t)(peer >> (8 * (PEER_BYTES - 1 - i)));
}

StatusCode peer_caller(const Peer *peer, const Principals *principals, Caller *caller,
                       Problem *problem)
{
    Caller found = access_local();
    StatusCode code = STATUS_OK;
    if (peer_is_remote(peer->id)) code = principals_caller(principals, peer->key, &found, problem);
    if (code != STATUS_OK) return code;
    found.connection = peer->id;
    *caller = found;
    return STATUS_OK;
}
