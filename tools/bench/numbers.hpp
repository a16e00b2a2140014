// SPDX-License-Identifier: BSD-3-Clause
// Numbers as people write and read them.
#ifndef VMRPC_BENCH_NUMBERS_HPP
#define VMRPC_BENCH_NUMBERS_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vmrpc::bench {

// "64k" or "16m"; `what` names the number in the message of the UsageError.
std::size_t parse_size(std::string_view text, std::string_view what);
double parse_number(std::string_view text, std::string_view what, double least, double most);
unsigned parse_count(std::string_view text, std::string_view what, unsigned least, unsigned most);

std::string format_size(std::size_t value);     // 65536 is "64k"
std::string format_us(double ns);               // three digits that count, in microseconds
std::string format_ratio(double ratio);         // "5.3 x"
std::vector<std::string> split(std::string_view text, char separator);

}  // namespace vmrpc::bench

#endif
