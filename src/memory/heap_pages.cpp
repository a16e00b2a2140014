// SPDX-License-Identifier: BSD-3-Clause
// The shared heap: pages within chunks, and chunks from and to their source.
#include "config.h"

#include <algorithm>
#include <bit>

#include "memory/heap.hpp"

namespace vmrpc::memory {
namespace {

constexpr std::uint64_t kAllFree = ~std::uint64_t{0};

constexpr std::uint64_t low_bits(std::size_t count) {
  return count >= 64 ? kAllFree : (std::uint64_t{1} << count) - 1;
}

// The first of `count` set bits in a row, or 64.
unsigned first_run(std::uint64_t bits, std::size_t count) {
  std::size_t have = 1;  // a bit of `bits` stands for `have` set ones from there on
  while (have < count && bits != 0) {
    const std::size_t step = std::min(have, count - have);
    bits &= bits >> step;
    have += step;
  }
  return static_cast<unsigned>(std::countr_zero(bits));
}

}  // namespace

bool Heap::are_free(std::size_t page, std::size_t count) const {
  while (count != 0) {
    const std::size_t at = page % kPagesPerChunk;
    const std::size_t part = std::min(count, kPagesPerChunk - at);
    const std::uint64_t bits = low_bits(part) << at;
    if ((free_pages_[page / kPagesPerChunk] & bits) != bits) return false;
    page += part;
    count -= part;
  }
  return true;
}

void Heap::mark(std::size_t page, std::size_t count, bool is_free) {
  while (count != 0) {
    const std::size_t at = page % kPagesPerChunk;
    const std::size_t part = std::min(count, kPagesPerChunk - at);
    const std::uint64_t bits = low_bits(part) << at;
    std::uint64_t& word = free_pages_[page / kPagesPerChunk];
    if (word == kAllFree) --empty_chunks_;
    word = is_free ? word | bits : word & ~bits;
    if (word == kAllFree) ++empty_chunks_;
    page += part;
    count -= part;
  }
}

// The last freed pages are those that the caches know.
std::optional<std::size_t> Heap::find_pages(std::size_t count) const {
  if (count <= last_freed_count_ && are_free(last_freed_page_, count)) return last_freed_page_;
  return count <= kPagesPerChunk ? find_in_chunk(count) : find_across(count);
}

std::optional<std::size_t> Heap::find_in_chunk(std::size_t count) const {
  for (std::size_t chunk = 0; chunk < free_pages_.size(); ++chunk) {
    if (free_pages_[chunk] == 0) continue;
    const unsigned at = first_run(free_pages_[chunk], count);
    if (at < kPagesPerChunk) return chunk * kPagesPerChunk + at;
  }
  return count == 1 ? std::nullopt : find_across(count);
}

// Runs that go from the end of one chunk over whole ones to the start of another.
std::optional<std::size_t> Heap::find_across(std::size_t count) const {
  std::size_t run = 0;
  for (std::size_t chunk = 0; chunk < free_pages_.size(); ++chunk) {
    const std::uint64_t bits = free_pages_[chunk];
    if (run + static_cast<unsigned>(std::countr_one(bits)) >= count) return chunk * kPagesPerChunk - run;
    run = bits == kAllFree ? run + kPagesPerChunk : static_cast<unsigned>(std::countl_one(bits));
  }
  return std::nullopt;
}

std::optional<std::size_t> Heap::take_pages(std::size_t count) {
  std::optional<std::size_t> page = find_pages(count);
  if (!page) {
    if (!grow(count)) return std::nullopt;
    page = find_pages(count);
  }
  if (page) mark(*page, count, false);
  return page;
}

void Heap::free_pages(std::size_t page, std::size_t count) {
  mark(page, count, true);
  last_freed_page_ = page;
  last_freed_count_ = count;
}

// The first unmapped chunks that are enough, with what is free before them.
bool Heap::grow(std::size_t pages) {
  std::size_t free_before = 0;  // free pages that end where the run of unmapped chunks starts
  std::size_t run = 0;
  for (std::size_t chunk = 0; chunk < mapped_.size(); ++chunk) {
    if (mapped_[chunk]) {
      const std::uint64_t bits = free_pages_[chunk];
      free_before = bits == kAllFree && run == 0 ? free_before + kPagesPerChunk
                                                  : static_cast<unsigned>(std::countl_one(bits));
      run = 0;
      continue;
    }
    ++run;
    if (free_before + run * kPagesPerChunk < pages) continue;
    const std::size_t first = chunk + 1 - run;
    if (!source_.grow(first, run)) return false;
    std::fill_n(mapped_.begin() + static_cast<std::ptrdiff_t>(first), run, true);
    mapped_bytes_ += run * kChunkBytes;
    mark(first * kPagesPerChunk, run * kPagesPerChunk, true);
    return true;
  }
  return false;
}

// Highest first: the window's start is where new blocks go.
void Heap::trim() {
  for (std::size_t chunk = mapped_.size(); empty_chunks_ > keep_chunks_ && chunk != 0;) {
    --chunk;
    if (free_pages_[chunk] != kAllFree) continue;
    std::size_t first = chunk;
    while (chunk + 1 - first < empty_chunks_ - keep_chunks_ && first != 0 &&
           free_pages_[first - 1] == kAllFree)
      --first;
    give_back(first, chunk + 1 - first);
    chunk = first;
  }
}

void Heap::give_back(std::size_t first_chunk, std::size_t count) {
  mark(first_chunk * kPagesPerChunk, count * kPagesPerChunk, false);
  std::fill_n(mapped_.begin() + static_cast<std::ptrdiff_t>(first_chunk), count, false);
  mapped_bytes_ -= count * kChunkBytes;
  source_.give_back(first_chunk, count);
}

void Heap::set_keep_chunks(std::size_t count) {
  const std::lock_guard hold(lock_);
  keep_chunks_ = count;
  trim();
}

}  // namespace vmrpc::memory
