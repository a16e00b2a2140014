// SPDX-License-Identifier: BSD-3-Clause
// One compiler's XDR routines, loaded from a shared object, and the values that they work on.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stream.hpp"
#include "table.h"

namespace vmrpc::wire {

enum class StreamKind { kMemory, kPlain };  // xdrmem inlines, PlainStream does not

// A zeroed object of a generated type. Whoever decoded into it releases it: release().
class Value {
 public:
  explicit Value(const wire_type& type);
  Value(Value&&) = default;
  Value& operator=(Value&&) = delete;
  ~Value() { release(); }

  void* get() const { return object_.get(); }
  // The routine that is to free the contents: any side's will do.
  void set_releaser(const wire_type& type) { type_ = &type; }

 private:
  struct Free {
    void operator()(void* object) const;
  };
  void release();

  const wire_type* type_;
  std::unique_ptr<void, Free> object_;
};

struct Decoded {
  bool accepted;
  std::size_t consumed_bytes;
  Value value;
};

Decoded decode(const wire_type& type, const Bytes& bytes, StreamKind kind);
bool decode_again(const wire_type& type, const Bytes& bytes, const Value& value);
// No value: refused, e.g. because it needs more than capacity_bytes.
std::optional<Bytes> encode(const wire_type& type, const Value& value, StreamKind kind,
                            std::size_t capacity_bytes);
std::size_t size_by_xdr_sizeof(const wire_type& type, const Value& value);

class Side {
 public:
  explicit Side(const std::string& path);

  const std::vector<const wire_type*>& types() const { return types_; }
  const wire_type* find(const std::string& name) const;
  const std::map<std::string, const wire_constant*>& constants() const { return constants_; }

 private:
  std::vector<const wire_type*> types_;
  std::map<std::string, const wire_constant*> constants_;
};

}  // namespace vmrpc::wire
