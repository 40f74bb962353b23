/*
 * key_file - a CURVE key pair in a file of its owner's, its public key in one to hand out.
 *
 * The form is that of ZeroMQ's own certificates (zcert, ZPL of RFC 4), so that other programs
 * read them:
 *
 *     curve
 *         public-key = "..."
 *         secret-key = "..."
 *
 * FILE has both and mode 0600; FILE.pub has the public one. A file that is there is never
 * written over. Reads and writes those files and nothing else; any thread. Problems name the
 * file, and never a key.
 */
#ifndef PLENARY_PROTO_KEY_FILE_H
#define PLENARY_PROTO_KEY_FILE_H

#include "proto/curve.h"
#include "proto/status.h"

#define KEY_FILE_PUBLIC ".pub"

enum {
    KEY_FILE_BYTES_MAX = 4096,
    KEY_FILE_PATH_SIZE = 1024,
};

/* Writes FILE and FILE.pub, durable. ALREADY_EXISTS: there is one of the two; nothing is then
 * changed. */
StatusCode key_file_make(const char *path, const CurvePair *pair, Problem *problem);

/* Writes FILE.pub where it is not there. */
StatusCode key_file_make_public(const char *path, const CurvePair *pair, Problem *problem);

/* Reads the public key, of either file. The secret is left empty. NOT_FOUND: there is no file. */
StatusCode key_file_read_public(const char *path, CurvePair *pair, Problem *problem);

/* Reads both. FAILED_PRECONDITION: others may read the file. INVALID_ARGUMENT: it holds no secret,
 * or one that is not the public key's. */
StatusCode key_file_read_pair(const char *path, CurvePair *pair, Problem *problem);

#endif
