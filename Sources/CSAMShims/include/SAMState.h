/* States in files and buffers: written aside, flushed and renamed; a checksum over every byte. */
#ifndef SAM_STATE_H
#define SAM_STATE_H

#include <stddef.h>
#include <stdint.h>

/* XXH64 with seed 0, of bytes that come piece by piece. */
typedef struct sam_checksum {
    uint64_t lane[4], total;
    unsigned char rest[32];
} sam_checksum;
void sam_checksum_begin(sam_checksum *sum);
void sam_checksum_add(sam_checksum *sum, const void *bytes, size_t count);
uint64_t sam_checksum_end(const sam_checksum *sum);

/* Where a state goes: a file or the host's buffer. Answers below: 0, or an errno; after one that is not 0 only sam_writer_abandon. */
typedef struct sam_writer {
    sam_checksum sum;
    unsigned char *buffer;          /* the host's, or what is gathered before it is written */
    size_t capacity, used;
    char *target, *aside;           /* of a file: its name, and the name of what is written until it is complete */
    int file, named, mode;          /* named: the file aside has its name already */
} sam_writer;
int sam_writer_file(sam_writer *writer, const char *path);
void sam_writer_memory(sam_writer *writer, void *buffer, size_t bytes);
int sam_writer_put(sam_writer *writer, const void *bytes, size_t count);
/* The checksum of what was put, as 16 digits of base 16, to the given place; then the file is flushed and takes its name. */
int sam_writer_finish(sam_writer *writer, size_t place);
/* Nothing is left of the file aside; what stood at the path stands. */
void sam_writer_abandon(sam_writer *writer);

/* A whole regular file in new memory, for sam_memory_give. 0 or an errno. */
int sam_file_read(const char *path, void **bytes, size_t *count);

/* ENOMEM; and the system's sentence of an errno, in out. */
int sam_errno_of_memory(void);
void sam_errno_text(int number, char *out, size_t capacity);

/* The fewest digits that read back as the same number, a point whatever the host's locale; how many bytes. */
enum { SAM_NUMBER_BYTES = 40 };
int sam_number_text(double value, char out[SAM_NUMBER_BYTES]);
/* The number that the text begins with, whatever the host's locale; *end behind it, at text where there is none. */
double sam_number_read(const char *text, const char **end);

#endif
