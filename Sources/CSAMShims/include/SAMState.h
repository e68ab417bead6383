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

/* Where a state goes: a file or the host's buffer. What the functions below answer: 0, an errno, or one of these; after one that is not 0 only
   sam_writer_abandon. */
enum {
    SAM_NOT_REGULAR = -1,           /* the path is of something that is no file of bytes */
    SAM_NO_LINK = -2                /* a file without a name cannot get one here: begin again with `named` */
};
typedef struct sam_writer {
    sam_checksum sum;
    unsigned char *buffer;          /* the host's, or what is gathered before it is written */
    size_t capacity, used;
    char *target, *aside;           /* of a file: its name with links followed, and the name of what is written until it is complete */
    char *folder;                   /* that both are in */
    size_t longest;                 /* bytes that the name aside may have; 0 where it is no file */
    int file, has_name;             /* has_name: the file aside has its name already */
} sam_writer;
int sam_writer_file(sam_writer *writer, const char *path, int named);
void sam_writer_memory(sam_writer *writer, void *buffer, size_t bytes);
int sam_writer_put(sam_writer *writer, const void *bytes, size_t count);
/* The checksum of what was put, as 16 digits of base 16, to the given place; then the file is flushed and takes its name. */
int sam_writer_finish(sam_writer *writer, size_t place);
/* Nothing is left of the file aside; what was at the path is there. */
void sam_writer_abandon(sam_writer *writer);

/* Where a write to the path goes: the path itself, or what the links there lead to, in *target, for free(). 0 or an errno. */
int sam_file_target(const char *path, char **target);

/* A state's file while it is read: its first 8 bytes and the header that they announce, then the rest. 0 or an errno; sam_reader_close in any case. */
typedef struct sam_reader {
    int file;
    size_t size;                    /* of the file */
    unsigned char *head, *data;     /* read so far; data: 64-aligned */
    size_t head_size, data_size;
} sam_reader;
/* Reads a header of plausible bytes only; head_size says how much of it that is, 8 bytes of length included. */
int sam_reader_open(sam_reader *reader, const char *path);
int sam_reader_data(sam_reader *reader);
void sam_reader_close(sam_reader *reader);

/* ENOMEM; and the system's sentence of an answer, in English and in out. */
int sam_errno_of_memory(void);
void sam_errno_text(int number, char *out, size_t capacity);

/* The fewest digits that read back as the same number, and a whole number by its digits; how many bytes. */
enum { SAM_NUMBER_BYTES = 40 };
int sam_number_text(double value, char out[SAM_NUMBER_BYTES]);
int sam_integer_text(int64_t value, char *out);                /* up to 20 bytes and a 0 */
/* The number that the text begins with, to the nearest; *end after it, at text where there is none. Up to 38 digits. */
double sam_number_read(const char *text, const char **end);

#endif
