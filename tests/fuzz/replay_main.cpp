// SPDX-License-Identifier: BSD-3-Clause
// main() for compilers without libFuzzer: runs a fuzz target on each file named, or in each folder
// named.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// A prefix of a file is an input too: most syntax errors are a file that ends too early.
constexpr std::size_t kCutsPerFile = 16;

void run_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  for (std::size_t cut = 0; cut <= kCutsPerFile; cut++) {
    // A copy of the exact size, so that a sanitizer sees every read past the end.
    const std::vector<std::uint8_t> input(data, data + bytes.size() * cut / kCutsPerFile);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
}

int run(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) {
    run_file(path);
    return 1;
  }
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    run_file(entry.path());
    count++;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  int count = 0;
  for (int i = 1; i < argc; i++) count += run(argv[i]);
  std::cout << count << " files, each whole and cut at " << kCutsPerFile << " places\n";
  return count > 0 ? 0 : 1;
}
