// SPDX-License-Identifier: BSD-3-Clause
// Reads program headers and versioned imports of an ELF file.
#include "config.h"

#include "elf_file.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace vmrpc::run {

void ElfFile::Closer::operator()(Elf* elf) const {
  elf_end(elf);
  close(descriptor);
}

ElfFile::ElfFile(int descriptor)
    : elf_(elf_begin(descriptor, ELF_C_READ, nullptr), Closer{descriptor}) {}

std::optional<ElfFile> ElfFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  elf_version(EV_CURRENT);
  ElfFile file(descriptor);
  errno = 0;
  if (!file.elf_ || elf_kind(file.elf_.get()) != ELF_K_ELF) return std::nullopt;
  return file;
}

std::pair<int, int> ElfFile::architecture() const {
  GElf_Ehdr header;
  if (gelf_getehdr(elf_.get(), &header) == nullptr) return {EM_NONE, ELFCLASSNONE};
  return {header.e_machine, header.e_ident[EI_CLASS]};
}

std::string ElfFile::interpreter() const {
  std::size_t count = 0;
  elf_getphdrnum(elf_.get(), &count);
  for (int i = 0; i < static_cast<int>(count); ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf_.get(), i, &segment) == nullptr || segment.p_type != PT_INTERP) continue;
    const Elf_Data* const text = elf_getdata_rawchunk(
        elf_.get(), static_cast<std::int64_t>(segment.p_offset), segment.p_filesz, ELF_T_BYTE);
    if (text == nullptr) continue;
    const char* const begin = static_cast<const char*>(text->d_buf);
    return {begin, strnlen(begin, text->d_size)};
  }
  return {};
}

Elf_Scn* ElfFile::section(unsigned type) const {
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf_.get(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) != nullptr && header.sh_type == type) break;
  }
  return section;
}

// The name of a version that a .gnu.version entry refers to.
std::string ElfFile::version_name(unsigned index) const {
  Elf_Scn* const needs = section(SHT_GNU_verneed);
  GElf_Shdr header;
  if (needs == nullptr || gelf_getshdr(needs, &header) == nullptr) return {};
  Elf_Data* const data = elf_getdata(needs, nullptr);
  GElf_Verneed need;
  for (int at = 0; gelf_getverneed(data, at, &need) != nullptr; at += static_cast<int>(need.vn_next)) {
    GElf_Vernaux version;
    for (int aux = at + static_cast<int>(need.vn_aux); gelf_getvernaux(data, aux, &version) != nullptr;
         aux += static_cast<int>(version.vna_next)) {
      if (version.vna_other == index) {
        const char* name = elf_strptr(elf_.get(), header.sh_link, version.vna_name);
        return name != nullptr ? name : "";
      }
      if (version.vna_next == 0) break;
    }
    if (need.vn_next == 0) break;
  }
  return {};
}

bool ElfFile::imports(std::string_view name_prefix, std::string_view version_prefix) const {
  Elf_Scn* const symbols = section(SHT_DYNSYM);
  Elf_Scn* const versions = section(SHT_GNU_versym);
  GElf_Shdr header;
  if (symbols == nullptr || versions == nullptr || gelf_getshdr(symbols, &header) == nullptr) return false;
  Elf_Data* const names = elf_getdata(symbols, nullptr);
  Elf_Data* const indices = elf_getdata(versions, nullptr);
  GElf_Sym symbol;
  for (int i = 0; gelf_getsym(names, i, &symbol) != nullptr; ++i) {
    const char* name = elf_strptr(elf_.get(), header.sh_link, symbol.st_name);
    GElf_Versym index;
    if (symbol.st_shndx == SHN_UNDEF && name != nullptr &&
        std::string_view(name).starts_with(name_prefix) &&
        gelf_getversym(indices, i, &index) != nullptr &&
        version_name(index & 0x7fffU).starts_with(version_prefix))
      return true;
  }
  return false;
}

}  // namespace vmrpc::run
