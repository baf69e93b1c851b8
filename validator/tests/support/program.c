/* fork, exec, pipes; what goes wrong here aborts the test. */
#include "validator/tests/support/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* BUILD/validator/tests/check_x is where the test runs. */
static void find_program(const char *name, char *out, size_t cap)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0) {
        abort();
    }
    self[len] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(self, '/');
        if (!slash) {
            abort();
        }
        *slash = '\0';
    }
    if ((size_t)snprintf(out, cap, "%s/%s", self, name) >= cap) {
        abort();
    }
}

static void become(const char *path, const char *const *argv, const int *fds)
{
    char *copy[64] = {NULL};
    for (size_t i = 0; i < 63 && argv[i]; i++) {
        copy[i] = strdup(argv[i]);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int fd = 0; fd < 3; fd++) {
        if (dup2(fds[fd], fd) < 0) {
            _exit(126);
        }
    }
    execv(path, copy);
    _exit(127);
}

struct program program_start(const char *const *argv)
{
    int in[2];
    int out[2];
    int err[2];
    char path[4200];
    struct program p;
    find_program(argv[0], path, sizeof path);
    if (access(path, X_OK) != 0) {
        fprintf(stderr, "%s is not there: build the programs before their tests run\n", path);
        abort();
    }
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) {
        abort();
    }
    p.pid = fork();
    if (p.pid == 0) {
        become(path, argv, (int[]){in[0], out[1], err[1]});
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    p.in = fdopen(in[1], "w");
    p.out = fdopen(out[0], "r");
    p.err = fdopen(err[0], "r");
    if (p.pid < 0 || !p.in || !p.out || !p.err) {
        abort();
    }
    return p;
}

int program_end(struct program *p)
{
    int status = 0;
    if (p->in) {
        fclose(p->in);
    }
    if (waitpid(p->pid, &status, 0) != p->pid) {
        abort();
    }
    fclose(p->out);
    fclose(p->err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_stop(struct program *p)
{
    kill(p->pid, SIGTERM);
    return program_end(p);
}

char *program_read(FILE *stream)
{
    char *text = NULL;
    size_t cap = 0;
    if (getdelim(&text, &cap, '\0', stream) < 0) {
        free(text);
        return strdup("");
    }
    return text;
}

char *program_line(FILE *stream)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = getline(&line, &cap, stream);
    if (len < 0) {
        free(line);
        return strdup("");
    }
    line[strcspn(line, "\n")] = '\0';
    return line;
}
