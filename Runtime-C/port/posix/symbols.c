/* The symbol that an address of this process lies in, from the symbol table of
 * the program or library that it belongs to. */
#define _GNU_SOURCE
#include "posix.h"

#include <string.h>

#ifdef __ELF__

#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file that holds an address, and the address in it. */
struct place {
  uintptr_t address;
  const char *path;
  bool found;
};

static int look(struct dl_phdr_info *info, size_t size, void *argument) {
  struct place *place = argument;
  (void)size;
  uintptr_t address = place->address - (uintptr_t)info->dlpi_addr;
  for (int k = 0; k < info->dlpi_phnum; k++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[k];
    if (segment->p_type != PT_LOAD || address - segment->p_vaddr >= segment->p_memsz) continue;
    place->address = address;
    place->path = info->dlpi_name && *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";
    place->found = true;
    return 1;
  }
  return 0;
}

/* A table of a section, or NULL where the file does not hold all of it. */
static const void *table(const unsigned char *file, size_t size, const ElfW(Shdr) * section) {
  if (section->sh_offset > size || section->sh_size > size - section->sh_offset) return NULL;
  return file + section->sh_offset;
}

static bool find(const unsigned char *file, size_t size, uintptr_t address, char *to, size_t room) {
  const ElfW(Ehdr) *header = (const void *)file;
  if (size < sizeof *header || memcmp(file, ELFMAG, SELFMAG) || header->e_shentsize != sizeof(ElfW(Shdr))) return false;
  ElfW(Shdr) all = {.sh_offset = header->e_shoff, .sh_size = (size_t)header->e_shnum * sizeof(ElfW(Shdr))};
  const ElfW(Shdr) *sections = table(file, size, &all);
  if (!sections) return false;
  for (int k = 0; k < header->e_shnum; k++) {
    const ElfW(Shdr) *section = &sections[k];
    if (section->sh_type != SHT_SYMTAB || section->sh_link >= header->e_shnum) continue;
    const ElfW(Sym) *symbols = table(file, size, section);
    const char *strings = table(file, size, &sections[section->sh_link]);
    size_t length = sections[section->sh_link].sh_size;
    if (!symbols || !strings || !length || strings[length - 1]) return false;
    for (size_t s = 0; s < section->sh_size / sizeof *symbols; s++) {
      const ElfW(Sym) *symbol = &symbols[s];
      if ((symbol->st_info & 15) != STT_FUNC || address - symbol->st_value >= symbol->st_size) continue;
      if (symbol->st_name >= length || strlen(strings + symbol->st_name) >= room) continue;
      strcpy(to, strings + symbol->st_name);
      return true;
    }
  }
  return false;
}

bool apus_symbol_at(const void *pc, char *to, size_t size) {
  struct place place = {.address = (uintptr_t)pc};
  struct stat status;
  bool found = false;
  dl_iterate_phdr(look, &place);
  int file = place.found ? open(place.path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return false;
  if (!fstat(file, &status) && status.st_size > 0) {
    size_t length = (size_t)status.st_size;
    void *at = mmap(NULL, length, PROT_READ, MAP_PRIVATE, file, 0);
    if (at != MAP_FAILED) {
      found = find(at, length, place.address, to, size);
      munmap(at, length);
    }
  }
  close(file);
  return found;
}

#else

#include <dlfcn.h>

bool apus_symbol_at(const void *pc, char *to, size_t size) {
  Dl_info info;
  if (!dladdr(pc, &info) || !info.dli_sname || strlen(info.dli_sname) >= size) return false;
  strcpy(to, info.dli_sname);
  return true;
}

#endif
