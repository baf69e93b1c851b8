/* Starting and stopping one process. */
#include "conformance/adapters/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STOP_MS 2000
#define POLL_MS 10

/* The child's part; does not return. */
__attribute__((noreturn)) static void run_child(char *const *argv, char *const *environment,
                                                const char *log)
{
    sigset_t none;
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);
    (void)setpgid(0, 0);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (fd >= 0 && null >= 0) {
        (void)dup2(null, STDIN_FILENO);
        (void)dup2(fd, STDOUT_FILENO);
        (void)dup2(fd, STDERR_FILENO);
    }
    for (; environment && *environment; environment++) {
        (void)putenv(*environment);
    }
    (void)execvp(argv[0], argv);
    (void)dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t cf_process_start(char *const *argv, char *const *environment, const char *log, char *why,
                       size_t cap)
{
    pid_t pid = fork();
    if (pid == 0) {
        run_child(argv, environment, log);
    }
    if (pid < 0) {
        (void)snprintf(why, cap, "%s: %s", argv[0], strerror(errno));
        return -1;
    }
    (void)setpgid(pid, pid); /* here too: whoever comes first */
    return pid;
}

bool cf_process_running(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == 0;
}

void cf_process_stop(pid_t pid)
{
    const struct timespec pause = {0, POLL_MS * 1000000L};
    if (pid <= 0) {
        return;
    }
    (void)kill(-pid, SIGTERM);
    for (int waited = 0; waited < STOP_MS; waited += POLL_MS) {
        if (waitpid(pid, NULL, WNOHANG) != 0) {
            (void)kill(-pid, SIGKILL); /* what it left behind in its group */
            return;
        }
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(-pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

int cf_free_port(void)
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
