#include "SAMPlatform.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Chunks are never given back, so a look-up needs no lock: a place is valid once `used` has passed it. */
enum { CHUNK = 1024, CHUNKS = 1024 };
typedef struct { _Atomic uint64_t tag; void *_Atomic object; uint32_t generation, next; } place;

static place *_Atomic chunks[CHUNKS];
static _Atomic uint32_t used;
static uint32_t vacant = UINT32_MAX;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static place *at(uint32_t i) { return atomic_load(&chunks[i / CHUNK]) + i % CHUNK; }

/* generation 32 bits | place 24 bits | kind 3 bits | 1: odd, so that no address of an object is one. */
static uint64_t tag_of(uint32_t generation, uint32_t i, int kind) {
    return (uint64_t)generation << 28 | (uint64_t)i << 4 | (uint64_t)kind << 1 | 1;
}

void *sam_handle_put(void *object, int kind) {
    pthread_mutex_lock(&lock);
    uint32_t i = vacant;
    if (i != UINT32_MAX) {
        vacant = at(i)->next;
    } else {
        i = atomic_load(&used);
        place *chunk = i < CHUNK * CHUNKS ? atomic_load(&chunks[i / CHUNK]) : NULL;
        if (i < CHUNK * CHUNKS && !chunk) {
            chunk = calloc(CHUNK, sizeof *chunk);
            atomic_store(&chunks[i / CHUNK], chunk);
        }
        if (!chunk) {
            pthread_mutex_unlock(&lock);
            return NULL;
        }
        atomic_store(&used, i + 1);
    }
    place *p = at(i);
    p->generation += 1;
    uint64_t tag = tag_of(p->generation, i, kind);
    atomic_store(&p->object, object);
    atomic_store(&p->tag, tag);
    pthread_mutex_unlock(&lock);
    return (void *)(uintptr_t)tag;
}

static place *find(const void *handle, int kind) {
    uint64_t tag = (uintptr_t)handle;
    uint32_t i = (uint32_t)(tag >> 4 & 0xFFFFFF);
    if ((tag & 15) != ((uint64_t)kind << 1 | 1) || i >= atomic_load(&used))
        return NULL;
    place *p = at(i);
    return atomic_load(&p->tag) == tag ? p : NULL;
}

void *sam_handle_get(const void *handle, int kind) {
    place *p = find(handle, kind);
    return p ? atomic_load(&p->object) : NULL;
}

void *sam_handle_take(const void *handle, int kind) {
    pthread_mutex_lock(&lock);
    place *p = find(handle, kind);
    void *object = NULL;
    if (p) {
        object = atomic_load(&p->object);
        atomic_store(&p->tag, 0);
        p->next = vacant;
        vacant = (uint32_t)((uintptr_t)handle >> 4 & 0xFFFFFF);
    }
    pthread_mutex_unlock(&lock);
    return object;
}

/* Locks that were made, the last one first. Without memory all that come too short share one: they then exclude each other as well. */
typedef struct made { pthread_mutex_t mutex; struct made *before; } made;
static made shared = {PTHREAD_MUTEX_INITIALIZER, NULL};
static made *last = &shared;

void *sam_lock_make(void) {
    made *m = malloc(sizeof *m);
    if (!m)
        return &shared;
    pthread_mutex_init(&m->mutex, NULL);
    pthread_mutex_lock(&lock);
    m->before = last;
    last = m;
    pthread_mutex_unlock(&lock);
    return m;
}

void sam_lock_take(void *m) { pthread_mutex_lock(&((made *)m)->mutex); }
void sam_lock_give(void *m) { pthread_mutex_unlock(&((made *)m)->mutex); }

/* A fork waits until what the locks guard is whole, so that the child can use it. Under a made lock no other is taken. */
static void before_fork(void) {
    pthread_mutex_lock(&lock);
    for (made *m = last; m; m = m->before)
        pthread_mutex_lock(&m->mutex);
}

static void after_fork(void) {
    for (made *m = last; m; m = m->before)
        pthread_mutex_unlock(&m->mutex);
    pthread_mutex_unlock(&lock);
}

__attribute__((constructor(201))) static void guard(void) { pthread_atfork(before_fork, after_fork, after_fork); }
