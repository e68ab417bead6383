#if defined(SAM_EMBEDDED)
#include <stdlib.h>
#include <sys/random.h>

/* Embedded Swift seeds its hashing with it; glibc has one from 2.36 on only. Ours keeps the library loadable on older systems. */
__attribute__((visibility("hidden"))) void arc4random_buf(void *buffer, size_t count) {
    for (size_t done = 0; done < count; ) {
        ssize_t got = getrandom((char *)buffer + done, count - done, 0);
        if (got > 0)
            done += (size_t)got;
    }
}
#else
typedef int sam_entropy_unused;
#endif
