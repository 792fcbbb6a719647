#define _GNU_SOURCE
#include "faulty_vfs_image.h"
#include "faulty_vfs_parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// A file as the disk has it, and what has been done to it since it was synced.
struct disk_file {
    char name[1024];
    /// Whether the disk has it at all.
    int is_durable;
    struct image durable;
    /// Whether it is there for the program.
    int exists;
    struct change *changes;
    size_t count;
    size_t room;
    /// How many syncs of it have failed; each open file tells of each once.
    int failed_syncs;
};

enum { MOST_FILES = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int is_on;
static char folder[512];
static struct ctrials_power_loss loss;
static struct disk_file files[MOST_FILES];
static int file_count;
static long writes;
static long syncs;

static struct disk_file *find(const char *name) {
    for (int i = 0; i < file_count; i++) {
        if (strcmp(files[i].name, name) == 0) return &files[i];
    }
    if (file_count == MOST_FILES || strlen(name) >= sizeof files[0].name) abort();
    struct disk_file *file = &files[file_count++];
    strcpy(file->name, name);
    return file;
}

/// Whether the file is one to keep track of. SQLite maps the shared memory without asking, and it does not outlive the
/// processes that use it.
static int is_ours(const char *name) {
    return is_on && name && strncmp(name, folder, strlen(folder)) == 0;
}

static void forget_changes(struct disk_file *file) {
    for (size_t i = 0; i < file->count; i++) free(file->changes[i].bytes);
    file->count = 0;
}

static void add(struct disk_file *file, enum change_kind kind, size_t offset, const void *bytes, size_t count) {
    if (file->count == file->room) {
        file->room = file->room ? 2 * file->room : 64;
        file->changes = realloc(file->changes, file->room * sizeof *file->changes);
        if (!file->changes) abort();
    }
    unsigned char *copy = 0;
    if (bytes) {
        copy = malloc(count + 1);
        if (!copy) abort();
        memcpy(copy, bytes, count);
    }
    file->changes[file->count++] = (struct change){kind, offset, count, copy};
}

static void read_whole(const char *name, struct image *image) {
    int descriptor = open(name, O_RDONLY);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) abort();
    image_resize(image, (size_t)status.st_size);
    if (pread(descriptor, image->bytes, image->size, 0) != (ssize_t)image->size) abort();
    close(descriptor);
}

static void write_whole(const char *name, const struct image *image) {
    int descriptor = open(name, O_RDWR | O_CREAT, 0644);
    if (descriptor < 0 || ftruncate(descriptor, (off_t)image->size) != 0) abort();
    if (image->size && pwrite(descriptor, image->bytes, image->size, 0) != (ssize_t)image->size) abort();
    close(descriptor);
}

void ctrials_lose_power(const char *path, struct ctrials_power_loss chosen) {
    snprintf(folder, sizeof folder, "%s/", path);
    loss = chosen;
    DIR *entries = opendir(path);
    if (!entries) abort();
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] == '.' || strstr(entry->d_name, "-shm")) continue;
        char name[1024];
        snprintf(name, sizeof name, "%s%s", folder, entry->d_name);
        struct disk_file *file = find(name);
        file->is_durable = file->exists = 1;
        read_whole(name, &file->durable);
    }
    closedir(entries);
    is_on = 1;
}

// MARK: The loss

/// Leaves of one file what survives: one of the files that have had its name, or none.
static void settle(struct disk_file *file, unsigned long long *random) {
    size_t starts[64] = {0};
    size_t versions = 1;
    for (size_t i = 0; i < file->count && versions < 64; i++) {
        if (file->changes[i].kind == CHANGE_NEW_FILE) starts[versions++] = i + 1;
    }
    // The name may lead to what the disk had, to any file that has had the name since, or to nothing.
    size_t first = file->is_durable ? 0 : 1;
    size_t choices = versions - first + (file->is_durable && file->exists && versions == 1 ? 0 : 1);
    size_t version = first + image_random(random) % choices;
    if (version >= versions) {
        unlink(file->name);
        return;
    }
    struct image image = {0, 0};
    if (version == 0) image = file->durable;
    size_t end = version + 1 < versions ? starts[version + 1] - 1 : file->count;
    image_survive(&image, file->changes + starts[version], end - starts[version], random);
    write_whole(file->name, &image);
}

/// The shared memory is whatever it is, and from before the machine restarted; the next process must not believe it.
static void settle_shared_memory(const char *name, unsigned long long *random) {
    if (access(name, F_OK) != 0) return;
    unsigned long long choice = image_random(random) % 3;
    if (choice == 0) unlink(name);
    if (choice == 0) return;
    if (choice == 1) {
        struct image image = {0, 0};
        read_whole(name, &image);
        for (size_t i = 0; i < image.size; i++) {
            if (image_random(random) % 4 == 0) image.bytes[i] = (unsigned char)image_random(random);
        }
        write_whole(name, &image);
    }
    struct timespec long_ago[2] = {{0, 0}, {0, 0}};
    if (utimensat(AT_FDCWD, name, long_ago, 0) != 0) abort();
}

/// It returns to nobody, and nobody gets the lock any more.
static void lose_power(void) {
    unsigned long long random = loss.seed;
    for (int i = 0; i < file_count; i++) {
        settle(&files[i], &random);
        char name[1100];
        snprintf(name, sizeof name, "%s-shm", files[i].name);
        settle_shared_memory(name, &random);
    }
    ctrials_exit(CTRIALS_POWER_LOST);
}

// MARK: What the disk receives

void ctrials_disk_opened(const char *name) {
    if (!is_ours(name)) return;
    pthread_mutex_lock(&lock);
    struct disk_file *file = find(name);
    if (!file->exists) add(file, CHANGE_NEW_FILE, 0, 0, 0);
    file->exists = 1;
    pthread_mutex_unlock(&lock);
}

void ctrials_disk_write(const char *name, const void *bytes, int count, sqlite3_int64 offset) {
    if (!is_ours(name)) return;
    pthread_mutex_lock(&lock);
    add(find(name), CHANGE_BYTES, (size_t)offset, bytes, (size_t)count);
    if (!loss.at_sync && ++writes == loss.nth) lose_power();
    pthread_mutex_unlock(&lock);
}

void ctrials_disk_resized(const char *name, sqlite3_int64 size) {
    if (!is_ours(name)) return;
    pthread_mutex_lock(&lock);
    add(find(name), CHANGE_SIZE, 0, 0, (size_t)size);
    pthread_mutex_unlock(&lock);
}

/// What a sync that fails did not bring to the disk is not brought there by the next one either: the system takes the
/// pages for written.
void ctrials_disk_sync_failed(const char *name) {
    if (!is_ours(name)) return;
    pthread_mutex_lock(&lock);
    struct disk_file *file = find(name);
    file->failed_syncs++;
    size_t kept = 0;
    for (size_t i = 0; i < file->count; i++) {
        struct change change = file->changes[i];
        if (change.kind == CHANGE_BYTES && image_random(&loss.seed) & 1) free(change.bytes);
        else file->changes[kept++] = change;
    }
    file->count = kept;
    pthread_mutex_unlock(&lock);
}

int ctrials_disk_failed_syncs(const char *name) {
    if (!is_ours(name)) return 0;
    pthread_mutex_lock(&lock);
    int count = find(name)->failed_syncs;
    pthread_mutex_unlock(&lock);
    return count;
}

void ctrials_disk_synced(const char *name) {
    if (!is_ours(name)) return;
    pthread_mutex_lock(&lock);
    if (loss.at_sync && ++syncs == loss.nth) lose_power();
    struct disk_file *file = find(name);
    if (!loss.drops_syncs && file->exists) {
        for (size_t i = 0; i < file->count; i++) {
            if (file->changes[i].kind == CHANGE_NEW_FILE) image_resize(&file->durable, 0);
            else image_change(&file->durable, &file->changes[i]);
        }
        file->is_durable = 1;
        forget_changes(file);
    }
    pthread_mutex_unlock(&lock);
}

void ctrials_disk_deleted(const char *name) {
    if (!is_ours(name)) return;
    pthread_mutex_lock(&lock);
    find(name)->exists = 0;
    pthread_mutex_unlock(&lock);
}

void ctrials_disk_folder_synced(void) {
    if (!is_on || loss.drops_syncs) return;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < file_count; i++) {
        struct disk_file *file = &files[i];
        size_t start = file->count;
        if (file->exists) {
            while (start > 0 && file->changes[start - 1].kind != CHANGE_NEW_FILE) start--;
            if (start == 0) continue;
        }
        // The name leads to the newest file now, or to none; what is in it is another matter.
        for (size_t old = 0; old < start; old++) free(file->changes[old].bytes);
        file->count -= start;
        memmove(file->changes, file->changes + start, file->count * sizeof *file->changes);
        file->is_durable = file->exists;
        image_resize(&file->durable, 0);
    }
    pthread_mutex_unlock(&lock);
}
