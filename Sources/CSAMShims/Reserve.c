#include "SAMReserve.h"
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

enum { KEPT = 4 << 20, LARGE = 256 << 10 };

static pthread_key_t key;
static int hasKey;
static _Thread_local sam_arena *used, *reserve;
static _Thread_local size_t reserved;           /* bytes of the reserve */

sam_arena *sam_arena_use(sam_arena *arena) {
    sam_arena *before = used;
    used = arena;
    return before;
}

static void thread_ends(void *arena) {
    reserve = NULL;                             /* what ends behind this may still call the library */
    sam_arena_give(arena);
}

/* Before the library's other fork handlers are registered: a fork takes the arenas' lock last, as who holds another lock may allocate. */
__attribute__((constructor(200))) static void begin(void) {
    hasKey = pthread_key_create(&key, thread_ends) == 0;
    sam_arenas_begin();
}

/* A library that is unloaded leaves no address behind that a thread would call at its end. */
static __attribute__((destructor)) void end(void) {
    if (hasKey)
        pthread_key_delete(key);
    hasKey = 0;
    sam_arena_give(reserve);
    reserve = NULL;
    sam_arenas_end();
}

#if defined(SAM_EMBEDDED)

/* Without a key, where the process has used up its own, a thread's reserve stays when the thread ends. */
static int replace(size_t bytes) {
    sam_arena *fresh = sam_arena_make(bytes);
    if (!fresh)
        return -1;
    if (hasKey && pthread_setspecific(key, fresh) != 0) {
        sam_arena_give(fresh);
        return -1;
    }
    sam_arena_give(reserve);
    reserve = fresh;
    reserved = bytes;
    return 0;
}

int sam_reserve(size_t bytes) {
    if (reserve && sam_arena_room(reserve) >= bytes)
        return 0;
    return replace(bytes > KEPT ? bytes + KEPT : KEPT);
}

void sam_reserve_trim(void) {
    if (!reserve || reserved <= 2 * (size_t)KEPT || !sam_arena_is_empty(reserve))
        return;
    if (hasKey)
        pthread_setspecific(key, NULL);
    sam_arena_give(reserve);
    reserve = NULL;
}

#else

int sam_reserve(size_t bytes) {
    (void)reserved;
    void *memory = malloc(bytes ? bytes : 1);
    free(memory);
    return memory ? 0 : -1;
}

void sam_reserve_trim(void) {}

#endif

int sam_engine_allocate(void **out, size_t alignment, size_t bytes) {
    void *block = sam_arena_take(used, alignment, bytes);
    if (!block && bytes >= LARGE)                       /* large ones were secured: their address space is not taken twice */
        block = sam_arena_take(reserve, alignment, bytes);
    if (!block && alignment <= _Alignof(max_align_t))
        block = malloc(bytes);
    else if (!block && posix_memalign(&block, alignment, bytes) != 0)
        block = NULL;
    if (!block)
        block = sam_arena_take(reserve, alignment, bytes);
    *out = block;
    return block ? 0 : ENOMEM;
}

void sam_engine_free(void *memory) {
    if (!memory)
        return;
    sam_arena *arena = sam_arena_holds(used, memory) ? used : sam_arena_of(memory);
    if (arena)
        sam_arena_put_back(arena, memory);
    else
        free(memory);
}
