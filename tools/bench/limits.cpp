// SPDX-License-Identifier: BSD-3-Clause
// The table of limits. Stock is the better of TCP with default and with 1 MiB buffers.
#include "limits.hpp"

#include <array>

namespace vmrpc::bench {
namespace {

using enum Rule;

constexpr std::string_view kPlain = "unmodified";
constexpr std::string_view kPlaced = "regenerated";
constexpr std::string_view kInPlace = "in-place";
constexpr std::string_view kTrusted = "trusted";
constexpr std::string_view kHeap = "heap";
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

    Limit{"null call", "null", "two", kPlaced, kFloorPlus, 100, "pingpong"},
    Limit{"null call", "null", "two", kPlaced, kStockTimes, 180, ""},
    Limit{"null call", "null", "one", kPlaced, kFloorTimes, 1.35, "pingpong"},
    Limit{"null call", "null", "one", kPlaced, kStockTimes, 2.5, ""},
    Limit{"four threads on one handle", "null,threads=4,one-handle", "two", kPlaced, kAsleepTimes,
          1, ""},
    Limit{"four threads on one handle", "null,threads=4,one-handle", "one", kPlaced, kAsleepTimes,
          1, ""},
    Limit{"64-byte call", "small", "two", kPlaced, kFloorPlus, 170, "pingpong"},
    Limit{"opaque argument, 64 KiB", "put:64k", "two", kPlaced, kFloorTimes, 1, "copy"},
    Limit{"opaque argument, 1 MiB", "put:1m", "two", kPlaced, kFloorTimes, 1, "copy"},
    Limit{"opaque argument, 16 MiB", "put:16m", "two", kPlaced, kFloorTimes, 1, "copy"},
    Limit{"opaque argument, 64 KiB", "put:64k", "two", kInPlace, kFloorTimes, 1.05, "copy"},
    Limit{"opaque argument, 1 MiB", "put:1m", "two", kInPlace, kFloorTimes, 1.05, "copy"},
    Limit{"opaque argument, 16 MiB", "put:16m", "two", kInPlace, kFloorTimes, 1.05, "copy"},
    Limit{"argument untouched, 64 KiB", "pass:64k", "two", kHeap, kNullPlus, 200, ""},
    Limit{"argument untouched, 16 MiB", "pass:16m", "two", kHeap, kNullPlus, 200, ""},
    Limit{"argument untouched, 16 MiB", "pass:16m", "one", kHeap, kNullPlus, 200, ""},
    Limit{"result untouched, 64 KiB", "fetch:64k", "two", kHeap, kNullPlus, 200, ""},
    Limit{"result untouched, 16 MiB", "fetch:16m", "two", kHeap, kNullPlus, 200, ""},
    Limit{"result untouched, 16 MiB", "fetch:16m", "one", kHeap, kNullPlus, 200, ""},
    Limit{"argument summed, 64 KiB", "put:64k", "two", kHeap, kFloorTimes, 1.1, "inplace"},
    Limit{"argument summed, 1 MiB", "put:1m", "two", kHeap, kFloorTimes, 1.1, "inplace"},
    Limit{"argument summed, 16 MiB", "put:16m", "two", kHeap, kFloorTimes, 1.1, "inplace"},
    Limit{"argument summed, 1 MiB", "put:1m", "one", kHeap, kFloorTimes, 1.1, "inplace"},
    Limit{"128 Ki doubles", "doubles:128k", "two", kPlaced, kStockTimes, 8, ""},
    Limit{"128 Ki doubles", "doubles:128k", "one", kPlaced, kStockTimes, 14, ""},
    Limit{"128 Ki doubles", "doubles:128k", "two", kHeap, kStockTimes, 14, ""},
    Limit{"list of 1,000", "list:1000", "two", kPlaced, kStockTimes, 3, ""},
    Limit{"list of 1,000", "list:1000", "one", kPlaced, kStockTimes, 2, ""},
    Limit{"list of 1,000", "list:1000", "two", kInPlace, kStockTimes, 5.5, ""},
    Limit{"list of 1,000", "list:1000", "one", kInPlace, kStockTimes, 4, ""},
    Limit{"list of 1,000", "list:1000", "two", kTrusted, kStockTimes, 7, ""},
    Limit{"list of 1,000", "list:1000", "one", kTrusted, kStockTimes, 4.5, ""},
    Limit{"list of 100,000", "list:100000", "two", kPlaced, kStockTimes, 2, ""},
    Limit{"list of 100,000", "list:100000", "one", kPlaced, kStockTimes, 2, ""},
    Limit{"list of 100,000", "list:100000", "two", kInPlace, kStockTimes, 3.5, ""},
    Limit{"list of 100,000", "list:100000", "one", kInPlace, kStockTimes, 3.5, ""},
    Limit{"list of 100,000", "list:100000", "two", kTrusted, kStockTimes, 5, ""},
    Limit{"list of 100,000", "list:100000", "one", kTrusted, kStockTimes, 5, ""},
    Limit{"list of 1,000 in the heap", "list:1000", "two", kHeap, kFloorTimes, 1.15,
          "list-inplace"},
    Limit{"list of 1,000 in the heap", "list:1000", "one", kHeap, kFloorTimes, 1.15,
          "list-inplace"},
    Limit{"list of 100,000 in the heap", "list:100000", "two", kHeap, kFloorTimes, 1.15,
          "list-inplace"},
    Limit{"list of 100,000 in the heap", "list:100000", "one", kHeap, kFloorTimes, 1.15,
          "list-inplace"},
};

}  // namespace

std::span<const Limit> limit_table() { return kLimits; }

}  // namespace vmrpc::bench
