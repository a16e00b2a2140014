/* SPDX-License-Identifier: BSD-3-Clause */
/* usage: plugin_host PLUGIN PORT: loads the plugin, lets it call and unloads it, ten times. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static int count_descriptors(void) {
  int count = 0;
  DIR* folder = opendir("/proc/self/fd");
  while (folder != NULL && readdir(folder) != NULL) count++;
  if (folder != NULL) closedir(folder);
  return count;
}

int main(int argc, char** argv) {
  int before = count_descriptors();
  for (int i = 0; argc == 3 && i < 10; i++) {
    void* plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (plugin == NULL) return printf("%s\n", dlerror()), 1;
    int (*call)(int, int) = (int (*)(int, int))dlsym(plugin, "plugin_call");
    if (call == NULL || call(atoi(argv[2]), 10) != 10) return printf("a call fails\n"), 1;
    dlclose(plugin);
  }
  printf("descriptors %d, then %d\n", before, count_descriptors());
  return before != count_descriptors();
}
