/* A walk over the loaded objects. */
#include "mockidp/platform/pages.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Segments without PF_W are private mappings of a file that nobody wrote to, so their pages are as
 * the file has them. */
static int drop(struct dl_phdr_info *object, size_t size, void *closure)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size;
    (void)closure;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t begin = (object->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_memsz) & ~(page - 1);
        if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W) && begin < end) {
            (void)madvise((void *)begin, end - begin, MADV_DONTNEED);
        }
    }
    return 0;
}

void pages_drop_code(void)
{
    (void)dl_iterate_phdr(drop, NULL);
}
