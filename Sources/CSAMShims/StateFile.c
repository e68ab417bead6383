#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "SAMState.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { GATHERED = 1 << 20 };

void sam_writer_memory(sam_writer *w, void *buffer, size_t bytes) {
    memset(w, 0, sizeof *w);
    sam_checksum_begin(&w->sum);
    w->buffer = buffer;
    w->capacity = bytes;
    w->file = -1;
}

/* A file without a name in the folder, or where the system has none a named one beside the target. */
static int open_aside(sam_writer *w) {
    static _Atomic unsigned counter;
    size_t length = strlen(w->target) + 48;
    char *folder = strdup(w->target);
    w->aside = malloc(length);
    if (!folder || !w->aside) {
        free(folder);
        return ENOMEM;
    }
    snprintf(w->aside, length, "%s.%ld-%u.part", w->target, (long)getpid(), atomic_fetch_add(&counter, 1));
#if defined(O_TMPFILE)
    w->file = open(dirname(folder), O_TMPFILE | O_RDWR | O_CLOEXEC, w->mode);
#endif
    free(folder);
    if (w->file < 0) {
        w->file = open(w->aside, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, w->mode);
        w->named = w->file >= 0;
    }
    return w->file < 0 ? errno : 0;
}

int sam_writer_file(sam_writer *w, const char *path) {
    struct stat old;
    sam_writer_memory(w, malloc(GATHERED), GATHERED);
    w->target = realpath(path, NULL);               /* a link stays a link */
    int there = w->target && stat(w->target, &old) == 0;
    if (!w->target)
        w->target = strdup(path);
    if (!w->buffer || !w->target) {
        free(w->buffer), free(w->target);
        w->buffer = NULL, w->target = NULL;
        return ENOMEM;
    }
    if (there && !S_ISREG(old.st_mode))
        return S_ISDIR(old.st_mode) ? EISDIR : EINVAL;
    w->mode = 0666;
    int failed = open_aside(w);
    if (!failed && there && fchmod(w->file, old.st_mode & 07777) != 0)
        failed = errno;
    return failed;
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

static int sync_folder(const char *path) {
    char *copy = strdup(path);
    if (!copy)
        return ENOMEM;
    int folder = open(dirname(copy), O_RDONLY | O_CLOEXEC);
    free(copy);
    if (folder < 0)
        return 0;                                   /* a folder that cannot be read cannot be flushed either */
    int failed = fsync(folder) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
    close(folder);
    return failed;
}

static int give_name(sam_writer *w) {
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", w->file);
    if (!w->named) {
        if (linkat(AT_FDCWD, self, AT_FDCWD, w->aside, AT_SYMLINK_FOLLOW) != 0)
            return errno;
        w->named = 1;
    }
    if (rename(w->aside, w->target) != 0)
        return errno;
    w->named = 0;
    return 0;
}

static void release(sam_writer *w) {
    if (w->target)
        free(w->buffer);
    free(w->target);
    free(w->aside);
    w->target = w->aside = NULL;
    w->buffer = NULL;
}

int sam_writer_finish(sam_writer *w, size_t place) {
    char digits[17];
    if (w->file < 0) {
        snprintf(digits, sizeof digits, "%016llx", (unsigned long long)sam_checksum_end(&w->sum));
        memcpy(w->buffer + place, digits, 16);
        return 0;
    }
    int failed = flush(w);
    if (!failed) {
        snprintf(digits, sizeof digits, "%016llx", (unsigned long long)sam_checksum_end(&w->sum));
        failed = lseek(w->file, (off_t)place, SEEK_SET) < 0 ? errno : write_all(w->file, (unsigned char *)digits, 16);
    }
    if (!failed && fsync(w->file) != 0)
        failed = errno;
    if (!failed)
        failed = give_name(w);
    if (failed)
        return failed;
    close(w->file);
    w->file = -1;
    failed = sync_folder(w->target);
    release(w);
    return failed;
}

void sam_writer_abandon(sam_writer *w) {
    if (w->named)
        unlink(w->aside);
    if (w->file >= 0)
        close(w->file);
    w->file = -1;
    if (w->target)
        release(w);
}

int sam_file_read(const char *path, void **bytes, size_t *count) {
    struct stat about;
    *bytes = NULL;
    *count = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), failed = 0;
    if (file < 0)
        return errno;
    if (fstat(file, &about) != 0)
        failed = errno;
    else if (!S_ISREG(about.st_mode))
        failed = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
    size_t size = failed ? 0 : (size_t)about.st_size, done = 0;
    if (!failed && posix_memalign(bytes, 64, size ? size : 64) != 0)
        *bytes = NULL, failed = ENOMEM;
    while (!failed && done < size) {
        ssize_t n = read(file, (char *)*bytes + done, size - done < (size_t)1 << 30 ? size - done : (size_t)1 << 30);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0)
            break;                                  /* it was cut meanwhile: what is there is looked at */
        else if (errno != EINTR)
            failed = errno;
    }
    close(file);
    if (failed) {
        free(*bytes);
        *bytes = NULL;
    }
    *count = done;
    return failed;
}

int sam_errno_of_memory(void) { return ENOMEM; }

/* Both forms of strerror_r: what it answers, or what it wrote. */
static const char *text_of(const char *answer, const char *written) {
    (void)written;
    return answer;
}
static const char *text_of_status(int status, const char *written) { return status == 0 ? written : "unknown error"; }

void sam_errno_text(int number, char *out, size_t capacity) {
    char written[128] = "";
    const char *text = _Generic(strerror_r(number, written, sizeof written), int: text_of_status, default: text_of)(
        strerror_r(number, written, sizeof written), written);
    snprintf(out, capacity, "%s", text);
}
