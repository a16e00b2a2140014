// SPDX-License-Identifier: BSD-3-Clause
// What vmrpc-run wants to know of an ELF file, read with libelf, which is made for files that lie.
#pragma once

#include <libelf.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vmrpc::run {

class ElfFile {
 public:
  // No value: the file is not ELF, or not readable (errno says which; 0 for not ELF).
  static std::optional<ElfFile> open(const std::string& path);

  // Machine and word size, as one comparable value.
  std::pair<int, int> architecture() const;

  // The dynamic linker that it asks for; empty when it is statically linked.
  std::string interpreter() const;

  // Whether it takes a symbol whose name begins so from a symbol version that begins so.
  bool imports(std::string_view name_prefix, std::string_view version_prefix) const;

 private:
  // libelf reads through the descriptor as it goes: both end together.
  struct Closer {
    int descriptor = -1;
    void operator()(Elf* elf) const;
  };

  explicit ElfFile(int descriptor);
  Elf_Scn* section(unsigned type) const;
  std::string version_name(unsigned index) const;

  std::unique_ptr<Elf, Closer> elf_;
};

}  // namespace vmrpc::run
