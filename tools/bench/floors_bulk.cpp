// SPDX-License-Identifier: BSD-3-Clause
// Floors for bulk data and lists: one writer fills shared memory, the other process reads it all.
#include <cstring>
#include <stdexcept>
#include <vector>

#include "floors.hpp"
#include "payload.hpp"

namespace vmrpc::bench {
namespace {

constexpr std::size_t kDataOffset = 4096;  // the lines come first

// The client publishes, the peer works on what lies in shared memory and answers with a sum.
class Exchange : public Operation {
 public:
  void verify() override {
    if (reply_.shared().value != expected_)
      throw std::runtime_error("the floor's peer read other data than were written");
  }

 protected:
  Exchange(const Arguments& arguments, std::size_t data_bytes)
      : memory_(kDataOffset + data_bytes),
        request_(line_at(memory_, 0, arguments)),
        reply_(line_at(memory_, 1, arguments)) {}

  char* data() const { return memory_.data() + kDataOffset; }
  void expect(std::uint64_t sum) { expected_ = sum; }
  std::uint64_t next_seed() { return seed_ += 0x1234567; }

  void ask() {
    ++serial_;
    request_.publish(serial_);
    reply_.wait_for(serial_);
  }

  template <typename Work>
  [[noreturn]] void serve(Work work) {
    for (std::uint32_t serial = 1;; ++serial) {
      request_.wait_for(serial);
      reply_.shared().value = work();
      reply_.publish(serial);
    }
  }

 private:
  SharedMemory memory_;
  Line request_;
  Line reply_;
  std::uint32_t serial_ = 0;
  std::uint64_t seed_ = 1;
  std::uint64_t expected_ = 0;
};

class Bulk : public Exchange {
 public:
  Bulk(const Arguments& arguments, bool copies)
      : Exchange(arguments, arguments.count("size", 0)),
        bytes_(arguments.count("size", 0)),
        private_(copies ? bytes_ : 0),
        peer_(arguments, [this] { serve([this] { return sum_words(as_words(data(), bytes_)); }); }) {}

  void rewrite() override {
    char* const target = private_.empty() ? data() : private_.data();
    expect(rewrite_words(as_words(target, bytes_), next_seed()));
  }
  void call() override {
    if (!private_.empty()) std::memcpy(data(), private_.data(), bytes_);
    ask();
  }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::size_t bytes_;
  std::vector<char> private_;
  Peer peer_;
};

struct Node {
  int number;
  char* name;
  Node* next;
};

constexpr std::size_t kNamePlace = 16;

// A list whose pieces lie one behind the other at `place`.
Node* place_list(char* place, const Node* from, std::size_t count) {
  auto* const nodes = reinterpret_cast<Node*>(place);
  char* name = place + count * sizeof(Node);
  for (std::size_t i = 0; from != nullptr; ++i, from = from->next, name += kNamePlace) {
    std::memcpy(name, from->name, std::strlen(from->name) + 1);
    nodes[i] = {from->number, name, from->next == nullptr ? nullptr : &nodes[i + 1]};
  }
  return nodes;
}

class PrivateList {
 public:
  explicit PrivateList(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto* const name = static_cast<char*>(std::malloc(kNameBytes));
      auto* const node = static_cast<Node*>(std::malloc(sizeof(Node)));
      if (name == nullptr || node == nullptr) throw std::bad_alloc();
      write_name(name, i);
      *node = {0, name, head_};
      head_ = node;
    }
  }
  ~PrivateList() {
    while (head_ != nullptr) {
      Node* const next = head_->next;
      std::free(head_->name);
      std::free(head_);
      head_ = next;
    }
  }
  PrivateList(const PrivateList&) = delete;
  PrivateList& operator=(const PrivateList&) = delete;
  Node* head() const { return head_; }

 private:
  Node* head_ = nullptr;
};

class List : public Exchange {
 public:
  List(const Arguments& arguments, bool copies)
      : Exchange(arguments, arguments.count("size", 0) * (sizeof(Node) + kNamePlace)),
        count_(arguments.count("size", 0)),
        copies_(copies),
        private_(count_),
        peer_(arguments, [this] {
          serve([this] { return walk_list(reinterpret_cast<const Node*>(data())); });
        }) {
    place_list(data(), private_.head(), count_);
  }

  void rewrite() override {
    Node* const list = copies_ ? private_.head() : reinterpret_cast<Node*>(data());
    expect(rewrite_list(list, next_seed()));
  }
  void call() override {
    if (copies_) place_list(data(), private_.head(), count_);
    ask();
  }
  std::size_t bytes() const override { return count_ * (sizeof(Node) + kNameBytes); }

 private:
  std::size_t count_;
  bool copies_;
  PrivateList private_;
  Peer peer_;
};

}  // namespace

std::unique_ptr<Operation> make_bulk_floor(const Arguments& arguments) {
  return std::make_unique<Bulk>(arguments, arguments.text("workload") == "copy");
}

std::unique_ptr<Operation> make_list_floor(const Arguments& arguments) {
  if (arguments.count("size", 0) == 0) throw std::invalid_argument("a list needs nodes");
  return std::make_unique<List>(arguments, arguments.text("workload") == "list-copy");
}

}  // namespace vmrpc::bench
