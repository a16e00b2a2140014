// SPDX-License-Identifier: BSD-3-Clause
// wire_equal REFERENCE.so CANDIDATE.so: do two compilers' XDR routines for one .x file agree, for
// every type?
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "compare.hpp"
#include "sample.hpp"

namespace {

using namespace vmrpc::wire;

constexpr int kMutationsPerSample = 6;
constexpr std::size_t kRefusedPerSample = 4;

struct Options {
  std::uint64_t seed = 1;
  int samples_per_type = 24;
  std::string only;
  std::string reference;
  std::string candidate;
};

struct Totals {
  int types = 0;
  int samples = 0;
  std::size_t bytes = 0;
  int refused = 0;
  int failed_types = 0;
};

[[noreturn]] void usage() {
  std::cerr
      << "usage: wire_equal [--seed N] [--samples N] [--only TYPE] REFERENCE.so CANDIDATE.so\n";
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options options;
  int i = 1;
  for (; i + 1 < argc && std::string_view(argv[i]).starts_with("--"); i += 2) {
    const std::string_view name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--seed")
      options.seed = std::stoull(value);
    else if (name == "--samples")
      options.samples_per_type = std::stoi(value);
    else if (name == "--only")
      options.only = value;
    else
      usage();
  }
  if (argc - i != 2) usage();
  options.reference = argv[i];
  options.candidate = argv[i + 1];
  return options;
}

std::vector<std::uint32_t> words_of_interest(const Side& side) {
  std::vector<std::uint32_t> words;
  for (const auto& [name, constant] : side.constants())
    words.push_back(static_cast<std::uint32_t>(constant->number));
  return words;
}

int count_differing_constants(const Side& reference, const Side& candidate) {
  int differing = 0;
  for (const auto& [name, constant] : reference.constants()) {
    const wire_constant& other = *candidate.constants().at(name);
    if (constant->number == other.number && std::strcmp(constant->text, other.text) == 0) continue;
    std::cout << "constant " << name << ": " << constant->number << constant->text
              << " in the reference, " << other.number << other.text << " in the candidate\n";
    differing++;
  }
  return differing;
}

// Where a bound or a case label is off by one, the sides disagree on a word next to it.
// One word after the other, from sample to sample, and one at random.
void compare_bounds(Comparison& comparison, const wire_type& generator, const SampleSearch& sample,
                    int round, WordSource& source) {
  static constexpr std::uint32_t kNearBounds[] = {0,  1,  2,   3,   4,   5,   6,   7,    8,
                                                  9,  10, 11,  12,  16,  17,  18,  32,   33,
                                                  64, 65, 128, 129, 255, 256, 257, 1024, 1025};
  if (sample.word_offsets.empty()) return;
  const auto count = static_cast<std::uint32_t>(sample.word_offsets.size());
  for (const std::uint32_t index :
       {static_cast<std::uint32_t>(round) % count, source.below(count)}) {
    const std::size_t offset = sample.word_offsets[index];
    for (const std::uint32_t word : kNearBounds)
      comparison.compare_verdicts(replace_word(generator, source, *sample.accepted, offset, word));
    const std::uint32_t word = source.word() + source.below(2);
    comparison.compare(replace_word(generator, source, *sample.accepted, offset, word));
  }
}

void compare_one_sample(Comparison& comparison, const wire_type& generator, int round,
                        WordSource& source, Totals& totals) {
  const SampleSearch search = find_sample(generator, source);
  for (std::size_t i = 0; i < search.refused.size() && i < kRefusedPerSample; i++) {
    comparison.compare(search.refused[i]);
    totals.refused++;
  }
  if (!search.accepted) return;
  totals.samples++;
  totals.bytes += search.accepted->size();
  const auto canonical = comparison.compare(*search.accepted);
  if (!canonical)
    throw Difference("accepted from one stream, refused from another", *search.accepted);
  comparison.compare_truncations(*canonical);
  compare_bounds(comparison, generator, search, round, source);
  for (int i = 0; i < kMutationsPerSample; i++)
    comparison.compare(mutate(*search.accepted, source));
}

void compare_type(const wire_type& reference, const wire_type& candidate, WordSource& source,
                  int sample_count, Totals& totals) {
  if (reference.value_bytes != candidate.value_bytes)
    throw std::runtime_error("sizeof is " + std::to_string(reference.value_bytes) +
                             " in the reference, " + std::to_string(candidate.value_bytes) +
                             " in the candidate");
  Comparison comparison(reference, candidate, source);
  const int before = totals.samples;
  for (int i = 0; i < sample_count; i++)
    compare_one_sample(comparison, i % 2 == 0 ? reference : candidate, i / 2, source, totals);
  if (totals.samples == before)
    throw std::runtime_error("no bytes found that decode: the comparison says nothing");
}

// Each type has a seed of its own, so that --only repeats what the whole run did.
std::uint64_t seed_of(const Options& options, const char* type_name) {
  std::seed_seq mixed{static_cast<std::uint32_t>(options.seed),
                      static_cast<std::uint32_t>(options.seed >> 32),
                      static_cast<std::uint32_t>(std::hash<std::string_view>()(type_name))};
  std::uint32_t words[2];
  mixed.generate(std::begin(words), std::end(words));
  return (std::uint64_t{words[0]} << 32) | words[1];
}

Totals compare_all(const Options& options, const Side& reference, const Side& candidate) {
  Totals totals;
  const std::vector<std::uint32_t> words = words_of_interest(reference);
  for (const wire_type* type : reference.types()) {
    if (!options.only.empty() && options.only != type->name) continue;
    totals.types++;
    std::mt19937_64 random(seed_of(options, type->name));
    WordSource source(random, words);
    try {
      const wire_type* other = candidate.find(type->name);
      if (other == nullptr) throw std::runtime_error("not in the candidate");
      compare_type(*type, *other, source, options.samples_per_type, totals);
    } catch (const std::runtime_error& difference) {
      std::cout << "type " << type->name << ": " << difference.what() << "\n";
      totals.failed_types++;
    }
  }
  return totals;
}

// Counts out of nowhere are refused by malloc() instead of being filled in and walked. Sanitizers
// need address space of their own and have a limit for this.
void limit_memory() {
#ifndef __SANITIZE_ADDRESS__
  constexpr rlim_t kHeadroomBytes = 24UL << 20;
  rlim_t mapped_pages = 0;
  std::ifstream("/proc/self/statm") >> mapped_pages;
  const rlim_t most = mapped_pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + kHeadroomBytes;
  const rlimit limit = {most, most};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

}  // namespace

int main(int argc, char** argv) try {
  const Options options = parse(argc, argv);
  const Side reference(options.reference);
  const Side candidate(options.candidate);
  limit_memory();
  std::cout << "seed " << options.seed << std::endl;
  const int constants = count_differing_constants(reference, candidate);
  const Totals totals = compare_all(options, reference, candidate);
  std::cout << totals.types << " types, " << totals.samples << " samples of "
            << (totals.samples > 0 ? totals.bytes / static_cast<std::size_t>(totals.samples) : 0)
            << " bytes on average, " << totals.refused << " refused inputs, "
            << reference.constants().size() << " constants: " << totals.failed_types
            << " types and " << constants << " constants differ\n";
  return totals.failed_types + constants == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "wire_equal: " << error.what() << "\n";
  return 2;
}
