/* SPDX-License-Identifier: BSD-3-Clause */
/* Tries to map pages of another domain, as one would that has no right to. */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Which the next header lacks. */
typedef uint32_t grant_ref_t;
typedef uint16_t domid_t;
#include <xen/gntdev.h>

enum { PAGE = 4096, REFERENCES = 4096 };

static void* map(int device, unsigned domain, unsigned reference, int protection) {
  struct ioctl_gntdev_map_grant_ref request = {.count = 1, .refs = {{domain, reference}}};
  if (ioctl(device, IOCTL_GNTDEV_MAP_GRANT_REF, &request) != 0) err(EXIT_FAILURE, "gntdev");
  void* page = mmap(NULL, PAGE, protection, MAP_SHARED, device, (off_t)request.index);
  if (page != MAP_FAILED) return page;
  struct ioctl_gntdev_unmap_grant_ref undo = {.index = request.index, .count = 1};
  ioctl(device, IOCTL_GNTDEV_UNMAP_GRANT_REF, &undo);
  return NULL;
}

/* Argument: the domain. Prints how many of its pages could be mapped, how many of these begin a region of
 * vmrpc, and how many of those could be mapped for writing. */
int main(int argc, char** argv) {
  if (argc != 2) errx(EXIT_FAILURE, "usage: taker DOMAIN");
  const unsigned domain = (unsigned)atoi(argv[1]);
  const int device = open("/dev/xen/gntdev", O_RDWR);
  if (device < 0) err(EXIT_FAILURE, "/dev/xen/gntdev");
  int mapped = 0, regions = 0, writable = 0;
  for (unsigned reference = 0; reference < REFERENCES; reference++) {
    void* page = map(device, domain, reference, PROT_READ);
    if (page == NULL) continue;
    mapped++;
    const bool is_region = memcmp(page, "vmrpc-m1", 8) == 0;
    munmap(page, PAGE);
    if (!is_region) continue;
    regions++;
    if (map(device, domain, reference, PROT_READ | PROT_WRITE) != NULL) writable++;
  }
  printf("%d mapped, %d regions, %d of them for writing\n", mapped, regions, writable);
  return EXIT_SUCCESS;
}
