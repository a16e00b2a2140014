// SPDX-License-Identifier: BSD-3-Clause
// The procedures of bench_prot.x. One thread serves, so what outlives a procedure is static.
#include "bench_prot.h"

#include <array>
#include <bit>
#include <string>
#include <vector>

#include "payload.hpp"
#include "service.hpp"
#include "shared_block.hpp"
#include "usage.hpp"
#include "vm.hpp"

bool vmrpc::bench::answer_from_heap = false;

namespace {

using vmrpc::bench::as_words;
using vmrpc::bench::sum_words;

std::uint64_t oneway_calls = 0;

std::uint64_t sum_blob(const blob& data) {
  return sum_words(as_words(data.blob_val, data.blob_len));
}

constexpr std::size_t kStoreBytes = 1U << 20;

// What GET and READ answer with. In the shared heap it lies in that of the connection that asked
// first: one client is measured at a time.
blob from_store(std::size_t bytes, SVCXPRT* xprt) {
  static vmrpc::bench::SharedBlock block;
  static std::vector<char> ordinary;
  if (vmrpc::bench::answer_from_heap) {
    if (block.bytes() < bytes)
      block = {VM_FUNCTION(svc_vm_alloc)(xprt, bytes), bytes, VM_FUNCTION(rpc_vm_free)};
    return {static_cast<u_int>(bytes), block.data()};
  }
  if (ordinary.size() < bytes) ordinary.resize(bytes);
  return {static_cast<u_int>(bytes), ordinary.data()};
}

attributes attributes_of(const handle& file) {
  attributes attr{};
  attr.type = 1;
  attr.mode = 0644;
  attr.nlink = 1;
  attr.size = kStoreBytes;
  attr.fileid = file.data.data_len;
  if (file.data.data_len >= sizeof attr.fileid)
    std::memcpy(&attr.fileid, file.data.data_val, sizeof attr.fileid);
  return attr;
}

entry* directory(std::size_t count) {
  static std::vector<entry> entries;
  static std::vector<std::array<char, vmrpc::bench::kNameBytes>> names;
  entries.resize(count);
  names.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    vmrpc::bench::write_name(names[i].data(), i);
    entries[i] = {i, names[i].data(), i + 1, i + 1 < count ? &entries[i + 1] : nullptr};
  }
  return count == 0 ? nullptr : entries.data();
}

}  // namespace

bool_t bench_null_1_svc(void*, void*, svc_req*) { return TRUE; }

bool_t bench_small_1_svc(small* argument, u_quad_t* sum, svc_req*) {
  *sum = 0;
  for (const int word : argument->word) *sum += static_cast<std::uint32_t>(word);
  return TRUE;
}

bool_t bench_put_1_svc(blob* data, u_quad_t* sum, svc_req*) {
  *sum = sum_blob(*data);
  return TRUE;
}

bool_t bench_prepare_1_svc(recipe* what, void*, svc_req* request) {
  const blob data = from_store(what->bytes, request->rq_xprt);
  vmrpc::bench::rewrite_words(as_words(data.blob_val, data.blob_len), what->seed);
  return TRUE;
}

bool_t bench_get_1_svc(u_int* bytes, blob* data, svc_req* request) {
  *data = from_store(*bytes, request->rq_xprt);
  return TRUE;
}

bool_t bench_echo_1_svc(blob* data, blob* same, svc_req*) {
  *same = *data;
  return TRUE;
}

bool_t bench_ints_1_svc(ints* numbers, u_quad_t* sum, svc_req*) {
  *sum = 0;
  for (u_int i = 0; i < numbers->ints_len; ++i)
    *sum += static_cast<std::uint32_t>(numbers->ints_val[i]);
  return TRUE;
}

bool_t bench_doubles_1_svc(doubles* numbers, double* sum, svc_req*) {
  std::uint64_t bits = 0;
  for (u_int i = 0; i < numbers->doubles_len; ++i)
    bits += std::bit_cast<std::uint64_t>(numbers->doubles_val[i]);
  *sum = std::bit_cast<double>(bits);
  return TRUE;
}

bool_t bench_structs_1_svc(records* data, u_quad_t* sum, svc_req*) {
  *sum = 0;
  for (u_int i = 0; i < data->records_len; ++i) {
    const record& r = data->records_val[i];
    *sum += static_cast<std::uint64_t>(r.id) + static_cast<std::uint64_t>(r.kind) +
            static_cast<std::uint64_t>(r.stamp) + static_cast<std::uint64_t>(r.weight) +
            static_cast<std::uint64_t>(r.flag[3]) + static_cast<std::uint64_t>(r.valid);
  }
  return TRUE;
}

bool_t bench_list_1_svc(list* nodes, u_quad_t* sum, svc_req*) {
  *sum = vmrpc::bench::walk_list(nodes->head);
  return TRUE;
}

bool_t bench_getattr_1_svc(handle* file, attributes* attr, svc_req*) {
  *attr = attributes_of(*file);
  return TRUE;
}

bool_t bench_lookup_1_svc(lookup_args* what, lookup_result* found, svc_req*) {
  static std::array<char, 32> object{};
  std::memcpy(object.data(), what->name, std::min(object.size(), std::strlen(what->name)));
  found->object = {{static_cast<u_int>(object.size()), object.data()}};
  found->attr = attributes_of(found->object);
  return TRUE;
}

bool_t bench_readdir_1_svc(readdir_args* what, readdir_result* found, svc_req*) {
  found->entries = directory(what->count);
  found->eof = TRUE;
  return TRUE;
}

bool_t bench_read_1_svc(read_args* what, read_result* data, svc_req* request) {
  data->attr = attributes_of(what->file);
  data->eof = FALSE;
  data->data = from_store(what->count, request->rq_xprt);
  return TRUE;
}

bool_t bench_write_1_svc(write_args* what, write_result* done, svc_req*) {
  done->attr = attributes_of(what->file);
  done->count = what->data.blob_len;
  done->sum = sum_blob(what->data);
  return TRUE;
}

bool_t bench_pass_1_svc(blob* data, u_int* bytes, svc_req*) {
  *bytes = data->blob_len;
  return TRUE;
}

// FALSE: no reply is sent.
bool_t bench_oneway_1_svc(small*, void*, svc_req*) {
  ++oneway_calls;
  return FALSE;
}

bool_t bench_usage_1_svc(void*, usage* used, svc_req* request) {
  static std::string transport;
  static std::string library;
  const vmrpc::bench::ProcessUsage mine = vmrpc::bench::process_usage();
  const vmrpc::bench::Route route = vmrpc::bench::route_of(request->rq_xprt);
  transport = route.transport;
  library = vmrpc::bench::library_version();
  *used = {mine.cpu_ns, mine.switches, mine.peak_kib,  oneway_calls,     route.tcp,
           route.xdr,   route.placed,  route.in_place, transport.data(), library.data()};
  return TRUE;
}

// Arguments and results are freed by nobody: all of them are static or the caller's.
int bench_prog_1_freeresult(SVCXPRT*, xdrproc_t, caddr_t) { return TRUE; }
