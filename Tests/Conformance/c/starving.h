/* Memory that runs out on demand: malloc, calloc, realloc and posix_memalign of the whole program, of which those that libsam calls are counted and fail. */
#ifndef STARVING_H
#define STARVING_H

#include <stddef.h>

/* Which of the library's requests fail from starve() on: the one numbered `at` (from 0), all from `at` on, or every object of the engine
   (what Swift allocates: then all of them come from the reserve that the call found when it began). */
enum { ONE_FAILS, ALL_FAIL, OBJECTS_FAIL, NONE_FAILS };

void starve(int how, long at);
/* Ends it. Answers how many requests the library has made since. */
long feed(void);

/* Runs a call in a thread of its own, whose reserve nobody has drawn from, with OBJECTS_FAIL. Its answer; *bytes: what it took of the reserve. */
int draw(int (*call)(void), size_t *bytes);

/* From now on the last memory that the library asks for with `least` to `most` bytes is painted; touched(): its bytes up to the last one written. */
void watch(size_t least, size_t most);
size_t touched(void);

/* What is being tried, for a signal that ends the program: it is printed and the program ends with 1. */
void trying(const char *format, ...);

#endif
