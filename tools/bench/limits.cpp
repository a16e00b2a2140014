// SPDX-License-Identifier: BSD-3-Clause
// The table of limits. Stock is the better of TCP with default and with 1 MiB buffers.
#include "limits.hpp"

#include <array>

namespace vmrpc::bench {
namespace {

using enum Rule;

constexpr std::string_view kPlain = "unmodified";
constexpr double kMebibyte = 1 << 20;

constexpr std::array kLimits = {
    Limit{"null call", "null", "two", kPlain, kFloorPlus, 150, "pingpong"},
    Limit{"null call", "null", "two", kPlain, kStockTimes, 150, ""},
    Limit{"null call, AUTH_SYS", "null,sys", "two", kPlain, kFloorPlus, 250, "pingpong"},
    Limit{"null call, AUTH_SYS", "null,sys", "two", kPlain, kStockTimes, 150, ""},
    Limit{"null call", "null", "one", kPlain, kFloorTimes, 1.35, "pingpong"},
    Limit{"null call", "null", "one", kPlain, kStockTimes, 2.5, ""},
    Limit{"null call beside a CPU hog", "null,hog", "one", kPlain, kStockTimes, 1, ""},
    Limit{"opaque argument, 64 KiB", "put:64k", "two", kPlain, kStockTimes, 5, ""},
    Limit{"opaque argument, 1 MiB", "put:1m", "two", kPlain, kStockTimes, 2, ""},
    Limit{"opaque argument, 16 MiB", "put:16m", "two", kPlain, kStockTimes, 3, ""},
    Limit{"opaque argument, 64 KiB", "put:64k", "one", kPlain, kStockTimes, 3, ""},
    Limit{"opaque argument, 1 MiB", "put:1m", "one", kPlain, kStockTimes, 3, ""},
    Limit{"opaque argument, 16 MiB", "put:16m", "one", kPlain, kStockTimes, 3, ""},
    Limit{"128 Ki doubles", "doubles:128k", "two", kPlain, kStockTimes, 5, ""},
    Limit{"128 Ki doubles", "doubles:128k", "one", kPlain, kStockTimes, 8, ""},
    Limit{"64 client processes, in sum", "null,clients=64,seconds=10", "two", kPlain, kRateTimes, 3,
          ""},
    Limit{"64 client processes, slowest to mean", "null,clients=64,seconds=10", "two", kPlain,
          kSlowest, 0.5, ""},
    Limit{"64 client processes, in sum", "null,clients=64,seconds=10", "one", kPlain, kRateTimes, 3,
          ""},
    Limit{"64 client processes, slowest to mean", "null,clients=64,seconds=10", "one", kPlain,
          kSlowest, 0.5, ""},
    Limit{"10 idle associations for 10 s", "idle:10,seconds=10", "two", kPlain, kIdle, 0, ""},
    Limit{"10 idle associations for 10 s", "idle:10,seconds=10", "one", kPlain, kIdle, 0, ""},
    Limit{"memory of an idle association", "memory:100", "two", kPlain, kBytesAHandle, kMebibyte,
          ""},
    Limit{"fallback to a stock server", "null", "two", "fallback", kFallback, 1.03, ""},
    Limit{"fallback to a stock server", "null", "one", "fallback", kFallback, 1.03, ""},

    Limit{"null call", "null", "two", "regenerated", kNotServedYet, 0, "pingpong + 0.10 us"},
    Limit{"null call", "null", "two", "regenerated", kNotServedYet, 0, "180 x stock"},
    Limit{"64-byte call", "small", "two", "regenerated", kNotServedYet, 0, "pingpong + 0.17 us"},
    Limit{"opaque argument, private copy", "put", "two", "regenerated", kNotServedYet, 0,
          "copy x 1.0"},
    Limit{"opaque argument", "put", "two", "in-place", kNotServedYet, 0, "copy x 1.05"},
    Limit{"in the shared heap, untouched", "put", "two", "in-place", kNotServedYet, 0,
          "null + 0.2 us"},
    Limit{"in the shared heap, summed", "put", "two", "in-place", kNotServedYet, 0, "inplace x 1.1"},
    Limit{"128 Ki doubles", "doubles:128k", "two", "regenerated", kNotServedYet, 0, "8 x stock"},
    Limit{"128 Ki doubles", "doubles:128k", "one", "regenerated", kNotServedYet, 0, "14 x stock"},
    Limit{"128 Ki doubles in the heap", "doubles:128k", "two", "in-place", kNotServedYet, 0,
          "14 x stock"},
    Limit{"list of 1,000", "list:1000", "two", "regenerated", kNotServedYet, 0, "3 x stock"},
    Limit{"list of 1,000", "list:1000", "one", "regenerated", kNotServedYet, 0, "2 x stock"},
    Limit{"list of 1,000", "list:1000", "two", "in-place", kNotServedYet, 0, "5.5 x stock"},
    Limit{"list of 1,000", "list:1000", "one", "in-place", kNotServedYet, 0, "4 x stock"},
    Limit{"list of 1,000", "list:1000", "two", "in-place-trusted", kNotServedYet, 0, "7 x stock"},
    Limit{"list of 1,000", "list:1000", "one", "in-place-trusted", kNotServedYet, 0, "4.5 x stock"},
    Limit{"list of 100,000", "list:100000", "two", "regenerated", kNotServedYet, 0, "2 x stock"},
    Limit{"list of 100,000", "list:100000", "two", "in-place", kNotServedYet, 0, "3.5 x stock"},
    Limit{"list of 100,000", "list:100000", "two", "in-place-trusted", kNotServedYet, 0,
          "5 x stock"},
    Limit{"lists in the heap", "list", "two", "in-place-trusted", kNotServedYet, 0,
          "list-inplace x 1.15"},
};

}  // namespace

std::span<const Limit> limit_table() { return kLimits; }

}  // namespace vmrpc::bench
