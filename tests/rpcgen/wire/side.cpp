// SPDX-License-Identifier: BSD-3-Clause
// Decoding, encoding and releasing values with one compiler's routines.
#include "side.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace vmrpc::wire {

namespace {

xdrproc_t as_xdrproc(const wire_type& type) { return reinterpret_cast<xdrproc_t>(type.xdr); }

template <typename T>
const T* table(void* library, const char* name) {
  const void* address = dlsym(library, name);
  if (address == nullptr) throw std::runtime_error(dlerror());
  return static_cast<const T*>(address);
}

// Leaves non-zero words where the next function's locals lie: whoever reads an unset one is found
// out.
[[gnu::noinline]] void dirty_the_stack() {
  volatile unsigned char garbage[1024];
  for (volatile unsigned char& byte : garbage) byte = 0x5a;
}

}  // namespace

void Value::Free::operator()(void* object) const { std::free(object); }

Value::Value(const wire_type& type) : type_(&type), object_(std::calloc(1, type.value_bytes)) {
  if (object_ == nullptr) throw std::bad_alloc();
}

void Value::release() {
  if (object_ == nullptr) return;
  dirty_the_stack();
  xdr_free(as_xdrproc(*type_), object_.get());
}

Decoded decode(const wire_type& type, const Bytes& bytes, StreamKind kind) {
  // A copy of the exact size, so that a sanitizer sees every read past the end.
  Bytes input = bytes;
  Decoded result{false, 0, Value(type)};
  if (kind == StreamKind::kMemory) {
    XDR xdrs{};
    xdrmem_create(&xdrs, reinterpret_cast<char*>(input.data()), static_cast<u_int>(input.size()),
                  XDR_DECODE);
    result.accepted = type.xdr(&xdrs, result.value.get());
    result.consumed_bytes = xdr_getpos(&xdrs);
  } else {
    PlainStream stream(input, XDR_DECODE);
    result.accepted = type.xdr(stream.xdr(), result.value.get());
    result.consumed_bytes = xdr_getpos(stream.xdr());
  }
  return result;
}

bool decode_again(const wire_type& type, const Bytes& bytes, const Value& value) {
  Bytes input = bytes;
  PlainStream stream(input, XDR_DECODE);
  return type.xdr(stream.xdr(), value.get());
}

std::optional<Bytes> encode(const wire_type& type, const Value& value, StreamKind kind,
                            std::size_t capacity_bytes) {
  Bytes output(capacity_bytes);
  if (kind == StreamKind::kMemory) {
    XDR xdrs{};
    xdrmem_create(&xdrs, reinterpret_cast<char*>(output.data()), static_cast<u_int>(output.size()),
                  XDR_ENCODE);
    if (!type.xdr(&xdrs, value.get())) return std::nullopt;
    output.resize(xdr_getpos(&xdrs));
  } else {
    PlainStream stream(output, XDR_ENCODE);
    if (!type.xdr(stream.xdr(), value.get())) return std::nullopt;
    output.resize(xdr_getpos(stream.xdr()));
  }
  return output;
}

std::size_t size_by_xdr_sizeof(const wire_type& type, const Value& value) {
  dirty_the_stack();
  return xdr_sizeof(as_xdrproc(type), value.get());
}

Side::Side(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  for (const auto* type = table<wire_type>(library, "wire_types"); type->name != nullptr; type++)
    types_.push_back(type);
  for (const auto* c = table<wire_constant>(library, "wire_constants"); c->name != nullptr; c++)
    constants_[c->name] = c;
}

const wire_type* Side::find(const std::string& name) const {
  for (const wire_type* type : types_)
    if (name == type->name) return type;
  return nullptr;
}

}  // namespace vmrpc::wire
