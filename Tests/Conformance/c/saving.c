/* Saving where systems differ: files in the way, links, long names, no /proc, no hard links, no files without names, owners, interrupted and failing
   calls. Argument: a folder to write to. The system's calls are replaced by ones that can be told to fail. */
#include "check.h"
#include "refused.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sam.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the next calls answer; 0: as the system does. */
static struct { int tmpfile, linkat, access, chown, mode, fsync_folder, fsync, close, rename, interrupt; long piece; } fails;

static int failing(int number) { return number ? (errno = number, 1) : 0; }
static int interrupted(void) { return fails.interrupt > 0 && fails.interrupt-- % 2 ? (errno = EINTR, 1) : 0; }

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    int mode = (int)va_arg(list, mode_t);
    va_end(list);
    if (interrupted() || ((flags & O_TMPFILE) == O_TMPFILE && failing(fails.tmpfile)))
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    return failing(fails.linkat) ? -1 : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}
int access(const char *path, int mode) {
    return !strncmp(path, "/proc", 5) && failing(fails.access) ? -1 : (int)syscall(SYS_faccessat, AT_FDCWD, path, mode, 0);
}
int fchown(int file, uid_t user, gid_t group) { return failing(fails.chown) ? -1 : (int)syscall(SYS_fchown, file, user, group); }
int fchmod(int file, mode_t mode) { return failing(fails.mode) ? -1 : (int)syscall(SYS_fchmod, file, mode); }
int fsync(int file) {
    struct stat about;
    int folder = fstat(file, &about) == 0 && S_ISDIR(about.st_mode);
    if (interrupted() || failing(folder ? fails.fsync_folder : fails.fsync))
        return -1;
    return (int)syscall(SYS_fsync, file);
}
int close(int file) {
    int failed = failing(file > 2 ? fails.close : 0), was = errno;
    syscall(SYS_close, file);
    return failed ? (errno = was, -1) : 0;
}
int rename(const char *from, const char *to) { return failing(fails.rename) ? -1 : (int)syscall(SYS_rename, from, to); }
ssize_t write(int file, const void *bytes, size_t count) {
    if (file > 2 && interrupted())
        return -1;
    return syscall(SYS_write, file, bytes, file > 2 && fails.piece && count > (size_t)fails.piece ? (size_t)fails.piece : count);
}

static char folder[300], path[700], other[700];
static pair p;
static char good[8192];
static size_t good_bytes;

static const char *in_folder(char out[700], const char *name) { return snprintf(out, 700, "%s/%s", folder, name), out; }

static int exists(const char *file) {
    struct stat about;
    return lstat(file, &about) == 0;
}

/* The file holds the whole state, and nothing is left beside it. */
static void is_saved(const char *file, const char *where) {
    char bytes[8192], command[800];
    FILE *in = fopen(file, "rb");
    size_t count = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (in)
        fclose(in);
    CHECK(count == good_bytes && !memcmp(bytes, good, count), "%s: %zu bytes, expected %zu", where, count, good_bytes);
    snprintf(command, sizeof command, "! ls -A '%s' | grep -av '^stale' | grep -aq part$", folder);
    CHECK(system(command) == 0, "%s: a file aside is left", where);
}

static void put(const char *file, const char *text) {
    FILE *out = fopen(file, "wb");
    CHECK(out && fputs(text, out) >= 0 && fclose(out) == 0, "%s cannot be made", file);
}

static void is_old(const char *file, const char *where) {
    char bytes[64] = "";
    FILE *in = fopen(file, "rb");
    size_t count = in ? fread(bytes, 1, sizeof bytes - 1, in) : 0;
    if (in)
        fclose(in);
    CHECK(count == 3 && !strcmp(bytes, "old"), "%s: \"%s\" is there", where, bytes);
}

/* Every reason why a file without a name cannot be made or named: the save does without. */
static void without_links(void) {
    static const int numbers[] = {EPERM, EOPNOTSUPP, ENOENT, EXDEV, ENOSYS, EACCES, EINVAL, EISDIR, EMLINK};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (int which = 0; which < 4; which++) {
            for (int there = 0; there < 2; there++) {
                unlink(in_folder(path, "state"));
                if (there)
                    put(path, "old");
                memset(&fails, 0, sizeof fails);
                *(which == 0 ? &fails.tmpfile : which == 1 ? &fails.linkat : &fails.access) = numbers[i];
                if (which == 3)
                    fails.linkat = fails.tmpfile = numbers[i];
                ACCEPTED(sam_optimizer_save(p.optimizer, path));
                memset(&fails, 0, sizeof fails);
                is_saved(path, strerror(numbers[i]));
            }
        }
    }
}

static void real_failures(void) {
    static const int numbers[] = {ENOSPC, EIO, EDQUOT, EROFS};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        for (int which = 0; which < 5; which++) {
            put(in_folder(path, "state"), "old");
            memset(&fails, 0, sizeof fails);
            if (which == 1 && numbers[i] == EROFS)
                continue;
            *(which == 0 ? &fails.fsync : which == 1 ? &fails.linkat : which == 2 ? &fails.close : &fails.rename) = numbers[i];
            if (which == 4)
                fails.tmpfile = EOPNOTSUPP;
            REFUSED(sam_optimizer_save(p.optimizer, path), SAM_ERROR_IO, path, "written", strerror(numbers[i]));
            memset(&fails, 0, sizeof fails);
            is_old(path, "after a failure");
            char command[800];
            snprintf(command, sizeof command, "! ls -A '%s' | grep -aq part$", folder);
            CHECK(system(command) == 0, "a file aside is left: %d of %d", which, numbers[i]);
        }
    }
    fails.fsync_folder = EIO;                   /* the new file is there */
    ACCEPTED(sam_optimizer_save(p.optimizer, path));
    memset(&fails, 0, sizeof fails);
    is_saved(path, "a folder that cannot be flushed");
    fails.interrupt = 40, fails.piece = 7;
    ACCEPTED(sam_optimizer_save(p.optimizer, path));
    CHECK(fails.interrupt < 30, "nothing was interrupted");
    fails.interrupt = 2;
    ACCEPTED(sam_optimizer_load(p.optimizer, path));
    memset(&fails, 0, sizeof fails);
    is_saved(path, "interrupted and by pieces");
}

/* Files that a killed process of the same number has left, as many as one likes. */
static void stale(void) {
    for (int named = 0; named < 2; named++) {
        char name[700];
        for (int i = 0; i < 400; i++) {
            snprintf(name, sizeof name, "%s/stale%d.%ld-%d.part", folder, named, (long)getpid(), i);
            put(name, "x");
        }
        snprintf(name, sizeof name, "stale%d", named);
        fails.tmpfile = named ? EOPNOTSUPP : 0;
        ACCEPTED(sam_optimizer_save(p.optimizer, in_folder(path, name)));
        ACCEPTED(sam_optimizer_save(p.optimizer, path));
        fails.tmpfile = 0;
        is_saved(path, name);
        snprintf(name, sizeof name, "rm -f '%s'/stale*", folder);
        CHECK(system(name) == 0, "%s", name);
    }
}

static int is_link(const char *file) {
    struct stat about;
    return lstat(file, &about) == 0 && S_ISLNK(about.st_mode);
}

static void links(void) {
    char deep[700], command[800];
    snprintf(command, sizeof command, "mkdir -p '%s/sub'", folder);
    CHECK(system(command) == 0 && symlink("nowhere", in_folder(path, "dangling")) == 0, "no link");
    ACCEPTED(sam_optimizer_save(p.optimizer, path));
    CHECK(is_link(path), "a dangling link became a file");
    is_saved(in_folder(other, "nowhere"), "the target of a dangling link");
    CHECK(symlink("sub/far", in_folder(path, "far")) == 0 && symlink("../home", in_folder(deep, "sub/far")) == 0, "no link");
    ACCEPTED(sam_optimizer_save(p.optimizer, path));            /* link to a link in another folder, to a file that is not there */
    CHECK(is_link(path) && is_link(deep), "a link became a file");
    is_saved(in_folder(other, "home"), "links through a folder");
    CHECK(symlink("loop2", in_folder(path, "loop1")) == 0 && symlink("loop1", in_folder(other, "loop2")) == 0, "no link");
    REFUSED(sam_optimizer_save(p.optimizer, path), SAM_ERROR_IO, path, strerror(ELOOP));
    REFUSED(sam_optimizer_load(p.optimizer, path), SAM_ERROR_IO, path, strerror(ELOOP));
    CHECK(is_link(path) && is_link(other), "a loop of links was replaced");
    CHECK(symlink("absent/file", in_folder(path, "into_nothing")) == 0, "no link");
    REFUSED(sam_optimizer_save(p.optimizer, path), SAM_ERROR_IO, path, strerror(ENOENT));
    CHECK(is_link(path), "a link into a folder that is not there was replaced");
    CHECK(symlink("sub", in_folder(path, "to_folder")) == 0, "no link");
    REFUSED(sam_optimizer_save(p.optimizer, path), SAM_ERROR_IO, path, strerror(EISDIR));
    CHECK(mkfifo(in_folder(path, "fifo"), 0600) == 0, "no fifo");
    REFUSED(sam_optimizer_save(p.optimizer, path), SAM_ERROR_IO, path, "regular");
    REFUSED(sam_optimizer_load(p.optimizer, path), SAM_ERROR_IO, path, "regular");
    REFUSED(sam_optimizer_save(p.optimizer, ""), SAM_ERROR_IO, strerror(ENOENT));
    REFUSED(sam_optimizer_save(p.optimizer, in_folder(path, "new/")), SAM_ERROR_IO, path, strerror(EISDIR));
    REFUSED(sam_optimizer_save(p.optimizer, in_folder(path, "home/x")), SAM_ERROR_IO, path, strerror(ENOTDIR));
}

/* Whatever name open(2) can make, of one byte or two a character. */
static void long_names(void) {
    for (int wide = 0; wide < 2; wide++) {
        for (size_t length = 225; length <= 257; length++) {
            char name[300] = "";
            for (size_t i = 0; i < length; i++)
                name[i] = wide ? "\303\274"[i % 2] : 'n';
            for (int named = 0; named < 2; named++) {
                fails.tmpfile = named ? EOPNOTSUPP : 0;
                int file = open(in_folder(path, name), O_CREAT | O_RDWR, 0600);
                if (file >= 0) {
                    close(file), unlink(path);
                    ACCEPTED(sam_optimizer_save(p.optimizer, path));
                    is_saved(path, path);
                    ACCEPTED(sam_optimizer_save(p.optimizer, path));
                    unlink(path);
                } else {
                    REFUSED(sam_optimizer_save(p.optimizer, path), SAM_ERROR_IO, strerror(ENAMETOOLONG));
                }
            }
        }
    }
    fails.tmpfile = 0;
    char deep[5000] = "";
    strcpy(deep, folder);
    while (strlen(deep) < 4096) {
        char *end = deep + strlen(deep);
        for (size_t room = 4095 - strlen(deep); room > 8;) {
            size_t count = room - 2 > 200 ? 200 : room - 6;
            *end++ = '/';
            memset(end, 'd', count), end[count] = 0;
            if (mkdir(deep, 0700) != 0)
                break;
            end += count;
            room = 4095 - strlen(deep);
        }
        strcat(deep, "/");
        while (strlen(deep) < 4095)
            strcat(deep, "s");
        break;
    }
    int file = open(deep, O_CREAT | O_RDWR, 0600);
    CHECK(file >= 0, "a path of %zu bytes: %s", strlen(deep), strerror(errno));
    close(file);
    for (int named = 0; named < 2; named++) {
        fails.tmpfile = named ? EOPNOTSUPP : 0;
        ACCEPTED(sam_optimizer_save(p.optimizer, deep));
        ACCEPTED(sam_optimizer_load(p.optimizer, deep));
    }
    fails.tmpfile = 0;
}

/* Owner, group and mode stay where the process may give them; where not, it is no failure. */
static void owners(void) {
    struct stat about;
    static const int modes[] = {0600, 0640, 0666, 0444, 0604};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        unlink(in_folder(path, "owned"));
        put(path, "old");
        int root = geteuid() == 0 && chown(path, 1234, 4321) == 0;
        CHECK(chmod(path, (mode_t)modes[i]) == 0, "no mode");
        ACCEPTED(sam_optimizer_save(p.optimizer, path));
        CHECK(stat(path, &about) == 0 && (about.st_mode & 07777) == (mode_t)modes[i], "the mode is %o", (unsigned)about.st_mode & 07777);
        CHECK(!root || (about.st_uid == 1234 && about.st_gid == 4321), "the owner is %u:%u", (unsigned)about.st_uid, (unsigned)about.st_gid);
        is_saved(path, "over a file of another owner");
        fails.chown = EPERM, fails.mode = i % 2 ? EPERM : 0;
        ACCEPTED(sam_optimizer_save(p.optimizer, path));
        memset(&fails, 0, sizeof fails);
        is_saved(path, "where owners cannot be given");
    }
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    snprintf(folder, sizeof folder, "%s", argv[1]);
    char command[700];
    snprintf(command, sizeof command, "rm -rf '%s' && mkdir -p '%s'", folder, folder);
    if (system(command))
        return 2;
    make_pair(&p, "sam", "adam");
    double loss = 0;
    while (sam_step(p.optimizer, loss) > 0)
        p.gradient[0] = p.gradient[1] = loss = 1;
    ACCEPTED(sam_optimizer_state_size(p.optimizer, &good_bytes));
    CHECK(good_bytes <= sizeof good, "a state of %zu bytes", good_bytes);
    ACCEPTED(sam_optimizer_state_write(p.optimizer, good, good_bytes));
    without_links();
    real_failures();
    stale();
    links();
    long_names();
    owners();
    CHECK(exists(path), "nothing was written");
    destroy_pair(&p);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) || report("saving");
}
