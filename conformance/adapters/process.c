/* Starting and stopping one process. */
#include "conformance/adapters/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOP_MS 2000
#define POLL_MS 1
#define PORTS_TRIED 64
#define SAID_MAX (1L << 20)

extern char **environ;

static size_t count_of(char *const *list)
{
    size_t count = 0;
    while (list && list[count]) {
        count++;
    }
    return count;
}

/* Whether `list` sets the variable that `setting` sets. */
static bool sets_too(char *const *list, const char *setting)
{
    size_t len = strcspn(setting, "=") + 1;
    for (; list && *list; list++) {
        if (strncmp(*list, setting, len) == 0) {
            return true;
        }
    }
    return false;
}

/* This process's environment with that of `more` instead or besides: a new list of borrowed texts,
 * or NULL. */
static char **merge_environment(char *const *more)
{
    size_t count = count_of(more);
    char **all = calloc(count + count_of(environ) + 1, sizeof *all);
    for (size_t i = 0; all && i < count; i++) {
        all[i] = more[i];
    }
    for (char **own = environ; all && *own; own++) {
        if (!sets_too(more, *own)) {
            all[count++] = *own;
        }
    }
    return all;
}

/* A group of its own, no signal held back, SIGPIPE as usual: what is ignored stays so across exec.
 */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF) |
           posix_spawnattr_setpgroup(attributes, 0) |
           posix_spawnattr_setsigmask(attributes, &none) |
           posix_spawnattr_setsigdefault(attributes, &usual);
}

/* A file that the kernel cannot run is a script of the shell, as for execvp; it names no
 * interpreter. */
static int spawn_script(pid_t *pid, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const *argv, char **environment)
{
    size_t count = count_of(argv);
    char **script = calloc(count + 2, sizeof *script);
    if (!script) {
        return ENOMEM;
    }
    script[0] = "/bin/sh";
    memcpy(script + 1, argv, count * sizeof *script);
    int fault = posix_spawn(pid, script[0], actions, attributes, script, environment);
    free(script);
    return fault;
}

/* Starts it with three standard streams. Unlike fork, this copies nothing of a process that has
 * many threads and much memory. */
static pid_t start(char *const *argv, char *const *environment, const int streams[3], char *why,
                   size_t cap)
{
    pid_t pid = -1;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char **all = merge_environment(environment);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    int fault = all ? set_attributes(&attributes) : ENOMEM;
    for (int i = 0; i < 3 && fault == 0; i++) {
        fault = streams[i] >= 0 ? posix_spawn_file_actions_adddup2(&actions, streams[i], i) : fault;
    }
    fault = fault == 0 ? posix_spawnp(&pid, argv[0], &actions, &attributes, argv, all) : fault;
    fault = fault == ENOEXEC ? spawn_script(&pid, &actions, &attributes, argv, all) : fault;
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    free(all);
    if (fault != 0) {
        (void)snprintf(why, cap, "%s: %s", argv[0], strerror(fault));
        return -1;
    }
    return pid;
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
}

pid_t cf_process_start(char *const *argv, char *const *environment, const char *log, char *why,
                       size_t cap)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int streams[3] = {null, fd, fd};
    pid_t pid = start(argv, environment, streams, why, cap);
    close_all(streams, 2);
    return pid;
}

pid_t cf_process_start_piped(char *const *argv, char *const *environment, struct cf_pipes *pipes,
                             char *why, size_t cap)
{
    int ends[6] = {-1, -1, -1, -1, -1, -1};
    for (size_t i = 0; i < 3; i++) {
        if (pipe2(&ends[2 * i], O_CLOEXEC) != 0) {
            (void)snprintf(why, cap, "%s: %s", argv[0], strerror(errno));
            close_all(ends, 6);
            return -1;
        }
    }
    const int streams[3] = {ends[0], ends[3], ends[5]};
    const int ours[3] = {ends[1], ends[2], ends[4]};
    pid_t pid = start(argv, environment, streams, why, cap);
    close_all(streams, 3);
    if (pid < 0) {
        close_all(ours, 3);
        return -1;
    }
    for (size_t i = 0; i < 3; i++) {
        (void)fcntl(ours[i], F_SETFL, O_NONBLOCK);
    }
    *pipes = (struct cf_pipes){ours[0], ours[1], ours[2]};
    return pid;
}

/* The child stays to be reaped, so that its number is nobody else's until cf_process_stop. */
bool cf_process_running(pid_t pid)
{
    siginfo_t state = {0};
    return waitid(P_PID, (id_t)pid, &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == 0;
}

bool cf_process_reap(pid_t pid, long timeout_ms, int *status)
{
    const struct timespec pause = {0, POLL_MS * 1000000L};
    pid_t got = 0;
    for (long waited = 0; (got = waitpid(pid, status, WNOHANG)) == 0 && waited < timeout_ms;
         waited += POLL_MS) {
        (void)nanosleep(&pause, NULL);
    }
    if (got == 0) {
        return false;
    }
    (void)kill(-pid, SIGKILL); /* what it left behind in its group */
    return true;
}

void cf_process_stop(pid_t pid)
{
    int status = 0;
    if (pid <= 0) {
        return;
    }
    (void)kill(-pid, SIGTERM);
    if (!cf_process_reap(pid, STOP_MS, &status)) {
        (void)kill(-pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
    }
}

/* A port that was given away is not listened on at once, and another thread may ask meanwhile. */
static bool was_given(int port)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the two below */
    static int given[64];
    static size_t count;
    bool found = false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        found = found || given[i] == port;
    }
    if (!found) {
        given[count++ % (sizeof given / sizeof given[0])] = port;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int port = -1;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        port = ntohs(address.sin_port);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return port;
}

int cf_free_port(void)
{
    int port = free_port();
    for (int i = 0; i < PORTS_TRIED && port >= 0 && was_given(port); i++) {
        port = free_port();
    }
    return port;
}

int64_t cf_process_memory_kib(pid_t pid)
{
    char path[64] = "/proc/self/statm";
    long long pages = -1;
    if (pid > 0) {
        (void)snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    }
    FILE *file = fopen(path, "re");
    if (!file || fscanf(file, "%*s %lld", &pages) != 1) {
        pages = -1;
    }
    if (file) {
        (void)fclose(file);
    }
    return pages < 0 ? -1 : pages * (sysconf(_SC_PAGESIZE) / 1024);
}

char *cf_process_said(const char *log)
{
    FILE *file = fopen(log, "re");
    char *text = file ? calloc(1, SAID_MAX + 1) : NULL;
    if (text) {
        long end = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
        (void)fseek(file, end > SAID_MAX ? end - SAID_MAX : 0, SEEK_SET);
        text[fread(text, 1, SAID_MAX, file)] = '\0';
    }
    if (file) {
        (void)fclose(file);
    }
    return text;
}
