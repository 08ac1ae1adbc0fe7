// Long short-term memory over all steps by one XLA FFI call on CPU: the forward pass, and its gradient.
//
// Arrays are dense, batch first: sums (N, T, 4 U) of the gates i, f, candidate, o; outputs and cells (N, T, U); kernel
// (U, 4 U); keep (N, T), 0 where a state stays as it is, or empty. Rows do not meet, so each thread takes a chunk of them through all steps without waiting for the others.
// oneDNN multiplies, with the kernel laid out once for all steps; the gates are loops that the compiler vectorises.
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "support.h"

// One copy of a function for each generation of vector instructions, chosen when the library is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE inline __attribute__((always_inline))

// The key of the plan cache.  `hard`: gates are hard sigmoids.
struct Lstm {
  int64_t batch, steps, units, chunks, hard, reverse, gradient;

  bool operator==(const Lstm& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
};

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

// One row at one step: `sums` has the input's contribution, `product` the state's; writes the sum, c and h.
template <bool hard>
INLINE void StepRow(int64_t units, const float* __restrict input, const float* __restrict product,
                    const float* __restrict before, float* __restrict sums, float* __restrict c, float* __restrict h) {
  for (int64_t j = 0; j < 4 * units; ++j) sums[j] = input[j] + product[j];
  for (int64_t j = 0; j < units; ++j) {
    float i = Gate<hard>(sums[j]), f = Gate<hard>(sums[units + j]), o = Gate<hard>(sums[3 * units + j]);
    c[j] = f * before[j] + i * Tanh(sums[2 * units + j]);
    h[j] = o * Tanh(c[j]);
  }
}

FOR_EACH_PROCESSOR void StepForward(bool hard, int64_t units, const float* input, const float* product,
                                    const float* before, float* sums, float* c, float* h) {
  hard ? StepRow<true>(units, input, product, before, sums, c, h)
       : StepRow<false>(units, input, product, before, sums, c, h);
}

// The gradient of StepRow: from those of h and c (which becomes that of the c before) to those of the sums.
template <bool hard>
INLINE void StepBackRow(int64_t units, const float* __restrict sums, const float* __restrict c,
                        const float* __restrict before, const float* __restrict d_h, const float* __restrict d_output,
                        float* __restrict d_c, float* __restrict d_sums) {
  for (int64_t j = 0; j < units; ++j) {
    float i = Gate<hard>(sums[j]), f = Gate<hard>(sums[units + j]), o = Gate<hard>(sums[3 * units + j]);
    float candidate = Tanh(sums[2 * units + j]), squashed = Tanh(c[j]), d = d_h[j] + d_output[j];
    float inner = d_c[j] + d * o * (1.f - squashed * squashed);
    d_sums[j] = inner * candidate * GateSlope<hard>(i);
    d_sums[units + j] = inner * before[j] * GateSlope<hard>(f);
    d_sums[2 * units + j] = inner * i * (1.f - candidate * candidate);
    d_sums[3 * units + j] = d * squashed * GateSlope<hard>(o);
    d_c[j] = inner * f;
  }
}

FOR_EACH_PROCESSOR void StepBackward(bool hard, int64_t units, const float* sums, const float* c, const float* before,
                                     const float* d_h, const float* d_output, float* d_c, float* d_sums) {
  hard ? StepBackRow<true>(units, sums, c, before, d_h, d_output, d_c, d_sums)
       : StepBackRow<false>(units, sums, c, before, d_h, d_output, d_c, d_sums);
}

namespace {

// The product of every step: (rows, U) times the kernel forward, (rows, 4 U) times its transpose backward.
struct LstmPlan {
  explicit LstmPlan(const Lstm& p);

  dnnl::primitive chunk, last;
  memory::desc a, c, last_a, last_c, kernel, user_kernel;  // `kernel`: oneDNN's layout
  dnnl::reorder reorder;
  int64_t size;  // rows in a chunk
  size_t scratch = 0, state, product;  // bytes for each chunk: oneDNN's, of a state (rows, U), of (rows, 4 U)
  size_t workspace;
  bool fast = true;
};

LstmPlan::LstmPlan(const Lstm& p) : size((p.batch + p.chunks - 1) / p.chunks) {
  auto type = memory::data_type::f32;
  int64_t k = p.gradient ? 4 * p.units : p.units, n = p.gradient ? p.units : 4 * p.units;
  user_kernel = memory::desc({k, n}, type, p.gradient ? memory::dims{1, k} : memory::dims{n, 1});
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
  state = Align(size * p.units * sizeof(float));
  product = Align(4 * size * p.units * sizeof(float));
  workspace = Align(kernel.get_size()) + p.chunks * (scratch + state + 2 * product);
}

// Calls work(first row, rows, multiply, a, c, more): multiply() sets c to a times the kernel, both of the chunk's own;
// `more` is another (rows, 4 U).
template <typename Work>
void ForEachChunk(const LstmPlan& plan, const Lstm& p, ffi::ThreadPool& pool, char* workspace, float* kernel,
                  const Work& work) {
  Threads scope;
  memory packed(plan.kernel, Engine(), workspace);
  memory ours(plan.user_kernel, Engine(), kernel);
  plan.reorder.execute(Stream(), ours, packed);
  ForEach(pool, p.chunks, [&](int64_t i) {
    Threads scope;
    bool last = i == p.chunks - 1;
    char* own = workspace + Align(plan.kernel.get_size()) + i * (plan.scratch + plan.state + 2 * plan.product);
    auto* narrow = reinterpret_cast<float*>(own);
    auto* wide = reinterpret_cast<float*>(own + plan.state);
    auto* more = reinterpret_cast<float*>(own + plan.state + plan.product);
    float *a = p.gradient ? wide : narrow, *c = p.gradient ? narrow : wide;
    std::unordered_map<int, memory> arguments{
        {DNNL_ARG_SRC, memory(last ? plan.last_a : plan.a, Engine(), a)},
        {DNNL_ARG_WEIGHTS, packed},
        {DNNL_ARG_DST, memory(last ? plan.last_c : plan.c, Engine(), c)},
        {DNNL_ARG_SCRATCHPAD, Scratchpad(own + plan.state + 2 * plan.product, plan.scratch)}};
    auto multiply = [&] { (last ? plan.last : plan.chunk).execute(Stream(), arguments); };
    work(i * plan.size, last ? p.batch - i * plan.size : plan.size, multiply, a, c, more);
  });
}

bool Sized(const ffi::AnyBuffer& array, std::initializer_list<int64_t> lengths) {
  return ::Sized(array, Elements(lengths), sizeof(float));
}

// Whether `keep` is empty or has a number for each step.
bool Masks(const ffi::AnyBuffer& keep, const Lstm& p) {
  return keep.size_bytes() == 0 || Sized(keep, {p.batch, p.steps});
}

bool Sound(const Lstm& p) { return p.steps > 0 && p.units > 0 && Divisible(p.batch, p.chunks); }

float* Data(const ffi::AnyBuffer& array) { return static_cast<float*>(array.untyped_data()); }

ffi::Error Read(ffi::Span<const int64_t> fields, Lstm& p) {
  if (fields.size() * sizeof(int64_t) != sizeof p)
    return ffi::Error::InvalidArgument("oneDNN LSTM: the problem has a number of fields that is not ours");
  std::memcpy(&p, fields.begin(), sizeof p);
  return ffi::Error::Success();
}

// (inputs, kernel, h, c, keep) to (outputs, cells, sums); the sums only where there is room for them.
ffi::Error Forward(ffi::ThreadPool pool, ffi::AnyBuffer inputs, ffi::AnyBuffer kernel, ffi::AnyBuffer h,
                   ffi::AnyBuffer c, ffi::AnyBuffer keep, ffi::Result<ffi::AnyBuffer> outputs,
                   ffi::Result<ffi::AnyBuffer> cells, ffi::Result<ffi::AnyBuffer> sums,
                   ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  Lstm p;
  if (auto error = Read(problem, p); error.failure()) return error;
  int64_t n = p.batch, t = p.steps, u = p.units;
  bool saving = sums->size_bytes() > 0, masked = keep.size_bytes() > 0;
  bool sound = Sound(p) && Sized(inputs, {n, t, 4, u}) && Sized(kernel, {4, u, u}) && Sized(h, {n, u}) &&
               Sized(c, {n, u}) && Masks(keep, p) && Sized(*outputs, {n, t, u}) && Sized(*cells, {n, t, u}) &&
               (!saving || Sized(*sums, {n, t, 4, u}));
  try {
    std::shared_ptr<const LstmPlan> plan;
    if (!sound || workspace->size_bytes() < (plan = Find<LstmPlan>(p, 1))->workspace)
      return ffi::Error::InvalidArgument("oneDNN LSTM: the arrays do not have the sizes of the problem");
    auto run = [&](int64_t first, int64_t rows, auto& multiply, float* state, float* product, float* unsaved) {
      std::copy_n(Data(h) + first * u, rows * u, state);
      for (int64_t step = 0; step < p.steps; ++step) {
        multiply();
        int64_t t = p.reverse ? p.steps - 1 - step : step, before = p.reverse ? t + 1 : t - 1;
        for (int64_t row = 0; row < rows; ++row) {
          int64_t n = first + row, at = n * p.steps + t;
          const float* c_before = step ? Data(*cells) + (n * p.steps + before) * u : Data(c) + n * u;
          float* summed = saving ? Data(*sums) + at * 4 * u : unsaved;
          if (masked && Data(keep)[at] == 0.f) {
            std::copy_n(c_before, u, Data(*cells) + at * u);
            std::fill_n(summed, 4 * u, 0.f);
          } else {
            StepForward(p.hard, u, Data(inputs) + at * 4 * u, product + row * 4 * u, c_before, summed,
                        Data(*cells) + at * u, state + row * u);
          }
          std::copy_n(state + row * u, u, Data(*outputs) + at * u);
        }
      }
    };
    ForEachChunk(*plan, p, pool, static_cast<char*>(workspace->untyped_data()), Data(kernel), run);
  } catch (const std::exception& error) {
    return ffi::Error::Internal(std::string("oneDNN LSTM: ") + error.what());
  }
  return ffi::Error::Success();
}

// (kernel, c, cells, sums, keep, gradients of the outputs and of the last c) to the gradients of (inputs, h, c).
ffi::Error Backward(ffi::ThreadPool pool, ffi::AnyBuffer kernel, ffi::AnyBuffer c, ffi::AnyBuffer cells,
                    ffi::AnyBuffer sums, ffi::AnyBuffer keep, ffi::AnyBuffer d_outputs,
                    ffi::AnyBuffer d_last, ffi::Result<ffi::AnyBuffer> d_inputs,
                    ffi::Result<ffi::AnyBuffer> d_h, ffi::Result<ffi::AnyBuffer> d_c,
                    ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  Lstm p;
  if (auto error = Read(problem, p); error.failure()) return error;
  int64_t n = p.batch, t = p.steps, u = p.units;
  bool masked = keep.size_bytes() > 0;
  bool sound = Sound(p) && Sized(kernel, {4, u, u}) && Sized(c, {n, u}) && Sized(cells, {n, t, u}) &&
               Masks(keep, p) && Sized(sums, {n, t, 4, u}) && Sized(d_outputs, {n, t, u}) && Sized(d_last, {n, u}) &&
               Sized(*d_inputs, {n, t, 4, u}) && Sized(*d_h, {n, u}) && Sized(*d_c, {n, u});
  try {
    std::shared_ptr<const LstmPlan> plan;
    if (!sound || workspace->size_bytes() < (plan = Find<LstmPlan>(p, 1))->workspace)
      return ffi::Error::InvalidArgument("oneDNN LSTM: the arrays do not have the sizes of the problem");
    // `passing`: the gradients of the states that stay, which the product would write over
    auto run = [&](int64_t first, int64_t rows, auto& multiply, float* d_sums, float* d_state, float* passing) {
      std::fill_n(d_state, rows * u, 0.f);
      std::copy_n(Data(d_last) + first * u, rows * u, Data(*d_c) + first * u);
      for (int64_t step = p.steps - 1; step >= 0; --step) {
        int64_t t = p.reverse ? p.steps - 1 - step : step, before = p.reverse ? t + 1 : t - 1;
        for (int64_t row = 0; row < rows; ++row) {
          int64_t n = first + row, at = n * p.steps + t;
          const float* c_before = step ? Data(cells) + (n * p.steps + before) * u : Data(c) + n * u;
          if (masked && Data(keep)[at] == 0.f) {
            std::fill_n(d_sums + row * 4 * u, 4 * u, 0.f);
            std::fill_n(Data(*d_inputs) + at * 4 * u, 4 * u, 0.f);
            for (int64_t j = 0; j < u; ++j) passing[row * u + j] = d_state[row * u + j] + Data(d_outputs)[at * u + j];
            continue;
          }
          StepBackward(p.hard, u, Data(sums) + at * 4 * u, Data(cells) + at * u, c_before, d_state + row * u,
                       Data(d_outputs) + at * u, Data(*d_c) + n * u, d_sums + row * 4 * u);
          std::copy_n(d_sums + row * 4 * u, 4 * u, Data(*d_inputs) + at * 4 * u);
        }
        multiply();
        for (int64_t row = 0; masked && row < rows; ++row)
          if (Data(keep)[(first + row) * p.steps + t] == 0.f) std::copy_n(passing + row * u, u, d_state + row * u);
      }
      std::copy_n(d_state, rows * u, Data(*d_h) + first * u);
    };
    ForEachChunk(*plan, p, pool, static_cast<char*>(workspace->untyped_data()), Data(kernel), run);
  } catch (const std::exception& error) {
    return ffi::Error::Internal(std::string("oneDNN LSTM: ") + error.what());
  }
  return ffi::Error::Success();
}

}  // namespace

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_lstm_steps, Forward,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY ARRAY ARRAY RESULT RESULT RESULT
                                  RESULT.Attr<ffi::Span<const int64_t>>("problem"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_lstm_steps_gradient, Backward,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY RESULT RESULT
                                  RESULT RESULT.Attr<ffi::Span<const int64_t>>("problem"));

extern "C" int64_t jaxcnn_plan_lstm(const int64_t* problem) { return PlannedBytes<LstmPlan, Lstm>(problem); }
