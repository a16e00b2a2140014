// SPDX-License-Identifier: BSD-3-Clause
// Blocks of the shared heap for programs: clnt_vm_alloc() and its like.
#include "config.h"

#include <malloc.h>

#include <cstdlib>
#include <cstring>

#include "base/boundary.hpp"
#include "client/handle.hpp"
#include "placement/held.hpp"
#include "placement/releasing.hpp"
#include "rpc/vm.h"
#include "server/service_transport.hpp"

using namespace vmrpc;

namespace {

association::Heaps* open_heaps(association::Shared* shared) {
  if (shared == nullptr || shared->heaps == nullptr) return nullptr;
  shared->heaps->open_to_program();
  return shared->heaps.get();
}

// Where there is no shared heap, or it is full, ordinary memory will do: it is placed when it is sent.
void* allocate(association::Heaps* heaps, std::size_t bytes) {
  void* const block = heaps != nullptr ? heaps->heap().allocate_zeroed(bytes) : nullptr;
  return block != nullptr ? block : std::calloc(1, bytes == 0 ? 1 : bytes);
}

void* reallocate_ordinary(void* block, std::size_t bytes) {
  const std::size_t before = ::malloc_usable_size(block);
  auto* const moved = static_cast<unsigned char*>(std::realloc(block, bytes == 0 ? 1 : bytes));
  if (moved != nullptr && bytes > before) std::memset(moved + before, 0, bytes - before);
  return moved;
}

// Moves what does not fit in its heap any more, or came from another's.
void* move_block(association::Heaps* heaps, const memory::Heap::Block& block, std::size_t bytes) {
  void* const moved = allocate(heaps, bytes);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block.address, std::min(bytes, block.bytes));
  placement::release(block.address);
  return moved;
}

void* reallocate(association::Heaps* heaps, void* block, std::size_t bytes) {
  if (block == nullptr) return allocate(heaps, bytes);
  const auto heap = placement::Held::instance().heap_of(block);
  if (heap == nullptr) return reallocate_ordinary(block, bytes);
  if (void* const moved = heap->reallocate(block, bytes)) return moved;
  const auto old = heap->find(block);
  return old && old->address == block ? move_block(heaps, *old, bytes) : nullptr;
}

// Runs `body(Heaps*)` with the handle's heaps, null when it is on its socket.
template <typename Body>
void* with_client(CLIENT* clnt, const Body& body) {
  return c_boundary(
      [&]() -> void* {
        client::Handle* const handle = client::Handle::of(clnt);
        if (handle == nullptr) return body(nullptr);
        const client::LookGuard guard(handle->connection().line());
        return body(guard.is_usable() ? open_heaps(handle->connection().shared()) : nullptr);
      },
      [](clnt_stat, int error) -> void* { return errno = error, nullptr; });
}

template <typename Body>
void* with_server(SVCXPRT* xprt, const Body& body) {
  return c_boundary(
      [&]() -> void* {
        server::ServiceTransport* const transport = server::ServiceTransport::of(xprt);
        return body(transport != nullptr ? open_heaps(transport->shared()) : nullptr);
      },
      [](clnt_stat, int error) -> void* { return errno = error, nullptr; });
}

}  // namespace

void* clnt_vm_alloc(CLIENT* clnt, size_t nbytes) {
  return with_client(clnt, [&](association::Heaps* heaps) { return allocate(heaps, nbytes); });
}

void* clnt_vm_realloc(CLIENT* clnt, void* block, size_t nbytes) {
  return with_client(clnt, [&](association::Heaps* heaps) { return reallocate(heaps, block, nbytes); });
}

void* svc_vm_alloc(SVCXPRT* xprt, size_t nbytes) {
  return with_server(xprt, [&](association::Heaps* heaps) { return allocate(heaps, nbytes); });
}

void* svc_vm_realloc(SVCXPRT* xprt, void* block, size_t nbytes) {
  return with_server(xprt, [&](association::Heaps* heaps) { return reallocate(heaps, block, nbytes); });
}

void rpc_vm_free(void* block) {
  c_boundary([&] { placement::release(block); }, [](clnt_stat, int) {});
}
