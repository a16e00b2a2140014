// SPDX-License-Identifier: BSD-3-Clause
// Where a payload lies: in ordinary memory, or in the shared heap of its handle.
#ifndef VMRPC_BENCH_MEMORY_HPP
#define VMRPC_BENCH_MEMORY_HPP

#include <cstddef>
#include <cstdlib>
#include <new>

#include "vm.hpp"

namespace vmrpc::bench {

class Memory {
 public:
  Memory(CLIENT* client, bool shared)
      : client_(shared ? client : nullptr),
        alloc_(shared ? required(VM_FUNCTION(clnt_vm_alloc)) : nullptr),
        free_(shared ? required(VM_FUNCTION(rpc_vm_free)) : &std::free) {}
  void* allocate(std::size_t bytes) const {
    void* const block = alloc_ != nullptr ? alloc_(client_, bytes) : std::calloc(1, bytes);
    if (block == nullptr && bytes != 0) throw std::bad_alloc();
    return block;
  }
  void free(void* block) const { free_(block); }

 private:
  CLIENT* client_;
  decltype(&clnt_vm_alloc) alloc_;
  void (*free_)(void*);
};

template <typename Element>
class Array {
 public:
  Array(const Memory& memory, std::size_t count)
      : memory_(memory),
        elements_(static_cast<Element*>(memory.allocate(count * sizeof(Element)))),
        count_(count) {}
  ~Array() { memory_.free(elements_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  Element* data() const { return elements_; }
  std::size_t size() const { return count_; }
  Element* begin() const { return elements_; }
  Element* end() const { return elements_ + count_; }

 private:
  Memory memory_;
  Element* elements_;
  std::size_t count_;
};

}  // namespace vmrpc::bench

#endif
