// What the recurrences have in common: gates, and the way of chunks of rows through all steps.
//
// Arrays are dense, batch first; `keep` (N, T) is 0 where a state stays as it is, or empty. Rows do not meet, so each
// thread takes a chunk of them through all steps without waiting for the others. oneDNN multiplies, with the kernel laid
// out once for all steps; the gates are loops that the compiler vectorises.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "support.h"

// One copy of a function for each generation of vector instructions, chosen when the library is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE inline __attribute__((always_inline))

// exp(x) - 1 without loss of digits near 0: with x = n ln 2 + r it is 2^n (exp(r) - 1) + (2^n - 1), the series of
// exp(r) - 1 ending below the last bit of a float for |r| <= ln 2 / 2.  NaN stays NaN.
INLINE float ExpM1(float x) {
  x = x > 88.f ? 88.f : x;
  x = x < -40.f ? -40.f : x;
  constexpr float kRound = 12582912.f;  // 1.5 * 2^23: adding it leaves no bits for a fraction
  float shifted = x * 1.44269504f + kRound, n = shifted - kRound;
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;  // ln 2 in two parts, the first exact times n
  float series = 1.f / 5040;
  series = series * r + 1.f / 720;
  series = series * r + 1.f / 120;
  series = series * r + 1.f / 24;
  series = series * r + 1.f / 6;
  series = series * r + 0.5f;
  series = r + r * r * series;
  uint32_t bits;
  std::memcpy(&bits, &shifted, 4);
  bits = (bits + 127) << 23;  // the low bits of `shifted` are those of n
  float power;
  std::memcpy(&power, &bits, 4);
  return power * series + (power - 1.f);
}

INLINE float Tanh(float x) {
  float e = ExpM1(x + x);
  return e / (e + 2.f);
}

template <bool hard>
INLINE float Gate(float x) {
  if (!hard) return 1.f / (2.f + ExpM1(-x));
  x = 0.2f * x + 0.5f;
  x = x < 0.f ? 0.f : x;
  return x > 1.f ? 1.f : x;
}

// The derivative of a gate, from its value.
template <bool hard>
INLINE float GateSlope(float value) {
  float slope = value * (1.f - value);
  if (!hard) return slope;
  return slope > 0.f ? 0.2f : 0.f;
}

// The key of the plan cache begins with it.  `hard`: gates are hard sigmoids.
struct Steps {
  int64_t batch, steps, units, chunks, hard, reverse, gradient;

  bool Sound() const { return steps > 0 && units > 0 && Divisible(batch, chunks); }

  // Where the row has its step number `step` in an array (N, T, ...).
  int64_t At(int64_t row, int64_t step) const { return row * steps + (reverse ? steps - 1 - step : step); }
};

// Gates whose kernels lie side by side in one (U, all U): `count` of them from `first` on.
struct Gates {
  int64_t all, first, count;
};

// The product of a chunk's rows (rows, U) with the kernel of some gates, or backward of (rows, count U) with its
// transpose.
struct StepProduct {
  StepProduct(const Steps& p, const Gates& gates) : offset(gates.first * p.units) {
    auto type = memory::data_type::f32;
    int64_t wide = gates.count * p.units, step = gates.all * p.units;
    int64_t k = p.gradient ? wide : p.units, n = p.gradient ? p.units : wide, size = (p.batch - 1) / p.chunks + 1;
    user_kernel = memory::desc({k, n}, type, p.gradient ? memory::dims{1, step} : memory::dims{step, 1});
    dnnl::primitive_attr attr;
    attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    auto make = [&](int64_t rows, const memory::desc& wanted, memory::desc& a, memory::desc& c) {
      a = memory::desc({rows, k}, type, memory::dims{k, 1});
      c = memory::desc({rows, n}, type, memory::dims{n, 1});
      dnnl::matmul::primitive_desc description(Engine(), a, wanted, c, attr);
      kernel = description.weights_desc();
      fast = fast && IsFast(description);
      scratch = std::max(scratch, Align(description.scratchpad_desc().get_size()));
      return dnnl::primitive(description.get());
    };
    chunk = make(size, memory::desc({k, n}, type, memory::format_tag::any), a, c);
    last = make(p.batch - (p.chunks - 1) * size, memory::desc(kernel), last_a, last_c);
    reorder = dnnl::reorder(dnnl::reorder::primitive_desc(Engine(), user_kernel, Engine(), kernel));
  }

  int64_t offset;  // where its kernel begins
  dnnl::primitive chunk, last;
  memory::desc a, c, last_a, last_c, kernel, user_kernel;  // `kernel`: oneDNN's layout
  dnnl::reorder reorder;
  size_t scratch = 0;  // bytes for each chunk
  bool fast = true;
};

// The products of a step and the memory for them. Each chunk has besides one array (rows, `more` U).
struct StepsPlan {
  StepsPlan(const Steps& p, const std::vector<Gates>& all, int64_t more) : size((p.batch - 1) / p.chunks + 1) {
    size_t packed = 0;
    own = Align(size * more * p.units * sizeof(float));
    for (const Gates& gates : all) {
      const StepProduct& product = products.emplace_back(p, gates);
      fast = fast && product.fast;
      packed += Align(product.kernel.get_size());
      own += product.scratch + Align(product.a.get_size()) + Align(product.c.get_size());
    }
    workspace = packed + p.chunks * own;
  }

  std::vector<StepProduct> products;
  int64_t size;           // rows in a chunk
  size_t own, workspace;  // bytes of each chunk and in all
  bool fast = true;
};

// A product within a chunk: Run() sets c to a times the kernel.
struct Multiplication {
  float *a, *c;
  const dnnl::primitive& primitive;
  std::unordered_map<int, memory> arguments;

  void Run() const { primitive.execute(Stream(), arguments); }
};

struct Chunk {
  int64_t first, rows;
  std::vector<Multiplication> products;
  float* more;
};

// Calls work(chunk) for all chunks, on the threads of the pool.
template <typename Work>
void ForEachChunk(const StepsPlan& plan, const Steps& p, ffi::ThreadPool& pool, char* workspace, float* kernel,
                  const Work& work) {
  Threads scope;
  std::vector<memory> packed;
  for (const StepProduct& product : plan.products) {
    memory ours(product.user_kernel, Engine(), kernel + product.offset);
    packed.emplace_back(product.kernel, Engine(), workspace);
    product.reorder.execute(Stream(), ours, packed.back());
    workspace += Align(product.kernel.get_size());
  }
  ForEach(pool, p.chunks, [&](int64_t i) {
    Threads scope;
    bool last = i == p.chunks - 1;
    char* own = workspace + i * plan.own;
    auto take = [&](size_t bytes) { return std::exchange(own, own + Align(bytes)); };
    Chunk chunk{i * plan.size, last ? p.batch - i * plan.size : plan.size, {}, nullptr};
    for (size_t j = 0; j < plan.products.size(); ++j) {
      const StepProduct& product = plan.products[j];
      auto* a = reinterpret_cast<float*>(take(product.a.get_size()));
      auto* c = reinterpret_cast<float*>(take(product.c.get_size()));
      chunk.products.push_back({a,
                                c,
                                last ? product.last : product.chunk,
                                {{DNNL_ARG_SRC, memory(last ? product.last_a : product.a, Engine(), a)},
                                 {DNNL_ARG_WEIGHTS, packed[j]},
                                 {DNNL_ARG_DST, memory(last ? product.last_c : product.c, Engine(), c)},
                                 {DNNL_ARG_SCRATCHPAD, Scratchpad(take(product.scratch), product.scratch)}}});
    }
    chunk.more = reinterpret_cast<float*>(own);
    work(chunk);
  });
}

inline float* Data(const ffi::AnyBuffer& array) { return static_cast<float*>(array.untyped_data()); }

inline bool Sized(const ffi::AnyBuffer& array, std::initializer_list<int64_t> lengths) {
  return Sized(array, Elements(lengths), sizeof(float));
}

// Which rows stay as they are at which steps.
class Mask {
 public:
  explicit Mask(const ffi::AnyBuffer& keep) : keep_(keep.size_bytes() ? Data(keep) : nullptr) {}

  explicit operator bool() const { return keep_; }
  bool Stays(int64_t at) const { return keep_ && keep_[at] == 0.f; }

  // Whether `keep` is empty or has a number for each step.
  static bool Fits(const ffi::AnyBuffer& keep, const Steps& p) {
    return keep.size_bytes() == 0 || Sized(keep, {p.batch, p.steps});
  }

 private:
  const float* keep_;
};

// What a handler does, in its `name`, of the problem of these fields: with sizes(p), whether its arrays fit, work(p,
// chunk) for all chunks.
template <typename Plan, typename Key, typename Sizes, typename Work>
ffi::Error RunSteps(const std::string& name, ffi::Span<const int64_t> fields, ffi::ThreadPool& pool, ffi::AnyBuffer kernel,
                    ffi::AnyBuffer workspace, const Sizes& sizes, const Work& work) {
  Key p;
  if (fields.size() * sizeof(int64_t) != sizeof p)
    return ffi::Error::InvalidArgument(name + ": the problem has a number of fields that is not ours");
  std::memcpy(&p, fields.begin(), sizeof p);
  try {
    std::shared_ptr<const Plan> plan;
    if (!p.Sound() || !sizes(p) || workspace.size_bytes() < (plan = Find<Plan>(p, 1))->workspace)
      return ffi::Error::InvalidArgument(name + ": the arrays do not have the sizes of the problem");
    ForEachChunk(*plan, p, pool, static_cast<char*>(workspace.untyped_data()), Data(kernel),
                 [&](Chunk& chunk) { work(p, chunk); });
  } catch (const std::exception& error) {
    return ffi::Error::Internal(name + ": " + error.what());
  }
  return ffi::Error::Success();
}
