/*
 * Granule test, a user program of the guest: the page size that the kernel tells it, identification registers that
 * EL0 may read, copy on write between pages after fork, and floating point. One line each, beginning with GT.
 */
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ(name)                                                                                                     \
  ({                                                                                                                   \
    unsigned long value;                                                                                               \
    __asm__("mrs %0, " #name : "=r"(value));                                                                           \
    value;                                                                                                             \
  })
#define PAGES 64

int main(void) {
  long size = sysconf(_SC_PAGESIZE);
  unsigned long hwcap = getauxval(AT_HWCAP);
  printf("GT pagesize=%ld auxv_pagesz=%lu hwcap=%lx hwcap2=%lx\n", size, getauxval(AT_PAGESZ), hwcap, getauxval(AT_HWCAP2));

  unsigned long midr = hwcap & HWCAP_CPUID ? READ(midr_el1) : 0;
  printf("GT midr=%lx ctr=%lx dczid=%lx cntfrq=%lu cntvct=%lu\n", midr, READ(ctr_el0), READ(dczid_el0), READ(cntfrq_el0), READ(cntvct_el0));

  unsigned char *pages = mmap(NULL, size * PAGES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return 1;
  memset(pages, 0x5a, size * PAGES);
  /* The child's write to the first page is its own: neither the second page nor the parent sees it. */
  int status = -1;
  pid_t child = fork();
  if (child == 0) {
    pages[0] = 1;
    _exit(pages[size] == 0x5a ? 0 : 1);
  }
  waitpid(child, &status, 0);

  double product = 1;
  for (int i = 1; i < 50; i++) product *= 1.0 + 1.0 / i;
  printf("GT fp=%.6f p0=%x child=%d\n", product, pages[0], status);
  return 0;
}
