// SPDX-License-Identifier: BSD-3-Clause
// NAME=VALUE arguments, by which the measuring program tells its workers what to do.
#ifndef VMRPC_BENCH_ARGUMENTS_HPP
#define VMRPC_BENCH_ARGUMENTS_HPP

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace vmrpc::bench {

class Arguments {
 public:
  Arguments() = default;
  Arguments(int count, char* const* values) {
    for (int i = 0; i < count; ++i) {
      const std::string_view text = values[i];
      const auto equals = text.find('=');
      if (equals == std::string_view::npos)
        throw std::invalid_argument("not NAME=VALUE: " + std::string(text));
      values_.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }

  std::string text(const std::string& name, const std::string& otherwise = "") const {
    const auto found = values_.find(name);
    return found == values_.end() ? otherwise : found->second;
  }

  double number(const std::string& name, double otherwise) const {
    const std::string value = text(name);
    return value.empty() ? otherwise : std::stod(value);
  }

  std::size_t count(const std::string& name, std::size_t otherwise) const {
    const std::string value = text(name);
    return value.empty() ? otherwise : std::stoull(value);
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace vmrpc::bench

#endif
