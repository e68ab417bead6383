#include "SAMReserve.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A part of an arena, in the order of addresses; its size counts itself. SHIFTED stands in front of a block that is aligned to more than a part is,
   and says how far behind the part's own beginning. */
enum { FREE, USED, SHIFTED };
typedef struct part { size_t bytes; int state; } part;

enum { GRAIN = 16, PART = GRAIN };

/* The parts up to `top` follow each other; behind it nothing was ever taken, or all of it came back. */
struct sam_arena {
    _Atomic unsigned lock;                  /* 0: free, else the fork generation that took it */
    int isGiven;
    size_t live, size, top;                 /* blocks in use; bytes of the memory behind this; of it in parts */
    char *memory;
};

static _Atomic unsigned generation = 1;     /* of processes: a lock that a thread of the parent held is free in the child */

static void take_lock(_Atomic unsigned *lock) {
    unsigned now = atomic_load(&generation);
    for (;;) {
        unsigned held = atomic_load(lock);
        if (held != now && atomic_compare_exchange_weak(lock, &held, now))
            return;
    }
}

static void give_lock(_Atomic unsigned *lock) { atomic_store(lock, 0); }

/* ---- Which arena an address belongs to ---- */

static _Atomic unsigned list_lock;
static sam_arena **list;                    /* by address */
static size_t count, capacity;
static _Atomic uintptr_t low = UINTPTR_MAX, high;       /* where arenas have ever stood */

/* The place of the first arena behind the address. */
static size_t behind(const void *address) {
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if ((uintptr_t)list[middle] > (uintptr_t)address)
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

static int enter(sam_arena *a) {
    take_lock(&list_lock);
    int isFull = count == capacity;
    sam_arena **larger = isFull ? calloc(2 * capacity + 16, sizeof *larger) : NULL;
    if (larger) {
        if (count)
            memcpy(larger, list, count * sizeof *list);
        free(list);
        list = larger;
        capacity = 2 * capacity + 16;
    }
    int failed = isFull && !larger;
    if (!failed) {
        size_t at = behind(a);
        memmove(list + at + 1, list + at, (count - at) * sizeof *list);
        list[at] = a;
        count++;
        if ((uintptr_t)a < atomic_load(&low))
            atomic_store(&low, (uintptr_t)a);
        if ((uintptr_t)a->memory + a->size > atomic_load(&high))
            atomic_store(&high, (uintptr_t)a->memory + a->size);
    }
    give_lock(&list_lock);
    return failed;
}

static void leave(sam_arena *a) {
    take_lock(&list_lock);
    size_t at = behind(a);
    memmove(list + at - 1, list + at, (count - at) * sizeof *list);
    count--;
    give_lock(&list_lock);
    free(a);
}

int sam_arena_holds(const sam_arena *a, const void *address) {
    return a && (const char *)address >= a->memory && (const char *)address < a->memory + a->size;
}

sam_arena *sam_arena_of(const void *address) {
    if ((uintptr_t)address < atomic_load(&low) || (uintptr_t)address >= atomic_load(&high))
        return NULL;
    take_lock(&list_lock);
    size_t at = behind(address);
    sam_arena *found = at > 0 && sam_arena_holds(list[at - 1], address) ? list[at - 1] : NULL;
    give_lock(&list_lock);
    return found;
}

static void forks(void) { take_lock(&list_lock); }
static void parent(void) { give_lock(&list_lock); }
static void child(void) {
    atomic_fetch_add(&generation, 1);
    give_lock(&list_lock);
}
void sam_arenas_begin(void) { pthread_atfork(forks, parent, child); }

void sam_arenas_end(void) {
    take_lock(&list_lock);
    if (count == 0) {
        free(list);
        list = NULL;
        capacity = 0;
    }
    give_lock(&list_lock);
}

/* ---- Arenas ---- */

sam_arena *sam_arena_make(size_t bytes) {
    if (bytes > SIZE_MAX / 2)
        return NULL;
    void *memory = NULL;
    size_t own = (sizeof(sam_arena) + GRAIN - 1) / GRAIN * GRAIN, size = bytes / GRAIN * GRAIN;
    if (posix_memalign(&memory, 64, own + size) != 0)
        return NULL;
    sam_arena *a = memory;
    *a = (sam_arena){.size = size, .memory = (char *)memory + own};
    if (enter(a) != 0) {
        free(a);
        return NULL;
    }
    return a;
}

void sam_arena_give(sam_arena *a) {
    if (!a)
        return;
    take_lock(&a->lock);
    a->isGiven = 1;
    int isEmpty = a->live == 0;
    give_lock(&a->lock);
    if (isEmpty)
        leave(a);
}

/* First fit; free neighbours become one on the way. NULL: there is no room. */
static char *take(sam_arena *a, size_t bytes) {
    if (bytes > a->size)
        return NULL;
    size_t wanted = (bytes + PART + GRAIN - 1) / GRAIN * GRAIN;
    char *end = a->memory + a->top;
    for (char *at = a->memory; at < end;) {
        part *p = (part *)at;
        if (p->state == FREE) {
            while (at + p->bytes < end && ((part *)(at + p->bytes))->state == FREE)
                p->bytes += ((part *)(at + p->bytes))->bytes;
            if (at + p->bytes == end) {
                a->top = (size_t)(at - a->memory);
                break;
            }
            if (p->bytes >= wanted) {
                if (p->bytes - wanted >= 2 * PART) {
                    *(part *)(at + wanted) = (part){p->bytes - wanted, FREE};
                    p->bytes = wanted;
                }
                p->state = USED;
                a->live++;
                return at + PART;
            }
        }
        at += p->bytes;
    }
    if (wanted > a->size - a->top)
        return NULL;
    part *p = (part *)(a->memory + a->top);
    *p = (part){wanted, USED};
    a->top += wanted;
    a->live++;
    return (char *)p + PART;
}

/* A free last part returns to what lies behind `top` at once: steps that free in turn then never walk. */
void sam_arena_put_back(sam_arena *a, void *block) {
    part *p = (part *)((char *)block - PART);
    if (p->state == SHIFTED)
        p = (part *)((char *)p - p->bytes);
    take_lock(&a->lock);
    p->state = FREE;
    a->live--;
    if (a->live == 0)
        a->top = 0;
    else if ((char *)p + p->bytes == a->memory + a->top)
        a->top = (size_t)((char *)p - a->memory);
    int isOver = a->live == 0 && a->isGiven;
    give_lock(&a->lock);
    if (isOver)
        leave(a);
}

void *sam_arena_take(sam_arena *a, size_t alignment, size_t bytes) {
    if (!a || bytes > SIZE_MAX / 2 || alignment > 4096)
        return NULL;
    if (alignment > GRAIN)
        bytes += alignment;
    take_lock(&a->lock);
    char *block = take(a, bytes);
    give_lock(&a->lock);
    uintptr_t shift = block && alignment > GRAIN ? -(uintptr_t)block & (alignment - 1) : 0;
    if (shift)
        *(part *)(block + shift - PART) = (part){shift, SHIFTED};
    return block ? block + shift : NULL;
}

size_t sam_arena_room(sam_arena *a) {
    take_lock(&a->lock);
    size_t left = a->size - a->top;
    give_lock(&a->lock);
    return left;
}

int sam_arena_is_empty(sam_arena *a) {
    take_lock(&a->lock);
    int isEmpty = a->live == 0;
    give_lock(&a->lock);
    return isEmpty;
}
