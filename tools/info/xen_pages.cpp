// SPDX-License-Identifier: BSD-3-Clause
// The drivers tell their limits; use is seen in the mappings of all processes that this one may look at.
#include "config.h"

#include "xen_pages.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace vmrpc::info {
namespace {

constexpr unsigned long kPageBytes = 4096;

struct Use {
  unsigned long pages = 0;
  unsigned programs = 0;
};

// The range that a line of /proc/PID/maps begins with, in pages.
unsigned long pages_of(std::string_view line) {
  unsigned long begin = 0, end = 0;
  const char* const last = line.data() + line.size();
  const auto first = std::from_chars(line.data(), last, begin, 16);
  if (first.ptr == last) return 0;
  std::from_chars(first.ptr + 1, last, end, 16);
  return end > begin ? (end - begin) / kPageBytes : 0;
}

Use use_of(std::string_view device) {
  Use use;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
    unsigned long pages = 0;
    std::ifstream maps(entry.path() / "maps");
    for (std::string line; std::getline(maps, line);) {
      if (line.ends_with(device)) pages += pages_of(line);
    }
    use.pages += pages;
    use.programs += pages != 0;
  }
  return use;
}

std::string print(const Use& use) {
  return std::to_string(use.pages) + " pages by " + std::to_string(use.programs) +
         (use.programs == 1 ? " program" : " programs");
}

Step look_at_granted() {
  const Use use = use_of("/dev/xen/gntalloc");
  Step step{"Xen granted", Outcome::kOk, print(use), ""};
  constexpr char kLimitFile[] = "/sys/module/xen_gntalloc/parameters/limit";
  unsigned long limit = 0;
  if (!(std::ifstream(kLimitFile) >> limit)) return step;
  step.detail += " of " + std::to_string(limit);
  if (use.pages < limit / 4 * 3) return step;
  step.outcome = Outcome::kFailed;
  step.remedy = std::string("raise ") + kLimitFile + ", and stay below 512 pages for each of max_grant_frames: vmrpc-xen(7)";
  return step;
}

}  // namespace

std::vector<Step> look_at_xen_pages() {
  if (!std::filesystem::exists("/dev/xen/gntalloc")) return {};
  return {look_at_granted(), {"Xen mapped", Outcome::kOk, print(use_of("/dev/xen/gntdev")), ""}};
}

}  // namespace vmrpc::info
