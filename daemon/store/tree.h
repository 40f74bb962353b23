/*
 * tree - an ordered set of keys that only grows: a B+tree whose memory is a pool's.
 *
 * A key's owner puts what belongs to it in front of the TreeKey, in the same block of memory.
 * One thread inserts; while nobody does, any number may read, as reading writes nothing.
 *
 * To compare without touching the keys' own memory a node holds eight bytes of each key, taken
 * after the bytes that all keys between the node's fences share.
 */
#ifndef PLENARY_STORE_TREE_H
#define PLENARY_STORE_TREE_H

#include "daemon/store/bytes.h"
#include "daemon/store/pool.h"

#include <stdbool.h>
#include <stdint.h>

enum { TREE_HEIGHT_MAX = 16 };

typedef struct TreeNode TreeNode;

typedef struct TreeKey {
    uint16_t size;
    uint8_t bytes[];
} TreeKey;

/* Begin with all zero but the pool. */
typedef struct Tree {
    Pool *pool;
    TreeNode *root;
    unsigned int height;
} Tree;

/* Where a key is or would be; good until the next insert. */
typedef struct TreePath {
    TreeNode *nodes[TREE_HEIGHT_MAX];
    unsigned int places[TREE_HEIGHT_MAX];
} TreePath;

/* A place to read on from; `node` is NULL past either end. */
typedef struct TreePlace {
    const TreeNode *node;
    unsigned int index;
} TreePlace;

Bytes tree_bytes(const TreeKey *key);

/* The key, or NULL; `path` then tells tree_insert where to put it. */
TreeKey *tree_find(const Tree *self, Bytes key, TreePath *path);

/* `key`, lent as long as the tree lives, right after a tree_find that did not find it. */
void tree_insert(Tree *self, TreePath *path, TreeKey *key);

/* The first key that is not below `key`, and the last one that is below it. */
TreePlace tree_from(const Tree *self, Bytes key);
TreePlace tree_before(const Tree *self, Bytes key);
TreePlace tree_last(const Tree *self);

/* The key at a place that is not past an end. */
TreeKey *tree_at(TreePlace place);

void tree_forward(TreePlace *place);
void tree_back(TreePlace *place);

#endif
