#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "SAMState.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AT_ONCE = 1 << 20 };

/* Up to `count` bytes; fewer where the file ends before. */
static int read_all(int file, unsigned char *to, size_t count, size_t *done) {
    for (*done = 0; *done < count;) {
        ssize_t n = read(file, to + *done, count - *done < (size_t)1 << 30 ? count - *done : (size_t)1 << 30);
        if (n > 0)
            *done += (size_t)n;
        else if (n == 0)
            return 0;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* A header is text in braces: the first byte that cannot be in it ends it, and nothing further is read. */
static int read_header(sam_reader *r, size_t length) {
    size_t room = 8;
    while (r->head_size < 8 + length) {
        size_t left = 8 + length - r->head_size, n = left < AT_ONCE ? left : AT_ONCE, done;
        if (r->head_size + n > room) {
            room = 2 * (r->head_size + n) < 8 + length ? 2 * (r->head_size + n) : 8 + length;
            unsigned char *larger = realloc(r->head, room);
            if (!larger)
                return ENOMEM;
            r->head = larger;
        }
        unsigned char *at = r->head + r->head_size;
        int failed = read_all(r->file, at, n, &done);
        if (failed)
            return failed;
        r->head_size += done;
        if (done < n || r->head[8] != '{' || memchr(at, 0, done))
            return 0;
    }
    return 0;
}

int sam_reader_open(sam_reader *r, const char *path) {
    struct stat about;
    memset(r, 0, sizeof *r);
    do
        r->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    while (r->file < 0 && errno == EINTR);
    if (r->file < 0)
        return errno;
    if (fstat(r->file, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return S_ISDIR(about.st_mode) ? EISDIR : SAM_NOT_REGULAR;
    r->size = (size_t)about.st_size;
    if (!(r->head = calloc(1, 8)))
        return ENOMEM;
    int failed = read_all(r->file, r->head, 8, &r->head_size);
    uint64_t length = 0;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | r->head[i];
    if (failed || r->head_size < 8 || r->size < 8 || length > r->size - 8)
        return failed;
    return read_header(r, (size_t)length);
}

int sam_reader_data(sam_reader *r) {
    size_t count = r->size - r->head_size;
    void *memory = NULL;
    if (posix_memalign(&memory, 64, count ? count : 64) != 0)
        return ENOMEM;
    r->data = memory;
    return read_all(r->file, r->data, count, &r->data_size);
}

void sam_reader_close(sam_reader *r) {
    if (r->file >= 0)
        close(r->file);
    free(r->head);
    free(r->data);
    memset(r, 0, sizeof *r);
    r->file = -1;
}

int sam_errno_of_memory(void) { return ENOMEM; }

#if !defined(__GLIBC__) || __GLIBC__ < 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ < 32)
/* Both forms of strerror_r: what it answers, or what it wrote. */
static const char *text_of(const char *answer, const char *written) {
    (void)written;
    return answer;
}
static const char *text_of_status(int status, const char *written) { return status == 0 ? written : "unknown error"; }
#endif

void sam_errno_text(int number, char *out, size_t capacity) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 32))
    const char *text = strerrordesc_np(number);         /* whatever the host's language */
#else
    char written[128] = "";
    const char *text = _Generic(strerror_r(number, written, sizeof written), int: text_of_status, default: text_of)(
        strerror_r(number, written, sizeof written), written);
#endif
    if (number == SAM_NOT_REGULAR)
        text = "it is no regular file";
    if (number == SAM_NO_LINK)
        text = "a file without a name cannot get one there";
    if (!text)
        text = "unknown error";
    size_t count = strlen(text) < capacity - 1 ? strlen(text) : capacity - 1;
    memcpy(out, text, count);
    out[count] = 0;
}
