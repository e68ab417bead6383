#include "SAMPlatform.h"
#include "SAMState.h"
#include <string.h>
#include <stdio.h>

/* A thread's message. It is UTF-8 whatever was named in it, and where it would be too long the longest names in it are shortened in their middle,
   so that what is wrong and what was expected always stand there. */

enum { ROOM = 1024, NAMES = 16, LONG = 48, MOST = 480 };     /* bytes of a message; long names in it; where one is long; most of one */

static _Thread_local char message[ROOM + MOST + 16];
static _Thread_local size_t length;
static _Thread_local struct { unsigned short start, end; } name[NAMES];    /* the long ones */
static _Thread_local int names;

static const char gap[] = "\342\200\246";      /* in the place of what is left out */

void sam_message_begin(void) {
    length = 0;
    names = 0;
    message[0] = 0;
}

static int continues(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

/* Takes at least `wanted` bytes out of the middle of [start, end), or as many as leave some of it. Answers how many. */
static size_t shorten(size_t start, size_t end, size_t wanted) {
    size_t size = end - start, most = size > LONG ? size - LONG : 0;
    if (most == 0)
        return 0;
    wanted = (wanted < most ? wanted : most) + sizeof gap - 1;
    size_t from = start + (size - wanted) / 2, to = from + wanted;
    for (size_t at = start; at + sizeof gap - 1 <= end; at++)         /* an earlier gap goes with it */
        if (memcmp(message + at, gap, sizeof gap - 1) == 0 && at + sizeof gap - 1 >= from && at <= to) {
            from = at < from ? at : from;
            to = at + sizeof gap - 1 > to ? at + sizeof gap - 1 : to;
        }
    while (from > start && continues(message[from]))
        from--;
    while (to < end && continues(message[to]))
        to++;
    memcpy(message + from, gap, sizeof gap - 1);
    memmove(message + from + sizeof gap - 1, message + to, length - to);
    return to - from - (sizeof gap - 1);
}

/* Makes room for `count` bytes more at the cost of the longest names; how many there is room for. */
static size_t room(size_t count) {
    while (length + count > ROOM - 1) {
        int longest = 0;
        for (int i = 1; i < names; i++)
            if (name[i].end - name[i].start > name[longest].end - name[longest].start)
                longest = i;
        size_t gone = names ? shorten(name[longest].start, name[longest].end, length + count - (ROOM - 1)) : 0;
        if (gone == 0)
            return length < ROOM - 1 ? ROOM - 1 - length : 0;
        length -= gone;
        name[longest].end -= (unsigned short)gone;
        for (int i = longest + 1; i < names; i++)
            name[i].start -= (unsigned short)gone, name[i].end -= (unsigned short)gone;
    }
    return count;
}

/* At most so many bytes, whole characters. */
static size_t cut(const char *bytes, size_t most) {
    while (most && continues(bytes[most]))
        most--;
    return most;
}

void sam_message_text(const char *bytes, size_t count) {
    size_t fits = room(count);
    if (fits < count)
        fits = cut(bytes, fits);
    memcpy(message + length, bytes, fits);
    length += fits;
    message[length] = 0;
}

/* Bytes of the character that begins there; 0 where it is not UTF-8, or is 0: also overlong forms, surrogates, beyond U+10FFFF. */
static size_t character(const unsigned char *p, size_t left) {
    size_t size = p[0] == 0 ? 0 : p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
    if (size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if (!continues((char)p[i]))
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return size;
}

/* What follows the character at p, which is put into out, or \xNN of a byte that begins none; *count: bytes put. */
static const unsigned char *shown(const unsigned char *p, const unsigned char *end, char out[4], size_t *count) {
    static const char hex[] = "0123456789abcdef";
    size_t size = character(p, (size_t)(end - p));
    *count = size ? size : 4;
    if (size) {
        memcpy(out, p, size);
        return p + size;
    }
    out[0] = '\\', out[1] = 'x', out[2] = hex[*p >> 4], out[3] = hex[*p & 15];
    return p + 1;
}

void sam_message_name(const char *bytes, size_t count) {
    const unsigned char *p = (const unsigned char *)bytes, *end = p + count;
    size_t whole = 0, used = 0, size, start = length;
    char one[4];
    for (const unsigned char *q = p; q < end; whole += size)
        q = shown(q, end, one, &size);
    while (p < end && (whole <= MOST || used < MOST / 2)) {
        p = shown(p, end, message + length, &size);
        length += size, used += size;
    }
    if (p < end) {
        memcpy(message + length, gap, sizeof gap - 1);
        length += sizeof gap - 1;
        for (; whole - used > MOST / 2; used += size)
            p = shown(p, end, one, &size);
        for (; p < end; length += size)
            p = shown(p, end, message + length, &size);
    }
    if (length - start > LONG && names == NAMES)
        length -= shorten(start, length, length);
    else if (length - start > LONG)
        name[names].start = (unsigned short)start, name[names++].end = (unsigned short)length;
    room(0);
    if (length > ROOM - 1)
        length = cut(message, ROOM - 1);
    message[length] = 0;
}

void sam_message_integer(int64_t value) {
    char text[SAM_NUMBER_BYTES];
    sam_message_text(text, (size_t)sam_integer_text(value, text));
}

void sam_message_number(double value) {
    char text[SAM_NUMBER_BYTES];
    sam_message_text(text, (size_t)sam_number_text(value, text));
}

void sam_message_errno(int number) {
    char text[128] = "";
    sam_errno_text(number, text, sizeof text);
    sam_message_name(text, strlen(text));
}

const char *sam_message_read(void) { return message; }

const char *sam_info(const char *version, const char *mode) {
    static _Thread_local char info[256];
    snprintf(info, sizeof info,
             "{\"version\": \"%s\", \"instruction_set\": \"%s\", \"threads\": %d, \"blas\": \"%s\", \"openmp\": false, \"swift\": \"%s\"}",
             version, sam_processor_set(), sam_threads_wanted(), sam_blas_kind(), mode);
    return info;
}
