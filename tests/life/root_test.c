/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes that leave what they were: a root of their own, another user, the background. As servers do
 * between making their transports and serving. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "life.h"

#define NOBODY 65534

/* An empty root, in which nothing can be opened, and no right to anything. */
static void give_up_everything(void) {
  char root[] = "/tmp/vmrpc-root.XXXXXX";
  if (mkdtemp(root) == NULL || chdir(root) != 0 || rmdir(root) != 0 || chroot(".") != 0)
    die("chroot: %m");
  if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0 || access("/proc", F_OK) == 0) die("setuid: %m");
}

static bool may_chroot(void) {
  if (geteuid() == 0) return true;
  printf("(skipped: needs root) ");
  return false;
}

static void a_server_goes_into_an_empty_root(void) {
  struct service_options options = {.family = AF_INET, .before_loop = give_up_everything};
  if (!may_chroot()) return;
  struct service service = service_start(&options);
  for (int i = 0; i < 3; i++) {
    CLIENT* clnt = connect_upgraded(&service);
    for (int call = 0; call < 20; call++) CU_ASSERT(works(clnt));
    clnt_destroy(clnt);
  }
  service_end(&service);
}

/* Ends without what is run at exit: the leak checker needs /proc. */
static int call_from_empty_root(int channel, const void* arg) {
  (void)channel;
  give_up_everything();
  CLIENT* clnt = connect_upgraded(arg);
  for (int call = 0; call < 20; call++)
    if (!works(clnt)) _exit(EXIT_FAILURE);
  clnt_destroy(clnt);
  _exit(EXIT_SUCCESS);
}

static void a_client_goes_into_an_empty_root(void) {
  if (!may_chroot()) return;
  struct service service = start_service();
  CU_ASSERT_EQUAL(run_apart(call_from_empty_root, &service), 0);
  service_end(&service);
}

static void go_into_the_background(void) {
  if (fork() != 0) _exit(EXIT_SUCCESS);
  setsid();
  alarm(PATIENCE_MS / 1000); /* nobody waits for it */
}

static void a_server_goes_into_the_background(void) {
  struct service_options options = {.family = AF_INET, .before_loop = go_into_the_background};
  struct service service = service_start(&options);
  CU_ASSERT_EQUAL(child_wait(&service.process, deadline_in_ms(PATIENCE_MS)), 0);
  CLIENT* clnt = connect_upgraded(&service);
  for (int call = 0; call < 20; call++) CU_ASSERT(works(clnt));
  CU_ASSERT_EQUAL(service_call(clnt, SERVICE_EXIT, XDR_NOTHING, NULL, XDR_NOTHING, NULL), RPC_SUCCESS);
  clnt_destroy(clnt);
  service_end(&service);
}

CU_TestInfo root_tests[] = {
    {"a server that goes into an empty root and becomes nobody serves", a_server_goes_into_an_empty_root},
    {"a client that goes into an empty root and becomes nobody calls", a_client_goes_into_an_empty_root},
    {"a server that goes into the background serves", a_server_goes_into_the_background},
    CU_TEST_INFO_NULL,
};
