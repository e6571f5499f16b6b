/*
 * The limit: the least that a program can do to join a socket with standard input and output.
 *
 *   splice connect tcp:PORT|unix:PATH
 *   splice listen  tcp:PORT|unix:PATH
 *
 * The kernel moves the bytes (splice, or sendfile for a regular file), in both directions at once; an end of input is
 * passed on as a half-close, the end of what the peer sends ends the program. No options, no names, no messages, no sandbox: what is slower than this pays for what it does more.
 */
#define _GNU_SOURCE
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

enum { CHUNK = 1 << 20 };

/* One direction. `blocked_on` is which of its two ends to wait for: EAGAIN does not say which one it was, so the wait
 * changes sides each time that being woken did not help. */
struct direction {
    int from, to;
    bool open;
    enum { SOURCE, TARGET } blocked_on;
};

static mode_t kind(int fd)
{
    struct stat about;
    return fstat(fd, &about) < 0 ? 0 : about.st_mode & S_IFMT;
}

static ssize_t move(int from, int to)
{
    return splice(from, NULL, to, NULL, CHUNK, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

/* Socket to something that is no pipe (a file, /dev/null): through a pipe of our own, emptied before it is filled
 * again. A file does not block. */
static ssize_t move_through(int from, int to, const int own_pipe[2])
{
    ssize_t taken = move(from, own_pipe[1]);
    for (ssize_t left = taken; left > 0;) {
        ssize_t n = splice(own_pipe[0], NULL, to, NULL, (size_t)left, SPLICE_F_MOVE);
        if (n <= 0)
            return -1;
        left -= n;
    }
    return taken;
}

/* What came of one attempt: whether bytes went. */
static bool settle(struct direction *way, ssize_t n)
{
    if (n > 0)
        return true;
    if (n < 0 && errno == EAGAIN) {
        way->blocked_on = way->blocked_on == SOURCE ? TARGET : SOURCE;
        return false;
    }
    if (n < 0)
        address_fail("splice");
    way->open = false;
    return false;
}

static struct pollfd wait_for(const struct direction *way)
{
    if (!way->open)
        return (struct pollfd){.fd = -1};
    return way->blocked_on == SOURCE ? (struct pollfd){.fd = way->from, .events = POLLIN}
                                     : (struct pollfd){.fd = way->to, .events = POLLOUT};
}

static void join(int sock)
{
    mode_t input = kind(STDIN_FILENO);
    bool output_is_pipe = kind(STDOUT_FILENO) == S_IFIFO;
    struct direction up = {.from = STDIN_FILENO, .to = sock, .open = true, .blocked_on = TARGET};
    struct direction down = {.from = sock, .to = STDOUT_FILENO, .open = true, .blocked_on = TARGET};
    int own_pipe[2];

    if (!output_is_pipe) {
        if (pipe(own_pipe) < 0)
            address_fail("pipe");
        fcntl(own_pipe[1], F_SETPIPE_SZ, CHUNK);
    }
    if (input != S_IFIFO && input != S_IFREG) { /* /dev/null: nothing to send */
        up.open = false;
        shutdown(sock, SHUT_WR);
    }
    while (down.open) {
        bool moved = false;
        if (up.open) {
            moved |= settle(&up, input == S_IFREG ? sendfile(sock, STDIN_FILENO, NULL, CHUNK)
                                                  : move(STDIN_FILENO, sock));
            if (!up.open)
                shutdown(sock, SHUT_WR);
            else if (input == S_IFREG)
                up.blocked_on = TARGET; /* a file never blocks */
        }
        moved |= settle(&down, output_is_pipe ? move(sock, STDOUT_FILENO)
                                              : move_through(sock, STDOUT_FILENO, own_pipe));
        if (!output_is_pipe)
            down.blocked_on = SOURCE; /* nor does what is no pipe */
        if (moved || !down.open)
            continue;
        struct pollfd waits[2] = {wait_for(&up), wait_for(&down)};
        poll(waits, 2, -1);
    }
}

int main(int argc, char **argv)
{
    union address checked;
    if (argc != 3 || address_parse(argv[2], &checked) == 0) {
        fputs("usage: splice connect|listen tcp:PORT|unix:PATH\n", stderr);
        return 2;
    }
    int sock;
    if (strcmp(argv[1], "listen") == 0) {
        int listener = address_listen(argv[2]);
        sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        close(listener);
    } else {
        sock = address_connect(argv[2]);
    }
    if (sock < 0)
        address_fail(argv[2]);
    address_no_delay(sock);
    fcntl(sock, F_SETFL, O_NONBLOCK);
    join(sock);
    return 0;
}
