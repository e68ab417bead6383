#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "SAMState.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How a state is written: to a file aside, which has no name where the system can do that, so that nothing is left of a process that is killed;
   flushed, given a name beside the target and renamed. */

enum { GATHERED = 1 << 20, MOST_NAMES = 1000, LONGEST_NAME = 255, SHORT_NAME = 64, LONGEST_PATH = 4095 };

void sam_writer_memory(sam_writer *w, void *buffer, size_t bytes) {
    memset(w, 0, sizeof *w);
    sam_checksum_begin(&w->sum);
    w->buffer = buffer;
    w->capacity = bytes;
    w->file = -1;
}

static int open_file(const char *path, int flags, mode_t mode) {
    int file;
    do
        file = open(path, flags | O_CLOEXEC, mode);
    while (file < 0 && errno == EINTR);
    return file;
}

/* Where the target's own name begins. */
static size_t base_of(const char *target) {
    const char *slash = strrchr(target, '/');
    return slash ? (size_t)(slash - target) + 1 : 0;
}

/* A further name for the file aside: TARGET.PROCESS-NUMBER.part, with as much of TARGET's own name as there is room for. */
static void name_aside(sam_writer *w, int try) {
    static _Atomic unsigned counter;
    struct timespec now = {0, 0};
    char tail[2 * SAM_NUMBER_BYTES], number[SAM_NUMBER_BYTES];
    size_t folder = base_of(w->target), kept = strlen(w->target + folder), used = 0;
    size_t room = folder < LONGEST_PATH ? LONGEST_PATH - folder : 1;
    if (try > 9)                                /* so many are there already: somewhere else */
        clock_gettime(CLOCK_REALTIME, &now);
    int digits = sam_integer_text((int64_t)atomic_fetch_add(&counter, 1) + now.tv_nsec, number);
    tail[used++] = '.';
    used += (size_t)sam_integer_text(getpid(), tail + used);
    tail[used++] = '-';
    memcpy(tail + used, number, (size_t)digits);
    memcpy(tail + used + digits, ".part", 6);
    used += (size_t)digits + 5;
    if (room > w->longest)
        room = w->longest;
    if (kept + used > room) {
        kept = room > used ? room - used : 0;
        while (kept && ((unsigned char)w->target[folder + kept] & 0xC0) == 0x80)
            kept--;
    }
    memcpy(w->aside, w->target, folder + kept);
    strcpy(w->aside + folder + kept, used <= room ? tail : number);
}

static int open_named(sam_writer *w, mode_t mode) {
    int failed = EEXIST;
    for (int try = 0; try < MOST_NAMES && failed == EEXIST; try++) {
        name_aside(w, try);
        w->file = open_file(w->aside, O_CREAT | O_EXCL | O_RDWR, mode);
        w->has_name = w->file >= 0;
        failed = w->file < 0 ? errno : 0;
        if (failed == ENAMETOOLONG && w->longest > SHORT_NAME)
            w->longest = SHORT_NAME, failed = EEXIST;
    }
    return failed;
}

/* Where an open file is found by its number. */
static void self_of(int file, char out[64]) {
    strcpy(out, "/proc/self/fd/");
    sam_integer_text(file, out + strlen(out));
}

/* Owner, group and mode of the file that is replaced, as far as this process may give them. */
static int keep_owner(int file, const struct stat *old) {
    struct stat now;
    if (fstat(file, &now) != 0)
        return errno;
    int given = (now.st_uid == old->st_uid && now.st_gid == old->st_gid) || fchown(file, old->st_uid, old->st_gid) == 0;
    if (!given)
        given = fchown(file, (uid_t)-1, old->st_gid) == 0;      /* the group at least */
    if (given && fstat(file, &now) != 0)
        return errno;
    int same = now.st_uid == old->st_uid && now.st_gid == old->st_gid;
    if (fchmod(file, old->st_mode & (same ? 07777 : 0777)) != 0 && errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return errno;
    return 0;
}

int sam_writer_file(sam_writer *w, const char *path, int named) {
    struct stat old;
    char self[64];
    sam_writer_memory(w, NULL, GATHERED);
    w->longest = LONGEST_NAME;
    if (path[0] == 0)
        return ENOENT;
    int failed = sam_file_target(path, &w->target);
    if (failed)
        return failed;
    size_t base = base_of(w->target);
    w->buffer = malloc(GATHERED);
    w->folder = strdup(base ? w->target : ".");
    w->aside = malloc(base + LONGEST_NAME + 2 * SAM_NUMBER_BYTES);
    if (!w->buffer || !w->folder || !w->aside)
        return ENOMEM;
    if (base)
        w->folder[base > 1 ? base - 1 : 1] = 0;
    int there = stat(w->target, &old) == 0;
    if (!there && errno != ENOENT)
        return errno;
    if (there && !S_ISREG(old.st_mode))
        return S_ISDIR(old.st_mode) ? EISDIR : SAM_NOT_REGULAR;
    if (!w->target[base])
        return EISDIR;
    mode_t mode = there ? 0600 : 0666;
#if defined(O_TMPFILE)
    if (!named) {
        w->file = open_file(w->folder, O_TMPFILE | O_RDWR, mode);
        self_of(w->file, self);
        if (w->file >= 0 && access(self, F_OK) != 0)
            close(w->file), w->file = -1;
    }
#else
    (void)named, (void)self;
#endif
    if (w->file < 0)
        failed = open_named(w, mode);
    return !failed && there ? keep_owner(w->file, &old) : failed;
}

/* write(2) until all is written. A limit of the process on the size of files answers EFBIG instead of ending the process. */
static int write_all(int file, const unsigned char *p, size_t count) {
    sigset_t limit, before, pending;
    sigemptyset(&limit);
    sigaddset(&limit, SIGXFSZ);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &limit, &before);
    int failed = 0;
    while (count && !failed) {
        ssize_t n = write(file, p, count < (size_t)1 << 30 ? count : (size_t)1 << 30);
        if (n > 0)
            p += n, count -= (size_t)n;
        else if (n == 0 || errno != EINTR)
            failed = n == 0 ? ENOSPC : errno;
    }
#if defined(__linux__)
    if (failed == EFBIG && !sigismember(&pending, SIGXFSZ)) {
        struct timespec now = {0, 0};
        sigtimedwait(&limit, NULL, &now);
    }
#endif
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

static int flush(sam_writer *w) {
    sam_checksum_add(&w->sum, w->buffer, w->used);
    int failed = write_all(w->file, w->buffer, w->used);
    w->used = 0;
    return failed;
}

int sam_writer_put(sam_writer *w, const void *bytes, size_t count) {
    const unsigned char *p = bytes;
    int failed = 0;
    while (count && !failed) {
        size_t room = w->capacity - w->used, n = count < room ? count : room;
        if (w->file < 0 && n < count)
            return ENOBUFS;
        memcpy(w->buffer + w->used, p, n);
        if (w->file < 0)
            sam_checksum_add(&w->sum, p, n);
        w->used += n, p += n, count -= n;
        if (w->file >= 0 && w->used == w->capacity)
            failed = flush(w);
    }
    return failed;
}

/* The file aside has a name: its own, or a link to it. Where none can be made here: SAM_NO_LINK. */
static int give_name(sam_writer *w) {
    char self[64];
    self_of(w->file, self);
    for (int try = 0; try < MOST_NAMES && !w->has_name; try++) {
        name_aside(w, try);
        w->has_name = linkat(AT_FDCWD, self, AT_FDCWD, w->aside, AT_SYMLINK_FOLLOW) == 0;
        int failed = w->has_name ? 0 : errno;
        if (failed == ENAMETOOLONG && w->longest > SHORT_NAME)
            w->longest = SHORT_NAME;
        else if (failed == ENOSPC || failed == EDQUOT || failed == EIO || failed == ENOMEM)
            return failed;
        else if (failed && failed != EEXIST && failed != EINTR)
            return SAM_NO_LINK;
    }
    return w->has_name ? 0 : EEXIST;
}

/* The folder's new entry, as far as the system lets: the file itself is written and flushed before. */
static void flush_folder(const char *path) {
    int folder = open_file(path, O_RDONLY, 0);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
}

static void digits_of(uint64_t sum, unsigned char out[16]) {
    for (int i = 0; i < 16; i++)
        out[i] = (unsigned char)"0123456789abcdef"[sum >> (60 - 4 * i) & 15];
}

int sam_writer_finish(sam_writer *w, size_t place) {
    unsigned char digits[16];
    if (w->file < 0) {
        digits_of(sam_checksum_end(&w->sum), digits);
        memcpy(w->buffer + place, digits, 16);
        return 0;
    }
    int failed = flush(w);
    digits_of(sam_checksum_end(&w->sum), digits);
    if (!failed)
        failed = lseek(w->file, (off_t)place, SEEK_SET) < 0 ? errno : write_all(w->file, digits, 16);
    while (!failed && fsync(w->file) != 0)
        if (errno != EINTR)
            failed = errno;
    if (!failed)
        failed = give_name(w);
    if (failed)
        return failed;
    if (close(w->file) != 0 && errno != EINTR)
        failed = errno;
    w->file = -1;
    if (!failed && rename(w->aside, w->target) != 0)
        failed = errno;
    if (failed)
        return failed;
    w->has_name = 0;                            /* the new file is there: nothing fails any more */
    flush_folder(w->folder);
    sam_writer_abandon(w);
    return 0;
}

void sam_writer_abandon(sam_writer *w) {
    if (w->has_name)
        unlink(w->aside);
    if (w->file >= 0)
        close(w->file);
    if (w->longest)                             /* the buffer is not the host's */
        free(w->buffer);
    free(w->target), free(w->aside), free(w->folder);
    sam_writer_memory(w, NULL, 0);
}
