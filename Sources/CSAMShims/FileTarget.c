#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "SAMState.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_LINKS = 40, LONGEST_LINK = 1 << 16 };

/* What the link at the path says, in new memory; NULL and an errno where there is no link. */
static char *read_link(const char *path) {
    for (size_t room = 256; room <= LONGEST_LINK; room *= 2) {
        char *text = malloc(room);
        if (!text)
            return errno = ENOMEM, NULL;
        ssize_t count = readlink(path, text, room);
        if (count >= 0 && (size_t)count < room)
            return text[count] = 0, text;
        int failed = count < 0 ? errno : 0;
        free(text);
        if (failed)
            return errno = failed, NULL;
    }
    return errno = ENAMETOOLONG, NULL;
}

/* A link that does not begin at the root begins at the folder that it is in. */
static char *joined(const char *path, char *link) {
    const char *slash = strrchr(path, '/');
    if (link[0] == '/' || !slash)
        return link;
    size_t folder = (size_t)(slash - path) + 1, count = strlen(link);
    char *whole = malloc(folder + count + 1);
    if (whole) {
        memcpy(whole, path, folder);
        memcpy(whole + folder, link, count + 1);
    }
    free(link);
    return whole;
}

int sam_file_target(const char *path, char **target) {
    *target = strdup(path);
    for (int links = 0; *target; links++) {
        char *link = read_link(*target);
        if (!link) {
            if (errno != EINVAL && errno != ENOENT) {
                int failed = errno;
                free(*target);
                *target = NULL;
                return failed;
            }
            return 0;
        }
        char *next = links < MOST_LINKS ? joined(*target, link) : link;
        free(*target);
        *target = next;
        if (links == MOST_LINKS) {
            free(next);
            *target = NULL;
            return ELOOP;
        }
    }
    return ENOMEM;
}
