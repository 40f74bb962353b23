#include "daemon/store/tree.h"

#include <assert.h>
#include <string.h>

enum { TREE_NODE_KEYS = 32, CACHE_LINE_BYTES = 64 };

/* In an inner node keys[i] is the smallest key that may be under children[i]; keys[0] is not
 * used, as the fence of the node's parent says it. */
struct TreeNode {
    uint16_t count;
    uint16_t skip;             /* leading bytes that all keys between the fences share */
    TreeNode *previous, *next; /* of leaves */
    uint64_t heads[TREE_NODE_KEYS];
    TreeKey *keys[TREE_NODE_KEYS];
    TreeNode *children[]; /* TREE_NODE_KEYS of them in an inner node, none in a leaf */
};

Bytes tree_bytes(const TreeKey *key)
{
    assert(key);
    return (Bytes){key->bytes, key->size};
}

static uint64_t in_order(uint64_t loaded)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_bswap64(loaded);
#else
    return loaded;
#endif
}

/* Eight bytes from `skip` on as a number that orders as they do; zeroes after the key's end. */
static uint64_t head_of(Bytes key, size_t skip)
{
    uint64_t head = 0;
    if (key.size >= skip + sizeof head) {
        memcpy(&head, key.data + skip, sizeof head);
        return in_order(head);
    }
    for (size_t i = skip; i < skip + sizeof head; i++)
        head = head << 8 | (i < key.size ? key.data[i] : 0);
    return head;
}

/* Both share their first `skip` bytes, or `key` ends before. */
static int compare_after(Bytes key, const TreeKey *other, size_t skip)
{
    Bytes rest = {other->bytes + skip, other->size - skip};
    if (key.size <= skip) return rest.size == 0 ? 0 : -1;
    return bytes_compare((Bytes){key.data + skip, key.size - skip}, rest);
}

/* A walk down a large tree waits for memory: asks for a node's lines all at once, not in turn. */
static void fetch(const TreeNode *node)
{
    const char *start = (const char *)node;
    for (size_t line = 0; line < sizeof *node; line += CACHE_LINE_BYTES)
        __builtin_prefetch(start + line);
}

/* The first place from `from` on whose key is above `key`, or not below it. */
static unsigned int place_in(const TreeNode *node, unsigned int from, Bytes key, bool above)
{
    fetch(node);
    uint64_t head = head_of(key, node->skip);
    unsigned int low = from;
    for (unsigned int i = from; i < node->count; i++)
        low += node->heads[i] < head;
    unsigned int high = low;
    while (high < node->count && node->heads[high] == head)
        high++;
    while (low < high) { /* equal heads: the keys themselves decide */
        unsigned int middle = (low + high) / 2;
        int order = compare_after(key, node->keys[middle], node->skip);
        if (order > 0 || (order == 0 && above))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const TreeNode *leaf_for(const Tree *self, Bytes key)
{
    const TreeNode *node = self->root;
    for (unsigned int depth = 1; depth < self->height; depth++)
        node = node->children[place_in(node, 1, key, true) - 1];
    return node;
}

TreeKey *tree_find(const Tree *self, Bytes key, TreePath *path)
{
    if (self->root == NULL) return NULL;
    TreeNode *node = self->root;
    for (unsigned int depth = 0; depth + 1 < self->height; depth++) {
        path->nodes[depth] = node;
        path->places[depth] = place_in(node, 1, key, true);
        node = node->children[path->places[depth] - 1];
    }
    unsigned int place = place_in(node, 0, key, false);
    path->nodes[self->height - 1] = node;
    path->places[self->height - 1] = place;
    if (place == node->count) return NULL;
    return bytes_compare(key, tree_bytes(node->keys[place])) == 0 ? node->keys[place] : NULL;
}

/* --- growing --- */

static TreeNode *new_node(Tree *self, bool inner)
{
    size_t size = sizeof(TreeNode) + (inner ? TREE_NODE_KEYS * sizeof(TreeNode *) : 0);
    TreeNode *node = pool_take(self->pool, size);
    memset(node, 0, size);
    return node;
}

static void put_at(TreeNode *node, unsigned int at, TreeKey *key, TreeNode *child)
{
    unsigned int moved = node->count - at;
    memmove(node->heads + at + 1, node->heads + at, moved * sizeof *node->heads);
    memmove(node->keys + at + 1, node->keys + at, moved * sizeof(TreeKey *));
    node->heads[at] = head_of(tree_bytes(key), node->skip);
    node->keys[at] = key;
    if (child != NULL) {
        memmove(node->children + at + 1, node->children + at, moved * sizeof(TreeNode *));
        node->children[at] = child;
    }
    node->count++;
}

/* The fences of the node at `depth`; NULL: there is none on that side. */
static void find_fences(const TreePath *path, unsigned int depth, const TreeKey **left,
                        const TreeKey **right)
{
    *left = *right = NULL;
    for (unsigned int i = depth; i-- > 0 && (*left == NULL || *right == NULL);) {
        const TreeNode *node = path->nodes[i];
        unsigned int place = path->places[i];
        if (*left == NULL && place > 1) *left = node->keys[place - 1];
        if (*right == NULL && place < node->count) *right = node->keys[place];
    }
}

static void set_fences(TreeNode *node, const TreeKey *left, const TreeKey *right)
{
    uint16_t skip = 0;
    if (left != NULL && right != NULL)
        while (skip < left->size && skip < right->size && left->bytes[skip] == right->bytes[skip])
            skip++;
    node->skip = skip;
    for (unsigned int i = 0; i < node->count; i++)
        node->heads[i] = head_of(tree_bytes(node->keys[i]), skip);
}

/* Moves the upper part of `node`, from `middle` on, into a new node. */
static TreeNode *cut(Tree *self, TreeNode *node, unsigned int middle, bool inner)
{
    TreeNode *right = new_node(self, inner);
    unsigned int moved = node->count - middle;
    right->count = (uint16_t)moved;
    memcpy(right->keys, node->keys + middle, moved * sizeof(TreeKey *));
    if (inner) {
        memcpy(right->children, node->children + middle, moved * sizeof(TreeNode *));
    } else {
        right->previous = node;
        right->next = node->next;
        if (node->next != NULL) node->next->previous = right;
        node->next = right;
    }
    node->count = (uint16_t)middle;
    return right;
}

static void add_root(Tree *self, TreeNode *left, TreeKey *separator, TreeNode *right)
{
    assert(self->height < TREE_HEIGHT_MAX);
    TreeNode *root = new_node(self, true);
    root->count = 2;
    root->keys[0] = separator; /* not used, but never NULL */
    root->children[0] = left;
    root->keys[1] = separator;
    root->children[1] = right;
    set_fences(root, NULL, NULL);
    self->root = root;
    self->height++;
}

/* Splits the full node at `depth`, puts `key` into its half, and gives the new right half. Keys
 * that come in order leave full nodes behind. */
static TreeNode *split(Tree *self, TreePath *path, unsigned int depth, TreeKey **key,
                       TreeNode *child)
{
    TreeNode *node = path->nodes[depth];
    unsigned int at = path->places[depth];
    unsigned int middle = at == node->count ? at : node->count / 2U;
    const TreeKey *left_fence, *right_fence;
    find_fences(path, depth, &left_fence, &right_fence);
    TreeNode *right = cut(self, node, middle, child != NULL);
    if (at < middle || (at == middle && right->count > 0))
        put_at(node, at, *key, child);
    else
        put_at(right, at - middle, *key, child);
    *key = right->keys[0];
    assert(*key != NULL);
    set_fences(node, left_fence, *key);
    set_fences(right, *key, right_fence);
    return right;
}

void tree_insert(Tree *self, TreePath *path, TreeKey *key)
{
    if (self->root == NULL) {
        self->root = new_node(self, false);
        self->height = 1;
        put_at(self->root, 0, key, NULL);
        return;
    }
    TreeNode *child = NULL;
    for (unsigned int depth = self->height; depth-- > 0;) {
        TreeNode *node = path->nodes[depth];
        if (node->count < TREE_NODE_KEYS) {
            put_at(node, path->places[depth], key, child);
            return;
        }
        child = split(self, path, depth, &key, child);
    }
    add_root(self, path->nodes[0], key, child);
}

/* --- walking --- */

TreePlace tree_from(const Tree *self, Bytes key)
{
    if (self->root == NULL) return (TreePlace){0};
    TreePlace place = {.node = leaf_for(self, key)};
    place.index = place_in(place.node, 0, key, false);
    if (place.index == place.node->count) place = (TreePlace){.node = place.node->next};
    return place;
}

TreePlace tree_before(const Tree *self, Bytes key)
{
    if (self->root == NULL) return (TreePlace){0};
    TreePlace place = {.node = leaf_for(self, key)};
    place.index = place_in(place.node, 0, key, false);
    tree_back(&place);
    return place;
}

TreePlace tree_last(const Tree *self)
{
    const TreeNode *node = self->root;
    if (node == NULL) return (TreePlace){0};
    for (unsigned int depth = 1; depth < self->height; depth++)
        node = node->children[node->count - 1];
    return (TreePlace){.node = node, .index = node->count - 1U};
}

TreeKey *tree_at(TreePlace place)
{
    return place.node->keys[place.index];
}

void tree_forward(TreePlace *place)
{
    if (++place->index == place->node->count) *place = (TreePlace){.node = place->node->next};
}

void tree_back(TreePlace *place)
{
    if (place->index > 0) {
        place->index--;
        return;
    }
    const TreeNode *node = place->node->previous;
    *place = (TreePlace){.node = node, .index = node == NULL ? 0 : node->count - 1U};
}
