/* Where the engine's small objects live. A refused allocation ends a Swift program, so memory is found before it is needed:

   - Each thread has a reserve. A call of the interface first makes sure that it has as much as the call can take (sam_reserve), or returns
     SAM_ERROR_MEMORY before anything has begun. The system's memory is used first, the reserve where the system refuses.
   - Each optimizer has an arena. Within a step objects live in it first, so that a step asks the system for nothing.

   In the Embedded build the engine's posix_memalign and free are sam_engine_allocate and sam_engine_free (cmake/EmbeddedSwift.cmake). In the
   ordinary build Swift allocates by itself: reserves are then probes, and arenas are not used. */
#ifndef SAM_RESERVE_H
#define SAM_RESERVE_H

#include <stddef.h>

/* A region from which blocks are taken and to which they return. It can be used by one thread, and freed into by all. */
typedef struct sam_arena sam_arena;
sam_arena *sam_arena_make(size_t bytes);        /* NULL: there is no memory */
void sam_arena_give(sam_arena *arena);          /* its memory goes when its last block is freed */

void *sam_arena_take(sam_arena *arena, size_t alignment, size_t bytes);  /* NULL: there is no room, or no arena */
void sam_arena_put_back(sam_arena *arena, void *block);
size_t sam_arena_room(sam_arena *arena);        /* bytes behind the last block */
int sam_arena_is_empty(sam_arena *arena);
int sam_arena_holds(const sam_arena *arena, const void *address);
sam_arena *sam_arena_of(const void *address);   /* the arena in which a block stands, NULL: none */
void sam_arenas_begin(void);                    /* once, before a process with arenas forks */
void sam_arenas_end(void);                      /* when the library is unloaded */

/* The arena that this thread's objects live in from now on, NULL: none. Returns the one before. */
sam_arena *sam_arena_use(sam_arena *arena);

/* Makes sure that the reserve of this thread has so many bytes in one piece. 0, or -1: there is no memory. */
int sam_reserve(size_t bytes);

/* What a large request has left of the reserve goes back to the system, once no object lives there. */
void sam_reserve_trim(void);

int sam_engine_allocate(void **out, size_t alignment, size_t bytes);
void sam_engine_free(void *memory);

#endif
