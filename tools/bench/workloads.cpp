// SPDX-License-Identifier: BSD-3-Clause
// The workloads: what is sent in one call, rewritten before it and verified after it.
#include <bit>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>
#include <vector>

#include "bench_prot.h"
#include "client.hpp"
#include "memory.hpp"
#include "payload.hpp"

namespace vmrpc::bench {
namespace {

constexpr unsigned kGroup = 100;

[[noreturn]] void wrong(const char* what) {
  throw std::runtime_error(std::string(what) + ": the answer is not what was sent");
}

class ClientOperation : public Operation {
 public:
  explicit ClientOperation(CLIENT* client) : client_(client) {}
  void set_seed(std::uint64_t seed) { seed_ = seed; }

 protected:
  CLIENT* client() const { return client_; }
  void done(clnt_stat stat, const char* what) const {
    if (stat != RPC_SUCCESS) [[unlikely]]
      require_success(stat, what, client_);
  }
  std::uint64_t next_seed() { return seed_ += 0x1234567; }

 private:
  CLIENT* client_;
  std::uint64_t seed_ = 1;
};

class Null : public ClientOperation {
 public:
  using ClientOperation::ClientOperation;
  void call() override { done(bench_null_1(nullptr, nullptr, client()), "null"); }
  unsigned group() const override { return kGroup; }
};

class Small : public ClientOperation {
 public:
  using ClientOperation::ClientOperation;
  void call() override {
    for (int& word : argument_.word) word = ++number_;
    done(bench_small_1(&argument_, &sum_, client()), "small");
    // Sixteen numbers in a row: sixteen times the last less 0 + 1 + ... + 15.
    if (sum_ != 16 * static_cast<std::uint64_t>(number_) - 120) [[unlikely]]
      wrong("small");
    if (number_ > 1'000'000'000) number_ = 0;
  }
  unsigned group() const override { return kGroup; }
  std::size_t bytes() const override { return sizeof argument_; }

 private:
  small argument_{};
  u_quad_t sum_ = 0;
  int number_ = 0;
};

class Put : public ClientOperation {
 public:
  Put(CLIENT* client, std::size_t bytes, const Memory& memory)
      : ClientOperation(client), data_(memory, bytes) {}
  void rewrite() override {
    expected_ = rewrite_words(as_words(data_.data(), data_.size()), next_seed());
  }
  void call() override {
    blob argument{static_cast<u_int>(data_.size()), data_.data()};
    done(bench_put_1(&argument, &sum_, client()), "put");
  }
  void verify() override {
    if (sum_ != expected_) wrong("put");
  }
  std::size_t bytes() const override { return data_.size(); }

 private:
  Array<char> data_;
  std::uint64_t expected_ = 0;
  u_quad_t sum_ = 0;
};

// Reads all of the result, as the server reads all of an argument.
class Get : public ClientOperation {
 public:
  Get(CLIENT* client, std::size_t bytes) : ClientOperation(client), bytes_(bytes), copy_(bytes) {}
  void rewrite() override {
    recipe what{next_seed(), static_cast<u_int>(bytes_)};
    expected_ = rewrite_words(as_words(copy_.data(), bytes_), what.seed);
    done(bench_prepare_1(&what, nullptr, client()), "prepare");
  }
  void call() override {
    u_int bytes = static_cast<u_int>(bytes_);
    blob result{};
    done(bench_get_1(&bytes, &result, client()), "get");
    if (result.blob_len != bytes_) wrong("get");
    sum_ = sum_words(as_words(result.blob_val, result.blob_len));
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_blob), reinterpret_cast<char*>(&result));
  }
  void verify() override {
    if (sum_ != expected_) wrong("get");
  }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::size_t bytes_;
  std::vector<char> copy_;
  std::uint64_t expected_ = 0;
  std::uint64_t sum_ = 0;
};

// Data that the server does not look at, rewritten once only.
class Pass : public ClientOperation {
 public:
  Pass(CLIENT* client, std::size_t bytes, const Memory& memory)
      : ClientOperation(client), data_(memory, bytes) {
    rewrite_words(as_words(data_.data(), data_.size()), 1);
  }
  void call() override {
    blob argument{static_cast<u_int>(data_.size()), data_.data()};
    u_int bytes = 0;
    done(bench_pass_1(&argument, &bytes, client()), "pass");
    if (bytes != data_.size()) [[unlikely]]
      wrong("pass");
  }
  std::size_t bytes() const override { return data_.size(); }

 private:
  Array<char> data_;
};

// A result that the client does not look at.
class Fetch : public ClientOperation {
 public:
  Fetch(CLIENT* client, std::size_t bytes) : ClientOperation(client), bytes_(bytes) {}
  void call() override {
    u_int bytes = static_cast<u_int>(bytes_);
    blob result{};
    done(bench_get_1(&bytes, &result, client()), "fetch");
    if (result.blob_len != bytes_) [[unlikely]]
      wrong("fetch");
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_blob), reinterpret_cast<char*>(&result));
  }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::size_t bytes_;
};

class Echo : public ClientOperation {
 public:
  Echo(CLIENT* client, std::size_t bytes, const Memory& memory)
      : ClientOperation(client), data_(memory, bytes) {}
  void rewrite() override {
    expected_ = rewrite_words(as_words(data_.data(), data_.size()), next_seed());
  }
  void call() override {
    blob argument{static_cast<u_int>(data_.size()), data_.data()};
    blob result{};
    done(bench_echo_1(&argument, &result, client()), "echo");
    if (result.blob_len != data_.size()) wrong("echo");
    sum_ = sum_words(as_words(result.blob_val, result.blob_len));
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_blob), reinterpret_cast<char*>(&result));
  }
  void verify() override {
    if (sum_ != expected_) wrong("echo");
  }
  std::size_t bytes() const override { return 2 * data_.size(); }

 private:
  Array<char> data_;
  std::uint64_t expected_ = 0;
  std::uint64_t sum_ = 0;
};

class Ints : public ClientOperation {
 public:
  Ints(CLIENT* client, std::size_t count, const Memory& memory)
      : ClientOperation(client), data_(memory, count) {}
  void rewrite() override {
    auto value = static_cast<std::uint32_t>(next_seed());
    expected_ = 0;
    for (int& number : data_) {
      value = value * 1664525 + 1013904223;
      number = static_cast<int>(value);
      expected_ += value;
    }
  }
  void call() override {
    ints argument{static_cast<u_int>(data_.size()), data_.data()};
    done(bench_ints_1(&argument, &sum_, client()), "ints");
  }
  void verify() override {
    if (sum_ != expected_) wrong("ints");
  }
  std::size_t bytes() const override { return data_.size() * sizeof(int); }

 private:
  Array<int> data_;
  std::uint64_t expected_ = 0;
  u_quad_t sum_ = 0;
};

class Doubles : public ClientOperation {
 public:
  Doubles(CLIENT* client, std::size_t count, const Memory& memory)
      : ClientOperation(client), data_(memory, count) {}
  void rewrite() override {
    double value = static_cast<double>(next_seed());
    expected_ = 0;
    for (double& number : data_) {
      number = value += 1.5;
      expected_ += std::bit_cast<std::uint64_t>(number);
    }
  }
  void call() override {
    doubles argument{static_cast<u_int>(data_.size()), data_.data()};
    done(bench_doubles_1(&argument, &sum_, client()), "doubles");
  }
  void verify() override {
    if (std::bit_cast<std::uint64_t>(sum_) != expected_) wrong("doubles");
  }
  std::size_t bytes() const override { return data_.size() * sizeof(double); }

 private:
  Array<double> data_;
  std::uint64_t expected_ = 0;
  double sum_ = 0;
};

class Structs : public ClientOperation {
 public:
  Structs(CLIENT* client, std::size_t count, const Memory& memory)
      : ClientOperation(client), data_(memory, count) {}
  void rewrite() override {
    auto value = static_cast<int>(next_seed() & 0xfffff);
    expected_ = 0;
    for (record& r : data_) {
      ++value;
      r = {value, value + 1, value + 2, static_cast<double>(value + 3), {0, 1, 2, value + 4}, TRUE};
      expected_ += 5 * static_cast<std::uint64_t>(value) + 11;
    }
  }
  void call() override {
    records argument{static_cast<u_int>(data_.size()), data_.data()};
    done(bench_structs_1(&argument, &sum_, client()), "structs");
  }
  void verify() override {
    if (sum_ != expected_) wrong("structs");
  }
  std::size_t bytes() const override { return data_.size() * sizeof(record); }

 private:
  Array<record> data_;
  std::uint64_t expected_ = 0;
  u_quad_t sum_ = 0;
};

// Nodes and names are pieces of their own, as in a program that builds a list.
class List : public ClientOperation {
 public:
  List(CLIENT* client, std::size_t count, const Memory& memory)
      : ClientOperation(client), count_(count), memory_(memory) {
    for (std::size_t i = 0; i < count; ++i) {
      auto* const piece = static_cast<node*>(memory_.allocate(sizeof(node)));
      auto* const name = static_cast<char*>(memory_.allocate(kNameBytes));
      *piece = {0, name, head_.head};
      head_.head = piece;
    }
  }
  ~List() override {
    while (node* const first = head_.head) {
      head_.head = first->next;
      memory_.free(first->name);
      memory_.free(first);
    }
  }
  void rewrite() override { expected_ = rewrite_list(head_.head, next_seed()); }
  void call() override { done(bench_list_1(&head_, &sum_, client()), "list"); }
  void verify() override {
    if (sum_ != expected_) wrong("list");
  }
  std::size_t bytes() const override { return count_ * (sizeof(node) + kNameBytes); }

 private:
  std::size_t count_;
  Memory memory_;
  list head_{};
  std::uint64_t expected_ = 0;
  u_quad_t sum_ = 0;
};

// A file handle of 32 bytes whose first eight name the file.
class FileOperation : public ClientOperation {
 public:
  using ClientOperation::ClientOperation;

 protected:
  handle next_file() {
    ++file_;
    std::memcpy(bytes_.data(), &file_, sizeof file_);
    return {{static_cast<u_int>(bytes_.size()), bytes_.data()}};
  }
  void check(const attributes& attr, const char* what) const {
    if (attr.fileid != file_) [[unlikely]]
      wrong(what);
  }

 private:
  std::uint64_t file_ = 0;
  std::vector<char> bytes_ = std::vector<char>(32);
};

class Getattr : public FileOperation {
 public:
  using FileOperation::FileOperation;
  void call() override {
    handle file = next_file();
    attributes attr{};
    done(bench_getattr_1(&file, &attr, client()), "getattr");
    check(attr, "getattr");
  }
  unsigned group() const override { return kGroup; }
};

class Lookup : public FileOperation {
 public:
  using FileOperation::FileOperation;
  void call() override {
    lookup_args what{next_file(), name_};
    write_name(name_, ++number_);
    lookup_result found{};
    done(bench_lookup_1(&what, &found, client()), "lookup");
    if (std::memcmp(found.object.data.data_val, name_, kNameBytes - 1) != 0) wrong("lookup");
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_lookup_result),
                 reinterpret_cast<char*>(&found));
  }
  unsigned group() const override { return kGroup; }

 private:
  char name_[kNameBytes] = "";
  std::uint64_t number_ = 0;
};

class Readdir : public FileOperation {
 public:
  Readdir(CLIENT* client, std::size_t count) : FileOperation(client), count_(count) {}
  void call() override {
    readdir_args what{next_file(), static_cast<u_int>(count_)};
    readdir_result found{};
    done(bench_readdir_1(&what, &found, client()), "readdir");
    std::size_t entries = 0;
    for (const entry* e = found.entries; e != nullptr; e = e->next) entries += e->fileid == entries;
    if (entries != count_) wrong("readdir");
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_readdir_result),
                 reinterpret_cast<char*>(&found));
  }
  std::size_t bytes() const override { return count_ * (sizeof(entry) + kNameBytes); }

 private:
  std::size_t count_;
};

class Read : public FileOperation {
 public:
  Read(CLIENT* client, std::size_t bytes) : FileOperation(client), bytes_(bytes), copy_(bytes) {}
  void rewrite() override {
    recipe what{next_seed(), static_cast<u_int>(bytes_)};
    expected_ = rewrite_words(as_words(copy_.data(), bytes_), what.seed);
    done(bench_prepare_1(&what, nullptr, client()), "prepare");
  }
  void call() override {
    read_args what{next_file(), 0, static_cast<u_int>(bytes_)};
    read_result found{};
    done(bench_read_1(&what, &found, client()), "read");
    check(found.attr, "read");
    sum_ = sum_words(as_words(found.data.blob_val, found.data.blob_len));
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_read_result),
                 reinterpret_cast<char*>(&found));
  }
  void verify() override {
    if (sum_ != expected_) wrong("read");
  }
  std::size_t bytes() const override { return bytes_; }

 private:
  std::size_t bytes_;
  std::vector<char> copy_;
  std::uint64_t expected_ = 0;
  std::uint64_t sum_ = 0;
};

class Write : public FileOperation {
 public:
  Write(CLIENT* client, std::size_t bytes, const Memory& memory)
      : FileOperation(client), data_(memory, bytes) {}
  void rewrite() override {
    expected_ = rewrite_words(as_words(data_.data(), data_.size()), next_seed());
  }
  void call() override {
    write_args what{next_file(), 0, 0, {static_cast<u_int>(data_.size()), data_.data()}};
    done(bench_write_1(&what, &answer_, client()), "write");
    check(answer_.attr, "write");
  }
  void verify() override {
    if (answer_.sum != expected_ || answer_.count != data_.size()) wrong("write");
  }
  std::size_t bytes() const override { return data_.size(); }

 private:
  Array<char> data_;
  write_result answer_{};
  std::uint64_t expected_ = 0;
};

// Calls without a reply, then a null call that comes back when the server has done them all.
class Oneway : public ClientOperation {
 public:
  using ClientOperation::ClientOperation;
  void call() override {
    done(clnt_call(client(), BENCH_ONEWAY, reinterpret_cast<xdrproc_t>(xdr_small),
                   reinterpret_cast<char*>(&argument_), nullptr, nullptr, (timeval{0, 0})),
         "oneway");
    if (++sent_ % kGroup == 0) done(bench_null_1(nullptr, nullptr, client()), "null");
  }
  unsigned group() const override { return kGroup; }
  void verify() override {
    usage used{};
    done(bench_usage_1(nullptr, &used, client()), "usage");
    if (used.oneway_calls < sent_) wrong("oneway");
    clnt_freeres(client(), reinterpret_cast<xdrproc_t>(xdr_usage), reinterpret_cast<char*>(&used));
  }
  std::size_t bytes() const override { return sizeof argument_; }

 private:
  small argument_{};
  std::uint64_t sent_ = 0;
};

using Maker =
    std::function<std::unique_ptr<ClientOperation>(CLIENT*, std::size_t, const Memory&)>;

template <typename Kind>
Maker fixed() {
  return [](CLIENT* client, std::size_t, const Memory&) { return std::make_unique<Kind>(client); };
}
template <typename Kind>
Maker sized() {
  return [](CLIENT* client, std::size_t size, const Memory&) {
    return std::make_unique<Kind>(client, size);
  };
}
// Its payload lies where the way wants it.
template <typename Kind>
Maker stored() {
  return [](CLIENT* client, std::size_t size, const Memory& memory) {
    return std::make_unique<Kind>(client, size, memory);
  };
}

}  // namespace

std::unique_ptr<Operation> make_operation(CLIENT* client, const Arguments& arguments) {
  static const std::map<std::string, Maker> makers = {
      {"null", fixed<Null>()},        {"small", fixed<Small>()},
      {"put", stored<Put>()},         {"get", sized<Get>()},
      {"pass", stored<Pass>()},       {"fetch", sized<Fetch>()},
      {"echo", stored<Echo>()},       {"ints", stored<Ints>()},
      {"doubles", stored<Doubles>()}, {"structs", stored<Structs>()},
      {"list", stored<List>()},       {"getattr", fixed<Getattr>()},
      {"lookup", fixed<Lookup>()},    {"readdir", sized<Readdir>()},
      {"read", sized<Read>()},        {"write", stored<Write>()},
      {"oneway", fixed<Oneway>()},
  };
  const std::string name = arguments.text("workload", "null");
  const auto found = makers.find(name);
  if (found == makers.end()) throw std::invalid_argument("unknown workload: " + name);
  const Memory memory(client, arguments.text("heap") == "yes");
  std::unique_ptr<ClientOperation> operation =
      found->second(client, arguments.count("size", 0), memory);
  operation->set_seed(arguments.count("seed", 1));
  return operation;
}

}  // namespace vmrpc::bench
