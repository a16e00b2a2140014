/* SPDX-License-Identifier: BSD-3-Clause */
/* A client as any program has it; it prints a transcript of what it got. */
#include <netconfig.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <interop.h>

static CLIENT* clnt;
static unsigned n_calls;

static void* checked(const char* what, void* result) {
  n_calls++;
  if (result != NULL) return result;
  printf("%s fails: %s\n", what, clnt_sperror(clnt, "call"));
  exit(EXIT_FAILURE);
}

static unsigned digest(const char* data, u_int nbytes) {
  unsigned value = 5381;
  for (u_int i = 0; i < nbytes; i++) value = value * 33 + (u_char)data[i];
  return value;
}

static void print_record(const record* r) {
  printf("record %s %.5s kind %d samples %u:", r->name, r->key, r->form.kind,
         r->samples.samples_len);
  for (u_int i = 0; i < r->samples.samples_len && i < 5; i++)
    printf(" %g", r->samples.samples_val[i]);
  for (const node* each = r->list; each != NULL; each = each->next)
    printf(" %s=%g", each->name, each->weight);
  if (r->form.kind == RED)
    printf(" at %d,%lld", r->form.shape_u.at.x, (long long)r->form.shape_u.at.y);
  if (r->form.kind == GREEN)
    printf(" blob %x", digest(r->form.shape_u.blob.blob_val, r->form.shape_u.blob.blob_len));
  printf(" %d %g %llu %d %c %d %d\n", r->flag, (double)r->ratio, (unsigned long long)r->big,
         r->little, r->letter, r->matrix[0], r->matrix[7]);
}

static void echo_records(void) {
  static char name[] = "a record", first[] = "first", second[] = "second", bytes[] = "some bytes";
  node tail = {second, -2.5, NULL}, head = {first, 1.5, &tail};
  double samples[1000];
  for (int i = 0; i < 1000; i++) samples[i] = i / 8.0;
  for (int i = 0; i < 60; i++) {
    static const color kinds[] = {RED, GREEN, BLUE};
    record sent = {.name = name,
                   .key = "12345",
                   .form.kind = kinds[i % 3],
                   .samples = {(u_int)(i * i) % 1001, samples},
                   .list = i % 2 ? &head : NULL,
                   .flag = i & 1,
                   .ratio = 0.5f * (float)i,
                   .big = ~0ull - (unsigned)i,
                   .little = (short)-i,
                   .letter = (char)('a' + i % 26),
                   .matrix = {i, 2, 3, 4, 5, 6, 7, -i}};
    if (sent.form.kind == RED) sent.form.shape_u.at = (point){-i, -5000000000ll * i};
    if (sent.form.kind == GREEN) {
      sent.form.shape_u.blob.blob_len = 10;
      sent.form.shape_u.blob.blob_val = bytes;
    }
    record* got = checked("echo", interop_echo_1(&sent, clnt));
    print_record(got);
    clnt_freeres(clnt, (xdrproc_t)xdr_record, got);
  }
}

static void total_numbers(void) {
  static double values[50000];
  for (int i = 0; i < 50000; i++) values[i] = i * 0.25;
  for (u_int n = 0; n <= 50000; n = n * 3 + 1) {
    numbers sent = {n, values};
    printf("total of %u: %g\n", n, *(double*)checked("total", interop_total_1(&sent, clnt)));
  }
}

static void reverse_lists(void) {
  static node nodes[2000];
  static char names[2000][8];
  for (int n = 1; n <= 2000; n *= 4) {
    for (int i = 0; i < n; i++) {
      snprintf(names[i], sizeof names[i], "n%d", i);
      nodes[i] = (node){names[i], i, i + 1 < n ? &nodes[i + 1] : NULL};
    }
    list sent = nodes;
    list* got = checked("reverse", interop_reverse_1(&sent, clnt));
    unsigned count = 0;
    for (const node* each = *got; each != NULL; each = each->next) count++;
    printf("%u nodes from %s\n", count, (*got)->name);
    clnt_freeres(clnt, (xdrproc_t)xdr_list, got);
  }
}

static void move_blobs(void) {
  for (u_int nbytes = 0; nbytes < 5000000; nbytes = nbytes * 5 + 3) {
    blob* got = checked("fill", interop_fill_1(&nbytes, clnt));
    unsigned filled = digest(got->blob_val, got->blob_len);
    unsigned sum = *(u_int*)checked("sum", interop_sum_1(got, clnt));
    printf("blob of %u: %x %x\n", got->blob_len, filled, sum);
    clnt_freeres(clnt, (xdrproc_t)xdr_blob, got);
  }
}

static void greet(void) {
  for (int i = 0; i < 100; i++) {
    char name[32];
    char* sent = name;
    snprintf(name, sizeof name, "caller %d", i);
    text* got = checked("greet", interop_greet_1(&sent, clnt));
    puts(*got);
    clnt_freeres(clnt, (xdrproc_t)xdr_text, got);
  }
}

static void show_identity(void) {
  char machine[] = "machine";
  printf("who: %u\n", *(u_int*)checked("who", interop_who_1(NULL, clnt)));
  AUTH* none = clnt->cl_auth;
  clnt->cl_auth = authunix_create(machine, 4711, 1, 0, NULL);
  printf("who: %u\n", *(u_int*)checked("who", interop_who_1(NULL, clnt)));
  auth_destroy(clnt->cl_auth);
  clnt->cl_auth = none;
}

static void make_transcript(void) {
  checked("ping", interop_ping_1(NULL, clnt));
  show_identity();
  echo_records();
  total_numbers();
  reverse_lists();
  move_blobs();
  greet();
  printf("%u calls\n", n_calls);
}

/* Null calls, each after a line of input; the state of each. What broke a connection does not
 * matter. */
static void ping_on_demand(void) {
  char line[16];
  while (fgets(line, sizeof line, stdin) != NULL) {
    enum clnt_stat stat =
        clnt_call(clnt, INTEROP_PING, (xdrproc_t)(void (*)(void))xdr_void, NULL,
                  (xdrproc_t)(void (*)(void))xdr_void, NULL, ((struct timeval){20, 0}));
    bool broken = stat == RPC_CANTSEND || stat == RPC_CANTRECV;
    puts(broken ? "connection broken" : clnt_sperrno(stat));
    fflush(stdout);
  }
}

/* Makes many connections, each for two calls. */
static void come_and_go(struct netconfig* config, struct netbuf* address) {
  for (int i = 0; i < 200; i++) {
    clnt_destroy(clnt);
    clnt = clnt_tli_create(RPC_ANYFD, config, address, INTEROP_PROG, INTEROP_VERS, 0, 0);
    if (clnt == NULL) {
      clnt_pcreateerror("come and go");
      exit(EXIT_FAILURE);
    }
    for (int calls = 0; calls < 2; calls++) checked("ping", interop_ping_1(NULL, clnt));
  }
}

/* Arguments: a netconfig name, a universal address, and what to do: transcript, ping, leave or stop. */
int main(int argc, char** argv) {
  if (argc != 4) return EXIT_FAILURE;
  signal(SIGPIPE, SIG_IGN);
  struct netconfig* config = getnetconfigent(argv[1]);
  struct netbuf* address = config == NULL ? NULL : uaddr2taddr(config, argv[2]);
  if (address == NULL) return EXIT_FAILURE;
  clnt = clnt_tli_create(RPC_ANYFD, config, address, INTEROP_PROG, INTEROP_VERS, 0, 0);
  if (clnt == NULL) {
    clnt_pcreateerror(argv[2]);
    return EXIT_FAILURE;
  }
  if (strcmp(argv[3], "transcript") == 0) make_transcript();
  if (strcmp(argv[3], "ping") == 0) ping_on_demand();
  if (strcmp(argv[3], "leave") == 0) come_and_go(config, address);
  if (strcmp(argv[3], "stop") == 0) checked("stop", interop_stop_1(NULL, clnt));
  clnt_destroy(clnt);
  return EXIT_SUCCESS;
}
