// Workloads that an engine is timed with. `rounds` scales each; the sum that is printed tells whether it was computed right.
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

#define UART (*(volatile u32 *)0x09000000)

static void print(u64 x) {
  for (int shift = 60; shift >= 0; shift -= 4) UART = "0123456789abcdef"[(x >> shift) & 15];
  UART = '\n';
}
static u64 seed;
static u32 random32(void) {
  seed = seed * 6364136223846793005ul + 1442695040888963407ul;
  return (u32)(seed >> 33);
}

static u64 integers(u64 rounds) {
  u64 a = 1, b = 2, c = 3, d = 4;
  for (u64 i = 0; i < rounds * 1000000; i++) {
    a = a * 3 + b;
    b = (b ^ c) + i;
    c += d >> 3;
    d = (d << 1) ^ a;
    __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));
  }
  return a + b + c + d;
}

static u64 from[131072], to[131072];
static u64 copies(u64 rounds) {
  for (u32 i = 0; i < 131072; i++) from[i] = random32();
  for (u64 r = 0; r < rounds * 8; r++) {
    u64 *p = from, *q = to;
    for (u32 i = 0; i < 131072; i += 8, p += 8, q += 8)
      __asm__ volatile("ldp x4, x5, [%0]\n ldp x6, x7, [%0, #16]\n ldp x8, x9, [%0, #32]\n ldp x10, x11, [%0, #48]\n"
                       "stp x4, x5, [%1]\n stp x6, x7, [%1, #16]\n stp x8, x9, [%1, #32]\n stp x10, x11, [%1, #48]"
                       : : "r"(p), "r"(q) : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "memory");
    from[r & 131071] ^= to[(r * 7) & 131071];
  }
  return to[99] + to[131071];
}

#define NODES (32u * 1024 * 1024 / 64)
static u64 nodes[NODES * 8];
static u64 chase(u64 rounds) {
  for (u32 i = 0; i < NODES; i++) nodes[i * 8] = i;
  for (u32 i = NODES - 1; i > 0; i--) {
    u32 j = random32() % i;
    u64 t = nodes[i * 8];
    nodes[i * 8] = nodes[j * 8];
    nodes[j * 8] = t;
  }
  u64 at = 0, sum = 0;
  for (u64 i = 0; i < rounds * 400000; i++) sum += at = nodes[at * 8];
  return sum;
}

static u64 checksums(u64 rounds) {
  static u32 table[256];
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0xedb88320 : c >> 1;
    table[i] = c;
  }
  u8 *bytes = (u8 *)from;
  for (u32 i = 0; i < 65536; i++) bytes[i] = (u8)random32();
  u32 crc = ~0u;
  for (u64 r = 0; r < rounds * 16; r++)
    for (u32 i = 0; i < 65536; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >> 8);
  return crc;
}

static void quicksort(u32 *a, long lo, long hi) {
  while (lo < hi) {
    u32 pivot = a[(lo + hi) / 2];
    long i = lo, j = hi;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) { u32 t = a[i]; a[i] = a[j]; a[j] = t; i++; j--; }
    }
    if (j - lo < hi - i) { quicksort(a, lo, j); lo = i; } else { quicksort(a, i, hi); hi = j; }
  }
}
static u64 sorts(u64 rounds) {
  u32 *a = (u32 *)from;
  u64 sum = 0;
  for (u64 r = 0; r < rounds * 4; r++) {
    for (u32 i = 0; i < 20000; i++) a[i] = random32();
    quicksort(a, 0, 19999);
    sum = sum * 31 + a[r % 20000] + a[19999];
  }
  return sum;
}

static u64 add2(u64 a, u64 b) { return a + b; }
static u64 xor2(u64 a, u64 b) { return a ^ b; }
static u64 mul2(u64 a, u64 b) { return a * (b | 1); }
static u64 (*volatile binary[3])(u64, u64) = {add2, xor2, mul2};
static u64 bytecode(u64 rounds) {
  static u8 code[4096];
  for (u32 i = 0; i < 4096; i++) code[i] = random32() % 8;
  u64 acc = 1, top = 2;
  for (u64 r = 0; r < rounds * 200; r++)
    for (u32 pc = 0; pc < 4096; pc++)
      switch (code[pc]) {
        case 0: acc += top; break;
        case 1: top ^= acc >> 7; break;
        case 2: acc = binary[0](acc, top); break;
        case 3: top = binary[1](top, acc); break;
        case 4: acc = binary[2](acc, top); break;
        case 5: if (acc & 1) pc++; break;
        case 6: top = (top << 5) | (top >> 59); break;
        default: acc -= pc;
      }
  return acc ^ top;
}

#define FAR(n, next) __attribute__((noinline, aligned(4096))) static u64 far##n(u64 x) { return next; }
FAR(7, x + 7) FAR(6, far7(x ^ 6) + 1) FAR(5, far6(x + 5) ^ 2) FAR(4, far5(x * 3) + 3) FAR(3, far4(x ^ 3) + 4) FAR(2, far3(x + 2) ^ 5) FAR(1, far2(x * 5) + 6) FAR(0, far1(x ^ 1) + 7)
static u64 calls(u64 rounds) {
  u64 x = 1;
  for (u64 i = 0; i < rounds * 50000; i++) x = far0(x);
  return x;
}

__attribute__((noinline)) static u64 fibonacci(u64 n) {
  u64 below;
  if (n < 2) return n;
  below = fibonacci(n - 1);
  __asm__ volatile("" : "+r"(below));
  return below + fibonacci(n - 2);
}
static u64 recursion(u64 rounds) {
  u64 sum = 0;
  for (u64 i = 0; i < rounds; i++) sum += fibonacci(26);
  return sum;
}

#define F1(n) __attribute__((noinline)) static u64 wide##n(u64 x) { return (x ^ (n * 2654435761u)) + (x >> (n % 31 + 1)) + (x << (n % 7)); }
#define F4(n) F1(n##0) F1(n##1) F1(n##2) F1(n##3)
#define F16(n) F4(n##0) F4(n##1) F4(n##2) F4(n##3)
#define F64(n) F16(n##0) F16(n##1) F16(n##2) F16(n##3)
#define F256(n) F64(n##0) F64(n##1) F64(n##2) F64(n##3)
#define F1024(n) F256(n##0) F256(n##1) F256(n##2) F256(n##3)
#define N1(n) wide##n,
#define N4(n) N1(n##0) N1(n##1) N1(n##2) N1(n##3)
#define N16(n) N4(n##0) N4(n##1) N4(n##2) N4(n##3)
#define N64(n) N16(n##0) N16(n##1) N16(n##2) N16(n##3)
#define N256(n) N64(n##0) N64(n##1) N64(n##2) N64(n##3)
#define N1024(n) N256(n##0) N256(n##1) N256(n##2) N256(n##3)
F1024(1) F1024(2)
static u64 (*const wide[2048])(u64) = {N1024(1) N1024(2)};
static u64 functions(u64 rounds) {
  u64 x = 1;
  for (u64 r = 0; r < rounds * 100; r++)
    for (u32 i = 0; i < 2048; i++) x = wide[(i * 1009) & 2047](x);
  return x;
}

static u64 (*const workloads[])(u64) = {integers, copies, chase, checksums, sorts, bytecode, calls, recursion, functions};
void main(const u64 *parameters) {
  seed = 12345;
  print(workloads[parameters[0]](parameters[1]));
}
