#include "faulty_vfs_image.h"

#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512 };

unsigned long long image_random(unsigned long long *state) {
    *state += 0x9E3779B97F4A7C15ULL;
    unsigned long long mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31);
}

void image_resize(struct image *image, size_t size) {
    if (size > image->size) {
        image->bytes = realloc(image->bytes, size);
        if (!image->bytes) abort();
        memset(image->bytes + image->size, 0, size - image->size);
    }
    image->size = size;
}

static void put(struct image *image, const struct change *change, size_t start, size_t end) {
    if (end > image->size) image_resize(image, end);
    memcpy(image->bytes + start, change->bytes + (start - change->offset), end - start);
}

void image_change(struct image *image, const struct change *change) {
    if (change->kind == CHANGE_BYTES) put(image, change, change->offset, change->offset + change->count);
    if (change->kind == CHANGE_SIZE) image_resize(image, change->count);
}

/// Makes a change up to somewhere in it, or one in two of its sectors.
static void tear(struct image *image, const struct change *change, int in_order, unsigned long long *random) {
    if (change->kind != CHANGE_BYTES) {
        if (image_random(random) & 1) image_change(image, change);
        return;
    }
    size_t end = change->offset + change->count;
    // The length of a file can reach the disk before what it was lengthened for.
    if (end > image->size && image_random(random) & 1) {
        size_t before = image->size;
        image_resize(image, end);
        if (image_random(random) & 1) {
            for (size_t i = before; i < end; i++) image->bytes[i] = (unsigned char)image_random(random);
        }
    }
    for (size_t start = change->offset; start < end;) {
        size_t next = (start / SECTOR + 1) * SECTOR;
        if (next > end) next = end;
        if (image_random(random) & 1) put(image, change, start, next);
        else if (in_order) return;
        start = next;
    }
}

void image_survive(struct image *image, const struct change *changes, size_t count, unsigned long long *random) {
    size_t kept = count ? image_random(random) % (count + 1) : 0;
    switch (image_random(random) % 6) {
    case 0: return;
    case 1: kept = count;  // fall through
    case 2:
        for (size_t i = 0; i < kept; i++) image_change(image, &changes[i]);
        if (kept < count) tear(image, &changes[kept], 1, random);
        return;
    case 3:
        for (size_t i = 0; i < count; i++) {
            if (image_random(random) & 1) image_change(image, &changes[i]);
        }
        return;
    case 4:
        for (size_t i = 0; i < count; i++) tear(image, &changes[i], 0, random);
        return;
    default: break;
    }
    struct change *shuffled = malloc((count + 1) * sizeof *shuffled);
    if (!shuffled) abort();
    memcpy(shuffled, changes, count * sizeof *shuffled);
    for (size_t left = count; left > 0; left--) {
        size_t chosen = image_random(random) % left;
        tear(image, &shuffled[chosen], 0, random);
        shuffled[chosen] = shuffled[left - 1];
    }
    free(shuffled);
}
