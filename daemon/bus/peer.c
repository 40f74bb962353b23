#include "daemon/bus/peer.h"

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

Caller peer_caller(PeerId peer)
{
    Caller caller = access_local(); /* every connection is a local one */
    caller.connection = peer;
    return caller;
}
