// SPDX-License-Identifier: BSD-3-Clause
// A peer that starts honestly and then lies, as client and as server, as the same and as another user: the victim
// lives, says why it ended an association, and serves or uses others meanwhile.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <span>
#include <string>

#include "flipper.hpp"
#include "handshake.hpp"
#include "lies.hpp"
#include "received.hpp"

extern "C" {
#include "../support/child.h"
#include "../support/footprint.h"
#include "victim.h"
}
#include "rpc/vm.h"

namespace hostile {
namespace {

constexpr timeval kInTime = {3, 0};         // an honest call, on a loaded machine
constexpr timeval kVictimsTimeOut = {1, 0};
constexpr int64_t kLate_us = 2'500'000;     // that, and a loaded machine
constexpr timeval kShortly = {0, 200'000};  // a call of a liar, which need not be answered
constexpr int kFlippedMs = 20;   // of calls: three processes share what may be two CPUs
constexpr int kMostRounds = 60;  // of which each ends an association in one case of three at least, where any should
constexpr uid_t kNobody = 65534;

void log_to(const std::string& path) { ::setenv("VMRPC_LOG", ("info:" + path).c_str(), 1); }

// How often a victim has said that its peer lies.
int faults_in(const std::string& path) {
  int count = 0;
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    count += line.find("impossible value in the peer's shared memory") != std::string::npos;
  }
  return count;
}

CLIENT* connect_to_service(const address& server, rpcvers_t version) {
  address at = server;
  netbuf to{static_cast<unsigned>(sizeof at.socket), static_cast<unsigned>(at.length), &at.socket};
  const int fd = connect_to(&at);
  CLIENT* const clnt = ::clnt_vc_create(fd, &to, HOSTILE_PROG, version, 0, 0);
  if (clnt == nullptr) die("%s", ::clnt_spcreateerror("no handle"));
  clnt_control(clnt, CLSET_FD_CLOSE, nullptr);
  return clnt;
}

clnt_stat call_null(CLIENT* clnt, timeval timeout) {
  const auto nothing = reinterpret_cast<xdrproc_t>(reinterpret_cast<void (*)()>(xdr_void));
  return clnt_call(clnt, HOSTILE_NULL, nothing, nullptr, nothing, nullptr, timeout);
}

struct Encoding {
  rpcproc_t sum, make;
  bool_t (*xdr)(XDR*, value*);
  xdrproc_t routine() const { return reinterpret_cast<xdrproc_t>(xdr); }
};
constexpr Encoding kPlaced{HOSTILE_SUM, HOSTILE_MAKE, xdr_value};
constexpr Encoding kEncoded{HOSTILE_SUM_ENCODED, HOSTILE_MAKE_ENCODED, xdr_encoded_value};

clnt_stat call_sum(CLIENT* clnt, timeval timeout = kInTime, const Encoding& as = kPlaced) {
  value values[3];
  make_values(values, 3);
  u_int sum = 0;
  const clnt_stat stat = clnt_call(clnt, as.sum, as.routine(),
                                   reinterpret_cast<char*>(values), reinterpret_cast<xdrproc_t>(xdr_u_int),
                                   reinterpret_cast<char*>(&sum), timeout);
  return stat == RPC_SUCCESS && sum != sum_of(values) ? RPC_FAILED : stat;
}

// `sum` of what came, which is freed.
clnt_stat call_make(CLIENT* clnt, u_int* sum, timeval timeout, const Encoding& as = kPlaced) {
  value result{};
  u_int count = 3;
  const clnt_stat stat =
      clnt_call(clnt, as.make, reinterpret_cast<xdrproc_t>(xdr_u_int), reinterpret_cast<char*>(&count),
                as.routine(), reinterpret_cast<char*>(&result), timeout);
  if (stat != RPC_SUCCESS) return stat;
  *sum = sum_of(&result);
  clnt_freeres(clnt, as.routine(), reinterpret_cast<char*>(&result));
  return stat;
}

// Brings a handle to shared memory and has values placed in both directions.
void make_placing(CLIENT* clnt) {
  rpc_vm_stats stats{};
  if (call_null(clnt, kInTime) != RPC_SUCCESS || ::clnt_vm_upgrade(clnt, kInTime) != RPC_SUCCESS) die("no upgrade");
  for (int i = 0; i < 2; i++) {
    u_int sum = 0;
    if (call_sum(clnt) != RPC_SUCCESS || call_make(clnt, &sum, kInTime) != RPC_SUCCESS) die("an honest call failed");
  }
  ::clnt_vm_getstats(clnt, &stats, sizeof stats);
  if (stats.calls_placed + stats.calls_in_place == 0) die("no value was placed");
}

CLIENT* connect_placing(const address& server, rpcvers_t version) {
  CLIENT* const clnt = connect_to_service(server, version);
  make_placing(clnt);
  return clnt;
}

// --- processes ---

int honest_server(int channel, const void* log) {
  log_to(static_cast<const char*>(log));
  ::setenv("VMRPC_REGION_MAX", "4m", 1);  // soon full
  return hostile_serve(channel, nullptr);
}

// Calls whenever a byte comes, and tells how that ended.
int witness(int channel, const void* server) {
  ::unsetenv("VMRPC_LOG");
  CLIENT* const clnt = connect_placing(*static_cast<const address*>(server), HOSTILE_COPY);
  char byte = 'r';
  while (channel_send(channel, &byte, 1) && channel_receive(channel, &byte, 1, deadline_in_ms(60000))) {
    byte = call_null(clnt, kInTime) == RPC_SUCCESS && call_sum(clnt) == RPC_SUCCESS ? 'y' : 'n';
  }
  return EXIT_SUCCESS;
}

// What a liar is to do, there or on another machine (child.h).
enum class Role { kLyingClient, kFlippingClient, kLyingServer };
struct Order {
  Role role;
  address server;  // of the victim
  int lie, area;   // numbers; -1: none
  rpcvers_t version;
  uid_t uid;
  // Of a lying server on this machine.
  const WrongDescriptor* wrong = nullptr;
  pid_t victim = 0;  // whose memory it tries to change
};

constexpr int kNone = -1;
constexpr int kLyingEndlessly = -2;

std::span<const Lie> all_lies(std::size_t list) {
  switch (list) {
    case 0:
      return lies_in_values();
    case 1:
      return lies_in_regions();
    case 2:
      return lies_about_releases();
    case 3:
      return lies_over_sockets();
    default:
      return lies_about_grants();
  }
}
constexpr std::size_t kLists = 5;

int number_of(const Lie& lie) {
  int before = 0;
  for (std::size_t list = 0; list < kLists; list++) {
    const std::span<const Lie> lies = all_lies(list);
    for (std::size_t i = 0; i < lies.size(); i++) {
      if (&lies[i] == &lie) return before + static_cast<int>(i);
    }
    before += static_cast<int>(lies.size());
  }
  return kLyingEndlessly;
}

const Lie* lie_of(int number) {
  if (number == kNone) return nullptr;
  for (std::size_t list = 0; list < kLists && number >= 0; list++) {
    const std::span<const Lie> lies = all_lies(list);
    if (number < static_cast<int>(lies.size())) return &lies[static_cast<std::size_t>(number)];
    number -= static_cast<int>(lies.size());
  }
  return &endless_marks();
}

int number_of(const Area& area) { return static_cast<int>(&area - areas().data()); }

int lying_client(int channel, const Order& role) {
  const Lie& lie = *lie_of(role.lie);
  if (::setresuid(role.uid, role.uid, role.uid) != 0) return EXIT_FAILURE;
  CLIENT* const clnt = connect_placing(role.server, role.version);
  if (::clnt_vm_alloc(clnt, 100000) == nullptr) return EXIT_FAILURE;  // keeps a chunk there
  Liar liar(Liar::Role::kClient);
  lie.tell(liar, static_cast<unsigned>(role.version));
  const Fate fate = lie.expected == Expected::kAnything ? Fate::kNothing : liar.await_answer();
  channel_send(channel, &fate, sizeof fate);
  char byte;
  channel_receive(channel, &byte, 1, deadline_in_ms(60000));  // until the test has looked
  return EXIT_SUCCESS;
}

struct OtherClient {
  address server;
  pid_t server_pid;
  uid_t uid;
  const WrongDescriptor* wrong;
  rpcvers_t version;
};

// Calls as an honest client while another process changes its memory, until a call fails; tells whether it was answered
// wrongly.
int flipping_client(int channel, const Order& role) {
  if (::setresuid(role.uid, role.uid, role.uid) != 0) return EXIT_FAILURE;
  CLIENT* const clnt = connect_placing(role.server, role.version);
  if (::clnt_vm_alloc(clnt, 100000) == nullptr) return EXIT_FAILURE;
  const Area& area = areas()[static_cast<std::size_t>(role.area)];
  const Flipper flipper(area);
  clnt_stat stat = RPC_SUCCESS;
  const deadline_t a_while = deadline_in_ms(kFlippedMs);
  for (int i = 0; (i < area.n_calls || deadline_left_ms(a_while) > 0) && stat == RPC_SUCCESS; i++)
    stat = call_sum(clnt, kShortly, area.is_stream ? kEncoded : kPlaced);
  const bool is_wrong = stat == RPC_FAILED;
  channel_send(channel, &is_wrong, sizeof is_wrong);
  char byte;
  channel_receive(channel, &byte, 1, deadline_in_ms(60000));
  return EXIT_SUCCESS;
}

// Whether the upgrade is refused and calls go on over the socket.
int wrongly_meeting_client(int channel, const void* arg) {
  const auto& role = *static_cast<const OtherClient*>(arg);
  ::unsetenv("VMRPC_LOG");
  if (::setresuid(role.uid, role.uid, role.uid) != 0) return EXIT_FAILURE;
  CLIENT* const clnt = connect_to_service(role.server, HOSTILE_COPY);
  send_wrong(role.wrong);
  const bool refused = call_null(clnt, kInTime) == RPC_SUCCESS && ::clnt_vm_upgrade(clnt, kInTime) != RPC_SUCCESS &&
                       call_sum(clnt) == RPC_SUCCESS;
  channel_send(channel, &refused, sizeof refused);
  char byte;
  channel_receive(channel, &byte, 1, deadline_in_ms(60000));
  return EXIT_SUCCESS;
}

struct Attempts {
  int tried;
  char succeeded[60];
};

int writing_client(int channel, const void* arg) {
  const auto& role = *static_cast<const OtherClient*>(arg);
  ::unsetenv("VMRPC_LOG");
  if (::setresuid(role.uid, role.uid, role.uid) != 0) return EXIT_FAILURE;
  keep_what_is_received();
  connect_placing(role.server, HOSTILE_COPY);
  Attempts attempts{};
  change_what_was_received(role.server_pid, &attempts.tried).copy(attempts.succeeded, sizeof attempts.succeeded - 1);
  channel_send(channel, &attempts, sizeof attempts);
  return EXIT_SUCCESS;
}

const Order* g_role;   // of this process, a lying server
int g_honest_answers;  // before it lies
int g_channel;

void tell_attempts() {
  Attempts attempts{};
  change_what_was_received(g_role->victim, &attempts.tried).copy(attempts.succeeded, sizeof attempts.succeeded - 1);
  channel_send(g_channel, &attempts, sizeof attempts);
}

bool_t lie_instead_of_answer() {
  if (g_honest_answers-- > 0) return FALSE;
  if (g_role->victim != 0) tell_attempts();
  if (g_role->area != kNone) static const Flipper flipper(areas()[static_cast<std::size_t>(g_role->area)]);
  if (g_role->lie == kNone) return FALSE;
  Liar liar(Liar::Role::kServer);
  lie_of(g_role->lie)->tell(liar, 0);
  return TRUE;
}

int lying_server(int channel, const Order& role) {
  if (::setresuid(role.uid, role.uid, role.uid) != 0) return EXIT_FAILURE;
  g_role = &role;
  g_channel = channel;
  g_honest_answers = 3;
  send_wrong(role.wrong);
  if (role.victim != 0) keep_what_is_received();
  return hostile_serve(channel, lie_instead_of_answer);
}

int obey(int channel, const void* arg) {
  const auto& order = *static_cast<const Order*>(arg);
  ::unsetenv("VMRPC_LOG");
  switch (order.role) {
    case Role::kLyingClient:
      return lying_client(channel, order);
    case Role::kFlippingClient:
      return flipping_client(channel, order);
    case Role::kLyingServer:
      return lying_server(channel, order);
  }
  return EXIT_FAILURE;
}

// --- the client lies ---

void expect_fate(const Lie& lie, Fate fate) {
  switch (lie.expected) {
    case Expected::kServed:
      EXPECT_EQ(fate, Fate::kServed);
      break;
    case Expected::kNotObeyed:
      EXPECT_TRUE(fate == Fate::kRefused || fate == Fate::kEnded) << static_cast<int>(fate);
      break;
    case Expected::kEnds:
      EXPECT_EQ(fate, Fate::kEnded);
      break;
    case Expected::kAnything:
      break;
  }
}

std::span<const Lie> lies_in_transport() {
  return elsewhere_is_known() ? lies_about_grants() : lies_over_sockets();
}

bool lives(const child& process) { return !wait_readable(process.pidfd, now_us()); }

// A child of the test that says first what it has to say.
template <typename Word>
[[nodiscard]] child listen_to(child process, Word* word) {
  if (!channel_receive(process.channel, word, sizeof *word, deadline_in_ms(PATIENCE_MS + 5000))) {
    ADD_FAILURE() << "a process has nothing to say";
  }
  return process;
}
template <typename Word>
[[nodiscard]] child start(int (*body)(int, const void*), const void* arg, Word* word) {
  return listen_to(child_start(body, arg), word);
}
template <typename Word>
[[nodiscard]] child start_liar(const Order& order, Word* word) {
  return listen_to(elsewhere_is_known() ? child_elsewhere(&order, sizeof order) : child_start(obey, &order), word);
}

class Hostile : public testing::TestWithParam<uid_t> {
 protected:
  Hostile() : log_("/tmp/vmrpc-hostile-" + std::to_string(::getpid()) + ".log") { ::unlink(log_.c_str()); }
  ~Hostile() override { ::unlink(log_.c_str()); }
  void SetUp() override {
    if (GetParam() != ::getuid() && ::getuid() != 0) GTEST_SKIP() << "needs root, to be another user";
  }
  // Once, or until an association was ended.
  template <typename Look>
  void look_often(const Area& area, bool must_end, const Look& look) {
    SCOPED_TRACE(area.name);
    const int faults = faults_in(log_);
    int rounds = 0;
    do look();
    while (must_end && faults_in(log_) == faults && ++rounds < kMostRounds && !HasFailure());
    if (must_end) {
      EXPECT_GT(faults_in(log_), faults) << "no association was ended";
    }
  }
  std::string log_;
};

class HostileClient : public Hostile {
 protected:
  void SetUp() override {
    Hostile::SetUp();
    if (IsSkipped()) return;
    server_ = start(honest_server, log_.c_str(), &at_);
    char byte;
    witness_ = start(witness, &at_, &byte);
    descriptors_before_ = footprint_of(server_.pid).n_descriptors;
    // The first association with another domain opens the socket at which the process is asked to leave it.
    if (elsewhere_is_known()) descriptors_before_++;
  }
  void TearDown() override {
    child_end(&witness_);
    child_end(&server_);
  }
  bool witness_is_served() {
    char byte = '?';
    return channel_send(witness_.channel, &byte, 1) &&
           channel_receive(witness_.channel, &byte, 1, deadline_in_ms(PATIENCE_MS)) && byte == 'y';
  }
  void lie_and_look(const Lie& lie, rpcvers_t version) {
    SCOPED_TRACE(std::string(lie.name) + ", version " + std::to_string(version));
    const Order order{Role::kLyingClient, at_, number_of(lie), kNone, version, GetParam()};
    const int faults = faults_in(log_);
    Fate fate{};
    child liar = start_liar(order, &fate);
    expect_fate(lie, fate);
    if (fate == Fate::kEnded) {
      EXPECT_GT(faults_in(log_), faults) << "no reason in the log";
    }
    EXPECT_TRUE(witness_is_served());
    child_end(&liar);
    EXPECT_TRUE(witness_is_served());
    ASSERT_TRUE(lives(server_));
    EXPECT_TRUE(keeps_nothing());
  }
  void flip_and_look(const Area& area, rpcvers_t version) {
    const Order order{Role::kFlippingClient, at_, kNone, number_of(area), version, GetParam()};
    bool is_wrong = false;
    child liar = start_liar(order, &is_wrong);
    EXPECT_TRUE(witness_is_served());
    child_end(&liar);
    EXPECT_TRUE(witness_is_served());
    ASSERT_TRUE(lives(server_));
    EXPECT_FALSE(is_wrong && area.harm == Area::Harm::kNone);
    EXPECT_TRUE(keeps_nothing());
  }
  // No descriptor of those that have gone.
  bool keeps_nothing() {
    const deadline_t deadline = deadline_in_ms(PATIENCE_MS);
    const auto keeps_more = [&] { return footprint_of(server_.pid).n_descriptors > descriptors_before_; };
    while (keeps_more() && deadline_left_ms(deadline) > 0 && witness_is_served()) continue;
    return !keeps_more();
  }

  unsigned descriptors_before_ = 0;  // of the server, with the witness
  address at_{};
  child server_{}, witness_{};
};

TEST_P(HostileClient, LiesInValuesAndTheServerServesOthers) {
  for (rpcvers_t version = HOSTILE_COPY; version <= HOSTILE_IN_PLACE; version++) {
    for (const Lie& lie : lies_in_values()) {
      lie_and_look(lie, version);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(HostileClient, LiesInItsRegionAndTheServerServesOthers) {
  for (const std::span<const Lie> lies : {lies_in_regions(), lies_in_transport()}) {
    for (const Lie& lie : lies) {
      lie_and_look(lie, HOSTILE_COPY);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(HostileClient, LiesAboutWhatItHasReleasedAndTheServerServesOthers) {
  for (const Lie& lie : lies_about_releases()) {
    lie_and_look(lie, HOSTILE_COPY);
    if (HasFatalFailure()) return;
  }
}

TEST_P(HostileClient, MarksWithoutEndAndTheServerServesOthers) { lie_and_look(endless_marks(), HOSTILE_COPY); }

// The third way is for peers that are believed not to do that: the program itself would read what changes.
TEST_P(HostileClient, ChangesItsMemoryWhileItIsReadAndTheServerServesOthers) {
  for (const rpcvers_t version : {HOSTILE_COPY, HOSTILE_SPINE}) {
    for (const Area& area : areas()) {
      const bool must_end = area.harm == Area::Harm::kEnd || area.harm == Area::Harm::kEndOfClients;
      look_often(area, must_end, [&] { flip_and_look(area, version); });
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(HostileClient, SendsWrongDescriptorsAndIsServedOverItsSocket) {
  for (const WrongDescriptor& wrong : wrong_descriptors()) {
    SCOPED_TRACE(wrong.name);
    const OtherClient role{at_, 0, GetParam(), &wrong, HOSTILE_COPY};
    bool refused = false;
    child liar = start(wrongly_meeting_client, &role, &refused);
    EXPECT_TRUE(refused);
    EXPECT_TRUE(witness_is_served());
    child_end(&liar);
    ASSERT_TRUE(lives(server_));
  }
}

TEST_P(HostileClient, CannotChangeTheServersMemory) {
  const OtherClient role{at_, server_.pid, GetParam(), nullptr, HOSTILE_COPY};
  Attempts attempts{};
  child writer = start(writing_client, &role, &attempts);
  EXPECT_STREQ(attempts.succeeded, "");
  EXPECT_GE(attempts.tried, 2) << "the region, and a chunk of the heap";
  child_end(&writer);
  EXPECT_TRUE(witness_is_served());
}

INSTANTIATE_TEST_SUITE_P(As, HostileClient, testing::Values(::getuid(), kNobody),
                         [](const auto& tested) { return tested.index == 0 ? "TheSameUser" : "Nobody"; });

// --- the server lies ---

struct Encounter {
  address server;
  rpcvers_t version;  // how the victim receives
  int n_calls;        // until one fails
  bool is_refused;    // the upgrade, by the victim
  bool is_stream = false;  // values are not placed
  int least_ms = 0;        // more calls until then
};
struct Outcome {
  clnt_stat stat;
  u_int sum;
  bool late;
  bool other_server_works;
  bool held_stays;
  bool is_wrong;  // an answer
};

// An answer that is kept while the server lies, in place if the version allows.
value make_held(CLIENT* clnt) {
  value result{};
  u_int count = 3;
  if (clnt_call(clnt, HOSTILE_MAKE, reinterpret_cast<xdrproc_t>(xdr_u_int), reinterpret_cast<char*>(&count),
                reinterpret_cast<xdrproc_t>(xdr_value), reinterpret_cast<char*>(&result), kInTime) != RPC_SUCCESS) {
    die("an honest answer did not come");
  }
  return result;
}

// The upgrade does not come about, and calls go on over the socket.
Outcome meet_over_socket(const Encounter& encounter, CLIENT* other) {
  Outcome outcome{};
  CLIENT* const clnt = connect_to_service(encounter.server, encounter.version);
  const bool refused = call_null(clnt, kInTime) == RPC_SUCCESS && ::clnt_vm_upgrade(clnt, kInTime) != RPC_SUCCESS;
  outcome.stat = refused ? call_sum(clnt) : RPC_FAILED;
  outcome.other_server_works = call_sum(other) == RPC_SUCCESS;
  clnt_destroy(clnt);
  return outcome;
}

Outcome meet(const Encounter& encounter, CLIENT* other) {
  Outcome outcome{};
  CLIENT* const clnt = connect_to_service(encounter.server, encounter.version);
  ::clnt_vm_setinplace(clnt, encounter.version != HOSTILE_COPY);
  if (encounter.version == HOSTILE_IN_PLACE) ::clnt_vm_settrust(clnt, HOSTILE_TRUST);
  make_placing(clnt);
  value held = make_held(clnt);
  const u_int sum_before = sum_of(&held);
  const deadline_t a_while = deadline_in_ms(encounter.least_ms);
  for (int i = 0; (i < encounter.n_calls || deadline_left_ms(a_while) > 0) && outcome.stat == RPC_SUCCESS; i++) {
    const int64_t start = now_us();
    outcome.stat = call_make(clnt, &outcome.sum, kVictimsTimeOut, encounter.is_stream ? kEncoded : kPlaced);
    outcome.late = outcome.late || now_us() - start > kLate_us;
    outcome.is_wrong = outcome.is_wrong || (outcome.stat == RPC_SUCCESS && outcome.sum != sum_before);
  }
  outcome.other_server_works = call_sum(other) == RPC_SUCCESS;
  outcome.held_stays = sum_of(&held) == sum_before;
  clnt_freeres(clnt, reinterpret_cast<xdrproc_t>(xdr_value), reinterpret_cast<char*>(&held));
  clnt_destroy(clnt);
  return outcome;
}

struct VictimClient {
  address other_server;
  const char* log;
};

int victim_client(int channel, const void* arg) {
  const auto& role = *static_cast<const VictimClient*>(arg);
  log_to(role.log);
  CLIENT* const other = connect_placing(role.other_server, HOSTILE_COPY);
  char ready = 'r';
  channel_send(channel, &ready, 1);
  Encounter encounter;
  while (channel_receive(channel, &encounter, sizeof encounter, deadline_in_ms(60000))) {
    const Outcome outcome = encounter.is_refused ? meet_over_socket(encounter, other) : meet(encounter, other);
    channel_send(channel, &outcome, sizeof outcome);
  }
  return EXIT_SUCCESS;
}

class HostileServer : public Hostile {
 protected:
  void SetUp() override {
    Hostile::SetUp();
    if (IsSkipped()) return;
    VictimClient role{{}, log_.c_str()};
    other_ = start(honest_server, "/dev/null", &role.other_server);
    char byte;
    victim_ = start(victim_client, &role, &byte);
  }
  void TearDown() override {
    child_end(&victim_);
    child_end(&other_);
  }
  void lie_and_look(const Lie& lie, rpcvers_t version) {
    SCOPED_TRACE(std::string(lie.name) + ", received as version " + std::to_string(version));
    const Order order{Role::kLyingServer, {}, number_of(lie), kNone, version, GetParam()};
    const int faults = faults_in(log_);
    Encounter encounter{{}, version, 1, false};
    Outcome outcome{};
    child liar = start_liar(order, &encounter.server);
    ASSERT_NO_FATAL_FAILURE(meet(encounter, &outcome));
    EXPECT_FALSE(outcome.late);
    EXPECT_TRUE(outcome.held_stays || version != HOSTILE_COPY) << "a copy is the program's own";
    if (lie.expected == Expected::kServed) {
      EXPECT_EQ(outcome.stat, RPC_SUCCESS);
      EXPECT_EQ(outcome.sum, kSumOfRightValue);
    } else if (lie.expected != Expected::kAnything) {
      EXPECT_NE(outcome.stat, RPC_SUCCESS);
      EXPECT_NE(outcome.stat, RPC_TIMEDOUT);
    }
    if (lie.expected == Expected::kEnds) {
      EXPECT_GT(faults_in(log_), faults) << "no reason in the log";
    }
    child_end(&liar);
    ASSERT_TRUE(lives(victim_));
  }

  void flip_and_look(const Area& area, rpcvers_t version) {
    const Order order{Role::kLyingServer, {}, kNone, number_of(area), version, GetParam()};
    Encounter encounter{{}, version, area.n_calls, false, area.is_stream, kFlippedMs};
    Outcome outcome{};
    child liar = start_liar(order, &encounter.server);
    ASSERT_NO_FATAL_FAILURE(meet(encounter, &outcome));
    EXPECT_FALSE(outcome.late);
    EXPECT_TRUE(outcome.held_stays || version != HOSTILE_COPY);
    EXPECT_FALSE(outcome.is_wrong && area.harm == Area::Harm::kNone);
    child_end(&liar);
  }
  void meet(const Encounter& encounter, Outcome* outcome) {
    ASSERT_TRUE(channel_send(victim_.channel, &encounter, sizeof encounter));
    ASSERT_TRUE(channel_receive(victim_.channel, outcome, sizeof *outcome, deadline_in_ms(60000)));
    EXPECT_TRUE(outcome->other_server_works);
    ASSERT_TRUE(lives(victim_));
  }

  child other_{}, victim_{};
};

TEST_P(HostileServer, LiesInValuesAndTheClientUsesOthers) {
  for (rpcvers_t version = HOSTILE_COPY; version <= HOSTILE_IN_PLACE; version++) {
    for (const Lie& lie : lies_in_values()) {
      lie_and_look(lie, version);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_P(HostileServer, LiesInItsRegionAndTheClientUsesOthers) {
  for (const rpcvers_t version : {HOSTILE_COPY, HOSTILE_SPINE}) {
    for (const std::span<const Lie> lies : {lies_in_regions(), lies_in_transport()}) {
      for (const Lie& lie : lies) {
        if (version != HOSTILE_COPY && lie.expected == Expected::kEnds) continue;  // what is held stays mapped
        lie_and_look(lie, version);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_P(HostileServer, SendsWrongDescriptorsAndIsCalledOverItsSocket) {
  for (const WrongDescriptor& wrong : wrong_descriptors()) {
    if (wrong.which != 0) continue;  // a client's
    SCOPED_TRACE(wrong.name);
    const Order order{Role::kLyingServer, {}, kNone, kNone, HOSTILE_COPY, GetParam(), &wrong};
    Encounter encounter{{}, HOSTILE_COPY, 0, true};
    Outcome outcome{};
    child liar = start(obey, &order, &encounter.server);
    ASSERT_NO_FATAL_FAILURE(meet(encounter, &outcome));
    EXPECT_EQ(outcome.stat, RPC_SUCCESS);
    child_end(&liar);
  }
}

TEST_P(HostileServer, CannotChangeTheClientsMemory) {
  const Order order{Role::kLyingServer, {}, kNone, kNone, HOSTILE_COPY, GetParam(), nullptr, victim_.pid};
  Encounter encounter{{}, HOSTILE_COPY, 1, false};
  Outcome outcome{};
  Attempts attempts{};
  child writer = start(obey, &order, &encounter.server);
  ASSERT_NO_FATAL_FAILURE(meet(encounter, &outcome));
  ASSERT_TRUE(channel_receive(writer.channel, &attempts, sizeof attempts, deadline_in_ms(PATIENCE_MS)));
  EXPECT_STREQ(attempts.succeeded, "");
  EXPECT_GE(attempts.tried, 2) << "the region, and a chunk of the heap";
  EXPECT_EQ(outcome.stat, RPC_SUCCESS);
  child_end(&writer);
}

TEST_P(HostileServer, ChangesItsMemoryWhileItIsReadAndTheClientUsesOthers) {
  for (const rpcvers_t version : {HOSTILE_COPY, HOSTILE_SPINE}) {
    for (const Area& area : areas()) {
      // While something is held in place, chunks stay whatever is said of them.
      const bool must_end = area.harm == Area::Harm::kEnd && version == HOSTILE_COPY;
      look_often(area, must_end, [&] { flip_and_look(area, version); });
      if (HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(As, HostileServer, testing::Values(::getuid(), kNobody),
                         [](const auto& tested) { return tested.index == 0 ? "TheSameUser" : "Nobody"; });

}  // namespace

int obey_from_elsewhere() { return child_of_elsewhere(obey, sizeof(Order)); }

}  // namespace hostile

// "obey" is for another machine, see child.h.
int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "obey") == 0) return hostile::obey_from_elsewhere();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
