// SPDX-License-Identifier: BSD-3-Clause
// What is sent, how it is rewritten before each call, and how the reader sums it.
#ifndef VMRPC_BENCH_PAYLOAD_HPP
#define VMRPC_BENCH_PAYLOAD_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

namespace vmrpc::bench {

// Every word differs and no compressor or comparison could skip one.
inline constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;

inline std::uint64_t rewrite_words(std::span<std::uint64_t> words, std::uint64_t seed) {
  std::uint64_t sum = 0;
  std::uint64_t value = seed;
  for (std::uint64_t& word : words) {
    value += kStep;
    word = value;
    sum += value;
  }
  return sum;
}

inline std::uint64_t sum_words(std::span<const std::uint64_t> words) {
  std::uint64_t sum = 0;
  for (const std::uint64_t word : words) sum += word;
  return sum;
}

// Opaque data as 8-byte words. A size that is no multiple of 8 leaves its tail to the transport.
inline std::span<std::uint64_t> as_words(char* data, std::size_t bytes) {
  return {reinterpret_cast<std::uint64_t*>(data), bytes / sizeof(std::uint64_t)};
}

inline constexpr std::size_t kNameBytes = 14;  // 13 characters and the end

inline void write_name(char* name, std::uint64_t number) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::memcpy(name, "name-", 5);
  for (std::size_t i = 0; i < 8; ++i) name[5 + i] = kDigits[(number >> (4 * i)) & 15];
  name[kNameBytes - 1] = '\0';
}

// The same walk for rpcgen's node and for the floor's: all fields and every character are read.
template <typename Node>
std::uint64_t walk_list(const Node* node) {
  std::uint64_t sum = 0;
  for (; node != nullptr; node = node->next) {
    sum += static_cast<std::uint32_t>(node->number);
    for (const char* c = node->name; *c != '\0'; ++c) sum += static_cast<unsigned char>(*c);
  }
  return sum;
}

template <typename Node>
std::uint64_t rewrite_list(Node* node, std::uint64_t seed) {
  Node* const head = node;
  for (std::uint64_t value = seed; node != nullptr; node = node->next) {
    value += kStep;
    node->number = static_cast<int>(value >> 40);
    write_name(node->name, value);
  }
  return walk_list(head);
}

}  // namespace vmrpc::bench

#endif
