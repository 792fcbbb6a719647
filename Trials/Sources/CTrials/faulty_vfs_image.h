#ifndef CTRIALS_FAULTY_VFS_IMAGE_H
#define CTRIALS_FAULTY_VFS_IMAGE_H

#include <stddef.h>

/// The bytes of a file.
struct image {
    unsigned char *bytes;
    size_t size;
};

enum change_kind { CHANGE_BYTES, CHANGE_SIZE, CHANGE_NEW_FILE };

/// Something that was done to a file and may not have reached the disk.
struct change {
    enum change_kind kind;
    size_t offset;
    size_t count;
    unsigned char *bytes;
};

/// The next number of a sequence that the seed decides.
unsigned long long image_random(unsigned long long *state);

void image_resize(struct image *image, size_t size);

/// Makes a whole change.
void image_change(struct image *image, const struct change *change);

/// Makes what the power's loss leaves of changes, which have not been synced: none, all, the first ones, some of them,
/// or some sectors of 512 bytes of them in any order. What a file has grown by without being written is zero or
/// anything.
void image_survive(struct image *image, const struct change *changes, size_t count, unsigned long long *random);

#endif
